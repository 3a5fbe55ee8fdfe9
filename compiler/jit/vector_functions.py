"""Functions of `mathlib` for whole vectors, which long loops call instead of having them in line.

A function is straight code, so its vector form is each line for vectors. A loop with two dozen functions in line has a
thousand instructions, and LLVM takes a third of a second for it; with calls it has a hundred, and each function is
there once. The convention leaves half of the vector registers to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from .. import mathlib
from ..mathlib import huge
from ..mathlib.huge import CONVENTION
from ..mathlib.instructions import printed
from .constants import LONG
from .widening import VECTOR, NotVector, Widening

_ROUTINE = re.compile(r"sessile_(\w+)_(f32|f64)")
_REDUCTION = re.compile(r"sessile_reduce_(single|high|low)")
_TABLE = "sessile_two_over_pi"
_ATTRIBUTES = "noinline nounwind willreturn memory(none)"


class VectorFunction(NamedTuple):
    """A function for vectors: its text, what it needs declared, and what it calls."""

    text: str
    declared: tuple[str, ...]
    called: tuple[str, ...]


def vector_functions(symbols: Iterable[str], width: int) -> tuple[str, dict[str, None]]:
    """The text of the vector forms of functions and of all that they call, and the lines that declare what is LLVM's.

    Raises: NotVector for what has none.
    """
    found: dict[str, VectorFunction] = {}
    waiting = list(symbols)
    while waiting:
        symbol = waiting.pop()
        if symbol not in found:
            found[symbol] = _vector_function(symbol, width)
            waiting += found[symbol].called
    declared = {line: None for function in found.values() for line in function.declared}
    return "\n".join(function.text for function in found.values()), declared


@cache
def _vector_function(symbol: str, width: int) -> VectorFunction:
    if symbol == _TABLE:
        return _apart(huge.shared_text(), ())
    reduction = _REDUCTION.fullmatch(symbol)
    if reduction is not None:
        return _reduction(reduction[1], width)
    named = _ROUTINE.fullmatch(symbol)
    if named is None:
        raise NotVector(symbol)
    names, traced, value = mathlib.lookup(named[1], LONG[named[2]]).traced
    widening = Widening(width, symbol)
    widening.classes.update(dict.fromkeys(names, VECTOR))
    for line in traced.lines:
        widening.line(line)
    result = widening.operand(value.type, value.name)
    vector = widening.vector(value.type)
    passed = ", ".join(f"{vector} {name}" for name in names)
    plain = [printed(made.plain) for made in widening.body if made.plain is not None]
    written = [
        f"define internal {CONVENTION} {vector} @{symbol}_v{width}({passed}) {_ATTRIBUTES} {{",
        "entry:", *widening.before, *plain, f"  ret {vector} {result}", "}",
    ]  # fmt: skip
    return VectorFunction("\n".join(written), tuple(widening.declared), tuple(widening.called))


def _reduction(part: str, width: int) -> VectorFunction:
    """Of a huge argument the part that counts, element by element where there is one; see `mathlib/huge.py`."""
    return _apart(huge.scalar_text(part) + huge.vector_text(part, width), (_TABLE,))


def _apart(text: str, called: tuple[str, ...]) -> VectorFunction:
    """A text with its declarations apart."""
    lines = text.splitlines()
    declared = [line for line in lines if line.startswith("declare ")]
    return VectorFunction("\n".join(line for line in lines if line not in declared), tuple(declared), called)
