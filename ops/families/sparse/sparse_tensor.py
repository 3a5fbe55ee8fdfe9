"""`SparseTensor`: a tensor of which only some elements are listed, as three tensors; and feeding one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...base.late import late
from ...building.constant import constant
from ...building.convert import convert_to_tensor, register_tensor_conversion_function
from ...building.default_graph import leave_out, name_scope
from ...definition.shape_query import UNKNOWN
from ...graph.node import Tensor
from ...graph.partial import partial_value
from ...types import dtypes
from ...types.dtypes import DType
from ...types.tensor_shape import Extents, TensorShape, as_extents, merge_extents

if TYPE_CHECKING:
    from ...graph.graph import Graph
    from ...graph.operation import Operation


class SparseTensorValue(NamedTuple):
    """The value of a SparseTensor: what fetching one gives, and what may be fed for one.

    Attributes:
      indices: int64 matrix, one row of coordinates per listed element.
      values: the listed elements.
      dense_shape: int64 vector, the shape of the whole.
    """

    indices: Any
    values: Any
    dense_shape: Any


class SparseTensor:
    """A tensor whose elements are zero but for those listed.

    Args:
      indices: int64 matrix `[n, rank]`: the coordinates of each listed element, best in row-major order.
      values: vector of the `n` listed elements, of any type.
      dense_shape: int64 vector of the `rank` extents of the whole.
    Raises: ValueError if what is known of the three shapes contradicts itself.

    >>> SparseTensor(indices=[[0, 1]], values=[2.0], dense_shape=[3, 4]).shape
    TensorShape([Dimension(3), Dimension(4)])
    """

    # `__dict__`: libraries hang attributes of their own on it (Keras: `_keras_shape`), as on a Tensor.
    __slots__ = ("__dict__", "__weakref__", "_dense_shape", "_indices", "_shape", "_values")
    __array_ufunc__ = None  # NumPy must not take `array * sparse` apart

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        with name_scope(None, "SparseTensor", [indices, values, dense_shape]):
            self._indices = convert_to_tensor(indices, dtypes.int64, name="indices")
            self._values = convert_to_tensor(values, name="values")
            self._dense_shape = convert_to_tensor(dense_shape, dtypes.int64, name="dense_shape")
        rows = self._indices.shape.with_rank(2)
        count = self._values.shape.with_rank(1)
        rank = self._dense_shape.shape.with_rank(1)
        rows[0].assert_is_compatible_with(count[0])
        rows[1].assert_is_compatible_with(rank[0])
        self._shape: Extents = _extents_in(self._dense_shape)

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """Return a SparseTensor of the parts of a SparseTensorValue (or of another SparseTensor).

        Raises: TypeError if it is neither.
        """
        if not is_sparse(sparse_tensor_value):
            raise TypeError(
                f"Argument sparse_tensor_value={sparse_tensor_value} is neither a SparseTensor nor SparseTensorValue."
            )
        return cls(*_parts(sparse_tensor_value))

    @property
    def indices(self) -> Tensor:
        """The coordinates of the listed elements, an int64 matrix."""
        return self._indices

    @property
    def values(self) -> Tensor:
        """The listed elements, a vector."""
        return self._values

    @property
    def dense_shape(self) -> Tensor:
        """The shape of the whole, an int64 vector."""
        return self._dense_shape

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape of the whole while the graph is built."""
        return TensorShape._of(self._shape)

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return TensorShape._of(self._shape)

    def set_shape(self, shape: Any) -> None:
        """Add what you know to what is known of the shape. Raises: ValueError if it contradicts that."""
        self._shape = merge_extents(self._shape, as_extents(shape))

    @property
    def dtype(self) -> DType:
        """The type of the elements."""
        return self._values.dtype

    @property
    def op(self) -> Operation:
        """The operation that produces `values`."""
        return self._values.op

    @property
    def graph(self) -> Graph:
        """The graph that contains the three tensors."""
        return self._indices.graph

    def consumers(self) -> list[Operation]:
        """The operations that take `values` as an input."""
        return self._values.consumers()

    def with_values(self, new_values: Any) -> SparseTensor:
        """Return a SparseTensor with other elements listed at the same coordinates."""
        return SparseTensor(self._indices, new_values, self._dense_shape)

    def eval(self, feed_dict: Any = None, session: Any = None) -> SparseTensorValue:
        """Evaluate in `session`, or in the default session; see `Session.run`.

        Raises: ValueError if there is no session, or if it runs another graph.
        """
        from ...graph.defaults import session_for

        found = session_for(self.graph, session, "evaluate tensor", "eval")
        result: SparseTensorValue = found.run(self, feed_dict)
        return result

    def _nest_components(self) -> list[Any]:
        return [self._indices, self._values, self._dense_shape]

    def _nest_rebuild(self, components: list[Any]) -> Any:
        if all(isinstance(part, Tensor) for part in components):
            return SparseTensor(*components)
        return SparseTensorValue(*components)

    def __mul__(self, other: Any) -> Any:
        return late("sparse_operators").multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        if not isinstance(other, Tensor) and not hasattr(other, "_as_graph_element"):
            return NotImplemented
        return self * other

    def __truediv__(self, other: Any) -> Any:
        return late("sparse_operators").true_divide(self, other)

    def __div__(self, other: Any) -> Any:
        return late("sparse_operators").divide(self, other)

    def __repr__(self) -> str:
        return f"SparseTensor(indices={self._indices}, values={self._values}, dense_shape={self._dense_shape})"


def _extents_in(shape: Tensor) -> Extents:
    """The extents that an integer vector spells, as far as the graph determines them."""
    value = partial_value(shape)
    if value is not None:
        return tuple(None if item is UNKNOWN or item < 0 else int(item) for item in value.reshape(-1))
    count = shape._extents[0] if shape._extents else None
    return None if count is None else (None,) * count


def is_sparse(x: Any) -> bool:
    """Return whether `x` is a SparseTensor or a SparseTensorValue."""
    return isinstance(x, (SparseTensor, SparseTensorValue))


def _parts(value: Any) -> tuple[Any, Any, Any]:
    return value.indices, value.values, value.dense_shape


def as_sparse(value: Any) -> SparseTensor:
    """Return a SparseTensor, made of a SparseTensorValue if need be. Raises: TypeError for anything else."""
    if isinstance(value, SparseTensorValue):
        return SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return value


def convert_to_tensor_or_sparse_tensor(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Return `value` as a SparseTensor if it is sparse, else as a Tensor.

    Args:
      value: a SparseTensor, SparseTensorValue, or what `convert_to_tensor` takes.
      dtype: the type wanted.
      name: a name for the constant that may be made.
    Raises: RuntimeError if a sparse one has another type; as `convert_to_tensor`.
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        return convert_to_tensor(value, wanted, name)
    if wanted is not None and not wanted.is_compatible_with(value.dtype):
        raise RuntimeError(f"Sparse dtype mismatch. Requested: {wanted.name},  Actual: {value.dtype.name}")
    return value


def sparse_placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> SparseTensor:
    """Return a SparseTensor whose value must be fed.

    Args:
      dtype: the type of the elements.
      shape: the shape of the whole, with None for unknown extents; None as a whole for any. It is not checked when
        a value is fed, and is the default of `dense_shape`.
      name: a prefix for the names of the placeholders.

    >>> sparse_placeholder("float32", [None, 3]).shape
    TensorShape([Dimension(None), Dimension(3)])
    """
    from ...building.basic_ops import placeholder, placeholder_with_default

    def named(part: str) -> str | None:
        return None if name is None else f"{name}/{part}"

    extents: Extents = None
    if shape is None:
        rank, whole = None, placeholder(dtypes.int64, [None], name=named("shape"))
    else:
        if isinstance(shape, Tensor):
            default, rank = shape, shape.shape.as_list()[0]
            extents = _extents_in(shape)
        else:
            extents = tuple(None if extent == -1 else extent for extent in as_extents_or_negative(shape))
            rank = len(extents)
            numbers = np.array([-1 if extent is None else extent for extent in extents], np.int64)
            default = constant(numbers, name=named("shape_default") or "Const")
        leave_out(-1)
        whole = placeholder_with_default(default, default.shape, name=named("shape"))
    values = placeholder(dtype, [None], name=named("values"))
    result = SparseTensor(placeholder(dtypes.int64, [None, rank], name=named("indices")), values, whole)
    result.set_shape(extents)
    return result


def as_extents_or_negative(shape: Any) -> tuple[Any, ...]:
    """The extents of a shape that may be written with -1 for those not known. Raises: ValueError for unknown rank."""
    if isinstance(shape, (list, tuple, np.ndarray)):
        shape = [None if getattr(extent, "value", extent) in (None, -1) else extent for extent in shape]
    extents = as_extents(shape)
    if extents is None:
        raise ValueError("as_list() is not defined on an unknown TensorShape.")
    return extents


def _refuse(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Any:
    raise TypeError(
        f"Failed to convert elements of {value!r} to Tensor. A SparseTensor is no Tensor: use the sparse_* functions, "
        "or sparse_tensor_to_dense."
    )


register_tensor_conversion_function(SparseTensor, _refuse, 90)
