"""Sums, differences and products, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply, apply_to_values
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.element_kinds import by_kind, dtype_of, on_floats, on_kinds, widened
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast_shape, same_as_all, same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from . import binary_gradients as binary
from . import unary_gradients as unary

_SIGNED = (*dtypes.FLOATS, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)
_SUMMABLE = dtypes.NUMERIC + dtypes.QUANTIZED


ADD_V2 = OpDef(
    name="AddV2",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.NUMERIC},
    shape=broadcast_shape,
    kernel=np.add,
    scalar="{x} + {y}",
    commutative=True,
    computes_extents=True,
    gradient=binary.add,
)

ADD = OpDef(
    name="Add",
    signature="x: T, y: T -> z: T",
    where={
        "T": (
            *dtypes.FLOATS,
            dtypes.uint8,
            dtypes.int8,
            dtypes.int16,
            dtypes.int32,
            dtypes.int64,
            *dtypes.COMPLEX,
            dtypes.string,
        )
    },
    shape=broadcast_shape,
    kernel=np.add,  # bytes objects add by joining
    scalar=on_kinds("fiuc", "{x} + {y}"),
    computes_extents=True,
    gradient=binary.add,
)

_ONLY_V2 = frozenset(dtypes.NUMERIC) - set(ADD.where["T"] or ())

SUB = OpDef(
    name="Sub",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.NUMERIC},
    shape=broadcast_shape,
    kernel=np.subtract,
    scalar="{x} - {y}",
    computes_extents=True,
    gradient=binary.sub,
)

MUL = OpDef(
    name="Mul",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.NUMERIC},
    shape=broadcast_shape,
    kernel=np.multiply,
    scalar="{x} * {y}",
    commutative=True,
    computes_extents=True,
    gradient=binary.mul,
)

NEG = OpDef(
    name="Neg",
    signature="x: T -> y: T",
    where={"T": _SIGNED + dtypes.COMPLEX},
    shape=same_shape,
    kernel=np.negative,
    scalar="-{x}",
    computes_extents=True,
    gradient=unary.negative,
)

ABS = OpDef(
    name="Abs",
    signature="x: T -> y: T",
    where={"T": _SIGNED},
    shape=same_shape,
    kernel=np.abs,
    scalar=by_kind("fabs({x})", "({x} if {x} >= T(0) else -{x})"),
    computes_extents=True,
    gradient=unary.absolute,
)


def _sign_kernel(x: Any) -> Any:
    if x.dtype.kind == "c":
        size = np.abs(x)
        return np.where(size == 0, x.dtype.type(0), x / np.where(size == 0, size.dtype.type(1), size))
    return widened(np.sign)(x)


SIGN = OpDef(
    name="Sign",
    signature="x: T -> y: T",
    where={"T": _SIGNED + dtypes.COMPLEX},
    shape=same_shape,
    kernel=_sign_kernel,
    scalar=by_kind(
        "(T(1) if {x} > T(0) else (T(-1) if {x} < T(0) else (T(0) if {x} == T(0) else {x})))",
        "(T(1) if {x} > T(0) else (T(-1) if {x} < T(0) else T(0)))",
    ),
    gradient=unary.sign,
)

SQUARE = OpDef(
    name="Square",
    signature="x: T -> y: T",
    where={"T": dtypes.NUMERIC},
    shape=same_shape,
    kernel=np.square,
    scalar="{x} * {x}",
    gradient=unary.square,
)


def _squared_difference_kernel(x: Any, y: Any) -> Any:
    difference = np.subtract(x, y)
    if x.dtype.kind == "c":
        return (np.square(difference.real) + np.square(difference.imag)).astype(x.dtype)
    return difference * difference


SQUARED_DIFFERENCE = OpDef(
    name="SquaredDifference",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INEXACT + dtypes.INDEX},
    shape=broadcast_shape,
    kernel=_squared_difference_kernel,
    scalar=on_kinds("fi", "rounded({x} - {y}) * rounded({x} - {y})"),
    commutative=True,
    gradient=binary.squared_difference,
)


def _multiply_no_nan_kernel(x: Any, y: Any) -> Any:
    return np.where(y == 0, np.zeros((), y.dtype), np.multiply(x, y))


MUL_NO_NAN = OpDef(
    name="MulNoNan",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=broadcast_shape,
    kernel=_multiply_no_nan_kernel,
    scalar=on_floats("({x} * {y} if {y} != T(0) else T(0))"),
    gradient=binary.mul_no_nan,
)


def _sum_in_order(values: list[Any]) -> Any:
    total = values[0]
    for value in values[1:]:
        total = np.add(total, value)
    return total


def _add_n_kernel(inputs: Any) -> Any:
    for value in inputs[1:]:
        if value.shape != inputs[0].shape:
            raise ValueError(
                "Inputs to operation must have the same size and shape. "
                f"Input 0: {list(inputs[0].shape)} != input: {list(value.shape)}"
            )
    return widened(lambda *values: _sum_in_order(list(values)))(*inputs)


def _sum_scalar(attrs: Any, types: Any) -> str | None:
    # One operand per list item: the code generator names them inputs_0, inputs_1, ...
    if types[0].kind not in "fiuc":
        return None
    return " + ".join(f"{{inputs_{index}}}" for index in range(attrs["N"]))


ADD_N = OpDef(
    name="AddN",
    signature="inputs: N*T -> sum: T",
    where={"T": (*_SUMMABLE, dtypes.variant)},
    shape=same_as_all,
    kernel=_add_n_kernel,
    scalar=_sum_scalar,
    gradient=lambda g, op, dz: [dz] * len(op.inputs),
)

ACCUMULATE_N_V2 = OpDef(
    name="AccumulateNV2",
    signature="inputs: N*T -> sum: T",
    where={"T": _SUMMABLE},
    attrs={"shape": ("shape",)},
    shape=lambda q: q.attrs["shape"] if q.is_building else same_as_all(q),
    kernel=_add_n_kernel,
    scalar=_sum_scalar,
    gradient=lambda g, op, dz: [dz] * len(op.inputs),
)


def add(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x + y`, element by element; strings are joined.

    Args:
      x, y: numbers or strings of one type, shapes that broadcast.
      name: a name for the operation.
    Returns: a tensor of that type, broadcast shape.
    Raises: TypeError, ValueError while building, if types differ or shapes do not broadcast.

    >>> add([[1.0], [2.0]], [10.0, 20.0, 30.0]).shape
    TensorShape([Dimension(2), Dimension(3)])
    """
    if isinstance(x, Tensor):
        return apply(_addition(x), x, y, name=name or "Add")
    with name_scope(name, "Add", [x, y]) as scope:
        left = convert_to_tensor(x, name="x", dtype_hint=dtype_of(y))
        return apply(_addition(left), left, y, name=scope)


def _addition(x: Tensor) -> OpDef:
    """`Add`, as in TensorFlow 1.15 (whose `+` is `AddV2`); for the types that it does not know `AddV2`."""
    return ADD_V2 if x._dtype.base_dtype in _ONLY_V2 else ADD


def subtract(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x - y`, element by element.

    Args:
      x, y: numbers of one type, shapes that broadcast.
    """
    return apply(SUB, x, y, name=name)


def multiply(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x * y`, element by element.

    Args:
      x, y: numbers of one type, shapes that broadcast.
    """
    return apply(MUL, x, y, name=name)


def multiply_no_nan(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x * y`, and 0 where `y` is 0, even if `x` is infinite or NaN.

    Raises: TypeError for integers.
    """
    with name_scope(name, "multiply_no_nan", [x, y]) as scope:
        left = convert_to_tensor(x, name="x")
        right = convert_to_tensor(y, left.dtype.base_dtype, name="y")
        if left.dtype.base_dtype is not right.dtype.base_dtype:
            raise TypeError(f"`x` and `y` must have the same dtype, got {left.dtype!r} != {right.dtype!r}")
        return apply(MUL_NO_NAN, left, right, name=scope)


def negative(x: TensorLike, name: str | None = None) -> Any:
    """Return `-x`. `x` may be a SparseTensor."""
    return apply_to_values(NEG, x, name)


def abs(x: Any, name: str | None = None) -> Any:
    """Return the absolute value of each element: of complex numbers, their length (a real type).

    Args:
      x: a number tensor or SparseTensor.
    """
    if type(x).__name__ == "SparseTensor":
        x.graph.unique_name(name or "Abs")  # TensorFlow tries the whole first: that takes the name
        return x.with_values(abs(x.values, name=name or "Abs"))
    with name_scope(name, "Abs", [x]) as scope:
        value = convert_to_tensor(x, name="x")
        if value.dtype.is_complex:
            from .complex import COMPLEX_ABS

            return apply(COMPLEX_ABS, value, Tout=value.dtype.real_dtype, name=scope)
        return apply(ABS, value, name=scope)


def sign(x: Any, name: str | None = None) -> Any:
    """Return -1, 0 or 1 by the sign of each element, NaN for NaN; for complex numbers `x / |x|`, 0 for 0."""
    if type(x).__name__ == "SparseTensor":
        sparse: Any = x
        return sparse.with_values(apply(SIGN, sparse.values, name=name))
    value = convert_to_tensor(x)
    if not value.dtype.is_complex:
        return apply(SIGN, value, name=name)
    from .cast import cast
    from .complex import complex_abs
    from .division import DIV_NO_NAN

    return apply(DIV_NO_NAN, value, cast(complex_abs(value), value.dtype), name=name or "DivNoNan")


def square(x: TensorLike, name: str | None = None) -> Any:
    """Return `x * x`. `x` may be a SparseTensor."""
    return apply_to_values(SQUARE, x, name)


def squared_difference(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `(x - y) * (x - y)`; for complex numbers `conj(x - y) * (x - y)`."""
    return apply(SQUARED_DIFFERENCE, x, y, name=name)


def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """Return the sum of a list of tensors.

    Args:
      inputs: tensors of one type and shape (no broadcasting).
      name: a name for the operation.
    Raises: ValueError if the list is empty, or shapes differ.
    """
    from ...building.basic_ops import identity

    if not inputs if isinstance(inputs, (list, tuple)) else not hasattr(inputs, "__iter__"):
        raise ValueError(
            "Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape."
        )
    hint = next((t for t in map(dtype_of, inputs) if t is not None), None)
    tensors = [convert_to_tensor(value, dtype_hint=hint) for value in inputs]
    if len(tensors) == 1:
        return identity(tensors[0], name=name) if name else tensors[0]
    return apply(ADD_N, tensors, name=name)


def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Tensor:
    """Return the sum of a list of tensors; the same as `add_n`, with checks.

    Args:
      inputs: tensors of one type and shape.
      shape: the expected shape, as far as it is known.
      tensor_dtype: the expected type.
      name: a name for the operation.
    Raises: ValueError if the list is empty or the tensors do not match, TypeError for another type than expected.
    """
    from ...building.basic_ops import identity
    from ...types.tensor_shape import TensorShape

    problem = ValueError("inputs must be a list of at least one Tensor with the same dtype and shape")
    if not inputs or not isinstance(inputs, (list, tuple)):
        raise problem
    tensors = [convert_to_tensor(value) for value in inputs]
    if any(tensor.dtype.base_dtype is not tensors[0].dtype.base_dtype for tensor in tensors):
        raise problem
    expected = TensorShape(shape)
    for tensor in tensors:
        expected = expected.merge_with(tensor.shape)
    if tensor_dtype is not None and dtypes.as_dtype(tensor_dtype) is not tensors[0].dtype:
        raise TypeError(
            f"The `tensor_dtype` argument is {tensor_dtype}, but `input` is of type {tensors[0].dtype}. These must be "
            "equal. Try casting the input to the desired type."
        )
    if len(tensors) == 1:
        return identity(tensors[0], name=name) if name is not None else tensors[0]
    return add_n(tensors, name=name or "AccumulateNV2")  # the name TensorFlow's own operation has


def scalar_mul(scalar: TensorLike, x: Any, name: str | None = None) -> Any:
    """Return `scalar * x`.

    Args:
      scalar: a number or a tensor of no axes, made a tensor of the type of `x`.
      x: a tensor or IndexedSlices.
    Raises: ValueError if `scalar` is known not to be a scalar.
    """
    factor = convert_to_tensor(scalar, dtype=x.dtype.base_dtype, name="scalar")
    if factor.shape.ndims != 0:
        raise ValueError(f"The input scalar must be a 0-D value. Received shape {factor.shape}.")
    if type(x).__name__ == "IndexedSlices":
        return type(x)(apply(MUL, factor, x.values, name=name), x.indices, x.dense_shape)
    return apply(MUL, factor, x, name=name)


def mul(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """The name of `multiply` in TensorFlow 0.x."""
    return multiply(x, y, name)


def sub(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """The name of `subtract` in TensorFlow 0.x."""
    return subtract(x, y, name)


def neg(x: TensorLike, name: str | None = None) -> Any:
    """The name of `negative` in TensorFlow 0.x."""
    return negative(x, name)
