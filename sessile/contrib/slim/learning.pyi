"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.training.train_op import add_gradients_summaries as add_gradients_summaries
from sessile.ops.library.contrib.training.train_op import clip_gradient_norms as clip_gradient_norms
from sessile.ops.library.contrib.training.train_op import clip_gradient_norms_fn as clip_gradient_norms_fn
from sessile.ops.library.contrib.training.train_op import create_train_op as create_train_op
from sessile.ops.library.contrib.training.train_op import multiply_gradients as multiply_gradients
from sessile.session.training.slim_learning import train as train
from sessile.session.training.slim_learning import train_step as train_step
