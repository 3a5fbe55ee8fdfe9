"""Public names of `signal` and `spectral`."""

from __future__ import annotations

_TRANSFORMS = "fft fft2d fft3d ifft ifft2d ifft3d irfft irfft2d irfft3d rfft rfft2d rfft3d"

NAMES: dict[str, dict[str, str]] = {
    "signal": {
        "ops.families.signal.fourier": _TRANSFORMS,
        "ops.library.signal.cosine": "dct idct",
        "ops.library.signal.framing": "frame overlap_and_add",
        "ops.library.signal.spectrograms": (
            "fftshift ifftshift inverse_stft inverse_stft_window_fn linear_to_mel_weight_matrix "
            "mfccs_from_log_mel_spectrograms stft"
        ),
        "ops.library.signal.windows": "hamming_window hann_window",
    },
    "spectral": {
        "ops.families.signal.fourier": _TRANSFORMS,
        "ops.library.signal.cosine": "dct idct",
    },
}
