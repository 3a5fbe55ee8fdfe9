"""The sample of TensorFlow 0.x's documentation of handles: a tensor stays in the session between two calls of `run`."""

import sessile as tf

sess = tf.Session()
a = tf.constant([1.0, 2.0])
b = tf.constant([3.0, 4.0])

c = tf.mul(a, b)
h = tf.get_session_handle(c)
h = sess.run(h)

p, a = tf.get_session_tensor(tf.float32)
b = tf.mul(a, 10)
c = sess.run(b, feed_dict={p: h.handle})
print(c)
assert c.tolist() == [30.0, 80.0]

# Deleting what a handle names, in the form of 0.x.
p, deleter = tf.delete_session_tensor()
sess.run(deleter, feed_dict={p: h.handle})
sess.close()
