"""Scheduled sampling: some inputs of training are what the decoder gave at the moment before (Bengio et al. 2015)."""

from __future__ import annotations

from typing import Any

from ....base import nest
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.arrays.filling import fill
from ....families.arrays.shape_ops import shape as shape_op
from ....families.arrays.stacking import concat
from ....families.control_flow.cond import cond
from ....families.elementwise.cast import cast
from ....families.elementwise.compare import logical_not, logical_or
from ....families.indexing.batch_gathering import gather_nd
from ....families.indexing.positions import where
from ....families.indexing.scattering import scatter_nd
from ....families.nn.embedding import embedding_lookup
from ....families.reductions.reductions import reduce_all, reduce_any
from ....types import dtypes
from ...recurrent.stepping import transposed
from .drawing import bernoulli_sample, categorical_sample
from .helpers import TrainingHelper, array_over_time


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """Draws some inputs from the outputs, and looks their embeddings up.

    Args:
      inputs, sequence_length, time_major, name: as of `TrainingHelper`.
      embedding: a matrix of embeddings, or a function of ids.
      sampling_probability: how likely an input is drawn: a scalar, or `[batch]`.
      seed: of the draws.
      scheduling_seed: of which inputs are drawn.
    Raises: ValueError if `sampling_probability` has another rank.
    """

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        embedding: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: Any = None,
        scheduling_seed: Any = None,
        name: str | None = None,
    ) -> None:
        with name_scope(name, "ScheduledEmbeddingSamplingWrapper", [embedding, sampling_probability]):
            self._embedding_fn = embedding if callable(embedding) else lambda ids: embedding_lookup(embedding, ids)
            self._sampling_probability = _probability(sampling_probability)
            self._seed, self._scheduling_seed = seed, scheduling_seed
            super().__init__(inputs=inputs, sequence_length=sequence_length, time_major=time_major, name=name)

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:  # type: ignore[override]
        """Return drawn ids, and -1 for sequences whose next input is the given one."""
        with name_scope(name, "ScheduledEmbeddingTrainingHelperSample", [time, outputs, *nest.flatten(state)]):
            is_drawn = bernoulli_sample(
                probs=self._sampling_probability,
                dtype=dtypes.bool_,
                sample_shape=self.batch_size,
                seed=self._scheduling_seed,
            )
            drawn = categorical_sample(logits=outputs, seed=self._seed)
            return where(is_drawn, drawn, fill([self.batch_size], -1))

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any = None, name: str | None = None) -> Any:  # type: ignore[override]
        """Return what is finished, the next inputs and the state."""
        with name_scope(
            name, "ScheduledEmbeddingTrainingHelperNextInputs", [time, outputs, *nest.flatten(state), sample_ids]
        ):
            finished, given, state = super().next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids, name=name
            )

            def mixed() -> Any:
                drawn_at = cast(where(sample_ids > -1), dtypes.int32)
                given_at = cast(where(sample_ids <= -1), dtypes.int32)
                ids = gather_nd(sample_ids, drawn_at)
                kept = gather_nd(given, given_at)
                looked_up = self._embedding_fn(ids)
                extents = shape_op(given)
                return scatter_nd(indices=drawn_at, updates=looked_up, shape=extents) + scatter_nd(
                    indices=given_at, updates=kept, shape=extents
                )

            inputs = cond(reduce_all(finished), lambda: given, mixed)
            return finished, inputs, state


def _probability(value: Any) -> Any:
    probability = convert_to_tensor(value, name="sampling_probability")
    if probability.shape.ndims not in (0, 1):
        raise ValueError(f"sampling_probability must be either a scalar or a vector. saw shape: {probability.shape}")
    return probability


class ScheduledOutputTrainingHelper(TrainingHelper):
    """Takes some inputs from the outputs of the moment before.

    Args:
      inputs, sequence_length, time_major, name: as of `TrainingHelper`; `inputs` is one tensor.
      sampling_probability: how likely an input is an output: a scalar, or `[batch]`.
      seed: of which are.
      next_inputs_fn: a function applied to outputs that become inputs.
      auxiliary_inputs: what is put beside every input, of the form of `inputs`.
    Raises: ValueError if `sampling_probability` has another rank.
    """

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: Any = None,
        next_inputs_fn: Any = None,
        auxiliary_inputs: Any = None,
        name: str | None = None,
    ) -> None:
        with name_scope(name, "ScheduledOutputTrainingHelper", [inputs, auxiliary_inputs, sampling_probability]):
            self._sampling_probability = _probability(sampling_probability)
            if auxiliary_inputs is None:
                together = inputs
            else:
                inputs = convert_to_tensor(inputs, name="inputs")
                auxiliary_inputs = convert_to_tensor(auxiliary_inputs, name="auxiliary_inputs")
                together = nest.map_structure(lambda x, y: concat((x, y), -1), inputs, auxiliary_inputs)
                if not time_major:
                    auxiliary_inputs = nest.map_structure(transposed, auxiliary_inputs)
            self._auxiliary_input_tas = (
                None if auxiliary_inputs is None else nest.map_structure(array_over_time, auxiliary_inputs)
            )
            self._seed, self._next_inputs_fn = seed, next_inputs_fn
            super().__init__(inputs=together, sequence_length=sequence_length, time_major=time_major, name=name)

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:  # type: ignore[override]
        """Return which sequences take their outputs."""
        with name_scope(name, "ScheduledOutputTrainingHelperSample", [time, outputs, *nest.flatten(state)]):
            return bernoulli_sample(probs=self._sampling_probability, sample_shape=self.batch_size, seed=self._seed)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any = None, name: str | None = None) -> Any:  # type: ignore[override]
        """Return what is finished, the next inputs and the state."""
        with name_scope(
            name, "ScheduledOutputTrainingHelperNextInputs", [time, outputs, *nest.flatten(state), sample_ids]
        ):
            finished, given, state = super().next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids, name=name
            )
            sample_ids = cast(sample_ids, dtypes.bool_)

            def with_auxiliary(outputs: Any, indices: Any = None) -> Any:
                if self._auxiliary_input_tas is None:
                    return outputs
                following = time + 1
                beside = nest.map_structure(lambda rows: rows.read(following), self._auxiliary_input_tas)
                if indices is not None:
                    beside = gather_nd(beside, indices)
                return nest.map_structure(lambda x, y: concat((x, y), -1), outputs, beside)

            def mixed() -> Any:
                if self._next_inputs_fn is None:
                    return where(sample_ids, with_auxiliary(outputs), given)
                taken_at = cast(where(sample_ids), dtypes.int32)
                given_at = cast(where(logical_not(sample_ids)), dtypes.int32)
                taken = gather_nd(outputs, taken_at)
                kept = gather_nd(given, given_at)
                made = with_auxiliary(self._next_inputs_fn(taken), taken_at)
                extents = shape_op(given)
                return scatter_nd(indices=taken_at, updates=made, shape=extents) + scatter_nd(
                    indices=given_at, updates=kept, shape=extents
                )

            all_finished = reduce_all(finished)
            is_given = logical_or(all_finished, logical_not(reduce_any(sample_ids)))
            return finished, cond(is_given, lambda: given, mixed), state
