"""`SlotKeeper`: the variables that an optimizer keeps, found again by slot and variable."""

from __future__ import annotations

from typing import Any

from ...building.default_graph import get_default_graph
from ...families.state.variables import ResourceVariable, Variable
from .slots import create_slot, create_slot_with_initializer, create_zeros_slot


class SlotKeeper:
    """The slots of an optimizer, and the variables it keeps that belong to no other variable."""

    def __init__(self) -> None:
        self._slots: dict[str, dict[Any, Any]] = {}
        self._non_slot_dict: dict[tuple[str, Any], Any] = {}

    def get_slot(self, var: Any, name: str) -> Any:
        """Return the slot of a name for a variable, or None.

        Args:
          var: a variable that was given to `minimize` or `apply_gradients`.
          name: one of `get_slot_names`.
        """
        named = self._slots.get(name)
        return named.get(_key(var)) if named else None

    def get_slot_names(self) -> list[str]:
        """The names of the slots that were made, sorted."""
        return sorted(self._slots)

    def variables(self) -> list[Any]:
        """All variables of the optimizer that are in the default graph, sorted by name."""
        graph = get_default_graph()
        found = list(self._non_slot_variables())
        for named in self._slots.values():
            found += named.values()
        return sorted((variable for variable in found if variable.graph is graph), key=lambda variable: variable.name)

    def _slot_dict(self, slot_name: str) -> dict[Any, Any]:
        return self._slots.setdefault(slot_name, {})

    def _get_or_make_slot(self, var: Any, val: Any, slot_name: str, op_name: str) -> Any:
        """The slot of a variable; it begins with the value of a tensor."""
        named = self._slot_dict(slot_name)
        if _key(var) not in named:
            named[_key(var)] = create_slot(var, val, op_name)
        return named[_key(var)]

    def _get_or_make_slot_with_initializer(
        self, var: Any, initializer: Any, shape: Any, dtype: Any, slot_name: str, op_name: str
    ) -> Any:
        """The slot of a variable; it begins with what an initializer makes."""
        named = self._slot_dict(slot_name)
        if _key(var) not in named:
            named[_key(var)] = create_slot_with_initializer(var, initializer, shape, dtype, op_name)
        return named[_key(var)]

    def _zeros_slot(self, var: Any, slot_name: str, op_name: str) -> Any:
        """The slot of a variable; it begins with zeros."""
        named = self._slot_dict(slot_name)
        if _key(var) not in named:
            named[_key(var)] = create_zeros_slot(var, op_name)
        return named[_key(var)]

    def _create_non_slot_variable(self, initial_value: Any, name: str, colocate_with: Any) -> Any:
        """A variable of the optimizer's own, placed with another."""
        graph = colocate_with.graph
        variable = self._non_slot_dict.get((name, graph))
        if variable is None:
            with graph.colocate_with(colocate_with):
                variable = Variable(
                    initial_value, name=name, trainable=False, use_resource=isinstance(colocate_with, ResourceVariable)
                )
            self._non_slot_dict[name, graph] = variable
        return variable

    def _get_non_slot_variable(self, name: str, graph: Any = None) -> Any:
        return self._non_slot_dict.get((name, graph))

    def _non_slot_variables(self) -> Any:
        return self._non_slot_dict.values()


def _key(var: Any) -> Any:
    return var.op.graph, var.op.name
