"""NodeDef messages on their way into a graph: types, attributes and inputs read and checked, the graph not touched."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from ...base.device_spec import canonical
from ...base.origin import stack_level
from ...definition.opdef import REGISTRY, REQUIRED, Attr, OpDef
from ...encoding.attr_limits import CHOICES, MINIMA
from ...types.dtypes import DType
from ...types.tensor_shape import TensorShape

_CONTROL_FLOW: Final = (
    "Abort Case ControlTrigger Enter Exit For If LoopCond Merge NextIteration PartitionedCall RefEnter RefExit "
    "RefMerge RefNextIteration RefSelect RefSwitch RemoteCall StatefulPartitionedCall StatelessCase StatelessIf "
    "StatelessWhile Switch SymbolicGradient While _SwitchN"
)
_CACHED_FIELDS: Final = {"type": "type", "bool": "b", "int": "i", "string": "s"}
_SCALAR_FIELDS: Final = {"string": "s", "int": "i", "float": "f", "bool": "b"}
_LIST_FIELDS: Final = {**_SCALAR_FIELDS, "type": "type", "shape": "shape", "tensor": "tensor", "func": "func"}
_KIND_OF_FIELD: Final = {"s": "string", "i": "int", "f": "float", "b": "bool"}
_SHORT_NAMES: Final = {"float32": "float", "float64": "double", "float16": "half"}
_PLACEHOLDER_SCALARS_SINCE: Final = 22  # in older graphs a Placeholder's empty shape says that nothing is known
_MOST_NAMED: Final = 20  # types in a message, and nodes of each
_LONGEST_NAME: Final = 200  # characters
_MOST_TENSORS: Final = 1 << 20  # inputs or outputs of one node

Source = tuple[str, int]  # a node's name and the index of its output; -1 for a control input


class Node:
    """One node of a GraphDef: its definition here, its attributes as Python values, where its inputs come from."""

    __slots__ = (
        "attrs",
        "control",
        "device",
        "input_types",
        "name",
        "op_def",
        "output_shapes",
        "output_types",
        "sources",
    )

    def __init__(self, name: str, op_def: OpDef) -> None:
        self.name = name
        self.op_def = op_def
        self.attrs: dict[str, Any] = {}
        self.device = ""
        self.sources: list[Source] = []
        self.control: list[str] = []
        self.input_types: list[DType] = []
        self.output_types: list[DType] = []
        self.output_shapes: list[Any] | None = None

    def place(self) -> str:
        """The words that end a message about this node."""
        return f"; {self.op_def!r}; NodeDef: {{{{node {self.name}}}}}"


def read_nodes(
    graph_def: Any, defaults: Mapping[str, Mapping[str, Any]], calls: Mapping[str, OpDef] | None = None
) -> dict[str, Node]:
    """Return the nodes of a GraphDef by name, in its order.

    Args:
      graph_def: the message.
      defaults: per operation type the producer's defaults of attributes; one that is unknown here and has its default
        is left out.
      calls: the types of operations that are named by the function they call, by this name.
    Raises: NotFoundError that lists every operation which is not built here, ValueError for what is malformed.
    """
    calls = {**known_types(graph_def.node, calls or {}), **(calls or {})}
    producer = graph_def.versions.producer
    nodes: dict[str, Node] = {}
    sources: dict[str, Source] = {}
    known: dict[Any, Any] = {}
    for message in graph_def.node:
        name = message.name
        if name in nodes:
            raise ValueError(f"Node '{name}' is not unique")
        node = nodes[name] = Node(name, calls.get(message.op) or REGISTRY[message.op])
        _read_inputs(node, message.input, sources)
        _read_attrs(node, message.attr, defaults.get(message.op, {}), known)
        if message.device:
            node.device = _device(name, message.device)
        if 0 < producer < _PLACEHOLDER_SCALARS_SINCE and message.op == "Placeholder" and not node.attrs["shape"]:
            node.attrs["shape"] = None
        if message.op == "Const":
            _check_constant(node)
        node.input_types = _arg_types(node, node.op_def.inputs)
        node.output_types = _arg_types(node, node.op_def.outputs)
        if len(node.input_types) != len(node.sources):
            expected = ", ".join(type_name(dtype) for dtype in node.input_types)
            raise ValueError(
                f"NodeDef expected inputs '{expected}' do not match {len(node.sources)} inputs specified{node.place()}"
            )
    return nodes


def _device(name: str, text: str) -> str:
    try:
        return canonical(text)
    except ValueError as error:
        raise ValueError(f"{error}\n  It is the device of node '{name}'.") from None


def known_types(messages: Iterable[Any], functions: Collection[str] = ()) -> dict[str, OpDef]:
    """The types among nodes that TensorFlow has and that are not built here; a warning tells of them.

    `functions` are the names in the GraphDef's library: a node whose type is one of them calls it.
    Raises: NotFoundError if there are types that TensorFlow has not either; it lists all of them, and its attribute
      `unsupported` has the names of the nodes by type.
    """
    from ...definition.families import load_all

    load_all()
    missing: dict[str, list[str]] = {}
    for node in messages:
        if node.op not in REGISTRY and node.op not in functions:
            if not node.op:
                raise ValueError(f"Node '{node.name}' does not specify an operation")
            missing.setdefault(node.op, []).append(node.name)
    if not missing:
        return {}
    from ...encoding.known_types import known_type

    found = {op_type: definition for op_type in missing if (definition := known_type(op_type)) is not None}
    if len(found) < len(missing):
        raise _unsupported({op_type: names for op_type, names in missing.items() if op_type not in found})
    warnings.warn(
        f"Operations of types that are not built here were imported ({_few(sorted(found))}): steps that need one of "
        "them cannot run.",
        stacklevel=stack_level(),
    )
    return found


def _few(names: list[str]) -> str:
    """The names, or the first of them and how many more there are; long ones by their beginnings."""
    more = len(names) - _MOST_NAMED
    shown = [name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…" for name in names[:_MOST_NAMED]]
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _unsupported(missing: dict[str, list[str]]) -> Exception:
    from ...base.errors import NotFoundError

    types = _few([f"'{op_type}'" for op_type in sorted(missing)])
    count = sum(len(names) for names in missing.values())
    lines = [
        f"Op type not registered {types}: {count} node{'s' * (count > 1)} of this GraphDef cannot be imported, and "
        "nothing was imported:"
    ]
    for op_type in sorted(missing)[:_MOST_NAMED]:
        note = " (control flow)" if op_type in _CONTROL_FLOW.split() else ""
        lines.append(f"  {op_type[:_LONGEST_NAME]}{note}: " + _few([f"'{name}'" for name in missing[op_type]]))
    if len(missing) > _MOST_NAMED:
        lines.append(f"  and {len(missing) - _MOST_NAMED} more types (the error's attribute `unsupported` has all)")
    error: Any = NotFoundError(None, None, "\n".join(lines))
    error.unsupported = missing
    return error  # type: ignore[no-any-return]


def type_name(dtype: DType) -> str:
    """A type as TensorFlow's messages about NodeDefs spell it: `float`, `int32_ref`."""
    base = dtype.base_dtype.name
    short = _SHORT_NAMES.get(base, base)
    return f"{short}_ref" if dtype._is_ref_dtype else short


def _read_inputs(node: Node, inputs: Iterable[str], known: dict[str, Source]) -> None:
    for text in inputs:
        source = known.get(text)
        if source is None:
            source = known[text] = parse_input(text)
        if source[1] < 0:
            if source[0] not in node.control:
                node.control.append(source[0])
            continue
        if node.control:
            raise ValueError(f"Node '{node.name}': Control dependencies must come after regular dependencies")
        node.sources.append(source)


def parse_input(text: str) -> Source:
    """Split an input of a NodeDef: `a` and `a:1` name outputs, `^a` a control input (output -1)."""
    if text.startswith("^"):
        return text[1:], -1
    name, colon, index = text.rpartition(":")
    if not colon:
        return text, 0
    return (name, int(index)) if index.isdecimal() else (text, 0)


def _read_attrs(node: Node, given: Any, defaults: Mapping[str, Any], known: dict[Any, Any]) -> None:
    """Fill the node's attributes; `known` keeps simple values by definition, so that each is checked once."""
    attrs = node.attrs
    op_def = node.op_def
    declared = op_def.attrs
    for name in given:
        message = given[name]
        attr = declared.get(name)
        if attr is not None:
            field = _CACHED_FIELDS.get(attr.kind)
            if field is None or not message.HasField(field):
                attrs[name] = _declared_attr(node, name, attr, message)
                continue
            key = op_def, name, getattr(message, field)
            if key not in known:
                known[key] = _declared_attr(node, name, attr, message)
            attrs[name] = known[key]
        elif name not in defaults or message != defaults[name]:
            _other_attr(node, name, message)
    if len(attrs) < len(declared) or not declared.keys() <= attrs.keys():
        _fill_defaults(node)


def _check_constant(node: Node) -> None:
    dtype, array = node.attrs["dtype"], node.attrs["value"]
    if dtype.np_dtype != array.dtype:
        raise ValueError(
            f"AttrValue 'dtype' of {type_name(dtype)} does not fit a value of {array.dtype.name}{node.place()}"
        )


def _fill_defaults(node: Node) -> None:
    missing = []
    for name, attr in node.op_def.attrs.items():
        if name not in node.attrs:
            if attr.default is REQUIRED:
                missing.append(f"'{name}'")
            node.attrs[name] = attr.default
    if missing:
        raise ValueError(f"NodeDef missing attr{'s' * (len(missing) > 1)} {', '.join(sorted(missing))}{node.place()}")


def _declared_attr(node: Node, name: str, attr: Attr, message: Any) -> Any:
    """The value of an attribute that the definition knows, checked against its kind and its allowed values."""
    from ...encoding.node_def import attr_from_proto

    kind = attr.kind
    found = _kind_in(message, kind)
    if found != kind:
        said = (
            f"had value with type '{found}' when '{kind}' expected"
            if found
            else f"missing value with expected type '{kind}'"
        )
        raise ValueError(f"AttrValue {said}\n\t for attr '{name}'\n\t{node.place()}")
    if kind == "type" and 100 < message.type < 200:
        raise ValueError(f"AttrValue must not have reference type value\n\t for attr '{name}'\n\t{node.place()}")
    try:
        value = attr_from_proto(message)
    except (TypeError, ValueError, MemoryError, OverflowError) as error:
        raise ValueError(f"AttrValue is invalid: {error}\n\t for attr '{name}'\n\t{node.place()}") from None
    if attr.allowed is not None or (node.op_def.name, name) in CHOICES:
        _check_choice(node, name, attr, value)
    if kind == "int" or kind.startswith("list("):
        _check_minimum(node, name, value)
    return value


def _kind_in(message: Any, wanted: str) -> str | None:
    """The kind of the value that a message holds; an empty list is of every list kind."""
    field: str | None = message.WhichOneof("value")
    if field != "list":
        return None if field is None else _KIND_OF_FIELD.get(field, field)
    if wanted.startswith("list("):
        inner = _LIST_FIELDS[wanted[5:-1]]
        if len(getattr(message.list, inner)):
            return wanted
    for kind, name in _LIST_FIELDS.items():
        if len(getattr(message.list, name)):
            return f"list({kind})"
    return wanted if wanted.startswith("list(") else "list"


def _check_choice(node: Node, name: str, attr: Attr, value: Any) -> None:
    choices: Any = attr.allowed if attr.allowed is not None else CHOICES[node.op_def.name, name]
    for item in value if isinstance(value, (list, tuple)) else (value,):
        if item not in choices:
            shown = type_name(item) if isinstance(item, DType) else f'"{item.decode(errors="replace")}"'
            listed = ", ".join(type_name(c) if isinstance(c, DType) else f'"{c.decode()}"' for c in choices)
            raise ValueError(
                f"Value for attr '{name}' of {shown} is not in the list of allowed values: {listed}\n\t{node.place()}"
            )


def _check_minimum(node: Node, name: str, value: Any) -> None:
    least = MINIMA.get((node.op_def.name, name), 0)
    if isinstance(value, (list, tuple)):
        if len(value) < least:
            raise ValueError(
                f"Length for attr '{name}' of {len(value)} must be at least minimum {least}\n\t{node.place()}"
            )
    elif value < least and (
        (node.op_def.name, name) in MINIMA or any(a.number_attr == name for a in node.op_def.inputs)
    ):
        raise ValueError(f"Value for attr '{name}' of {value} must be at least minimum {least}\n\t{node.place()}")


def _other_attr(node: Node, name: str, message: Any) -> None:
    """Keep what the definition does not know; shapes as TensorShape, so that it can be written again as it was."""
    from ...encoding.node_def import attr_from_proto

    if name == "_output_shapes" and message.WhichOneof("value") == "list":
        node.output_shapes = list(message.list.shape)
        return
    try:
        value = attr_from_proto(message)
    except (TypeError, ValueError, MemoryError, OverflowError):
        raise ValueError(f"AttrValue is invalid\n\t for attr '{name}'\n\t{node.place()}") from None
    field = message.WhichOneof("value")
    if field == "shape":
        value = TensorShape._of(value)
    elif field == "list" and len(message.list.shape):
        value = [TensorShape._of(item) for item in value]
    node.attrs[name] = value


def _arg_types(node: Node, args: Any) -> list[DType]:
    """The types of the inputs or outputs, as the attributes say."""
    types: list[DType] = []
    attrs = node.attrs
    for arg in args:
        if arg.list_attr is not None:
            types += attrs[arg.list_attr]
            continue
        dtype = arg.dtype or attrs[arg.type_attr]
        if arg.is_ref:
            dtype = dtype._as_ref
        if arg.number_attr is None:
            types.append(dtype)
            continue
        if attrs[arg.number_attr] > _MOST_TENSORS:
            raise ValueError(
                f"Value for attr '{arg.number_attr}' of {attrs[arg.number_attr]} is too large{node.place()}"
            )
        types += [dtype] * attrs[arg.number_attr]
    return types
