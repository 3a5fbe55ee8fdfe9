"""Specialising a region: from the shapes at hand to symbolic extents, small known integers, and guards.

The shape rules of the operations run on symbolic integers. What they compare becomes a guard; what they compute is an
expression over the arguments' extents, so the region need not be specialised again for other sizes.

Worked example, of `matmul(x, w) + b` called with [4, 3], [3, 2] and [2]:

    x: [s0, s1]  w: [s2, s3]  b: [s4]     a symbol for each extent, with its hint: 4, 3, 3, 2, 2
    MatMul asks whether s1 == s2          3 == 3: a guard; s2 stands for s1 from now on. The result: [s0, s3]
    AddV2 asks whether s3 == s4           2 == 2: a guard

A later call with [9, 5], [5, 7] and [7] answers alike and runs the same code; one with b of [1] does not: it is
specialised again, to a variant where `b` is broadcast.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...ops.base.own_words import IN_GENERAL
from ...ops.definition.kernel_call import is_small
from ...ops.definition.shape_query import ShapeQuery
from ...ops.graph import partial
from ...ops.types.tensor_shape import brackets
from ..partition.schedule import Region
from ..plan.plan import Instruction, Value
from .symbolic import Sym, SymbolTable

_LARGEST_KNOWN = 256
_MOST_ELEMENTS = 2**63 - 1


class NeedsCut(Exception):  # noqa: N818 - no error: says where to go on
    """The shape of an instruction's result depends on data: it has to run before the rest can be specialised."""

    def __init__(self, instruction: Instruction) -> None:
        super().__init__(repr(instruction))
        self.instruction = instruction


class Specialized:
    """A region with the shapes of all its values.

    Attributes:
      table: the symbols and guards.
      extents: per value, its extents (ints and symbolic integers).
      known: per value of small integers, its elements as an object array of ints and symbolic integers.
      bindings: `(symbol, input, axis)`: where each symbol is read off.
      fixed: `(input, axis, extent)`: extents taken from the graph, to be checked on entry.
      strides: per input that is not dense, its strides in elements; see `layouts.py`.
      wide: `(input, axis)`: axes whose stride is at least the extent of the dense axis.
      stride_bindings: `(symbol, input, axis)`: where each of their symbols is read off.
    """

    def __init__(self, region: Region) -> None:
        self.region = region
        self.table = SymbolTable()
        self.extents: dict[Value, tuple[Any, ...]] = {}
        self.known: dict[Value, np.ndarray[Any, Any]] = {}
        self.bindings: list[tuple[str, int, int]] = []
        self.fixed: list[tuple[int, int, int]] = []
        self.strides: dict[Value, tuple[Any, ...]] = {}
        self.wide: list[tuple[Value, int]] = []
        self.stride_bindings: list[tuple[str, int, int]] = []


def specialize(region: Region, shapes: Sequence[tuple[int, ...]]) -> Specialized:
    """Infer the shapes of a region for arguments of these shapes.

    Raises: NeedsCut where a shape depends on data, ValueError where shapes contradict each other.
    """
    result = Specialized(region)
    for position, (value, shape) in enumerate(zip(region.inputs, shapes)):
        result.extents[value] = _input_extents(result, position, value, shape)
    for instruction in region.instructions:
        _infer(result, instruction)
    return result


def _input_extents(result: Specialized, position: int, value: Value, shape: tuple[int, ...]) -> tuple[Any, ...]:
    declared = value.extents if value.extents is not None and len(value.extents) == len(shape) else (None,) * len(shape)
    extents: list[Any] = []
    for axis, (extent, static) in enumerate(zip(shape, declared)):
        if static is not None and static == extent:
            result.fixed.append((position, axis, extent))
            extents.append(extent)
        else:
            name = f"s{len(result.bindings)}"
            result.bindings.append((name, position, axis))
            extents.append(result.table.symbol(name, extent))
    return tuple(extents)


def _infer(result: Specialized, instruction: Instruction) -> None:
    if instruction.is_constant:
        value = instruction.attrs["value"]
        result.extents[instruction.outputs[0]] = value.shape
        if value.size <= _LARGEST_KNOWN and value.dtype.kind in "iub":
            result.known[instruction.outputs[0]] = value
        return
    inputs = instruction.inputs
    shapes = [result.extents[value] for value in inputs]
    query = ShapeQuery(list(shapes), instruction.attrs, None, lambda index: result.known.get(inputs[index]))
    try:
        inferred = instruction.op_def.shape(query)  # type: ignore[misc]
    except (ArithmeticError, IndexError, TypeError) as error:
        raise ValueError(IN_GENERAL) from error
    rows = inferred if type(inferred) is list else [inferred]
    for value, extents in zip(instruction.outputs, rows):
        if extents is None or any(extent is None for extent in extents):
            raise NeedsCut(instruction)
        result.extents[value] = tuple(_plain(extent) for extent in extents)
        _refuse_endless(result.extents[value])
    _note_known(result, instruction, shapes)


def _refuse_endless(extents: tuple[Any, ...]) -> None:
    """Raises: ValueError for known extents that multiply to more than 64 bits hold: the kernels say so."""
    if any(type(extent) is not int or not extent for extent in extents):
        return  # of symbols the step asks, each time
    if math.prod(extents) > _MOST_ELEMENTS:
        raise ValueError(f"{brackets(extents)} are more elements than 64 bits count")


def _plain(extent: Any) -> Any:
    """A symbolic integer that has become a constant as an int."""
    if isinstance(extent, Sym):
        return extent.plain()
    return int(extent)


def _note_known(result: Specialized, instruction: Instruction, shapes: list[Any]) -> None:
    if instruction.outputs[0].dtype.kind not in "iub":
        return
    if not instruction.op_def.computes_extents and not instruction.op_def.tells:
        return
    if any(isinstance(extent, Sym) for value in instruction.outputs for extent in result.extents[value]):
        return  # as many elements as the arguments say: counting them would fix the extent
    if not is_small([result.extents[value] for value in instruction.outputs], (), _LARGEST_KNOWN):
        return
    inputs = [result.known.get(value) for value in instruction.inputs]
    found = partial.fold(instruction.op_def, instruction.attrs, inputs, shapes)
    for value, elements in zip(instruction.outputs, found or ()):
        if elements.size <= _LARGEST_KNOWN and _all_integers(elements):
            result.known[value] = elements


def _all_integers(elements: np.ndarray[Any, Any]) -> bool:
    return all(isinstance(item, (int, Sym, bool, np.integer, np.bool_)) for item in elements.reshape(-1).tolist())
