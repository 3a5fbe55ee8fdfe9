"""Attention mechanisms: how well each place of a memory fits a query (`LuongAttention`, `BahdanauAttention`).

A mechanism is called with a query `[batch, depth]` and gives alignments `[batch, length]`: scores turned into
probabilities along the memory. What it returns as its state is given to it at the next moment.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ....base import nest
from ....building.default_graph import name_scope
from ....families.arrays.reshaping import expand_dims, squeeze
from ....families.elementwise.arithmetic import square
from ....families.elementwise.exponential import rsqrt
from ....families.elementwise.trigonometry import tanh
from ....families.linalg.products import matmul
from ....families.nn.softmax import softmax
from ....families.random.initializers import Constant, Ones, Zeros
from ....families.reductions.reductions import reduce_sum
from ....families.state.variable_scope import get_variable, variable_scope
from ....types import dtypes
from ...layers.dense import Dense
from ...recurrent.cell import zero_states
from .memory import extent_of, mask_score, prepare_memory


class AttentionMechanism:
    """What all attention mechanisms are."""

    @property
    def alignments_size(self) -> Any:
        """How many places the memory has."""
        raise NotImplementedError

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        raise NotImplementedError


class BaseAttentionMechanism(AttentionMechanism):
    """A mechanism over a memory: keys, values, and the layer of queries.

    Args:
      query_layer: a layer applied to queries, or None.
      memory: `[batch, length, ...]`.
      probability_fn: turns scores and the state before into probabilities.
      memory_sequence_length: how long each sequence of the memory is, or None.
      memory_layer: a layer that makes keys of the memory, or None.
      check_inner_dims_defined: whether the memory's inner extents have to be known.
      score_mask_value: the score behind the end of a sequence; default: minus infinity.
      custom_key_value_fn: a function of keys and values that gives others in their place.
      name: of the scope.
    """

    def __init__(
        self,
        query_layer: Any,
        memory: Any,
        probability_fn: Any,
        memory_sequence_length: Any = None,
        memory_layer: Any = None,
        check_inner_dims_defined: bool = True,
        score_mask_value: Any = None,
        custom_key_value_fn: Any = None,
        name: str | None = None,
    ) -> None:
        for what, layer in (("query_layer", query_layer), ("memory_layer", memory_layer)):
            if layer is not None and not hasattr(layer, "compute_output_shape"):
                raise TypeError(f"{what} is not a Layer: {type(layer).__name__}")
        self._query_layer, self._memory_layer = query_layer, memory_layer
        self.dtype = memory_layer.dtype if memory_layer is not None else None
        if not callable(probability_fn):
            raise TypeError(f"probability_fn must be callable, saw type: {type(probability_fn).__name__}")
        if score_mask_value is None:
            kind = dtypes.as_dtype(self.dtype or dtypes.float32).as_numpy_dtype
            score_mask_value = kind(-np.inf)
        self._probability_fn: Any = lambda score, before: probability_fn(
            mask_score(score, memory_sequence_length, score_mask_value), before
        )
        with name_scope(name, "BaseAttentionMechanismInit", nest.flatten(memory)):
            self._values = prepare_memory(memory, memory_sequence_length, check_inner_dims_defined)
            self._keys = memory_layer(self._values) if memory_layer is not None else self._values
            if custom_key_value_fn is not None:
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            self._batch_size = extent_of(self._keys, 0)
            self._alignments_size = extent_of(self._keys, 1)

    @property
    def memory_layer(self) -> Any:
        """The layer that makes keys of the memory, or None."""
        return self._memory_layer

    @property
    def query_layer(self) -> Any:
        """The layer of queries, or None."""
        return self._query_layer

    @property
    def values(self) -> Any:
        """The memory."""
        return self._values

    @property
    def keys(self) -> Any:
        """What queries are compared with."""
        return self._keys

    @property
    def batch_size(self) -> Any:
        """How many sequences there are: an int, or a tensor."""
        return self._batch_size

    @property
    def alignments_size(self) -> Any:
        return self._alignments_size

    @property
    def state_size(self) -> Any:
        return self._alignments_size

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """The alignments to begin with: zeros.

        Args:
          batch_size: how many sequences there are.
          dtype: the type.
        """
        return zero_states(self._alignments_size, batch_size, dtype)

    def initial_state(self, batch_size: Any, dtype: Any) -> Any:
        """The state to begin with: that of `initial_alignments`."""
        return self.initial_alignments(batch_size, dtype)


def _with_softmax(probability_fn: Any) -> Any:
    """A function of scores and a state."""
    function = probability_fn or softmax
    return lambda score, _: function(score)


def luong_score(query: Any, keys: Any, scale: Any) -> Any:
    """Return the products of queries and keys, `[batch, length]`, times `scale` unless it is None.

    Raises: ValueError if the depths differ.
    """
    depth, units = query.shape[-1].value, keys.shape[-1].value
    if depth != units:
        raise ValueError(
            f"Incompatible or unknown inner dimensions between query and keys.  Query ({query}) has units: {depth}.  "
            f"Keys ({keys}) have units: {units}.  Perhaps you need to set num_units to the keys' dimension ({units})?"
        )
    score = squeeze(matmul(expand_dims(query, 1), keys, transpose_b=True), [1])
    return score if scale is None else scale * score


def bahdanau_score(query: Any, keys: Any, v: Any, g: Any = None, b: Any = None) -> Any:
    """Return `v` times the tanh of the sums of queries and keys, summed over the depth, `[batch, length]`.

    Args:
      query: `[batch, units]`, as the layer of queries gives it.
      v: a vector of weights.
      g, b: where weights are normalized: their length, and what is added inside of tanh.
    """
    query = expand_dims(query, 1)
    if g is None:
        return reduce_sum(v * tanh(keys + query), [2])
    return reduce_sum(g * v * rsqrt(reduce_sum(square(v))) * tanh(keys + query + b), [2])


def normalized_weights(units: int, dtype: Any) -> tuple[Any, Any]:
    """The variables of `bahdanau_score` where weights are normalized."""
    start = Constant(math.sqrt(1.0 / units), dtype=dtype)
    g = get_variable("attention_g", dtype=dtype, initializer=start, shape=())
    b = get_variable("attention_b", [units], dtype=dtype, initializer=Zeros())
    return g, b


def layer(units: int, name: str, dtype: Any) -> Dense:
    """A product with a matrix of weights."""
    return Dense(units, name=name, use_bias=False, dtype=dtype)


class LuongAttention(BaseAttentionMechanism):
    """Products of queries and keys (Luong et al. 2015).

    Args:
      num_units: the depth of queries and keys.
      memory: `[batch, length, ...]`.
      memory_sequence_length: how long each sequence is, or None.
      scale: whether scores are multiplied by a variable.
      probability_fn: turns scores into probabilities; default: softmax.
      score_mask_value: the score behind the end of a sequence; default: minus infinity.
      dtype: of the layer of the memory; default: float32.
      custom_key_value_fn: a function of keys and values that gives others in their place.
      name: of the scope.
    """

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        probability_fn: Any = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Any = None,
        name: str = "LuongAttention",
    ) -> None:
        super().__init__(
            query_layer=None,
            memory_layer=layer(num_units, "memory_layer", dtype or dtypes.float32),
            memory=memory,
            probability_fn=_with_softmax(probability_fn),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn,
            name=name,
        )
        self._num_units, self._scale, self._name = num_units, scale, name

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """Return the alignments of a query `[batch, num_units]`, and them again as the state."""
        with variable_scope(None, "luong_attention", [query]):
            scale = None
            if self._scale:
                scale = get_variable("attention_g", dtype=query.dtype, initializer=Ones(), shape=())
            score = luong_score(query, self._keys, scale)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


class BahdanauAttention(BaseAttentionMechanism):
    """Weighted sums of the tanh of queries and keys (Bahdanau et al. 2015).

    Args:
      num_units: the depth in which queries and keys are compared.
      normalize: whether weights are normalized (Salimans and Kingma 2016).
      memory, memory_sequence_length, probability_fn, score_mask_value, dtype, custom_key_value_fn, name: as of
        `LuongAttention`.
    """

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        probability_fn: Any = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Any = None,
        name: str = "BahdanauAttention",
    ) -> None:
        dtype = dtype or dtypes.float32
        super().__init__(
            query_layer=layer(num_units, "query_layer", dtype),
            memory_layer=layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=_with_softmax(probability_fn),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn,
            name=name,
        )
        self._num_units, self._normalize, self._name = num_units, normalize, name

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """Return the alignments of a query `[batch, depth]`, and them again as the state."""
        with variable_scope(None, "bahdanau_attention", [query]):
            query = self._query_layer(query)
            v = get_variable("attention_v", [self._num_units], dtype=query.dtype)
            more = normalized_weights(self._num_units, query.dtype) if self._normalize else ()
            score = bahdanau_score(query, self._keys, v, *more)
        alignments = self._probability_fn(score, state)
        return alignments, alignments
