"""Offering the nearest names when an unknown one was given."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], limit: int = 3) -> str:
    """Return ` Did you mean 'a' or 'b'?`, or an empty string when nothing is near."""
    import difflib  # not before it is needed: 2 ms of every process

    found = difflib.get_close_matches(name, list(known), n=limit, cutoff=0.6)
    if not found:
        return ""
    return f" Did you mean {' or '.join(repr(word) for word in found)}?"
