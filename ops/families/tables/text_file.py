"""Lines of text files as keys and values of tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from ...base.errors import InvalidArgumentError, OutOfRangeError
from ...formats.file_system import as_op_error
from ...types import dtypes
from ...types.dtypes import DType

WHOLE_LINE: Final = -2
LINE_NUMBER: Final = -1


def pairs_of_file(
    path: str, types: tuple[DType, DType], columns: tuple[int, int], count: int, delimiter: bytes
) -> Iterator[tuple[Any, Any]]:
    """The keys and values that the lines of a file have.

    Args:
      path: of the file.
      types: of keys and of values.
      columns: where they stand: a column's number, WHOLE_LINE or LINE_NUMBER.
      count: how many lines are read; -1: all.
      delimiter: a character between columns.
    Raises: NotFoundError without a file, OutOfRangeError for an empty one, InvalidArgumentError for missing columns,
      for fields that are no such numbers, and for fewer lines than `count`.
    """
    if len(delimiter) != 1:
        raise InvalidArgumentError(None, None, "delimiter must be only 1 char")
    take_key, take_value = (_taker(dtype, column, delimiter, path) for dtype, column in zip(types, columns))
    number = -1
    with _opened(path) as file:
        for number, line in enumerate(file):
            if number == count:
                return
            text = line.removesuffix(b"\n").removesuffix(b"\r")
            yield take_key(text, number), take_value(text, number)
    if number < 0:
        raise OutOfRangeError(None, None, "Read less bytes than requested")
    if 0 <= number + 1 < count:
        raise InvalidArgumentError(None, None, f"Invalid vocab_size in {path}: expected {count} but got {number + 1}")


def _opened(path: str) -> Any:
    try:
        return open(path, "rb")
    except OSError as error:
        raise as_op_error(error, path) from error


def _taker(dtype: DType, column: int, delimiter: bytes, path: str) -> Callable[[bytes, int], Any]:
    """What gives a line's key or value, from its text and its number."""
    if column == LINE_NUMBER:
        if dtype is not dtypes.int64:
            raise InvalidArgumentError(None, None, f"Line numbers are int64, not {dtype.name}.")
        return lambda line, number: number
    if column == WHOLE_LINE:
        return lambda line, number: _converted(line, dtype, number)

    def take(line: bytes, number: int) -> Any:
        fields = line.split(delimiter)
        if column >= len(fields):
            raise InvalidArgumentError(
                None, None,
                f"Invalid number of columns in {path} line {number} ({line.decode(errors='replace')}) : expected "
                f"{column} got {len(fields)}",
            )  # fmt: skip
        return _converted(fields[column], dtype, number)

    return take


def _converted(field: bytes, dtype: DType, number: int) -> Any:
    if dtype is dtypes.string:
        return field
    try:
        return int(field) if dtype.is_integer else float(field)
    except ValueError:
        raise InvalidArgumentError(
            None, None, f"Field {field.decode(errors='replace')} in line {number} is not a valid {dtype.name}."
        ) from None
