"""Native steps that look at the clock around every kernel, and the portable step that does.

A region's traced step writes the times into an array (`TracedStep`). That of a whole program (`TracedProgram`) writes
them straight into the serialised message that tells of the step: all else in it is known before, see `record_for`.
"""

from __future__ import annotations

import ctypes
import time
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ..fusion.groups import Call, Group
from ..machine import abi as layout
from ..machine.assembler import address
from ..step.portable import StepSource
from ..step.variant import Variant
from .step import NativeStep, assemble, can_be_native
from .variables import StatefulStep

if TYPE_CHECKING:
    pass

_OPEN: Final = ctypes.c_byte(0)  # a region may always run
_STAMP: Final = 16  # bytes: seconds and nanoseconds, as the C library writes them

# The times of a kernel in a NodeExecStats: field number, what it is, bytes of its number (fixed, whatever its value).
START_MICROS, MICROS, START_NANOS, NANOS = range(4)
_WIDTHS: Final = (8, 6, 9, 7)
_TIMES: Final = (
    (2, START_MICROS), (9, START_MICROS), (4, MICROS), (5, MICROS),
    (13, START_NANOS), (17, START_NANOS), (15, NANOS), (16, NANOS),
)  # fmt: skip


@cache
def times_block() -> tuple[bytes, tuple[tuple[int, int], ...]]:
    """The fields of a kernel's times in protobuf's wire format, all zero, and per field `(position, what)`."""
    text, positions = b"", []
    for number, what in _TIMES:
        tag = number << 3
        text += bytes([tag]) if tag < 128 else bytes([tag & 127 | 128, tag >> 7])
        positions.append((len(text), what))
        text += b"\x80" * (_WIDTHS[what] - 1) + b"\x00"
    return text, tuple(positions)


class TracedStep(NativeStep):
    """A native step of a region that writes the time before and after each kernel into its last argument."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._record = ""
        self._stamps = ""
        self._count = 0

    def _check_unused(self, number: int) -> None:
        """The last argument is no feed: the times go there."""
        if number < len(self.feeds) - 1:
            super()._check_unused(number)
            return
        self._record = self.asm.load(self.asm.load("%args", 8 * number), layout.DATA)
        self._stamps = self._word(self._before_stamps())

    def _before_stamps(self) -> int:
        """How many words of the last argument lie before the times."""
        return 0

    def _word(self, number: int) -> str:
        return self.asm.emit(f"getelementptr i64, ptr {self._record}, i64 {number}")

    def _stamp(self) -> None:
        at = self.asm.emit(f"getelementptr i8, ptr {self._stamps}, i64 {_STAMP * self._count}")
        self.asm.emit(f"call i32 {address(clock_address())}(i32 0, ptr {at})")
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


class TracedProgram(TracedStep):
    """The native step of a whole program that fills the times into a prepared message.

    Its last argument is what `record_for` made. It declines arguments of other shapes than the message tells of.
    """

    def _before_stamps(self) -> int:
        return 1 + len(self.special.bindings) + len(self.variant.fused.items)

    def _check_guards(self) -> None:
        super()._check_guards()
        for number, (symbol, _, _) in enumerate(self.special.bindings):
            told = self.asm.emit(f"load i64, ptr {self._word(1 + number)}")
            self.asm.require(self.asm.emit(f"icmp eq i64 {told}, {self.symbols[symbol]}"), "slow")

    def _return(self) -> None:
        message = self.asm.emit(f"load i64, ptr {self._record}")
        for number in range(self._count // 2):
            offset = self.asm.emit(f"load i64, ptr {self._word(1 + len(self.special.bindings) + number)}")
            at = self.asm.emit(f"inttoptr i64 {self.asm.emit(f'add i64 {message}, {offset}')} to ptr")
            stamps = self.asm.emit(f"getelementptr i8, ptr {self._stamps}, i64 {2 * _STAMP * number}")
            self.asm.do(f"call void @note(ptr {at}, ptr {stamps})")
        self.functions += _note_function()
        super()._return()


class TracedStateful(TracedProgram, StatefulStep):
    """The same for a program that reads and writes variables."""


def _note_function() -> str:
    """LLVM text of the function that writes a kernel's two time stamps as the fields of `times_block`."""
    lines = ["define internal void @note(ptr %at, ptr %stamps) {"]

    def emit(name: str, text: str) -> str:
        lines.append(f"  %{name} = {text}")
        return f"%{name}"

    nanos = []
    for number in range(2):
        words = [emit(f"p{number}{w}", f"getelementptr i64, ptr %stamps, i64 {2 * number + w}") for w in range(2)]
        seconds, rest = (emit(f"v{number}{w}", f"load i64, ptr {word}") for w, word in enumerate(words))
        nanos.append(emit(f"n{number}", f"add i64 {emit(f's{number}', f'mul i64 {seconds}, 1000000000')}, {rest}"))
    start = nanos[0]
    later = emit("later", f"icmp sgt i64 {nanos[1]}, {start}")  # clocks are set back at times
    end = emit("end", f"select i1 {later}, i64 {nanos[1]}, i64 {start}")
    micros = emit("micros", f"udiv i64 {start}, 1000")
    values = {START_NANOS: start, NANOS: emit("took", f"sub i64 {end}, {start}"), START_MICROS: micros}
    values[MICROS] = emit("tookmicros", f"sub i64 {emit('endmicros', f'udiv i64 {end}, 1000')}, {micros}")
    for position, what in times_block()[1]:
        for byte in range(_WIDTHS[what]):
            hint = f"f{position}b{byte}"
            shifted = emit(f"{hint}s", f"lshr i64 {values[what]}, {7 * byte}")
            low = emit(f"{hint}l", f"and i64 {shifted}, 127")
            more = 128 if byte < _WIDTHS[what] - 1 else 0
            small = emit(f"{hint}t", f"trunc i64 {emit(f'{hint}m', f'or i64 {low}, {more}')} to i8")
            lines.append(
                f"  store i8 {small}, ptr {emit(f'{hint}p', f'getelementptr i8, ptr %at, i64 {position + byte}')}"
            )
    return "\n".join([*lines, "  ret void", "}"]) + "\n"


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


def traced_entry(step: NativeStep) -> Any:
    """A traced step as a builtin function that returns None for arguments it does not fit; None if LLVM refuses it."""
    from ..runtime.trampoline import make_entry

    code = assemble(step)
    if code is None:
        return None
    function, cell = make_entry(_declined, "traced")
    cell.install(code)
    return function


def traced_step(variant: Variant) -> Any:
    """The step of a region's variant whose last argument takes the times."""
    outputs = variant.region.outputs
    if clock_address() and can_be_native(variant, outputs):
        feeds = [*range(len(variant.region.inputs)), None]
        function = traced_entry(TracedStep(variant, feeds, outputs, "arrays", _OPEN))
        if function is not None:
            return function
    step = TracedSource(variant).function()
    return lambda *arguments: step(arguments[-1], *arguments[:-1])


def _declined(*arrays: Any) -> None:
    """What the traced step calls when a guard does not hold."""


@cache
def clock_address() -> int:
    """The address of the C library's `clock_gettime`; 0 if there is none."""
    try:
        return ctypes.cast(ctypes.CDLL(None).clock_gettime, ctypes.c_void_p).value or 0
    except (AttributeError, OSError, TypeError):
        return 0
