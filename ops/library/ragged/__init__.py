"""Ragged tensors: rows of any lengths, as values one behind the other and where each row begins and ends."""
