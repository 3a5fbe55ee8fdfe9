"""What TensorFlow Hub, TensorFlow Probability, Sonnet and their like take of TensorFlow's own modules."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from typing import Any

import pytest

import sessile as tf


@pytest.fixture(autouse=True)
def _hooked() -> Iterator[None]:
    tf.install()
    tf.reset_default_graph()
    yield
    tf.uninstall()


def test_a_column_of_ones_own_is_read_by_its_private_names() -> None:
    """In `input_layer`, `linear_model` and for parsing."""
    from tensorflow.python.feature_column import feature_column

    class Doubled(feature_column._DenseColumn, namedtuple("Doubled", ["key", "width"])):  # type: ignore[misc]
        name = property(lambda self: f"{self.key}_doubled")
        _parse_example_spec = property(lambda self: {self.key: tf.FixedLenFeature([self.width], tf.float32)})
        _variable_shape = property(lambda self: tf.TensorShape([self.width]))

        def _transform_feature(self, inputs: Any) -> Any:
            return inputs.get(self.key) * 2

        def _get_dense_tensor(self, inputs: Any, weight_collections: Any = None, trainable: Any = None) -> Any:
            assert trainable is True
            return inputs.get(self)

    column, features = Doubled("x", 2), {"x": [[1.0, 2.0], [3.0, 4.0]]}
    layer = tf.feature_column.input_layer(features, [column])
    line = tf.feature_column.linear_model(features, [column])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(layer).tolist() == [[2.0, 4.0], [6.0, 8.0]]
        assert sess.run(line).tolist() == [[0.0], [0.0]]
    assert list(tf.feature_column.make_parse_example_spec([column])) == ["x"]


def test_a_column_of_categories_of_ones_own_is_embedded() -> None:
    from tensorflow.python.feature_column import feature_column_v2

    class Parity(feature_column_v2.CategoricalColumn, namedtuple("Parity", ["key"])):  # type: ignore[misc]
        name = property(lambda self: self.key)
        _num_buckets = property(lambda self: 2)

        def _get_sparse_tensors(self, inputs: Any, weight_collections: Any = None, trainable: Any = None) -> Any:
            ids = tf.contrib.layers.dense_to_sparse(inputs.get(self.key) % 2, eos_token=-1)
            return self.IdWeightPair(ids, None)

    layer = tf.feature_column.input_layer({"n": [[4], [7]]}, tf.feature_column.indicator_column(Parity("n")))
    with tf.Session() as sess:
        assert sess.run(layer).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_types_are_found_by_number() -> None:
    assert tf.DType(1) is tf.float32
    assert tf.DType(103).base_dtype is tf.int32
    with pytest.raises(TypeError, match="999"):
        tf.DType(999)
    with pytest.raises(ValueError, match="number of a type"):
        tf.DType("x")  # type: ignore[call-arg, unused-ignore]


def test_definitions_of_types_are_messages_by_name() -> None:
    from tensorflow.python.framework import op_def_registry

    known = op_def_registry.get_registered_ops()
    assert [arg.name for arg in known["MatMul"].input_arg] == ["a", "b"]
    strange = type(known["MatMul"])(name="NoSuchOperation")
    with pytest.raises(TypeError, match="OpList"):
        op_def_registry.register_op_list([strange])


def test_a_lazy_module_takes_the_place_of_its_loader() -> None:
    from tensorflow.python.util.lazy_loader import LazyLoader

    names: dict[str, Any] = {}
    names["tools"] = LazyLoader("tools", names, "colorsys")
    assert names["tools"].rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    import colorsys

    assert names["tools"] is colorsys


def test_arguments_are_told_as_python_2_told_them() -> None:
    from tensorflow.python.util import tf_inspect

    def function(first: int, second: int = 2, *rest: int, **more: int) -> None:
        """Nothing."""

    assert tf_inspect.getargspec(function) == (["first", "second"], "rest", "more", (2,))
    assert tf_inspect.getargspec(function).keywords == "more"


def test_specs_of_ones_own_are_equal_if_they_say_the_same() -> None:
    from tensorflow.python.framework import type_spec

    class Pair(type_spec.BatchableTypeSpec):  # type: ignore[misc]
        value_type = tuple

        def __init__(self, part: Any) -> None:
            self.part = part

        def _serialize(self) -> Any:
            return (self.part,)

        @property
        def _component_specs(self) -> Any:
            return [self.part, self.part]

        def _to_components(self, value: Any) -> Any:
            return list(value)

        def _from_components(self, components: Any) -> Any:
            return tuple(components)

        def _batch(self, batch_size: Any) -> Any:
            return self

        def _unbatch(self) -> Any:
            return self

    number, text = tf.TensorSpec([], tf.int32), tf.TensorSpec([], tf.string)
    assert Pair(number) == Pair(number) != Pair(text)
    assert hash(Pair(number)) == hash(Pair(number))
    assert not Pair(number).is_compatible_with(tf.constant(1))
    assert isinstance(number, type_spec.TypeSpec)
    assert type_spec.type_spec_from_value(tf.constant(1)) == number
    with pytest.raises(TypeError):
        type_spec.TypeSpec()


def test_nests_have_their_private_names() -> None:
    from tensorflow.python.util import nest

    point = namedtuple("point", ["x", "y"])
    assert nest._is_namedtuple(point(1, 2)) and not nest._is_namedtuple((1, 2))
    assert nest._sequence_like(point(1, 2), [3, 4]) == point(3, 4)
    assert list(nest._yield_value({"b": 1, "a": 2})) == [2, 1]
    assert nest.get_traverse_shallow_structure(lambda part: part != [1], [[1], 2]) == [False, True]


def test_what_reads_source_code_is_imported_and_refuses() -> None:
    from tensorflow.python.autograph.core import converter
    from tensorflow.python.autograph.pyct import transformer

    class Own(transformer.Base):  # type: ignore[misc]
        """One."""

    with pytest.raises(NotImplementedError, match="tf.cond"):
        Own(None)
    with pytest.raises(AttributeError, match="standard_analysis"):
        converter.standard_analysis  # noqa: B018


def test_the_type_that_all_tensors_have() -> None:
    whole, half = tf.constant(1.0), tf.constant(1.0, tf.float16)
    same = tf.debugging.assert_same_float_dtype
    assert same() is tf.float32
    assert same([half, None]) is tf.float16
    with pytest.raises(ValueError, match="must be of the same type"):
        same([whole, half])
    with pytest.raises(ValueError, match="floating point"):
        same(dtype=tf.int32)


def test_slices_stay_slices() -> None:
    slices = tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]))
    assert tf.convert_to_tensor_or_indexed_slices(slices, "float32") is slices
    assert tf.convert_to_tensor_or_indexed_slices([1.0]).dtype is tf.float32
    with pytest.raises(ValueError, match="requested dtype int32"):
        tf.convert_to_tensor_or_indexed_slices(slices, tf.int32)


def test_numbers_know_their_bins() -> None:
    values = [[-3.0, 0.0, 0.9], [1.0, 4.9, 5.0]]
    bins = tf.histogram_fixed_width_bins(values, [0.0, 5.0], nbins=5, dtype=tf.int64)
    assert (bins.dtype, bins.shape.as_list()) == (tf.int64, [2, 3])
    with tf.Session() as sess:
        assert sess.run(bins).tolist() == [[0, 0, 0], [1, 4, 4]]


def test_rules_of_gradients_are_found_by_name() -> None:
    from tensorflow.python.ops import math_grad
    from tensorflow.python.ops.array_grad import _GatherV2Grad

    table = tf.constant([[1.0], [2.0], [3.0]])
    rows = tf.gather(table, [2, 0])
    (slices, *_) = _GatherV2Grad(rows.op, tf.ones_like(rows))
    sine = tf.sin(tf.constant(0.0))
    with tf.Session() as sess:
        assert sess.run(tf.convert_to_tensor(slices)).tolist() == [[1.0], [0.0], [1.0]]
        assert sess.run(math_grad._SinGrad(sine.op, tf.constant(2.0))) == 2.0
    with pytest.raises(AttributeError):
        math_grad._NoSuchTypeGrad  # noqa: B018


def test_a_debugger_is_imported_and_refuses() -> None:
    from tensorflow.python import debug

    assert debug.has_inf_or_nan(None, sessions_values())
    with pytest.raises(NotImplementedError, match="Session.explain"), tf.Session() as sess:
        debug.LocalCLIDebugWrapperSession(sess)


def sessions_values() -> Any:
    """An array as a step may give it."""
    with tf.Session() as sess:
        return sess.run(tf.constant([1.0, 0.0]) / 0.0)


def test_no_step_is_shared_by_tpus() -> None:
    from tensorflow.python.tpu import tpu_function

    assert tpu_function.get_tpu_context().number_of_shards is None


def test_what_a_value_stands_for_in_a_graph() -> None:
    """Keras 2.2.4 asks so when symbolic tensors are given in the place of arrays."""
    from tensorflow.python.framework import ops, smart_cond
    from tensorflow.python.training.tracking import tracking

    variable = tf.Variable(1.0)
    assert ops._as_graph_element(variable).op is variable.op
    assert ops._as_graph_element(1.0) is None
    assert smart_cond.smart_constant_value(True) is True
    assert tracking.AutoTrackable is tf.contrib.checkpoint.Checkpointable
