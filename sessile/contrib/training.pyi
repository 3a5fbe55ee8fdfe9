"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.checkpoint.management import checkpoints_iterator as checkpoints_iterator
from sessile.ops.library.contrib.training.balancing import GreedyLoadBalancingStrategy as GreedyLoadBalancingStrategy
from sessile.ops.library.contrib.training.balancing import byte_size_load_fn as byte_size_load_fn
from sessile.ops.library.contrib.training.hparams import HParams as HParams
from sessile.ops.library.contrib.training.hparams import parse_values as parse_values
from sessile.ops.library.contrib.training.train_op import add_gradients_summaries as add_gradients_summaries
from sessile.ops.library.contrib.training.train_op import clip_gradient_norms as clip_gradient_norms
from sessile.ops.library.contrib.training.train_op import clip_gradient_norms_fn as clip_gradient_norms_fn
from sessile.ops.library.contrib.training.train_op import create_train_op as create_train_op
from sessile.ops.library.contrib.training.train_op import multiply_gradients as multiply_gradients
from sessile.ops.library.input.bucketing import bucket as bucket
from sessile.ops.library.input.bucketing import bucket_by_sequence_length as bucket_by_sequence_length
from sessile.session.training.evaluating import StopAfterNEvalsHook as StopAfterNEvalsHook
from sessile.session.training.evaluating import SummaryAtEndHook as SummaryAtEndHook
from sessile.session.training.evaluating import evaluate_once as evaluate_once
from sessile.session.training.evaluating import evaluate_repeatedly as evaluate_repeatedly
from sessile.session.training.evaluating import get_or_create_eval_step as get_or_create_eval_step
from sessile.session.training.evaluating import train as train
from sessile.session.training.evaluating import wait_for_new_checkpoint as wait_for_new_checkpoint
