"""`TensorArray`: an array of tensors that loops write to and read from."""

from __future__ import annotations

from typing import Any

from ...building.basic_ops import identity
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...building.static_value import get_static_value
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from ..arrays.filling import range as range_op
from ..arrays.shape_ops import shape as shape_op
from ..elementwise.cast import cast
from .tensor_array_ops import (
    TENSOR_ARRAY,
    TENSOR_ARRAY_CLOSE,
    TENSOR_ARRAY_CONCAT,
    TENSOR_ARRAY_GATHER,
    TENSOR_ARRAY_GRAD,
    TENSOR_ARRAY_READ,
    TENSOR_ARRAY_SCATTER,
    TENSOR_ARRAY_SIZE,
    TENSOR_ARRAY_SPLIT,
    TENSOR_ARRAY_WRITE,
)


class TensorArray:
    """An array of tensors. A write returns the array as it is afterwards; use that one from then on.

    Args:
      dtype: the type of the elements.
      size: how many there are, an int or an int32 scalar tensor; needed unless `handle` is given.
      dynamic_size: whether writing further makes the array longer.
      clear_after_read: whether an element may be read once only (the default), and its memory is given back then.
      tensor_array_name: a name for messages.
      handle, flow: those of an array there is already.
      infer_shape: whether all elements have one shape, which is taken from what is written.
      element_shape: what is known of the elements' shape.
      colocate_with_first_write_call: accepted for compatibility.
      name: a name for the operation.
    Raises: ValueError if both or none of `handle` and `size` are given; TypeError for a wrong type.
    """

    _is_tensor_array = True

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Any = None,
        flow: Any = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        if handle is not None and tensor_array_name:
            raise ValueError("Cannot construct with both handle and tensor_array_name")
        if (handle is None) == (size is None):
            raise ValueError("Must provide handle or size, not both")
        if handle is not None and not isinstance(handle, Tensor):
            raise TypeError(f"TensorArray's handle is a tensor (another TensorArray's `handle`), not {handle!r}.")
        if handle is not None and dynamic_size is not None:
            raise ValueError("Cannot provide both a handle and dynamic_size when creating a TensorArray")
        if handle is not None and clear_after_read is not None:
            raise ValueError("Cannot provide both a handle and clear_after_read when creating a TensorArray")
        self._dtype = dtypes.as_dtype(dtype).base_dtype
        self._dynamic_size = bool(dynamic_size)
        self._infer_shape = infer_shape
        self._colocate_with_first_write_call = colocate_with_first_write_call
        self._element_shape = [] if element_shape is None else [TensorShape(element_shape)]
        if element_shape is not None:
            self._infer_shape = True
        with name_scope(name, "TensorArray", [handle, size, flow]) as scope:
            if handle is not None:
                self._handle = handle
                self._flow = identity(handle, name="flow") if flow is None else flow
                return
            size = convert_to_tensor(size, dtypes.int32, name="size")
            self._handle, self._flow = build(
                TENSOR_ARRAY,
                size,
                name=scope,
                dtype=self._dtype,
                element_shape=None if element_shape is None else TensorShape(element_shape)._extents,
                identical_element_shapes=infer_shape,
                dynamic_size=self._dynamic_size,
                clear_after_read=True if clear_after_read is None else clear_after_read,
                tensor_array_name=tensor_array_name or "",
            )

    @property
    def flow(self) -> Any:
        """The tensor that keeps reads behind writes."""
        return self._flow

    @property
    def dtype(self) -> Any:
        """The type of the elements."""
        return self._dtype

    @property
    def handle(self) -> Any:
        """The tensor that stands for the array's memory."""
        return self._handle

    @property
    def dynamic_size(self) -> bool:
        """Whether writing further makes the array longer."""
        return self._dynamic_size

    @property
    def element_shape(self) -> TensorShape:
        """What is known of the elements' shape."""
        return self._element_shape[0] if self._element_shape else TensorShape(None)

    @property
    def _extents(self) -> Any:
        return self.element_shape._extents

    def _with_flow(self, flow: Any) -> TensorArray:
        """The array behind other writes."""
        result = object.__new__(TensorArray)
        result.__dict__.update(self.__dict__)
        result._flow = flow
        return result

    def _merge_element_shape(self, shape: Any) -> None:
        """Learn from an element's shape. Raises: ValueError if it contradicts what is known."""
        if not self._infer_shape:
            return
        if not self._element_shape:
            self._element_shape.append(TensorShape(shape))
        elif not self._element_shape[0].is_compatible_with(shape):
            raise ValueError(
                f"Inconsistent shapes: saw {shape} but expected {self._element_shape[0]} (and infer_shape=True)"
            )
        else:
            self._element_shape[0] = self._element_shape[0].merge_with(shape)

    def identity(self) -> TensorArray:
        """The array behind what the block's control dependencies say."""
        return self._with_flow(identity(self._flow))

    def grad(self, source: Any, flow: Any = None, name: str | None = None) -> TensorArray:
        """The array of the gradients that `source`, the name of a call of `gradients`, collects."""
        flow = self._flow if flow is None else flow
        with name_scope(name, "TensorArrayGrad", [self._handle]):
            handle, _ = build(TENSOR_ARRAY_GRAD, self._handle, flow, source=source, name=name)
            with control_dependencies([handle]):
                flow = identity(flow, name="gradient_flow")
            result = TensorArray(self._dtype, handle=handle, flow=flow, infer_shape=self._infer_shape)
            result._element_shape = self._element_shape
            return result

    def read(self, index: Any, name: str | None = None) -> Any:
        """Return the element at `index`, an int32 scalar."""
        value = build(TENSOR_ARRAY_READ, self._handle, index, self._flow, name=name, dtype=self._dtype)
        if self._element_shape:
            value.set_shape(self._element_shape[0])
        return value

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """Put `value` at `index`. Returns: the array afterwards."""
        with name_scope(name, "TensorArrayWrite", [self._handle, index, value]):
            value = convert_to_tensor(value, preferred_dtype=self._dtype, name="value")
            self._merge_element_shape(value.shape)
            return self._with_flow(build(TENSOR_ARRAY_WRITE, self._handle, index, value, self._flow))

    def stack(self, name: str | None = None) -> Any:
        """Return all elements as one tensor with a new first axis."""
        with name_scope(name, "TensorArrayStack", [self._handle]):
            return self.gather(range_op(0, self.size()), name=name)

    def gather(self, indices: Any, name: str | None = None) -> Any:
        """Return the elements at `indices`, a vector, as one tensor with a new first axis."""
        element = self._element_shape[0] if self._element_shape else TensorShape(None)
        value = build(
            TENSOR_ARRAY_GATHER,
            self._handle,
            indices,
            self._flow,
            name=name,
            dtype=self._dtype,
            element_shape=element._extents,
        )
        if self._element_shape and element._extents is not None:
            value.set_shape([None, *element.as_list()])
        return value

    def concat(self, name: str | None = None) -> Any:
        """Return all elements along their first axis."""
        element = self._element_shape[0] if self._element_shape else TensorShape(None)
        rest = None if element._extents is None else element._extents[1:]
        value, _ = build(
            TENSOR_ARRAY_CONCAT, self._handle, self._flow, name=name, dtype=self._dtype, element_shape_except0=rest
        )
        if rest is not None:
            value.set_shape([None, *rest])
        return value

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """Put the rows of `value` in the places 0, 1, 2, ... Returns: the array afterwards."""
        with name_scope(name, "TensorArrayUnstack", [self._handle, value]):
            value = convert_to_tensor(value, name="value")
            count = shape_op(value)[0]
            return self.scatter(indices=range_op(0, count), value=value, name=name)

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """Put the rows of `value` in the places `indices`. Returns: the array afterwards."""
        with name_scope(name, "TensorArrayScatter", [self._handle, value, indices]):
            value = convert_to_tensor(value, preferred_dtype=self._dtype, name="value")
            self._merge_element_shape(value.shape[1:] if value.shape.ndims else TensorShape(None))
            return self._with_flow(build(TENSOR_ARRAY_SCATTER, self._handle, indices, value, self._flow, name=name))

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """Put the parts of `value`, of so many rows each, in the places 0, 1, 2, ... Returns: the array afterwards."""
        with name_scope(name, "TensorArraySplit", [self._handle, value, lengths]):
            value = convert_to_tensor(value, dtype=self._dtype, name="value")
            lengths = cast(lengths, dtypes.int64)
            self._learn_from_split(value, lengths)
            return self._with_flow(build(TENSOR_ARRAY_SPLIT, self._handle, value, lengths, self._flow, name=name))

    def _learn_from_split(self, value: Any, lengths: Any) -> None:
        if not self._infer_shape or value.shape.ndims is None:
            return
        known = get_static_value(lengths)
        same = known is not None and known.size and (known == known[0]).all()
        if known is not None and not same:
            return
        self._merge_element_shape(TensorShape([int(known[0]) if same else None, *value.shape.as_list()[1:]]))

    def size(self, name: str | None = None) -> Any:
        """Return the number of elements, an int32 scalar."""
        return build(TENSOR_ARRAY_SIZE, self._handle, self._flow, name=name)

    def close(self, name: str | None = None) -> Any:
        """Return an operation that gives the memory back."""
        return build(TENSOR_ARRAY_CLOSE, self._handle, name=name)
