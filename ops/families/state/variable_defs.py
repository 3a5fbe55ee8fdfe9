"""VariableDef messages: a variable as the names of its operations, and the variable those names make."""

from __future__ import annotations

from typing import Any

from ...building.default_graph import get_default_graph


def variable_to_proto(variable: Any, export_scope: str | None = None) -> Any:
    """Return a Variable as a VariableDef message; see `Variable.to_proto`."""
    from ... import proto

    if export_scope and not variable.name.startswith(export_scope.rstrip("/") + "/"):
        return None
    names = {
        "variable_name": variable.name,
        "initializer_name": variable.initializer.name,
        "snapshot_name": variable.value().name,
        "initial_value_name": "" if variable.initial_value is None else variable.initial_value.name,
    }
    return proto.VariableDef(
        trainable=variable.trainable,
        synchronization=int(variable.synchronization),
        aggregation=int(variable.aggregation),
        **{field: without_scope(name, export_scope) for field, name in names.items()},
    )


def restore_variable(variable: Any, variable_def: Any, import_scope: str | None = None) -> None:
    """Fill a new Variable from a VariableDef; its operations must be in the default graph.

    Raises: TypeError if it is no VariableDef, KeyError if an operation is missing, NotFoundError for a resource
    variable.
    """
    from ... import proto

    definition = proto.adopt(variable_def)
    if not isinstance(definition, proto.VariableDef):
        raise TypeError(f"A Variable is made from a VariableDef message, not from {type(variable_def).__name__}.")
    if definition.is_resource:
        from ...base.errors import NotFoundError

        raise NotFoundError(
            None, None, f"'{definition.variable_name}' is a resource variable, which is not built here."
        )

    def find(name: str) -> Any:
        return get_default_graph().as_graph_element(with_scope(name, import_scope))

    variable._variable = find(definition.variable_name)
    variable._initializer = find(definition.initializer_name)
    variable._snapshot = find(definition.snapshot_name)
    initial = definition.initial_value_name
    variable._initial_value = find(initial) if initial else None
    variable._trainable = definition.trainable
    variable._collections = []
    variable._constraint = None
    variable.synchronization = definition.synchronization
    variable.aggregation = definition.aggregation


def with_scope(name: str, scope: str | None) -> str:
    """Put `scope/` before a name; a caret of a control input and `loc:@` stay in front."""
    if not scope:
        return name
    for front in ("^", "loc:@"):
        if name.startswith(front):
            return f"{front}{scope.rstrip('/')}/{name[len(front) :]}"
    return f"{scope.rstrip('/')}/{name}"


def without_scope(name: str, scope: str | None) -> str:
    """Take `scope/` away from the front of a name, if it is there."""
    if not scope:
        return name
    inner = scope.rstrip("/") + "/"
    for front in ("^", "loc:@", ""):
        if name.startswith(front + inner):
            return front + name[len(front + inner) :]
    return name
