"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.elementwise.bitwise import bitwise_and as bitwise_and
from sessile.ops.families.elementwise.bitwise import bitwise_or as bitwise_or
from sessile.ops.families.elementwise.bitwise import bitwise_xor as bitwise_xor
from sessile.ops.families.elementwise.bitwise import invert as invert
from sessile.ops.families.elementwise.bitwise import left_shift as left_shift
from sessile.ops.families.elementwise.bitwise import population_count as population_count
from sessile.ops.families.elementwise.bitwise import right_shift as right_shift
