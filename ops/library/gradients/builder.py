"""`GradientBuilder`: what a gradient rule builds with. Rules name operation types, so they import nothing.

A rule stands with the definition of its type, `gradient=rule`, and is called as `rule(g, op, *output_gradients)`:

    def _sine(g, op, dy):
        with g.after(dy):
            return dy * g("Cos", g.conj(op.inputs[0]))

It returns one gradient per input, None where none flows (or a single gradient of an operation with one input).
Output gradients that nothing reaches are zeros by then, and None only where the output is no number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import colocate_with, control_dependencies, get_default_graph, leave_out, name_scope
from ...definition.registry import lookup
from ...families.arrays.filling import ones, zeros
from ...families.elementwise.cast import cast
from ...families.elementwise.like import zeros_like
from ...families.linalg.factorizations import adjoint
from ...families.linalg.matrix_parts import eye, matrix_diag, matrix_diag_part, matrix_set_diag
from ...families.linalg.products import matmul
from ...families.sparse.indexed_slices import IndexedSlices
from ...graph.node import Tensor
from ...graph.partial import static_value
from ...types import dtypes
from ...types.tensor_shape import Extents

Maker = Callable[[], Any]
Axes = tuple[Any, Any, Any, Any]  # axes (None: nothing to sum) and shape of one input, and of the other

# Per graph and pair of static shapes: the axes, so that one operation tells them for all; and other keys seen.
_AXES: Final[WeakKeyDictionary[Any, dict[Any, Any]]] = WeakKeyDictionary()


def _static_axes(x: Any, y: Any) -> Axes:
    """The axes along which inputs of static shapes were repeated, None where they were not."""
    known = _AXES.setdefault(x.graph, {})
    shapes = _as_integers(x._extents), _as_integers(y._extents)
    key = (x._extents, y._extents)
    if key not in known:
        build(lookup("BroadcastGradientArgs"), *shapes)
        known[key] = _axes_between(*key)
    x_axes, y_axes = known[key]
    return x_axes, shapes[0], y_axes, shapes[1]


def _as_integers(items: Any) -> np.ndarray[Any, Any]:
    return np.array(items, np.int32)


def _axes_between(x: tuple[int, ...], y: tuple[int, ...]) -> tuple[Any, Any]:
    if x == y:
        return None, None
    rank = max(len(x), len(y))
    wide = ((1,) * (rank - len(x)) + x, (1,) * (rank - len(y)) + y)
    whole = tuple(max(sizes) if 0 not in sizes else 0 for sizes in zip(*wide, strict=True))
    # An extent of 1 in both is summed away with the others, but alone it is no reason to sum.
    axes = [
        [axis for axis in range(rank) if full[axis] == 1] if own != whole else []
        for own, full in zip((x, y), wide, strict=True)
    ]
    return (_as_integers(axes[0]) if axes[0] else None), (_as_integers(axes[1]) if axes[1] else None)


class GradientBuilder:
    """Makes the operations of gradients in the default graph, named as TensorFlow's Python names them."""

    __slots__ = ()

    def __call__(self, op_type: str, *inputs: Any, name: str | None = None, **attrs: Any) -> Any:
        """Add an operation: `g("MatMul", x, y, transpose_b=True)`. Returns what `OpDef.build` returns."""
        return build(lookup(op_type), *inputs, name=name, **attrs)

    def after(self, *tensors: Any) -> Any:
        """A block whose operations wait for `tensors`, as TensorFlow keeps conjugates from being made too early."""
        return control_dependencies([self.operation(tensor) for tensor in tensors])

    @staticmethod
    def operation(tensor: Any) -> Any:
        """The operation of a tensor or of IndexedSlices."""
        return tensor.op

    def leave_out(self, count: int) -> None:
        """Count operations that TensorFlow makes here and this library does not."""
        leave_out(count)

    @staticmethod
    def is_first_of_graph(key: Any) -> bool:
        """Whether this key is new to the default graph: TensorFlow makes what is the same for many gradients once."""
        known = _AXES.setdefault(get_default_graph(), {})
        is_new = key not in known
        known[key] = None
        return is_new

    def constant(self, value: Any, dtype: Any = None, shape: Any = None, name: str = "Const") -> Tensor:
        """A constant."""
        return constant(value, dtype, shape, name=name)

    def static(self, tensor: Any) -> np.ndarray[Any, Any] | None:
        """The value of a tensor, if the graph alone determines it."""
        return static_value(tensor)

    @staticmethod
    def extents(tensor: Any) -> Extents:
        """What is known of a tensor's extents: a tuple with None for unknown ones, or None for an unknown rank."""
        found: Extents = tensor.shape._extents
        return found

    def shape(self, x: Any, out_type: Any = dtypes.int32, name: str | None = None) -> Tensor:
        """The shape as a vector: a constant if it is known."""
        x = convert_to_tensor(x)
        extents = x._extents
        if extents is not None and None not in extents:
            return constant(np.array(extents, out_type.np_dtype), out_type, name=name or "Shape")
        result: Tensor = build(lookup("Shape"), x, name=name, out_type=out_type)
        return result

    def size(self, x: Any, out_type: Any = dtypes.int32, name: str | None = None) -> Tensor:
        """The number of elements: a constant if it is known."""
        count = x.shape.num_elements()
        if count is not None:
            return constant(count, out_type, name=name or "Size")
        result: Tensor = build(lookup("Size"), x, name=name, out_type=out_type)
        return result

    def rank(self, x: Any, name: str | None = None) -> Tensor:
        """The number of axes: a constant if it is known."""
        if x._extents is not None:
            return constant(len(x._extents), dtypes.int32, name=name or "Rank")
        result: Tensor = build(lookup("Rank"), x, name=name)
        return result

    def range(self, start: Any, limit: Any, delta: Any = 1, name: str = "range") -> Tensor:
        """The integers from `start` to before `limit`."""
        result: Tensor = build(lookup("Range"), start, limit, delta, name=name)
        return result

    def zeros_like(self, x: Any, name: str | None = None) -> Tensor:
        """Zeros: a constant if the shape is known."""
        return zeros_like(x, name=name)

    def ones_like(self, x: Any, name: str | None = None, dtype: Any = None) -> Tensor:
        """Ones (True) in the shape of a tensor."""
        kind = dtype or x.dtype.base_dtype
        with name_scope(name, "ones_like", [x]) as scope:
            return self.fill(self.shape(x, name="Shape"), constant(np.ones((), kind.np_dtype), kind), scope)

    def zeros(self, shape: Any, dtype: Any, name: str = "zeros") -> Tensor:
        """Zeros of a shape that is a list or a tensor."""
        return zeros(shape, dtype, name=name)

    def ones(self, shape: Any, dtype: Any, name: str = "ones") -> Tensor:
        """Ones of a shape that is a list or a tensor."""
        return ones(shape, dtype, name=name)

    def conj(self, x: Any) -> Any:
        """The complex conjugate; of real numbers, the tensor itself."""
        return build(lookup("Conj"), x) if x.dtype.is_complex else x

    def cast(self, x: Any, dtype: Any, name: str = "Cast") -> Any:
        """The tensor in another type; itself if it has that type."""
        return x if x.dtype.base_dtype is dtype.base_dtype else build(lookup("Cast"), x, name=name, DstT=dtype)

    def adjoint(self, x: Any) -> Any:
        """The conjugate transpose of the two last axes."""
        return adjoint(x)

    def slices(self, values: Any, indices: Any, dense_shape: Any = None) -> Any:
        """IndexedSlices: the gradient of gathered rows."""
        return IndexedSlices(values, indices, dense_shape)

    float32: Final = dtypes.float32
    int32: Final = dtypes.int32
    int64: Final = dtypes.int64
    bool_: Final = dtypes.bool_

    def beside(self, tensor: Any) -> Any:
        """A block whose operations are placed where `tensor` is."""
        return colocate_with(tensor.op)

    def fill(self, shape: Any, value: Any, name: str | None = None) -> Tensor:
        """A tensor of one value."""
        result: Tensor = build(lookup("Fill"), shape, value, name=name)
        return result

    def pack(self, values: list[Any], name: str = "stack", axis: int = 0) -> Tensor:
        """Tensors and integers stacked along a new axis."""
        if axis == 0 and any(isinstance(value, int) for value in values):
            return convert_to_tensor(values, name=name)  # names its constants as TensorFlow does
        tensors = [convert_to_tensor(value) for value in values]
        result: Tensor = build(lookup("Pack"), tensors, name=name, axis=axis)
        return result

    def concat(self, values: list[Any], axis: Any, name: str = "concat") -> Tensor:
        """Tensors joined along an axis; a single one as it is."""
        if len(values) == 1:
            alone: Tensor = build(lookup("Identity"), values[0], name=name)
            return alone
        result: Tensor = build(lookup("ConcatV2"), values, axis, name=name)
        return result

    def reshape(self, x: Any, shape: Any, name: str | None = None) -> Tensor:
        """The elements in another shape."""
        result: Tensor = build(lookup("Reshape"), x, shape, name=name)
        return result

    def transpose(self, x: Any, permutation: Any, name: str = "transpose") -> Tensor:
        """The axes in another order."""
        result: Tensor = build(lookup("Transpose"), x, permutation, name=name)
        return result

    def dense(self, gradient: Any) -> Any:
        """A gradient that may be IndexedSlices as a tensor."""
        return convert_to_tensor(gradient)

    def all_axes(self, x: Any) -> Tensor:
        """The numbers of all axes: a constant if the rank is known."""
        x = convert_to_tensor(x)
        if x._extents is None:
            return self.range(0, self.rank(x))
        return constant(np.arange(len(x._extents), dtype=np.int32))

    def zero(self, x: Any) -> Tensor:
        """A zero of the type of a tensor."""
        return constant(np.zeros((), x.dtype.np_dtype), x.dtype.base_dtype)

    def matmul(self, a: Any, b: Any, **transposed: Any) -> Tensor:
        """The matrix product, by `MatMul` or `BatchMatMulV2`; `adjoint_a`, `adjoint_b`."""
        return matmul(a, b, **transposed)

    def eye(self, rows: Any, batch_shape: Any, dtype: Any) -> Tensor:
        """Identity matrices."""
        return eye(rows, batch_shape=batch_shape, dtype=dtype)

    def diag(self, diagonal: Any) -> Tensor:
        """Matrices of zeros with these diagonals."""
        return matrix_diag(diagonal)

    def diag_part(self, matrix: Any) -> Tensor:
        """The diagonals of matrices."""
        return matrix_diag_part(matrix)

    def set_diag(self, matrix: Any, diagonal: Any) -> Tensor:
        """Matrices with other diagonals."""
        return matrix_set_diag(matrix, diagonal)

    def floor_quotient(self, x: Any, y: Any) -> Tensor:
        """`x // max(y, 1)`."""
        result: Tensor = x // build(lookup("Maximum"), y, 1)
        return result

    def div_no_nan(self, x: Any, y: Any) -> Tensor:
        """`x / y`, 0 where `y` is 0."""
        result: Tensor = build(lookup("DivNoNan"), x, y, name="div_no_nan")
        return result

    def number(self, value: float, dtype: Any) -> Any:
        """A Python number in a type, where TensorFlow's Python casts one."""
        return cast(value, dtype)

    def is_not_zero(self, x: Any) -> Any:
        """1 where a number is not 0, in its own type."""
        return build(lookup("Cast"), build(lookup("NotEqual"), x, self.number(0.0, x.dtype)), DstT=x.dtype.base_dtype)

    def broadcast_axes(self, op: Any) -> Axes:
        """For the two inputs of `op`, per input the axes along which it was repeated, and its shape."""
        x, y = op.inputs
        return self.axes_of(self.shape(x), self.shape(y))

    def axes_of(self, x_shape: Any, y_shape: Any) -> Axes:
        """The same, of two shapes."""
        x_axes, y_axes = build(lookup("BroadcastGradientArgs"), x_shape, y_shape)
        return x_axes, x_shape, y_axes, y_shape

    def summed_pair(self, axes: Axes, x_gradient: Maker, y_gradient: Maker) -> list[Any]:
        """Make two gradients, and sum each over the axes along which its input was repeated."""
        x_axes, x_shape, y_axes, y_shape = axes
        dx = self.summed(x_gradient(), x_axes, x_shape)
        return [dx, self.summed(y_gradient(), y_axes, y_shape)]

    def unbroadcast(self, op: Any, x_gradient: Maker, y_gradient: Maker) -> list[Any]:
        """`summed_pair` over the axes of the two inputs of `op`."""
        return self.summed_pair(self.broadcast_axes(op), x_gradient, y_gradient)

    def sum_axes(self, op: Any, dz: Any = None) -> Axes:
        """`broadcast_axes` with nothing to do where static shapes say so, as of sums, products and powers.

        Args:
          dz: if its static shape is that of both inputs, not even the axes are made.
        """
        x, y = op.inputs
        if dz is not None and self.same_static_shapes(x, y, dz):
            return None, None, None, None
        if not (self.same_static_shapes(x) and self.same_static_shapes(y)):
            return self.axes_of(build(lookup("Shape"), x), build(lookup("Shape"), y))
        return _static_axes(x, y)

    def summed(self, gradient: Any, axes: Any, shape: Any) -> Tensor:
        """Sum over `axes`, reshaped to `shape`; the gradient itself where `axes` is None."""
        if axes is None:
            kept: Tensor = gradient
            return kept
        total = build(lookup("Sum"), gradient, axes)
        result: Tensor = build(lookup("Reshape"), total, shape)
        return result

    @staticmethod
    def same_static_shapes(*tensors: Any) -> bool:
        """Whether all have one shape that is known while the graph is built: then nothing was broadcast."""
        first = tensors[0]._extents if type(tensors[0]) is Tensor else None
        if first is None or None in first:
            return False
        return all(type(other) is Tensor and other._extents == first for other in tensors[1:])


BUILDER: Final = GradientBuilder()
