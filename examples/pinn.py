"""A network that is the solution of a differential equation: heat in a rod, by SciPy's L-BFGS.

The equation u_t = 0.1 u_xx with u = 0 at both ends and u = sin(pi x) at first has the solution
exp(-0.1 pi^2 t) sin(pi x). The loss is what the network misses the equation by, with derivatives of the network from
`tf.gradients`, two deep; its own gradient is a third.
"""

from __future__ import annotations

import numpy as np

import sessile as tf

ITERATIONS = 200
REACHES = 2e-4  # the loss
ERROR = 0.02  # the largest error of the solution


def network(x, t):
    """u(x, t): three layers of tanh."""
    y = tf.concat([x, t], axis=1)
    for number, width in enumerate((20, 20, 20, 1)):
        with tf.variable_scope(f"layer{number}", reuse=tf.AUTO_REUSE):
            kernel = tf.get_variable(
                "kernel", [y.shape[1], width], tf.float64, tf.glorot_normal_initializer(number, dtype=tf.float64)
            )
            bias = tf.get_variable("bias", [width], tf.float64, tf.zeros_initializer(dtype=tf.float64))
        y = tf.matmul(y, kernel) + bias
        y = y if width == 1 else tf.tanh(y)
    return y


def equation_loss(x, t):
    """How far the network is from u_t = 0.1 u_xx, squared."""
    u = network(x, t)
    u_t, u_x = tf.gradients(u, [t, x])
    (u_xx,) = tf.gradients(u_x, [x])
    return tf.reduce_mean(tf.square(u_t - 0.1 * u_xx))


def column(values) -> tf.Tensor:
    """A constant of one column."""
    return tf.constant(np.reshape(values, (-1, 1)))


def train() -> list[float]:
    """Return the loss of each evaluation by SciPy."""
    tf.set_random_seed(5)
    random = np.random.RandomState(1)
    inside = equation_loss(column(random.rand(400)), column(random.rand(400)))
    start = random.rand(50)
    at_start = network(column(start), column(np.zeros(50)))
    at_ends = network(column(np.arange(50) % 2.0), column(random.rand(50)))
    loss = inside + tf.reduce_mean(tf.square(at_start - column(np.sin(np.pi * start)))) + tf.reduce_mean(at_ends**2)
    optimizer = tf.contrib.opt.ScipyOptimizerInterface(
        loss, method="L-BFGS-B", options={"maxiter": ITERATIONS, "maxfun": 2 * ITERATIONS}
    )
    x, t = (axis.reshape(-1) for axis in np.meshgrid(np.linspace(0, 1, 21), np.linspace(0, 1, 21)))
    solution = network(column(x), column(t))
    losses: list[float] = []
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        optimizer.minimize(sess, fetches=[loss], loss_callback=lambda value: losses.append(float(value)))
        exact = np.exp(-0.1 * np.pi**2 * t) * np.sin(np.pi * x)
        errors.append(float(np.abs(sess.run(solution)[:, 0] - exact).max()))
    print(f"the largest error of the solution is {errors[-1]:.4f}")
    return losses


errors: list[float] = []

if __name__ == "__main__":
    curve = train()
    print(f"loss {curve[-1]:.2e}")
    assert curve[-1] < REACHES and errors[-1] < ERROR
