"""Symbolic integers: extents of a plan that is compiled once and run with many shapes.

A `Sym` is a polynomial over atoms (input extents, and quotients that do not divide out) together with the value it
has for the arguments at hand, its *hint*. Arithmetic builds polynomials. A comparison that the polynomials do not
decide is decided by the hints, and the answer is recorded as a *guard*: the compiled step holds for all arguments
that answer alike. An equality that holds also lets the one side stand for the other from then on.

Worked example, of `reshape(x, [-1, 6])` for x: f32[s0, s1] that is [4, 3] at hand:

    n, m = table.symbol("s0", 4), table.symbol("s1", 3)
    size = n * m                 # Sym {("s0", "s1"): 1}, hint 12
    size % 6 == 0                # the polynomials do not say: the hint does. guard: (s0*s1 % 6) == 0
    rows = size // 6             # 6 does not divide the term: a new atom "(s0*s1 // 6)", hint 2
    rows == 2                    # guard: (s0*s1 // 6) == 2; from now on the atom is 2

When the decisions are made the table is sealed (`seal`): what is written from the shapes then asks for nothing more,
and `expression` gives extents as what they are, to be printed, computed or emitted (`expressions.py`).
"""

from __future__ import annotations

import math
from typing import Any, Union

from .expressions import (
    Expression,
    Guard,
    Polynomial,
    Quotient,
    added,
    divided,
    holds,
    multiplied,
    number_of,
    plain_atom,
    rendered,
)  # fmt: skip

Extent = Union[int, "Sym"]


class SymbolTable:
    """The symbols of one specialisation: their hints, what stands for what, and the guards."""

    def __init__(self) -> None:
        self.hints: dict[str, int] = {}
        self.guards: dict[Guard, None] = {}
        self._stands_for: dict[str, Polynomial] = {}
        self._zeros: list[Polynomial] = []  # equalities that name no atom
        self._may_be_negative: set[str] = set()
        self.equalities = 0  # how many were found
        self._is_sealed = False

    def seal(self) -> None:
        """Ask for no more guards: what is written from now on holds for those there are."""
        self._is_sealed = True

    def never_negative(self, poly: Polynomial) -> bool:
        """Whether the terms alone say so; extents are not negative."""
        return all(factor >= 0 and self._may_be_negative.isdisjoint(mono) for mono, factor in poly.items())

    def symbol(self, name: str, hint: int) -> Sym:
        """Make an atom for an input extent."""
        self.hints[name] = hint
        return Sym(self, {(name,): 1}, hint)

    def guard(self, left: Any, relation: str, right: Any) -> None:
        """Record what was found to hold."""
        found = Guard(expression(left), relation, expression(right))
        if not self._is_sealed:
            self.guards.setdefault(found)
        elif not self._is_guarded(found):
            raise AssertionError(f"{found} is asked for after the code that it guards was written")

    def _is_guarded(self, found: Guard) -> bool:
        """Whether a guard is there, maybe in the words of before two extents were found to be equal."""
        if found in self.guards:
            return True
        return any(
            known.relation == found.relation
            and self.resolve(known.left.poly) == found.left.poly
            and self.resolve(known.right.poly) == found.right.poly
            for known in self.guards
        )

    def resolve(self, poly: Polynomial) -> Polynomial:
        """Replace atoms by what stands for them."""
        if not self._stands_for or not any(atom in self._stands_for for mono in poly for atom in mono):
            return poly
        result: Polynomial = {}
        for mono, factor in poly.items():
            term: Polynomial = {(): factor}
            for atom in mono:
                term = multiplied(
                    term, self.resolve(self._stands_for[atom]) if atom in self._stands_for else {(atom,): 1}
                )
            result = added(result, term, 1)
        return result

    def identify(self, a: Sym, b: Any) -> None:
        """From now on, let one side of an equality stand for the other, or an atom of it for the rest."""
        left, right = a.poly, _poly(self, b)
        for poly, other in ((right, left), (left, right), *_solved(added(left, right, -1))):
            atom = plain_atom(poly)
            if atom is not None and not any(atom in mono for mono in other):
                self._stands_for[atom] = other
                self.equalities += 1
                return
        self._zeros.append(added(left, right, -1))

    def is_zero(self, poly: Polynomial) -> bool:
        """Whether a polynomial is known to be zero."""
        if not poly or not self._zeros:
            return not poly
        opposite = {mono: -factor for mono, factor in poly.items()}
        return any(known in (poly, opposite) for known in map(self.resolve, self._zeros))

    def quotient(self, a: Sym, b: Any, operator: str) -> Any:
        """An atom for `a // b` or `a % b` that does not divide out."""
        left, right = a.poly, _poly(self, b)
        name = Quotient(left, operator, right)
        if b == 0:  # a symbolic divisor gets a guard, so that evaluating the quotient cannot fail
            raise ValueError(f"division by zero: {name}")
        hint = a.hint // _hint(b) if operator == "//" else a.hint % _hint(b)
        self.hints[name] = hint
        if not self.never_negative(right) or operator == "//" and not self.never_negative(left):
            self._may_be_negative.add(name)
        return Sym(self, {(name,): 1}, hint)


class Sym:
    """A symbolic integer; see the module."""

    __slots__ = ("_equalities", "_poly", "hint", "table")

    def __init__(self, table: SymbolTable, poly: Polynomial, hint: int) -> None:
        self.table = table
        self._poly = poly
        self._equalities = -1  # how many the polynomial takes into account
        self.hint = hint

    @property
    def poly(self) -> Polynomial:
        """The polynomial, with every atom replaced that something stands for."""
        if self._equalities != self.table.equalities:
            self._poly, self._equalities = self.table.resolve(self._poly), self.table.equalities
        return self._poly

    def plain(self) -> Any:
        """The number, if it has become a constant, else itself."""
        constant = number_of(self.poly)
        return self if constant is None else constant

    def _made(self, poly: Polynomial, hint: int) -> Any:
        constant = number_of(poly)
        return constant if constant is not None else Sym(self.table, poly, hint)

    def __add__(self, other: Any) -> Any:
        if not _is_integer(other):
            return NotImplemented
        return self._made(added(self.poly, _poly(self.table, other), 1), self.hint + _hint(other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if not _is_integer(other):
            return NotImplemented
        return self._made(added(self.poly, _poly(self.table, other), -1), self.hint - _hint(other))

    def __rsub__(self, other: Any) -> Any:
        return (self - other) * -1

    def __neg__(self) -> Any:
        return self * -1

    def __abs__(self) -> Any:
        return self if self >= 0 else -self

    def __mul__(self, other: Any) -> Any:
        if not _is_integer(other):
            return NotImplemented
        return self._made(multiplied(self.poly, _poly(self.table, other)), self.hint * _hint(other))

    __rmul__ = __mul__

    def __floordiv__(self, other: Any) -> Any:
        if not _is_integer(other):
            return NotImplemented
        exact = divided(self.poly, _poly(self.table, other))
        if exact is not None:
            if other == 0:  # records the guard that makes the division exact
                raise ValueError(f"division by zero: {self} // {other}")
            return self._made(exact, self.hint // _hint(other))
        return self.table.quotient(self, other, "//")

    def __rfloordiv__(self, other: Any) -> Any:
        return Sym(self.table, {(): int(other)}, int(other)).table.quotient(_lift(self.table, other), self, "//")

    def __mod__(self, other: Any) -> Any:
        if not _is_integer(other):
            return NotImplemented
        if divided(self.poly, _poly(self.table, other)) is not None and other != 0:
            return 0
        return self.table.quotient(self, other, "%")

    def __rmod__(self, other: Any) -> Any:
        return self.table.quotient(_lift(self.table, other), self, "%")

    def _decide(self, other: Any, relation: str) -> Any:
        if not _is_integer(other):
            return NotImplemented
        gap = added(self.poly, _poly(self.table, other), -1)
        difference = 0 if self.table.is_zero(gap) else number_of(gap)
        if difference is not None:
            return holds(difference, relation, 0)
        if not isinstance(other, Sym) and self.table.never_negative(self.poly):
            known = _decided_by_sign(relation, int(other))
            if known is not None:
                return known
        answer = holds(self.hint, relation, _hint(other))
        self.table.guard(self, relation if answer else _OPPOSITE[relation], other)
        if answer and relation == "==" or not answer and relation == "!=":
            self.table.identify(self, other)
        return answer

    def __eq__(self, other: object) -> Any:
        return self._decide(other, "==")

    def __ne__(self, other: object) -> Any:
        return self._decide(other, "!=")

    def __lt__(self, other: Any) -> Any:
        return self._decide(other, "<")

    def __le__(self, other: Any) -> Any:
        return self._decide(other, "<=")

    def __gt__(self, other: Any) -> Any:
        return self._decide(other, ">")

    def __ge__(self, other: Any) -> Any:
        return self._decide(other, ">=")

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __index__(self) -> int:
        """Asked for a plain number, take the one at hand and guard on it."""
        self == self.hint  # noqa: B015 - records the guard
        return self.hint

    __int__ = __index__

    def __hash__(self) -> int:
        return hash(rendered(self.poly))

    def __repr__(self) -> str:
        return rendered(self.poly)


_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _decided_by_sign(relation: str, bound: int) -> bool | None:
    """Decide `value relation bound` for a value that is known not to be negative."""
    if bound < 0:
        return relation in (">", ">=", "!=")
    if bound == 0 and relation in ("<", ">="):
        return relation == ">="
    return None


def _is_integer(value: Any) -> bool:
    return isinstance(value, (int, Sym)) or hasattr(value, "__index__") and not isinstance(value, bool)


def _lift(table: SymbolTable, value: Any) -> Sym:
    return value if isinstance(value, Sym) else Sym(table, {(): int(value)}, int(value))


def _hint(value: Any) -> int:
    return value.hint if isinstance(value, Sym) else int(value)


def _poly(table: SymbolTable, value: Any) -> Polynomial:
    if isinstance(value, Sym):
        return value.poly
    number = int(value)
    return {(): number} if number else {}


def _solved(zero: Polynomial) -> list[tuple[Polynomial, Polynomial]]:
    """Where a polynomial is zero: the atoms that stand alone in it, each with what it equals."""
    found: list[tuple[Polynomial, Polynomial]] = []
    for mono, factor in zero.items():
        if len(mono) == 1 and factor in (1, -1):
            rest = {other: -factor * number for other, number in zero.items() if other != mono}
            found.append(({mono: 1}, rest))
    return found


def expression(value: Any) -> Expression:
    """The extent as an expression over its symbols, with all that is known by now."""
    if isinstance(value, Sym):
        return Expression(value.poly)
    return Expression({(): int(value)} if value else {})


def product(extents: Any) -> Any:
    """The product of extents."""
    return math.prod(extents) if extents else 1


def same(a: Any, b: Any) -> bool:
    """Whether two extents are known to be equal, without asking for a guard."""
    if a is b:
        return True
    if isinstance(a, Sym):
        return a.table.is_zero(added(a.poly, _poly(a.table, b), -1))
    if isinstance(b, Sym):
        return same(b, a)
    return int(a) == int(b)


def same_extents(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Whether two shapes are known to be equal, without asking for a guard."""
    if a is b:
        return True
    return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
