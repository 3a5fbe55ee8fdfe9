"""Arguments read where they lie though they are not dense: slices, transposed and broadcast views of large arrays.

The *layout* of an argument has a letter per axis: "1" where elements follow each other, "0" where all are one, "w" or
"s" where they lie at a distance that is a symbol of the variant, as extents are: "w" if it is wide enough for all that
lies dense, as the lines of a matrix are. BLAS reads such lines, and none that overlap. The layout of a dense array is
empty. A variant is made for layouts as it is for ranks; it checks them on entry.

The first call with a layout copies: a variant costs more than a copy. Not so where there are reductions, whose sums
may come to other bits in another order, or products of matrices: equal calls give equal bits.

Worked example, of arguments for x: f32[?, ?]:

    a[:, :100] of a: f32[5000, 200]    strides (800, 4) bytes    "w1": rows at a distance that is a symbol (here 200)
    a.T                                strides (4, 800)          "1s", of shape [200, 5000] "1w"
    sliding windows of 9 numbers       strides (4, 4)            "s1"
    broadcast_to(row, (5000, 100))     strides (0, 4)            "01"
    a[:, ::2]                          strides (800, 8)          "ss"
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..partition.schedule import Region
from ..plan.plan import Value
from .specialize import Specialized

if TYPE_CHECKING:
    pass

LEAST: Final = 1 << 14  # elements of an argument from which on a copy costs more than coming back to another layout
_MOST_ELEMENTS: Final = 1 << 36  # a view of more may take no memory, but its loop would not end
_MOST: Final = 8  # combinations of layouts that get variants

Layouts = tuple[str, ...]


def layout_of(array: Any) -> str | None:
    """The layout of an aligned array of positive strides; None if it has to be copied."""
    size = array.itemsize
    if (
        array.flags.c_contiguous
        or not LEAST <= array.size <= _MOST_ELEMENTS
        or any(stride < 0 or stride % size for stride in array.strides)
    ):
        return None
    letters = ["s" if stride else "0" for stride in array.strides]
    dense = [axis for axis in range(array.ndim) if array.strides[axis] == size and array.shape[axis] > 1]
    if dense:
        width = array.strides[dense[-1]] * array.shape[dense[-1]]
        letters = ["w" if stride >= width else letter for stride, letter in zip(array.strides, letters)]
        letters[dense[-1]] = "1"
    return "".join(letters)


def bind_layouts(special: Specialized, layouts: Layouts) -> None:
    """Note the strides of arguments that are not dense, in elements: numbers and symbols."""
    for position, (value, layout) in enumerate(zip(special.region.inputs, layouts)):
        strides: list[Any] = []
        for axis, letter in enumerate(layout):
            if letter in "sw":
                name = f"d{len(special.stride_bindings)}"
                special.stride_bindings.append((name, position, axis))
                strides.append(special.table.symbol(name, 2))
                if letter == "w":
                    special.wide.append((value, axis))
            else:
                strides.append(int(letter))
        if strides:
            special.strides[value] = tuple(strides)


class Seen:
    """Which combinations of layouts came, and which of them get variants."""

    def __init__(self, region: Region) -> None:
        self._known: dict[Layouts, bool] = {}  # whether they get one
        definitions = [instruction.op_def for instruction in region.instructions]
        self._at_once = any(found.reduction is not None or found.product is not None for found in definitions)

    def wants(self, layouts: Layouts) -> bool:
        """Whether arguments of these layouts are read where they lie."""
        if layouts not in self._known:
            self._known[layouts] = len(self._known) < _MOST
            return self._at_once and self._known[layouts]
        return self._known[layouts]

    def refuse(self, layouts: Layouts) -> None:
        """Have arguments of these layouts copied from now on."""
        self._known[layouts] = False


def readable(values: Iterable[Value], arrays: Sequence[Any], plain: Any, seen: Seen) -> tuple[list[Any], Layouts]:
    """The arguments as a variant can read them, and their layouts: none if all are dense, or copied.

    Args:
      plain: gives a value's array as a dense one.
    """
    values = list(values)
    own = [value.dtype.np_dtype for value in values]
    if any(not array.flags.c_contiguous for array in arrays):
        fit = [type(a) is np.ndarray and a.dtype is dtype and a.flags.aligned for a, dtype in zip(arrays, own)]
        layouts = tuple([(layout_of(array) or "") if fits else "" for array, fits in zip(arrays, fit)])
        if any(layouts) and seen.wants(layouts):
            pairs = zip(values, arrays, layouts)
            return [array.view() if layout else plain(value, array) for value, array, layout in pairs], layouts
    return [plain(value, array) for value, array in zip(values, arrays)], ()
