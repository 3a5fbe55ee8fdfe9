"""Checks of tensors that are nearly equal, of one of several ranks, or in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.basic_ops import no_op
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...building.static_value import get_static_value
from ...definition.registry import lookup
from ...graph.node import Tensor, TensorLike
from ...graph.operation import Operation
from ...types import dtypes
from ..arrays.reshaping import reshape
from ..arrays.shape_ops import rank as rank_of
from ..arrays.shape_ops import shape as shape_of
from ..elementwise import compare
from ..elementwise.arithmetic import abs as magnitude
from ..reductions.reductions import reduce_all
from .printing import Assert


def assert_near(
    x: TensorLike, y: TensorLike, rtol: Any = None, atol: Any = None, data: Any = None, summarize: Any = None,
    message: Any = None, name: Any = None,
) -> Operation:  # fmt: skip
    """Return an operation that fails unless `|x - y| < atol + rtol * |y|` for all elements.

    Args:
      x, y: floating-point numbers that broadcast.
      rtol, atol: the tolerances; default: 10 times the step of the type at 1.
      data: what to show when it fails; default: the values.
      summarize: how many elements of each to show.
      message: words to show before.
      name: a name for the operation.
    Raises: ValueError for whole numbers whose tolerances are not given; InvalidArgumentError, when it runs.
    """
    with name_scope(name, "assert_near", [x, y, rtol, atol]):
        left = convert_to_tensor(x, name="x")
        kind = left.dtype.base_dtype
        right = convert_to_tensor(y, dtype=kind, name="y")
        if kind.kind not in "fc" and (rtol is None or atol is None):
            raise ValueError(
                f"tf.debugging.assert_near has default tolerances for floating-point numbers only, not for {kind.name}:"
                " give rtol and atol, or use tf.debugging.assert_equal."
            )
        least = 10 * float(np.finfo(kind.real_dtype.as_numpy_dtype).eps) if kind.kind in "fc" else 0
        relative = convert_to_tensor(least if rtol is None else rtol, kind.real_dtype, name="rtol")
        absolute = convert_to_tensor(least if atol is None else atol, kind.real_dtype, name="atol")
        holds = reduce_all(compare.less(magnitude(left - right), absolute + relative * magnitude(right)))
        if data is None:
            words = "x and y not equal to tolerance rtol = ", relative, ", atol = ", absolute
            data = [message or "", *words, f"x ({left.name}) = ", left, f"y ({right.name}) = ", right]
        return Assert(holds, data, summarize=summarize)


def assert_rank_in(
    x: TensorLike, ranks: Any, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
) -> Operation:  # fmt: skip
    """Return an operation that fails unless the rank of `x` is among `ranks`.

    Args:
      x: the tensor.
      ranks: ints or int scalars.
      data, summarize, message, name: as in `assert_near`.
    Raises: ValueError at once where the graph alone tells, else InvalidArgumentError when it runs.
    """
    with name_scope(name, "assert_rank_in", [x, *ranks]):
        tensor = convert_to_tensor(x, name="x")
        wanted = [convert_to_tensor(rank, name="rank") for rank in ranks]
        known = [get_static_value(rank) for rank in wanted]
        for rank, value in zip(wanted, known):
            if not rank.dtype.is_integer:
                raise TypeError(f"{rank.name} must be of an integer type; got {rank.dtype!r}")
            if value is not None and value.ndim:
                raise ValueError(f"Rank must be a scalar, but got shape {value.shape}.")
        ndims = tensor.shape.ndims
        if ndims is not None and all(value is not None for value in known):
            allowed = tuple(int(value) for value in known if value is not None)
            if ndims in allowed:
                return no_op(name="static_checks_determined_all_ok")
            prefix = f"{message}. " if message else ""
            received = f"Received rank {ndims}, shape {tensor.shape}"
            raise ValueError(f"{prefix}Tensor {tensor.name} must have rank in {allowed}.  {received}")
        if data is None:
            data = [
                message or "",
                f"Tensor {tensor.name} must have rank in",
                *wanted,
                "Received shape: ",
                shape_of(tensor),
            ]
        own = rank_of(tensor)
        holds = compare.equal(own, wanted[0])
        for rank in wanted[1:]:
            holds = compare.logical_or(holds, compare.equal(own, rank))
        return Assert(holds, data, summarize=summarize)


def _ordered(scope: str, relation: Callable[..., Tensor], x: Any, name: str | None) -> Tensor:
    with name_scope(name, scope, [x]):
        tensor = convert_to_tensor(x, name="x")
        if tensor.dtype.base_dtype not in dtypes.REAL:
            raise TypeError(f"Expected x to be numeric, instead found: {tensor}")
        flat = reshape(tensor, [-1])
        zero = build(lookup("Sub"), flat[1:], flat[:-1])
        return reduce_all(relation(np.zeros((), tensor.dtype.base_dtype.np_dtype), zero))


def is_non_decreasing(x: TensorLike, name: str | None = None) -> Tensor:
    """Return whether no element, in row-major order, is smaller than the one before; fewer than two always are so.

    Raises: TypeError if `x` holds no real numbers.
    """
    return _ordered("is_non_decreasing", compare.less_equal, x, name)


def is_strictly_increasing(x: TensorLike, name: str | None = None) -> Tensor:
    """Return whether each element, in row-major order, is larger than the one before. See `is_non_decreasing`."""
    return _ordered("is_strictly_increasing", compare.less, x, name)
