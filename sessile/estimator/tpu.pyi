"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.estimator.tpu import InputPipelineConfig as InputPipelineConfig
from sessile.session.estimator.tpu import RunConfig as RunConfig
from sessile.session.estimator.tpu import TPUConfig as TPUConfig
from sessile.session.estimator.tpu import TPUEstimator as TPUEstimator
from sessile.session.estimator.tpu import TPUEstimatorSpec as TPUEstimatorSpec
