"""The clock in a native step: times into an array, or straight into the serialised message that tells of the step.

A region that is traced writes its times into its last argument, two a kernel. The step of a whole program fills them
into a message: all else in it is known before, see `../program/traced_calls.py`. Say the time of the first kernel
stands from byte 40 on. Then the record, the last argument, is these words:

    0: where the message is   1...: extents it tells of   40: the first kernel's place, others'   then room for times
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Final

from ..machine import abi as layout
from ..machine.assembler import address
from ..step.actions import CheckTold, FillMessage, Stamp, TakeRecord

if TYPE_CHECKING:
    from .printer import Printer, Table

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


def take_record(printer: Printer, action: TakeRecord) -> None:
    """See `TakeRecord`."""
    asm = printer.asm
    printer.record = asm.load(asm.load("%args", 8 * action.number), layout.DATA)
    printer.stamps = _word(printer, action.before)


def _word(printer: Printer, number: int) -> str:
    return printer.asm.emit(f"getelementptr i64, ptr {printer.record}, i64 {number}")


def check_told(printer: Printer, action: CheckTold) -> None:
    """See `CheckTold`."""
    told = printer.asm.emit(f"load i64, ptr {_word(printer, action.word)}")
    printer.asm.require(printer.asm.emit(f"icmp eq i64 {told}, {printer.symbols[action.symbol]}"), "slow")


def stamp(printer: Printer, action: Stamp) -> None:
    """See `Stamp`."""
    at = printer.asm.emit(f"getelementptr i8, ptr {printer.stamps}, i64 {_STAMP * action.number}")
    printer.asm.emit(f"call i32 {address(clock_address())}(i32 0, ptr {at})")


def fill_message(printer: Printer, action: FillMessage) -> None:
    """See `FillMessage`."""
    asm = printer.asm
    message = asm.emit(f"load i64, ptr {printer.record}")
    for number in range(action.kernels):
        offset = asm.emit(f"load i64, ptr {_word(printer, action.word + number)}")
        at = asm.emit(f"inttoptr i64 {asm.emit(f'add i64 {message}, {offset}')} to ptr")
        stamps = asm.emit(f"getelementptr i8, ptr {printer.stamps}, i64 {2 * _STAMP * number}")
        asm.do(f"call void @note(ptr {at}, ptr {stamps})")
    printer.functions += _note_function()


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


@cache
def clock_address() -> int:
    """The address of the C library's `clock_gettime`; 0 if there is none."""
    try:
        return ctypes.cast(ctypes.CDLL(None).clock_gettime, ctypes.c_void_p).value or 0
    except (AttributeError, OSError, TypeError):
        return 0


TABLE: Final[Table] = {
    TakeRecord: take_record,
    CheckTold: check_told,
    Stamp: stamp,
    FillMessage: fill_message,
}
