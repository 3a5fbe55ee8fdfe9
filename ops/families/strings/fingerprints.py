"""Fingerprints of the rows of a tensor: eight bytes each, by FarmHash's Fingerprint64."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...definition.extent_math import require_rank
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import at_least_rank
from ...graph.node import Tensor, TensorLike
from ...types.tensor_shape import Extents
from .hashing import fingerprint


def _kernel(data: Any, method: Any) -> Any:
    if method.ndim or method.item() != b"farmhash64":
        raise InvalidArgumentError(None, None, f"Unsupported fingerprint method: {method.tolist()!r}")
    if not data.ndim:
        raise InvalidArgumentError(None, None, "`data` must have at least one dimension.")
    if data.dtype == object:
        each = np.array([_number(text) for text in data.reshape(-1).tolist()], "<u8").reshape(data.shape)
        if data.size == data.shape[0]:
            return each.reshape(-1, 1).view(np.uint8).reshape(len(data), 8)
        data = each
    rows = np.ascontiguousarray(data).reshape(len(data), -1)
    return np.array([_number(row.tobytes()) for row in rows], "<u8").view(np.uint8).reshape(len(data), 8)


def _number(text: bytes) -> int:
    return int(fingerprint(text))


def _shape(query: Any) -> Extents:
    shape = at_least_rank(query.shapes[0], 1)
    require_rank(query.shapes[1], 0)
    return (None if shape is None else shape[0], 8)


FINGERPRINT = OpDef(
    name="Fingerprint",
    signature="data: T, method: string -> fingerprint: uint8",
    shape=_shape,
    kernel=_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def fingerprint_of(data: TensorLike, method: TensorLike = "farmhash64", name: str | None = None) -> Tensor:
    """Return a fingerprint of each row, which is the same everywhere and always.

    Args:
      data: of rank 1 or more, of any type.
      method: "farmhash64".
      name: a name for the operation.
    Returns: uint8 of shape `[rows, 8]`.
    Raises: InvalidArgumentError when run, for another method.
    """
    result: Tensor = build(FINGERPRINT, convert_to_tensor(data, name="data"), method, name=name)
    return result
