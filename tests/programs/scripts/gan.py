"""Two networks against each other."""

import numpy as np
import tensorflow as tf


def xavier_init(size):
    return tf.random_normal(shape=size, stddev=1.0 / tf.sqrt(size[0] / 2.0))


X = tf.placeholder(tf.float32, shape=[None, 20])
Z = tf.placeholder(tf.float32, shape=[None, 5])
D_W1 = tf.Variable(xavier_init([20, 16]))
D_b1 = tf.Variable(tf.zeros(shape=[16]))
D_W2 = tf.Variable(xavier_init([16, 1]))
D_b2 = tf.Variable(tf.zeros(shape=[1]))
theta_D = [D_W1, D_W2, D_b1, D_b2]
G_W1 = tf.Variable(xavier_init([5, 16]))
G_b1 = tf.Variable(tf.zeros(shape=[16]))
G_W2 = tf.Variable(xavier_init([16, 20]))
G_b2 = tf.Variable(tf.zeros(shape=[20]))
theta_G = [G_W1, G_W2, G_b1, G_b2]


def generator(z):
    return tf.nn.sigmoid(tf.matmul(tf.nn.relu(tf.matmul(z, G_W1) + G_b1), G_W2) + G_b2)


def discriminator(x):
    l = tf.matmul(tf.nn.relu(tf.matmul(x, D_W1) + D_b1), D_W2) + D_b2
    return tf.nn.sigmoid(l), l


G = generator(Z)
D_real, lr = discriminator(X)
D_fake, lf = discriminator(G)
D_loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=lr, labels=tf.ones_like(lr))) + tf.reduce_mean(
    tf.nn.sigmoid_cross_entropy_with_logits(logits=lf, labels=tf.zeros_like(lf))
)
G_loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=lf, labels=tf.ones_like(lf)))
D_solver = tf.train.AdamOptimizer().minimize(D_loss, var_list=theta_D)
G_solver = tf.train.AdamOptimizer().minimize(G_loss, var_list=theta_G)
sess = tf.Session()
sess.run(tf.global_variables_initializer())
for it in range(50):
    _, d = sess.run([D_solver, D_loss], feed_dict={X: np.random.rand(16, 20), Z: np.random.uniform(-1, 1, [16, 5])})
    _, g = sess.run([G_solver, G_loss], feed_dict={Z: np.random.uniform(-1, 1, [16, 5])})
print(d, g)
