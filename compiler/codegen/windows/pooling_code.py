"""Pooling as LLVM functions: vectors of channels, windows cut at the borders, all sizes but the batch's compiled in.

A window that lies wholly inside is written out, place by place; one that a border cuts is a loop over what is left of
it. The gradient of an image is cleared first, then each window adds to the places that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...fusion.convolutions import Plane
from ..function_text import FunctionText
from .convolution_code import Block, Machine, Tiles, blocks_of

_MOST_WRITTEN = 16  # places of a window that are written out


class Pool:
    """Writes `void sessile_kernel(ptr..., i64 start, i64 stop)`.

    The pointers of "max" and "avg" are image and output, and the range counts rows of the output; those of a gradient
    are image and output ("max" only), the output's gradient, and the image's gradient, and the range counts images.
    """

    def __init__(self, plane: Plane, part: str, machine: Machine) -> None:
        self.plane = plane
        self.part = part
        self.text = FunctionText()
        self.tiles = Tiles(self.text, plane.kind, machine)
        self.lanes = machine.lanes
        self._blocks = blocks_of(plane.source, machine.lanes, 4)

    @property
    def pointers(self) -> list[str]:
        """The names of the pointers."""
        names = {"max gradient": ["image", "output", "gradient", "result"], "avg gradient": ["gradient", "result"]}
        return names.get(self.part, ["image", "output"])

    def module(self) -> str:
        """The text of the module."""
        text, plane = self.text, self.plane
        if self.part.endswith("gradient"):
            text.each("%start", "%stop", self._image)
        else:

            def row(number: str) -> None:
                image = text.emit(f"udiv i64 {number}, {plane.rows.count}")
                self._row(image, text.emit(f"urem i64 {number}, {plane.rows.count}"))

            text.each("%start", "%stop", row)
        text.do("ret void")
        body = "\n".join(text.lines)
        arguments = ", ".join(f"ptr noalias %{name}" for name in self.pointers)
        suffix = f"v{self.lanes}{'f32' if plane.kind == 'float' else 'f64'}"
        vector = self.tiles.vector
        declared = f"declare {vector} @llvm.maxnum.{suffix}({vector}, {vector})\n"
        head = f"define void @sessile_kernel({arguments}, i64 %start, i64 %stop) {{\nentry:\n"
        return f"{self.tiles.declarations()}{declared}{head}{body}\n}}\n"

    def _image(self, number: str) -> None:
        """The gradient of one image."""
        text, plane = self.text, self.plane
        size = plane.rows.extent * plane.columns.extent * plane.source
        result = text.at(plane.kind, "%result", text.times(number, size))
        text.do(f"call void @llvm.memset.p0.i64(ptr {result}, i8 0, i64 {size * plane.bytes}, i1 false)")
        text.each("0", str(plane.rows.count), lambda line: self._row(number, line))

    def _row(self, image: str, line: str) -> None:
        """A row of windows of one image."""
        text, plane = self.text, self.plane
        top = text.emit(f"sub i64 {text.times(line, plane.rows.stride)}, {plane.rows.before}")
        rows = self._left_of(top, plane.rows)
        above = text.emit(f"add i64 {text.times(image, plane.rows.extent)}, {top}")
        inside = text.times(above, plane.columns.extent * plane.source)
        before = text.emit(f"add i64 {text.times(image, plane.rows.count)}, {line}")
        outside = text.times(before, plane.columns.count * plane.output)

        def pixel(number: str) -> None:
            start = text.emit(f"sub i64 {text.times(number, plane.columns.stride)}, {plane.columns.before}")
            columns = self._left_of(start, plane.columns)
            window = text.emit(f"add i64 {inside}, {text.times(start, plane.source)}")
            place = text.emit(f"add i64 {outside}, {text.times(number, plane.output)}")
            self._each_block(lambda channel, block: self._window(window, place, channel, block, rows, columns))

        text.each("0", str(plane.columns.count), pixel)

    def _left_of(self, start: str, space: Any) -> tuple[str, str]:
        """The places of a window, from one to before another, that lie inside."""
        text = self.text
        if space.is_bare:
            return "0", str(space.size)
        missing = text.emit(f"sub i64 0, {start}")
        first = text.emit(f"select i1 {text.emit(f'icmp sgt i64 {missing}, 0')}, i64 {missing}, i64 0")
        left = text.emit(f"sub i64 {space.extent}, {start}")
        is_less = text.emit(f"icmp slt i64 {left}, {space.size}")
        return first, text.emit(f"select i1 {is_less}, i64 {left}, i64 {space.size}")

    def _each_block(self, body: Callable[[str, Block], None]) -> None:
        """The channels, whole blocks in a loop."""
        full = [block for block in self._blocks if block.vectors == 4 and block.last == self.lanes]
        if len(full) > 1:
            step = 4 * self.lanes
            self.text.each("0", str(step * len(full)), lambda channel: body(channel, full[0]), step)
        else:
            for block in full:
                body(str(block.start), block)
        for block in self._blocks[len(full) :]:
            body(str(block.start), block)

    def _window(
        self, window: str, place: str, channel: str, block: Block, rows: tuple[str, str], columns: tuple[str, str]
    ) -> None:
        """One window and one block of channels: written out where it is whole."""
        text, plane = self.text, self.plane
        at = text.emit(f"add i64 {window}, {channel}")
        to = text.emit(f"add i64 {place}, {channel}")
        size = plane.rows.size * plane.columns.size
        if plane.is_bare and size <= _MOST_WRITTEN:
            self._whole(at, to, block)
            return
        height = text.emit(f"sub i64 {rows[1]}, {rows[0]}")
        width = text.emit(f"sub i64 {columns[1]}, {columns[0]}")
        count = text.emit(f"mul i64 {height}, {width}")
        if size > _MOST_WRITTEN:
            self._cut(at, to, block, rows, columns, count)
            return
        text.when(
            text.emit(f"icmp eq i64 {count}, {size}"),
            lambda: self._whole(at, to, block),
            lambda: self._cut(at, to, block, rows, columns, count),
        )

    def _whole(self, at: str, to: str, block: Block) -> None:
        plane = self.plane
        rows, columns = range(plane.rows.size), range(plane.columns.size)
        places = [(row * plane.columns.extent + column) * plane.source for row in rows for column in columns]
        values = self._first(to, block, str(len(places)))
        for number, place in enumerate(places):
            values = self._step(at, place, block, values, divmod(number, plane.columns.size))
        self._last(to, block, values, str(len(places)))

    def _cut(self, at: str, to: str, block: Block, rows: tuple[str, str], columns: tuple[str, str], count: str) -> None:
        text, plane = self.text, self.plane
        carried = self._first(to, block, count)
        kinds = self._kinds(block)

        def row(number: str, *values: str) -> Sequence[str]:
            line = text.emit(f"add i64 {at}, {text.times(number, plane.columns.extent * plane.source)}")

            def column(other: str, *values: str) -> Sequence[str]:
                place = text.emit(f"add i64 {line}, {text.times(other, plane.source)}")
                return self._step(place, 0, block, values, (number, other))

            return text.loop(*columns, 1, list(zip(kinds, values)), column)

        self._last(to, block, text.loop(*rows, 1, list(zip(kinds, carried)), row), count)

    # What each kind of pooling does before, at each place of, and after a window.

    def _kinds(self, block: Block) -> list[str]:
        if self.part == "max gradient":
            return [f"<{self.lanes} x i1>"] * block.vectors
        return [] if self.part == "avg gradient" else [self.tiles.vector] * block.vectors

    def _first(self, to: str, block: Block, count: str) -> list[str]:
        """The values that are carried through a window."""
        text, kind = self.text, self.plane.kind
        if self.part == "max":
            lowest = "0xFFF0000000000000"  # minus infinity
            return [f"<{', '.join([f'{kind} {lowest}'] * self.lanes)}>"] * block.vectors
        if self.part == "avg":
            return ["zeroinitializer"] * block.vectors
        self._gradient = self.tiles.load(text.at(kind, "%gradient", to), block)
        if self.part == "avg gradient":
            divisor = self._divisor(count)
            self._gradient = [text.emit(f"fdiv {self.tiles.vector} {value}, {divisor}") for value in self._gradient]
            return []
        self._largest = self.tiles.load(text.at(kind, "%output", to), block)
        return [f"<{', '.join(['i1 true'] * self.lanes)}>"] * block.vectors

    def _step(
        self, at: str, offset: int, block: Block, values: Sequence[str], place: tuple[str | int, str | int]
    ) -> list[str]:
        """One place of a window: its row and column, numbers where the window is written out."""
        text, tiles, vector = self.text, self.tiles, self.tiles.vector
        if self.part in ("max", "avg"):
            found = tiles.load(text.at(self.plane.kind, "%image", at, offset), block)
            if self.part == "avg":
                return [text.emit(f"fadd {vector} {old}, {new}") for old, new in zip(values, found)]
            if place == (0, 0):
                return found
            suffix = f"v{self.lanes}{'f32' if self.plane.kind == 'float' else 'f64'}"
            return [
                text.emit(f"call {vector} @llvm.maxnum.{suffix}({vector} {old}, {vector} {new})")
                for old, new in zip(values, found)
            ]
        result = text.at(self.plane.kind, "%result", at, offset)
        sums = tiles.load(result, block)
        following: list[str] = []
        amounts = self._gradient
        if self.part == "max gradient":
            found = tiles.load(text.at(self.plane.kind, "%image", at, offset), block)
            mask = f"<{self.lanes} x i1>"
            amounts = []
            for free, value, largest, gradient in zip(values, found, self._largest, self._gradient):
                equal = text.emit(f"fcmp oeq {vector} {value}, {largest}")
                here = text.emit(f"and {mask} {equal}, {free}")
                amounts.append(text.emit(f"select {mask} {here}, {vector} {gradient}, {vector} zeroinitializer"))
                full = f"<{', '.join(['i1 true'] * self.lanes)}>"
                following.append(text.emit(f"and {mask} {free}, {text.emit(f'xor {mask} {here}, {full}')}"))
        added = [text.emit(f"fadd {vector} {old}, {amount}") for old, amount in zip(sums, amounts)]
        tiles.store(result, block, added)
        return following

    def _last(self, to: str, block: Block, values: Sequence[str], count: str) -> None:
        """Write what a window gives."""
        text = self.text
        if self.part.endswith("gradient"):
            return
        if self.part == "avg":
            divisor = self._divisor(count)
            values = [text.emit(f"fdiv {self.tiles.vector} {value}, {divisor}") for value in values]
        self.tiles.store(text.at(self.plane.kind, "%output", to), block, values)

    def _divisor(self, count: str) -> str:
        """A vector of the number of elements in a window."""
        text, kind, vector = self.text, self.plane.kind, self.tiles.vector
        number = text.emit(f"uitofp i64 {count} to {kind}")
        first = text.emit(f"insertelement {vector} poison, {kind} {number}, i32 0")
        return text.emit(f"shufflevector {vector} {first}, {vector} poison, <{self.lanes} x i32> zeroinitializer")
