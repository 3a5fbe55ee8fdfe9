"""What a session takes from the compiler besides programs: a session imports nothing else of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import BuiltinFunctionType
from typing import Any

from ...ops.base.provided import provide
from ...ops.types import array_values
from ..executors.watched_step import Step
from ..step.structure import InArrays, Kept, Keyed, Listed, Made, Nothing, Result, Structure, Tupled, flat

__all__ = [
    "InArrays",
    "Kept",
    "Keyed",
    "Listed",
    "Made",
    "Nothing",
    "Result",
    "Step",
    "Structure",
    "Tupled",
    "caller_task",
    "flat",
    "holds_bytes",
    "make_budget",
    "needed_operations",
    "outs_of",
    "refuse_keywords",
    "repeat_step",
    "stages_of",
    "straight_step",
    "trim_memory",
    "writes_outs",
]


def needed_operations(fed: Any, fetches: Any, targets: Any, done: Any = ()) -> Any:
    """The operations that a step needs, in order; `done` ones have run already."""
    from ..plan import needed

    return needed.needed_operations(fed, fetches, targets, done)


def caller_task() -> Any:
    """The task of a stage that runs in the caller's process."""
    from ..partition import tasks

    return tasks.HERE


def stages_of(fed: Any, fetches: Any, targets: Any, done: Any, task_of: Any) -> list[Any]:
    """What a step is for the tasks of a cluster: its `Stage`s, see `partition/tasks.py`."""
    from ..partition import tasks

    return tasks.cut(needed_operations(fed, fetches, targets, done), fed, fetches, targets, task_of)


def holds_bytes(array: Any) -> bool:
    """Whether an array of objects holds bytes and nothing else. Cost: of many, some 5 ns for each."""
    if array.size >= _MANY:
        from ..routines.strings import views

        if views.available():
            return views.views_of(array) is not None
    return array_values.holds_bytes(array)


_MANY = 1 << 14


def refuse_keywords(named: Mapping[str, Any]) -> None:
    """Raises: TypeError if a callable was given arguments by name."""
    from ..runtime import trampoline

    trampoline.refuse_keywords(named)


def _straight_turn(executor: Any) -> Any:
    from .straight import straight_turn

    return straight_turn(executor)


provide("straight turn", _straight_turn)


def straight_step(program: Any, state: Any) -> Any:
    """A Python function in place of a program's callable, see `straight.py`; None if it runs another way."""
    from .straight import straight_step

    return straight_step(program, state)


def make_budget(limit: int, kept: Any) -> Any:
    """The `Budget` of a session, see `../executors/budget.py`; None without a limit.

    Args:
      limit: what the configuration says, in bytes; 0 for what SESSILE_MEMORY_LIMIT says.
      kept: gives what the session keeps.
    """
    setting = os.environ.get("SESSILE_MEMORY_LIMIT")
    if not limit and not setting:
        return None
    from ..executors import budget

    if limit:
        return budget.Budget(limit, "memory_limit of its ConfigProto", kept)
    found = budget.limit_of(setting)
    return budget.Budget(found, "SESSILE_MEMORY_LIMIT", kept) if found else None


def repeat_step(step: Any, arguments: Any, pairs: Any, count: int, outs: Any = None) -> Any:
    """Call a step many times, on its own results; see `../runtime/repeating.py`."""
    from ..runtime import repeating

    return repeating.repeat(step, arguments, pairs, count, outs)


def outs_of(structure: Structure, given: Any, names: Any, dtypes: Any, fed: Any) -> Any:
    """The arrays that a caller gives for results; see `../step/outs.py`."""
    from ..step.outs import Outs

    return Outs(structure, given, names, dtypes, fed)


def writes_outs(program: Any, step: Any) -> bool:
    """Whether a callable of a program that has run writes its results into arrays, whose shapes those of feeds tell."""
    is_native = isinstance(step, BuiltinFunctionType) and program.jit != "off" and not program.has_hidden_fetches
    return is_native and (program.staged.only_region is not None or program.stateful is not None)


def trim_memory() -> int:
    """Give memory kept for results to come back to the system; returns how many bytes."""
    from ..runtime import recycle

    return recycle.trim()
