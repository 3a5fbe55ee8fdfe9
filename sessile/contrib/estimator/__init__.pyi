"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.estimator.parts.extenders import add_metrics as add_metrics
from sessile.session.estimator.parts.extenders import clip_gradients_by_norm as clip_gradients_by_norm
from sessile.session.estimator.parts.extenders import forward_features as forward_features
from sessile.session.estimator.parts.heads import BinaryClassHead as binary_classification_head
from sessile.session.estimator.parts.heads import LogisticRegressionHead as logistic_regression_head
from sessile.session.estimator.parts.heads import MultiClassHead as multi_class_head
from sessile.session.estimator.parts.heads import MultiLabelHead as multi_label_head
from sessile.session.estimator.parts.heads import multi_head as multi_head
from sessile.session.estimator.parts.heads import poisson_regression_head as poisson_regression_head
from sessile.session.estimator.parts.heads import regression_head as regression_head
from sessile.session.estimator.parts.in_memory import InMemoryEvaluatorHook as InMemoryEvaluatorHook
from sessile.session.estimator.stopping import make_early_stopping_hook as make_early_stopping_hook
from sessile.session.estimator.stopping import make_stop_at_checkpoint_step_hook as make_stop_at_checkpoint_step_hook
from sessile.session.estimator.stopping import stop_if_higher_hook as stop_if_higher_hook
from sessile.session.estimator.stopping import stop_if_lower_hook as stop_if_lower_hook
from sessile.session.estimator.stopping import stop_if_no_decrease_hook as stop_if_no_decrease_hook
from sessile.session.estimator.stopping import stop_if_no_increase_hook as stop_if_no_increase_hook
