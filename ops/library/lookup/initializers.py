"""What fills tables: tensors of keys and values, or lines of text files."""

from __future__ import annotations

from typing import Any

from ...building.build import build_operation
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...families.tables import table_ops as types
from ...families.tables import text_file
from ...graph.graph_keys import GraphKeys
from ...types import dtypes
from ...types.dtypes import DType


class TextFileIndex:
    """Where a line has a key or a value, besides columns, which are numbered from 0."""

    WHOLE_LINE = text_file.WHOLE_LINE
    LINE_NUMBER = text_file.LINE_NUMBER


class TableInitializerBase:
    """What fills a table. Subclasses have `initialize`.

    Args:
      key_dtype, value_dtype: types of keys and values.
    """

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self._key_dtype = dtypes.as_dtype(key_dtype)
        self._value_dtype = dtypes.as_dtype(value_dtype)

    @property
    def key_dtype(self) -> DType:
        """The type of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The type of the values."""
        return self._value_dtype

    @property
    def _shared_name(self) -> str:
        """A name by which tables that are filled alike are one; empty: each is its own."""
        return ""

    def initialize(self, table: Any) -> Any:
        """Return the operation that fills a table, which is in the collection TABLE_INITIALIZERS from now on."""
        raise NotImplementedError

    def _check(self, table: Any) -> None:
        """Raises: TypeError if a table has other types."""
        for own, other, what in (
            (self._key_dtype, table.key_dtype, "key"), (self._value_dtype, table.value_dtype, "value"),
        ):  # fmt: skip
            if own.base_dtype != other.base_dtype:
                raise TypeError(f"Invalid {what} dtype, expected {own!r} but got {other!r}.")


class KeyValueTensorInitializer(TableInitializerBase):
    """Fills a table with tensors.

    Args:
      keys, values: vectors of one length.
      key_dtype, value_dtype: their types, if they are Python values.
      name: the scope of the operation.
    """

    def __init__(
        self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None, name: str | None = None
    ) -> None:
        self._keys = convert_to_tensor(keys, key_dtype, name="keys")
        self._values = convert_to_tensor(values, value_dtype, name="values")
        self._name = name if name is not None else "key_value_init"
        super().__init__(self._keys.dtype.base_dtype, self._values.dtype.base_dtype)

    def initialize(self, table: Any) -> Any:
        """See the base class."""
        self._check(table)
        with name_scope(self._name, values=[table.resource_handle, self._keys, self._values]):
            op = build_operation(types.LOOKUP_TABLE_IMPORT, table.resource_handle, self._keys, self._values)
        get_default_graph().add_to_collection(GraphKeys.TABLE_INITIALIZERS, op)
        return op


class TextFileInitializer(TableInitializerBase):
    """Fills a table from the lines of a text file.

    Args:
      filename: its path, also a string tensor; an asset of the graph.
      key_dtype, value_dtype: types of keys and values; int64 for line numbers.
      key_index, value_index: where a line has them: a column, or one of `TextFileIndex`.
      vocab_size: how many lines are read; default: all.
      delimiter: what stands between columns.
      name: the scope of the operation.
    Raises: ValueError without a path, for indices below -2, and for types that cannot be.
    """

    def __init__(
        self, filename: Any, key_dtype: Any, key_index: int, value_dtype: Any, value_index: int,
        vocab_size: int | None = None, delimiter: str = "\t", name: str | None = None,
    ) -> None:  # fmt: skip
        if not _is_path(filename):
            raise ValueError(f"Filename required for {name}.")
        super().__init__(key_dtype, value_dtype)
        _check_column("key", key_index, self._key_dtype)
        _check_column("value", value_index, self._value_dtype)
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"Invalid vocab_size {vocab_size}.")
        self._columns = key_index, value_index
        self._vocab_size = -1 if vocab_size is None else vocab_size
        self._delimiter = delimiter
        self._name = name if name is not None else "text_file_init"
        self._path = filename if isinstance(filename, (str, bytes)) else None
        self._filename = convert_to_tensor(filename, dtypes.string, name="asset_path")
        get_default_graph().add_to_collection(GraphKeys.ASSET_FILEPATHS, self._filename)

    @property
    def _shared_name(self) -> str:
        if self._path is None:
            return ""
        path = self._path.decode() if isinstance(self._path, bytes) else self._path
        size = f"_{self._vocab_size}" if self._vocab_size != -1 else ""
        return f"hash_table_{path}{size}_{self._columns[0]}_{self._columns[1]}"

    def initialize(self, table: Any) -> Any:
        """See the base class."""
        self._check(table)
        with name_scope(self._name, "text_file_init", [table.resource_handle, self._filename]):
            op = build_operation(
                types.INITIALIZE_TABLE_FROM_TEXT_FILE, table.resource_handle, self._filename,
                key_index=self._columns[0], value_index=self._columns[1], vocab_size=self._vocab_size,
                delimiter=self._delimiter.encode(),
            )  # fmt: skip
        get_default_graph().add_to_collection(GraphKeys.TABLE_INITIALIZERS, op)
        return op


def _is_path(filename: Any) -> bool:
    return filename is not None and not (isinstance(filename, (str, bytes)) and not filename)


def _check_column(what: str, column: int, dtype: DType) -> None:
    if column < text_file.WHOLE_LINE:
        raise ValueError(f"Invalid {what} index {column}.")
    if column == text_file.LINE_NUMBER and dtype is not dtypes.int64:
        raise ValueError(f"Signature mismatch. {what.title()}s must be dtype {dtypes.int64!r}, got {dtype!r}.")
    if column == text_file.WHOLE_LINE and not (dtype.is_integer or dtype is dtypes.string):
        raise ValueError(f"Signature mismatch. {what.title()}s must be integer or string, got {dtype!r}.")


class TextFileStringTableInitializer(TextFileInitializer):
    """Fills a table from numbers to strings: from line numbers to lines, if nothing else is said.

    Args: see `TextFileInitializer`.
    """

    def __init__(
        self, filename: Any, key_column_index: int = TextFileIndex.LINE_NUMBER,
        value_column_index: int = TextFileIndex.WHOLE_LINE, vocab_size: int | None = None, delimiter: str = "\t",
        name: str = "text_file_string_table_init",
    ) -> None:  # fmt: skip
        super().__init__(
            filename, dtypes.int64, key_column_index, dtypes.string, value_column_index, vocab_size, delimiter, name
        )


class TextFileIdTableInitializer(TextFileInitializer):
    """Fills a table from strings to numbers: from lines to their numbers, if nothing else is said.

    Args: see `TextFileInitializer`; `key_dtype` may be int64 too.
    """

    def __init__(
        self, filename: Any, key_column_index: int = TextFileIndex.WHOLE_LINE,
        value_column_index: int = TextFileIndex.LINE_NUMBER, vocab_size: int | None = None, delimiter: str = "\t",
        name: str = "text_file_id_table_init", key_dtype: Any = dtypes.string,
    ) -> None:  # fmt: skip
        super().__init__(
            filename, key_dtype, key_column_index, dtypes.int64, value_column_index, vocab_size, delimiter, name
        )
