"""Holding routines to the kernels they stand in for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sessile.compiler.executors import interpreter
from sessile.compiler.plan.plan import Instruction, Value
from sessile.compiler.routines import run
from sessile.ops.definition.registry import lookup
from sessile.ops.types import dtypes

ALL_TYPES = (np.float32, np.float64, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)


def instruction(op_type: str, arrays: Sequence[Any], results: Sequence[Any], **attrs: Any) -> Instruction:
    """An instruction over arrays, with results of these types."""
    values = [Value(f"x{n}", dtypes.as_dtype(array.dtype), None) for n, array in enumerate(arrays)]
    made = [Value(f"r{n}", dtypes.as_dtype(np.dtype(kind)), None) for n, kind in enumerate(results)]
    return Instruction(lookup(op_type), attrs, values, made)


def both(
    op_type: str, arrays: Sequence[Any], results: Sequence[Any], threads: int = 2, **attrs: Any
) -> tuple[list[Any] | None, list[Any]]:
    """What the routine and the kernel of an operation make of arrays; None for the first if it does not take them."""
    made = instruction(op_type, arrays, results, **attrs)
    with np.errstate(all="ignore"):
        found = run._run(made, arrays, threads)
        wanted = [np.array(array) for array in interpreter.execute(made, arrays, None)]
    return None if found is None else [np.array(array) for array in found], wanted


def numbers(random: np.random.Generator, shape: Any, kind: Any, hostile: bool = False) -> Any:
    """Numbers of a type; hostile floats have NaN, infinities and both zeros among them."""
    kind = np.dtype(kind)
    if kind.kind != "f":
        info = np.iinfo(kind)
        return random.integers(info.min, info.max, shape, kind, endpoint=True)
    found = random.normal(size=shape).astype(kind)
    if hostile:
        special = np.array([np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0], kind)
        found = np.where(random.random(shape) < 0.1, random.choice(special, shape), found)
    return found
