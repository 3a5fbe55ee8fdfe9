"""The handle operations: the samples of the 0.x and 1.x documentation, and every promise about lifetimes and errors."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import sessile as tf


def make_inputs() -> tuple[object, object]:
    return tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])


def test_sample_of_the_old_documentation() -> None:
    a, b = make_inputs()
    sess = tf.Session()
    c = tf.mul(a, b)
    h = tf.get_session_handle(c)
    h = sess.run(h)

    p, a = tf.get_session_tensor(tf.float32)
    b = tf.mul(a, 10)
    c = sess.run(b, feed_dict={p: h.handle})
    np.testing.assert_array_equal(c, [30.0, 80.0])


def test_sample_of_the_new_documentation() -> None:
    a, b = make_inputs()
    sess = tf.Session()
    c = tf.multiply(a, b)
    h = tf.compat.v1.get_session_handle(c)
    h = sess.run(h)

    p, a = tf.compat.v1.get_session_tensor(h.handle, tf.float32)
    b = tf.multiply(a, 10)
    c = sess.run(b, feed_dict={p: h.handle})
    np.testing.assert_array_equal(c, [30.0, 80.0])


def test_handle_operation_is_a_scalar_string_tensor() -> None:
    handle = tf.get_session_handle(tf.constant(1.0), name="keep")
    assert (handle.dtype, handle.shape, handle.name, handle.op.type) == (tf.string, (), "keep:0", "GetSessionHandle")


def test_handle_string_looks_like_tensorflows_and_is_unique() -> None:
    op = tf.get_session_handle(tf.constant(1.0))
    sess = tf.Session()
    first, second = sess.run(op), sess.run(op)
    assert first.handle.startswith("GetSessionHandle;")
    assert first.handle.endswith(";/job:localhost/replica:0/task:0/device:CPU:0")
    assert first.handle != second.handle
    assert str(first) == first.handle


def test_data_must_be_a_tensor() -> None:
    for data in (3, [tf.constant(1.0)], np.ones(2), None):
        with pytest.raises(TypeError, match="`data` must be of type Tensor"):
            tf.get_session_handle(data)


def test_data_may_be_a_variable() -> None:
    v = tf.Variable([1.0, 2.0])
    sess = tf.Session()
    sess.run(v.initializer)
    h = sess.run(tf.get_session_handle(v))
    sess.run(v.assign([9.0, 9.0]))
    np.testing.assert_array_equal(h.eval(), [1.0, 2.0])


@pytest.mark.parametrize(
    "arguments",
    [(tf.float32,), (None, tf.float32), ("float32",), (np.float32,), (tf.float32, "name"), (None, "float32", "name")],
)
def test_forms_of_get_session_tensor(arguments: tuple[object, ...]) -> None:
    p, a = tf.get_session_tensor(*arguments)
    assert (p.dtype, p.op.type, a.dtype, a.op.type) == (tf.string, "Placeholder", tf.float32, "GetSessionTensor")
    assert a.name == ("name:0" if "name" in arguments else "GetSessionTensor:0")


def test_get_session_tensor_takes_a_tensor_handle() -> None:
    sess = tf.Session()
    h = sess.run(tf.get_session_handle(tf.constant(2.0)))
    p, a = tf.get_session_tensor(h, tf.float32)
    assert sess.run(a, {p: h}) == 2.0


def test_get_session_tensor_refuses_what_is_no_handle_or_type() -> None:
    with pytest.raises(ValueError, match="is no session handle"):
        tf.get_session_tensor("garbage", tf.float32)
    with pytest.raises(TypeError):
        tf.get_session_tensor(None)


@pytest.mark.parametrize("arguments", [(), (None,), (None, "name"), ("name",)])
def test_forms_of_delete_session_tensor(arguments: tuple[object, ...]) -> None:
    p, op = tf.delete_session_tensor(*arguments)
    assert (p.dtype, op.type) == (tf.string, "DeleteSessionTensor")
    assert op.name == ("name" if "name" in arguments else "DeleteSessionTensor")


def test_delete_session_tensor_with_the_handle() -> None:
    sess = tf.Session()
    h = sess.run(tf.get_session_handle(tf.constant(2.0)))
    p, deleter = tf.delete_session_tensor(h.handle)
    assert sess.run(deleter, {p: h.handle}) is None
    assert len(sess._state.handles) == 0
    with pytest.raises(tf.errors.InvalidArgumentError, match="Failed to delete a tensor with handle"):
        sess.run(deleter, {p: h.handle})


def test_reader_is_built_before_any_handle_and_after_finalize() -> None:
    p, a = tf.get_session_tensor(tf.float32)
    op = tf.get_session_handle(a + 1.0)
    start = tf.get_session_handle(tf.constant(0.0))
    tf.get_default_graph().finalize()
    sess = tf.Session()
    h = sess.run(start)
    for _ in range(5):
        h = sess.run(op, {p: h.handle})
    assert h.eval() == 5.0
    assert len(sess._state.handles) == 1


def test_loop_of_handles_compiles_once_and_keeps_one_array() -> None:
    p, a = tf.get_session_tensor(tf.float32)
    step = tf.Session()
    op = tf.get_session_handle(a * 2.0)
    h = step.run(tf.get_session_handle(tf.ones([4])))
    h = step.run(op, {p: h})
    built = step._programs_built
    size = tf.get_default_graph().version
    for _ in range(50):
        h = step.run(op, {p: h})
    assert (step._programs_built, tf.get_default_graph().version, len(step._state.handles)) == (built, size, 1)


def test_value_is_freed_with_the_last_reference() -> None:
    sess = tf.Session()
    h = sess.run(tf.get_session_handle(tf.constant(1.0)))
    same = h
    del h
    assert len(sess._state.handles) == 1
    del same
    assert len(sess._state.handles) == 0


def test_raw_handle_leaves_the_lifetime_to_the_user() -> None:
    sess = tf.Session()
    h = sess.run(tf.get_session_handle(tf.constant(1.0)))
    raw = h.get_raw_handle()
    assert isinstance(raw, str)
    del h
    gc.collect()
    p, a = tf.get_session_tensor(raw, tf.float32)
    assert sess.run(a, {p: raw}) == 1.0
    sess.close()
    assert len(sess._state.handles) == 0


def test_eval_and_delete() -> None:
    sess = tf.Session()
    h = sess.run(tf.get_session_handle(tf.constant([1, 2])))
    np.testing.assert_array_equal(h.eval(), [1, 2])
    h.delete()
    for use in (h.eval, h.delete):
        with pytest.raises(TypeError, match="may have already been deleted"):
            use()


def test_handles_of_a_closed_session() -> None:
    sess = tf.Session()
    h = sess.run(tf.get_session_handle(tf.constant(1.0)))
    sess.close()
    for use in (h.eval, h.delete):
        with pytest.raises(RuntimeError, match="closed Session"):
            use()


@pytest.mark.parametrize("value", [[1.5, 2.5], [[True]], ["a", "b"], 3, [1 + 2j]])
def test_handles_of_every_kind_of_type(value: object) -> None:
    tensor = tf.constant(value)
    sess = tf.Session()
    h = sess.run(tf.get_session_handle(tensor))
    p, a = tf.get_session_tensor(None, tensor.dtype)
    np.testing.assert_array_equal(sess.run(a, {p: h.handle}), sess.run(tensor))


def test_handle_is_fed_to_an_ordinary_placeholder_and_tensor() -> None:
    x = tf.placeholder(tf.float32, [2])
    c = tf.constant([0.0, 0.0])
    sess = tf.Session()
    h = sess.run(tf.get_session_handle(tf.constant([1.0, 2.0])))
    np.testing.assert_array_equal(sess.run(x + 1.0, {x: h}), [2.0, 3.0])
    np.testing.assert_array_equal(sess.run(c + 1.0, {c: h}), [2.0, 3.0])
    np.testing.assert_array_equal(sess.make_callable(x + 1.0, [x])(h), [2.0, 3.0])
    np.testing.assert_array_equal(sess.run(x, {x: h}), [1.0, 2.0])


def test_handle_of_another_type_is_refused() -> None:
    x = tf.placeholder(tf.int32)
    sess = tf.Session()
    h = sess.run(tf.get_session_handle(tf.constant([1.0])))
    with pytest.raises(tf.errors.InvalidArgumentError, match="of type int32, but the handle"):
        sess.run(x + 1, {x: h})
    p, a = tf.get_session_tensor(h.handle, tf.int32)
    with pytest.raises(tf.errors.InternalError, match="float32, which does not match the declared output type int32"):
        sess.run(a, {p: h.handle})
    np.testing.assert_array_equal(h.eval(), [1.0])


def test_handle_of_another_shape_is_refused() -> None:
    x = tf.placeholder(tf.float32, [3], name="x")
    sess = tf.Session()
    h = sess.run(tf.get_session_handle(tf.constant([1.0])))
    with pytest.raises(ValueError, match=r"Cannot feed value of shape \(1,\) for Tensor x:0"):
        sess.run(x + 1.0, {x: h})


def test_foreign_deleted_and_malformed_handles() -> None:
    p, a = tf.get_session_tensor(tf.float32)
    op = tf.get_session_handle(tf.constant(1.0))
    sess, other = tf.Session(), tf.Session()
    h = other.run(op)
    with pytest.raises(tf.errors.InvalidArgumentError, match="not in the session store. It belongs to another session"):
        sess.run(a, {p: h.handle})
    h.delete()
    with pytest.raises(tf.errors.InvalidArgumentError, match="not in the session store. It was deleted"):
        other.run(a, {p: h.handle})
    with pytest.raises(ValueError, match="'garbage' is no session handle"):
        sess.run(a, {p: "garbage"})
    with pytest.raises(tf.errors.InvalidArgumentError, match="You must feed a value for placeholder"):
        sess.run(a)


def test_handle_in_nested_fetches_and_by_name() -> None:
    c = tf.constant(5.0)
    op = tf.get_session_handle(c, name="keep")
    sess = tf.Session()
    result = sess.run({"a": (op, c), "b": ["keep:0", op]})
    h = result["a"][0]
    assert h.eval() == 5.0
    assert result["b"] == [h, h]
    assert sess.make_callable(op)().eval() == 5.0
    assert sess.run(op.op) is None


def test_identity_of_a_handle_is_plain_bytes() -> None:
    sess = tf.Session()
    value = sess.run(tf.identity(tf.get_session_handle(tf.constant(1.0))))
    assert isinstance(value, bytes)


def test_storing_copies_nothing() -> None:
    sess = tf.Session()
    h = sess.run(tf.get_session_handle(tf.constant([1.0, 2.0]) * 2.0))
    p, a = tf.get_session_tensor(tf.float32)
    again = sess.run(tf.get_session_handle(a), {p: h})
    store = sess._state.handles
    assert np.shares_memory(store.get(h.handle), store.get(again.handle))


def test_kept_value_never_changes_under_the_session() -> None:
    x = tf.placeholder(tf.float32, [2])
    y = x * 2.0
    fed = np.array([1.0, 2.0], np.float32)
    sess = tf.Session()
    h, k, fetched = sess.run([tf.get_session_handle(x), tf.get_session_handle(y), y], {x: fed})
    fed[:] = 7.0
    fetched[:] = 7.0
    np.testing.assert_array_equal(h.eval(), [1.0, 2.0])
    np.testing.assert_array_equal(k.eval(), [2.0, 4.0])
    mine = k.eval()
    mine[:] = 7.0
    np.testing.assert_array_equal(k.eval(), [2.0, 4.0])
