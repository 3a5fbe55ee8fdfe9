"""Name scopes of variable scopes whose names have slashes, custom getters, names and losses of layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import sessile as tf


@pytest.fixture(autouse=True)
def _graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


NAMES = [  # outer, inner; the inner scope's name, its name scope, of a variable and of a constant: TensorFlow 1.15's
    ("", "a/b", "a/b", "a/b/", "a/b/v:0", "a/b/Const:0"),
    ("", "a/", "a/", "a/", "a//v:0", "a/Const:0"),
    ("o", "a/b", "o/a/b", "o/a/b/", "o/a/b/v:0", "o/a/b/Const:0"),
    ("o", "a/", "o/a/", "a/", "o/a//v:0", "a/Const:0"),
    ("o", "", "o/", "", "o//v:0", "o/Const:0"),
    ("o/p", "a", "o/p/a", "o/p/a/", "o/p/a/v:0", "o/p/a/Const:0"),
    ("o/", "a/b", "o//a/b", "o/a/b/", "o//a/b/v:0", "o/a/b/Const:0"),
]


@pytest.mark.parametrize(("outer", "inner", "name", "names", "variable", "constant"), NAMES)
def test_a_variable_scope_of_several_parts_has_all_of_them_in_the_names_of_operations(
    outer: str, inner: str, name: str, names: str, variable: str, constant: str
) -> None:
    def within() -> Any:
        with tf.variable_scope(inner) as scope:
            v = tf.get_variable("v", [], initializer=tf.zeros_initializer)
            return scope.name, scope.original_name_scope, v.name, tf.constant(1).name

    if outer:
        with tf.variable_scope(outer):
            found = within()
    else:
        found = within()
    assert found == (name, names, variable, constant)


def test_a_scope_without_a_name_scope_has_the_one_around() -> None:
    with tf.name_scope("n"), tf.variable_scope("x", auxiliary_name_scope=False) as scope:
        assert (scope.original_name_scope, tf.constant(1).name) == ("n/", "n/Const:0")
    with tf.variable_scope("q"), tf.variable_scope("", auxiliary_name_scope=False) as scope:
        assert (scope.name, scope.original_name_scope, tf.constant(1).name) == ("q/", "q/", "q/Const:0")


def test_a_custom_getter_is_called_with_all_arguments_by_name() -> None:
    seen: list[tuple[int, bool]] = []

    def getter(*args: Any, **kwargs: Any) -> Any:
        seen.append((len(args), {"getter", "name", "shape"} <= set(kwargs)))
        return kwargs.pop("getter")(**{**kwargs, "name": kwargs["name"] + "_renamed"})

    with tf.variable_scope("s", custom_getter=getter):
        assert tf.get_variable("v", [2]).name == "s/v_renamed:0"
    assert seen == [(0, True)]


def test_layers_without_a_name_are_counted_from_one() -> None:
    x = tf.placeholder(tf.float32, [2, 8])
    first, second = tf.layers.Dense(4), tf.layers.Dense(4)
    second(x), first(x)
    assert [first.name, second.name, second.scope_name, first.scope_name] == ["dense_1", "dense_2", "dense", "dense_1"]
    assert tf.layers.dense(x, 3).name == "dense_2/BiasAdd:0"
    assert tf.keras.layers.Dense(2).name == "dense_3"  # Keras's go on counting


def test_subclasses_add_to_the_lists_of_weights() -> None:
    class Twice(tf.layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = tf.layers.Dense(3)

        def call(self, inputs: Any) -> Any:
            result = self.inner(inputs)
            self._trainable_weights += [w for w in self.inner.trainable_weights if w not in self._trainable_weights]
            return result

    layer = Twice()
    layer(tf.ones([1, 2]))
    assert [v.name for v in layer.trainable_weights] == ["twice/dense/kernel:0", "twice/dense/bias:0"]
    assert layer.count_params() == 9
    layer.trainable = False
    assert layer.trainable_weights == [] and len(layer.non_trainable_weights) == 2


def _losses() -> list[str]:
    return [loss.name for loss in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)]


def _half_square(v: Any) -> Any:
    return tf.multiply(0.1, tf.nn.l2_loss(v), name="half")


def test_a_layers_losses_have_the_layers_names_for_its_variables() -> None:
    """Not those that a custom getter gives, and within the name scope in force."""

    def renaming(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        return getter(name.replace("kernel", "weights"), *args, **kwargs)

    x = tf.placeholder(tf.float32, [2, 8])
    with tf.name_scope("n"):
        tf.layers.dense(x, 4, kernel_regularizer=_half_square)
    with tf.variable_scope("fc", custom_getter=renaming) as scope:
        layer = tf.layers.Dense(4, kernel_regularizer=_half_square, _scope=scope)
        layer.apply(x)
    assert layer.kernel.name == "fc/weights:0"
    assert _losses() == ["n/dense/kernel/Regularizer/half:0", "fc/kernel/Regularizer/half:0"]
    assert [loss.name for loss in layer.losses] == ["fc/kernel/Regularizer/half:0"]


def test_a_layer_regularizes_only_variables_it_makes_and_each_part_of_one() -> None:
    x = tf.placeholder(tf.float32, [2, 8])
    for _ in range(2):
        tf.layers.dense(x, 4, kernel_regularizer=_half_square, name="r", reuse=tf.AUTO_REUSE)
    with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(2)):
        tf.layers.dense(x, 4, kernel_regularizer=_half_square)
    assert _losses() == [
        "r/kernel/Regularizer/half:0",
        "p/dense/kernel/Regularizer/half:0",
        "p/dense/kernel/Regularizer_1/half:0",
    ]


def test_the_scopes_regularizer_and_the_layers_count_both() -> None:
    with tf.variable_scope("s", regularizer=_half_square):
        layer = tf.layers.Dense(4, kernel_regularizer=_half_square, use_bias=False)
        layer(tf.ones([2, 3]))
    assert _losses() == ["s/dense/kernel/Regularizer/half:0", "s/dense/kernel/Regularizer/half_1:0"]
    assert [loss.name for loss in layer.losses] == ["s/dense/kernel/Regularizer/half_1:0"]


@pytest.mark.parametrize("reuse", [True, tf.AUTO_REUSE])
def test_a_name_that_is_made_unique_has_nothing_to_reuse(reuse: Any) -> None:
    with (
        pytest.raises(ValueError, match="reuse=True cannot be used without a name_or_scope"),
        tf.variable_scope(None, "default", reuse=reuse),
    ):
        pass


@pytest.mark.parametrize("outer", [None, True, tf.AUTO_REUSE])
@pytest.mark.parametrize("own", [None, True, tf.AUTO_REUSE])
@pytest.mark.parametrize("given", [None, True, False, tf.AUTO_REUSE])
def test_a_scope_that_is_opened_again_reuses_as_it_did(outer: Any, own: Any, given: Any) -> None:
    """What is said around it does not matter, as in TensorFlow 1.15; a name takes over what is said around it."""
    with tf.variable_scope("s", reuse=own) as scope:
        pass
    with tf.variable_scope("o", reuse=outer):
        with tf.variable_scope(scope, reuse=given) as again, tf.variable_scope("inner") as inner:
            assert again.reuse == inner.reuse == (given or own or False)
        with tf.variable_scope("s", reuse=given) as named:
            assert named.reuse == (given or outer or False)
