"""Reading through index maps (`ops/families/arrays/index_maps.py`): the `Reader`, and loops in tiles for what lies
across."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..plan.plan import Instruction
from ..specialize.symbolic import same
from .source_lines import indented

if TYPE_CHECKING:
    from .elements import Generator

TILE = 16  # elements along each side: a cache line of float32


class IndexReader:
    """Gives an index map its inputs; what it reads becomes loads in `body`."""

    def __init__(self, generator: Generator, instruction: Instruction, body: list[str]) -> None:
        self._generator = generator
        self._instruction = instruction
        self._body = body
        self.attrs = instruction.attrs
        self.count = len(instruction.inputs)

    def known(self, position: int) -> np.ndarray[Any, Any]:
        """An input's integers."""
        return self._generator.special.known[self._instruction.inputs[position]]

    def extents(self, position: int) -> tuple[Any, ...]:
        """An input's extents."""
        return self._generator.special.extents[self._instruction.inputs[position]]

    def is_one(self, extent: Any) -> bool:
        """Whether an extent is known to be 1."""
        return same(extent, 1)

    def integer(self, extent: Any) -> str:
        """An extent as an expression."""
        return self._generator.integer(extent)

    def read(self, position: int, indices: list[str]) -> str:
        """The element of an input."""
        return self._generator.load_at(self._instruction.inputs[position], indices, self._body)

    def zero(self) -> str:
        """Zero, in the type of the result."""
        return f"{self._instruction.outputs[0].dtype.short}(0)"

    def within(self, place: str, extent: Any) -> str:
        """An index that is data, kept below an extent: it was checked, but may have been changed since."""
        return f"smaller(U({place}), {self.integer(extent)} - U(1))"

    def converted(self, text: str) -> str:
        """An expression of indices in the type of the result."""
        return f"{self._instruction.outputs[0].dtype.short}({text})"

    def choose(self, condition: str, yes: Callable[[Any], str], no: Callable[[Any], str]) -> str:
        """One of two elements, of which only that one is read."""
        kind = self._instruction.outputs[0].dtype.short
        name = self._generator.fresh("w")
        for head, function in ((f"if {condition}:", yes), ("else:", no)):
            inner: list[str] = []
            result = function(IndexReader(self._generator, self._instruction, inner))
            inner.append(f"{name} = {kind}({result})")
            self._body += [head, *("    " + line for line in inner)]
        return name


def flat_offset(indices: list[str], extents: list[str]) -> str:
    """The flat index of an element, row-major."""
    if not indices:
        return "U(0)"
    text = indices[0]
    for index, extent in zip(indices[1:], extents[1:]):
        text = f"({text}) * {extent} + {index}" if " " in text else f"{text} * {extent} + {index}"
    return text


def tiled(numbers: list[int], across: int, body: list[str], shared: int) -> list[str]:
    """A nest whose loops `across` and the innermost run over tiles.

    Args:
      numbers: the loops, the outermost first.
      across: the loop along which something lies dense in memory.
      shared: the loop that runs from `start` to `stop`.
    """
    inner = numbers[-1]
    bounds = {number: ("U(0)", f"n{number}") for number in numbers}
    bounds[shared] = ("start", "stop")
    lines = body
    for number in (inner, across):
        last = bounds[number][1]
        lines = [f"for i{number} in range(t{number}, smaller(t{number} + U({TILE}), {last})):", *indented(lines)]
    for number in reversed(numbers):
        first, last = bounds[number]
        if number in (across, inner):
            lines = [f"for t{number} in range({first}, {last}, U({TILE})):", *indented(lines)]
        else:
            lines = [f"for i{number} in range({first}, {last}):", *indented(lines)]
    return lines
