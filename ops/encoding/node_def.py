"""NodeDef and GraphDef messages of operations and graphs, and attributes on their way in and out of messages.

Inside, an attribute is a Python value: int, float, bool, bytes, DType, extents (a tuple, or None for unknown rank),
array, a list of these, or a NameAttrList message for a function.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from ..types import dtypes
from ..types.dtypes import DType
from ..types.tensor_shape import TensorShape
from .tensor_proto import array_to_proto, to_ndarray

PRODUCER: Final = 2474  # the version of graphs that TensorFlow 2.21 writes

_LIST_FIELDS: Final = ("s", "i", "f", "b", "type", "shape", "tensor", "func")
_FIELD_OF_KIND: Final = {
    "string": "s", "int": "i", "float": "f", "bool": "b", "type": "type", "shape": "shape", "tensor": "tensor",
    "func": "func",
}  # fmt: skip

# Attributes that TensorFlow 2 has added to operations of TensorFlow 1, which refuses them even at their default. Graphs
# are written without them where they are at it: both read them, and they mean the same.
_ADDED_LATER: Final = frozenset({
    "Tcomplex", "Tk", "Treal", "Tsegmentids", "bad_indices_policy", "blank_index", "explicit_paddings",
    "exponential_avg_factor", "grad_a", "grad_b", "grad_x", "grad_y", "index_type", "multiply_linear_by_lr",
    "resize_if_index_out_of_bounds", "sparse_gradient", "validate_shape",
})  # fmt: skip
_OF_OLD: Final = {  # the operations that have had one of these names before
    "Tcomplex": ("FFT", "FFT2D", "FFT3D", "IFFT", "IFFT2D", "IFFT3D"),
    "explicit_paddings": ("Conv2D", "Conv2DBackpropFilter", "Conv2DBackpropInput"),
    "index_type": ("Fill",),
    "validate_shape": ("Assign",),
}


def added_later(op_type: str, names: Iterable[str]) -> set[str]:
    """Those of an operation's attributes that TensorFlow 1.15 does not know."""
    return {name for name in _ADDED_LATER.intersection(names) if op_type not in _OF_OLD.get(name, ())}


def to_graph_def(graph: Any, from_version: int | None = None, add_shapes: bool = False) -> Any:
    """Return the operations of `graph` as a GraphDef message. See `Graph.as_graph_def`."""
    from .. import proto

    result = proto.GraphDef()
    result.versions.producer = PRODUCER
    for op in graph._operations[from_version or 0 :]:
        node = result.node.add()
        _fill_node(node, op, _written(op))
        if add_shapes and op._outputs:
            shapes = node.attr["_output_shapes"].list.shape
            shapes.extend(TensorShape._of(tensor._extents).as_proto() for tensor in op._outputs)
    if graph._functions:  # TensorFlow writes no empty library
        result.library.function.extend(graph._functions.values())
    return result


def to_node_def(op: Any) -> Any:
    """Return an operation as a NodeDef message, with all its attributes."""
    from .. import proto

    node = proto.NodeDef()
    _fill_node(node, op, op.attrs)
    return node


def written_node_def(op: Any) -> Any:
    """Return an operation as it stands in a GraphDef: no attributes of later TensorFlow that say nothing new."""
    from .. import proto

    node = proto.NodeDef()
    _fill_node(node, op, _written(op))
    return node


def _written(op: Any) -> Iterable[str]:
    """The names of the attributes with which an operation stands in a GraphDef."""
    names: Iterable[str] = op.attrs
    if _ADDED_LATER.isdisjoint(names):
        return names
    at_default = set()
    for name in added_later(op.op_def.name, names):
        attr, value = op.op_def.attrs.get(name), op.attrs[name]
        if attr is not None and attr.default == (tuple(value) if isinstance(value, list) else value):
            at_default.add(name)
    return [name for name in names if name not in at_default]


def _fill_node(node: Any, op: Any, names: Iterable[str]) -> None:
    node.name = op.name
    node.op = op.op_def.name
    node.device = op._device or ""
    node.input.extend(tensor._as_node_def_input() for tensor in op._inputs)
    node.input.extend(f"^{control.name}" for control in op._control_inputs)
    for name in names:
        node.attr[name].CopyFrom(_attr_of(op, name))


def _attr_of(op: Any, name: str) -> Any:
    value = op.attrs[name]
    attr = op.op_def.attrs.get(name)
    if attr is not None and attr.kind == "tensor":
        return attr_to_proto("tensor", value, op.attrs.get("dtype"))
    return attr_to_proto(attr.kind if attr is not None else kind_of(value), value)


def kind_of(value: Any) -> str:
    """The kind (`int`, `list(type)`, ...) of an attribute that no definition names, from its value.

    Raises: TypeError if no attribute has such a value.
    """
    if isinstance(value, (bool, np.bool_)):
        return "bool"
    for types, kind in (
        ((int, np.integer), "int"),
        ((float, np.floating), "float"),
        ((bytes, str), "string"),
        (DType, "type"),
        (TensorShape, "shape"),
        (np.ndarray, "tensor"),
    ):
        if isinstance(value, types):
            return kind
    if isinstance(value, (list, tuple)):
        return f"list({kind_of(value[0]) if value else 'string'})"
    if value is None:
        return "shape"
    if hasattr(value, "DESCRIPTOR"):
        return "func"
    raise TypeError(f"No attribute can have the value {value!r}.")


def attr_to_proto(kind: str, value: Any, dtype: DType | None = None) -> Any:
    """Return an attribute as an AttrValue message.

    Args:
      kind: its kind, such as `int` or `list(type)`; after `list(` a single value counts as a list of it.
      value: its value inside the library.
      dtype: of a tensor, the type if the array does not tell it (quantised ones).
    """
    from .. import proto

    result = proto.AttrValue()
    if kind.startswith("list("):
        result.list.SetInParent()  # an empty list is a value too
        field = _FIELD_OF_KIND[kind[5:-1]]
        getattr(result.list, field).extend(_message_value(field, item, None) for item in value)
        return result
    field = _FIELD_OF_KIND[kind]
    item = _message_value(field, value, dtype)
    if field in ("shape", "tensor", "func"):
        getattr(result, field).CopyFrom(item)
    else:
        setattr(result, field, item)
    return result


def _message_value(field: str, value: Any, dtype: DType | None) -> Any:
    """One value as the field of an AttrValue wants it."""
    if field == "type":
        return dtypes.as_dtype(value).as_datatype_enum
    if field == "shape":
        return value.as_proto() if isinstance(value, TensorShape) else TensorShape._of(value).as_proto()
    if field == "tensor":
        if not isinstance(value, np.ndarray):
            return value  # a message already
        fits = dtype is not None and dtype.np_dtype == value.dtype
        return array_to_proto(value, dtype if fits and dtype is not None else dtypes.as_dtype(value.dtype))
    if field == "s":
        return value.encode() if isinstance(value, str) else bytes(value)
    if field == "func":
        return _function(value)
    return {"i": int, "f": float, "b": bool}[field](value)


def _function(value: Any) -> Any:
    from .. import proto

    return proto.NameAttrList(name=value) if isinstance(value, str) else proto.adopt(value)


def attr_from_proto(message: Any) -> Any:
    """Return the value an AttrValue message holds, in the form it has inside the library.

    Raises: ValueError if the message holds nothing, or a placeholder of a function's attribute.
    """
    field = message.WhichOneof("value")
    if field is None or field == "placeholder":
        raise ValueError(f"An attribute has no value: {message!r}")
    if field != "list":
        return _python_value(field, getattr(message, field))
    for name in _LIST_FIELDS:
        items = getattr(message.list, name)
        if len(items):
            values = [_python_value(name, item) for item in items]
            return tuple(values) if name == "s" else values
    return []


def _python_value(field: str, value: Any) -> Any:
    if field == "type":
        return dtypes.as_dtype(value).base_dtype
    if field == "shape":
        if value.unknown_rank:
            return None
        return tuple(None if dim.size < 0 else int(dim.size) for dim in value.dim)
    if field == "tensor":
        array = to_ndarray(value)
        array.flags.writeable = False
        return array
    return _function(value) if field == "func" else value


def public_attr(op: Any, name: str) -> Any:
    """Return an attribute as `Operation.get_attr` gives it: bytes, DType, TensorShapeProto, TensorProto, ...

    Raises: ValueError if there is no such attribute.
    """
    if name not in op.attrs:
        raise ValueError(f"Operation '{op.name}' has no attr named '{name}'.")
    message = _attr_of(op, name)
    field = message.WhichOneof("value")
    if field == "type":
        return dtypes.as_dtype(message.type)
    if field != "list":
        return getattr(message, field)
    for part in _LIST_FIELDS:
        items = getattr(message.list, part)
        if len(items):
            return [dtypes.as_dtype(item) for item in items] if part == "type" else list(items)
    return []
