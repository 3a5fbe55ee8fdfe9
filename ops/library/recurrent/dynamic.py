"""`dynamic_rnn`, `bidirectional_dynamic_rnn` and `raw_rnn`: cells run over time in a loop."""

from __future__ import annotations

from typing import Any

from ...base import nest
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import zeros
from ...families.arrays.rearranging import reverse, reverse_sequence
from ...families.arrays.shape_ops import shape as shape_op
from ...families.control_flow.tensor_array import TensorArray
from ...families.control_flow.while_loop import while_loop
from ...families.elementwise.compare import logical_not, logical_or
from ...families.elementwise.rounding import maximum, minimum
from ...families.indexing.positions import where
from ...families.reductions.reductions import reduce_all, reduce_max, reduce_min
from ...families.state.variable_scope import variable_scope
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .cell import joined_shape, packed_like, sizes_of
from .stepping import (
    assert_like_rnncell,
    batch_size_of,
    checked_lengths,
    initial_state_of,
    lengths_of,
    rnn_step,
    transposed,
    type_of_state,
    zero_output,
)


def dynamic_rnn(
    cell: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> tuple[Any, Any]:
    """Run a cell over time.

    Args:
      cell: an RNNCell.
      inputs: of shape `[batch, time, ...]`, or a structure of such.
      sequence_length: how long each sequence is, an int vector; behind its end a sequence gives zeros and keeps its
        state.
      initial_state: the state to begin with; default: zeros of type `dtype`.
      dtype: the type of states and outputs; needed without `initial_state`.
      parallel_iterations, swap_memory: as in `while_loop`.
      time_major: whether inputs and outputs are of shape `[time, batch, ...]`.
      scope: the variable scope; default: `rnn`.
    Returns: the outputs of all moments, of shape `[batch, time, ...]`, and the state at the end.
    Raises: TypeError if `cell` is none; ValueError if shapes are not known as far as they have to be.
    """
    assert_like_rnncell("cell", cell)
    with variable_scope(scope or "rnn"):
        flat = [convert_to_tensor(item) for item in nest.flatten(inputs)]
        if not time_major:
            flat = [transposed(item) for item in flat]
        if sequence_length is not None:
            sequence_length = lengths_of(sequence_length)
        batch_size = batch_size_of(flat)
        state = initial_state_of(cell, initial_state, batch_size, dtype)
        if sequence_length is not None:
            sequence_length = checked_lengths(sequence_length, batch_size)
        inputs = nest.pack_sequence_as(inputs, flat)
        loop = _Loop(cell, inputs, state, sequence_length, dtype)
        outputs, final_state = loop.run(parallel_iterations or 32, swap_memory)
        if not time_major:
            outputs = nest.map_structure(transposed, outputs)
        return outputs, final_state


class _Loop:
    """The loop of `dynamic_rnn`."""

    def __init__(self, cell: Any, inputs: Any, state: Any, sequence_length: Any, dtype: Any) -> None:
        self._cell = cell
        self._inputs = inputs
        self._state = state
        self._flat = nest.flatten(inputs)
        self._length = sequence_length
        self._time_steps = shape_op(self._flat[0])[0]
        self._batch_size = batch_size_of(self._flat)
        self._static = self._static_extents()
        self._dtype = type_of_state(dtype, state)
        self._zero = zero_output(cell, self._batch_size, self._dtype)
        self._shortest = self._longest = self._time_steps
        if sequence_length is not None:
            self._shortest, self._longest = reduce_min(sequence_length), reduce_max(sequence_length)

    def _static_extents(self) -> tuple[Any, Any]:
        steps = batch = None
        for item in self._flat:
            extents = item.shape.with_rank_at_least(2).as_list() if item._extents is not None else None
            if extents is None or None in extents[2:]:
                raise ValueError(
                    "Input size (depth of inputs) must be accessible via shape inference, but saw value None."
                )
            if (steps not in (None, extents[0]) and extents[0] is not None) or (
                batch not in (None, extents[1]) and extents[1] is not None
            ):
                raise ValueError("Time steps or batch size is not the same for all the elements in the input.")
            steps, batch = extents[0] or steps, extents[1] or batch
        return steps, batch

    def run(self, parallel_iterations: int, swap_memory: bool) -> tuple[Any, Any]:
        """Returns: the outputs in the structure of the cell's, and the state at the end."""
        time = constant(0, dtype=dtypes.int32, name="time")
        with name_scope("dynamic_rnn") as base:
            pass
        sizes = sizes_of(self._cell.output_size)
        outputs = tuple(
            self._array(
                f"{base}output_{i}",
                TensorShape([self._static[1]]).concatenate(TensorShape(size if not isinstance(size, int) else [size])),
                self._dtype,
            )
            for i, size in enumerate(sizes)
        )
        entering = [self._array(f"{base}input_{i}", item.shape[1:], item.dtype) for i, item in enumerate(self._flat)]
        rows = [array.unstack(item) for array, item in zip(entering, self._flat)]
        bound = minimum(self._time_steps, maximum(1, self._longest))
        _, made, final_state = while_loop(
            cond=lambda time, *_: time < bound,
            body=lambda time, arrays, state: self._moment(time, arrays, state, rows),
            loop_vars=(time, outputs, self._state),
            parallel_iterations=parallel_iterations,
            maximum_iterations=self._time_steps,
            swap_memory=swap_memory,
        )
        stacked = [array.stack() for array in made]
        steps, batch = self._static
        for item, size in zip(stacked, sizes):
            item.set_shape(joined_shape([steps, batch], size, static=True))
        return packed_like(self._cell.output_size, stacked), final_state

    def _array(self, name: str, shape: Any, dtype: Any) -> TensorArray:
        return TensorArray(dtype=dtype, size=self._time_steps, element_shape=shape, tensor_array_name=name)

    def _moment(self, time: Any, arrays: Any, state: Any, rows: list[Any]) -> Any:
        now = [array.read(time) for array in rows]
        for item, whole in zip(now, self._flat):
            item.set_shape(whole.shape[1:])
        given = nest.pack_sequence_as(self._inputs, now)

        def call_cell() -> Any:
            return self._cell(given, state)

        if self._length is None:
            output, new_state = call_cell()
        else:
            output, new_state = rnn_step(
                time, self._length, self._shortest, self._longest, self._zero, state, call_cell, True
            )
        arrays = tuple(array.write(time, item) for array, item in zip(arrays, nest.flatten(output)))
        return time + 1, arrays, new_state


def bidirectional_dynamic_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> tuple[Any, Any]:
    """Run one cell forwards and another one backwards over time.

    Args:
      cell_fw, cell_bw: RNNCells.
      initial_state_fw, initial_state_bw: the states they begin with.
      scope: the variable scope; default: `bidirectional_rnn`, with `fw` and `bw` in it.
      inputs, sequence_length, dtype, parallel_iterations, swap_memory, time_major: as in `dynamic_rnn`.
    Returns: `(outputs_fw, outputs_bw), (state_fw, state_bw)`.
    """
    assert_like_rnncell("cell_fw", cell_fw)
    assert_like_rnncell("cell_bw", cell_bw)
    options = {
        "sequence_length": sequence_length,
        "dtype": dtype,
        "parallel_iterations": parallel_iterations,
        "swap_memory": swap_memory,
        "time_major": time_major,
    }
    time_axis, batch_axis = (0, 1) if time_major else (1, 0)

    def reversed_(item: Any) -> Any:
        if sequence_length is None:
            return reverse(item, axis=[time_axis])
        return reverse_sequence(input=item, seq_lengths=sequence_length, seq_axis=time_axis, batch_axis=batch_axis)

    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as fw:
            output_fw, state_fw = dynamic_rnn(cell_fw, inputs, initial_state=initial_state_fw, scope=fw, **options)
        with variable_scope("bw") as bw:
            backwards = nest.map_structure(reversed_, inputs)
            output, state_bw = dynamic_rnn(cell_bw, backwards, initial_state=initial_state_bw, scope=bw, **options)
    output_bw = nest.map_structure(reversed_, output)
    return (output_fw, output_bw), (state_fw, state_bw)


def raw_rnn(
    cell: Any, loop_fn: Any, parallel_iterations: int | None = None, swap_memory: bool = False, scope: Any = None
) -> tuple[Any, Any, Any]:
    """Run a cell over time, with inputs that a function makes of what came before.

    Args:
      cell: an RNNCell.
      loop_fn: called with `(time, cell_output, cell_state, loop_state)`, at first with a time of 0 and None for the
        others; returns `(finished, next_input, next_cell_state, emit_output, next_loop_state)`.
      parallel_iterations, swap_memory: as in `while_loop`.
      scope: the variable scope; default: `rnn`.
    Returns: a TensorArray (or structure of them) of what was emitted, the state, and the loop state at the end.
    Raises: TypeError if `cell` or `loop_fn` is none.
    """
    assert_like_rnncell("cell", cell)
    if not callable(loop_fn):
        raise TypeError("loop_fn must be a callable")
    with variable_scope(scope or "rnn"):
        time = constant(0, dtype=dtypes.int32)
        finished, first, state, emit_structure, loop_state = loop_fn(time, None, None, None)
        flat_input = [convert_to_tensor(item) for item in nest.flatten(first)]
        first = nest.pack_sequence_as(first, flat_input)
        batch = _static_batch(flat_input)
        batch_size = batch if batch is not None else shape_op(flat_input[0])[0]
        nest.assert_same_structure(packed_like(cell.state_size, sizes_of(cell.state_size)), state)
        arrays, zero = _emitted(cell, emit_structure, batch_size, type_of_state(None, state))
        has_loop_state = loop_state is not None
        loop_state = loop_state if has_loop_state else constant(0, dtype=dtypes.int32)

        def body(time: Any, done: Any, given: Any, emitted: Any, state: Any, carried: Any) -> Any:
            output, cell_state = cell(given, state)
            following = time + 1
            next_done, next_input, next_state, emit, next_carried = loop_fn(
                following, output, cell_state, carried if has_loop_state else None
            )
            nest.assert_same_structure(state, next_state)
            emit = _kept(done, zero, output if emit is None else emit)
            next_state = _kept(done, state, next_state)
            emitted = nest.map_structure(lambda array, item: array.write(time, item), emitted, emit)
            ended = logical_or(next_done, done)
            return following, ended, next_input, emitted, next_state, next_carried if has_loop_state else carried

        result = while_loop(
            lambda time, done, *_: logical_not(reduce_all(done)),
            body,
            loop_vars=[time, convert_to_tensor(finished), first, arrays, state, loop_state],
            parallel_iterations=parallel_iterations or 32,
            swap_memory=swap_memory,
        )
        return result[3], result[4], result[5] if has_loop_state else None


def _static_batch(flat: list[Any]) -> int | None:
    for item in flat:
        if item._extents and item._extents[0] is not None:
            return int(item._extents[0])
    return None


def _emitted(cell: Any, structure: Any, batch_size: Any, dtype: Any) -> tuple[Any, Any]:
    """The arrays of what is emitted, and what is emitted by a sequence that has ended."""
    if structure is not None:
        flat = [convert_to_tensor(item) for item in nest.flatten(structure)]
        shapes = [item.shape if item.shape.is_fully_defined() else shape_op(item) for item in flat]
        types = [item.dtype for item in flat]
    else:
        shapes = sizes_of(cell.output_size)
        types = [dtype] * len(shapes)

    def packed(items: list[Any]) -> Any:
        return packed_like(cell.output_size, items) if structure is None else nest.pack_sequence_as(structure, items)

    static = [TensorShape(s) if isinstance(s, (int, TensorShape)) else TensorShape(None) for s in shapes]
    static = [TensorShape([s]) if isinstance(s, int) else known for s, known in zip(shapes, static)]
    arrays = [
        TensorArray(
            dtype=kind,
            dynamic_size=True,
            element_shape=TensorShape([None]).concatenate(shape),
            size=0,
            name=f"rnn_output_{i}",
        )
        for i, (shape, kind) in enumerate(zip(static, types))
    ]
    zero = [zeros(joined_shape(batch_size, shape), kind) for shape, kind in zip(shapes, types)]
    return packed(arrays), packed(zero)


def _kept(done: Any, before: Any, after: Any) -> Any:
    """`before` where a sequence has ended, else `after`."""

    def chosen(old: Any, new: Any) -> Any:
        if hasattr(old, "_is_tensor_array") or old.shape.ndims == 0:
            return new
        result = where(done, old, new)
        result.set_shape(old.shape)
        return result

    return nest.map_structure(chosen, before, after)
