"""Images of earlier graphs: contrast with limits, crops, blocks of one size, suppression without a least score."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.context import KernelContext
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import check_ranks, ranked, require_extent, spelled_extent
from ...definition.shape_query import ShapeQuery
from ...definition.shapes import merge_extent, same_shape, with_rank
from ...types.dtypes import INDEX, float16, float32, float64, int8, int16, int32, int64, uint8
from ...types.tensor_shape import Extents
from ..arrays.blocks import BATCH_TO_SPACE_ND, SPACE_TO_BATCH_ND
from ..images.suppression import NON_MAX_SUPPRESSION_V3
from ..random.philox import blocks
from ..random.sampling import RANDOM, SEEDS, stream_of

_PIXELS: Final = (uint8, int8, int16, int32, int64, float32, float64)
_FLOATS: Final = (float16, float32)


def _contrast_kernel(images: Any, contrast_factor: Any, min_value: Any, max_value: Any) -> Any:
    wide = images.astype(np.float32)
    means = wide.mean(axis=(-3, -2), keepdims=True, dtype=np.float64).astype(np.float32)
    return np.clip((wide - means) * contrast_factor + means, min_value, max_value).astype(np.float32)


ADJUST_CONTRAST = OpDef(
    name="AdjustContrast",
    signature="images: T, contrast_factor: float32, min_value: float32, max_value: float32 -> output: float32",
    where={"T": _PIXELS},
    shape=ranked(same_shape, -3, 0, 0, 0),
    kernel=_contrast_kernel,
)


def _chosen_shape(query: Any) -> Extents:
    check_ranks(query, 2, 1, 0, 0)
    count, columns = with_rank(query.shapes[0], 2)
    merge_extent(count, with_rank(query.shapes[1], 1)[0])
    require_extent(columns, 4)
    return (None,)


def _suppression_kernel(boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any) -> Any:
    choose: Any = NON_MAX_SUPPRESSION_V3.kernel
    return choose(boxes, scores, max_output_size, iou_threshold, np.array(-np.inf, scores.dtype))


NON_MAX_SUPPRESSION_V2 = OpDef(
    name="NonMaxSuppressionV2",
    signature="boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold -> selected_indices: int32",
    where={"T": _FLOATS, "T_threshold": _FLOATS},
    attrs={"T": ("type", float32), "T_threshold": ("type", float32)},
    shape=_chosen_shape,
    kernel=_suppression_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _crop_shape(query: Any) -> Extents:
    channels = with_rank(query.shapes[0], 3)[2]
    merge_extent(with_rank(query.shapes[1], 1)[0], 2)
    height, width = query.integers(1) or (None, None)
    return spelled_extent(height), spelled_extent(width), channels


def _crop_kernel(context: KernelContext, image: Any, size: Any) -> Any:
    if image.ndim != 3 or size.shape != (2,):
        raise InvalidArgumentError(None, None, f"input must be 3-dimensional and size [2], got {list(image.shape)}")
    stream = stream_of(context)
    numbers = blocks(stream.key, stream.reserve(1), 1).reshape(-1).tolist()
    starts = []
    for extent, wanted, what in zip(image.shape, size.tolist(), ("height", "width")):
        if extent < wanted:
            raise InvalidArgumentError(
                None, None, f"{what} must be >= target_{what}: {what} = {extent}, target_{what} = {wanted}"
            )
        starts.append(_below(extent - wanted + 1, numbers) if extent > wanted else 0)
    (top, left), (height, width) = starts, size.tolist()
    return image[top : top + height, left : left + width].copy()


def _below(limit: int, numbers: list[int]) -> int:
    """The next number below a limit, without favouring small ones."""
    if limit & (limit - 1) == 0:
        return numbers.pop(0) & (limit - 1)
    least = (2**32 - 1) % limit + 1
    drawn = numbers.pop(0)
    while drawn < least and numbers:
        drawn = numbers.pop(0)
    return drawn % limit


RANDOM_CROP = OpDef(
    name="RandomCrop",
    signature="image: T, size: int64 -> output: T",
    where={"T": _PIXELS},
    attrs=SEEDS,
    shape=_crop_shape,
    kernel=_crop_kernel,
    gradient=NOT_DIFFERENTIABLE,
    effects=RANDOM,
)


def _square_blocks(name: str, other: str, newer: OpDef, sides: str, sides_type: str) -> OpDef:
    """A type whose blocks are as wide as they are high."""

    def shape(query: Any) -> Extents:
        size = query.attrs["block_size"]
        with_rank(query.shapes[0], 4)
        rule: Any = newer.shape
        known = np.array([size, size])
        found: Extents = rule(
            ShapeQuery(
                [query.shapes[0], (2,), query.shapes[1]], query.attrs, (),
                lambda index: known if index == 1 else query.value(1) if index == 2 else None, query.makers,
            )
        )  # fmt: skip
        return found

    def kernel(x: Any, amounts: Any, *, block_size: int) -> Any:
        run: Any = newer.kernel
        return run(x, np.array([block_size, block_size], np.int32), amounts)

    return OpDef(
        name=name,
        signature=f"input: T, {sides}: {sides_type} -> output: T",
        where={sides_type: INDEX},
        attrs={"block_size": ("int",), sides_type: ("type", int32)},
        shape=shape,
        kernel=kernel,
        gradient=lambda g, op, dy: [g(other, dy, op.inputs[1], block_size=op.attrs["block_size"]), None],
    )


SPACE_TO_BATCH = _square_blocks("SpaceToBatch", "BatchToSpace", SPACE_TO_BATCH_ND, "paddings", "Tpaddings")
BATCH_TO_SPACE = _square_blocks("BatchToSpace", "SpaceToBatch", BATCH_TO_SPACE_ND, "crops", "Tidx")
