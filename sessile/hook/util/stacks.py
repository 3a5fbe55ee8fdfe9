"""`tensorflow.python.util.tf_stack`: where a program is."""

from __future__ import annotations

import linecache
import sys
from typing import Any

TB_FILENAME, TB_LINENO, TB_FUNCNAME, TB_CODEDICT = range(4)


def extract_stack(limit: int = -1) -> list[Any]:
    """Return the frames around the caller, the outermost first: file, line, function, its globals, its first line.

    Args:
      limit: how many of the innermost; -1 for all.
    """
    rows = []
    frame = sys._getframe(1)
    while frame is not None and limit != 0:
        code = frame.f_code
        rows.append((code.co_filename, frame.f_lineno, code.co_name, frame.f_globals, code.co_firstlineno))
        frame, limit = frame.f_back, limit - 1  # type: ignore[assignment]
    return rows[::-1]


def convert_stack(stack: Any, include_func_start_lineno: bool = False) -> tuple[Any, ...]:
    """Return frames as `traceback` has them: file, line, function, the line's text.

    Args:
      stack: what `extract_stack` gave.
      include_func_start_lineno: whether the function's first line is the fifth.
    """
    rows = []
    for filename, line, name, names, start in stack:
        text = linecache.getline(filename, line, names).strip() or None
        rows.append((filename, line, name, text, start) if include_func_start_lineno else (filename, line, name, text))
    return tuple(rows)
