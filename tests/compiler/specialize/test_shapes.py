"""One program run with many shapes in turn, natively and portably; what is compiled, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sessile.compiler.jit import compile as jit
from sessile.compiler.machine import abi as layout
from sessile.ops.base import errors

import sessile as tf
from tests.compiler.programs import agree, numbered, program, same, step


@pytest.fixture(params=["native", "portable"])
def way(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run a test with native steps, and without them."""
    if request.param == "portable":
        monkeypatch.setattr(layout, "available", lambda: False)
    elif not layout.available():
        pytest.skip("no native steps here")
    yield request.param


SHAPES = [(3, 4), (1, 4), (0, 4), (5, 1), (1000, 4), (1, 1), (0, 0), (4, 0), (3, 4)]


def matrix() -> Any:
    """Return a placeholder of two axes of any size."""
    return tf.placeholder(tf.float32, [None, None])


def test_row_wise_programs_take_any_extents(way: str) -> None:
    x = matrix()
    e = tf.exp((x - tf.reduce_max(x, 1, keepdims=True)) * 0.01)
    made = program([x], [e / tf.reduce_sum(e, 1, keepdims=True), tf.reduce_sum(x, 1), tf.reduce_sum(x)])
    call = step(made)
    for shape in SHAPES:
        values = numbered(*shape) % 50
        expected = agree(made, values, ulp=8)
        same(call(values), expected)


def test_broadcasting_relations_that_change(way: str) -> None:
    x, y = matrix(), matrix()
    made = program([x, y], [x * y + x, x - y])
    call = step(made)
    for left in ((3, 4), (1, 4), (3, 1), (1, 1), (0, 4), (7, 4)):
        for right in ((3, 4), (1, 4), (3, 1), (1, 1), (0, 1), (7, 1)):
            a, b = numbered(*left), numbered(*right)
            try:
                np.broadcast_shapes(left, right)
            except ValueError:
                for run in (made.interpret, made.run_compiled):
                    with pytest.raises(errors.InvalidArgumentError):
                        run([a, b], None)
                with pytest.raises(errors.InvalidArgumentError):
                    call(a, b)
                continue
            same(call(a, b), agree(made, a, b))


@pytest.mark.parametrize("kept", [slice(None, 1), slice(-1, None)])
def test_an_extent_of_zero_that_is_kept_takes_the_place_of_all(way: str, kept: slice) -> None:
    x = tf.placeholder(tf.float32, [None, None, None])
    sizes = [tf.shape(x)[kept], [-1]]
    made = program([x], [tf.reshape(x, tf.concat(sizes if kept.stop else sizes[::-1], 0)) + 1.0])
    for shape in [(0, 5, 0), (2, 5, 3), (0, 5, 0), (0, 5, 3), (2, 0, 3), (0, 0, 3), (2, 5, 0)]:
        agree(made, np.zeros(shape, np.float32))


def test_reshapes_slices_and_products_of_changing_extents(way: str) -> None:
    x, y = matrix(), matrix()
    flat = tf.reshape(x, [-1, tf.shape(y)[1]])
    fetches = [tf.matmul(flat, tf.transpose(y)) + 1.0, x[1:] * 2.0, tf.concat([x, x[:1]], 0) - 1.0, tf.shape(x) * 2]
    made = program([x, y], fetches)
    call = step(made)
    for left, right in [((3, 4), (2, 4)), ((3, 4), (2, 2)), ((6, 1), (2, 3)), ((1, 4), (5, 1)), ((3, 0), (2, 3))]:
        a, b = numbered(*left), numbered(*right)
        same(call(a, b), agree(made, a, b))


def test_a_slice_that_leaves_one_row_broadcasts(way: str) -> None:
    """It once read past its end: the extent `n - 1` was not known to be one."""
    x = matrix()
    made = program([x], [x + x[1:]])
    for rows in (2, 2, 1):
        if rows == 2:
            agree(made, numbered(rows, 3))
        else:
            assert agree(made, numbered(rows, 3))[0].shape == (0, 3)
    with pytest.raises(errors.InvalidArgumentError):
        made.run_compiled([numbered(3, 3)], None)


def test_ranks_that_change(way: str) -> None:
    x = tf.placeholder(tf.float32, None)
    made = program([x], [tf.exp(x) * 2.0, tf.reduce_sum(x)])
    call = step(made)
    for shape in ((), (3,), (2, 3), (2, 1, 3), (0,), (1, 1), (3,), ()):
        values = numbered(*shape)
        same(call(values), agree(made, values, ulp=4))


@pytest.mark.parametrize("fetch", ["scalar", "vector"])
def test_results_are_as_the_interpreter_gives_them(way: str, fetch: str) -> None:
    x = tf.placeholder(tf.float32, [None])
    made = program([x], [tf.reduce_sum(x) if fetch == "scalar" else x * 2.0])
    kinds = {type(run([numbered(3)], None)[0]) for run in (made.interpret, made.run_compiled)}
    kinds.add(type(step(made)(numbered(3))[0]))
    assert kinds == {np.float32 if fetch == "scalar" else np.ndarray}


def test_list_tuple_and_single_results(way: str) -> None:
    x = matrix()
    made = program([x], [x * 2.0, tf.reduce_sum(x), x * 2.0])
    for _ in range(3):
        as_list, as_tuple = step(made, "list")(numbered(2, 3)), step(made, "tuple")(numbered(2, 3))
        assert type(as_list) is list and type(as_tuple) is tuple
        same(as_list, as_tuple)
    single = step(program([x], [x * 2.0]), "single")
    for _ in range(2):
        same([single(numbered(2, 3))], [numbered(2, 3) * 2])


# Counts.


def test_a_repeated_signature_and_a_new_batch_size_compile_nothing(way: str) -> None:
    x, w = matrix(), matrix()
    made = program([x, w], [tf.reduce_sum(tf.tanh(tf.matmul(x, w)) + 0.25, 1)])
    call = step(made)
    call(numbered(3, 4), numbered(4, 2))
    region = made.staged.region_programs[0]
    compiled, variants = jit.compiled_count, _variants(region)
    for rows in (3, 4, 1000, 2):
        for run in (lambda *a: made.run_compiled(list(a), None), call):
            run(numbered(rows, 4), numbered(4, 2))
    assert jit.compiled_count == compiled and _variants(region) == variants


MANY_ROWS: dict[str, Any] = {
    "range": lambda x: tf.cast(tf.range(tf.shape(x)[0]), tf.float32) * 2.0,
    "fill": lambda x: tf.fill([tf.shape(x)[0], 2], 3) * 2,
    "slices": lambda x: x[1:-1] + tf.concat([x, x], 0)[: tf.shape(x)[0] - 2],
    "reshape": lambda x: tf.reshape(x, [2, -1, tf.shape(x)[0]]) * 2.0,
    "mask": lambda x: tf.cast(tf.sequence_mask([1, 2], tf.shape(x)[0]), tf.float32),
    "layers": lambda x: tf.nn.softmax(tf.nn.relu(tf.matmul(x, tf.ones([4, 3])) + tf.constant([1.0, 0.0, 2.0]))),
    "tensors of ones": lambda x: tf.ones_like(x) * tf.cast(tf.shape(x)[0], tf.float32),
}


@pytest.mark.parametrize("name", MANY_ROWS)
def test_a_new_batch_size_is_no_new_variant(name: str) -> None:
    x = tf.placeholder(tf.float32, [None, 4])
    made = program([x], [MANY_ROWS[name](x)])
    for rows in (3, 4, 5, 8):
        agree(made, numbered(rows, 4) / 4, ulp=16)
    assert [_variants(region) for region in made.staged.region_programs] == [1]


def _variants(region: Any) -> int:
    return sum(map(len, region.variants.values()))


def test_programs_with_equal_kernels_share_them(way: str) -> None:
    def make() -> Any:
        x = matrix()
        return program([x], [tf.exp(x) * 0.625 + 7.0])

    agree(make(), numbered(2, 3), ulp=4)
    compiled = jit.compiled_count
    agree(make(), numbered(5, 3), ulp=4)
    assert jit.compiled_count == compiled


def test_run_compiles_from_the_second_run_on() -> None:
    x = matrix()
    made = program([x], [x * 0.3125], jit="default")
    compiled = jit.compiled_count
    made.run([numbered(2, 3)], None)
    assert jit.compiled_count == compiled
    made.run([numbered(2, 3)], None)
    assert jit.compiled_count == compiled + 1


def test_off_never_compiles() -> None:
    x = matrix()
    made = program([x], [x * 0.4375], jit="off")
    compiled = jit.compiled_count
    call = step(made)
    for _ in range(3):
        same(made.run([numbered(2, 3)], None), call(numbered(2, 3)))
    assert jit.compiled_count == compiled


def test_extents_given_by_the_graph_are_checked(way: str) -> None:
    """A program whose graph says 3 columns takes other ones too, if the feeds are not checked before."""
    x = tf.placeholder(tf.float32, [None, 3])
    made = program([x], [tf.reduce_sum(x, 1)])
    for columns in (3, 4, 3):
        agree(made, numbered(2, columns))
