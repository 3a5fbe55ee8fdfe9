"""Images for training: what is refused, and models that are trained by batches of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

image = tf.keras.preprocessing.image
IMAGES = np.random.RandomState(0).rand(20, 6, 6, 3).astype("float32")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"zoom_range": (1, 2, 3)}, "zoom_range"),
        ({"validation_split": 1.5}, "strictly between 0 and 1"),
        ({"brightness_range": 3.0}, "brightness_range"),
        ({"data_format": "NHWC"}, "data_format"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        image.ImageDataGenerator(**settings)


def test_what_needs_fitting_warns_without_it() -> None:
    generator = image.ImageDataGenerator(featurewise_center=True)
    with pytest.warns(UserWarning, match="hasn't been fit"):
        generator.standardize(IMAGES[0].copy())


def test_deviations_need_means() -> None:
    with pytest.warns(UserWarning, match="overrides the setting of samplewise_center"):
        generator = image.ImageDataGenerator(samplewise_std_normalization=True)
    assert generator.samplewise_center


def test_arrays_that_do_not_fit_are_refused() -> None:
    generator = image.ImageDataGenerator()
    with pytest.raises(ValueError, match="same length"):
        generator.flow(IMAGES, np.zeros(3))
    with pytest.raises(ValueError, match="rank 4"):
        generator.flow(IMAGES[0])
    with pytest.raises(ValueError, match="Invalid subset name: test"):
        generator.flow(IMAGES, subset="test")
    with pytest.raises(ValueError, match="has length 1"):
        generator.flow(IMAGES)[1]
    with pytest.raises(ValueError, match="rank 4"):
        generator.fit(IMAGES[0])


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    image.save_img(path, IMAGES[0])
    with pytest.raises(ValueError, match="color_mode"):
        image.load_img(path, color_mode="lab")
    with pytest.raises(ValueError, match="interpolation method cubic"):
        image.load_img(path, target_size=(3, 3), interpolation="cubic")
    with pytest.raises(ValueError, match="channel number: 2"):
        image.array_to_img(IMAGES[0][..., :2])
    with pytest.raises(ValueError, match="Invalid class_mode"):
        image.ImageDataGenerator().flow_from_directory(tmp_path, class_mode="several")


def test_batches_are_written_where_that_is_asked_for(tmp_path: Path) -> None:
    batches = image.ImageDataGenerator().flow(IMAGES, batch_size=5, save_to_dir=tmp_path, save_prefix="seen")
    next(batches)
    files = sorted(tmp_path.glob("seen_*.png"))
    assert len(files) == 5
    assert image.load_img(files[0]).size == (6, 6)


def test_a_model_is_trained_by_batches_of_images() -> None:
    labels = (IMAGES[:, :, :, 0].mean((1, 2)) > 0.5).astype("float32")
    tf.set_random_seed(3)
    model = tf.keras.Sequential(
        [tf.keras.layers.Flatten(input_shape=(6, 6, 3)), tf.keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile(tf.keras.optimizers.Adam(0.02), "binary_crossentropy")
    batches = image.ImageDataGenerator(horizontal_flip=True).flow(IMAGES, labels, batch_size=5, seed=1)
    history = model.fit_generator(batches, epochs=15, verbose=0).history["loss"]
    assert history[-1] < history[0]
    assert model.predict_generator(batches, steps=4).shape == (20, 1)
