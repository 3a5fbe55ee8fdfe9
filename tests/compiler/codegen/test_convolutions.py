"""Convolutions that native steps compute themselves agree with their NumPy kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sessile.compiler.codegen.windows.convolution_code import FilterGradient, Forward, Machine, blocks_of, even_parts
from sessile.compiler.fusion.convolutions import Plane, Space
from sessile.compiler.jit.text_kernel import compile_text
from sessile.compiler.machine import abi
from sessile.ops.families.nn.convolution import convolution_ops

import sessile as tf

MACHINES = (Machine(16, 32), Machine(8, 16), Machine(4, 16), Machine(2, 16))


def _random(*shape: int) -> Any:
    return np.random.RandomState(sum(shape)).standard_normal(shape).astype(np.float32)


def _close(found: Any, wanted: Any, terms: int) -> None:
    """Equal up to the rounding of a sum of so many products."""
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=2e-6 * terms**0.5 + 1e-7 * terms)


@st.composite
def _settings(draw: Any) -> dict[str, Any]:
    """Sizes and attributes of a convolution whose windows fit."""
    number = lambda low, high: draw(st.integers(low, high))  # noqa: E731
    rates = [number(1, 2), number(1, 2)]
    sizes = [number(1, 3), number(1, 4)]
    least = [(size - 1) * rate + 1 for size, rate in zip(sizes, rates)]
    padding = draw(st.sampled_from(["SAME", "VALID", "EXPLICIT"]))
    explicit = [number(0, 2) for _ in range(4)]
    return {
        "space": [number(low, low + 6) for low in least],
        "sizes": sizes,
        "strides": [number(1, 3), number(1, 3)],
        "rates": rates,
        "padding": [[0, 0], explicit[:2], explicit[2:], [0, 0]] if padding == "EXPLICIT" else padding,
        "batch": number(1, 3),
        "inner": number(1, 5),
        "outer": draw(st.sampled_from([1, 2, 3, 8, 15, 16, 17, 33, 64, 80])),
    }


def _step(setting: dict[str, Any], batch: Any) -> Any:
    """A step that computes a convolution and both gradients, with its arguments."""
    x = _random(setting["batch"], *setting["space"], setting["inner"])
    w = _random(*setting["sizes"], setting["inner"], setting["outer"])
    images = tf.placeholder(tf.float32, [batch, *x.shape[1:]])
    filters = tf.placeholder(tf.float32, w.shape)
    y = tf.nn.conv2d(images, filters, setting["strides"], setting["padding"], dilations=setting["rates"])
    weights = tf.sin(y)
    return [images, filters], [y, *tf.gradients(y, [images, filters], weights)], [x, w]


def _run(setting: dict[str, Any], batch: Any, level: Any) -> Any:
    with tf.Graph().as_default():
        inputs, outputs, values = _step(setting, batch)
        config = tf.ConfigProto()
        config.graph_options.optimizer_options.global_jit_level = level
        with tf.Session(config=config) as session:
            return session.make_callable(outputs, inputs)(*values)


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(setting=_settings(), is_known=st.booleans())
def test_compiled_as_interpreted(setting: dict[str, Any], is_known: bool) -> None:
    """A convolution and its gradients, compiled, are what the kernels compute; batches known and not."""
    _compare(setting, setting["batch"] if is_known else None)


def _compare(setting: dict[str, Any], batch: Any) -> None:
    wanted = _run(setting, batch, tf.OptimizerOptions.OFF)
    found = _run(setting, batch, tf.OptimizerOptions.ON_1)
    terms = int(np.prod(setting["sizes"])) * max(setting["inner"], setting["outer"]) * int(np.prod(setting["space"]))
    for one, other in zip(found, wanted):
        assert one.shape == other.shape
        _close(one, other, terms)


@pytest.mark.parametrize("outer", [1, 16, 33])
@pytest.mark.parametrize("rows", [2, 7])
@pytest.mark.parametrize(("padding", "rates"), [("VALID", [1, 1]), ("VALID", [2, 1]), ("SAME", [1, 1])])
def test_windows_that_cover_an_axis(padding: str, rates: list[int], rows: int, outer: int) -> None:
    """As those over words, which see the whole of each: columns are channels then, and rows if they are covered too."""
    space = [7 if rates[0] == 1 else 13, 5]
    setting = {"space": space, "sizes": [rows, 5], "strides": [1, 2], "rates": rates, "padding": padding}
    _compare({**setting, "batch": 2, "inner": 3, "outer": outer}, None)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("writer", [Forward, FilterGradient])
def test_many_channels_make_no_longer_a_function(machine: Machine, writer: Any) -> None:
    """It grew with them: LLVM took 20 seconds for the filter's gradient of 3 x 3 windows of 64 channels to 64."""

    def length(inner: int, outer: int) -> int:
        axes = convolution_ops.setting((2, 14, 14, inner), (3, 3), (1, 1, 1, 1), (1, 1, 1, 1), b"SAME", b"NHWC").axes
        spaces = (Space(a.extent, a.before, 1, a.size, a.rate, a.stride, a.count) for a in axes)
        return len(writer(Plane(*spaces, inner, outer, "float"), machine).module())

    wide = 8 * machine.lanes
    assert length(512, 8 * wide) < 1.2 * length(64, wide)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("outer", [1, 5, 16, 40, 150])
def test_other_registers(machine: Machine, outer: int) -> None:
    """Processors with other vectors get functions that compute the same."""
    x, w = _random(2, 6, 7, 3), _random(3, 2, 3, outer)
    axes = convolution_ops.setting(x.shape, (3, 2), (1, 1, 2, 1), (1, 1, 1, 1), b"SAME", b"NHWC").axes
    plane = Plane(*(Space(a.extent, a.before, 1, a.size, a.rate, a.stride, a.count) for a in axes), 3, outer, "float")
    wanted = convolution_ops.convolve(x, w, axes)
    found = np.full_like(wanted, np.nan)
    kernel = compile_text(Forward(plane, machine).module(), 3, 2)
    kernel.call(x.ctypes.data, w.ctypes.data, found.ctypes.data, 0, 2 * plane.rows.count)
    _close(found, wanted, 18)
    writer = FilterGradient(plane, machine)
    gradient = np.full_like(w, np.nan)
    kernel = compile_text(writer.module(), 3, 3)
    kernel.call(x.ctypes.data, wanted.ctypes.data, gradient.ctypes.data, 2, 0, writer.parts)
    _close(gradient, convolution_ops.correlate(x, wanted, axes, 3), 200)


def test_doubles() -> None:
    """Doubles are computed as doubles."""
    x, w = _random(1, 5, 5, 2).astype(np.float64), _random(3, 3, 2, 9).astype(np.float64)
    with tf.Graph().as_default(), tf.Session() as session:
        image, filters = tf.placeholder(tf.float64, x.shape), tf.placeholder(tf.float64, w.shape)
        y = tf.nn.conv2d(image, filters, 1, "SAME")
        found = session.make_callable(y, [image, filters])(x, w)
    axes = convolution_ops.setting(x.shape, (3, 3), (1, 1, 1, 1), (1, 1, 1, 1), b"SAME", b"NHWC").axes
    np.testing.assert_allclose(found, convolution_ops.convolve(x, w, axes), rtol=1e-13, atol=1e-13)


@pytest.mark.skipif(not abi.available(), reason="without native steps BLAS shares a product among its threads")
def test_bits_do_not_depend_on_threads() -> None:
    """One thread and several compute the same bits."""
    setting = {
        "space": [28, 28], "sizes": [3, 3], "strides": [1, 1], "rates": [1, 1], "padding": "SAME", "batch": 8,
        "inner": 16, "outer": 32,
    }  # fmt: skip
    results = []
    for threads in (1, 2, 3):
        with tf.Graph().as_default():
            inputs, outputs, values = _step(setting, None)
            with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=threads)) as session:
                results.append(session.make_callable(outputs, inputs)(*values))
    for other in results[1:]:
        for one, two in zip(results[0], other):
            np.testing.assert_array_equal(one, two)


def test_what_has_no_plane_runs_its_kernel() -> None:
    """Groups, channels first and half precision are computed all the same."""
    x = _random(2, 4, 4, 4)
    with tf.Graph().as_default(), tf.Session() as session:
        image = tf.placeholder(tf.float32, [None, 4, 4, 4])
        grouped = tf.nn.conv2d(image, _random(3, 3, 2, 6), 1, "SAME")
        first = tf.nn.conv2d(image, _random(3, 3, 4, 6), 1, "SAME", data_format="NCHW")
        half = tf.nn.conv2d(tf.cast(image, tf.float16), _random(3, 3, 4, 6).astype(np.float16), 1, "SAME")
        found = session.make_callable([grouped, first, half], [image])(x)
    assert [value.shape for value in found] == [(2, 4, 4, 6), (2, 6, 4, 4), (2, 4, 4, 6)]
    axes = convolution_ops.setting(x.shape, (3, 3), (1, 1, 1, 1), (1, 1, 1, 1), b"SAME", b"NHWC").axes
    _close(found[0], convolution_ops.convolve(x, _random(3, 3, 2, 6), axes), 36)


@pytest.mark.parametrize("channels", range(1, 70))
def test_blocks_cover_the_channels(channels: int) -> None:
    """Blocks of vectors cover all channels once; parts are nearly equal."""
    blocks = blocks_of(channels, 16, 4)
    covered = [block.start + lane for block in blocks for lane in range((block.vectors - 1) * 16 + block.last)]
    assert covered == list(range(channels))
    parts = list(even_parts(channels, 7))
    assert [place for start, length in parts for place in range(start, start + length)] == list(range(channels))
    assert max(length for _, length in parts) - min(length for _, length in parts) <= 1


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(["max_pool", "avg_pool"]),
    size=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    more=st.tuples(st.integers(0, 5), st.integers(0, 5)),
    padding=st.sampled_from(["SAME", "VALID"]),
    channels=st.sampled_from([1, 3, 16, 20, 64, 100, 130]),
    has_ties=st.booleans(),
)
def test_pooling_as_interpreted(
    kind: str, size: Any, stride: Any, more: Any, padding: str, channels: int, has_ties: bool
) -> None:
    """Pooling and its gradient, compiled, are what the kernels compute; of equal elements the first is the largest."""
    x = _random(2, size[0] + more[0], size[1] + more[1], channels)
    x = np.round(x) if has_ties else x
    results = []
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        with tf.Graph().as_default():
            image = tf.placeholder(tf.float32, [None, *x.shape[1:]])
            y = getattr(tf.nn, kind)(image, size, stride, padding)
            outputs = [y, tf.gradients(y, image, tf.sin(y) + 2.0)[0]]
            config = tf.ConfigProto()
            config.graph_options.optimizer_options.global_jit_level = level
            with tf.Session(config=config) as session:
                results.append(session.make_callable(outputs, [image])(x))
    if kind == "max_pool":
        np.testing.assert_array_equal(results[1][0], results[0][0])
    for one, other in zip(*results):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_pooling_passes_over_nan() -> None:
    """A NaN is never the largest, as in TensorFlow, compiled too."""
    x = np.array([[1.0, np.nan, 2.0], [np.nan, np.nan, -1.0]], np.float32).reshape(1, 2, 3, 1)
    with tf.Graph().as_default(), tf.Session() as session:
        image = tf.placeholder(tf.float32, x.shape)
        found = session.make_callable(tf.nn.max_pool(image, 2, 1, "SAME"), [image])(x)
    np.testing.assert_array_equal(found.reshape(2, 3), [[1.0, 2.0, 2.0], [-np.inf, -1.0, -1.0]])
