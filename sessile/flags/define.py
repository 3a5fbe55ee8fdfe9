"""Flags without absl-py: `DEFINE_string`, ..., validators; the values are in `values.py`."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable
from typing import Any

from .renamed import with_new_names
from .values import (
    FLAGS,
    BooleanFlag,
    DuplicateFlagError,
    Error,
    Flag,
    FlagValues,
    IllegalFlagValueError,
    MultiFlag,
    UnrecognizedFlagError,
    ValidationError,
)

__all__ = [
    "FLAGS",
    "DuplicateFlagError",
    "Error",
    "Flag",
    "FlagValues",
    "IllegalFlagValueError",
    "UnrecognizedFlagError",
    "ValidationError",
]


def _place() -> tuple[str, int]:
    """The file and line outside of this package that defines a flag."""
    frame: Any = sys._getframe(1)
    own = __package__ or ""
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith(own):
        frame = frame.f_back
    return ("-", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)


def _number(kind: Callable[..., Any]) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        if isinstance(value, str) and kind is int:
            base = {"0x": 16, "0X": 16, "0o": 8, "0O": 8}.get(value.lstrip("+-")[:2], 10)
            return int(value, base)
        if kind is int and not isinstance(value, int):
            raise TypeError(f"Expect argument to be a string or int, found {type(value)}")
        return kind(value)

    return parse


def _bounded(parse: Callable[[Any], Any], lower: Any, upper: Any) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        number = parse(value)
        if (lower is not None and number < lower) or (upper is not None and number > upper):
            raise ValueError(f"{number} is not in the range [{lower}, {upper}]")
        return number

    return checked


def _boolean(value: Any) -> bool:
    text = str(value).lower()
    if text in ("true", "t", "1"):
        return True
    if text in ("false", "f", "0"):
        return False
    raise ValueError("Non-boolean argument to boolean flag", value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _list(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return list(value)
    rows = list(csv.reader([value], strict=True)) if value else []
    return [item.strip() for item in rows[0]] if rows else []


def _words(value: Any) -> list[str]:
    return list(value) if isinstance(value, (list, tuple)) else value.split()


def _add(values: FlagValues, kind: type[Flag], name: str, default: Any, help: str, parse: Callable[[Any], Any]) -> None:
    values[name] = kind(name, default, help or "", parse, _place())


@with_new_names
def DEFINE_string(name: str, default: Any, help: str, flag_values: FlagValues = FLAGS, **args: Any) -> None:
    """Define a flag whose value is any text."""
    _add(flag_values, Flag, name, default, help, _text)


@with_new_names
def DEFINE_integer(
    name: str,
    default: Any,
    help: str,
    lower_bound: int | None = None,
    upper_bound: int | None = None,
    flag_values: FlagValues = FLAGS,
    **args: Any,
) -> None:
    """Define a flag whose value is an integer, within the bounds if there are any."""
    _add(flag_values, Flag, name, default, help, _bounded(_number(int), lower_bound, upper_bound))


@with_new_names
def DEFINE_float(
    name: str,
    default: Any,
    help: str,
    lower_bound: float | None = None,
    upper_bound: float | None = None,
    flag_values: FlagValues = FLAGS,
    **args: Any,
) -> None:
    """Define a flag whose value is a number, within the bounds if there are any."""
    _add(flag_values, Flag, name, default, help, _bounded(_number(float), lower_bound, upper_bound))


@with_new_names
def DEFINE_boolean(name: str, default: Any, help: str, flag_values: FlagValues = FLAGS, **args: Any) -> None:
    """Define a flag given as `--name`, `--noname` or `--name=true`."""
    _add(flag_values, BooleanFlag, name, default, help, _boolean)


DEFINE_bool = DEFINE_boolean


@with_new_names
def DEFINE_enum(
    name: str, default: Any, enum_values: Iterable[str], help: str, flag_values: FlagValues = FLAGS, **args: Any
) -> None:
    """Define a flag whose value is one of some words."""
    allowed = list(enum_values)

    def parse(value: Any) -> Any:
        if value not in allowed:
            raise ValueError(f"value should be one of <{'|'.join(allowed)}>")
        return value

    _add(flag_values, Flag, name, default, help, parse)


@with_new_names
def DEFINE_list(name: str, default: Any, help: str, flag_values: FlagValues = FLAGS, **args: Any) -> None:
    """Define a flag whose value is a list of texts, given with commas between them."""
    _add(flag_values, Flag, name, default, help, _list)


@with_new_names
def DEFINE_spaceseplist(name: str, default: Any, help: str, flag_values: FlagValues = FLAGS, **args: Any) -> None:
    """Define a flag whose value is a list of texts, given with spaces between them."""
    _add(flag_values, Flag, name, default, help, _words)


@with_new_names
def DEFINE_multi_string(name: str, default: Any, help: str, flag_values: FlagValues = FLAGS, **args: Any) -> None:
    """Define a flag that may be given several times; its value is the list of the texts."""
    _add(flag_values, MultiFlag, name, default, help, _text)


@with_new_names
def DEFINE_multi_integer(name: str, default: Any, help: str, flag_values: FlagValues = FLAGS, **args: Any) -> None:
    """Define a flag that may be given several times; its value is the list of the integers."""
    _add(flag_values, MultiFlag, name, default, help, _number(int))


@with_new_names
def DEFINE_multi_float(name: str, default: Any, help: str, flag_values: FlagValues = FLAGS, **args: Any) -> None:
    """Define a flag that may be given several times; its value is the list of the numbers."""
    _add(flag_values, MultiFlag, name, default, help, _number(float))


def register_validator(
    flag_name: str,
    checker: Callable[[Any], Any],
    message: str = "Flag validation failed",
    flag_values: FlagValues = FLAGS,
) -> None:
    """Have values of a flag checked: when the command line is parsed, and whenever the flag is set.

    Args:
      checker: `checker(value)` is true for values that are allowed, or raises ValidationError.
    """
    flag_values[flag_name].validators.append((checker, message))


def validator(flag_name: str, message: str = "Flag validation failed", flag_values: FlagValues = FLAGS) -> Any:
    """A decorator: the function decorated checks the values of a flag."""

    def decorate(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        register_validator(flag_name, function, message, flag_values)
        return function

    return decorate


def mark_flag_as_required(flag_name: str, flag_values: FlagValues = FLAGS) -> None:
    """Refuse a command line that leaves the flag None."""
    register_validator(
        flag_name,
        lambda value: value is not None,
        f"Flag --{flag_name} must have a value other than None.",
        flag_values,
    )


def mark_flags_as_required(flag_names: Iterable[str], flag_values: FlagValues = FLAGS) -> None:
    """Refuse a command line that leaves one of the flags None."""
    for name in flag_names:
        mark_flag_as_required(name, flag_values)


def set_default(flag_holder: str, value: Any) -> None:
    """Change the default of a flag."""
    FLAGS.set_default(flag_holder, value)
