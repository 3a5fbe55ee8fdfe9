"""Spellings of TensorFlow 0.x that programs still use: old names, and old orders of arguments.

An old order is taken where it cannot be meant otherwise, with one warning for each line of the program.
"""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from . import nn
from .ops.base.origin import is_inner
from .ops.building.default_graph import name_scope
from .ops.families.arrays import splitting, stacking
from .ops.families.elementwise.arithmetic import abs as absolute
from .ops.families.linalg.products import matmul
from .ops.families.nn import cross_entropy
from .ops.graph.node import Tensor
from .session.warnings_ import UsageWarning

_told: Final[set[tuple[str, int]]] = set()


def _tell(old: str, new: str) -> None:
    """Warn of an old spelling, once for each line of the user's."""
    frame: Any = sys._getframe(2)
    depth = 2
    while frame.f_back is not None and is_inner(frame.f_code.co_filename):
        frame, depth = frame.f_back, depth + 1
    place = frame.f_code.co_filename, frame.f_lineno
    if place not in _told:
        _told.add(place)
        text = f"{old} is TensorFlow 0.x's spelling, and is taken as {new} ({place[0]}:{place[1]})"
        warnings.warn(text, UsageWarning, stacklevel=depth + 1)


def _is_number(value: Any) -> bool:
    """Whether a value can be an axis, and nothing else."""
    if isinstance(value, Tensor):
        return value.dtype.is_integer and value.shape.ndims == 0
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


@functools.wraps(stacking.concat)
def concat(values: Any = None, axis: Any = None, name: str = "concat", **old: Any) -> Tensor:
    """`concat(values, axis)`; also `concat(concat_dim, values)`."""
    if "concat_dim" in old:
        _tell("concat(concat_dim=...)", "concat(values, axis)")
        values, axis = values if axis is None else axis, old.pop("concat_dim")
    elif _is_number(values) and isinstance(axis, (list, tuple)):
        _tell("concat(axis, values)", "concat(values, axis)")
        values, axis = axis, values
    return stacking.concat(values, axis, name, **old)


@functools.wraps(splitting.split)
def split(
    value: Any = None, num_or_size_splits: Any = None, axis: Any = 0, num: Any = None, name: str = "split", **old: Any
) -> Any:
    """`split(value, num_or_size_splits, axis)`; also `split(split_dim, num_split, value)`."""
    if "split_dim" in old or "num_split" in old:
        _tell("split(split_dim=..., num_split=...)", "split(value, num_or_size_splits, axis)")
        axis = old.pop("split_dim", axis)
        num_or_size_splits = old.pop("num_split", num_or_size_splits)
    elif _is_number(value) and isinstance(num_or_size_splits, int) and not _is_number(axis):
        _tell("split(axis, number, value)", "split(value, number, axis)")
        value, axis = axis, value
    return splitting.split(value, num_or_size_splits, axis, num, name, **old)


def batch_matmul(x: Any, y: Any, adj_x: bool = False, adj_y: bool = False, name: str | None = None) -> Tensor:
    """Return the products of two batches of matrices; `matmul` does the same.

    Args:
      x, y: tensors of at least two dimensions.
      adj_x, adj_y: whether the conjugate transpose is taken.
      name: a name for the operation.
    """
    return matmul(x, y, adjoint_a=adj_x, adjoint_b=adj_y, name=name)


def complex_abs(x: Any, name: str | None = None) -> Tensor:
    """Return the absolute value of complex numbers; `abs` does the same."""
    result: Tensor = absolute(x, name=name)
    return result


def op_scope(values: Any, name: str | None, default_name: str | None = None) -> Any:
    """Return `name_scope(name, default_name, values)`."""
    return name_scope(name, default_name, values)


def _logits_first(function: Callable[..., Any], default: str) -> Callable[..., Any]:
    """A loss that TensorFlow 1 takes by keywords only: by place it is TensorFlow 0.x's, the logits first."""

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        if not args:
            return function(**kwargs)
        _tell(f"{default}(logits, {_SECOND[default]})", f"{default}({_SECOND[default]}=..., logits=...)")
        names = ("logits", _SECOND[default], *_REST[default])
        return function(**dict(zip(names, args)), **kwargs)

    return called


_SECOND: Final = {
    "sigmoid_cross_entropy_with_logits": "labels",
    "softmax_cross_entropy_with_logits": "labels",
    "sparse_softmax_cross_entropy_with_logits": "labels",
}
_REST: Final = {
    "sigmoid_cross_entropy_with_logits": ("name",),
    "softmax_cross_entropy_with_logits": ("dim", "name"),
    "sparse_softmax_cross_entropy_with_logits": ("name",),
}


def _renamed(old: str, new: str) -> Callable[..., Any]:
    """A function that has another name in TensorFlow 1."""

    def called(*args: Any, **kwargs: Any) -> Any:
        _tell(f"nn.{old}", f"nn.{new}")
        return getattr(nn, new)(*args, **kwargs)

    called.__name__, called.__doc__ = old, f"TensorFlow 0.x's name of `nn.{new}`."
    return called


# Under the name `tensorflow`, whose version is 1.15: there a call by place is an error, so it is an older program's.
IN_NN: Final = {
    **{name: _logits_first(getattr(cross_entropy, name), name) for name in _SECOND},
    "bidirectional_rnn": _renamed("bidirectional_rnn", "static_bidirectional_rnn"),
    "rnn": _renamed("rnn", "static_rnn"),
}
