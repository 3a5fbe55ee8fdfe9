"""Argument makers of quantization."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sessile.ops.types.dtypes import DType

from tests.ops.makers.arguments import Array, Call, Maker

RANGES: Final = ((-6.0, 6.0, 8, False), (-0.3, 1.7, 4, True), (0.5, 3.0, 2, False), (-3.0, -1.0, 16, True))


def _inputs() -> Array:
    values = [-7.0, -6.03, -6.0, -0.3, -0.0, 0.0, 0.06, 0.5, 1.7, 3.0, 5.98, 9.0, np.inf, -np.inf, np.nan, 1e30]
    return np.array(values, np.float32).reshape(4, 4)


def _steps(bits: int, narrow: bool) -> dict[str, Any]:
    return {"num_bits": bits, "narrow_range": narrow}


def fixed_range(count: int) -> Maker:
    """Calls whose range is attributes, of `count` arrays."""

    def make(dtype: DType) -> Iterator[Call]:
        for low, high, bits, narrow in RANGES:
            arrays = (np.full((4, 4), 1.5, np.float32), _inputs())[2 - count :]
            yield Call(f"{low} to {high}", arrays, {"min": low, "max": high, **_steps(bits, narrow)})
            yield Call("empty", tuple(array[:0] for array in arrays), {"min": low, "max": high, **_steps(bits, narrow)})

    return make


def given_range(count: int, *shape: int) -> Maker:
    """Calls whose range are two inputs of a shape, after `count` arrays."""

    def make(dtype: DType) -> Iterator[Call]:
        for low, high, bits, narrow in (*RANGES, (0.0, 0.0, 8, False)):
            arrays = (np.full((4, 4), 1.5, np.float32), _inputs())[2 - count :]
            bounds = tuple(np.full(shape, bound, np.float32) for bound in (low, high))
            yield Call(f"{low} to {high}", (*arrays, *bounds), _steps(bits, narrow))

    return make


def _both(*more: Any, **attrs: Any) -> Maker:
    """Calls of what quantizes and dequantizes, with further inputs."""
    values = np.array([[-1.27, -0.5, 0.0, 0.3], [0.6, 1.2, 2.55, 100.0]])

    def make(dtype: DType) -> Iterator[Call]:
        kind = dtype.np_dtype
        inputs = [np.array(x, kind if isinstance(x, float) else np.int32) for x in more]
        for signed in (True, False):
            for given in (True, False):
                call = {"signed_input": signed, "range_given": given, **attrs}
                yield Call(f"{signed} {given}", (values.astype(kind), *inputs), call)

    return make


QUANTIZED: Final[dict[str, Maker]] = {
    "FakeQuantWithMinMaxArgs": fixed_range(1),
    "FakeQuantWithMinMaxArgsGradient": fixed_range(2),
    "FakeQuantWithMinMaxVars": given_range(1),
    "FakeQuantWithMinMaxVarsGradient": given_range(2),
    "FakeQuantWithMinMaxVarsPerChannel": given_range(1, 4),
    "FakeQuantWithMinMaxVarsPerChannelGradient": given_range(2, 4),
    "QuantizeAndDequantize": _both(input_min=-1.0, input_max=2.5),
    "QuantizeAndDequantizeV2": _both(-1.0, 2.5),
    "QuantizeAndDequantizeV3": _both(-1.0, 2.5, 6),
}
