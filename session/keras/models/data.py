"""What models are fed: arrays of one length, by the order or the names of inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def as_arrays(data: Any, names: list[str], shapes: list[Any], what: str, check_batch: bool = False) -> list[Any]:
    """Return arrays in the order of the names.

    Args:
      data: an array, a list of them, a dictionary by name; or None.
      names: of inputs or outputs; shapes: for each the static shape as a list, or None.
      what: "input" or "target".
    Raises: ValueError for other numbers or shapes.
    """
    if not names:
        return []
    if data is None:
        return [None] * len(names)
    if isinstance(data, Mapping):
        missing = [name for name in names if name not in data]
        if missing:
            raise ValueError(f'No data provided for "{missing[0]}". Need data for each key in: {names}')
        values = [data[name] for name in names]
    elif isinstance(data, (list, tuple)) and not _is_one(data, names):
        values = list(data)
    else:
        values = [data]
    arrays = [_as_array(value) for value in values]
    if len(arrays) != len(names):
        raise ValueError(
            f"Error when checking model {what}: the list of Numpy arrays that you are passing to your model is not the "
            f"size the model expected. Expected to see {len(names)} array(s), but instead got {len(arrays)}."
        )
    return [_fitting(array, name, shape, what) for array, name, shape in zip(arrays, names, shapes)]


def _is_one(data: Any, names: list[str]) -> bool:
    """Whether a list is one array of numbers rather than several arrays."""
    return len(names) == 1 and (not len(data) or not hasattr(data[0], "shape")) and not _is_list_of_one(data)


def _is_list_of_one(data: Any) -> bool:
    return len(data) == 1 and isinstance(data[0], (list, tuple)) and len(data[0]) > 0 and np.ndim(data[0][0]) > 0


def _as_array(value: Any) -> Any:
    if value is None or hasattr(value, "dense_shape"):
        return value
    if hasattr(value, "values") and hasattr(value, "index"):  # of pandas
        value = value.values
    array = value if isinstance(value, np.ndarray) else np.asarray(value)
    return array[:, None] if array.ndim == 1 else array


def _fitting(array: Any, name: str, shape: Any, what: str) -> Any:
    if array is None or shape is None or not isinstance(array, np.ndarray):
        return array
    if array.ndim != len(shape):
        raise ValueError(
            f"Error when checking {what}: expected {name} to have {len(shape)} dimensions, but got array with shape "
            f"{array.shape}"
        )
    for extent, wanted in list(zip(array.shape, shape))[1:]:
        if wanted is not None and wanted != extent:
            raise ValueError(
                f"Error when checking {what}: expected {name} to have shape {tuple(shape[1:])} but got array with "
                f"shape {array.shape[1:]}"
            )
    return array


def check_lengths(inputs: list[Any], targets: list[Any], weights: list[Any]) -> None:
    """Raises: ValueError if arrays have different numbers of examples."""
    sets = [{len(array) for array in arrays if array is not None} for arrays in (inputs, targets, weights)]
    for lengths, what in zip(sets, ("input arrays (x)", "target arrays (y)", "`sample_weight` arrays")):
        if len(lengths) > 1:
            raise ValueError(f"All {what} should have the same number of samples. Got array shapes: {sorted(lengths)}")
    if sets[0] and sets[1] and sets[0] != sets[1]:
        raise ValueError(
            f"Input arrays should have the same number of samples as target arrays. Found {min(sets[0])} input samples "
            f"and {min(sets[1])} target samples."
        )
    if sets[1] and sets[2] and sets[1] != sets[2]:
        raise ValueError(
            "Sample_weight arrays should have the same number of samples as target arrays. Got "
            f"{min(sets[1])} target samples and {min(sets[2])} weights."
        )


def class_weights(targets: Any, weights: Mapping[Any, float]) -> Any:
    """The weights of examples by their classes: numbers, or one-hot rows. Raises: ValueError for others."""
    if targets.ndim > 2:
        raise ValueError("`class_weight` not supported for 3+ dimensional targets.")
    classes = targets.argmax(axis=1) if targets.ndim == 2 and targets.shape[1] > 1 else targets.reshape(len(targets))
    found = np.asarray([weights.get(int(number), np.nan) for number in classes])
    if np.isnan(found).any():
        missing = {int(number) for number in classes} - set(weights)
        raise ValueError(
            f"`class_weight` must contain all classes in the data. The classes {missing} exist in the data but not in "
            "`class_weight`."
        )
    return found


def split(arrays: list[Any], share: float) -> tuple[list[Any], list[Any]]:
    """The first and the last examples; the last are a share. Raises: ValueError for a share that is none."""
    if not 0 < share < 1:
        raise ValueError(f"`validation_split` must be between 0 and 1, received: {share}")
    length = next(len(array) for array in arrays if array is not None)
    at = int(length * (1.0 - share))
    return (
        [None if array is None else array[:at] for array in arrays],
        [None if array is None else array[at:] for array in arrays],
    )


def rows(arrays: list[Any], numbers: Any) -> list[Any]:
    """The examples of some numbers."""
    if isinstance(numbers, slice):
        return [None if array is None else array[numbers] for array in arrays]
    return [None if array is None else array[numbers] for array in arrays]


def batches(size: int, batch_size: int) -> list[tuple[int, int]]:
    """Where batches begin and end."""
    return [(start, min(size, start + batch_size)) for start in range(0, size, batch_size)]
