"""Making a node from tensors: names, attributes, output types and shapes, and their errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..base import origin
from ..base.errors import OpError
from ..base.own_words import IN_GENERAL, INSIDES, is_in_our_words
from ..definition.opdef import REQUIRED, Arg, OpDef
from ..definition.registry import lookup
from ..definition.shape_query import ShapeQuery
from ..encoding.attr_limits import check_attrs, check_counts
from ..types import dtypes
from ..types.dtypes import DType
from ..types.tensor_shape import brackets
from .node import Tensor
from .operation import Operation
from .partial import partial_value

if TYPE_CHECKING:
    from .graph import Graph

_VALID_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")

_MOST_INPUTS = 4  # that a message about shapes describes

_VALID_INNER_NAME = re.compile(r"^[A-Za-z0-9_.\\/>-]*$")


def check_name(base: str, graph: Graph) -> None:
    """Raises: ValueError for a name that no operation can have in the current scope."""
    if not _VALID_NAME.match(base) and not (graph._scopes.name and _VALID_INNER_NAME.match(base)):
        raise ValueError(
            f"'{base}' is not a valid {'scope' if base.endswith('/') else 'node'} name. Names are made of letters, "
            "digits and the characters _ . \\ / > -, and begin with a letter, a digit or a dot."
        )


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
    context = graph._scopes.control_flow
    for tensor in inputs:
        if tensor._op._control_flow_context is not context:
            _check_loop(graph, op, tensor._op, context)
    if context is not None:
        _add_to_context(graph, op, context)
    return op


def _check_loop(graph: Graph, op: Operation, source: Operation, context: Any) -> None:
    """Raises: ValueError for an input made in a loop that the new operation is not in."""
    around = source._control_flow_context
    if around is not None and source.op_def.flow == "exit":
        around = around.outer_context
    loop = None if around is None else around.GetWhileContext()
    if loop is None:
        return
    own = None if context is None else context.GetWhileContext()
    if own is None:
        # Of inner loops and branches, what brings their values in is built in the context around them.
        is_allowed, why = op.op_def.flow in ("enter", "switch"), f"'{source.name}' is in a while loop"
    else:
        is_allowed, why = _is_within(own, loop), "they are in different while loops"
    if not is_allowed:
        graph._remove_last(op)
        raise ValueError(
            f"Cannot use '{source.name}' as input to '{op.name}' because {why}. A loop gives what tf.while_loop "
            "returns: let the body return it among the loop variables."
        )


def _is_within(own: Any, loop: Any) -> bool:
    """Whether a loop is another, or within it; gradients' loops take values from those they go back through."""
    if own.grad_state is not None or loop.grad_state is not None:
        return True
    while own is not None and own is not loop:
        outer = own.outer_context
        own = None if outer is None else outer.GetWhileContext()
    return own is loop


def _add_to_context(graph: Graph, op: Operation, context: Any) -> None:
    """Tell the branch or loop being built of a new operation; what it takes from outside comes in under its name."""
    op._control_flow_context = context
    scopes = graph._scopes
    before = scopes.name
    if not op.op_def.is_constant:  # constants have no scope of their own
        scopes.name = op.name
    try:
        context.AddOp(op)
    finally:
        scopes.name = before


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


def check_type(
    op_def: OpDef,
    arg: Arg,
    tensor: Tensor,
    attrs: dict[str, Any],
    earlier: tuple[Arg, ...],
    inputs: Sequence[Tensor] = (),
) -> None:
    """Check a tensor against what this input may be; tell the attributes what the input determines.

    Args:
      op_def, arg: the type and its input.
      tensor: what it is to be.
      attrs: the attributes known so far; added to.
      earlier: the inputs before it, and `inputs` their tensors.
    Raises: TypeError if it cannot be this input.
    """
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
                f"{arg.dtype.name}.\n  {arg.name}: {described(tensor)}"
            )
        return
    known = attrs.get(arg.type_attr)
    if known is None:
        allowed = op_def.where.get(arg.type_attr)
        if allowed is not None and dtype not in allowed:
            names = ", ".join(t.name for t in allowed)
            raise TypeError(
                f"Value passed to parameter '{arg.name}' of '{op_def.name}' has DataType {dtype.name} not in list of "
                f"allowed values: {names}\n  {arg.name}: {described(tensor)}"
            )
        attrs[arg.type_attr] = dtype
        return
    if type(known) is not DType:
        known = attrs[arg.type_attr] = dtypes.as_dtype(known)
    if known is dtype:
        return
    same = next((a.name for a in earlier if a.type_attr == arg.type_attr), None)
    against = f"type {known.name} of argument '{same}'" if same else f"expected type of {known.name}"
    raise TypeError(
        f"Input '{arg.name}' of '{op_def.name}' Op has type {dtype.name} that does not match {against}."
        f"{_remedy(arg, tensor, known, same, earlier, inputs)}"
    )


def _remedy(
    arg: Arg, tensor: Tensor, wanted: DType, same: str | None, earlier: tuple[Arg, ...], inputs: Sequence[Tensor]
) -> str:
    """Which tensors have the types that do not match, where they were made, and how one becomes the other's."""
    lines = [f"\n  {arg.name}: {described(tensor)}"]
    if same is not None and len(inputs) == len(earlier):  # no list of tensors among them
        position = next(index for index, item in enumerate(earlier) if item.name == same)
        lines.insert(0, f"\n  {same}: {described(inputs[position])}")
    return "".join(lines) + f"\n  To compute with it as {wanted.name}: tf.cast(..., tf.{wanted.name})"


def described(tensor: Tensor) -> str:
    """A tensor for a message: its name, type, shape, and where it was made."""
    place = origin.describe(tensor.op._frames)
    made = f", created at {place}" if place else ""
    return f"'{tensor.name}' {tensor.dtype.base_dtype.name}{brackets(tensor._extents)}{made}"


def _complete_attrs(op_def: OpDef, attrs: dict[str, Any], unique: str) -> None:
    known = op_def.attrs
    for name, attr in known.items():
        if name not in attrs:
            if attr.default is REQUIRED:
                check_counts(op_def, attrs)  # no tensor to take the type of
                raise TypeError(f"Missing required attribute '{name}' of '{op_def.name}' Op '{unique}'.")
            attrs[name] = attr.default
        elif attr.kind == "type":
            value = attrs[name]
            if type(value) is not DType:
                value = dtypes.as_dtype(value)
            attrs[name] = value.base_dtype
        elif attr.kind == "int" and type(attrs[name]) is not int:
            attrs[name] = _whole(op_def, name, attrs[name])
        elif attr.kind == "string" and isinstance(attrs[name], str):
            attrs[name] = attrs[name].encode()
        elif attr.kind == "list(string)":
            attrs[name] = tuple(text.encode() if isinstance(text, str) else text for text in attrs[name])
        elif attr.kind in ("shape", "list(type)", "list(shape)"):
            attrs[name] = _canonical_attr(attr.kind, attrs[name])
    if len(attrs) > len(known):
        unknown = [name for name in attrs if name not in known and not name.startswith("_")]
        if unknown:
            raise TypeError(f"{op_def.name} got unexpected attributes {unknown}; it has {sorted(known)}.")
    check_attrs(op_def, attrs)


def _whole(op_def: OpDef, name: str, value: Any) -> int:
    """An integer, as TensorFlow takes it from any number. Raises: TypeError for what is none."""
    try:
        if not isinstance(value, (str, bytes)):
            return int(value)
    except (TypeError, ValueError, OverflowError):
        pass  # told below
    raise TypeError(f"Expected int for argument '{name}' of '{op_def.name}' Op, not {value!r}.")


def _canonical_attr(kind: str, value: Any) -> Any:
    from ..types.tensor_shape import as_extents

    if kind == "shape":
        return as_extents(value)
    if kind == "list(shape)":
        return tuple(as_extents(item) for item in value)
    return [dtypes.as_dtype(item).base_dtype for item in value]


def _infer_shapes(op: Operation) -> None:
    makers = [t._op for t in op._inputs]
    query = ShapeQuery([t._extents for t in op._inputs], op.attrs, None, partial(_partial_input, op), makers)
    try:
        result = op.op_def.shape(query)  # type: ignore[misc]
    except INSIDES as error:
        if not is_in_our_words(error):
            raise shape_error(op, ValueError(IN_GENERAL)) from error
        raise shape_error(op, error) from None
    outputs = op._outputs
    if type(result) is list:
        for tensor, extents in zip(outputs, result):
            tensor._extents = extents
    elif outputs:
        outputs[0]._extents = result


def _partial_input(op: Operation, index: int) -> Any:
    return partial_value(op._inputs[index], computed=True)


def shape_error(op: Operation, error: Exception) -> ValueError:
    """The ValueError a user sees for a contradiction of shapes: the operation, the shapes, the line."""
    shapes = ", ".join(brackets(tensor._extents) for tensor in op._inputs)
    place = origin.describe(op._frames)
    where = f"\n  created at {place}" if place else ""
    # Constants under the operation's own name are numbers that the user wrote in the call itself.
    others = [tensor for tensor in op._inputs if not tensor.name.startswith(f"{op.name}/")][:_MOST_INPUTS]
    inputs = "".join(f"\n  input {described(tensor)}" for tensor in others)
    return ValueError(f"{error} for '{op.name}' (op: '{op.type}') with input shapes: {shapes}.{inputs}{where}")


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
                check_type(op_def, arg, tensor, attrs, op_def.inputs[:position])
        at += count
    if at != len(tensors):
        raise ValueError(f"{op_def.name} takes {at} inputs, got {len(tensors)}.")
