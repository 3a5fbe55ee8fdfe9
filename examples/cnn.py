"""A convolutional network that reads digits: `tf.layers`, batch normalisation, dropout, Adam."""

from __future__ import annotations

import numpy as np
from digits import digits

import sessile as tf

STEPS, BATCH = 200, 32
REACHES = 0.15  # the mean loss of the last 20 steps is below


def network(images, training):
    """Logits of images of 28 x 28; with seeds of their own, weights begin alike in all versions of TensorFlow."""
    glorot = tf.glorot_uniform_initializer
    x = tf.layers.conv2d(images, 16, 3, padding="same", kernel_initializer=glorot(1), name="conv1")
    x = tf.nn.relu(tf.layers.batch_normalization(x, momentum=0.9, training=training, name="norm"))
    x = tf.layers.max_pooling2d(x, 2, 2)
    x = tf.layers.conv2d(x, 32, 3, padding="same", activation=tf.nn.relu, kernel_initializer=glorot(2), name="conv2")
    x = tf.layers.max_pooling2d(x, 2, 2)
    x = tf.layers.dense(tf.layers.flatten(x), 64, activation=tf.nn.relu, kernel_initializer=glorot(3), name="hidden")
    x = tf.layers.dropout(x, 0.3, training=training, seed=4)
    return tf.layers.dense(x, 10, kernel_initializer=glorot(5), name="logits")


def train() -> list[float]:
    """Return the loss of each step."""
    tf.set_random_seed(2)
    images, labels = digits(2048, 28, seed=1)
    x = tf.placeholder(tf.float32, [None, 28, 28, 1], name="x")
    y = tf.placeholder(tf.int32, [None], name="y")
    training = tf.placeholder(tf.bool, [], name="training")
    logits = network(x, training)
    loss = tf.losses.sparse_softmax_cross_entropy(labels=y, logits=logits)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        update = tf.train.AdamOptimizer(2e-3).minimize(loss)
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1, output_type=tf.int32), y), tf.float32))
    losses = []
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for number in range(STEPS):
            batch = np.arange(number * BATCH, (number + 1) * BATCH) % len(images)
            feeds = {x: images[batch][..., None], y: labels[batch], training: True}
            losses.append(float(sess.run([loss, update], feeds)[0]))
        unseen, answers = digits(500, 28, seed=2)
        feeds = {x: unseen[..., None], y: answers, training: False}
        print(f"of digits it has not seen, it reads {sess.run(accuracy, feeds):.1%}")
    return losses


if __name__ == "__main__":
    curve = train()
    final = float(np.mean(curve[-20:]))
    print(f"loss {final:.4f}")
    assert final < REACHES
