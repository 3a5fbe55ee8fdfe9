"""Running a loop over all its rows at once, where its TensorArrays are as that needs them; see
`../partition/batching.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...ops.families.control_flow.tensor_array_cell import TensorArrayCell
from ..plan.plan import Instruction


class BatchedRunner:
    """Runs a loop.

    Args:
      instruction: the loop.
      batched: what it is over all rows, a `Batched`.
      program: the executor of its plan.
      loop: runs the loop iteration by iteration.
    """

    __slots__ = ("_batched", "_loop", "instruction", "op", "program")

    def __init__(self, instruction: Instruction, batched: Any, program: Any, loop: Any) -> None:
        self.instruction = instruction
        self.op = instruction.op
        self._batched = batched
        self.program = program
        self._loop = loop

    @property
    def executors(self) -> tuple[Any, Any]:
        """The executors of the loop's plans."""
        executors: tuple[Any, Any] = self._loop.executors
        return executors

    def run(self, values: Sequence[Any], state: Any, step: Any = None) -> Sequence[Any]:
        """Run the loop to its end; as `LoopRunner.run`."""
        turns = self._turns(values)
        if turns is None or getattr(state, "budget", None) is not None:
            results: Sequence[Any] = self._loop.run(values, state, step)
            return results
        batched = self._batched
        rows = [values[row.handle].elements for row in batched.reads]
        made = self.program.run([*rows, *(values[place] for place in batched.invariants)], state, step)
        cells = [values[row.handle] for row in batched.writes]
        if not all(cell.may_fill(rows.shape) and cell.takes(rows) for cell, rows in zip(cells, made)):
            return self._loop.run(values, state, step)  # type: ignore[no-any-return]
        for row in batched.reads:
            values[row.handle].take_all()
        for row, array in zip(batched.writes, made):
            values[row.handle].fill(array.copy() if any(array is other for other in rows) else array)
        kept = self.instruction.attrs["block"].results
        return [np.asarray(values[k] + turns, values[k].dtype) if k in batched.counters else values[k] for k in kept]

    def _turns(self, values: Sequence[Any]) -> int | None:
        """How many iterations there are, if there is one for each row of all TensorArrays; else None."""
        batched = self._batched
        cells = [values[row.handle] for row in (*batched.reads, *batched.writes)]
        if not all(type(cell) is TensorArrayCell for cell in cells) or len(set(map(id, cells))) != len(cells):
            return None
        if any(np.ndim(values[k]) or int(values[k]) for k in batched.counters):
            return None
        bounds = [number if place is None else values[place] for _, place, number in batched.bounds]
        if not bounds or any(np.ndim(bound) for bound in bounds):
            return None
        turns = min(map(int, bounds))
        if turns < 1 or any(len(cell) != turns for cell in cells):
            return None
        for row in batched.reads:
            cell = values[row.handle]
            if (
                not cell.is_whole
                or cell.dtype is not row.value.dtype
                or cell.elements.shape[1:] != row.value.extents[1:]
            ):
                return None
        return turns
