"""Random numbers in a native step: taken of an operation's stream, and drawn into the memory of the result.

A stream's words lie at a fixed address (`ops/families/random/philox.py`). Of `random_uniform([n])` a step writes

    %low   = load stream.low                    the first block; the key and the high half likewise
    store %low + 256 n, stream.low              what is reserved, and the carry into the high half
    ...
    %job   = { key, %low, %high, %result }
    uniform(%job, 0, n / 4)                     whole blocks of four numbers; many of them in parts, on the pool
    uniform(%job', n / 4, n / 4 + n % 4 != 0)   the last block, on the stack, of which the rest is copied
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...ops.families.random.philox import BLOCKS_PER_NUMBER, stream_in
from ..machine.assembler import address
from ..plan.plan import Instruction
from ..runtime import pool
from ..specialize.symbolic import product
from ..step.actions import CheckStream, Draw, Reserve
from .launch import fill_context, release_gil, take_gil

if TYPE_CHECKING:
    from .printer import Printer

_BLOCK: Final = 16  # bytes
_SHARED: Final = 4096  # blocks from which on threads share them, without the GIL: some 20 us of work
_VERY_MANY: Final = 1 << 20  # blocks from which on a step that updates variables lets others run: some ms


def _words(printer: Printer, instruction: Instruction) -> str:
    """The address of the words of an instruction's stream, which lives as long as the step."""
    stream = stream_in(printer.list.state().random, instruction.op)
    printer.objects.append(stream)
    return address(stream.words.ctypes.data)


def check_stream(printer: Printer, action: CheckStream) -> None:
    """See `CheckStream`."""
    busy = printer.asm.load(_words(printer, action.instruction), 24, "i64")
    printer.asm.require(printer.asm.emit(f"icmp eq i64 {busy}, 0"), "slow")


def reserve(printer: Printer, action: Reserve) -> None:
    """See `Reserve`. The stream's words as they were are what `Draw` finds in `Printer.streams`."""
    asm = printer.asm
    words = _words(printer, action.instruction)
    key, low, high = (asm.load(words, offset, "i64") for offset in (0, 8, 16))
    count = printer.number(product(printer.extents[action.instruction.outputs[0]]))
    following = asm.emit(f"add i64 {low}, {asm.emit(f'mul i64 {count}, {BLOCKS_PER_NUMBER}')}")
    carry = asm.emit(f"zext i1 {asm.emit(f'icmp ult i64 {following}, {low}')} to i64")
    above = asm.emit(f"add i64 {high}, {carry}")
    for number, offset in ((following, 8), (above, 16)):
        asm.do(f"store i64 {number}, ptr {asm.emit(f'getelementptr i8, ptr {words}, i64 {offset}')}")
    printer.streams[action.instruction] = key, low, high


def draw(printer: Printer, action: Draw) -> None:
    """See `Draw`."""
    asm, drawn = printer.asm, action.drawn
    printer.objects.append(drawn.function)
    code = address(drawn.function.code.address)
    (value,) = drawn.instruction.outputs
    count = printer.number(product(printer.extents[value]))
    size = value.dtype.size
    whole = asm.emit(f"udiv i64 {count}, {_BLOCK // size}")
    stream = [f"i64 {word}" for word in printer.streams[drawn.instruction]]
    job = fill_context(asm, [*stream, f"ptr {printer.pointer(value)}"])
    many, few, tail = asm.label("many"), asm.label("few"), asm.label("tail")
    printer.branch(asm.emit(f"icmp uge i64 {whole}, {_SHARED}"), many, few)
    _share(printer, code, job, whole, action)
    asm.do(f"br label %{tail}")
    asm.block(few)
    asm.do(f"call void {code}(ptr {job}, i64 0, i64 {whole})")
    printer.go(tail)
    _draw_rest(printer, (code, stream), (count, whole, size), printer.pointer(value))


def _share(printer: Printer, code: str, job: str, blocks: str, action: Draw) -> None:
    """Draw many blocks on the pool."""
    asm = printer.asm
    share = address(pool.parallel_for_address())
    run = f"call void {share}(ptr {code}, ptr {job}, i64 {blocks}, i64 {printer.threads})"
    if action.gil == "keep":
        asm.do(run)
        return
    away, here, back = (asm.label(word) for word in ("away", "here", "back"))
    least = _VERY_MANY if action.gil == "let go if very long" else 0
    printer.branch(asm.emit(f"icmp uge i64 {blocks}, {least}"), away, here)
    saved = release_gil(asm)
    asm.do(run)
    take_gil(asm, saved)
    asm.do(f"br label %{back}")
    asm.block(here)
    asm.do(run)
    printer.go(back)


def _draw_rest(printer: Printer, source: tuple[str, list[str]], counts: tuple[str, str, int], out: str) -> None:
    """Draw the last block where not all of its numbers are wanted."""
    asm, (code, stream), (count, whole, size) = printer.asm, source, counts
    rest = asm.emit(f"and i64 {count}, {_BLOCK // size - 1}")
    some, done = asm.label("rest"), asm.label("drawn")
    block = asm.emit(f"alloca [{_BLOCK} x i8], align {_BLOCK}")
    bytes_before = asm.emit(f"mul i64 {whole}, {-_BLOCK}")
    job = fill_context(asm, [*stream, f"ptr {asm.emit(f'getelementptr i8, ptr {block}, i64 {bytes_before}')}"])
    printer.branch(asm.emit(f"icmp ne i64 {rest}, 0"), some, done)
    asm.do(f"call void {code}(ptr {job}, i64 {whole}, i64 {asm.emit(f'add i64 {whole}, 1')})")
    place = asm.emit(f"getelementptr i8, ptr {out}, i64 {asm.emit(f'mul i64 {whole}, {_BLOCK}')}")
    length = asm.emit(f"mul i64 {rest}, {size}")
    asm.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {place}, ptr {block}, i64 {length}, i1 false)")
    printer.go(done)


TABLE: Final[dict[type, Any]] = {
    CheckStream: check_stream,
    Reserve: reserve,
    Draw: draw,
}
