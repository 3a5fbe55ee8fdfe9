"""The operation types that branches and loops are made of.

A branch is a `Switch` (its data goes to one of two outputs, the other is dead) with a `Merge` behind it. A loop of
one variable is `Enter` -> `Merge` -> `Switch` -> body -> `NextIteration` -> back to the `Merge`, with the condition
between `Merge` and `LoopCond`, which tells the `Switch`; its other output is the `Exit`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...definition.extent_math import require_rank
from ...definition.flow import DEAD
from ...definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ...definition.shape_checks import ranked
from ...definition.shapes import same_shape, scalar_shape
from .flow_gradients import enter_gradient, exit_gradient, merge_gradient, next_gradient, switch_gradient


def _switch_shape(query: Any) -> Any:
    return [query.shapes[0], query.shapes[0]]


def _switch_kernel(data: Any, pred: Any) -> Any:
    if np.ndim(pred):
        raise ValueError(f"The second input must be a scalar, but it has shape {list(np.shape(pred))}")
    return (DEAD, data) if pred else (data, DEAD)


def _merge_shape(query: Any) -> Any:
    first, *others = query.shapes
    for shape in others:
        if first is None or shape is None or len(shape) != len(first):
            return [None, ()]
        first = tuple(a if a == b else None for a, b in zip(first, shape))
    return [first, ()]


def _merge_kernel(inputs: Any) -> Any:
    for index, value in enumerate(inputs):
        if value is not DEAD:
            return value, np.int32(index)
    return DEAD, DEAD


def _enter_shape(query: Any) -> Any:
    return query.shapes[0] if query.attrs["is_constant"] else None


def _same(x: Any) -> Any:
    return x


_ENTER_ATTRS: Final = {
    "frame_name": ("string",),
    "is_constant": ("bool", False),
    "parallel_iterations": ("int", 10),
}

SWITCH = OpDef(
    name="Switch",
    signature="data: T, pred: bool -> output_false: T, output_true: T",
    shape=ranked(_switch_shape, None, 0),
    kernel=_switch_kernel,
    flow="switch",
    gradient=switch_gradient,
)

REF_SWITCH = OpDef(
    name="RefSwitch",
    signature="data: Ref(T), pred: bool -> output_false: Ref(T), output_true: Ref(T)",
    shape=ranked(_switch_shape, None, 0),
    kernel=_switch_kernel,
    flow="switch",
    gradient=switch_gradient,
)

MERGE = OpDef(
    name="Merge",
    signature="inputs: N*T -> output: T, value_index: int32",
    shape=_merge_shape,
    kernel=_merge_kernel,
    flow="merge",
    gradient=merge_gradient,
)

REF_MERGE = OpDef(
    name="RefMerge",
    signature="inputs: N*Ref(T) -> output: Ref(T), value_index: int32",
    shape=_merge_shape,
    kernel=_merge_kernel,
    flow="merge",
    gradient=merge_gradient,
)

ENTER = OpDef(
    name="Enter",
    signature="data: T -> output: T",
    attrs=_ENTER_ATTRS,
    shape=_enter_shape,
    kernel=_same,
    flow="enter",
    gradient=enter_gradient,
)

REF_ENTER = OpDef(
    name="RefEnter",
    signature="data: Ref(T) -> output: Ref(T)",
    attrs=_ENTER_ATTRS,
    shape=same_shape,
    kernel=_same,
    flow="enter",
    gradient=enter_gradient,
)

EXIT = OpDef(
    name="Exit",
    signature="data: T -> output: T",
    shape=same_shape,
    kernel=_same,
    flow="exit",
    gradient=exit_gradient,
)

REF_EXIT = OpDef(
    name="RefExit",
    signature="data: Ref(T) -> output: Ref(T)",
    shape=same_shape,
    kernel=_same,
    flow="exit",
    gradient=exit_gradient,
)

NEXT_ITERATION = OpDef(
    name="NextIteration",
    signature="data: T -> output: T",
    shape=same_shape,
    kernel=_same,
    flow="next",
    gradient=next_gradient,
)

REF_NEXT_ITERATION = OpDef(
    name="RefNextIteration",
    signature="data: Ref(T) -> output: Ref(T)",
    shape=same_shape,
    kernel=_same,
    flow="next",
    gradient=next_gradient,
)

LOOP_COND = OpDef(
    name="LoopCond",
    signature="input: bool -> output: bool",
    shape=ranked(scalar_shape, 0),
    kernel=_same,
    flow="cond",
    gradient=NOT_DIFFERENTIABLE,
)

CONTROL_TRIGGER = OpDef(  # it runs although what it waits for is dead
    name="ControlTrigger", signature="->", kernel=lambda: (), flow="trigger"
)


def _select_shape(query: Any) -> Any:
    index, first, *others = query.shapes
    require_rank(index, 0)
    return first if all(shape == first for shape in others) and None not in (first or ()) else None


def _select_kernel(index: Any, inputs: list[Any]) -> Any:
    if not 0 <= index < len(inputs):
        raise ValueError(f"Index must be in the range [0, {len(inputs)}) but got {index}")
    return inputs[int(index)]


REF_SELECT = OpDef(
    name="RefSelect",
    signature="index: int32, inputs: N*Ref(T) -> output: Ref(T)",
    shape=_select_shape,
    kernel=_select_kernel,
)


def _abort_kernel(context: Any, *, error_msg: bytes) -> Any:
    from ...base.errors import AbortedError

    raise AbortedError(None, context.op, error_msg.decode() or "Abort")


ABORT = OpDef(
    name="Abort",
    signature="->",
    attrs={"error_msg": ("string", b""), "exit_without_error": ("bool", False)},
    kernel=_abort_kernel,
    effects=Effects("console", writes=True),
)
