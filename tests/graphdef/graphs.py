"""Graphs written once for both libraries: TensorFlow records them, sessile imports what it recorded, and back.

Each function builds its graph in the default graph of the `tf` given and returns the steps to run, one after the other
in one session, as (fetches, feeds) by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]


class Kept(NamedTuple):
    """A feed that is the handle an earlier step has fetched under this name."""

    name: str


class Step(NamedTuple):
    """What one call of `Session.run` fetches and feeds; names with `:0` are tensors, others operations."""

    fetches: list[str]
    feeds: dict[str, Any]


Builder = Callable[[Any], list[Step]]


def floats(seed: int, *shape: int, scale: float = 1.0) -> Array:
    """Reproducible float32 values."""
    return (np.random.RandomState(seed).randn(*shape) * scale).astype(np.float32)


def mlp(tf: Any) -> list[Step]:
    """Two layers, softmax, cross entropy and accuracy."""
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    labels = tf.placeholder(tf.int32, [None], name="labels")
    hidden = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, floats(1, 4, 8)), floats(2, 8)), name="hidden")
    logits = tf.nn.xw_plus_b(hidden, floats(3, 8, 3), floats(4, 3), name="logits")
    tf.nn.softmax(logits, name="probabilities")
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    tf.reduce_mean(losses, name="loss")
    hits = tf.equal(tf.argmax(logits, 1, output_type=tf.int32), labels)
    tf.reduce_mean(tf.cast(hits, tf.float32), name="accuracy")
    fetches = ["probabilities:0", "loss:0", "accuracy:0"]
    return [
        Step(fetches, {"x:0": floats(seed, rows, 4), "labels:0": np.arange(rows, dtype=np.int32) % 3})
        for seed, rows in ((5, 6), (6, 1))
    ]


def attention(tf: Any) -> list[Step]:
    """Masked attention with two heads, a residual and layer normalisation."""
    x = tf.placeholder(tf.float32, [None, None, 8], name="x")
    batch, length = tf.unstack(tf.shape(x))[:2]

    def heads(weight: Array, name: str) -> Any:
        product = tf.reshape(tf.matmul(tf.reshape(x, [-1, 8]), weight), tf.stack([batch, length, 2, 4]))
        return tf.transpose(product, [0, 2, 1, 3], name=name)

    query, key, value = (heads(floats(seed, 8, 8, scale=0.4), name) for seed, name in ((1, "q"), (2, "k"), (3, "v")))
    scores = tf.matmul(query, key, transpose_b=True) * (1 / np.sqrt(4.0))
    mask = tf.matrix_band_part(tf.ones(tf.stack([length, length])), -1, 0)
    weights = tf.nn.softmax(scores + (1.0 - mask) * -1e9, name="weights")
    mixed = tf.reshape(tf.transpose(tf.matmul(weights, value), [0, 2, 1, 3]), tf.shape(x))
    total = x + mixed
    mean, variance = tf.nn.moments(total, [-1], keep_dims=True)
    tf.multiply((total - mean) * tf.rsqrt(variance + 1e-6), floats(4, 8), name="output")
    return [
        Step(["weights:0", "output:0"], {"x:0": floats(5, 2, 3, 8)}),
        Step(["output:0"], {"x:0": floats(6, 1, 5, 8)}),
    ]


def mixture_density(tf: Any) -> list[Step]:
    """The likelihood of a mixture of normal distributions whose parameters are a function of the input."""
    x = tf.placeholder(tf.float32, [None, 1], name="x")
    y = tf.placeholder(tf.float32, [None, 1], name="y")
    hidden = tf.tanh(tf.matmul(x, floats(1, 1, 6)) + floats(2, 6))
    parameters = tf.matmul(hidden, floats(3, 6, 9, scale=0.5))
    # `split` of TensorFlow 1.15 has one constant more than that of TensorFlow 2, which recorded this.
    mean, log_scale, logits = tf.raw_ops.Split(axis=1, value=parameters, num_split=3, name="parts")
    normal = -0.5 * tf.square((y - mean) * tf.exp(-log_scale)) - log_scale - 0.5 * float(np.log(2 * np.pi))
    likelihood = tf.reduce_logsumexp(tf.nn.log_softmax(logits) + normal, 1, name="log_likelihood")
    tf.negative(tf.reduce_mean(likelihood), name="loss")
    return [Step(["log_likelihood:0", "loss:0"], {"x:0": floats(4, 7, 1), "y:0": floats(5, 7, 1)})]


def normalisation(tf: Any) -> list[Step]:
    """Batch statistics, standardising, unit length, clipping by norm, minimum and maximum scaling."""
    x = tf.placeholder(tf.float32, [None, 5], name="x")
    mean, variance = tf.nn.moments(x, [0], name="moments")
    tf.divide(x - mean, tf.sqrt(variance + 1e-3), name="standard")
    tf.nn.l2_normalize(x, 1, name="unit")
    low, high = tf.reduce_min(x, 0), tf.reduce_max(x, 0)
    tf.identity((x - low) / tf.maximum(high - low, 1e-12), name="scaled")
    tf.identity(tf.clip_by_norm(x, 1.5, axes=[1]), name="clipped")
    tf.norm(x, axis=1, name="length")
    return [Step(["standard:0", "unit:0", "scaled:0", "clipped:0"], {"x:0": floats(1, 6, 5)})]


def signal_windows(tf: Any) -> list[Step]:
    """Frames of a signal under a Hann window: energy, zero crossings, differences, an autocorrelation."""
    signal = tf.placeholder(tf.float32, [None], name="signal")
    count = (tf.size(signal) - 8) // 4 + 1
    index = tf.expand_dims(tf.range(count) * 4, 1) + tf.range(8)
    window = 0.5 - 0.5 * tf.cos(tf.linspace(0.0, 2 * np.pi * 7 / 8, 8))
    frames = tf.multiply(tf.gather(signal, index), window, name="frames")
    tf.log1p(tf.reduce_sum(tf.square(frames), 1), name="energy")
    signs = tf.sign(frames)
    tf.count_nonzero(tf.not_equal(signs[:, 1:], signs[:, :-1]), 1, name="crossings")
    tf.subtract(signal[1:], 0.95 * signal[:-1], name="emphasised")
    padded = tf.pad(frames, [[0, 0], [0, 3]])
    tf.stack([tf.reduce_sum(frames * padded[:, lag : lag + 8], 1) for lag in range(4)], 1, name="correlation")
    tf.reverse(tf.cumsum(frames, 1, exclusive=True), [1], name="running")
    fetches = ["frames:0", "energy:0", "emphasised:0", "correlation:0", "running:0"]
    return [Step(fetches, {"signal:0": np.sin(np.arange(size, dtype=np.float32) * 0.7)}) for size in (24, 13)]


def black_scholes(tf: Any) -> list[Step]:
    """Prices of options and their sensitivity, in double precision."""
    spot, strike, time = (tf.placeholder(tf.float64, [None], name=name) for name in ("spot", "strike", "time"))
    rate, volatility = tf.constant(0.03, tf.float64), tf.constant(0.2, tf.float64)

    def normal(x: Any) -> Any:
        return 0.5 * (1.0 + tf.erf(x / np.sqrt(2.0)))

    spread = volatility * tf.sqrt(time)
    first = (tf.log(spot / strike) + (rate + tf.square(volatility) / 2.0) * time) / spread
    second = first - spread
    discounted = strike * tf.exp(-rate * time)
    call = tf.subtract(spot * normal(first), discounted * normal(second), name="call")
    tf.add(call - spot, discounted, name="put")
    tf.identity(normal(first), name="delta")
    feeds = {
        "spot:0": np.linspace(60, 140, 9),
        "strike:0": np.full(9, 100.0),
        "time:0": np.linspace(0.1, 2.0, 9),
    }
    return [Step(["call:0", "put:0", "delta:0"], feeds)]


def k_means(tf: Any) -> list[Step]:
    """One step: distances, the nearest centre, new centres; centres without points stay."""
    points = tf.placeholder(tf.float32, [None, 2], name="points")
    centres = tf.placeholder(tf.float32, [3, 2], name="centres")
    distance = tf.reduce_sum(tf.squared_difference(tf.expand_dims(points, 1), centres), 2, name="distance")
    nearest = tf.argmin(distance, 1, name="nearest")
    totals = tf.unsorted_segment_sum(points, nearest, 3)
    counts = tf.unsorted_segment_sum(tf.ones_like(points[:, :1]), nearest, 3)
    moved = tf.where(tf.tile(counts > 0.0, [1, 2]), tf.div_no_nan(totals, counts), centres, name="moved")
    tf.reduce_max(tf.abs(moved - centres), name="shift")
    feeds = {"points:0": floats(1, 10, 2), "centres:0": np.array([[0, 0], [1, 1], [50, 50]], np.float32)}
    return [Step(["nearest:0", "moved:0", "shift:0"], feeds)]


def pairwise_sort(tf: Any) -> list[Step]:
    """Sorting by comparing every pair: ranks, and the permutation applied in two ways."""
    x = tf.placeholder(tf.float32, [None], name="x")
    column, place = tf.expand_dims(x, 1), tf.range(tf.size(x))
    earlier = tf.logical_and(tf.equal(column, x), tf.less(place, tf.expand_dims(place, 1)))
    before = tf.logical_or(tf.greater(column, x), earlier)
    rank = tf.reduce_sum(tf.cast(before, tf.int32), 1, name="rank")
    matrix = tf.one_hot(rank, tf.size(x), dtype=tf.float32)
    tf.squeeze(tf.matmul(matrix, column, transpose_a=True), [1], name="by_matrix")
    tf.gather(x, tf.invert_permutation(rank), name="by_gather")
    tf.scatter_nd(tf.expand_dims(rank, 1), x, tf.shape(x), name="by_scatter")
    values = np.array([3, -1, 2, 3, 0, -5, 2], np.float32)
    return [Step(["rank:0", "by_matrix:0", "by_gather:0", "by_scatter:0"], {"x:0": values})]


def sparse_products(tf: Any) -> list[Step]:
    """A sparse matrix as rows, columns and values: its product with a dense one; bags of embeddings."""
    rows = tf.placeholder(tf.int64, [None], name="rows")
    columns = tf.placeholder(tf.int64, [None], name="columns")
    values = tf.placeholder(tf.float32, [None], name="values")
    dense = tf.constant(floats(1, 5, 3), name="dense")
    terms = tf.gather(dense, columns) * tf.expand_dims(values, 1)
    tf.segment_sum(terms, rows, name="product")
    tf.identity(tf.unsorted_segment_mean(terms, rows, 5), name="mean")
    matrix = tf.scatter_nd(tf.stack([rows, columns], 1), values, tf.constant([4, 5], tf.int64), name="matrix")
    tf.matmul(matrix, dense, name="as_dense")
    tf.matmul(tf.one_hot(columns, 5), dense, name="embedded")
    feeds = {
        "rows:0": np.array([0, 0, 1, 3, 3, 3]),
        "columns:0": np.array([1, 4, 0, 2, 3, 4]),
        "values:0": floats(2, 6),
    }
    return [Step(["product:0", "mean:0", "matrix:0", "as_dense:0", "embedded:0"], feeds)]


def session_handles(tf: Any) -> list[Step]:
    """A product that stays in the session, read and deleted by later steps."""
    x = tf.placeholder(tf.float32, [2, 2], name="x")
    tf.get_session_handle(tf.matmul(x, x), name="kept")
    holder = tf.placeholder(tf.string, name="holder")
    value = tf.raw_ops.GetSessionTensor(handle=holder, dtype=tf.float32, name="value")
    tf.add(value, 1.0, name="next")
    tf.raw_ops.DeleteSessionTensor(handle=holder, name="delete")
    return [
        Step(["kept:0"], {"x:0": floats(1, 2, 2)}),
        Step(["next:0"], {"holder:0": Kept("kept:0")}),
        Step(["value:0"], {"holder:0": Kept("kept:0")}),
        Step(["delete"], {"holder:0": Kept("kept:0")}),
    ]


def variables(tf: Any) -> list[Step]:
    """A regression trained by hand: variables, assignments, scattered updates, counters."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    y = tf.placeholder(tf.float32, [None, 1], name="y")
    with tf.variable_scope("model"):
        weights = tf.get_variable("weights", initializer=tf.constant([[0.5], [-0.5]]))
        bias = tf.Variable(0.25, name="bias")
    table = tf.Variable(np.zeros((3, 2), np.float32), name="table", trainable=False)
    steps = tf.Variable(0, name="steps", trainable=False)
    error = tf.subtract(tf.matmul(x, weights) + bias, y, name="error")
    slope = tf.matmul(x, error, transpose_a=True) / tf.cast(tf.shape(x)[0], tf.float32)
    updates = [tf.assign_sub(weights, 0.1 * slope), bias.assign_sub(0.1 * tf.reduce_mean(error))]
    with tf.control_dependencies(updates):
        tf.assign_add(steps, 1, name="count")
    tf.scatter_add(table, [0, 2, 0], tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), name="scattered")
    tf.variables_initializer([weights, bias, table, steps], name="init")
    feeds = {"x:0": floats(1, 4, 2), "y:0": floats(2, 4, 1)}
    train = Step(["count:0", "error:0"], feeds)
    names = ["model/weights:0", "model/bias:0", "steps:0", "table:0"]
    return [Step(["init"], {}), Step(names, {}), train, Step(["scattered:0"], {}), train, Step(names, {})]


def control_dependencies(tf: Any) -> list[Step]:
    """An order that only control inputs give: set, add, read; a barrier; operations by name."""
    total = tf.Variable(1.0, name="total")
    first = tf.assign(total, 10.0, name="set").op
    with tf.control_dependencies([first]):
        second = tf.assign_add(total, 5.0, name="add").op
        with tf.control_dependencies([second]):
            tf.add(total.read_value(), 0.5, name="after")
        tf.no_op(name="barrier")
    with tf.control_dependencies([tf.get_default_graph().get_operation_by_name("barrier")]):
        tf.constant(7, name="seven")
    tf.group(first, second, name="both")
    init = tf.variables_initializer([total], name="init")
    assert init.name == "init"
    return [Step(["init"], {}), Step(["after:0"], {}), Step(["both"], {}), Step(["seven:0"], {}), Step(["total:0"], {})]


def old_operations(tf: Any) -> list[Step]:
    """Operation types that newer graphs no longer have."""
    raw = tf.raw_ops
    x = tf.placeholder(tf.float32, [None, 2, 2], name="x")
    y = tf.placeholder(tf.float32, [2, 2], name="y")
    total = raw.Add(x=x, y=y, name="Add")
    raw.BatchMatMul(x=total, y=total, adj_x=False, adj_y=True, name="BatchMatMul")
    raw.Inv(x=total, name="Inv")
    raw.Div(x=tf.constant([-7, 7]), y=tf.constant([2, -2]), name="Div")
    raw.Mod(x=tf.constant([-7, 7]), y=tf.constant([3, -3]), name="Mod")
    raw.Select(condition=tf.greater(y, 0.0), x=y, y=-y, name="Select")
    raw.ListDiff(x=tf.constant([1, 2, 3, 4]), y=tf.constant([2, 4]), name="ListDiff")
    raw.Concat(concat_dim=1, values=[y, y], name="Concat")
    raw.Gather(params=x, indices=tf.constant([2, 0]), name="Gather")
    raw.BiasAddV1(value=total, bias=tf.constant([1.0, 2.0]), name="BiasAddV1")
    raw.InTopK(predictions=y, targets=tf.constant([1, 0]), k=1, name="InTopK")
    raw.MatrixDiagPart(input=raw.MatrixSetDiag(input=x, diagonal=tf.ones([3, 2])), name="MatrixDiagPart")
    raw.MatrixDiag(diagonal=y, name="MatrixDiag")
    raw.Reverse(tensor=y, dims=tf.constant([True, False]), name="Reverse")
    raw.SparseMatMul(a=y, b=y, transpose_b=True, name="SparseMatMul")
    names = [
        "BatchMatMul:0", "Inv:0", "Div:0", "Mod:0", "Select:0", "ListDiff:0", "ListDiff:1", "Concat:0", "Gather:0",
        "BiasAddV1:0", "InTopK:0", "MatrixDiagPart:0", "MatrixDiag:0", "Reverse:0", "SparseMatMul:0",
    ]  # fmt: skip
    return [Step(names, {"x:0": floats(1, 3, 2, 2) + 4, "y:0": floats(2, 2, 2)})]
