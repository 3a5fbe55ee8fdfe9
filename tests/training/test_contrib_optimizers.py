"""`tf.contrib.opt`: variables after four steps, as TensorFlow 1.15 has them (recorded there)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sessile.ops.library.contrib.opt import signs

import sessile as tf

opt = tf.contrib.opt
RECORDED = {  # a reference variable of three rows, a resource of two numbers
    "addsign": ([[1.0, -0.2288], [1.2592, 0.9352], [1.9224, 1.9224]], [0.3624, -0.2275]),
    "addsign_decay": ([[1.0, -0.4578], [1.4021, 0.8995], [1.9356, 1.9356]], [0.3797, -0.2311]),
    "addsign_sp": ([[0.4096, -0.8192], [3.0, 0.5], [0.8192, 0.8192]], [0.7952, 0.488]),
    "powersign": ([[1.0, 0.1566], [1.0867, 0.9783], [1.8956, 1.8956]], [0.3318, -0.2205]),
    "powersign_sp": ([[0.4096, -0.8192], [3.0, 0.5], [0.8192, 0.8192]], [0.7952, 0.488]),
    "cos": ([[1.0, 0.0122], [1.1386, 0.9653], [1.9066, 1.9066]], [0.3431, -0.2234]),
    "rest": ([[1.0, -0.4713], [1.4074, 0.8982], [1.9365, 1.9365]], [0.3805, -0.2314]),
    "lars": ([[1.0, -1.9874], [2.9833, 0.5042], [1.9996, 1.9996]], [0.4975, -0.2497]),
    "lars_nest": ([[0.9976, -0.537], [1.3364, 0.9133], [1.9386, 1.9386]], [-0.2886, -0.0814]),
    "mao": ([[1.0, -0.9683], [1.8192, 0.7952], [1.9606, 1.9606]], [0.4185, -0.2382]),
    "mao_n": ([[1.0, 0.3196], [0.3828, 1.1543], [1.9109, 1.9109]], [0.3149, -0.2232]),
    "regada": ([[1.0, -1.2093], [2.2341, 0.9807], [1.5357, 1.5357]], [0.1808, -0.1366]),
    "clip": ([[0.6037, -0.2945], [0.7547, 0.4904], [0.6364, 0.6364]], [0.4185, -0.2382]),
    "clip_sp": ([[0.3912, -0.7824], [3.0, 0.5], [0.6186, 0.6186]], [0.672, 0.1799]),
    "adamgs": ([[1.0, -1.8002], [2.8003, 0.698], [1.8008, 1.8008]], [0.3089, -0.075]),
    "lazygs": ([[0.8008, -1.8003], [3.0, 0.5], [1.8003, 1.8003]], [0.698, -0.0506]),
    "multi": ([[1.0, 0.3196], [0.3828, 1.1543], [1.9109, 1.9109]], [0.3149, -0.2232]),
}
SPARSE = ("addsign_sp", "powersign_sp", "clip_sp", "lazygs")


def _sgd() -> object:
    return tf.train.GradientDescentOptimizer(0.05)


def _momentum() -> object:
    return tf.train.MomentumOptimizer(0.05, 0.9)


MAKERS = {
    "addsign": lambda step, a, b: opt.AddSignOptimizer(0.05),
    "addsign_decay": lambda step, a, b: opt.AddSignOptimizer(
        0.05, alpha=0.8, beta=0.7, sign_decay_fn=signs.get_linear_decay_fn(10)
    ),
    "addsign_sp": lambda step, a, b: opt.AddSignOptimizer(0.05),
    "powersign": lambda step, a, b: opt.PowerSignOptimizer(0.05),
    "powersign_sp": lambda step, a, b: opt.PowerSignOptimizer(0.05, base=2.0),
    "cos": lambda step, a, b: opt.PowerSignOptimizer(0.05, sign_decay_fn=signs.get_cosine_decay_fn(8)),
    "rest": lambda step, a, b: opt.AddSignOptimizer(0.05, sign_decay_fn=signs.get_restart_decay_fn(8, num_periods=2)),
    "lars": lambda step, a, b: opt.LARSOptimizer(0.5),
    "lars_nest": lambda step, a, b: opt.LARSOptimizer(
        0.5, momentum=0.8, weight_decay=0.01, eeta=0.1, epsilon=1e-3, skip_list=["b"], use_nesterov=True
    ),
    "mao": lambda step, a, b: opt.MovingAverageOptimizer(_sgd(), average_decay=0.5),
    "mao_n": lambda step, a, b: opt.MovingAverageOptimizer(
        _momentum(), average_decay=0.9, num_updates=step, sequential_update=False
    ),
    "regada": lambda step, a, b: opt.RegAdagradOptimizer(0.3),
    "clip": lambda step, a, b: opt.VariableClippingOptimizer(_sgd(), {a: [1], b: [0]}, 0.9),
    "clip_sp": lambda step, a, b: opt.VariableClippingOptimizer(_sgd(), {a: [1]}, 1.2),
    "adamgs": lambda step, a, b: opt.AdamGSOptimizer(step, 0.05),
    "lazygs": lambda step, a, b: opt.LazyAdamGSOptimizer(step, 0.05),
    "multi": lambda step, a, b: opt.MultitaskOptimizerWrapper(_momentum()),
}


@pytest.mark.parametrize("name", RECORDED)
def test_values_after_four_steps(name: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        a = tf.Variable(np.array([[1.0, -2.0], [3.0, 0.5], [2.0, 2.0]], np.float32), name="a")
        b = tf.get_variable("b", initializer=np.array([0.5, -0.25], np.float32), use_resource=True)
        step = tf.train.get_or_create_global_step()
        if name in SPARSE:
            loss = tf.reduce_sum(tf.square(tf.gather(a, [0, 2]))) + tf.reduce_sum(tf.square(b - 1))
        else:
            loss = tf.reduce_sum(tf.square(a - 1) * [[1.0], [2.0], [0.1]]) + tf.reduce_sum(tf.pow(b, 4))
        train = MAKERS[name](step, a, b).minimize(loss, global_step=step)
        session.run(tf.global_variables_initializer())
        for _ in range(4):
            session.run(train)
        for got, wanted in zip(session.run([a, b]), RECORDED[name]):
            np.testing.assert_allclose(got, wanted, atol=1.01e-4)


def test_a_saver_that_swaps_averages_and_variables(tmp_path: Path) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable([1.0, 2.0], name="v")
        optimizer = opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.1), average_decay=0.5)
        with pytest.raises(RuntimeError, match="before creating the swapping_saver"):
            optimizer.swapping_saver()
        train = optimizer.minimize(tf.reduce_sum(v * v))
        saver = optimizer.swapping_saver()
        session.run(tf.global_variables_initializer())
        for _ in range(2):
            session.run(train)
        path = saver.save(session, str(tmp_path / "model"))
        reader = tf.train.NewCheckpointReader(path)
        np.testing.assert_allclose(reader.get_tensor("v"), [0.77, 1.54], rtol=1e-5)
        np.testing.assert_allclose(reader.get_tensor("v/ExponentialMovingAverage"), [0.64, 1.28], rtol=1e-5)
        saver.restore(session, path)
        np.testing.assert_allclose(session.run(v), [0.64, 1.28], rtol=1e-5)


def test_gradients_of_zeros_leave_momentum_alone_and_norms_are_told() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        v, on = tf.Variable([1.0]), tf.placeholder(tf.float32, [])
        train = opt.MultitaskOptimizerWrapper(tf.train.MomentumOptimizer(1.0, 0.5)).minimize(v[0] * on)
        session.run(tf.global_variables_initializer())
        session.run(train, {on: 1.0})
        assert session.run(v) == [0.0]
        session.run(train, {on: 0.0})
        assert session.run(v) == [0.0]  # momentum alone would have moved it
        pairs, norm = opt.clip_gradients_by_global_norm([(tf.constant([3.0, 4.0]), v), (None, v)], clip_norm=1.0)
        assert pairs[1][0] is None and session.run(norm) == 5
        np.testing.assert_allclose(session.run(pairs[0][0]), [0.6, 0.8], rtol=1e-6)


def test_gradients_that_are_not_gathered() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable([1.0])
        optimizer = opt.RegAdagradOptimizer(1.0)
        with optimizer.avoid_updating_slots():
            train = optimizer.apply_gradients([(tf.constant([1.0]), v)])
        session.run(tf.global_variables_initializer())
        session.run(train)
        np.testing.assert_allclose(session.run(optimizer.get_slot(v, "accumulator")), [0.1], rtol=1e-6)
