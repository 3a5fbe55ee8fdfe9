"""Native steps that update variables by matrix products: training by hand, in place, in threads, and when it fails."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.native.products import calls as products
from sessile.compiler.runtime import recycle
from sessile.ops.definition.context import KernelContext

import sessile as tf
from tests.slow_path import Slow, drawn

STEPS = 50
Build = Callable[[], tuple[Any, list[Any], list[Any]]]  # what a step runs, its feeds, its variables


@pytest.fixture
def session() -> Iterator[Any]:
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def logistic_regression() -> tuple[Any, list[Any], list[Any]]:
    x, y = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [None, 1])
    weights, bias = tf.Variable(drawn(3, 1)), tf.Variable(tf.zeros([1]))
    slope = (tf.sigmoid(tf.matmul(x, weights) + bias) - y) / 32.0
    step = tf.group(
        weights.assign_sub(0.5 * tf.matmul(x, slope, transpose_a=True)),
        bias.assign_sub(0.5 * tf.reduce_sum(slope, 0)),
    )
    return step, [x, y], [weights, bias]


def network() -> tuple[Any, list[Any], list[Any]]:
    x, y = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [None, 1])
    w1, b1 = tf.Variable(drawn(3, 16)), tf.Variable(tf.zeros([16]))
    w2, b2 = tf.Variable(drawn(16, 1)), tf.Variable(tf.zeros([1]))
    hidden = tf.nn.relu(tf.matmul(x, w1) + b1)
    error = tf.matmul(hidden, w2) + b2 - y
    loss = tf.reduce_mean(tf.square(error))
    outer = error * (2.0 / 32)
    inner = tf.matmul(outer, w2, transpose_b=True) * tf.cast(hidden > 0, tf.float32)
    step = tf.group(
        w2.assign_sub(0.1 * tf.matmul(hidden, outer, transpose_a=True)),  # before the product that reads the old value
        w1.assign_sub(0.1 * tf.matmul(x, inner, transpose_a=True)),
        b1.assign_sub(0.1 * tf.reduce_sum(inner, 0)),
        b2.assign_sub(0.1 * tf.reduce_sum(outer, 0)),
    )
    return [loss, step], [x, y], [w1, b1, w2, b2]


def trained(build: Build, arrays: list[Any], level: int, steps: int = STEPS) -> list[Any]:
    """The variables, and what the last step returned, after training."""
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = level
    with tf.Graph().as_default():
        fetches, feeds, variables = build()
        with tf.Session(config=config) as session:
            session.run(tf.global_variables_initializer())
            step = session.make_callable(fetches, feeds)
            results = [step(*arrays) for _ in range(steps)]
            return [*session.run(variables), results[-1]]


def near(actual: list[Any], expected: list[Any]) -> None:
    for a, b in zip(actual, expected, strict=True):
        for left, right in zip(*(item if isinstance(item, list) else [item] for item in (a, b)), strict=True):
            if right is None:
                assert left is None
            else:
                np.testing.assert_allclose(left, right, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("build", [logistic_regression, network])
def test_training_by_hand_is_native_and_learns_the_same(build: Build, slow: Slow) -> None:
    x = drawn(32, 3, seed=1)
    y = (x.sum(1, keepdims=True) > 0).astype(np.float32)
    expected = trained(build, [x, y], tf.OptimizerOptions.OFF)
    slow.count = 0
    near(trained(build, [x, y], tf.OptimizerOptions.ON_1), expected)
    assert slow.count == 1, "only the first step is Python's"


def test_a_step_learns_from_batches_of_all_sizes(slow: Slow) -> None:
    with tf.Graph().as_default():
        fetches, feeds, variables = network()
        off = tf.ConfigProto()
        off.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.OFF
        with tf.Session() as session, tf.Session(config=off) as interpreting:
            steps = []
            for one in (session, interpreting):
                one.run(tf.global_variables_initializer())
                steps.append(one.make_callable(fetches, feeds))
            for size in (5, 32, 1, 7, 2, 32, 1):
                x, y = drawn(size, 3, seed=size), drawn(size, 1, seed=size + 1)
                near([steps[0](x, y)], [steps[1](x, y)])
            near(session.run(variables), interpreting.run(variables))


# Random steps.

SIDE = 3
ACTIONS = ["add", "multiply", "matmul", "transpose", "reverse", "flat", "sum", "assign", "assign_add", "assign_sub"]


def built(rows: list[tuple[str, int, int, bool, bool]], fetched: list[int]) -> tuple[Any, list[Any], list[Any]]:
    """A step over two variables and a feed, all of them square."""
    x = tf.placeholder(tf.float64, [None, SIDE])
    variables = [tf.Variable(drawn(SIDE, SIDE, seed=seed).astype(np.float64)) for seed in (1, 2)]
    values: list[Any] = [*variables, x]
    effects: list[Any] = []
    for action, first, second, a, b in rows:
        left, right = values[first % len(values)], values[second % len(values)]
        variable = variables[first % 2]
        with tf.control_dependencies(effects[-1:] if b else []):
            if action.startswith("assign"):
                change = right * 0.5 if a else tf.reshape(right, [SIDE, SIDE])
                made = getattr(variable, action)(change)
                effects.append(made.op)
                continue
            values.append(
                {
                    "add": lambda left=left, right=right: left + right,
                    "multiply": lambda left=left, right=right: left * right * 0.5,
                    "matmul": lambda left=left, right=right, a=a, b=b: tf.matmul(left, right, a, b) * 0.3,
                    "transpose": lambda left=left: tf.transpose(left),
                    "reverse": lambda left=left, a=a: tf.reverse(left, [int(a)]),
                    "flat": lambda left=left: tf.reshape(left, [SIDE * SIDE]) * tf.ones([1], tf.float64),
                    "sum": lambda left=left, a=a: tf.reduce_sum(left, int(a), keepdims=True) + left,
                }[action]()
            )
            if action == "flat":
                values[-1] = tf.reshape(values[-1], [SIDE, SIDE])
    return [[values[n % len(values)] for n in fetched], effects], [x], variables


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(ACTIONS), st.integers(0, 9), st.integers(0, 9), st.booleans(), st.booleans()),
        min_size=3,
        max_size=10,
    ),
    st.lists(st.integers(0, 9), max_size=3),
)
def test_random_updates_are_what_the_interpreter_does(
    rows: list[tuple[str, int, int, bool, bool]], fetched: list[int]
) -> None:
    rows = [*rows, ("assign_sub", 0, len(rows), True, False)]
    x = drawn(SIDE, SIDE, seed=3).astype(np.float64)
    outcomes = []
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        config = tf.ConfigProto()
        config.graph_options.optimizer_options.global_jit_level = level
        with tf.Graph().as_default():
            fetches, feeds, variables = built(rows, fetched)
            with tf.Session(config=config) as session, np.errstate(all="ignore"):
                session.run(tf.global_variables_initializer())
                step = session.make_callable(fetches, feeds)
                outcome = []
                for _ in range(3):
                    results = step(x)[0]
                    outcome += [np.array(result) for result in results]
                    outcome += session.run(variables)
                    for result in results:
                        result[...] = 77  # the user's own
                outcomes.append(outcome)
    for actual, expected in zip(*outcomes, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12)


# Who holds what.


def square(session: Any, side: int = 8) -> tuple[Any, Any, Any]:
    """A variable, a feed, and a step that subtracts a product with the variable."""
    variable = tf.Variable(drawn(side, side))
    x = tf.placeholder(tf.float32, [None, side])
    step = session.make_callable(variable.assign_sub(0.01 * tf.matmul(x, tf.matmul(x, variable), True)).op, [x])
    session.run(variable.initializer)
    return variable, x, step


def value_of(session: Any, variable: Any) -> Any:
    """The array in a variable's cell."""
    return variable.op.op_def.kernel(KernelContext(variable.op, session._state)).value


def place_of(session: Any, variable: Any) -> int:
    """The address of its elements."""
    return int(value_of(session, variable).ctypes.data)


def test_an_update_by_a_product_with_the_variable_is_in_place(session: Any, slow: Slow) -> None:
    variable, _, step = square(session)
    fed = drawn(5, 8, seed=1)
    expected = session.run(variable)
    for _ in range(3):
        step(fed)
    place = place_of(session, variable)
    for _ in range(3):
        step(fed)
        assert place_of(session, variable) == place
    assert slow.count == 1
    for _ in range(6):
        expected = expected - np.float32(0.01) * (fed.T @ (fed @ expected))
    np.testing.assert_allclose(session.run(variable), expected, rtol=1e-4)


def test_what_the_user_holds_never_changes(session: Any) -> None:
    variable, _, step = square(session)
    fed = drawn(5, 8, seed=1)
    held = []
    for _ in range(4):
        step(fed)
        held.append(session.run(variable))
    kept = [array.copy() for array in held]
    views = [session.run([variable])[0][1:] for _ in range(2)]
    before = [view.copy() for view in views]
    step(fed)
    step(fed)
    for array, copy in zip([*held, *views], [*kept, *before], strict=True):
        np.testing.assert_array_equal(array, copy)


def test_a_handle_keeps_the_value_it_was_given(session: Any) -> None:
    variable, _, step = square(session)
    handle = session.run(tf.get_session_handle(variable.read_value()))
    expected = session.run(variable)
    for _ in range(3):
        step(drawn(5, 8, seed=1))
    np.testing.assert_array_equal(handle.eval(), expected)


def test_an_index_out_of_range_leaves_everything_as_it_was(session: Any, slow: Slow) -> None:
    table, weights = tf.Variable(drawn(6, 4)), tf.Variable(drawn(4, 4))
    rows = tf.placeholder(tf.int32, [None])
    picked = tf.gather(table, rows)
    step = session.make_callable(
        tf.group(weights.assign_sub(tf.matmul(picked, picked, transpose_a=True)), table.assign_add(table * 0.5)), [rows]
    )
    session.run(tf.global_variables_initializer())
    for _ in range(3):
        step(np.array([0, 5, 5], np.int32))
    assert slow.count == 1
    before = session.run([table, weights])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 6 is not in \[0, 6\)"):
        step(np.array([0, 6], np.int32))
    for now, then in zip(session.run([table, weights]), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_without_memory_nothing_is_updated_twice(session: Any, slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    """A big fetch fails to get its memory: Python does the step over, all of it."""
    total, x = tf.Variable(tf.zeros([4])), tf.placeholder(tf.float32, [None, 1])
    wide = tf.matmul(x, x, transpose_b=True)
    fetches = [tf.assign_add(total, tf.ones([4]) * tf.reduce_sum(x)).op, wide]
    session.run(total.initializer)
    step = session.make_callable(fetches, [x])
    fed = np.ones((1024, 1), np.float32)  # 4 MiB
    for _ in range(3):
        step(fed)
    asked = []

    def refused(size: int) -> Any:
        asked.append(size)
        raise ValueError("none for now")

    with monkeypatch.context() as patched:
        patched.setattr(recycle._pool, "lease", refused)
        step(fed)
    assert asked
    assert slow.count == 2
    assert session.run(total)[0] == 4 * 1024


def test_an_update_that_comes_in_between_is_not_lost(session: Any, slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    """While big arrays get their memory, Python code runs: here it updates the variables of the step."""
    variables = [tf.Variable(tf.zeros([4, 1])), tf.Variable(tf.zeros([1]))]
    x = tf.placeholder(tf.float32, [None, 1])
    ones = tf.ones([4, 1])
    step = session.make_callable(
        [
            variables[0].assign_add(tf.matmul(ones, tf.matmul(ones, ones, True)) * 0.25),
            variables[1].assign_add([1.0]).op,
            tf.matmul(x, x, transpose_b=True),
        ],
        [x],
    )
    other = session.make_callable(tf.group(variables[0].assign_add(ones * 2), variables[1].assign_add([2.0])))
    session.run(tf.global_variables_initializer())
    fed = np.ones((1024, 1), np.float32)
    for _ in range(3):
        step(fed)
        other()
    given, inside = recycle._pool.lease, []

    def updating(size: int) -> Any:
        if not inside:
            inside.append(size)
            other()
        return given(size)

    monkeypatch.setattr(recycle._pool, "lease", updating)
    gc.collect()
    before, slow.count, expected = sys.getrefcount(fed), 0, 9.0
    for _ in range(20):
        inside.clear()
        results = step(fed)
        expected += 3
        assert (results[0] == expected).all()
        counts = sys.getrefcount(results[0]), sys.getrefcount(value_of(session, variables[1]))
        assert counts == (2, 2)  # the list's or the cell's, and the argument
    assert slow.count == 20
    assert sys.getrefcount(fed) == before
    for value in session.run(variables):
        assert (value == expected).all()


# Threads.


def in_threads(work: Callable[[], None], count: int = 4) -> None:
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def counting(side: int, fetch: bool = False) -> tuple[Any, Any, list[Any]]:
    """A step that adds one to every element of two variables by products; what it adds does not depend on them."""
    x = tf.placeholder(tf.float32, [None, side])
    variables = [tf.Variable(tf.zeros([side, side])), tf.Variable(tf.zeros([side, 1]))]
    ones = tf.matmul(x, tf.ones_like(x), transpose_a=True)
    zeros = tf.matmul(ones, variables[0]) * 0.0
    updates = [variables[0].assign_add(ones + zeros), variables[1].assign_add(ones[:, :1])]
    return (updates if fetch else tf.group(*updates)), x, variables


@pytest.mark.parametrize(("side", "turns"), [(4, 1000), (256, 20)])
@pytest.mark.parametrize("keeps", [products._KEEPS_GIL, 0], ids=["keeps the GIL", "lets others run"])
@pytest.mark.parametrize("fetch", [False, True])
def test_each_update_of_each_thread_happens_once(
    session: Any, monkeypatch: pytest.MonkeyPatch, side: int, turns: int, keeps: int, fetch: bool
) -> None:
    monkeypatch.setattr(products, "_KEEPS_GIL", keeps)
    monkeypatch.setattr(products, "_ONE_THREAD", 1 << 18 if keeps else 0)
    fetches, x, variables = counting(side, fetch)
    session.run(tf.global_variables_initializer())
    step = session.make_callable(fetches, [x])
    one = np.zeros((2, side), np.float32)
    one[0] = 1
    seen: list[float] = []

    def work() -> None:
        for _ in range(turns):
            results = step(one)
            if results is not None:
                assert (results[0] == results[0][0, 0]).all(), "torn"
                seen.append(float(results[0][0, 0]))
            held = session.run(variables[0])
            assert (held == held[0, 0]).all(), "torn"

    in_threads(work)
    for value in session.run(variables):
        assert (value == 4 * turns).all()


def test_a_product_that_lets_others_run_gives_up_when_they_wrote(
    session: Any, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only then; the step is done by Python from the beginning."""
    monkeypatch.setattr(products, "_KEEPS_GIL", 0)
    variable, x = tf.Variable(tf.zeros([700, 700])), tf.placeholder(tf.float32, [700, 700])
    step = session.make_callable(variable.assign_add(tf.matmul(x, x)).op, [x])
    session.run(variable.initializer)
    other = session.make_callable(variable.assign_add(tf.ones([700, 700])).op)
    fed = np.zeros((700, 700), np.float32)
    for _ in range(3):
        step(fed)
        other()
    slow.count, done = 0, 0
    is_over = threading.Event()

    def add() -> None:
        nonlocal done
        while not is_over.is_set():
            other()
            done += 1

    thread = threading.Thread(target=add)
    thread.start()
    for _ in range(20):
        step(fed)
    is_over.set()
    thread.join()
    assert (session.run(variable) == 3 + done).all()


# Other ways to run a step.


def test_a_traced_step_lists_the_products(session: Any) -> None:
    step, feeds, variables = network()
    session.run(tf.global_variables_initializer())
    arrays = [drawn(32, 3, seed=1), drawn(32, 1, seed=2)]
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    call = session.make_callable(step, feeds, accept_options=True)
    for _ in range(4):
        metadata = tf.RunMetadata()
        call(*arrays, options=options, run_metadata=metadata)
        names = {stats.node_name for device in metadata.step_stats.dev_stats for stats in device.node_stats}
        assert {"MatMul", "MatMul_1"} <= names
    after = session.run(variables)
    session.run(tf.global_variables_initializer())
    plain = session.make_callable(step, feeds)
    for _ in range(4):
        plain(*arrays)
    near(session.run(variables), after)


def test_a_partial_run_updates_once(session: Any) -> None:
    step, feeds, variables = logistic_regression()
    logits = tf.matmul(feeds[0], variables[0])
    session.run(tf.global_variables_initializer())
    arrays = [drawn(32, 3, seed=1), drawn(32, 1, seed=2)]
    for _ in range(3):
        session.run(step, dict(zip(feeds, arrays, strict=True)))
    expected = session.run(variables)
    session.run(tf.global_variables_initializer())
    for _ in range(3):
        handle = session.partial_run_setup([logits, step], feeds)
        session.partial_run(handle, logits, {feeds[0]: arrays[0]})
        session.partial_run(handle, step, {feeds[1]: arrays[1]})
    near(session.run(variables), expected)
