"""The routines of strings, by what OpDefs call them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ...plan.plan import Instruction
from .base64_codes import decoded, encoded
from .hashes import buckets
from .numbers import read, write
from .patterns import full_matches, replaced
from .pieces import cases, joins, lengths, parts, words
from .records import columns, raw
from .strong_hashes import old, strong
from .views import LEAST, available

_ROUTINES: Final[dict[str, Callable[[Instruction, Sequence[Any]], Sequence[Any] | None]]] = {
    "length": lengths,
    "lower": cases,
    "upper": cases,
    "part": parts,
    "words": words,
    "join": joins,
    "bucket": buckets,
    "strong": strong,
    "old bucket": old,
    "read": read,
    "replace": replaced,
    "match": full_matches,
    "columns": columns,
    "raw": raw,
    "write": write,
    "to base 64": encoded,
    "from base 64": decoded,
}

_HASHES: Final = frozenset({"bucket", "strong", "old bucket"})
_FEW: Final = 64  # strings from which on compiled hashes are quicker, once they are compiled
_ENOUGH: Final = 1 << 13  # strings in small arrays after which it pays to compile them

_hashed: dict[str, int] = {}  # how many strings of small arrays each hash was asked for


def run(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """The results of a routine, strings as `Views`; None if it does not take these arguments.

    Args:
      values: arrays and `Views`.
    """
    kind = instruction.op_def.routine[1]
    size = max(value.size for value in values)
    if (size < LEAST and not _is_asked_often(kind, size)) or not available():
        return None
    return _ROUTINES[kind](instruction, values)


def _is_asked_often(kind: str, size: int) -> bool:
    """Whether a hash of small arrays was taken of so many strings by now that it is compiled."""
    if kind not in _HASHES or size < _FEW:
        return False
    count = _hashed.get(kind, 0)
    if count < _ENOUGH:
        _hashed[kind] = count + size
    return count >= _ENOUGH
