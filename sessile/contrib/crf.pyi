"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.crf import crf_binary_score as crf_binary_score
from sessile.ops.library.contrib.crf import crf_decode as crf_decode
from sessile.ops.library.contrib.crf import crf_log_likelihood as crf_log_likelihood
from sessile.ops.library.contrib.crf import crf_log_norm as crf_log_norm
from sessile.ops.library.contrib.crf import crf_multitag_sequence_score as crf_multitag_sequence_score
from sessile.ops.library.contrib.crf import crf_sequence_score as crf_sequence_score
from sessile.ops.library.contrib.crf import crf_unary_score as crf_unary_score
from sessile.ops.library.contrib.crf import viterbi_decode as viterbi_decode
