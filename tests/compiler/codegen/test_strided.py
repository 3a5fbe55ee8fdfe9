"""Arguments that are not dense: read where they lie, with the values of their copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sessile.compiler.machine.abi
import sessile.compiler.native.step
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.specialize import layouts as strided

import sessile as tf
from tests.compiler.programs import Array, program, same, step

VIEWS: dict[str, Callable[[Array], Array]] = {
    "dense": lambda a: a,
    "transposed": lambda a: a.transpose(),
    "fortran": np.asfortranarray,
    "slice of columns": lambda a: a[..., :-1],
    "offset": lambda a: a[1:, ..., 1:],
    "every other row": lambda a: a[::2],
    "every other column": lambda a: a[..., ::2],
    "backwards": lambda a: a[::-1],
    "repeated row": lambda a: np.broadcast_to(a[0], a.shape),
    "repeated column": lambda a: np.broadcast_to(a[..., :1], a.shape),
    "repeated element": lambda a: np.broadcast_to(a.reshape(-1)[0], a.shape),
    "axes swapped": lambda a: a.swapaxes(0, 1),
    "matrices transposed": lambda a: a.swapaxes(-1, -2),
    "windows that overlap": lambda a: np.lib.stride_tricks.as_strided(
        a.reshape(-1), (*a.shape[:-2], 3, 2), (*a.strides[:-2], a.itemsize, a.itemsize)
    ),
}
PROGRAMS: dict[str, Callable[[Any], list[Any]]] = {
    "elements": lambda x: [tf.nn.relu(x * 2.0 + 1.0), x - 3.0],
    "broadcast": lambda x: [x + x[:1], x * x[..., :1]],
    "transposed": lambda x: [tf.transpose(x) + 1.0],
    "sum": lambda x: [tf.reduce_sum(x)],
    "sums of rows": lambda x: [tf.reduce_sum(x * 2.0, -1), tf.reduce_max(x, -1)],
    "sums of columns": lambda x: [tf.reduce_mean(x, 0), tf.reduce_min(x, 0)],
    "middle": lambda x: [tf.reduce_sum(x, 1)],
    "softmax": lambda x: [x - tf.reduce_max(x, -1, keepdims=True), x - tf.reduce_max(x, 0)],
    "argmax": lambda x: [tf.argmax(x, -1)],
    "concat": lambda x: [tf.concat([x, x + 1.0], 0), tf.reverse(x, [0])],
    "reshaped": lambda x: [tf.reshape(x, [-1]) + 1.0],
    "product": lambda x: [tf.reduce_sum(tf.matmul(x, tf.linalg.matrix_transpose(x)))],
    "products": lambda x: [tf.matmul(x, x, transpose_b=True), tf.matmul(x, x, transpose_a=True)],
    "product with loops": lambda x: [tf.nn.relu(tf.matmul(x * 2.0, x, transpose_b=True)) + 1.0, x + 1.0],
    "product of a transposition": lambda x: [tf.matmul(tf.linalg.matrix_transpose(x), x + 1.0)],
    "itself": lambda x: [tf.identity(x), x + 1.0],
}


def sample(shape: tuple[int, ...]) -> Array:
    """Return small integers as floats: their sums are exact."""
    return np.random.RandomState(3).randint(-9, 9, shape).astype(np.float32)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small arrays are read where they lie too."""
    monkeypatch.setattr(strided, "LEAST", 0)
    monkeypatch.setattr(strided, "_MOST", 1000)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("case", PROGRAMS)
def test_views(case: str, native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not native:
        monkeypatch.setattr(sessile.compiler.machine.abi, "available", lambda: False)
    for shape in [(6, 5), (4, 5, 6), (1, 7), (7, 1)]:
        x = tf.placeholder(tf.float32, [None] * len(shape))
        made = program([x], PROGRAMS[case](x))
        call = step(made)
        for view in VIEWS.values():
            array = view(sample(shape))
            if 0 in array.shape:
                continue
            expected = made.interpret([array], None)
            for _ in range(3):
                same(call(array), expected, ulp=4)
                same(made.run_compiled([array], None), expected, ulp=4)


@pytest.mark.usefixtures("small")
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_strides(data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, 3))
    base = sample(tuple(data.draw(st.lists(st.integers(1, 6), min_size=rank, max_size=rank))))
    steps = data.draw(st.lists(st.integers(-2, 3).filter(bool), min_size=rank, max_size=rank))
    view = base[tuple(slice(None, None, step) for step in steps)].transpose(data.draw(st.permutations(range(rank))))
    graph = tf.Graph()
    with graph.as_default():
        x, y = tf.placeholder(tf.float32, [None] * rank), tf.placeholder(tf.float32, [None] * rank)
        axes = data.draw(st.lists(st.integers(0, rank - 1), unique=True, min_size=1))
        made = program([x, y], [x * 2.0 + y, tf.reduce_sum(x + y, axes), tf.reduce_max(x, axes, keepdims=True)])
    other = data.draw(st.sampled_from([view, view.copy(), np.asfortranarray(view)]))
    for _ in range(2):
        same(step(made)(view, other), made.interpret([view, other], None))


@pytest.mark.usefixtures("small")
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_products_of_any_strides(data: st.DataObject) -> None:
    """Batches, broadcast ones too, of matrices that lie in any way; lines may overlap."""
    rank = data.draw(st.integers(2, 4))
    batch = data.draw(st.lists(st.integers(1, 3), min_size=rank - 2, max_size=rank - 2))
    rows, shared, columns = (data.draw(st.sampled_from([1, 2, 3, 17])) for _ in range(3))

    def drawn(shape: tuple[int, ...]) -> Array:
        order = data.draw(st.permutations(range(rank)))
        base = sample(tuple(2 * shape[axis] for axis in order))
        view = base[tuple(slice(data.draw(st.integers(0, 1)), None, data.draw(st.integers(1, 2))) for _ in order)]
        view = view.transpose(np.argsort(order))[tuple(slice(extent) for extent in shape)]
        if data.draw(st.booleans()):
            return view
        steps = [view.itemsize * data.draw(st.integers(0, 3)) for _ in shape]
        return np.lib.stride_tricks.as_strided(base.reshape(-1), shape, steps) if max(shape) < 17 else view

    a = drawn((*(data.draw(st.sampled_from([extent, 1])) for extent in batch), rows, shared))
    b = drawn((*(data.draw(st.sampled_from([extent, 1])) for extent in batch), shared, columns))
    graph = tf.Graph()
    with graph.as_default():
        x, y = tf.placeholder(tf.float32, [None] * rank), tf.placeholder(tf.float32, [None] * rank)
        made = program([x, y], [tf.matmul(x, y), tf.nn.relu(tf.matmul(x, y) + 1.0)])
    call = step(made)
    for _ in range(2):
        same(call(a, b), made.interpret([a, b], None))


def test_products_read_arguments_where_they_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    """One variant for views of one layout; those whose lines overlap are copied, also when they come later."""
    monkeypatch.setattr(strided, "LEAST", 0)
    x = tf.placeholder(tf.float32, [None, None])
    made = program([x], [tf.matmul(x, x, transpose_b=True)])
    call = step(made)
    base = sample((40, 40))
    windows = [np.lib.stride_tricks.as_strided(base.reshape(-1), (9, 7), (4 * step, 4)) for step in (1, 3, 6, 7, 8)]
    views = [base[:, :30], base[5:, 3:9], base.T[:, :6], *windows, *reversed(windows)]
    for _ in range(2):
        for view in views:
            np.testing.assert_array_equal(call(view)[0], view @ view.T)
    layouts = {layouts for _, layouts in made.staged.region_programs[0]._strided}
    assert layouts == {("w1",), ("1w",)}


def variants(made: Any) -> int:
    """Return how many variants read arguments that are not dense."""
    (region,) = made.staged.region_programs
    return sum(map(len, region._strided.values()))


def test_only_what_is_large_and_comes_again_gets_a_variant() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    made = program([x], [x + 1.0])
    call = step(made)
    small, large = sample((20, 20)).T, sample((200, 200))[:, :150]
    for _ in range(3):
        call(small)
    call(large)
    assert variants(made) == 0
    call(large)
    assert variants(made) == 1
    call(sample((300, 100))[:, :90])
    assert variants(made) == 1, "other strides and extents are other numbers for the same code"


def test_equal_calls_give_equal_bits() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    call = step(program([x], [tf.reduce_sum(x, 1), tf.reduce_sum(x)]))
    array = np.random.RandomState(0).randn(300, 200).astype(np.float32).T
    found = [[result.tobytes() for result in call(array)] for _ in range(3)]
    assert found[0] == found[1] == found[2]


def test_the_native_step_keeps_to_its_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    """After many calls with one, arrays of others and of odd strides come."""
    monkeypatch.setattr(strided, "LEAST", 0)
    x = tf.placeholder(tf.float32, [None, None])
    call = step(program([x], [x * 2.0]))
    base = sample((40, 40))
    packed = np.zeros(40, np.dtype([("a", np.float32), ("b", np.uint8)]))
    views = [base[:, :30], base.T, base[::-1], base[:, ::-1], base, base[:30, ::3], np.broadcast_to(base[0], (9, 40))]
    for _ in range(3):
        for view in views:
            for _ in range(3):
                np.testing.assert_array_equal(call(view)[0], view * 2.0)
        np.testing.assert_array_equal(call(packed["a"].reshape(1, -1))[0], np.zeros((1, 40), np.float32))


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_threads(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessile.compiler.native.step, "usable_cpus", lambda: threads)
    x = tf.placeholder(tf.float32, [None, None])
    call = step(program([x], [tf.nn.relu(x + 1.0), tf.reduce_max(x, 1), tf.reduce_sum(x, 0)]))
    for array in (sample((700, 900)).T, sample((700, 900))[:, :801], sample((3, 100_000))[:, :-1]):
        for _ in range(3):
            results = call(array)
            for found, expected in zip(results, (np.maximum(array + 1, 0), array.max(1), array.sum(0)), strict=True):
                np.testing.assert_array_equal(found, expected)


def test_many_layouts_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strided, "LEAST", 0)
    monkeypatch.setattr(strided, "_MOST", 2)
    x = tf.placeholder(tf.float32, [None, None])
    made = program([x], [x + 1.0])
    call = step(made)
    for view in VIEWS.values():
        array = view(sample((6, 5)))
        for _ in range(3):
            np.testing.assert_array_equal(call(array)[0], array + 1.0)
    assert variants(made) == 2
