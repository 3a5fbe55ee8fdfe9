"""Files of comma-separated values as datasets."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

import numpy as np

from ....base.errors import InvalidArgumentError, OpError
from ....building.default_graph import leave_out
from ....formats.file_system import matching
from ....formats.record_file import check_compression
from ....types import dtypes
from ....types.tensor_shape import TensorShape
from ...io.csv import _csv_kernel, split_record
from ..attempts import Failure
from ..dataset import tensor_of
from ..runtime import Element, Runtime, Spec
from ..sources import _names, _opened, row

_TYPES = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)
_ROWS = 256  # that are parsed at once


def csv_lines(
    filenames: Any, record_defaults: Sequence[Any], compression_type: Any, header: Any, field_delim: Any,
    use_quote_delim: Any, na_value: Any, select_cols: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """Spec, tensors and opener of the rows of files, a scalar per column.

    Args:
      record_defaults: per column a type, whose fields must not be empty, or a default as `decode_csv` has it.
      The others are those of `CsvDataset`.
    """
    names = tensor_of(filenames, dtypes.string, "filenames")
    defaults = [_default(item) for item in record_defaults]
    if not defaults:
        raise ValueError("A CsvDataset has one column at least: `record_defaults` is empty.")
    if wrong := [default.shape for default in defaults if (default.shape.num_elements() or 0) > 1]:
        raise ValueError(f"Defaults are scalars, or vectors of one element or none, not of the shapes {wrong}.")
    given = [
        tensor_of(compression_type or "", dtypes.string, "compression_type"),
        tensor_of(header, dtypes.bool_, "header"),
        tensor_of(field_delim, dtypes.string, "field_delim"),
        tensor_of(use_quote_delim, dtypes.bool_, "use_quote_delim"),
        tensor_of(na_value, dtypes.string, "na_value"),
        tensor_of([] if select_cols is None else select_cols, dtypes.int64, "select_cols"),
    ]
    leave_out(1)  # of the size of a buffer
    kinds = [default.dtype.base_dtype for default in defaults]
    if others := [kind.name for kind in kinds if kind not in _TYPES]:
        raise TypeError(f"Columns of a CsvDataset are float32, float64, int32, int64 or string, not {others}.")

    def open_rows(runtime: Runtime) -> Iterator[Element]:
        kind, skips, delimiter, quotes, absent, columns = (runtime.value(part) for part in given)
        attrs = {
            "field_delim": delimiter.item(), "use_quote_delim": bool(quotes), "na_value": absent.item(),
            "select_cols": columns.tolist(), "OUT_TYPE": kinds,
        }  # fmt: skip
        values = [runtime.value(default) for default in defaults]
        for name in _names(runtime, names):
            with _opened(name, kind.item().decode()) as file:
                records = _records(file, delimiter.item(), bool(quotes))
                if skips:
                    next(records, None)
                while batch := list(islice(records, _ROWS)):
                    yield from _rows(batch, values, attrs)

    def check(runtime: Runtime) -> None:
        check_compression(runtime.value(given[0]).item().decode())
        delimiter, columns = runtime.value(given[2]).item(), runtime.value(given[5]).tolist()
        if len(delimiter) != 1:
            raise InvalidArgumentError(None, None, "field_delim should be only 1 char")
        if columns and len(columns) != len(kinds):
            raise InvalidArgumentError(
                None, None, f"select_cols should match output size: {len(columns)} and {len(kinds)} columns."
            )
        if any(column < 0 for column in columns) or any(one >= two for one, two in pairwise(columns)):
            raise InvalidArgumentError(
                None, None, f"select_cols should be non-negative, strictly increasing indices: {columns}"
            )

    spec = Spec(tuple(kinds), kinds, [TensorShape([])] * len(kinds))
    return spec, (), [names, *defaults, *given], open_rows, None, check


def _default(item: Any) -> Any:
    try:
        kind = dtypes.as_dtype(item) if not isinstance(item, (list, tuple, int, float, bytes, str)) else None
    except TypeError:
        kind = None
    return tensor_of(np.empty(0, kind.np_dtype), kind, "default") if kind is not None else tensor_of(item, None, "d")


def _records(file: Any, delimiter: bytes, quotes: bool) -> Iterator[bytes]:
    """The records of a file, which end with a line feed, a carriage return or both; within quotes these are text."""
    stop = re.compile(b"[\\r\\n" + re.escape(delimiter) + b"]")
    for line in file:
        text = line.removesuffix(b"\n").removesuffix(b"\r")
        if b"\r" not in text and not (quotes and b'"' in text):
            yield text
            continue
        text, start = line, 0
        while start < len(text):
            end = _end_of_record(text, start, delimiter, quotes, stop)
            if end is None:  # within quotes: the next line belongs to it
                more = file.readline()
                text += more
                if more:
                    continue
                end = len(text)
            yield text[start:end]
            start = end + (2 if text[end : end + 2] == b"\r\n" else 1)


def _end_of_record(text: bytes, place: int, delimiter: bytes, quotes: bool, stop: re.Pattern[bytes]) -> int | None:
    """Where the record that begins at a place ends; None if that is behind the text. `stop` ends fields.

    A field in quotes ends at a quote with a delimiter or an end behind it. One with other quotes ends there, too: it is
    wrong, but what follows it is not.
    """
    while True:
        if quotes and text[place : place + 1] == b'"':
            place += 1
            while True:
                quote = text.find(b'"', place)
                if quote < 0:
                    return None
                after = text[quote + 1 : quote + 2]
                place = quote + (2 if after == b'"' else 1)
                if after in (b"", delimiter, b"\r", b"\n"):
                    break
        found = stop.search(text, place)
        if found is None:
            return len(text)
        if found.group() != delimiter:
            return found.start()
        place = found.end()


def _rows(batch: list[bytes], defaults: list[Any], attrs: dict[str, Any]) -> Iterator[Any]:
    try:
        columns = _csv_kernel(_texts(batch), defaults, **attrs)
    except OpError:
        for record in batch:  # one by one: only the wrong ones fail
            try:
                columns = _csv_kernel(_texts([record]), defaults, **attrs)
            except OpError as error:
                yield Failure(error)
            else:
                yield tuple(row(column, 0) for column in columns)
        return
    for number in range(len(batch)):
        yield tuple(row(column, number) for column in columns)


def _texts(batch: list[bytes]) -> Any:
    array = np.empty(len(batch), object)
    array[:] = batch
    return array


# Whole files with names of columns.


def column_names_of(paths: list[str], field_delim: str, use_quote_delim: bool) -> list[str]:
    """The first row of the first file. Raises: ValueError if another file has another one."""
    found = None
    for path in paths:
        with open(path, "rb") as file:
            line = next(_records(file, field_delim.encode(), use_quote_delim), b"")
        names = [name.decode() for name in split_record(line, field_delim.encode(), use_quote_delim)]
        if found is not None and names != found:
            raise ValueError("Files have different column names in the header row.")
        if not names:
            raise ValueError(f"{path} has no first row, which would name the columns.")
        found = names
    return found or []


def defaults_of(
    path: str, columns: list[int], field_delim: str, use_quote_delim: bool, na_value: str, header: bool, rows: Any
) -> list[Any]:
    """What the fields of columns are, by the first rows: the first type that all of them have, with its default."""
    kinds = [0] * len(columns)
    with open(path, "rb") as file:
        end = None if rows is None else rows + int(header)
        for record in islice(_records(file, field_delim.encode(), use_quote_delim), int(header), end):
            fields = split_record(record, field_delim.encode(), use_quote_delim)
            for number, column in enumerate(columns):
                if column >= len(fields):
                    raise ValueError(f"Problem inferring types: CSV row has different number of fields: {record!r}")
                field = fields[column]
                while field not in (b"", na_value.encode()) and not _KINDS[kinds[number]][0](field):
                    kinds[number] += 1
    return [_KINDS[kind][1] for kind in kinds]


def _fits(bits: int) -> Any:
    def fits(field: bytes) -> bool:
        try:
            return -(1 << bits - 1) <= int(field) < 1 << bits - 1
        except ValueError:
            return False

    return fits


def _is_float(kind: Any) -> Any:
    def fits(field: bytes) -> bool:
        try:
            value = float(field)
        except ValueError:
            return False
        return bool(np.isfinite(kind(value)) or not np.isfinite(value))

    return fits


_KINDS: list[tuple[Any, Any]] = [
    (_fits(32), np.zeros(1, np.int32)),
    (_fits(64), np.zeros(1, np.int64)),
    (_is_float(np.float32), np.zeros(1, np.float32)),
    (_is_float(np.float64), np.zeros(1, np.float64)),
    (lambda field: True, np.array([b""], object)),
]


def matched(file_pattern: Any) -> list[str]:
    """The files of a pattern, or of several. Raises: ValueError if there is none."""
    patterns = file_pattern if isinstance(file_pattern, (list, tuple)) else [file_pattern]
    found = sorted(path for pattern in patterns for path in matching(pattern))
    if not found:
        raise ValueError(f"No files match {file_pattern}.")
    return found


def as_features(names: list[str], label_name: str | None) -> Any:
    """From a row's tensors to a dictionary by column, and the label beside it if there is one."""

    def features(*columns: Any) -> Any:
        found = OrderedDict(zip(names, columns))
        if label_name is None:
            return found
        label = found.pop(label_name)
        return found, label

    return features
