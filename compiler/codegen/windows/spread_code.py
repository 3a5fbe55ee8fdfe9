"""Gradients for the input of convolutions with strides, and transposed convolutions, as LLVM functions.

Between the elements of the output's gradient lie zeros, as many as the strides say, and most products with them are
nothing. So the columns of the result are taken by what they leave when divided by the stride, their *phase*: those of
one phase need the same columns of the filter, every stride-th, and neighbouring elements of the gradient, without
zeros. The same goes for rows. The filter is turned around first, and its columns of one phase are put together, so that
they and the channels are one run of memory.
"""

from __future__ import annotations

from ...fusion.convolutions import Plane, Space
from ..function_text import FunctionText
from .convolution_code import Block, Machine, Tile, Tiles, blocks_of, copy_row, even_parts


def phase_order(size: int, spread: int) -> list[int]:
    """The columns of a filter, those of one phase together.

    >>> phase_order(5, 2)
    [0, 2, 4, 1, 3]
    """
    return [column for phase in range(spread) for column in range(phase, size, spread)]


class SpreadRows:
    """Writes `void sessile_kernel(ptr source, ptr filter, ptr output, i64 start, i64 stop)` for a plane that is spread.

    The filter is [rows, columns in the order of phases, source channels, output channels]; the range counts rows of the
    outputs.
    """

    def __init__(self, plane: Plane, machine: Machine) -> None:
        self.plane = plane
        self.text = FunctionText()
        self.tiles = Tiles(self.text, plane.kind, machine)
        most = 4 if machine.registers >= 32 else 2
        self.blocks = blocks_of(plane.output, machine.lanes, most)
        widest = max(block.vectors for block in self.blocks)
        self._pixels = max(1, (machine.registers - 2 - widest) // widest)
        # A row of the source on the stack: so many zeros before it, and so many elements in all.
        columns = plane.columns
        self._left = columns.before // columns.spread
        width = (columns.count - 1 - columns.before + columns.size - 1) // columns.spread + 1 + self._left
        self._row_plane = plane._replace(columns=Space(columns.extent, self._left, 1, 1, 1, 1, width))

    @property
    def pitch(self) -> int:
        """The elements of a row on the stack."""
        return self._row_plane.columns.width * self.plane.source

    def module(self) -> str:
        """The text of the module."""
        plane, text = self.plane, self.text
        lines = -(-plane.rows.size // plane.rows.spread)
        copied = text.emit(f"alloca [{lines * self.pitch * plane.bytes} x i8], align 64")
        text.each("%start", "%stop", lambda row: self._row(row, copied))
        text.do("ret void")
        body = "\n".join(text.lines)
        head = "define void @sessile_kernel(ptr %source, ptr %filter, ptr %output, i64 %start, i64 %stop) {\nentry:\n"
        return f"{self.tiles.declarations()}{head}{body}\n}}\n"

    def _row(self, row: str, copied: str) -> None:
        """One row of the result of one image."""
        plane, text = self.plane, self.text
        rows = plane.rows
        image, line = text.emit(f"udiv i64 {row}, {rows.count}"), text.emit(f"urem i64 {row}, {rows.count}")
        source = text.at(plane.kind, "%source", text.times(image, rows.extent * plane.columns.extent * plane.source))
        # The first row of the filter that meets a row of the source here, and that row, which may be outside.
        phase = text.emit(f"urem i64 {text.emit(f'add i64 {line}, {-rows.before % rows.spread}')}, {rows.spread}")
        first = text.emit(f"urem i64 {text.emit(f'sub i64 {rows.spread}, {phase}')}, {rows.spread}")
        left = text.emit(f"sub i64 {rows.size + rows.spread - 1}, {first}")
        count = text.emit(f"udiv i64 {left}, {rows.spread}")
        meeting = text.emit(f"sub i64 {text.emit(f'add i64 {line}, {first}')}, {rows.before}")
        top = text.emit(f"sdiv i64 {meeting}, {rows.spread}")
        text.each("0", count, lambda number: self._copy(source, top, number, copied))
        step = plane.columns.size * plane.source * plane.output
        filter = text.at(plane.kind, "%filter", text.times(first, step))
        output = text.at(plane.kind, "%output", text.times(row, plane.columns.count * plane.output))
        for block in self.blocks:
            for phase_number in range(min(plane.columns.spread, plane.columns.count)):
                self._phase(phase_number, copied, filter, output, block, count)

    def _copy(self, source: str, top: str, number: str, copied: str) -> None:
        """A row of the source to the stack; zeros if there is none."""
        plane, text = self.plane, self.text
        there = text.at(plane.kind, copied, text.times(number, self.pitch))
        line = text.emit(f"add i64 {top}, {number}")
        size = plane.columns.extent * plane.source

        def copy() -> None:
            copy_row(text, self._row_plane, text.at(plane.kind, source, text.times(line, size)), there)

        def clear() -> None:
            text.do(f"call void @llvm.memset.p0.i64(ptr {there}, i8 0, i64 {self.pitch * plane.bytes}, i1 false)")

        text.when(text.emit(f"icmp ult i64 {line}, {plane.rows.extent}"), copy, clear)

    def _phase(self, phase: int, copied: str, filter: str, output: str, block: Block, lines: str) -> None:
        """The pixels of one phase of a row."""
        plane, text, columns = self.plane, self.text, self.plane.columns
        first = (columns.before - phase) % columns.spread
        taken = range(first, columns.size, columns.spread)
        place = phase_order(columns.size, columns.spread).index(first) if taken else 0
        start = (phase - columns.before + first) // columns.spread + self._left
        weights = text.at(plane.kind, filter, place * plane.source * plane.output + block.start)
        filter_step = columns.size * plane.source * plane.output * plane.rows.spread
        count = -(-(columns.count - phase) // columns.spread)
        lengths: dict[int, list[int]] = {}
        for begin, length in even_parts(count, self._pixels):
            lengths.setdefault(length, []).append(begin)
        for length, begins in lengths.items():
            tile = Tile(self.tiles, block, length, plane.source, plane.output)

            def pixels(number: str, tile: Tile = tile) -> None:
                at = text.at(plane.kind, copied, text.times(number, plane.source), start * plane.source)
                to = text.at(plane.kind, output, text.times(number, columns.spread * plane.output))
                to = text.at(plane.kind, to, phase * plane.output + block.start)
                sums = tile.over_lines(at, weights, lines, (self.pitch, filter_step), len(taken) * plane.source)
                tile.store(to, columns.spread * plane.output, sums)

            text.each(str(begins[0]), str(begins[-1] + length), pixels, length)


def turned_filter(rows: int, columns: int, inner: int, outer: int, kind: str, spread: int = 1) -> str:
    """The text of `void sessile_kernel(ptr filter, ptr turned, i64 start, i64 stop)`: the filter turned around, with
    its two kinds of channels exchanged and its columns in the order of phases; the range counts its rows."""
    text = FunctionText()
    size = inner * outer
    order = phase_order(columns, spread)

    def row(number: str) -> None:
        source = text.at(kind, "%filter", text.times(number, columns * size))
        other = text.emit(f"sub i64 {rows - 1}, {number}")
        target = text.at(kind, "%turned", text.times(other, columns * size))
        for place, column in enumerate(order):
            _exchanged(
                text,
                kind,
                text.at(kind, source, (columns - 1 - column) * size),
                text.at(kind, target, place * size),
                (inner, outer),
            )

    text.each("%start", "%stop", row)
    text.do("ret void")
    body = "\n".join(text.lines)
    arguments = "ptr noalias %filter, ptr noalias %turned, i64 %start, i64 %stop"
    return f"define void @sessile_kernel({arguments}) {{\nentry:\n{body}\n}}\n"


def _exchanged(text: FunctionText, kind: str, source: str, target: str, sizes: tuple[int, int]) -> None:
    """Transpose a matrix."""
    inner, outer = sizes

    def channel(i: str) -> None:
        def element(j: str) -> None:
            value = text.emit(f"load {kind}, ptr {text.at(kind, source, text.times(i, outer), j)}")
            text.do(f"store {kind} {value}, ptr {text.at(kind, target, text.times(j, inner), i)}")

        text.each("0", str(outer), element)

    text.each("0", str(inner), channel)
