"""Batches of images in files: those of a folder with a folder for each class, and those that a table names."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ... import state
from .files import format_or_default, img_to_array, load_img
from .iterators import Iterator, Saver, part_of

_CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}
WHITE_LIST = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")


class FileIterator(Iterator):
    """The base: images in files. A subclass has `filepaths`, `class_mode` and `_labels(indices)`.

    Args:
      image_data_generator: what transforms. target_size: height and width. color_mode: `rgb`, `rgba` or `grayscale`.
      data_format, save_to_dir, save_prefix, save_format, dtype: see `NumpyArrayIterator`. subset: see there.
      interpolation: how images get their size.
    Raises: ValueError for unknown modes.
    """

    filepaths: list[str]
    class_mode: str | None

    def _set_up(
        self, image_data_generator: Any, target_size: Any, color_mode: str, data_format: str | None, save_to_dir: Any,
        save_prefix: str, save_format: str, interpolation: str, dtype: Any,
    ) -> None:  # fmt: skip
        if color_mode not in _CHANNELS:
            raise ValueError(f'Invalid color mode: {color_mode} ; expected "rgb", "rgba", or "grayscale".')
        self.image_data_generator, self.color_mode, self.interpolation = image_data_generator, color_mode, interpolation
        self.target_size = tuple(target_size)
        self.data_format = format_or_default(data_format)
        self.dtype = dtype or state.floatx()
        channels = _CHANNELS[color_mode]
        first = self.data_format == "channels_first"
        self.image_shape = (channels, *self.target_size) if first else (*self.target_size, channels)
        self._saver = Saver(save_to_dir, save_prefix, save_format, self.data_format)

    def _labels(self, index_array: Any) -> Any:
        raise NotImplementedError

    def _weights(self, index_array: Any) -> Any:
        return None

    def _get_batches_of_transformed_samples(self, index_array: Any) -> Any:
        generator = self.image_data_generator
        batch = np.zeros((len(index_array), *self.image_shape), dtype=self.dtype)
        for place, number in enumerate(index_array):
            image = load_img(
                self.filepaths[number], color_mode=self.color_mode, target_size=self.target_size,
                interpolation=self.interpolation,
            )  # fmt: skip
            array = img_to_array(image, data_format=self.data_format)
            parameters = generator.get_random_transform(array.shape)
            batch[place] = generator.standardize(generator.apply_transform(array, parameters))
        self._saver.save(batch, index_array, 1e7)
        if self.class_mode is None:
            return batch
        labels = batch.copy() if self.class_mode == "input" else self._labels(index_array)
        weights = self._weights(index_array)
        return (batch, labels) if weights is None else (batch, labels, weights)


def coded(mode: str, classes: Any, count: int, dtype: Any) -> Any:
    """Numbers of classes as labels: rows for `categorical`, numbers for `binary` and `sparse`."""
    if mode != "categorical":
        return np.asarray(classes).astype(dtype)
    rows = np.zeros((len(classes), count), dtype=dtype)
    rows[np.arange(len(classes)), classes] = 1.0
    return rows


class DirectoryIterator(FileIterator):
    """Batches of the images in a folder that has a folder for each class, transformed at random.

    Args:
      directory: the folder. image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix,
        save_format, interpolation, dtype: see `FileIterator`. classes: the folders' names; by default all, by alphabet.
      class_mode: `categorical`, `binary`, `sparse`, `input`, or None: no labels.
      batch_size, shuffle, seed: see `Iterator`.
      follow_links: whether links to folders are followed. subset: `training` or `validation`.
    Raises: ValueError for unknown modes.
    """

    allowed_class_modes = ("categorical", "binary", "sparse", "input", None)

    def __init__(
        self, directory: Any, image_data_generator: Any, target_size: Any = (256, 256), color_mode: str = "rgb",
        classes: Any = None, class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True,
        seed: int | None = None, data_format: str | None = None, save_to_dir: Any = None, save_prefix: str = "",
        save_format: str = "png", follow_links: bool = False, subset: str | None = None,
        interpolation: str = "nearest", dtype: Any = None,
    ) -> None:  # fmt: skip
        self._set_up(
            image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix, save_format,
            interpolation, dtype,
        )  # fmt: skip
        if class_mode not in self.allowed_class_modes:
            raise ValueError(f"Invalid class_mode: {class_mode}; expected one of: {self.allowed_class_modes}")
        self.directory, self.class_mode = directory, class_mode
        names = sorted(
            name for name in os.listdir(directory) if os.path.isdir(os.path.join(directory, name))
        ) if not classes else list(classes)  # fmt: skip
        self.num_classes = len(names)
        self.class_indices = {name: number for number, name in enumerate(names)}
        self.filenames: list[str] = []
        numbers: list[int] = []
        for number, name in enumerate(names):
            files = _images_below(os.path.join(directory, name), follow_links)
            chosen = files[part_of(subset, image_data_generator._validation_split, len(files))]
            self.filenames += [os.path.relpath(file, directory) for file in chosen]
            numbers += [number] * len(chosen)
        self.classes = np.array(numbers, dtype="int32")
        self.samples = len(self.filenames)
        self.filepaths = [os.path.join(directory, name) for name in self.filenames]
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def labels(self) -> Any:
        """The numbers of the classes."""
        return self.classes

    def _labels(self, index_array: Any) -> Any:
        return coded(str(self.class_mode), self.classes[index_array], self.num_classes, self.dtype)


def _images_below(folder: str, follow_links: bool) -> list[str]:
    """The images in a folder and those below it, by alphabet."""
    found = []
    for place, _, files in sorted(os.walk(folder, followlinks=follow_links)):
        found += [os.path.join(place, file) for file in sorted(files) if file.lower().endswith(WHITE_LIST)]
    return found


class DataFrameIterator(FileIterator):
    """Batches of the images that a table of pandas names, transformed at random.

    Args:
      dataframe: the table. directory: before the names; None: they are whole paths. x_col: the column of names.
      y_col: the column of labels, or a list. weight_col: that of weights. classes: names; by default all, by alphabet.
      class_mode: `categorical`, `binary`, `sparse`, `raw`, `multi_output`, `input`, or None: no labels.
      validate_filenames: whether names of files that are not there are left out; others: see `DirectoryIterator`.
    Raises: ValueError for unknown modes; TypeError for labels of another kind than the mode wants.
    """

    allowed_class_modes = ("binary", "categorical", "input", "multi_output", "raw", "sparse", None)

    def __init__(
        self, dataframe: Any, directory: Any = None, image_data_generator: Any = None, x_col: str = "filename",
        y_col: Any = "class", weight_col: str | None = None, target_size: Any = (256, 256), color_mode: str = "rgb",
        classes: Any = None, class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True,
        seed: int | None = None, data_format: str | None = "channels_last", save_to_dir: Any = None,
        save_prefix: str = "", save_format: str = "png", subset: str | None = None, interpolation: str = "nearest",
        dtype: Any = "float32", validate_filenames: bool = True,
    ) -> None:  # fmt: skip
        self._set_up(
            image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix, save_format,
            interpolation, dtype,
        )  # fmt: skip
        if class_mode not in self.allowed_class_modes:
            raise ValueError(f"Invalid class_mode: {class_mode}; expected one of: {self.allowed_class_modes}")
        self.directory, self.class_mode = directory or "", class_mode
        names = [str(name) for name in dataframe[x_col]]
        paths = [os.path.join(self.directory, name) for name in names]
        kept = [
            place for place, path in enumerate(paths)
            if not validate_filenames or (path.lower().endswith(WHITE_LIST) and os.path.isfile(path))
        ]  # fmt: skip
        if len(kept) < len(paths):
            import warnings

            warnings.warn(
                f'Found {len(paths) - len(kept)} invalid image filename(s) in x_col="{x_col}". These filename(s) will '
                "be ignored.", stacklevel=3,
            )  # fmt: skip
        columns = _columns(dataframe, y_col, class_mode)
        counted = class_mode in ("categorical", "binary", "sparse")
        if counted:
            kept = self._number_classes(columns[0], classes, kept)
        kept = kept[part_of(subset, getattr(image_data_generator, "_validation_split", 0.0), len(kept))]
        self.filenames, self.filepaths = [names[place] for place in kept], [paths[place] for place in kept]
        self._columns = [np.array([column[place] for place in kept]) for column in columns] if not counted else []
        if counted:
            self.classes = [self._numbers[place] for place in kept]
        weights = None if weight_col is None else np.asarray(list(dataframe[weight_col]))
        self._sample_weight = None if weights is None else weights[kept]
        self.samples = len(kept)
        what = f"images belonging to {len(self.class_indices)} classes" if counted else "image filenames"
        print(f"Found {self.samples} validated {what}." if validate_filenames else f"Found {self.samples} {what}.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _number_classes(self, column: list[Any], classes: Any, kept: list[int]) -> list[int]:
        """Number the classes; which of the rows have one of them."""
        wanted = list(classes) if classes else sorted({column[place] for place in kept})
        if not all(isinstance(name, str) for name in wanted):
            raise TypeError(f'If class_mode="{self.class_mode}", y_col="class" column values must be strings.')
        self.class_indices = {name: number for number, name in enumerate(wanted)}
        self._numbers = [self.class_indices.get(name, -1) for name in column]
        return [place for place in kept if self._numbers[place] >= 0]

    @property
    def labels(self) -> Any:
        """The labels, or the numbers of the classes."""
        if self.class_mode == "multi_output":
            return self._columns
        return self.classes if not self._columns else self._columns[0]

    def _labels(self, index_array: Any) -> Any:
        if self.class_mode == "multi_output":
            return [column[index_array] for column in self._columns]
        if self.class_mode == "raw":
            columns = [column[index_array] for column in self._columns]
            return columns[0] if len(columns) == 1 else np.stack(columns, axis=1)
        numbers = np.asarray(self.classes)[index_array]
        return coded(str(self.class_mode), numbers, len(self.class_indices), self.dtype)

    def _weights(self, index_array: Any) -> Any:
        return None if self._sample_weight is None else self._sample_weight[index_array]


def _columns(dataframe: Any, y_col: Any, class_mode: str | None) -> list[Any]:
    """The columns of labels. Raises: TypeError for a list where one is wanted, or the other way round."""
    if class_mode in (None, "input"):
        return []
    several = isinstance(y_col, (list, tuple))
    if class_mode == "multi_output" and not several:
        raise TypeError(f'If class_mode="{class_mode}", y_col must be a list. Received {type(y_col).__name__}.')
    if class_mode in ("binary", "sparse", "categorical") and several and len(y_col) > 1:
        raise TypeError(f'If class_mode="{class_mode}", y_col must be the name of one column.')
    return [list(dataframe[name]) for name in (y_col if several else [y_col])]
