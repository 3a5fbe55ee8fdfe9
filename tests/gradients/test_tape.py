"""GradientTape in a graph: values, what is recorded, errors; as TensorFlow 1.15 gives them unless it is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


def run(fetches: Any) -> Any:
    """Run in a new session, variables initialized."""
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return sess.run(fetches)


def names(kind: str | None = None) -> list[str]:
    """The names of the graph's operations, constants left out."""
    ops = tf.get_default_graph().get_operations()
    return [op.name for op in ops if op.type != "Const" and kind in (None, op.type)]


def test_what_is_watched_and_recorded_counts() -> None:
    """What was made before the block is a constant, and so is what is watched too late."""
    x = tf.constant(3.0)
    y = x * x
    with tf.GradientTape(persistent=True) as tape:
        unseen = x * 5.0
        tape.watch(x)
        z = y * x + unseen
    assert run(tape.gradient(z, x)) == 9.0
    assert tape.gradient(z, y) is None
    assert tape.gradient(unseen, x) is None
    assert names()[:4] == ["mul", "mul_1", "mul_2", "add"]


def test_names_are_those_of_the_tape_of_tensorflow() -> None:
    """No name scope; first come, first served; one product where the other factor does not count."""
    x, w = tf.constant([[1.0, 2.0]]), tf.constant([[1.0], [2.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.matmul(x, x, transpose_b=True)
        z = tf.nn.relu(y) + tf.sigmoid(y) * tf.tanh(y) + tf.matmul(x, w) * 2.0
    (found,) = tape.gradient(z, [x])
    made = names()
    assert made[made.index("Mul_2") :] == [
        *("Mul_2", "ReluGrad", "Mul_3", "Mul_4", "MatMul_2", "SigmoidGrad", "TanhGrad", "AddN"),
        *("MatMul_3", "MatMul_4", "AddN_1"),
    ]
    assert found.name == "AddN_1:0"


@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize("transpose_b", [False, True])
@pytest.mark.parametrize("first", [False, True])
def test_products_with_one_factor_that_counts(transpose_a: bool, transpose_b: bool, first: bool) -> None:
    """One product is made, with the value of `tf.gradients`."""
    x, c = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([[1.0, 2.0], [3.0, 5.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.matmul(*((x, c) if first else (c, x)), transpose_a=transpose_a, transpose_b=transpose_b) * c
    found = tape.gradient(y, x)
    assert names("MatMul") == ["MatMul", "MatMul_1"]
    np.testing.assert_array_equal(*run([found, tf.gradients(y, x)[0]]))


def test_tapes_inside_of_tapes() -> None:
    """The derivative of a derivative; a persistent tape asked in its block records what it makes."""
    x = tf.constant(3.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = x * x * x
        first = inner.gradient(y, x)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        slope = tape.gradient(x * x * x, x)
    assert run([first, outer.gradient(first, x), tape.gradient(slope, x)]) == [27.0, 18.0, 18.0]


def test_variables_that_are_read_are_watched() -> None:
    """Trainable resource variables, by themselves; rows that are gathered make IndexedSlices."""
    v = tf.get_variable("v", initializer=[[1.0, 2.0], [3.0, 4.0]], use_resource=True)
    w = tf.get_variable("w", initializer=[2.0, 2.0], use_resource=True, trainable=False)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(v * w)
        rows = tf.reduce_sum(tf.gather(v, [0, 0]))
    assert tape.gradient(y, w) is None
    assert tape.watched_variables() == (v,)
    slices = tape.gradient(rows, v)
    assert isinstance(slices, tf.IndexedSlices)
    assert run(tape.gradient(y, v)).tolist() == [[2.0, 2.0], [2.0, 2.0]]
    with tf.GradientTape(watch_accessed_variables=False) as blind:
        y = v * 2.0
    assert blind.gradient(y, v) is None
    assert blind.watched_variables() == ()


def test_keras_models_learn_by_a_tape() -> None:
    """The loop of a program written for both versions."""
    tf.set_random_seed(1)
    model = tf.keras.Sequential(
        [tf.keras.layers.Dense(4, activation="tanh", input_shape=(3,)), tf.keras.layers.Dense(1)]
    )
    x = tf.constant(np.arange(12.0).reshape(4, 3) / 12, tf.float32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - 1.0))
    gradients = tape.gradient(loss, model.trainable_variables)
    step = tf.train.GradientDescentOptimizer(0.1).apply_gradients(zip(gradients, model.trainable_variables))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        before = sess.run(loss)
        for _ in range(20):
            sess.run(step)
        assert sess.run(loss) < before / 4


def test_functions_with_a_tape_inside_and_around() -> None:
    """What a function captures is watched through its parameter; loops and branches inside are differentiated."""
    v = tf.get_variable("v", initializer=[1.0, 2.0], use_resource=True)

    @tf.function
    def product(x: Any) -> Any:
        return v * x

    @tf.function
    def inside(x: Any) -> Any:
        with tf.GradientTape() as tape:
            y = v * x
        return tape.gradient(y, v)

    @tf.function
    def power(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.cond(x > 1.0, lambda: x * x, lambda: x)
            y = tf.while_loop(lambda i, _: i < 3, lambda i, a: (i + 1, a * x), [0, y])[1]
        return tape.gradient(y, x)

    product(tf.constant([1.0, 1.0]))
    with tf.GradientTape() as tape:
        y = product(tf.constant([3.0, 4.0])) * 2.0
    assert y.shape.as_list() == [2]
    assert run(tape.gradient(y, v)).tolist() == [6.0, 8.0]
    assert run(inside(tf.constant([3.0, 4.0]))).tolist() == [3.0, 4.0]
    assert run(power(tf.constant(2.0))) == 80.0


def test_loops_and_branches() -> None:
    """TensorFlow 1.15's tape refuses them outside of functions; here they have the gradients of `tf.gradients`."""
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        chosen = tf.cond(x > 1.0, lambda: x * x, lambda: x)
        power = tf.while_loop(lambda i, _: i < 3, lambda i, a: (i + 1, a * x), [0, x])[1]
        fixed = tf.while_loop(lambda i, _: i < 3, lambda i, a: (i + 1, a * x), [0, tf.constant(1.0)])[1]
    assert run([tape.gradient(each, x) for each in (chosen, power, fixed)]) == [4.0, 32.0, 12.0]


def test_a_tape_inside_of_a_loop() -> None:
    """Its gradient belongs to the body."""

    def slope(a: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(a)
            y = a * a
        return tape.gradient(y, a)

    assert run(tf.while_loop(lambda i, _: i < 3, lambda i, a: (i + 1, slope(a)), [0, tf.constant(2.0)])[1]) == 16.0


def test_recording_stops_and_is_forgotten() -> None:
    """`stop_recording` leaves out what its block makes, `reset` what came before."""
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        with tape.stop_recording():
            z = y * x
        last = z * x
    with tf.GradientTape() as again:
        again.watch(x)
        y = x * x
        again.reset()
        again.watch(x)
        product = x * y
    assert [found.tolist() for found in run([tape.gradient(last, x), again.gradient(product, x)])] == [
        [1.0, 8.0],
        [1.0, 4.0],
    ]


def test_what_is_asked_besides() -> None:
    """Structures, gradients of the targets, sources without a way, custom gradients."""
    x, w = tf.constant([1.0, 2.0]), tf.constant([1.0, 5.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, w])
        y, z = x * x, x * 2.0
        clipped = tf.custom_gradient(lambda a: (a * a, lambda dy: dy * 100.0))(x)
    assert tape.gradient({"y": y, "z": [z]}, {"x": x})["x"].shape.as_list() == [2]
    found = [
        tape.gradient([y, z], x),
        tape.gradient(y, x, output_gradients=[tf.constant([3.0, 4.0])]),
        *tape.gradient(y, [w, x], unconnected_gradients="zero"),
        tape.gradient(clipped, x),
    ]
    values = [each.tolist() for each in run(found)]
    assert values == [[4.0, 6.0], [6.0, 16.0], [0.0, 0.0], [2.0, 4.0], [100.0, 100.0]]


def test_jacobians() -> None:
    """Of few elements, of many (in a loop), of unknown shape, of each row alone, and their own gradients."""
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    wide = tf.constant(np.arange(40.0), tf.float32)
    open_ = tf.placeholder_with_default([1.0, 2.0, 3.0], [None])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, wide, open_])
        with tf.GradientTape(persistent=True) as inner:
            inner.watch([x, wide, open_])
            square, many, cube = tf.matmul(x, x), wide * wide, open_ * open_ * open_
        rows = inner.batch_jacobian(square, x)
        loss = tf.reduce_sum(rows * rows)
    assert inner.jacobian(many, x) is None
    found = [rows, inner.jacobian(many, wide), inner.jacobian(cube, open_), tape.gradient(loss, x)]
    found.append(inner.jacobian(square, [x])[0])
    values = run(found)
    one = np.zeros((2, 2, 2, 2), np.float32)
    a = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    for i in range(2):
        for j in range(2):
            one[i, j, i, :] += a[:, j]
            one[i, j, :, j] += a[i, :]
    np.testing.assert_array_equal(values[4], one)
    np.testing.assert_array_equal(values[0], one.sum(0).transpose(1, 0, 2))  # rows depend on others here
    np.testing.assert_array_equal(values[1], np.diag(2 * np.arange(40.0)))
    np.testing.assert_array_equal(values[2], np.diag([3.0, 12.0, 27.0]))
    assert values[3].tolist() == [[50.0, 42.0], [38.0, 70.0]]


def test_errors() -> None:
    """Their classes and texts; where TensorFlow 1.15 fails by accident the text is our own."""
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        with pytest.raises(ValueError, match="Tape is already recording"), tape:
            pass
        with pytest.raises(ValueError, match="Passed in object of type <class 'float'>, not tf.Tensor"):
            tape.watch(3.0)
        with pytest.raises(AttributeError, match="use_resource=True"):
            tape.watch(tf.Variable(1.0))
    with pytest.raises(ValueError, match="Tape is not recording"), tape.stop_recording():
        pass
    with pytest.raises(ValueError, match="Unknown value for unconnected_gradients: 'nothing'"):
        tape.gradient(y, x, unconnected_gradients="nothing")
    with pytest.raises(ValueError, match="Need first dimension of target shape"):
        tape.batch_jacobian(tf.ones([3, 1]), tf.ones([2, 1]))
    tape.gradient(y, x)
    for ask in (tape.gradient, tape.jacobian):
        with pytest.raises(RuntimeError, match="can only be called once on non-persistent tapes"):
            ask(y, x)
    with pytest.raises(ValueError, match="enter it first"):
        tf.GradientTape().watch(x)


def test_integers_have_no_gradient(caplog: Any) -> None:
    """A warning names the type."""
    x = tf.constant([1, 2])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert "must be floating" in caplog.text
    assert tape.gradient(y, x) is None
