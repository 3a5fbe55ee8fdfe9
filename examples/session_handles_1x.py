"""The sample of TensorFlow 1.x's documentation of handles, and a loop that keeps its state in the session."""

import sessile as tf

sess = tf.compat.v1.Session()
a = tf.constant([1.0, 2.0])
b = tf.constant([3.0, 4.0])

c = tf.multiply(a, b)
h = tf.compat.v1.get_session_handle(c)
h = sess.run(h)

p, a = tf.compat.v1.get_session_tensor(h.handle, tf.float32)
b = tf.multiply(a, 10)
c = sess.run(b, feed_dict={p: h.handle})
print(c)
assert c.tolist() == [30.0, 80.0]

# A reader needs no handle yet (None), and a handle may be fed as it is.
p, state = tf.compat.v1.get_session_tensor(None, tf.float32)
advance = sess.make_callable(tf.compat.v1.get_session_handle(state * 0.5 + 1.0), [p])
for _ in range(100):
    h = advance(h)  # the array of the handle before is freed here
print(h.eval())
assert abs(h.eval() - 2.0).max() < 1e-6
h.delete()
sess.close()
