"""Vocabularies of files and tensors: from words to their numbers, and back."""

from __future__ import annotations

import os
from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import range as range_of
from ...families.arrays.shape_ops import size
from ...families.elementwise.cast import cast
from ...types import dtypes
from .initializers import (
    KeyValueTensorInitializer,
    TextFileIdTableInitializer,
    TextFileIndex,
    TextFileStringTableInitializer,
)
from .static import HashTable
from .vocabulary import FastHashSpec, HasherSpec, IdTableWithHashBuckets


def index_table_from_file(
    vocabulary_file: Any = None, num_oov_buckets: int = 0, vocab_size: int | None = None, default_value: int = -1,
    hasher_spec: Any = FastHashSpec, key_dtype: Any = dtypes.string, name: str | None = None,
    key_column_index: int = TextFileIndex.WHOLE_LINE, value_column_index: int = TextFileIndex.LINE_NUMBER,
    delimiter: str = "\t",
) -> Any:  # fmt: skip
    """Return a table from the lines of a file to their numbers.

    Args:
      vocabulary_file: the path, also a string tensor.
      num_oov_buckets: how many numbers there are besides, for words that are not there; 0: they have `default_value`.
      vocab_size: how many lines are read; default: all.
      default_value: the number of words that are not there.
      hasher_spec: how the bucket of a word is found.
      key_dtype: string, or an integer type.
      name: a name for the scope of the operations.
      key_column_index, value_column_index, delimiter: where a line has words and numbers, see `TextFileInitializer`.
    Raises: ValueError without a file or with a size below 1, TypeError for another type of keys.
    """
    _check_file(vocabulary_file)
    if num_oov_buckets < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {num_oov_buckets}.")
    if vocab_size is not None and vocab_size < 1:
        name_of_file = vocabulary_file if isinstance(vocabulary_file, (str, bytes)) else vocabulary_file.name
        raise ValueError(
            f"vocab_size must be greater than 0, got {vocab_size}. vocabulary_file: {os.fsdecode(name_of_file)}"
        )
    wanted = dtypes.as_dtype(key_dtype)
    if not wanted.is_integer and wanted is not dtypes.string:
        raise TypeError("Only integer and string keys are supported.")
    with name_scope(name, "string_to_index"):
        with name_scope(None, "hash_table"):
            initializer = TextFileIdTableInitializer(
                vocabulary_file, key_column_index, value_column_index, vocab_size, delimiter, "table_init",
                dtypes.int64 if wanted.is_integer else wanted,
            )  # fmt: skip
            table = HashTable(initializer, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, wanted)


def index_table_from_tensor(
    mapping: Any, num_oov_buckets: int = 0, default_value: int = -1, hasher_spec: Any = FastHashSpec,
    dtype: Any = dtypes.string, name: str | None = None,
) -> Any:  # fmt: skip
    """Return a table from the elements of a vector to their places in it.

    Args:
      mapping: the words, a vector.
      dtype: their type: string, or an integer type.
      num_oov_buckets, default_value, hasher_spec, name: see `index_table_from_file`.
    Raises: ValueError without words, or if they are of another type.
    """
    if mapping is None:
        raise ValueError("mapping must be specified.")
    if num_oov_buckets < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {num_oov_buckets}.")
    wanted = dtypes.as_dtype(dtype)
    if not wanted.is_integer and wanted is not dtypes.string:
        raise TypeError("Only integer and string keys are supported.")
    with name_scope(name, "string_to_index"):
        keys = convert_to_tensor(mapping)
        if keys.dtype.is_integer != wanted.is_integer:
            kind = "integer" if wanted.is_integer else "non-integer"
            raise ValueError(f"Expected {kind}, got {keys.dtype!r}.")
        if not wanted.is_integer and keys.dtype.base_dtype != wanted:
            raise ValueError(f"Expected {wanted!r}, got {keys.dtype!r}.")
        numbers = cast(range_of(size(keys)), dtypes.int64)
        if wanted.is_integer:
            keys = cast(keys, dtypes.int64)
        with name_scope(None, "hash_table"):
            table = HashTable(_pairs(keys, numbers), default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, wanted)


def index_to_string_table_from_file(
    vocabulary_file: Any, vocab_size: int | None = None, default_value: Any = "UNK", name: str | None = None,
    key_column_index: int = TextFileIndex.LINE_NUMBER, value_column_index: int = TextFileIndex.WHOLE_LINE,
    delimiter: str = "\t",
) -> HashTable:  # fmt: skip
    """Return a table from int64 numbers to the lines of a file.

    Args:
      default_value: the word of numbers that are not there.
      The other arguments are those of `index_table_from_file`.
    Raises: ValueError without a file or with a size below 1.
    """
    _check_file(vocabulary_file)
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f"vocab_size must be greater than 0, got {vocab_size}.")
    with name_scope(name, "index_to_string"):
        initializer = TextFileStringTableInitializer(
            vocabulary_file, key_column_index, value_column_index, vocab_size, delimiter, "table_init"
        )
        return HashTable(initializer, default_value)


def index_to_string_table_from_tensor(mapping: Any, default_value: Any = "UNK", name: str | None = None) -> HashTable:
    """Return a table from int64 numbers to the strings of a vector, by their places in it.

    Args:
      mapping: the words, a string vector.
      default_value: the word of numbers that are not there.
      name: a name for the scope of the operations.
    Raises: ValueError without words.
    """
    if mapping is None:
        raise ValueError("mapping must be specified.")
    with name_scope(name, "index_to_string"):
        values = convert_to_tensor(mapping, dtypes.string)
        numbers = cast(range_of(size(values)), dtypes.int64)
        return HashTable(_pairs(numbers, values), default_value)


def string_to_index_table_from_file(
    vocabulary_file: Any = None, num_oov_buckets: int = 0, vocab_size: int | None = None, default_value: int = -1,
    hasher_spec: Any = FastHashSpec, name: str | None = None,
) -> Any:  # fmt: skip
    """`index_table_from_file` of strings, by its older name."""
    return index_table_from_file(
        vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec, dtypes.string, name
    )


def string_to_index_table_from_tensor(
    mapping: Any, num_oov_buckets: int = 0, default_value: int = -1, hasher_spec: Any = FastHashSpec,
    name: str | None = None,
) -> Any:  # fmt: skip
    """`index_table_from_tensor` of strings, by its older name."""
    return index_table_from_tensor(mapping, num_oov_buckets, default_value, hasher_spec, dtypes.string, name)


def string_to_index(tensor: Any, mapping: Any, default_value: int = -1, name: str | None = None) -> Any:
    """Return the places of strings in a vector, `default_value` for those that are not there; run
    `tables_initializer` first."""
    return index_table_from_tensor(mapping, default_value=default_value, name=name).lookup(tensor)


def index_to_string(tensor: Any, mapping: Any, default_value: Any = "UNK", name: str | None = None) -> Any:
    """Return the strings of a vector at places, `default_value` for places that are not there; run
    `tables_initializer` first."""
    return index_to_string_table_from_tensor(mapping, default_value, name).lookup(tensor)


def _check_file(vocabulary_file: Any) -> None:
    if vocabulary_file is None or (isinstance(vocabulary_file, (str, bytes)) and not vocabulary_file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")


def _pairs(keys: Any, values: Any) -> KeyValueTensorInitializer:
    return KeyValueTensorInitializer(keys, values, name="table_init")


def _with_buckets(table: HashTable, buckets: int, hasher_spec: Any, key_dtype: Any) -> Any:
    if not buckets:
        return table
    if not isinstance(hasher_spec, HasherSpec):
        raise TypeError(f"hasher_spec must be of type HasherSpec, got {hasher_spec}")
    return IdTableWithHashBuckets(table, buckets, hasher_spec, key_dtype=key_dtype)
