"""A planet's orbit in two loops: Runge-Kutta steps until a time is reached, and Newton's iteration for an equation.

`import sessile as tf` is the only line that TensorFlow would have otherwise: compare_loops.py runs both side by side.
"""

from __future__ import annotations

import numpy as np

import sessile as tf

ECCENTRICITY, STEP = 0.6, 0.002


def acceleration(place):
    """Of a body at `[x, y]` around a mass at the origin."""
    return -place / tf.pow(tf.reduce_sum(place * place), 1.5)


def runge_kutta(place, speed, end):
    """Place and speed at the time `end`."""

    def step(time, place, speed):
        h = tf.minimum(tf.constant(STEP, tf.float64), end - time)
        k1, l1 = speed, acceleration(place)
        k2, l2 = speed + l1 * (h / 2), acceleration(place + k1 * (h / 2))
        k3, l3 = speed + l2 * (h / 2), acceleration(place + k2 * (h / 2))
        k4, l4 = speed + l3 * h, acceleration(place + k3 * h)
        place = place + (k1 + 2 * k2 + 2 * k3 + k4) * (h / 6)
        speed = speed + (l1 + 2 * l2 + 2 * l3 + l4) * (h / 6)
        return time + h, place, speed

    start = [tf.constant(0.0, tf.float64), place, speed]
    return tf.while_loop(lambda time, *_: time < end - 1e-12, step, start)


def kepler(mean):
    """The eccentric anomaly, by Newton's iteration, and how many iterations it took."""

    def step(number, anomaly, _):
        change = (anomaly - ECCENTRICITY * tf.sin(anomaly) - mean) / (1 - ECCENTRICITY * tf.cos(anomaly))
        return number + 1, anomaly - change, tf.abs(change)

    start = (tf.constant(0), mean + ECCENTRICITY, tf.constant(1.0, tf.float64))
    number, anomaly, _ = tf.while_loop(lambda number, _, change: change > 1e-14, step, start, maximum_iterations=50)
    return anomaly, number


def train() -> list[float]:
    """Return places at some times by both ways, the energy, and numbers of iterations."""
    end = tf.placeholder(tf.float64, [], name="end")
    place = tf.constant([1 - ECCENTRICITY, 0.0], tf.float64)
    speed = tf.constant([0.0, np.sqrt((1 + ECCENTRICITY) / (1 - ECCENTRICITY))], tf.float64)
    _, found, found_speed = runge_kutta(place, speed, end)
    energy = tf.reduce_sum(found_speed**2) / 2 - 1 / tf.norm(found)
    anomaly, iterations = kepler(end)
    exact = tf.stack([tf.cos(anomaly) - ECCENTRICITY, np.sqrt(1 - ECCENTRICITY**2) * tf.sin(anomaly)])
    numbers = []
    with tf.Session() as sess:
        for time in (0.5, 1.7, 3.0, 6.0):
            by_steps, by_equation, kept, count = sess.run([found, exact, energy, iterations], {end: time})
            assert np.abs(by_steps - by_equation).max() < 1e-8
            assert abs(kept + 0.5) < 1e-9
            numbers += [*by_steps.tolist(), *by_equation.tolist(), float(kept), float(count)]
    return numbers


if __name__ == "__main__":
    found = train()
    print(f"at the time 6: {found[-6]:.6f} {found[-5]:.6f} by steps, {found[-4]:.6f} {found[-3]:.6f} by the equation")
