"""Selecting, sorting, scanning and folding by index for formulas over arrays: the same names in every library."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

Extras = dict[str, Callable[..., Any]]


def in_numpy() -> Extras:
    """NumPy's quickest way for each."""

    def segment_sum(x: Any, ids: Any, count: int) -> Any:
        columns = x.reshape(len(ids), -1).T
        sums = [np.bincount(ids, column, minlength=count)[:count] for column in columns]
        return np.stack(sums, 1).astype(x.dtype).reshape(count, *x.shape[1:])

    def top_k(x: Any, k: int) -> Any:
        found = np.argpartition(-x, k, axis=-1)[..., :k]
        order = np.argsort(-np.take_along_axis(x, found, -1), axis=-1, kind="stable")
        found = np.take_along_axis(found, order, -1)
        return [np.take_along_axis(x, found, -1), found]

    return {
        "segment_sum": segment_sum,
        "sorted_segment_sum": lambda x, ids, count: np.add.reduceat(x, np.searchsorted(ids, np.arange(count))),
        "top_k": top_k,
        "running_sum": lambda x: np.cumsum(x, dtype=x.dtype),
        "in_order": lambda x: np.sort(x),
        "permuted": lambda x, axes: np.ascontiguousarray(x.transpose(axes)),
        "arg_least": lambda x: np.argmin(x, axis=-1),
        "soft_max": lambda x: _soft_max(np, x),
        "largest": lambda x: np.max(x, axis=-1),
    }


def _soft_max(xp: Any, x: Any) -> Any:
    raised = xp.exp(x - xp.max(x, axis=-1, keepdims=True))
    return raised / xp.sum(raised, axis=-1, keepdims=True)


def in_jax() -> Extras:
    """`jax.ops`, `jax.lax`, `jax.nn`."""
    jax = importlib.import_module("jax")
    jnp = jax.numpy
    return {
        "segment_sum": lambda x, ids, count: jax.ops.segment_sum(x, ids, count),
        "sorted_segment_sum": lambda x, ids, count: jax.ops.segment_sum(x, ids, count, indices_are_sorted=True),
        "top_k": lambda x, k: list(jax.lax.top_k(x, k)),
        "running_sum": jnp.cumsum,
        "in_order": jnp.sort,
        "permuted": jnp.transpose,
        "arg_least": lambda x: jnp.argmin(x, axis=-1),
        "soft_max": jax.nn.softmax,
        "largest": lambda x: jnp.max(x, axis=-1),
    }


def in_torch(torch: Any) -> Extras:
    """`index_add`, `topk` and so on."""

    def segment_sum(x: Any, ids: Any, count: int) -> Any:
        return torch.zeros((count, *x.shape[1:]), dtype=x.dtype).index_add(0, ids, x)

    return {
        "segment_sum": segment_sum,
        "sorted_segment_sum": segment_sum,
        "top_k": lambda x, k: list(torch.topk(x, k)),
        "running_sum": lambda x: torch.cumsum(x, 0),
        "in_order": lambda x: torch.sort(x)[0],
        "permuted": lambda x, axes: x.permute(axes).contiguous(),
        "arg_least": lambda x: torch.argmin(x, -1),
        "soft_max": lambda x: torch.softmax(x, -1),
        "largest": lambda x: torch.amax(x, -1),
    }


def in_tensorflow(tf: Any) -> Extras:
    """TF1's names: the program itself."""
    return {
        "segment_sum": tf.math.unsorted_segment_sum,
        "sorted_segment_sum": lambda x, ids, count: tf.math.segment_sum(x, ids),
        "top_k": lambda x, k: list(tf.nn.top_k(x, k)),
        "running_sum": tf.cumsum,
        "in_order": tf.sort,
        "permuted": lambda x, axes: tf.transpose(x, axes),
        "arg_least": lambda x: tf.argmin(x, axis=-1, output_type=tf.int32),
        "soft_max": tf.nn.softmax,
        "largest": lambda x: tf.reduce_max(x, axis=-1),
        "amax": tf.reduce_max,
        "sum": tf.reduce_sum,
    }
