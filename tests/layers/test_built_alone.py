"""`build` called by itself, as programs do that change a kernel before the first call."""

import pytest

import sessile as tf

KERAS = {
    "Dense": ((3,), 2),
    "Conv2D": ((3, 2), 4),
    "DepthwiseConv2D": ((2,), 4),
    "BatchNormalization": ((), 2),
    "PReLU": ((), 2),
    "LayerNormalization": ((), 2),
}


@pytest.mark.parametrize("name", KERAS)
def test_keras_layers_have_their_type(name):
    arguments, rank = KERAS[name]
    layer = getattr(tf.keras.layers, name)(*arguments)
    assert layer.dtype is None
    layer.build(tf.TensorShape([None] + [4] * (rank - 1)))
    assert layer.dtype == "float32"
    assert all(weight.dtype.base_dtype == tf.float32 for weight in layer.weights)
    layer.apply(tf.ones([2] + [4] * (rank - 1)))


def test_a_kernel_changed_before_the_first_call_is_used():
    layer = tf.keras.layers.Dense(2, kernel_initializer="ones")
    layer.build(tf.TensorShape([None, 3]))
    layer.kernel = layer.kernel * 2
    outputs = layer.apply(tf.ones([1, 3]))
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    assert session.run(outputs).tolist() == [[6.0, 6.0]]


def test_layers_have_their_scope():
    layer = tf.layers.Dense(2)
    layer.build([None, 3])
    assert [variable.name for variable in layer.variables] == ["dense/kernel:0", "dense/bias:0"]
    with tf.variable_scope("outer"):
        normal = tf.layers.BatchNormalization(name="norm")
        normal.build(tf.TensorShape([None, 3]))
    assert [variable.name for variable in normal.variables[:2]] == ["outer/norm/gamma:0", "outer/norm/beta:0"]
    layer(tf.ones([1, 3]))
    normal(tf.ones([1, 3]), training=True)
    assert layer.dtype == normal.dtype == "float32"
    assert len(tf.global_variables()) == 6


def test_a_given_type_stays():
    layer = tf.layers.Dense(2, dtype=tf.float64)
    layer.build([None, 3])
    assert layer.kernel.dtype.base_dtype == tf.float64
    assert layer(tf.ones([1, 3], tf.float64)).dtype == tf.float64
