"""Tracing: when each kernel of a step began and ended, and which operations ran in it.

A region is traced by a second native step of its variant that looks at the clock around every kernel (or by the
portable one, where there are no native steps): the code between two looks is what runs without tracing. Until the step
is over, only numbers are written down.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np

from ..codegen.scalars import weight_of
from ..fusion.groups import Call, Group
from ..plan.builder import READ
from ..plan.plan import Instruction, Value
from ..specialize.symbolic import expression
from ..step.variant import Variant
from .choice import traced_step
from .region import RegionProgram, plain

_KEY: Final = ("traced", 0)  # of the traced step among a variant's codes


class KernelEntry:
    """One kernel of a step as it shows in a trace.

    Attributes:
      name: the operation's name, or `group 0` for several.
      label: what ran in it, for a viewer.
      operations: the operations that ran in it, each with its estimated share of the time.
      outputs: per array it made its type, shape and bytes.
      kept: how many bytes of these stay in the session after the step.
    """

    __slots__ = ("kept", "label", "name", "operations", "outputs")

    def __init__(
        self, name: str, label: str, operations: list[tuple[Any, float]], outputs: list[Any], kept: int = 0
    ) -> None:
        self.name = name
        self.label = label
        self.operations = operations
        self.outputs = outputs
        self.kept = kept


class Trace:
    """Collects what a step runs.

    Attributes:
      keys: what ran, in order: `(instruction, outputs)` or `(variant, shapes)`, all hashable.
      times: start and end of every kernel in turn, in nanoseconds of the epoch.
      thread: the thread that ran the step.
    """

    __slots__ = ("keys", "thread", "times")

    def __init__(self) -> None:
        self.keys: list[tuple[Any, Any]] = []
        self.times: list[int] = []
        self.thread: threading.Thread | None = None

    def add_instruction(self, instruction: Instruction, start: int, end: int, results: Sequence[Any]) -> None:
        """Note an instruction that was interpreted."""
        self.thread = threading.current_thread()
        arrays = [getattr(result, "value", result) for result in results]  # of a reference, what the variable holds
        outputs = [
            (value.dtype.base_dtype, array.shape, array.nbytes)
            for value, array in zip(instruction.outputs, arrays)
            if isinstance(array, np.ndarray)
        ]
        self.keys.append((instruction, tuple(outputs)))
        self.times += (start, end)

    def run_region(self, program: RegionProgram, arguments: Sequence[Any]) -> Sequence[Any] | None:
        """Run a region by the variant that ran last, and note when its kernels ran; None if it does not fit."""
        variant = program.latest
        if variant is None:
            return None
        arrays = [plain(value, array) for value, array in zip(program.region.inputs, arguments)]
        run = variant.codes.get(_KEY)
        if run is None:
            run = variant.codes[_KEY] = traced_step(variant)
        stamps = np.zeros((2 * len(variant.fused.items), 2), np.int64)
        ranks = program.variants.get(tuple([array.ndim for array in arrays]))
        results = run(*arrays, stamps) if ranks is not None and variant in ranks else None
        if results is None:
            return None
        self.thread = threading.current_thread()
        self.keys.append((variant, tuple([array.shape for array in arrays])))
        self.times += [seconds * 1_000_000_000 + nanos for seconds, nanos in stamps.tolist()]
        return results  # type: ignore[no-any-return]

    def entries(self) -> list[KernelEntry]:
        """What the kernels were, in order; two numbers of `times` belong to each."""
        found: list[KernelEntry] = []
        for what, shapes in self.keys:
            if isinstance(what, Variant):
                found += entries_of(what, shapes)
            else:
                found.append(entry_of(what, list(shapes)))
        return found


# What the numbers mean.


def entry_of(instruction: Instruction, outputs: list[Any]) -> KernelEntry:
    """The entry of an instruction that ran alone."""
    op = instruction.op
    name = op.name if op is not None else instruction.op_def.name
    inputs = [] if op is None else [tensor.op.name for tensor in op.inputs]
    kind = _kind(instruction)
    kept = 0
    if instruction.op_def is READ:  # of a variable's `read` operation, or of a reference that is used as it is
        kind = "Identity"
        inputs = inputs if op is not None and op.op_def.passes_on else [name]
    elif instruction.effects.resource == "variable":
        kept = sum(size for _, _, size in outputs)
    return KernelEntry(name, f"{name} = {kind}({', '.join(inputs)})", [(op, 1.0)] if op else [], outputs, kept)


def _kind(instruction: Instruction) -> str:
    """The type that is shown: an update of a variable is computed as `AddV2` and shown as what the user made."""
    op = instruction.op
    is_update = op is not None and instruction.op_def.is_pure and op.op_def.effects.writes
    return op.type if op is not None and is_update else instruction.op_def.name


def entries_of(
    variant: Variant, shapes: Sequence[tuple[int, ...]], written: Collection[Value] = ()
) -> list[KernelEntry]:
    """The entries of a region's kernels, in order, for arguments of these shapes; `written` values stay afterwards."""
    symbols = {symbol: shapes[position][axis] for symbol, position, axis in variant.special.bindings}
    entries = []
    groups = 0
    for item in variant.fused.items:
        values = item.instruction.outputs if isinstance(item, Call) else variant.kernels[item].results
        outputs = [_output(value, variant, symbols) for value in values]
        if isinstance(item, Call):
            entries.append(entry_of(item.instruction, outputs))
        elif len(item.instructions) == 1:
            entries.append(entry_of(item.instructions[0], outputs))
            groups += 1
        else:
            entries.append(_group_entry(item, groups, outputs, variant, symbols))
            groups += 1
        entries[-1].kept += sum(size for value, (_, _, size) in zip(values, outputs) if value in written)
    return entries


def _output(value: Value, variant: Variant, symbols: dict[str, int]) -> tuple[Any, tuple[int, ...], int]:
    shape = _shape(value, variant, symbols)
    return value.dtype, shape, value.dtype.size * _size(shape)


def _shape(value: Value, variant: Variant, symbols: dict[str, int]) -> tuple[int, ...]:
    return tuple(expression(extent).value(symbols) for extent in variant.special.extents[value])


def _size(shape: tuple[int, ...]) -> int:
    count = 1
    for extent in shape:
        count *= extent
    return count


def _group_entry(
    group: Group, number: int, outputs: list[Any], variant: Variant, symbols: dict[str, int]
) -> KernelEntry:
    work = []
    for instruction in group.instructions:
        values = (*instruction.inputs[:1], *instruction.outputs)
        elements = max((_size(_shape(v, variant, symbols)) for v in values if v in variant.special.extents), default=1)
        work.append(max(weight_of(instruction), 1) * max(elements, 1))
    total = sum(work)
    operations = [(i.op, amount / total) for i, amount in zip(group.instructions, work) if i.op is not None]
    by_kind: dict[str, list[str]] = {}
    for instruction, amount in zip(group.instructions, work):
        name = instruction.op.name if instruction.op is not None else "?"
        by_kind.setdefault(_kind(instruction), []).append(f"{name} {100 * amount / total:.0f}%")
    text = ", ".join(f"{kind}({', '.join(names)})" for kind, names in by_kind.items())
    inside = {op for op, _ in operations}
    sources = dict.fromkeys(t.op.name for op, _ in operations for t in op.inputs if t.op not in inside)
    name = f"group {number}"
    return KernelEntry(name, f"{name} = {text} <- {', '.join(sources)}", operations, outputs)
