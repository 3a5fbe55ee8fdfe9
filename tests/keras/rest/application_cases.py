"""Known networks of images: recorded with TensorFlow 1.15, replayed here."""

from __future__ import annotations

import hashlib
import warnings
from typing import Any

import numpy as np

NETWORKS = (
    "VGG16", "VGG19", "ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2", "InceptionV3",
    "InceptionResNetV2", "Xception", "MobileNet", "MobileNetV2", "DenseNet121", "DenseNet169", "DenseNet201",
    "NASNetMobile", "NASNetLarge",
)  # fmt: skip


def _layers(name: str, **settings: Any) -> Any:
    """A case: the names of all layers and variables with their shapes, in their order, as a hash."""

    def run(tf: Any) -> Any:
        tf.keras.backend.clear_session()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = getattr(tf.keras.applications, name)(weights=None, **settings)
        rows = [
            [layer.name, type(layer).__name__, [[w.name, w.shape.as_list()] for w in layer.weights]]
            for layer in model.layers
        ]
        return {
            "name": model.name, "params": model.count_params(), "layers": len(rows),
            "output": [str(extent) for extent in model.output_shape],
            "digest": hashlib.sha256(repr(rows).encode()).hexdigest(),
        }  # fmt: skip

    return run


def _value(name: str, shape: Any) -> Any:
    """A variable's value that depends on its shape."""
    count = int(np.prod(shape))
    wave = np.sin(np.arange(count) * 0.7 + len(shape)).reshape(shape)
    if "variance" in name or "gamma" in name:
        return 1.0 + 0.3 * wave
    return wave * (1.8 / np.sqrt(np.prod(shape[:-1]))) if len(shape) > 1 else 0.1 * wave


def _predicts(name: str, size: int, **settings: Any) -> Any:
    """A case: what a network predicts with given weights."""

    def run(tf: Any) -> Any:
        tf.keras.backend.clear_session()
        settings.setdefault("pooling", "avg")
        build = getattr(tf.keras.applications, name)
        model = build(weights=None, include_top=False, input_shape=(size, size, 3), **settings)
        model.set_weights([_value(w.name, w.shape.as_list()) for w in model.weights])
        images = np.random.RandomState(0).rand(2, size, size, 3).astype("float32")
        found = model.predict(images)
        return {
            "shape": list(found.shape), "some": np.round(found[:, :: max(1, found.shape[1] // 40)], 6).tolist(),
            "mean": float(np.abs(found).mean()),
        }  # fmt: skip

    return run


def _preprocessed(module: str, dtype: str = "float32", **settings: Any) -> Any:
    def run(tf: Any) -> Any:
        images = (np.random.RandomState(1).rand(2, 3, 3, 3) * 255).astype(dtype)
        found = getattr(tf.keras.applications, module).preprocess_input(images, **settings)
        return np.round(found, 4).astype(float).ravel().tolist()

    return run


CASES: dict = {name: _layers(name) for name in NETWORKS}
CASES.update(
    {
        "MobileNet, narrow": _layers("MobileNet", alpha=0.25, input_shape=(64, 64, 3), classes=7, depth_multiplier=2),
        "MobileNetV2, wide": _layers("MobileNetV2", alpha=1.3, include_top=False, pooling="max"),
        "MobileNetV2, odd": _layers("MobileNetV2", alpha=0.35, include_top=False, input_shape=(65, 47, 3)),
        "VGG16 without a top": _layers("VGG16", include_top=False, pooling="max"),
        "ResNet50 without a top": _layers("ResNet50", include_top=False, pooling="max", input_shape=(64, 32, 3)),
        "MobileNet predicts": _predicts("MobileNet", 32, alpha=0.25),
        "MobileNetV2 predicts": _predicts("MobileNetV2", 48, alpha=0.35),
        "caffe": _preprocessed("vgg16"),
        "caffe, bytes": _preprocessed("resnet50", "uint8"),
        "caffe, first": _preprocessed("imagenet_utils", data_format="channels_first"),
        "between -1 and 1": _preprocessed("xception"),
        "normalized": _preprocessed("densenet"),
        "normalized, first": _preprocessed("imagenet_utils", data_format="channels_first", mode="torch"),
    }
)
