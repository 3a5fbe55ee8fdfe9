"""One search through many strings: they are joined by a byte that no match can hold, and taken apart again.

For example `[0-9]+` in `[b"a1", b"22"]` is searched in `b"a1\\n22"`: a digit is no line end, so each match lies within
one string. What looks around itself (`^`, `\\b`) or may match nothing sees a difference, and is not searched so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

try:
    from re import _constants as codes  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # before Python 3.11
    import sre_constants as codes
    import sre_parse as parser

_MARK: Final = b"\n"
_LEAST: Final = 16  # strings from which on it is worth looking at the pattern


def replaced_at_once(pattern: Any, template: bytes, texts: list[bytes]) -> list[bytes] | None:
    """All matches in all strings replaced; None if they cannot be searched as one text.

    Args:
      pattern: a compiled pattern of bytes. template: what stands for a match.
    """
    if len(texts) < _LEAST or _MARK in template or not matches_within_lines(pattern):
        return None
    text = _MARK.join(texts)
    if text.count(_MARK) != len(texts) - 1:
        return None
    return pattern.sub(template, text).split(_MARK)  # type: ignore[no-any-return]


def matches_within_lines(pattern: Any) -> bool:
    """Whether no match of a pattern has a line end in it, is empty, or depends on what stands around it.

    >>> matches_within_lines(re.compile(b"[a-z]+")), matches_within_lines(re.compile(b"[^a]"))
    (True, False)
    """
    parsed = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    return parsed.getwidth()[0] > 0 and all(_fits(item, pattern.flags) for item in parsed)


def _fits(item: Any, flags: int) -> bool:
    """Whether a part of a pattern matches no line end; of parts that are not known, no."""
    kind, argument = item
    if kind is codes.LITERAL:
        return bool(argument != _MARK[0])
    if kind is codes.ANY:
        return not flags & re.DOTALL
    if kind is codes.NOT_LITERAL:
        return bool(argument == _MARK[0])
    if kind is codes.IN:
        return not _set_matches(argument)
    if kind in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        return _all_fit(argument[2], flags)
    if kind is codes.SUBPATTERN:
        return not argument[1] and not argument[2] and _all_fit(argument[3], flags)
    if kind is codes.BRANCH:
        return all(_all_fit(branch, flags) for branch in argument[1])
    return False


def _all_fit(items: Iterable[Any], flags: int) -> bool:
    return all(_fits(item, flags) for item in items)


_WITH_LINE_END: Final = {
    codes.CATEGORY_DIGIT: False, codes.CATEGORY_NOT_DIGIT: True, codes.CATEGORY_SPACE: True,
    codes.CATEGORY_NOT_SPACE: False, codes.CATEGORY_WORD: False, codes.CATEGORY_NOT_WORD: True,
}  # fmt: skip


def _set_matches(items: list[Any]) -> bool:
    """Whether a set has the line end in it."""
    found = any(
        (kind is codes.LITERAL and argument == _MARK[0])
        or (kind is codes.RANGE and argument[0] <= _MARK[0] <= argument[1])
        or (kind is codes.CATEGORY and _WITH_LINE_END.get(argument, True))
        for kind, argument in items
    )
    return found is not (items[0][0] is codes.NEGATE)


ENDLESS: Final = int(codes.MAXREPEAT)  # how often at most, where a pattern names no end


class Run:
    """A part of a pattern: a byte of a set, so and so often.

    Args:
      bytes: the set. least, most: how often.
    """

    def __init__(self, bytes: frozenset[int], least: int, most: int) -> None:
        self.bytes, self.least, self.most = bytes, least, most


def runs_of(pattern: Any) -> list[Run] | None:
    """A pattern as runs that need no second try: where one ends, what follows cannot have begun; None for any other.

    >>> [(run.least, run.most, min(run.bytes)) for run in runs_of(re.compile(b"[0-9]{2,3}a")) or ()]
    [(2, 3, 48), (1, 1, 97)]
    """
    if pattern.flags or not parser.parse(pattern.pattern).getwidth()[0]:
        return None
    runs = []
    for kind, argument in parser.parse(pattern.pattern):
        least, most, item = 1, 1, (kind, argument)
        if kind is codes.MAX_REPEAT:
            least, most, inner = argument
            if len(inner) != 1:
                return None
            item = inner[0]
        found = _bytes_of(*item)
        if found is None:
            return None
        runs.append(Run(found, int(least), int(min(most, ENDLESS))))
    for number, run in enumerate(runs):
        for later in runs[number + 1 :] if run.least != run.most else ():
            if run.bytes & later.bytes:
                return None
            if later.least:
                break
    return runs


def _bytes_of(kind: Any, argument: Any) -> frozenset[int] | None:
    """The bytes that a part of a pattern matches; None if it is no set of bytes."""
    if kind is codes.LITERAL:
        return frozenset([argument])
    if kind is codes.ANY:
        return frozenset(range(256)) - {_MARK[0]}
    if kind is codes.NOT_LITERAL:
        return frozenset(range(256)) - {argument}
    if kind is not codes.IN:
        return None
    found: set[int] = set()
    for which, value in argument:
        if which is codes.LITERAL:
            found.add(value)
        elif which is codes.RANGE:
            found.update(range(value[0], value[1] + 1))
        elif which is codes.CATEGORY and value in _CATEGORIES:
            found.update(b for b in range(256) if re.fullmatch(_CATEGORIES[value], bytes([b])))
        elif which is not codes.NEGATE:
            return None
    return frozenset(set(range(256)) - found if argument[0][0] is codes.NEGATE else found)


_CATEGORIES: Final = {
    codes.CATEGORY_DIGIT: rb"\d", codes.CATEGORY_NOT_DIGIT: rb"\D", codes.CATEGORY_SPACE: rb"\s",
    codes.CATEGORY_NOT_SPACE: rb"\S", codes.CATEGORY_WORD: rb"\w", codes.CATEGORY_NOT_WORD: rb"\W",
}  # fmt: skip
