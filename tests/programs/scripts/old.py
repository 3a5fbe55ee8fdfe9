"""A program of TensorFlow 0.x."""

import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 4])
y = tf.placeholder(tf.float32, [None, 2])
W = tf.Variable(tf.zeros([4, 2]))
logits = tf.matmul(x, W)
a, b = tf.split(1, 2, x)
c = tf.concat(1, [a, b])
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits, y))
s1 = tf.reduce_sum(x, reduction_indices=[1])
tf.scalar_summary("loss", loss)
tf.histogram_summary("W", W)
merged = tf.merge_all_summaries()
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
m = tf.mul(tf.sub(c, 1.0), tf.neg(c))
p = tf.pack([a, b])
sess = tf.Session()
writer = tf.train.SummaryWriter("log", sess.graph)
sess.run(tf.initialize_all_variables())
r = sess.run([train, merged, s1, m, p], {x: np.ones([3, 4]), y: np.eye(2)[[0, 1, 0]]})
writer.add_summary(r[1], 0)
print(r[2], r[3].shape, r[4].shape, [v.name for v in tf.all_variables()])
