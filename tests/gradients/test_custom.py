"""Functions with gradients of their own, and gradients beside differences as a user asks for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


def run(fetches: Any, feeds: Any = None) -> Any:
    """Run in a new session, variables initialized."""
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return sess.run(fetches, feeds)


def test_custom_gradient() -> None:
    """Results and arguments pass through an IdentityN whose gradient is the function's."""

    @tf.custom_gradient
    def product(x: Any, y: Any) -> Any:
        """Say so."""
        return x * y, lambda dz: (dz * 2.0, dz * 3.0)

    x, y = tf.constant([1.0, 2.0], name="x"), tf.constant([3.0, 4.0], name="y")
    z = product(x, y)
    assert z.name == "IdentityN:0"
    assert [tensor.name for tensor in z.op.inputs] == ["mul:0", "x:0", "y:0"]
    assert product.__doc__ == "Say so."
    assert [item.tolist() for item in run([z, *tf.gradients(z, [x, y])])] == [[3, 8], [2, 2], [3, 3]]
    with pytest.raises(ValueError, match="keywords arguments only when eager"):
        product(x, y=y)


def test_custom_gradient_of_structures() -> None:
    """Several results keep their structure; one gradient each is handed on."""

    @tf.custom_gradient
    def both(x: Any) -> Any:
        return (x + 1.0, [x * 2.0]), lambda first, second: first * 10.0 + second

    x = tf.constant(1.0)
    first, (second,) = both(x)
    assert run([first, second, *tf.gradients([first, second], x, [2.0, 3.0])]) == [2.0, 2.0, 23.0]


def test_custom_gradient_with_variables() -> None:
    """Resource variables that are read inside are handed to the gradient function, which must take them."""

    @tf.custom_gradient
    def scaled(x: Any) -> Any:
        scale = tf.get_variable("scale", initializer=3.0, use_resource=True)

        def grad(dy: Any, variables: Any = None) -> Any:
            assert [variable.name for variable in variables] == ["scale:0"]
            return dy * 2.0, [dy * 5.0]

        return x * scale, grad

    @tf.custom_gradient
    def forgetful(x: Any) -> Any:
        return x * tf.get_variable("forgotten", initializer=3.0, use_resource=True), lambda dy: dy

    @tf.custom_gradient
    def by_reference(x: Any) -> Any:
        return x * tf.get_variable("reference", initializer=3.0, use_resource=False), lambda dy: dy

    x = tf.constant(1.0)
    y = scaled(x)
    assert run([y, *tf.gradients(y, [x, tf.global_variables()[0]])]) == [3.0, 2.0, 5.0]
    with pytest.raises(TypeError, match="must accept a keyword argument 'variables'"):
        forgetful(x)
    with pytest.raises(TypeError, match="must be ResourceVariables"):
        by_reference(x)


def test_gradients_passed_through() -> None:
    """What has no gradient is differentiated as the identity."""
    x = tf.constant([1.4, 2.6])
    rounded = tf.grad_pass_through(tf.round)(x)
    assert [item.tolist() for item in run([rounded, tf.gradients(rounded, x)[0]])] == [[1, 3], [1, 1]]


def test_recomputed_gradients() -> None:
    """The function is built again for its gradient."""
    calls = []

    @tf.recompute_grad
    def double_exp(x: Any) -> Any:
        calls.append(x)
        return tf.exp(tf.exp(x))

    x = tf.constant(0.5, tf.float64)
    y = double_exp(x)
    (dy,) = tf.gradients(y, x)
    assert len(calls) == 2
    assert run(dy) == pytest.approx(np.exp(np.exp(0.5)) * np.exp(0.5))


def test_gradients_beside_differences() -> None:
    """Both Jacobians, of one tensor, of several, of complex ones and of gathered rows."""
    x, y = tf.placeholder(tf.float64, [2]), tf.placeholder(tf.float64, [2])
    z = tf.placeholder(tf.complex128, [2])
    with tf.Session():
        theory, numbers = tf.test.compute_gradient(x, [2], x * x, [2], np.array([1.0, 2.0]))
        assert theory.tolist() == [[2, 0], [0, 4]]
        assert np.abs(theory - numbers).max() < 1e-9
        assert tf.test.compute_gradient_error([x, y], [[2], [2]], x * y, [2]) < 1e-9
        assert tf.test.compute_gradient_error(z, [2], tf.square(z), [2]) < 1e-5
        rows = tf.gather(x, [1, 1, 0])
        assert tf.test.compute_gradient_error(x, [2], rows * rows, [3]) < 1e-8
        fed = tf.test.compute_gradient_error(x, [2], x * y, [2], extra_feed_dict={y: [1.0, 2.0]})
        assert fed < 1e-9
    with pytest.raises(ValueError, match="default session"):
        tf.test.compute_gradient_error(x, [2], x, [2])
