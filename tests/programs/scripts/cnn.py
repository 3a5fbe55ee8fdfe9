"""A convolutional network on MNIST, with flags, summaries and a checkpoint."""

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

flags = tf.app.flags
flags.DEFINE_string("data_dir", "data", "Directory")
flags.DEFINE_integer("steps", 30, "steps")
flags.DEFINE_float("lr", 1e-3, "rate")
FLAGS = flags.FLAGS


def weight_variable(shape):
    return tf.Variable(tf.truncated_normal(shape, stddev=0.1))


def bias_variable(shape):
    return tf.Variable(tf.constant(0.1, shape=shape))


def conv2d(x, W):
    return tf.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding="SAME")


def max_pool_2x2(x):
    return tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")


def main(_):
    mnist = input_data.read_data_sets(FLAGS.data_dir, one_hot=True, validation_size=100)
    x = tf.placeholder(tf.float32, [None, 784])
    y_ = tf.placeholder(tf.float32, [None, 10])
    with tf.name_scope("reshape"):
        x_image = tf.reshape(x, [-1, 28, 28, 1])
    with tf.name_scope("conv1"):
        h = tf.nn.relu(conv2d(x_image, weight_variable([5, 5, 1, 8])) + bias_variable([8]))
    h = max_pool_2x2(h)
    h = max_pool_2x2(tf.nn.relu(conv2d(h, weight_variable([5, 5, 8, 16])) + bias_variable([16])))
    h = tf.nn.relu(tf.matmul(tf.reshape(h, [-1, 7 * 7 * 16]), weight_variable([7 * 7 * 16, 64])) + bias_variable([64]))
    keep_prob = tf.placeholder(tf.float32)
    y_conv = tf.matmul(tf.nn.dropout(h, keep_prob), weight_variable([64, 10])) + bias_variable([10])
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y_, logits=y_conv))
    train_step = tf.train.AdamOptimizer(FLAGS.lr).minimize(loss)
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(y_conv, 1), tf.argmax(y_, 1)), tf.float32))
    saver = tf.train.Saver()
    tf.summary.scalar("loss", loss)
    merged = tf.summary.merge_all()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        writer = tf.summary.FileWriter("log", sess.graph)
        for i in range(FLAGS.steps):
            bx, by = mnist.train.next_batch(50)
            _, s = sess.run([train_step, merged], feed_dict={x: bx, y_: by, keep_prob: 0.5})
            writer.add_summary(s, i)
        print(saver.save(sess, "model.ckpt"))
        print(
            "test accuracy %g" % accuracy.eval(feed_dict={x: mnist.test.images, y_: mnist.test.labels, keep_prob: 1.0})
        )


if __name__ == "__main__":
    tf.app.run()
