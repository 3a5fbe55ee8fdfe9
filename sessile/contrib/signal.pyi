"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.signal.framing import frame as frame
from sessile.ops.library.signal.framing import overlap_and_add as overlap_and_add
from sessile.ops.library.signal.spectrograms import inverse_stft as inverse_stft
from sessile.ops.library.signal.spectrograms import inverse_stft_window_fn as inverse_stft_window_fn
from sessile.ops.library.signal.spectrograms import linear_to_mel_weight_matrix as linear_to_mel_weight_matrix
from sessile.ops.library.signal.spectrograms import mfccs_from_log_mel_spectrograms as mfccs_from_log_mel_spectrograms
from sessile.ops.library.signal.spectrograms import stft as stft
from sessile.ops.library.signal.windows import hamming_window as hamming_window
from sessile.ops.library.signal.windows import hann_window as hann_window
