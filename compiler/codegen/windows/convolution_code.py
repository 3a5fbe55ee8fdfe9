"""Convolutions as LLVM functions: direct, with accumulators in registers, all sizes but the batch's compiled in.

A *tile* is what is accumulated in registers at a time: some pixels of a row of the output by some vectors of output
channels. For each element of the window the channels' weights are read as vectors (the filter lies with its output
channels last) and the pixels as numbers that are spread to vectors. As many multiplications are under way as registers
hold, so neither memory nor the units' latency holds them up.

The rows of the input that a row of the output needs are first copied to the stack, with their padding, unless there is
none; then windows need no test of borders, and the columns and channels of a window's row are one run of memory.

For example, 3 x 3 windows of 16 channels to 32, with 32 registers of 16 floats: 32 channels are two vectors, and of 14
pixels a tile has 28 accumulators; two registers hold weights, two are spare. For each of the 3 x 3 x 16 elements of a
window two vectors of weights are read, and 14 numbers that are spread: 28 multiplications for 16 reads.

The gradient for the input is the same function, of the output's gradient with zeros in between (for strides) and of the
filter turned around. The gradient for the filter accumulates tiles of the filter over the pixels of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from ...fusion.convolutions import Plane
from ..function_text import FunctionText


class Machine(NamedTuple):
    """What the processor's registers hold.

    Attributes:
      lanes: the elements of a vector.
      registers: how many vectors there are.
    """

    lanes: int
    registers: int


class Block(NamedTuple):
    """Some vectors of channels: where they begin, how many, and how many elements the last one has."""

    start: int
    vectors: int
    last: int


def blocks_of(channels: int, lanes: int, most: int) -> list[Block]:
    """Channels as blocks of up to `most` vectors."""
    count = -(-channels // lanes)
    blocks, at = [], 0
    while at < count:
        vectors = min(most, count - at)
        rest = channels - (at + vectors - 1) * lanes
        blocks.append(Block(at * lanes, vectors, min(rest, lanes)))
        at += vectors
    return blocks


class Run(NamedTuple):
    """Equal things one behind the other, which one loop does: where they begin, their number, how long each is."""

    start: int
    number: int
    length: int

    @property
    def stop(self) -> int:
        """Where they end."""
        return self.start + self.number * self.length


def equal_parts(count: int, most: int) -> list[Run]:
    """`even_parts`, those of one length together: one or two runs."""
    runs: list[Run] = []
    for start, length in even_parts(count, most):
        if runs and runs[-1].length == length:
            runs[-1] = runs[-1]._replace(number=runs[-1].number + 1)
        else:
            runs.append(Run(start, 1, length))
    return runs


def even_parts(count: int, most: int) -> Iterator[tuple[int, int]]:
    """Start and length of nearly equal parts of at most `most`."""
    number = -(-count // most)
    start = 0
    for part in range(number):
        length = count // number + (part < count % number)
        yield start, length
        start += length


class Tiles:
    """Writes the arithmetic of tiles."""

    def __init__(self, text: FunctionText, kind: str, machine: Machine) -> None:
        self.text = text
        self.kind = kind
        self.lanes = machine.lanes
        self.vector = f"<{machine.lanes} x {kind}>"
        self._suffix = f"v{machine.lanes}{'f32' if kind == 'float' else 'f64'}"
        self._align = 4 if kind == "float" else 8

    def declarations(self) -> str:
        """What the module has to declare."""
        vector, mask = self.vector, f"<{self.lanes} x i1>"
        return (
            f"declare {vector} @llvm.fma.{self._suffix}({vector}, {vector}, {vector})\n"
            f"declare {vector} @llvm.masked.load.{self._suffix}.p0(ptr, i32, {mask}, {vector})\n"
            f"declare void @llvm.masked.store.{self._suffix}.p0({vector}, ptr, i32, {mask})\n"
            "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)\n"
            "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)\n"
        )

    def each_block(self, blocks: Sequence[Block], body: Callable[[str, Block], None]) -> None:
        """Write `body` once for all blocks of one width, in a loop: it takes the first channel's name and a block."""
        for width, count in Counter(block._replace(start=0) for block in blocks).items():
            first = next(block.start for block in blocks if block._replace(start=0) == width)

            def turn(number: str, width: Block = width, first: int = first) -> None:
                past = self.text.times(number, width.vectors * self.lanes)
                body(self.text.emit(f"add i64 {past}, {first}"), width)

            self.text.each("0", str(count), turn)

    def _mask(self, count: int) -> str:
        return f"<{', '.join(f'i1 {lane < count:d}' for lane in range(self.lanes))}>"

    def load(self, base: str, block: Block) -> list[str]:
        """The vectors of a block that begins at `base`."""
        found = []
        for number in range(block.vectors):
            at = self.text.at(self.kind, base, number * self.lanes)
            if number == block.vectors - 1 and block.last < self.lanes:
                mask = f"<{self.lanes} x i1> {self._mask(block.last)}"
                arguments = f"ptr {at}, i32 {self._align}, {mask}, {self.vector} zeroinitializer"
                found.append(self.text.emit(f"call {self.vector} @llvm.masked.load.{self._suffix}.p0({arguments})"))
            else:
                found.append(self.text.emit(f"load {self.vector}, ptr {at}, align {self._align}"))
        return found

    def store(self, base: str, block: Block, values: Sequence[str]) -> None:
        """Write the vectors of a block."""
        for number, value in enumerate(values):
            at = self.text.at(self.kind, base, number * self.lanes)
            if number == block.vectors - 1 and block.last < self.lanes:
                mask = f"<{self.lanes} x i1> {self._mask(block.last)}"
                call = (
                    f"@llvm.masked.store.{self._suffix}.p0({self.vector} {value}, ptr {at}, i32 {self._align}, {mask})"
                )
                self.text.do(f"call void {call}")
            else:
                self.text.do(f"store {self.vector} {value}, ptr {at}, align {self._align}")

    def spread(self, at: str) -> str:
        """A vector of the number at an address."""
        number = self.text.emit(f"load {self.kind}, ptr {at}, align {self._align}")
        first = self.text.emit(f"insertelement {self.vector} poison, {self.kind} {number}, i32 0")
        zeros = f"<{self.lanes} x i32> zeroinitializer"
        return self.text.emit(f"shufflevector {self.vector} {first}, {self.vector} poison, {zeros}")

    def multiplied(self, numbers: Sequence[str], vectors: Sequence[str], sums: Sequence[str]) -> list[str]:
        """The sums, `numbers` by `vectors` of them, with one more product each.

        Args:
          numbers: the addresses of numbers.
        """
        found = []
        for place, at in enumerate(numbers):
            spread = self.spread(at)
            for number, vector in enumerate(vectors):
                found.append(self.added(spread, vector, sums[place * len(vectors) + number]))
        return found

    def added(self, one: str, other: str, total: str) -> str:
        """A vector with the product of two others added."""
        arguments = f"{self.vector} {one}, {self.vector} {other}, {self.vector} {total}"
        return self.text.emit(f"call {self.vector} @llvm.fma.{self._suffix}({arguments})")


class Tile(NamedTuple):
    """Some pixels of a row by a block of channels, while their sums lie in registers.

    Attributes:
      step: the elements of the source from a pixel's window to the next one's.
      channels: those of the output: the elements of the filter from an element of the window to the next.
    """

    tiles: Tiles
    block: Block
    pixels: int
    step: int
    channels: int

    def over_lines(
        self, source: str, filter: str, count: str, steps: tuple[int, int], run: int, sums: Sequence[str] = ()
    ) -> list[str]:
        """Add the products of `count` runs of `run` elements each, `steps` apart in source and filter.

        Returns: the sums, the vectors of each pixel together.
        """
        tiles, kind = self.tiles, self.tiles.kind
        text = tiles.text
        first = list(sums) or ["zeroinitializer"] * (self.pixels * self.block.vectors)

        def line(number: str, *sums: str) -> Sequence[str]:
            start = text.at(kind, source, text.times(number, steps[0]))
            weights = text.at(kind, filter, text.times(number, steps[1]))

            def element(place: str, *sums: str) -> Sequence[str]:
                vectors = tiles.load(text.at(kind, weights, text.times(place, self.channels)), self.block)
                at = text.at(kind, start, place)
                numbers = [text.at(kind, at, pixel * self.step) for pixel in range(self.pixels)]
                return tiles.multiplied(numbers, vectors, sums)

            return text.loop("0", str(run), 1, [(tiles.vector, value) for value in sums], element)

        return text.loop("0", count, 1, [(tiles.vector, value) for value in first], line)

    def store(self, output: str, step: int, sums: Sequence[str]) -> None:
        """Write the sums, pixels `step` elements apart."""
        vectors = self.block.vectors
        for pixel in range(self.pixels):
            at = self.tiles.text.at(self.tiles.kind, output, pixel * step)
            self.tiles.store(at, self.block, sums[pixel * vectors : (pixel + 1) * vectors])


class Forward:
    """Writes `void kernel(ptr source, ptr filter, ptr output, i64 start, i64 stop)`.

    The filter is [rows, columns, source channels, output channels]; the range counts rows of the outputs.
    """

    def __init__(self, plane: Plane, machine: Machine) -> None:
        self.plane = plane
        self.text = FunctionText()
        self.tiles = Tiles(self.text, plane.kind, machine)
        most = 4 if machine.registers >= 32 else 2
        self.blocks = blocks_of(plane.output, machine.lanes, most)
        widest = max(block.vectors for block in self.blocks)
        self._pixels = max(1, (machine.registers - 2 - widest) // widest)

    def module(self) -> str:
        """The text of the module."""
        plane, text = self.plane, self.text
        copied = ""
        if not plane.is_bare:
            copied = text.emit(f"alloca [{plane.stack} x i8], align 64")
        text.each("%start", "%stop", lambda row: self._row(row, copied))
        text.do("ret void")
        body = "\n".join(text.lines)
        head = "define void @sessile_kernel(ptr %source, ptr %filter, ptr %output, i64 %start, i64 %stop) {\nentry:\n"
        return f"{self.tiles.declarations()}{head}{body}\n}}\n"

    def _row(self, row: str, copied: str) -> None:
        """One row of the output of one image."""
        plane, text = self.plane, self.text
        image, line = text.emit(f"udiv i64 {row}, {plane.rows.count}"), text.emit(f"urem i64 {row}, {plane.rows.count}")
        size = plane.rows.extent * plane.columns.extent * plane.source
        source = text.at(plane.kind, "%source", text.times(image, size))
        first = text.times(line, plane.rows.stride)
        if plane.is_bare:
            copied = text.at(plane.kind, source, text.times(first, plane.pitch))
        else:
            self._copy_rows(source, first, copied)
        output = text.at(plane.kind, "%output", text.times(row, plane.columns.count * plane.output))

        def of_channels(channel: str, block: Block) -> None:
            self._pixel_tiles(copied, output, channel, block)

        self.tiles.each_block(self.blocks, of_channels)

    def _copy_rows(self, source: str, first: str, copied: str) -> None:
        """Copy the rows that windows reach to the stack, with zeros around them."""
        plane, text = self.plane, self.text
        pitch = plane.pitch * plane.bytes
        for place in range(plane.rows.size):
            there = text.at("i8", copied, place * plane.rows.rate * pitch)
            # The row of the source, if it is one: not above, not below, not between its rows.
            line = text.emit(f"sub i64 {text.emit(f'add i64 {first}, {place * plane.rows.rate}')}, {plane.rows.before}")
            inside = text.emit(f"icmp ult i64 {line}, {(plane.rows.extent - 1) * plane.rows.spread + 1}")
            if plane.rows.spread > 1:
                rest = text.emit(f"urem i64 {line}, {plane.rows.spread}")
                inside = text.emit(f"and i1 {inside}, {text.emit(f'icmp eq i64 {rest}, 0')}")
                line = text.emit(f"udiv i64 {line}, {plane.rows.spread}")

            def copy(line: str = line, there: str = there) -> None:
                self._copy_row(
                    text.at(plane.kind, source, text.times(line, plane.columns.extent * plane.source)), there
                )

            def clear(there: str = there) -> None:
                text.do(f"call void @llvm.memset.p0.i64(ptr {there}, i8 0, i64 {pitch}, i1 false)")

            text.when(inside, copy, clear)

    def _copy_row(self, source: str, there: str) -> None:
        copy_row(self.text, self.plane, source, there)

    def _pixel_tiles(self, copied: str, output: str, channel: str, block: Block) -> None:
        """The tiles of a row for one block of channels: those of one length in a loop."""
        plane, text = self.plane, self.text
        step = plane.columns.stride * plane.source
        for run in equal_parts(plane.columns.count, self._pixels):

            def tile(pixel: str, run: Run = run) -> None:
                self._tile(
                    text.at(plane.kind, copied, text.times(pixel, step)),
                    text.at(plane.kind, output, text.times(pixel, plane.output), channel),
                    channel,
                    block,
                    run.length,
                )

            text.each(str(run.start), str(run.stop), tile, run.length)

    def _tile(self, source: str, output: str, channel: str, block: Block, pixels: int) -> None:
        plane, text = self.plane, self.text
        columns, channels = plane.columns.size, plane.source
        filter = text.at(plane.kind, "%filter", channel)
        tile = Tile(self.tiles, block, pixels, plane.columns.stride * channels, plane.output)
        line_steps = plane.rows.rate * plane.pitch, columns * channels * plane.output
        if plane.columns.rate == 1:  # the columns and channels of a window's row are one run
            sums = tile.over_lines(source, filter, str(plane.rows.size), line_steps, columns * channels)
        else:
            column_steps = plane.columns.rate * channels, channels * plane.output

            def row(number: str, *sums: str) -> Sequence[str]:
                line = text.at(plane.kind, source, text.times(number, line_steps[0]))
                weights = text.at(plane.kind, filter, text.times(number, line_steps[1]))
                return tile.over_lines(line, weights, str(columns), column_steps, channels, sums)

            kinds = [self.tiles.vector] * (pixels * block.vectors)
            sums = text.loop("0", str(plane.rows.size), 1, [(kind, "zeroinitializer") for kind in kinds], row)
        tile.store(output, plane.output, sums)


def copy_row(text: FunctionText, plane: Plane, source: str, there: str) -> None:
    """Copy one row of the source to memory of its own, with zeros before, in between and behind."""
    columns, channels, size = plane.columns, plane.source, plane.bytes
    pitch = columns.width * channels * size
    kept = min(columns.extent, -(-(columns.width - columns.before) // columns.spread))  # what windows reach
    if columns.spread > 1:
        text.do(f"call void @llvm.memset.p0.i64(ptr {there}, i8 0, i64 {pitch}, i1 false)")

        def pixel(number: str) -> None:
            place = text.at(plane.kind, there, text.times(number, columns.spread * channels), columns.before * channels)
            origin = text.at(plane.kind, source, text.times(number, channels))
            text.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {place}, ptr {origin}, i64 {channels * size}, i1 false)")

        text.each("0", str(kept), pixel)
        return
    front, middle = columns.before * channels * size, kept * channels * size
    if front:
        text.do(f"call void @llvm.memset.p0.i64(ptr {there}, i8 0, i64 {front}, i1 false)")
    place = text.at("i8", there, front)
    text.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {place}, ptr {source}, i64 {middle}, i1 false)")
    if pitch > front + middle:
        behind = text.at("i8", there, front + middle)
        text.do(f"call void @llvm.memset.p0.i64(ptr {behind}, i8 0, i64 {pitch - front - middle}, i1 false)")


class FilterGradient:
    """Writes `void kernel(ptr source, ptr gradient, ptr output, i64 batch, i64 start, i64 stop)`.

    The output is the filter's gradient [rows, columns, source channels, output channels]; `gradient` is that of the
    convolution's output. The range counts parts of the filter, `parts` in all: a row of it, and a piece of its columns
    and channels, which are one run.
    """

    def __init__(self, plane: Plane, machine: Machine) -> None:
        self.plane = plane
        self.text = FunctionText()
        self.tiles = Tiles(self.text, plane.kind, machine)
        most = 4 if machine.registers >= 32 else 2
        self.blocks = blocks_of(plane.output, machine.lanes, most)
        widest = max(block.vectors for block in self.blocks)
        self._places = max(1, (machine.registers - 2 - widest) // widest)
        run = plane.columns.size * plane.source
        pieces = max(1, min(-(-run // self._places), -(-8 // plane.rows.size)))
        self._pieces = equal_parts(run, -(-run // pieces))
        self._count = sum(pieces.number for pieces in self._pieces)
        self.parts = plane.rows.size * self._count

    def module(self) -> str:
        """The text of the module."""
        text, plane = self.text, self.plane
        copied = "" if plane.columns.is_bare else text.emit(f"alloca [{plane.pitch * plane.bytes} x i8], align 64")

        def part(number: str) -> None:
            row, piece = text.emit(f"udiv i64 {number}, {self._count}"), text.emit(f"urem i64 {number}, {self._count}")
            first = 0
            for pieces in self._pieces:
                place = text.emit(f"sub i64 {piece}, {first}")
                inside = text.emit(f"icmp ult i64 {place}, {pieces.number}")
                text.when(inside, partial(self._part, row, place, pieces, copied))
                first += pieces.number

        text.each("%start", "%stop", part)
        text.do("ret void")
        body = "\n".join(text.lines)
        arguments = "ptr %source, ptr %gradient, ptr %output, i64 %batch, i64 %start, i64 %stop"
        head = f"define void @sessile_kernel({arguments}) {{\nentry:\n"
        return f"{self.tiles.declarations()}{head}{body}\n}}\n"

    def _part(self, row: str, place: str, pieces: Run, copied: str) -> None:
        text, plane = self.text, self.plane
        run, length = plane.columns.size * plane.source, pieces.length
        start = text.emit(f"add i64 {text.times(place, length)}, {pieces.start}")
        output = text.at(plane.kind, "%output", text.times(row, run * plane.output), text.times(start, plane.output))
        size = length * plane.output * plane.bytes
        text.do(f"call void @llvm.memset.p0.i64(ptr {output}, i8 0, i64 {size}, i1 false)")

        def image(number: str) -> None:
            def line(place: str) -> None:
                top = text.emit(f"add i64 {text.times(place, plane.rows.stride)}, {text.times(row, plane.rows.rate)}")
                top = text.emit(f"sub i64 {top}, {plane.rows.before}")
                inside = text.emit(f"icmp ult i64 {top}, {plane.rows.extent}")
                text.when(inside, lambda: self._line(number, place, top, output, start, length, copied))

            text.each("0", str(plane.rows.count), line)

        text.each("0", "%batch", image)

    def _line(self, image: str, place: str, top: str, output: str, start: str, length: int, copied: str) -> None:
        """Add the products of one row of the gradient with the row of the source that it needs."""
        text, plane = self.text, self.plane
        columns = plane.columns
        above = text.emit(f"add i64 {text.times(image, plane.rows.extent)}, {top}")
        source = text.at(plane.kind, "%source", text.times(above, columns.extent * plane.source))
        if copied:
            copy_row(text, plane, source, copied)
            source = copied
        before = text.emit(f"add i64 {text.times(image, plane.rows.count)}, {place}")
        gradient = text.at(plane.kind, "%gradient", text.times(before, columns.count * plane.output))
        source = text.at(plane.kind, source, start)

        def of_channels(channel: str, block: Block) -> None:
            self._tiles_of(source, text.at(plane.kind, gradient, channel), output, channel, block, length)

        self.tiles.each_block(self.blocks, of_channels)

    def _tiles_of(self, source: str, gradient: str, output: str, channel: str, block: Block, length: int) -> None:
        """The tiles of a piece for one block of channels: those of one length in a loop."""
        text, plane = self.text, self.plane
        for run in equal_parts(length, self._places):

            def tile(offset: str, run: Run = run) -> None:
                there = text.at(plane.kind, output, text.times(offset, plane.output), channel)
                self._tile(text.at(plane.kind, source, offset), gradient, there, block, run.length)

            text.each(str(run.start), str(run.stop), tile, run.length)

    def _tile(self, source: str, gradient: str, output: str, block: Block, places: int) -> None:
        text, plane, tiles = self.text, self.plane, self.tiles
        old = [
            value
            for place in range(places)
            for value in tiles.load(text.at(plane.kind, output, place * plane.output), block)
        ]

        def pixel(number: str, *sums: str) -> Sequence[str]:
            vectors = tiles.load(text.at(plane.kind, gradient, text.times(number, plane.output)), block)
            at = text.at(plane.kind, source, text.times(number, plane.columns.stride * plane.source))
            return tiles.multiplied([text.at(plane.kind, at, place) for place in range(places)], vectors, sums)

        sums = text.loop("0", str(plane.columns.count), 1, [(tiles.vector, value) for value in old], pixel)
        for place in range(places):
            values = sums[place * block.vectors : (place + 1) * block.vectors]
            tiles.store(text.at(plane.kind, output, place * plane.output), block, values)
