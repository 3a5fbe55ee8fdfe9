"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.estimator.outputs import ClassificationOutput as ClassificationOutput
from sessile.session.estimator.outputs import ExportOutput as ExportOutput
from sessile.session.estimator.outputs import PredictOutput as PredictOutput
from sessile.session.estimator.outputs import RegressionOutput as RegressionOutput
from sessile.session.estimator.receivers import ServingInputReceiver as ServingInputReceiver
from sessile.session.estimator.receivers import TensorServingInputReceiver as TensorServingInputReceiver
from sessile.session.estimator.receivers import build_parsing_serving_input_receiver_fn as build_parsing_serving_input_receiver_fn
from sessile.session.estimator.receivers import build_raw_serving_input_receiver_fn as build_raw_serving_input_receiver_fn
