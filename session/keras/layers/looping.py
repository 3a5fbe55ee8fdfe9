"""`rnn`: a step function over the steps of sequences, in a loop of the graph or unrolled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....ops.base import nest
from ....ops.families.control_flow.tensor_array import TensorArray
from ....ops.families.control_flow.while_loop import while_loop
from ....ops.types import dtypes
from ..operations import (
    cast,
    constant,
    expand_dims,
    less,
    name_scope,
    reverse,
    shape_of,
    stack,
    transpose,
    unstack,
    where,
    zeros_like,
)

Step = Callable[[Any, list[Any]], tuple[Any, list[Any]]]


def swapped(x: Any) -> Any:
    """A tensor whose first two axes are swapped: the batch and the steps."""
    return transpose(x, [1, 0, *range(2, x.shape.ndims)])


def rnn(
    step_function: Step, inputs: Any, initial_states: list[Any], go_backwards: bool = False, mask: Any = None,
    constants: Any = None, unroll: bool = False, input_length: Any = None, time_major: bool = False,
    zero_output_for_mask: bool = False,
) -> tuple[Any, Any, list[Any]]:  # fmt: skip
    """Apply a function to one step of sequences after the other.

    Args:
      step_function: `(input, states) -> (output, new states)`.
      inputs: batch, steps, features; `time_major`: steps first.
      initial_states: tensors.
      go_backwards: whether to begin at the last step; outputs are in the order they were computed.
      mask: batch, steps: where it is False, states and output stay as they are.
      constants: tensors that each step gets after its states.
      unroll: whether to build each step by itself, for a known number of steps.
      input_length: accepted.
      zero_output_for_mask: whether outputs are zero where they are masked.
    Returns: the last output, all outputs (batch, steps, features), the last states.
    Raises: ValueError if it is to be unrolled and the number of steps is not known.
    """
    more = list(constants or [])
    x = inputs if time_major else nest.map_structure(swapped, inputs)
    flat = nest.flatten(x)
    kept = None
    if mask is not None:
        kept = cast(mask, dtypes.bool_)
        kept = kept if time_major else swapped(kept)
    if go_backwards:
        flat = [reverse(item, [0]) for item in flat]
        kept = None if kept is None else reverse(kept, [0])

    def step(parts: list[Any], states: list[Any]) -> tuple[Any, list[Any]]:
        output, new = step_function(nest.pack_sequence_as(x, parts), [*states, *more])
        return output, list(new)

    run = _unrolled if unroll else _looped
    last, outputs, states = run(step, flat, list(initial_states), kept, zero_output_for_mask)
    return last, (outputs if time_major else swapped(outputs)), states


def _chosen(kept: Any, new: Any, old: Any) -> Any:
    """Rows of `new` where `kept` holds, of `old` elsewhere."""
    for _ in range(new.shape.ndims - 2):
        kept = expand_dims(kept, -1)
    if new.shape.ndims > 1 and kept.shape.ndims == 1:
        return where(kept, new, old)
    from ....ops.families.elementwise.like import ones_like

    wide = cast(ones_like(new), dtypes.bool_)
    from ..operations import logical_and

    return where(logical_and(expand_dims(kept, -1) if kept.shape.ndims < new.shape.ndims else kept, wide), new, old)


def _unrolled(step: Any, flat: list[Any], states: list[Any], kept: Any, zero: bool) -> tuple[Any, Any, list[Any]]:
    count = flat[0].shape.as_list()[0]
    if count is None:
        raise ValueError("Unrolling requires a fixed number of timesteps.")
    columns = [unstack(item, count) for item in flat]
    masks = [None] * count if kept is None else unstack(kept, count)
    outputs: list[Any] = []
    for number in range(count):
        output, new = step([column[number] for column in columns], states)
        if masks[number] is not None:
            before = outputs[-1] if outputs and not zero else zeros_like(output)
            output = _chosen(masks[number], output, before)
            new = [_chosen(masks[number], value, old) for value, old in zip(new, states)]
        outputs.append(output)
        states = new
    return outputs[-1], stack(outputs), states


def _looped(step: Any, flat: list[Any], states: list[Any], kept: Any, zero: bool) -> tuple[Any, Any, list[Any]]:
    known = flat[0].shape.as_list()[0]
    count = shape_of(flat[0])[0]
    with name_scope("rnn"):
        sources = [
            TensorArray(item.dtype.base_dtype, size=count, name=f"input_ta_{number}").unstack(item)
            for number, item in enumerate(flat)
        ]
        masks = None if kept is None else TensorArray(dtypes.bool_, size=count, name="mask_ta").unstack(kept)
        kind, width = _output_kind(step, flat, states)
        target = TensorArray(kind, size=count, name="output_ta")
        first = [constant(0, dtypes.int32, name="time"), target]
        before = [] if masks is None else [_zero_output(flat[0], width, kind)]

        def body(time: Any, target: Any, *carried: Any) -> Any:
            held, current = carried[: len(before)], list(carried[len(before) :])
            output, new = step([source.read(time) for source in sources], current)
            for value, old in zip(new, current):
                value.set_shape(old.shape)
            if masks is not None:
                keeps = masks.read(time)
                last = zeros_like(output) if zero else held[0]
                output = _chosen(keeps, output, last)
                new = [_chosen(keeps, value, old) for value, old in zip(new, current)]
                held = (output,)
            return (time + 1, target.write(time, output), *held, *new)

        final = while_loop(lambda time, *_: less(time, count), body, (*first, *before, *states), swap_memory=True)
    outputs = final[1].stack()
    outputs.set_shape([known, *width])
    last = outputs[-1]
    last.set_shape(width)
    return last, outputs, list(final[2 + len(before) :])


def _output_kind(step: Any, flat: list[Any], states: list[Any]) -> tuple[Any, list[Any]]:
    """The type and the static shape of a step's output, seen by building one step that nothing uses."""
    output, _ = step([item[0] for item in flat], states)
    return output.dtype.base_dtype, output.shape.as_list()


def _zero_output(x: Any, width: list[Any], kind: Any) -> Any:
    from ..operations import fill

    extents = [shape_of(x)[1], *width[1:]]
    zero = fill(stack(extents), constant(0, kind))
    zero.set_shape(width)
    return zero
