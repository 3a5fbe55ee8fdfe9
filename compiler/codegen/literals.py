"""Kernels that are alike but for their numbers become one: the numbers that differ are read from a table.

Layers of a network are often equal loops with other learning rates, slopes and offsets. Compiled one by one they take
seconds; so numbers that differ between kernels of one plan are taken out of the source, and each kernel is handed the
address of its own table of them as the last of its extents.

Worked example: of `v0 = f32(e0 * f32(0.5))` and `v0 = f32(e0 * f32(0.75))` both become

    def kernel(x0, r0, n0, numbers, start, stop):
        c0 = number_f32(numbers, 0)
        ...
        v0 = f32(e0 * f32(c0))

A number stays where it makes the loop faster than any other would be: in powers, in divisions, as the start of a sum,
and where all kernels have the same one. Numbers that are always equal to each other share one place in the table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from ..tree import nodes
from ..tree.nodes import Assign, Body, Call, Cast, Expression, KernelTree, Number, Variable
from ..tree.python_source import Printer, numbered_source
from ..tree.rewriting import Rewriter
from .kernel import Kernel

_TYPES: Final = frozenset({"f32", "f64"})  # whose numbers may be taken out
_TABLE: Final = Variable("numbers")
_HOLE: Final = Variable("?")  # stands in the place of any number

_Number = tuple[str, str]  # its type, and as it is written: 0.0 is not -0.0
_Column = tuple[_Number, ...]  # what kernels have at one place
_Places = dict[_Column, int]


class _Taken(Rewriter):
    """Copies a kernel's tree without its numbers: kernels are alike if such trees are.

    Attributes:
      numbers: those that are taken out. holes: what stands in their places, still without a value.
      key: what alike kernels have in common.
    """

    def __init__(self, kernel: Kernel) -> None:
        super().__init__()
        self.kernel = kernel
        self.numbers: list[_Number] = []
        self.holes: list[Cast] = []
        self._powers = 0  # how many of them are around this place
        self.body_of_holes = self.body(kernel.tree.body)
        tree = kernel.tree
        text = Printer(True).kernel(KernelTree(tree.arrays, tree.integers, self.body_of_holes))
        self.key = tree.types, tuple(kind for kind, _ in self.numbers), text

    def share(self, columns: Sequence[_Column], places: _Places, number: int, text: str) -> str:
        """Have the kernel read its numbers from a table; `text` is the source of one that is alike, if it is known."""
        for hole, own, column in zip(self.holes, self.numbers, columns):
            hole.value = _read(places[column]) if column in places else Number(float(own[1]))
        tree = self.kernel.tree
        names = [variable.name for variable in tree.integers]
        before = names.index("phase" if "phase" in names else "start")
        reads: Body = [
            Assign(_read(place), Call(f"number_{column[0][0]}", [_TABLE, Number(place)]))
            for column, place in places.items()
        ]
        integers = [*tree.integers[:before], _TABLE, *tree.integers[before:]]
        shared = KernelTree(tree.arrays, integers, [*reads, *self.body_of_holes])
        shared.numbered = text or numbered_source(shared)
        self.kernel.share(shared, np.array([float(column[number][1]) for column in places]))
        return shared.numbered

    def cast(self, node: Cast) -> Expression:
        """A number, or a conversion."""
        if not _is_number(node):
            return super().cast(node)
        if self._powers:
            return node
        self.numbers.append((node.kind, repr(node.value.value)))  # type: ignore[attr-defined]
        self.holes.append(Cast(node.kind, _HOLE))
        return self.holes[-1]

    def assigned(self, node: Expression) -> Expression:
        """Where a sum starts."""
        return self._with_number(node)

    def divisor(self, node: Expression) -> Expression:
        """A division by a number that is known may become a product."""
        return self._with_number(node)

    def bound(self, relation: str, node: Expression) -> Expression:
        """Bounds of masks."""
        return self._with_number(node) if relation.endswith("=") else self.expression(node)

    def routine(self, node: nodes.Routine) -> Expression:
        """Powers are other functions for some exponents."""
        is_power = node.function.startswith("pow")
        self._powers += is_power
        found = super().routine(node)
        self._powers -= is_power
        return found

    def _with_number(self, node: Expression) -> Expression:
        """An expression; if it is a number, that stays."""
        found, operands = node, self._operands
        while type(found) is nodes.Operand:
            found, operands = operands[0][found.name], operands[1]
        return found if type(found) is Cast and _is_number(found) else self.expression(node)


def _is_number(node: Cast) -> bool:
    """Whether it is a number that could be taken out."""
    value = node.value.value if type(node.value) is Number else None
    return node.kind in _TYPES and isinstance(value, (int, float)) and type(value) is not bool and math.isfinite(value)


def _read(place: int) -> Variable:
    return Variable(f"c{place}")


def share_kernels(kernels: Iterable[Kernel]) -> None:
    """Rewrite the kernels that are equal but for their numbers."""
    similar: dict[tuple[object, ...], list[Kernel]] = {}
    for kernel in kernels:
        similar.setdefault((kernel.tree.types, len(kernel.group.instructions)), []).append(kernel)
    alike: dict[tuple[object, ...], list[_Taken]] = {}
    for some in similar.values():
        for taken in map(_Taken, some if len(some) > 1 else ()):
            alike.setdefault(taken.key, []).append(taken)
    for each in alike.values():
        if len(each) > 1:
            _share(each)


def _share(alike: list[_Taken]) -> None:
    columns = [tuple(taken.numbers[place] for taken in alike) for place in range(len(alike[0].numbers))]
    places: _Places = {}
    for column in columns:
        if len(set(column)) > 1:
            places.setdefault(column, len(places))
    if not places:
        return
    text = ""
    for number, taken in enumerate(alike):
        text = taken.share(columns, places, number, text)
