"""Loops parted where a branch on their index changes sides: an element of a concatenation comes of one part of it.

    for i0 in range(start, stop):              for i0 in range(start, min(stop, U(1000))):
        if i0 < U(1000):                           e0 = load(x0, i0)
            e0 = load(x0, i0)                      w0 = f32(e0)
            w0 = f32(e0)                           store(r0, i0, w0)
        else:                          to      for i0 in range(larger(start, U(1000)), stop):
            e1 = load(x1, i0 - U(1000))            e1 = load(x1, i0 - U(1000))
            w0 = f32(e1)                           w0 = f32(e1)
        store(r0, i0, w0)                          store(r0, i0, w0)

Loops without branches go in vectors.
"""

from __future__ import annotations

from typing import Final

from ..tree.nodes import Assign, Body, Call, Cast, Compare, Expression, For, If, Number, Variable, While
from .loops import START, STOP

_MOST: Final = 8  # parts
_LONGEST: Final = 64  # statements, which each part repeats


def parted(nest: Body) -> Body:
    """The loops in the place of one loop over all elements; others stay as they are."""
    loop = nest[0]
    if len(nest) != 1 or not isinstance(loop, For) or (loop.first, loop.last, loop.step) != (START, STOP, None):
        return nest
    if len(loop.body) > _LONGEST or any(isinstance(statement, (For, While)) for statement in loop.body):
        return nest
    assigned = {statement.target for statement in loop.body if isinstance(statement, Assign)}
    found: Body = []
    rest: For = loop
    while len(found) < _MOST:
        at = next((k for k, part in enumerate(rest.body) if isinstance(part, If)), None)
        branch = None if at is None else rest.body[at]
        bound = None if not isinstance(branch, If) else _bound(branch.condition, rest.index)
        if bound is None or bound in assigned or not isinstance(branch, If):
            break
        before, after = rest.body[:at], rest.body[at + 1 :] if at is not None else []
        last = Call("min", [STOP, bound])
        found.append(For(rest.index, rest.first, last, None, [*before, *branch.yes, *after]))
        rest = For(rest.index, Call("larger", [rest.first or START, bound]), STOP, None, [*before, *branch.no, *after])
    return [*found, rest]


def _bound(condition: Expression, index: Variable) -> Expression | None:
    """What a loop's index is compared with, if the condition is that it is below a number or a parameter."""
    if not isinstance(condition, Compare) or condition.first != index or len(condition.rest) != 1:
        return None
    ((relation, bound),) = condition.rest
    is_number = isinstance(bound, Cast) and isinstance(bound.value, Number)
    return bound if relation == "<" and (is_number or isinstance(bound, Variable)) else None
