"""`tensorflow.python.util.nest`: what libraries take of it besides its public names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...ops.base import nest, nest_shallow

__all__ = ["assert_same_structure"]

_is_namedtuple = nest.is_namedtuple
_is_mapping = nest.is_mapping
_is_attrs = nest.is_attrs
is_sequence_or_composite = nest.is_nested_or_composite
assert_same_structure = nest.assert_same_structure


def _sequence_like(instance: Any, args: Any) -> Any:
    """Return a structure like `instance` of one level with other values."""
    return nest._rebuild(instance, nest._nested_kind(instance, True), list(args))


def _yield_value(iterable: Any) -> Iterator[Any]:
    """Yield the values of one level, of mappings in the order of their keys."""
    yield from nest._children(iterable, nest._nested_kind(iterable, True))


def __getattr__(name: str) -> Any:
    return getattr(nest_shallow if hasattr(nest_shallow, name) else nest, name)
