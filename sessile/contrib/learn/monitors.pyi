"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.learn.monitors import BaseMonitor as BaseMonitor
from sessile.session.learn.monitors import EveryN as EveryN
from sessile.session.learn.monitors import PrintTensor as PrintTensor
from sessile.session.learn.monitors import RunHookAdapterForMonitors as RunHookAdapterForMonitors
from sessile.session.learn.monitors import StopAtStep as StopAtStep
from sessile.session.learn.monitors import ValidationMonitor as ValidationMonitor
from sessile.session.learn.monitors import replace_monitors_with_hooks as replace_monitors_with_hooks
from sessile.session.training.hooks import NanLossDuringTrainingError as NanLossDuringTrainingError
