"""Fetches: what `Session.run` is asked for, in any nesting, and putting the values back in the same nesting."""

from __future__ import annotations

import types
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...compiler.program.services import Keyed, Listed, Made, Result, Structure, Tupled
from ...ops.graph.graph import Graph
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation


class InaccessibleTensorError(ValueError):
    """A tensor or operation was fetched that `Graph.prevent_fetching` forbids."""


class FetchPlan:
    """The graph elements that fetches need, each once, and the way back.

    Attributes:
      elements: Tensors and Operations without duplicates.
      rebuild: from the list of their values (None for an operation) to what the user gets.
      structure: of what the user gets, over these values.
    """

    __slots__ = ("elements", "rebuild", "structure")

    def __init__(self, elements: list[Any], structure: Structure) -> None:
        self.elements = elements
        self.structure = structure
        self.rebuild: Callable[[list[Any]], Any] = structure.rebuilding()


def plan_fetches(graph: Graph, fetches: Any) -> FetchPlan:
    """Find the graph elements in `fetches`.

    Raises: TypeError for something that cannot be fetched, ValueError for names and elements that are not in `graph`.
    """
    planner = _Planner(graph)
    structure = planner.visit(fetches)
    return FetchPlan(list(planner.positions), structure)


class _Planner:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.positions: dict[Any, int] = {}

    def visit(self, fetch: Any) -> Structure:
        """Note the elements in `fetch`; return its structure."""
        if isinstance(fetch, (Tensor, Operation, str, bytes)):
            return self._leaf(fetch)
        if fetch is None:
            raise TypeError(f'Argument `fetch` = {fetch} has invalid type "NoneType". Cannot be None')
        if isinstance(fetch, list):
            return Listed(self._visit_all(fetch))
        if isinstance(fetch, tuple):
            return _tuple(type(fetch), self._visit_all(fetch))
        if isinstance(fetch, Mapping):
            return _mapping(fetch, self._visit_all(fetch.values()))
        if hasattr(type(fetch), "__attrs_attrs__"):
            names = [attribute.name for attribute in type(fetch).__attrs_attrs__]
            return _attrs(type(fetch), self._visit_all([getattr(fetch, name) for name in names]))
        from .conversions import conversion_of  # here: few fetches come so far

        function = conversion_of(fetch, "fetch")
        if function is not None:
            elements, contract = function(fetch)
            return Made.of(contract, Listed(tuple(map(self._leaf, elements))))
        return self._leaf(fetch)

    def _visit_all(self, fetches: Iterable[Any]) -> tuple[Structure, ...]:
        return tuple([self.visit(fetch) for fetch in fetches])

    def _leaf(self, fetch: Any) -> Structure:
        element = self._element(fetch)
        return Result(self.positions.setdefault(element, len(self.positions)))

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


def _tuple(kind: Any, parts: tuple[Structure, ...]) -> Structure:
    if kind is tuple:
        return Tupled(parts)
    if hasattr(kind, "_make"):
        return Made.of(kind._make, Tupled(parts), owner=kind)
    return Made.of(kind, Listed(parts))


def _mapping(fetch: Mapping[Any, Any], parts: tuple[Structure, ...]) -> Structure:
    keys = list(fetch)
    kind: Any = type(fetch)
    if kind is dict:
        return Keyed.of(keys, parts)
    if isinstance(fetch, types.MappingProxyType):
        return Made.of(types.MappingProxyType, Keyed.of(keys, parts))
    if hasattr(fetch, "default_factory"):
        factory = fetch.default_factory
        return Made.of(lambda values: kind(factory, list(zip(keys, values))), Listed(parts))
    return Made.of(lambda values: kind(list(zip(keys, values))), Listed(parts))


def _attrs(kind: Any, parts: tuple[Structure, ...]) -> Structure:
    return Made.of(lambda values: kind(*values), Listed(parts))


def structure_key(fetches: Any) -> Any:
    """Return a hashable key: equal for fetches that ask for the same elements in the same structure.

    Raises: TypeError if there is none (the fetches are walked anew then).
    """
    kind = type(fetches)
    if kind is Tensor or kind is Operation or kind is str:
        return fetches
    if isinstance(fetches, (list, tuple)):  # tensors are the usual parts: no call for them
        return kind, *[item if type(item) is Tensor else structure_key(item) for item in fetches]
    if kind is dict or kind is OrderedDict:
        parts = [item if type(item) is Tensor else structure_key(item) for item in fetches.values()]
        return kind, *fetches, *parts
    if hasattr(fetches, "_nest_components"):
        return fetches
    if isinstance(fetches, (Mapping, int, float)) or fetches is None or not hasattr(fetches, "_as_graph_element"):
        raise TypeError("no key")
    return fetches
