"""Patterns in strings: what matches is replaced, or it is asked whether all of a string matches.

Patterns are those of RE2, written as Python has them: classes by name (`[[:alnum:]]`), ends, characters of UTF-8; what
looks around or back is an error, as it is there. Classes of Unicode (`\\pL`) and bytes (`\\C`) are errors too. Patterns
that are Python strings become attributes of the operation, those that are tensors its inputs.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...definition.opdef import OpDef
from ...definition.shape_checks import ranked
from ...definition.shapes import same_shape
from ...graph.node import Tensor
from ...types.array_values import as_bytes
from .at_once import replaced_at_once
from .joining import strings

_CLASSES = {
    b"alnum": b"0-9A-Za-z", b"alpha": b"A-Za-z", b"ascii": rb"\x00-\x7f", b"blank": rb"\t ",
    b"cntrl": rb"\x00-\x1f\x7f", b"digit": b"0-9", b"graph": b"!-~", b"lower": b"a-z", b"print": b" -~",
    b"punct": rb"!-/:-@\[-`{-~", b"space": rb"\t\n\v\f\r ", b"upper": b"A-Z", b"word": b"0-9A-Za-z_",
    b"xdigit": b"0-9A-Fa-f",
}  # fmt: skip
_OTHER = re.compile(rb"\\(.)|\[:(\w+):\]|(\[)\^?\]?|(\])|(\$)|\(\?(<?[=!]|\w*m\w*[:)])?", re.DOTALL)


def as_python(text: bytes) -> bytes:
    """A pattern of RE2 as one of Python. Raises: re.error for what RE2 has not: looking around and back."""
    is_class, is_multiline, made, place = False, False, [], 0
    for mark in _OTHER.finditer(text):
        made.append(text[place : mark.start()])
        place = mark.end()
        found = mark[0]
        if mark[1] is not None and not is_class:
            if mark[1] in b"123456789":
                raise re.error(f"invalid escape sequence: {found.decode()}")
            found = b"\\Z" if mark[1] == b"z" else found
        elif mark[2] is not None and is_class:
            if mark[2] not in _CLASSES:
                raise re.error(f"invalid character class range: {found.decode()}")
            found = _CLASSES[mark[2]]
        elif mark[3] is not None and not is_class:
            is_class = True
        elif mark[4] is not None:
            is_class = False
        elif mark[5] is not None and not is_class and not is_multiline:
            found = b"\\Z"
        elif mark[6] is not None and not is_class:
            if mark[6] in (b"=", b"!", b"<=", b"<!"):
                raise re.error(f"invalid perl operator: {found.decode()}")
            is_multiline = True
        made.append(found)
    return b"".join([*made, text[place:]])


def _pattern(text: bytes, of_characters: bool = False) -> Any:
    """A pattern of bytes, or of characters where strings or it are not of ASCII alone: `.` is one character then."""
    try:
        return re.compile(as_python(text).decode(), re.ASCII) if of_characters else re.compile(as_python(text))
    except re.error as error:
        raise InvalidArgumentError(
            None, None, f"Invalid pattern: {text.decode(errors='replace')}, error: {error}"
        ) from error


def _replaced(texts: Any, pattern: bytes, rewrite: bytes, replace_global: bool) -> Any:
    """RE2's way of writing groups in a replacement: `\\1`; `\\\\` is a backslash, and nothing else is special."""

    def written(mark: Any) -> bytes:
        if mark[1] is None:
            return b"\\\\"  # a backslash that means itself
        return b"\\\\" if mark[1] == b"\\" else b"\\g<" + mark[1] + b">"

    compiled = _pattern(pattern)
    template = re.sub(rb"\\([0-9\\])?", written, rewrite)
    count = 0 if replace_global else 1
    try:
        given = texts.ravel().tolist()
        if not (pattern.isascii() and b"".join(given).isascii()):
            return strings(_with_characters(compiled, pattern, template, count, given), texts.shape)
        found = replaced_at_once(compiled, template, given) if replace_global else None
        return strings(found or [_substituted(compiled, template, text, count) for text in given], texts.shape)
    except (re.error, IndexError) as error:
        wanted = max(map(int, re.findall(rb"\\([0-9])", rewrite)), default=0)
        raise InvalidArgumentError(
            None,
            None,
            f"Invalid rewrite: {rewrite.decode(errors='replace')}, error: Rewrite schema requests {wanted} matches, "
            f"but the regexp only has {compiled.groups} parenthesized subexpressions.",
        ) from error


def _with_characters(compiled: Any, pattern: bytes, template: bytes, count: int, given: list[bytes]) -> list[bytes]:
    """Matches replaced in strings, those that are no UTF-8 taken as bytes."""
    of_characters = _pattern(pattern, of_characters=True)
    found: list[bytes] = []
    for text in given:
        try:
            found.append(_substituted(of_characters, template.decode(), text.decode(), count).encode())
        except UnicodeDecodeError:
            found.append(_substituted(compiled, template, text, count))
    return found


def _substituted(compiled: Any, template: Any, text: Any, count: int) -> Any:
    """Matches replaced; all for a `count` of 0. An empty match right behind another one is none."""
    if count or compiled.match(text[:0]) is None:
        return compiled.sub(template, text, count)
    parts, place, end = [], 0, -1
    for match in compiled.finditer(text):
        if match.start() == match.end() == end:
            continue
        parts += [text[place : match.start()], match.expand(template)]
        place = end = match.end()
    return text[:0].join([*parts, text[place:]])


def _replace_kernel(texts: Any, pattern: Any, rewrite: Any, *, replace_global: bool) -> Any:
    return _replaced(texts, pattern.item(), rewrite.item(), replace_global)


def _static_replace_kernel(texts: Any, *, pattern: bytes, rewrite: bytes, replace_global: bool) -> Any:
    return _replaced(texts, pattern, rewrite, replace_global)


REGEX_REPLACE = OpDef(
    name="RegexReplace",
    signature="input: string, pattern: string, rewrite: string -> output: string",
    attrs={"replace_global": ("bool", True)},
    shape=ranked(same_shape, None, 0, 0),
    routine=("strings", "replace"),
    kernel=_replace_kernel,
)


STATIC_REGEX_REPLACE = OpDef(
    name="StaticRegexReplace",
    signature="input: string -> output: string",
    attrs={"pattern": ("string",), "rewrite": ("string",), "replace_global": ("bool", True)},
    shape=same_shape,
    routine=("strings", "replace"),
    kernel=_static_replace_kernel,
)


def _all_matches(compiled: Any, of_characters: Any, text: bytes) -> bool:
    try:
        return of_characters.fullmatch(text.decode()) is not None
    except UnicodeDecodeError:
        return compiled.fullmatch(text) is not None


def _full_match(input: Any, pattern: bytes) -> Any:
    compiled, given = _pattern(pattern), input.ravel().tolist()
    if pattern.isascii() and b"".join(given).isascii():
        found = [compiled.fullmatch(text) is not None for text in given]
    else:
        found = [_all_matches(compiled, _pattern(pattern, of_characters=True), text) for text in given]
    return np.array(found, bool).reshape(input.shape)


REGEX_FULL_MATCH = OpDef(
    name="RegexFullMatch",
    signature="input: string, pattern: string -> output: bool",
    shape=ranked(same_shape, None, 0),
    routine=("strings", "match"),
    kernel=lambda texts, pattern: _full_match(texts, pattern.item()),
)
STATIC_REGEX_FULL_MATCH = OpDef(
    name="StaticRegexFullMatch",
    signature="input: string -> output: bool",
    attrs={"pattern": ("string",)},
    shape=same_shape,
    routine=("strings", "match"),
    kernel=lambda texts, *, pattern: _full_match(texts, pattern),
)


def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None
) -> Tensor:
    """Return strings with what matches a pattern replaced.

    Args:
      input: the strings.
      pattern: what is looked for.
      rewrite: what stands there then; `\\\\1` is the first group.
      replace_global: whether all that matches is replaced, or the first of it only.
      name: a name for the operation.
    Returns: strings, in the shape of `input`.
    Raises: InvalidArgumentError when run, for what is no pattern or names a group that is not there.
    """
    result: Tensor
    if isinstance(pattern, (str, bytes)) and isinstance(rewrite, (str, bytes)):
        fixed = {"pattern": as_bytes(pattern), "rewrite": as_bytes(rewrite)}
        result = build(STATIC_REGEX_REPLACE, input, replace_global=replace_global, name=name, **fixed)
    else:
        result = build(REGEX_REPLACE, input, pattern, rewrite, replace_global=replace_global, name=name)
    return result


def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Tensor:
    """Return whether whole strings match a pattern.

    Raises: InvalidArgumentError when run, for what is no pattern.
    """
    result: Tensor
    if isinstance(pattern, (str, bytes)):
        result = build(STATIC_REGEX_FULL_MATCH, input, pattern=as_bytes(pattern), name=name)
    else:
        result = build(REGEX_FULL_MATCH, input, pattern, name=name)
    return result
