"""Images turned and moved: projective transformations, as eight numbers each.

The numbers `a0 a1 a2 b0 b1 b2 c0 c1` say where the element at `(x, y)` of the result is read:
`((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k)` with `k = c0 x + c1 y + 1`.

Source: TensorFlow 1.15, `tf.contrib.image`.
"""

from __future__ import annotations

import functools
from typing import Any

from ....building.build import build
from ....building.convert import convert_to_tensor
from ....building.default_graph import leave_out, name_scope
from ....families.arrays.filling import ones, zeros
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape as shape_of
from ....families.arrays.stacking import concat
from ....families.elementwise.trigonometry import cos, sin
from ....families.images.projective import IMAGE_PROJECTIVE_TRANSFORM, static_extents
from ....families.linalg.products import matmul
from ....graph.node import Tensor
from ....types import dtypes

_IMAGES = (dtypes.uint8, dtypes.int32, dtypes.int64, dtypes.float16, dtypes.float32, dtypes.float64)


def _as_batch(images: Any) -> tuple[Tensor, Any]:
    """Images as `[images, height, width, channels]`, and what turns a result into their rank."""
    tensor = convert_to_tensor(images, name="images")
    if tensor.dtype.base_dtype not in _IMAGES:
        raise TypeError(f"Invalid dtype {tensor.dtype}.")
    rank = tensor.shape.ndims
    if rank is None:
        raise TypeError("image_or_images rank must be statically known")
    if rank == 2:
        return tensor[None, :, :, None], lambda found: found[0, :, :, 0]
    if rank == 3:
        return tensor[None], lambda found: found[0]
    if rank == 4:
        return tensor, lambda found: found
    raise TypeError("Images should have rank between 2 and 4.")


def transform(
    images: Any, transforms: Any, interpolation: str = "NEAREST", output_shape: Any = None, name: str | None = None
) -> Tensor:
    """Return images read at transformed places; zeros outside.

    Args:
      images: `[images, height, width, channels]`, `[height, width, channels]` or `[height, width]`.
      transforms: eight numbers, or a row of them for each image; see above.
      interpolation: "NEAREST" or "BILINEAR".
      output_shape: height and width of the result; default: those of the images.
      name: for a scope.
    Raises: TypeError for images of other types and ranks, ValueError for another output shape.

    >>> tf.Session().run(transform([[1, 2], [3, 4]], [1.0, 0, 1, 0, 1, 0, 0, 0]))
    array([[2, 0],
           [4, 0]], dtype=int32)
    """
    with name_scope(name, "transform"):
        batch, back = _as_batch(images)
        if output_shape is None:
            output_shape = static_extents(batch)
            leave_out(0 if isinstance(output_shape, Tensor) else 4)  # of the shape, taken when the step runs
        wanted = convert_to_tensor(output_shape, dtypes.int32, name="output_shape")
        if not wanted.shape.is_compatible_with([2]):
            raise ValueError("output_shape must be a 1-D Tensor of 2 elements: new_height, new_width")
        given = convert_to_tensor(transforms, dtypes.float32, name="transforms")
        if given.shape.ndims not in (1, 2):
            raise TypeError("Transforms should have rank 1 or 2.")
        rows = given[None] if given.shape.ndims == 1 else given
        found = build(IMAGE_PROJECTIVE_TRANSFORM, batch, rows, wanted, interpolation=interpolation.upper().encode())
        result: Tensor = back(found)
        return result


def rotate(images: Any, angles: Any, interpolation: str = "NEAREST", name: str | None = None) -> Tensor:
    """Return images turned counterclockwise by angles in radians. Arguments: `transform`; an angle, or one for each."""
    with name_scope(name, "rotate"):
        batch, back = _as_batch(images)
        extents = shape_of(batch)
        height, width = (_as_float(extents[axis]) for axis in (1, 2))
        leave_out(9)  # the shape, and parts of it, once more
        result: Tensor = back(transform(batch, angles_to_projective_transforms(angles, height, width), interpolation))
        return result


def translate(images: Any, translations: Any, interpolation: str = "NEAREST", name: str | None = None) -> Tensor:
    """Return images moved by `[dx, dy]`, one for all or one for each. Arguments: `transform`."""
    with name_scope(name, "translate"):
        return transform(images, translations_to_projective_transforms(translations), interpolation)


def _as_float(value: Any) -> Tensor:
    from ....families.elementwise.cast import cast

    result: Tensor = cast(value, dtypes.float32)
    return result


def angles_to_projective_transforms(
    angles: Any, image_height: Any, image_width: Any, name: str | None = None
) -> Tensor:
    """Return the transformations that turn images of a size about their middles, a row for each angle in radians."""
    with name_scope(name, "angles_to_projective_transforms"):
        given = convert_to_tensor(angles, dtypes.float32, name="angles")
        if given.shape.ndims not in (0, 1):
            raise TypeError("Angles should have a rank 0 or 1.")
        turn = given[None] if given.shape.ndims == 0 else given
        right, low = image_width - 1, image_height - 1
        leave_out(4 * sum(isinstance(size, Tensor) for size in (image_width, image_height)))  # made thrice there
        x = (right - (cos(turn) * right - sin(turn) * low)) / 2.0
        y = (low - (sin(turn) * right + cos(turn) * low)) / 2.0
        count = shape_of(turn)[0]
        columns = [cos(turn), -sin(turn), x, sin(turn), cos(turn), y]
        rows = [*(column[:, None] for column in columns), zeros([count, 2], dtypes.float32)]
        result: Tensor = concat(rows, axis=1)
        return result


def translations_to_projective_transforms(translations: Any, name: str | None = None) -> Tensor:
    """Return the transformations that move images by `[dx, dy]`, a row for each."""
    with name_scope(name, "translations_to_projective_transforms"):
        given = convert_to_tensor(translations, dtypes.float32, name="translations")
        if given.shape.ndims is None:
            raise TypeError("translation_or_translations rank must be statically known")
        if given.shape.ndims not in (1, 2):
            raise TypeError("Translations should have rank 1 or 2.")
        moves = given[None] if given.shape.ndims == 1 else given
        count = shape_of(moves)[0]
        one, none = ones([count, 1], dtypes.float32), zeros([count, 1], dtypes.float32)
        leave_out(16)  # the ones once more, the zeros twice
        columns = [one, none, -moves[:, 0, None], none, one, -moves[:, 1, None], zeros([count, 2], dtypes.float32)]
        result: Tensor = concat(columns, axis=1)
        return result


def compose_transforms(*transforms: Any) -> Tensor:
    """Return the transformation that is these, one after the other.

    Args:
      *transforms: eight numbers each, or a row of them for each image; all of one shape.
    """
    assert transforms, "transforms cannot be empty"
    with name_scope("compose_transforms"):
        matrices = [flat_transforms_to_matrices(one) for one in transforms]
        return matrices_to_flat_transforms(functools.reduce(matmul, matrices))


def flat_transforms_to_matrices(transforms: Any) -> Tensor:
    """Return transformations as matrices `[transformations, 3, 3]`. Raises: ValueError for other shapes."""
    with name_scope("flat_transforms_to_matrices"):
        given = convert_to_tensor(transforms, dtypes.float32, name="transforms")
        if given.shape.ndims not in (1, 2):
            raise ValueError(f"Transforms should be 1D or 2D, got: {given}")
        rows = reshape(given, [-1, 8])
        matrices: Tensor = reshape(concat([rows, ones([shape_of(rows)[0], 1], dtypes.float32)], axis=1), [-1, 3, 3])
        return matrices


def matrices_to_flat_transforms(transform_matrices: Any) -> Tensor:
    """Return matrices `[3, 3]` or `[transformations, 3, 3]` as rows of eight numbers. Raises: ValueError."""
    with name_scope("matrices_to_flat_transforms"):
        given = convert_to_tensor(transform_matrices, preferred_dtype=dtypes.float32, name="matrices")
        if given.shape.ndims not in (2, 3):
            raise ValueError(f"Matrices should be 2D or 3D, got: {given}")
        rows = reshape(given, [-1, 9])
        result: Tensor = (rows / rows[:, 8:9])[:, :8]
        return result
