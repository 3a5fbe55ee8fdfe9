"""Loops for formulas over arrays: Python's over NumPy, `jax.lax`'s over JAX."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

Extras = dict[str, Callable[..., Any]]


def in_numpy() -> Extras:
    """`repeat`, `map_rows` and `scan_rows` in Python."""

    def repeat(count: int, body: Any, state: Any) -> Any:
        for turn in range(count):
            state = body(turn, state)
        return state

    def scan_rows(function: Any, rows: Any) -> Any:
        results = [rows[0]]
        for row in rows[1:]:
            results.append(function(results[-1], row))
        return np.stack(results)

    return {
        "repeat": repeat,
        "map_rows": lambda function, rows: np.stack([function(row) for row in rows]),
        "scan_rows": scan_rows,
    }


def in_jax() -> Extras:
    """The same by `jax.lax`; and `fold_rows`, and `with_slope` by `jax.value_and_grad`."""
    jax = importlib.import_module("jax")
    lax = jax.lax

    def scan_rows(function: Any, rows: Any) -> Any:
        def turn(before: Any, row: Any) -> Any:
            after = function(before, row)
            return after, after

        _, results = lax.scan(turn, rows[0], rows[1:])
        return jax.numpy.concatenate([rows[:1], results])

    return {
        "repeat": lambda count, body, state: lax.fori_loop(0, count, body, state),
        "map_rows": lambda function, rows: lax.map(function, rows),
        "scan_rows": scan_rows,
        "fold_rows": lambda function, state, rows: lax.scan(lambda s, row: (function(s, row), None), state, rows)[0],
        "with_slope": lambda function, weights: jax.value_and_grad(function)(weights),
    }
