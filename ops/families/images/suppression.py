"""Suppression of boxes that overlap better ones: plain, padded, softened, by overlaps, of many classes."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from ...building.build import build
from ...building.default_graph import name_scope
from ...building.named import build_named
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import check_ranks, require_extent
from ...definition.shapes import merge_extent, with_rank
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import Extents


def _corners(boxes: Any) -> Any:
    """Boxes with the smaller corner first, as four rows: top, left, bottom, right."""
    rows = np.ascontiguousarray(boxes.reshape(-1, 4).T, np.float32)
    corners = np.empty_like(rows)
    np.minimum(rows[:2], rows[2:], out=corners[:2])
    np.maximum(rows[:2], rows[2:], out=corners[2:])
    return corners


def _areas(corners: Any) -> Any:
    return (corners[2] - corners[0]) * (corners[3] - corners[1])


def _shared(corners: Any, areas: Any, corner: Any, area: Any) -> tuple[Any, Any]:
    """The intersection of boxes with a box, and their union."""
    tall = np.minimum(corner[2], corners[2]) - np.maximum(corner[0], corners[0])
    wide = np.minimum(corner[3], corners[3]) - np.maximum(corner[1], corners[1])
    shared = np.maximum(tall, 0) * np.maximum(wide, 0)
    return shared, area + areas - shared


def _chosen(corners: Any, areas: Any, orders: Sequence[Any], most: int, overlap: float) -> list[Any]:
    """Of each of some orders the boxes that overlap none chosen before."""
    found = []
    for order in orders:
        chosen: list[int] = []
        left, own, sizes = order, corners[:, order], areas[order]
        while len(left) and len(chosen) < most:
            chosen.append(left[0])
            shared, union = _shared(own[:, 1:], sizes[1:], own[:, 0], sizes[0])
            free = ~((sizes[1:] > 0) & (sizes[0] > 0) & (shared > overlap * union))
            left, own, sizes = left[1:][free], own[:, 1:][:, free], sizes[1:][free]
        found.append(np.array(chosen, np.int32))
    return found


def _lowered(
    corners: Any, areas: Any, scores: Any, most: int, overlap: float, least: float, scale: float
) -> tuple[Any, Any]:
    """The best boxes one after the other, and their scores, lowered by those before."""
    left = np.where(scores > least, scores, -np.inf).astype(np.float32)
    found: list[int] = []
    values: list[Any] = []
    while len(found) < most and np.any(left > -np.inf):
        best = int(np.argmax(left))
        found.append(best)
        values.append(left[best])
        shared, union = _shared(corners, areas, corners[:, best], areas[best])
        valid = (areas > 0) & (areas[best] > 0)
        shares = np.where(valid, shared / np.where(valid, union, 1), 0)
        left = left * np.exp((np.float32(scale) * shares * shares).astype(np.float64)).astype(np.float32)
        left[(shares > overlap) | (left <= least)] = -np.inf
        left[best] = -np.inf
    return np.array(found, np.int32), np.array(values, np.float32)


def _free(overlaps: Any, order: Any, most: int, overlap: float) -> Any:
    """The boxes of an order whose overlaps with those chosen before are small."""
    chosen: list[int] = []
    while len(order) and len(chosen) < most:
        chosen.append(order[0])
        order = order[1:][~(overlaps[order[1:], order[0]] > overlap)]
    return np.array(chosen, np.int32)


class Ways(NamedTuple):
    """How boxes are chosen: NumPy's loops over those that are chosen, or compiled ones over all."""

    chosen: Callable[..., list[Any]]
    lowered: Callable[..., tuple[Any, Any]]
    free: Callable[..., Any]


_NUMPY: Final = Ways(_chosen, _lowered, _free)


def _check(boxes: Any, scores: Any, overlap: float) -> None:
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError("boxes must have 4 columns")
    if scores.shape != boxes.shape[:1]:
        raise ValueError("scores has incompatible shape")
    if not 0 <= overlap <= 1:
        raise ValueError("iou_threshold must be in [0, 1]")


def _ranked(scores: Any) -> Any:
    """The places of numbers along the last axis, the highest first, equal ones in their order.

    Keys of integers, no two of them equal, are sorted in vectors; an `argsort` that is stable takes four times as long.
    """
    bits = (scores.astype(np.float32) + np.float32(0)).view(np.int32)  # of -0 as of 0
    keys = (~(bits ^ ((bits >> 31) & 0x7FFFFFFF))).astype(np.int64) << 32
    return np.sort(keys | np.arange(scores.shape[-1]), axis=-1) & 0xFFFFFFFF


def order_of(scores: Any, least: float) -> Any:
    """The places of the scores above one, the highest first."""
    (found,) = np.nonzero(scores > least)
    return found[_ranked(scores[found])]


def _suppress(boxes: Any, scores: Any, most: Any, overlap: float, least: float, ways: Ways) -> Any:
    _check(boxes, scores, overlap)
    corners = _corners(boxes)
    return ways.chosen(corners, _areas(corners), [order_of(scores, least)], int(most), overlap)[0]


def _plain_kernel(boxes: Any, scores: Any, most: Any, ways: Ways = _NUMPY, *, iou_threshold: float) -> Any:
    return _suppress(boxes, scores, most, iou_threshold, -np.inf, ways)


def _kernel_of_3(boxes: Any, scores: Any, most: Any, overlap: Any, least: Any, ways: Ways = _NUMPY) -> Any:
    return _suppress(boxes, scores, most, float(overlap), float(least), ways)


def _chosen_shape(query: Any) -> Extents:
    """As many as are chosen, of boxes with four numbers and a score each; the other inputs are scalars."""
    check_ranks(query, 2, 1, 0, 0, 0)
    count, columns = with_rank(query.shapes[0], 2)
    merge_extent(count, with_rank(query.shapes[1], 1)[0])
    require_extent(columns, 4)
    return (None,)


NON_MAX_SUPPRESSION = OpDef(
    name="NonMaxSuppression",
    signature="boxes: float32, scores: float32, max_output_size: int32 -> selected_indices: int32",
    attrs={"iou_threshold": ("float", 0.5)},
    shape=_chosen_shape,
    kernel=_plain_kernel,
    routine=("suppression",),
)
_FLOATS = {"T": (dtypes.float16, dtypes.float32)}
NON_MAX_SUPPRESSION_V3 = OpDef(
    name="NonMaxSuppressionV3",
    signature="boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold, score_threshold: T_threshold "
    "-> selected_indices: int32",
    where={**_FLOATS, "T_threshold": _FLOATS["T"]},
    attrs={"T": ("type", dtypes.float32), "T_threshold": ("type", dtypes.float32)},
    shape=_chosen_shape,
    kernel=_kernel_of_3,
    routine=("suppression",),
)


def non_max_suppression(
    boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any = 0.5, score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the indices of the best boxes, of those that overlap only the best.

    Args:
      boxes: [boxes, 4]: two opposite corners, y before x.
      scores: of the boxes.
      max_output_size: how many indices at the most.
      iou_threshold: the share (intersection over union) from which on boxes overlap.
      score_threshold: boxes of that score and below are left out.
    """
    result: Tensor = build(
        NON_MAX_SUPPRESSION_V3,
        boxes,
        scores,
        max_output_size,
        iou_threshold,
        score_threshold,
        name=name or "non_max_suppression",
    )
    return result


# Padded and softened.


def _softened(
    boxes: Any, scores: Any, most: int, overlap: float, least: float, sigma: float, ways: Ways
) -> tuple[Any, Any]:
    """The chosen boxes and their scores, lowered by what better boxes cover of them."""
    if sigma < 0:
        raise ValueError(f"soft_nms_sigma must be >= 0, got {sigma}")
    if sigma == 0:
        chosen = _suppress(boxes, scores, most, overlap, least, ways)
        return chosen, scores[chosen]
    _check(boxes, scores, overlap)
    corners = _corners(boxes)
    found, values = ways.lowered(corners, _areas(corners), scores, most, overlap, least, -0.5 / sigma)
    return found, values.astype(scores.dtype, copy=False)


def _filled(values: Any, size: int, is_padded: bool) -> Any:
    return np.concatenate([values, np.zeros(size - len(values), values.dtype)]) if is_padded else values


def _padded_kernel(
    boxes: Any, scores: Any, most: Any, overlap: Any, least: Any, ways: Ways = _NUMPY, *, pad_to_max_output_size: bool
) -> Any:
    chosen = _suppress(boxes, scores, most, float(overlap), float(least), ways)
    return _filled(chosen, int(most), pad_to_max_output_size), np.array(len(chosen), np.int32)


def _padded_shape(query: Any) -> Extents:
    """As many as are asked for where they are padded, else as many as are chosen."""
    _chosen_shape(query)
    most = query.integers(2) if query.attrs["pad_to_max_output_size"] else None
    return (int(np.ravel(most)[0]) if most is not None else None,)


NON_MAX_SUPPRESSION_V4 = OpDef(
    name="NonMaxSuppressionV4",
    signature="boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold, score_threshold: T_threshold "
    "-> selected_indices: int32, valid_outputs: int32",
    where={**_FLOATS, "T_threshold": _FLOATS["T"]},
    attrs={
        "T": ("type", dtypes.float32), "T_threshold": ("type", dtypes.float32),
        "pad_to_max_output_size": ("bool", False),
    },
    shape=lambda q: [_padded_shape(q), ()],
    kernel=_padded_kernel,
    routine=("suppression",),
)  # fmt: skip


def _softened_kernel(
    boxes: Any, scores: Any, most: Any, overlap: Any, least: Any, sigma: Any, ways: Ways = _NUMPY, *,
    pad_to_max_output_size: bool,
) -> Any:  # fmt: skip
    chosen, values = _softened(boxes, scores, int(most), float(overlap), float(least), float(sigma), ways)
    padded = (_filled(part, int(most), pad_to_max_output_size) for part in (chosen, values))
    return (*padded, np.array(len(chosen), np.int32))


NON_MAX_SUPPRESSION_V5 = OpDef(
    name="NonMaxSuppressionV5",
    signature="boxes: T, scores: T, max_output_size: int32, iou_threshold: T, score_threshold: T, soft_nms_sigma: T "
    "-> selected_indices: int32, selected_scores: T, valid_outputs: int32",
    where=_FLOATS,
    attrs={"T": ("type", dtypes.float32), "pad_to_max_output_size": ("bool", False)},
    shape=lambda q: [_padded_shape(q), _padded_shape(q), ()],
    kernel=_softened_kernel,
    routine=("suppression",),
    gradient=NOT_DIFFERENTIABLE,
)


def non_max_suppression_padded(
    boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any = 0.5, score_threshold: Any = float("-inf"),
    pad_to_max_output_size: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """Return what `non_max_suppression` does, filled up with zeros on demand, and how many of it are true."""
    with name_scope(name, "non_max_suppression_padded"):
        return build_named(
            NON_MAX_SUPPRESSION_V4, boxes, scores, max_output_size, iou_threshold, score_threshold,
            pad_to_max_output_size=pad_to_max_output_size,
        )  # fmt: skip


def non_max_suppression_with_scores(
    boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any = 0.5, score_threshold: Any = float("-inf"),
    soft_nms_sigma: Any = 0.0, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Return the indices of the best boxes and their scores, lowered by the boxes that overlap.

    Args:
      boxes, scores, max_output_size, iou_threshold, score_threshold: as of `non_max_suppression`.
      soft_nms_sigma: of the Gaussian that lowers scores, as Bodla and others (2017) have it; 0: none are lowered.
    """
    with name_scope(name, "non_max_suppression_with_scores"):
        chosen, values, _ = build(
            NON_MAX_SUPPRESSION_V5, boxes, scores, max_output_size, iou_threshold, score_threshold, soft_nms_sigma
        )
        return chosen, values


# By overlaps that are given.


def _given_kernel(overlaps: Any, scores: Any, most: Any, overlap: Any, least: Any, ways: Ways = _NUMPY) -> Any:
    if overlaps.ndim != 2 or overlaps.shape[0] != overlaps.shape[1] or scores.shape != overlaps.shape[:1]:
        raise ValueError(f"overlaps must be square, a row for each score, got {overlaps.shape} and {scores.shape}")
    return ways.free(overlaps, order_of(scores, float(least)), int(most), float(overlap))


def _given_shape(query: Any) -> Extents:
    check_ranks(query, 2, 1, 0, 0, 0)
    rows, columns = with_rank(query.shapes[0], 2)
    merge_extent(merge_extent(rows, columns), with_rank(query.shapes[1], 1)[0])
    return (None,)


NON_MAX_SUPPRESSION_WITH_OVERLAPS = OpDef(
    name="NonMaxSuppressionWithOverlaps",
    signature="overlaps: float32, scores: float32, max_output_size: int32, overlap_threshold: float32, "
    "score_threshold: float32 -> selected_indices: int32",
    shape=_given_shape,
    kernel=_given_kernel,
    routine=("suppression",),
)


def non_max_suppression_overlaps(
    overlaps: Any, scores: Any, max_output_size: Any, overlap_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"), name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the indices of the best, without those whose overlap with a better one is over a threshold.

    Args:
      overlaps: [boxes, boxes], any measure, largest of a box with itself.
    """
    with name_scope(name, "non_max_suppression_overlaps"):
        result: Tensor = build(
            NON_MAX_SUPPRESSION_WITH_OVERLAPS, overlaps, scores, max_output_size, overlap_threshold, score_threshold
        )
        return result


# Of many images and classes.


def _combined_kernel(
    boxes: Any, scores: Any, most: Any, total: Any, overlap: Any, least: Any, ways: Ways = _NUMPY, *,
    pad_per_class: bool, clip_boxes: bool,
) -> Any:  # fmt: skip
    count, kinds = scores.shape[1:]
    if boxes.shape[:2] != scores.shape[:2] or boxes.shape[2] not in (1, kinds) or boxes.shape[3] != 4:
        raise ValueError(f"boxes {boxes.shape} and scores {scores.shape} must agree in images, boxes and classes")
    if most <= 0 or total <= 0:
        raise ValueError("max_output_size_per_class and max_total_size must be > 0")
    if not 0 <= overlap <= 1:
        raise ValueError("iou_threshold must be in [0, 1]")
    each = min(int(most), count)
    size = min(int(total), each * kinds) if pad_per_class else int(total)
    shape = (len(boxes), size)
    found, values = np.zeros((*shape, 4), np.float32), np.zeros(shape, np.float32)
    classes, valid = np.zeros(shape, np.float32), np.zeros(len(boxes), np.int32)
    corners, sets = _corners(boxes), boxes.shape[2]
    rated = np.ascontiguousarray(scores.transpose(0, 2, 1)).reshape(-1, count)  # a row for each class of an image
    firsts = np.arange(len(boxes))[:, None] * count * sets + np.arange(kinds) * (sets > 1)
    is_good = rated > least
    ranked = _ranked(np.where(is_good, rated, -np.inf)) * sets + firsts.reshape(-1, 1)
    orders = [row[:length] for row, length in zip(ranked, np.count_nonzero(is_good, 1).tolist())]
    chosen = ways.chosen(corners, _areas(corners), orders, each, float(overlap))
    for image in range(len(boxes)):
        own = chosen[image * kinds : (image + 1) * kinds]
        kind = np.repeat(np.arange(kinds), [len(part) for part in own])
        places = np.concatenate([np.zeros(0, np.int32), *own])
        own_scores = scores[image, places // sets - image * count, kind]
        best = _ranked(own_scores)[:size]
        valid[image] = len(best)
        rows = boxes.reshape(-1, 4)[places[best]]
        found[image, : len(best)] = np.clip(rows, 0, 1) if clip_boxes else rows
        values[image, : len(best)], classes[image, : len(best)] = own_scores[best], kind[best]
    return found, values, classes, valid


def _combined_shape(query: Any) -> list[Extents]:
    check_ranks(query, 4, 3, 0, 0, 0, 0)
    images, _, _, columns = with_rank(query.shapes[0], 4)
    batch, count, kinds = with_rank(query.shapes[1], 3)
    require_extent(columns, 4)
    images = merge_extent(images, batch)
    most, total = query.integers(2), query.integers(3)
    size = int(np.ravel(total)[0]) if total is not None else None
    if size is not None and query.attrs["pad_per_class"]:
        if most is None or not isinstance(count, int) or not isinstance(kinds, int):
            size = None
        else:
            size = min(size, min(int(np.ravel(most)[0]), count) * kinds)
    return [(images, size, 4), (images, size), (images, size), (images,)]


COMBINED_NON_MAX_SUPPRESSION = OpDef(
    name="CombinedNonMaxSuppression",
    signature="boxes: float32, scores: float32, max_output_size_per_class: int32, max_total_size: int32, "
    "iou_threshold: float32, score_threshold: float32 "
    "-> nmsed_boxes: float32, nmsed_scores: float32, nmsed_classes: float32, valid_detections: int32",
    attrs={"pad_per_class": ("bool", False), "clip_boxes": ("bool", True)},
    shape=_combined_shape,
    kernel=_combined_kernel,
    routine=("suppression",),
    gradient=NOT_DIFFERENTIABLE,
)

CombinedNonMaxSuppression = namedtuple(
    "CombinedNonMaxSuppression", "nmsed_boxes nmsed_scores nmsed_classes valid_detections"
)


def combined_non_max_suppression(
    boxes: Any, scores: Any, max_output_size_per_class: Any, max_total_size: Any, iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"), pad_per_class: bool = False, clip_boxes: bool = True, name: str | None = None,
) -> Any:  # fmt: skip
    """Return the best boxes of many images, suppressed class by class and put together by score.

    Args:
      boxes: [images, boxes, 1 or classes, 4].
      scores: [images, boxes, classes].
      max_output_size_per_class, max_total_size: of an image.
      pad_per_class: whether there are at most as many results as all classes together may give.
      clip_boxes: whether boxes are clipped to [0, 1].
    Returns: boxes, scores, classes, filled up with zeros, and how many of them are true.
    """
    with name_scope(name, "combined_non_max_suppression"):
        outputs = build(
            COMBINED_NON_MAX_SUPPRESSION, boxes, scores, max_output_size_per_class, max_total_size, iou_threshold,
            score_threshold, pad_per_class=pad_per_class, clip_boxes=clip_boxes,
        )  # fmt: skip
        return CombinedNonMaxSuppression(*outputs)
