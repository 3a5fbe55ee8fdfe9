"""The samples of the documentation of `tf.Session`: run this file, every assertion holds."""

import collections
import threading

import numpy as np

import sessile as tf

# Build a graph.
a = tf.constant(5.0)
b = tf.constant(6.0)
c = a * b

# Launch the graph in a session.
sess = tf.compat.v1.Session()

# Evaluate the tensor `c`.
print(sess.run(c))
sess.close()

# Using the context manager.
with tf.compat.v1.Session() as sess:
    assert sess.run(c) == 30.0

# A session that allows soft device placement and logs the placement decisions.
sess = tf.compat.v1.Session(config=tf.compat.v1.ConfigProto(allow_soft_placement=True, log_device_placement=True))
sess.run(c)
for device in sess.list_devices():
    print(device.name, device.device_type)
sess.close()

# The default session.
sess = tf.compat.v1.Session()
with sess.as_default():
    assert tf.compat.v1.get_default_session() is sess
    print(c.eval())


# It is a property of the thread: another one enters it by itself.
def work() -> None:
    assert tf.compat.v1.get_default_session() is None
    with sess.as_default():
        print(c.eval())


thread = threading.Thread(target=work)
thread.start()
thread.join()

# The default graph and the default session are independent.
other = tf.Graph()
with other.as_default():
    d = tf.constant("in another graph")
with tf.compat.v1.Session(graph=other).as_default() as session_of_other:
    assert tf.compat.v1.get_default_graph() is not other
    with session_of_other.graph.as_default():
        assert tf.compat.v1.get_default_graph() is other
        print(d.eval())
session_of_other.close()

# Fetches may be nested.
a = tf.constant([10, 20])
b = tf.constant([1.0, 2.0])
MyData = collections.namedtuple("MyData", ["a", "b"])
v = sess.run({"k1": MyData(a, b), "k2": [b, a]})
print(v["k1"].a, v["k2"])

# Feeds replace values; a callable is the quick way to run one step many times.
x = tf.compat.v1.placeholder(tf.float32, [None, 3], name="x")
y = tf.reduce_sum(tf.exp(x) / 2.0, axis=1)
step = sess.make_callable(y, [x])
batch = np.zeros((4, 3), np.float32)
np.testing.assert_array_equal(step(batch), sess.run(y, feed_dict={x: batch}))
print(step(batch))
sess.close()
