"""`IndexedSlices`: some slices of a tensor along its first dimension, as gradients of gathered rows are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ...building.convert import convert_to_tensor, register_tensor_conversion_function
from ...graph.node import Tensor
from ...graph.partial import static_value
from ...types.dtypes import DType, as_dtype
from ...types.tensor_shape import TensorShape

if TYPE_CHECKING:
    from ...graph.graph import Graph
    from ...graph.operation import Operation


class IndexedSlicesValue(NamedTuple):
    """The value of IndexedSlices: what fetching them gives, and what may be fed for them.

    Attributes:
      values: the slices.
      indices: which slice of the whole each is.
      dense_shape: the shape of the whole, or None.
    """

    values: Any
    indices: Any
    dense_shape: Any


class IndexedSlices:
    """Slices `values[i]` that stand at `indices[i]` along the first dimension of a whole; those not listed are zero.

    Args:
      values: tensor of the slices.
      indices: integer vector, one per slice; one that occurs twice means the sum of its slices.
      dense_shape: integer vector of the whole's extents; None if that is not known.
    """

    # `__dict__`: libraries hang attributes of their own on it (Keras: `_keras_shape`), as on a Tensor.
    __slots__ = ("__dict__", "__weakref__", "_dense_shape", "_indices", "_values")

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    @property
    def values(self) -> Any:
        """The slices."""
        return self._values

    @property
    def indices(self) -> Any:
        """Where along the first dimension of the whole each slice stands."""
        return self._indices

    @property
    def dense_shape(self) -> Any:
        """The shape of the whole as a tensor, or None."""
        return self._dense_shape

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape of the whole while the graph is built."""
        if self._dense_shape is None:
            return TensorShape(None)
        known = static_value(self._dense_shape)
        if known is not None:
            return TensorShape([None if extent < 0 else int(extent) for extent in known])
        count = self._dense_shape.shape
        return TensorShape(None) if not count.is_fully_defined() else TensorShape([None] * count.as_list()[0])

    @property
    def name(self) -> str:
        """The name of `values`."""
        return str(self._values.name)

    @property
    def device(self) -> str:
        """The device of `values`."""
        return str(self._values.device)

    @property
    def op(self) -> Operation:
        """The operation that produces `values`."""
        found: Operation = self._values.op
        return found

    @property
    def dtype(self) -> DType:
        """The type of the elements."""
        found: DType = self._values.dtype
        return found

    @property
    def graph(self) -> Graph:
        """The graph that contains `values`."""
        found: Graph = self._values.graph
        return found

    def consumers(self) -> list[Operation]:
        """The operations that take `values` as an input."""
        found: list[Operation] = self._values.consumers()
        return found

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    def __str__(self) -> str:
        whole = "" if self._dense_shape is None else f", dense_shape={self._dense_shape}"
        return f"IndexedSlices(indices={self._indices}, values={self._values}{whole})"

    def _nest_components(self) -> list[Any]:
        parts = [self._values, self._indices]
        return parts if self._dense_shape is None else [*parts, self._dense_shape]

    def _nest_rebuild(self, components: list[Any]) -> Any:
        if all(isinstance(part, Tensor) for part in components):
            return IndexedSlices(*components)
        return IndexedSlicesValue(*components, *[None] * (3 - len(components)))


def _dense(value: IndexedSlices, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    """The whole, with zeros where no slice stands, and sums where several do."""
    from ..reductions.segments import unsorted_segment_sum

    if dtype is not None and not dtype.is_compatible_with(value.dtype):
        raise ValueError(
            f"Incompatible tensor conversion requested to `dtype` {dtype.name} for IndexedSlices ({value}) with dtype "
            f"{value.dtype.name}"
        )
    if value.dense_shape is None:
        raise ValueError(
            f"Tensor conversion requested for IndexedSlices for argument `value` without dense_shape: {value}"
        )
    count = convert_to_tensor(value.dense_shape)[0]
    return unsorted_segment_sum(value.values, value.indices, count, name=name)


register_tensor_conversion_function(IndexedSlices, _dense, 90)


def convert_to_tensor_or_indexed_slices(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Return IndexedSlices and sparse tensors as they are, anything else as a Tensor.

    Args:
      value: what `convert_to_tensor` takes, IndexedSlices or a sparse tensor.
      dtype: the type wanted.
      name: a name for the constant that may be made.
    Raises: ValueError if a tensor has another type; as `convert_to_tensor`.
    """
    if not isinstance(value, (Tensor, IndexedSlices)) and not hasattr(value, "dense_shape"):
        return convert_to_tensor(value, dtype, name)
    if dtype is not None and not as_dtype(dtype).is_compatible_with(value.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {as_dtype(dtype).name} for Tensor with dtype {value.dtype.name}: "
            f"'{value}'"
        )
    return value
