"""`gradients` and `hessians`: derivatives of tensors as further operations of the graph."""

from __future__ import annotations

from contextlib import nullcontext
from enum import Enum
from typing import Any

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.registry import lookup
from ...families.control_flow.tensor_array import TensorArray
from ...families.control_flow.while_loop import while_loop
from ...families.elementwise.like import zeros_like
from ...families.sparse.indexed_slices import IndexedSlices
from ...graph.node import Tensor
from ...types import dtypes
from .aggregation import checked_method
from .builder import BUILDER
from .walk import Walk

_UNROLLED = 32  # rows of a Hessian that run together


class UnconnectedGradients(Enum):
    """What `gradients` returns for an `x` that no `y` depends on: `NONE` (None) or `ZERO` (zeros)."""

    NONE = "none"
    ZERO = "zero"


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
    stop_gradients: Any = None,
    unconnected_gradients: Any = UnconnectedGradients.NONE,
) -> list[Any]:
    """Return the derivatives of the sum of `ys` with respect to each of `xs`.

    Args:
      ys: a tensor or list of tensors, floating-point or complex.
      xs: a tensor or variable, or a list of them.
      grad_ys: the gradients of `ys`, tensors of their shapes; None (as a whole or one of them) means ones.
      name: the name scope of the operations made.
      colocate_gradients_with_ops: whether each gradient is placed where its operation is.
      gate_gradients: whether an operation's gradients are only given on when all of them are computed.
      aggregation_method: one of `AggregationMethod`.
      stop_gradients: tensors that count as constants.
      unconnected_gradients: what to return for an `x` no `y` depends on, see `UnconnectedGradients`.
    Returns: a list with a Tensor, IndexedSlices (of gathered rows) or None per `x`.
    Raises: LookupError if an operation on the way has no gradient; TypeError for types that have none; ValueError if
      `grad_ys` do not fit or `unconnected_gradients` is neither.

    >>> x = constant([1.0, 2.0])
    >>> gradients(x * x, [x])[0].shape
    TensorShape([Dimension(2)])
    """
    if not isinstance(unconnected_gradients, UnconnectedGradients):
        try:
            unconnected_gradients = UnconnectedGradients(unconnected_gradients)
        except ValueError:
            raise ValueError(f"Unknown value for unconnected_gradients: {unconnected_gradients!r}") from None
    ys, xs, stops = _listed(ys), _listed(xs), [] if stop_gradients is None else _listed(stop_gradients)
    grad_ys = [None] * len(ys) if grad_ys is None else _listed(grad_ys)
    if len(grad_ys) != len(ys):
        raise ValueError(f"Passed {len(grad_ys)} grad_ys for {len(ys)} ys")
    method = checked_method(aggregation_method)
    with name_scope(name, "gradients", [*ys, *xs, *stops, *grad_ys]):
        ys = [_tensor(y, "y", index) for index, y in enumerate(ys)]
        xs = [_source(x, index) for index, x in enumerate(xs)]
        stops = [_source(x, index) for index, x in enumerate(stops)]
        if not ys:
            return [None for _ in xs]
        walk = Walk(ys, xs, stops, colocate_gradients_with_ops, gate_gradients, method)
        walk.run(ys, _initial_gradients(ys, grad_ys, colocate_gradients_with_ops))
    found = [walk.gradient_of(x) for x in xs]
    if unconnected_gradients is UnconnectedGradients.ZERO:
        found = [_zeros(x) if gradient is None else gradient for x, gradient in zip(xs, found)]
    return found


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _tensor(value: Any, name: str, index: int) -> Any:
    return value if type(value) is Tensor else convert_to_tensor(value, name=f"{name}_{index}")


def _source(x: Any, index: int) -> Any:
    """What stands for an `x` in the graph: a variable's reference or handle, the values of IndexedSlices."""
    if type(x) is Tensor:
        return x
    if isinstance(x, IndexedSlices):
        return x.values
    handle = getattr(x, "handle", None)
    if type(handle) is Tensor:
        return handle
    return convert_to_tensor(x, name=f"x_{index}", as_ref=True)


def _zeros(x: Any) -> Any:
    """Zeros for an `x` that no `y` depends on; of a resource variable, in the shape of its value."""
    if x._dtype.base_dtype is not dtypes.resource:
        return zeros_like(x)
    data = build(lookup("ReadVariableOp"), x, dtype=x.op.attrs["dtype"])
    return zeros_like(data)


def _initial_gradients(ys: list[Any], grad_ys: list[Any], colocate: bool) -> list[Any]:
    """The gradients the walk begins with."""
    result = []
    for index, (y, gradient) in enumerate(zip(ys, grad_ys)):
        with y.graph.colocate_with(y._op) if colocate else nullcontext():
            if gradient is None:
                result.append(_ones(y, index))
            else:
                result.append(_given(y, gradient, index))
    return result


def _ones(y: Any, index: int) -> Any:
    if y.dtype.is_complex:
        raise TypeError(f"Gradients of complex tensors must set grad_ys (y.dtype = {y.dtype!r})")
    shape = BUILDER.shape(y)
    one = constant(1, y.dtype.base_dtype, name=f"grad_ys_{index}")
    return build(lookup("Fill"), shape, one)


def _given(y: Any, gradient: Any, index: int) -> Any:
    if isinstance(gradient, IndexedSlices):
        return IndexedSlices(
            _renamed(gradient.values, f"grad_ys_{index}_values"),
            _renamed(gradient.indices, f"grad_ys_{index}_indices"),
            gradient.dense_shape
            if gradient.dense_shape is None
            else _renamed(gradient.dense_shape, f"grad_ys_{index}_shape"),
        )
    if type(gradient) is not Tensor:
        gradient = convert_to_tensor(gradient, dtype=y.dtype.base_dtype, name=f"grad_y_{index}")
    _check_kind(y, gradient)
    return _renamed(gradient, f"grad_ys_{index}")


def _renamed(tensor: Any, name: str) -> Any:
    return build(lookup("Identity"), tensor, name=name)


def _check_kind(y: Any, gradient: Any) -> None:
    """Raises: TypeError if one is of floats, integers or complex numbers and the other is not."""
    for kind in ("is_floating", "is_integer", "is_complex"):
        if getattr(y.dtype, kind) and not getattr(gradient.dtype, kind):
            raise TypeError(
                f"Gradient type {gradient.dtype.name} generated for {kind[3:]} tensor {y} with type {y.dtype.name} "
                f"must be {kind[3:]}"
            )


def hessians(
    ys: Any,
    xs: Any,
    name: str = "hessians",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
) -> list[Tensor]:
    """Return the second derivatives of the sum of `ys` with respect to each of `xs`.

    Args:
      ys, xs, colocate_gradients_with_ops, gate_gradients, aggregation_method: as in `gradients`.
      name: the name scope of the operations made.
    Returns: a tensor of shape `x.shape + x.shape` per `x`.
    Raises: ValueError, LookupError if a derivative does not exist.
    """
    sources = _listed(xs)
    options: dict[str, Any] = {
        "colocate_gradients_with_ops": colocate_gradients_with_ops,
        "gate_gradients": gate_gradients,
        "aggregation_method": aggregation_method,
    }
    first = gradients(ys, sources, **options)
    return [_hessian(gradient, convert_to_tensor(x), options) for gradient, x in zip(first, sources)]


def _hessian(gradient: Any, x: Tensor, options: dict[str, Any]) -> Tensor:
    """The derivatives of each element of a gradient: a few as operations of their own, others in a loop."""
    if gradient is None:
        raise ValueError(f"There is no second derivative by {x}: no y depends on it.")
    flat = BUILDER.reshape(convert_to_tensor(gradient), [-1])
    count = x.shape.num_elements()

    def row(number: Any) -> Any:
        (found,) = gradients(flat[number], x, **options)
        return zeros_like(x) if found is None else convert_to_tensor(found)

    if count is None or count > _UNROLLED:
        rows = _looped(row, x)
    elif count:
        rows = BUILDER.pack([row(number) for number in range(count)])
    else:
        rows = constant([], x.dtype.base_dtype)
    shape = BUILDER.shape(x)
    return BUILDER.reshape(rows, BUILDER.concat([shape, shape], 0))


def _looped(row: Any, x: Tensor) -> Any:
    count = BUILDER.size(x)
    start = [constant(0), TensorArray(x.dtype.base_dtype, count)]
    _, rows = while_loop(
        lambda number, _: number < count, lambda number, result: (number + 1, result.write(number, row(number))), start
    )
    return rows.stack()
