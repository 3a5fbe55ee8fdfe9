"""The interpreter: one NumPy kernel per instruction. It is the meaning of a plan and the oracle of every test."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from itertools import zip_longest
from typing import Any, Final

import numpy as np

from ...ops.base import errors, forks
from ...ops.base.own_words import IN_GENERAL, INSIDES, is_in_our_words
from ...ops.base.provided import provided
from ...ops.definition.context import KernelContext
from ...ops.definition.shapes import broadcast_shape
from ...ops.families.elementwise.compare import equality_shape
from ...ops.families.indexing.index_checks import CHECKED_INDICES
from ...ops.types.tensor_shape import brackets
from ..plan.plan import Instruction, Plan, Value
from .flow import LoopRunner, flow_rows, run_rows
from .kernel_errors import broken_rule, too_large
from .kernels import KernelCall
from .watched_step import cancelled, closed_flag

_LARGE_MATRIX: Final = 384  # rows or columns from which on threads are worth the waiting
_SMALL_MATRIX: Final = 48  # up to which BLAS takes no threads by itself


class Interpreter:
    """Runs a plan instruction by instruction, releasing each value after its last use."""

    def __init__(self, plan: Plan) -> None:
        slots: dict[Value, int] = {}
        for value in plan.inputs:
            slots.setdefault(value, len(slots))
        for instruction in plan.instructions:
            for value in instruction.outputs:
                slots[value] = len(slots)
        self.plan = plan
        self._size = len(slots)
        self._input_slots = [slots[value] for value in plan.inputs]
        self._output_slots = [slots[value] for value in plan.outputs]
        last: dict[int, int] = {}
        for position, instruction in enumerate(plan.instructions):
            for value in (*instruction.inputs, *instruction.outputs):
                last[slots[value]] = position
        kept = set(self._output_slots)
        dying: dict[int, list[int]] = {}
        for slot, position in last.items():
            if slot not in kept:
                dying.setdefault(position, []).append(slot)
        self._rows = [
            (_runner(i), [slots[v] for v in i.inputs], [slots[v] for v in i.outputs], tuple(dying.get(position, ())))
            for position, i in enumerate(plan.instructions)
        ]
        self._flow = flow_rows(self._rows, plan.instructions, slots) if plan.has_flow else None

    def run(self, values: Sequence[Any], state: Any, step: Any = None) -> list[Any]:
        """Run the plan.

        Args:
          values: arrays for the plan's inputs.
          state: the session's state, for kernels with effects.
          step: the running step, for kernels that may wait.
        Returns: the values of the plan's outputs.
        Raises: OpError if an operation fails.
        """
        slots: list[Any] = [None] * self._size
        for slot, value in zip(self._input_slots, values):
            slots[slot] = value
        closed, budget = closed_flag(state), getattr(state, "budget", None)
        with np.errstate(all="ignore"), nullcontext() if budget is None else budget.watch(self.plan, slots):
            if self._flow is not None:
                run_rows(self._flow, slots, state, partial(_run, state=state, step=step))
                return [slots[slot] for slot in self._output_slots]
            for instruction, inputs, outputs, dying in self._rows:
                if closed.value:
                    raise cancelled(instruction.op)
                results = execute(instruction, [slots[slot] for slot in inputs], state, step)
                for slot, result in zip(outputs, results):
                    slots[slot] = result
                for slot in dying:
                    slots[slot] = None
        return [slots[slot] for slot in self._output_slots]


def _runner(instruction: Instruction) -> Any:
    return LoopRunner(instruction, Interpreter) if instruction.op_def.flow == "loop" else instruction


def _run(runner: Any, values: Sequence[Any], state: Any, step: Any) -> Sequence[Any]:
    if type(runner) is LoopRunner:
        return runner.run(values, state, step)
    return execute(runner, values, state, step)


def execute(instruction: Instruction, values: Sequence[Any], state: Any, step: Any = None) -> Sequence[Any]:
    """Run one instruction on arrays; returns its outputs. Raises: OpError if the kernel fails."""
    if step is None:
        return _execute(instruction, values, state, None)
    step.check(instruction.op)
    if instruction.effects.writes and not instruction.effects.blocking:
        step.taken.clear()  # what was taken is used from here on
    if step.trace is None:
        return _execute(instruction, values, state, step)
    start = time.time_ns()
    results = _execute(instruction, values, state, step)
    step.trace.add_instruction(instruction, start, time.time_ns(), results)
    return results


def _execute(instruction: Instruction, values: Sequence[Any], state: Any, step: Any) -> Sequence[Any]:
    op_def, call = instruction.op_def, instruction.call
    arrays: Sequence[Any]
    if call is None:
        call = instruction.call = KernelCall(instruction)
    try:
        if op_def.effects.resource is not None:
            arrays = call(values, KernelContext(instruction.op, state, step))
        elif op_def.uses_blas:
            with forks.product(), _product_threads(instruction, values):
                arrays = call(values)
        elif op_def.uses_lapack:
            with forks.product(), _lapack_threads(values):
                arrays = call(values)
        else:
            arrays = call(values)
    except errors.OpError as error:
        raise located(error, instruction, values) from error.__cause__
    except (*INSIDES, MemoryError) as error:
        raise described(error, instruction, values) from error
    budget = getattr(state, "budget", None)
    if budget is not None:
        budget.made(instruction, arrays)
    return arrays


def _lapack_threads(values: Sequence[Any]) -> Any:
    """Small matrices by one thread: those of BLAS wait for each other while they spin, beside other processes for tens
    of milliseconds in each of many calls."""
    alone, size = provided("one BLAS thread"), max(values[0].shape[-2:], default=0)
    return alone() if alone is not None and _SMALL_MATRIX < size <= _LARGE_MATRIX else nullcontext()


def _product_threads(instruction: Instruction, values: Sequence[Any]) -> Any:
    """The same for products of matrices: complex ones, of 64 rows, took 20 ms beside other processes, alone 0.06."""
    if instruction.op_def.product is None and values[0].ndim != 2:
        return nullcontext()  # windows, as many rows of them as there are
    alone, size = provided("one BLAS thread"), max((extent for x in values[:2] for extent in x.shape[-2:]), default=0)
    return alone() if alone is not None and _SMALL_MATRIX < size <= _LARGE_MATRIX else nullcontext()


def _name(instruction: Instruction) -> str:
    return instruction.op.name if instruction.op is not None else repr(instruction)


def described(error: Exception, instruction: Instruction, values: Sequence[Any]) -> errors.OpError:
    """The error of an operation whose kernel raised one, with the operation, the user's line and the shapes."""
    if isinstance(error, errors.OpError):
        return located(error, instruction, values)
    sizes = too_large(error, instruction, values)
    if sizes is not None:
        return located(sizes, instruction, values)
    text = _unlike_shapes(instruction, values)
    if text is None and not is_in_our_words(error):
        text = broken_rule(instruction, values) or IN_GENERAL
    text = text or str(error)
    kind = instruction.op_def.name if instruction.op is None else instruction.op.type  # not what it was lowered to
    message = f"{kind} '{_name(instruction)}': {text}"
    return located(errors.InvalidArgumentError(None, instruction.op, message), instruction, values)


def _unlike_shapes(instruction: Instruction, values: Sequence[Any]) -> str | None:
    """What is wrong with the shapes of an elementwise operation, in TensorFlow's words and with the axis; or None."""
    if instruction.op_def.shape not in (broadcast_shape, equality_shape):
        return None
    shapes = [value.shape for value in values]
    for axis, extents in enumerate(zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1)):
        if len({extent for extent in extents if extent != 1}) > 1:
            listed = " vs. ".join(brackets(shape) for shape in shapes)
            place = max(map(len, shapes)) - 1 - axis
            return f"Incompatible shapes: {listed} (they do not broadcast on axis {place})"
    return None


def _given(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any]:
    """What an operation was given; of the array that checked indices are for, the check knows the shape."""
    if instruction.op_def is not CHECKED_INDICES or instruction.op is None:
        return values
    indices, shape, _ = values
    return np.broadcast_to(np.zeros((), instruction.op.inputs[0].dtype.np_dtype), shape.tolist()), indices


def located(error: errors.OpError, instruction: Instruction, values: Sequence[Any]) -> errors.OpError:
    """Add the operation, the user's line and the shapes to an error that a kernel raised."""
    if error._op is not None and error.shapes is not None:
        return error
    op = instruction.op
    message = error._message
    if op is not None and op.name not in message:
        message = f"{op.type} '{op.name}': {message}"
    arrays = [value for value in _given(instruction, values) if isinstance(value, np.ndarray)]
    given = ", ".join(f"{'string' if a.dtype == object else a.dtype.name}{brackets(a.shape)}" for a in arrays)
    lines = [message]
    if op is not None and op.created_at:
        lines.append(f"  created at {op.created_at}")
    if given:
        lines.append(f"  given: {given}")
    error._message = "\n".join(lines)
    error.args = (error._message,)
    error._op = op
    error.created_at = None if op is None else op.created_at
    error.shapes = tuple(array.shape for array in arrays)
    return error
