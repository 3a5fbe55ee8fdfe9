"""A large product of matrices as tiles of the result, each one call of BLAS on one thread, shared by the pool.

BLAS's own threads wait for each other while they spin: where another process has a core, a product then takes tens of
milliseconds instead of one. Tiles are taken by whoever is free. How a product is cut depends on its sizes alone, so its
bits do not depend on the number of threads.

A product of 784 x 256, 64 shared, is two tiles of 400 x 256:

    784 x 256 x 64 = 12.8 million multiplications > 8.4 million: halve the longer side, to whole 16ths: 400
    400 x 256 x 64 =  6.6 million: enough
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...machine.assembler import address
from ...runtime import blas
from ..launch import Launch

if TYPE_CHECKING:
    from ..printer import Printer

_LEAST: Final = 1 << 20  # multiplications that are not worth sharing: 30 us
_MOST: Final = 1 << 23  # of a tile: 0.25 ms
_SHORTEST: Final = 96  # sides are not halved below: each tile has BLAS arrange what it reads anew
_SHARED: Final = 512  # from so many elements shared on tiles of the size above would be so small that this tells
_SHORTER: Final = 512  # then shorter sides are not halved
_LARGE: Final = 1 << 26  # but of tiles of more multiplications, 2 ms, and while there is but one
_SIDE: Final = 16  # tiles are whole numbers of BLAS's own blocks
_PER_ADDITION: Final = 8  # multiplications in the time of an addition of other loops
_WEIGHT: Final = 2  # of such additions: a product has fewer results than a loop of that many

_SIZES: Final = """define internal {{ i64, i64 }} @tile_sizes(i64 %m, i64 %n, i64 %k) {{
entry:
  %all = mul i64 %m, %n
  %work = mul i64 %all, %k
  %half = lshr i64 %work, 1
  %sixteenth = lshr i64 %work, 4
  %half.up = add i64 %half, %sixteenth
  %at.least = call i64 @llvm.umax.i64(i64 %half, i64 {least})
  %limit = call i64 @llvm.umin.i64(i64 %at.least, i64 {most})
  br label %look
look:
  %rows = phi i64 [ %m, %entry ], [ %fewer.rows, %halve ]
  %columns = phi i64 [ %n, %entry ], [ %fewer.columns, %halve ]
  %size = mul i64 %rows, %columns
  %tile = mul i64 %size, %k
  %large = icmp ugt i64 %tile, %limit
  %side = call i64 @llvm.umax.i64(i64 %rows, i64 %columns)
  %few = icmp ule i64 %k, {shared}
  %large.tile = icmp ugt i64 %tile, {large}
  %whole.work = icmp ugt i64 %tile, %half.up
  %some = or i1 %few, %large.tile
  %any = or i1 %some, %whole.work
  %shortest = select i1 %any, i64 {shortest}, i64 {shorter}
  %long = icmp uge i64 %side, %shortest
  %go = and i1 %large, %long
  br i1 %go, label %halve, label %end
halve:
  %up = add i64 %side, {up}
  %part = lshr i64 %up, 1
  %whole = and i64 %part, -{unit}
  %by.rows = icmp ugt i64 %rows, %columns
  %fewer.rows = select i1 %by.rows, i64 %whole, i64 %rows
  %fewer.columns = select i1 %by.rows, i64 %columns, i64 %whole
  br label %look
end:
  %one = insertvalue {{ i64, i64 }} poison, i64 %rows, 0
  %both = insertvalue {{ i64, i64 }} %one, i64 %columns, 1
  ret {{ i64, i64 }} %both
}}
"""

_TILES: Final = """define internal void {name}(ptr %a, ptr %b, ptr %c, i64 %m, i64 %n, i64 %k, i64 %lda, i64 %ldb, \
i64 %ldc, i64 %rows, i64 %columns, i64 %start, i64 %stop) {{
entry:
  {begin}
  %up = add i64 %n, %columns
  %more = sub i64 %up, 1
  %across = udiv i64 %more, %columns
  br label %head
head:
  %tile = phi i64 [ %start, %entry ], [ %next, %body ]
  %some = icmp ult i64 %tile, %stop
  br i1 %some, label %body, label %end
body:
  %down = udiv i64 %tile, %across
  %right = urem i64 %tile, %across
  %row = mul i64 %down, %rows
  %column = mul i64 %right, %columns
  %rows.left = sub i64 %m, %row
  %columns.left = sub i64 %n, %column
  %height = call i64 @llvm.umin.i64(i64 %rows, i64 %rows.left)
  %width = call i64 @llvm.umin.i64(i64 %columns, i64 %columns.left)
  %a.offset = mul i64 %row, {row_step}
  %b.offset = mul i64 %column, {column_step}
  %c.row = mul i64 %row, %ldc
  %c.offset = add i64 %c.row, %column
  %a.at = getelementptr {kind}, ptr %a, i64 %a.offset
  %b.at = getelementptr {kind}, ptr %b, i64 %b.offset
  %c.at = getelementptr {kind}, ptr %c, i64 %c.offset
  call void {multiply}(ptr %a.at, ptr %b.at, ptr %c.at, i64 %height, i64 %width, i64 %k, i64 %lda, i64 %ldb, i64 %ldc)
  %next = add i64 %tile, 1
  br label %head
end:
  {finish}
  ret void
}}
"""


def tiles_function(
    name: str, multiply: str, kind: str, flipped_a: bool, flipped_b: bool, around: blas.Around | None
) -> str:
    """Text of `void name(a, b, c, m, n, k, lda, ldb, ldc, rows, columns, start, stop)`: some tiles, on one thread.

    Args:
      multiply: the function that computes one product, as a constant of LLVM.
      kind: "float" or "double".
      flipped_a, flipped_b: whether a factor lies by columns.
      around: what forks wait for, where the function runs without the GIL.
    """
    return _TILES.format(
        name=name,
        multiply=multiply,
        kind=kind,
        row_step="1" if flipped_a else "%lda",
        column_step="%ldb" if flipped_b else "1",
        begin=f"call void {address(around.begin)}()" if around else "",
        finish=f"call void {address(around.end)}()" if around else "",
    )


def sizes_function() -> str:
    """Text of `{ rows, columns } tile_sizes(m, n, k)`."""
    lengths = {"shortest": _SHORTEST, "shorter": _SHORTER, "shared": _SHARED, "up": 2 * _SIDE - 1, "unit": _SIDE}
    return _SIZES.format(least=_LEAST, most=_MOST, large=_LARGE, **lengths)


class Tiles:
    """Emits the tiles of one product.

    Args:
      multiply, kind, flips: as in `tiles_function`.
      arguments: the pointers a, b and c, and m, n, k, lda, ldb, ldc, such as "i64 7".
      work: the multiplications.
    """

    def __init__(
        self, printer: Printer, multiply: str, kind: str, flips: tuple[bool, bool], arguments: list[str], work: str
    ) -> None:
        self._printer = printer
        self._multiply = multiply
        self._kind = kind
        self._flips = flips
        self._arguments = arguments
        self._work = work

    def run(self, keeps_gil: bool, interrupted: str) -> None:
        """Emit the run of all tiles, where BLAS uses one thread; without the GIL unless it is kept.

        Args:
          interrupted: the label to leave for when the handler of a signal raised in between.
        """
        printer, asm = self._printer, self._printer.asm
        if "@tile_sizes(" not in printer.functions:
            printer.functions += sizes_function()
        around = None if keeps_gil else blas.limit_addresses(1)
        name = f"{self._multiply}_tiles{'_held' if keeps_gil else ''}"
        if f"{name}(" not in printer.functions:
            printer.functions += tiles_function(name, self._multiply, self._kind, *self._flips, around)
        m, n, k = (argument.split()[1] for argument in self._arguments[3:6])
        sizes = asm.emit(f"call {{ i64, i64 }} @tile_sizes(i64 {m}, i64 {n}, i64 {k})")
        counts = []
        for number, extent in enumerate((m, n)):
            side = asm.emit(f"extractvalue {{ i64, i64 }} {sizes}, {number}")
            counts.append((side, _rounded_up(printer, extent, side)))
        arguments = [*self._arguments, *(f"i64 {side}" for side, _ in counts)]
        launch = Launch(asm, asm.label("tiles"), name, arguments, _WEIGHT, printer.threads, keeps_gil, interrupted)
        count = asm.emit(f"mul i64 {counts[0][1]}, {counts[1][1]}")
        launch.run(count, asm.emit(f"udiv i64 {self._work}, {_PER_ADDITION}"))
        printer.functions += launch.functions


def _rounded_up(printer: Printer, number: str, by: str) -> str:
    """`number` over `by`, rounded up; neither is 0."""
    less = printer.asm.emit(f"sub i64 {number}, 1")
    return printer.asm.emit(f"add i64 {printer.asm.emit(f'udiv i64 {less}, {by}')}, 1")
