"""Offering the nearest names when an unknown one was given."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

_MANY = 40  # names looked at closely, some milliseconds: programs ask large graphs for names that may not be there


def nearest(name: str, known: Iterable[str], limit: int = 3) -> str:
    """Return ` Did you mean 'a' or 'b'?`, or an empty string when nothing is near.

    Of many names those are looked at that begin or end as the wrong one does.
    """
    import difflib  # not before it is needed: 2 ms of every process

    names = list(known)
    if len(names) > _MANY:
        first, last = name[: len(name) // 2], name[len(name) // 2 :]
        names = list(islice((word for word in names if word.endswith(last) or word.startswith(first)), _MANY))
    found = difflib.get_close_matches(name, names, n=limit, cutoff=0.6)
    if not found:
        return ""
    return f" Did you mean {' or '.join(repr(word) for word in found)}?"
