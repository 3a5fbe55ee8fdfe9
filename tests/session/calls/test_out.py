"""`callable(..., out=arrays)`: results go into arrays of the caller's, in every way that a step runs."""

from __future__ import annotations

import collections
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi
from sessile.session.calls.feeds import Feed

import sessile as tf

Array = np.ndarray[Any, Any]
native = pytest.mark.skipif(not abi.available(), reason="there are no native steps here")


@pytest.fixture(params=["interpreted", "portable", "native"])
def session(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A session that runs steps in one of three ways."""
    if request.param == "portable":
        monkeypatch.setenv("SESSILE_NATIVE", "0")
        abi.available.cache_clear()
    level = tf.OptimizerOptions.OFF if request.param == "interpreted" else tf.OptimizerOptions.ON_1
    options = tf.GraphOptions(optimizer_options=tf.OptimizerOptions(global_jit_level=level))
    with tf.Session(config=tf.ConfigProto(graph_options=options)) as made:
        yield made
    monkeypatch.undo()
    abi.available.cache_clear()


def numbers(*shape: int, dtype: str = "float32") -> Array:
    return (np.arange(int(np.prod(shape))).reshape(shape) + 1).astype(dtype)


def leaves(found: Any) -> list[Any]:
    """What stands in a nested structure."""
    parts = found.values() if isinstance(found, dict) else found if isinstance(found, list | tuple) else None
    return [found] if parts is None else [leaf for part in parts for leaf in leaves(part)]


def test_one_tensor(session: Any) -> None:
    x, y = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [3])
    step = session.make_callable(x * y + 1.0, [x, y])
    for rows in (2, 5, 2, 0):
        given, out = numbers(rows, 3), np.full((rows, 3), np.nan, np.float32)
        for _ in range(3):
            assert step(given, numbers(3), out=out) is out
            np.testing.assert_array_equal(out, given * numbers(3) + 1.0)
    fresh = step(numbers(2, 3), numbers(3))
    assert fresh is not out


def test_structures(session: Any) -> None:
    Pair = collections.namedtuple("Pair", ["sum", "rest"])
    x = tf.placeholder(tf.float64, [4])
    total, double, nothing = tf.reduce_sum(x), x * 2.0, tf.no_op()
    a, b = np.empty(()), np.empty(4)
    cases = [
        ([total, double], [a, b]),
        ((double, nothing, total), [b, None, a]),
        ({"t": total, "d": [double, nothing]}, {"d": (b, None), "t": a}),
        (Pair(total, {"d": double}), (a, {"d": b})),
        ([double, double, total], [b, b, a]),
    ]
    for fetches, out in cases:
        step = session.make_callable(fetches, [x])
        for turn in range(3):
            a[...], b[...] = -1.0, -1.0
            found = step(numbers(4, dtype="float64") + turn, out=out)
            assert type(found) is type(fetches)
            assert a == 10.0 + 4 * turn and b.tolist() == [2.0 * (n + turn) for n in (1, 2, 3, 4)]
            assert all(item is None or item is a or item is b for item in leaves(found))


def test_variables(session: Any) -> None:
    """What is fetched of a variable is a copy in the caller's array."""
    v = tf.Variable(numbers(3))
    x = tf.placeholder(tf.float32, [3])
    total, read = np.empty(3, np.float32), np.empty(3, np.float32)
    session.run(v.initializer)
    step = session.make_callable([v.assign_add(x), tf.identity(x * 2.0)], [x])
    for turn in range(1, 5):
        step(np.ones(3), out=[total, read])
        assert total.tolist() == [1.0 + turn, 2.0 + turn, 3.0 + turn] and read.tolist() == [2.0] * 3
        total[:] = 77.0
    assert session.make_callable(v)(out=read) is read and read.tolist() == [5.0, 6.0, 7.0]


@pytest.mark.parametrize(
    "name", ["product", "gather", "strings", "unique", "whole", "constant", "feed of it", "random"]
)
def test_kinds_of_results(session: Any, name: str) -> None:
    """Products, calls of NumPy, shapes that depend on data, strings: written or copied."""
    x = tf.placeholder(tf.float32, [None])
    made: dict[str, Any] = {
        "product": lambda: tf.matmul(tf.reshape(x, [2, 2]), tf.reshape(x + 1.0, [2, 2])),
        "gather": lambda: tf.gather(x, [3, 0]),
        "strings": lambda: tf.as_string(x),
        "unique": lambda: tf.unique(x).y,
        "whole": lambda: tf.cumsum(tf.cast(x, tf.int32)),
        "constant": lambda: tf.constant([1.0, 2.0]),
        "feed of it": lambda: tf.reshape(x, [2, 2]),
        "random": lambda: tf.reduce_max(tf.random_uniform([7], seed=3) * x[0]),
    }
    fetch = made[name]()
    step = session.make_callable(fetch, [x])
    wanted = np.asarray(step(numbers(4)))
    for _ in range(3):
        out = np.zeros(wanted.shape, fetch.dtype.as_numpy_dtype if name != "strings" else object)
        assert step(numbers(4), out=out) is out
        if name != "random":
            assert out.tolist() == wanted.tolist()
        else:
            assert 0.0 < out < 1.0


@pytest.mark.parametrize("warm", [False, True])
def test_errors_come_before_effects(session: Any, warm: bool) -> None:
    v = tf.Variable(numbers(3), name="v")
    x = tf.placeholder(tf.float32, [None])
    session.run(v.initializer)
    step = session.make_callable([tf.assign_add(v, x, name="total"), tf.multiply(x, 2.0, name="twice")], [x])
    good = [np.empty(3, np.float32), np.empty(3, np.float32)]
    fed, base = numbers(3), np.empty(7, np.float32)
    if warm:
        for _ in range(3):
            step(np.zeros(3, np.float32), out=good)
    read_only = np.zeros(3, np.float32)
    read_only.flags.writeable = False
    for wrong, kind, text in [
        (good[0], TypeError, "must be a list of 2, as the fetches are; got ndarray"),
        (good[:1], TypeError, "must be a list of 2, as the fetches are; got 1 items"),
        ([good[0], [1.0] * 3], TypeError, "`out` for 'twice:0' must be a NumPy array, got list"),
        ([good[0], np.empty(3)], TypeError, "'twice:0' has type float64, the tensor has float32"),
        ([np.empty(4, np.float32), good[1]], ValueError, r"'total:0' has shape \[4\], the result has \[3\]"),
        ([good[0], read_only], ValueError, "'twice:0' is read-only"),
        ([good[0], fed], ValueError, "'twice:0' shares memory with a feed of this call.*two arrays in turns"),
        ([base[:3], base[2:5]], ValueError, "'twice:0' shares memory with `out` for 'total:0'"),
    ]:
        with pytest.raises(kind, match=text):
            step(fed, out=wrong)
    assert session.run(v).tolist() == [1.0, 2.0, 3.0]
    step(fed, out=[base[:3], base[3:6]])
    assert base[:6].tolist() == [2.0, 4.0, 6.0, 2.0, 4.0, 6.0]


def test_open_shapes_are_checked(session: Any) -> None:
    x = tf.placeholder(tf.float32)
    step = session.make_callable(tf.add(x, 1.0, name="more"), [x])
    for _ in range(2):
        with pytest.raises(ValueError, match=r"'more:0' has shape \[3\], the result has \[2\]"):
            step(numbers(2), out=np.empty(3, np.float32))
        with pytest.raises(ValueError, match=r"'more:0' has shape \[2\], the result has \[2,1\]"):
            step(numbers(2, 1), out=np.empty(2, np.float32))
        step(numbers(2), out=np.empty(2, np.float32))


def test_arrays_that_are_not_dense(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None, None])
    step = session.make_callable(x + 1.0, [x])
    block = np.zeros((6, 8), np.float32)
    for _ in range(2):
        for out in (block[::2, ::4], block[3:, 2:4], np.zeros((2, 3), np.float32).T):
            assert step(numbers(2, 3).T, out=out) is out
            np.testing.assert_array_equal(out, numbers(2, 3).T + 1.0)


def test_fed_truth_values(session: Any) -> None:
    """Each outcome of a branch that a feed decides writes to the same arrays."""
    x, training = tf.placeholder(tf.float32, [3]), tf.placeholder(tf.bool, [])
    fetch = tf.cond(training, lambda: x * 2.0, lambda: x - 1.0)
    step = session.make_callable(fetch, [x, training])
    out = np.empty(3, np.float32)
    for turn in range(8):
        assert step(numbers(3), turn % 3 == 0, out=out) is out
        assert out.tolist() == ([2.0, 4.0, 6.0] if turn % 3 == 0 else [0.0, 1.0, 2.0])


def test_callables_without_it() -> None:
    x = tf.placeholder(tf.float32, [3])
    out = np.empty(3, np.float32)
    with tf.Session() as session, tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=10_000)) as timed:
        kept = session.make_callable(tf.get_session_handle(x * 2.0), [x])
        with pytest.raises(TypeError, match="a fetch is a handle"):
            kept(numbers(3), out=out)
        for step, fed in [
            (session.make_callable(x, [x]), numbers(3)),
            (session.make_callable(x * 2.0, [(x,)]), (numbers(3),)),
            (timed.make_callable(x * 2.0, [x]), numbers(3)),
        ]:
            with pytest.raises(TypeError, match="This callable takes no `out`"):
                step(fed, out=out)
        with pytest.raises(TypeError, match="out"):
            session.make_callable(x * 2.0, [x], accept_options=True)(numbers(3), out=out)
        with pytest.raises(TypeError, match="takes 1 positional arguments.*but 2 were given"):
            session.make_callable(x * 2.0, [x])(numbers(3), numbers(3), out=out)
        with pytest.raises(TypeError, match="keywords"):
            session.make_callable(x * 2.0, [x])(numbers(3), out=out, options=None)


@native
def test_a_warm_call_makes_no_array(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays in machine code, allocates nothing, and neither gains nor loses references."""
    import tracemalloc

    x, y = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None])
    with tf.Session() as session:
        step = session.make_callable([x + y, tf.reduce_sum(x * y)], [x, y])
        out = [np.empty(5, np.float32), np.empty((), np.float32)]
        given = numbers(5), numbers(5)
        for _ in range(3):
            step(*given, out=out)
        monkeypatch.setattr(Feed, "array", None)
        counts = [sys.getrefcount(item) for item in (*out, out, *given)]
        step(*given, out=out)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(1000):
            step(*given, out=out)
        after = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert counts == [sys.getrefcount(item) for item in (*out, out, *given)]
        assert after - before < 500
        assert step(*given, **{"".join(["o", "ut"]): tuple(out)})[0] is out[0]


@native
def test_the_closed_session_refuses() -> None:
    x = tf.placeholder(tf.float32, [2])
    session = tf.Session()
    step, out = session.make_callable(x + 1.0, [x]), np.empty(2, np.float32)
    for _ in range(2):
        step(numbers(2), out=out)
    session.close()
    with pytest.raises(RuntimeError, match="closed Session"):
        step(numbers(2), out=out)
