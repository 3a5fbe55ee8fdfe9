"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.opt.external_optimizer import ExternalOptimizerInterface as ExternalOptimizerInterface
from sessile.ops.library.contrib.opt.external_optimizer import ScipyOptimizerInterface as ScipyOptimizerInterface
