"""A variational autoencoder of digits: a code of four numbers, drawn from a normal distribution in each step."""

from __future__ import annotations

import numpy as np
from digits import digits

import sessile as tf

STEPS, BATCH, CODE = 400, 64, 4
REACHES = 105.0  # nats an image; the mean of the last 20 steps is below


def dense(x, width, name, seed, activation=None):
    """A fully connected layer."""
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        kernel = tf.get_variable("kernel", [x.shape[1], width], initializer=tf.variance_scaling_initializer(seed=seed))
        y = tf.nn.bias_add(tf.matmul(x, kernel), tf.get_variable("bias", [width], initializer=tf.zeros_initializer()))
    return y if activation is None else activation(y)


def decode(code):
    """Logits of the pixels that belong to a code."""
    return dense(dense(code, 128, "decoder", 3, tf.nn.elu), 256, "pixels", 4)


def train() -> list[float]:
    """Return the negative lower bound of the log likelihood, in nats an image, of each step."""
    tf.set_random_seed(3)
    images, _ = digits(2048, 16, seed=1)
    x = tf.placeholder(tf.float32, [BATCH, 256], name="x")
    mean, log_variance = tf.split(dense(dense(x, 128, "encoder", 1, tf.nn.elu), 2 * CODE, "code", 2), 2, axis=1)
    code = mean + tf.exp(0.5 * log_variance) * tf.random_normal([BATCH, CODE], seed=5)
    ink = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=decode(code)), axis=1)
    divergence = -0.5 * tf.reduce_sum(1.0 + log_variance - tf.square(mean) - tf.exp(log_variance), axis=1)
    loss = tf.reduce_mean(ink + divergence)
    update = tf.train.AdamOptimizer(2e-3).minimize(loss)
    dreams = tf.sigmoid(decode(tf.random_normal([5, CODE], seed=6)))
    losses = []
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for number in range(STEPS):
            batch = np.arange(number * BATCH, (number + 1) * BATCH) % len(images)
            losses.append(float(sess.run([loss, update], {x: images[batch].reshape(BATCH, 256)})[0]))
        for row in np.concatenate(sess.run(dreams).reshape(5, 16, 16), axis=1):
            print("".join(" .:*#"[int(pixel * 4.99)] for pixel in row))
    return losses


if __name__ == "__main__":
    curve = train()
    final = float(np.mean(curve[-20:]))
    print(f"loss {final:.1f} nats an image")
    assert final < REACHES
