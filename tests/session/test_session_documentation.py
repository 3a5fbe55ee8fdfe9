"""What the documentation of `tf.Session` promises, sentence by sentence; its examples run as they are printed."""

from __future__ import annotations

import collections
import threading

import numpy as np
import pytest

import sessile as tf


def test_example_evaluates_a_tensor(capsys: pytest.CaptureFixture[str]) -> None:
    # Build a graph.
    a = tf.constant(5.0)
    b = tf.constant(6.0)
    c = a * b

    # Launch the graph in a session.
    sess = tf.compat.v1.Session()

    # Evaluate the tensor `c`.
    print(sess.run(c))
    assert capsys.readouterr().out == "30.0\n"


def test_close_and_context_manager_are_equivalent() -> None:
    c = tf.constant(1.0)
    sess = tf.compat.v1.Session()
    sess.run(c)
    sess.close()
    with tf.compat.v1.Session() as other:
        other.run(c)
    for closed in (sess, other):
        with pytest.raises(RuntimeError, match="Attempted to use a closed Session"):
            closed.run(c)


def test_session_owns_variables_and_frees_them_on_close() -> None:
    v = tf.Variable(3.0)
    sess = tf.Session()
    sess.run(v.initializer)
    assert sess._state.resources.names()
    sess.close()
    assert not sess._state.resources.names()


def test_two_sessions_do_not_share_variables() -> None:
    v = tf.Variable(3.0)
    with tf.Session() as first:
        first.run(v.initializer)
        with tf.Session() as second, pytest.raises(tf.errors.FailedPreconditionError):
            second.run(v)


def test_config_with_soft_placement_and_logging(capsys: pytest.CaptureFixture[str]) -> None:
    c = tf.constant(2.0) * tf.constant(3.0)
    # Launch the graph in a session that allows soft device placement and
    # logs the placement decisions.
    sess = tf.compat.v1.Session(config=tf.compat.v1.ConfigProto(allow_soft_placement=True, log_device_placement=True))
    assert sess.run(c) == 6.0
    line = "mul: (Mul): /job:localhost/replica:0/task:0/device:CPU:0\n"
    assert capsys.readouterr().err.count(line) == 1
    sess.run(c)
    assert capsys.readouterr().err == ""  # once per program


def test_graph_argument_is_the_graph_launched() -> None:
    graph = tf.Graph()
    with graph.as_default():
        c = tf.constant(4)
    with tf.Session(graph=graph) as sess:
        assert sess.graph is graph
        assert tf.get_default_graph() is graph
        assert sess.run(c) == 4
    assert tf.get_default_graph() is not graph


def test_default_graph_is_launched_without_argument() -> None:
    tf.constant(1)
    assert tf.Session().graph is tf.get_default_graph()


def test_graph_def_is_serialisable() -> None:
    tf.constant(1, name="one")
    graph_def = tf.Session().graph_def
    assert [node.name for node in type(graph_def).FromString(graph_def.SerializeToString()).node] == ["one"]


def test_sess_str_is_the_target() -> None:
    assert tf.Session("").sess_str == b""


def test_as_default_registers_the_session() -> None:
    c = tf.constant(7)
    sess = tf.compat.v1.Session()
    with sess.as_default():
        assert tf.compat.v1.get_default_session() is sess
        assert c.eval() == 7
    assert tf.get_default_session() is None


def test_as_default_does_not_close() -> None:
    c = tf.constant(7)
    sess = tf.compat.v1.Session()
    with sess.as_default():
        c.eval()
    # ...
    with sess.as_default():
        assert c.eval() == 7
    sess.close()


def test_operation_run_uses_the_default_session() -> None:
    v = tf.Variable(1)
    with tf.Session() as sess:
        v.initializer.run()
        assert v.eval() == 1
        assert sess.run(v) == 1


def test_context_manager_closes_on_an_uncaught_exception() -> None:
    c = tf.constant(1)
    sess = tf.Session()
    with pytest.raises(KeyError), sess:
        raise KeyError
    with pytest.raises(RuntimeError):
        sess.run(c)


def test_context_manager_is_not_reentrant_but_as_default_is() -> None:
    tf.constant(1)
    sess = tf.Session()
    with sess, pytest.raises(RuntimeError, match="not re-entrant"), sess:
        pass
    sess = tf.Session()
    with sess.as_default(), sess.as_default():
        assert tf.get_default_session() is sess


def test_default_session_is_a_property_of_the_thread() -> None:
    c = tf.constant(5)
    seen: list[object] = []
    with tf.Session() as sess:

        def work() -> None:
            seen.append(tf.get_default_session())
            with sess.as_default():
                seen.append(c.eval())

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen == [None, 5]


def test_as_default_does_not_affect_the_default_graph() -> None:
    other = tf.Graph()
    with tf.Session(graph=other).as_default() as sess:
        assert tf.get_default_graph() is not other
        with sess.graph.as_default():
            assert tf.get_default_graph() is other


def test_list_devices() -> None:
    sess = tf.Session()
    devices = sess.list_devices()
    assert [d.name for d in devices] == ["/job:localhost/replica:0/task:0/device:CPU:0"]
    (device,) = devices
    assert device.device_type == "CPU"
    assert device.memory_limit > 1 << 20
    assert isinstance(device.incarnation, int)
    assert repr(device).startswith("_DeviceAttributes(/job:localhost/replica:0/task:0/device:CPU:0, CPU, ")


def test_list_devices_of_a_closed_session_is_an_op_error() -> None:
    sess = tf.Session()
    sess.close()
    with pytest.raises(tf.errors.OpError):
        sess.list_devices()


def test_device_count() -> None:
    sess = tf.Session(config=tf.ConfigProto(device_count={"CPU": 3}))
    assert [d.name[-5:] for d in sess.list_devices()] == ["CPU:0", "CPU:1", "CPU:2"]


def test_close_twice() -> None:
    sess = tf.Session()
    sess.close()
    sess.close()


def test_run_fetches_an_operation_as_none() -> None:
    assert tf.Session().run(tf.no_op()) is None


def test_run_fetches_a_tensor_as_an_array() -> None:
    value = tf.Session().run(tf.constant([1.0, 2.0]))
    assert type(value) is np.ndarray
    assert value.dtype == np.float32


def test_run_fetches_by_name() -> None:
    tf.constant([1, 2], name="c")
    tf.no_op(name="op")
    sess = tf.Session()
    np.testing.assert_array_equal(sess.run("c:0"), [1, 2])
    assert sess.run("op") is None


def test_run_example() -> None:
    session = tf.Session()
    a = tf.constant([10, 20])
    b = tf.constant([1.0, 2.0])
    # 'fetches' can be a singleton
    v = session.run(a)
    np.testing.assert_array_equal(v, [10, 20])
    # 'fetches' can be a list.
    v = session.run([a, b])
    assert isinstance(v, list)
    np.testing.assert_array_equal(v[0], [10, 20])
    np.testing.assert_array_equal(v[1], [1.0, 2.0])
    # 'fetches' can be arbitrary lists, tuples, namedtuple, dicts:
    MyData = collections.namedtuple("MyData", ["a", "b"])
    v = session.run({"k1": MyData(a, b), "k2": [b, a]})
    assert set(v) == {"k1", "k2"}
    assert isinstance(v["k1"], MyData)
    np.testing.assert_array_equal(v["k1"].a, [10, 20])
    np.testing.assert_array_equal(v["k1"].b, [1.0, 2.0])
    np.testing.assert_array_equal(v["k2"][0], [1.0, 2.0])
    np.testing.assert_array_equal(v["k2"][1], [10, 20])


def test_feed_dict_overrides_any_tensor() -> None:
    a = tf.constant(1.0)
    b = a + 1.0
    assert tf.Session().run(b * 2.0, {b: 10.0}) == 20.0


@pytest.mark.parametrize("value", [3, 3.0, np.float32(3), np.array(3.0), True + 2])
def test_feed_values_of_a_scalar(value: object) -> None:
    x = tf.placeholder(tf.float32, [])
    assert tf.Session().run(x * 2.0, {x: value}) == 6.0


def test_feed_values_string_and_list() -> None:
    s = tf.placeholder(tf.string)
    sess = tf.Session()
    assert sess.run(tf.identity(s), {s: "é"}) == "é".encode()
    assert sess.run(tf.identity(s), {s: ["a", b"b"]}).tolist() == [b"a", b"b"]


def test_feed_shape_is_checked_against_the_placeholder() -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with pytest.raises(ValueError) as error:
        tf.Session().run(x * 2.0, {x: [[1.0, 2.0]]})
    words = "Cannot feed value of shape (1, 2) for Tensor x:0, which has shape (?, 3) (created at "
    assert str(error.value).startswith(words)


def test_feed_nested_tuple_of_keys() -> None:
    x, y, z = (tf.placeholder(tf.float32, []) for _ in range(3))
    assert tf.Session().run(x + y * z, {(x, (y, z)): (1.0, (2.0, 3.0))}) == 7.0


def test_run_options_and_metadata_are_accepted() -> None:
    c = tf.constant(1.0)
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    metadata = tf.RunMetadata()
    assert tf.Session().run(c, options=options, run_metadata=metadata) == 1.0
    assert len(metadata.step_stats.dev_stats) == 1


def test_partial_run_example() -> None:
    a = tf.placeholder(tf.float32, shape=[])
    b = tf.placeholder(tf.float32, shape=[])
    c = tf.placeholder(tf.float32, shape=[])
    r1 = tf.add(a, b)
    r2 = tf.multiply(r1, c)
    sess = tf.Session()
    h = sess.partial_run_setup([r1, r2], [a, b, c])
    res = sess.partial_run(h, r1, feed_dict={a: 1, b: 2})
    assert res == 3
    res = sess.partial_run(h, r2, feed_dict={c: res})
    assert res == 9


def test_make_callable_returns_what_run_returns() -> None:
    x = tf.placeholder(tf.float32, [None])
    y = x * 2.0
    sess = tf.Session()
    np.testing.assert_array_equal(sess.make_callable(y, [x])([1.0]), [2.0])
    assert sess.make_callable(y.op, [x])([1.0]) is None
    assert sess.make_callable({"a": (y, [y.op])}, [x])([1.0])["a"][1] == [None]


def test_make_callable_accepts_options_when_asked() -> None:
    x = tf.placeholder(tf.float32, [])
    f = tf.Session().make_callable(x * 2.0, [x], accept_options=True)
    metadata = tf.RunMetadata()
    assert f(2.0, options=tf.RunOptions(), run_metadata=metadata) == 4.0
    assert f(3.0) == 6.0


def test_reset_clears_and_closes() -> None:
    v = tf.Variable(1.0)
    sess = tf.Session()
    sess.run(v.initializer)
    tf.Session.reset("")
    with pytest.raises(tf.errors.CancelledError):
        sess.run(v)


def test_interactive_session_is_the_default_one() -> None:
    c = tf.constant(2)
    sess = tf.InteractiveSession()
    assert c.eval() == 2
    sess.close()
    assert tf.get_default_session() is None


def test_interactive_sessions_may_be_closed_in_any_order() -> None:
    first, second = tf.InteractiveSession(), tf.InteractiveSession()
    first.close()
    assert tf.get_default_session() is second
    second.close()
    assert tf.get_default_session() is None
