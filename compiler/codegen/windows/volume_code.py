"""Convolutions of volumes as LLVM functions: those of images, whose windows have the rows of several layers.

The rows of all layers that a row of the output needs are copied to the stack one behind the other, with their padding;
from there on a window is one of an image, of as many rows. A filter [layers, rows, columns, source channels, output
channels] lies so already.
"""

from __future__ import annotations

from typing import NamedTuple

from ...fusion.convolutions import Plane, Space
from .convolution_code import Forward, Machine


class Volume(NamedTuple):
    """What a function computes.

    Attributes:
      depth, rows: the windows on these axes; no zeros lie in between.
      plane: the windows as those of one image: its rows are all rows of a window, in their order.
    """

    depth: Space
    rows: Space
    plane: Plane

    @staticmethod
    def of(space: tuple[Space, Space, Space], source: int, output: int, kind: str) -> Volume:
        """The volume of windows on the axes depth, rows and columns."""
        depth, rows, columns = space
        # An image of no rows is never read where it lies.
        lines = Space(0, 0, 1, depth.size * rows.size, 1, 1, 1)
        return Volume(depth, rows, Plane(lines, columns, source, output, kind))


class VolumeForward(Forward):
    """Writes `void kernel(ptr source, ptr filter, ptr output, i64 start, i64 stop)`; the range counts rows of the
    outputs."""

    def __init__(self, volume: Volume, machine: Machine) -> None:
        super().__init__(volume.plane, machine)
        self.volume = volume

    def _row(self, row: str, copied: str) -> None:
        """One row of the output of one layer of one image."""
        (depth, rows, plane), text = self.volume, self.text
        above, line = text.emit(f"udiv i64 {row}, {rows.count}"), text.emit(f"urem i64 {row}, {rows.count}")
        image, layer = text.emit(f"udiv i64 {above}, {depth.count}"), text.emit(f"urem i64 {above}, {depth.count}")
        each = rows.extent * plane.columns.extent * plane.source
        source = text.at(plane.kind, "%source", text.times(image, depth.extent * each))
        first = text.emit(f"sub i64 {text.times(layer, depth.stride)}, {depth.before}")
        top = text.emit(f"sub i64 {text.times(line, rows.stride)}, {rows.before}")

        def copy_layer(number: str) -> None:
            there = text.at(plane.kind, copied, text.times(number, rows.size * plane.pitch))
            place = text.emit(f"add i64 {first}, {text.times(number, depth.rate)}")
            from_layer = text.at(plane.kind, source, text.times(place, each))
            is_inside = text.emit(f"icmp ult i64 {place}, {depth.extent}")
            text.when(
                is_inside,
                lambda: text.each("0", str(rows.size), lambda n: self._copy(from_layer, top, n, there)),
                lambda: self._clear(there, rows.size),
            )

        text.each("0", str(depth.size), copy_layer)
        output = text.at(plane.kind, "%output", text.times(row, plane.columns.count * plane.output))
        self.tiles.each_block(self.blocks, lambda channel, block: self._pixel_tiles(copied, output, channel, block))

    def _copy(self, layer: str, top: str, number: str, copied: str) -> None:
        """A row of a layer to the stack; zeros if there is none."""
        (_, rows, plane), text = self.volume, self.text
        there = text.at(plane.kind, copied, text.times(number, plane.pitch))
        line = text.emit(f"add i64 {top}, {text.times(number, rows.rate)}")
        source = text.at(plane.kind, layer, text.times(line, plane.columns.extent * plane.source))
        is_inside = text.emit(f"icmp ult i64 {line}, {rows.extent}")
        text.when(is_inside, lambda: self._copy_row(source, there), lambda: self._clear(there, 1))

    def _clear(self, there: str, lines: int) -> None:
        size = lines * self.plane.pitch * self.plane.bytes
        self.text.do(f"call void @llvm.memset.p0.i64(ptr {there}, i8 0, i64 {size}, i1 false)")
