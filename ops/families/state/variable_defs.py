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
        "snapshot_name": variable._snapshot_name,
        "initial_value_name": "" if variable.initial_value is None else variable.initial_value.name,
    }
    sliced = variable._get_save_slice_info()
    return proto.VariableDef(
        is_resource=hasattr(variable, "_handle"),
        save_slice_info_def=None if sliced is None else sliced.to_proto(export_scope),
        trainable=variable.trainable,
        synchronization=int(variable.synchronization),
        aggregation=int(variable.aggregation),
        **{field: without_scope(name, export_scope) for field, name in names.items()},
    )


def adopted(variable_def: Any) -> Any:
    """A VariableDef message of ours. Raises: TypeError for something else."""
    from ... import proto

    definition = proto.adopt(variable_def)
    if not isinstance(definition, proto.VariableDef):
        raise TypeError(f"A Variable is made from a VariableDef message, not from {type(variable_def).__name__}.")
    return definition


def restore_reference(variable: Any, variable_def: Any, import_scope: str | None) -> None:
    """Fill a new reference variable from a VariableDef; its operations must be in the default graph.

    Raises: TypeError if it is no VariableDef, KeyError if an operation is missing.
    """
    definition = adopted(variable_def)
    variable._variable = _found(definition.variable_name, import_scope)
    variable._snapshot = _found(definition.snapshot_name, import_scope)
    _restore_common(variable, definition, import_scope)


def restore_resource(variable: Any, variable_def: Any, import_scope: str | None) -> None:
    """The same for a resource variable."""
    definition = adopted(variable_def)
    variable._handle = _found(definition.variable_name, import_scope)
    element = _found(definition.snapshot_name, import_scope) if definition.snapshot_name else None
    is_read = element is None or element.op.type == "ReadVariableOp"
    variable._cached_value = None if is_read else element
    variable._graph_element = variable._read_variable_op() if element is None else element
    _restore_common(variable, definition, import_scope)


def _restore_common(variable: Any, definition: Any, import_scope: str | None) -> None:
    variable._initializer = _found(definition.initializer_name, import_scope)
    initial = definition.initial_value_name
    variable._initial_value = _found(initial, import_scope) if initial else None
    variable._trainable = definition.trainable
    variable._constraint = None
    variable.synchronization = definition.synchronization
    variable.aggregation = definition.aggregation
    if definition.HasField("save_slice_info_def"):
        variable._set_save_slice_info(
            variable.SaveSliceInfo(save_slice_info_def=definition.save_slice_info_def, import_scope=import_scope)
        )


def _found(name: str, import_scope: str | None) -> Any:
    return get_default_graph().as_graph_element(with_scope(name, import_scope))


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
