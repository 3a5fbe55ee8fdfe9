"""Pooling of images that a native step computes itself: channels last, all sizes but the batch's known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ...ops.base.errors import OpError
from ...ops.families.nn.convolution.convolution_ops import setting
from ...ops.families.nn.convolution.pooling_ops import placed
from ..plan.plan import Instruction, Value
from .convolutions import KINDS, Plane, Space


class Pooling(NamedTuple):
    """Pooling, or its gradient, or the convolution of each channel for itself.

    Attributes:
      part: what is computed: "max", "avg", "max gradient" or "avg gradient"; "weighted", "weighted gradient" or
        "weights gradient" of such a convolution.
      plane: the sizes; source and output have the same channels.
      batch: the number of images.
    """

    instruction: Instruction
    part: str
    plane: Plane
    batch: Any

    @staticmethod
    def of(instruction: Instruction, extents: Mapping[Value, tuple[Any, ...]]) -> Pooling | None:
        """The pooling an instruction is, or None."""
        part, attrs = instruction.op_def.pooling, instruction.attrs
        if part is None or attrs["data_format"] != b"NHWC":
            return None
        if part in _WEIGHTED:
            return _weighted(instruction, part, extents)
        if attrs["ksize"][3] != 1 or attrs["strides"][3] != 1:
            return None
        is_gradient = part.endswith("gradient")
        image = instruction.outputs[0] if is_gradient else instruction.inputs[0]
        result = instruction.inputs[-1] if is_gradient else instruction.outputs[0]
        kind = KINDS.get(image.dtype.name)
        batch, *numbers = extents[image]
        if kind is None or not all(type(number) is int and number > 0 for number in numbers):
            return None
        try:
            axes = placed(
                (1, *numbers), attrs["ksize"], attrs["strides"], attrs["padding"], b"NHWC",
                attrs.get("explicit_paddings", ()),
            ).axes  # fmt: skip
        except (ValueError, OpError):
            return None  # the kernel will say so
        plane = _plane(axes, numbers[-1], kind)
        if plane is None or tuple(extents[result]) != (batch, *(axis.count for axis in axes), numbers[-1]):
            return None
        return Pooling(instruction, part, plane, batch)


# The places of image, weights and what has a pixel for each window among the operands.
_WEIGHTED: Final = {"weighted": (0, 1, 2), "weighted gradient": (3, 1, 2), "weights gradient": (0, 3, 2)}


def _plane(axes: Sequence[Any], channels: int, kind: str) -> Plane | None:
    if any(axis.count < 1 or axis.rate > 1 or max(axis.before, axis.behind) >= axis.size for axis in axes):
        return None
    rows, columns = (Space(a.extent, a.before, 1, a.size, 1, a.stride, a.count) for a in axes)
    return Plane(rows, columns, channels, channels, kind)


def _weighted(instruction: Instruction, part: str, extents: Mapping[Value, tuple[Any, ...]]) -> Pooling | None:
    """A convolution of each channel for itself, with one filter a channel, or a gradient of it."""
    operands, attrs = (*instruction.inputs, *instruction.outputs), instruction.attrs
    image, weights, windows = (operands[place] for place in _WEIGHTED[part])
    kind = KINDS.get(image.dtype.name)
    batch, *numbers = extents[image]
    sizes = extents[weights]
    if kind is None or not all(type(number) is int and number > 0 for number in (*numbers, *sizes)):
        return None
    try:
        axes = setting(
            (1, *numbers), sizes[:2], attrs["strides"], attrs["dilations"], attrs["padding"], b"NHWC",
            attrs["explicit_paddings"],
        ).axes  # fmt: skip
    except (ValueError, OpError):
        return None  # the kernel will say so
    plane = _plane(axes, numbers[-1], kind)
    if plane is None or tuple(sizes[2:]) != (numbers[-1], 1):
        return None
    if tuple(extents[windows]) != (batch, *(axis.count for axis in axes), numbers[-1]):
        return None
    return Pooling(instruction, part, plane, batch)
