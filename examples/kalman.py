"""A Kalman filter with `scan`: the place and speed of a cart, from noisy measurements of its place.

`import sessile as tf` is the only line that TensorFlow would have otherwise: compare_loops.py runs both side by side.
"""

from __future__ import annotations

import numpy as np

import sessile as tf

STEP, NOISE = 0.1, 0.5


def kalman_filter(measured):
    """The states `[time, 2, 1]` and their covariances `[time, 2, 2]`."""
    forward = tf.constant([[1.0, STEP], [0.0, 1.0]])
    pushes = tf.constant([[0.25 * STEP**4, 0.5 * STEP**3], [0.5 * STEP**3, STEP**2]]) * 5.0
    look = tf.constant([[1.0, 0.0]])
    noise = tf.constant([[NOISE**2]])

    def moment(before, z):
        state, spread = before
        state = tf.matmul(forward, state)
        spread = tf.matmul(tf.matmul(forward, spread), forward, transpose_b=True) + pushes
        innovation = tf.matmul(tf.matmul(look, spread), look, transpose_b=True) + noise
        gain = tf.matmul(spread, look, transpose_b=True) / innovation
        state = state + gain * (tf.reshape(z, [1, 1]) - tf.matmul(look, state))
        spread = tf.matmul(tf.eye(2) - tf.matmul(gain, look), spread)
        return state, spread

    return tf.scan(moment, measured, initializer=(tf.zeros([2, 1]), tf.eye(2)))


def train() -> list[float]:
    """Return the filtered places and speeds, and the variance at the end."""
    random = np.random.RandomState(0)
    times = np.arange(400) * STEP
    places = 3 * np.sin(times / 2)
    measured = tf.placeholder(tf.float32, [None], name="measured")
    states, spreads = kalman_filter(measured)
    with tf.Session() as sess:
        noisy = places + NOISE * random.randn(len(times))
        found, spread = sess.run([states, spreads], {measured: noisy})
    errors = np.sqrt(np.mean((noisy - places) ** 2)), np.sqrt(np.mean((found[:, 0, 0] - places) ** 2))
    print(f"measured to {errors[0]:.2f}, filtered to {errors[1]:.2f}")
    assert errors[1] < 0.5 * errors[0]
    return [*found.reshape(-1).astype(float).tolist(), float(spread[-1, 0, 0])]


if __name__ == "__main__":
    train()
