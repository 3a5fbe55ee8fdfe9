"""Two networks against each other: one makes points, the other tells them from eight blobs on a circle."""

from __future__ import annotations

import numpy as np

import sessile as tf

STEPS, BATCH = 1000, 128
REACHES = 0.6  # where the mean distance of made points to the nearest blob is below


def blobs(count: int, seed: int) -> np.ndarray:
    """Points around eight places on the unit circle, as float32[count, 2]."""
    random = np.random.RandomState(seed)
    angle = 2 * np.pi * random.randint(0, 8, count) / 8
    return (np.stack([np.cos(angle), np.sin(angle)], axis=1) + 0.05 * random.randn(count, 2)).astype(np.float32)


def layer(x, width, name, seed, activation=None):
    """A dense layer. With a seed of its own, it begins with the same numbers in all versions of TensorFlow."""
    return tf.layers.dense(x, width, activation, kernel_initializer=tf.glorot_uniform_initializer(seed), name=name)


def generator(noise):
    """Points made of noise."""
    with tf.variable_scope("generator"):
        x = layer(noise, 64, "first", 1, activation=tf.nn.relu)
        x = layer(x, 64, "second", 2, activation=tf.nn.relu)
        return layer(x, 2, "point", 3)


def critic(points):
    """The logit of points being real; two calls share the variables."""
    with tf.variable_scope("critic", reuse=tf.AUTO_REUSE):
        x = layer(points, 64, "first", 4, activation=tf.nn.leaky_relu)
        x = layer(x, 64, "second", 5, activation=tf.nn.leaky_relu)
        return layer(x, 1, "logit", 6)


def cross_entropy(logits, real):
    """Of logits that should say `real` (1) or made (0)."""
    labels = tf.ones_like(logits) if real else tf.zeros_like(logits)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))


def build(real):
    """Return both losses, both updates, and the points that are made."""
    made = generator(tf.random_uniform([BATCH, 8], -1.0, 1.0, seed=7))
    critic_loss = cross_entropy(critic(real), real=True) + cross_entropy(critic(made), real=False)
    generator_loss = cross_entropy(critic(made), real=True)
    updates = [
        tf.train.AdamOptimizer(1e-3, beta1=0.5).minimize(
            loss, var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=name)
        )
        for loss, name in ((critic_loss, "critic"), (generator_loss, "generator"))
    ]
    return [critic_loss, generator_loss], updates, made


def distance(points: np.ndarray) -> float:
    """The mean distance to the nearest blob."""
    angle = 2 * np.pi * np.arange(8) / 8
    places = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return float(np.linalg.norm(points[:, None] - places, axis=2).min(axis=1).mean())


def train() -> list[float]:
    """Return the two losses of each step, one after the other."""
    tf.set_random_seed(4)
    points = blobs(BATCH * 64, seed=1)
    real = tf.placeholder(tf.float32, [BATCH, 2], name="real")
    losses, updates, made = build(real)
    found: list[float] = []
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        print(f"distance to the nearest blob before: {distance(sess.run(made)):.3f}")
        for number in range(STEPS):
            start = number % 64 * BATCH
            for loss, update in zip(losses, updates):
                found.append(float(sess.run([loss, update], {real: points[start : start + BATCH]})[0]))
        reached.append(distance(sess.run(made)))
        print(f"and after {STEPS} steps: {reached[-1]:.3f}")
    return found


reached: list[float] = []

if __name__ == "__main__":
    curve = train()
    assert reached[-1] < REACHES
