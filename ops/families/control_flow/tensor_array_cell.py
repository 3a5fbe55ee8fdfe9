"""The memory of a TensorArray in a step: a list of arrays, and the arrays of its gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError, OpError
from ...types.dtypes import DType
from ...types.tensor_shape import TensorShape, merge_extents


class TensorArrayCell:
    """A list of arrays.

    Attributes:
      name: for messages.
      extents: what every element's shape must fit.
      identical: whether all elements have one shape, which the first tells.
      adds: whether what is written to one place adds up: of a gradient.
      source: of a gradient, the cell it belongs to.
    """

    def __init__(
        self, name: str, dtype: DType, size: int, extents: Any, dynamic: bool, clear: bool, identical: bool
    ) -> None:
        if size < 0:
            raise InvalidArgumentError(None, None, f"Size should be >= 0, but received {size}")
        self.name = name
        self.dtype = dtype
        self.extents = extents
        self.dynamic = dynamic
        self.clear = clear
        self.identical = identical
        self.adds = False
        self.source: TensorArrayCell | None = None
        self._size = size
        self._list: list[Any] | None = None  # the elements, once one of them is looked at or written
        self._whole: Any = None  # all elements in one array, until somebody looks at one of them
        self._taken: set[int] = set()
        self._all_taken = False
        self._used = False  # whether anything was written to a single place
        self._places: list[int] = []  # where, in order; some may have been read since
        self._gradients: dict[str, TensorArrayCell] = {}

    def __len__(self) -> int:
        return self._size if self._list is None else len(self._list)

    @property
    def _items(self) -> list[Any]:
        """The elements one by one; None for those that are not there."""
        if self._list is None:
            self._list = [None] * self._size
        return self._list

    @_items.setter
    def _items(self, items: list[Any]) -> None:
        self._list = items

    def _forget(self) -> None:
        """Have no elements one by one."""
        self._size, self._list = len(self), None

    def gradient(self, source: str) -> TensorArrayCell:
        """The array of the gradients of one call of `gradients`, made at its first use; of this array's size."""
        found = self._gradients.get(source)
        if found is None:
            found = TensorArrayCell(
                f"{self.name}@{source}", self.dtype, len(self), self.extents, False, False, self.identical
            )
            found.adds = True
            found.source = self
            self._gradients[source] = found
        return found

    def _error(self, text: str) -> OpError:
        error: OpError = InvalidArgumentError(None, None, f"TensorArray {self.name}: {text}")
        return error

    @property
    def is_fresh(self) -> bool:
        """Whether nothing was written or read yet."""
        return self._whole is None and not (self._taken or self._used or self._all_taken)

    # For loops that run natively.

    @property
    def elements(self) -> Any:
        """All elements in one array, some of which may have been taken; None if they do not lie so."""
        return self._whole

    @property
    def is_whole(self) -> bool:
        """Whether all elements lie in one array, and none was taken."""
        return self._whole is not None and not self._taken

    def may_fill(self, shape: tuple[int, ...]) -> bool:
        """Whether an array of this shape may be all elements."""
        return self.is_fresh and not self.adds and len(self) == shape[0] and self._may_have(shape[1:])

    def took(self, indices: list[int]) -> bool:
        """Note that elements of `elements` were read; False, and nothing noted, if one may not be read any more."""
        if not self.clear:
            return True
        taken = set(indices)
        if len(taken) != len(indices) or not taken.isdisjoint(self._taken):
            return False
        self._taken |= taken
        if len(self._taken) == len(self):
            self.take_all()
        return True

    def to_read(self) -> tuple[Any, Any]:
        """All elements in one array, and a byte per element: 1 if it was taken, 2 if it may be read again; (None, None)
        if they do not lie so."""
        if self._whole is None:
            return None, None
        return self._whole, self._marks(self._taken) if self.clear else np.full(len(self), 2, np.uint8)

    def to_write(self, shape: tuple[int, ...]) -> tuple[Any, Any]:
        """Memory for all elements, of a shape, and a byte per element that is 1 if it was written; (None, None) if
        there is something else."""
        if self._whole is not None or self._taken or self._all_taken or self.adds or not self._may_have(shape):
            return None, None
        known = [index for index in self._places if self._items[index] is not None] if self._used else []
        memory = np.empty((len(self), *shape), self.dtype.np_dtype)
        for index in known:
            if np.shape(self._items[index]) != shape:
                return None, None
            memory[index] = self._items[index]
        return memory, self._marks(known)

    def _may_have(self, shape: tuple[int, ...]) -> bool:
        """Whether elements of a shape may be written."""
        known = self.extents
        if known is None:
            return True
        return len(known) == len(shape) and all(a is None or a == b for a, b in zip(known, shape))

    def _marks(self, indices: Any) -> Any:
        marks = np.zeros(len(self), np.uint8)
        marks[list(indices)] = 1
        return marks

    def was_written(self, memory: Any, marks: Any) -> None:
        """Take over what was put into memory of `to_write`."""
        if marks.all():
            self.fill(memory)
        else:
            self._items = [np.asarray(memory[i]) if mark else None for i, mark in enumerate(marks.tolist())]
            self._places = np.flatnonzero(marks).tolist()
            self._used = True
        if self.identical and marks.any():
            self.extents = memory.shape[1:]

    def was_read(self, marks: Any) -> None:
        """Note what was read of `to_read`."""
        if not self.clear:
            return
        if marks.all():
            self.take_all()
        else:
            self._taken.update(np.flatnonzero(marks).tolist())

    def fill(self, value: Any) -> None:
        """Write all elements at once. Requires: rows of a shape that fits."""
        if self.identical and len(value):
            self.extents = value.shape[1:]
        self._whole = value
        self._size, self._list = len(value), None

    def take_all(self) -> None:
        """All elements were read."""
        if self.clear:
            self._whole = None
            self._forget()
            self._all_taken = True

    def _spread(self) -> None:
        if self._whole is not None:
            kind = self._whole.dtype
            self._items = [None if i in self._taken else np.asarray(row, kind) for i, row in enumerate(self._whole)]
            self._places = list(range(len(self)))
            self._whole = None

    def write(self, index: int, value: Any) -> None:
        """Put an array in a place. Raises: InvalidArgumentError."""
        self._check_type(value)
        self._spread()
        if index < 0 or (index >= len(self) and not self.dynamic):
            raise self._error(f"Tried to write to index {index} but array is not resizeable and size is: {len(self)}")
        if index >= len(self):
            self._items += [None] * (index + 1 - len(self))
        self._check_shape(index, value)
        known = self._items[index]
        if known is not None:
            if not self.adds:
                text = f"Could not write to TensorArray index {index} because it has already been written to."
                raise self._error(text)
            value = known + value
        elif self._all_taken or index in self._taken:
            raise self._error(f"Could not write to TensorArray index {index} because it has already been read.")
        else:
            self._places.append(index)
        self._items[index] = value
        self._used = True

    def write_many(self, places: list[int], values: list[Any]) -> bool:
        """Put arrays in places, as `write` does one after the other; False, and nothing is done, unless all are new
        places of an array that takes them."""
        self._spread()
        size = max(places, default=-1) + 1
        shapes = {value.shape for value in values}
        if len(shapes) != 1 or min(places) < 0 or (size > len(self) and not self.dynamic) or self._all_taken:
            return False
        try:
            merged = merge_extents(self.extents, shapes.pop())
        except ValueError:
            return False
        if not all(map(self.takes, values)):
            return False
        fresh = set(places)
        items = self._items
        if len(fresh) < len(places) or not fresh.isdisjoint(self._taken):
            return False
        if any(place < len(items) and items[place] is not None for place in places):
            return False
        items += [None] * (size - len(items))
        for place, value in zip(places, values):
            items[place] = value
        self._places += places
        self._used = True
        if self.identical:
            self.extents = merged
        return True

    def takes(self, value: Any) -> bool:
        """Whether a value is of the array's type."""
        kind = getattr(value, "dtype", None)
        wanted = self.dtype.np_dtype
        return kind is None or kind == wanted or wanted.kind == "O"

    def _check_type(self, value: Any) -> None:
        # Found in the step, not while the graph is built: what is never fetched may be of any type (a mapped function
        # that returns two values, of which one is used).
        if not self.takes(value):
            text = f"TensorArray dtype is {self.dtype.name} but Op is trying to write dtype {value.dtype}."
            raise InvalidArgumentError(None, None, text)

    def _check_shape(self, index: int, value: Any) -> None:
        shape = np.shape(value)
        try:
            merged = merge_extents(self.extents, shape)
        except ValueError:
            wanted = TensorShape._of(self.extents)
            raise self._error(
                f"Could not write to TensorArray index {index} because the value shape is {list(shape)} which is "
                f"incompatible with the TensorArray's inferred element shape: {wanted} (consider setting "
                "infer_shape=False)."
            ) from None
        if self.identical:
            self.extents = merged

    def read(self, index: int) -> Any:
        """Take the array at a place. Raises: InvalidArgumentError."""
        if not 0 <= index < len(self):
            raise self._error(f"Tried to read from index {index} but array size is: {len(self)}")
        if self._whole is not None and index not in self._taken:
            if self.clear:
                self._taken.add(index)
            return np.asarray(self._whole[index], self._whole.dtype)  # a string by itself would lose its last zeros
        value = self._items[index]
        if value is None:
            value = self._unwritten(index)
        if self.clear:
            self._items[index] = None
            self._taken.add(index)
        return value

    def _unwritten(self, index: int) -> Any:
        if self._all_taken or index in self._taken:
            raise self._error(
                f"Could not read index {index} twice because it was cleared after a previous read (perhaps try setting "
                "clear_after_read = false?)."
            )
        shape = self.extents
        if self.adds and self.source is not None:
            forward = self.source.peek(index)
            shape = np.shape(forward) if forward is not None else shape
        if shape is None or None in shape:
            raise self._error(
                f"Could not read from TensorArray index {index}.  Furthermore, the element shape is not fully defined: "
                f"{TensorShape._of(shape)}.  It is possible you are working with a resizeable TensorArray and "
                "stop_gradients is not allowing the gradients to be written.  If you set the full element_shape "
                "property on the forward TensorArray, the proper all-zeros tensor will be returned instead of "
                "incurring this error."
            )
        return np.zeros(shape, self.dtype.np_dtype)

    def peek(self, index: int) -> Any:
        """The array at a place, left there; None if there is none."""
        self._spread()
        return self._items[index] if 0 <= index < len(self) else None

    def read_many(self, indices: Any, extents: Any) -> Any:
        """The arrays at some places, one after another along a new first axis."""
        if self._whole is not None and not self._taken and _is_all(indices, len(self)):
            result = self._whole
            self.take_all()
            return result
        items = [self.read(index) for index in indices.reshape(-1).tolist()]
        if not items:
            known = merge_extents(self.extents, extents)
            if known is None or None in known:
                raise self._error("has size zero, but element shape is not fully defined. Currently only static shapes "
                                  "are supported when packing zero-size TensorArrays.")  # fmt: skip
            return np.zeros((0, *known), self.dtype.np_dtype)
        if any(item.shape != items[0].shape for item in items):
            raise self._error(
                f"shapes differ: {list(items[0].shape)} and "
                f"{list(next(i.shape for i in items if i.shape != items[0].shape))}"
            )
        return np.stack(items)

    def concat(self, extents: Any) -> tuple[Any, Any]:
        """All arrays along their first axis, and how long each is."""
        items = [self.read(index) for index in range(len(self))]
        if any(item.ndim == 0 for item in items):
            raise self._error("Concat saw a scalar shape at index 0 but requires at least vectors.")
        lengths = np.array([len(item) for item in items], np.int64)
        if not items:
            if extents is None or None in extents:
                raise self._error("has size zero, but element_shape_except0 is not fully defined.")
            return np.zeros((0, *extents), self.dtype.np_dtype), lengths
        return np.concatenate(items), lengths

    def split(self, value: Any, lengths: Any) -> None:
        """Put the parts of an array in the places, each of so many rows."""
        if int(lengths.sum()) != len(value):
            raise self._error(
                f"Expected sum of lengths to be equal to values.shape[0], but sum of lengths is {int(lengths.sum())} "
                f"and value's shape is: {list(value.shape)}"
            )
        if len(lengths) != len(self) and not self.dynamic:
            raise self._error(
                f"TensorArray's size is not equal to the size of lengths ({len(self)} vs. {len(lengths)}), and the "
                "TensorArray is not marked as dynamically resizeable"
            )
        at = 0
        for index, length in enumerate(lengths.tolist()):
            self.write(index, value[at : at + length])
            at += length

    def scatter(self, indices: Any, value: Any) -> None:
        """Put the rows of an array in places."""
        if value.ndim == 0 or len(value) != indices.size:
            raise self._error(
                f"Expected len(indices) == values.shape[0], but saw: {indices.size} vs. "
                f"{len(value) if value.ndim else 'a scalar'}"
            )
        if len(value) and _is_all(indices, len(self)) and self.is_fresh:
            self._check_type(value)
            self._check_shape(0, value[0])
            self.fill(value)
            return
        for index, row in zip(indices.reshape(-1).tolist(), value):
            self.write(index, np.asarray(row, value.dtype))

    def __repr__(self) -> str:
        return f"<TensorArray {self.name} {self.dtype.name} of {len(self)}>"


def _is_all(indices: Any, count: int) -> bool:
    """Whether indices are 0, 1, 2, ... up to all."""
    if indices.size != count or not count:
        return bool(indices.size == count)
    flat = indices.reshape(-1)
    return bool(flat[0] == 0 and flat[-1] == count - 1 and (flat[1:] > flat[:-1]).all())
