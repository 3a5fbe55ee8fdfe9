"""Where the user made an operation: the frames outside this library, kept cheaply.

Walking the stack and keeping `(code, last instruction)` costs about a microsecond; line numbers are worked out only
when somebody asks.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from types import CodeType, FrameType
from typing import NamedTuple

# Our own files are known by what was imported: a folder's name tells nothing (a clone may be called as the package is),
# and the layers may lie beside the package or within it.
_ROOT = __package__.split(".")[0]
_LAYERS = (_ROOT, *(f"{_ROOT}.{layer}" for layer in ("ops", "compiler", "session")))
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
        known = _is_inner[filename] = filename == "<string>.sessile" or _lies_within(filename)
    return known


def _lies_within(filename: str) -> bool:
    """Whether a file lies in the folder of a layer, links resolved on both sides (environments may be linked)."""
    folder = _resolved(os.path.dirname(filename))
    for name in _LAYERS:
        module = sys.modules.get(name)
        if module is not None and module.__file__ and folder.startswith(_resolved(os.path.dirname(module.__file__))):
            return True
    return False


@cache
def _resolved(folder: str) -> str:
    """A folder's path without links, with a separator at its end. To resolve one takes 30 us: it is done once."""
    return os.path.join(os.path.realpath(folder), "")


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


def stack_level() -> int:
    """The `stacklevel` with which a warning of the function that asks points at the user's line."""
    levels = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and is_inner(frame.f_code.co_filename):
        frame = frame.f_back
        levels += 1
    return levels


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
