"""`profile`: the parameters and float operations of a graph, by scopes or by types of operations."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from typing import Any, Final

from ...base.errors import InvalidArgumentError
from ...building.default_graph import get_default_graph
from ...graph.graph_keys import GraphKeys
from ...types.tensor_shape import TensorShape
from .flops import UnknownShapeError, float_operations
from .options import ProfileOptionBuilder

_ROOT: Final = "_TFProfRoot"
_VARIABLES: Final = ("Variable", "VariableV2", "VarHandleOp", "AutoReloadVariable")
_COUNTED: Final = {"params": ("parameters", "params"), "float_ops": ("float_ops", "flops")}


class ProfileNode:
    """A part of a profile: a scope, an operation or a type of operations, with the parts below.

    Attributes: `name`, `parameters`, `float_ops`, `total_parameters`, `total_float_ops` (of all below too), `children`,
    `graph_nodes` (of types: their operations).
    """

    def __init__(self, name: str, kind: str = "") -> None:
        self.name, self.kind = name, kind
        self.parameters = self.float_ops = self.total_parameters = self.total_float_ops = 0
        self.children: list[ProfileNode] = []
        self.graph_nodes: list[ProfileNode] = []
        self.accounts: set[str] = {kind} - {""}
        self.shape: tuple[int, ...] = ()

    def count(self) -> ProfileNode:
        """Find the totals, and return the node."""
        for child in self.children:
            child.count()
        self.total_parameters = self.parameters + sum(child.total_parameters for child in self.children)
        self.total_float_ops = self.float_ops + sum(child.total_float_ops for child in self.children)
        return self

    def __repr__(self) -> str:
        return f"<{self.name}: {self.total_parameters} parameters, {self.total_float_ops} float operations>"


def profile(
    graph: Any = None, run_meta: Any = None, op_log: Any = None, cmd: str = "scope", options: Any = None
) -> ProfileNode:
    """Count the parameters and float operations of a graph, print them, and return them as a tree.

    Args:
      graph: the graph; default: the default one.
      run_meta: kept: counts are of static shapes.
      op_log: kept.
      cmd: "scope": by name scopes; "op": by types of operations.
      options: what `ProfileOptionBuilder` builds; default: parameters and float operations of everything.
    Returns: the root, whose `total_parameters` and `total_float_ops` are of all that is shown.
    Raises: InvalidArgumentError for another `cmd`; NotImplementedError for "graph" and "code", and where time or memory
      alone is asked for.
    Source: TensorFlow 1.15 counts the same; operations whose shapes are not known count as none.
    """
    if cmd in ("graph", "code"):
        raise NotImplementedError(f"profile(cmd={cmd!r}) is not built: there are 'scope' and 'op'.")
    if cmd not in ("scope", "op"):
        raise InvalidArgumentError(None, None, f"unknown cmd: {cmd}")
    chosen = options or {**ProfileOptionBuilder().build(), "select": ["params", "float_ops"]}
    if not set(chosen["select"]) & {*_COUNTED, "occurrence"}:
        raise NotImplementedError(
            "profile counts parameters and float operations. For time and memory run a step with "
            "RunOptions(trace_level=RunOptions.FULL_TRACE) and look at its RunMetadata with timeline.Timeline."
        )
    found, unknown = _operations(graph or get_default_graph())
    root = _by_scope(found, chosen) if cmd == "scope" else _by_type(found, chosen)
    _write(root, chosen, cmd, unknown)
    return root


def _operations(graph: Any) -> tuple[list[ProfileNode], int]:
    """Every operation with its counts, and how many of them have unknown shapes."""
    trainable = {variable.op.name for variable in graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)}
    found, unknown = [], 0
    for op in graph.get_operations():
        node = ProfileNode(op.name, op.type)
        node.accounts |= {op.device, "_trainable_variables" if op.name in trainable else ""} - {""}
        if op.type in _VARIABLES:
            node.shape = _shape_of_variable(op)
            node.parameters = math.prod(node.shape)
        try:
            node.float_ops = float_operations(op)
        except UnknownShapeError:
            unknown += 1
        found.append(node)
    return found, unknown


def _shape_of_variable(op: Any) -> tuple[int, ...]:
    extents = TensorShape(op.get_attr("shape")).as_list() if op.get_attr("shape") is not None else [0]
    return tuple(0 if extent is None else extent for extent in extents)


def _matches(expressions: Any, names: Any) -> bool:
    return any(re.fullmatch(expression, name) for expression in expressions for name in names)


def _is_shown(node: ProfileNode, options: dict[str, Any]) -> bool:
    """Whether a node has enough of what is counted, and a name that is to be shown."""
    names = [node.name]
    return (
        node.parameters >= options["min_params"]
        and node.float_ops >= options["min_float_ops"]
        and _matches(options["show_name_regexes"], names)
        and not _matches(options["hide_name_regexes"], names)
    )


def _order(nodes: list[ProfileNode], options: dict[str, Any], totals: bool) -> list[ProfileNode]:
    """By the name, or the most of the attribute first."""
    attribute = {"params": "parameters", "float_ops": "float_ops"}.get(options["order_by"])
    if attribute is None:
        return sorted(nodes, key=lambda node: node.name)
    attribute = f"total_{attribute}" if totals else attribute
    return sorted(nodes, key=lambda node: (-getattr(node, attribute), node.name))


def _by_scope(operations: list[ProfileNode], options: dict[str, Any]) -> ProfileNode:
    root = ProfileNode(_ROOT)
    known = {node.name: node for node in operations}
    placed: dict[str, ProfileNode] = {"": root}

    def place(name: str) -> ProfileNode:
        if name not in placed:
            placed[name] = node = known.get(name) or ProfileNode(name)
            place(name.rpartition("/")[0]).children.append(node)
        return placed[name]

    for name in known:
        place(name)
    for node in operations:
        if not _matches(options["account_type_regexes"], node.accounts):
            node.parameters = node.float_ops = 0
    root.count()
    root.children = _shown(root, options, 2, _matches(options["start_name_regexes"], [_ROOT]))
    if options["account_displayed_op_only"]:
        root.count()
    return root


def _shown(above: ProfileNode, options: dict[str, Any], depth: int, started: bool) -> list[ProfileNode]:
    """What is shown below a node; children of what is not shown come in its place."""
    shown = []
    for node in above.children:
        begins = started or _matches(options["start_name_regexes"], [node.name])
        is_end = _matches(options["trim_name_regexes"], [node.name])
        below = [] if is_end else _shown(node, options, depth + 1, begins)
        is_part = bool(below) or bool(node.kind) and _matches(options["account_type_regexes"], node.accounts)
        if begins and is_part and depth <= options["max_depth"] and _is_shown(node, options):
            node.children = below
            shown.append(node)
        else:
            shown += below
    return _order(shown, options, True)


def _by_type(operations: list[ProfileNode], options: dict[str, Any]) -> ProfileNode:
    """A chain, as TensorFlow's: each type below the one before, so that its totals are of all that follow."""
    types: dict[str, ProfileNode] = {}
    for node in operations:
        if _matches(options["account_type_regexes"], node.accounts):
            of_type = types.setdefault(node.kind, ProfileNode(node.kind, node.kind))
            of_type.graph_nodes.append(node)
            of_type.parameters += node.parameters
            of_type.float_ops += node.float_ops
    shown = [
        node
        for node in _order(list(types.values()), options, False)
        if _is_shown(node, options) and len(node.graph_nodes) >= options["min_occurrence"]
    ][: max(options["max_depth"] - 1, 0)]
    root = above = ProfileNode(_ROOT)
    for node in shown:
        above.children = [node]
        above = node
    return root.count()


# The report.


def _short(number: int) -> str:
    for size, letter in ((10**9, "b"), (10**6, "m"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.2f}{letter}"
    return str(number)


def _line(node: ProfileNode, root: ProfileNode, options: dict[str, Any], cmd: str) -> str:
    parts = []
    for selected in options["select"]:
        if selected not in _COUNTED:
            continue
        attribute, word = _COUNTED[selected]
        own, total = getattr(node, attribute), getattr(node, f"total_{attribute}")
        if cmd == "op":
            whole = getattr(root, f"total_{attribute}") or 1
            parts.append(f"{_short(own)} {word} ({100 * total / whole:.2f}%, {100 * own / whole:.2f}%)")
        else:
            shape = f"{'x'.join(map(str, node.shape))}, " if node.shape and selected == "params" else ""
            parts.append(f"{shape}{_short(own) if own else '--'}/{_short(total)} {word}")
    if cmd == "op":
        return f"{node.name:<28}{', '.join(parts)}"
    return f"{node.name} ({', '.join(parts)})"


def _lines(node: ProfileNode, root: ProfileNode, options: dict[str, Any], cmd: str, depth: int = 0) -> Iterator[str]:
    while True:  # types are a chain, which may be longer than Python's recursion is deep
        if cmd == "scope" or node is not root:
            yield "  " * (depth if cmd == "scope" else 0) + _line(node, root, options, cmd)
        if cmd == "scope" or not node.children:
            break
        (node,) = node.children
    if cmd == "scope":
        for child in node.children:
            yield from _lines(child, root, options, cmd, depth + 1)


def _write(root: ProfileNode, options: dict[str, Any], cmd: str, unknown: int) -> None:
    """Print the report, or write it into a file."""
    kind, _, place = str(options["output"]).partition(":outfile=")
    if kind == "none":
        return
    if kind not in ("stdout", "file"):
        raise NotImplementedError(f"profile has no output {kind!r}: there are 'stdout', 'file' and 'none'.")
    names = {"params": "# parameters", "float_ops": "# float_ops"}
    title = " | ".join(["node name", *(names[each] for each in options["select"] if each in names)])
    text = "\n".join(["", "Profile:", title, *_lines(root, root, options, cmd)])
    if unknown and "float_ops" in options["select"]:
        text += f"\n{unknown} ops no flops stats due to incomplete shapes."
    if kind == "file":
        with open(place, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    else:
        sys.stdout.write(text + "\n\n")


TRAINABLE_VARS_PARAMS_STAT_OPTIONS: Final = ProfileOptionBuilder.trainable_variables_parameter()
FLOAT_OPS_OPTIONS: Final = ProfileOptionBuilder.float_operation()


def print_model_analysis(
    graph: Any, run_meta: Any = None, op_log: Any = None, tfprof_cmd: str = "scope", tfprof_options: Any = None
) -> ProfileNode:
    """`tf.contrib.tfprof.model_analyzer`'s older name of `profile`.

    Args:
      graph, run_meta, op_log: as of `profile`.
      tfprof_cmd, tfprof_options: its `cmd` and `options`; default: parameters of trainable variables.
    """
    chosen = TRAINABLE_VARS_PARAMS_STAT_OPTIONS if tfprof_options is None else tfprof_options
    return profile(graph, run_meta, op_log, tfprof_cmd, chosen)
