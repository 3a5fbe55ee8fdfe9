"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.contrib.learn import learn_runner as learn_runner
from sessile.contrib.learn import preprocessing as preprocessing
from sessile.ops.library.contrib.small import ModeKeys as ModeKeys
from sessile.session.estimator.run_config import TaskType as TaskType
from sessile.session.learn.config import RunConfig as RunConfig
from sessile.session.learn.estimator import Estimator as Estimator
from sessile.session.learn.estimator import SKCompat as SKCompat
from sessile.session.learn.experiment import Experiment as Experiment
from sessile.session.learn.specs import MetricSpec as MetricSpec
from sessile.session.learn.specs import ModelFnOps as ModelFnOps
from sessile.session.learn.specs import NotFittedError as NotFittedError
from sessile.session.training.hooks import NanLossDuringTrainingError as NanLossDuringTrainingError
