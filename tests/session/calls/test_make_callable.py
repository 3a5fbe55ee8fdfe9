"""`make_callable`: the same results as `run`, and strict about its arguments."""

from __future__ import annotations

import numpy as np
import pytest

import sessile as tf


def test_equal_to_run_in_every_structure() -> None:
    x, y = tf.placeholder(tf.float32, [None], name="x"), tf.placeholder(tf.float32, [], name="y")
    z = x * y + 1.0
    sess = tf.Session()
    for fetches in (z, [z], (z, x), {"a": [z, z.op], "b": y}, [], z.name, [z, y]):
        f = sess.make_callable(fetches, [x, y])
        for value in ([1.0, 2.0], np.ones(3, np.float32), np.arange(4), np.zeros(0)):
            expected = sess.run(fetches, {x: value, y: 3})
            assert repr(f(value, 3)) == repr(expected)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_wrong_number_of_arguments_names_the_placeholders(count: int) -> None:
    x, y = tf.placeholder(tf.float32, [], name="x"), tf.placeholder(tf.float32, [], name="y")
    for options in (False, True):
        f = tf.Session().make_callable(x + y, [x, y], accept_options=options)
        with pytest.raises(TypeError, match=rf"takes 2 positional arguments.*x:0, y:0.*but {count} were given"):
            f(*[1.0] * count)


def test_keyword_arguments_are_refused_without_options() -> None:
    x = tf.placeholder(tf.float32, [])
    sess = tf.Session()
    for fetches, keys, feeds in (
        (x * 2.0, [x], [1.0]),
        ({"y": x * 2.0}, [x], [1.0]),
        (x, [x], [1.0]),
        (x * 2.0, [(x,)], [(1.0,)]),
    ):
        f = sess.make_callable(fetches, keys)
        for _ in range(2):  # before and after there is native code
            with pytest.raises(TypeError, match="options.*feed_list.*accept_options=True"):
                f(*feeds, options=None)
            f(*feeds)


def test_feed_list_must_be_a_list_of_feeds() -> None:
    x = tf.placeholder(tf.float32, [])
    sess = tf.Session()
    with pytest.raises(TypeError, match="`feed_list` must be a list or tuple"):
        sess.make_callable(x + 1.0, x)
    for wrong in (3, x.op, None):
        with pytest.raises(TypeError, match="Cannot interpret feed_dict key as Tensor"):
            sess.make_callable(x + 1.0, [wrong])
    with pytest.raises(TypeError, match="Argument `fetch` = None"):
        sess.make_callable(None)


def test_arguments_are_checked() -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    f = tf.Session().make_callable(x * 2.0, [x])
    for wrong in ([[1.0, 2.0]], np.ones((1, 2), np.float32), np.ones(3, np.float32), 1.0):
        with pytest.raises(ValueError, match="Cannot feed value of shape .* for Tensor x:0, which has shape"):
            f(wrong)
    with pytest.raises(TypeError, match="The value of a feed cannot be a tf.Tensor object"):
        f(x)
    np.testing.assert_array_equal(f(np.ones((1, 3), np.float32)), [[2.0, 2.0, 2.0]])


def test_missing_feed_is_an_error_that_names_it() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    sess = tf.Session()
    with pytest.raises(tf.errors.InvalidArgumentError, match="placeholder tensor 'x' with dtype float and shape"):
        sess.make_callable(x * 2.0)()


def test_closed_session() -> None:
    x = tf.placeholder(tf.float32, [])
    sess = tf.Session()
    calls = [sess.make_callable(x * 2.0, [x]), sess.make_callable([x * 2.0], [x], accept_options=True)]
    sess.close()
    for f in calls:
        with pytest.raises(RuntimeError, match="Attempted to use a closed Session"):
            f(1.0)


def test_state_is_read_at_each_call() -> None:
    v = tf.Variable(1.0)
    sess = tf.Session()
    sess.run(v.initializer)
    add, read = sess.make_callable(v.assign_add(1.0)), sess.make_callable(v)
    assert [read(), add(), add(), read()] == [1.0, 2.0, 3.0, 3.0]


def test_nested_and_repeated_feed_keys() -> None:
    x, y = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    f = tf.Session().make_callable(x - y, [(x, y)])
    assert f((5.0, 3.0)) == 2.0


def test_new_batch_size_plans_nothing() -> None:
    x = tf.placeholder(tf.float32, [None, 2])
    sess = tf.Session()
    f = sess.make_callable(tf.reduce_sum(x * 2.0), [x])
    for batch in (0, 1, 2, 3, 100):
        assert f(np.ones((batch, 2), np.float32)) == 4.0 * batch
    assert sess._programs_built == 1


def test_closing_one_session_does_not_touch_the_other() -> None:
    x = tf.placeholder(tf.float32, [None])
    y = x * 2.0
    first, second = tf.Session(), tf.Session()
    value = np.ones(3, np.float32)
    f, g = first.make_callable(y, [x]), second.make_callable(y, [x])
    for _ in range(3):
        np.testing.assert_array_equal(f(value), g(value))
    second.close()
    with pytest.raises(RuntimeError, match="closed Session"):
        g(value)
    np.testing.assert_array_equal(f(value), [2.0, 2.0, 2.0])
    first.run(y, {x: value})
    with pytest.raises(RuntimeError, match="closed Session"):
        second.run(y, {x: value})


def test_graph_edits_do_not_pile_up_programs() -> None:
    x = tf.placeholder(tf.float32, [])
    y = x * 2.0
    sess = tf.Session()
    for _ in range(5):
        assert sess.run(y, {x: 1.0}) == 2.0
        y.op._add_control_input(tf.no_op())
    assert len(sess._programs) == 1


class Doubled:
    """Stands for one placeholder that is fed twice the value."""

    def __init__(self, tensor: tf.Tensor) -> None:
        self.tensor = tensor


tf.register_session_run_conversion_functions(
    Doubled,
    feed_function=lambda key, value: [(key.tensor, 2.0 * value)],
    feed_function_for_partial_run=lambda key: [key.tensor],
)


def test_keys_of_one_tensor_that_are_no_tensors_are_fed_as_in_run() -> None:
    x = tf.placeholder(tf.float32, [])
    with tf.Session() as sess:
        for key, value, expected in ((Doubled(x), 3.0, 6.0), ((x,), (4.0,), 4.0), (((x,),), ((5.0,),), 5.0)):
            assert sess.make_callable(x + 0.0, [key])(value) == expected
        assert sess.run(x + 0.0, {Doubled(x): 3.0}) == 6.0


def test_fetches_are_looked_at_before_the_graph() -> None:
    """A wrong fetch is a TypeError, also while the graph is empty."""
    with tf.Session() as sess:
        for fetches in (3, None):
            with pytest.raises(TypeError, match="has invalid type"):
                sess.make_callable(fetches)
