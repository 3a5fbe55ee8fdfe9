"""Images as networks of ImageNet want them, and their outputs as words."""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np

from .. import state
from ..utilities import get_file

_ORIGIN: Final = "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json"
_BLUE_GREEN_RED: Final = (103.939, 116.779, 123.68)  # the means of ImageNet
_MEANS: Final = (0.485, 0.456, 0.406)  # of red, green, blue as numbers up to 1
_DEVIATIONS: Final = (0.229, 0.224, 0.225)


def preprocess_input(x: Any, data_format: str | None = None, mode: str = "caffe", **kwargs: Any) -> Any:
    """Return images as a network wants them.

    Args:
      x: an array or a tensor of three or four axes, of numbers up to 255. data_format: `channels_last` or
        `channels_first`. mode: `caffe`, blue first, without the means; `tf`, between -1 and 1; `torch`, normalized.
      kwargs: accepted.
    Returns: for an array of floats the array itself, changed.
    Raises: ValueError for another format.
    Source: keras.applications of TensorFlow 1.15.
    """
    data_format = data_format or state.image_data_format()
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(f"Unknown data_format {data_format}")
    first = data_format == "channels_first"
    if isinstance(x, np.ndarray):
        return _of_array(x if issubclass(x.dtype.type, np.floating) else x.astype(state.floatx()), first, mode)
    return _of_tensor(x, first, mode)


def _of_array(x: Any, first: bool, mode: str) -> Any:
    if mode == "tf":
        x /= 127.5
        x -= 1.0
        return x
    channels = x if not first else np.moveaxis(x, -3, -1)  # a view: what changes it changes x
    if mode == "torch":
        x /= 255.0
        channels -= np.array(_MEANS, x.dtype)
        channels /= np.array(_DEVIATIONS, x.dtype)
        return x
    channels = channels[..., ::-1]
    channels -= np.array(_BLUE_GREEN_RED, x.dtype)
    return channels if not first else np.moveaxis(channels, -1, -3)


def _of_tensor(x: Any, first: bool, mode: str) -> Any:
    from .. import operations as ops

    if mode == "tf":
        return x / 127.5 - 1.0

    def along(numbers: Any) -> Any:
        return ops.constant(np.reshape(numbers, (3, 1, 1) if first else (3,)), x.dtype.base_dtype)

    if mode == "torch":
        return (x / 255.0 - along(_MEANS)) / along(_DEVIATIONS)
    x = ops.reverse(x, [-3 % x.shape.ndims if first else x.shape.ndims - 1])
    means = along(_BLUE_GREEN_RED)
    return x - (means if x.dtype.base_dtype == means.dtype.base_dtype else ops.cast(means, x.dtype))


_WORDS: dict[str, list[str]] = {}


def decode_predictions(preds: Any, top: int = 5, **kwargs: Any) -> list[list[tuple[str, str, float]]]:
    """Return for each image the likeliest classes: identifiers of WordNet, words and scores.

    Args:
      preds: scores of a thousand classes. top: how many are returned. kwargs: accepted.
    Raises: ValueError for other shapes; FileNotFoundError if the file of words is not there and cannot be fetched.
    """
    if preds.ndim != 2 or preds.shape[1] != 1000:
        raise ValueError(
            "`decode_predictions` expects a batch of predictions (i.e. a 2D array of shape (samples, 1000)). Found "
            f"array with shape: {preds.shape}"
        )
    if not _WORDS:
        path = get_file(
            "imagenet_class_index.json", _ORIGIN, cache_subdir="models", file_hash="c2c37ea517e94d9795004a39431a14cb"
        )
        with open(path, encoding="utf-8") as file:
            _WORDS.update(json.load(file))
    return [[(*_WORDS[str(place)], row[place]) for place in row.argsort()[-top:][::-1]] for row in preds]


def preprocess_caffe(x: Any, data_format: str | None = None, **kwargs: Any) -> Any:
    """Return images with blue first and without the means of ImageNet. See `preprocess_input`."""
    return preprocess_input(x, data_format, "caffe")


def preprocess_tf(x: Any, data_format: str | None = None, **kwargs: Any) -> Any:
    """Return images between -1 and 1. See `preprocess_input`."""
    return preprocess_input(x, data_format, "tf")


def preprocess_torch(x: Any, data_format: str | None = None, **kwargs: Any) -> Any:
    """Return images with means of 0 and deviations of 1. See `preprocess_input`."""
    return preprocess_input(x, data_format, "torch")
