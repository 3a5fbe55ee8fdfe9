"""Patterns in strings: what matches is replaced, or it is asked whether all of a string matches.

Patterns are those of RE2, written as Python has them: classes by name (`[[:alnum:]]`), ends, characters of UTF-8; what
looks around or back is an error, as it is there. Of Unicode's classes there are the categories (`\\pL`, `\\p{Lu}`) and
the scripts that are most used (`\\p{Greek}`). Patterns that are Python strings become attributes of the operation,
those that are tensors its inputs.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
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
from .scripts import script_of

_CLASSES = {
    b"alnum": b"0-9A-Za-z", b"alpha": b"A-Za-z", b"ascii": rb"\x00-\x7f", b"blank": rb"\t ",
    b"cntrl": rb"\x00-\x1f\x7f", b"digit": b"0-9", b"graph": b"!-~", b"lower": b"a-z", b"print": b" -~",
    b"punct": rb"!-/:-@\[-`{-~", b"space": rb"\t\n\v\f\r ", b"upper": b"A-Z", b"word": b"0-9A-Za-z_",
    b"xdigit": b"0-9A-Fa-f",
}  # fmt: skip
_OTHER = re.compile(
    rb"""\\Q(?P<quoted>.*?)(?:\\E|\Z)
    |\\(?P<property>[pP])(?:\{(?P<not>\^?)(?P<long>\w+)\}|(?P<short>[A-Z]))
    |\\(?:x\{(?P<hex>[0-9A-Fa-f]+)\}|(?P<octal>[1-7][0-7]{1,2})|(?P<escaped>.))
    |\[:(?P<no>\^?)(?P<named>\w+):\] |(?P<opens>\[)\^?\]? |(?P<closes>\]) |(?P<end>\$)
    |\(\?(?P<group><?[=!]|>|\w*m\w*[:)])? |(?P<twice>[*+?]\+) |\{(?P<counts>\d+(?:,\d*)?)\}(?P<again>\+?)
    """,
    re.DOTALL | re.VERBOSE,
)
_MOST_REPEATS = 1000
_NO_BYTE = rb"\xff"  # which no string of UTF-8 has
_LAST = 0x10FFFF
_SCRIPTS = {  # by their numbers in `script_table.py`
    b"Common": 0, b"Inherited": 1, b"Arabic": 2, b"Armenian": 3, b"Bengali": 4, b"Cyrillic": 8, b"Devanagari": 10,
    b"Georgian": 12, b"Greek": 14, b"Han": 17, b"Hangul": 18, b"Hebrew": 19, b"Hiragana": 20, b"Katakana": 22,
    b"Latin": 25, b"Thai": 38,
}  # fmt: skip


def as_python(text: bytes, of_characters: bool = False) -> bytes:
    """A pattern of RE2 as one of Python: of bytes, or of characters.

    Raises: re.error for what RE2 has not: looking around and back, repetitions that give nothing back.
    """
    is_class, is_multiline, made, place = False, False, [], 0
    for mark in _OTHER.finditer(text):
        made.append(text[place : mark.start()])
        place = mark.end()
        kind = mark.lastgroup
        found = mark[0]
        if not is_class and kind in ("twice", "again", "counts"):
            _check_repetition(mark)
        elif kind in ("long", "short"):
            named = _property(mark["long"] or mark["short"])
            negated = (mark["property"] == b"P") is not bool(mark["not"])
            found = _as_set(_without(named) if negated else named, is_class, of_characters)
        elif kind in ("hex", "octal"):
            found = _as_character(int(mark[kind], 16 if kind == "hex" else 8), is_class, of_characters)
        elif kind == "quoted" and not is_class:
            found = re.escape(mark["quoted"])
        elif kind == "escaped" and not is_class:
            found = _escaped(mark["escaped"], found)
        elif kind == "named" and is_class:
            if mark["named"] not in _CLASSES:
                raise re.error(f"invalid character class range: {found.decode()}")
            found = _CLASSES[mark["named"]]
            if mark["no"]:
                others = _without(tuple((n, n) for n in range(128) if re.match(b"[" + found + b"]", bytes([n]))))
                found = _as_set(others, True, of_characters)
        elif kind == "opens" and not is_class:
            is_class = True
        elif kind == "closes":
            is_class = False
        elif kind == "end" and not is_class and not is_multiline:
            found = b"\\Z"
        elif kind == "group" and not is_class:
            if mark["group"] in (b"=", b"!", b"<=", b"<!", b">"):
                raise re.error(f"invalid perl operator: {found.decode()}")
            is_multiline = True
        made.append(found)
    return b"".join([*made, text[place:]])


def _check_repetition(mark: re.Match[bytes]) -> None:
    if mark["twice"] or mark["again"]:
        raise re.error(f"bad repetition operator: {mark[0].decode()}")
    if mark["counts"] and max(int(count or 0) for count in mark["counts"].split(b",")) > _MOST_REPEATS:
        raise re.error(f"invalid repetition size: {mark[0].decode()}")


def _escaped(letter: bytes, found: bytes) -> bytes:
    if letter in b"123456789Z":
        raise re.error(f"invalid escape sequence: {found.decode()}")
    return {b"z": b"\\Z", b"C": b"(?s:.)"}.get(letter, found)


Ranges = tuple[tuple[int, int], ...]


@cache
def _property(name: bytes) -> Ranges:
    """The characters of a category (`L`, `Lu`) or a script of Unicode. Raises: re.error for another name."""
    if name in _SCRIPTS:
        known: Any = script_of(np.arange(_LAST + 1, dtype=np.int32)) == _SCRIPTS[name]
    else:
        first = name.decode()
        given = [unicodedata.category(chr(point)).startswith(first) for point in range(_LAST + 1)]
        known = np.array(given)
        if not known.any():
            raise re.error(f"invalid character class range: {name.decode()}")
    edges = np.flatnonzero(np.diff(known.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    return tuple((int(begin), int(end) - 1) for begin, end in edges)


def _without(ranges: Ranges) -> Ranges:
    """All other characters."""
    begins = [0, *(last + 1 for _, last in ranges)]
    ends = [*(first - 1 for first, _ in ranges), _LAST]
    return tuple((begin, end) for begin, end in zip(begins, ends) if begin <= end)


def _as_set(ranges: Ranges, is_class: bool, of_characters: bool) -> bytes:
    """A set of characters as a class of Python, or a part of one; of bytes, those of ASCII and all that are above."""
    form, most = ("\\U%08x-\\U%08x", _LAST) if of_characters else ("\\x%02x-\\x%02x", 0xFF)
    kept = [(begin, min(end, most)) for begin, end in ranges if begin <= (most if of_characters else 0x7F)]
    found = "".join(form % pair for pair in kept).encode() or _NO_BYTE
    return found if is_class else b"[" + found + b"]"


def _as_character(point: int, is_class: bool, of_characters: bool) -> bytes:
    if point > _LAST:
        raise re.error(f"invalid escape sequence: {point:x}")
    if of_characters or point <= 0x7F:
        return (b"\\U%08x" if of_characters else b"\\x%02x") % point
    return _NO_BYTE if is_class else b"(?:" + re.escape(chr(point).encode()) + b")"


def _pattern(text: bytes, of_characters: bool = False) -> Any:
    """A pattern of bytes, or of characters where strings or it are not of ASCII alone: `.` is one character then."""
    try:
        return re.compile(as_python(text, True).decode(), re.ASCII) if of_characters else re.compile(as_python(text))
    except re.error as error:
        raise InvalidArgumentError(
            None, None, f"Invalid pattern: {text.decode(errors='replace')}, error: {error}"
        ) from error


def _replaced(texts: Any, pattern: bytes, rewrite: bytes, replace_global: bool) -> Any:
    compiled = _pattern(pattern)
    count = 0 if replace_global else 1
    template, is_whole = _template(rewrite, compiled.groups)
    if not (is_whole or replace_global):
        return texts  # as in TensorFlow: all matches are replaced by what comes before the error, one is not
    given = texts.ravel().tolist()
    if _needs_characters(pattern, given):
        return strings(_with_characters(compiled, pattern, template, count, given), texts.shape)
    found = replaced_at_once(compiled, template, given) if replace_global else None
    return strings(found or [_substituted(compiled, template, text, count) for text in given], texts.shape)


def _template(rewrite: bytes, groups: int) -> tuple[bytes, bool]:
    """What replaces a match, in Python's way, and whether all of `rewrite` is in it.

    RE2 writes groups as `\\1`, which are empty where there are not so many, and a backslash as `\\\\`. What comes
    behind any other backslash is left out.
    """
    made: list[bytes] = []
    place = 0
    for mark in re.finditer(rb"\\(.?)", rewrite, re.DOTALL):
        made.append(rewrite[place : mark.start()])
        place = mark.end()
        if mark[1] == b"\\":
            made.append(b"\\\\")
        elif mark[1] in b"0123456789" and mark[1]:
            made.append(b"\\g<" + mark[1] + b">" if int(mark[1]) <= groups else b"")
        else:
            return b"".join(made), False
    return b"".join([*made, rewrite[place:]]), True


def _needs_characters(pattern: bytes, texts: list[bytes]) -> bool:
    """Whether bytes do not tell enough; `\\C` is one byte, whatever there is."""
    return not (pattern.isascii() and b"".join(texts).isascii()) and b"\\C" not in pattern


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
    """Matches replaced; all for a `count` of 0. Behind an empty match that ends another one a character is copied."""
    if count or compiled.match(text[:0]) is None:
        return compiled.sub(template, text, count)
    parts, place, end = [], 0, -1
    while place <= len(text) and (match := compiled.search(text, place)) is not None:
        parts.append(text[place : match.start()])
        if match.start() == match.end() == end:
            parts.append(text[end : end + 1])
            place = end + 1
        else:
            parts.append(match.expand(template))
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
    if not _needs_characters(pattern, given):
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
    Raises: InvalidArgumentError when run, for what is no pattern.
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
