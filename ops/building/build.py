"""Adding an operation to a graph: converting inputs, inferring types and shapes, errors at the user's line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..definition.opdef import REQUIRED, Arg, OpDef
from ..graph.defaults import stack
from ..graph.graph import Graph
from ..graph.make_node import check_name, check_type, described, finish
from ..graph.node import Tensor
from ..graph.operation import Operation
from ..types.dtypes import DType
from .convert import convert_to_tensor
from .default_graph import get_default_graph


def build(op_def: OpDef, /, *inputs: Any, name: str | None = None, **attrs: Any) -> Any:
    """Add an operation of a type to the default graph, or to that of its inputs.

    Args:
      op_def: the type.
      inputs: one value per input of the signature (a list for a list input), converted to tensors.
      name: a name for the operation; made unique. Default: the type.
      attrs: attributes by name; those that the inputs determine may be left out.
    Returns: the output Tensor; a list of Tensors if the signature has several outputs or a list output; the
      Operation itself if it has none.
    Raises: TypeError for types that do not fit, ValueError for shapes or attributes that do not.
    """
    op = _added(op_def, inputs, name, attrs)
    outputs = op._outputs
    specs = op_def.outputs
    if len(specs) == 1 and not specs[0].is_list:
        return outputs[0]
    return list(outputs) if specs else op


def build_operation(op_def: OpDef, /, *inputs: Any, name: str | None = None, **attrs: Any) -> Operation:
    """Like `build`, but return the Operation."""
    return _added(op_def, inputs, name, attrs)


def _added(op_def: OpDef, values: tuple[Any, ...], name: str | None, attrs: dict[str, Any]) -> Operation:
    specs = op_def.inputs
    if len(values) != len(specs):
        raise TypeError(
            f"{op_def.name} takes {len(specs)} inputs ({', '.join(a.name for a in specs)}), got {len(values)}."
        )
    graph = _graph_for(values)
    if graph.building_function:
        values = tuple(_captured(value, graph) for value in values)
    graph._check_not_finalized()
    base = name or op_def.name
    check_name(base, graph)
    unique = base[:-1] if base.endswith("/") else graph.unique_name(base)
    inputs: list[Tensor] = []
    for position, (arg, value) in enumerate(zip(specs, values)):
        if type(value) is Tensor and arg.number_attr is None and arg.list_attr is None:
            if value.graph is not graph:
                raise _foreign(value, graph, unique, values)
            check_type(op_def, arg, value, attrs, specs[:position], inputs)
            inputs.append(value)
        elif arg.is_list:
            inputs += _list_input(op_def, arg, value, attrs, graph, unique, specs[:position])
        else:
            wanted = arg.dtype or attrs.get(arg.type_attr or "") or _type_of_later(arg, specs, values, position)
            tensor = None if wanted else _own_type(op_def, arg, value, graph, unique)
            if tensor is None:
                tensor = _convert(value, wanted or _default(op_def, arg), graph, unique, arg, arg.name)
            check_type(op_def, arg, tensor, attrs, specs[:position], inputs)
            inputs.append(tensor)
    return finish(graph, op_def, tuple(inputs), attrs, unique)


def _captured(value: Any, graph: Graph) -> Any:
    """A value as the body of a function takes it: tensors from outside become parameters."""
    if isinstance(value, Tensor):
        return value if value.graph is graph else graph.capture(value)
    return [_captured(item, graph) for item in value] if isinstance(value, (list, tuple)) else value


def _graph_for(values: tuple[Any, ...]) -> Graph:
    if stack.graphs and stack.graphs[-1].building_function:
        return stack.graphs[-1]
    for value in values:
        if isinstance(value, Tensor):
            return value._op.graph
        if isinstance(value, (list, tuple)):
            for item in value:
                if isinstance(item, Tensor):
                    return item._op.graph
    return get_default_graph()


def _foreign(tensor: Tensor, graph: Graph, op_name: str, values: Iterable[Any]) -> ValueError:
    flat = [item for value in values for item in (value if isinstance(value, (list, tuple)) else (value,))]
    others = [item for item in flat if isinstance(item, Tensor) and item.graph is graph]
    own = f"  of this graph: {described(others[0])}\n" if others else ""
    return ValueError(
        f"{tensor} must be from the same graph as the other inputs of '{op_name}' "
        f"(graphs are {tensor.graph} and {graph}).\n{own}  of another graph: {described(tensor)}\n"
        "  Build both in one `with graph.as_default():`; a value of another graph can be fed to a placeholder."
    )


def _default(op_def: OpDef, arg: Arg) -> DType | None:
    """The default of a type attribute: what numbers and arrays become."""
    attr = op_def.attrs.get(arg.type_attr or "")
    return None if attr is None or attr.default is REQUIRED else attr.default


def _takes_default(value: Any, default: DType) -> bool:
    """Whether a value becomes a constant of the default type, as all numbers and arrays do in TensorFlow 1.15.

    Tensors, what stands for one and lists with such in them have types of their own. So have integers that the
    default cannot hold (TensorFlow lets those of arrays wrap): a size of 2 ** 33 stays one.
    """
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind not in "iu" or default.np_dtype.kind not in "iu" or not value.size:
            return True
        limits = np.iinfo(default.np_dtype)
        return bool(value.min() >= limits.min and value.max() <= limits.max)
    if isinstance(value, (list, tuple)):
        return all(_takes_default(item, default) for item in value)
    return isinstance(value, (bool, int, float, complex, str, bytes))


def _own_type(op_def: OpDef, arg: Arg, value: Any, graph: Graph, op_name: str) -> Tensor | None:
    """A value that does not take the default of its type attribute keeps its own type if allowed; otherwise None."""
    allowed = op_def.where.get(arg.type_attr or "")
    default = _default(op_def, arg)
    if allowed is None or default is None or _takes_default(value, default):
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
            is_list = isinstance(value, (list, tuple))
            for item in value if is_list else (value,):
                dtype = getattr(item, "dtype", None)
                if isinstance(dtype, DType) and not (is_list and dtype.is_integer):  # sizes: those in lists are cast
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
            made = _converted(value, wanted, const_name, arg)
            return graph.capture(made) if graph.building_function else made
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
        known = known or _default(op_def, arg)
    tensors = [_convert(item, known, graph, op_name, arg, f"{arg.name}_{i}") for i, item in enumerate(value)]
    for tensor in tensors:
        if tensor.graph is not graph:
            raise _foreign(tensor, graph, op_name, value)
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
        check_type(op_def, arg, tensor, attrs, earlier)
    return tensors
