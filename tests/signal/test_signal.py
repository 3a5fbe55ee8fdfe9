"""Fourier and cosine transforms, frames, windows and mel scales: values of NumPy, SciPy and TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.fft

import sessile as tf

RANDOM = np.random.RandomState(0)
REAL = RANDOM.randn(2, 4, 5).astype(np.float32)
COMPLEX = (RANDOM.randn(2, 4, 5) + 1j * RANDOM.randn(2, 4, 5)).astype(np.complex64)


# linear_to_mel_weight_matrix(5, 9, 8000, 100.0, 3000.0) of TensorFlow 1.15
MEL = [
    [0.0, 0.0, 0.0, 0.0, 0.0],
    [0.411474, 0.588526, 0.0, 0.0, 0.0],
    [0.0, 0.046882, 0.953118, 0.0, 0.0],
    [0.0, 0.0, 0.036762, 0.963238, 0.0],
    [0.0, 0.0, 0.0, 0.234421, 0.765579],
    [0.0, 0.0, 0.0, 0.0, 0.568793],
    [0.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.0, 0.0],
]

# A window of a spectrogram and its coefficients; see the test of them.
SQUARES = [0.0476221, 138.6651, 571.8198, 209.6737, 1.239926]
COEFFICIENTS = [-39.30977, 14.55603, -9.276497, -1.284017, -2.373255]


def value(function: Callable[..., Any], *arrays: Any) -> Any:
    """What `function` gives of tensors of known and of unknown shape, which is the same."""
    with tf.Graph().as_default(), tf.Session() as sess:
        inputs = [tf.placeholder(array.dtype, [None] * array.ndim) for array in arrays]
        found = sess.run(function(*map(tf.constant, arrays)))
        fed = sess.run(function(*inputs), dict(zip(inputs, arrays)))
    np.testing.assert_array_equal(found, fed)
    return found


def gradient(function: Callable[..., Any], x: Any, weights: Any) -> Any:
    with tf.Graph().as_default(), tf.Session() as sess:
        tensor = tf.constant(x)
        return sess.run(tf.gradients(function(tensor), tensor, grad_ys=tf.constant(weights))[0])


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_transforms_are_numpys(rank: int) -> None:
    axes, suffix = range(-rank, 0), "" if rank == 1 else f"{rank}d"
    for name, expected, x in (
        ("fft", np.fft.fftn, COMPLEX), ("ifft", np.fft.ifftn, COMPLEX), ("rfft", np.fft.rfftn, REAL),
        ("irfft", np.fft.irfftn, COMPLEX),
    ):  # fmt: skip
        found = value(getattr(tf.signal, name + suffix), x)
        np.testing.assert_allclose(found, expected(x, axes=axes), rtol=1e-4, atol=1e-5)
        assert found.dtype == (np.float32 if name == "irfft" else np.complex64)


@pytest.mark.parametrize("name", ["rfft", "irfft"])
@pytest.mark.parametrize("length", [1, 2, 3, 8, 9])
def test_lengths_cut_or_add_zeros(name: str, length: int) -> None:
    x = REAL if name == "rfft" else COMPLEX
    found = value(lambda x: getattr(tf.signal, name)(x, [length]), x)
    np.testing.assert_allclose(found, getattr(np.fft, name)(x, length), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("extent", [4, 5])
def test_gradients_of_real_transforms_are_adjoint(extent: int) -> None:
    """For real linear maps `<rfft(x), w>` and `<x, gradient>` are one number, and the other way round."""
    x = RANDOM.randn(3, extent).astype(np.float32)
    waves = np.fft.rfft(x)
    w = (RANDOM.randn(*waves.shape) + 1j * RANDOM.randn(*waves.shape)).astype(np.complex64)
    found = gradient(tf.signal.rfft, x, w)
    np.testing.assert_allclose(np.sum(found * x), np.sum((np.conj(w) * waves).real), rtol=1e-4)
    back = gradient(lambda z: tf.signal.irfft(z, [extent]), waves.astype(np.complex64), x)
    np.testing.assert_allclose(np.sum((np.conj(back) * waves).real), np.sum(x * x), rtol=1e-4)


@pytest.mark.parametrize("norm", [None, "ortho"])
@pytest.mark.parametrize("type", [1, 2, 3])
@pytest.mark.parametrize("n", [None, 3, 7])
def test_cosine_transforms_are_scipys(type: int, norm: str | None, n: int | None) -> None:
    if type == 1 and norm == "ortho":
        with pytest.raises(ValueError, match="not supported for the Type-I DCT"):
            tf.signal.dct(REAL, type=1, norm="ortho")
        return
    found = value(lambda x: tf.signal.dct(x, type, n, norm=norm), REAL)
    np.testing.assert_allclose(found, scipy.fft.dct(REAL, type, n, norm=norm), rtol=1e-4, atol=1e-4)
    if norm == "ortho" and n is None:
        np.testing.assert_allclose(
            value(lambda x: tf.signal.idct(x, type, norm=norm), found), REAL, rtol=1e-4, atol=1e-5
        )


def test_windows_are_tensorflows() -> None:
    places = np.arange(8)
    with tf.Session() as sess:
        np.testing.assert_allclose(
            sess.run(tf.signal.hann_window(8)), 0.5 - 0.5 * np.cos(2 * np.pi * places / 8), atol=1e-6
        )
        np.testing.assert_allclose(sess.run(tf.signal.hamming_window(8, False, tf.float64)), np.hamming(8), atol=1e-6)
        np.testing.assert_allclose(sess.run(tf.signal.hann_window(5)), np.hanning(5), atol=1e-6)
        assert sess.run(tf.signal.hann_window(1)).tolist() == [1.0]


def test_frames_overlap_and_add_up() -> None:
    x = np.arange(10, dtype=np.float32)
    assert value(lambda x: tf.signal.frame(x, 4, 3), x).tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]
    ended = value(lambda x: tf.signal.frame(x, 4, 4, pad_end=True, pad_value=-1), x)
    assert ended.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, -1, -1]]
    assert value(lambda x: tf.signal.frame(x, 20, 4), x).shape == (0, 20)
    assert tf.signal.frame(tf.zeros([6, 9, 10]), 4, 2, axis=1).shape.as_list() == [6, 3, 4, 10]
    frames = np.float32([[1, 2, 3], [4, 5, 6]])
    assert value(lambda x: tf.signal.overlap_and_add(x, 2), frames).tolist() == [1, 2, 7, 5, 6]
    assert tf.signal.overlap_and_add(tf.zeros([2, 4, 3]), 2).shape.as_list() == [2, 9]


def test_short_time_transforms_come_back() -> None:
    signals = RANDOM.randn(2, 20).astype(np.float32)

    def there_and_back(x: Any) -> Any:
        window = tf.signal.inverse_stft_window_fn(2)
        return tf.signal.inverse_stft(tf.signal.stft(x, 6, 2), 6, 2, window_fn=window)

    np.testing.assert_allclose(value(there_and_back, signals)[:, 5:-5], signals[:, 5:-5], rtol=1e-3, atol=1e-4)
    assert tf.signal.stft(tf.zeros([2, 20]), 6, 2).shape.as_list() == [2, 8, 5]
    assert value(lambda x: tf.signal.stft(x, 6, 2, fft_length=10, window_fn=None, pad_end=True), signals).shape == (
        2,
        10,
        6,
    )


def test_mel_scales_are_tensorflows() -> None:
    with tf.Session() as sess:
        weights = sess.run(tf.signal.linear_to_mel_weight_matrix(5, 9, 8000, 100.0, 3000.0))
    np.testing.assert_allclose(weights, MEL, rtol=2e-4, atol=1e-5)
    found = value(tf.signal.mfccs_from_log_mel_spectrograms, REAL)
    np.testing.assert_allclose(found, scipy.fft.dct(REAL) / np.sqrt(10), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("axes", [None, 0, [0, 1], -1])
def test_shifts_are_numpys(axes: Any) -> None:
    np.testing.assert_array_equal(value(lambda x: tf.signal.fftshift(x, axes), REAL), np.fft.fftshift(REAL, axes))
    np.testing.assert_array_equal(value(lambda x: tf.signal.ifftshift(x, axes), REAL), np.fft.ifftshift(REAL, axes))


def test_names_of_old_places() -> None:
    assert tf.fft is tf.spectral.fft is tf.signal.fft
    assert tf.spectral.dct is tf.signal.dct


WRONG: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "a scalar": (lambda: tf.signal.rfft(1.0), ValueError, "rank"),
    "two lengths": (lambda: tf.signal.rfft([1.0], [1, 2]), ValueError, "2 and 1|1 and 2"),
    "another type of cosine transform": (lambda: tf.signal.dct([1.0], type=4), ValueError, "Types I, II"),
    "another axis": (lambda: tf.signal.dct([[1.0]], axis=0), NotImplementedError, "axis must be -1"),
    "a vector of lengths": (lambda: tf.signal.frame([1.0], [2], 1), ValueError, "rank 0"),
    "a frame of no axis": (lambda: tf.signal.frame([1.0], 2, 1, axis=5), ValueError, "axis 5"),
    "steps that are no integers": (lambda: tf.signal.overlap_and_add([[1.0]], 1.5), ValueError, "must be an integer"),
    "no bands": (lambda: tf.signal.linear_to_mel_weight_matrix(0), ValueError, "must be positive"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_are_refused_while_building(case: str) -> None:
    build, kind, words = WRONG[case]
    with pytest.raises(kind, match=words):
        build()


def test_inputs_that_are_too_short_are_refused_when_fed() -> None:
    x = tf.placeholder(tf.float32)
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="must have length of at least 8"):
        sess.run(tf.raw_ops.RFFT(input=x, fft_length=[8]), {x: REAL})


def test_sound_is_written_and_read_as_16_bit_samples() -> None:
    sound = np.float32([[0, 1], [-1, 2], [0.5, -0.25]])
    with tf.Session() as sess:
        contents = sess.run(tf.audio.encode_wav(sound, 8000))
        read = tf.audio.decode_wav(contents)
        audio, rate = sess.run(read)
        longer = sess.run(tf.audio.decode_wav(contents, desired_channels=3, desired_samples=4).audio)
    assert contents[:4] == b"RIFF" and len(contents) == 44 + 12 and rate == 8000
    np.testing.assert_array_equal(audio, np.float32([[0, 1 - 2**-15], [-1, 1 - 2**-15], [0.5, -0.25]]))
    np.testing.assert_array_equal(longer, np.vstack([audio[:, [0, 1, 1]], np.zeros((1, 3))]))
    assert read.audio.shape.as_list() == [None, None]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda file: b"RIFX" + file[4:], "Expected RIFF"),
        (lambda file: file[:-2], "Data too short"),
        (lambda file: file[:36], "No data chunk"),
        (lambda file: file[:34] + b"\x08\x00" + file[36:], "Can only read 16-bit"),
        (lambda file: file[:20] + b"\x03\x00" + file[22:], "Expected 1 .PCM., but got 3"),
        (lambda file: b"", "Data too short"),
    ],
)
def test_what_is_no_sound_is_refused(change: Callable[[bytes], bytes], words: str) -> None:
    contents = tf.placeholder(tf.string, [])
    with tf.Session() as sess:
        file = sess.run(tf.audio.encode_wav(np.zeros((4, 1), np.float32), 8000))
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            sess.run(tf.audio.decode_wav(contents), {contents: change(file)})


def test_spectrograms_and_cepstral_coefficients_are_tensorflows() -> None:
    """Of half a second of two tones, the first values of TensorFlow 1.15."""
    from sessile.ops.families.signal import audio

    time = np.arange(4000, dtype=np.float32) / np.float32(8000)
    sound = (0.4 * np.sin(2 * np.pi * 440 * time) + 0.2 * np.sin(2 * np.pi * 1300 * time)).astype(np.float32)[:, None]
    with tf.Session() as sess:
        spectrum = audio.audio_spectrogram(sound, window_size=240, stride=80, magnitude_squared=True)
        magnitudes, squares, found = sess.run(
            [audio.audio_spectrogram(sound, 240, 80), spectrum, audio.mfcc(spectrum, 8000, dct_coefficient_count=5)]
        )
    assert squares.shape == (1, 48, 129) == tuple(spectrum.shape.as_list()) and found.shape == (1, 48, 5)
    np.testing.assert_allclose(magnitudes**2, squares, rtol=1e-5, atol=1e-10)
    np.testing.assert_allclose(squares[0, 3, 12:17], SQUARES, rtol=1e-4)
    np.testing.assert_allclose(found[0, 3], COEFFICIENTS, rtol=1e-3)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_transforms_of_many_numbers(kind: type, rank: int) -> None:
    """Large arrays are SciPy's, to the rounding of NumPy's; types stay."""
    random = np.random.default_rng(rank)
    x = random.normal(size=(3, 12, 20, 24)).astype(kind)
    z = (x + 1j * x[::-1]).astype(np.complex64 if kind is np.float32 else np.complex128)
    ends = {1: "", 2: "2d", 3: "3d"}[rank]
    axes = range(-rank, 0)
    wanted = {
        f"fft{ends}": np.fft.fftn(z, axes=axes), f"ifft{ends}": np.fft.ifftn(z, axes=axes),
        f"rfft{ends}": np.fft.rfftn(x, axes=axes), f"irfft{ends}": np.fft.irfftn(z, axes=axes),
    }  # fmt: skip
    with tf.Graph().as_default(), tf.Session() as sess:
        for name, value in wanted.items():
            found = sess.run(getattr(tf.signal, name)(tf.constant(x if name.startswith("rfft") else z)))
            assert found.dtype == (kind if name.startswith("irfft") else z.dtype)
            np.testing.assert_allclose(
                found, value, rtol=0, atol=(2e-6 if kind is np.float32 else 1e-14) * np.abs(value).max()
            )
