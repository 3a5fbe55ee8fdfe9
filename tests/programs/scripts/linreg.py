"""Linear regression, as a first tutorial has it."""

import numpy as np
import tensorflow as tf

rng = np.random
X_data = rng.rand(100).astype(np.float32)
Y_data = 3 * X_data + 2
X = tf.placeholder("float")
Y = tf.placeholder("float")
W = tf.Variable(rng.randn(), name="weight")
b = tf.Variable(rng.randn(), name="bias")
pred = tf.add(tf.multiply(X, W), b)
cost = tf.reduce_sum(tf.pow(pred - Y, 2)) / (2 * 100)
optimizer = tf.train.GradientDescentOptimizer(0.5).minimize(cost)
init = tf.global_variables_initializer()
with tf.Session() as sess:
    sess.run(init)
    for e in range(300):
        sess.run(optimizer, feed_dict={X: X_data, Y: Y_data})
    print(sess.run([W, b, cost], {X: X_data, Y: Y_data}))
