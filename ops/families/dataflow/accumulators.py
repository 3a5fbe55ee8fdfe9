"""`ConditionalAccumulator`: gradients of several workers, averaged when enough of them are there."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...building.build import build, build_operation
from ...building.convert import convert_to_tensor
from ...definition.registry import lookup
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...types import dtypes
from ...types.tensor_shape import TensorShape, as_extents
from ..elementwise.cast import cast
from ..sparse.indexed_slices import IndexedSlices
from . import accumulator_ops as ops


class ConditionalAccumulatorBase:
    """What both kinds of accumulators have in common.

    Args:
      dtype: the type of the gradients; shape: what is known of theirs.
      accumulator_ref: the handle.
    """

    _prefix = ""

    def __init__(self, dtype: Any, shape: Any, accumulator_ref: Tensor) -> None:
        self._dtype = dtypes.as_dtype(dtype)
        self._shape = shape
        self._accumulator_ref = accumulator_ref
        self._name = accumulator_ref.op.name.rpartition("/")[2]

    @property
    def accumulator_ref(self) -> Tensor:
        """The handle."""
        return self._accumulator_ref

    @property
    def name(self) -> str:
        """The name of the accumulator."""
        return self._name

    @property
    def dtype(self) -> dtypes.DType:
        """The type of the gradients."""
        return self._dtype

    def _group(self) -> dict[str, Any]:
        """References are worked on where they are."""
        return {} if self._prefix else {"_class": tuple(self._accumulator_ref.op.colocation_groups())}

    def num_accumulated(self, name: str | None = None) -> Tensor:
        """Return how many gradients there are."""
        result: Tensor = build(
            lookup(f"{self._prefix}AccumulatorNumAccumulated"),
            self._accumulator_ref,
            name=name or f"{self._name}_NumAccumulated",
            **self._group(),
        )
        return result

    def set_global_step(self, new_global_step: Any, name: str | None = None) -> Operation:
        """Return an operation that begins another step: gradients of earlier ones are dropped."""
        step = cast(convert_to_tensor(new_global_step), dtypes.int64)
        result: Operation = build_operation(
            lookup(f"{self._prefix}AccumulatorSetGlobalStep"), self._accumulator_ref, step, name=name, **self._group()
        )
        return result


class ConditionalAccumulator(ConditionalAccumulatorBase):
    """An accumulator of tensors.

    Args:
      dtype: the type of the gradients; shape: what is known of theirs.
      shared_name: a name that graphs share it by.
      name: a name for the operation.
      reduction_type: "MEAN" or "SUM".
    """

    _prefix = "Resource"

    def __init__(
        self,
        dtype: Any,
        shape: Any = None,
        shared_name: str | None = None,
        name: str = "conditional_accumulator",
        reduction_type: str = "MEAN",
    ) -> None:
        handle = build(ops.RESOURCE_CONDITIONAL_ACCUMULATOR,
            dtype=dtype, shape=as_extents(shape), shared_name=shared_name or "", name=name,
            reduction_type=reduction_type,
        )  # fmt: skip
        super().__init__(dtype, shape, handle)

    def apply_grad(self, grad: Any, local_step: Any = 0, name: str | None = None) -> Operation:
        """Return an operation that adds a gradient, unless it is of an earlier step than the accumulator's."""
        grad = convert_to_tensor(grad, self._dtype)
        grad.shape.assert_is_compatible_with(TensorShape(self._shape))
        step = cast(convert_to_tensor(local_step), dtypes.int64)
        result: Operation = build_operation(
            lookup("ResourceAccumulatorApplyGradient"), self._accumulator_ref, step, grad, name=name
        )
        return result

    def take_grad(self, num_required: Any, name: str | None = None) -> Tensor:
        """Return the mean (or sum) of the gradients, once there are `num_required`; the next step begins then."""
        result: Tensor = build(
            lookup("ResourceAccumulatorTakeGradient"), self._accumulator_ref, num_required, dtype=self._dtype, name=name
        )
        return result


class SparseAccumulatorTakeGradient(NamedTuple):
    """What `SparseConditionalAccumulator.take_grad` returns."""

    indices: Tensor
    values: Tensor
    shape: Tensor


class SparseConditionalAccumulator(ConditionalAccumulatorBase):
    """An accumulator of IndexedSlices. Arguments as of `ConditionalAccumulator`."""

    def __init__(
        self,
        dtype: Any,
        shape: Any = None,
        shared_name: str | None = None,
        name: str = "sparse_conditional_accumulator",
        reduction_type: str = "MEAN",
    ) -> None:
        handle = build(ops.SPARSE_CONDITIONAL_ACCUMULATOR,
            dtype=dtype, shape=as_extents(shape), shared_name=shared_name or "", name=name,
            reduction_type=reduction_type,
        )  # fmt: skip
        super().__init__(dtype, shape, handle)

    def apply_indexed_slices_grad(self, grad: Any, local_step: Any = 0, name: str | None = None) -> Operation:
        """Return an operation that adds IndexedSlices, unless they are of an earlier step."""
        return self.apply_grad(grad.indices, grad.values, grad.dense_shape, local_step, name)

    def apply_grad(
        self, grad_indices: Any, grad_values: Any, grad_shape: Any = None, local_step: Any = 0, name: str | None = None
    ) -> Operation:
        """Return an operation that adds slices, unless they are of an earlier step."""
        step = cast(convert_to_tensor(local_step), dtypes.int64)
        indices = cast(grad_indices, dtypes.int64)
        shape = cast([] if grad_shape is None else grad_shape, dtypes.int64)
        result: Operation = build_operation(ops.SPARSE_ACCUMULATOR_APPLY_GRADIENT,
            self._accumulator_ref, step, indices, grad_values, shape,
            has_known_shape=grad_shape is not None, name=name, **self._group(),
        )  # fmt: skip
        return result

    def take_grad(self, num_required: Any, name: str | None = None) -> SparseAccumulatorTakeGradient:
        """Return indices, values and shape of what the gradients come to, once there are `num_required`."""
        return SparseAccumulatorTakeGradient(
            *build(
                ops.SPARSE_ACCUMULATOR_TAKE_GRADIENT,
                self._accumulator_ref,
                num_required,
                dtype=self._dtype,
                name=name,
                **self._group(),
            )
        )

    def take_indexed_slices_grad(self, num_required: Any, name: str | None = None) -> IndexedSlices:
        """The same as IndexedSlices."""
        taken = self.take_grad(num_required, name)
        return IndexedSlices(taken.values, taken.indices, taken.shape)
