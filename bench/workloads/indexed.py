"""Kernels that are no loops over elements: folding by index, selection, scans, sorting, narrow rows, stencils."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import drives, indexed, namespaces
from ..workload import Values, Workload
from .data import uniform

CLUSTERS = 16
SEGMENTS = 1000


def _points() -> Values:
    random = np.random.default_rng(1)
    return random.normal(size=(100_000, 8)).astype(np.float32), random.normal(size=(CLUSTERS, 8)).astype(np.float32)


def _with_ids() -> Values:
    random = np.random.default_rng(1)
    ids = np.sort(np.concatenate([np.arange(SEGMENTS), random.integers(0, SEGMENTS, 10**6 - SEGMENTS)]))
    return random.uniform(-1, 1, 10**6).astype(np.float32), ids.astype(np.int32)


def _k_means(xp: Any, points: Any, centres: Any) -> Any:
    """One step: the mean of the points that are nearest to each centre."""
    nearest = xp.arg_least(xp.sum(xp.square(points[:, None] - centres[None]), axis=-1))
    sums = xp.segment_sum(points, nearest, CLUSTERS)
    counts = xp.segment_sum(xp.ones_like(points[:, 0]), nearest, CLUSTERS)
    return sums / xp.maximum(counts, 1.0)[:, None]


def _stencil(xp: Any, x: Any) -> Any:
    around = x[:-2, 1:-1] + x[2:, 1:-1] + x[1:-1, :-2] + x[1:-1, 2:]
    return around - 4.0 * x[1:-1, 1:-1]


def _build(formula: Callable[..., Any]) -> Callable[[Any, Values], tuple[Any, list[Any]]]:
    """The TF1 program of a formula; extents that mean something (columns, channels) are known to it."""

    def build(tf: Any, values: Values) -> tuple[Any, list[Any]]:
        feeds = [tf.placeholder(tf.as_dtype(value.dtype), [None, *value.shape[1:]]) for value in values]
        space = namespaces.for_tf(tf, **indexed.in_tensorflow(tf))
        return formula(space, *feeds), feeds

    return build


def _workload(
    name: str, title: str, values: Callable[[], Values], formula: Callable[..., Any], **more: Any
) -> Workload:
    return Workload(
        name=name, title=title, group="indexed", values=values, build=_build(formula), formula=formula,
        drive=drives.through_callable, main=False, **more,
    )  # fmt: skip


INDEXED = (
    _workload("k_means", "k-means step, 100,000 x 8, 16 clusters", _points, _k_means, rtol=1e-2, atol=1e-3),
    _workload(
        "top_k", "top_k 64 of 100 x 10,000", uniform((100, 10_000), low=0), lambda xp, x: xp.top_k(x, 64)[0]
    ),
    _workload(
        "segment_sum", "sums of 1,000 sorted segments, 1e6 float32", _with_ids,
        lambda xp, x, ids: xp.sorted_segment_sum(x, ids, SEGMENTS), atol=1e-3, rtol=1e-3,
    ),
    _workload(
        "cumsum", "cumsum of 1e6 float32", uniform((10**6,)), lambda xp, x: xp.running_sum(x), atol=0.05, rtol=1e-2
    ),
    _workload(
        "narrow_rows", "softmax and max of 100,000 rows of 5", uniform((100_000, 5)),
        lambda xp, x: [xp.soft_max(x), xp.largest(x)],
    ),
    _workload("sort", "sort of 1e6 float32", uniform((10**6,)), lambda xp, x: xp.in_order(x)),
    _workload("stencil", "five-point stencil of 2048 x 2048", uniform((2048, 2048)), _stencil),
    _workload(
        "nhwc_to_nchw", "16 x 224 x 224 x 3 to NCHW, scaled", uniform((16, 224, 224, 3)),
        lambda xp, x: xp.permuted(x, (0, 3, 1, 2)) * 2.0 - 1.0,
    ),
)  # fmt: skip
