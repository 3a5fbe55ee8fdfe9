"""Placeholders that stand for tensors from outside a copied part of a graph."""

from __future__ import annotations

from typing import Any

from ....building.basic_ops import placeholder
from ....graph.node import Tensor


def placeholder_name(t: Any = None, scope: str | None = None, prefix: str = "geph") -> str:
    """Return the name of a placeholder: `geph`, for a tensor with its name and number, in its scope or in `scope`.

    Raises: TypeError if `t` is no tensor.
    """
    if t is None:
        return _within(scope, prefix)
    if not isinstance(t, Tensor):
        raise TypeError(f"Expected a tf.Tensor, got: {type(t)}")
    outer, _, name = t.op.name.rpartition("/")
    return _within(outer if scope is None else scope, f"{prefix}__{name}_{t.value_index}")


def _within(scope: str | None, name: str) -> str:
    return f"{scope.removesuffix('/')}/{name}" if scope else name


def make_placeholder_from_tensor(t: Any, scope: str | None = None, prefix: str = "geph") -> Tensor:
    """Return a placeholder of a tensor's type and shape. See `placeholder_name`."""
    return placeholder(t.dtype.base_dtype, t.shape, placeholder_name(t, scope, prefix))


def make_placeholder_from_dtype_and_shape(
    dtype: Any, shape: Any = None, scope: str | None = None, prefix: str = "geph"
) -> Tensor:
    """Return a placeholder of a type and a shape. See `placeholder_name`."""
    return placeholder(dtype, shape, placeholder_name(None, scope, prefix))
