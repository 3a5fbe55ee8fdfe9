"""Tracing: when each kernel of a step began and ended, and which operations ran in it.

A region is traced by a second native step of its variant that looks at the clock around every kernel (or by the
portable one, where there are no native steps): the code between two looks is what runs without tracing. Until the step
is over, only numbers are written down.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from . import layout
from .codegen import weight_of
from .fuse import Call, Group
from .native import NativeStep, assemble, can_be_native
from .native_assembler import address
from .plan import Instruction, Value
from .symbolic import expression
from .variant import RegionProgram, StepSource, Variant, plain

_KEY: Final = ("traced", 0)  # of the traced step among a variant's codes
_OPEN: Final = ctypes.c_byte(0)  # a region may always run
_STAMP: Final = 16  # bytes: seconds and nanoseconds, as the C library writes them


class KernelEntry:
    """One kernel of a step as it shows in a trace.

    Attributes:
      name: the operation's name, or `group 0` for several.
      label: what ran in it, for a viewer.
      operations: the operations that ran in it, each with its estimated share of the time.
      outputs: per array it made its type, shape and bytes.
      keeps: whether these stay in the session after the step.
    """

    __slots__ = ("keeps", "label", "name", "operations", "outputs")

    def __init__(
        self, name: str, label: str, operations: list[tuple[Any, float]], outputs: list[Any], keeps: bool = False
    ) -> None:
        self.name = name
        self.label = label
        self.operations = operations
        self.outputs = outputs
        self.keeps = keeps


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
            run = variant.codes[_KEY] = _traced_step(variant)
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


class TracedStep(NativeStep):
    """A native step of a region that writes the time before and after each kernel into its last argument."""

    def __init__(self, variant: Variant, clock: int) -> None:
        feeds: list[int | None] = [*range(len(variant.region.inputs)), None]
        super().__init__(variant, feeds, variant.region.outputs, "arrays", _OPEN)
        self._clock = clock
        self._stamps = ""
        self._count = 0

    def _check_unused(self, number: int) -> None:
        """The argument that the region does not take: where the times go."""
        self._stamps = self.asm.load(self.asm.load("%args", 8 * number), layout.DATA)

    def _stamp(self) -> None:
        at = self.asm.emit(f"getelementptr i8, ptr {self._stamps}, i64 {_STAMP * self._count}")
        self.asm.emit(f"call i32 {address(self._clock)}(i32 0, ptr {at})")
        self._count += 1

    def run_group(self, group: Group) -> None:
        """Run a group's kernel between two looks at the clock."""
        self._stamp()
        super().run_group(group)
        self._stamp()

    def _call(self, item: Call) -> None:
        self._stamp()
        super()._call(item)
        self._stamp()


class TracedSource(StepSource):
    """The portable step with the same additions; the times are its first argument."""

    def _write(self) -> str:
        self._stamped = 0
        self.namespace["now"] = time.time_ns
        return super()._write().replace("def step(", "def step(stamps, ", 1)

    def _stamp(self) -> None:
        self.lines.append(f"stamps[{self._stamped}] = divmod(now(), 1_000_000_000)")
        self._stamped += 1

    def _call(self, call: Call) -> None:
        inside = call.number < 0  # one of a group that could not be compiled
        if not inside:
            self._stamp()
        super()._call(call)
        if not inside:
            self._stamp()

    def _kernel(self, group: Group) -> None:
        self._stamp()
        super()._kernel(group)
        self._stamp()

    def _interpreted_group(self, group: Group) -> None:
        self._stamp()
        super()._interpreted_group(group)
        self._stamp()


def _traced_step(variant: Variant) -> Any:
    clock = _clock_address()
    if clock and can_be_native(variant, variant.region.outputs):
        from .entry import make_entry

        code = assemble(TracedStep(variant, clock))
        if code is not None:
            function, cell = make_entry(_declined, "traced")
            cell.install(code)
            return function
    step = TracedSource(variant).function()
    return lambda *arguments: step(arguments[-1], *arguments[:-1])


def _declined(*arrays: Any) -> None:
    """What the traced step calls when a guard does not hold."""


def _clock_address() -> int:
    try:
        return ctypes.cast(ctypes.CDLL(None).clock_gettime, ctypes.c_void_p).value or 0
    except (AttributeError, OSError, TypeError):
        return 0


# What the numbers mean.


def entry_of(instruction: Instruction, outputs: list[Any]) -> KernelEntry:
    """The entry of an instruction that ran alone."""
    op = instruction.op
    name = op.name if op is not None else instruction.op_def.name
    inputs = [] if op is None else [tensor.op.name for tensor in op.inputs]
    kind = instruction.op_def.name
    if kind == "_ReadReference":
        name, kind, inputs = f"{name}/read", "Identity", [name]
    keeps = instruction.effects.resource == "variable" and kind != "Identity"
    return KernelEntry(name, f"{name} = {kind}({', '.join(inputs)})", [(op, 1.0)] if op else [], outputs, keeps)


def entries_of(variant: Variant, shapes: Sequence[tuple[int, ...]]) -> list[KernelEntry]:
    """The entries of a region's kernels, in order, for arguments of these shapes."""
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
    return entries


def _output(value: Value, variant: Variant, symbols: dict[str, int]) -> tuple[Any, tuple[int, ...], int]:
    shape = _shape(value, variant, symbols)
    return value.dtype, shape, value.dtype.size * _size(shape)


def _shape(value: Value, variant: Variant, symbols: dict[str, int]) -> tuple[int, ...]:
    return tuple(int(eval(expression(extent), {}, symbols)) for extent in variant.special.extents[value])


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
        by_kind.setdefault(instruction.op_def.name, []).append(f"{name} {100 * amount / total:.0f}%")
    text = ", ".join(f"{kind}({', '.join(names)})" for kind, names in by_kind.items())
    inside = {op for op, _ in operations}
    sources = dict.fromkeys(t.op.name for op, _ in operations for t in op.inputs if t.op not in inside)
    name = f"group {number}"
    return KernelEntry(name, f"{name} = {text} <- {', '.join(sources)}", operations, outputs)
