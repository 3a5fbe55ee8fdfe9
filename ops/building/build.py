"""Adding an operation to a graph: converting inputs, inferring types and shapes, errors at the user's line."""

from __future__ import annotations

import re
from typing import Any

from ..base import origin
from ..base.errors import OpError
from ..definition.opdef import REQUIRED, Arg, OpDef, lookup
from ..graph.graph import Graph
from ..graph.node import Tensor
from ..graph.operation import Operation
from ..graph.partial import ShapeQuery
from ..types import dtypes
from ..types.dtypes import DType
from ..types.tensor_shape import brackets
from .convert import convert_to_tensor
from .default_graph import get_default_graph

_VALID_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")
_VALID_INNER_NAME = re.compile(r"^[A-Za-z0-9_.\\/>-]*$")


def check_name(base: str, graph: Graph) -> None:
    """Raises: ValueError for a name that no operation can have in the current scope."""
    if not _VALID_NAME.match(base) and not (graph._scopes.name and _VALID_INNER_NAME.match(base)):
        raise ValueError(
            f"'{base}' is not a valid {'scope' if base.endswith('/') else 'node'} name. Names are made of letters, "
            "digits and the characters _ . \\ / > -, and begin with a letter, a digit or a dot."
        )


def build_op(op_def: OpDef, values: tuple[Any, ...], name: str | None, attrs: dict[str, Any]) -> Operation:
    """Make an Operation from values that need not be tensors yet. See `OpDef.build`."""
    specs = op_def.inputs
    if len(values) != len(specs):
        raise TypeError(
            f"{op_def.name} takes {len(specs)} inputs ({', '.join(a.name for a in specs)}), got {len(values)}."
        )
    graph = _graph_for(values)
    graph._check_not_finalized()
    base = name or op_def.name
    check_name(base, graph)
    unique = base[:-1] if base.endswith("/") else graph.unique_name(base)
    inputs: list[Tensor] = []
    for position, (arg, value) in enumerate(zip(specs, values)):
        if type(value) is Tensor and arg.number_attr is None and arg.list_attr is None:
            if value.graph is not graph:
                raise _foreign(value, graph, unique)
            _check_type(op_def, arg, value, attrs, specs[:position])
            inputs.append(value)
        elif arg.is_list:
            inputs += _list_input(op_def, arg, value, attrs, graph, unique, specs[:position])
        else:
            wanted = arg.dtype or attrs.get(arg.type_attr or "") or _type_of_later(arg, specs, values, position)
            tensor = None if wanted else _own_type(op_def, arg, value, graph, unique)
            if tensor is None:
                tensor = _convert(value, wanted or _default(op_def, arg), graph, unique, arg, arg.name)
            _check_type(op_def, arg, tensor, attrs, specs[:position])
            inputs.append(tensor)
    return finish(graph, op_def, tuple(inputs), attrs, unique)


def finish(
    graph: Graph, op_def: OpDef, inputs: tuple[Tensor, ...], attrs: dict[str, Any], unique: str, control: Any = ()
) -> Operation:
    """Make the node from converted, checked inputs: attributes, output types and shapes."""
    _complete_attrs(op_def, attrs, unique)
    op = graph._add_operation(op_def, inputs, attrs, unique, control)
    op._make_outputs(output_types(op_def, attrs))
    if op_def.shape is not None:
        try:
            _infer_shapes(op)
        except BaseException:
            graph._remove_last(op)
            raise
    return op


def op_result(op: Operation) -> Any:
    """What a building function returns for `op`: a tensor, a list of tensors, or the operation itself."""
    outputs = op._outputs
    specs = op.op_def.outputs
    if len(specs) == 1 and not specs[0].is_list:
        return outputs[0]
    return list(outputs) if specs else op


def output_types(op_def: OpDef, attrs: dict[str, Any]) -> list[DType]:
    """The types of the outputs that the attributes say."""
    types: list[DType] = []
    for arg in op_def.outputs:
        if arg.list_attr is not None:
            types += attrs[arg.list_attr]
            continue
        dtype = arg.dtype or attrs[arg.type_attr or ""]
        if arg.is_ref:
            dtype = dtype._as_ref
        types += [dtype] * (attrs[arg.number_attr] if arg.number_attr else 1)
    return types


def _graph_for(values: tuple[Any, ...]) -> Graph:
    for value in values:
        if isinstance(value, Tensor):
            return value._op.graph
        if isinstance(value, (list, tuple)):
            for item in value:
                if isinstance(item, Tensor):
                    return item._op.graph
    return get_default_graph()


def _foreign(tensor: Tensor, graph: Graph, op_name: str) -> ValueError:
    return ValueError(
        f"{tensor} must be from the same graph as the other inputs of '{op_name}' "
        f"(graphs are {tensor.graph} and {graph})."
    )


def _default(op_def: OpDef, arg: Arg) -> DType | None:
    """The default of a type attribute: what a Python value becomes whose own type is not allowed."""
    attr = op_def.attrs.get(arg.type_attr or "")
    return None if attr is None or attr.default is REQUIRED else attr.default


def _own_type(op_def: OpDef, arg: Arg, value: Any, graph: Graph, op_name: str) -> Tensor | None:
    """A value whose type has a default keeps its own type if that is allowed; otherwise None."""
    allowed = op_def.where.get(arg.type_attr or "")
    if allowed is None or _default(op_def, arg) is None:
        return None
    try:
        tensor = _convert(value, None, graph, op_name, arg, arg.name)
    except (TypeError, ValueError):
        return None
    return tensor if tensor._dtype.base_dtype in allowed else None


def _type_of_later(arg: Arg, specs: tuple[Arg, ...], values: tuple[Any, ...], position: int) -> DType | None:
    """The type of a tensor that comes later and shares the attribute: `maximum(0, x)` makes the 0 a value like x."""
    for later, value in zip(specs[position + 1 :], values[position + 1 :]):
        if later.type_attr is not None and later.type_attr == arg.type_attr:
            for item in value if isinstance(value, (list, tuple)) else (value,):
                dtype = getattr(item, "dtype", None)
                if isinstance(dtype, DType):
                    return dtype.base_dtype
    return None


def _convert(value: Any, wanted: DType | None, graph: Graph, op_name: str, arg: Arg, const_name: str) -> Tensor:
    """Turn a value into a tensor, named under the operation as TensorFlow names it (`add/y`)."""
    if isinstance(value, Tensor):
        return value
    scopes = graph._scopes
    before = scopes.name
    scopes.name = op_name
    try:
        with_graph = graph is get_default_graph()
        if with_graph:
            return _converted(value, wanted, const_name, arg)
        with graph.as_default():
            return _converted(value, wanted, const_name, arg)
    finally:
        scopes.name = before


def _converted(value: Any, wanted: DType | None, name: str, arg: Arg) -> Tensor:
    if arg.is_ref:
        return convert_to_tensor(value, name=name, as_ref=True)
    if wanted is None or hasattr(value, "_as_graph_element"):
        return convert_to_tensor(value, name=name)
    try:
        return convert_to_tensor(value, wanted, name=name)
    except (TypeError, ValueError) as error:
        try:
            return convert_to_tensor(value, name=name)  # the type check that follows says what does not fit
        except (TypeError, ValueError):
            raise error from None


def _list_input(
    op_def: OpDef, arg: Arg, value: Any, attrs: dict[str, Any], graph: Graph, op_name: str, earlier: tuple[Arg, ...]
) -> list[Tensor]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"Expected list for '{arg.name}' argument to '{op_def.name}' Op, not {value!r}.")
    known = arg.dtype or attrs.get(arg.type_attr or "")
    if known is None and arg.type_attr:
        known = next((item.dtype.base_dtype for item in value if isinstance(getattr(item, "dtype", None), DType)), None)
    tensors = [_convert(item, known, graph, op_name, arg, f"{arg.name}_{i}") for i, item in enumerate(value)]
    for tensor in tensors:
        if tensor.graph is not graph:
            raise _foreign(tensor, graph, op_name)
    if arg.list_attr is not None:
        attrs[arg.list_attr] = [tensor.dtype.base_dtype for tensor in tensors]
        return tensors
    if arg.number_attr is not None:
        declared = attrs.setdefault(arg.number_attr, len(tensors))
        if declared != len(tensors):
            raise ValueError(
                f"List argument '{arg.name}' to '{op_def.name}' Op with length {len(tensors)} must match length "
                f"{declared} of argument before it."
            )
    types = {tensor.dtype.base_dtype for tensor in tensors}
    if len(types) > 1:
        listed = ", ".join(tensor.dtype.name for tensor in tensors)
        raise TypeError(
            f"Tensors in list passed to '{arg.name}' of '{op_def.name}' Op have types [{listed}] that don't all match."
        )
    for tensor in tensors[:1]:
        _check_type(op_def, arg, tensor, attrs, earlier)
    return tensors


def _check_type(op_def: OpDef, arg: Arg, tensor: Tensor, attrs: dict[str, Any], earlier: tuple[Arg, ...]) -> None:
    dtype = tensor._dtype
    if arg.is_ref and not dtype._is_ref_dtype:
        raise TypeError(
            f"'{op_def.name}' Op requires that input '{arg.name}' be a mutable tensor (e.g.: a tf.Variable)"
        )
    if dtype._base is not None:
        dtype = dtype._base
    if arg.type_attr is None:
        if arg.dtype is not None and dtype is not arg.dtype:
            raise TypeError(
                f"Input '{arg.name}' of '{op_def.name}' Op has type {dtype.name} that does not match expected type of "
                f"{arg.dtype.name}."
            )
        return
    known = attrs.get(arg.type_attr)
    if known is None:
        allowed = op_def.where.get(arg.type_attr)
        if allowed is not None and dtype not in allowed:
            names = ", ".join(t.name for t in allowed)
            raise TypeError(
                f"Value passed to parameter '{arg.name}' of '{op_def.name}' has DataType {dtype.name} not in list of "
                f"allowed values: {names}"
            )
        attrs[arg.type_attr] = dtype
        return
    if type(known) is not DType:
        known = attrs[arg.type_attr] = dtypes.as_dtype(known)
    if known is dtype:
        return
    same = next((a.name for a in earlier if a.type_attr == arg.type_attr), None)
    against = f"type {known.name} of argument '{same}'" if same else f"expected type of {known.name}"
    raise TypeError(f"Input '{arg.name}' of '{op_def.name}' Op has type {dtype.name} that does not match {against}.")


def _complete_attrs(op_def: OpDef, attrs: dict[str, Any], unique: str) -> None:
    known = op_def.attrs
    for name, attr in known.items():
        if name not in attrs:
            if attr.default is REQUIRED:
                raise TypeError(f"Missing required attribute '{name}' of '{op_def.name}' Op '{unique}'.")
            attrs[name] = attr.default
        elif attr.kind == "type":
            value = attrs[name]
            if type(value) is not DType:
                value = dtypes.as_dtype(value)
            attrs[name] = value.base_dtype
        elif attr.kind == "string" and isinstance(attrs[name], str):
            attrs[name] = attrs[name].encode()
        elif attr.kind in ("shape", "list(type)", "list(shape)"):
            attrs[name] = _canonical_attr(attr.kind, attrs[name])
    if len(attrs) > len(known):
        unknown = [name for name in attrs if name not in known and not name.startswith("_")]
        if unknown:
            raise TypeError(f"{op_def.name} got unexpected attributes {unknown}; it has {sorted(known)}.")


def _canonical_attr(kind: str, value: Any) -> Any:
    from ..types.tensor_shape import as_extents

    if kind == "shape":
        return as_extents(value)
    if kind == "list(shape)":
        return tuple(as_extents(item) for item in value)
    return [dtypes.as_dtype(item).base_dtype for item in value]


def _infer_shapes(op: Operation) -> None:
    query = ShapeQuery.of_operation(op)
    try:
        result = op.op_def.shape(query)  # type: ignore[misc]
    except ValueError as error:
        raise shape_error(op, error) from None
    outputs = op._outputs
    if type(result) is list:
        for tensor, extents in zip(outputs, result):
            tensor._extents = extents
    elif outputs:
        outputs[0]._extents = result


def shape_error(op: Operation, error: ValueError) -> ValueError:
    """The ValueError a user sees for a contradiction of shapes: the operation, the shapes, the line."""
    shapes = ", ".join(brackets(tensor._extents) for tensor in op._inputs)
    place = origin.describe(op._frames)
    where = f"\n  created at {place}" if place else ""
    return ValueError(f"{error} for '{op.name}' (op: '{op.type}') with input shapes: {shapes}.{where}")


def create_from_flat_inputs(
    graph: Graph,
    op_type: str,
    inputs: Any,
    out_types: Any,
    name: str | None,
    attrs: dict[str, Any],
    op_def: OpDef | None,
) -> Operation:
    """`Graph.create_op`: the inputs are tensors, flat; lists among them are found by the definition."""
    from ..encoding.node_def import attr_from_proto

    graph._check_not_finalized()
    try:
        op_def = op_def if isinstance(op_def, OpDef) else lookup(op_type)
    except OpError as error:
        raise error
    tensors = tuple(inputs)
    for position, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"Input #{position} is not a tensor: {tensor!r}")
        if tensor.graph is not graph:
            raise ValueError(f"{tensor} must be from the same graph as the operation being created ({graph}).")
    values = {key: attr_from_proto(value) if hasattr(value, "WhichOneof") else value for key, value in attrs.items()}
    check_flat_inputs(op_def, tensors, values)
    base = name or op_type
    unique = base[:-1] if base.endswith("/") else graph.unique_name(base)
    op = finish(graph, op_def, tensors, values, unique)
    if out_types is not None:
        wanted = [dtypes.as_dtype(dtype).base_dtype for dtype in out_types]
        if wanted != [tensor.dtype.base_dtype for tensor in op._outputs]:
            graph._remove_last(op)
            raise TypeError(
                f"{op_type} produces {[t.dtype.name for t in op._outputs]}, not the given dtypes "
                f"{[d.name for d in wanted]}."
            )
    return op


def check_flat_inputs(op_def: OpDef, tensors: tuple[Tensor, ...], attrs: dict[str, Any]) -> None:
    """Distribute flat inputs over the signature, checking types and filling the attributes they determine."""
    at = 0
    for position, arg in enumerate(op_def.inputs):
        if arg.list_attr is not None:
            count = len(attrs[arg.list_attr]) if arg.list_attr in attrs else len(tensors) - at
            attrs[arg.list_attr] = [tensor.dtype.base_dtype for tensor in tensors[at : at + count]]
        else:
            rest = len(op_def.inputs) - position - 1
            count = attrs.setdefault(arg.number_attr, len(tensors) - at - rest) if arg.number_attr else 1
            for tensor in tensors[at : at + count]:
                _check_type(op_def, arg, tensor, attrs, op_def.inputs[:position])
        at += count
    if at != len(tensors):
        raise ValueError(f"{op_def.name} takes {at} inputs, got {len(tensors)}.")
