"""Feeds of every kind, code that runs in the middle of a step, and changes from other threads: no way is different.

What `run` interpreted gives or raises is what a callable has to give or raise, before and after there is native code.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import decimal
import enum
import gc
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided
from sessile.compiler.machine import abi as layout

import sessile as tf

VECTOR = np.array([1.0, 2.0, 3.0], np.float32)
INTERPRETED = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=tf.OptimizerOptions(global_jit_level=-1)))


@pytest.fixture
def session() -> Iterator[Any]:
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


class Float(float):
    """A float of another class."""


class Integer(int):
    """An int of another class."""


class One(enum.IntEnum):
    """An int that is an enum."""

    ONE = 1


class Index:
    """Only an index."""

    def __index__(self) -> int:
        return 3


class Convertible:
    """Has `__array__`."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.make()


class Interface:
    """Has one of the attributes by which arrays are shared."""

    def __init__(self, owner: Any, name: str) -> None:
        self.owner = owner
        setattr(self, name, getattr(owner, name))


class Sequence:
    """The oldest protocol of sequences."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, position: int) -> float:
        if position < 3:
            return float(position)
        raise IndexError


def read_only() -> Any:
    """Return an array that cannot be written."""
    made = VECTOR.copy()
    made.flags.writeable = False
    return made


RECORDS = np.zeros(3, [("a", "f4"), ("b", "i1")])
FEEDS: dict[str, Any] = {
    "list": [1, 2, 3], "bools": [True, False, True], "bool array": np.array([True, False]), "range": range(3),
    "array of floats": array.array("f", [1, 2, 3]), "array of doubles": array.array("d", [1, 2, 3]),
    "bytearray": bytearray(12), "bytes": b"123", "memoryview": memoryview(VECTOR), "cast": memoryview(VECTOR).cast("B"),
    "ctypes": (ctypes.c_float * 3)(1, 2, 3), "__array__": Convertible(lambda: VECTOR), "sequence": Sequence(3),
    "__array__ of another type": Convertible(lambda: VECTOR.astype(np.int64)), "endless": Sequence(2**62),
    "__array_interface__": Interface(VECTOR, "__array_interface__"), "no array": Convertible(lambda: 5),
    "__array_struct__": Interface(VECTOR, "__array_struct__"), "structured": RECORDS, "field": RECORDS["a"],
    "bytes of records": np.zeros(3, "V4"), "recarray": np.rec.array([(1.0,)], dtype=[("a", "f4")]),
    "dates": np.zeros(3, "M8[s]"), "durations": np.zeros(3, "m8[s]"), "byte strings": np.zeros(3, "S4"),
    "strings": np.zeros(3, "U2"), "objects": np.array([1.0, None], object), "numbers": np.array([1.0], object),
    "complex": np.zeros(3, complex), "long double": np.zeros(3, np.longdouble), "half": VECTOR.astype(np.float16),
    "other byte order": VECTOR.astype(">f4"), "other byte order of ints": VECTOR.astype(">i4"), "nan": [float("nan")],
    "too large an int": [2**100], "too large for a double": [10**400], "too large for 32 bits": [2**31],
    "decimals": [decimal.Decimal("1.5")], "a string": ["1"], "None inside": [None], "None": None, "set": {1, 2},
    "dict": {1: 2}, "ellipsis": ..., "type": float, "ragged": [[1], [1, 2]], "matrix": np.ones((1, 3)).view(np.matrix),
    "masked": np.ma.array([1.0, 2.0], mask=[0, 1]), "masked scalar": np.ma.masked, "read-only": read_only(),
    "0-d": np.array(1.0), "scalar": np.float32(2), "double": np.float64(2.5), "float": 2.5, "float class": Float(2),
    "int class": Integer(3), "enum": One.ONE, "index": Index(), "True": True, "reversed": VECTOR[::-1],
    "zero strides": np.broadcast_to(np.float32(1), (5,)), "negative strides": as_strided(VECTOR[2:], (3,), (-4,)),
    "overlapping": as_strided(np.ones(4, np.float32), (2, 2), (4, 4)), "no elements": np.zeros(0, np.float32),
    "apart": np.ones(6, np.float32)[::2], "characters": np.array(["a"]), "5 axes": np.ones((1, 1, 1, 1, 2)),
    "64 axes": np.ones((1,) * 32), "with metadata": VECTOR.astype(np.dtype("f4", metadata={"unit": "m"})),
}  # fmt: skip
TYPES = {tf.float32: np.ones(2, np.float32), tf.int32: np.ones(2, np.int32), tf.uint8: np.ones(2, np.uint8)}


def outcome(run: Callable[[Any], Any], fed: Any) -> Any:
    """Return the result with its type, or the class and words of the error."""
    try:
        result = run(fed)
    except Exception as error:
        return type(error).__name__, str(error)
    return type(result), getattr(result, "dtype", None), np.shape(result), np.asarray(result).tobytes()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("shape", [[None], [], None], ids=str)
@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_feeds_of_every_kind(dtype: Any, shape: Any, session: Any) -> None:
    x = tf.placeholder(dtype, shape)
    y = x + tf.cast(1, dtype)
    oracle = tf.Session(config=INTERPRETED)
    call = session.make_callable(y, [x])
    first = TYPES[dtype] if shape is None or shape else TYPES[dtype][0]
    expected = outcome(call, first)
    for name, fed in FEEDS.items():
        wanted = outcome(lambda value: oracle.run(y, {x: value}), fed)
        for way in (call, lambda value: session.run(y, {x: value})):
            for _ in range(2):
                assert outcome(way, fed) == wanted, name
        assert outcome(call, first) == expected, name
    oracle.close()


# Code that runs in the middle of a step.


def doubled(session: Any) -> Any:
    """Return a callable that doubles and adds 1, and has run."""
    x = tf.placeholder(tf.float32, [None])
    call = session.make_callable(x * 2.0 + 1.0, [x])
    call(VECTOR)
    return call


def test_a_conversion_that_calls_the_callable_closes_the_session_or_drops_the_callable(session: Any) -> None:
    held = [doubled(session)]

    def drop() -> Any:
        held.clear()
        gc.collect()
        return VECTOR

    def fail() -> Any:
        raise ZeroDivisionError

    np.testing.assert_array_equal(held[0](Convertible(lambda: held[0](VECTOR))), (VECTOR * 2 + 1) * 2 + 1)
    with pytest.raises(ZeroDivisionError):
        held[0](Convertible(fail))
    np.testing.assert_array_equal(held[0](Convertible(drop)), VECTOR * 2 + 1)
    other = tf.Session()
    closing = doubled(other)
    with pytest.raises((RuntimeError, tf.errors.CancelledError)):
        closing(Convertible(lambda: other.close() or VECTOR))
    with pytest.raises(RuntimeError, match="closed"):
        closing(VECTOR)


def test_an_endless_conversion(session: Any) -> None:
    call = doubled(session)
    endless = Convertible(lambda: call(endless))
    with pytest.raises(RecursionError):
        call(endless)
    np.testing.assert_array_equal(call(VECTOR), VECTOR * 2 + 1)


def test_a_callback_that_calls_the_callable_it_runs_in(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])

    def function(value: Any) -> Any:
        return np.float32([again(value[1:])]) if len(value) > 1 else np.zeros(1, np.float32)

    inner = tf.py_func(function, [x * 1.0], tf.float32)
    inner.set_shape([None])
    again = session.make_callable(tf.reduce_sum(x) + tf.reduce_sum(inner), [x])
    for _ in range(3):
        assert again(np.arange(6, dtype=np.float32)) == sum(k * (k + 1) for k in range(6))


@pytest.mark.parametrize("error", [KeyError, SystemExit, KeyboardInterrupt, MemoryError, RecursionError])
def test_what_a_callback_raises_propagates(error: type[BaseException], session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])

    def function(value: Any) -> Any:
        if value[0] > 5:
            raise error("mine")
        return value

    inner = tf.py_func(function, [x * 2.0], tf.float32)
    inner.set_shape([None])
    call = session.make_callable([tf.exp(inner), x + 1.0], [x])
    good, bad = call(VECTOR), np.full(3, 9, np.float32)
    for _ in range(20):
        with pytest.raises((error, tf.errors.OpError), match="mine"):
            call(bad)
    before = sys.getrefcount(bad)
    for _ in range(20):
        with pytest.raises((error, tf.errors.OpError), match="mine"):
            call(bad)
    gc.collect()
    assert sys.getrefcount(bad) <= before
    np.testing.assert_array_equal(call(VECTOR), good)


def test_a_callback_that_closes_the_session(session: Any) -> None:
    other = tf.Session()
    x = tf.placeholder(tf.float32, [None])

    def function(value: Any) -> Any:
        if value[0] > 5:
            other.close()
        return value

    inner = tf.py_func(function, [x * 2.0], tf.float32)
    call = other.make_callable(tf.exp(inner) + 1.0, [x])
    call(VECTOR)
    with pytest.raises((RuntimeError, tf.errors.CancelledError)):
        call(VECTOR + 5)
    with pytest.raises(RuntimeError, match="closed"):
        call(VECTOR)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers")
@pytest.mark.parametrize("level", ["calls", "closes"])
def test_handlers_of_signals_that_use_the_callable(level: str) -> None:
    with tf.Graph().as_default():
        session = tf.Session()
        x = tf.placeholder(tf.float32, [None])
        call = session.make_callable(tf.exp(-x) + tf.tanh(x) * tf.sin(x), [x])
    big = np.linspace(0, 1, 300_000, dtype=np.float32)
    expected, seen = call(big), []

    def handle(*arguments: Any) -> None:
        seen.append(np.array_equal(call(big), expected))
        if level == "closes":
            session.close()
        else:  # set anew each time: one that repeats comes again before this is over where the machine is busy
            signal.setitimer(signal.ITIMER_REAL, 0.02)

    before = signal.signal(signal.SIGALRM, handle)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        closed = pytest.raises((RuntimeError, tf.errors.CancelledError), match="closed")  # before a step, or in one
        with closed if level == "closes" else contextlib.nullcontext():
            while len(seen) < 5:
                assert np.array_equal(call(big), expected)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        session.close()
    assert seen and all(seen)


# Changes from other threads.


def while_it_runs(change: Callable[[int], None], run: Callable[[], None], times: int) -> None:
    """Call `run` some times, while another thread calls `change(k)` for growing k."""
    stop = threading.Event()

    def body() -> None:
        number = 0
        while not stop.is_set():
            change(number)
            number += 1

    thread = threading.Thread(target=body)
    thread.start()
    try:
        for _ in range(times):
            run()
    finally:
        stop.set()
        thread.join()


@pytest.mark.filterwarnings("ignore:Setting the:DeprecationWarning")  # NumPy 2.5
def test_an_argument_whose_shape_type_flags_and_elements_change_meanwhile(session: Any) -> None:
    """Each result is that of some state of the argument."""
    x = tf.placeholder(tf.float32, None)
    call = session.make_callable(tf.reduce_sum(x * 0.0 + 1.0), [x])
    fed = np.zeros(400_000, np.float32)
    results = set()

    def change(number: int) -> None:
        fed.shape = (200, 2000) if number % 2 else (400_000,)
        fed.dtype = np.dtype(np.int32)
        fed.dtype = np.dtype(np.float32)
        fed.flags.writeable = False
        fed.flags.writeable = True
        fed[...] = number

    def run() -> None:
        try:
            results.add(float(call(fed)))
        except (TypeError, ValueError):  # the interpreter's conversion saw it as another type
            results.add(400_000.0)

    while_it_runs(change, run, 100)
    assert results == {400_000.0}


def test_indices_that_change_between_check_and_use(session: Any) -> None:
    """A result may mix what they were; memory outside is never read."""
    x, i = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.int32, [None])
    call = session.make_callable(tf.reduce_sum(tf.gather(x, i) * 2.0), [x, i])
    indices = np.zeros(200_000, np.int32)
    call(VECTOR, indices)

    def change(number: int) -> None:
        indices[:: 1 + number % 7] = 2**31 - 1 if number % 2 else 0

    def run() -> None:
        with contextlib.suppress(tf.errors.InvalidArgumentError):
            assert 400_000 <= call(VECTOR, indices) <= 1_200_000

    while_it_runs(change, run, 100)


def test_sessions_that_close_while_threads_call(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    big = np.linspace(0, 1, 100_000, dtype=np.float32)
    for _ in range(5):
        other = tf.Session()
        call = other.make_callable(tf.tanh(x) + tf.exp(-x), [x])
        expected, errors = call(big), []

        def work(call: Any = call, expected: Any = expected, errors: Any = errors) -> None:
            try:
                while np.array_equal(call(big), expected):
                    pass
                errors.append("another result")
            except (RuntimeError, tf.errors.CancelledError) as error:
                errors.append(type(error))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        other.close()
        del other
        gc.collect()
        for thread in threads:
            thread.join()
        assert len(errors) == 4 and "another result" not in errors


@pytest.mark.skipif(not layout.available(), reason="steps in Python are called by ctypes, which holds no reference")
@pytest.mark.parametrize("kind", ["a loop", "phases", "a product"])
def test_an_argument_is_not_resized_while_it_is_read(kind: str, session: Any) -> None:
    """Even if nobody else holds it any more: NumPy refuses as it does for its own functions."""
    x = tf.placeholder(tf.float32, [None, None])
    heavy = {
        "a loop": tf.tanh(tf.exp(-x) + tf.sin(x)),
        "phases": tf.reduce_sum(tf.tanh(tf.exp(-x) + tf.sin(x)), 0),
        "a product": tf.matmul(x, x),
    }[kind]
    call = session.make_callable(heavy, [x])
    call(np.ones((1600, 1600), np.float32))
    held: list[Any] = []
    outcomes: list[str] = []

    def resize_soon(running: threading.Event) -> None:
        running.wait()
        limit = time.monotonic() + 0.1
        while sys.getrefcount(held[0]) < 4 and time.monotonic() < limit:  # list, argument, call: and the step's own
            time.sleep(0)
        try:
            held.pop().resize((3, 3))  # the only other reference is the caller's
            outcomes.append("resized" if running.is_set() else "later")
        except ValueError:
            outcomes.append("refused")

    for _ in range(10):
        running = threading.Event()
        thread = threading.Thread(target=resize_soon, args=(running,))
        held.append(np.ones((1600, 1600), np.float32))
        thread.start()
        running.set()
        call(held[0])
        running.clear()
        thread.join()
    assert outcomes.count("refused") > outcomes.count("resized")  # those that came before the call had begun
