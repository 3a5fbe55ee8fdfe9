"""Handles in every type, thread and way of running; how long they live; what a long loop of them costs."""

from __future__ import annotations

import collections
import gc
import threading
import time
import tracemalloc
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sessile as tf

TYPES = [
    "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
    "uint64", "bool", "complex64", "complex128", "string", "qint8", "quint8", "qint32",
]  # fmt: skip
SHAPES = [(), (3,), (2, 0), (2, 3)]


def values_of(name: str, shape: tuple[int, ...]) -> Any:
    """An array of a type and shape, of different elements where the type has so many."""
    dtype = tf.as_dtype(name)
    count = int(np.prod(shape))
    if dtype == tf.string:
        result = np.empty(shape, object)
        for index, position in enumerate(np.ndindex(shape)):
            result[position] = b"text \x00\xff %d" % index
        return result
    numbers = np.arange(count).reshape(shape) % 2 if dtype == tf.bool else np.arange(count).reshape(shape)
    return numbers.astype(dtype.as_numpy_dtype)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", TYPES)
def test_every_type_in_every_way(name: str, shape: tuple[int, ...]) -> None:
    """Kept by `run`, a callable and a partial run; read by name, by feeding, by `eval`: the same value and type."""
    dtype = tf.as_dtype(name)
    value = values_of(name, shape)
    x = tf.placeholder(dtype, shape, name="x")
    keep = tf.get_session_handle(tf.identity(x))
    placeholder, reader = tf.get_session_tensor(dtype)
    again = tf.identity(x)
    with tf.Session() as sess:
        run = sess.partial_run_setup([keep], [x])
        kept = [
            sess.run(keep, {x: value}),
            sess.make_callable(keep, [x])(value),
            sess.partial_run(run, keep, {x: value}),
        ]
        for handle in kept:
            assert isinstance(handle, tf.session_ops.TensorHandle) and handle.dtype == dtype
            reads = [
                sess.run(reader, {placeholder: handle}),
                sess.run(reader, {placeholder: handle.handle}),
                sess.make_callable(reader, [placeholder])(handle.handle),
                sess.run(again, {x: handle}),
                sess.make_callable(again, [x])(handle),
                handle.eval(),
                handle.to_numpy_array(),
            ]
            for read in reads:
                assert np.asarray(read, value.dtype).shape == shape
                np.testing.assert_array_equal(read, value)
                assert dtype == tf.string or read.dtype == value.dtype
        del handle, kept
        assert len(sess._state.handles) == 0


def test_two_parts_of_one_partial_run() -> None:
    """A handle taken in one part is read in the next one."""
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    keep = tf.get_session_handle(a * 2.0)
    placeholder, reader = tf.get_session_tensor(tf.float32)
    total = reader + b
    with tf.Session() as sess:
        run = sess.partial_run_setup([keep, total], [a, b, placeholder])
        handle = sess.partial_run(run, keep, {a: 3.0})
        assert sess.partial_run(run, total, {b: 1.0, placeholder: handle}) == 7.0
        assert len(sess._state.handles) == 1


def test_a_callable_that_takes_and_gives_handles() -> None:
    placeholder, reader = tf.get_session_tensor(tf.float32)
    keep, result = tf.get_session_handle(reader + 1.0), reader * 10.0
    start = tf.get_session_handle(tf.zeros([2]))
    with tf.Session() as sess:
        step = sess.make_callable([keep, result], [placeholder])
        handle = sess.make_callable(start)()
        for turn in range(20):
            handle, shown = step(handle if turn % 2 else handle.handle)
            np.testing.assert_array_equal(shown, [10.0 * turn] * 2)
            assert len(sess._state.handles) == 1


def test_nested_structures_and_names() -> None:
    Pair = collections.namedtuple("Pair", ["kept", "value"])
    c = tf.constant([1.0, 2.0], name="c")
    keep = tf.get_session_handle(c, name="keep")
    other = tf.get_session_handle(c * 2.0, name="other")
    with tf.Session() as sess:
        for _ in range(3):
            found = sess.run({"a": [Pair(keep, c), (other, "keep:0")], "b": collections.OrderedDict(n=other)})
            pair, (second, same) = found["a"]
            assert pair.kept is same and found["b"]["n"] is second
            np.testing.assert_array_equal(second.eval(), 2.0 * pair.value)
        assert len(sess._state.handles) == 2
        call = sess.make_callable({"a": Pair(keep, [other])})
        np.testing.assert_array_equal(call()["a"].value[0].eval(), [2.0, 4.0])


@pytest.mark.parametrize("name", ["float32", "string"])
def test_many_handles_of_one_session(name: str) -> None:
    x = tf.placeholder(name, [1])
    keep = tf.get_session_handle(x)
    placeholder, reader = tf.get_session_tensor(tf.as_dtype(name))
    with tf.Session() as sess:
        values = [b"%d" % i if name == "string" else float(i) for i in range(300)]
        handles = [sess.run(keep, {x: [value]}) for value in values]
        assert len({handle.handle for handle in handles}) == len(sess._state.handles) == 300
        read = sess.make_callable(reader, [placeholder])
        assert [read(handle)[0] for handle in handles] == values
        del handles[::2]
        assert len(sess._state.handles) == 150


def test_built_before_any_handle_and_run_after_finalize() -> None:
    """Readers, keepers and deleters need no handle to be built, and nothing is added to the graph later."""
    placeholder, reader = tf.get_session_tensor(None, tf.float32)
    hole, deleter = tf.delete_session_tensor()
    start = tf.get_session_handle(tf.constant([1.0, 2.0]))
    keep = tf.get_session_handle(reader * 2.0)
    graph = tf.get_default_graph()
    graph.finalize()
    size = len(graph.get_operations())
    with tf.Session() as sess:
        handle = sess.run(start)
        for _ in range(4):
            handle = sess.run(keep, {placeholder: handle})
        np.testing.assert_array_equal(handle.eval(), [16.0, 32.0])
        raw = handle.get_raw_handle()
        sess.run(deleter, {hole: raw})
        assert len(sess._state.handles) == 0
    assert len(graph.get_operations()) == size


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("way", ["drop", "delete", "operation", "replace", "close", "reset"])
def test_memory_is_freed_at_once(way: str, no_collector: None) -> None:
    """References alone free the array, without a collection."""
    server = tf.train.Server.create_local_server()
    sess = tf.Session(server.target)
    hole, deleter = tf.delete_session_tensor()
    x = tf.placeholder(tf.float32, [1000])
    keep = tf.get_session_handle(x * 3.0)
    handle: Any = sess.run(keep, {x: np.ones(1000)})
    array = weakref.ref(sess._state.handles.get(handle.handle))
    assert array() is not None
    if way == "drop":
        del handle
    elif way == "delete":
        handle.delete()
    elif way == "operation":
        sess.run(deleter, {hole: handle.handle})
    elif way == "replace":
        handle = sess.run(keep, {x: np.ones(1000)})
    elif way == "close":
        sess.close()
    else:
        tf.Session.reset(server.target)
    assert array() is None
    sess.close()


def test_handles_end_with_their_session() -> None:
    """After `close` a handle is dead in every session; dropping it then is no error; the name is never given again."""
    keep = tf.get_session_handle(tf.constant(1.0))
    placeholder, reader = tf.get_session_tensor(tf.float32)
    hole, deleter = tf.delete_session_tensor()
    with tf.Session() as sess:
        handle = sess.run(keep)
    for use in (handle.eval, handle.delete, handle.to_numpy_array):
        with pytest.raises(RuntimeError, match="closed Session"):
            use()
    with tf.Session() as other:
        assert other.run(keep).handle != handle.handle
        for fetch, feed in ((reader, placeholder), (deleter, hole)):
            with pytest.raises(tf.errors.InvalidArgumentError, match="its session was closed"):
                other.run(fetch, {feed: handle.handle})
    del handle


def test_reset_of_everything_ends_handles() -> None:
    sess = tf.Session()
    handle = sess.run(tf.get_session_handle(tf.constant(1.0)))
    tf.Session.reset("")
    with pytest.raises(tf.errors.CancelledError):
        handle.eval()


def test_a_handle_outlives_its_session_object_but_not_close() -> None:
    handle = tf.Session().run(tf.get_session_handle(tf.constant([5.0])))
    gc.collect()
    np.testing.assert_array_equal(handle.eval(), [5.0])


def test_handle_of_another_session_of_one_server_is_unknown() -> None:
    target = tf.train.Server.create_local_server().target
    placeholder, reader = tf.get_session_tensor(tf.float32)
    with tf.Session(target) as first, tf.Session(target) as second:
        handle = first.run(tf.get_session_handle(tf.constant(1.0)))
        with pytest.raises(tf.errors.InvalidArgumentError, match="belongs to another session"):
            second.run(reader, {placeholder: handle})
        assert first.run(reader, {placeholder: handle}) == 1.0


def test_reading_and_deleting_on_another_device() -> None:
    """Read elsewhere the value moves there, and the handle stays good until it is deleted."""
    config = tf.ConfigProto(device_count={"CPU": 2})
    with tf.device("/cpu:1"):
        placeholder, reader = tf.get_session_tensor(tf.float32)
        hole, deleter = tf.delete_session_tensor()
        moved = tf.get_session_handle(reader + 0.0)
    keep = tf.get_session_handle(tf.constant([1.0, 2.0]))
    with tf.Session(config=config) as sess:
        handle = sess.run(keep)
        second = sess.run(moved, {placeholder: handle})
        for each in (handle, second):
            np.testing.assert_array_equal(sess.run(reader, {placeholder: each}), [1.0, 2.0])
            sess.run(deleter, {hole: each.handle})
            with pytest.raises(tf.errors.InvalidArgumentError, match="Failed to delete a tensor with handle"):
                sess.run(deleter, {hole: each.handle})
            with pytest.raises(TypeError, match="may have already been deleted"):
                each.delete()


def test_deleting_what_another_step_still_reads() -> None:
    """A step keeps what it reads; the name is gone for later ones."""
    placeholder, reader = tf.get_session_tensor(tf.float32)
    hole, deleter = tf.delete_session_tensor()
    with tf.control_dependencies([deleter]):
        after = reader * 2.0  # read before or after: the value was taken when the step read it
    with tf.Session() as sess:
        handle = sess.run(tf.get_session_handle(tf.constant([1.0])))
        result = sess.run(reader, {placeholder: handle})
        handle.delete()
        np.testing.assert_array_equal(result, [1.0])
        with pytest.raises(tf.errors.InvalidArgumentError):
            sess.run(after, {placeholder: handle.handle, hole: handle.handle})


def test_threads_hand_handles_on() -> None:
    """Each of several threads takes the others' handles, adds to them, and drops them."""
    placeholder, reader = tf.get_session_tensor(tf.float64)
    step = tf.get_session_handle(reader + 1.0)
    start = tf.get_session_handle(tf.zeros([16], tf.float64))
    sess = tf.Session()
    queue: collections.deque[Any] = collections.deque(sess.run(start) for _ in range(4))
    call = sess.make_callable(step, [placeholder])
    wrong: list[BaseException] = []

    def work(use: Any) -> None:
        try:
            for _ in range(200):
                handle = queue.popleft()
                queue.append(use(handle))
        except BaseException as error:
            wrong.append(error)

    ways = [call, lambda h: sess.run(step, {placeholder: h}), call, lambda h: sess.run([step], {placeholder: h})[0]]
    threads = [threading.Thread(target=work, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert sum(handle.eval() for handle in queue).tolist() == [800.0] * 16
    assert len(sess._state.handles) == 4
    sess.close()


def loop(steps: int) -> tuple[int, int]:
    """Run a loop of handle steps; returns the bytes Python holds more after it, and the handles alive."""
    placeholder, reader = tf.get_session_tensor(tf.float32)
    step = tf.get_session_handle(reader + 1.0)
    graph = tf.get_default_graph()
    with tf.Session() as sess:
        handle = sess.run(tf.get_session_handle(tf.zeros([4])))
        call = sess.make_callable(step, [placeholder])
        for _ in range(1000):
            handle = call(handle)
        size, built = len(graph.get_operations()), sess._programs_built
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20):
            handle = call(handle)
        tracemalloc.stop()
        for _ in range(steps):
            handle = call(handle)
        gc.collect()
        tracemalloc.start()
        for _ in range(20):
            handle = call(handle)
        held = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert (len(graph.get_operations()), sess._programs_built) == (size, built)
        assert handle.eval()[0] == 1040.0 + steps
        return held, len(sess._state.handles)


def test_a_long_loop_keeps_graph_and_memory_constant() -> None:
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    held, alive = loop(100_000)
    assert alive == 1 and held < 20_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000  # kilobytes


@pytest.mark.slow
def test_a_million_handle_steps() -> None:
    held, alive = loop(1_000_000)
    assert alive == 1 and held < 20_000


def test_a_big_step_costs_its_arithmetic() -> None:
    """Over 8 MB keeping and reading a handle adds nothing like a copy to the step."""
    x = tf.placeholder(tf.float32, [None])
    placeholder, reader = tf.get_session_tensor(tf.float32)
    keep = tf.get_session_handle(reader + 1.0)
    with tf.Session() as sess:
        plain = sess.make_callable(x + 1.0, [x])
        step = sess.make_callable(keep, [placeholder])
        array = np.zeros(2 << 20, np.float32)
        handle = sess.run(tf.get_session_handle(x), {x: array})

        def seconds(call: Any, argument: Any) -> float:
            best = 1.0
            for _ in range(30):
                start = time.perf_counter()
                call(argument)
                best = min(best, time.perf_counter() - start)
            return best

        for _ in range(5):
            plain(array), step(handle)
        assert seconds(step, handle) < 3.0 * seconds(plain, array) + 1e-3
