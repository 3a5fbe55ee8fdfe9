"""Convolutions of each channel for itself as LLVM functions: windows as pooling has them, with a weight for each place.

    weighted            output[p, c] = sum of image[p + q, c] * weights[q, c] over the places q of a window
    weighted gradient   result[p + q, c] += gradient[p, c] * weights[q, c]
    weights gradient    result[q, c] = sum of image[p + q, c] * gradient[p, c] over the pixels p of all images

The last one sums row by row, each row in registers, and what the rows give in memory: nothing hangs on the number of
threads, which take places of the window and blocks of channels.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...fusion.convolutions import Space
from ..function_text import FunctionText
from .convolution_code import Block
from .pooling_code import Pool


class ChannelPool(Pool):
    """Writes "weighted" and "weighted gradient" as `Pool` writes its own.

    The pointers are image, weights and output; weights, the output's gradient, and the image's gradient.
    """

    @property
    def pointers(self) -> list[str]:
        """The names of the pointers."""
        return ["image", "weights", "output"] if self.part == "weighted" else ["weights", "gradient", "result"]

    def _window(
        self, window: str, place: str, channel: str, block: Block, rows: tuple[str, str], columns: tuple[str, str]
    ) -> None:
        self._weights = self.text.at(self.plane.kind, "%weights", channel)
        super()._window(window, place, channel, block, rows, columns)

    def _kinds(self, block: Block) -> list[str]:
        return [self.tiles.vector] * block.vectors if self.part == "weighted" else []

    def _first(self, to: str, block: Block, count: str) -> list[str]:
        if self.part == "weighted":
            return ["zeroinitializer"] * block.vectors
        self._gradient = self.tiles.load(self.text.at(self.plane.kind, "%gradient", to), block)
        return []

    def _step(
        self, at: str, offset: int, block: Block, values: Sequence[str], place: tuple[str | int, str | int]
    ) -> list[str]:
        text, tiles, plane = self.text, self.tiles, self.plane
        row, column = place
        if isinstance(row, int) and isinstance(column, int):
            weights = text.at(plane.kind, self._weights, (row * plane.columns.size + column) * plane.source)
        else:
            number = text.emit(f"add i64 {text.times(str(row), plane.columns.size)}, {column}")
            weights = text.at(plane.kind, self._weights, text.times(number, plane.source))
        factors = tiles.load(weights, block)
        if self.part == "weighted":
            found = tiles.load(text.at(plane.kind, "%image", at, offset), block)
            return [tiles.added(*three) for three in zip(found, factors, values)]
        result = text.at(plane.kind, "%result", at, offset)
        sums = tiles.load(result, block)
        tiles.store(result, block, [tiles.added(*three) for three in zip(self._gradient, factors, sums)])
        return []

    def _last(self, to: str, block: Block, values: Sequence[str], count: str) -> None:
        if self.part == "weighted":
            self.tiles.store(self.text.at(self.plane.kind, "%output", to), block, values)


class WeightsGradient(Pool):
    """Writes `void kernel(ptr image, ptr gradient, ptr result, i64 batch, i64 start, i64 stop)`.

    The range counts `parts`: a place of the window each.
    """

    @property
    def pointers(self) -> list[str]:
        """The names of the pointers."""
        return ["image", "gradient", "result"]

    @property
    def parts(self) -> int:
        """How many there are."""
        return self.plane.rows.size * self.plane.columns.size

    def module(self) -> str:
        """The text of the module."""
        self.text.each("%start", "%stop", self._place)
        self.text.do("ret void")
        body = "\n".join(self.text.lines)
        arguments = ", ".join(f"ptr noalias %{name}" for name in self.pointers)
        head = f"define void @sessile_kernel({arguments}, i64 %batch, i64 %start, i64 %stop) {{\nentry:\n"
        return f"{self.tiles.declarations()}{head}{body}\n}}\n"

    def _place(self, number: str) -> None:
        """One place of the window."""
        text, plane = self.text, self.plane
        row = text.emit(f"udiv i64 {number}, {plane.columns.size}")
        column = text.emit(f"urem i64 {number}, {plane.columns.size}")
        result = text.at(plane.kind, "%result", text.times(number, plane.source))
        text.do(f"call void @llvm.memset.p0.i64(ptr {result}, i8 0, i64 {plane.source * plane.bytes}, i1 false)")
        first, stop = _inside(text, column, plane.columns)

        def image(number: str) -> None:
            def line(place: str) -> None:
                top = text.emit(f"add i64 {text.times(place, plane.rows.stride)}, {row}")
                top = text.emit(f"sub i64 {top}, {plane.rows.before}")
                above = text.emit(f"add i64 {text.times(number, plane.rows.extent)}, {top}")
                source = text.emit(f"sub i64 {text.times(above, plane.columns.extent)}, {plane.columns.before}")
                source = text.times(text.emit(f"add i64 {source}, {column}"), plane.source)
                before = text.emit(f"add i64 {text.times(number, plane.rows.count)}, {place}")
                gradient = text.times(before, plane.columns.count * plane.output)
                text.when(
                    text.emit(f"icmp ult i64 {top}, {plane.rows.extent}"),
                    lambda: self._line(source, gradient, result, (first, stop)),
                )

            text.each("0", str(plane.rows.count), line)

        text.each("0", "%batch", image)

    def _line(self, source: str, gradient: str, result: str, columns: tuple[str, str]) -> None:
        """Add what a row of the gradient gives."""
        text, tiles, plane = self.text, self.tiles, self.plane

        def of_channels(channel: str, block: Block) -> None:
            def pixel(number: str, *sums: str) -> Sequence[str]:
                at = text.emit(f"add i64 {source}, {text.times(number, plane.columns.stride * plane.source)}")
                found = tiles.load(text.at(plane.kind, "%image", at, channel), block)
                there = text.emit(f"add i64 {gradient}, {text.times(number, plane.output)}")
                factors = tiles.load(text.at(plane.kind, "%gradient", there, channel), block)
                return [tiles.added(*three) for three in zip(found, factors, sums)]

            sums = text.loop(*columns, 1, [(tiles.vector, "zeroinitializer")] * block.vectors, pixel)
            to = text.at(plane.kind, result, channel)
            old = tiles.load(to, block)
            tiles.store(to, block, [text.emit(f"fadd {tiles.vector} {a}, {b}") for a, b in zip(old, sums)])

        self._each_block(of_channels)


def _inside(text: FunctionText, place: str, space: Space) -> tuple[str, str]:
    """The windows whose place of this number lies inside: from one to before another."""

    def at_least_none(number: str) -> str:
        return text.emit(f"select i1 {text.emit(f'icmp sgt i64 {number}, 0')}, i64 {number}, i64 0")

    missing = at_least_none(text.emit(f"sub i64 {space.before}, {place}"))
    first = text.emit(f"udiv i64 {text.emit(f'add i64 {missing}, {space.stride - 1}')}, {space.stride}")
    reach = at_least_none(text.emit(f"sub i64 {space.extent - 1 + space.before + space.stride}, {place}"))
    stop = text.emit(f"udiv i64 {reach}, {space.stride}")
    fewer = text.emit(f"icmp ult i64 {stop}, {space.count}")
    return first, text.emit(f"select i1 {fewer}, i64 {stop}, i64 {space.count}")
