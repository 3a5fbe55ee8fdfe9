"""Loops of elements that lie one after the other, made one loop where index maps keep all axes apart.

Of `reverse(x, [0])` for x: f32[?, 64, 3], the last two axes are read as they are written:

    for i0 in range(start, stop):
        for i1 in range(n1):
            for i2 in range(n2):
                e0 = load(x0, ((m0 - U(1) - i0) * U(64) + i1) * U(3) + i2)
                store(r0, (i0 * n1 + i1) * n2 + i2, e0)

become

    for i0 in range(start, stop):
        for j1 in range(n1 * n2):
            e0 = load(x0, (m0 - U(1) - i0) * U(192) + j1)
            store(r0, i0 * (n1 * n2) + j1, e0)

A loop over three channels takes ten times as long as its elements.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..tree.nodes import Array, Binary, Body, Cast, Expression, For, Node, Number, Variable, lifted, walk

Extents = frozenset[Expression]


def collapsed(nest: Body, extents: Mapping[Variable, Extents]) -> Body:
    """The loops, of which the last ones are one where nothing tells their axes apart.

    Args:
      extents: per index of a loop the expressions that stand for how often it runs.
    """
    known = dict(extents)
    chain, body = _chain(nest)
    while len(chain) > 1:
        outer, inner = chain[-2:]
        if inner.first is not None or inner.step is not None or outer.step is not None:
            break
        both = Variable(f"j{outer.index.name[1:]}")
        merged = _merged(body, outer.index, inner.index, known[inner.index], both)
        if any(node in (outer.index, inner.index) for node in walk(merged) if isinstance(node, Variable)):
            break
        known[both] = frozenset(_product(a, b) for a in known[outer.index] for b in known[inner.index])
        first = None if outer.first is None else _product(outer.first, inner.last)
        body, chain = merged, [*chain[:-2], For(both, first, _product(outer.last, inner.last), None, merged)]
    for loop in reversed(chain):
        body = [For(loop.index, loop.first, loop.last, loop.step, body)]
    return body


def _chain(nest: Body) -> tuple[list[For], Body]:
    """The loops within each other, and what is done in the last one."""
    chain: list[For] = []
    while len(nest) == 1 and isinstance(nest[0], For):
        chain.append(nest[0])
        nest = nest[0].body
    return chain, nest


def _merged(node: Any, outer: Variable, inner: Variable, extents: Extents, both: Variable) -> Any:
    """Statements with one index in the place of two, wherever they stand for one element after the other."""
    if isinstance(node, Binary):
        place = _place(node, outer, inner, extents, both)
        if place is not None:
            return place
    if isinstance(node, Node) and not isinstance(node, (Array, Number, Variable)):
        made = object.__new__(type(node))
        for name in node.__slots__:
            setattr(made, name, _merged(getattr(node, name), outer, inner, extents, both))
        return made
    if isinstance(node, (list, tuple)) and not hasattr(node, "_fields"):
        return type(node)([_merged(part, outer, inner, extents, both) for part in node])
    return node


def _place(node: Binary, outer: Variable, inner: Variable, extents: Extents, both: Variable) -> Expression | None:
    """`(e * a + outer) * b + inner`, where the inner loop runs b times, as `e * (a * b) + both`; None for others."""
    left = node.left
    if node.operator != "+" or node.right != inner or not isinstance(left, Binary) or left.operator != "*":
        return None
    if left.right not in extents:
        return None
    line = left.left
    if line == outer:
        return both
    if not isinstance(line, Binary) or line.operator != "+" or line.right != outer:
        return None
    if not isinstance(line.left, Binary) or line.left.operator != "*":
        return None
    return Binary("*", line.left.left, _product(line.left.right, left.right)) + both


def _product(a: Expression, b: Expression) -> Expression:
    """Of two extents; of numbers it is a number."""
    if isinstance(a, Cast) and isinstance(b, Cast) and isinstance(a.value, Number) and isinstance(b.value, Number):
        return lifted(int(a.value.value) * int(b.value.value))
    return a * b
