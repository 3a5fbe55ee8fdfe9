"""`import_graph_def`: the nodes of a GraphDef become operations of the default graph, all of them or none."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph
from ...definition.shape_query import ShapeQuery
from ...encoding.functions import call_types
from ...graph.graph import Graph
from ...graph.make_node import _infer_shapes
from ...graph.node import Tensor
from ...graph.operation import Operation, _note_control_output
from ...types.tensor_shape import TensorShape, brackets, merge_extents
from .import_nodes import Node, Source, parse_input, read_nodes, type_name

Inputs = dict[Source, Any]  # what `input_map` puts in the place of outputs (Tensor) and control inputs (Operation)


def import_graph_def(
    graph_def: Any,
    input_map: Mapping[str, Any] | None = None,
    return_elements: Sequence[str] | None = None,
    name: str | None = None,
    op_dict: Any = None,
    producer_op_list: Any = None,
) -> list[Any] | None:
    """Add the nodes of a GraphDef to the default graph; if anything is wrong with it the graph stays as it was.

    Args:
      graph_def: a GraphDef message, of this library or of TensorFlow.
      input_map: from names in `graph_def` to tensors (or values that become constants) to use in their place:
        `a:0` or `a` for an output, `^a` for a control input.
      return_elements: names of operations (`a`) and tensors (`a:0`) of `graph_def` to return.
      name: the prefix of the names, made unique; "" for none; default: "import".
      op_dict: ignored.
      producer_op_list: an OpList of those who made `graph_def`: attributes that are not known here are left out when
        they have the default that is said there.
    Returns: the operations and tensors of `return_elements`; None without these.
    Raises: TypeError for arguments of a wrong type, NotFoundError with all operations that are not built here,
      ValueError for names that are not there and for what is wrong in `graph_def`, RuntimeError if the default graph
      is finalized.

    >>> with Graph().as_default() as small:
    ...     half = multiply(placeholder(float32, name="x"), 0.5, name="half")
    >>> result, = import_graph_def(small.as_graph_def(), {"x": constant(8.0)}, ["half:0"])
    >>> print(Session().run(result))
    4.0
    """
    message = _checked_graph_def(graph_def)
    input_map = _checked_map(input_map)
    wanted = _checked_names(return_elements)
    _check_versions(message.versions)
    graph = get_default_graph()
    graph._check_not_finalized()
    functions = _functions(graph, message.library.function)
    nodes = read_nodes(message, _producer_defaults(producer_op_list), call_types({**graph._functions, **functions}))
    with _all_or_nothing(graph):
        with graph.name_scope("import" if name is None else name) as prefix:
            inputs = _converted(graph, input_map, prefix)
        _check_map(nodes, inputs, input_map)
        order = _in_order(nodes, inputs)
        names = _final_names(graph, nodes, prefix)
        made = _make(graph, [nodes[key] for key in order], names, inputs)
        elements = None if wanted is None else [_element(text, nodes, made, inputs) for text in wanted]
        graph._functions.update(functions)
    return elements


# The arguments.


def _checked_graph_def(graph_def: Any) -> Any:
    descriptor = getattr(graph_def, "DESCRIPTOR", None)
    if getattr(descriptor, "full_name", None) != "tensorflow.GraphDef":
        raise TypeError(f"Argument `graph_def` must be a GraphDef proto, not {type(graph_def).__name__}.")
    from ... import proto

    return proto.adopt(graph_def)


def _checked_map(input_map: Any) -> dict[str, Any]:
    if input_map is None:
        return {}
    if not isinstance(input_map, Mapping):
        raise TypeError(f"Argument `input_map` must be a dictionary. Obtained {type(input_map).__name__}")
    wrong = [key for key in input_map if not isinstance(key, str)]
    if wrong:
        raise TypeError(f"All keys for argument `input_map` must be strings. Obtained keys: {wrong}")
    return dict(input_map)


def _checked_names(return_elements: Any) -> tuple[str, ...] | None:
    if return_elements is None:
        return None
    names = tuple(item.decode() if isinstance(item, bytes) else item for item in return_elements)
    if not all(isinstance(item, str) for item in names):
        raise TypeError(f"Argument `return_elements` must be a list of strings. Obtained {return_elements}.")
    return names


def _check_versions(versions: Any) -> None:
    from ...encoding.node_def import PRODUCER

    if versions.min_consumer > PRODUCER:
        raise ValueError(f"GraphDef min consumer version {versions.min_consumer} above current version {PRODUCER}.")
    if PRODUCER in versions.bad_consumers:
        raise ValueError(f"GraphDef disallows consumer version {PRODUCER}.")


def _producer_defaults(op_list: Any) -> dict[str, dict[str, Any]]:
    if op_list is None:
        return {}
    from ... import proto

    return {
        op.name: {attr.name: attr.default_value for attr in op.attr if attr.HasField("default_value")}
        for op in proto.adopt(op_list).op
    }


def _functions(graph: Graph, definitions: Iterable[Any]) -> dict[str, Any]:
    """The functions of the library by name; the graph keeps them for those who export it. Raises: ValueError."""
    found: dict[str, Any] = {}
    for definition in definitions:
        name = definition.signature.name
        if found.get(name, graph._functions.get(name, definition)) != definition:
            raise ValueError(
                f"Cannot add function '{name}' because a different function with the same name already exists."
            )
        found[name] = type(definition)()
        found[name].CopyFrom(definition)
    return found


# What is mapped.


def _converted(graph: Graph, input_map: dict[str, Any], prefix: str) -> Inputs:
    """The map with its keys parsed and its values made tensors, new constants under `prefix/_inputs`."""
    if not prefix and not all(isinstance(value, (Tensor, Operation)) for value in input_map.values()):
        raise ValueError(
            "tf.import_graph_def() requires a non-empty `name` if `input_map` contains non-Tensor values. "
            "Try calling tf.convert_to_tensor() on `input_map` values before calling tf.import_graph_def()."
        )
    inputs: Inputs = {}
    for key, value in input_map.items():
        source = _parse_key(key)
        if isinstance(value, Operation) and source[1] >= 0:
            raise TypeError(f"can't convert Operation '{value.name}' to Tensor")
        if not isinstance(value, (Tensor, Operation)):
            with graph.name_scope(prefix + "_inputs/"):
                value = convert_to_tensor(value)
        if value.graph is not graph:
            raise ValueError(
                f"node '{_op_of(value).name}' in input_map does not exist in graph (input_map entry: {key})"
            )
        inputs[source] = _op_of(value) if source[1] < 0 else value
    return inputs


def _op_of(value: Any) -> Operation:
    return value if isinstance(value, Operation) else value.op


def _parse_key(text: str) -> Source:
    _, colon, index = text.rpartition(":")
    if colon and (not index.isdecimal() or text.startswith("^")):
        raise ValueError(
            f"Cannot convert '{text}' to a tensor name. Second component of the name following the `:` should be an "
            f"int. Got {index}."
        )
    source = parse_input(text)
    return source if colon or source[1] < 0 else (text, 0)


def _check_map(nodes: dict[str, Node], inputs: Inputs, input_map: dict[str, Any]) -> None:
    """Raise ValueError if a key of the map stands for nothing in the GraphDef."""
    if not inputs:
        return
    used = {source for node in nodes.values() for source in node.sources}
    used.update((name, -1) for node in nodes.values() for name in node.control)
    unused = []
    for key, source in zip(input_map, inputs):
        node = nodes.get(source[0])
        there = node is not None and source[1] < len(node.output_types)
        if source not in used and not there:
            unused.append(key)
    if unused:
        raise ValueError(f"Attempted to map inputs that were not found in graph_def: [{', '.join(unused)}]")


# The order and the names.


def _in_order(nodes: dict[str, Node], inputs: Inputs) -> list[str]:
    """The names so that every node comes after its inputs, otherwise as early as it stands in the GraphDef."""
    position = {name: at for at, name in enumerate(nodes)}
    before: list[set[int]] = []
    sorted_already = True
    for at, node in enumerate(nodes.values()):
        needs = {
            _position(node, source, nodes, position)
            for source in node.sources
            if source not in inputs and not _goes_back(node, source, nodes)
        }
        for name in node.control:
            if (name, -1) not in inputs:
                needs.add(_position(node, (name, -1), nodes, position))
        before.append(needs)
        sorted_already = sorted_already and (not needs or max(needs) < at)
    keys = list(nodes)
    return keys if sorted_already else [keys[at] for at in _topological(before, keys)]


def _goes_back(node: Node, source: Source, nodes: dict[str, Node]) -> bool:
    """Whether an input is the edge by which a loop goes back to its beginning."""
    other = nodes.get(source[0])
    return node.op_def.flow == "merge" and other is not None and other.op_def.flow == "next"


def _position(node: Node, source: Source, nodes: dict[str, Node], position: dict[str, int]) -> int:
    name, index = source
    found = position.get(name)
    if found is None:
        raise ValueError(f"Node '{node.name}': Unknown input node '{'^' * (index < 0)}{name}'")
    count = len(nodes[name].output_types)
    if index >= count:
        raise ValueError(
            f"Node '{node.name}': Connecting to invalid output {index} of source node {name} which has {count} outputs."
        )
    return found


def _topological(before: list[set[int]], keys: list[str]) -> list[int]:
    after: list[list[int]] = [[] for _ in before]
    missing = [len(needs) for needs in before]
    for at, needs in enumerate(before):
        for other in needs:
            after[other].append(at)
    ready = [at for at, count in enumerate(missing) if not count]
    order = []
    while ready:
        at = heapq.heappop(ready)
        order.append(at)
        for other in after[at]:
            missing[other] -= 1
            if not missing[other]:
                heapq.heappush(ready, other)
    if len(order) < len(before):
        left = sorted(set(range(len(before))) - set(order))
        shown = ", ".join(f"'{keys[at]}'" for at in left[:8]) + (", ..." if len(left) > 8 else "")
        raise ValueError(f"{len(left)} nodes in a cycle (or after one): {shown}")
    return order


def _final_names(graph: Graph, nodes: dict[str, Node], prefix: str) -> dict[str, str]:
    """The names in the graph: with the prefix, and `_1`, `_2`, ... where the graph has the name or a scope of it."""
    from ...graph.make_node import _VALID_NAME

    for name in nodes:
        if not _VALID_NAME.match(name):
            raise ValueError(f"Node '{name}': Node name contains invalid characters")
    taken = graph._by_name
    scopes = _scopes_of(taken) if any(prefix + name in taken or not prefix for name in nodes) and taken else set()
    names = {name: prefix + name for name in nodes}
    given = set(names.values())
    for name, full in names.items():
        count = 0
        while full in taken or full in scopes or (count and full in given):
            count += 1
            full = f"{prefix}{name}_{count}"
        if count:
            names[name] = full
            given.add(full)
    return names


def _scopes_of(names: Any) -> set[str]:
    scopes: set[str] = set()
    for name in names:
        at = name.rfind("/")
        while at > 0 and name[:at] not in scopes:
            scopes.add(name[:at])
            at = name.rfind("/", 0, at)
    return scopes


# The operations.


@contextmanager
def _all_or_nothing(graph: Graph) -> Iterator[None]:
    """Take back every operation and name of the block if it raises. Other threads wait with theirs."""
    with graph._lock:
        count = len(graph._operations)
        names = dict(graph._names_in_use)
        try:
            yield
        except BaseException:
            for op in reversed(graph._operations[count:]):
                graph._remove_last(op)
            graph._names_in_use.clear()
            graph._names_in_use.update(names)
            raise


def _make(graph: Graph, nodes: list[Node], names: dict[str, str], inputs: Inputs) -> dict[str, Operation]:
    """Add the operations in the order given; the scopes in force apply to them afterwards."""
    made: dict[str, Operation] = {}
    used = graph._names_in_use
    bare: dict[str, Any] = {
        "devices": (),
        "control": (),
        "colocation": (),
        "gradients": {},
        "attrs": {},
        "control_flow": None,
    }
    with graph._scopes.changed(**bare):
        for node in nodes:
            full = names[node.name]
            if "_class" in node.attrs:
                node.attrs["_class"] = _colocation(node, names)
            op = made[node.name] = _make_one(graph, node, full, made, inputs)
            if node.device:
                op._device = node.device
            used.setdefault(full.lower(), 1)
        _close_loops(nodes, made, inputs)
    if graph._scopes.special:
        for op in made.values():
            _apply_scopes(graph, op)
    context = graph._scopes.control_flow
    if context is not None:  # a branch or loop is being built: it takes them in, and what they take from outside
        for op in made.values():
            op._control_flow_context = context
            context.AddOp(op)
    return made


def _close_loops(nodes: list[Node], made: dict[str, Operation], inputs: Inputs) -> None:
    """Give the beginnings of loops what comes back to them, now that it is there."""
    for node in nodes:
        if node.op_def.flow != "merge":
            continue
        op = made[node.name]
        for at, source in enumerate(node.sources):
            if source in inputs or source[0] not in made or made[source[0]].op_def.flow != "next":
                continue
            back = made[source[0]]._outputs[source[1]]
            op._update_input(at, back)
            known = op._outputs[0]
            if known._extents is not None and back._extents != known._extents:
                rule: Any = op.op_def.shape
                known._extents = rule(ShapeQuery([known._extents, back._extents], op.attrs, None, None))[0]


def _make_one(graph: Graph, node: Node, full: str, made: dict[str, Operation], inputs: Inputs) -> Operation:
    tensors = []
    for at, (source, wanted) in enumerate(zip(node.sources, node.input_types)):
        if source not in inputs and source[0] not in made:  # it comes later, see `_close_loops`; like the other one
            source = next(other for other in node.sources if other in inputs or other[0] in made)
        tensor = inputs[source] if source in inputs else made[source[0]]._outputs[source[1]]
        dtype = tensor._dtype
        if dtype is not wanted and dtype._base is not wanted:
            raise ValueError(
                f"Input {at} of node {full} was passed {type_name(dtype)} from {tensor.name} incompatible with "
                f"expected {type_name(wanted)}."
            )
        tensors.append(tensor)
    control = [inputs.get((name, -1)) or made[name] for name in node.control]
    op = graph._add_operation(node.op_def, tuple(tensors), node.attrs, full, control)
    op._make_outputs(node.output_types)
    _shape(op)
    if node.output_shapes is not None and len(node.output_shapes) == len(op._outputs):
        for tensor, shape in zip(op._outputs, node.output_shapes):
            _refine(tensor, TensorShape(shape)._extents)
    return op


def _shape(op: Operation) -> None:
    if op.op_def.shape is None:
        return
    try:
        _infer_shapes(op)
    except ValueError:
        raise
    except (TypeError, IndexError, KeyError, AttributeError, ArithmeticError) as error:
        raise ValueError(
            f"The attributes or inputs of '{op.name}' (op: '{op.type}') do not make sense: {error}"
        ) from error


def _refine(tensor: Tensor, extents: Any) -> None:
    """Add what the attribute `_output_shapes` says."""
    try:
        tensor._extents = merge_extents(tensor._extents, extents)
    except ValueError:
        raise ValueError(
            f"Node '{tensor.op.name}' has an _output_shapes attribute inconsistent with the GraphDef for output "
            f"#{tensor.value_index}. Shapes are {brackets(tensor._extents)} and {brackets(extents)}."
        ) from None


def _colocation(node: Node, names: dict[str, str]) -> tuple[bytes, ...]:
    """The groups of a node with the new names of the operations they name."""
    groups = node.attrs["_class"]
    if not isinstance(groups, (list, tuple)) or not all(isinstance(group, bytes) for group in groups):
        return ()
    result = []
    for group in groups:
        if group.startswith(b"loc:@"):
            other = group[5:].decode(errors="replace")
            if other not in names:
                raise ValueError(f"Node '{node.name}' expects to be colocated with unknown node '{other}'")
            group = b"loc:@" + names[other].encode()
        result.append(group)
    return tuple(result)


def _apply_scopes(graph: Graph, op: Operation) -> None:
    """Give an imported operation the device, colocation and control inputs of the blocks around the import."""
    own = op._control_inputs
    graph._apply_scopes(op)
    around = (control for group in graph._scopes.control for control in group.inputs)
    op._control_inputs = tuple(dict.fromkeys((*own, *around)))
    for control in op._control_inputs[len(own) :]:
        _note_control_output(control, op)


def _element(text: str, nodes: dict[str, Node], made: dict[str, Operation], inputs: Inputs) -> Any:
    """The operation or tensor that an entry of `return_elements` names."""
    if ":" not in text:
        if text not in made:
            raise ValueError(f"Requested return node '{text}' not found in graph def")
        return made[text]
    source = _parse_key(text)
    if source in inputs:
        return inputs[source]
    if source[0] not in made:
        raise ValueError(f"Requested return tensor '{text}' not found in graph def")
    outputs = made[source[0]]._outputs
    if source[1] >= len(outputs):
        raise ValueError(f"Invalid return output {source[1]} of node '{source[0]}', which has {len(outputs)} output(s)")
    return outputs[source[1]]
