"""The rest of the graphs of `graphs.py`: shapes, images, searching, complex numbers, matrices, devices, strings."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.graphdef.graphs import Step, floats


def dynamic_shapes(tf: Any) -> list[Step]:
    """Shapes that are computed: reshaping, tiling, slicing by the shapes of other tensors."""
    x = tf.placeholder(tf.float32, name="x")
    rows = tf.shape(x)[0]
    tf.reshape(x, tf.stack([rows, -1]), name="flat")
    tf.tile(tf.expand_dims(x, 0), tf.concat([[2], tf.ones([tf.rank(x)], tf.int32)], 0), name="twice")
    tf.slice(x, tf.zeros_like(tf.shape(x)), tf.maximum(tf.shape(x) - 1, 1), name="corner")
    tf.fill(tf.shape(x)[1:], 2.5, name="filled")
    tf.identity(tf.broadcast_to(tf.reduce_mean(x), tf.shape(x)), name="average")
    tf.strided_slice(x, [0], [100], [2], name="every_other")
    tf.transpose(x, tf.range(tf.rank(x) - 1, -1, -1), name="turned")
    names = ["flat:0", "twice:0", "corner:0", "filled:0", "average:0", "every_other:0", "turned:0"]
    return [Step(names, {"x:0": floats(1, *shape)}) for shape in ((3, 4), (5, 2, 3))]


def images(tf: Any) -> list[Step]:
    """Blocks, mirrored edges, flips, a crop, a histogram of grey values."""
    x = tf.placeholder(tf.float32, [None, 4, 4, 1], name="x")
    blocks = tf.space_to_depth(x, 2, name="blocks")
    tf.depth_to_space(blocks, 2, name="back")
    tf.pad(x, [[0, 0], [1, 1], [2, 1], [0, 0]], "REFLECT", name="mirrored")
    tf.reverse(x, [2], name="flipped")
    tf.roll(x, [1, 2], [1, 2], name="rolled")
    tf.histogram_fixed_width(x, [0.0, 1.0], 4, name="histogram")
    tf.space_to_batch_nd(x, [2, 2], [[0, 0], [0, 0]], name="batches")
    tf.saturate_cast(x * 300.0, tf.uint8, name="bytes")
    names = ["blocks:0", "back:0", "mirrored:0", "flipped:0", "rolled:0", "histogram:0", "batches:0", "bytes:0"]
    return [Step(names, {"x:0": np.random.RandomState(1).rand(2, 4, 4, 1).astype(np.float32)})]


def searching(tf: Any) -> list[Step]:
    """The best of each row, unique values, places where something holds, parts by key."""
    x = tf.placeholder(tf.float32, [None, 6], name="x")
    keys = tf.placeholder(tf.int32, [None], name="keys")
    tf.nn.top_k(x, 3, name="best")
    tf.unique_with_counts(keys, name="unique")
    tf.where(tf.greater(x, 0.5), name="places")
    parts = tf.dynamic_partition(x, keys, 3, name="parts")
    places = tf.dynamic_partition(tf.range(tf.size(keys)), keys, 3)
    tf.dynamic_stitch(places, parts, name="stitched")
    tf.boolean_mask(x, tf.equal(keys, 1), name="masked")
    tf.cumprod(x, 1, reverse=True, name="product")
    names = [
        "best:0", "best:1", "unique:0", "unique:1", "unique:2", "places:0", "parts:2", "stitched:0", "product:0",
    ]  # fmt: skip
    return [Step(names, {"x:0": floats(1, 5, 6), "keys:0": np.array([2, 0, 1, 0, 2], np.int32)})]


def complex_numbers(tf: Any) -> list[Step]:
    """A few steps towards the Mandelbrot set, unrolled; parts of complex numbers."""
    real = tf.placeholder(tf.float32, [None], name="real")
    imaginary = tf.placeholder(tf.float32, [None], name="imaginary")
    point = tf.complex(real, imaginary, name="point")
    z, count = tf.zeros_like(point), tf.zeros_like(real)
    for _ in range(4):
        z = z * z + point
        count = count + tf.cast(tf.abs(z) < 2.0, tf.float32)
    tf.identity(count, name="count")
    tf.angle(point, name="angle")
    tf.conj(point, name="conjugate")
    feeds = {"real:0": np.linspace(-2, 1, 7, dtype=np.float32), "imaginary:0": np.full(7, 0.3, np.float32)}
    return [Step(["point:0", "count:0", "angle:0", "conjugate:0"], feeds)]


def matrices(tf: Any) -> list[Step]:
    """Least squares in two ways, determinants, diagonals, contractions."""
    a = tf.placeholder(tf.float64, [None, 3], name="a")
    b = tf.placeholder(tf.float64, [None, 1], name="b")
    normal = tf.add(tf.matmul(a, a, transpose_a=True), tf.eye(3, dtype=tf.float64), name="normal")
    right = tf.matmul(a, b, transpose_a=True)
    tf.matrix_solve(normal, right, name="solved")
    tf.identity(tf.cholesky_solve(tf.cholesky(normal), right), name="by_cholesky")
    tf.matrix_determinant(normal, name="determinant")
    tf.matrix_inverse(normal, name="inverse")
    tf.svd(normal, compute_uv=False, name="singular")
    tf.matrix_diag_part(normal, name="diagonal")
    tf.identity(tf.einsum("ij,jk->ik", a, normal), name="product")
    tf.identity(tf.tensordot(a, normal, [[1], [0]]), name="contracted")
    names = ["solved:0", "by_cholesky:0", "determinant:0", "inverse:0", "diagonal:0", "contracted:0"]
    return [Step(names, {"a:0": floats(1, 5, 3).astype(np.float64), "b:0": floats(2, 5, 1).astype(np.float64)})]


def devices(tf: Any) -> list[Step]:
    """Devices, colocation, name scopes, attributes of the graph's own."""
    with tf.device("/cpu:0"), tf.name_scope("outer"):
        x = tf.placeholder_with_default(np.float32(2.0), [], name="x")
        with tf.name_scope("inner"):
            square = tf.square(x, name="square")
    with tf.colocate_with(square.op):
        tf.negative(square, name="negative")
    with tf.device("/job:localhost/device:CPU:0"):
        tf.identity_n([square, x], name="pair")
    tf.ensure_shape(tf.stop_gradient(square), [], name="checked")
    names = ["outer/inner/square:0", "negative:0", "pair:1", "checked:0"]
    return [Step(names, {}), Step(names, {"outer/x:0": np.float32(3.0)})]


def strings(tf: Any) -> list[Step]:
    """Constants and feeds of bytes: joined in shape, compared, chosen."""
    words = tf.placeholder(tf.string, [None], name="words")
    fixed = tf.constant([["a", "b"], ["c\xe9", ""]], name="fixed")
    tf.concat([tf.reshape(fixed, [-1]), words], 0, name="all")
    tf.equal(words, "b", name="is_b")
    tf.gather(words, [1, 0], name="swapped")
    tf.where(tf.equal(words, "b"), tf.fill(tf.shape(words), "yes"), words, name="chosen")
    feeds = {"words:0": np.array([b"b", b"x\x00y"], object)}
    return [Step(["all:0", "is_b:0", "swapped:0", "chosen:0"], feeds)]
