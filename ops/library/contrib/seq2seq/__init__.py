"""`contrib.seq2seq` and `contrib.legacy_seq2seq`."""
