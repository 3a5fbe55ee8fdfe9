"""Convolutions of each channel for itself, and their gradients, agree with their NumPy kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sessile.compiler.codegen.windows.channel_code import ChannelPool, WeightsGradient
from sessile.compiler.codegen.windows.convolution_code import Machine
from sessile.compiler.fusion.convolutions import Plane, Space
from sessile.compiler.jit.text_kernel import compile_text
from sessile.compiler.machine import abi
from sessile.ops.families.nn.convolution.depthwise import kernels as depthwise_ops

import sessile as tf

NATIVE = pytest.mark.skipif(not abi.available(), reason="no native steps here")


def _random(*shape: int) -> Any:
    return np.random.RandomState(sum(shape)).standard_normal(shape)


@st.composite
def _settings(draw: Any) -> dict[str, Any]:
    """Sizes and attributes of a convolution whose windows fit."""
    sizes = [draw(st.integers(1, 4)), draw(st.integers(1, 5))]
    padding = draw(st.sampled_from(["SAME", "VALID"]))
    return {
        "space": [draw(st.integers(size if padding == "VALID" else 1, size + 6)) for size in sizes],
        "sizes": sizes,
        "stride": draw(st.integers(1, 3)),
        "padding": padding,
        "batch": draw(st.integers(0, 3)),
        "channels": draw(st.sampled_from([1, 2, 3, 8, 15, 16, 17, 33, 64, 80, 130])),
        "filters": draw(st.sampled_from([1, 1, 2, 3])),
        "dtype": draw(st.sampled_from([tf.float32, tf.float64])),
        "is_known": draw(st.booleans()),
    }


def _step(setting: dict[str, Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """Placeholders, a convolution and both gradients, and the arguments."""
    dtype, batch = setting["dtype"], setting["batch"]
    x = _random(batch, *setting["space"], setting["channels"]).astype(dtype.as_numpy_dtype)
    w = _random(*setting["sizes"], setting["channels"], setting["filters"]).astype(dtype.as_numpy_dtype)
    images = tf.placeholder(dtype, [batch if setting["is_known"] else None, *x.shape[1:]])
    filters = tf.placeholder(dtype, w.shape)
    y = tf.nn.depthwise_conv2d(images, filters, [1, setting["stride"], setting["stride"], 1], setting["padding"])
    return [images, filters], [y, *tf.gradients(y, [images, filters], tf.sin(y))], [x, w]


def _interpreted(feeds: list[Any], fetches: list[Any], arguments: list[Any]) -> list[Any]:
    options = tf.OptimizerOptions(global_jit_level=tf.OptimizerOptions.OFF)
    with tf.Session(config=tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))) as session:
        return session.run(fetches, dict(zip(feeds, arguments)))  # type: ignore[no-any-return]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(setting=_settings())
def test_compiled_as_interpreted(setting: dict[str, Any]) -> None:
    with tf.Graph().as_default():
        feeds, fetches, arguments = _step(setting)
        wanted = _interpreted(feeds, fetches, arguments)
        with tf.Session() as session:
            found = session.make_callable(fetches, feeds)(*arguments)
    loose = 1e-4 if setting["dtype"] is tf.float32 else 1e-11
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=loose, atol=loose * (1 + np.abs(other).max(initial=0)))


@NATIVE
@pytest.mark.parametrize("filters", [1, 2])
def test_no_kernel_is_called(filters: int, monkeypatch: pytest.MonkeyPatch) -> None:
    setting = {
        "space": [9, 8], "sizes": [3, 3], "stride": 1, "padding": "SAME", "batch": 2, "channels": 5,
        "filters": filters, "dtype": tf.float32, "is_known": False,
    }  # fmt: skip
    feeds, fetches, arguments = _step(setting)
    for name in ("_each_channel", "_each_channel_input", "_each_channel_filter"):
        monkeypatch.setattr(depthwise_ops, name, None)
    with tf.Session() as session:
        found = session.make_callable(fetches, feeds)(*arguments)
    monkeypatch.undo()
    for one, other in zip(found, _interpreted(feeds, fetches, arguments)):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@NATIVE
def test_bits_do_not_depend_on_threads() -> None:
    setting = {
        "space": [40, 40], "sizes": [3, 3], "stride": 1, "padding": "SAME", "batch": 8, "channels": 40,
        "filters": 1, "dtype": tf.float32, "is_known": True,
    }  # fmt: skip
    feeds, fetches, arguments = _step(setting)
    results = []
    for threads in (1, 2, 3):
        with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=threads)) as session:
            results.append(session.make_callable(fetches, feeds)(*arguments))
    for other in results[1:]:
        for a, b in zip(results[0], other):
            np.testing.assert_array_equal(a, b)


@NATIVE
@pytest.mark.parametrize("machine", [Machine(16, 32), Machine(8, 16), Machine(4, 16), Machine(2, 16)])
@pytest.mark.parametrize("channels", [1, 7, 16, 70])
def test_other_registers(machine: Machine, channels: int) -> None:
    """The functions for processors with other vectors give the same."""
    side = Space(6, 1, 1, 3, 1, 2, 3)
    plane = Plane(side, side, channels, channels, "float")
    x, w, dy = (_random(*s).astype(np.float32) for s in ((2, 6, 6, channels), (3, 3, channels, 1), (2, 3, 3, channels)))
    attrs = {
        "strides": (1, 2, 2, 1), "padding": b"EXPLICIT", "explicit_paddings": (0, 0, 1, 0, 1, 0, 0, 0),
        "data_format": b"NHWC", "dilations": (1, 1, 1, 1),
    }  # fmt: skip
    wanted = depthwise_ops._depthwise(x, w, **attrs)
    assert wanted.shape == dy.shape
    for part, arrays, shape, kernel, arguments in (
        ("weighted", (x, w), dy.shape, "_depthwise", (x, w)),
        ("weighted gradient", (w, dy), x.shape, "_depthwise_input", (np.array(x.shape), w, dy)),
        ("weights gradient", (x, dy), w.shape, "_depthwise_filter", (x, np.array(w.shape), dy)),
    ):
        is_filter = part == "weights gradient"
        writer = (WeightsGradient if is_filter else ChannelPool)(plane, part, machine)
        result = np.full(shape, np.nan, np.float32)
        code = compile_text(writer.module(), 3, 3 if is_filter else 2)
        places = [array.ctypes.data for array in (*arrays, result)]
        ranges = (2, 0, 9) if is_filter else (0, 2) if part == "weighted gradient" else (0, 6)
        code.call(*places, *ranges)
        np.testing.assert_allclose(result, getattr(depthwise_ops, kernel)(*arguments, **attrs), rtol=1e-4, atol=1e-5)
