"""What the operations on lists of tensors do."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...types.dtypes import as_dtype
from .tensor_list import TensorList, extents_in, held, list_in, merged, refuse, spelled, zeros_of


def empty(element_shape: Any, max_num_elements: Any, *, element_dtype: Any) -> Any:
    """A list without elements."""
    return held(TensorList(element_dtype, extents_in(element_shape), (), int(max_num_elements)))


def reserve(element_shape: Any, num_elements: Any, *, element_dtype: Any) -> Any:
    """A list of so many places in which there is nothing yet."""
    count = int(num_elements)
    if count < 0:
        refuse(f"The num_elements to reserve must be a non negative number, but got {count}")
    return held(TensorList(element_dtype, extents_in(element_shape), [None] * count))


def from_tensor(tensor: Any, element_shape: Any) -> Any:
    """The rows of an array."""
    if not tensor.ndim:
        refuse("Tensor must be at least a vector, but saw shape: []")
    extents = extents_in(element_shape)
    made = TensorList(as_dtype(tensor.dtype), extents, _rows(tensor))
    merged(extents, tensor.shape[1:])
    return held(made)


def _rows(tensor: Any) -> list[Any]:
    return [tensor[number, ...] for number in range(tensor.shape[0])]


def set_item(input_handle: Any, index: Any, item: Any, *, resize_if_index_out_of_bounds: bool) -> Any:
    """The list with another element at a place, which may lie behind its end if it may grow."""
    old, at = list_in(input_handle), int(index)
    _check_type(old, item)
    if at < 0 or at >= len(old) and not resize_if_index_out_of_bounds:
        refuse(f"Trying to modify element {at} in a list with {len(old)} elements.")
    old.check_item(item, "set")
    items = [*old.items, *[None] * (at + 1 - len(old))]
    items[at] = np.asarray(item)
    return held(old.with_items(items))


def get_item(input_handle: Any, index: Any, element_shape: Any, *, element_dtype: Any) -> Any:
    """The element at a place."""
    values, at = list_in(input_handle), int(index)
    values.check_type(element_dtype)
    if not 0 <= at < len(values):
        refuse(f"Trying to access element {at} in a list with {len(values)} elements.")
    return values.item(at, extents_in(element_shape))


def stack(input_handle: Any, element_shape: Any, *, element_dtype: Any, num_elements: int) -> Any:
    """All elements in one array."""
    values = list_in(input_handle)
    values.check_type(element_dtype)
    if num_elements not in (-1, len(values)):
        refuse(f"Operation expected a list with {num_elements} elements but got a list with {len(values)} elements.")
    return values.stacked(extents_in(element_shape))


def push_back(input_handle: Any, tensor: Any) -> Any:
    """The list with one more element."""
    return held(_pushed(list_in(input_handle), np.asarray(tensor)))


def _pushed(old: TensorList, item: Any) -> TensorList:
    _check_type(old, item)
    old.check_item(item, "append")
    if old.most != -1 and len(old) >= old.most:
        refuse(f"Tried to push item into a full list list size: {len(old)} max_num_elements: {old.most}")
    return old.with_items([*old.items, item])


def push_back_batch(input_handles: Any, tensor: Any) -> Any:
    """Lists with one more element each, the rows of an array."""
    if input_handles.shape != tensor.shape[: input_handles.ndim]:
        refuse(f"Expected {tensor.shape[:1]} lists, one for each row, got {input_handles.shape}")
    result = np.empty(input_handles.shape, object)
    for place in np.ndindex(input_handles.shape):
        result[place] = _pushed(list_in(input_handles[place]), np.asarray(tensor[place], tensor.dtype))
    return result


def pop_back(input_handle: Any, element_shape: Any, *, element_dtype: Any) -> Any:
    """The list without its last element, and that."""
    old = list_in(input_handle)
    old.check_type(element_dtype)
    if not old.items:
        refuse("Trying to pop from an empty list.")
    return held(old.with_items(old.items[:-1])), old.item(-1, extents_in(element_shape))


def length(input_handle: Any) -> Any:
    """How many elements there are."""
    return np.int32(len(list_in(input_handle)))


def element_shape(input_handle: Any, *, shape_type: Any) -> Any:
    """What is known of the elements' shapes, -1 for what is not."""
    extents = list_in(input_handle).extents
    known = -1 if extents is None else [-1 if extent is None else extent for extent in extents]
    return np.array(known, shape_type.np_dtype)


def resize(input_handle: Any, size: Any) -> Any:
    """The list cut, or with places in which there is nothing."""
    old, count = list_in(input_handle), int(size)
    if count < 0:
        refuse(f"TensorListSlice expects size to be non-negative. Got: {count}")
    return held(old.with_items([*old.items[:count], *[None] * (count - len(old))]))


def gather(input_handle: Any, indices: Any, element_shape: Any, *, element_dtype: Any) -> Any:
    """Elements at places, in one array."""
    values, asked = list_in(input_handle), extents_in(element_shape)
    values.check_type(element_dtype)
    far = next((n for n in indices.tolist() if not 0 <= n < len(values)), None)
    if far is not None:
        refuse(f"Index {far} out o range; list only has {len(values)} elements.")
    known = values.shape_of_items(asked)
    return TensorList(values.dtype, known, [values.items[n] for n in indices.tolist()]).stacked(known)


def scatter(tensor: Any, indices: Any, element_shape: Any, num_elements: Any = -1) -> Any:
    """A list with the rows of an array at places."""
    places, count = indices.tolist(), int(num_elements)
    if count < -1:
        refuse(f"TensorListScatter expects num_elements >= -1, found: {count}")
    far = next((place for place in places if 0 <= count <= place), None)
    if far is not None:
        refuse(f"TensorListScatter: Trying to scatter at index {far} in list with size {count}")
    made = TensorList(as_dtype(tensor.dtype), extents_in(element_shape), [None] * max(count, 0))
    return held(_scattered(made, tensor, places))


def scatter_into(input_handle: Any, tensor: Any, indices: Any) -> Any:
    """A list with the rows of an array at places of it, and what was there elsewhere."""
    old = list_in(input_handle)
    _check_type(old, tensor)
    return held(_scattered(old, tensor, indices.tolist()))


def _scattered(old: TensorList, tensor: Any, places: list[int]) -> TensorList:
    if not tensor.ndim or tensor.shape[0] != len(places):
        rows = tensor.shape[0] if tensor.ndim else 0
        refuse(f"Invalid number of rows in input tensor. Expected: {len(places)} Actual: {rows}")
    if any(place < 0 for place in places):
        refuse("Indices in TensorListScatter must all be non-negative.")
    merged(old.extents, tensor.shape[1:])
    items = [*old.items, *[None] * (max(places, default=-1) + 1 - len(old))]
    for place, row in zip(places, _rows(tensor)):
        items[place] = np.asarray(row)
    return old.with_items(items)


def split(tensor: Any, element_shape: Any, lengths: Any) -> Any:
    """A list of pieces of an array."""
    counts, first, items = lengths.tolist(), 0, []
    if not tensor.ndim:
        refuse("Tensor must be at least a vector, but saw shape: []")
    for count in counts:
        if count < 0:
            refuse(f"Invalid value in lengths: {count}")
        if first + count > tensor.shape[0]:
            refuse(f"Attempting to slice [{first}, {first + count}] from tensor with length {tensor.shape[0]}")
        items.append(tensor[first : first + count])
        first += count
    if first != tensor.shape[0]:
        refuse(f"Unused values in tensor. Length of tensor: {tensor.shape[0]} Values used: {first}")
    made = TensorList(as_dtype(tensor.dtype), extents_in(element_shape), items)
    for item in items:
        made.check_item(item, "split")
    return held(made)


def concat(input_handle: Any, *, element_dtype: Any, element_shape: Any) -> Any:
    """The elements one behind the other, and their lengths."""
    return _concatenated(list_in(input_handle), element_dtype, element_shape, [])


def concat_v2(input_handle: Any, element_shape: Any, leading_dims: Any, *, element_dtype: Any) -> Any:
    """The same with lengths for places in which there is nothing."""
    return _concatenated(list_in(input_handle), element_dtype, extents_in(element_shape), leading_dims.tolist())


def _concatenated(values: TensorList, dtype: Any, asked: Any, lengths: list[int]) -> Any:
    values.check_type(dtype)
    known = merged(asked, values.extents)
    if known == ():
        refuse("Concat requires elements to be at least vectors, found scalars instead.")
    rest = None if known is None else known[1:]
    for item in values.items:
        if item is not None:
            rest = merged(rest, item.shape[1:])
    if rest is None or None in rest:
        refuse(
            "All except the first dimension must be fully defined when concating a list of tensors. element_shape: "
            f"{spelled(known)}"
        )
    pieces = [_piece(values, number, known, rest, lengths) for number in range(len(values))]
    counts = np.array([len(piece) for piece in pieces], np.int64)
    return (np.concatenate(pieces) if pieces else zeros_of(values.dtype, (0, *rest))), counts


def _piece(values: TensorList, number: int, known: Any, rest: Any, lengths: list[int]) -> Any:
    if values.items[number] is not None:
        return values.items[number]
    first = None if known is None else known[0]
    if first is None:
        if number >= len(lengths):
            known_lengths = f"leading_dims has only {len(lengths)} elements."
            refuse(f"List contains uninitialized tensor at index {number} but {known_lengths}")
        first = lengths[number]
    return zeros_of(values.dtype, (first, *rest))


def concat_lists(input_a: Any, input_b: Any, *, element_dtype: Any) -> Any:
    """The elements of two lists in one."""
    first, second = list_in(input_a), list_in(input_b)
    for each in (first, second):
        each.check_type(element_dtype)
    extents = merged(first.extents, second.extents)
    return held(TensorList(element_dtype, extents, [*first.items, *second.items], first.most))


def _check_type(old: TensorList, item: Any) -> None:
    old.check_type(as_dtype(item.dtype))
