"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.profiler.profile import FLOAT_OPS_OPTIONS as FLOAT_OPS_OPTIONS
from sessile.ops.library.profiler.profile import TRAINABLE_VARS_PARAMS_STAT_OPTIONS as TRAINABLE_VARS_PARAMS_STAT_OPTIONS
from sessile.ops.library.profiler.profile import print_model_analysis as print_model_analysis
