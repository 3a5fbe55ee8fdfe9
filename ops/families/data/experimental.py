"""`data.experimental`: functions that give functions of a dataset, and further sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.convert import convert_to_tensor
from ...building.default_graph import leave_out
from ...types import dtypes
from ..arrays.reshaping import expand_dims, reshape
from ..elementwise.exponential import log
from ..random.stateless import stateless_multinomial
from . import batching, buckets, choosing, transformations, windows
from .api import Dataset
from .dataset import DatasetBase, scalar_of
from .extra import csv_files, record_writer
from .iterators import make_one_shot


def map_and_batch(
    map_func: Any, batch_size: Any, num_parallel_batches: Any = None, drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Any:  # fmt: skip
    """`map`, then `batch`, for `Dataset.apply`.

    Raises: ValueError if both `num_parallel_batches` and `num_parallel_calls` are given.
    """
    if num_parallel_batches is not None and num_parallel_calls is not None:
        raise ValueError("The `num_parallel_batches` and `num_parallel_calls` arguments are mutually exclusive.")

    def apply(dataset: Any) -> Any:
        leave_out(-(num_parallel_calls is not None))  # TensorFlow has one operation for both
        elements = dataset.map(map_func, num_parallel_calls)
        return Dataset(*batching.batched(elements, batch_size, drop_remainder, are_whole=True))

    return apply


def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: int | None = None) -> Any:
    """`shuffle`, then `repeat`, for `Dataset.apply`."""

    def apply(dataset: Any) -> Any:
        leave_out(1)  # the count, which TensorFlow makes before the seeds
        shuffled = dataset.shuffle(buffer_size, seed)
        leave_out(-2)  # it has one operation for both
        return shuffled.repeat(count)

    return apply


def parallel_interleave(
    map_func: Any, cycle_length: Any, block_length: Any = 1, sloppy: bool = False, buffer_output_elements: Any = None,
    prefetch_input_elements: Any = None,
) -> Any:  # fmt: skip
    """`interleave`, for `Dataset.apply`."""

    def apply(dataset: Any) -> Any:
        leave_out(3)  # of the arguments that TensorFlow makes constants of
        return Dataset(*transformations.interleaved(dataset, map_func, cycle_length, block_length))

    return apply


def unbatch() -> Any:
    """`Dataset.unbatch`, for `Dataset.apply`."""
    return lambda dataset: dataset.unbatch()


def batch_and_drop_remainder(batch_size: Any) -> Any:
    """`batch` without the smaller last one, for `Dataset.apply`."""
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


def ignore_errors() -> Any:
    """Leaves out elements that cannot be made, for `Dataset.apply`."""
    return lambda dataset: Dataset(*transformations.without_errors(dataset))


def enumerate_dataset(start: Any = 0) -> Any:
    """`Dataset.enumerate`, for `Dataset.apply`."""
    return lambda dataset: dataset.enumerate(start)


def prefetch_to_device(device: str, buffer_size: Any = None) -> Any:
    """`prefetch`, for `Dataset.apply`: there is one device."""
    return lambda dataset: dataset.prefetch(buffer_size)


def get_single_element(dataset: DatasetBase) -> Any:
    """Return the tensors of the only element of a dataset.

    Raises: TypeError if it is no dataset. When run: InvalidArgumentError if it has no element, or several.
    """
    if not isinstance(dataset, DatasetBase):
        raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
    leave_out(-3)  # TensorFlow makes no iterator
    return make_one_shot(Dataset(*choosing.only(dataset))).get_next()


def Counter(start: int = 0, step: int = 1, dtype: Any = dtypes.int64) -> Dataset:
    """Return a dataset that counts up from `start` without end."""
    from ..elementwise.cast import cast

    first, by = scalar_of(start, "start"), scalar_of(step, "step")
    made = Dataset.range(0, np.iinfo(np.int64).max).map(lambda n: cast(first + n * by, dtype))
    leave_out(-1)
    return Dataset(made._spec, [made], (), made._open, lambda runtime: -1)


def scan(initial_state: Any, scan_func: Callable[..., Any]) -> Any:
    """What a function makes of a state and each element, for `Dataset.apply`.

    Args:
      initial_state: a structure of tensors.
      scan_func: `(state, element) -> (state, output)`.
    """
    return lambda dataset: Dataset(*choosing.scanned(dataset, initial_state, scan_func))


def take_while(predicate: Callable[..., Any]) -> Any:
    """The elements up to the first for which a function does not give True, for `Dataset.apply`."""
    return lambda dataset: Dataset(*choosing.beginning(dataset, predicate))


def unique() -> Any:
    """Each element the first time it comes, for `Dataset.apply`: int32, int64 or string scalars."""
    return lambda dataset: Dataset(*choosing.once(dataset))


def group_by_window(key_func: Any, reduce_func: Any, window_size: Any = None, window_size_func: Any = None) -> Any:
    """Elements collected by a key, for `Dataset.apply`.

    Args:
      key_func: from an element to an int64 scalar.
      reduce_func: from a key and the dataset of the elements collected to a dataset, whose elements are returned.
      window_size: how many elements are collected.
      window_size_func: from a key to how many, in its place.
    Raises: ValueError unless exactly one of the two is given.
    """
    if (window_size is None) == (window_size_func is None):
        raise ValueError("group_by_window takes window_size or window_size_func, exactly one of the two.")
    return lambda dataset: Dataset(
        *windows.grouped(dataset, key_func, reduce_func, window_size, window_size_func, Dataset)
    )


def bucket_by_sequence_length(
    element_length_func: Any, bucket_boundaries: Any, bucket_batch_sizes: Any, padded_shapes: Any = None,
    padding_values: Any = None, pad_to_bucket_boundary: bool = False, no_padding: bool = False,
    drop_remainder: bool = False,
) -> Any:  # fmt: skip
    """Batches of elements of about one length, for `Dataset.apply`.

    Args:
      element_length_func: from an element to its length, an int32 scalar.
      bucket_boundaries: lengths at which a bucket ends and the next begins.
      bucket_batch_sizes: how many elements a batch has, per bucket: one more than boundaries.
      padded_shapes, padding_values, drop_remainder: as of `Dataset.padded_batch`.
      pad_to_bucket_boundary: whether batches are padded to their bucket's last length; then a batch of elements as
        long as the last boundary, or longer, is an InvalidArgumentError.
      no_padding: whether elements of a batch have one shape as they are.
    Raises: ValueError for another number of batch sizes.
    """
    return buckets.bucketed(
        element_length_func, list(bucket_boundaries), list(bucket_batch_sizes), padded_shapes, padding_values,
        pad_to_bucket_boundary, no_padding, drop_remainder, group_by_window,
    )  # fmt: skip


class Reducer:
    """What becomes of the elements of a key.

    Args:
      init_func: from a key to a state.
      reduce_func: from a state and an element to a state.
      finalize_func: from a state to what is returned.
    """

    def __init__(self, init_func: Any, reduce_func: Any, finalize_func: Any) -> None:
        self.init_func = init_func
        self.reduce_func = reduce_func
        self.finalize_func = finalize_func


def group_by_reducer(key_func: Any, reducer: Reducer) -> Any:
    """Per key, what a reducer makes of the elements that have it, for `Dataset.apply`."""
    return lambda dataset: Dataset(*choosing.reduced_by_key(dataset, key_func, reducer))


def choose_from_datasets(datasets: Any, choice_dataset: DatasetBase) -> Dataset:
    """Return elements of several datasets, each from the one whose number `choice_dataset` gives."""
    return Dataset(*choosing.chosen(datasets, choice_dataset))


def sample_from_datasets(datasets: Any, weights: Any = None, seed: int | None = None) -> Dataset:
    """Return elements of several datasets, each from one that is drawn, until all have ended.

    Args:
      weights: how likely each is: numbers, a tensor, or a dataset of tensors; default: all the same.
      seed: for a choice that repeats, that of TensorFlow.
    Raises: ValueError for another number of weights than datasets.
    """
    datasets = list(datasets)
    seeds = RandomDataset(seed)
    pairs = seeds.batch(2)

    def chosen(logits: Any, pair: Any) -> Any:
        return reshape(stateless_multinomial(logits, 1, pair), [])

    if isinstance(weights, DatasetBase):
        odds = Dataset.zip((Dataset(*transformations.mapped(weights, lambda *row: log(row), "log")), pairs))
        return Dataset(*choosing.chosen(datasets, odds.map(chosen), True))
    fixed = convert_to_tensor([1.0] * len(datasets) if weights is None else weights, name="weights")
    if not fixed.shape.is_compatible_with([len(datasets)]):
        raise ValueError(f"`weights` must be a vector of length {len(datasets)}, got shape {fixed.shape}.")
    logits = expand_dims(fixed if weights is None else log(fixed), 0)
    leave_out(-3 if weights is None else 0)  # TensorFlow makes them in the function
    return Dataset(*choosing.chosen(datasets, pairs.map(lambda pair: chosen(logits, pair)), True, (logits, seeds)))


class RandomDataset(Dataset):
    """Random int64 scalars, from 0 to 2**32, without end.

    Args:
      seed: for numbers that repeat.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(*choosing.numbers(seed))


class CsvDataset(Dataset):
    """The rows of files of comma-separated values, a scalar per column.

    Args:
      filenames: names of files.
      record_defaults: per column a type, whose fields must not be empty, or a default as `decode_csv` has it.
      compression_type: None, "GZIP" or "ZLIB".
      buffer_size: accepted for compatibility.
      header: whether the first row of a file is left out.
      field_delim, use_quote_delim, na_value: as of `decode_csv`.
      select_cols: the columns that are read, ascending; default: all.
    """

    def __init__(
        self, filenames: Any, record_defaults: Any, compression_type: Any = None, buffer_size: Any = None,
        header: Any = False, field_delim: Any = ",", use_quote_delim: Any = True, na_value: Any = "",
        select_cols: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(*csv_files.csv_lines(
            filenames, record_defaults, compression_type, header, field_delim, use_quote_delim, na_value, select_cols
        ))  # fmt: skip


def make_csv_dataset(
    file_pattern: Any, batch_size: Any, column_names: Any = None, column_defaults: Any = None,
    label_name: str | None = None, select_columns: Any = None, field_delim: str = ",", use_quote_delim: bool = True,
    na_value: str = "", header: bool = True, num_epochs: Any = None, shuffle: bool = True,
    shuffle_buffer_size: int = 10000, shuffle_seed: Any = None, prefetch_buffer_size: Any = 1,
    num_parallel_reads: Any = 1, sloppy: bool = False, num_rows_for_inference: Any = 100,
    compression_type: Any = None, ignore_errors: bool = False,
) -> Dataset:  # fmt: skip
    """Return batches of the rows of files: dictionaries by column, with the label beside them if one is named.

    Args:
      file_pattern: names of files, or patterns.
      column_names: names of all columns; default: the first row of the files.
      column_defaults: types or defaults as `CsvDataset` has them; default: found out by the first rows.
      label_name: the column that is the label.
      select_columns: columns to read, numbers or names; default: all.
      num_rows_for_inference: how many rows are looked at for the types; None: all.
      num_parallel_reads: of how many files rows are given in turn.
      ignore_errors: whether wrong rows are left out.
      sloppy: accepted for compatibility.
      The others are those of `CsvDataset` and of `Dataset`.
    Raises: ValueError if there are no such files, or no such columns.
    """
    if column_names is None and not header:
        raise ValueError("`column_names` is needed where no first row names the columns.")
    paths = csv_files.matched(file_pattern)
    names = list(column_names or csv_files.column_names_of(paths, field_delim, use_quote_delim))
    if len(set(names)) != len(names):
        raise ValueError("Cannot have duplicate column names.")
    columns = [*range(len(names))]
    if select_columns is not None:
        columns = sorted(names.index(item) if isinstance(item, str) else int(item) for item in select_columns)
    chosen = [names[column] for column in columns]
    if label_name is not None and label_name not in chosen:
        raise ValueError("`label_name` provided must be one of the columns.")
    if column_defaults is None:
        column_defaults = csv_files.defaults_of(
            paths[0], columns, field_delim, use_quote_delim, na_value, header, num_rows_for_inference
        )

    def rows(path: Any) -> Dataset:
        found: Dataset = CsvDataset(
            path, column_defaults, compression_type, None, header, field_delim, use_quote_delim, na_value, columns
        )
        return Dataset(*transformations.without_errors(found)) if ignore_errors else found

    files = Dataset.from_tensor_slices(paths)
    if shuffle:
        files = files.shuffle(len(paths), shuffle_seed)
    leave_out(sum(isinstance(default, np.ndarray) for default in column_defaults))  # constants of what was found out
    dataset: Dataset = files.apply(parallel_interleave(rows, num_parallel_reads))
    if shuffle and num_epochs != 1:
        dataset = dataset.apply(shuffle_and_repeat(shuffle_buffer_size, num_epochs, shuffle_seed))
    elif shuffle:
        dataset = dataset.shuffle(shuffle_buffer_size, shuffle_seed)
    elif num_epochs != 1:
        dataset = dataset.repeat(num_epochs)
    batches = dataset.batch(batch_size, drop_remainder=num_epochs is None)
    return batches.map(csv_files.as_features(chosen, label_name)).prefetch(prefetch_buffer_size)


class TFRecordWriter:
    """Writes the strings of a dataset as a file of records.

    Args:
      filename: its path, also a string tensor.
      compression_type: None, "GZIP" or "ZLIB".
    """

    def __init__(self, filename: Any, compression_type: Any = None) -> None:
        self._filename = filename
        self._compression = compression_type or ""

    def write(self, dataset: DatasetBase) -> Any:
        """Return the operation that writes all elements. Raises: TypeError if they are no string scalars."""
        return record_writer.write(dataset, self._filename, self._compression)
