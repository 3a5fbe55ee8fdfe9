"""`TensorList`: the value of a list of tensors. It does not change; what writes to it makes another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from ...base.errors import InvalidArgumentError
from ...types.dtypes import DType
from ...types.tensor_shape import TensorShape, merge_extents


def refuse(message: str) -> NoReturn:
    """Raises: InvalidArgumentError."""
    raise InvalidArgumentError(None, None, message)


def spelled(extents: Any) -> str:
    """A shape as TensorFlow writes one that is known in part: [?,3]."""
    return "<unknown>" if extents is None else f"[{','.join('?' if n is None else str(n) for n in extents)}]"


def merged(first: Any, second: Any) -> Any:
    """What two shapes say together. Raises: InvalidArgumentError if they contradict each other."""
    try:
        return merge_extents(first, second)
    except ValueError:
        refuse(
            f"PartialTensorShape: Incompatible shapes during merge: {spelled(first)} vs. {spelled(second)}",
        )


class TensorList:
    """A list of tensors of one type.

    Attributes:
      dtype: of the elements.
      extents: what their shapes fit; None for any.
      items: the arrays; None where nothing has been written.
      most: how many there may be, -1 for any number.
    """

    __slots__ = ("dtype", "extents", "items", "most")

    def __init__(self, dtype: DType, extents: Any, items: Sequence[Any], most: int = -1) -> None:
        self.dtype = dtype
        self.extents = extents
        self.items = list(items)
        self.most = most

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return f"<TensorList of {len(self)} {self.dtype.name} {spelled(self.extents)}>"

    def __add__(self, other: TensorList) -> TensorList:
        """Element by element: the sum of gradients. Raises: InvalidArgumentError for another length or type."""
        if len(self) != len(other):
            refuse(f"Trying to add two lists of tensors of different lengths: {len(self)} and {len(other)}")
        self.check_type(other.dtype)
        pairs = zip(self.items, other.items)
        sums = [y if x is None else x if y is None else np.asarray(x + y) for x, y in pairs]
        return TensorList(self.dtype, merged(self.extents, other.extents), sums)

    def zeros(self) -> TensorList:
        """A list like this one of zeros."""
        items = [None if item is None else np.zeros_like(item) for item in self.items]
        return TensorList(self.dtype, self.extents, items)

    def with_items(self, items: Sequence[Any]) -> TensorList:
        """A list like this one with other elements."""
        return TensorList(self.dtype, self.extents, items, self.most)

    def check_type(self, dtype: DType) -> None:
        """Raises: InvalidArgumentError if the elements have another type."""
        if dtype.base_dtype is not self.dtype:
            refuse(f"Invalid data types; op elements {dtype.base_dtype.name} but list elements {self.dtype.name}")

    def check_item(self, item: Any, what: str) -> None:
        """Raises: InvalidArgumentError if an array's shape does not fit."""
        if not TensorShape(self.extents).is_compatible_with(TensorShape(item.shape)):
            refuse(
                f"Tried to {what} a tensor with incompatible shape to a list. Op element shape: "
                f"{spelled(item.shape)} list shape: {spelled(self.extents)}"
            )

    def shape_of_items(self, asked: Any) -> Any:
        """What is known of the elements' shapes: what is asked for, what the list says, what elements there are."""
        known = merged(asked, self.extents)
        if known is None or None in known:
            for item in self.items:
                if item is not None:
                    known = merged(known, item.shape)
        return known

    def item(self, index: int, asked: Any) -> Any:
        """An element; zeros where nothing has been written, of the shape asked for."""
        found = self.items[index]
        return self.blank(asked) if found is None else found

    def blank(self, asked: Any) -> Any:
        """Zeros of the shape of the elements. Raises: InvalidArgumentError if it is not known."""
        known = self.shape_of_items(asked)
        if known is None or None in known:
            refuse(
                "Trying to read an uninitialized tensor but element_shape is not fully defined: "
                f"{spelled(known)} and no list element is set."
            )
        return zeros_of(self.dtype, known)

    def stacked(self, asked: Any) -> Any:
        """All elements in one array. Raises: InvalidArgumentError if their shape is not known, or not one."""
        known = merged(asked, self.extents)
        if not self.items:
            if known is None or None in known:
                refuse(
                    f"Tried to stack elements of an empty list with non-fully-defined element_shape: {spelled(known)}"
                )
            return zeros_of(self.dtype, (0, *known))
        known = self.shape_of_items(asked)
        if known is None or None in known:
            refuse(
                "Tried to stack list which only contains uninitialized tensors and has a non-fully-defined "
                f"element_shape: {spelled(known)}"
            )
        for item in self.items:
            if item is not None and item.shape != tuple(known):
                merged(known, item.shape)
        blank = zeros_of(self.dtype, known)
        return np.stack([blank if item is None else item for item in self.items])


def zeros_of(dtype: DType, shape: Any) -> Any:
    """Zeros; empty strings."""
    if dtype.np_dtype == np.object_:
        return np.full(shape, b"", object)
    return np.zeros(shape, dtype.np_dtype)


def held(value: TensorList) -> Any:
    """A list as the value of a variant tensor."""
    array = np.empty((), object)
    array[()] = value
    return array


def list_in(variant: Any) -> TensorList:
    """The list of a variant tensor. Raises: InvalidArgumentError if it is something else."""
    value = variant.item() if isinstance(variant, np.ndarray) else variant
    if not isinstance(value, TensorList):
        refuse(f"Input handle is not a list. Saw: {type(value).__name__!r}")
    return value


def extents_in(value: Any) -> Any:
    """The shape that a tensor of integers says: -1 alone for any rank, in a vector for any extent."""
    if not value.ndim:
        if int(value) != -1:
            refuse(f"The only valid scalar shape tensor is the fully unknown shape specified as -1, not {int(value)}")
        return None
    numbers = value.tolist()
    if min(numbers, default=0) < -1:
        refuse(f"Dimension {min(numbers)} must be >= -1")
    return tuple(None if number == -1 else number for number in numbers)
