"""The sample of the documentation of `partial_run`: one step in two calls, the second fed with a result."""

import sessile as tf

a = tf.compat.v1.placeholder(tf.float32, shape=[])
b = tf.compat.v1.placeholder(tf.float32, shape=[])
c = tf.compat.v1.placeholder(tf.float32, shape=[])
r1 = tf.add(a, b)
r2 = tf.multiply(r1, c)

sess = tf.compat.v1.Session()
h = sess.partial_run_setup([r1, r2], [a, b, c])
res = sess.partial_run(h, r1, feed_dict={a: 1, b: 2})
print(res)
res = sess.partial_run(h, r2, feed_dict={c: res})
print(res)
assert res == 9
sess.close()
