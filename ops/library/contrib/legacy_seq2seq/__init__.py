"""Sequence to sequence over lists of moments (`contrib.legacy_seq2seq`)."""
