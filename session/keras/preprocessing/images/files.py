"""Images as arrays and as files, by Pillow."""

from __future__ import annotations

import io
import os
from typing import Any

import numpy as np

from ... import state

_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}


def pillow() -> Any:
    """Pillow's module of images. Raises: ImportError that says how to install it."""
    try:
        from PIL import Image, ImageEnhance  # noqa: F401
    except ImportError as error:
        raise ImportError("Images are read and written by Pillow: pip install sessile[images].") from error
    return Image


def format_or_default(data_format: str | None) -> str:
    """A place of the channels, by default what was set. Raises: ValueError for none."""
    found = data_format or state.image_data_format()
    if found not in ("channels_first", "channels_last"):
        raise ValueError(f"Invalid data_format: {found}")
    return found


def resampling(interpolation: str) -> Any:
    """Pillow's constant of an interpolation. Raises: ValueError for an unknown one."""
    image = pillow()
    known = {
        name: getattr(image, name.upper()) for name in ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
    }
    if interpolation not in known:
        names = ", ".join(sorted(known))
        raise ValueError(f"Invalid interpolation method {interpolation} specified. Supported methods are {names}")
    return known[interpolation]


def load_img(
    path: Any, grayscale: bool = False, color_mode: str = "rgb", target_size: Any = None, interpolation: str = "nearest"
) -> Any:
    """Return Pillow's image of a file.

    Args:
      path: the file's name. grayscale: the same as the mode `grayscale`. color_mode: `grayscale`, `rgb` or `rgba`.
      target_size: height and width it is to have. interpolation: how it gets them, `bilinear`, say.
    Raises: ValueError for an unknown mode or interpolation; ImportError without Pillow.
    Source: keras.preprocessing.image of TensorFlow 1.15.
    """
    if grayscale:
        import warnings

        warnings.warn('grayscale is deprecated. Please use color_mode = "grayscale"', stacklevel=2)
        color_mode = "grayscale"
    if color_mode not in _MODES:
        raise ValueError('color_mode must be "grayscale", "rgb", or "rgba"')
    with open(path, "rb") as file:
        image = pillow().open(io.BytesIO(file.read()))
    deep = color_mode == "grayscale" and image.mode in ("I;16", "I")  # grey of more than 8 bits is kept
    if not deep and image.mode != _MODES[color_mode]:
        image = image.convert(_MODES[color_mode])
    if target_size is not None:
        size = (target_size[1], target_size[0])
        if image.size != size:
            image = image.resize(size, resampling(interpolation))
    return image


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> Any:
    """Return an image of Pillow's as an array of three axes.

    Args:
      img: the image. data_format: `channels_last` or `channels_first`. dtype: of the array, by default that of floats.
    Raises: ValueError for another format, or an image of other axes.
    """
    data_format = format_or_default(data_format)
    array = np.asarray(img, dtype=dtype or state.floatx())
    if array.ndim not in (2, 3):
        raise ValueError(f"Unsupported image shape: {array.shape}")
    first = data_format == "channels_first"
    if array.ndim == 2:
        return array[None] if first else array[..., None]
    return array.transpose(2, 0, 1) if first else array


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Any:
    """Return an array of three axes as an image of Pillow's.

    Args:
      x: the array, of one, three or four channels. data_format: `channels_last` or `channels_first`.
      scale: whether its smallest element becomes 0 and its largest 255. dtype: what is computed with.
    Raises: ValueError for other axes, channels or formats; ImportError without Pillow.
    """
    image = pillow()
    array = np.asarray(x, dtype=dtype or state.floatx())
    if array.ndim != 3:
        raise ValueError(f"Expected image array to have rank 3 (single image). Got array with shape: {array.shape}")
    if format_or_default(data_format) == "channels_first":
        array = array.transpose(1, 2, 0)
    if scale:
        array = array - np.min(array)
        largest = np.max(array)
        if largest != 0:
            array = array / largest
        array = array * 255
    channels = array.shape[2]
    if channels in (3, 4):
        return image.fromarray(array.astype("uint8"), "RGB" if channels == 3 else "RGBA")
    if channels != 1:
        raise ValueError(f"Unsupported channel number: {channels}")
    if np.max(array) > 255:
        return image.fromarray(array[:, :, 0].astype("int32"), "I")
    return image.fromarray(array[:, :, 0].astype("uint8"), "L")


def save_img(
    path: Any, x: Any, data_format: str | None = None, file_format: str | None = None, scale: bool = True, **kwargs: Any
) -> None:
    """Write an array as an image.

    Args:
      path: the file's name. x, data_format, scale: see `array_to_img`.
      file_format: by default that of the name's ending.
      kwargs: what Pillow's `save` takes besides.
    Raises: ValueError for another array or format; ImportError without Pillow.
    """
    image = array_to_img(x, data_format=data_format, scale=scale)
    ending = os.path.splitext(os.fspath(path))[1] if isinstance(path, (str, os.PathLike)) else ""
    if image.mode == "RGBA" and (file_format or ending.lstrip(".")).lower() in ("jpg", "jpeg"):
        import warnings

        warnings.warn("The JPG format does not support RGBA images, converting to RGB.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format=file_format, **kwargs)
