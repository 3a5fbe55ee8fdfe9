"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.estimator.parts.in_memory import InMemoryEvaluatorHook as InMemoryEvaluatorHook
from sessile.session.estimator.stopping import make_early_stopping_hook as make_early_stopping_hook
from sessile.session.estimator.stopping import make_stop_at_checkpoint_step_hook as make_stop_at_checkpoint_step_hook
from sessile.session.estimator.stopping import stop_if_higher_hook as stop_if_higher_hook
from sessile.session.estimator.stopping import stop_if_lower_hook as stop_if_lower_hook
from sessile.session.estimator.stopping import stop_if_no_decrease_hook as stop_if_no_decrease_hook
from sessile.session.estimator.stopping import stop_if_no_increase_hook as stop_if_no_increase_hook
