"""Datasets of parsed messages, and of the rows of a database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import numpy as np

from ....base import nest
from ....base.errors import InvalidArgumentError, UnimplementedError, UnknownError
from ....building.default_graph import leave_out
from ....types import dtypes
from ....types.array_values import as_bytes
from ....types.tensor_shape import TensorShape
from ...io.parsing import FixedLenFeature, parse_example
from ..api import Dataset, TFRecordDataset
from ..dataset import tensor_of
from ..experimental import parallel_interleave, shuffle_and_repeat
from ..iterators import make_one_shot
from ..runtime import Element, Runtime, Spec

_INTEGER = re.compile(rb"\s*[-+]?\d+")
_NUMBER = re.compile(rb"\s*[-+]?(?=\.?\d)\d*(\.\d*)?([eE][-+]?\d+)?")


def parse_example_dataset(features: Mapping[str, Any], num_parallel_calls: Any = 1) -> Any:
    """Vectors of serialized Example messages parsed, for `Dataset.apply`.

    Args:
      features: as of `parse_example`.
      num_parallel_calls: accepted for compatibility.
    Returns: a function to a dataset of dictionaries: from each key to a tensor or a SparseTensor.
    Raises: ValueError without features, TypeError for a dataset of other elements.
    """
    if features is None:
        raise ValueError("Missing: features was None.")

    def apply(dataset: Any) -> Any:
        shapes, kinds = dataset._spec.shapes, dataset._spec.dtypes
        if kinds != [dtypes.string] or not TensorShape(shapes[0]).is_compatible_with(TensorShape([None])):
            raise TypeError("Input dataset should be a dataset of vectors of strings")
        leave_out(sum(isinstance(feature, FixedLenFeature) for feature in features.values()))  # constants: the defaults
        return dataset.map(lambda serialized: parse_example(serialized, features), num_parallel_calls)

    return apply


def make_batched_features_dataset(
    file_pattern: Any, batch_size: Any, features: Mapping[str, Any], reader: Any = TFRecordDataset,
    label_key: str | None = None, reader_args: Any = None, num_epochs: Any = None, shuffle: bool = True,
    shuffle_buffer_size: int = 10000, shuffle_seed: Any = None, prefetch_buffer_size: Any = None,
    reader_num_threads: Any = None, parser_num_threads: Any = None, sloppy_ordering: bool = False,
    drop_final_batch: bool = False,
) -> Any:  # fmt: skip
    """Return batches of the Example messages of files: dictionaries, with the label beside them if one is named.

    Args:
      file_pattern: names of files, or patterns.
      features: as of `parse_example`.
      reader, reader_args: from a name of a file, and these, to a dataset of messages, or of pairs of key and message.
      label_key: the feature that is the label.
      num_epochs: how often the files are gone through; None: without end.
      shuffle, shuffle_buffer_size, shuffle_seed: whether files and messages come in random order, and how.
      reader_num_threads: of how many files messages are given in turn; default: one file after the other.
      drop_final_batch: whether a smaller last batch is left out; without end there is none.
      The others are accepted for compatibility.
    Raises: ValueError if the label is none of the features.
    """
    if label_key is not None and label_key not in features:
        raise ValueError(f"The `label_key` provided ({label_key!r}) must be one of the `features` keys.")
    files = Dataset.list_files(file_pattern, shuffle=shuffle, seed=shuffle_seed)
    read = parallel_interleave(lambda name: reader(name, *(reader_args or ())), reader_num_threads or 1)
    dataset: Any = files.apply(read)
    if dataset._spec.dtypes == [dtypes.string, dtypes.string]:
        dataset = dataset.map(lambda key, value: value)
    if shuffle and num_epochs != 1:
        dataset = dataset.apply(shuffle_and_repeat(shuffle_buffer_size, num_epochs, shuffle_seed))
    elif shuffle:
        dataset = dataset.shuffle(shuffle_buffer_size, shuffle_seed)
    elif num_epochs != 1:
        dataset = dataset.repeat(num_epochs)
    dataset = dataset.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    dataset = dataset.apply(parse_example_dataset(features))
    if label_key is not None:
        dataset = dataset.map(lambda parsed: ({k: v for k, v in parsed.items() if k != label_key}, parsed[label_key]))
    return dataset.prefetch(1 if prefetch_buffer_size in (None, -1) else prefetch_buffer_size)


def read_batch_features(
    file_pattern: Any, batch_size: Any, features: Mapping[str, Any], reader: Any = TFRecordDataset,
    reader_args: Any = None, randomize_input: bool = True, num_epochs: Any = None, capacity: int = 10000,
) -> Any:  # fmt: skip
    """Return the tensors of the next batch of the Example messages of files; see `make_batched_features_dataset`."""
    dataset = make_batched_features_dataset(
        file_pattern, batch_size, features, reader, None, reader_args, num_epochs, randomize_input, capacity
    )
    return make_one_shot(dataset).get_next()


class SqlDataset(Dataset):
    """The rows of the answer to a query, a scalar per column.

    Args:
      driver_name: "sqlite".
      data_source_name: the path of the database.
      query: in SQL.
      output_types: of the columns, a tuple.
    Raises when run: InvalidArgumentError for another driver, UnknownError for what SQLite says is wrong.
    """

    def __init__(self, driver_name: Any, data_source_name: Any, query: Any, output_types: Any) -> None:
        structure = nest.map_structure(dtypes.as_dtype, output_types)
        kinds = nest.flatten(structure)
        names = ("driver_name", "data_source_name", "query")
        given = [tensor_of(item, dtypes.string, n) for item, n in zip((driver_name, data_source_name, query), names)]

        def open(runtime: Runtime) -> Iterator[Element]:
            source, sql = (as_bytes(runtime.value(tensor).item()).decode() for tensor in given[1:])
            yield from _rows(source, sql, kinds)

        def check(runtime: Runtime) -> None:
            driver = as_bytes(runtime.value(given[0]).item()).decode()
            if driver != "sqlite":
                raise InvalidArgumentError(
                    None, None, f"The database type, {driver}, is not supported by SqlDataset. The set of supported "
                    "databases is: {'sqlite'}.",
                )  # fmt: skip

        super().__init__(Spec(structure, kinds, [TensorShape([])] * len(kinds)), (), given, open, None, check)


def _rows(source: str, sql: str, kinds: list[Any]) -> Iterator[Element]:
    import sqlite3

    try:  # as TensorFlow does, to read only: no file is made
        connection = sqlite3.connect(f"file:{quote(source)}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise InvalidArgumentError(None, None, f"Sqlite::Open({source}) failed: {error}") from error
    connection.text_factory = bytes  # texts need be no UTF-8
    try:
        for row in connection.execute(sql):
            if len(row) != len(kinds):
                raise InvalidArgumentError(
                    None, None,
                    f"The number of columns in query ({len(row)}) must match the number of elements in output_types "
                    f"({len(kinds)}).",
                )  # fmt: skip
            yield tuple(_column(value, kind) for value, kind in zip(row, kinds))
    except sqlite3.Error as error:
        raise UnknownError(None, None, f"{error}: {sql}") from error
    finally:
        connection.close()


def _column(value: Any, kind: Any) -> Any:
    """A column of a row; what is null is empty, or zero."""
    if kind == dtypes.string:
        array = np.empty((), object)
        array[()] = b"" if value is None else value if isinstance(value, bytes) else as_bytes(str(value))
        return array
    if not (kind.is_integer or kind.is_floating or kind.is_bool):
        raise UnimplementedError(None, None, f"SqlDataset has no columns of type {kind.name}.")
    if isinstance(value, bytes):  # the number that a text begins with, as SQLite takes it
        found = (_NUMBER if kind.is_floating else _INTEGER).match(value)
        value = 0 if found is None else float(found[0]) if kind.is_floating else int(found[0])
    return np.array(0 if value is None else value).astype(kind.np_dtype)
