"""Runs iterations that are lifted out of their stacks and TensorArrays (`lifting.py`), many turns at once."""

from __future__ import annotations

import math
import mmap
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from ...ops.base.provided import provided
from ...ops.families.control_flow.stack_ops import StackCell
from ...ops.families.control_flow.tensor_array_cell import TensorArrayCell
from ..plan.plan import Plan
from .flow import OFTEN
from .interpreter import execute
from .lifting import Lifted, Lifting, Read

_WANTS_PYTHON = 1  # how turns come back that did not go on, see `../native/turns.py`


def lifted_iteration(plan: Plan, variables: int, make: Callable[[Plan], Any]) -> Any:
    """The executor of an iteration: lifted where that can be, else what `make` makes of it.

    Args:
      variables: how many of the inputs are loop variables.
      make: makes the executor of a plan, a `StagedProgram`.
    """
    lifted = Lifting(plan, variables, {}).run() if plan.has_effects else None
    return make(plan) if lifted is None else LiftedIteration(plan, variables, lifted, make)


_MOST_AXES: Final = 8
_NOBODY_READS: Final = 1 << 28  # bytes of memory that is never touched, so that the system has none of it


@cache
def _unread() -> Any:
    return np.frombuffer(mmap.mmap(-1, _NOBODY_READS), np.uint8)


def _stand_in(shape: Any) -> Any:
    """A dense array with elements for extents, in memory that nobody reads; None if there can be none."""
    if type(shape) is not np.ndarray or shape.ndim != 1 or len(shape) > _MOST_AXES:
        return None
    extents = shape.tolist()
    if any(extent < 0 for extent in extents) or math.prod(extents) > _NOBODY_READS:
        return None
    return np.ndarray(extents, np.uint8, _unread())


def _stand_ins(shapes: Sequence[Any]) -> list[Any] | None:
    """A stand-in for each, one for all that are equal; None if there is one that can have none."""
    made: dict[Any, Any] = {}
    found = []
    for shape in shapes:
        key = (shape.dtype, shape.tobytes()) if type(shape) is np.ndarray and shape.ndim == 1 else None
        if key not in made:
            made[key] = _stand_in(shape)
        if made[key] is None:
            return None
        found.append(made[key])
    return found


def _is_index(item: Any) -> bool:
    return type(item) is np.ndarray and item.dtype.kind == "i" and item.ndim == 1


class LiftedIteration:
    """Runs iterations of one loop; see `executors.flow.LoopRunner`."""

    __slots__ = ("_count", "_make", "_plan", "_straight", "_told", "_turns", "_unlifted", "_variables", "_way")

    def __init__(self, plan: Plan, variables: int, lifted: Lifted, make: Callable[[Plan], Any]) -> None:
        self._plan = plan
        self._variables = variables
        self._told = 0  # of how many instructions it was looked what their shapes hang on
        self._make = make
        self._count = len(plan.outputs)
        self._unlifted: Any = None
        self._turns = 0  # how many ran in Python, lifted
        self._straight: Any = None  # what runs the lifted iteration then
        # The lifted iteration and its executor, exchanged together: other threads run turns meanwhile.
        self._way: tuple[Lifted, Any] = lifted, make(lifted.plan)

    @property
    def pure(self) -> Any:
        """The executor of the lifted iteration."""
        return self._way[1]

    @property
    def _whole(self) -> Any:
        """The executor of the iteration with its effects, made when first needed."""
        if self._unlifted is None:
            self._unlifted = self._make(self._plan)
        return self._unlifted

    def run(self, values: Sequence[Any], state: Any, step: Any = None) -> Sequence[Any]:
        """Run one iteration with its effects."""
        results: Sequence[Any] = self._whole.run(values, state, step)
        return results

    def run_again(self, values: Sequence[Any], state: Any, step: Any = None) -> Sequence[Any]:
        """Run one iteration, lifted if that goes well."""
        lifted, pure = self._way
        handles = _handles(lifted, values)
        elements = _elements(lifted, handles)
        stacks = [values[place].items for place in lifted.pops]
        if elements is None or not all(stacks) or (step is not None and step.trace is not None):
            return self.run(values, state, step)
        popped = [items[-1] for items in stacks]
        for number in lifted.standing:
            popped[number] = _stand_in(popped[number])
            if popped[number] is None:
                return self.run(values, state, step)
        try:
            results = self._run_pure(pure, [*values, *elements, *popped], state, step)
        except Exception:  # of any kind: nothing was changed, and the iteration as it was tells it better
            return self.run(values, state, step)
        _commit(lifted, handles, [[item] for item in results[self._count :]], 1, state)
        if len(pure.dynamic) > self._told:
            self._let_stand(lifted, pure, popped)
        found: Sequence[Any] = results[: self._count]
        return found

    def _run_pure(self, pure: Any, values: Sequence[Any], state: Any, step: Any) -> Sequence[Any]:
        """Run the lifted iteration: after some turns as one Python function, if it is none of machine code."""
        results: Sequence[Any]
        if self._straight is not None and self._straight[0] is pure:
            results = self._straight[1].run(values, state, step)
            return results
        self._turns += 1
        if self._turns == OFTEN and getattr(state, "budget", None) is None:
            make = provided("straight turn")
            made = None if make is None else make(pure)
            self._straight = None if made is None else (pure, made)
        results = pure.run_again(values, state, step)
        return results

    def _let_stand(self, lifted: Lifted, pure: Any, popped: Sequence[Any]) -> None:
        """Lift anew, with stand-ins for what may be shapes, since shapes were found to hang on data.

        Args:
          lifted, pure: the way it went.
          popped: what it popped.
        """
        self._told = len(pure.dynamic)
        known = {number: popped[number].ndim for number in lifted.standing}
        ranks = {
            number: len(shape)
            for number, shape in enumerate(popped)
            if number not in known and _is_index(shape) and _stand_in(shape) is not None
        }
        anew = Lifting(self._plan, self._variables, {**known, **ranks}).run() if ranks else None
        if anew is not None:
            self._told, self._way, self._turns = 0, (anew, self._make(anew.plan)), 0

    def turns(self, values: list[Any], counts: tuple[int, int, int], state: Any) -> tuple[int | None, int]:
        """Run iterations in machine code; see `StagedProgram.turns`."""
        lifted, pure = self._way
        handles = _handles(lifted, values)
        elements = _elements(lifted, handles)
        if elements is None:
            return None, 0
        whole = [*values, *elements]
        popped = [values[place].items for place in lifted.pops]
        for number in lifted.standing:
            shapes = _stand_ins(popped[number])
            if shapes is None:
                return None, 0
            popped[number] = shapes
        collected: list[list[Any]] = [[] for _ in lifted.plan.outputs[self._count :]]
        ended, done = pure.turns(whole, counts, state, popped, collected)
        values[:] = whole[: len(values)]
        _commit(lifted, handles, collected, done, None)
        return ended if ended is None or done else _WANTS_PYTHON, done


def _handles(lifted: Lifted, values: Sequence[Any]) -> list[Any]:
    """The inputs, and behind them the TensorArrays of gradients; None for one that there is not."""
    handles = list(values)
    for slope in lifted.slopes:
        cell = handles[slope.handle]
        handles.append(cell.gradient(slope.source) if type(cell) is TensorArrayCell else None)
    return handles


def _elements(lifted: Lifted, values: Sequence[Any]) -> list[Any] | None:
    """The elements of the TensorArrays that are read; None if handles are of another kind."""
    for place in (*lifted.pops, *(place for place, _ in (*lifted.pushes, *lifted.constants))):
        if type(values[place]) is not StackCell or values[place].most >= 0:
            return None
    if any(type(values[write.handle]) is not TensorArrayCell for write in lifted.writes):
        return None
    found = []
    for read in lifted.reads:
        cell = values[read.handle]
        elements = cell.elements if type(cell) is TensorArrayCell else None
        if elements is None or cell.dtype is not read.instruction.outputs[0].dtype:
            return None
        found.append(elements)
    return found


def _commit(lifted: Lifted, values: Sequence[Any], collected: list[list[Any]], done: int, state: Any) -> None:
    """Do to stacks and TensorArrays what so many turns have done."""
    if not done:
        return
    given = [_positions(lifted, read.position, values, collected, done) for read in lifted.reads]
    to_write = [_positions(lifted, write.position, values, collected, done) for write in lifted.writes]
    for place in lifted.pops:
        del values[place].items[-done:]
    for place, number in lifted.pushes:
        values[place].items += collected[number]
    for place, constant in lifted.constants:
        values[place].items += [constant] * done
    for read, indices in zip(lifted.reads, given):
        if not values[read.handle].took(indices):
            _raise_read(read, values, indices, state)
    for write, places in zip(lifted.writes, to_write):
        if values[write.handle].write_many(places, collected[write.value]):
            continue
        for index, value in zip(places, collected[write.value]):
            flow = np.float32(0)
            execute(write.instruction, [values[write.handle], np.int32(index), value, flow], state)


def _positions(
    lifted: Lifted, position: int, values: Sequence[Any], collected: list[list[Any]], done: int
) -> list[int]:
    """The positions in a TensorArray of so many turns; see `Read`."""
    if position >= 0:
        return [int(index) for index in collected[position]]
    popped = values[lifted.pops[~position]].items
    return [int(index) for index in reversed(popped[len(popped) - done :])]


def _raise_read(read: Read, values: Sequence[Any], indices: list[int], state: Any) -> None:
    """Have the kernel say which element was read twice."""
    for index in indices:
        execute(read.instruction, [values[read.handle], np.int32(index), np.float32(0)], state)
