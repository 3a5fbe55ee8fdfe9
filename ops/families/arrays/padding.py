"""Padding: more elements before and behind those of a tensor: a constant, or the elements mirrored."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...definition.extent_math import require_rank
from ...definition.opdef import OpDef
from ...definition.shapes import with_rank
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents
from . import array_gradients as gradients
from . import index_maps as indexing


def _pad_shape(query: Any) -> Extents:
    extents: Extents = query.shapes[0]
    rows = query.shapes[1]
    if rows is not None:
        if len(rows) != 2:
            raise ValueError(f"Shape must be rank 2 but is rank {len(rows)}")
        if rows[1] is not None and rows[1] != 2:
            raise ValueError(f"Dimension must be 2 but is {rows[1]}")
        if extents is not None and rows[0] is not None and rows[0] != len(extents):
            raise ValueError(f"Shape must be rank {rows[0]} but is rank {len(extents)}")
    rank = len(extents) if extents is not None else None if rows is None else rows[0]
    if rank is None:
        return None
    paddings = query.integers(1)  # `[[0, 0], [0, longest - tf.shape(x)[1]]]` tells of the first dimension
    if paddings is None:
        return (None,) * rank
    if any(amount is not None and amount < 0 for amount in paddings):
        raise ValueError("Paddings must be non-negative")
    return tuple(
        None if extent is None or before is None or behind is None else before + extent + behind
        for extent, before, behind in zip(with_rank(extents, rank), paddings[::2], paddings[1::2])
    )


def padding_amounts(x: Any, paddings: Any) -> list[tuple[int, int]]:
    """How much is before and behind along each axis. Raises: ValueError if that does not fit."""
    if paddings.shape != (x.ndim, 2):
        raise ValueError(
            f"The first dimension of paddings must be the rank of inputs: {paddings.shape} for rank {x.ndim}"
        )
    amounts = [(int(before), int(behind)) for before, behind in paddings.tolist()]
    for before, behind in amounts:
        if before < 0 or behind < 0:
            raise ValueError(f"Paddings must be non-negative: {before} {behind}")
    return amounts


def _pad_kernel(x: Any, paddings: Any) -> Any:
    fill = b"" if x.dtype == object else 0
    return np.pad(x, padding_amounts(x, paddings), constant_values=fill) if x.ndim else x


def _pad_v2_shape(query: Any) -> Extents:
    if not query.is_building:
        require_rank(query.shapes[2], 0)
    return _pad_shape(query)


def _pad_v2_kernel(x: Any, paddings: Any, constant_values: Any) -> Any:
    require_rank(constant_values.shape, 0)
    return np.pad(x, padding_amounts(x, paddings), constant_values=constant_values[()]) if x.ndim else x


def _mirror_pad_kernel(x: Any, paddings: Any, *, mode: bytes) -> Any:
    amounts = padding_amounts(x, paddings)
    reflect = mode == b"REFLECT"
    for (before, behind), extent in zip(amounts, x.shape):
        limit = extent - 1 if reflect else extent
        if before > limit or behind > limit:
            word = "less than" if reflect else "no greater than"
            raise ValueError(f"paddings must be {word} the dimension size: {before}, {behind} not {word} {extent}")
    return np.pad(x, amounts, mode="reflect" if reflect else "symmetric") if x.ndim else x


def _mirror_pad_shape(query: Any) -> Extents:
    result = _pad_shape(query)
    extents, paddings = query.shapes[0], query.known_integers(1)
    if result is None or extents is None or paddings is None or query.is_building:
        return result
    border = 1 if query.attrs["mode"] == b"REFLECT" else 0
    fits = (
        extent is None or (before <= extent - border and behind <= extent - border)
        for extent, before, behind in zip(extents, paddings[::2], paddings[1::2])
    )
    # More than there is to mirror gives no shape in a step: the kernel will say so.
    return tuple(extent if fit else None for extent, fit in zip(result, fits))


PAD = OpDef(
    name="Pad",
    signature="input: T, paddings: Tpaddings -> output: T",
    where={"Tpaddings": dtypes.INDEX},
    attrs={"Tpaddings": ("type", dtypes.int32)},
    shape=_pad_shape,
    kernel=_pad_kernel,
    index_map=indexing.PAD,
    gradient=gradients.pad,
)

PAD_V2 = OpDef(
    name="PadV2",
    signature="input: T, paddings: Tpaddings, constant_values: T -> output: T",
    where={"Tpaddings": dtypes.INDEX},
    attrs={"Tpaddings": ("type", dtypes.int32)},
    shape=_pad_v2_shape,
    kernel=_pad_v2_kernel,
    index_map=indexing.PAD,
    gradient=gradients.pad,
)

MIRROR_PAD = OpDef(
    name="MirrorPad",
    signature="input: T, paddings: Tpaddings -> output: T",
    where={"Tpaddings": dtypes.INDEX},
    attrs={"Tpaddings": ("type", dtypes.int32), "mode": ("string",)},
    shape=_mirror_pad_shape,
    kernel=_mirror_pad_kernel,
    gradient=gradients.mirror_pad,
)


def pad(
    tensor: TensorLike,
    paddings: TensorLike,
    mode: str = "CONSTANT",
    name: str | None = None,
    constant_values: TensorLike = 0,
) -> Tensor:
    """Return `tensor` with `paddings[i, 0]` elements before and `paddings[i, 1]` behind along each dimension `i`.

    Args:
      tensor: the tensor.
      paddings: integers of shape `[rank, 2]`.
      mode: "CONSTANT", "REFLECT" (mirrored, without the border) or "SYMMETRIC" (mirrored with it), in any case.
      name: a name for the operation.
      constant_values: the scalar to pad with in the first mode.
    Raises: ValueError for another mode, or paddings that do not fit; InvalidArgumentError when it runs, for mirrored
      paddings that are larger than the tensor.

    >>> pad([[1, 2, 3]], [[1, 1], [0, 2]]).shape.as_list()
    [3, 5]
    """
    mode = mode.upper()
    result: Tensor
    if mode == "CONSTANT":
        if isinstance(constant_values, Tensor) or np.ndim(constant_values) or constant_values != 0:
            result = build(PAD_V2, tensor, paddings, constant_values, name=name)
        else:
            result = build(PAD, tensor, paddings, name=name)
    elif mode in ("REFLECT", "SYMMETRIC"):
        result = build(MIRROR_PAD, tensor, paddings, name=name, mode=mode)
    else:
        raise ValueError(
            'Value of argument `mode` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". '
            f"Received `mode` = {mode}"
        )
    return result
