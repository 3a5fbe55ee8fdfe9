"""Extents as expressions: sums of products of symbols and of quotients that do not divide out.

    (2*s0*s1 + -1*(s0 // 3))  is  {("s0", "s1"): 2, (Quotient({("s0",): 1}, "//", {(): 3}),): -1}

An expression is printed for `explain` and the portable step, computed for arguments at hand, and emitted as LLVM by a
native step (`native/integers.py`); nobody reads its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

Monomial = tuple[str, ...]  # atoms, sorted, with repetition for powers: names of symbols, and quotients
Polynomial = dict[Monomial, int]


class Quotient(str):
    """An atom that stands for `left // right` or `left % right`: its name says so, and it knows the two."""

    left: Expression
    operator: str
    right: Expression

    def __new__(cls, left: Polynomial, operator: str, right: Polynomial) -> Quotient:
        """Make the atom."""
        divisor = rendered(right)
        is_product = len(right) == 1 and number_of(right) is None and plain_atom(right) is None
        self = super().__new__(cls, f"({rendered(left)} {operator} {f'({divisor})' if is_product else divisor})")
        self.left, self.operator, self.right = Expression(left), operator, Expression(right)
        return self


class Expression:
    """An integer over symbols, which stays what it is.

    Attributes:
      poly: the polynomial.
    """

    __slots__ = ("_text", "poly")

    def __init__(self, poly: Polynomial) -> None:
        self.poly = poly
        self._text = ""

    def __str__(self) -> str:
        if not self._text:
            self._text = rendered(self.poly)
        return self._text

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.poly == other.poly

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def number(self) -> int | None:
        """What it is, if it has no symbols."""
        return number_of(self.poly)

    def terms(self) -> Iterator[tuple[int, Monomial]]:
        """The products whose sum it is, in the order of its text: a factor and atoms."""
        return ((factor, mono) for mono, factor in sorted(self.poly.items()))

    def value(self, symbols: Mapping[str, int]) -> int:
        """What it is for values of the symbols."""
        total = 0
        for mono, factor in self.poly.items():
            for atom in mono:
                factor *= _value_of(atom, symbols)
            total += factor
        return total


def _value_of(atom: str, symbols: Mapping[str, int]) -> int:
    if not isinstance(atom, Quotient):
        return symbols[atom]
    left, right = atom.left.value(symbols), atom.right.value(symbols)
    return left // right if atom.operator == "//" else left % right


class Guard(NamedTuple):
    """`left relation right` held for the arguments the plan was specialised for."""

    left: Expression
    relation: str  # ==, !=, <, <=, >, >=
    right: Expression

    def __str__(self) -> str:
        return f"{self.left} {self.relation} {self.right}"

    def holds(self, symbols: Mapping[str, int]) -> bool:
        """Whether it does for values of the symbols."""
        return holds(self.left.value(symbols), self.relation, self.right.value(symbols))


def holds(a: int, relation: str, b: int) -> bool:
    """Whether a relation holds between two numbers."""
    return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[relation]


# Polynomials.


def number_of(poly: Polynomial) -> int | None:
    """The number that a polynomial is, or None."""
    if not poly:
        return 0
    return poly.get((), None) if len(poly) == 1 else None


def plain_atom(poly: Polynomial) -> str | None:
    """The atom that a polynomial is, or None."""
    if len(poly) == 1:
        ((mono, factor),) = poly.items()
        if factor == 1 and len(mono) == 1:
            return mono[0]
    return None


def added(a: Polynomial, b: Polynomial, sign: int) -> Polynomial:
    """`a + b`, or `a - b`."""
    result = dict(a)
    for mono, factor in b.items():
        total = result.get(mono, 0) + sign * factor
        if total:
            result[mono] = total
        else:
            result.pop(mono, None)
    return result


def multiplied(a: Polynomial, b: Polynomial) -> Polynomial:
    """`a * b`."""
    result: Polynomial = {}
    for mono_a, factor_a in a.items():
        for mono_b, factor_b in b.items():
            mono = tuple(sorted(mono_a + mono_b))
            total = result.get(mono, 0) + factor_a * factor_b
            if total:
                result[mono] = total
            else:
                result.pop(mono, None)
    return result


def divided(a: Polynomial, b: Polynomial) -> Polynomial | None:
    """`a / b` when `b` is one term that divides every term of `a`; otherwise None."""
    if len(b) != 1:
        return {(): 1} if a == b else None
    ((divisor, number),) = b.items()
    result: Polynomial = {}
    for mono, factor in a.items():
        rest = _without(mono, divisor)
        if rest is None or factor % number:
            return None
        result[rest] = factor // number
    return result


def _without(mono: Monomial, divisor: Monomial) -> Monomial | None:
    rest = list(mono)
    for atom in divisor:
        if atom not in rest:
            return None
        rest.remove(atom)
    return tuple(rest)


def rendered(poly: Polynomial) -> str:
    """A polynomial as Python."""
    if not poly:
        return "0"
    words = []
    for mono, factor in sorted(poly.items()):
        atoms = [*mono] if factor == 1 and mono else [str(factor), *mono]
        words.append("*".join(atoms))
    return words[0] if len(words) == 1 else "(" + " + ".join(words) + ")"
