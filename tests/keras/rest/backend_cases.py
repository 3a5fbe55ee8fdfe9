"""`keras.backend`'s functions by themselves: recorded with TensorFlow 1.15, replayed here."""

from __future__ import annotations

from typing import Any

import numpy as np


def _array(seed: int, *shape: int) -> Any:
    return np.random.RandomState(seed).rand(*shape).astype("float32") - 0.4


LINES, IMAGES, VOLUMES = _array(0, 2, 9, 3), _array(1, 2, 7, 8, 3), _array(2, 1, 5, 6, 5, 2)
PROBABILITIES = np.random.RandomState(3).dirichlet([0.4] * 5, (3, 7)).astype("float32")
FIRST = "channels_first"


def _turned(x: Any) -> Any:
    """The array with its channels first."""
    return np.ascontiguousarray(np.moveaxis(x, -1, 1))


def _case(make: Any) -> Any:
    """A case: the values and the static shapes of what a function of the backend gives."""

    def run(tf: Any) -> Any:
        tf.keras.backend.clear_session()
        K = tf.keras.backend
        found = make(K, tf)
        listed = list(found) if isinstance(found, (list, tuple)) else [found]
        values = K.get_session().run(listed)
        return {
            str(place): {"shape": list(value.shape), "values": np.round(value.astype(float), 5).ravel().tolist()}
            for place, value in enumerate(values)
        }

    return run


def _of(name: str, *arrays: Any, **settings: Any) -> Any:
    return _case(lambda K, tf: getattr(K, name)(*(tf.constant(array) for array in arrays), **settings))


def _decoded(**settings: Any) -> Any:
    def make(K: Any, tf: Any) -> Any:
        rows, chances = K.ctc_decode(tf.constant(PROBABILITIES), tf.constant([7, 5, 6]), **settings)
        return [*rows, chances]

    return _case(make)


def _normalized(axes: Any, x: Any, **parts: Any) -> Any:
    def make(K: Any, tf: Any) -> Any:
        given = {name: None if part is None else tf.constant(part) for name, part in parts.items()}
        return K.normalize_batch_in_training(tf.constant(x), reduction_axes=axes, **given)

    return _case(make)


THREE = np.array([0.5, 1.5, 2.0], "float32")

CASES: dict[str, Any] = {
    "conv1d": _of("conv1d", LINES, _array(5, 3, 3, 4), strides=2, padding="same", data_format=None),
    "conv1d, causal": _of("conv1d", LINES, _array(5, 3, 3, 4), padding="causal", dilation_rate=2),
    "conv1d, first": _of("conv1d", _turned(LINES), _array(5, 3, 3, 4), strides=2, data_format=FIRST),
    "conv2d": _of("conv2d", IMAGES, _array(6, 3, 2, 3, 4), strides=(2, 1), padding="same"),
    "conv2d, apart": _of("conv2d", IMAGES, _array(6, 3, 2, 3, 4), dilation_rate=(2, 3)),
    "conv2d, first": _of("conv2d", _turned(IMAGES), _array(6, 3, 2, 3, 4), data_format=FIRST),
    "conv3d": _of("conv3d", VOLUMES, _array(7, 2, 3, 2, 2, 3), padding="same", strides=(1, 2, 1)),
    "conv2d_transpose": _of(
        "conv2d_transpose", IMAGES, _array(8, 3, 3, 4, 3), output_shape=(2, 14, 16, 4), strides=(2, 2), padding="same"
    ),
    "conv2d_transpose, first": _of(
        "conv2d_transpose", _turned(IMAGES), _array(8, 3, 3, 4, 3), output_shape=(2, 4, 15, 17), strides=(2, 2),
        data_format=FIRST,
    ),
    "conv2d_transpose, apart": _of(
        "conv2d_transpose", IMAGES, _array(8, 3, 3, 4, 3), output_shape=(2, 11, 12, 4), dilation_rate=(2, 2)
    ),
    "separable_conv2d": _of(
        "separable_conv2d", IMAGES, _array(9, 3, 3, 3, 2), _array(10, 1, 1, 6, 4), padding="same", strides=(2, 2)
    ),
    "separable_conv2d, first": _of(
        "separable_conv2d", _turned(IMAGES), _array(9, 3, 3, 3, 2), _array(10, 1, 1, 6, 4), data_format=FIRST
    ),
    "pool2d": _of("pool2d", IMAGES, pool_size=(2, 3), strides=(2, 2), padding="same"),
    "pool2d, means, first": _of(
        "pool2d", _turned(IMAGES), pool_size=(3, 2), strides=(1, 2), data_format=FIRST, pool_mode="avg"
    ),
    "pool3d": _of("pool3d", VOLUMES, pool_size=(2, 2, 2), strides=(2, 2, 2), padding="same", pool_mode="avg"),
    "local_conv1d": _of("local_conv1d", LINES, _array(11, 4, 9, 5), kernel_size=(3,), strides=(2,)),
    "local_conv1d, first": _of(
        "local_conv1d", _turned(LINES), _array(11, 4, 9, 5), kernel_size=(3,), strides=(2,), data_format=FIRST
    ),
    "local_conv2d": _of(
        "local_conv2d", IMAGES, _array(12, 18, 18, 4), kernel_size=(3, 2), strides=(2, 1), output_shape=(3, 6)
    ),
    "local_conv2d, first": _of(
        "local_conv2d", _turned(IMAGES), _array(12, 18, 18, 4), kernel_size=(3, 2), strides=(2, 1), output_shape=(3, 6),
        data_format=FIRST,
    ),
    "bias_add": _of("bias_add", IMAGES, THREE),
    "bias_add, first": _of("bias_add", _turned(IMAGES), THREE, data_format=FIRST),
    "bias_add of lines, first": _of("bias_add", _turned(LINES), THREE, data_format=FIRST),
    "bias_add of volumes, first": _of("bias_add", _turned(VOLUMES), THREE[:2], data_format=FIRST),
    "bias_add, each element": _of("bias_add", IMAGES, _array(13, 7, 8, 3)),
    "bias_add, each element, first": _of("bias_add", _turned(IMAGES), _array(13, 7, 8, 3), data_format=FIRST),
    "resize_images": _of(
        "resize_images", IMAGES, height_factor=2, width_factor=3, data_format="channels_last"
    ),
    "resize_images, bilinear": _of(
        "resize_images", IMAGES, height_factor=3, width_factor=2, data_format="channels_last", interpolation="bilinear"
    ),
    "resize_images, first": _of(
        "resize_images", _turned(IMAGES), height_factor=2, width_factor=2, data_format=FIRST
    ),
    "spatial_2d_padding": _of("spatial_2d_padding", IMAGES, padding=((1, 2), (0, 3))),
    "spatial_3d_padding": _of("spatial_3d_padding", _turned(VOLUMES), padding=((1, 2), (0, 1), (2, 0)),
                              data_format=FIRST),
    "batch_normalization": _of("batch_normalization", IMAGES, THREE, THREE + 1, THREE, THREE * 2),
    "batch_normalization of rows": _of("batch_normalization", LINES[0], THREE, THREE + 1, THREE, THREE * 2),
    "normalize_batch_in_training": _normalized([0, 1, 2], IMAGES, gamma=THREE, beta=THREE + 1),
    "normalize_batch_in_training, first": _normalized([0, 2, 3], _turned(IMAGES), gamma=THREE, beta=None),
    "normalize_batch_in_training of rows": _normalized([0], LINES[0], gamma=THREE, beta=THREE),
    "normalize_batch_in_training, other axes": _normalized([1], LINES, gamma=None, beta=None),
    "ctc_decode": _decoded(),
    "ctc_decode, a beam": _decoded(greedy=False, beam_width=20, top_paths=2),
}  # fmt: skip
