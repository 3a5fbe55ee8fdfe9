"""Helpers: where a decoder's inputs come from, and how its outputs become samples.

finished, inputs = helper.initialize()
sample_ids = helper.sample(time, outputs, state)
finished, inputs, state = helper.next_inputs(time, outputs, state, sample_ids)
"""

from __future__ import annotations

from typing import Any

from ....base import nest
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.arrays.rearranging import tile
from ....families.arrays.shape_ops import shape as shape_op
from ....families.arrays.shape_ops import size as size_op
from ....families.control_flow.cond import cond
from ....families.control_flow.tensor_array import TensorArray
from ....families.elementwise.cast import cast
from ....families.elementwise.compare import equal
from ....families.elementwise.like import zeros_like
from ....families.nn.embedding import embedding_lookup
from ....families.reductions.argmax import argmax
from ....families.reductions.reductions import reduce_all
from ....graph.node import Tensor
from ....types import dtypes
from ....types.tensor_shape import TensorShape
from ...recurrent.stepping import transposed


class Helper:
    """What all helpers are. Subclasses have the properties and methods below."""

    @property
    def batch_size(self) -> Any:
        """How many sequences there are, an int32 scalar."""
        raise NotImplementedError("batch_size has not been implemented")

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of a sample, without the batch."""
        raise NotImplementedError("sample_ids_shape has not been implemented")

    @property
    def sample_ids_dtype(self) -> Any:
        """The type of samples."""
        raise NotImplementedError("sample_ids_dtype has not been implemented")

    def initialize(self, name: str | None = None) -> Any:
        """Return which sequences are finished at the beginning, and the first inputs."""
        raise NotImplementedError("initialize has not been implemented")

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Return samples of the outputs of a moment."""
        raise NotImplementedError("sample has not been implemented")

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        """Return which sequences are finished, the inputs of the next moment, and the state."""
        raise NotImplementedError("next_inputs has not been implemented")


class CustomHelper(Helper):
    """A helper made of functions.

    Args:
      initialize_fn, sample_fn, next_inputs_fn: the methods; they are called by the names of arguments.
      sample_ids_shape, sample_ids_dtype: shape and type of a sample; default: an int32 scalar.
    """

    def __init__(
        self,
        initialize_fn: Any,
        sample_fn: Any,
        next_inputs_fn: Any,
        sample_ids_shape: Any = None,
        sample_ids_dtype: Any = None,
    ) -> None:
        self._initialize_fn, self._sample_fn, self._next_inputs_fn = initialize_fn, sample_fn, next_inputs_fn
        self._batch_size: Any = None
        self._sample_ids_shape = TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or dtypes.int32

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        if self._batch_size is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of a sample, without the batch."""
        return self._sample_ids_shape

    @property
    def sample_ids_dtype(self) -> Any:
        """The type of samples."""
        return self._sample_ids_dtype

    def initialize(self, name: str | None = None) -> Any:
        """Return what is finished, the inputs and the state at the first time."""
        with name_scope(name, "CustomHelperInitialize"):
            finished, inputs = self._initialize_fn()
            if self._batch_size is None:
                self._batch_size = size_op(finished)
        return finished, inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Return what is taken of the outputs."""
        with name_scope(name, "CustomHelperSample", [time, outputs, *nest.flatten(state)]):
            return self._sample_fn(time=time, outputs=outputs, state=state)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        """Return what is finished, the next inputs and the state."""
        with name_scope(name, "CustomHelperNextInputs", [time, outputs, *nest.flatten(state)]):
            return self._next_inputs_fn(time=time, outputs=outputs, state=state, sample_ids=sample_ids)


class _Ids(Helper):
    """A helper whose samples are int32 scalars."""

    _batch_size: Any

    @property
    def batch_size(self) -> Any:
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        return TensorShape([])

    @property
    def sample_ids_dtype(self) -> Any:
        return dtypes.int32


def array_over_time(inputs: Any) -> TensorArray:
    """A tensor `[time, ...]` as a TensorArray of its rows."""
    rows = TensorArray(dtype=inputs.dtype, size=shape_op(inputs)[0], element_shape=inputs.shape[1:])
    return rows.unstack(inputs)


class TrainingHelper(_Ids):
    """Reads the inputs of training; samples are the largest of the outputs.

    Args:
      inputs: `[batch, time, ...]`, or a structure of such.
      sequence_length: int32 `[batch]`.
      time_major: whether the inputs are `[time, batch, ...]`.
      name: of the scope.
    Raises: ValueError if `sequence_length` is no vector.
    """

    def __init__(self, inputs: Any, sequence_length: Any, time_major: bool = False, name: str | None = None) -> None:
        with name_scope(name, "TrainingHelper", [*nest.flatten(inputs), sequence_length]):
            inputs = nest.map_structure(lambda item: convert_to_tensor(item, name="inputs"), inputs)
            self._inputs = inputs
            if not time_major:
                inputs = nest.map_structure(transposed, inputs)
            self._input_tas = nest.map_structure(array_over_time, inputs)
            self._sequence_length = convert_to_tensor(sequence_length, name="sequence_length")
            if self._sequence_length.shape.ndims != 1:
                raise ValueError(
                    "Expected sequence_length to be a vector, but received shape: " + str(self._sequence_length.shape)
                )
            self._zero_inputs = nest.map_structure(lambda item: zeros_like(item[0, :]), inputs)
            self._start_inputs = self._zero_inputs
            self._batch_size = size_op(self._sequence_length)

    @property
    def inputs(self) -> Any:
        """What was given, as tensors."""
        return self._inputs

    @property
    def sequence_length(self) -> Any:
        """How long each sequence is."""
        return self._sequence_length

    def initialize(self, name: str | None = None) -> Any:
        """Return what is finished, the inputs and the state at the first time."""
        with name_scope(name, "TrainingHelperInitialize"):
            finished = equal(0, self._sequence_length)
            inputs = cond(
                reduce_all(finished),
                lambda: self._zero_inputs,
                lambda: nest.map_structure(lambda rows: rows.read(0), self._input_tas),
            )
            return finished, inputs

    def sample(  # type: ignore[override]
        self, time: Any, outputs: Any, name: str | None = None, state: Any = None
    ) -> Any:
        """Return what is taken of the outputs."""
        with name_scope(name, "TrainingHelperSample", [time, outputs]):
            return cast(argmax(outputs, axis=-1), dtypes.int32)

    def next_inputs(  # type: ignore[override]
        self, time: Any, outputs: Any, state: Any, name: str | None = None, sample_ids: Any = None
    ) -> Any:
        """Return what is finished, the next inputs and the state."""
        with name_scope(name, "TrainingHelperNextInputs", [time, outputs, *nest.flatten(state)]):
            following = time + 1
            finished = following >= self._sequence_length
            inputs = cond(
                reduce_all(finished),
                lambda: self._zero_inputs,
                lambda: nest.map_structure(lambda rows: rows.read(following), self._input_tas),
            )
            return finished, inputs, state


class GreedyEmbeddingHelper(_Ids):
    """Takes the largest of the outputs, and looks its embedding up as the next input.

    Args:
      embedding: a matrix of embeddings, or a function of ids.
      start_tokens: the first ids, int32 `[batch]`.
      end_token: the id that ends a sequence, an int32 scalar.
    Raises: ValueError for tensors of other ranks.
    """

    def __init__(self, embedding: Any, start_tokens: Any, end_token: Any) -> None:
        self._embedding_fn = embedding if callable(embedding) else lambda ids: embedding_lookup(embedding, ids)
        self._start_tokens = convert_to_tensor(start_tokens, dtype=dtypes.int32, name="start_tokens")
        self._end_token = convert_to_tensor(end_token, dtype=dtypes.int32, name="end_token")
        if self._start_tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        self._batch_size = size_op(self._start_tokens)
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._start_inputs = self._embedding_fn(self._start_tokens)

    def initialize(self, name: str | None = None) -> Any:
        """Return what is finished, the inputs and the state at the first time."""
        return tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Return the largest of the outputs. Raises: TypeError if they are no tensor."""
        return argmax(_single(outputs), axis=-1, output_type=dtypes.int32)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        """Return what is finished, the next inputs and the state."""
        finished = equal(sample_ids, self._end_token)
        inputs = cond(
            reduce_all(finished),
            lambda: self._start_inputs,
            lambda: self._embedding_fn(sample_ids),
        )
        return finished, inputs, state


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """Draws from the outputs, and looks the embedding up as the next input.

    Args:
      embedding, start_tokens, end_token: as of `GreedyEmbeddingHelper`.
      softmax_temperature: what outputs are divided by before; above 1 all are more alike.
      seed: of the draws.
    """

    def __init__(
        self,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        softmax_temperature: Any = None,
        seed: Any = None,
    ) -> None:
        super().__init__(embedding, start_tokens, end_token)
        self._softmax_temperature, self._seed = softmax_temperature, seed

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Return a draw from the outputs. Raises: TypeError if they are no tensor."""
        from .drawing import categorical_sample

        logits = _single(outputs)
        if self._softmax_temperature is not None:
            logits = logits / self._softmax_temperature
        return categorical_sample(logits=logits, seed=self._seed)


def _single(outputs: Any) -> Any:
    if not isinstance(outputs, Tensor):
        raise TypeError(f"Expected outputs to be a single Tensor, got: {type(outputs)}")
    return outputs


class InferenceHelper(Helper):
    """A helper whose samples are the next inputs.

    Args:
      sample_fn: a function of outputs.
      sample_shape: the shape of a sample: an int, a list, or a TensorShape.
      sample_dtype: its type.
      start_inputs: the first inputs, `[batch, ...]`.
      end_fn: a function of samples that tells which sequences are finished.
      next_inputs_fn: a function of samples that gives the next inputs; default: the samples.
    """

    def __init__(
        self,
        sample_fn: Any,
        sample_shape: Any,
        sample_dtype: Any,
        start_inputs: Any,
        end_fn: Any,
        next_inputs_fn: Any = None,
    ) -> None:
        self._sample_fn, self._end_fn, self._next_inputs_fn = sample_fn, end_fn, next_inputs_fn
        self._sample_shape, self._sample_dtype = TensorShape(sample_shape), sample_dtype
        self._start_inputs = convert_to_tensor(start_inputs, name="start_inputs")
        self._batch_size = shape_op(start_inputs)[0]

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of a sample, without the batch."""
        return self._sample_shape

    @property
    def sample_ids_dtype(self) -> Any:
        """The type of samples."""
        return self._sample_dtype

    def initialize(self, name: str | None = None) -> Any:
        """Return what is finished, the inputs and the state at the first time."""
        return tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Return what is taken of the outputs."""
        return self._sample_fn(outputs)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        """Return what is finished, the next inputs and the state."""
        inputs = sample_ids if self._next_inputs_fn is None else self._next_inputs_fn(sample_ids)
        return self._end_fn(sample_ids), inputs, state
