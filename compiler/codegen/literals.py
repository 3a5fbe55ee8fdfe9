"""Kernels that are alike but for their numbers become one: the numbers that differ are read from a table.

Layers of a network are often equal loops with other learning rates, slopes and offsets. Compiled one by one they take
seconds; so numbers that differ between kernels of one plan are taken out of the source, and each kernel is handed the
address of its own table of them as the last of its extents.

Worked example: of `v0 = f32(e0 * f32(0.5))` and `v0 = f32(e0 * f32(0.75))` both become

    def kernel(x0, r0, n0, numbers, start, stop):
        c0 = number_f32(numbers, 0)
        ...
        v0 = f32(e0 * c0)

A number stays where it makes the loop faster than any other would be: in powers, in divisions, as the start of a sum,
and where all kernels have the same one. Numbers that are always equal to each other share one place in the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import numpy as np

from ..tree.python_source import numbered_source
from ..tree.reader import read_kernel
from .kernel import Kernel

_NUMBER: Final = re.compile(r"(?<=[ (])(f32|f64)\((-?\d[\d.]*(?:e[-+]?\d+)?)\)")
_STAYS: Final = re.compile(r"(?:/ |= )$|\bpow\w*\([^()]*(?:\([^()]*\)[^()]*)*$")  # what stands before one that stays
_HEAD: Final = re.compile(r"def kernel\((.*?)((?:phase, )?start, stop)\):\n")


_Column = tuple[tuple[str, str], ...]  # what kernels have at one place: type and number
_Places = dict[_Column, int]


class _Text:
    """A kernel's source in pieces: `pieces[k]`, then the number `numbers[k]`, and a last piece."""

    __slots__ = ("kernel", "numbers", "pieces")

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.pieces: list[str] = []
        self.numbers: list[tuple[str, str]] = []
        source, at = numbered_source(kernel.tree), 0
        for found in _NUMBER.finditer(source):
            line = source[source.rfind("\n", 0, found.start()) + 1 : found.start()]
            if _STAYS.search(line) or "inf" in repr(float(found[2])):
                continue
            self.pieces.append(source[at : found.start()])
            self.numbers.append((found[1], found[2]))
            at = found.end()
        self.pieces.append(source[at:])


def share_kernels(kernels: Iterable[Kernel]) -> None:
    """Rewrite the kernels that are equal but for their numbers."""
    alike: dict[tuple[object, ...], list[_Text]] = {}
    for kernel in kernels:
        text = _Text(kernel)
        kinds = tuple(kind for kind, _ in text.numbers)
        alike.setdefault((kernel.tree.types, kinds, *text.pieces), []).append(text)
    for texts in alike.values():
        if len(texts) > 1:
            _share(texts)


def _share(texts: list[_Text]) -> None:
    columns = [tuple(text.numbers[place] for text in texts) for place in range(len(texts[0].numbers))]
    places: _Places = {}
    for column in columns:
        if len(set(column)) > 1:
            places.setdefault(column, len(places))
    if not places:
        return
    tree = read_kernel(_source(texts[0], columns, places), texts[0].kernel.tree.types)
    for number, text in enumerate(texts):
        table = np.array([float(column[number][1]) for column in places])
        text.kernel.share(tree, table)


def _source(text: _Text, columns: list[_Column], places: _Places) -> str:
    """The source that all of them have."""
    parts = []
    for piece, column in zip(text.pieces, columns):
        kind, number = column[0]
        parts += [piece, f"c{places[column]}" if column in places else f"{kind}({number})"]
    body = "".join([*parts, text.pieces[-1]])
    reads = [f"    c{place} = number_{column[0][0]}(numbers, {place})\n" for column, place in places.items()]
    return _HEAD.sub(lambda found: f"def kernel({found[1]}numbers, {found[2]}):\n{''.join(reads)}", body, count=1)
