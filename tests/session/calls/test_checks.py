"""Assertions on tensors: at once where the graph tells, else when they run."""

from __future__ import annotations

import pytest
from sessile.ops.families.debugging import assertions as checks

import sessile as tf


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("assert_equal", ([1, 2], [1, 2]), ([1, 2], [1, 3])),
        ("assert_none_equal", ([1, 2], [3, 4]), ([1, 2], [1, 3])),
        ("assert_less", ([1], [2]), ([2], [2])),
        ("assert_less_equal", ([2], [2]), ([3], [2])),
        ("assert_greater", ([3], [2]), ([2], [2])),
        ("assert_greater_equal", ([2], [2]), ([1], [2])),
        ("assert_positive", ([1],), ([0],)),
        ("assert_negative", ([-1],), ([0],)),
        ("assert_non_negative", ([0],), ([-1],)),
        ("assert_non_positive", ([0],), ([1],)),
    ],
)
def test_relations(name: str, good: tuple[list[int], ...], bad: tuple[list[int], ...]) -> None:
    check = getattr(checks, name)
    sess = tf.Session()
    sess.run(check(*good))
    with pytest.raises(tf.errors.InvalidArgumentError, match="did not hold element-wise"):
        check(*bad)
    holders = [tf.placeholder(tf.int32, [None], name=f"h{i}") for i in range(len(good))]
    operation = check(*holders, message="words")
    sess.run(operation, dict(zip(holders, good)))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"assertion failed: \[words\] \[Condition x .*h0:0"):
        sess.run(operation, dict(zip(holders, bad)))


def test_ranks() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    sess = tf.Session()
    sess.run([checks.assert_rank(x, 1), checks.assert_rank_at_least(x, 1)])
    with pytest.raises(ValueError, match=r"Tensor x:0 must have rank 2\.  Received rank 1, shape \(2,\)"):
        checks.assert_rank(x, 2)
    with pytest.raises(ValueError, match="rank at least 2"):
        checks.assert_rank_at_least(x, 2)
    y = tf.placeholder(tf.float32, name="y")
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[Tensor y:0 must have rank\] \[1\] \[Received"):
        sess.run(checks.assert_rank(y, 1), {y: 0.0})
    assert checks.assert_scalar(tf.constant(1.0)).shape == ()
    with pytest.raises(ValueError, match="Expected scalar shape"):
        checks.assert_scalar(x)


def test_types() -> None:
    x = tf.placeholder(tf.float32, name="x")
    checks.assert_type(x, tf.float32)
    with pytest.raises(TypeError, match="x:0 must be of type tf.int32; got tf.float32"):
        checks.assert_type(x, tf.int32)
    checks.assert_integer(tf.constant(1))
    with pytest.raises(TypeError, match='Expected "x" to be integer type'):
        checks.assert_integer(x)
    assert checks.is_numeric_tensor(x)
    assert not checks.is_numeric_tensor(tf.constant("a"))
    checks.assert_proper_iterable([x])
    with pytest.raises(TypeError):
        checks.assert_proper_iterable(x)
