"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.random.stateless import stateless_multinomial as stateless_multinomial
from sessile.ops.families.random.stateless import stateless_random_normal as stateless_random_normal
from sessile.ops.families.random.stateless import stateless_random_uniform as stateless_random_uniform
from sessile.ops.families.random.stateless import stateless_truncated_normal as stateless_truncated_normal
