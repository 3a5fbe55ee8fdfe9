"""The Mandelbrot set: a loop over all points that ends early, when every one of a tile has escaped.

`import sessile as tf` is the only line that TensorFlow would have otherwise: compare_loops.py runs both side by side.
"""

from __future__ import annotations

import numpy as np

import sessile as tf

MOST = 200


def escape(x, y):
    """Per point, the number of the iteration at which it escapes, `MOST` if never; and how many were needed."""

    def goes_on(number, a, b, counts):
        return tf.logical_and(number < MOST, tf.reduce_any(a * a + b * b <= 4.0))

    def iterate(number, a, b, counts):
        inside = a * a + b * b <= 4.0
        a, b = tf.where(inside, a * a - b * b + x, a), tf.where(inside, 2 * a * b + y, b)
        return number + 1, a, b, counts + tf.cast(inside, tf.int32)

    start = [tf.constant(0), tf.zeros_like(x), tf.zeros_like(x), tf.zeros_like(x, dtype=tf.int32)]
    number, _, _, counts = tf.while_loop(goes_on, iterate, start)
    return counts, number


def train() -> list[float]:
    """Return for some tiles how many iterations they took, and the sum of all counts."""
    x, y = (tf.placeholder(tf.float64, [None, None], name=name) for name in "xy")
    counts, number = escape(x, y)
    numbers = []
    with tf.Session() as sess:
        step = sess.make_callable([counts, number], [x, y])
        for left, top in ((-0.75, 0.0), (-2.0, -1.0), (0.5, 0.5), (1.5, 1.0)):
            columns, rows = np.meshgrid(left + np.arange(48) / 64, top + np.arange(48) / 64)
            found, taken = step(columns, rows)
            numbers += [float(taken), float(found.sum())]
    return numbers


def picture() -> str:
    """The set in letters."""
    x, y = np.meshgrid(np.linspace(-2.1, 0.7, 79), np.linspace(-1.1, 1.1, 25))
    counts, _ = escape(tf.constant(x), tf.constant(y))
    with tf.Session() as sess:
        found = sess.run(counts)
    return "\n".join("".join(" .:-=+*%#@"[min(int(np.log2(n + 1)), 9)] for n in row) for row in found)


if __name__ == "__main__":
    tiles = train()
    assert tiles[0] == MOST  # there are points of the set in it
    assert tiles[-2] < 10  # all escape soon: the loop ends
    print(picture())
