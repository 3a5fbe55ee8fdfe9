"""`RefSelect` and `RefMerge` choose among references to variables: what TensorFlow 1.15.5 does with the same ones."""

from __future__ import annotations

from typing import Any

import pytest

import sessile as tf


def _references(*values: Any) -> list[Any]:
    return [tf.Variable(value, use_resource=False)._ref() for value in values]


def test_the_chosen_variable_is_assigned() -> None:
    first, second = _references([1.0, 2.0], [3.0, 4.0])
    chosen = tf.raw_ops.RefSelect(index=1, inputs=[first, second])
    assert (chosen.dtype, chosen.shape) == (tf.float32._as_ref, tf.TensorShape([2]))
    assert sorted(chosen.op.node_def.attr) == ["N", "T"]
    assign = tf.assign(chosen, [9.0, 8.0])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(chosen).tolist() == [3.0, 4.0]
        sess.run(assign)
        assert [value.tolist() for value in sess.run([first, second])] == [[1.0, 2.0], [9.0, 8.0]]


def test_static_shapes_are_those_of_tensorflow() -> None:
    short, long = _references([1.0], [1.0, 2.0])
    assert tf.raw_ops.RefSelect(index=0, inputs=[short, long]).shape.ndims is None
    assert tf.raw_ops.RefMerge(inputs=[short, long])[0].shape.as_list() == [None]
    with pytest.raises(ValueError, match="Shape must be rank 0 but is rank 1"):
        tf.raw_ops.RefSelect(index=[0], inputs=[short])
    with pytest.raises(TypeError, match="be a mutable tensor"):
        tf.raw_ops.RefSelect(index=0, inputs=[tf.constant(1.0)])


def test_an_index_outside_is_refused() -> None:
    chosen = tf.raw_ops.RefSelect(index=5, inputs=_references(1.0))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Index must be in the range \[0, 1\) but got 5"):
            sess.run(chosen)


def _carried(turns: Any, start: Any, body: Any) -> list[Any]:
    return list(tf.while_loop(lambda i, *_: i < turns, body, [tf.constant(0), *start], back_prop=False))


@pytest.mark.parametrize("level", [tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1])
def test_loops_carry_references(level: int) -> None:
    """A variable itself goes round: what a turn does to it is done."""
    v, w = (tf.Variable([1.0, 2.0], use_resource=False) for _ in range(2))
    turns = tf.placeholder(tf.int32, [])
    one = _carried(turns, [v._ref()], lambda i, r: (i + 1, tf.assign_add(r, [1.0, 1.0])))
    both = _carried(
        turns,
        [v._ref(), w._ref(), tf.zeros([2])],
        lambda i, a, b, t: (i + 1, tf.scatter_add(a, [0], [5.0]), tf.assign(b, [7.0, 8.0]), t + 1.0),
    )
    assert one[1].dtype._is_ref_dtype
    options = tf.OptimizerOptions(global_jit_level=level)
    with tf.Session(config=tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))) as session:
        for _ in range(2):
            session.run(tf.global_variables_initializer())
            count, value = session.run(one, {turns: 3})
            assert count == 3 and value.tolist() == session.run(v).tolist() == [4, 5]
            _, first, second, total = session.run(both, {turns: 2})
            assert first.tolist() == [14, 5] and second.tolist() == [7, 8] and total.tolist() == [2, 2]
            assert session.run(one, {turns: 0})[1].tolist() == [14, 5]
