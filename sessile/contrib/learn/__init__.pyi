"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.contrib.learn import learn_runner as learn_runner
from sessile.contrib.learn import monitors as monitors
from sessile.contrib.learn import preprocessing as preprocessing
from sessile.ops.library.contrib.small import ModeKeys as ModeKeys
from sessile.session.estimator.run_config import TaskType as TaskType
from sessile.session.learn.canned import DNNClassifier as DNNClassifier
from sessile.session.learn.canned import DNNLinearCombinedClassifier as DNNLinearCombinedClassifier
from sessile.session.learn.canned import DNNLinearCombinedRegressor as DNNLinearCombinedRegressor
from sessile.session.learn.canned import DNNRegressor as DNNRegressor
from sessile.session.learn.canned import LinearClassifier as LinearClassifier
from sessile.session.learn.canned import LinearRegressor as LinearRegressor
from sessile.session.learn.canned import infer_real_valued_columns_from_input as infer_real_valued_columns_from_input
from sessile.session.learn.config import RunConfig as RunConfig
from sessile.session.learn.estimator import Estimator as Estimator
from sessile.session.learn.estimator import SKCompat as SKCompat
from sessile.session.learn.experiment import Experiment as Experiment
from sessile.session.learn.specs import MetricSpec as MetricSpec
from sessile.session.learn.specs import ModelFnOps as ModelFnOps
from sessile.session.learn.specs import NotFittedError as NotFittedError
from sessile.session.training.hooks import NanLossDuringTrainingError as NanLossDuringTrainingError
