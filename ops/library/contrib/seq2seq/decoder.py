"""`dynamic_decode`: a decoder run in a loop until all sequences are finished, and `BasicDecoder`.

finished, inputs, state = decoder.initialize(**kwargs)
outputs, state, inputs, finished = decoder.step(time, inputs, state)      again and again
"""

from __future__ import annotations

from collections import namedtuple
from contextlib import suppress
from typing import Any

from ....base import nest
from ....building.constant import constant
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....building.static_value import get_static_value
from ....families.arrays.filling import fill
from ....families.arrays.shape_ops import shape as shape_op
from ....families.control_flow.tensor_array import TensorArray
from ....families.control_flow.while_loop import while_loop
from ....families.elementwise.compare import logical_not, logical_or
from ....families.elementwise.like import zeros_like
from ....families.indexing.positions import where
from ....families.reductions.reductions import reduce_all
from ....families.state.variable_scope import variable_scope
from ....graph.node import Tensor
from ....types import dtypes
from ....types.tensor_shape import TensorShape
from ...recurrent.cell import packed_like, sizes_of, zero_states
from ...recurrent.stepping import assert_like_rnncell, transposed
from .helpers import Helper


class Decoder:
    """What all decoders are. Subclasses have the properties and methods below."""

    @property
    def batch_size(self) -> Any:
        """How many sequences there are."""
        raise NotImplementedError

    @property
    def output_size(self) -> Any:
        """The sizes of the outputs, a structure."""
        raise NotImplementedError

    @property
    def output_dtype(self) -> Any:
        """Their types, in the same structure."""
        raise NotImplementedError

    def initialize(self, name: str | None = None) -> Any:
        """Return which sequences are finished, the first inputs, and the first state."""
        raise NotImplementedError

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """Return the outputs of a moment, the state, the next inputs, and which sequences are finished."""
        raise NotImplementedError

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """Return what the outputs of all moments and the last state become."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self) -> bool:
        """Whether `step` tells which sequences are finished for good; otherwise one that was finished stays so."""
        return False


class BasicDecoderOutput(namedtuple("BasicDecoderOutput", ("rnn_output", "sample_id"))):
    """What a `BasicDecoder` gives: the cell's outputs, and samples."""

    __slots__ = ()


class BasicDecoder(Decoder):
    """A decoder of one sample at each moment.

    Args:
      cell: an RNNCell.
      helper: a Helper.
      initial_state: what the cell begins with.
      output_layer: a layer applied to the cell's outputs, or None.
    Raises: TypeError for arguments of another kind.
    """

    def __init__(self, cell: Any, helper: Any, initial_state: Any, output_layer: Any = None) -> None:
        assert_like_rnncell("cell", cell)
        if not isinstance(helper, Helper):
            raise TypeError(f"helper must be a Helper, received: {type(helper)}")
        if output_layer is not None and not hasattr(output_layer, "compute_output_shape"):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell, self._helper, self._initial_state, self._output_layer = cell, helper, initial_state, output_layer

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        return self._helper.batch_size

    def _rnn_output_size(self) -> Any:
        size = self._cell.output_size
        if self._output_layer is None:
            return size
        shapes = [TensorShape(item if not isinstance(item, int) else [item]) for item in sizes_of(size)]
        layered = [
            self._output_layer.compute_output_shape(TensorShape([None]).concatenate(item))[1:] for item in shapes
        ]
        return packed_like(size, layered)

    @property
    def output_size(self) -> BasicDecoderOutput:
        """The sizes of the cell's outputs, or of those of the layer, and of samples."""
        return BasicDecoderOutput(rnn_output=self._rnn_output_size(), sample_id=self._helper.sample_ids_shape)

    @property
    def output_dtype(self) -> BasicDecoderOutput:
        """The type of the state, and that of samples."""
        dtype = nest.flatten(self._initial_state)[0].dtype
        size = self._rnn_output_size()
        return BasicDecoderOutput(packed_like(size, [dtype] * len(sizes_of(size))), self._helper.sample_ids_dtype)

    def initialize(self, name: str | None = None) -> Any:
        """Return what is finished, the inputs and the state at the first time."""
        return (*self._helper.initialize(), self._initial_state)

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """Return outputs, state, next inputs and what is finished after one time."""
        with name_scope(name, "BasicDecoderStep", [time, *nest.flatten(inputs), *nest.flatten(state)]):
            outputs, cell_state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            sample_ids = self._helper.sample(time=time, outputs=outputs, state=cell_state)
            finished, following, state = self._helper.next_inputs(
                time=time, outputs=outputs, state=cell_state, sample_ids=sample_ids
            )
        return BasicDecoderOutput(outputs, sample_ids), state, following, finished


def dynamic_decode(
    decoder: Any,
    output_time_major: bool = False,
    impute_finished: bool = False,
    maximum_iterations: Any = None,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    scope: Any = None,
    **kwargs: Any,
) -> tuple[Any, Any, Any]:
    """Run a decoder until all sequences are finished.

    Args:
      decoder: a Decoder.
      output_time_major: whether outputs are `[time, batch, ...]`.
      impute_finished: whether a sequence that is finished keeps its state and gives zeros.
      maximum_iterations: how many moments there are at the most, an int32 scalar.
      parallel_iterations, swap_memory: as in `while_loop`.
      scope: the variable scope; default: `decoder`.
      **kwargs: further arguments of `decoder.initialize`.
    Returns: the outputs of all moments, the state at the end, and how long each sequence is.
    Raises: TypeError if `decoder` is none; ValueError if `maximum_iterations` is no scalar.
    """
    if not isinstance(decoder, Decoder):
        raise TypeError(f"Expected decoder to be type Decoder, but saw: {type(decoder)}")
    with variable_scope(scope, "decoder"):
        if maximum_iterations is not None:
            maximum_iterations = convert_to_tensor(maximum_iterations, dtype=dtypes.int32, name="maximum_iterations")
            if maximum_iterations.shape.ndims != 0:
                raise ValueError("maximum_iterations must be a scalar")
        finished, inputs, state = decoder.initialize(**kwargs)
        zero = _zero_outputs(decoder)
        if maximum_iterations is not None:
            finished = logical_or(finished, maximum_iterations <= 0)
        lengths = zeros_like(finished, dtype=dtypes.int32)
        time = constant(0, dtype=dtypes.int32)
        arrays = _arrays(decoder)
        body = _Body(decoder, zero, impute_finished)
        result = while_loop(
            lambda time, arrays, state, inputs, finished, lengths: logical_not(reduce_all(finished)),
            body,
            loop_vars=(time, arrays, state, inputs, finished, lengths),
            parallel_iterations=parallel_iterations,
            maximum_iterations=maximum_iterations,
            swap_memory=swap_memory,
        )
        _, arrays, state, _, _, lengths = result
        outputs = nest.map_structure(lambda array: array.stack(), arrays)
        with suppress(NotImplementedError):  # a decoder need not have one
            outputs, state = decoder.finalize(outputs, state, lengths)
        if not output_time_major:
            outputs = nest.map_structure(transposed, outputs)
    return outputs, state, lengths


class _Body:
    """One moment of `dynamic_decode`."""

    def __init__(self, decoder: Any, zero: Any, impute_finished: bool) -> None:
        self._decoder, self._zero, self._impute_finished = decoder, zero, impute_finished

    def __call__(self, time: Any, arrays: Any, state: Any, inputs: Any, finished: Any, lengths: Any) -> Any:
        outputs, next_state, next_inputs, now_finished = self._decoder.step(time, inputs, state)
        if not self._decoder.tracks_own_finished:
            now_finished = logical_or(now_finished, finished)
        length = fill(shape_op(lengths), time + 1)
        lengths = where(logical_not(finished), length, lengths)
        nest.assert_same_structure(state, next_state)
        nest.assert_same_structure(arrays, outputs)
        nest.assert_same_structure(inputs, next_inputs)
        emitted = outputs
        if self._impute_finished:
            emitted = nest.map_structure(lambda out, zero: where(finished, zero, out), outputs, self._zero)

        def kept(new: Any, old: Any) -> Any:
            if hasattr(old, "_is_tensor_array"):
                return new
            new.set_shape(old.shape)
            return new if new.shape.ndims == 0 else where(finished, old, new)

        if self._impute_finished:
            next_state = nest.map_structure(kept, next_state, state)
        arrays = nest.map_structure(lambda array, out: array.write(time, out), arrays, emitted)
        return time + 1, arrays, next_state, next_inputs, now_finished, lengths


def _each_output(decoder: Any, function: Any) -> Any:
    """A function of size and type, for each output."""
    sizes, kinds = sizes_of(decoder.output_size), nest.flatten(decoder.output_dtype)
    return packed_like(decoder.output_size, [function(size, kind) for size, kind in zip(sizes, kinds)])


def _zero_outputs(decoder: Any) -> Any:
    batch_size = decoder.batch_size
    return _each_output(decoder, lambda size, kind: zero_states(size, batch_size, kind))


def _arrays(decoder: Any) -> Any:
    """A TensorArray for each output."""
    batch_size = decoder.batch_size
    if isinstance(batch_size, Tensor):
        batch_size = get_static_value(convert_to_tensor(batch_size, name="batch_size"))

    def array(size: Any, kind: Any) -> TensorArray:
        shape = TensorShape([size]) if isinstance(size, int) else TensorShape(size)
        known = None if batch_size is None else int(batch_size)
        whole = TensorShape(None) if shape.ndims is None else TensorShape([known]).concatenate(shape)
        return TensorArray(dtype=kind, size=0, dynamic_size=True, element_shape=whole)

    return _each_output(decoder, array)
