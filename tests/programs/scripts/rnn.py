"""A recurrent classifier: BasicLSTMCell of contrib, unrolled."""

import numpy as np
import tensorflow as tf
from tensorflow.contrib import rnn

x = tf.placeholder("float", [None, 7, 4])
y = tf.placeholder("float", [None, 3])
xs = tf.unstack(x, 7, 1)
cell = rnn.BasicLSTMCell(8, forget_bias=1.0)
outputs, states = rnn.static_rnn(cell, xs, dtype=tf.float32)
logits = tf.matmul(outputs[-1], tf.Variable(tf.random_normal([8, 3])))
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=y))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    for i in range(10):
        _, l = s.run([train, loss], {x: np.random.rand(5, 7, 4), y: np.eye(3)[np.random.randint(0, 3, 5)]})
    print(l)
