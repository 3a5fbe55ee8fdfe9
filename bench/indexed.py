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
        **_chosen_in_numpy(),
    }


def _chosen_in_numpy() -> Extras:
    def among_top(x: Any, targets: Any, k: int) -> Any:
        return np.sum(x > x[np.arange(len(x)), targets][:, None], axis=1) < k

    def distinct(x: Any) -> list[Any]:
        values, places = np.unique(x, return_inverse=True)
        return [values[places]]

    def stitched(places: list[Any], parts: list[Any]) -> Any:
        result = np.empty(sum(map(len, places)), parts[0].dtype)
        for place, part in zip(places, parts, strict=True):
            result[place] = part
        return result

    def added_rows(x: Any, ids: Any, rows: Any) -> Any:
        result = x.copy()
        np.add.at(result, ids, rows)
        return result

    return {
        "nth_least": lambda x, n: np.partition(x, n, axis=-1)[..., n],
        "counts": lambda x, count: np.bincount(x, minlength=count)[:count].astype(np.int32),
        "histogram": lambda x, low, high, bins: np.histogram(x, bins, (low, high))[0],
        "among_top": among_top,
        "distinct": distinct,
        "places": lambda x: np.flatnonzero(x),
        "masked": lambda x, mask: x[mask],
        "parted": lambda x, parts, count: [x[parts == part] for part in range(count)],
        "stitched": stitched,
        "reversed_rows": lambda x, lengths: np.take_along_axis(x, _reversed(np, x, lengths)[:, :, None], 1),
        "mask_of": lambda lengths, count: (np.arange(count) < lengths[:, None]).astype(np.float32),
        "searched": lambda x, wanted: np.searchsorted(x, wanted).astype(np.int32),
        "added_rows": added_rows,
        "hot_sums": lambda x, count: np.bincount(x, minlength=count).astype(np.float32),
        "put": lambda ids, rows, count: np.bincount(ids, rows, count).astype(np.float32),
    }


def _reversed(xp: Any, x: Any, lengths: Any) -> Any:
    """Per row the places of what `reverse_sequence` puts there."""
    places, lengths = xp.arange(x.shape[1]), lengths[:, None]
    return xp.where(places < lengths, lengths - 1 - places, places)


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
        "nth_least": lambda x, n: jnp.sort(x, axis=-1)[..., n],
        "counts": lambda x, count: jnp.bincount(x, length=count),
        "histogram": lambda x, low, high, bins: jnp.histogram(x, bins, (low, high))[0],
        "among_top": lambda x, targets, k: jnp.sum(x > x[jnp.arange(len(x)), targets][:, None], axis=1) < k,
        "stitched": lambda places, parts: (
            jnp.empty(sum(map(len, places)), parts[0].dtype).at[jnp.concatenate(places)].set(jnp.concatenate(parts))
        ),
        "reversed_rows": lambda x, lengths: jnp.take_along_axis(x, _reversed(jnp, x, lengths)[:, :, None], 1),
        "mask_of": lambda lengths, count: (jnp.arange(count) < lengths[:, None]).astype(jnp.float32),
        "searched": jnp.searchsorted,
        "added_rows": lambda x, ids, rows: x.at[ids].add(rows),
        "hot_sums": lambda x, count: jnp.sum(jax.nn.one_hot(x, count), 0),
        "put": lambda ids, rows, count: jnp.zeros(count, rows.dtype).at[ids].add(rows),
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
        **_chosen_in_torch(torch),
    }


def _chosen_in_torch(torch: Any) -> Extras:
    def among_top(x: Any, targets: Any, k: int) -> Any:
        return (x > x.gather(1, targets.long()[:, None])).sum(1) < k

    def distinct(x: Any) -> list[Any]:
        values, places = torch.unique(x, return_inverse=True)
        return [values[places]]

    def stitched(places: list[Any], parts: list[Any]) -> Any:
        result = torch.empty(sum(map(len, places)), dtype=parts[0].dtype)
        for place, part in zip(places, parts, strict=True):
            result[place] = part
        return result

    def reversed_rows(x: Any, lengths: Any) -> Any:
        places = _reversed(torch, x, lengths)[:, :, None]
        return x.gather(1, places.expand(x.shape).long())

    return {
        "nth_least": lambda x, n: torch.kthvalue(x, n + 1, dim=-1)[0],
        "counts": lambda x, count: torch.bincount(x, minlength=count),
        "histogram": lambda x, low, high, bins: torch.histc(x, bins, low, high),
        "among_top": among_top,
        "distinct": distinct,
        "places": lambda x: torch.nonzero(x)[:, 0],
        "masked": lambda x, mask: x[mask],
        "parted": lambda x, parts, count: [x[parts == part] for part in range(count)],
        "stitched": stitched,
        "reversed_rows": reversed_rows,
        "mask_of": lambda lengths, count: (torch.arange(count) < lengths[:, None]).float(),
        "searched": lambda x, wanted: torch.searchsorted(x, wanted, out_int32=True),
        "added_rows": lambda x, ids, rows: x.index_add(0, ids, rows),
        "hot_sums": lambda x, count: torch.nn.functional.one_hot(x.long(), count).float().sum(0),
        "put": lambda ids, rows, count: torch.zeros(count, dtype=rows.dtype).index_add(0, ids, rows),
    }


def in_tensorflow(tf: Any) -> Extras:
    """TF1's names: the program itself."""

    def distinct(x: Any) -> list[Any]:
        values, places = tf.unique(x)
        return [tf.gather(values, places)]

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
        "nth_least": lambda x, n: tf.raw_ops.NthElement(input=x, n=n),
        "counts": lambda x, count: tf.bincount(x, minlength=count, maxlength=count),
        "histogram": lambda x, low, high, bins: tf.histogram_fixed_width(x, [low, high], bins),
        "among_top": lambda x, targets, k: tf.math.in_top_k(x, targets, k),
        "distinct": distinct,
        "places": lambda x: tf.where(x)[:, 0],
        "masked": tf.boolean_mask,
        "parted": tf.dynamic_partition,
        "stitched": tf.dynamic_stitch,
        "reversed_rows": lambda x, lengths: tf.reverse_sequence(x, lengths, seq_axis=1),
        "mask_of": lambda lengths, count: tf.sequence_mask(lengths, count, tf.float32),
        "searched": tf.searchsorted,
        "added_rows": lambda x, ids, rows: tf.tensor_scatter_nd_add(x, ids[:, None], rows),
        "hot_sums": lambda x, count: tf.reduce_sum(tf.one_hot(x, count), 0),
        "put": lambda ids, rows, count: tf.scatter_nd(ids[:, None], rows, [count]),
    }
