"""Q-learning: two networks with layers of contrib, gradients clipped one by one, weights copied."""

import numpy as np
import tensorflow as tf
import tensorflow.contrib.layers as layers


def model(inpt, num_actions, scope, reuse=False):
    with tf.variable_scope(scope, reuse=reuse):
        out = layers.fully_connected(inpt, num_outputs=16, activation_fn=tf.nn.tanh)
        out = layers.layer_norm(out, center=True, scale=True)
        return layers.fully_connected(out, num_outputs=num_actions, activation_fn=None)


obs = tf.placeholder(tf.float32, [None, 4])
act = tf.placeholder(tf.int32, [None])
rew = tf.placeholder(tf.float32, [None])
obs2 = tf.placeholder(tf.float32, [None, 4])
q = model(obs, 2, "q")
q2 = model(obs2, 2, "target")
qs = tf.reduce_sum(q * tf.one_hot(act, 2), 1)
td = qs - tf.stop_gradient(rew + 0.9 * tf.reduce_max(q2, 1))
loss = tf.reduce_mean(tf.where(tf.abs(td) < 1.0, tf.square(td) * 0.5, tf.abs(td) - 0.5))
opt = tf.train.AdamOptimizer(1e-3)
grads = opt.compute_gradients(loss, var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="q"))
for i, (g, v) in enumerate(grads):
    if g is not None:
        grads[i] = (tf.clip_by_norm(g, 10), v)
train = opt.apply_gradients(grads)
update = tf.group(
    *[
        t.assign(v)
        for v, t in zip(
            sorted(tf.trainable_variables("q/"), key=lambda v: v.name),
            sorted(tf.trainable_variables("target/"), key=lambda v: v.name),
        )
    ]
)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    s.run(update)
    for i in range(10):
        _, l = s.run(
            [train, loss],
            {obs: np.random.rand(8, 4), obs2: np.random.rand(8, 4), act: np.random.randint(0, 2, 8), rew: np.ones(8)},
        )
    print(l)
