"""Models in checkpoints of objects, as TensorFlow's `save_weights` writes them, optimizers among them.

A variable's key is the way to it: `layer_with_weights-0/kernel`, of a subclass the names of attributes; the numbers of
an optimizer are at `optimizer`, what it keeps beside a variable is behind that variable's key.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .....ops.base.errors import NotFoundError
from .....ops.families.state.variables import Variable
from .....ops.formats.bundle_writer import BundleWriter
from .....ops.library.checkpoint.management import checkpoint_exists, update_checkpoint_state
from .....ops.library.checkpoint.object_graph import ObjectGraph
from .....ops.library.checkpoint.reader import OBJECT_GRAPH, NewCheckpointReader
from .....ops.library.checkpoint.trackable import CheckpointLoadStatus, NameBasedSaverStatus
from .....ops.types import dtypes
from ...session_of import batch_get_value, batch_set_value, get_session


def keyed(model: Any) -> dict[str, Any]:
    """The variables of a model, and of its optimizer, by their keys in a checkpoint."""
    return {value.key: value.item for value in ObjectGraph(model).values() if isinstance(value.item, Variable)}


def write(model: Any, path: str) -> None:
    """Write the variables of a model and of its optimizer, and the state file of the folder."""
    graph = ObjectGraph(model)
    found = [value for value in graph.values() if isinstance(value.item, Variable)]
    values = batch_get_value([saved.item for saved in found])
    text = np.array(graph.message().SerializeToString(), object)
    with BundleWriter(path) as writer:
        writer.add(OBJECT_GRAPH, text, dtypes.string)
        for saved, value in sorted(zip(found, values), key=lambda pair: pair[0].key):
            writer.add(saved.key, np.asarray(value, order="C"), saved.item.dtype.base_dtype)
        writer.finish()
    folder, name = os.path.split(path)
    update_checkpoint_state(folder or ".", name, all_model_checkpoint_paths=[name])


def read(model: Any, path: str) -> Any:
    """Give variables the values of a checkpoint: those that are there now, and those that are made later.

    Returns: the status, whose `assert_consumed()` tells whether all was found.
    Raises: NotFoundError if there is no checkpoint, ValueError for a value of another shape.
    """
    if not checkpoint_exists(path):
        raise NotFoundError(
            None, None, f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {path}"
        )
    reader = NewCheckpointReader(path)
    if not reader.has_tensor(OBJECT_GRAPH):  # of a Saver: by the names of variables
        by_names = NameBasedSaverStatus(model, path, reader)
        by_names.run_restore_ops(get_session())
        return by_names
    status = CheckpointLoadStatus(model, path, reader)
    object.__setattr__(model, "_loading", Loading(model, status, reader))
    model._loading.go_on()
    return status.assert_nontrivial_match()


class Loading:
    """A checkpoint of which variables take their values once they are made.

    Args:
      model: the model; status: which object is which; reader: of the checkpoint.
    """

    def __init__(self, model: Any, status: CheckpointLoadStatus, reader: Any) -> None:
        self._model, self._status, self._reader = model, status, reader
        self._done: set[int] = set()

    def go_on(self) -> None:
        """Give those variables their values that have none of the checkpoint's yet."""
        pairs = []
        for saved in self._status.values_to_restore():
            if id(saved.item) in self._done or not isinstance(saved.item, Variable):
                continue
            value, shape = self._reader.get_tensor(saved.key), saved.item.shape.as_list()
            if list(np.shape(value)) != shape:
                raise ValueError(
                    f"{saved.key} has the shape {np.shape(value)} in the checkpoint, {shape} in the model."
                )
            pairs.append((saved.item, value))
        batch_set_value(pairs)
        self._done.update(id(variable) for variable, _ in pairs)


def go_on(model: Any) -> None:
    """Variables were made: they take their values from the checkpoint that was loaded before, if there is one."""
    loading = getattr(model, "_loading", None)
    if loading is not None:
        loading.go_on()
