"""The operations every graph is made of: placeholders, identities, control points."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ..definition.shapes import merge, same_shape
from ..graph.node import Tensor, TensorLike
from ..graph.operation import Operation
from ..types import dtypes
from ..types.tensor_shape import TensorShape, as_extents
from .build import build
from .convert import convert_to_tensor
from .default_graph import get_default_graph, name_scope


def identity_kernel(x: Any) -> Any:
    """Return the input itself."""
    return x


PLACEHOLDER = OpDef(
    name="Placeholder",
    signature="-> output: dtype",
    attrs={"dtype": ("type",), "shape": ("shape", None)},
    shape=lambda q: q.attrs["shape"],
    is_placeholder=True,
)

PLACEHOLDER_V2 = OpDef(  # of graphs from the time when `Placeholder` did not look at its shape
    name="PlaceholderV2",
    signature="-> output: dtype",
    attrs={"dtype": ("type",), "shape": ("shape",)},
    shape=lambda q: q.attrs["shape"],
    is_placeholder=True,
)

PLACEHOLDERS = frozenset({PLACEHOLDER.name, PLACEHOLDER_V2.name})


def _default_shape(query: Any) -> Any:
    merge(query.shapes[0], query.attrs["shape"])  # raises on a contradiction
    return query.attrs["shape"]


PLACEHOLDER_WITH_DEFAULT = OpDef(
    name="PlaceholderWithDefault",
    signature="input: dtype -> output: dtype",
    attrs={"dtype": ("type",), "shape": ("shape",)},
    shape=_default_shape,
    kernel=identity_kernel,
    passes_on=True,
    is_placeholder=True,
    gradient=lambda g, op, dy: dy,
)

IDENTITY = OpDef(
    name="Identity",
    signature="input: T -> output: T",
    shape=same_shape,
    kernel=identity_kernel,
    scalar="{input}",
    computes_extents=True,
    passes_on=True,
    gradient=lambda g, op, dy: dy,
)

STOP_GRADIENT = OpDef(
    name="StopGradient",
    signature="input: T -> output: T",
    shape=same_shape,
    kernel=identity_kernel,
    scalar="{input}",
    computes_extents=True,
    passes_on=True,
    gradient=NOT_DIFFERENTIABLE,
)


def _refused(g: Any, op: Any, dy: Any) -> Any:
    """The gradient rule of what must not be differentiated."""
    raise LookupError(f"Gradient explicitly disabled. Reason: {op.attrs['message']!r}")


PREVENT_GRADIENT = OpDef(
    name="PreventGradient",
    signature="input: T -> output: T",
    attrs={"message": ("string", b"")},
    shape=same_shape,
    kernel=identity_kernel,
    scalar="{input}",
    passes_on=True,
    gradient=_refused,
)

IDENTITY_N = OpDef(
    name="IdentityN",
    signature="input: list(T) -> output: list(T)",
    shape=lambda q: list(q.shapes),
    kernel=lambda values: (*values,),
    gradient=lambda g, op, *gradients: list(gradients),
)

SNAPSHOT = OpDef(
    name="Snapshot",
    signature="input: T -> output: T",
    shape=same_shape,
    kernel=identity_kernel,
    scalar="{input}",
    passes_on=True,
    gradient=lambda g, op, dy: dy,
)

NO_OP = OpDef(name="NoOp", signature="->", kernel=lambda: ())


def _ensure_shape_kernel(x: Any, *, shape: Any) -> Any:
    if not TensorShape._of(shape).is_compatible_with(np.shape(x)):
        raise ValueError(
            f"Shape of tensor input {list(np.shape(x))} is not compatible with expected shape {TensorShape._of(shape)}"
        )
    return x


ENSURE_SHAPE = OpDef(
    name="EnsureShape",
    signature="input: T -> output: T",
    attrs={"shape": ("shape",)},
    shape=lambda q: merge(q.shapes[0], q.attrs["shape"]),
    kernel=_ensure_shape_kernel,
    computes_extents=True,
    gradient=lambda g, op, dy: dy,
)


def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Tensor:
    """Return a tensor whose value must be fed.

    Args:
      dtype: the type of the elements.
      shape: the shape, with None for unknown extents; None as a whole for any shape. A fed value is checked against it.
      name: a name for the operation.

    >>> placeholder("float32", [None, 3]).shape
    TensorShape([Dimension(None), Dimension(3)])
    """
    result: Tensor = build(PLACEHOLDER, name=name, dtype=dtypes.as_dtype(dtype), shape=as_extents(shape))
    return result


def placeholder_with_default(input: TensorLike, shape: Any, name: str | None = None) -> Tensor:
    """Return a tensor that has the value of `input` unless another is fed.

    Args:
      input: the default value.
      shape: the shape that fed values may have; the default's own must be compatible.
      name: a name for the operation.
    """
    result: Tensor = build(PLACEHOLDER_WITH_DEFAULT, input, name=name, shape=as_extents(shape))
    return result


def identity(input: TensorLike, name: str | None = None) -> Any:
    """Return a tensor of the same value: a new operation, for a name, a device, or control dependencies.

    Of a SparseTensor or IndexedSlices, one of the same kind.
    """
    return _each_part(IDENTITY, input, name)


def _each_part(op_def: OpDef, value: Any, name: str | None) -> Any:
    """Build an operation of a tensor, or of each part of a composite."""
    if type(value) is Tensor or not hasattr(value, "_nest_components"):
        return build(op_def, value, name=name)
    return value._nest_rebuild([build(op_def, part, name=name) for part in value._nest_components()])


def identity_n(input: Any, name: str | None = None) -> list[Tensor]:
    """Return tensors of the same values as the list `input`, all computed before any is given on."""
    result: list[Tensor] = build(IDENTITY_N, list(input), name=name)
    return result


def stop_gradient(input: TensorLike, name: str | None = None) -> Any:
    """Return a tensor (SparseTensor, IndexedSlices) of the same value through which no gradient flows."""
    return _each_part(STOP_GRADIENT, input, name)


def ensure_shape(x: TensorLike, shape: Any, name: str | None = None) -> Tensor:
    """Return `x`, checked to have a shape compatible with `shape` when it runs.

    Raises: ValueError while building if what is known contradicts `shape`; InvalidArgumentError when running.
    """
    result: Tensor = build(ENSURE_SHAPE, x, name=name, shape=as_extents(shape))
    return result


def no_op(name: str | None = None) -> Operation:
    """Return an operation that does nothing: a point for control dependencies to meet."""
    result: Operation = build(NO_OP, name=name)
    return result


def group(*inputs: Any, **kwargs: Any) -> Operation:
    """Return an operation that is done when all `inputs` are.

    Args:
      inputs: operations, tensors, variables, or nested lists of them.
      name: a name for the operation.
    Raises: TypeError for something that is none of these, ValueError for other keyword arguments.
    """
    from ..base.nest import flatten

    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError("Unknown keyword arguments: " + ", ".join(kwargs))
    graph = get_default_graph()
    waits = []
    for item in flatten(list(inputs), expand_composites=True):
        if not isinstance(item, (Tensor, Operation)) and not hasattr(item, "_as_graph_element"):
            raise TypeError(
                f"'inputs' should be zero or more (nested) Tensors. Received '{item}' with type '{type(item)}'."
            )
        waits.append(item)
    home = waits_graph(waits) or graph if waits else graph
    with name_scope(name, "group_deps", waits) as scope, home.control_dependencies(waits):
        return no_op(name=scope)


def waits_graph(waits: list[Any]) -> Any:
    """The graph of the first of `waits`."""
    first = waits[0]
    return getattr(first, "graph", None)


def tuple(tensors: Any, name: str | None = None, control_inputs: Any = None) -> list[Any]:
    """Return the tensors, each given on only when all of them (and `control_inputs`) are computed.

    Args:
      tensors: a list of tensors; None entries stay None.
      name: a name for the scope.
      control_inputs: further operations to wait for.
    Raises: ValueError if there is no tensor, TypeError if a control input is no operation or tensor.
    """
    present = [item for item in tensors if item is not None]
    if not present:
        raise ValueError("Must have at least one Tensor")
    with name_scope(name, "tuple", present):
        waits = [_awaited(item) for item in present]
        for item in control_inputs or ():
            if isinstance(item, Tensor):
                item = item.op
            if not isinstance(item, Operation):
                raise TypeError(f"Control input must be Operation or Tensor: {item}")
            waits.append(item)
        gate = group(*dict.fromkeys(waits))
        results: list[Any] = []
        for item in tensors:
            if isinstance(item, Operation):
                results.append(item)
            elif item is None:
                results.append(None)
            else:
                results.append(_after(gate, item))
        return results


def _after(gate: Operation, item: Any) -> Any:
    """`item`, given on after `gate`, where it is."""
    graph = gate.graph
    placed = item.op if hasattr(item, "_nest_components") else convert_to_tensor(item)
    scoped = name_scope(None, "control_dependency", [gate])
    with scoped as scope, graph.colocate_with(placed), graph.control_dependencies([gate]):
        if not hasattr(item, "_nest_components"):
            return identity(item, name=scope)
        if type(item).__name__ == "IndexedSlices":
            return type(item)(identity(item.values, name=scope), item.indices, item.dense_shape)
        return identity(item)


def _awaited(item: Any) -> Operation:
    if isinstance(item, Operation):
        return item
    found: Operation = item.op if hasattr(item, "_nest_components") else convert_to_tensor(item).op
    return found


PRINT_EFFECT = Effects("console", writes=True)
