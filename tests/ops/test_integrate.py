"""Initial value problems; numbers of steps and values of some are TensorFlow 1.15.5's."""

from typing import Any

import numpy as np
import pytest

import sessile as tf

odeint, odeint_fixed = tf.contrib.integrate.odeint, tf.contrib.integrate.odeint_fixed


def van_der_pol(y: Any, t: Any) -> Any:
    return tf.stack([y[1], (1 - y[0] ** 2) * y[1] * 5 - y[0]])


def test_steps_are_tensorflows() -> None:
    y, told = odeint(
        van_der_pol, tf.constant([2.0, 0.0], tf.float64), np.linspace(0, 10, 4), rtol=1e-4, atol=1e-5,
        method="dopri5", options={"first_step": 0.05, "safety": 0.8}, full_output=True,
    )  # fmt: skip
    assert y.name == "odeint:0" and y.shape.as_list() == [4, 2] and y.dtype is tf.float64
    values, told = tf.Session().run([y, told])
    want = [[2, 0], [1.43443428, -0.25195929], [-1.88987499, 0.14545853], [-1.15857711, 0.43059655]]
    np.testing.assert_allclose(values, want, rtol=1e-6)
    assert told["num_func_evals"] == 403 and len(told["integrate_points"]) == len(told["error_ratio"]) == 67
    np.testing.assert_allclose(told["integrate_points"][[1, 25, -1]], [0.0905308, 4.92112526, 10.18462474], rtol=1e-6)
    np.testing.assert_allclose(told["error_ratio"][[0, 24]], [0.93621152, 4.54076542], rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
def test_decay(dtype: Any) -> None:
    times = [0.0, 0.5, 1.0, 3.0]
    y = odeint(lambda y, t: -y, np.array([[1.0], [2.0]], dtype), times)
    exact = np.exp(-np.array(times))[:, None, None] * np.array([[1.0], [2.0]])
    got = tf.Session().run(y)
    assert got.dtype == dtype
    np.testing.assert_allclose(got, exact, rtol=2e-5)


def test_gradients_through_all_steps() -> None:
    y0, k = tf.constant([1.0, 2.0]), tf.constant(0.5)
    y = odeint(lambda y, t: -k * y, y0, [0.0, 1.0, 2.0])
    by_state, by_rate = tf.Session().run(tf.gradients(y[-1], [y0, k]))
    np.testing.assert_allclose(by_state, [np.exp(-1)] * 2, rtol=1e-5)
    np.testing.assert_allclose(by_rate, -2 * 3 * np.exp(-1), rtol=1e-5)


@pytest.mark.parametrize(
    ("method", "dt", "last"),
    [
        ("rk4", None, [0.13649172, 0.4094751]),
        ("midpoint", None, [0.1415186, 0.42455578]),
        ("rk4", 0.1, [0.13533661, 0.40600985]),
        ("rk4", [0.1, 0.2, 0.3, 0.5], [0.13638987, 0.40916967]),
        ("midpoint", 0.1, [0.13557811, 0.40673435]),
    ],
)
def test_a_fixed_grid(method: str, dt: Any, last: Any) -> None:
    start = tf.constant([1.0, 3.0])
    y = odeint_fixed(lambda y, t: -y * tf.cast(t, tf.float32), start, np.linspace(0, 2, 5), dt, method)
    assert y.shape.as_list() == [5, 2]
    np.testing.assert_allclose(tf.Session().run(y)[-1], last, rtol=1e-6)


def test_problems_that_cannot_be() -> None:
    def decay(y: Any, t: Any) -> Any:
        return -y

    with pytest.raises(ValueError, match="invalid method: 'euler'"):
        odeint(decay, [1.0], [0.0, 1.0], method="euler")
    with pytest.raises(ValueError, match="without specifying"):
        odeint(decay, [1.0], [0.0, 1.0], options={"safety": 0.8})
    with pytest.raises(TypeError, match="foo"):
        odeint(decay, [1.0], [0.0, 1.0], method="dopri5", options={"foo": 1})
    with pytest.raises(TypeError, match="y0"):
        odeint(decay, [1], [0.0, 1.0])
    with pytest.raises(ValueError, match="midpoint"):
        odeint_fixed(decay, [1.0], [0.0, 1.0], method="euler")
    session = tf.Session()
    with pytest.raises(tf.errors.InvalidArgumentError, match="monotonic increasing"):
        session.run(odeint(decay, [1.0], [0.0, 1.0, 1.0]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="underflow in dt"):
        session.run(odeint(lambda y, t: y * y, [1.0], [0.0, 2.0]))
    stiff = odeint(van_der_pol, [2.0, 0.0], [0.0, 9.0], method="dopri5", options={"max_num_steps": 3})
    with pytest.raises(tf.errors.InvalidArgumentError, match="max_num_steps exceeded"):
        session.run(stiff)
    assert session.run(odeint(decay, [1.0], [0.0, 1.0]))[0] == 1.0
