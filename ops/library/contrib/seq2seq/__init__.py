"""Sequence to sequence: attention, helpers, decoders, and searching with beams (`contrib.seq2seq`)."""
