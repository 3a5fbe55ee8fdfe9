"""Kernels that are no loops over elements: folding by index, selection, scans, sorting, narrow rows, stencils."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import drives, indexed, namespaces
from ..workload import Call, Values, Workload
from .data import uniform

CLUSTERS = 16
SEGMENTS = 1000
WORDS = 50_000


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


def _integers(count: int, below: int, *more: Callable[[], Values]) -> Callable[[], Values]:
    """So many numbers, and what others make."""

    def make() -> Values:
        drawn = np.random.default_rng(2).integers(0, below, count).astype(np.int32)
        return drawn, *(value for maker in more for value in maker())

    return make


def _behind(others: Callable[[], Values], count: int, below: int) -> Callable[[], Values]:
    """What others make, and so many numbers."""
    return lambda: (*others(), *_integers(count, below)())


def _with_mask() -> Values:
    (x,) = uniform((10**6,))()
    return x, np.random.default_rng(2).random(10**6) < 0.5


def _in_two() -> Values:
    order = np.random.default_rng(2).permutation(10**6).astype(np.int32)
    x, y = uniform((10**6 // 2,), (10**6 // 2,))()
    return order[: 10**6 // 2], order[10**6 // 2 :], x, y


def _to_search() -> Values:
    x, wanted = uniform((10_000,), (10**6,))()
    return np.sort(x), wanted


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


NO_JAX = ("sessile", "tensorflow", "numpy", "torch")  # what `jit` cannot give a shape


def _added_to_variable(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    ids, rows = drives.placeholders(tf, values)
    table = tf.Variable(tf.zeros([WORDS, 64]))
    return tf.scatter_add(table, ids, rows).op, [ids, rows]


def _gradient_of_gather(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    feeds = [tf.placeholder(tf.as_dtype(value.dtype), value.shape) for value in values]
    table, ids, rows = feeds
    slope = tf.gradients(tf.reduce_sum(tf.gather(table, ids) * rows), table)[0]
    return tf.convert_to_tensor(slope), feeds


def _read_after(built: Any) -> Call:
    """The step returns nothing; the variable is read once, to be checked."""
    step = drives.through_callable(built)
    (table,) = built.tf.global_variables()

    def once() -> Any:
        step.function(*step.args)
        return built.session.run(table)

    return Call(step.function, step.args, check=once)


def _numpy_added(values: Values) -> Call:
    table = np.zeros((WORDS, 64), np.float32)
    return drives.in_place(lambda ids, rows: np.add.at(table, ids, rows), values, table)


def _torch_added(torch: Any, values: Values, threads: int) -> Call:
    torch.set_num_threads(threads)
    table = torch.zeros((WORDS, 64))
    ids, rows = map(torch.from_numpy, values)

    def once() -> Any:
        table.index_add_(0, ids, rows)
        return table.clone()

    return Call(lambda: table.index_add_(0, ids, rows), check=once)


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
    _workload(
        "nth_element", "500th least of 100 rows of 10,000", uniform((100, 10_000)),
        lambda xp, x: xp.nth_least(x, 500),
    ),
    _workload("bincount", "how often each of 1,000 numbers is there, 1e6 int32", _integers(10**6, 1000),
        lambda xp, x: xp.counts(x, 1000)),
    _workload("histogram", "1e6 float32 in 100 parts", uniform((10**6,)),
        lambda xp, x: xp.histogram(x, -1.0, 1.0, 100), atol=5),
    _workload("in_top_k", "in_top_k 5, 10,000 rows of 1,000", _behind(uniform((10_000, 1000)), 10_000, 1000),
        lambda xp, x, targets: xp.among_top(x, targets, 5)),
    _workload("unique", "unique of 1e6 int32 below 1,000, and back", _integers(10**6, 1000),
        lambda xp, x: xp.distinct(x), backends=NO_JAX),
    _workload("unique_many", "unique of 1e6 int32 below 1e6, and back", _integers(10**6, 10**6),
        lambda xp, x: xp.distinct(x), backends=NO_JAX),
    _workload("where", "places of the true among 1e6", lambda: _with_mask()[1:],
        lambda xp, mask: xp.places(mask), backends=NO_JAX),
    _workload("boolean_mask", "half of 1e6 float32 by a mask", _with_mask,
        lambda xp, x, mask: xp.masked(x, mask), backends=NO_JAX),
    _workload("dynamic_partition", "1e6 float32 into 4 parts", _behind(uniform((10**6,)), 10**6, 4),
        lambda xp, x, parts: xp.parted(x, parts, 4), backends=NO_JAX),
    _workload("dynamic_stitch", "1e6 float32 from 2 parts, in random places", _in_two,
        lambda xp, a, b, x, y: xp.stitched([a, b], [x, y])),
    _workload("reverse_sequence", "128 sequences of 256 x 64 reversed", _behind(uniform((128, 256, 64)), 128, 257),
        lambda xp, x, lengths: xp.reversed_rows(x, lengths)),
    _workload("sequence_mask", "float32 mask of 1,000 lengths to 1,000", _integers(1000, 1001),
        lambda xp, lengths: xp.mask_of(lengths, 1000)),
    _workload("searchsorted", "1e6 float32 among 10,000 sorted", _to_search,
        lambda xp, x, wanted: xp.searched(x, wanted)),
    _workload("hot_sums", "sum of one_hot of 100,000 in 100", _integers(10**5, 100),
        lambda xp, x: xp.hot_sums(x, 100)),
    _workload("scatter_nd", "1e6 float32 added to 100,000", _integers(10**6, 10**5, uniform((10**6,))),
        lambda xp, ids, rows: xp.put(ids, rows, 10**5), atol=1e-3, rtol=1e-3),
    _workload("added_rows", "4,096 rows added to a tensor of 50,000 x 64",
        lambda: (*uniform((WORDS, 64))(), *_integers(4096, WORDS, uniform((4096, 64)))()),
        lambda xp, x, ids, rows: xp.added_rows(x, ids, rows)),
    Workload(
        name="scatter_add", title="4,096 rows added to a variable of 50,000 x 64", group="indexed", main=False,
        values=_integers(4096, WORDS, uniform((4096, 64))), build=_added_to_variable, drive=_read_after, variables=True,
        formula=lambda xp, ids, rows: xp.added_rows(np.zeros((WORDS, 64), np.float32), ids, rows),
        numpy=_numpy_added, own={"torch": _torch_added}, backends=NO_JAX,
    ),
    Workload(
        name="gather_gradient", title="gradient of gathering 4,096 rows of 50,000 x 64", group="indexed", main=False,
        values=lambda: (*uniform((WORDS, 64))(), *_integers(4096, WORDS, uniform((4096, 64)))()),
        build=_gradient_of_gather, drive=drives.through_callable,
        formula=lambda xp, x, ids, rows: xp.added_rows(xp.zeros_like(x), ids, rows),
    ),
)  # fmt: skip
