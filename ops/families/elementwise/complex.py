"""Complex numbers: made from parts, and taken apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.element_kinds import dtype_of
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast_shape, same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from . import binary_gradients as binary
from . import unary_gradients as unary

_PARTS = (dtypes.float32, dtypes.float64)
_WHOLE = (dtypes.complex64, dtypes.complex128)


def _complex_kernel(real: Any, imag: Any, *, Tout: Any) -> Any:
    result = np.empty(np.broadcast_shapes(real.shape, imag.shape), Tout.np_dtype)
    result.real = real
    result.imag = imag
    return result


COMPLEX = OpDef(
    name="Complex",
    signature="real: T, imag: T -> out: Tout",
    where={"T": _PARTS, "Tout": _WHOLE},
    attrs={"T": ("type", dtypes.float32), "Tout": ("type", dtypes.complex64)},
    shape=broadcast_shape,
    kernel=_complex_kernel,
    gradient=binary.complex_parts,
)

REAL = OpDef(
    name="Real",
    signature="input: T -> output: Tout",
    where={"T": _WHOLE, "Tout": _PARTS},
    attrs={"T": ("type", dtypes.complex64), "Tout": ("type", dtypes.float32)},
    shape=same_shape,
    kernel=lambda z, *, Tout: z.real.astype(Tout.np_dtype),
    gradient=unary.real,
)

IMAG = OpDef(
    name="Imag",
    signature="input: T -> output: Tout",
    where={"T": _WHOLE, "Tout": _PARTS},
    attrs={"T": ("type", dtypes.complex64), "Tout": ("type", dtypes.float32)},
    shape=same_shape,
    kernel=lambda z, *, Tout: z.imag.astype(Tout.np_dtype),
    gradient=unary.imag,
)

ANGLE = OpDef(
    name="Angle",
    signature="input: T -> output: Tout",
    where={"T": _WHOLE, "Tout": _PARTS},
    attrs={"T": ("type", dtypes.complex64), "Tout": ("type", dtypes.float32)},
    shape=same_shape,
    kernel=lambda z, *, Tout: np.arctan2(z.imag, z.real).astype(Tout.np_dtype),
    gradient=unary.angle,
)

COMPLEX_ABS = OpDef(
    name="ComplexAbs",
    signature="x: T -> y: Tout",
    where={"T": _WHOLE, "Tout": _PARTS},
    attrs={"T": ("type", dtypes.complex64), "Tout": ("type", dtypes.float32)},
    shape=same_shape,
    kernel=lambda x, *, Tout: np.abs(x).astype(Tout.np_dtype),
    gradient=unary.complex_abs,
)

CONJ = OpDef(
    name="Conj",
    signature="input: T -> output: T",
    where={"T": (*_WHOLE, dtypes.variant)},
    attrs={"T": ("type", dtypes.complex64)},
    shape=same_shape,
    kernel=np.conjugate,
    gradient=unary.conj,
)


def complex(real: TensorLike, imag: TensorLike, name: str | None = None) -> Tensor:
    """Return the complex numbers with the given parts.

    Args:
      real, imag: both float32 (complex64 results) or both float64 (complex128), shapes that broadcast.
      name: a name for the operation.
    Raises: TypeError while building, for other types.

    >>> complex(1.0, 2.0).dtype
    tf.complex64
    """
    first = convert_to_tensor(real, name="real")
    second = convert_to_tensor(imag, name="imag")
    with name_scope(name, "Complex", [first, second]) as scope:
        types = (first.dtype.base_dtype, second.dtype.base_dtype)
        if types[0] is not types[1] or types[0] not in _PARTS:
            raise TypeError(
                f"The `real` and `imag` components have incorrect types: {types[0].name} {types[1].name}. They must be "
                "consistent, and one of [tf.float32, tf.float64]"
            )
        return apply(COMPLEX, first, second, Tout=_WHOLE[_PARTS.index(types[0])], name=scope)


def real(input: TensorLike, name: str | None = None) -> Tensor:
    """Return the real parts; real numbers as they are."""
    with name_scope(name, "Real", [input]) as scope:
        value = convert_to_tensor(input, name="input")
        return apply(REAL, value, Tout=value.dtype.real_dtype, name=scope) if value.dtype.is_complex else value


def imag(input: TensorLike, name: str | None = None) -> Tensor:
    """Return the imaginary parts; zeros for real numbers."""
    from .like import zeros_like

    with name_scope(name, "Imag", [input]) as scope:
        value = convert_to_tensor(input, name="input")
        if value.dtype.is_complex:
            return apply(IMAG, value, Tout=value.dtype.real_dtype, name=scope)
        return zeros_like(value)


def conj(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the complex conjugates; real numbers as they are.

    Raises: TypeError for values that are not numbers.
    """
    if isinstance(x, Tensor) and dtype_of(x) in dtypes.REAL:
        return x
    with name_scope(name, "Conj", [x]) as scope:
        value = convert_to_tensor(x, name="x")
        dtype = value.dtype.base_dtype
        if dtype.is_complex or dtype is dtypes.variant:
            return apply(CONJ, value, name=scope)
        if dtype.is_floating or dtype.is_integer:
            return value
        raise TypeError(f"Expected numeric or variant tensor, got dtype {dtype!r}.")


def angle(input: TensorLike, name: str | None = None) -> Tensor:
    """Return the angle of each complex number to the real axis, in (-pi, pi]; pi for negative real numbers, else 0.

    Args:
      input: complex or floating-point.
    Raises: TypeError for integers.
    """
    from .compare import less
    from .like import ones_like, zeros_like
    from .select import select

    with name_scope(name, "Angle", [input]) as scope:
        value = convert_to_tensor(input, name="input")
        if value.dtype.is_complex:
            return apply(ANGLE, value, Tout=value.dtype.real_dtype, name=scope)
        return select(less(value, 0), np.pi * ones_like(value), zeros_like(value))


def complex_abs(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the length of each complex number, in the real type: the function of TensorFlow 0.x."""
    value = convert_to_tensor(x, name="x")
    return apply(COMPLEX_ABS, value, Tout=value.dtype.real_dtype, name=name)
