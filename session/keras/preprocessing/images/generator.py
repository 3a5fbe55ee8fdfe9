"""`ImageDataGenerator`: what is done to images at random, and to each before it is used."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ... import state
from . import transforms
from .files import format_or_default
from .folders import DataFrameIterator, DirectoryIterator
from .iterators import NumpyArrayIterator


class ImageDataGenerator:
    """Batches of images, transformed at random and standardized.

    Args:
      featurewise_center, featurewise_std_normalization: by the mean and the deviation of what `fit` saw.
      samplewise_center, samplewise_std_normalization: by those of each image.
      zca_whitening, zca_epsilon: of what `fit` saw.
      rotation_range: degrees.
      width_shift_range, height_shift_range: below 1 a share, else pixels, or what may be chosen.
      brightness_range: between what. shear_range: degrees. zoom_range: around 1, or a pair.
      channel_shift_range: up to what.
      fill_mode, cval: beyond the border. horizontal_flip, vertical_flip: whether half of them are turned around.
      rescale: a factor. preprocessing_function: of each image before. data_format: `channels_last` or `channels_first`.
      validation_split: which share is the subset `validation`. dtype: of the batches.
    Raises: ValueError for values out of range.
    Source: keras.preprocessing.image of TensorFlow 1.15; it draws NumPy's numbers in the same order.
    """

    def __init__(
        self, featurewise_center: bool = False, samplewise_center: bool = False,
        featurewise_std_normalization: bool = False, samplewise_std_normalization: bool = False,
        zca_whitening: bool = False, zca_epsilon: float = 1e-6, rotation_range: float = 0,
        width_shift_range: Any = 0.0, height_shift_range: Any = 0.0, brightness_range: Any = None,
        shear_range: float = 0.0, zoom_range: Any = 0.0, channel_shift_range: float = 0.0, fill_mode: str = "nearest",
        cval: float = 0.0, horizontal_flip: bool = False, vertical_flip: bool = False, rescale: Any = None,
        preprocessing_function: Any = None, data_format: str | None = None, validation_split: float = 0.0,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        self.featurewise_center, self.samplewise_center = featurewise_center, samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.rotation_range, self.shear_range, self.channel_shift_range = (
            rotation_range,
            shear_range,
            channel_shift_range,
        )
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        self.brightness_range = brightness_range
        self.fill_mode, self.cval, self.interpolation_order = fill_mode, cval, 1
        self.horizontal_flip, self.vertical_flip, self.rescale = horizontal_flip, vertical_flip, rescale
        self.preprocessing_function = preprocessing_function
        self.dtype = dtype or state.floatx()
        self.data_format = format_or_default(data_format)
        first = self.data_format == "channels_first"
        self.channel_axis, self.row_axis, self.col_axis = (1, 2, 3) if first else (3, 1, 2)
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(
                f"`validation_split` must be strictly between 0 and 1.  Received arg: {validation_split}"
            )  # fmt: skip
        self._validation_split = validation_split
        self.mean: Any = None
        self.std: Any = None
        self.principal_components: Any = None
        self.zoom_range = _zooms(zoom_range)
        self._complete()
        if brightness_range is not None and (
            not isinstance(brightness_range, (tuple, list)) or len(brightness_range) != 2
        ):
            raise ValueError(f"`brightness_range should be tuple or list of two floats. Received: {brightness_range}")

    def _complete(self) -> None:
        """Whitening and deviations need the mean."""
        if self.zca_whitening:
            if not self.featurewise_center:
                self.featurewise_center = True
                warnings.warn("zca_whitening overrides the setting of featurewise_center.", stacklevel=3)
            if self.featurewise_std_normalization:
                self.featurewise_std_normalization = False
                warnings.warn("zca_whitening overrides the setting of featurewise_std_normalization.", stacklevel=3)
        if self.featurewise_std_normalization and not self.featurewise_center:
            self.featurewise_center = True
            warnings.warn("featurewise_std_normalization overrides the setting of featurewise_center.", stacklevel=3)
        if self.samplewise_std_normalization and not self.samplewise_center:
            self.samplewise_center = True
            warnings.warn("samplewise_std_normalization overrides the setting of samplewise_center.", stacklevel=3)

    def flow(
        self, x: Any, y: Any = None, batch_size: int = 32, shuffle: bool = True, sample_weight: Any = None,
        seed: int | None = None, save_to_dir: Any = None, save_prefix: str = "", save_format: str = "png",
        subset: str | None = None,
    ) -> NumpyArrayIterator:  # fmt: skip
        """Return batches of an array; see `NumpyArrayIterator`."""
        return NumpyArrayIterator(
            x, y, self, batch_size=batch_size, shuffle=shuffle, sample_weight=sample_weight, seed=seed,
            data_format=self.data_format, save_to_dir=save_to_dir, save_prefix=save_prefix, save_format=save_format,
            subset=subset, dtype=self.dtype,
        )  # fmt: skip

    def flow_from_directory(self, directory: Any, *args: Any, **kwargs: Any) -> DirectoryIterator:
        """Return batches of a folder's images; arguments: those of `DirectoryIterator` without the generator."""
        names = (
            "target_size color_mode classes class_mode batch_size shuffle seed save_to_dir save_prefix save_format "
            "follow_links subset interpolation"
        )
        given = {**dict(zip(names.split(), args)), **kwargs}
        return DirectoryIterator(directory, self, data_format=self.data_format, dtype=self.dtype, **given)

    def flow_from_dataframe(self, dataframe: Any, *args: Any, **kwargs: Any) -> DataFrameIterator:
        """Return batches of the images that a table names; arguments: those of `DataFrameIterator`."""
        names = (
            "directory x_col y_col weight_col target_size color_mode classes class_mode batch_size shuffle seed "
            "save_to_dir save_prefix save_format subset interpolation validate_filenames"
        )
        given = {**dict(zip(names.split(), args)), **kwargs}
        for old in ("has_ext", "sort", "drop_duplicates"):
            given.pop(old, None)
        if given.get("class_mode") == "other":
            given["class_mode"] = "raw"
        return DataFrameIterator(
            dataframe, image_data_generator=self, data_format=self.data_format, dtype=self.dtype, **given
        )

    def standardize(self, x: Any) -> Any:
        """Return an image as it is used: preprocessed, rescaled, centred, divided, whitened; in place if possible."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + 1e-6
        if self.featurewise_center and self._is_fitted(self.mean, "featurewise_center"):
            x -= self.mean
        if self.featurewise_std_normalization and self._is_fitted(self.std, "featurewise_std_normalization"):
            x /= self.std + 1e-6
        if self.zca_whitening and self._is_fitted(self.principal_components, "zca_whitening"):
            flat = np.reshape(x, (-1, np.prod(x.shape[-3:])))
            x = np.reshape(flat @ self.principal_components, x.shape)
        return x

    def _is_fitted(self, what: Any, name: str) -> bool:
        if what is None:
            warnings.warn(
                f"This ImageDataGenerator specifies `{name}`, but it hasn't been fit on any training data. Fit it "
                "first by calling `.fit(numpy_data)`.", stacklevel=4,
            )  # fmt: skip
        return what is not None

    def get_random_transform(self, img_shape: Any, seed: int | None = None) -> dict[str, Any]:
        """Return what is drawn for one image.

        Args:
          img_shape: its shape. seed: if given, NumPy's numbers begin anew with it.
        """
        rows, columns = img_shape[self.row_axis - 1], img_shape[self.col_axis - 1]
        if seed is not None:
            np.random.seed(seed)
        theta = np.random.uniform(-self.rotation_range, self.rotation_range) if self.rotation_range else 0
        tx = _shift(self.height_shift_range, rows)
        ty = _shift(self.width_shift_range, columns)
        shear = np.random.uniform(-self.shear_range, self.shear_range) if self.shear_range else 0
        zx, zy = transforms.drawn_zoom(self.zoom_range)
        horizontal = (np.random.random() < 0.5) * self.horizontal_flip
        vertical = (np.random.random() < 0.5) * self.vertical_flip
        change = self.channel_shift_range
        intensity = np.random.uniform(-change, change) if change != 0 else None
        bright = self.brightness_range
        brightness = None if bright is None else np.random.uniform(bright[0], bright[1])
        return {
            "theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy, "flip_horizontal": horizontal,
            "flip_vertical": vertical, "channel_shift_intensity": intensity, "brightness": brightness,
        }  # fmt: skip

    def apply_transform(self, x: Any, transform_parameters: dict[str, Any]) -> Any:
        """Return an image transformed as `get_random_transform` says; what a dictionary does not have is not done."""
        row, column, channel = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        given: Any = transform_parameters.get
        x = transforms.apply_affine_transform(
            x, given("theta", 0), given("tx", 0), given("ty", 0), given("shear", 0), given("zx", 1), given("zy", 1),
            row_axis=row, col_axis=column, channel_axis=channel, fill_mode=self.fill_mode, cval=self.cval,
            order=self.interpolation_order,
        )  # fmt: skip
        if given("channel_shift_intensity") is not None:
            x = transforms.apply_channel_shift(x, given("channel_shift_intensity"), channel)
        if given("flip_horizontal", False):
            x = transforms.flip_axis(x, column)
        if given("flip_vertical", False):
            x = transforms.flip_axis(x, row)
        if given("brightness") is not None:
            x = transforms.apply_brightness_shift(x, given("brightness"))
        return x

    def random_transform(self, x: Any, seed: int | None = None) -> Any:
        """Return an image transformed at random."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Take the mean, the deviation and the whitening of images.

        Args:
          x: an array of four axes. augment: whether they are transformed first, `rounds` times. seed: of that.
        Raises: ValueError for an array of other axes.
        """
        x = np.array(x, dtype=self.dtype)
        if x.ndim != 4:
            raise ValueError(f"Input to `.fit()` should have rank 4. Got array with shape: {x.shape}")
        if x.shape[self.channel_axis] not in (1, 3, 4):
            warnings.warn(
                f"Expected input to be images with 1, 3 or 4 channels, found {x.shape[self.channel_axis]}.",
                stacklevel=2,
            )
        if seed is not None:
            np.random.seed(seed)
        if augment:
            x = np.stack([self.random_transform(image) for _ in range(rounds) for image in x]).astype(self.dtype)
        wide = [1, 1, 1]
        wide[self.channel_axis - 1] = x.shape[self.channel_axis]
        axes = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = np.reshape(np.mean(x, axis=axes), wide)
            x = x - self.mean
        if self.featurewise_std_normalization:
            self.std = np.reshape(np.std(x, axis=axes), wide)
            x = x / (self.std + 1e-6)
        if self.zca_whitening:
            flat = np.reshape(x, (len(x), -1))
            u, s, _ = np.linalg.svd(flat.T @ flat / len(flat))
            self.principal_components = (u / np.sqrt(s[None] + self.zca_epsilon)) @ u.T


def _zooms(zoom_range: Any) -> list[Any]:
    if isinstance(zoom_range, (float, int)):
        return [1 - zoom_range, 1 + zoom_range]
    if len(zoom_range) == 2 and all(isinstance(value, (float, int)) for value in zoom_range):
        return [zoom_range[0], zoom_range[1]]
    raise ValueError(f"`zoom_range` should be a float or a tuple or list of two floats. Received: {zoom_range}")


def _shift(amount: Any, extent: int) -> Any:
    """How far an image moves: one of several numbers, or up to one; shares of the extent below 1."""
    if not np.any(amount):
        return 0
    if np.ndim(amount) or isinstance(amount, (int, np.integer)):
        found = np.random.choice(amount) * np.random.choice([-1, 1])
    else:
        found = np.random.uniform(-amount, amount)
    return found * extent if np.max(amount) < 1 else found
