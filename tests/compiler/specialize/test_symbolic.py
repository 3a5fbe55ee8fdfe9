"""Symbolic integers: what they compute is what plain integers do, wherever the recorded guards hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.specialize.symbolic import Sym, SymbolTable, expression, product, same, same_extents

SMALL = st.integers(-6, 12)
EXTENTS = st.lists(st.integers(0, 7), min_size=3, max_size=3)
STEPS = st.lists(st.tuples(st.sampled_from("+-*/%=<!"), st.integers(0, 30), st.integers(0, 30), SMALL), max_size=8)


def compute(values: list[Any], steps: Any) -> list[Any]:
    """Apply arithmetic and comparisons in turn; a comparison chooses what is computed. Division by zero ends it."""
    values = list(values)
    for operator, i, j, constant in steps:
        x, y = values[i % len(values)], [*values, constant][j % (len(values) + 1)]
        if operator == "+":
            values.append(x + y)
        elif operator == "-":
            values.append(y - x)
        elif operator == "*":
            values.append(x * y)
        elif operator in "/%":
            if abs(y) < 1:
                return values
            values.append(x // y if operator == "/" else x % y)
        else:
            holds = x == y if operator == "=" else x < y if operator == "<" else x != y
            values.append(x + 1 if holds else y - 1)
    return values


def evaluated(value: Any, symbols: dict[str, int]) -> int:
    """Return what a symbolic integer gives, as an expression and as text."""
    found = expression(value)
    assert found.value(symbols) == eval(str(found), {}, symbols)
    return found.value(symbols)


@given(EXTENTS, STEPS)
def test_hints_are_what_plain_integers_give(extents: list[int], steps: Any) -> None:
    table = SymbolTable()
    made = compute([table.symbol(f"s{k}", extent) for k, extent in enumerate(extents)], steps)
    plain = compute(extents, steps)
    assert [value.hint if isinstance(value, Sym) else value for value in made] == plain
    symbols = {f"s{k}": extent for k, extent in enumerate(extents)}
    assert [evaluated(value, symbols) for value in made] == plain
    assert all(guard.holds(symbols) and eval(str(guard), {}, symbols) for guard in table.guards)


@settings(max_examples=300)
@given(EXTENTS, EXTENTS, STEPS)
def test_other_values_that_hold_the_guards_give_what_plain_integers_give(
    extents: list[int], others: list[int], steps: Any
) -> None:
    table = SymbolTable()
    made = compute([table.symbol(f"s{k}", extent) for k, extent in enumerate(extents)], steps)
    symbols = {f"s{k}": extent for k, extent in enumerate(others)}
    if all(guard.holds(symbols) for guard in table.guards):
        plain = compute(others, steps)
        assert [evaluated(value, symbols) for value in made] == plain


def symbols(*hints: int) -> tuple[Any, ...]:
    """Return a table and a symbol per hint."""
    table = SymbolTable()
    return (table, *(table.symbol(f"s{k}", hint) for k, hint in enumerate(hints)))


def guards(table: SymbolTable) -> list[str]:
    """Return the guards as text."""
    return [str(guard) for guard in table.guards]


def test_arithmetic_asks_for_nothing() -> None:
    table, n, m = symbols(3, 4)
    assert repr((n + m) * 2 - m) == "(2*s0 + s1)"
    assert (n + m) - n - m == 0
    assert repr(n * m // n) == "s1"
    assert repr(6 - n) == "(6 + -1*s0)"
    assert guards(table) == ["s0 != 0"]


def test_a_comparison_is_guarded_with_the_answer_it_got() -> None:
    table, n, m = symbols(3, 4)
    assert n != 1 and n != m and n < m and m >= 4
    assert guards(table) == ["s0 != 1", "s0 != s1", "s0 < s1", "s1 >= 4"]


def test_what_is_known_is_not_guarded() -> None:
    table, n = symbols(3)
    assert n >= 0 and not n < 0 and n != -1 and n > -1 and n == n and n + 1 != n and not n < n
    assert guards(table) == []


def test_equal_extents_become_one() -> None:
    table, n, m, k = symbols(3, 3, 3)
    assert n == m
    assert m == k
    assert same(n, k) and repr(n) == repr(m) == repr(k)
    assert n - k == 0 and n == k
    assert len(guards(table)) == 2


def test_an_extent_that_equals_a_number_becomes_it() -> None:
    table, n, m = symbols(1, 5)
    assert n == 1
    assert same(n, 1) and same(n * m, m) and same_extents((n, m), (1, m * n))
    assert guards(table) == ["s0 == 1"]


def test_an_equality_of_sums_and_products_is_known_afterwards() -> None:
    table, n, m, k = symbols(2, 1, 3)
    assert n - 1 == 1
    assert same(n, 2) and same(n - 1, 1)
    assert m * k == 3
    assert same(m * k, 3) and same(2 * m * k - 3, m * k) and m * k + 1 == 4
    assert guards(table) == ["(-1 + s0) == 1", "s1*s2 == 3"]


def test_same_never_asks() -> None:
    table, n, m = symbols(3, 3)
    assert not same(n, m) and not same(n, 3) and not same_extents((n,), (m, n))
    assert guards(table) == []


def test_asked_for_a_plain_number_it_is_fixed() -> None:
    table, n = symbols(3)
    assert list(range(n)) == [0, 1, 2] and [10, 20, 30, 40][n] == 40
    assert guards(table) == ["s0 == 3"] and same(n, 3)


def test_truth_is_not_being_zero() -> None:
    table, n, m = symbols(3, 0)
    assert n and not m
    assert guards(table) == ["s0 != 0", "s1 == 0"]


def test_a_quotient_of_what_may_be_negative_is_not_taken_for_positive() -> None:
    table, n = symbols(3)
    assert not (n - 10) // 2 >= 0
    assert guards(table) == ["((-10 + s0) // 2) < 0"]


def test_dividing_by_an_extent_is_guarded_and_does_not_fix_it() -> None:
    table, n, m = symbols(12, 4)
    assert (n // m).hint == 3 and (n % m).hint == 0 and (30 // m).hint == 7 and (30 % m).hint == 2
    assert guards(table) == ["s1 != 0"]


@pytest.mark.parametrize("divide", [lambda x, y: x // y, lambda x, y: x % y, lambda x, y: (x * y) // y])
def test_dividing_by_an_extent_that_is_zero_raises_value_error(divide: Any) -> None:
    _, n, m = symbols(3, 0)
    with pytest.raises((ValueError, ZeroDivisionError)):
        divide(n, m)


def test_products_and_texts() -> None:
    _, n, m = symbols(3, 4)
    assert str(expression(product((n, 2, m)))) == "2*s0*s1" and product(()) == 1 and str(expression(7)) == "7"
    assert str(expression(abs(n - 5))) == "(5 + -1*s0)" and str(expression(-n)) == "-1*s0"
    assert expression(n * m) == expression(m * n) != expression(n) and expression(7).number == 7


def test_a_sealed_table_asks_for_nothing_more() -> None:
    table, n = symbols(3)
    assert n > 2
    table.seal()
    assert n > 2 and not n <= 2 and guards(table) == ["s0 > 2"]
    with pytest.raises(AssertionError, match="s0 != 4 is asked for after the code"):
        assert n != 4


@pytest.mark.parametrize("other", ["3", 3.0, None])
def test_only_integers_mix(other: Any) -> None:
    _, n = symbols(3)
    with pytest.raises(TypeError):
        assert n + other
    with pytest.raises(TypeError):
        assert n < other
    assert n != other
