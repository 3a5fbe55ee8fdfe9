"""`AttentionWrapper`: a cell that looks at a memory at each moment.

output, state = wrapper(inputs, state)

cell_output = cell(inputs and the attention of the moment before)
alignments  = mechanism(cell_output)             how well each place of the memory fits
context     = alignments x memory                what stands there
attention   = layer(cell_output and context)     what is returned
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from ....base import nest
from ....building.basic_ops import identity
from ....building.default_graph import control_dependencies, name_scope
from ....families.arrays.filling import zeros
from ....families.arrays.reshaping import expand_dims, squeeze
from ....families.arrays.stacking import concat
from ....families.control_flow.tensor_array import TensorArray
from ....families.debugging.assertions import assert_equal
from ....families.indexing.positions import one_hot
from ....families.linalg.products import matmul
from ....families.reductions.argmax import argmax
from ....types import dtypes
from ....types.tensor_shape import TensorShape
from ...layers.dense import Dense
from ...recurrent.cell import RNNCell, zero_states
from ...recurrent.stepping import assert_like_rnncell
from ..framework.shapes import with_same_shape
from .attention import AttentionMechanism
from .memory import extent_of

_State = namedtuple("_State", ("cell_state", "attention", "time", "alignments", "alignment_history", "attention_state"))


class AttentionWrapperState(_State):
    """The state of an `AttentionWrapper`.

    Attributes:
      cell_state: that of the cell within.
      attention: what was returned at the moment before.
      time: the number of the moment, an int32 scalar.
      alignments: per mechanism, those of the moment before.
      alignment_history: per mechanism, a TensorArray of all of them, or an empty tuple.
      attention_state: per mechanism, its state.
    """

    __slots__ = ()

    def clone(self, **kwargs: Any) -> AttentionWrapperState:
        """Return the state with other fields, of the same structures and shapes.

        Raises: ValueError if they have others.
        """

        def like(old: Any, new: Any) -> Any:
            if not (hasattr(old, "op") and hasattr(new, "op")) or hasattr(old, "_is_tensor_array"):
                return new
            return with_same_shape(old, new)

        replaced = super()._replace(**kwargs)
        nest.assert_same_structure(self, replaced)
        return nest.map_structure(like, self, replaced)  # type: ignore[no-any-return]


def hardmax(logits: Any, name: str | None = None) -> Any:
    """Return 1 at the largest of each row of logits, elsewhere 0.

    Args:
      logits: `[..., depth]`.
      name: of the scope.
    """
    with name_scope(name, "Hardmax", [logits]):
        from ....building.convert import convert_to_tensor

        logits = convert_to_tensor(logits, name="logits")
        depth = extent_of(logits, -1)
        return one_hot(argmax(logits, -1), depth, dtype=logits.dtype)


def compute_attention(mechanism: Any, cell_output: Any, attention_state: Any, attention_layer: Any) -> Any:
    """Return the attention, the alignments and the next state of a mechanism."""
    alignments, following = mechanism(cell_output, state=attention_state)
    context = squeeze(matmul(expand_dims(alignments, 1), mechanism.values), [1])
    if attention_layer is not None:
        return attention_layer(concat([cell_output, context], 1)), alignments, following
    return context, alignments, following


def _default_input(inputs: Any, attention: Any) -> Any:
    return concat([inputs, attention], -1)


class AttentionWrapper(RNNCell):
    """A cell with attention.

    Args:
      cell: an RNNCell.
      attention_mechanism: an AttentionMechanism, or a list of them.
      attention_layer_size: the depth of the attention, per mechanism; without it (and a layer), it is the context.
      alignment_history: whether the state keeps the alignments of all moments.
      cell_input_fn: a function of inputs and attention that gives the cell's input; default: both side by side.
      output_attention: whether the attention is returned, otherwise the cell's output.
      initial_cell_state: the state that the cell within begins with.
      name: of the cell.
      attention_layer: a layer (per mechanism) in place of one of `attention_layer_size`.
      attention_fn: a function in place of `compute_attention`.
      dtype: the type.
    Raises: TypeError, ValueError for arguments of another kind, or lists of different lengths.
    """

    def __init__(
        self,
        cell: Any,
        attention_mechanism: Any,
        attention_layer_size: Any = None,
        alignment_history: bool = False,
        cell_input_fn: Any = None,
        output_attention: bool = True,
        initial_cell_state: Any = None,
        name: str | None = None,
        attention_layer: Any = None,
        attention_fn: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        assert_like_rnncell("cell", cell)
        self._is_multi = isinstance(attention_mechanism, (list, tuple))
        self._attention_mechanisms = tuple(attention_mechanism) if self._is_multi else (attention_mechanism,)
        for mechanism in self._attention_mechanisms:
            if not isinstance(mechanism, AttentionMechanism):
                kind = type(mechanism).__name__
                many = "contain only instances of" if self._is_multi else "be an"
                raise TypeError(f"attention_mechanism must {many} AttentionMechanism, saw type: {kind}")
        if cell_input_fn is not None and not callable(cell_input_fn):
            raise TypeError(f"cell_input_fn must be callable, saw type: {type(cell_input_fn).__name__}")
        self._cell, self._cell_input_fn = cell, cell_input_fn or _default_input
        self._output_attention, self._alignment_history = output_attention, alignment_history
        self._attention_fn = attention_fn or compute_attention
        self._attention_layers = self._layers(attention_layer_size, attention_layer)
        self._attention_layer_size = self._depth(attention_layer_size)
        with name_scope(name, "AttentionWrapperInit"):
            self._initial_cell_state = None if initial_cell_state is None else self._checked(initial_cell_state)

    def _layers(self, sizes: Any, layers: Any) -> tuple[Any, ...] | None:
        if sizes is not None and layers is not None:
            raise ValueError("Only one of attention_layer_size and attention_layer should be set")
        given = sizes if sizes is not None else layers
        if given is None:
            return None
        given = tuple(given) if isinstance(given, (list, tuple)) else (given,)
        if len(given) != len(self._attention_mechanisms):
            what = "attention_layer_size" if sizes is not None else "attention_layer"
            raise ValueError(
                f"If provided, {what} must contain exactly one integer per attention_mechanism, saw: {len(given)} vs "
                f"{len(self._attention_mechanisms)}"
            )
        if layers is not None:
            return given
        return tuple(
            Dense(size, name="attention_layer", use_bias=False, dtype=mechanism.dtype)
            for size, mechanism in zip(given, self._attention_mechanisms)
        )

    def _depth(self, sizes: Any) -> Any:
        """The depth of the attention."""
        if sizes is not None:
            return sum(sizes) if isinstance(sizes, (list, tuple)) else sizes
        depths = []
        for number, mechanism in enumerate(self._attention_mechanisms):
            depth = mechanism.values.shape[-1].value
            if self._attention_layers is not None:
                output = mechanism_output_depth(self._cell)
                shape = TensorShape([None, None if output is None or depth is None else output + depth])
                depth = self._attention_layers[number].compute_output_shape(shape)[-1].value
            depths.append(depth)
        return sum(depths)

    def _checked(self, state: Any) -> Any:
        """The state that the cell begins with, where the memory is for as many sequences."""
        last = nest.flatten(state)[-1]
        batch = extent_of(last, 0)
        message = (
            f"When constructing AttentionWrapper {self._base_name}: Non-matching batch sizes between the memory "
            "(encoder output) and initial_cell_state.  Are you using the BeamSearchDecoder?  You may need to tile your "
            "initial state via the tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width."
        )
        with control_dependencies(self._batch_size_checks(batch, message)):
            return nest.map_structure(lambda s: identity(s, name="check_initial_cell_state"), state)

    def _batch_size_checks(self, batch_size: Any, error_message: str) -> list[Any]:
        return [
            assert_equal(batch_size, mechanism.batch_size, message=error_message)
            for mechanism in self._attention_mechanisms
        ]

    def _item_or_tuple(self, seq: Any) -> Any:
        """Per mechanism, or of the only one."""
        items = tuple(seq)
        return items if self._is_multi else items[0]

    @property
    def output_size(self) -> Any:
        return self._attention_layer_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self) -> AttentionWrapperState:
        """The sizes of an `AttentionWrapperState`."""
        return AttentionWrapperState(
            cell_state=self._cell.state_size,
            time=TensorShape([]),
            attention=self._attention_layer_size,
            alignments=self._item_or_tuple(a.alignments_size for a in self._attention_mechanisms),
            attention_state=self._item_or_tuple(a.state_size for a in self._attention_mechanisms),
            alignment_history=self._item_or_tuple(
                a.alignments_size if self._alignment_history else () for a in self._attention_mechanisms
            ),
        )

    def zero_state(self, batch_size: Any, dtype: Any) -> AttentionWrapperState:
        """The state to begin with.

        Args:
          batch_size: how many sequences there are: an int or an int32 scalar.
          dtype: the type.
        """
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            state = self._initial_cell_state
            if state is None:
                begin = getattr(self._cell, "get_initial_state", None)
                state = begin(batch_size=batch_size, dtype=dtype) if begin else self._cell.zero_state(batch_size, dtype)
            message = (
                f"When calling zero_state of AttentionWrapper {self._base_name}: Non-matching batch sizes between the "
                "memory (encoder output) and the requested batch size.  Are you using the BeamSearchDecoder?  If so, "
                "make sure your encoder output has been tiled to beam_width via tf.contrib.seq2seq.tile_batch, and the "
                "batch_size= argument passed to zero_state is batch_size * beam_width."
            )
            with control_dependencies(self._batch_size_checks(batch_size, message)):
                state = nest.map_structure(lambda s: identity(s, name="checked_cell_state"), state)
            alignments = [a.initial_alignments(batch_size, dtype) for a in self._attention_mechanisms]
            return AttentionWrapperState(
                cell_state=state,
                time=zeros([], dtype=dtypes.int32),
                attention=zero_states(self._attention_layer_size, batch_size, dtype),
                alignments=self._item_or_tuple(alignments),
                attention_state=self._item_or_tuple(
                    a.initial_state(batch_size, dtype) for a in self._attention_mechanisms
                ),
                alignment_history=self._item_or_tuple(self._history(a, dtype) for a in alignments),
            )

    def _history(self, alignments: Any, dtype: Any) -> Any:
        if not self._alignment_history:
            return ()
        return TensorArray(dtype, size=0, dynamic_size=True, element_shape=alignments.shape)

    def call(self, inputs: Any, state: Any) -> tuple[Any, AttentionWrapperState]:  # type: ignore[override]
        """Run the cell for one moment. Raises: TypeError if the state is no `AttentionWrapperState`."""
        if not isinstance(state, AttentionWrapperState):
            raise TypeError(
                f"Expected state to be instance of AttentionWrapperState. Received type {type(state)} instead."
            )
        cell_output, cell_state = self._cell(self._cell_input_fn(inputs, state.attention), state.cell_state)
        batch = extent_of(cell_output, 0)
        message = (
            f"When applying AttentionWrapper {self.name}: Non-matching batch sizes between the memory (encoder output) "
            "and the query (decoder output).  Are you using the BeamSearchDecoder?  You may need to tile your memory "
            "input via the tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width."
        )
        with control_dependencies(self._batch_size_checks(batch, message)):
            cell_output = identity(cell_output, name="checked_cell_output")
        before = [state.attention_state, state.alignment_history]
        states, histories = before if self._is_multi else ([item] for item in before)
        attentions, all_alignments, all_states, all_histories = [], [], [], []
        for number, mechanism in enumerate(self._attention_mechanisms):
            layer = self._attention_layers[number] if self._attention_layers else None
            attention, alignments, following = self._attention_fn(mechanism, cell_output, states[number], layer)
            history = histories[number].write(state.time, alignments) if self._alignment_history else ()
            attentions.append(attention)
            all_alignments.append(alignments)
            all_states.append(following)
            all_histories.append(history)
        attention = concat(attentions, 1)
        following = AttentionWrapperState(
            time=state.time + 1,
            cell_state=cell_state,
            attention=attention,
            attention_state=self._item_or_tuple(all_states),
            alignments=self._item_or_tuple(all_alignments),
            alignment_history=self._item_or_tuple(all_histories),
        )
        return (attention if self._output_attention else cell_output), following


def mechanism_output_depth(cell: Any) -> int | None:
    """The depth of a cell's output, if it is one number."""
    size = cell.output_size
    return size if isinstance(size, int) else TensorShape(size)[-1].value
