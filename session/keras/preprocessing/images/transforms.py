"""Images turned, moved, sheared, zoomed, brightened: one array of three axes each."""

from __future__ import annotations

from typing import Any

import numpy as np

from .files import array_to_img, img_to_array, pillow


def _about_centre(matrix: Any, rows: int, columns: int) -> Any:
    """A transformation whose fixed point is the middle of the image instead of its corner."""
    middle_row, middle_column = rows / 2 + 0.5, columns / 2 + 0.5
    to_middle = np.array([[1, 0, middle_row], [0, 1, middle_column], [0, 0, 1]])
    from_middle = np.array([[1, 0, -middle_row], [0, 1, -middle_column], [0, 0, 1]])
    return to_middle @ matrix @ from_middle


def _matrix(theta: float, tx: float, ty: float, shear: float, zx: float, zy: float) -> Any:
    """The product of turning, moving, shearing and zooming; None if there is none of these."""
    parts = []
    if theta != 0:
        angle = np.deg2rad(theta)
        parts.append([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    if tx != 0 or ty != 0:
        parts.append([[1, 0, tx], [0, 1, ty], [0, 0, 1]])
    if shear != 0:
        angle = np.deg2rad(shear)
        parts.append([[1, -np.sin(angle), 0], [0, np.cos(angle), 0], [0, 0, 1]])
    if zx != 1 or zy != 1:
        parts.append([[zx, 0, 0], [0, zy, 0], [0, 0, 1]])
    found = None
    for part in parts:
        found = np.array(part) if found is None else found @ np.array(part)
    return found


def apply_affine_transform(
    x: Any, theta: float = 0, tx: float = 0, ty: float = 0, shear: float = 0, zx: float = 1, zy: float = 1,
    row_axis: int = 0, col_axis: int = 1, channel_axis: int = 2, fill_mode: str = "nearest", cval: float = 0.0,
    order: int = 1,
) -> Any:  # fmt: skip
    """Return an image turned, moved, sheared and zoomed.

    Args:
      x: the image. theta: degrees. tx, ty: how far it moves along rows and columns, in pixels. shear: degrees.
      zx, zy: of what size the part is that is seen: below 1 all gets larger.
      row_axis, col_axis, channel_axis: its axes.
      fill_mode: what is beyond the border: `constant`, `nearest`, `reflect` or `wrap`; cval: the constant.
      order: of the splines between pixels, 0 to 5.
    Source: keras.preprocessing.image of TensorFlow 1.15; the interpolation is SciPy's.
    """
    matrix = _matrix(theta, tx, ty, shear, zx, zy)
    if matrix is None:
        return x
    from scipy import ndimage

    matrix = _about_centre(matrix, x.shape[row_axis], x.shape[col_axis])
    channels = [
        ndimage.affine_transform(
            channel, matrix[:2, :2], matrix[:2, 2], order=order, mode=fill_mode, cval=cval
        )
        for channel in np.moveaxis(x, channel_axis, 0)
    ]  # fmt: skip
    return np.moveaxis(np.stack(channels), 0, channel_axis)


def random_rotation(
    x: Any, rg: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0, fill_mode: str = "nearest",
    cval: float = 0.0, interpolation_order: int = 1,
) -> Any:  # fmt: skip
    """Return an image turned by up to `rg` degrees; others: see `apply_affine_transform`."""
    theta = np.random.uniform(-rg, rg)
    return apply_affine_transform(
        x, theta=theta, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis, fill_mode=fill_mode, cval=cval,
        order=interpolation_order,
    )  # fmt: skip


def random_shift(
    x: Any, wrg: float, hrg: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0,
    fill_mode: str = "nearest", cval: float = 0.0, interpolation_order: int = 1,
) -> Any:  # fmt: skip
    """Return an image moved by up to `wrg` of its width, `hrg` of its height; others: see `apply_affine_transform`."""
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_affine_transform(
        x, tx=tx, ty=ty, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis, fill_mode=fill_mode,
        cval=cval, order=interpolation_order,
    )  # fmt: skip


def random_shear(
    x: Any, intensity: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0, fill_mode: str = "nearest",
    cval: float = 0.0, interpolation_order: int = 1,
) -> Any:  # fmt: skip
    """Return an image sheared by up to `intensity` degrees; others: see `apply_affine_transform`."""
    shear = np.random.uniform(-intensity, intensity)
    return apply_affine_transform(
        x, shear=shear, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis, fill_mode=fill_mode, cval=cval,
        order=interpolation_order,
    )  # fmt: skip


def random_zoom(
    x: Any, zoom_range: Any, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0, fill_mode: str = "nearest",
    cval: float = 0.0, interpolation_order: int = 1,
) -> Any:  # fmt: skip
    """Return an image zoomed along each axis by a number between two; others: see `apply_affine_transform`.

    Raises: ValueError if `zoom_range` is no pair.
    """
    zx, zy = drawn_zoom(zoom_range)
    return apply_affine_transform(
        x, zx=zx, zy=zy, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis, fill_mode=fill_mode,
        cval=cval, order=interpolation_order,
    )  # fmt: skip


def drawn_zoom(zoom_range: Any) -> tuple[Any, Any]:
    """Two numbers between two, 1 if both are. Raises: ValueError if it is no pair."""
    if len(zoom_range) != 2:
        raise ValueError(f"`zoom_range` should be a tuple or list of two floats. Received: {zoom_range}")
    if zoom_range[0] == 1 and zoom_range[1] == 1:
        return 1, 1
    zx, zy = np.random.uniform(zoom_range[0], zoom_range[1], 2)
    return zx, zy


def apply_channel_shift(x: Any, intensity: float, channel_axis: int = 0) -> Any:
    """Return an image with a number added to its elements, which stay between its smallest and its largest."""
    return np.clip(x + intensity, np.min(x), np.max(x))


def random_channel_shift(x: Any, intensity_range: float, channel_axis: int = 0) -> Any:
    """Return an image with a number of up to `intensity_range` added; see `apply_channel_shift`."""
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range), channel_axis)


def apply_brightness_shift(x: Any, brightness: float) -> Any:
    """Return an image of another brightness: 0 is black, 1 as it was. Raises: ImportError without Pillow."""
    pillow()
    from PIL import ImageEnhance

    return img_to_array(ImageEnhance.Brightness(array_to_img(x)).enhance(brightness))


def random_brightness(x: Any, brightness_range: Any) -> Any:
    """Return an image of a brightness between two. Raises: ValueError if `brightness_range` is no pair."""
    if len(brightness_range) != 2:
        raise ValueError(f"`brightness_range should be tuple or list of two floats. Received: {brightness_range}")
    return apply_brightness_shift(x, np.random.uniform(brightness_range[0], brightness_range[1]))


def flip_axis(x: Any, axis: int) -> Any:
    """An image turned around along an axis."""
    return np.flip(x, axis)
