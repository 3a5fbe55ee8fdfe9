"""Looking into checkpoints, without a graph: `NewCheckpointReader`, `list_variables`, `load_variable`."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ...formats.checkpoints import open_checkpoint
from ...types.dtypes import DType
from . import management


class CheckpointReader:
    """A checkpoint, of either format; its files are mapped, and read where a tensor is asked for.

    Args:
      filepattern: the path of the checkpoint.
    Raises: NotFoundError if there is none, DataLossError if its files are not what was written.
    """

    def __init__(self, filepattern: Any) -> None:
        self._reader = open_checkpoint(os.fsdecode(filepattern))

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """From the name of each tensor to its shape."""
        return {name: list(self._reader.shape(name)) for name in self._reader.names()}

    def get_variable_to_dtype_map(self) -> dict[str, DType]:
        """From the name of each tensor to its type."""
        return {name: self._reader.dtype(name) for name in self._reader.names()}

    def has_tensor(self, tensor_str: Any) -> bool:
        """Whether there is a tensor of that name."""
        return os.fsdecode(tensor_str) in self._reader

    def get_tensor(self, tensor_str: Any) -> Any:
        """Return a tensor as an array, a scalar as a NumPy scalar or bytes.

        Raises: NotFoundError if there is none, DataLossError if its bytes are not what was written.
        """
        value = self._reader.read(os.fsdecode(tensor_str))
        return value[()] if value.ndim == 0 else value

    def debug_string(self) -> bytes:
        """Lines with the name, type and shape of each tensor."""
        lines = []
        for name in self._reader.names():
            kind = _type_name(self._reader.dtype(name))
            shape = ",".join(map(str, self._reader.shape(name)))
            lines.append(f"{name} ({kind}) [{shape}]\n")
        return "".join(lines).encode()


def _type_name(dtype: DType) -> str:
    from ... import proto

    return str(proto.DataType.Name(dtype.as_datatype_enum))


def NewCheckpointReader(filepattern: Any) -> CheckpointReader:
    """Return a CheckpointReader of the checkpoint with that path. Raises: as `CheckpointReader`."""
    return CheckpointReader(filepattern)


def checkpoint_path(ckpt_dir_or_file: Any) -> str:
    """The path of a checkpoint: the given one, or the last one of a folder.

    Raises: ValueError for a folder without one.
    """
    path = os.fsdecode(ckpt_dir_or_file)
    if not os.path.isdir(path):
        return path
    found = management.latest_checkpoint(path)
    if found is None:
        raise ValueError(f"Couldn't find 'checkpoint' file or checkpoints in given directory {path}")
    return found


def load_checkpoint(ckpt_dir_or_file: Any) -> CheckpointReader:
    """Return a CheckpointReader of a checkpoint, or of a folder's last one. Raises: ValueError, NotFoundError."""
    return CheckpointReader(checkpoint_path(ckpt_dir_or_file))


def list_variables(ckpt_dir_or_file: Any) -> list[tuple[str, list[int]]]:
    """Return the names and shapes of a checkpoint's tensors, sorted by name.

    Args:
      ckpt_dir_or_file: the path of a checkpoint, or of a folder: its last one.
    Raises: ValueError for a folder without a checkpoint, NotFoundError if there is none of that path.
    """
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def load_variable(ckpt_dir_or_file: Any, name: str) -> Any:
    """Return a tensor of a checkpoint as an array.

    Args:
      ckpt_dir_or_file: the path of a checkpoint, or of a folder: its last one.
      name: the name of the tensor; `:0` at its end is left out.
    Raises: ValueError, NotFoundError as `list_variables`; NotFoundError if it has no such tensor.
    """
    name = name.removesuffix(":0")
    return np.asarray(load_checkpoint(ckpt_dir_or_file).get_tensor(name))[()]


OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"  # under which a checkpoint of objects has their graph


def keys_by_names(path: Any) -> dict[str, str] | None:
    """From names of variables to their keys in a checkpoint of objects; None for another checkpoint."""
    from ... import proto

    reader = NewCheckpointReader(path)
    if not reader.has_tensor(OBJECT_GRAPH):
        return None
    message = proto.TrackableObjectGraph.FromString(reader.get_tensor(OBJECT_GRAPH))
    return {value.full_name: value.checkpoint_key for node in message.nodes for value in node.attributes}
