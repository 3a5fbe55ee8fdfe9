"""Sound: WAV files, spectrograms and mel-frequency cepstral coefficients, as recognisers of speech use them."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import ranked
from ...definition.shapes import scalar_shape
from ...formats import wav
from ...graph.node import Tensor, TensorLike

Array = np.ndarray[Any, Any]
_FLOOR: Final = 1e-12  # less energy than this has the logarithm of this


def _decode_kernel(contents: Array, *, desired_channels: int, desired_samples: int) -> tuple[Array, Array]:
    if contents.ndim:
        raise InvalidArgumentError(None, None, f"contents must be a scalar, but has shape {list(contents.shape)}")
    try:
        audio, rate = wav.decode_wav(contents.item())
    except ValueError as error:
        raise InvalidArgumentError(None, None, str(error)) from error
    frames, channels = audio.shape
    if desired_channels > 0:
        audio = audio[:, np.minimum(np.arange(desired_channels), channels - 1)]
    if desired_samples > 0:
        audio = np.pad(audio[:desired_samples], [(0, max(desired_samples - frames, 0)), (0, 0)])
    return np.ascontiguousarray(audio), np.asarray(rate, np.int32)


def _decoded_shape(query: Any) -> Any:
    wanted = [query.attrs[f"desired_{what}"] for what in ("samples", "channels")]
    return [tuple(extent if extent > 0 else None for extent in wanted), ()]


DECODE_WAV = OpDef(
    name="DecodeWav",
    signature="contents: string -> audio: float32, sample_rate: int32",
    attrs={"desired_channels": ("int", -1), "desired_samples": ("int", -1)},
    shape=ranked(_decoded_shape, 0),
    kernel=_decode_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


class DecodeWav(NamedTuple):
    """What `decode_wav` returns."""

    audio: Tensor
    sample_rate: Tensor


def decode_wav(
    contents: TensorLike, desired_channels: int = -1, desired_samples: int = -1, name: str | None = None
) -> DecodeWav:
    """Read a WAV file of 16-bit samples.

    Args:
      contents: the file's bytes, a string scalar.
      desired_channels: channels beyond are left out; where there are fewer, the last is repeated.
      desired_samples: frames beyond are left out; where there are fewer, zeros follow.
      name: a name for the operation.
    Returns: `audio`, float32 [frames, channels] from -1 to 1, and `sample_rate`, an int32 scalar in hertz.
    Raises: when run, InvalidArgumentError for what is no such file.
    """
    wanted = {"desired_channels": desired_channels, "desired_samples": desired_samples}
    return DecodeWav(*build(DECODE_WAV, contents, name=name, **wanted))


def _encode_kernel(audio: Array, sample_rate: Array) -> Array:
    rate = int(sample_rate)
    if not audio.size:
        raise InvalidArgumentError(None, None, f"There is no audio to write: its shape is {list(audio.shape)}")
    if rate < 1:
        raise InvalidArgumentError(None, None, f"sample_rate must be in (0, 2^32), got: {rate}")
    result = np.empty((), object)
    result[()] = wav.encode_wav(np.nan_to_num(audio), rate)
    return result


ENCODE_WAV = OpDef(
    name="EncodeWav",
    signature="audio: float32, sample_rate: int32 -> contents: string",
    shape=ranked(scalar_shape, 2, 0),
    kernel=_encode_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def encode_wav(audio: TensorLike, sample_rate: TensorLike, name: str | None = None) -> Tensor:
    """Return sound as a WAV file of 16-bit samples, a string scalar.

    Args:
      audio: float32 [frames, channels] from -1 to 1; what is beyond is cut.
      sample_rate: an int32 scalar, in hertz.
      name: a name for the operation.
    Raises: when run, InvalidArgumentError if there are no samples, or for a rate that is not positive.
    """
    result: Tensor = build(ENCODE_WAV, audio, sample_rate, name=name)
    return result


def _bins(window_size: int) -> int:
    """Frequencies of a window, which is filled up to a power of two."""
    return (1 << max(window_size - 1, 0).bit_length()) // 2 + 1


def _spectrogram_shape(query: Any) -> Any:
    (frames, channels), size, stride = (
        query.shapes[0] or (None, None),
        query.attrs["window_size"],
        query.attrs["stride"],
    )
    if frames is not None:
        frames = max((frames - size) // stride + 1, 0) if stride > 0 else None
    return channels, frames, _bins(size)


def _spectrogram_kernel(input: Array, *, window_size: int, stride: int, magnitude_squared: bool) -> Array:
    if window_size < 2 or stride < 1:
        raise InvalidArgumentError(
            None, None, f"Spectrogram initialization failed for window size {window_size} and stride {stride}"
        )
    sound = np.ascontiguousarray(input.T)
    if sound.shape[1] < window_size:
        return np.zeros((len(sound), 0, _bins(window_size)), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(sound, window_size, axis=1)[:, ::stride]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi / window_size * np.arange(window_size))
    spectrum = np.fft.rfft(frames * hann, 2 * (_bins(window_size) - 1))
    energy = spectrum.real**2 + spectrum.imag**2
    return (energy if magnitude_squared else np.sqrt(energy)).astype(np.float32)


AUDIO_SPECTROGRAM = OpDef(
    name="AudioSpectrogram",
    signature="input: float32 -> spectrogram: float32",
    attrs={"window_size": ("int",), "stride": ("int",), "magnitude_squared": ("bool", False)},
    shape=ranked(_spectrogram_shape, 2),
    kernel=_spectrogram_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def audio_spectrogram(
    input: TensorLike, window_size: int, stride: int, magnitude_squared: bool = False, name: str | None = None
) -> Tensor:
    """Return how much of each frequency sound has, window by window.

    Args:
      input: float32 [frames, channels].
      window_size: frames in a window, at least 2; a Hann window weighs them, and zeros fill it to a power of two.
      stride: frames from one window to the next.
      magnitude_squared: whether squares of magnitudes are wanted, not magnitudes.
      name: a name for the operation.
    Returns: float32 [channels, windows, frequencies].
    Raises: when run, InvalidArgumentError for a window or stride that is too small.
    """
    result: Tensor = build(
        AUDIO_SPECTROGRAM, input, name=name, window_size=window_size, stride=stride,
        magnitude_squared=magnitude_squared,
    )  # fmt: skip
    return result


@cache
def _mel_weights(bins: int, rate: int, low: float, high: float, channels: int) -> Array | None:
    """How much of each frequency belongs to each of the triangles of the mel scale, [bins, channels]; None for none."""
    if bins < 2 or rate <= 0 or channels < 1 or low < 0 or high <= low:
        return None
    step = 0.5 * rate / (bins - 1)  # hertz from one frequency to the next
    mel_low, mel_high = 1127.0 * np.log1p(low / 700.0), 1127.0 * np.log1p(high / 700.0)
    edges = mel_low + (mel_high - mel_low) / (channels + 1) * np.arange(channels + 2)
    first, last = int(1.5 + low / step), min(int(high / step), bins - 1)
    places = np.arange(first, last + 1)
    mels = 1127.0 * np.log1p(places * step / 700.0)[:, None]
    rising = (mels - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - mels) / (edges[2:] - edges[1:-1])
    weights = np.zeros((bins, channels))
    weights[places] = np.clip(np.minimum(rising, falling), 0, None)
    return weights


@cache
def _cosines(channels: int, count: int) -> Array:
    angles = np.pi / channels * np.arange(count)[:, None] * (np.arange(channels) + 0.5)
    result: Array = (np.sqrt(2.0 / channels) * np.cos(angles)).T
    return result


def _mfcc_kernel(
    spectrogram: Array, sample_rate: Array, *, upper_frequency_limit: float, lower_frequency_limit: float,
    filterbank_channel_count: int, dct_coefficient_count: int,
) -> Array:  # fmt: skip
    bins, rate = spectrogram.shape[2], int(sample_rate)
    channels, count = filterbank_channel_count, dct_coefficient_count
    weights = _mel_weights(bins, rate, lower_frequency_limit, upper_frequency_limit, channels)
    if weights is None or not 1 <= count <= channels:
        raise InvalidArgumentError(
            None, None,
            f"Mfcc initialization failed for channel count {bins} and sample rate {rate}: there must be at least two "
            f"frequencies, 0 <= lower_frequency_limit < upper_frequency_limit, and no more coefficients ({count}) than "
            f"channels of the filter bank ({channels})",
        )  # fmt: skip
    energy = np.sqrt(spectrogram.astype(np.float64)) @ weights
    result: Array = (np.log(np.maximum(energy, _FLOOR)) @ _cosines(channels, count)).astype(np.float32)
    return result


MFCC = OpDef(
    name="Mfcc",
    signature="spectrogram: float32, sample_rate: int32 -> output: float32",
    attrs={
        "upper_frequency_limit": ("float", 4000), "lower_frequency_limit": ("float", 20),
        "filterbank_channel_count": ("int", 40), "dct_coefficient_count": ("int", 13),
    },
    shape=ranked(lambda q: (*(q.shapes[0] or (None,) * 3)[:2], q.attrs["dct_coefficient_count"]), 3, 0),
    kernel=_mfcc_kernel,
    gradient=NOT_DIFFERENTIABLE,
)  # fmt: skip


def mfcc(
    spectrogram: TensorLike,
    sample_rate: TensorLike,
    upper_frequency_limit: float = 4000,
    lower_frequency_limit: float = 20,
    filterbank_channel_count: int = 40,
    dct_coefficient_count: int = 13,
    name: str | None = None,
) -> Tensor:
    """Return mel-frequency cepstral coefficients: features of sound that recognisers of speech take.

    Args:
      spectrogram: float32 [channels, windows, frequencies] of `audio_spectrogram`, with `magnitude_squared`.
      sample_rate: an int32 scalar, in hertz.
      upper_frequency_limit, lower_frequency_limit: of the frequencies looked at, in hertz.
      filterbank_channel_count: triangles on the mel scale between them.
      dct_coefficient_count: coefficients wanted, no more than triangles.
      name: a name for the operation.
    Returns: float32 [channels, windows, coefficients].
    Raises: when run, InvalidArgumentError for limits or counts that cannot be.
    """
    result: Tensor = build(
        MFCC, spectrogram, sample_rate, name=name, upper_frequency_limit=float(upper_frequency_limit),
        lower_frequency_limit=float(lower_frequency_limit), filterbank_channel_count=filterbank_channel_count,
        dct_coefficient_count=dct_coefficient_count,
    )  # fmt: skip
    return result
