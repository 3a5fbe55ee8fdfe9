"""Initializers that take rows and columns of a matrix in a checkpoint to where new vocabularies have their words.

For example, of a matrix whose rows are those of `a b c`, one for `c d` has the old row 2, and a row that another
initializer makes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ....building.build import build
from ....building.default_graph import leave_out
from ....families.arrays.reshaping import reshape
from ....families.arrays.stacking import concat
from ....families.indexing.gathering import gather
from ....families.io.save_restore import RESTORE_V2
from ....families.random.initializers import TruncatedNormal, Zeros
from ....types import dtypes
from ....types.tensor_shape import TensorShape
from ...checkpoint.reader import CheckpointReader, checkpoint_path
from ...checkpoint.vocabularies import places_of_words

Initializer = Callable[..., Any]


def load_and_remap_matrix_initializer(
    ckpt_path: Any, old_tensor_name: str, new_row_vocab_size: int, new_col_vocab_size: int,
    old_row_vocab_size: int = -1, old_row_vocab_file: Any = None, new_row_vocab_file: Any = None,
    old_col_vocab_file: Any = None, new_col_vocab_file: Any = None, num_row_oov_buckets: int = 0,
    num_col_oov_buckets: int = 0, initializer: Any = None, max_rows_in_memory: int = -1,
) -> Initializer:  # fmt: skip
    """Return an initializer of a matrix, or of a part of it, by a matrix in a checkpoint.

    Args:
      ckpt_path, old_tensor_name: the checkpoint, and the matrix in it.
      new_row_vocab_size, new_col_vocab_size: how many words are used of the new vocabularies.
      old_row_vocab_size: how many were used of the old one of the rows; default: all.
      old_row_vocab_file, new_row_vocab_file: files with a word a line; without them rows stay in their order.
      old_col_vocab_file, new_col_vocab_file: the same for columns.
      num_row_oov_buckets, num_col_oov_buckets: how many rows and columns for other words follow.
      initializer: makes what was not there; default: zeros.
      max_rows_in_memory: accepted for compatibility.
    Raises: ValueError for numbers below 0. The initializer raises TypeError for other types than float32, ValueError
      without files and for a shape that does not fit.
    """
    if num_row_oov_buckets < 0:
        raise ValueError(f"num_row_oov_buckets must be >= 0, but received {num_row_oov_buckets}")
    if num_col_oov_buckets < 0:
        raise ValueError(f"num_col_oov_buckets must be >= 0, but received {num_col_oov_buckets}")
    pairs = (old_row_vocab_file, new_row_vocab_file), (old_col_vocab_file, new_col_vocab_file)
    make = initializer or Zeros()

    def initialize(shape: Any, dtype: Any = dtypes.float32, partition_info: Any = None) -> Any:
        if dtype != dtypes.float32:
            raise TypeError(f"Currently, only float32 is supported. Received dtype: {dtype}")
        if not any(map(any, pairs)) or any(bool(old) is not bool(new) for old, new in pairs):
            raise ValueError("Files of words are given for rows or columns, both the old and the new one.")
        extents = [-1 if extent is None else extent for extent in TensorShape(shape).as_list()]
        if len(extents) != 2:
            raise ValueError(f"Expected 2-dim shape, but received: {shape}")
        if extents[0] <= 0:
            raise ValueError(f"Expected 1st dim of shape to be > 0, but received shape: {shape}")
        if extents[1] != new_col_vocab_size + num_col_oov_buckets:
            raise ValueError(
                f"Expected 2nd dim of shape to be new_col_vocab_size ({new_col_vocab_size}) + num_col_oov_buckets "
                f"({num_col_oov_buckets}) = {new_col_vocab_size + num_col_oov_buckets}, but received shape: {shape}"
            )
        first = 0 if partition_info is None else partition_info.single_offset(shape)
        if first + extents[0] > new_row_vocab_size + num_row_oov_buckets:
            raise ValueError(
                f"Trying to initialize {extents[0]} additional rows after {first} rows have already been initialized, "
                f"which would exceed expected total row count of new_row_vocab_size ({new_row_vocab_size}) + "
                f"num_row_oov_buckets ({num_row_oov_buckets}) = {new_row_vocab_size + num_row_oov_buckets}."
            )
        rows = [*range(new_row_vocab_size)]
        if new_row_vocab_file:
            rows = places_of_words(old_row_vocab_file, old_row_vocab_size, new_row_vocab_file, new_row_vocab_size)
        columns = [*range(new_col_vocab_size)]
        if new_col_vocab_file:
            columns = places_of_words(old_col_vocab_file, -1, new_col_vocab_file, new_col_vocab_size)
        has_files = bool(new_row_vocab_file), bool(new_col_vocab_file)
        return _loaded(ckpt_path, old_tensor_name, rows[first : first + extents[0]], columns, extents, make, has_files)

    return initialize


def _loaded(
    path: Any, name: str, rows: list[int], columns: list[int], extents: list[int], make: Any,
    has_files: tuple[bool, bool],
) -> Any:  # fmt: skip
    """The matrix of old numbers, new ones for places of -1, then rows and columns of new ones up to the extents."""
    path = checkpoint_path(path)
    shape = CheckpointReader(path).get_variable_to_shape_map().get(name)
    if shape is None or len(shape) != 2:
        raise ValueError(f"Rows and columns are those of a matrix, but {name} in {path} has shape {shape}.")
    (old,) = build(RESTORE_V2, path, [name], [""], dtypes=[dtypes.float32], name="load_and_remap_matrix")
    old.set_shape(shape)
    if rows and max(rows) >= shape[0] or columns and max(columns) >= shape[1]:
        raise ValueError(f"The matrix {name} in {path} has shape {shape}: there are more words than it has places.")
    row, column = np.array(rows, np.int64)[:, None], np.array(columns, np.int64)[None]
    is_new = (row < 0) | (column < 0)
    places = np.where(is_new, 0, row * shape[1] + column)
    places[is_new] = math.prod(shape) + np.arange(np.count_nonzero(is_new))
    known = reshape(old, [-1])
    # TensorFlow asks for new numbers when it has made 3 operations for the words of rows, or 4 without, and 3 for those
    # of columns, and counted what is missing; those above are 6, and a shape that is packed is one more.
    leave_out((3 if has_files[0] else 4) + 3 * has_files[1] + (1 if all(has_files) else 2) + 2 - 6 + 1)
    new = make([int(is_new.sum()), 1], dtype=dtypes.float32)
    leave_out(-4 if has_files[1] else -3)  # it makes fewer behind
    matrix = gather(concat([known, reshape(new, [-1])], 0), places)
    if extents[0] > len(rows):
        matrix = concat([matrix, make([extents[0] - len(rows), len(columns)], dtype=dtypes.float32)], 0)
    if extents[1] > len(columns):
        matrix = concat([matrix, make([extents[0], extents[1] - len(columns)], dtype=dtypes.float32)], 1)
    return matrix


def load_embedding_initializer(
    ckpt_path: Any, embedding_tensor_name: str, new_vocab_size: int, embedding_dim: int, old_vocab_file: Any,
    new_vocab_file: Any, old_vocab_size: int = -1, num_oov_buckets: int = 0, initializer: Any = None,
    max_rows_in_memory: int = -1,
) -> Initializer:  # fmt: skip
    """Return an initializer of an embedding, a row a word; see `load_and_remap_matrix_initializer`.

    Args:
      initializer: makes rows of new words; default: truncated normal, of deviation `1 / sqrt(embedding_dim)`.
    """
    make = initializer or TruncatedNormal(stddev=1.0 / math.sqrt(embedding_dim))
    return load_and_remap_matrix_initializer(
        ckpt_path, embedding_tensor_name, new_vocab_size, embedding_dim, old_vocab_size, old_vocab_file,
        new_vocab_file, None, None, num_oov_buckets, 0, make, max_rows_in_memory,
    )  # fmt: skip


def load_linear_multiclass_bias_initializer(
    ckpt_path: Any, bias_tensor_name: str, new_class_vocab_size: int, old_class_vocab_file: Any,
    new_class_vocab_file: Any, num_class_oov_buckets: int = 0, initializer: Any = None, max_rows_in_memory: int = -1,
) -> Initializer:  # fmt: skip
    """Return an initializer of the biases of classes, a column; see `load_and_remap_matrix_initializer`."""
    return load_and_remap_matrix_initializer(
        ckpt_path, bias_tensor_name, new_class_vocab_size, 1, -1, old_class_vocab_file, new_class_vocab_file, None,
        None, num_class_oov_buckets, 0, initializer, max_rows_in_memory,
    )  # fmt: skip


def load_variable_slot_initializer(
    ckpt_path: Any, old_tensor_name: str, primary_partition_info: Any, new_row_vocab_size: int,
    new_col_vocab_size: int, old_row_vocab_file: Any = None, new_row_vocab_file: Any = None,
    old_col_vocab_file: Any = None, new_col_vocab_file: Any = None, num_row_oov_buckets: int = 0,
    num_col_oov_buckets: int = 0, initializer: Any = None, max_rows_in_memory: int = -1,
) -> Initializer:  # fmt: skip
    """Return an initializer of an optimizer's slot, whose part of the whole is that of its variable.

    Args:
      primary_partition_info: of the variable.
      The others are those of `load_and_remap_matrix_initializer`.
    """
    whole = load_and_remap_matrix_initializer(
        ckpt_path, old_tensor_name, new_row_vocab_size, new_col_vocab_size, -1, old_row_vocab_file,
        new_row_vocab_file, old_col_vocab_file, new_col_vocab_file, num_row_oov_buckets, num_col_oov_buckets,
        initializer, max_rows_in_memory,
    )  # fmt: skip

    def initialize(shape: Any, dtype: Any = dtypes.float32, partition_info: Any = None) -> Any:
        return whole(shape, dtype, primary_partition_info)

    return initialize
