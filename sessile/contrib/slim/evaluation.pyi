"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.checkpoint.management import checkpoints_iterator as checkpoints_iterator
from sessile.session.training.evaluating import evaluation_loop as evaluation_loop
from sessile.session.training.evaluating import slim_evaluate_once as evaluate_once
from sessile.session.training.evaluating import wait_for_new_checkpoint as wait_for_new_checkpoint
