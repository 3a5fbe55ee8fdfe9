"""Small integers for numbers: to them, back, and arithmetic with them; recorded values are TensorFlow 1.15.5's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.ops.definition.registry import lookup

import sessile as tf

raw = tf.raw_ops
_X = np.array([[-1.27, -0.5, 0, 0.3], [0.6, 1.2, 2.55, 100.0]], np.float32)
_PLAIN = {"quint8": tf.uint8, "qint8": tf.int8, "quint16": tf.uint16, "qint16": tf.int16, "qint32": tf.int32}


def _run(*outputs: Any) -> list[Any]:
    """The values of outputs, quantized ones as plain integers."""
    with tf.Session() as session:
        plain = [tf.bitcast(out, _PLAIN[out.dtype.name]) if out.dtype.name in _PLAIN else out for out in outputs]
        return [value.tolist() for value in session.run(plain)]


def _bytes(shape: tuple[int, ...], seed: int, kind: Any = tf.quint8) -> Any:
    return tf.bitcast(tf.constant(np.random.RandomState(seed).randint(0, 256, shape).astype(np.uint8)), kind)


@pytest.mark.parametrize(
    ("mode", "kind", "wanted", "low", "high"),
    [
        ("MIN_COMBINED", tf.quint8, [[0, 36, 73, 95], [117, 160, 255, 255]], -1.0, 2.5),
        ("MIN_COMBINED", tf.qint8, [[-128, -92, -55, -33], [-11, 32, 127, 127]], -1.0, 2.5),
        ("MIN_FIRST", tf.quint8, [[0, 37, 73, 95], [117, 160, 255, 255]], -1.0, 2.5),
        ("MIN_FIRST", tf.qint16, [[-32768, -23406, -14044, -8427], [-2809, 8425, 32767, 32767]], -1.0, 2.5),
        ("SCALED", tf.quint8, [[0, 0, 0, 31], [61, 122, 255, 255]], 0.0, 2.5),
        ("SCALED", tf.qint8, [[-65, -25, 0, 15], [30, 61, 127, 127]], -2.51969, 2.5),
    ],
)
def test_quantize(mode: str, kind: Any, wanted: Any, low: float, high: float) -> None:
    """In each mode, with the range that was used."""
    with tf.Graph().as_default():
        result = tf.quantization.quantize(_X, -1.0, 2.5, kind, mode)
        values, *bounds = _run(result.output, result.output_min, result.output_max)
    assert values == wanted
    np.testing.assert_allclose(bounds, [low, high], atol=1e-5)


@pytest.mark.parametrize("mode", ["MIN_COMBINED", "MIN_FIRST", "SCALED"])
@pytest.mark.parametrize("kind", [tf.quint8, tf.qint8, tf.quint16, tf.qint16])
def test_back_again(mode: str, kind: Any) -> None:
    """What is quantized and dequantized is no further off than a step."""
    numbers = np.linspace(0.0, 3.0, 50).astype(np.float32)
    with tf.Graph().as_default():
        small, low, high = tf.quantization.quantize(numbers, -1.0, 3.0, kind, mode)
        (found,) = _run(tf.quantization.dequantize(small, low, high, mode))
    np.testing.assert_allclose(found, numbers, atol=6.0 / (2 ** (8 * kind.size) - 2))


def test_both_at_once() -> None:
    """By a range, rounded to even; the gradient passes through."""
    with tf.Graph().as_default():
        x = tf.constant(_X)
        y = tf.quantization.quantize_and_dequantize(x, -1.0, 2.5, range_given=True)
        (gradient,) = tf.gradients(y * y, x)
        result, slope = _run(y, gradient)
    np.testing.assert_allclose(slope, 2 * np.array(result))
    np.testing.assert_allclose(slope[0], [-2.55906, -0.98425, 0.0, 0.59055], atol=1e-5)
    assert result[1][3] == 2.5


def test_a_range_the_wrong_way_round_is_refused() -> None:
    """When it runs."""
    with tf.Graph().as_default(), tf.Session() as session:
        for wrong in (
            tf.quantization.quantize(_X, 2.0, 1.0, tf.quint8).output_min,
            tf.quantization.quantize_and_dequantize(_X, 3.0, 1.0, range_given=True),
        ):
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(wrong)


def test_products_stand_for_products() -> None:
    """The integers of a product, taken back, are the product of what the factors stand for."""
    with tf.Graph().as_default(), tf.Session() as session:
        a, b = _bytes((3, 4), 0), _bytes((4, 2), 1)
        small, low, high = raw.QuantizedMatMul(a=a, b=b, min_a=-1.0, max_a=2.5, min_b=-2.0, max_b=1.0)
        found = tf.quantization.dequantize(small, low, high, "MIN_FIRST")
        wide = [tf.quantization.dequantize(x, *r, "MIN_FIRST") for x, r in ((a, (-1.0, 2.5)), (b, (-2.0, 1.0)))]
        one, two = session.run([found, tf.matmul(*wide)])
        np.testing.assert_allclose(one, two, atol=0.1)


def test_a_network_of_small_integers() -> None:
    """Convolution, bias, activation and pooling, each brought down to 8 bits, near what numbers give."""
    with tf.Graph().as_default(), tf.Session() as session:
        images, filters, bias = _bytes((1, 6, 6, 2), 0), _bytes((3, 3, 2, 4), 1), _bytes((4,), 2)
        sums = tf.nn.quantized_conv2d(images, filters, -1.0, 1.0, -0.5, 0.5, [1, 1, 1, 1], "SAME")
        used = raw.RequantizationRange(input=sums[0], input_min=sums[1], input_max=sums[2])
        small = raw.Requantize(
            input=sums[0], input_min=sums[1], input_max=sums[2], requested_output_min=used[0],
            requested_output_max=used[1], out_type=tf.quint8,
        )  # fmt: skip
        moved = raw.QuantizedBiasAdd(
            input=small[0], bias=bias, min_input=small[1], max_input=small[2], min_bias=-1.0, max_bias=1.0,
            out_type=tf.qint32,
        )  # fmt: skip
        down = raw.QuantizeDownAndShrinkRange(
            input=moved[0], input_min=moved[1], input_max=moved[2], out_type=tf.quint8
        )
        positive = raw.QuantizedRelu(features=down[0], min_features=down[1], max_features=down[2])
        pooled = tf.nn.quantized_max_pool(*positive, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
        assert pooled.output.shape == [1, 3, 3, 4]
        found = tf.quantization.dequantize(*pooled, "MIN_FIRST")
        x, w, b = (
            tf.quantization.dequantize(value, -bound, bound, "MIN_FIRST")
            for value, bound in ((images, 1.0), (filters, 0.5), (bias, 1.0))
        )
        exact = tf.nn.max_pool(tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w, 1, "SAME"), b)), 2, 2, "SAME")
        one, two = session.run([found, exact])
        np.testing.assert_allclose(one, two, atol=0.03 * float(two.max()))


def test_parts_are_joined_in_one_range() -> None:
    """Which has both and 0; shapes and activations keep theirs."""
    with tf.Graph().as_default():
        x = tf.bitcast(tf.constant(np.array([0, 128, 255], np.uint8)), tf.quint8)
        joined = tf.quantization.quantized_concat(0, [x, x], [0.0, 0.0], [1.0, 2.0])
        shaped = raw.QuantizedReshape(tensor=joined.output, shape=[2, 3], input_min=0.0, input_max=2.0)
        cut = tf.nn.quantized_relu_x(x, 0.5, -1.0, 1.0)
        mean = tf.nn.quantized_avg_pool(
            _bytes((1, 2, 2, 1), 0), 0.0, 1.0, [1, 2, 2, 1], [1, 1, 1, 1], "VALID"
        )  # fmt: skip
        values, high, rows, activations, average, given = _run(
            joined.output, joined.output_max, shaped[0], cut.activations, mean.output, _bytes((1, 2, 2, 1), 0)
        )
    assert high == 2.0
    assert values == [0, 64, 128, 0, 128, 255]
    assert rows == [values[:3], values[3:]]
    assert activations == [128, 128, 192]
    assert average[0][0][0][0] == int(np.sum(given)) // 4


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("bits", [2, 8, 16])
@pytest.mark.parametrize("bounds", [(-1.0, 1.0), (0.0, 0.0), (0.5, 3.0), (-3.0, -1.0)])
@pytest.mark.parametrize("suffix", ["", "PerChannel"])
def test_fake_quantization_is_fused(suffix: str, bounds: Any, bits: int, narrow: bool) -> None:
    """Compiled, values and gradients are the kernels' to the bit; whole gradients, so that sums are exact."""
    name, random = f"FakeQuantWithMinMaxVars{suffix}", np.random.default_rng(bits)
    x, dy = (3 * random.normal(size=(40, 5))).astype(np.float32), random.integers(-5, 6, (40, 5)).astype(np.float32)
    low, high = (np.full(5 if suffix else (), bound, np.float32) for bound in bounds)
    attrs = {"num_bits": bits, "narrow_range": narrow}
    fed = [tf.placeholder(tf.float32, shape) for shape in ([None, 5], [None, 5], low.shape, high.shape)]
    value = getattr(tf.raw_ops, name)(inputs=fed[1], min=fed[2], max=fed[3], **attrs)
    parts = getattr(tf.raw_ops, f"{name}Gradient")(gradients=fed[0], inputs=fed[1], min=fed[2], max=fed[3], **attrs)
    with tf.Session() as session:
        step = session.make_callable([value, *parts], fed)
        found = [np.array(array) for array in step(dy, x, low, high)]
    wanted = [lookup(name).kernel(x, low, high, **attrs), *lookup(f"{name}Gradient").kernel(dy, x, low, high, **attrs)]
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)
