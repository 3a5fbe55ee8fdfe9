"""Integers divided: what compiled code does when the divisor is known, and is not 0.

An integer divided by 0 is an error of the operation, which a loop over elements cannot raise: integer division is
interpreted. Most divisors stand in the graph (`i % 10`, `index // width`), and are not 0; a quotient by such a one is
taken for an operation of its own, which fuses like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...definition.element_kinds import on_kinds
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import broadcast_shape
from ...types import dtypes


def check_divisor(x: Any, y: Any) -> None:
    """Refuse to divide integers by 0; what divides no element divides nothing."""
    if x.size and np.any(y == 0):
        raise ValueError("Integer division by zero")


def _truncate_objects(x: Any, y: Any) -> Any:
    quotient = abs(x) // abs(y)
    return quotient if (x < 0) == (y < 0) else -quotient


def truncate_divide(x: Any, y: Any) -> Any:
    """Integers, or objects in their place, divided towards zero. Raises: ValueError for a divisor of 0."""
    if x.dtype == object:
        return np.frompyfunc(_truncate_objects, 2, 1)(x, y)
    check_divisor(x, y)
    quotient = np.floor_divide(x, y)
    if x.dtype.kind == "u":
        return quotient
    return quotient + ((np.remainder(x, y) != 0) & ((x < 0) != (y < 0))).astype(x.dtype)


def by_known(name: str) -> Callable[..., Any]:
    """The expansion of an operation whose divisor may be known: the operation `name` then, else itself."""

    def expansion(build: Any, attrs: Any, x: Any, y: Any) -> Any:
        divisor = build.known(y)
        if divisor is None or divisor.dtype.kind not in "iu" or not np.all(divisor):
            return None
        return build(name, x, y)

    return expansion


def _known(name: str, kernel: Callable[..., Any], scalar: str) -> OpDef:
    return OpDef(
        name=name,
        signature="x: T, y: T -> z: T",
        where={"T": dtypes.INTEGERS},
        shape=broadcast_shape,
        kernel=kernel,
        scalar=on_kinds("iu", scalar),
        computes_extents=True,
        gradient=NOT_DIFFERENTIABLE,
    )


FLOOR_DIV_BY = _known("_FloorDivBy", np.floor_divide, "truncdiv(rounded({x} - floormod({x}, {y})), {y})")
TRUNCATE_DIV_BY = _known("_TruncateDivBy", truncate_divide, "truncdiv({x}, {y})")
FLOOR_MOD_BY = _known("_FloorModBy", np.remainder, "floormod({x}, {y})")
TRUNCATE_MOD_BY = _known("_TruncateModBy", np.fmod, "truncmod({x}, {y})")
