"""What a session takes from the compiler besides programs: a session imports nothing else of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..executors.watched_step import Step
from ..step.structure import Kept, Keyed, Listed, Made, Nothing, Result, Structure, Tupled, flat

__all__ = [
    "Kept",
    "Keyed",
    "Listed",
    "Made",
    "Nothing",
    "Result",
    "Step",
    "Structure",
    "Tupled",
    "flat",
    "needed_operations",
    "refuse_keywords",
    "trim_memory",
]


def needed_operations(fed: Any, fetches: Any, targets: Any) -> Any:
    """The operations that a step needs, in order."""
    from ..plan import needed

    return needed.needed_operations(fed, fetches, targets)


def refuse_keywords(named: Mapping[str, Any]) -> None:
    """Raises: TypeError if a callable was given arguments by name."""
    from ..runtime import trampoline

    trampoline.refuse_keywords(named)


def trim_memory() -> int:
    """Give memory kept for results to come back to the system; returns how many bytes."""
    from ..runtime import recycle

    return recycle.trim()
