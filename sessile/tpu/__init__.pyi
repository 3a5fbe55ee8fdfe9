"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.estimator.tpu import CrossShardOptimizer as CrossShardOptimizer
