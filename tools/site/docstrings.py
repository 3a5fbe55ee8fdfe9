"""Docstrings as Markdown: paragraphs, the parts that a docstring of this library has, examples."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

_PART = re.compile(r"^(Args|Arguments|Attributes|Fields|Returns|Raises|Source|Yields|Note|Warns):\s*(.*)$")
_ITEM = re.compile(r"^((?:\*{0,2}[\w.]+)(?:, *\*{0,2}[\w.]+)*): (.*)$")


def markdown(text: str) -> str:
    """Return a docstring's text as Markdown.

    Lines that are indented under `Args:` and its like become a list, `>>>` examples and other indented lines blocks of
    code. What Markdown would take for its own outside of backticks is escaped.
    """
    lines = inspect.cleandoc(text).splitlines()
    return "\n".join(_blocks(lines)).strip() + "\n"


def _blocks(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        part = _PART.match(line)
        if line.startswith(">>>"):
            end = _until(lines, at, lambda text: not text.strip())
            yield from ("", "```pycon", *lines[at:end], "```", "")
        elif part:
            end = _until(lines, at + 1, lambda text: bool(text.strip()) and not text.startswith(" "))
            yield from _part(part[1], part[2], lines[at + 1 : end])
        elif line.startswith("    "):
            end = _until(lines, at, lambda text: bool(text.strip()) and not text.startswith("    "))
            yield from ("", "```text", *(text[4:] for text in lines[at:end]), "```", "")
        else:
            yield escaped(line)
            end = at + 1
        at = end


def _until(lines: list[str], start: int, stops: Any) -> int:
    return next((at for at in range(start, len(lines)) if stops(lines[at])), len(lines))


def _part(title: str, rest: str, inside: list[str]) -> Iterator[str]:
    """One of `Args:`, `Returns:`, ...: a list if it has items, else a paragraph."""
    inside = inspect.cleandoc("\n" + "\n".join(inside)).splitlines()
    yield ""
    yield f"**{title}:** {escaped(rest)}".rstrip()
    if not any(_ITEM.match(line) for line in inside):
        yield from (escaped(line.strip()) for line in inside)
    else:
        yield ""
        for line in inside:
            item = _ITEM.match(line)
            if item:
                yield f"* `{item[1]}`: {escaped(item[2])}"
            elif line.strip():
                yield f"  {escaped(line.strip())}" if line.startswith(" ") else f"* {escaped(line)}"
    yield ""


def escaped(text: str) -> str:
    """Escape a line's Markdown outside of backticks."""
    pieces = re.split(r"(`[^`]*`)", text)
    plain = (piece if piece.startswith("`") and len(piece) > 1 else _plain(piece) for piece in pieces)
    return "".join(plain)


def _plain(text: str) -> str:
    return re.sub(r"([\\*<>\[\]|$#`]|(?<!\w)_|_(?!\w)|\{|\})", r"\\\1", text)
