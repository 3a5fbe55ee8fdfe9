"""Images for training: recorded with TensorFlow 1.15, replayed here."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from typing import Any

import numpy as np

IMAGES = (np.random.RandomState(0).rand(7, 6, 5, 3) * 255).astype("float32")
LABELS = np.arange(7) % 3
FIRST = np.ascontiguousarray(np.moveaxis(IMAGES, -1, 1))


def _told(value: Any) -> Any:
    """Arrays as dictionaries of shape and numbers."""
    if isinstance(value, (list, tuple)):
        return {str(place): _told(item) for place, item in enumerate(value)}
    if isinstance(value, np.ndarray):
        return {
            "shape": list(value.shape),
            "dtype": value.dtype.name,
            "values": np.round(value.astype(float), 4).ravel().tolist(),
        }
    return value


def _function(name: str, *args: Any, **settings: Any) -> Any:
    def run(tf: Any) -> Any:
        np.random.seed(11)
        return _told(getattr(tf.keras.preprocessing.image, name)(*args, **settings))

    return run


LAST = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}


def _flow(images: Any, labels: Any = None, fit: bool = False, flow: Any = None, **settings: Any) -> Any:
    """A case: three batches of an array."""

    def run(tf: Any) -> Any:
        np.random.seed(5)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            generator = tf.keras.preprocessing.image.ImageDataGenerator(**settings)
        if fit:
            generator.fit(images)
        batches = generator.flow(images, labels, **dict({"batch_size": 3, "seed": 4}, **(flow or {})))
        found = [next(batches), batches.next(), batches[0]]
        return {"batches": _told(found), "length": len(batches), "n": batches.n}

    return run


def _folder(flow: Any, **settings: Any) -> Any:
    """A case: two batches of the images in folders."""

    def run(tf: Any) -> Any:
        image = tf.keras.preprocessing.image
        folder = tempfile.mkdtemp()
        try:
            for number, picture in enumerate(IMAGES):
                place = os.path.join(folder, "cba"[number % 3])
                os.makedirs(place, exist_ok=True)
                image.save_img(os.path.join(place, f"{number:02d}.png"), picture)
            open(os.path.join(folder, "a", "note.txt"), "w").close()
            generator = image.ImageDataGenerator(**settings)
            batches = generator.flow_from_directory(folder, **dict({"target_size": (6, 5), "seed": 3}, **flow))
            found = [batches.next(), batches[0]]
            return {
                "batches": _told(found), "names": batches.filenames, "classes": batches.class_indices,
                "labels": _told(batches.classes), "shape": list(batches.image_shape), "samples": batches.samples,
            }  # fmt: skip
        finally:
            shutil.rmtree(folder)

    return run


def _table(columns: Any) -> Any:
    """A table of pandas, which TensorFlow wants, or what has columns by name."""
    try:
        import pandas
    except ImportError:
        return columns
    return pandas.DataFrame(columns)


def _frame(flow: Any, **settings: Any) -> Any:
    """A case: a batch of the images that a table names."""

    def run(tf: Any) -> Any:
        image = tf.keras.preprocessing.image
        folder = tempfile.mkdtemp()
        try:
            names = [f"{number:02d}.png" for number in range(len(IMAGES))]
            for name, picture in zip(names, IMAGES):
                image.save_img(os.path.join(folder, name), picture)
            table = _table(
                {
                    "filename": [*names, "missing.png"], "class": [*"cabbacb", "a"], "x": list(np.arange(8.0)),
                    "y": list(np.arange(8.0) ** 2), "weights": list(np.arange(8.0) / 2),
                }
            )  # fmt: skip
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                batches = image.ImageDataGenerator(**settings).flow_from_dataframe(
                    table, folder, **dict({"target_size": (6, 5), "seed": 3, "batch_size": 4}, **flow)
                )
            classes = getattr(batches, "class_indices", None)
            return {"batches": _told(batches.next()), "names": list(batches.filenames), "classes": classes}
        finally:
            shutil.rmtree(folder)

    return run


def _files(**settings: Any) -> Any:
    """A case: an image written, and read again."""

    def run(tf: Any) -> Any:
        image = tf.keras.preprocessing.image
        folder = tempfile.mkdtemp()
        try:
            path = os.path.join(folder, "one.png")
            image.save_img(path, IMAGES[1][:, :, : settings.pop("channels", 3)], scale=settings.pop("scale", True))
            return _told(image.img_to_array(image.load_img(path, **settings)))
        finally:
            shutil.rmtree(folder)

    return run


CASES: dict = {
    "turned": _function("apply_affine_transform", IMAGES[0], theta=30),
    "moved": _function("apply_affine_transform", IMAGES[0], tx=1.5, ty=-2, fill_mode="constant", cval=7.0),
    "all at once": _function(
        "apply_affine_transform", FIRST[0], 20, 1, 2, 10, 0.8, 1.2, 1, 2, 0, "nearest", 0.0, 1
    ),
    "random_rotation": _function("random_rotation", IMAGES[0], 40, **LAST),
    "random_shift": _function("random_shift", IMAGES[0], 0.2, 0.3, **LAST),
    "random_shear": _function("random_shear", IMAGES[0], 30, **LAST),
    "random_zoom": _function("random_zoom", IMAGES[0], (0.7, 1.4), **LAST),
    "random_channel_shift": _function("random_channel_shift", IMAGES[0], 60.0, channel_axis=2),
    "random_brightness": _function("random_brightness", IMAGES[0], (0.5, 1.5)),
    "plain": _flow(IMAGES),
    "labels": _flow(IMAGES, LABELS, rescale=1 / 255),
    "weights": _flow(IMAGES, LABELS, flow={"sample_weight": np.arange(7.0)}),
    "two inputs": _flow((IMAGES, np.arange(14).reshape(7, 2)), LABELS),
    "in order": _flow(IMAGES, LABELS, flow={"shuffle": False}, horizontal_flip=True, vertical_flip=True),
    "everything": _flow(
        IMAGES, LABELS, rotation_range=20, width_shift_range=0.2, height_shift_range=3, shear_range=10.0,
        zoom_range=0.2, channel_shift_range=20.0, horizontal_flip=True, vertical_flip=True, fill_mode="wrap",
    ),
    "brightness": _flow(IMAGES, brightness_range=(0.3, 1.2)),
    "choices": _flow(IMAGES, width_shift_range=[1, 2, 3], height_shift_range=[0.1, 0.2]),
    "channels first": _flow(FIRST, rotation_range=20, horizontal_flip=True, data_format="channels_first"),
    "each by itself": _flow(IMAGES, samplewise_center=True, samplewise_std_normalization=True),
    "featurewise": _flow(IMAGES, fit=True, featurewise_center=True, featurewise_std_normalization=True),
    "whitened": _flow(IMAGES[:, :3, :3], fit=True, featurewise_center=True, zca_whitening=True, zca_epsilon=0.1),
    "validation": _flow(IMAGES, np.zeros(7), validation_split=0.3, flow={"subset": "validation"}),
    "training": _flow(IMAGES, np.zeros(7), validation_split=0.3, flow={"subset": "training"}),
    "preprocessed": _flow(IMAGES, preprocessing_function=lambda image: image / 2 - 1),
    "folders": _folder({}),
    "folders, transformed": _folder({"batch_size": 4}, rotation_range=30, horizontal_flip=True, rescale=0.1),
    "folders, numbers": _folder({"class_mode": "sparse", "shuffle": False, "color_mode": "grayscale"}),
    "folders, no labels": _folder({"class_mode": None, "target_size": (4, 3), "interpolation": "bilinear"}),
    "folders, some classes": _folder({"classes": ["c", "a"], "class_mode": "binary"}),
    "folders, the images themselves": _folder({"class_mode": "input", "color_mode": "rgba"}),
    "folders, a subset": _folder({"subset": "training"}, validation_split=0.5),
    "a table": _frame({}),
    "a table, some classes, a subset": _frame(
        {"classes": ["b", "c"], "class_mode": "sparse", "subset": "validation"}, validation_split=0.4
    ),
    "a table, numbers": _frame({"y_col": ["x", "y"], "class_mode": "raw", "weight_col": "weights"}),
    "a table, outputs": _frame({"y_col": ["x", "y"], "class_mode": "multi_output", "shuffle": False}),
    "a table, no labels": _frame({"class_mode": None}, rotation_range=20),
    "a file": _files(),
    "a file, not scaled": _files(scale=False),
    "a grey file": _files(channels=1, color_mode="grayscale"),
    "a file as grey": _files(color_mode="grayscale", target_size=(5, 4)),
}  # fmt: skip
