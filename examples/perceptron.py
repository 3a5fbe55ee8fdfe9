"""A perceptron with one hidden layer that reads digits; gradient descent with momentum and a falling rate.

`import sessile as tf` is the only line that TensorFlow would have otherwise: compare.py runs both side by side.
"""

from __future__ import annotations

import numpy as np
from digits import digits

import sessile as tf

STEPS, BATCH = 300, 64
REACHES = 0.05  # the mean loss of the last 20 steps is below


def layer(x, width, name, seed):
    """`x` times a matrix, plus a bias."""
    with tf.variable_scope(name):
        kernel = tf.get_variable("kernel", [x.shape[1], width], initializer=tf.glorot_uniform_initializer(seed))
        bias = tf.get_variable("bias", [width], initializer=tf.zeros_initializer())
        return tf.matmul(x, kernel) + bias


def train() -> list[float]:
    """Return the loss of each step."""
    tf.set_random_seed(1)
    images, labels = digits(2048, 16, seed=1)
    x = tf.placeholder(tf.float32, [None, 256], name="x")
    y = tf.placeholder(tf.int32, [None], name="y")
    logits = layer(tf.nn.relu(layer(x, 64, "hidden", seed=1)), 10, "logits", seed=2)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    step = tf.train.get_or_create_global_step()
    rate = tf.train.exponential_decay(0.1, step, 100, 0.7)
    update = tf.train.MomentumOptimizer(rate, 0.9, use_nesterov=True).minimize(loss, global_step=step)
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1, output_type=tf.int32), y), tf.float32))
    losses = []
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for number in range(STEPS):
            batch = np.arange(number * BATCH, (number + 1) * BATCH) % len(images)
            feeds = {x: images[batch].reshape(BATCH, 256), y: labels[batch]}
            losses.append(float(sess.run([loss, update], feeds)[0]))
        unseen, answers = digits(1000, 16, seed=2)
        print(f"of digits it has not seen, it reads {sess.run(accuracy, {x: unseen.reshape(-1, 256), y: answers}):.1%}")
    return losses


if __name__ == "__main__":
    curve = train()
    final = float(np.mean(curve[-20:]))
    print(f"loss {final:.4f}")
    assert final < REACHES
