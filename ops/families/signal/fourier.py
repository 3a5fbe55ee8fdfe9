"""Fourier transforms along the last one, two or three dimensions: of complex numbers, and of real ones and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.extent_math import vector_length
from ...definition.opdef import OpDef
from ...definition.registry import lookup
from ...definition.shape_checks import spelled_extent
from ...definition.shapes import at_least_rank, merge_extent
from ...graph.node import Tensor, TensorLike
from ...graph.partial import static_value
from ...types import dtypes
from ...types.tensor_shape import Extents
from . import fourier_gradients as gradients

_COMPLEX: Final = (dtypes.complex64, dtypes.complex128)
_REAL: Final = (dtypes.float32, dtypes.float64)
_MANY: Final = 1 << 13  # numbers from which on SciPy's transforms are worth their import


def _check_rank(x: Any, rank: int) -> None:
    if x.ndim < rank:
        raise ValueError(f"Input must have rank of at least {rank} but got: {list(x.shape)}")


def _transform(name: str, size: int) -> Any:
    """The transform of this name: SciPy's for many numbers, which takes several at once, else NumPy's."""
    if size < _MANY:
        return getattr(np.fft, name)
    import scipy.fft

    return getattr(scipy.fft, name)


def _complex_op(name: str, transform: str, rank: int, gradient: Any) -> OpDef:
    def kernel(x: Any) -> Any:
        _check_rank(x, rank)
        if not x.size:
            return x
        return _transform(transform, x.size)(x, axes=range(-rank, 0)).astype(x.dtype, copy=False)

    return OpDef(
        name=name,
        signature="input: Tcomplex -> output: Tcomplex",
        where={"Tcomplex": _COMPLEX},
        attrs={"Tcomplex": ("type", dtypes.complex64)},
        shape=lambda query: at_least_rank(query.shapes[0], rank),
        kernel=kernel,
        gradient=gradient,
    )


FFT = _complex_op("FFT", "fftn", 1, gradients.transform("IFFT", 1))
IFFT = _complex_op("IFFT", "ifftn", 1, gradients.inverse("FFT", 1))
FFT2D = _complex_op("FFT2D", "fftn", 2, gradients.transform("IFFT2D", 2))
IFFT2D = _complex_op("IFFT2D", "ifftn", 2, gradients.inverse("FFT2D", 2))
FFT3D = _complex_op("FFT3D", "fftn", 3, gradients.transform("IFFT3D", 3))
IFFT3D = _complex_op("IFFT3D", "ifftn", 3, gradients.inverse("FFT3D", 3))


def _length_shape(rank: int, is_real: bool) -> Callable[..., Extents]:
    """The extents of the input, the last ones those of `fft_length`; of a real input half as many, and one."""

    def shape(query: Any) -> Extents:
        extents = at_least_rank(query.shapes[0], rank)
        merge_extent(vector_length(query.shapes[1]), rank)
        if extents is None:
            return None
        lengths = query.integers(1) or [None] * rank
        *others, last = lengths
        if is_real and type(last) is int and last < 1:
            last = 0 if last == 0 else int(last / 2) + 1  # as C divides
        elif is_real and last is not None:
            last = last // 2 + 1
        lengths = [spelled_extent(length) for length in (*others, last)]
        return (*extents[:-rank], *lengths)

    return shape


def _checked_lengths(x: Any, fft_length: Any, rank: int) -> list[int]:
    _check_rank(x, rank)
    if fft_length.shape != (rank,):
        raise ValueError(f"fft_length must have shape [{rank}], got {list(fft_length.shape)}")
    lengths: list[int] = fft_length.tolist()
    if min(lengths) < 0:
        raise ValueError(f"fft_length must be >= 0, but got {lengths}")
    return lengths


def _cut(x: Any, needed: list[int]) -> Any:
    """The first elements along the last dimensions. Raises: ValueError if there are not so many."""
    for place, count in enumerate(needed, -len(needed)):
        if x.shape[place] < count:
            raise ValueError(
                f"Input dimension {x.ndim + place} must have length of at least {count} but got: {x.shape[place]}"
            )
    first = (..., *(slice(count) for count in needed))
    return x[first]


def _real_op(name: str, rank: int, gradient: Any) -> OpDef:
    def kernel(x: Any, fft_length: Any, *, Tcomplex: Any) -> Any:
        lengths = _checked_lengths(x, fft_length, rank)
        part = _cut(x, lengths)
        if not part.size:
            last = lengths[-1] // 2 + 1 if lengths[-1] else 0
            return np.zeros((*part.shape[:-1], last), Tcomplex.np_dtype)
        return _transform("rfftn", part.size)(part, axes=range(-rank, 0)).astype(Tcomplex.np_dtype, copy=False)

    return OpDef(
        name=name,
        signature="input: Treal, fft_length: int32 -> output: Tcomplex",
        where={"Treal": _REAL, "Tcomplex": _COMPLEX},
        attrs={"Treal": ("type", dtypes.float32), "Tcomplex": ("type", dtypes.complex64)},
        shape=_length_shape(rank, True),
        kernel=kernel,
        gradient=gradient,
    )


RFFT = _real_op("RFFT", 1, gradients.real("IFFT", 1))
RFFT2D = _real_op("RFFT2D", 2, gradients.real("IFFT2D", 2))
RFFT3D = _real_op("RFFT3D", 3, gradients.real("IFFT3D", 3))


def _to_real_op(name: str, rank: int, gradient: Any) -> OpDef:
    def kernel(x: Any, fft_length: Any, *, Treal: Any) -> Any:
        lengths = _checked_lengths(x, fft_length, rank)
        part = _cut(x, [*lengths[:-1], lengths[-1] // 2 + 1 if lengths[-1] else 0])
        if not part.size:
            return np.zeros((*part.shape[:-rank], *lengths), Treal.np_dtype)
        return _transform("irfftn", part.size)(part, lengths, axes=range(-rank, 0)).astype(Treal.np_dtype, copy=False)

    return OpDef(
        name=name,
        signature="input: Tcomplex, fft_length: int32 -> output: Treal",
        where={"Treal": _REAL, "Tcomplex": _COMPLEX},
        attrs={"Treal": ("type", dtypes.float32), "Tcomplex": ("type", dtypes.complex64)},
        shape=_length_shape(rank, False),
        kernel=kernel,
        gradient=gradient,
    )


IRFFT = _to_real_op("IRFFT", 1, gradients.to_real("RFFT"))
IRFFT2D = _to_real_op("IRFFT2D", 2, gradients.to_real("RFFT2D"))
IRFFT3D = _to_real_op("IRFFT3D", 3, gradients.to_real("RFFT3D"))


def _complex_function(op_def: OpDef, name: str, what: str) -> Callable[..., Tensor]:
    def made(input: TensorLike, name: str | None = None) -> Tensor:
        result: Tensor = build(op_def, input, name=name)
        return result

    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"""Return the {what} of `input`.

    Args:
      input: complex64 or complex128.
      name: a name for the operation.
    """
    return made


fft = _complex_function(FFT, "fft", "Fourier transform along the last dimension")
ifft = _complex_function(IFFT, "ifft", "inverse Fourier transform along the last dimension")
fft2d = _complex_function(FFT2D, "fft2d", "Fourier transform along the last two dimensions")
ifft2d = _complex_function(IFFT2D, "ifft2d", "inverse Fourier transform along the last two dimensions")
fft3d = _complex_function(FFT3D, "fft3d", "Fourier transform along the last three dimensions")
ifft3d = _complex_function(IFFT3D, "ifft3d", "inverse Fourier transform along the last three dimensions")


def _needed(lengths: Any, is_real: bool) -> Any:
    """How many elements a transform of these lengths takes along each dimension, as ints or as a tensor."""
    if is_real:
        return lengths
    if isinstance(lengths, Tensor):
        return build(lookup("ConcatV2"), [lengths[:-1], lengths[-1:] // 2 + 1], 0)
    return [*lengths[:-1], lengths[-1] // 2 + 1 if lengths[-1] else 0]


def _inferred_length(x: Tensor, rank: int, is_real: bool) -> Tensor:
    """The lengths that go with the shape of the input."""
    known = None if x._extents is None else x._extents[-rank:]
    if known is not None and None not in known:
        lengths = [int(extent) for extent in known if extent is not None]
        if not is_real:
            lengths[-1] = max(0, 2 * (lengths[-1] - 1))
        return constant(lengths, dtypes.int32)
    own: Tensor = build(lookup("Shape"), x)[-rank:]
    if is_real:
        return own
    last = build(lookup("Maximum"), 0, 2 * (own[-1:] - 1))
    result: Tensor = build(lookup("ConcatV2"), [own[:-1], last], 0)
    return result


def _padded(x: Tensor, fft_length: Tensor, rank: int, is_real: bool) -> Tensor:
    """The input with zeros behind it along dimensions that are shorter than the transform."""
    lengths = static_value(fft_length)
    known = x._extents
    if lengths is not None and known is not None and None not in known[-rank:]:
        needed = _needed(lengths.tolist(), is_real)
        behind = [max(0, count - int(extent or 0)) for count, extent in zip(needed, known[-rank:])]
        if not any(behind):
            return x
        paddings = [[0, 0]] * (len(known) - rank) + [[0, count] for count in behind]
        padded: Tensor = build(lookup("Pad"), x, paddings)
        return padded
    lack = build(lookup("Maximum"), 0, _needed(fft_length, is_real) - build(lookup("Shape"), x)[-rank:])
    others = build(lookup("Fill"), build(lookup("ExpandDims"), build(lookup("Rank"), x) - rank, 0), 0)
    behind_all = build(lookup("ConcatV2"), [others, lack], 0)
    both = build(lookup("Pack"), [build(lookup("ZerosLike"), behind_all), behind_all], axis=1)
    result: Tensor = build(lookup("Pad"), x, both)
    return result


def _length_function(op_def: OpDef, name: str, rank: int, is_real: bool) -> Callable[..., Tensor]:
    scope_name, pairs = name, dict(zip(_REAL, _COMPLEX))

    def made(input_tensor: TensorLike, fft_length: TensorLike | None = None, name: str | None = None) -> Tensor:
        with name_scope(name, scope_name, [input_tensor, fft_length]) as scope:
            hint = dtypes.float32 if is_real else dtypes.complex64
            x = convert_to_tensor(input_tensor, dtype_hint=hint)
            x.shape.with_rank_at_least(rank)
            if fft_length is None:
                lengths = _inferred_length(x, rank, is_real)
                if is_real:
                    return _built(op_def, x, lengths, scope, pairs)
            else:
                lengths = convert_to_tensor(fft_length, dtypes.int32)
            return _built(op_def, _padded(x, lengths, rank, is_real), lengths, scope, pairs)

    dimensions = ("the last dimension", "the last two dimensions", "the last three dimensions")[rank - 1]
    what = "Fourier transform of real numbers" if is_real else "real numbers that have the Fourier transform `input`,"
    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"""Return the {what} along {dimensions}.

    Args:
      input_tensor: {"float32 or float64" if is_real else "complex64 or complex128"}; cut, or zeros are put behind it,
        to fit `fft_length`.
      fft_length: the lengths of the transform, a vector of {rank}. Default: those of the input.
      name: a name for the operation.
    """
    return made


def _built(op_def: OpDef, x: Tensor, lengths: Tensor, scope: str, pairs: Any) -> Tensor:
    types = {"Treal": x.dtype.base_dtype} if x.dtype.is_floating else {"Tcomplex": x.dtype.base_dtype}
    for real, pair in pairs.items():
        if x.dtype.base_dtype in (real, pair):
            types = {"Treal": real, "Tcomplex": pair}
    result: Tensor = build(op_def, x, lengths, name=scope, **types)
    return result


rfft = _length_function(RFFT, "rfft", 1, True)
rfft2d = _length_function(RFFT2D, "rfft2d", 2, True)
rfft3d = _length_function(RFFT3D, "rfft3d", 3, True)
irfft = _length_function(IRFFT, "irfft", 1, False)
irfft2d = _length_function(IRFFT2D, "irfft2d", 2, False)
irfft3d = _length_function(IRFFT3D, "irfft3d", 3, False)
