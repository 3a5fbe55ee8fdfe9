"""Operation types of version 2: fused ones do what their parts do, tables without names, the blank first in CTC."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.ops.building.build import build
from sessile.ops.definition.registry import lookup

import sessile as tf

_IMAGES = np.random.RandomState(0).uniform(-1, 1, (2, 5, 4, 3)).astype(np.float32)
_FILTERS = np.random.RandomState(1).uniform(-1, 1, (3, 3, 3, 2)).astype(np.float32)
_BIAS = np.array([0.3, -0.2], np.float32)
_WINDOWS = {"strides": (1, 1, 1, 1), "padding": b"SAME"}
_AFTER = {
    "Relu": tf.nn.relu, "Relu6": tf.nn.relu6, "Elu": tf.nn.elu, "LeakyRelu": lambda x: tf.nn.leaky_relu(x, 0.2),
    "Tanh": tf.tanh, "Sigmoid": tf.sigmoid,
}  # fmt: skip


def _both(make: Any) -> list[Any]:
    """The results of two graphs, of the first step and of a compiled one."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, _IMAGES.shape)
        step = session.make_callable(make(x), [x])
        first = step(_IMAGES)
        for _ in range(3):
            last = step(_IMAGES)
        with tf.Session(config=tf.ConfigProto(graph_options=tf.GraphOptions())) as other:
            assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(other.run(make(x), {x: _IMAGES}), last))
        return [*first, *last]


@pytest.mark.parametrize("after", _AFTER)
def test_a_fused_convolution_does_what_its_parts_do(after: str) -> None:
    """Bias and each activation that may follow."""

    def make(x: Any) -> list[Any]:
        attrs: dict[str, Any] = {"fused_ops": (b"BiasAdd", after.encode()), **_WINDOWS}
        fused = build(lookup("_FusedConv2D"), x, _FILTERS, [_BIAS], name="fused", **attrs)
        return [fused, _AFTER[after](tf.nn.bias_add(tf.nn.conv2d(x, _FILTERS, 1, "SAME"), _BIAS))]

    one, two, three, four = _both(make)
    np.testing.assert_allclose(one, two, atol=1e-6)
    np.testing.assert_allclose(three, four, atol=1e-6)


@pytest.mark.parametrize("name", ["_FusedConv2D", "_FusedDepthwiseConv2dNative"])
def test_a_fused_convolution_may_be_normalized(name: str) -> None:
    """By a mean and a variance; the operations of depth too."""
    filters = _FILTERS if name == "_FusedConv2D" else _FILTERS[..., :1]
    count = 2 if name == "_FusedConv2D" else 3
    scale, offset, mean, variance = np.random.RandomState(2).uniform(0.5, 1, (4, count)).astype(np.float32)

    def make(x: Any) -> list[Any]:
        attrs: dict[str, Any] = {"fused_ops": (b"FusedBatchNorm", b"Relu"), "epsilon": 0.01, **_WINDOWS}
        fused = build(lookup(name), x, filters, [scale, offset, mean, variance], name="fused", **attrs)
        plain = tf.nn.conv2d if name == "_FusedConv2D" else tf.nn.depthwise_conv2d
        parts = plain(x, filters, [1, 1, 1, 1], "SAME")
        return [fused, tf.nn.relu(tf.nn.batch_normalization(parts, mean, variance, offset, scale, 0.01))]

    one, two, three, four = _both(make)
    np.testing.assert_allclose(one, two, atol=1e-5)
    np.testing.assert_allclose(three, four, atol=1e-5)


def test_a_fused_product_does_what_its_parts_do() -> None:
    """Bias, then tanh."""
    weights = _FILTERS.reshape(27, 2)[:20]

    def make(x: Any) -> list[Any]:
        rows = tf.reshape(x, [6, 20])
        fused = build(lookup("_FusedMatMul"), rows, weights, [_BIAS], fused_ops=(b"BiasAdd", b"Tanh"), name="fused")
        return [fused, tf.tanh(tf.matmul(rows, weights) + _BIAS)]

    one, two, three, four = _both(make)
    np.testing.assert_allclose(one, two, atol=1e-6)
    np.testing.assert_allclose(three, four, atol=1e-6)


@pytest.mark.parametrize("is_training", [True, False])
def test_a_fused_normalization_adds_and_cuts_off(is_training: bool) -> None:
    """A side input is added before the activation."""
    scale, offset, mean, variance = np.random.RandomState(2).uniform(0.5, 1, (4, 3)).astype(np.float32)
    given = (np.zeros(0, np.float32),) * 2 if is_training else (mean, variance)

    def make(x: Any) -> list[Any]:
        attrs: dict[str, Any] = {"is_training": is_training, "activation_mode": b"Relu", "epsilon": 0.01}
        fused = build(lookup("_FusedBatchNormEx"), x, scale, offset, *given, [x], name="fused", **attrs)[0]
        known = () if is_training else given
        parts = tf.nn.fused_batch_norm(x, scale, offset, *known, epsilon=0.01, is_training=is_training)[0]
        return [fused, tf.nn.relu(parts + x)]

    one, two, three, four = _both(make)
    np.testing.assert_allclose(one, two, atol=1e-5)
    np.testing.assert_allclose(three, four, atol=1e-5)


def test_an_unknown_fusion_is_refused() -> None:
    """By its name, when the step runs."""
    with tf.Graph().as_default(), tf.Session() as session:
        product = build(lookup("_FusedMatMul"), [[1.0]], [[2.0]], [], fused_ops=(b"Swish",), name="fused")
        with pytest.raises(tf.errors.UnimplementedError, match="Swish"):
            session.run(product)


def test_tables_without_names_belong_to_their_operation() -> None:
    """Two of one kind hold different things."""
    with tf.Graph().as_default(), tf.Session() as session:
        tables = [tf.raw_ops.AnonymousMutableHashTable(key_dtype=tf.string, value_dtype=tf.int64) for _ in range(2)]
        fill = tf.raw_ops.LookupTableInsertV2(table_handle=tables[0], keys=["a"], values=np.array([3]))
        none = tf.constant(-1, tf.int64)
        found = [tf.raw_ops.LookupTableFindV2(table_handle=t, keys=["a"], default_value=none) for t in tables]
        session.run(fill)
        assert [part.tolist() for part in session.run(found)] == [[3], [-1]]


def test_the_blank_of_the_second_ctc_loss_is_the_first_class() -> None:
    """Moved to the end, it is the loss of version 1."""
    logits = np.random.RandomState(0).uniform(-1, 1, (5, 2, 4)).astype(np.float32)
    labels = tf.SparseTensorValue(np.array([[0, 0], [0, 1], [1, 0]]), np.array([1, 2, 3], np.int32), np.array([2, 2]))
    with tf.Graph().as_default(), tf.Session() as session:
        second = tf.raw_ops.CTCLossV2(
            inputs=logits, labels_indices=labels.indices, labels_values=labels.values, sequence_length=[5, 4]
        )[0]
        moved = tf.SparseTensor(labels.indices, labels.values - np.int32(1), labels.dense_shape)
        first = tf.nn.ctc_loss(moved, np.roll(logits, -1, 2), [5, 4])
        one, two = session.run([first, second])
        np.testing.assert_array_equal(one, two)


def test_numbers_of_an_operation_that_are_none_are_its_defaults() -> None:
    """As in TensorFlow 1.15; others that are no numbers are refused by name."""
    with tf.Graph().as_default():
        images = tf.ones([1, 2, 2, 3])
        given = tf.nn.lrn(images, depth_radius=None, bias=None, alpha=None, beta=None).op
        assert [given.get_attr(name) for name in ("depth_radius", "bias", "alpha", "beta")] == [5, 1.0, 1.0, 0.5]
        assert tf.nn.leaky_relu(images, alpha=None).op.get_attr("alpha") == pytest.approx(0.2)
        for wrong in ("x", tf.constant(1.0)):
            with pytest.raises(TypeError, match="Expected float for argument 'bias'"):
                tf.nn.lrn(images, bias=wrong)
        assert images._shape.as_list() == [1, 2, 2, 3]  # programs read it
