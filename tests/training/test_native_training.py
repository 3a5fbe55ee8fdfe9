"""Training steps are one native step: no Python in it, variables and slots changed where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi as layout
from sessile.ops.definition.context import KernelContext

import sessile as tf
from tests.slow_path import Slow, drawn
from tests.training import cases


@pytest.fixture
def session() -> Iterator[Any]:
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def place_of(session: Any, variable: Any) -> int:
    """The address of a variable's elements."""
    cell = variable.op.op_def.kernel(KernelContext(variable.op, session._state))
    return int(cell.value.ctypes.data)


def network(is_resource: bool) -> tuple[Any, list[Any], list[Any]]:
    """The loss of two layers, its feeds and its variables."""
    x, y = tf.placeholder(tf.float32, [None, 6]), tf.placeholder(tf.int64, [None])
    shapes = [(6, 5), (5,), (5, 3), (3,)]
    variables = [
        tf.get_variable(f"v{number}", initializer=drawn(*shape, seed=number), use_resource=is_resource)
        for number, shape in enumerate(shapes)
    ]
    w1, b1, w2, b2 = variables
    logits = tf.matmul(tf.nn.relu(tf.matmul(x, w1) + b1), w2) + b2
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    return loss, [x, y], variables


@pytest.mark.parametrize("is_resource", [False, True], ids=["reference", "resource"])
@pytest.mark.parametrize("name", cases.OPTIMIZERS)
def test_a_step_of_a_network_is_one_native_step(session: Any, slow: Slow, name: str, is_resource: bool) -> None:
    loss, feeds, variables = network(is_resource)
    optimizer = cases.OPTIMIZERS[name](tf)
    update = optimizer.minimize(loss, global_step=tf.train.get_or_create_global_step())
    step = session.make_callable(update, feeds)
    session.run(tf.global_variables_initializer())
    arrays = drawn(8, 6, seed=9), np.arange(8) % 3
    before = float(session.run(loss, dict(zip(feeds, arrays, strict=True))))
    for _ in range(3):
        step(*arrays)
    kept = [*variables, *optimizer.variables()]
    matrices = [variable for variable in kept if variable.shape.ndims == 2]
    places = [place_of(session, variable) for variable in matrices]
    for _ in range(20):
        step(*arrays)
    assert slow.count == 1, "only the first step is Python's"
    assert [place_of(session, variable) for variable in matrices] == places
    assert float(session.run(loss, dict(zip(feeds, arrays, strict=True)))) < before
    assert session.run(tf.train.get_global_step()) == 23


@pytest.mark.parametrize("is_resource", [False, True], ids=["reference", "resource"])
def test_a_step_computes_what_the_interpreter_does(slow: Slow, is_resource: bool) -> None:
    outcomes = []
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        config = tf.ConfigProto()
        config.graph_options.optimizer_options.global_jit_level = level
        with tf.Graph().as_default(), tf.Session(config=config) as session:
            loss, feeds, variables = network(is_resource)
            step = session.make_callable([loss, tf.train.AdamOptimizer(0.01).minimize(loss)], feeds)
            session.run(tf.global_variables_initializer())
            losses = [step(drawn(4, 6, seed=seed), [0, 1, 2, 1])[0] for seed in range(10)]
            outcomes.append([np.array(losses), *session.run(variables)])
    for ours, expected in zip(*outcomes, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=2e-5, atol=1e-6)


def test_what_the_user_holds_of_a_slot_never_changes(session: Any) -> None:
    loss, feeds, _ = network(False)
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    step = session.make_callable(optimizer.minimize(loss), feeds)
    session.run(tf.global_variables_initializer())
    slot = optimizer.variables()[0]
    held, handles = [], []
    for seed in range(4):
        step(drawn(4, 6, seed=seed), [0, 1, 2, 1])
        held.append(session.run(slot))
        handles.append(session.run(tf.get_session_handle(slot.read_value())))
    copies = [array.copy() for array in held]
    step(drawn(4, 6, seed=9), [0, 1, 2, 1])
    for array, copy, handle in zip(held, copies, handles, strict=True):
        np.testing.assert_array_equal(array, copy)
        np.testing.assert_array_equal(handle.eval(), copy)


def test_a_step_with_dropout_is_native_and_draws_what_the_interpreter_draws(slow: Slow) -> None:
    outcomes = []
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        config = tf.ConfigProto()
        config.graph_options.optimizer_options.global_jit_level = level
        with tf.Graph().as_default(), tf.Session(config=config) as session:
            tf.set_random_seed(7)
            x = tf.placeholder(tf.float32, [None, 6])
            weights = tf.get_variable("w", initializer=drawn(6, 5))
            loss = tf.reduce_mean(tf.square(tf.nn.dropout(tf.matmul(x, weights), 0.5) - 1.0))
            step = session.make_callable([loss, tf.train.AdamOptimizer(0.05).minimize(loss)], [x])
            session.run(tf.global_variables_initializer())
            slow.count = 0
            losses = [step(drawn(8, 6, seed=seed))[0] for seed in range(10)]
            outcomes.append([np.array(losses), session.run(weights)])
    assert slow.count == 1, "only the first step is Python's"
    for ours, expected in zip(*outcomes, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=2e-5, atol=1e-6)


def test_updates_are_in_place_where_the_step_is_no_native_one(session: Any) -> None:
    """The shape of what `unique` finds depends on its values: the step is interpreted between compiled regions."""
    loss, feeds, variables = network(False)
    labels = tf.unique(feeds[1])[0]
    loss += tf.cast(tf.reduce_sum(labels), tf.float32) * tf.reduce_sum(variables[3])
    optimizer = tf.train.AdamOptimizer(0.01)
    step = session.make_callable([loss, optimizer.minimize(loss)], feeds)
    off = tf.ConfigProto()
    off.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.OFF
    with tf.Session(config=off) as interpreting:
        steps = [step, interpreting.make_callable([loss, tf.get_collection(tf.GraphKeys.TRAIN_OP)[0]], feeds)]
        for one in (session, interpreting):
            one.run(tf.global_variables_initializer())
        places = set()
        for seed in range(8):
            results = [one(drawn(4, 6, seed=seed), [0, 1, 2, 1])[0] for one in steps]
            np.testing.assert_allclose(*results, rtol=2e-5)
            places.add((place_of(session, variables[0]), place_of(session, optimizer.get_slot(variables[0], "m"))))
        assert len(places) <= 3 or not layout.available()  # steps from Python make their results anew
        kept = [*variables, *optimizer.variables()]
        for ours, expected in zip(session.run(kept), interpreting.run(kept), strict=True):
            np.testing.assert_allclose(ours, expected, rtol=2e-4, atol=1e-6)


# Rows.


def table(is_resource: bool, rows: int = 6) -> tuple[Any, Any, Any]:
    """A step that takes gradients off rows of a table, the table, and the feed of their numbers."""
    variable = tf.get_variable("table", initializer=drawn(rows, 4), use_resource=is_resource)
    numbers = tf.placeholder(tf.int32, [None])
    loss = tf.reduce_sum(tf.square(tf.nn.embedding_lookup(variable, numbers)))
    return tf.train.GradientDescentOptimizer(0.25).minimize(loss), variable, numbers


@pytest.mark.parametrize("is_resource", [False, True], ids=["reference", "resource"])
def test_rows_are_changed_in_place(session: Any, slow: Slow, is_resource: bool) -> None:
    update, variable, numbers = table(is_resource)
    step = session.make_callable(update, [numbers])
    session.run(tf.global_variables_initializer())
    expected = session.run(variable)
    step(np.array([1, 3], np.int32))
    step(np.array([1, 3], np.int32))
    place = place_of(session, variable)
    step(np.array([5, 0, 5], np.int32))
    assert place_of(session, variable) == place
    assert slow.count <= 2
    expected[[1, 3]] *= 0.25
    expected[5] = 0
    expected[0] *= 0.5
    np.testing.assert_allclose(session.run(variable), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("is_resource", [False, True], ids=["reference", "resource"])
def test_rows_that_somebody_holds_are_copied(session: Any, is_resource: bool) -> None:
    update, variable, numbers = table(is_resource)
    step = session.make_callable(update, [numbers])
    session.run(tf.global_variables_initializer())
    for _ in range(2):
        step(np.array([1], np.int32))
    handle = session.run(tf.get_session_handle(variable.read_value()))
    before = session.run(variable)
    step(np.array([2, 3], np.int32))
    np.testing.assert_array_equal(handle.eval(), before)
    assert not np.array_equal(session.run(variable), before)


def test_a_row_out_of_range_changes_nothing(session: Any) -> None:
    update, variable, numbers = table(False)
    step = session.make_callable(update, [numbers])
    session.run(tf.global_variables_initializer())
    for _ in range(2):
        step(np.array([1], np.int32))
    before = session.run(variable)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 6 is not in \[0, 6\)"):
        step(np.array([0, 6], np.int32))
    np.testing.assert_array_equal(session.run(variable), before)


@pytest.mark.parametrize("name", ["scatter_update", "scatter_add", "scatter_sub"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64", "float16"])
@pytest.mark.parametrize("indices_type", ["int32", "int64"])
def test_scattering_natively_is_what_the_interpreter_does(name: str, dtype: str, indices_type: str) -> None:
    outcomes = []
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        config = tf.ConfigProto()
        config.graph_options.optimizer_options.global_jit_level = level
        with tf.Graph().as_default(), tf.Session(config=config) as session:
            variable = tf.Variable(np.arange(24).reshape(4, 3, 2).astype(dtype))
            rows = tf.placeholder(indices_type, [None, 2])
            updates = tf.placeholder(dtype, [None, 2, 3, 2])
            step = session.make_callable(getattr(tf, name)(variable, rows, updates), [rows, updates])
            session.run(variable.initializer)
            given = np.array([[0, 3], [3, 1]], indices_type), drawn(2, 2, 3, 2, seed=4) * 10
            results = [step(given[0], given[1].astype(dtype)) for _ in range(3)]
            empty = step(given[0][:0], given[1][:0].astype(dtype))
            outcomes.append([*results, empty, session.run(variable)])
    for ours, expected in zip(*outcomes, strict=True):
        np.testing.assert_array_equal(ours, expected)


@pytest.mark.parametrize("is_resource", [False, True], ids=["reference", "resource"])
def test_rows_and_their_numbers_are_fed_in_sizes_nobody_knew(session: Any, slow: Slow, is_resource: bool) -> None:
    """That there are as many of each is seen when the step runs; a step of another number of them is refused."""
    variable = tf.get_variable("table", initializer=drawn(6, 4), use_resource=is_resource)
    numbers, rows = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.float32, [None, None])
    step = session.make_callable(tf.scatter_add(variable, numbers, rows).op, [numbers, rows])
    session.run(tf.global_variables_initializer())
    expected = session.run(variable)
    step(np.array([1, 3], np.int32), drawn(2, 4))
    slow.count, place = 0, place_of(session, variable)
    for count in (2, 3, 5):
        step(np.arange(count, dtype=np.int32), drawn(count, 4, seed=count))
    assert slow.count == 0
    assert place_of(session, variable) == place
    expected[[1, 3]] += drawn(2, 4)
    for count in (2, 3, 5):
        expected[:count] += drawn(count, 4, seed=count)
    np.testing.assert_array_equal(session.run(variable), expected)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"updates must have shape \[2, 4\]"):
        step(np.array([1, 3], np.int32), drawn(3, 4))
    np.testing.assert_array_equal(session.run(variable), expected)


def test_a_scalar_that_is_replaced_is_read_once() -> None:
    """Ftrl of a scalar: its new sum of squares is written in place, and its old one is needed behind that."""
    values = []
    for start in (0.3, [0.3]):
        tf.reset_default_graph()
        variable = tf.Variable(start, dtype=tf.float32)
        train = tf.train.FtrlOptimizer(0.5).minimize(tf.reduce_sum(tf.square(variable - 2.0)))
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for _ in range(4):
                sess.run(train)
            values.append(np.ravel(sess.run(variable))[0])
    np.testing.assert_allclose(values, 1.4177, rtol=1e-4)
