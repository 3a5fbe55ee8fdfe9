"""Boxes in images: drawing, random ones, crops."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from ...base.errors import InvalidArgumentError, OutOfRangeError
from ...building.build import build
from ...building.default_graph import name_scope
from ...building.named import result_type
from ...definition.context import KernelContext
from ...definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ...definition.shape_checks import require_extent, spelled_extent
from ...definition.shapes import merge_extent, with_rank
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets
from ..random.philox import Drawn, stream_in
from . import image_gradients as gradients

# Drawing.

_COLOURS = np.array(
    [[1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1], [0.5, 0, 0.5, 1], [0.5, 0.5, 0, 1], [0.5, 0, 0, 1],
     [0, 0, 0.5, 1], [0, 1, 1, 1], [1, 0, 1, 1]], np.float32,
)  # fmt: skip


def chosen_colours(depth: int, given: Any = None) -> Any:
    """The colours of the first box and of those behind it, a number for each channel. Raises: ValueError."""
    colours = _COLOURS.copy()
    if given is not None and given.size:
        if given.ndim != 2 or given.shape[1] < depth:
            raise ValueError(f"colors must be 2-D with a number for each of {depth} channels, got {given.shape}")
        colours = given.astype(np.float32)
    return np.ones_like(colours) if depth == 1 else colours


def _draw_kernel(images: Any, boxes: Any, given: Any = None) -> Any:
    result = images.copy()
    height, width, depth = images.shape[1:]
    colours = chosen_colours(depth, given)
    for image, own in zip(result, boxes):
        for number, (top, left, bottom, right) in enumerate(own):
            colour = colours[number % len(colours), :depth]
            first, last = int(top * (height - 1)), int(bottom * (height - 1))
            begin, end = int(left * (width - 1)), int(right * (width - 1))
            if first > last or begin > end or last < 0 or first >= height or end < 0 or begin >= width:
                continue
            rows = slice(max(first, 0), min(last, height - 1) + 1)
            columns = slice(max(begin, 0), min(end, width - 1) + 1)
            for row in (first, last):
                if 0 <= row < height:
                    image[row, columns] = colour
            for column in (begin, end):
                if 0 <= column < width:
                    image[rows, column] = colour
    return result


def _drawn_shape(query: Any) -> Extents:
    images, boxes = with_rank(query.shapes[0], 4), with_rank(query.shapes[1], 3)
    channels = images[3]
    if channels is not None and channels != 1 and channels != 3 and channels != 4:
        raise ValueError(f"Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA), but is {channels}")
    require_extent(boxes[2], 4)
    return images


DRAW_BOUNDING_BOXES = OpDef(
    name="DrawBoundingBoxes",
    signature="images: T, boxes: float32 -> output: T",
    where={"T": (dtypes.float16, dtypes.float32)},
    attrs={"T": ("type", dtypes.float32)},
    shape=_drawn_shape,
    kernel=_draw_kernel,
    routine=("drawn boxes",),
    gradient=NOT_DIFFERENTIABLE,
)


DRAW_BOUNDING_BOXES_V2 = OpDef(
    name="DrawBoundingBoxesV2",
    signature="images: T, boxes: float32, colors: float32 -> output: T",
    where={"T": (dtypes.float16, dtypes.float32)},
    attrs={"T": ("type", dtypes.float32)},
    shape=_drawn_shape,
    kernel=_draw_kernel,
    routine=("drawn boxes",),
)


def draw_bounding_boxes(images: Any, boxes: Any, name: str | None = None, colors: Any = None) -> Tensor:
    """Return images with frames drawn in them.

    Args:
      images: [batch, height, width, channels], floats.
      boxes: [batch, boxes, 4]: top, left, bottom and right as shares of height and width.
      colors: [colours, channels], of the frames in turn; None: ten of TensorFlow's.
    """
    if colors is None:
        result: Tensor = build(DRAW_BOUNDING_BOXES, images, boxes, name=name)
    else:
        result = build(DRAW_BOUNDING_BOXES_V2, images, boxes, colors, name=name)
    return result


# Crops.

_MOST_AT_ONCE: Final = 1 << 20  # elements of crops that are made at once


def _crop_shape(query: Any) -> Extents:
    image, boxes = with_rank(query.shapes[0], 4), with_rank(query.shapes[1], 2)
    (count,) = with_rank(query.shapes[2], 1)
    (sides,) = with_rank(query.shapes[3], 1)
    merge_extent(boxes[1], 4)
    merge_extent(sides, 2)
    height, width = query.integers(3) or (None, None)
    return merge_extent(boxes[0], count), spelled_extent(height), spelled_extent(width), image[3]


def _crop_kernel(
    image: Any, boxes: Any, box_ind: Any, crop_size: Any, *, method: bytes, extrapolation_value: float
) -> Any:
    if image.ndim != 4 or not image.shape[1] or not image.shape[2]:
        raise ValueError(f"input image must be 4-D with positive extents, got {brackets(image.shape)}")
    if crop_size.shape != (2,) or np.any(crop_size <= 0):
        raise ValueError("crop_size must have two elements, both positive")
    if boxes.shape[1:] != (4,) or box_ind.shape != boxes.shape[:1]:
        raise ValueError("boxes must be [boxes, 4], and box_ind has one entry for each")
    if np.any((box_ind < 0) | (box_ind >= len(image))):
        raise OutOfRangeError(None, None, "box_index has values outside [0, batch_size)")
    reads = crop_reads(boxes, image.shape, crop_size.tolist(), method == b"nearest")
    size = max(1, int(crop_size[0]) * int(crop_size[1]) * image.shape[3])
    parts = [_cropped(image, box_ind[part], reads.of(part), extrapolation_value) for part in parts_of(len(boxes), size)]
    return np.concatenate(parts) if len(parts) != 1 else parts[0]


def parts_of(count: int, size: int) -> list[slice]:
    """Slices of so many boxes, each with not too many elements. Args: size: the elements of a box."""
    step = max(1, _MOST_AT_ONCE // size)
    return [slice(first, first + step) for first in range(0, max(count, 1), step)]


class Side(NamedTuple):
    """Where a side of crops is read: arrays of [boxes, places].

    Attributes:
      before, behind: the pixels around each place, int32, -1 for a place outside of the image; the same one for the
        nearest pixel. share: how much of the second is taken, float32.
    """

    before: Any
    behind: Any
    share: Any

    def of(self, part: slice) -> Side:
        """That of some boxes."""
        return Side(self.before[part], self.behind[part], self.share[part])


class Reads(NamedTuple):
    """Where crops are read."""

    rows: Side
    columns: Side

    def of(self, part: slice) -> Reads:
        """Those of some boxes."""
        return Reads(self.rows.of(part), self.columns.of(part))


def crop_reads(boxes: Any, extents: Any, size: Any, is_nearest: bool) -> Reads:
    """Where the crops of boxes, of that height and width, are read in images of these extents."""
    sides = []
    for axis in (0, 1):
        extent = int(extents[1 + axis])
        places = _places(boxes[:, axis, None], boxes[:, 2 + axis, None], extent, int(size[axis]))
        inside = (places >= 0) & (places <= extent - 1)
        places = np.where(inside, places, 0)
        before = np.floor(places + np.float32(0.5) if is_nearest else places).astype(np.int32)
        behind = before if is_nearest else np.ceil(places).astype(np.int32)
        share = np.zeros_like(places) if is_nearest else places - before.astype(np.float32)
        sides.append(Side(np.where(inside, before, -1), np.where(inside, behind, -1), share))
    return Reads(*sides)


def _places(start: Any, stop: Any, extent: int, count: int) -> Any:
    """Where along an image's side the rows of crops are read, [boxes, count]."""
    if count == 1:
        return (0.5 * (start + stop) * (extent - 1)).astype(np.float32)
    step = (stop - start) * (extent - 1) / (count - 1)
    return (start * (extent - 1) + np.arange(count) * step.astype(np.float64)).astype(np.float32)


def _cropped(image: Any, index: Any, reads: Reads, extrapolation_value: float) -> Any:
    (top, bottom, down), (left, right, across) = reads
    index, down, across = index[:, None, None], down[:, :, None, None], across[:, None, :, None]

    def read(rows: Any, columns: Any) -> Any:
        return image[index, rows[:, :, None], columns[:, None]].astype(np.float32)

    found = read(top, left)
    if top is not bottom:
        found += (read(top, right) - found) * across
        lower = read(bottom, left)
        lower += (read(bottom, right) - lower) * across
        found += (lower - found) * down
    found[(top < 0)[:, :, None] | (left < 0)[:, None]] = extrapolation_value
    return found


CROP_AND_RESIZE = OpDef(
    name="CropAndResize",
    signature="image: T, boxes: float32, box_ind: int32, crop_size: int32 -> crops: float32",
    where={"T": dtypes.REAL},
    attrs={"method": ("string", b"bilinear"), "extrapolation_value": ("float", 0)},
    shape=_crop_shape,
    kernel=_crop_kernel,
    gradient=gradients.crop_and_resize,
    routine=("crops",),
)


def crop_and_resize(
    image: Any, boxes: Any, box_ind: Any = None, crop_size: Any = None, method: str = "bilinear",
    extrapolation_value: float = 0, name: str | None = None, box_indices: Any = None,
) -> Tensor:  # fmt: skip
    """Return parts of images, all in one size.

    Args:
      image: [batch, height, width, channels].
      boxes: [boxes, 4]: top, left, bottom and right as shares of height and width.
      box_ind: the image of each box; `box_indices` is its other name.
      crop_size: height and width of the results.
      method: "bilinear" or "nearest".
      extrapolation_value: of what is outside of the image.
    """
    result: Tensor = build(CROP_AND_RESIZE,
        image, boxes, box_ind if box_ind is not None else box_indices, crop_size, method=method.encode(),
        extrapolation_value=float(extrapolation_value), name=name,
    )  # fmt: skip
    return result


# Random boxes.

_ROUNDING: Final = 0.5 - 1e-7  # what is added to a width that may not be rounded up to one more


def _require(is_so: bool, message: str) -> None:
    if not is_so:
        raise InvalidArgumentError(None, None, message)


def _check_ranges(ratios: Any, areas: Any, least: float, max_attempts: int) -> None:
    for what, parts in (("Aspect ratio", ratios), ("Area", areas)):
        _require(len(parts) == 2, f"{what} range field must specify 2 dimensions")
        _require(min(parts) > 0, f"{what} range must be non-negative: {list(parts)}")
    _require(max(areas) <= 1, f"Area range must be less then or equal to 1.0: {list(areas)}")
    _require(max_attempts > 0, f"Max attempts must be non-negative: {max_attempts}")
    _require(least >= 0, f"Min object covered must be non-negative: {least}")


def _distorted_kernel(
    context: KernelContext, image_size: Any, bounding_boxes: Any, min_object_covered: Any, *, seed: int, seed2: int,
    aspect_ratio_range: Any, area_range: Any, max_attempts: int, use_image_if_no_bounding_boxes: bool,
) -> Any:  # fmt: skip
    _check_ranges(aspect_ratio_range, area_range, float(min_object_covered), max_attempts)
    height, width, _ = (int(n) for n in image_size)
    own = bounding_boxes.reshape(-1, 4)
    if not len(own):
        _require(use_image_if_no_bounding_boxes, "No bounding boxes provided as input. One must enable "
                 "use_image_if_no_bounding_boxes if you wish to not provide any bounding boxes.")  # fmt: skip
        own = np.array([[0, 0, 1, 1]], np.float32)
    outside = own[~((own >= 0) & (own <= 1))]
    _require(not len(outside), f"All bounding box coordinates must be in [0.0, 1.0]: {outside[:1]}")
    whole = (own * np.array([height, width, height, width], np.float32)).astype(np.int64)
    random = Drawn(stream_in(context.state.random, context.op), max_attempts)  # type: ignore[attr-defined]
    low, high = (np.float32(ratio) for ratio in aspect_ratio_range)
    box = (0, 0, height, width)
    for _ in range(max_attempts):
        ratio = random.share() * (high - low) + low
        found = _random_box(random, height, width, ratio, area_range)
        if found is not None and _covers(found, whole, min_object_covered):
            box = found
            break
    top, left, bottom, right = box
    size = image_size.dtype
    with np.errstate(invalid="ignore"):
        shares = np.array([top, left, bottom, right], np.float32) / np.array([height, width] * 2, np.float32)
    below = np.array([bottom - top, right - left, -1]).astype(size)  # of uint8 it is 255
    return np.array([top, left, 0], size), below, shares.reshape(1, 1, 4)


def _random_box(random: Drawn, height: int, width: int, ratio: Any, areas: Any) -> Any:
    """A box of a ratio of width to height, the height drawn first, then the row and the column; None if none fits."""
    least, most = (np.float32(area) * np.float32(width) * np.float32(height) for area in areas)
    tall, tallest = (int(np.rint(np.sqrt(area / ratio))) for area in (least, most))

    def wide_of(tall: int) -> int:
        return int(np.rint(np.float32(tall) * ratio))

    if wide_of(tallest) > width:
        tallest = int((width + _ROUNDING) / float(ratio))
    tallest = min(tallest, height)
    tall = min(tall, tallest)
    if tall < tallest:
        tall += random.below(tallest - tall + 1)
    if tall * wide_of(tall) < least:
        tall += 1
    if tall * wide_of(tall) > most:
        tall -= 1
    wide = wide_of(tall)
    if not (least <= tall * wide <= most and 0 < tall <= height and 0 < wide <= width):
        return None
    top = random.below(height - tall) if tall < height else 0
    left = random.below(width - wide) if wide < width else 0
    return top, left, top + tall, left + wide


def _covers(box: Any, others: Any, least: Any) -> bool:
    for other in others:
        size = (other[2] - other[0]) * (other[3] - other[1])
        tall = min(box[2], other[2]) - max(box[0], other[0])
        wide = min(box[3], other[3]) - max(box[1], other[1])
        if other[2] > other[0] and other[3] > other[1] and np.float32(max(tall, 0) * max(wide, 0) / size) >= least:
            return True
    return False


def _sampled_shape(query: Any) -> list[Extents]:
    require_extent(with_rank(query.shapes[0], 1)[0], 3)
    require_extent(with_rank(query.shapes[1], 3)[2], 4)
    return [(3,), (3,), (1, 1, 4)]


SAMPLE_DISTORTED_BOUNDING_BOX_V2 = OpDef(
    name="SampleDistortedBoundingBoxV2",
    signature="image_size: T, bounding_boxes: float32, min_object_covered: float32 "
    "-> begin: T, size: T, bboxes: float32",
    where={"T": (dtypes.uint8, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)},
    attrs={
        "seed": ("int", 0), "seed2": ("int", 0), "aspect_ratio_range": ("list(float)", (0.75, 1.33)),
        "area_range": ("list(float)", (0.05, 1)), "max_attempts": ("int", 100),
        "use_image_if_no_bounding_boxes": ("bool", False),
    },
    shape=_sampled_shape,
    kernel=_distorted_kernel,
    effects=Effects("random", reads=True, writes=True),
    gradient=NOT_DIFFERENTIABLE,
)  # fmt: skip


def sample_distorted_bounding_box(
    image_size: Any, bounding_boxes: Any, seed: int | None = None, seed2: int | None = None,
    min_object_covered: Any = 0.1, aspect_ratio_range: Any = None, area_range: Any = None,
    max_attempts: int | None = None, use_image_if_no_bounding_boxes: bool | None = None, name: str | None = None,
) -> Any:  # fmt: skip
    """Return a random part of an image that covers a part of one of its boxes.

    Args:
      image_size: height, width and channels.
      bounding_boxes: [1, boxes, 4], as shares of height and width.
      seed, seed2: for boxes that repeat, those of TensorFlow 1; the graph's seed has no say in them.
      min_object_covered: the share of a box that has to be within.
      aspect_ratio_range, area_range: of the part: width over height, and its share of the image.
      max_attempts: after which the whole image is taken.
      use_image_if_no_bounding_boxes: whether no boxes mean the whole image.
    Returns: `begin` and `size` for `tf.slice`, and the part as a box for `draw_bounding_boxes`.
    """
    with name_scope(name, "sample_distorted_bounding_box"):
        outputs = build(SAMPLE_DISTORTED_BOUNDING_BOX_V2,
            image_size, bounding_boxes, min_object_covered, seed=seed or 0, seed2=seed2 or 0,
            aspect_ratio_range=list(aspect_ratio_range or (0.75, 1.33)), area_range=list(area_range or (0.05, 1.0)),
            max_attempts=100 if max_attempts is None else max_attempts,
            use_image_if_no_bounding_boxes=bool(use_image_if_no_bounding_boxes),
        )  # fmt: skip
    return result_type(SAMPLE_DISTORTED_BOUNDING_BOX_V2)(*outputs)
