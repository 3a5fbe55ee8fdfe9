"""Convolutions that a native step computes itself: of images with the channels last, all sizes but the batch's known.

What the compiled functions are told of a convolution is a `Plane`; the gradient for the input is a plane as well, over
the output's gradient with zeros in between. What has no plane (groups, channels first, sizes that are not known, other
types, windows whose rows are too long for the stack) runs its NumPy kernel.

Worked example, of 3 x 3 windows moving by 2 over images of 8 x 8 x 3 with SAME padding, to 16 channels: 4 x 4 places
(8 / 2), and (4 - 1) * 2 + 3 - 8 = 1 element of padding in all, behind. A row of a window is 3 places of 3 channels, 9
numbers that lie together in memory, so three rows of 9 are multiplied with a filter of 27 x 16 for each place. For
the gradient for the input the same filter, turned, moves by 1 over the output's gradient with a zero between any two
of its 4 x 4 places.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ...ops.families.nn.convolution import convolution_ops, windows
from ..plan.plan import Instruction, Value

LARGEST_STACK: Final = 128 << 10  # bytes of rows that a function keeps on the stack of its thread
KINDS: Final = {"float32": "float", "float64": "double"}  # what LLVM calls the types that have functions


class Space(NamedTuple):
    """One axis of space of a convolution that goes over a source of `extent` elements.

    Attributes:
      before: zeros in front of the source.
      spread: the distance of the source's elements: 1, or more where zeros are put in between.
      size, rate, stride, count: the window: its elements, how far apart they are, how far it moves, how often it fits.
    """

    extent: int
    before: int
    spread: int
    size: int
    rate: int
    stride: int
    count: int  # type: ignore[assignment]  # nobody counts in it

    @property
    def width(self) -> int:
        """The elements, from the first zero on, that windows reach."""
        return (self.count - 1) * self.stride + (self.size - 1) * self.rate + 1

    @property
    def is_bare(self) -> bool:
        """Whether windows reach nothing but the source."""
        return not self.before and self.spread == 1 and self.width <= self.extent


class Plane(NamedTuple):
    """What a function computes: rows and columns, and the channels of source and output."""

    rows: Space
    columns: Space
    source: int
    output: int
    kind: str  # LLVM's type of an element: "float" or "double"

    @property
    def bytes(self) -> int:
        """Of an element."""
        return 4 if self.kind == "float" else 8

    @property
    def is_bare(self) -> bool:
        """Whether windows reach nothing but the source: it is read where it lies."""
        return self.rows.is_bare and self.columns.is_bare

    @property
    def pitch(self) -> int:
        """The elements from a row of the (copied) source to the next."""
        return (self.columns.extent if self.is_bare else self.columns.width) * self.source

    @property
    def stack(self) -> int:
        """The bytes of the copied rows."""
        reach = (self.rows.size - 1) * self.rows.rate + 1
        return 0 if self.is_bare else reach * self.pitch * self.bytes


class Convolution(NamedTuple):
    """A convolution, or one of its gradients, that a native step computes.

    Attributes:
      part: "forward", "input" or "filter": what is computed.
      plane: the sizes.
      batch: the number of images.
    """

    instruction: Instruction
    part: str
    plane: Plane
    batch: Any

    @staticmethod
    def of(instruction: Instruction, extents: Mapping[Value, tuple[Any, ...]]) -> Convolution | None:
        """The convolution an instruction is, or None."""
        part = instruction.op_def.convolution
        if part is None or len(instruction.attrs["strides"]) != 4 or instruction.attrs["data_format"] != b"NHWC":
            return None
        # The places of image and filter among the operands: for its gradient, the result stands for each.
        operands = (*instruction.inputs, *instruction.outputs)
        image, filter, result = {"forward": (0, 1, 2), "input": (3, 1, 2), "filter": (0, 3, 2)}[part]
        values = operands[image], operands[filter], operands[result]
        kind = KINDS.get(values[0].dtype.name)
        batch, *space = extents[values[0]]
        numbers = (*space, *extents[values[1]])
        if kind is None or any(value.dtype is not values[0].dtype for value in values):
            return None
        if not all(type(number) is int and number > 0 for number in numbers):
            return None
        plane = _plane(instruction.attrs, part, space, extents[values[1]], kind)
        if plane is None or extents[values[2]] != _output(batch, instruction.attrs, space, extents[values[1]]):
            return None
        return Convolution(instruction, part, plane, batch)


def _output(batch: Any, attrs: Any, space: Any, sizes: Any) -> tuple[Any, ...]:
    axes = _setting(attrs, space, sizes)
    return (batch, *(axis.count for axis in axes), sizes[-1])


def _setting(attrs: Any, space: Any, sizes: Any) -> tuple[windows.Axis, ...]:
    return convolution_ops.setting(
        (1, *space), sizes[:2], attrs["strides"], attrs["dilations"], attrs["padding"], b"NHWC",
        attrs["explicit_paddings"],
    ).axes  # fmt: skip


def _plane(attrs: Any, part: str, space: Any, sizes: Any, kind: str) -> Plane | None:
    """The plane of a convolution; None if it has none."""
    *_, inner, outer = sizes
    try:
        axes = _setting(attrs, space, sizes)
    except ValueError:
        return None  # the kernel will say so
    if space[-1] != inner or any(axis.count < 1 for axis in axes):
        return None
    axes, inner = _folded(axes, inner)
    if part != "input":
        rows, columns = (Space(a.extent, a.before, 1, a.size, a.rate, a.stride, a.count) for a in axes)
        plane = Plane(rows, columns, inner, outer, kind)
        if part == "filter" and plane.columns.rate > 1:
            return None
    else:
        rows, columns = (
            Space(a.count, (a.size - 1) * a.rate - a.before, a.stride, a.size, a.rate, 1, a.extent) for a in axes
        )
        plane = Plane(rows, columns, outer, inner, kind)
    is_usual = all(side.before >= 0 and side.before < side.width for side in (plane.rows, plane.columns))
    return plane if is_usual and plane.stack <= LARGEST_STACK else None


def _folded(axes: tuple[windows.Axis, ...], channels: int) -> tuple[tuple[windows.Axis, ...], int]:
    """Axes that one window covers wholly are channels: so do convolutions over words see the whole of each one, in the
    gradient for the input with no zeros around it."""
    rows, columns = axes
    if _is_covered(columns):
        channels *= columns.extent
        columns = columns._replace(extent=1, size=1, stride=1)
        if _is_covered(rows):
            channels *= rows.extent
            rows = rows._replace(extent=1, size=1, stride=1)
    return (rows, columns), channels


def _is_covered(axis: windows.Axis) -> bool:
    return axis.count == 1 and not axis.before and axis.rate == 1 and axis.size == axis.extent
