"""Suppression of boxes that overlap better ones: plain, padded, softened, by overlaps, of many classes."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from ...building.build import build
from ...building.default_graph import name_scope
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import check_ranks, require_extent
from ...definition.shapes import merge_extent, with_rank
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import Extents


def _corners(boxes: Any) -> Any:
    """Boxes with the smaller corner first."""
    first, second = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([np.minimum(first, second), np.maximum(first, second)], axis=1)


def _suppress(boxes: Any, scores: Any, most: Any, overlap: float, least: float) -> Any:
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError("boxes must have 4 columns")
    if scores.shape != boxes.shape[:1]:
        raise ValueError("scores has incompatible shape")
    if not 0 <= overlap <= 1:
        raise ValueError("iou_threshold must be in [0, 1]")
    corners = _corners(boxes.astype(np.float32))
    sizes = np.prod(corners[:, 2:] - corners[:, :2], axis=1)
    chosen: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        if len(chosen) >= int(most) or not scores[index] > least:
            break
        others = corners[chosen]
        sides = np.minimum(corners[index, 2:], others[:, 2:]) - np.maximum(corners[index, :2], others[:, :2])
        shared = np.prod(np.maximum(sides, 0), axis=1)
        union = sizes[index] + sizes[chosen] - shared
        valid = (sizes[chosen] > 0) & (sizes[index] > 0)
        if not np.any(valid & (shared > overlap * union)):
            chosen.append(int(index))
    return np.array(chosen, np.int32)


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
    kernel=lambda boxes, scores, max_output_size, *, iou_threshold: _suppress(
        boxes, scores, max_output_size, iou_threshold, -np.inf
    ),
)
_FLOATS = {"T": (dtypes.float16, dtypes.float32)}
NON_MAX_SUPPRESSION_V3 = OpDef(
    name="NonMaxSuppressionV3",
    signature="boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold, score_threshold: T_threshold "
    "-> selected_indices: int32",
    where={**_FLOATS, "T_threshold": _FLOATS["T"]},
    attrs={"T": ("type", dtypes.float32), "T_threshold": ("type", dtypes.float32)},
    shape=_chosen_shape,
    kernel=lambda boxes, scores, most, overlap, least: _suppress(boxes, scores, most, float(overlap), float(least)),
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


def _overlaps(corners: Any, sizes: Any, index: int, others: Any) -> Any:
    """Intersection over union of a box with others; 0 where one is empty."""
    sides = np.minimum(corners[index, 2:], corners[others, 2:]) - np.maximum(corners[index, :2], corners[others, :2])
    shared = np.prod(np.maximum(sides, 0), axis=1)
    union = sizes[index] + sizes[others] - shared
    valid = (sizes[others] > 0) & (sizes[index] > 0)
    return np.where(valid, shared / np.where(valid, union, 1), 0)


def _softened(boxes: Any, scores: Any, most: int, overlap: float, least: float, sigma: float) -> tuple[Any, Any]:
    """The chosen boxes and their scores, lowered by what better boxes cover of them."""
    if sigma < 0:
        raise ValueError(f"soft_nms_sigma must be >= 0, got {sigma}")
    if sigma == 0:
        chosen = _suppress(boxes, scores, most, overlap, least)
        return chosen, scores[chosen]
    _suppress(boxes, scores, 0, overlap, least)  # checks
    corners = _corners(boxes.astype(np.float32))
    sizes = np.prod(corners[:, 2:] - corners[:, :2], axis=1)
    left = np.where(scores > least, scores, -np.inf).astype(np.float32)
    found: list[int] = []
    values: list[Any] = []
    everything = np.arange(len(scores))
    while len(found) < most and np.any(left > -np.inf):
        best = int(np.argmax(left))
        found.append(best)
        values.append(left[best])
        shares = _overlaps(corners, sizes, best, everything)
        left = left * np.exp(np.float32(-0.5 / sigma) * shares * shares, dtype=np.float32)
        left[(shares > overlap) | (left <= least)] = -np.inf
        left[best] = -np.inf
    return np.array(found, np.int32), np.array(values, scores.dtype)


def _filled(values: Any, size: int, is_padded: bool) -> Any:
    return np.concatenate([values, np.zeros(size - len(values), values.dtype)]) if is_padded else values


def _padded_kernel(
    boxes: Any, scores: Any, most: Any, overlap: Any, least: Any, *, pad_to_max_output_size: bool
) -> Any:
    chosen = _suppress(boxes, scores, most, float(overlap), float(least))
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
)  # fmt: skip


def _softened_kernel(
    boxes: Any, scores: Any, most: Any, overlap: Any, least: Any, sigma: Any, *, pad_to_max_output_size: bool
) -> Any:
    chosen, values = _softened(boxes, scores, int(most), float(overlap), float(least), float(sigma))
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
    gradient=NOT_DIFFERENTIABLE,
)


def non_max_suppression_padded(
    boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any = 0.5, score_threshold: Any = float("-inf"),
    pad_to_max_output_size: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """Return what `non_max_suppression` does, filled up with zeros on demand, and how many of it are true."""
    with name_scope(name, "non_max_suppression_padded"):
        return build(
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


def _given_kernel(overlaps: Any, scores: Any, most: Any, overlap: Any, least: Any) -> Any:
    if overlaps.ndim != 2 or overlaps.shape[0] != overlaps.shape[1] or scores.shape != overlaps.shape[:1]:
        raise ValueError(f"overlaps must be square, a row for each score, got {overlaps.shape} and {scores.shape}")
    chosen: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        if len(chosen) >= int(most) or not scores[index] > least:
            break
        if not np.any(overlaps[index, chosen] > overlap):
            chosen.append(int(index))
    return np.array(chosen, np.int32)


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
    boxes: Any, scores: Any, most: Any, total: Any, overlap: Any, least: Any, *, pad_per_class: bool, clip_boxes: bool
) -> Any:
    count, kinds = scores.shape[1:]
    if boxes.shape[:2] != scores.shape[:2] or boxes.shape[2] not in (1, kinds) or boxes.shape[3] != 4:
        raise ValueError(f"boxes {boxes.shape} and scores {scores.shape} must agree in images, boxes and classes")
    if most <= 0 or total <= 0:
        raise ValueError("max_output_size_per_class and max_total_size must be > 0")
    each = min(int(most), count)
    size = min(int(total), each * kinds) if pad_per_class else int(total)
    shape = (len(boxes), size)
    found, values = np.zeros((*shape, 4), np.float32), np.zeros(shape, np.float32)
    classes, valid = np.zeros(shape, np.float32), np.zeros(len(boxes), np.int32)
    for image in range(len(boxes)):
        rows = []
        for kind in range(kinds):
            own = boxes[image, :, kind if boxes.shape[2] > 1 else 0]
            chosen = _suppress(own, scores[image, :, kind], each, float(overlap), float(least))
            rows += [(scores[image, index, kind], kind, own[index]) for index in chosen]
        rows.sort(key=lambda row: -row[0])
        valid[image] = min(len(rows), size)
        for place, (score, kind, box) in enumerate(rows[:size]):
            found[image, place] = np.clip(box, 0, 1) if clip_boxes else box
            values[image, place], classes[image, place] = score, kind
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
