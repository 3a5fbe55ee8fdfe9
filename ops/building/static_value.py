"""`get_static_value`: the value of a tensor that the graph alone determines."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ..definition.kernel_call import run_on_values
from ..graph.node import Tensor
from ..graph.operation import Operation

_COMPUTED: Final = frozenset({"Range", "Cast", "Concat", "ConcatV2", "Fill", "Equal", "NotEqual"})
_PASSED_ON: Final = frozenset({"Identity", "StopGradient", "Unpack", "Split"})  # these also pass on what is half known


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """Return the value of a tensor if it follows from the graph alone, otherwise None.

    Looked through are the operations that TensorFlow looks through: constants, `shape`, `size`, `rank`, `range`,
    `cast`, `concat`, `stack`, `unstack`, `split`, `fill`, `equal`, `not_equal`, `identity`, `stop_gradient`.
    A tensor whose value was told cannot be fed any more.

    Args:
      tensor: a tensor; anything that is none is returned as it is, and a variable has no such value.
      partial: whether a `stack` of which only some parts are known gives an object array with None for the others.
    Returns: a NumPy array of your own, or None.

    >>> get_static_value(tf.shape(tf.zeros([2, 3])))
    array([2, 3], dtype=int32)
    """
    if not isinstance(tensor, Tensor):
        return None if hasattr(tensor, "_as_graph_element") else tensor
    value = _value(tensor, partial)
    if value is None:
        return None
    tensor.graph.prevent_feeding(tensor)
    return value.copy()


def _value(tensor: Tensor, partial: bool) -> Any:
    op = tensor.op
    special = _SPECIAL.get(op.type)
    if special is not None:
        return special(op, partial)
    passed_on = op.type in _PASSED_ON
    if not passed_on and op.type not in _COMPUTED:
        return None
    values = [_value(each, partial and passed_on) for each in op.inputs]
    return None if any(value is None for value in values) else run_on_values(op, values)[tensor.value_index]


def _known_extents(op: Operation) -> Any:
    extents = op.inputs[0]._extents
    return None if extents is None or None in extents else extents


def _shape(op: Operation, partial: bool) -> Any:
    extents = _known_extents(op)
    return None if extents is None else np.array(extents, op.outputs[0].dtype.as_numpy_dtype)


def _size(op: Operation, partial: bool) -> Any:
    extents = _known_extents(op)
    return None if extents is None else np.array(math.prod(extents), op.outputs[0].dtype.as_numpy_dtype)


def _rank(op: Operation, partial: bool) -> Any:
    extents = op.inputs[0]._extents
    return None if extents is None else np.array(len(extents), np.int32)


def _pack(op: Operation, partial: bool) -> Any:
    """Only a stack along the first axis; the parts of a partial one are arrays or None."""
    if op.attrs["axis"] != 0:
        return None
    values = [_value(each, partial) for each in op.inputs]
    known = [value is not None and not _has_holes(value) for value in values]
    if all(known):
        return np.stack(values)
    if not partial or all(value is None for value in values):
        return None
    rows = [[*value] if value is not None and value.ndim else value for value in values]
    length = max((len(row) for row in rows if isinstance(row, list)), default=None)
    result = np.empty((len(rows),) if length is None else (len(rows), length), object)
    for index, row in enumerate(rows):
        result[index] = row
    return result


def _has_holes(value: Any) -> bool:
    return value.dtype == object and any(item is None for item in value.reshape(-1))


_SPECIAL: Final[dict[str, Callable[[Operation, bool], Any]]] = {
    "Const": lambda op, partial: op.attrs["value"],
    "Shape": _shape,
    "Size": _size,
    "Rank": _rank,
    "Pack": _pack,
}
