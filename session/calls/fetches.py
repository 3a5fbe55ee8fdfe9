"""Fetches: what `Session.run` is asked for, in any nesting, and putting the values back in the same nesting."""

from __future__ import annotations

import types
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from ...ops.graph.graph import Graph
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from .conversions import conversion_of

Rebuild = Callable[[list[Any]], Any]


class InaccessibleTensorError(ValueError):
    """A tensor or operation was fetched that `Graph.prevent_fetching` forbids."""


class FetchPlan:
    """The graph elements that fetches need, each once, and the way back.

    Attributes:
      elements: Tensors and Operations without duplicates.
      rebuild: from the list of their values (None for an operation) to what the user gets.
      flat: "single" if the fetches are one element in no structure, "list" or "tuple" if they are just that of
        different elements; else None.
    """

    __slots__ = ("elements", "flat", "rebuild")

    def __init__(self, elements: list[Any], rebuild: Rebuild, flat: str | None) -> None:
        self.elements = elements
        self.flat = flat
        self.rebuild = rebuild


def plan_fetches(graph: Graph, fetches: Any) -> FetchPlan:
    """Find the graph elements in `fetches`.

    Raises: TypeError for something that cannot be fetched, ValueError for names and elements that are not in `graph`.
    """
    planner = _Planner(graph)
    rebuild = planner.visit(fetches)
    return FetchPlan(list(planner.positions), rebuild, _flat(fetches, len(planner.positions)))


def _flat(fetches: Any, count: int) -> str | None:
    elements = (Tensor, Operation, str, bytes)
    if isinstance(fetches, elements):
        return "single"
    kind = type(fetches)
    if kind not in (list, tuple) or len(fetches) != count or not all(isinstance(item, elements) for item in fetches):
        return None
    return str(kind.__name__)


class _Planner:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.positions: dict[Any, int] = {}

    def visit(self, fetch: Any) -> Rebuild:
        """Note the elements in `fetch`; return the function that rebuilds its structure from values."""
        if isinstance(fetch, (Tensor, Operation, str, bytes)):
            return self._leaf(fetch)
        if fetch is None:
            raise TypeError(f'Argument `fetch` = {fetch} has invalid type "NoneType". Cannot be None')
        if isinstance(fetch, list):
            return _rebuild_list([self.visit(item) for item in fetch])
        if isinstance(fetch, tuple):
            return _rebuild_tuple(type(fetch), [self.visit(item) for item in fetch])
        if isinstance(fetch, Mapping):
            return _rebuild_mapping(fetch, [self.visit(item) for item in fetch.values()])
        if hasattr(type(fetch), "__attrs_attrs__"):
            names = [attribute.name for attribute in type(fetch).__attrs_attrs__]
            return _rebuild_attrs(type(fetch), names, [self.visit(getattr(fetch, name)) for name in names])
        function = conversion_of(fetch, "fetch")
        if function is not None:
            elements, contract = function(fetch)
            return _rebuild_converted(contract, [self._leaf(element) for element in elements])
        return self._leaf(fetch)

    def _leaf(self, fetch: Any) -> Rebuild:
        element = self._element(fetch)
        position = self.positions.setdefault(element, len(self.positions))
        return lambda values: values[position]

    def _element(self, fetch: Any) -> Any:
        try:
            element = self.graph.as_graph_element(fetch)
        except TypeError as error:
            kind = type(fetch).__name__
            raise TypeError(
                f'Argument `fetch` = {fetch} has invalid type "{kind}" must be a string or Tensor. ({error})'
            ) from None
        except (ValueError, KeyError) as error:
            shown = fetch.name if isinstance(fetch, Operation) else fetch
            reason = error.args[0] if error.args else error
            raise ValueError(f"Argument `fetch` = {shown} cannot be interpreted as a Tensor. ({reason})") from None
        if not self.graph.is_fetchable(element):
            name = element.op.name if isinstance(element, Tensor) else element.name
            raise InaccessibleTensorError(
                f"Operation {name} has been marked as not fetchable. Typically this happens when it is defined in "
                "another function or code block. Use return values, explicit Python locals or TensorFlow collections "
                "to access it."
            )
        return element


def _rebuild_list(parts: list[Rebuild]) -> Rebuild:
    return lambda values: [part(values) for part in parts]


def _rebuild_tuple(kind: type, parts: list[Rebuild]) -> Rebuild:
    if hasattr(kind, "_make"):
        make: Any = kind
        return lambda values: make._make(part(values) for part in parts)
    return lambda values: kind([part(values) for part in parts])


def _rebuild_mapping(fetch: Mapping[Any, Any], parts: list[Rebuild]) -> Rebuild:
    keys = list(fetch)
    kind: Any = type(fetch)
    if hasattr(fetch, "default_factory"):
        factory = fetch.default_factory
        return lambda values: kind(factory, [(key, part(values)) for key, part in zip(keys, parts)])
    if isinstance(fetch, types.MappingProxyType):
        return lambda values: types.MappingProxyType({key: part(values) for key, part in zip(keys, parts)})
    return lambda values: kind([(key, part(values)) for key, part in zip(keys, parts)])


def _rebuild_attrs(kind: Any, names: list[str], parts: list[Rebuild]) -> Rebuild:
    return lambda values: kind(*[part(values) for part in parts])


def _rebuild_converted(contract: Callable[[list[Any]], Any], parts: list[Rebuild]) -> Rebuild:
    return lambda values: contract([part(values) for part in parts])


def structure_key(fetches: Any) -> Any:
    """Return a hashable key: equal for fetches that ask for the same elements in the same structure.

    Raises: TypeError if there is none (the fetches are walked anew then).
    """
    kind = type(fetches)
    if kind is Tensor or kind is Operation or kind is str:
        return fetches
    if isinstance(fetches, (list, tuple)):
        return kind, *[structure_key(item) for item in fetches]
    if kind is dict or kind is OrderedDict:
        return kind, *fetches, *[structure_key(item) for item in fetches.values()]
    if hasattr(fetches, "_nest_components"):
        return fetches
    if isinstance(fetches, (Mapping, int, float)) or fetches is None or not hasattr(fetches, "_as_graph_element"):
        raise TypeError("no key")
    return fetches
