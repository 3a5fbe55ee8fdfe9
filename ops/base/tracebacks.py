"""Tracebacks without the frames of this library: an error of a user's line shows that line, not the way to the check.

`Session.run` and what `make_callable` returns take the frames out of the errors that they raise. Where an error ends
a program, or is shown by Python's shell, frames of functions that build graphs are left out too.

The environment variable SESSILE_TRACEBACK=full shows them all.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from types import TracebackType

from .origin import is_inner

_GLUE = ("<frozen importlib", os.path.dirname(importlib.__file__), contextlib.__file__)
_RUNNERS = ("<frozen runpy", os.path.join(os.path.dirname(os.__file__), "runpy.py"))  # `python -m`


def shows_all() -> bool:
    """Whether the user wants to see our frames."""
    return os.environ.get("SESSILE_TRACEBACK", "") in ("full", "1")


def outer_frames(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames of this library; None if there are no others.

    What ours imports, and the blocks of its context managers, are not the user's frames either.
    """
    kept = []
    is_below = False
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        inner = is_inner(name)
        if not inner and not name.startswith(_RUNNERS) and not (is_below and name.startswith(_GLUE)):
            kept.append(traceback)
        is_below |= inner
        traceback = traceback.tb_next
    result: TracebackType | None = None
    for entry in reversed(kept):
        result = TracebackType(result, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return result


def trimmed(error: BaseException) -> BaseException:
    """Take our frames out of an error and of those that it followed; returns the error."""
    if shows_all():
        return error
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        outer = outer_frames(one.__traceback__)
        if outer is None and one is not error and one is error.__context__ and error.__cause__ is None:
            error.__suppress_context__ = True  # how our own code came to the error
        one.__traceback__ = outer
        pending += [one.__cause__, one.__context__]
    return error


def trim_for_display(error: BaseException | None) -> bool:
    """Trim an error; one that comes from our files alone is left as it is. Returns whether it was trimmed."""
    if error is None or outer_frames(error.__traceback__) is None:
        return False
    trimmed(error)
    return True
