"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.legacy_seq2seq.attention import attention_decoder as attention_decoder
from sessile.ops.library.contrib.legacy_seq2seq.attention import embedding_attention_decoder as embedding_attention_decoder
from sessile.ops.library.contrib.legacy_seq2seq.attention import embedding_attention_seq2seq as embedding_attention_seq2seq
from sessile.ops.library.contrib.legacy_seq2seq.plain import basic_rnn_seq2seq as basic_rnn_seq2seq
from sessile.ops.library.contrib.legacy_seq2seq.plain import embedding_rnn_decoder as embedding_rnn_decoder
from sessile.ops.library.contrib.legacy_seq2seq.plain import embedding_rnn_seq2seq as embedding_rnn_seq2seq
from sessile.ops.library.contrib.legacy_seq2seq.plain import embedding_tied_rnn_seq2seq as embedding_tied_rnn_seq2seq
from sessile.ops.library.contrib.legacy_seq2seq.plain import model_with_buckets as model_with_buckets
from sessile.ops.library.contrib.legacy_seq2seq.plain import one2many_rnn_seq2seq as one2many_rnn_seq2seq
from sessile.ops.library.contrib.legacy_seq2seq.plain import tied_rnn_seq2seq as tied_rnn_seq2seq
from sessile.ops.library.contrib.sequences import rnn_decoder as rnn_decoder
from sessile.ops.library.contrib.sequences import sequence_loss_by_example as sequence_loss_by_example
from sessile.ops.library.contrib.sequences import sequence_loss_of_lists as sequence_loss
