"""A convolutional network in slim, trained with optimize_loss."""

import numpy as np
import tensorflow as tf
import tensorflow.contrib.slim as slim
from tensorflow.contrib.layers import xavier_initializer


def net(x, is_training):
    with slim.arg_scope(
        [slim.conv2d, slim.fully_connected],
        activation_fn=tf.nn.relu,
        weights_initializer=xavier_initializer(),
        weights_regularizer=slim.l2_regularizer(5e-4),
    ):
        with slim.arg_scope(
            [slim.conv2d], padding="SAME", normalizer_fn=slim.batch_norm, normalizer_params={"is_training": is_training}
        ):
            n = slim.conv2d(x, 8, [3, 3], scope="conv1")
            n = slim.max_pool2d(n, [2, 2], scope="pool1")
            n = slim.repeat(n, 2, slim.conv2d, 8, [3, 3], scope="conv2")
        n = slim.flatten(n)
        n = slim.dropout(n, 0.5, is_training=is_training, scope="drop")
        n = slim.fully_connected(n, 10, activation_fn=None, scope="fc")
    return n


x = tf.placeholder(tf.float32, [None, 8, 8, 1])
y = tf.placeholder(tf.int64, [None])
logits = net(x, True)
loss = tf.losses.sparse_softmax_cross_entropy(labels=y, logits=logits)
total = tf.losses.get_total_loss()
train = tf.contrib.layers.optimize_loss(total, tf.train.get_or_create_global_step(), 0.01, "Adam")
print([v.name for v in slim.get_model_variables()])
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    for i in range(10):
        l = s.run(train, {x: np.random.rand(16, 8, 8, 1), y: np.random.randint(0, 10, 16)})
    print(l)
print(len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)), len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)))
