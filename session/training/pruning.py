"""`contrib.model_pruning.train`: slim's training loop with masks that change, and graphs from checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ops.graph.graph import Graph
from ...ops.library.checkpoint.management import latest_checkpoint
from ...ops.library.checkpoint.meta_graphs import import_meta_graph
from ...ops.library.graphdef.freezing import convert_variables_to_constants
from ..session import Session
from .slim_learning import train as train_slim
from .slim_learning import train_step


def train(
    train_op: Any, logdir: str | None, mask_update_op: Any, train_step_fn: Any = train_step, *args: Any, **kwargs: Any
) -> Any:
    """Train as `contrib.slim.learning.train` does, and run what changes the masks after each step.

    Args:
      train_op, logdir: as there.
      mask_update_op: what `Pruning.conditional_mask_update_op` returned.
      train_step_fn and others: as there.
    Returns: the loss of the last step; None if none was taken.
    Raises: ValueError for arguments that do not fit.
    """

    def step(sess: Any, op: Any, global_step: Any, given: dict[str, Any]) -> Any:
        result = train_step_fn(sess, op, global_step, given)
        sess.run(mask_update_op)
        return result

    return train_slim(train_op, logdir, step, *args, **kwargs)


def graph_def_from_checkpoint(checkpoint_dir: str, output_node_names: Sequence[str]) -> Any:
    """Return the graph of the newest checkpoint in a folder with its variables as constants.

    Args:
      checkpoint_dir: the folder, in which the meta graph lies too.
      output_node_names: the operations that are wanted.
    Raises: ValueError if there is no checkpoint.
    """
    path = latest_checkpoint(checkpoint_dir)
    if path is None:
        raise ValueError(f"Could not find a checkpoint in {checkpoint_dir}.")
    with Graph().as_default() as graph, Session() as session:
        saver: Any = import_meta_graph(f"{path}.meta", clear_devices=True)
        saver.restore(session, path)
        return convert_variables_to_constants(session, graph.as_graph_def(), list(output_node_names))
