"""Pooling of images that a native step computes itself: channels last, all sizes but the batch's known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ...ops.base.errors import OpError
from ...ops.families.nn.convolution.pooling_ops import placed
from ..plan.plan import Instruction, Value
from .convolutions import KINDS, Plane, Space


class Pooling(NamedTuple):
    """Pooling, or its gradient.

    Attributes:
      part: "max", "avg", "max gradient" or "avg gradient": what is computed.
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
        if part is None or attrs["data_format"] != b"NHWC" or attrs["ksize"][3] != 1 or attrs["strides"][3] != 1:
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
        channels = numbers[-1]
        if any(axis.count < 1 or max(axis.before, axis.behind) >= axis.size for axis in axes):
            return None
        if tuple(extents[result]) != (batch, *(axis.count for axis in axes), channels):
            return None
        rows, columns = (Space(a.extent, a.before, 1, a.size, 1, a.stride, a.count) for a in axes)
        return Pooling(instruction, part, Plane(rows, columns, channels, channels, kind), batch)
