"""Short-time Fourier transforms and their inverse, mel scales."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.linspace import linspace
from ...families.arrays.padding import pad
from ...families.arrays.rearranging import roll, tile
from ...families.arrays.reshaping import expand_dims, reshape
from ...families.arrays.shape_ops import shape
from ...families.elementwise.cast import cast
from ...families.elementwise.exponential import log, rsqrt
from ...families.elementwise.rounding import maximum, minimum
from ...families.reductions.reductions import reduce_sum
from ...families.signal.fourier import irfft, rfft
from ...graph.node import Tensor, TensorLike
from ...graph.partial import static_value
from ...types import dtypes
from .cosine import dct
from .framing import frame, overlap_and_add
from .windows import hann_window

_HERTZ_BREAK, _MEL_FACTOR = 700.0, 1127.0

Window = Callable[..., Any]


def _enclosing_power_of_two(length: Any) -> Any:
    known = static_value(convert_to_tensor(length))
    if known is None:
        raise ValueError("fft_length must be given if frame_length is not known while the graph is built")
    return 1 << max(0, int(known) - 1).bit_length()


def stft(
    signals: TensorLike, frame_length: TensorLike, frame_step: TensorLike, fft_length: TensorLike | None = None,
    window_fn: Window | None = hann_window, pad_end: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the Fourier transforms of the frames of signals.

    Args:
      signals: real numbers, of shape [..., samples].
      frame_length, frame_step: as in `frame`.
      fft_length: the length of the transforms. Default: the power of two that is not below `frame_length`.
      window_fn: from a length and a `dtype` the window that frames are weighted with; None for none.
      pad_end: as in `frame`.
      name: a name for the scope of the operations.
    Returns: complex numbers, of shape [..., frames, fft_length // 2 + 1].
    """
    with name_scope(name, "stft", [signals, frame_length, frame_step]):
        x = convert_to_tensor(signals, name="signals")
        x.shape.with_rank_at_least(1)
        length = convert_to_tensor(frame_length, dtypes.int32, name="frame_length")
        framed = frame(x, length, frame_step, pad_end=pad_end)
        if window_fn is not None:
            framed = framed * window_fn(length, dtype=framed.dtype.base_dtype)
        return rfft(framed, [_enclosing_power_of_two(length) if fft_length is None else fft_length])


def inverse_stft_window_fn(
    frame_step: TensorLike, forward_window_fn: Window = hann_window, name: str | None = None
) -> Window:
    """Return a window for `inverse_stft` with which it gives back what `stft` was given.

    Args:
      frame_step: how far frames begin from each other.
      forward_window_fn: the window of `stft`.
      name: a name for the scope of the operations.
    """

    def window(frame_length: TensorLike, dtype: Any) -> Tensor:
        with name_scope(name, "inverse_stft_window_fn", [forward_window_fn]):
            length = convert_to_tensor(frame_length, dtypes.int32, name="frame_length")
            step = convert_to_tensor(frame_step, dtypes.int32, name="frame_step")
            forward = forward_window_fn(length, dtype=dtype)
            overlaps = -(-length // step)
            squares = pad(forward * forward, [[0, overlaps * step - length]])
            total = reduce_sum(reshape(squares, [overlaps, step]), 0, keepdims=True)
            repeated = reshape(tile(total, [overlaps, 1]), [overlaps * step])
            return forward / repeated[:length]  # type: ignore[no-any-return]

    return window


def inverse_stft(
    stfts: TensorLike, frame_length: TensorLike, frame_step: TensorLike, fft_length: TensorLike | None = None,
    window_fn: Window | None = hann_window, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the signals that short-time transforms are of: their frames, weighted and added up.

    Args:
      stfts: complex numbers, of shape [..., frames, fft_length // 2 + 1].
      frame_length, frame_step, fft_length: as in `stft`.
      window_fn: the window that frames are weighted with; see `inverse_stft_window_fn`. None for none.
      name: a name for the scope of the operations.
    """
    with name_scope(name, "inverse_stft", [stfts]):
        x = convert_to_tensor(stfts, name="stfts")
        x.shape.with_rank_at_least(2)
        length = convert_to_tensor(frame_length, dtypes.int32, name="frame_length")
        step = convert_to_tensor(frame_step, dtypes.int32, name="frame_step")
        size = _enclosing_power_of_two(length) if fft_length is None else fft_length
        frames = irfft(x, [size])[..., :length]
        ndims = frames.shape.ndims
        if ndims is not None:
            frames = pad(frames, [[0, 0]] * (ndims - 1) + [[0, maximum(0, length - shape(frames)[-1])]])
        if window_fn is not None:
            frames = frames * window_fn(length, dtype=x.dtype.real_dtype)
        return overlap_and_add(frames, step)


def _mel(hertz: Any) -> Tensor:
    return _MEL_FACTOR * log(1.0 + hertz / _HERTZ_BREAK)  # type: ignore[no-any-return]


def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20, num_spectrogram_bins: int = 129, sample_rate: Any = 8000,
    lower_edge_hertz: float = 125.0, upper_edge_hertz: float = 3800.0, dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return a matrix that a spectrogram is multiplied with to get one over mel-scaled bands.

    Args:
      num_mel_bins, num_spectrogram_bins: the numbers of columns and rows.
      sample_rate: samples per second of the signal.
      lower_edge_hertz, upper_edge_hertz: the band that is covered.
      dtype: a float type.
      name: a name for the scope of the operations.
    Raises: ValueError for numbers that make no sense.
    """
    kind = dtypes.as_dtype(dtype)
    with name_scope(name, "linear_to_mel_weight_matrix") as scope:
        _check_bands(num_mel_bins, sample_rate, lower_edge_hertz, upper_edge_hertz, kind)
        rate = cast(convert_to_tensor(sample_rate, name="sample_rate"), kind)
        lower, upper = (np.asarray(edge, kind.np_dtype) for edge in (lower_edge_hertz, upper_edge_hertz))
        linear = linspace(np.zeros((), kind.np_dtype), rate / 2.0, num_spectrogram_bins)[1:]
        bins = expand_dims(_mel(linear), 1)
        edges = linspace(_mel(convert_to_tensor(lower)), _mel(convert_to_tensor(upper)), num_mel_bins + 2)
        begin, middle, end = (reshape(edges[i : i + num_mel_bins], [1, num_mel_bins]) for i in range(3))
        rising, falling = (bins - begin) / (middle - begin), (end - bins) / (end - middle)
        weights = maximum(np.zeros((), kind.np_dtype), minimum(rising, falling))
        return pad(weights, [[1, 0], [0, 0]], name=scope)


def _check_bands(num_mel_bins: Any, sample_rate: Any, lower: Any, upper: Any, dtype: Any) -> None:
    if num_mel_bins <= 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {num_mel_bins}")
    if lower < 0.0:
        raise ValueError(f"lower_edge_hertz must be non-negative. Got: {lower}")
    if lower >= upper:
        raise ValueError(f"lower_edge_hertz {lower:.1f} >= upper_edge_hertz {upper:.1f}")
    if isinstance(sample_rate, Tensor):
        if static_value(sample_rate) is None:
            raise ValueError("sample_rate must be a number or a constant tensor: the bands are laid out beforehand.")
    else:
        if sample_rate <= 0:
            raise ValueError(f"sample_rate must be positive. Got: {sample_rate}")
        if upper > sample_rate / 2:
            raise ValueError(f"upper_edge_hertz must not be larger than sample_rate / 2. Got {upper} for {sample_rate}")
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Got: {dtype}")


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: TensorLike, name: str | None = None) -> Tensor:
    """Return the cosine transforms of logarithms of mel spectrograms, of shape [..., bands], scaled as HTK does.

    Raises: ValueError for no bands.
    """
    with name_scope(name, "mfccs_from_log_mel_spectrograms", [log_mel_spectrograms]):
        x = convert_to_tensor(log_mel_spectrograms)
        known = None if x.shape.ndims is None else x.shape.as_list()[-1]
        if known == 0:
            raise ValueError(f"num_mel_bins must be positive. Got: {known}")
        bands = (
            cast(shape(x)[-1], x.dtype.base_dtype)
            if known is None
            else convert_to_tensor(np.asarray(known, x.dtype.np_dtype))
        )
        result: Tensor = dct(x, type=2) * rsqrt(bands * 2.0)
        return result


def fftshift(x: TensorLike, axes: Any = None, name: str | None = None) -> Tensor:
    """Return `x` with the wave of frequency 0 in the middle, along `axes` (default: all)."""
    return _shifted(x, axes, name, "fftshift", lambda extent: extent // 2)


def ifftshift(x: TensorLike, axes: Any = None, name: str | None = None) -> Tensor:
    """Return `x` with the wave of frequency 0 at the beginning: the inverse of `fftshift`."""
    return _shifted(x, axes, name, "ifftshift", lambda extent: -(extent // 2))


def _shifted(x: Any, axes: Any, name: str | None, default: str, shift: Callable[[Any], Any]) -> Tensor:
    with name_scope(name, default) as scope:
        tensor = convert_to_tensor(x)
        extents = shape(tensor)
        if axes is None:
            if tensor.shape.ndims is None:
                raise ValueError(f"{default} needs a tensor of known rank, or axes")
            axes = list(range(tensor.shape.ndims))
        places = [axes] if isinstance(axes, (int, np.integer)) else list(axes)
        return roll(tensor, [shift(extents[axis]) for axis in places], places, name=scope)
