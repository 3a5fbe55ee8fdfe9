"""What TensorFlow 1's `graph_transforms` makes of frozen GraphDefs: each transform is GraphDef -> GraphDef."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from ...base.errors import InvalidArgumentError, NotFoundError
from ...definition.opdef import PURE
from ...definition.registry import lookup
from .graph_util import extract_sub_graph, same_versions, tidied
from .import_nodes import parse_input
from .optimizing import constant_value, copied, new_constant
from .optimizing import fold_batch_norms as fold_normalisations

_FLOAT: Final = 1  # DT_FLOAT
_QUINT8: Final = 12  # DT_QUINT8
_LETTERS: Final = string.digits + string.ascii_letters
_SCALED: Final = ("Conv2D", "DepthwiseConv2dNative", "MatMul")  # whose last result extent is their filter's


class Asked(NamedTuple):
    """What one transform is told.

    Args:
      name: the transform's.
      inputs, outputs: names of nodes that are fed and fetched: they keep their names.
      words: its arguments as texts; a name may stand several times.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    words: Mapping[str, Sequence[str]]

    def one(self, name: str, default: str | None = None) -> str:
        """The one value of an argument. Raises: InvalidArgumentError if there are none, or several."""
        values = self.words.get(name, ())
        if not values and default is not None:
            return default
        if len(values) != 1:
            raise InvalidArgumentError(None, None, f"{self.name} expects exactly one '{name}' argument")
        return values[0]

    def number(self, name: str, default: int) -> int:
        """A whole number. Raises: InvalidArgumentError for something else."""
        text = self.one(name, str(default))
        try:
            return int(text)
        except ValueError:
            raise InvalidArgumentError(None, None, f"{self.name}: {name}={text} is no whole number") from None


def _each(graph_def: Any, change: Callable[[Any], None]) -> Any:
    result = same_versions(graph_def)
    result.node.extend(graph_def.node)
    for node in result.node:
        change(node)
    return result


def _add_default_attributes(graph_def: Any, asked: Asked) -> Any:
    from ...encoding.op_def_message import op_list

    definitions = {op.name: op for op in op_list(node.op for node in graph_def.node).op}

    def change(node: Any) -> None:
        for attr in definitions[node.op].attr if node.op in definitions else ():
            if attr.HasField("default_value") and attr.name not in node.attr:
                node.attr[attr.name].CopyFrom(attr.default_value)

    return tidied(_each(graph_def, change))


def _backport_concatv2(graph_def: Any, asked: Asked) -> Any:
    def change(node: Any) -> None:
        if node.op == "ConcatV2":
            data = [text for text in node.input if text[0] != "^"]
            controls = [text for text in node.input if text[0] == "^"]
            node.op = "Concat"
            node.input[:] = [data[-1], *data[:-1], *controls]
            if "Tidx" in node.attr:
                del node.attr["Tidx"]

    return _each(graph_def, change)


def _remove_device(graph_def: Any, asked: Asked) -> Any:
    return _each(graph_def, lambda node: setattr(node, "device", ""))


def _set_device(graph_def: Any, asked: Asked) -> Any:
    device, only_without = asked.one("device", ""), asked.one("if_default", "false").lower() in ("true", "1")

    def change(node: Any) -> None:
        if not (only_without and node.device):
            node.device = device

    return _each(graph_def, change)


def _remove_attribute(graph_def: Any, asked: Asked) -> Any:
    name, op = asked.one("attribute_name"), asked.one("op_name", "*")

    def change(node: Any) -> None:
        if op in ("*", node.op) and name in node.attr:
            del node.attr[name]

    return _each(graph_def, change)


def _rename_attribute(graph_def: Any, asked: Asked) -> Any:
    old, new, op = asked.one("old_attribute_name"), asked.one("new_attribute_name"), asked.one("op_name", "*")

    def change(node: Any) -> None:
        if op in ("*", node.op) and old in node.attr:
            node.attr[new].CopyFrom(node.attr[old])
            del node.attr[old]

    return _each(graph_def, change)


def _rename_op(graph_def: Any, asked: Asked) -> Any:
    old, new = asked.one("old_op_name"), asked.one("new_op_name")
    return _each(graph_def, lambda node: setattr(node, "op", new if node.op == old else node.op))


def _renamed(graph_def: Any, names: Mapping[str, str]) -> Any:
    """A graph in which nodes, and what reads them, have other names."""

    def change(node: Any) -> None:
        node.name = names.get(node.name, node.name)
        node.input[:] = [_read_as(text, names) for text in node.input]

    return _each(graph_def, change)


def _read_as(text: str, names: Mapping[str, str]) -> str:
    name, index = parse_input(text)
    if name not in names:
        return text
    if text.startswith("^"):
        return f"^{names[name]}"
    return names[name] if index == 0 else f"{names[name]}:{index}"


def _obfuscate_names(graph_def: Any, asked: Asked) -> Any:
    kept = {*asked.inputs, *asked.outputs}
    short = (name for name in _short_names() if name not in kept)
    return _renamed(graph_def, {node.name: next(short) for node in graph_def.node if node.name not in kept})


def _short_names() -> Iterator[str]:
    number = 0
    while True:
        text, rest = "", number
        while rest or not text:
            rest, digit = divmod(rest, len(_LETTERS))
            text = _LETTERS[digit] + text
        yield text
        number += 1


def is_pure(node: Any) -> bool:
    """Whether a node gives the same for the same inputs, in the same place, as often as it is asked."""
    try:
        return lookup(node.op).effects == PURE and node.op not in _PLACES
    except NotFoundError:  # of a library of the user's, perhaps
        return False


# What stands for what is not there yet, or is a place on the way of control.
_PLACES: Final = (
    *("Placeholder", "PlaceholderV2", "PlaceholderWithDefault"),
    *("Switch", "RefSwitch", "Merge", "RefMerge", "Enter", "RefEnter", "Exit", "RefExit", "NextIteration"),
    *("RefNextIteration", "LoopCond"),
)


def _merge_duplicate_nodes(graph_def: Any, asked: Asked) -> Any:
    kept = {*asked.inputs, *asked.outputs}
    while True:
        first: dict[tuple[Any, ...], str] = {}
        instead: dict[str, str] = {}
        for node in graph_def.node:
            if is_pure(node) and node.name not in kept:
                attributes = tuple(sorted((name, value.SerializeToString()) for name, value in node.attr.items()))
                found = first.setdefault((node.op, node.device, tuple(node.input), attributes), node.name)
                if found != node.name:
                    instead[node.name] = found
        if not instead:
            return graph_def
        merged = _renamed(graph_def, instead)
        graph_def = same_versions(merged)
        names: set[str] = set()
        for node in merged.node:
            if node.name not in names:
                graph_def.node.add().CopyFrom(node)
            names.add(node.name)


def _remove_nodes(graph_def: Any, asked: Asked) -> Any:
    types, most = set(asked.words.get("op", ())), asked.number("max_inputs", 1)
    if not types:
        raise InvalidArgumentError(
            None, None, "remove_nodes expects at least one 'op'argument, e.g. remove_nodes(op=Identity)"
        )
    kept = {*asked.inputs, *asked.outputs}
    instead: dict[str, str] = {}
    for node in graph_def.node:
        if node.op in types and node.name not in kept and 1 <= len(node.input) <= most and node.input[0][0] != "^":
            instead[node.name] = node.input[0]
    result = same_versions(graph_def)
    for node in graph_def.node:
        if node.name not in instead:
            copy = copied(node)
            copy.input[:] = [_passed(text, instead) for text in node.input]
            result.node.append(copy)
    return result


def _passed(text: str, instead: Mapping[str, str]) -> str:
    for _ in range(len(instead)):
        name, index = parse_input(text)
        if name not in instead or index > 0:
            break
        text = f"^{parse_input(instead[name])[0]}" if text.startswith("^") else instead[name]
    return text


def _sort_by_execution_order(graph_def: Any, asked: Asked) -> Any:
    """Sort nodes behind what they read; a loop's way back (from a NextIteration) orders nothing."""
    nodes = {node.name: node for node in graph_def.node}
    result, done = same_versions(graph_def), set()
    for start in nodes:
        pending = [start]
        while pending:
            node = nodes[pending[-1]]
            names = [] if node.name in done else [parse_input(text)[0] for text in node.input]
            loops = node.op in ("Merge", "RefMerge")
            before = [name for name in names if name not in done and not (loops and nodes[name].op in _BACK)]
            if before:
                pending += before
                continue
            if pending.pop() not in done:
                done.add(node.name)
                result.node.append(node)
    return result


_BACK: Final = ("NextIteration", "RefNextIteration")


def _strip_unused_nodes(graph_def: Any, asked: Asked) -> Any:
    types = dict(zip(asked.words.get("name", ()), asked.words.get("type_for_name", ())))
    shapes = dict(zip(asked.words.get("name", ()), asked.words.get("shape_for_name", ())))

    def change(node: Any) -> None:
        if node.name not in asked.inputs or node.op.startswith("Placeholder"):
            return
        dtype = _type_number(types.get(node.name, asked.one("type", "float")))
        shape = shapes.get(node.name, asked.one("shape", "?"))
        node.op = "Placeholder"
        del node.input[:]
        node.attr.clear()
        node.attr["dtype"].type = dtype
        if shape == "?":
            node.attr["shape"].shape.unknown_rank = True
        for size in shape.split(",") if shape not in ("?", "") else ():
            node.attr["shape"].shape.dim.add().size = int(size)

    return extract_sub_graph(_each(graph_def, change), asked.outputs)


def _type_number(text: str) -> int:
    from ...types.dtypes import as_dtype

    try:
        return int(as_dtype(text.removeprefix("DT_").lower()).as_datatype_enum)
    except TypeError:
        raise InvalidArgumentError(None, None, f"Couldn't understand type argument '{text}'") from None


def _fold_old_batch_norms(graph_def: Any, asked: Asked) -> Any:
    return fold_normalisations(graph_def, asked.outputs)


def _fold_batch_norms(graph_def: Any, asked: Asked) -> Any:
    """Multiply the constant filters of convolutions and products by what scales their results' last axis."""
    nodes = {node.name: node for node in graph_def.node}
    uses = Counter(parse_input(text)[0] for node in graph_def.node for text in node.input)
    uses.update(asked.outputs)
    changed: dict[str, list[Any]] = {}
    for node in graph_def.node:
        if node.op == "Mul" and len(node.input) == 2:
            changed.update(_scaled(node, nodes, uses))
    result = same_versions(graph_def)
    for node in graph_def.node:
        result.node.extend(changed.get(node.name, [node]))
    return result


def _scaled(node: Any, nodes: Mapping[str, Any], uses: Counter[str]) -> dict[str, list[Any]]:
    before, factor = nodes[parse_input(node.input[0])[0]], constant_value(nodes, node.input[1])
    if factor is None or before.op not in _SCALED or uses[before.name] != 1 or len(before.input) != 2:
        return {}
    weights = constant_value(nodes, before.input[1])
    turned = "transpose_b" in before.attr and before.attr["transpose_b"].b
    first = "data_format" in before.attr and before.attr["data_format"].s not in (b"", b"NHWC")
    if weights is None or turned or first:
        return {}
    last = weights.shape[2:] if before.op == "DepthwiseConv2dNative" else weights.shape[-1:]
    name = parse_input(before.input[1])[0]
    if factor.ndim != 1 or factor.size != np.prod(last) or uses[name] != 1:
        return {}
    folded = copied(before)
    folded.name = node.name
    constant = new_constant(name, weights * factor.reshape(last), before.attr["T"].type)
    return {name: [constant], before.name: [], node.name: [folded]}


def _large_floats(graph_def: Any, asked: Asked) -> dict[str, Any]:
    """The values of constants of float32 that are worth it, by name."""
    nodes, least = {node.name: node for node in graph_def.node}, asked.number("minimum_size", 1024)
    floats = (name for name, node in nodes.items() if node.op == "Const" and node.attr["dtype"].type == _FLOAT)
    values = ((name, constant_value(nodes, name)) for name in floats)
    return {name: value for name, value in values if value.size >= least}


def _round_weights(graph_def: Any, asked: Asked) -> Any:
    """Move values to the middle of as many equal steps between the least and the greatest."""
    steps, values = asked.number("num_steps", 256), _large_floats(graph_def, asked)
    if steps < 1:
        raise InvalidArgumentError(None, None, f"round_weights: num_steps={steps} is less than 1")

    def change(node: Any) -> None:
        value = values.get(node.name)
        if value is not None and value.min() < value.max():
            width = (value.max() - value.min()) / steps
            places = np.clip(np.floor((value - value.min()) / width), 0, steps - 1)
            node.CopyFrom(new_constant(node.name, value.min() + (places + 0.5) * width, _FLOAT))

    return _each(graph_def, change)


def _quantize_weights(graph_def: Any, asked: Asked) -> Any:
    """Write large constants as bytes between their least and greatest value, with what makes floats of them again."""
    from ... import proto

    values, result = _large_floats(graph_def, asked), same_versions(graph_def)
    for node in graph_def.node:
        if node.name not in values:
            result.node.append(node)
            continue
        value = values[node.name]
        low, high = min(float(value.min()), 0.0), max(float(value.max()), 0.0)
        if low == high:
            low, high = low - 1.0, high + 1.0
        texts = [f"{node.name}_quantized_{part}" for part in ("const", "min", "max")]
        codes = np.round((value - low) * (255.0 / (high - low))).astype(np.uint8)
        result.node.append(_bytes_constant(texts[0], codes))
        result.node.extend(new_constant(text, np.float32(bound), _FLOAT) for text, bound in zip(texts[1:], (low, high)))
        opened = proto.NodeDef(name=node.name, op="Dequantize", device=node.device, input=texts)
        opened.attr["T"].type = _QUINT8
        opened.attr["mode"].s = b"MIN_FIRST"
        result.node.append(opened)
    return result


def _bytes_constant(name: str, codes: Any) -> Any:
    node = new_constant(name, np.zeros((), np.float32), _FLOAT)
    node.attr["dtype"].type = _QUINT8
    tensor = node.attr["value"].tensor
    tensor.Clear()
    tensor.dtype = _QUINT8
    for size in codes.shape:
        tensor.tensor_shape.dim.add().size = size
    tensor.tensor_content = codes.tobytes()
    return node


TRANSFORMS: Final[dict[str, Callable[[Any, Asked], Any]]] = {
    "add_default_attributes": _add_default_attributes,
    "backport_concatv2": _backport_concatv2,
    "fold_batch_norms": _fold_batch_norms,
    "fold_old_batch_norms": _fold_old_batch_norms,
    "merge_duplicate_nodes": _merge_duplicate_nodes,
    "obfuscate_names": _obfuscate_names,
    "quantize_weights": _quantize_weights,
    "remove_attribute": _remove_attribute,
    "remove_device": _remove_device,
    "remove_nodes": _remove_nodes,
    "rename_attribute": _rename_attribute,
    "rename_op": _rename_op,
    "round_weights": _round_weights,
    "set_device": _set_device,
    "sort_by_execution_order": _sort_by_execution_order,
    "strip_unused_nodes": _strip_unused_nodes,
}
