"""Where the user made an operation: the frames outside this library, kept cheaply.

Walking the stack and keeping `(code, last instruction)` costs about a microsecond; line numbers are worked out only
when somebody asks.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

_PACKAGE = Path(__file__).resolve().parent.parent
_INNER_FOLDERS = tuple(str(_PACKAGE / layer) + "/" for layer in ("ops", "compiler", "session", "sessile"))
_INNER = _INNER_FOLDERS if _PACKAGE.name != "sessile" else (str(_PACKAGE) + "/",)
_KEPT = 8  # frames of the user's that are kept for `Operation.traceback`

_is_inner: dict[str, bool] = {}

Frames = tuple[tuple[CodeType, int], ...]


class FrameSummary(NamedTuple):
    """One frame of a traceback: where the user's code stood."""

    filename: str
    lineno: int
    name: str
    line: str

    def __str__(self) -> str:
        return f'  File "{self.filename}", line {self.lineno}, in {self.name}\n    {self.line}'


def is_inner(filename: str) -> bool:
    """Whether a file belongs to this library."""
    known = _is_inner.get(filename)
    if known is None:
        known = _is_inner[filename] = filename.startswith(_INNER) or filename == "<string>.sessile"
    return known


def capture() -> Frames:
    """Return the user's innermost frames, the innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_inner(frame.f_code.co_filename):
        frame = frame.f_back
    frames: list[tuple[CodeType, int]] = []
    while frame is not None and len(frames) < _KEPT:
        frames.append((frame.f_code, frame.f_lasti))
        frame = frame.f_back
    return tuple(frames)


def line_of(code: CodeType, instruction: int) -> int:
    """Return the line number of an instruction offset."""
    for start, end, line in code.co_lines():
        if start <= instruction < end and line is not None:
            return line
    return code.co_firstlineno


def describe(frames: Frames) -> str | None:
    """Return `file.py:6 in function` for the user's line, or None if it is not known."""
    if not frames:
        return None
    code, instruction = frames[0]
    place = "" if code.co_name == "<module>" else f" in {code.co_name}"
    return f"{code.co_filename}:{line_of(code, instruction)}{place}"


def summaries(frames: Frames) -> list[FrameSummary]:
    """Return the kept frames, the outermost first, as Python's tracebacks have them."""
    import linecache

    rows = []
    for code, instruction in reversed(frames):
        number = line_of(code, instruction)
        text = linecache.getline(code.co_filename, number).strip()
        rows.append(FrameSummary(code.co_filename, number, code.co_name, text))
    return rows
