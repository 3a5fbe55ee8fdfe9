"""Variables: initial values, reads, updates in order, and arrays that never change under the user."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import sessile as tf


@pytest.fixture
def sess() -> object:
    return tf.Session()


def test_nodes_are_tensorflows() -> None:
    tf.Variable([1.0, 2.0], name="v")
    nodes = [(op.name, op.type, [t.name for t in op.inputs]) for op in tf.get_default_graph().get_operations()]
    assert nodes == [
        ("v/initial_value", "Const", []),
        ("v", "VariableV2", []),
        ("v/Assign", "Assign", ["v:0", "v/initial_value:0"]),
        ("v/read", "Identity", ["v:0"]),
    ]


def test_properties() -> None:
    v = tf.Variable([1.0, 2.0], name="v", trainable=False)
    assert (v.name, v.dtype, v.shape, v.op.name, v.trainable) == ("v:0", tf.float32._as_ref, (2,), "v", False)
    assert repr(v) == "<tf.Variable 'v:0' shape=(2,) dtype=float32_ref>"
    assert tf.global_variables() == [v]
    assert tf.trainable_variables() == []
    assert v.value().name == "v/read:0"
    assert v.initializer.name == "v/Assign"
    assert v.initial_value.name == "v/initial_value:0"
    assert tf.convert_to_tensor(v) is v.value()


def test_uninitialised_reads_name_the_variable(sess: tf.Session) -> None:
    v = tf.Variable(1.0, name="weights")
    for fetch in (v, v + 1.0, v.read_value(), v.assign_add(1.0), v.value()):
        with pytest.raises(tf.errors.FailedPreconditionError, match="Attempting to use uninitialized value weights"):
            sess.run(fetch)
    assert not sess.run(tf.is_variable_initialized(v))
    sess.run(tf.global_variables_initializer())
    assert sess.run(tf.is_variable_initialized(v))
    assert sess.run(v + 1.0) == 2.0


def test_initial_values(sess: tf.Session) -> None:
    variables = [
        tf.Variable(3), tf.Variable("s"), tf.Variable(lambda: tf.constant([1.0])), tf.Variable(tf.zeros([2, 2])),
        tf.Variable([1, 2], dtype=tf.float64),
    ]  # fmt: skip
    sess.run(tf.global_variables_initializer())
    values = sess.run(variables)
    assert [np.asarray(v).tolist() for v in values] == [3, b"s", [1.0], [[0.0, 0.0], [0.0, 0.0]], [1.0, 2.0]]
    assert variables[2].op.name == "Variable_2"
    assert variables[2].initial_value.name == "Variable_2/Initializer/Const:0"


def test_wrong_initial_values() -> None:
    with pytest.raises(ValueError, match="initial_value must be specified"):
        tf.Variable()
    with pytest.raises(ValueError, match="initial_value must have a shape specified"):
        tf.Variable(tf.placeholder(tf.float32))
    with pytest.raises(ValueError, match="collections argument to Variable constructor"):
        tf.Variable(1, collections="a")
    assert tf.Variable(tf.placeholder(tf.float32), validate_shape=False).shape.ndims is None


def test_assignments(sess: tf.Session) -> None:
    v = tf.Variable([1.0, 2.0])
    sess.run(v.initializer)
    assert sess.run(v.assign([5.0, 6.0])).tolist() == [5.0, 6.0]
    assert sess.run(tf.assign_add(v, [1.0, 1.0])).tolist() == [6.0, 7.0]
    assert sess.run(v.assign_sub([2.0, 2.0]).op) is None
    assert sess.run(v).tolist() == [4.0, 5.0]
    v.load([7.0, 8.0], sess)
    assert v.eval(sess).tolist() == [7.0, 8.0]


def test_assignments_that_do_not_fit(sess: tf.Session) -> None:
    v = tf.Variable([1.0, 2.0])
    with pytest.raises(ValueError, match="but are 2 and 3"):
        v.assign([1.0, 2.0, 3.0])
    with pytest.raises(TypeError):
        v.assign("text")
    with pytest.raises(AttributeError, match="has no attribute 'assign'"):
        tf.assign(tf.constant(1.0), 2.0)
    p = tf.placeholder(tf.float32)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"lhs shape= \[2\] rhs shape= \[3\]"):
        sess.run(v.assign(p), {p: [1.0, 2.0, 3.0]})
    with pytest.raises(ValueError, match="Cannot feed value of shape"):
        v.load([1.0], sess)


def test_control_dependencies_order_updates(sess: tf.Session) -> None:
    v = tf.Variable(1.0)
    first = v.assign(10.0)
    with tf.control_dependencies([first]):
        second = v.assign_add(5.0)
    with tf.control_dependencies([second]):
        read = v.read_value()
    sess.run(v.initializer)
    assert sess.run(read) == 15.0


def test_result_of_an_update_is_the_variable_after_it(sess: tf.Session) -> None:
    v = tf.Variable(2.0)
    sess.run(v.initializer)
    assert sess.run(v.assign_add(1.0) * 10.0) == 30.0


def test_arrays_in_the_users_hands_never_change(sess: tf.Session) -> None:
    v = tf.Variable([1.0, 2.0])
    p = tf.placeholder(tf.float32, [2])
    sess.run(v.initializer)
    read = sess.run(v)
    updated = sess.run(v.assign_add([1.0, 1.0]))
    sess.run(v.assign([9.0, 9.0]))
    assert (read.tolist(), updated.tolist()) == ([1.0, 2.0], [2.0, 3.0])
    mine = np.array([3.0, 4.0], np.float32)
    assigned = sess.run(v.assign(p), {p: mine})
    mine[:] = 0.0
    assigned[:] = 0.0
    result = sess.run(v)
    assert result.tolist() == [3.0, 4.0]
    result[:] = 0.0
    assert sess.run(v).tolist() == [3.0, 4.0]


def test_fetched_intermediate_and_assignment_share_nothing(sess: tf.Session) -> None:
    v = tf.Variable([1.0, 2.0])
    p = tf.placeholder(tf.float32, [2])
    y = p * 2.0
    fetched, _ = sess.run([y, v.assign(y)], {p: [1.0, 2.0]})
    fetched[:] = 0.0
    assert sess.run(v).tolist() == [2.0, 4.0]


def test_updates_of_threads_add_up(sess: tf.Session) -> None:
    v = tf.Variable(0)
    add = v.assign_add(1).op
    sess.run(v.initializer)

    def work() -> None:
        for _ in range(200):
            sess.run(add)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sess.run(v) == 800


def test_count_up_to(sess: tf.Session) -> None:
    v = tf.Variable(0)
    count = v.count_up_to(2)
    sess.run(v.initializer)
    assert [sess.run(count), sess.run(count)] == [0, 1]
    with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 2"):
        sess.run(count)


def test_scatter(sess: tf.Session) -> None:
    v = tf.Variable([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    sess.run(v.initializer)
    assert sess.run(tf.scatter_update(v, [0], [[9.0, 9.0]]))[0].tolist() == [9.0, 9.0]
    assert sess.run(tf.scatter_add(v, [1, 1], [[1.0, 1.0], [1.0, 1.0]]))[1].tolist() == [4.0, 4.0]
    assert sess.run(tf.scatter_sub(v, 2, [1.0, 1.0]))[2].tolist() == [2.0, 2.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"= 7 is not in \[0, 3\)"):
        sess.run(tf.scatter_add(v, [7], [[1.0, 1.0]]))


def test_operators_and_slicing(sess: tf.Session) -> None:
    v = tf.Variable([1.0, 2.0])
    sess.run(v.initializer)
    assert sess.run([v[0], 2.0 * v[1], -v, v / 2.0][0]) == 1.0
    assert sess.run((2.0 * v) - 1.0).tolist() == [1.0, 3.0]
    with pytest.raises(TypeError):
        list(v)
    assert v == v
    assert len({v, v}) == 1


def test_initialized_value(sess: tf.Session) -> None:
    v = tf.Variable([1.0])
    w = tf.Variable(v.initialized_value() * 2.0)
    sess.run(w.initializer)
    assert sess.run(w).tolist() == [2.0]
    sess.run(v.initializer)
    sess.run(v.assign([5.0]))
    sess.run(w.initializer)
    assert sess.run(w).tolist() == [10.0]


def test_an_initializer_runs_before_that_of_the_variable_it_reads(sess: tf.Session) -> None:
    """Each initializer alone: TensorFlow gives it the other's initial value, here it was 'uninitialized value'."""
    v = tf.Variable([1.0, 2.0], name="v")
    w = tf.Variable(v * 2.0, name="w")
    u = tf.get_variable("u", initializer=v + v[0], use_resource=True)
    for variable, value in ((u, [2.0, 3.0]), (w, [2.0, 4.0])):
        sess.run(variable.initializer)
        assert sess.run(variable).tolist() == value
    sess.run([v.initializer, v.assign([5.0, 5.0])])
    sess.run(v.assign([5.0, 5.0]))
    sess.run(w.initializer)
    assert sess.run(w).tolist() == [10.0, 10.0]
    assert w.graph.get_operation_by_name("mul_w").inputs[0].op.name == "v/read_w"


def test_an_initial_value_from_inside_of_a_loop_is_refused() -> None:
    counted = tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0])
    with pytest.raises(ValueError, match="from inside a control-flow construct, such as a loop or conditional"):
        tf.Variable(counted, name="v")


def test_report_uninitialized_variables(sess: tf.Session) -> None:
    a, _ = tf.Variable(1.0, name="a"), tf.Variable(1.0, name="b")
    report = tf.report_uninitialized_variables()
    assert sess.run(report).tolist() == [b"a", b"b"]
    sess.run(a.initializer)
    assert sess.run(report).tolist() == [b"b"]
    assert sess.run(tf.report_uninitialized_variables([])).tolist() == []


def test_assert_variables_initialized(sess: tf.Session) -> None:
    assert tf.assert_variables_initialized() is None
    v = tf.Variable(1.0)
    check = tf.assert_variables_initialized()
    for run in (lambda: sess.run(check), lambda: check.op.run(session=sess), sess.make_callable(check)):
        with pytest.raises(tf.errors.FailedPreconditionError):
            run()
    sess.run(v.initializer)
    assert [sess.run(check), sess.make_callable(check)()] == [0, 0]


@pytest.mark.parametrize("is_resource", [False, True])
def test_assert_variables_initialized_gives_ranks(sess: tf.Session, is_resource: bool) -> None:
    """As TensorFlow's does; programs run its `op`."""
    variables = [tf.Variable(start, use_resource=is_resource) for start in (1.0, [[1.0]])]
    check = tf.assert_variables_initialized(variables)
    assert check.op.type == "Pack"
    sess.run(variables[0].initializer)
    with pytest.raises(tf.errors.FailedPreconditionError):
        sess.run(check)
    sess.run(variables[1].initializer)
    assert sess.run(check).tolist() == [0, 2]


def test_containers_and_reset_of_resources(sess: tf.Session) -> None:
    with tf.get_default_graph().container("box"):
        v = tf.Variable(1.0, name="v")
    w = tf.Variable(2.0, name="w")
    sess.run(tf.global_variables_initializer())
    assert v.op.get_attr("container") == b"box"
    assert sess._state.resources.names("box") == [("variable", "v")]
    sess._state.resources.clear(["box"])
    assert sess.run(w) == 2.0
    with pytest.raises(tf.errors.FailedPreconditionError):
        sess.run(v)


# get_variable and variable_scope.


def test_get_variable_makes_and_finds() -> None:
    with tf.variable_scope("a") as scope:
        x = tf.get_variable("x", [2], initializer=tf.ones_initializer())
        with pytest.raises(ValueError, match="Variable a/x already exists, disallowed"):
            tf.get_variable("x", [2])
    with tf.variable_scope(scope, reuse=True):
        assert tf.get_variable("x") is x
        with pytest.raises(ValueError, match="Variable a/y does not exist"):
            tf.get_variable("y", [2])
        with pytest.raises(ValueError, match="specified shape"):
            tf.get_variable("x", [3])
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
        assert tf.get_variable("x") is x
        assert tf.get_variable("z", [1]).name == "a/z:0"


def test_get_variable_initializers(sess: tf.Session) -> None:
    a = tf.get_variable("a", [2, 3])
    b = tf.get_variable("b", [2], tf.int32)
    c = tf.get_variable("c", initializer=[1.0, 2.0])
    d = tf.get_variable("d", [3], initializer=tf.constant_initializer(4.0))
    sess.run(tf.global_variables_initializer())
    assert np.abs(sess.run(a)).max() <= np.sqrt(6 / 5)
    assert [v.tolist() for v in sess.run([b, c, d])] == [[0, 0], [1.0, 2.0], [4.0, 4.0, 4.0]]
    for arguments in ({}, {"shape": [2, None]}, {"shape": [2], "initializer": tf.zeros([2])}):
        with pytest.raises(ValueError):
            tf.get_variable("e", **arguments)


def test_scope_names() -> None:
    with tf.variable_scope("a"):
        with tf.variable_scope(None, "def") as first, tf.variable_scope("in"):
            assert tf.get_variable("v", [1]).name == "a/def/in/v:0"
        with tf.variable_scope(None, "def") as second:
            assert tf.constant(1).name == "a/def_1/Const:0"
        with tf.name_scope("ns"):
            assert tf.get_variable("q", [1]).name == "a/q:0"
            assert tf.Variable(1.0).name == "a/ns/Variable:0"
    assert (first.name, second.name) == ("a/def", "a/def_1")


# Random numbers.


def test_seeds_repeat_per_session() -> None:
    tf.set_random_seed(7)
    tensors = [tf.random_uniform([3]), tf.random_normal([3], seed=1), tf.truncated_normal([50])]
    tensors.append(tf.random_uniform([20], 0, 10, tf.int32))
    first, second = tf.Session(), tf.Session()
    runs = [[np.asarray(v).tolist() for v in s.run(tensors)] for s in (first, second, first)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]
    assert np.abs(runs[0][2]).max() <= 2.0
    assert set(runs[0][3]) <= set(range(10))


def test_random_uniform_arguments() -> None:
    with pytest.raises(ValueError, match="Must specify maxval for integer dtype"):
        tf.random_uniform([2], dtype=tf.int32)
    values = tf.Session().run(tf.random_uniform([1000], -2.0, 3.0, seed=3))
    assert -2.0 <= values.min() < -1.9
    assert 2.9 < values.max() < 3.0


def test_values_updated_in_place_are_read_by_later_groups() -> None:
    """The native step did not pass LLVM when a group read what another one had updated in place."""
    x = tf.placeholder(tf.float32, [2])
    a, b = tf.Variable([1.0, 1.0]), tf.Variable([1.0, 1.0])
    first = tf.assign_add(a, x)
    with tf.control_dependencies([first]):
        before = tf.identity(b) * 1.0
        second = tf.assign_add(b, x)
    with tf.control_dependencies([second]):
        after = tf.identity(a) * 1.0
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        step = sess.make_callable([before, after], [x])
        for turn in range(1, 5):
            np.testing.assert_array_equal(step(np.ones(2, np.float32)), [[turn] * 2, [turn + 1] * 2])


def test_two_operations_of_one_variable() -> None:
    """By `shared_name` they mean the same variable, and updates by one are read by the other."""
    x = tf.placeholder(tf.float32, [2])
    a, b = (
        tf.raw_ops.VariableV2(shape=[2], dtype=tf.float32, shared_name="shared", container="", name=name)
        for name in ("a", "b")
    )
    start, first = tf.assign(a, x), tf.assign_add(a, x)
    with tf.control_dependencies([first]):
        middle = tf.identity(b) * 1.0
        with tf.control_dependencies([middle]):
            second = tf.assign_add(b, x)
    with tf.control_dependencies([second]):
        after = tf.identity(a) * 1.0
    ones = np.ones(2, np.float32)
    with tf.Session() as sess:
        sess.run(start, {x: ones})
        step = sess.make_callable([middle, after], [x])
        for turn in range(4):
            np.testing.assert_array_equal(step(ones), [[2 * turn + 2] * 2, [2 * turn + 3] * 2])


def test_identity_of_an_assignment_is_the_value_assigned() -> None:
    """Whatever comes later in the step, and the same when the later part is a second part of a partial run."""
    v = tf.Variable([1.0, 1.0])
    added = tf.identity(tf.assign_add(v, [1.0, 2.0]))
    with tf.control_dependencies([added]):
        later = tf.assign(v, added * 10.0)
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        config = tf.ConfigProto()
        config.graph_options.optimizer_options.global_jit_level = level
        with tf.Session(config=config) as sess:
            sess.run(v.initializer)
            values = sess.run([added, later])
            assert [value.tolist() for value in values] == [[2.0, 3.0], [20.0, 30.0]]
            sess.run(v.initializer)
            handle = sess.partial_run_setup([added, later], [])
            assert sess.partial_run(handle, added).tolist() == [2.0, 3.0]
            assert sess.partial_run(handle, later).tolist() == [20.0, 30.0]


def test_tables_are_initialized_by_what_was_collected() -> None:
    """Programs run it beside the variables' initializer, mostly without any table."""
    empty = tf.tables_initializer()
    assert (empty.name, empty.type, empty.control_inputs) == ("init_all_tables", "NoOp", [])
    v = tf.Variable(1.0)
    tf.add_to_collection(tf.GraphKeys.TABLE_INITIALIZERS, v.assign(5.0).op)
    with tf.Session() as sess:
        sess.run(tf.tables_initializer(name="tables"))
        assert sess.run(v) == 5.0
