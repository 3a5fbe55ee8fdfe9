"""Checks: operations that fail when tensors are not as they should be; at once where the graph alone tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.basic_ops import no_op
from ...building.convert import convert_to_tensor
from ...building.default_graph import leave_out, name_scope
from ...building.static_value import get_static_value
from ...definition.kernel_call import run_on_values
from ...graph.node import Tensor, TensorLike
from ...graph.operation import Operation
from ...types import dtypes
from ..arrays.shape_ops import rank as rank_of
from ..arrays.shape_ops import shape as shape_of
from ..elementwise import compare
from ..reductions.reductions import reduce_all
from .printing import Assert


def _compare(
    relation: Callable[..., Tensor], sign: str, scope: str, x: Any, y: Any, data: Any, summarize: Any, message: Any,
    name: Any,
) -> Operation:  # fmt: skip
    """Assert a relation of all elements of two tensors that broadcast."""
    with name_scope(name, scope, [x, y]):
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y")
        compared = relation(x, y)
        holds = reduce_all(compared)
        words = f"Condition x {sign} y did not hold element-wise:"
        if data is None:
            data = [words, f"x ({x.name}) = ", x, f"y ({y.name}) = ", y]
        if message:
            data = [message, *data]
        _refuse_static(compared.op, data)
        return Assert(holds, data, summarize=summarize, name="Assert")


def _refuse_static(compared: Operation, data: Any) -> None:
    """Raises: InvalidArgumentError if both sides of a comparison are values that TensorFlow finds while building.

    What follows from the graph by other operations, as by `reshape`, fails when it runs, as in TensorFlow: many checks
    of a branch that is never taken are of that kind.
    """
    values = [get_static_value(tensor) for tensor in compared.inputs]
    if any(value is None for value in values) or compared.op_def.kernel is None:
        return
    if not np.asarray(run_on_values(compared, values)[0]).all():
        raise InvalidArgumentError(None, None, "\n".join(_shown(item) for item in data))


def _shown(item: Any) -> str:
    if isinstance(item, Tensor):
        value = get_static_value(item)
        return str(item if value is None else value)
    return str(item)


def assert_equal(
    x: TensorLike, y: TensorLike, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
) -> Operation:  # fmt: skip
    """Return an operation that fails unless `x == y` for all elements.

    Args:
      x, y: tensors that broadcast.
      data: what to show when it fails; default: the values.
      summarize: how many elements of each to show.
      message: words to show before.
      name: a name for the operation.
    Raises: InvalidArgumentError, when it runs, or at once where the graph alone tells.
    """
    with name_scope(name, "assert_equal", [x, y]):  # TensorFlow uses up this name too
        if x is y:
            return no_op()
    return _compare(compare.equal, "==", "assert_equal", x, y, data, summarize, message, name)


def _relation(function: Callable[..., Tensor], sign: str, scope: str) -> Callable[..., Operation]:
    def check(
        x: TensorLike, y: TensorLike, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
    ) -> Operation:
        return _compare(function, sign, scope, x, y, data, summarize, message, name)

    check.__name__ = check.__qualname__ = scope
    check.__doc__ = f"Return an operation that fails unless `x {sign} y` for all elements. See `assert_equal`."
    return check


assert_none_equal = _relation(compare.not_equal, "!=", "assert_none_equal")
assert_less = _relation(compare.less, "<", "assert_less")
assert_less_equal = _relation(compare.less_equal, "<=", "assert_less_equal")
assert_greater = _relation(compare.greater, ">", "assert_greater")
assert_greater_equal = _relation(compare.greater_equal, ">=", "assert_greater_equal")


def _against_zero(sign: str, scope: str, zero_first: bool, inner: Callable[..., Operation]) -> Callable[..., Operation]:
    def check(
        x: TensorLike, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
    ) -> Operation:
        words = message or ""
        with name_scope(name, scope, [x]):
            x = convert_to_tensor(x, name="x")
            if data is None:
                told = [f"Condition x {sign} 0 did not hold element-wise:", f"x ({x.name}) = "]
                data = [words, *(["".join(told)] if sign == "<=" else told), x]  # one text, as in TensorFlow 1.15
            zero = convert_to_tensor(0, x.dtype)
            return inner(zero, x, data, summarize) if zero_first else inner(x, zero, data, summarize)

    check.__name__ = check.__qualname__ = scope
    check.__doc__ = f"Return an operation that fails unless `x {sign} 0` for all elements. See `assert_equal`."
    return check


assert_positive = _against_zero(">", "assert_positive", True, assert_less)
assert_negative = _against_zero("<", "assert_negative", False, assert_less)
assert_non_negative = _against_zero(">=", "assert_non_negative", True, assert_less_equal)
assert_non_positive = _against_zero("<=", "assert_non_positive", False, assert_less_equal)


def _rank_check(
    x: Any, rank: Any, fits: Callable[[int, int], bool], relation: Callable[..., Tensor], words: str, scope: str,
    data: Any, summarize: Any, message: Any, name: Any,
) -> Operation:  # fmt: skip
    with name_scope(name, scope, [x]):
        x = convert_to_tensor(x, name="x")
        wanted = convert_to_tensor(rank, name="rank")
        known = get_static_value(wanted)
        if not wanted.dtype.is_integer:
            raise TypeError(f"{wanted.name} must be of an integer type; got {wanted.dtype!r}")
        if known is not None and known.ndim:
            raise ValueError(f"Rank must be a scalar, but got shape {known.shape}.")
        if known is not None and x.shape.ndims is not None:
            if fits(x.shape.ndims, int(known)):
                leave_out(2)
                return no_op(name="static_checks_determined_all_ok")
            prefix = f"{message}. " if message else ""
            received = f"Received rank {x.shape.ndims}, shape {x.shape}"
            raise ValueError(f"{prefix}Tensor {x.name} must have {words} {int(known)}.  {received}")
        if data is None:
            data = [message or "", f"Tensor {x.name} must have {words}", wanted, "Received shape: ", shape_of(x)]
        return Assert(relation(rank_of(x), wanted), data, summarize=summarize)


def assert_rank(
    x: TensorLike, rank: Any, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
) -> Operation:  # fmt: skip
    """Return an operation that fails unless `x` has `rank`. Raises: ValueError at once where the graph alone tells."""
    return _rank_check(
        x, rank, lambda a, b: a == b, compare.equal, "rank", "assert_rank", data, summarize, message, name
    )


def assert_rank_at_least(
    x: TensorLike, rank: Any, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
) -> Operation:  # fmt: skip
    """Return an operation that fails unless `x` has `rank` or more. Raises: as `assert_rank`."""
    return _rank_check(
        x, rank, lambda a, b: a >= b, compare.greater_equal, "rank at least", "assert_rank_at_least", data, summarize,
        message, name,
    )  # fmt: skip


def assert_type(tensor: TensorLike, tf_type: Any, message: Any = None, name: Any = None) -> Operation:
    """Return an operation that does nothing. Raises: TypeError if the tensor is of another type."""
    tf_type = dtypes.as_dtype(tf_type)
    with name_scope(name, "assert_type", [tensor]):
        tensor = convert_to_tensor(tensor, name="tensor")
        if tensor.dtype.base_dtype != tf_type:
            prefix = f"{message}  " if message else ""
            raise TypeError(f"{prefix}{tensor.name} must be of type {tf_type!r}; got {tensor.dtype!r}")
        return no_op(name="statically_determined_correct_type")


def assert_integer(x: TensorLike, message: Any = None, name: Any = None) -> Operation:
    """Return an operation that does nothing. Raises: TypeError if `x` is not of an integer type."""
    with name_scope(name, "assert_integer", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_integer:
            prefix = f"{message}  " if message else ""
            raise TypeError(f'{prefix}Expected "x" to be integer type.  Found: {x.name} of dtype {x.dtype}')
        return no_op(name="statically_determined_was_integer")


def assert_scalar(tensor: TensorLike, name: Any = None, message: Any = None) -> Tensor:
    """Return `tensor`. Raises: ValueError if its static shape is not that of a scalar."""
    with name_scope(name, "assert_scalar", [tensor]):
        tensor = convert_to_tensor(tensor)
        if tensor.shape.ndims != 0:
            prefix = message or ""
            raise ValueError(f"{prefix}Expected scalar shape for {tensor.name}, saw shape: {tensor.shape}.")
        return tensor


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether `tensor` is a Tensor of numbers."""
    return isinstance(tensor, Tensor) and tensor.dtype.base_dtype in dtypes.NUMERIC


def assert_proper_iterable(values: Any) -> None:
    """Raises: TypeError if `values` is a tensor, an array, a string, or cannot be iterated over."""
    unintentional = (Tensor, np.ndarray, bytes, str)
    if isinstance(values, unintentional) or hasattr(values, "_as_graph_element"):
        raise TypeError(f"Expected argument `values` to be a proper iterable, got {type(values)}.")
    if not hasattr(values, "__iter__"):
        raise TypeError(f"Expected argument `values` to be iterable, got {type(values)}.")


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> Any:
    """Return the floating-point type that all tensors have.

    Args:
      tensors: tensors, sparse ones too; None among them is left out.
      dtype: the type they are to have; default: that of the first, or float32 without any.
    Raises: ValueError if one is of another type, or the type holds no floating-point numbers.
    """
    expected, first = dtype, None
    for tensor in tensors or ():
        if tensor is None:
            continue
        own = tensor.dtype.base_dtype
        if not expected:
            expected, first = own, tensor
        elif expected != own:
            like = f" as {_called(first)}" if first is not None else ""
            raise ValueError(
                f"{_called(tensor)}, type={own!r}, must be of the same type ({dtypes.as_dtype(expected)!r}){like}."
            )
    if not expected:
        return dtypes.float32
    expected = dtypes.as_dtype(expected)
    if not expected.is_floating:
        raise ValueError(f"Expected floating point type, got {expected!r}.")
    return expected


def _called(tensor: Any) -> str:
    return str(getattr(tensor, "name", tensor))
