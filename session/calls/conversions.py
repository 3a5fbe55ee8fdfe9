"""Values that are no graph elements but stand for some: the registry of their conversions for `Session.run`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ...ops.families.sparse.indexed_slices import IndexedSlices
from ...ops.families.sparse.sparse_tensor import SparseTensor
from .composites import (
    feed_ragged,
    feed_slices,
    feed_sparse,
    fetch_ragged,
    fetch_slices,
    fetch_sparse,
    ragged_parts,
    slices_parts,
    sparse_parts,
)


class Conversion(NamedTuple):
    """How `Session.run` takes a type: see `register_session_run_conversion_functions`."""

    tensor_type: type
    fetch: Callable[[Any], tuple[list[Any], Callable[[list[Any]], Any]]] | None
    feed: Callable[[Any, Any], list[tuple[Any, Any]]] | None
    feed_keys: Callable[[Any], list[Any]] | None


_conversions: list[Conversion] = [
    Conversion(SparseTensor, fetch_sparse, feed_sparse, sparse_parts),
    Conversion(IndexedSlices, fetch_slices, feed_slices, slices_parts),
]


def register_session_run_conversion_functions(
    tensor_type: type,
    fetch_function: Any = None,
    feed_function: Any = None,
    feed_function_for_partial_run: Any = None,
) -> None:
    """Let objects of your own type be fetched and fed.

    Args:
      tensor_type: the type; its subclasses are taken too, unless they are registered themselves later.
      fetch_function: `fetch -> (list of graph elements, function from the list of their values to the result)`.
      feed_function: `(key, value) -> list of (tensor, value)` pairs to feed instead.
      feed_function_for_partial_run: `key -> list of tensors`, for `make_callable` and `partial_run_setup`.
    Raises: ValueError if the type, or a base of it, is registered already with the very same type.
    """
    for conversion in _conversions:
        if conversion.tensor_type is tensor_type:
            raise ValueError(f"{tensor_type} has already been registered so ignore it.")
    _conversions.insert(0, Conversion(tensor_type, fetch_function, feed_function, feed_function_for_partial_run))


def conversion_of(value: Any, part: str) -> Any:
    """Return the conversion function `part` ("fetch", "feed", "feed_keys") for `value`, or None."""
    for conversion in _conversions:
        if isinstance(value, conversion.tensor_type):
            function = getattr(conversion, part)
            if function is not None:
                return function
    if hasattr(type(value), "nested_row_splits"):  # a RaggedTensor, whose module is imported where one is made
        return {"fetch": fetch_ragged, "feed": feed_ragged, "feed_keys": ragged_parts}[part]
    return None
