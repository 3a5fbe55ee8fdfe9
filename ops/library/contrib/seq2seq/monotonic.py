"""Attention that only moves forward along the memory (Raffel et al. 2017)."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.arrays.filling import ones, zeros
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape as shape_op
from ....families.arrays.stacking import concat
from ....families.arrays.transposing import transpose
from ....families.control_flow.functional import scan
from ....families.elementwise.cast import cast
from ....families.elementwise.exponential import exp, log
from ....families.elementwise.rounding import clip_by_value
from ....families.indexing.positions import one_hot
from ....families.nn.activations import sigmoid
from ....families.random.initializers import Ones
from ....families.random.sampling import random_normal
from ....families.reductions.scan import cumprod, cumsum
from ....families.state.variable_scope import get_variable, variable_scope
from ....types import dtypes
from .attention import BaseAttentionMechanism, bahdanau_score, layer, luong_score, normalized_weights
from .memory import extent_of


def safe_cumprod(x: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the cumulative product of numbers from 0 to 1, by the sum of logarithms.

    Args:
      x: the numbers.
      *args, **kwargs: as of `cumsum`.
    """
    with name_scope(None, "SafeCumprod", [x]):
        x = convert_to_tensor(x, name="x")
        tiny = np.finfo(x.dtype.as_numpy_dtype).tiny
        return exp(cumsum(log(clip_by_value(x, tiny, 1)), *args, **kwargs))


def monotonic_attention(p_choose_i: Any, previous_attention: Any, mode: str) -> Any:
    """Return the probabilities of each place, `[batch, length]`.

    Args:
      p_choose_i: the probability that a place is chosen when it is looked at, `[batch, length]`.
      previous_attention: the probabilities of the moment before, `[batch, length]`.
      mode: "recursive" computes place after place, "parallel" all by cumulative sums and products, which is less exact
        where probabilities are near 0 or 1, "hard" takes probabilities that are 0 or 1.
    Raises: ValueError for another mode.
    """
    p_choose_i = convert_to_tensor(p_choose_i, name="p_choose_i")
    previous_attention = convert_to_tensor(previous_attention, name="previous_attention")
    if mode == "recursive":
        batch = extent_of(p_choose_i, 0)
        passed = concat([ones((batch, 1)), 1 - p_choose_i[:, :-1]], 1)
        reached = scan(
            lambda x, yz: reshape(yz[0] * x + yz[1], (batch,)),
            [transpose(passed), transpose(previous_attention)],
            zeros((batch,)),
        )
        return p_choose_i * transpose(reached)
    if mode == "parallel":
        passed = safe_cumprod(1 - p_choose_i, axis=1, exclusive=True)
        return p_choose_i * passed * cumsum(previous_attention / clip_by_value(passed, 1e-10, 1.0), axis=1)
    if mode == "hard":
        chosen = p_choose_i * cumsum(previous_attention, axis=1)
        return chosen * cumprod(1 - chosen, axis=1, exclusive=True)
    raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")


def probabilities(score: Any, before: Any, noise: float, mode: str, seed: Any) -> Any:
    """Scores, with noise that makes them large or small, as probabilities of choosing a place."""
    if noise > 0:
        score += noise * random_normal(shape_op(score), dtype=score.dtype, seed=seed)
    chosen = cast(score > 0, score.dtype) if mode == "hard" else sigmoid(score)
    return monotonic_attention(chosen, before, mode)


class BaseMonotonicAttentionMechanism(BaseAttentionMechanism):
    """A mechanism that begins at the first place."""

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """The alignments to begin with: 1 at the first place.

        Args:
          batch_size: how many sequences there are.
          dtype: the type.
        """
        return one_hot(zeros((batch_size,), dtype=dtypes.int32), self._alignments_size, dtype=dtype)


def _with_bias(score: Any, start: Any, dtype: Any) -> Any:
    """Scores, with a variable added."""
    return score + get_variable("attention_score_bias", dtype=dtype, initializer=start)


class BahdanauMonotonicAttention(BaseMonotonicAttentionMechanism):
    """Weighted sums of the tanh of queries and keys, monotonic.

    Args:
      num_units, memory, memory_sequence_length, normalize, score_mask_value, dtype, name: as of `BahdanauAttention`.
      sigmoid_noise: the standard deviation of the noise added to scores.
      sigmoid_noise_seed: its seed.
      score_bias_init: what the bias of scores begins with.
      mode: as of `monotonic_attention`.
    """

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: Any = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str = "BahdanauMonotonicAttention",
    ) -> None:
        dtype = dtype or dtypes.float32
        super().__init__(
            query_layer=layer(num_units, "query_layer", dtype),
            memory_layer=layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=partial(probabilities, noise=sigmoid_noise, mode=mode, seed=sigmoid_noise_seed),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units, self._normalize, self._name = num_units, normalize, name
        self._score_bias_init = score_bias_init

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """Return the alignments of a query, given those of the moment before, and them again as the state."""
        with variable_scope(None, "bahdanau_monotonic_attention", [query]):
            query = self._query_layer(query)
            v = get_variable("attention_v", [self._num_units], dtype=query.dtype)
            more = normalized_weights(self._num_units, query.dtype) if self._normalize else ()
            score = bahdanau_score(query, self._keys, v, *more)
            score = _with_bias(score, self._score_bias_init, query.dtype)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


class LuongMonotonicAttention(BaseMonotonicAttentionMechanism):
    """Products of queries and keys, monotonic.

    Args:
      num_units, memory, memory_sequence_length, scale, score_mask_value, dtype, name: as of `LuongAttention`.
      sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode: as of `BahdanauMonotonicAttention`.
    """

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: Any = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str = "LuongMonotonicAttention",
    ) -> None:
        super().__init__(
            query_layer=None,
            memory_layer=layer(num_units, "memory_layer", dtype or dtypes.float32),
            memory=memory,
            probability_fn=partial(probabilities, noise=sigmoid_noise, mode=mode, seed=sigmoid_noise_seed),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units, self._scale, self._name = num_units, scale, name
        self._score_bias_init = score_bias_init

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """Return the alignments of a query, given those of the moment before, and them again as the state."""
        with variable_scope(None, "luong_monotonic_attention", [query]):
            scale = None
            if self._scale:
                scale = get_variable("attention_g", dtype=query.dtype, initializer=Ones(), shape=())
            score = luong_score(query, self._keys, scale)
            score = _with_bias(score, self._score_bias_init, query.dtype)
        alignments = self._probability_fn(score, state)
        return alignments, alignments
