"""`Input`: placeholders that models begin with."""

from __future__ import annotations

from typing import Any

from ....ops.types import dtypes
from .. import state
from ..layer import History, Layer, Node
from ..operations import placeholder


class InputLayer(Layer):
    """The layer of a placeholder.

    Args:
      input_shape: of one example; batch_size: the first extent, default: any; batch_input_shape: both.
      dtype: default: floats. input_tensor: a tensor to take instead of a new placeholder.
      sparse: whether the placeholder is a SparseTensor. name: default: `input_1`, `input_2`, ...
    """

    def __init__(
        self, input_shape: Any = None, batch_size: int | None = None, dtype: Any = None, input_tensor: Any = None,
        sparse: bool = False, name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        batch_shape = kwargs.pop("batch_input_shape", None)
        if batch_shape is not None:
            batch_size, input_shape = batch_shape[0], tuple(batch_shape[1:])
        kwargs.pop("trainable", None)
        if kwargs.pop("ragged", False):
            raise NotImplementedError("Inputs that are ragged are not built.")
        name = name or state.unique_name("input", zero_based=False)
        if dtype is None:
            dtype = state.floatx() if input_tensor is None else input_tensor.dtype.base_dtype.name
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.built = True
        self.sparse = sparse
        self.batch_size = batch_size
        self.is_placeholder = input_tensor is None
        if input_tensor is None:
            shape = [batch_size, *(input_shape if isinstance(input_shape, (list, tuple)) else (input_shape,))]
            if sparse:
                from ....ops.families.sparse.sparse_tensor import sparse_placeholder

                input_tensor = sparse_placeholder(dtypes.as_dtype(dtype), shape, name=self.name)
            else:
                input_tensor = placeholder(dtypes.as_dtype(dtype), shape, name=self.name)
            self._batch_input_shape = tuple(shape)
        else:
            self._batch_input_shape = tuple(input_tensor.shape.as_list())
        self._nodes.append(Node(self, [], input_tensor, {}))
        self._inbound.append((input_tensor, input_tensor))
        input_tensor._keras_history = History(self, 0, 0)

    @property
    def input_shape(self) -> Any:
        """The shape of the placeholder."""
        return [self._batch_input_shape]

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {
            "batch_input_shape": self._batch_input_shape, "dtype": self._dtype, "sparse": self.sparse,
            "ragged": False, "name": self.name,
        }  # fmt: skip


def Input(
    shape: Any = None, batch_size: int | None = None, name: str | None = None, dtype: Any = None, sparse: bool = False,
    tensor: Any = None, batch_shape: Any = None, **kwargs: Any,
) -> Any:  # fmt: skip
    """Return a placeholder that a model can begin with.

    Args:
      shape: of one example; batch_size: the first extent, default: any; batch_shape: both.
      name: of the placeholder; dtype: default: floats; sparse: whether it is a SparseTensor.
      tensor: a tensor to take instead.
    Raises: ValueError without a shape.
    """
    batch_shape = kwargs.pop("batch_input_shape", batch_shape)
    if kwargs.pop("ragged", False):
        raise NotImplementedError("Inputs that are ragged are not built.")
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments: {sorted(kwargs)}")
    if shape is None and batch_shape is None and tensor is None:
        raise ValueError("Please provide to Input either a `shape` or a `tensor` argument.")
    if batch_shape is not None:
        batch_size, shape = batch_shape[0], tuple(batch_shape[1:])
    layer = InputLayer(shape, batch_size, dtype, tensor, sparse, name)
    return layer._nodes[0].outputs
