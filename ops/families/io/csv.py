"""`decode_csv`: lines of comma-separated values as tensors, one a column."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, repeat
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build_operation
from ...building.convert import convert_to_tensor
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.array_values import bytes_of_each
from ...types.dtypes import DType
from ...types.numerals import READ_OTHERWISE, number_of
from ...types.tensor_shape import Extents

Array = np.ndarray[Any, Any]

_TYPES = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)
_NAMES = {dtypes.float32: "float", dtypes.float64: "double", dtypes.int32: "int32", dtypes.int64: "int64"}


def split_record(record: bytes, delimiter: bytes, quotes: bool) -> list[bytes]:
    """Return the fields of a record: fields in quotes may hold delimiters, line ends and doubled quotes.

    Raises: InvalidArgumentError for quotes and line ends that are not within quotes.

    >>> split_record(b'1,"a,""b",', b",", True)
    [b'1', b'a,"b', b'']
    """
    if not record:
        return []
    if not quotes or b'"' not in record:
        if b"\n" in record or b"\r" in record:
            raise InvalidArgumentError(None, None, "Unquoted fields cannot have quotes/CRLFs inside")
        return record.split(delimiter)
    fields, place = [], 0
    while True:
        field, place = (
            _quoted(record, place, delimiter) if record[place : place + 1] == b'"' else _plain(record, place, delimiter)
        )
        fields.append(field)
        if place == len(record):
            return fields
        place += 1  # past the delimiter; behind a last one is an empty field
        if place == len(record):
            return [*fields, b""]


def _plain(record: bytes, place: int, delimiter: bytes) -> tuple[bytes, int]:
    end = record.find(delimiter, place)
    end = len(record) if end < 0 else end
    field = record[place:end]
    if b'"' in field or b"\n" in field or b"\r" in field:
        raise InvalidArgumentError(None, None, "Unquoted fields cannot have quotes/CRLFs inside")
    return field, end


def _quoted(record: bytes, place: int, delimiter: bytes) -> tuple[bytes, int]:
    place += 1
    parts = []
    while True:
        end = record.find(b'"', place)
        if end < 0:
            raise InvalidArgumentError(None, None, "Quoted field has to end with quote followed by delim or end")
        parts.append(record[place:end])
        follows = record[end + 1 : end + 2]
        if follows in (b"", delimiter):
            return b'"'.join(parts), end + 1
        if follows != b'"':
            raise InvalidArgumentError(None, None, "Quote inside a string has to be escaped by another quote")
        place = end + 2


def _csv_kernel(
    records: Array, record_defaults: Any, *, field_delim: bytes, use_quote_delim: bool, na_value: bytes,
    select_cols: Any, OUT_TYPE: Any,
) -> tuple[Array, ...]:  # fmt: skip
    count = len(record_defaults)
    if len(field_delim) != 1:
        raise InvalidArgumentError(None, None, f"field_delim should be only 1 char, got {field_delim!r}")
    if any(column < 0 for column in select_cols):
        raise InvalidArgumentError(None, None, "select_cols contains negative values.")
    items = bytes_of_each(records)
    columns: Any = _plain_columns(items, field_delim, use_quote_delim, select_cols or range(count))
    if columns is None or len(columns) != count:
        columns = _columns(items, count, field_delim, use_quote_delim, select_cols)
    return tuple(
        _column(texts, dtype, default, place, na_value).reshape(records.shape)
        for place, (texts, dtype, default) in enumerate(zip(columns, OUT_TYPE, record_defaults))
    )


def _plain_columns(items: list[bytes], delimiter: bytes, quotes: bool, chosen: Any) -> list[list[bytes]] | None:
    """The columns of records that have no quotes and one number of fields, split at once; None for any other."""
    if not items or not all(items):
        return None
    marks = {*map(bytes.count, items, repeat(delimiter))}
    text = delimiter.join(items)
    if len(marks) > 1 or (quotes and b'"' in text) or b"\n" in text or b"\r" in text:
        return None
    width = marks.pop() + 1
    if chosen == range(len(chosen)) and len(chosen) != width or any(column >= width for column in chosen):
        return None
    fields = text.split(delimiter)
    return [fields[column::width] for column in chosen]


def _columns(items: list[bytes], count: int, field_delim: bytes, use_quote_delim: bool, select_cols: Any) -> Any:
    """The columns of any records, one record after the other. Raises: InvalidArgumentError for a wrong one."""
    rows = []
    for index, item in enumerate(items):
        fields = split_record(item, field_delim, use_quote_delim)
        if select_cols:
            fields = [fields[column] for column in select_cols if column < len(fields)]
        if len(fields) != count:
            raise InvalidArgumentError(None, None, f"Expect {count} fields but have {len(fields)} in record {index}")
        rows.append(fields)
    return list(zip(*rows)) if rows else [()] * count


def _column(texts: Sequence[bytes], dtype: DType, default: Array, place: int, na_value: bytes) -> Array:
    """A column's fields as an array; empty ones have the default."""
    result = np.empty(len(texts), dtype.np_dtype)
    if all(texts) and na_value not in texts:
        if dtype is dtypes.string:
            result[:] = texts
            return result
        whole = b"".join(texts)
        if not any(mark in whole for mark in READ_OTHERWISE[not dtype.is_integer]):
            try:
                parse: Any = int if dtype.is_integer else float
                return np.fromiter(map(parse, texts), dtype.np_dtype, len(texts))
            except (ValueError, OverflowError):
                pass  # field by field, to find the one that is no number
    for index, text in enumerate(texts):
        if not text or text == na_value:
            if default.size != 1:
                raise InvalidArgumentError(None, None, f"Field {place} is required but missing in record {index}!")
            result[index] = default.reshape(-1)[0]
        elif dtype is dtypes.string:
            result[index] = text
        else:
            try:
                result[index] = number_of(text, int if dtype.is_integer else float)
            except (ValueError, OverflowError):
                raise InvalidArgumentError(
                    None, None,
                    f"Field {place} in record {index} is not a valid {_NAMES[dtype]}: {text.decode(errors='replace')}",
                ) from None  # fmt: skip
    return result


def _csv_shape(query: Any) -> list[Extents]:
    for shape in query.shapes[1:]:
        if shape is not None and len(shape) > 1:
            raise ValueError(f"Shape must be at most rank 1 but is rank {len(shape)}")
        if shape and shape[0] is not None and shape[0] > 1:
            raise ValueError("Shape of a default must be a length-0 or length-1 vector, or a scalar")
    return [query.shapes[0]] * len(query.attrs["OUT_TYPE"])


DECODE_CSV = OpDef(
    name="DecodeCSV",
    signature="records: string, record_defaults: list(OUT_TYPE) -> output: list(OUT_TYPE)",
    where={"OUT_TYPE": _TYPES},
    attrs={
        "field_delim": ("string", b","),
        "use_quote_delim": ("bool", True),
        "na_value": ("string", b""),
        "select_cols": ("list(int)", ()),
    },
    routine=("strings", "columns"),
    shape=_csv_shape,
    kernel=_csv_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def decode_csv(
    records: TensorLike,
    record_defaults: Sequence[Any],
    field_delim: str = ",",
    use_quote_delim: bool = True,
    name: str | None = None,
    na_value: str = "",
    select_cols: Sequence[int] | None = None,
) -> list[Tensor]:
    """Return the fields of records, a tensor of the shape of `records` per column.

    Args:
      records: strings, a record each (without its line end).
      record_defaults: per column a scalar or a vector with one element: its type, and what empty fields have; an empty
        vector: the field must not be empty. float32, float64, int32, int64, string.
      field_delim: what separates fields, one character.
      use_quote_delim: whether quotes are quotes; else they are like other characters.
      name: a name for the operation.
      na_value: a text that counts as empty.
      select_cols: the columns to return, ascending; default: all.
    Raises: ValueError for columns that do not ascend, or are not as many as the defaults. When run:
      InvalidArgumentError for another number of fields, missing ones and texts that are no numbers.
    """
    columns = [int(column) for column in select_cols or ()]
    if any(later <= earlier for earlier, later in pairwise(columns)):
        raise ValueError("select_cols is not strictly increasing.")
    if columns and columns[0] < 0:
        raise ValueError("select_cols contains negative values.")
    if select_cols is not None and len(columns) != len(record_defaults):
        raise ValueError("Length of select_cols and record_defaults do not match.")
    for default in record_defaults:
        rank = convert_to_tensor(default).shape.ndims if isinstance(default, Tensor) else np.ndim(default)
        if rank is not None and rank > 1:
            raise ValueError(f"Each record default should be at most rank 1: {default}")
    op = build_operation(
        DECODE_CSV,
        records,
        list(record_defaults),
        name=name,
        field_delim=field_delim,
        use_quote_delim=use_quote_delim,
        na_value=na_value,
        select_cols=columns,
    )
    return list(op.outputs)
