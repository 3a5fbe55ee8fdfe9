"""A branch may return a tensor where the other returns a list of one, as in TensorFlow; with `strict` it may not."""

import collections

import pytest

import sessile as tf


def yes():
    return tf.placeholder_with_default(True, [])


@pytest.mark.parametrize("one, other", [(list, None), (None, list), (list, tuple), (tuple, list), (list, list)])
def test_a_list_of_one_is_its_item(one, other):
    def branch(value, kind):
        tensor = tf.constant(value)
        return tensor if kind is None else kind([tensor])

    result = tf.cond(yes(), lambda: branch(1, one), lambda: branch(2, other))
    assert isinstance(result, tf.Tensor)
    assert tf.Session().run(result) == 1
    result = tf.case([(yes(), lambda: branch(1, one))], default=lambda: branch(2, other))
    assert tf.Session().run(result) == 1


def test_a_branch_may_be_a_conditional_of_lists():
    items = [tf.constant(5)]

    def inner():
        return tf.cond(yes(), lambda: items, lambda: items)

    assert tf.Session().run(tf.cond(yes(), lambda: [tf.identity(items[0])], inner)) == 5


def test_named_tuples_and_sparse_tensors_of_one_too():
    Pair = collections.namedtuple("Pair", "first")
    result = tf.cond(yes(), lambda: Pair(tf.constant(1)), lambda: Pair(tf.constant(2)))
    assert isinstance(result, tf.Tensor)

    def sparse():
        return tf.SparseTensor([[0]], [1], [3])

    assert isinstance(tf.cond(yes(), lambda: [sparse()], sparse), tf.SparseTensor)


def test_strict_and_longer_lists_are_told_apart():
    with pytest.raises(ValueError, match="nested structure"):
        tf.cond(yes(), lambda: [tf.constant(1)], lambda: tf.constant(2), strict=True)
    with pytest.raises(ValueError, match="nested structure"):
        tf.cond(yes(), lambda: [[tf.constant(1)]], lambda: [tf.constant(2)])
    assert isinstance(tf.cond(yes(), lambda: [tf.constant(1)], lambda: [tf.constant(2)], strict=True), list)


def test_switch_case_keeps_a_list_of_one():
    result = tf.switch_case(tf.constant(1), [lambda: [tf.constant(1)], lambda: [tf.constant(2)]])
    assert tf.Session().run(result) == [2]
