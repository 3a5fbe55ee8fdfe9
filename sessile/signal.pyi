"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.signal.fourier import fft as fft
from sessile.ops.families.signal.fourier import fft2d as fft2d
from sessile.ops.families.signal.fourier import fft3d as fft3d
from sessile.ops.families.signal.fourier import ifft as ifft
from sessile.ops.families.signal.fourier import ifft2d as ifft2d
from sessile.ops.families.signal.fourier import ifft3d as ifft3d
from sessile.ops.families.signal.fourier import irfft as irfft
from sessile.ops.families.signal.fourier import irfft2d as irfft2d
from sessile.ops.families.signal.fourier import irfft3d as irfft3d
from sessile.ops.families.signal.fourier import rfft as rfft
from sessile.ops.families.signal.fourier import rfft2d as rfft2d
from sessile.ops.families.signal.fourier import rfft3d as rfft3d
from sessile.ops.library.signal.cosine import dct as dct
from sessile.ops.library.signal.cosine import idct as idct
from sessile.ops.library.signal.framing import frame as frame
from sessile.ops.library.signal.framing import overlap_and_add as overlap_and_add
from sessile.ops.library.signal.spectrograms import fftshift as fftshift
from sessile.ops.library.signal.spectrograms import ifftshift as ifftshift
from sessile.ops.library.signal.spectrograms import inverse_stft as inverse_stft
from sessile.ops.library.signal.spectrograms import inverse_stft_window_fn as inverse_stft_window_fn
from sessile.ops.library.signal.spectrograms import linear_to_mel_weight_matrix as linear_to_mel_weight_matrix
from sessile.ops.library.signal.spectrograms import mfccs_from_log_mel_spectrograms as mfccs_from_log_mel_spectrograms
from sessile.ops.library.signal.spectrograms import stft as stft
from sessile.ops.library.signal.windows import hamming_window as hamming_window
from sessile.ops.library.signal.windows import hann_window as hann_window
