"""The routines of strings, by what OpDefs call them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ...plan.plan import Instruction
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
}


def run(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """The results of a routine, strings as `Views`; None if it does not take these arguments.

    Args:
      values: arrays and `Views`.
    """
    if max(value.size for value in values) < LEAST or not available():
        return None
    return _ROUTINES[instruction.op_def.routine[1]](instruction, values)
