"""Products of matrices that are no one large call of BLAS: small ones, short floats, strided factors, attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np

from .. import drives, namespaces
from ..workload import Values, Workload
from .data import uniform

SMALL = (4, 8, 16)


def _product(xp: Any, x: Any, y: Any) -> Any:
    return xp.matmul(x, y)


def _layer(xp: Any, x: Any, weights: Any, bias: Any) -> Any:
    return xp.relu(xp.matmul(x, weights) + bias)


def _residual(xp: Any, x: Any, weights: Any, bias: Any) -> Any:
    """A layer whose result has the width of its argument, which is added."""
    return x + xp.relu(xp.matmul(x, weights) + bias)


def _attention(xp: Any, queries: Any, keys: Any, values: Any) -> Any:
    """Of heads: `keys` lie as [head, width, position]."""
    scores = xp.matmul(queries, keys) * 0.125
    raised = xp.exp(scores - xp.amax(scores, axis=-1, keepdims=True))
    return xp.matmul(raised / xp.sum(raised, axis=-1, keepdims=True), values)


def _strided(xp: Any, x: Any, weights: Any) -> Any:
    return xp.matmul(x, weights)


def _every_other_column() -> Values:
    x, weights = uniform((512, 1024), (512, 512))()
    return x[:, 512:], weights.T


def _short(dtype: Any) -> Callable[[], Values]:
    make = uniform((256, 512), (512, 512), (512,))
    return lambda: tuple(value.astype(dtype) for value in make())


def _build(formula: Callable[..., Any]) -> Callable[[Any, Values], tuple[Any, list[Any]]]:
    """The TF1 program of a formula: the extents of matrices are known to it, not how many there are."""

    def build(tf: Any, values: Values) -> tuple[Any, list[Any]]:
        feeds = [tf.placeholder(tf.as_dtype(v.dtype), [None, *v.shape[1:]] if v.ndim > 2 else v.shape) for v in values]
        return formula(namespaces.for_tf(tf), *feeds), feeds

    return build


def _workload(
    name: str, title: str, values: Callable[[], Values], formula: Callable[..., Any], **more: Any
) -> Workload:
    return Workload(
        name=name, title=title, group="products", values=values, build=_build(formula), formula=formula,
        drive=drives.through_callable, main=False, **more,
    )  # fmt: skip


PRODUCTS = (
    *(
        _workload(f"products_{n}", f"10,000 products of {n} x {n} float32", uniform((10_000, n, n), (10_000, n, n)),
            _product, atol=1e-4)
        for n in SMALL
    ),
    _workload("narrow_layer", "relu(x @ w + b), 100,000 x 8 x 16 float32", uniform((100_000, 8), (8, 16), (16,)),
        _layer, atol=1e-4),
    _workload("residual", "x + relu(x @ w + b), 2048 x 256 x 256 float32", uniform((2048, 256), (256, 256), (256,)),
        _residual, atol=1e-3),
    _workload("attention", "softmax of 16 heads, 256 positions, width 64", uniform(
        (16, 256, 64), (16, 64, 256), (16, 256, 64)), _attention, atol=1e-4),
    _workload("strided_product", "half the columns of x times w transposed, 512 x 512 x 512", _every_other_column,
        _strided, atol=1e-3),
    *(
        _workload(f"dense_{np.dtype(dtype).name}", f"relu(x @ w + b), 256 x 512 x 512 {np.dtype(dtype).name}",
            _short(dtype), _layer, rtol=0.0, atol=atol, backends=("sessile", "tensorflow", "numpy", "jax"))
        for dtype, atol in ((np.float16, 0.1), (ml_dtypes.bfloat16, 0.5))
    ),
)  # fmt: skip
