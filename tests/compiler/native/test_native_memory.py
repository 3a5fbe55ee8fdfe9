"""The native step neither leaks nor takes what it does not own; code goes with the callable it was made for."""

from __future__ import annotations

import gc
import sys
import threading
import tracemalloc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sessile.compiler.jit import compile as jit
from sessile.compiler.machine import abi as layout
from sessile.compiler.machine.code import Code
from sessile.compiler.runtime.trampoline import Cell
from sessile.compiler.step.variant import Variant

import sessile as tf
from tests.compiler.programs import numbered, program, same, step

pytestmark = pytest.mark.skipif(not layout.available(), reason="no native steps here")

CALLS = 100_000


def matrix() -> Any:
    """Return a placeholder of two axes of any size."""
    return tf.placeholder(tf.float32, [None, None])


def calls_that_take_every_way() -> dict[str, tuple[Callable[..., Any], tuple[Any, ...]]]:
    """Return callables with arguments: one group, several, a call in Python, scalars, lists, tuples, single results."""
    x, y = matrix(), matrix()
    a, b = numbered(3, 4), numbered(3, 4)
    product = tf.matmul(tf.exp(x * 0.1), y, transpose_b=True)
    parts = tf.unique(tf.reshape(tf.cast(x, tf.int32), [-1]))
    return {
        "one group": (step(program([x, y], [x * y + 1.0]), "single"), (a, b)),
        "several results": (step(program([x, y], [x + y, x - y, tf.reduce_sum(x)])), (a, b)),
        "a tuple of scalars": (step(program([x], [tf.reduce_sum(x), tf.reduce_max(x)]), "tuple"), (a,)),
        "a library call": (step(program([x, y], [product * 2.0, product])), (a, b)),
        "views": (step(program([x], [tf.reshape(x, [-1]), tf.transpose(x)])), (a,)),
        "known extents": (step(program([x], [tf.reshape(x * 2.0, [tf.shape(x)[1], -1]), tf.shape(x)])), (a,)),
        "interpreted parts": (step(program([x], [tf.add(parts[0], 1), parts[1]])), (a,)),
        "the slow way": (step(program([x, y], [x * y - 1.0]), "single"), (a, b[:, ::-1])),
        "no use of an argument": (step(program([x, y], [x * 5.0])), (a, b)),
    }


NAMES = tuple(calls_that_take_every_way())


@pytest.mark.parametrize("name", NAMES)
def test_reference_counts_and_memory_stay(name: str) -> None:
    is_slow = name in ("the slow way", "interpreted parts", "known extents", "views", "a library call")
    nothing_grows(name, CALLS // (50 if is_slow else 1))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_reference_counts_and_memory_stay_over_a_million_calls(name: str) -> None:
    nothing_grows(name, 1_000_000)


def resident() -> int:
    """The kilobytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def nothing_grows(name: str, calls: int) -> None:
    """Assert that reference counts and memory are constant over so many calls."""
    call, arguments = calls_that_take_every_way()[name]
    counted = [*arguments, np.dtype(np.float32), np.dtype(np.int32), np.ndarray, call, None, ()]
    for _ in range(50):
        call(*arguments)
    gc.collect()
    before = [sys.getrefcount(item) for item in counted]
    tracemalloc.start()
    try:
        call(*arguments)
        start = tracemalloc.get_traced_memory()[0]
        for _ in range(calls):
            call(*arguments)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - start
    finally:
        tracemalloc.stop()
    after = [sys.getrefcount(item) for item in counted]
    assert max(abs(a - b) for a, b in zip(after, before)) < 20
    assert grown < 20_000


def test_results_belong_to_the_caller_alone() -> None:
    x = matrix()
    call = step(program([x], [x * 2.0, x + 1.0, tf.reduce_sum(x)]))
    for _ in range(3):
        results = call(numbered(2, 3))
        counts = [sys.getrefcount(results), *map(sys.getrefcount, results)]
        assert counts == [2, 2, 2, 2]
        kept = weakref.ref(results[1])
        del results
        assert kept() is None


def test_equal_fetches_are_arrays_of_their_own() -> None:
    x = matrix()
    call = step(program([x], [x * 2.0, x * 2.0, tf.identity(x)]))
    for _ in range(3):
        first, second, third = call(numbered(2, 3))
        first[...] = 9
        same([second, third], [numbered(2, 3) * 2, numbered(2, 3)])


def test_a_repeated_call_does_not_write_into_earlier_results() -> None:
    x = matrix()
    call = step(program([x], [x * 2.0]), "single")
    first = call(numbered(3, 4))
    before = first.copy()
    others = [call(numbered(3, 4) + k) for k in range(5)]
    np.testing.assert_array_equal(first, before)
    assert not any(np.shares_memory(first, other) for other in others)


def test_a_callable_frees_its_code() -> None:
    x = matrix()
    made = program([x], [tf.exp(x) * 3.0, tf.matmul(x, x, transpose_b=True)])
    call = step(made)
    call(numbered(2, 3))
    (cell,) = [item for item in gc.get_referents(call) if isinstance(item, Cell)]
    assert len(cell.codes) == 1
    kept = [weakref.ref(cell), weakref.ref(cell.codes[0].engine), weakref.ref(made.staged), weakref.ref(cell.slow)]
    call(numbered(2, 3))
    del call, cell, made
    gc.collect()
    assert [reference() for reference in kept] == [None] * 4


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="there is no /proc")
@pytest.mark.filterwarnings("ignore:make_callable was called")
def test_callables_made_in_a_loop_leave_no_code_behind() -> None:
    x = matrix()
    fetch = tf.exp(x) * 3.0 + tf.tanh(x)

    def make(count: int) -> None:
        with tf.Session() as session:
            for _ in range(count):
                session.make_callable(fetch, [x])(numbered(2, 3))
        gc.collect()

    make(40)
    before = resident()
    make(300)
    assert resident() - before < 4_000  # a step is some 12 KB of code and data


def test_a_callable_outlives_everything_it_was_made_from() -> None:
    def make() -> Any:
        x = matrix()
        return step(program([x], [tf.reduce_sum(x * 2.0 + np.float32(0.125), 1)]))

    call = make()
    expected = [(numbered(3, 4) * 2 + np.float32(0.125)).sum(1)]
    for _ in range(3):
        same(call(numbered(3, 4)), expected)
        tf.get_default_graph()
        gc.collect()


def test_variants_replace_each_other_in_one_callable() -> None:
    x, y = matrix(), matrix()
    call = step(program([x, y], [x * y + 0.75]), "single")
    for _ in range(20):
        for left, right in (((3, 4), (3, 4)), ((3, 1), (3, 4)), ((1, 4), (3, 1))):
            same([call(numbered(*left), numbered(*right))], [numbered(*left) * numbered(*right) + np.float32(0.75)])
    (cell,) = [item for item in gc.get_referents(call) if isinstance(item, Cell)]
    assert len(cell.codes) == 3


# Exceptions.


def test_exceptions_of_kernels_propagate_and_leak_nothing() -> None:
    x = tf.placeholder(tf.int32, [None])
    call = step(program([x], [tf.floordiv(x * 2, x - 1) + x, x * 3]))
    good, bad = np.arange(2, 1002, dtype=np.int32), np.arange(1, 1001, dtype=np.int32)
    expected = call(good)
    counts = []
    tracemalloc.start()
    try:
        for _ in range(3):
            for _attempt in range(100):
                with pytest.raises(Exception, match="FloorDiv"):
                    call(bad)
            gc.collect()
            counts.append((sys.getrefcount(bad), tracemalloc.get_traced_memory()[0]))
    finally:
        tracemalloc.stop()
    assert counts[2][0] == counts[1][0]
    assert counts[2][1] - counts[1][1] < 50_000  # a leak would be 100 arrays of 4000 bytes
    same(call(good), expected)


def test_running_out_of_memory_leaks_nothing() -> None:
    x, y = matrix(), matrix()
    call = step(program([x, y], [x * 2.0, x + y]))
    call(numbered(2, 1), numbered(1, 2))
    column, row = np.zeros((1 << 23, 1), np.float32), np.zeros((1, 1 << 23), np.float32)
    before = sys.getrefcount(column), sys.getrefcount(row)
    for _ in range(3):
        with pytest.raises(Exception, match="Unable to allocate|out of memory|OOM when allocating"):
            call(column, row)
    gc.collect()
    assert (sys.getrefcount(column), sys.getrefcount(row)) == before


# Threads.


def run_in_threads(work: Callable[[int], None], count: int = 6) -> None:
    """Run `work(k)` in threads at once; raises what one of them raised."""
    failures: list[BaseException] = []
    barrier = threading.Barrier(count)

    def body(number: int) -> None:
        try:
            barrier.wait()
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=body, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_many_threads_call_one_callable() -> None:
    x = matrix()
    call = step(program([x], [x * 2.0 + 1.0, tf.reduce_sum(x, 1)]))
    call(numbered(3, 4))

    def work(number: int) -> None:
        small, large = numbered(3, 4) + number, numbered(200, 400) % 64 + number  # the large one runs without the GIL
        for turn in range(200):
            data = large if turn % 20 == 0 else small
            same(call(data), [data * 2 + 1, data.sum(1)])

    run_in_threads(work)


def test_a_callable_is_used_while_new_shapes_compile() -> None:
    x, y = matrix(), matrix()
    made = program([x, y], [x * y + 0.875, tf.reduce_max(x - y, 1)])
    call = step(made)

    def work(number: int) -> None:
        shapes = [((3, 4), (3, 4)), ((3, 1), (3, 4)), ((1, 4), (3, 1)), ((3, 4), (1, 1))]
        for turn in range(40):
            left, right = shapes[(turn // 10 + number) % 4]
            a, b = numbered(*left), numbered(*right)
            same(call(a, b), [a * b + np.float32(0.875), (a - b).max(1)])

    run_in_threads(work)


def test_nothing_is_compiled_twice_by_threads_that_call_one_new_callable(monkeypatch: pytest.MonkeyPatch) -> None:
    variants: list[Any] = []
    steps: list[Any] = []
    kernels: list[Any] = []
    compile_variant, compile_step, compile_absent = Variant.compile, Code.__init__, jit.compile_absent
    monkeypatch.setattr(
        jit, "compile_absent", lambda absent, done: (kernels.extend(absent), compile_absent(absent, done))[1]
    )
    monkeypatch.setattr(Variant, "compile", lambda self: (variants.append(self), compile_variant(self))[1])
    monkeypatch.setattr(Code, "__init__", lambda self, *rest: (steps.append(self), compile_step(self, *rest))[1])
    x, variable = matrix(), tf.Variable(tf.zeros([4]))
    update, tangent = tf.assign_add(variable, tf.reduce_sum(tf.cos(x) * 0.375) + variable * 0.625), tf.tan(x) * 0.3125
    with tf.Session() as session:
        session.run(variable.initializer)
        calls = [
            session.make_callable(tf.exp(x) * 0.4375 + tf.sin(x), [x]),
            session.make_callable(update, [x]),
            lambda value: session.run(tangent, {x: value}),
        ]
        for call, most in zip(calls, ((1, 1), (2, 2), (1, 1))):
            before = len(variants), len(steps)
            run_in_threads(lambda number, call=call: call(numbered(3, 4)), 8)  # type: ignore[misc]
            assert (len(variants) - before[0], len(steps) - before[1]) == most
    assert 3 <= len(kernels) == len(set(kernels))


def test_threads_that_compile_the_same_program_at_once() -> None:
    x = matrix()
    made = program([x], [tf.boolean_mask(x * 2.0, x > 0.5) + 0.5])

    def work(number: int) -> None:
        for turn in range(10):
            data = numbered(3 + turn, number + 1)
            same(made.run_compiled([data], None), [data[data > 0.5] * 2 + np.float32(0.5)])

    run_in_threads(work)
