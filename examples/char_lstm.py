"""A character LSTM that learns this repository's licence, and writes on by sampling in a loop.

`import sessile as tf` is the only line that TensorFlow would have otherwise: compare_loops.py runs both side by side.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import sessile as tf

STEPS, BATCH, TIME, UNITS = 120, 16, 24, 64
REACHES = 2.3  # nats a character, at the end


def text() -> str:
    """The licence, in small letters."""
    return " ".join((Path(__file__).resolve().parent.parent / "LICENSE").read_text(encoding="utf-8").lower().split())


class Model:
    """An LSTM over characters."""

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self.cell = tf.nn.rnn_cell.BasicLSTMCell(UNITS)
        uniform = tf.random_uniform_initializer(-0.2, 0.2, seed=1)
        with tf.variable_scope("model", initializer=uniform):
            self.embedding = tf.get_variable("embedding", [classes, UNITS])
            self.kernel = tf.get_variable("kernel", [UNITS, classes])
            self.bias = tf.get_variable("bias", [classes], initializer=tf.zeros_initializer())

    def loss(self, given, wanted):
        """Of characters `[batch, time]`, the mean cross entropy of the next ones."""
        with tf.variable_scope("model", initializer=tf.random_uniform_initializer(-0.2, 0.2, seed=2)):
            outputs, _ = tf.nn.dynamic_rnn(self.cell, tf.nn.embedding_lookup(self.embedding, given), dtype=tf.float32)
        logits = tf.matmul(tf.reshape(outputs, [-1, UNITS]), self.kernel) + self.bias
        labels = tf.reshape(wanted, [-1])
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))

    def sample(self, first, length: int):
        """Characters drawn one after the other, int32 `[length]`."""

        def draw(number, character, state, written):
            with tf.variable_scope("model/rnn", reuse=True):
                output, state = self.cell(tf.nn.embedding_lookup(self.embedding, character), state)
            logits = (tf.matmul(output, self.kernel) + self.bias) * 1.5
            character = tf.cast(tf.multinomial(logits, 1, seed=3)[:, 0], tf.int32)
            return number + 1, character, state, written.write(number, character[0])

        written = tf.TensorArray(tf.int32, length)
        start = [tf.constant(0), first, self.cell.zero_state(1, tf.float32), written]
        return tf.while_loop(lambda number, *_: number < length, draw, start)[3].stack()


def train(show: bool = False) -> list[float]:
    """Return the loss of each step."""
    tf.set_random_seed(1)
    letters = text()
    known = sorted(set(letters))
    numbers = np.array([known.index(letter) for letter in letters], np.int32)
    given, wanted = (tf.placeholder(tf.int32, [BATCH, TIME], name=name) for name in ("given", "wanted"))
    model = Model(len(known))
    loss = model.loss(given, wanted)
    variables = tf.trainable_variables()
    gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
    update = tf.train.AdamOptimizer(0.01).apply_gradients(zip(gradients, variables))
    written = model.sample(tf.constant([known.index("t")]), 200)
    random, losses = np.random.RandomState(0), []
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        step = sess.make_callable([loss, update], [given, wanted])
        for _ in range(STEPS):
            places = random.randint(0, len(numbers) - TIME - 1, BATCH)[:, None] + np.arange(TIME)
            losses.append(float(step(numbers[places], numbers[places + 1])[0]))
        if show:
            print("t" + "".join(known[number] for number in sess.run(written)))
    return losses


if __name__ == "__main__":
    curve = train(show=True)
    final = float(np.mean(curve[-20:]))
    print(f"loss {final:.4f}")
    assert final < REACHES
