"""Errors in our own words, and what to say instead of Python's.

A kernel or a shape rule that meets what it was not made for fails somewhere in Python or NumPy: "list index out of
range", "not enough values to unpack". That tells its author something, and nobody else. The users are told which
operation it was, what it was given, and that it takes no such thing; the error behind it is the cause of theirs.
"""

from __future__ import annotations

from opcode import opmap
from typing import Final

from .origin import is_inner

_RAISE: Final = opmap["RAISE_VARARGS"]
IN_GENERAL: Final = "it does not take arguments of these shapes, types or values"
INSIDES: Final = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)


def is_in_our_words(error: BaseException) -> bool:
    """Whether an error comes from a `raise` statement of ours, not from within NumPy or Python."""
    trace = error.__traceback__
    if trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return is_inner(code.co_filename) and code.co_code[trace.tb_lasti] == _RAISE
