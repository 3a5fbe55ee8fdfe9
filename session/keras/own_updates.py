"""What an optimizer of a program's own, derived from Keras's, says and is offered: TensorFlow 1's private names.

Such a class names its hyperparameters by `_set_hyper`, makes slots in `_create_slots`, and changes a variable in
`_resource_apply_dense` and `_resource_apply_sparse`.
"""

from __future__ import annotations

import inspect
from typing import Any

from ...ops.families.indexing.gathering import gather
from ...ops.families.indexing.positions import unique
from ...ops.families.reductions.segments import unsorted_segment_sum
from ...ops.families.sparse.indexed_slices import IndexedSlices
from ...ops.types.dtypes import as_dtype
from .operations import cast, control_dependencies, shape_of
from .schedules import LearningRateSchedule


class OwnUpdates:
    """The part of `Optimizer` that classes derived by programs use."""

    _use_locking = True
    _hyper: dict[str, Any]

    def _variable(self, name: str) -> Any:
        raise NotImplementedError

    def _rate(self) -> Any:
        raise NotImplementedError

    def _set_hyper(self, name: str, value: Any) -> None:
        """Name a hyperparameter, or give it another value."""
        if name in self._hyper:
            setattr(self, name, value)
        else:
            self._hyper[name] = value

    def _get_hyper(self, name: str, dtype: Any = None) -> Any:
        """Return a hyperparameter's variable or schedule; with a type, a tensor of it."""
        value = self._variable(name)
        return value if dtype is None or isinstance(value, LearningRateSchedule) else cast(value, as_dtype(dtype))

    def _decayed_lr(self, var_dtype: Any) -> Any:
        """Return the learning rate of this step."""
        return cast(self._rate(), as_dtype(var_dtype))

    def _serialize_hyperparameter(self, hyperparameter_name: str) -> Any:
        """Return what `get_config` tells of a hyperparameter."""
        return self._hyper_config()[hyperparameter_name]

    def _hyper_config(self) -> dict[str, Any]:
        raise NotImplementedError

    def _prepare(self, var_list: list[Any]) -> dict[Any, Any]:
        """Return what updates of variables on a device and of a type share, by the pair of both."""
        state: dict[Any, Any] = {}
        for place in dict.fromkeys((variable.device, variable.dtype.base_dtype) for variable in var_list):
            state[place] = {}
            self._prepare_local(*place, state)
        return state

    def _prepare_local(self, var_device: str, var_dtype: Any, apply_state: dict[Any, Any]) -> None:
        """Fill in what they share: the learning rate as `lr_t`."""
        if "learning_rate" in self._hyper:
            apply_state[var_device, var_dtype]["lr_t"] = self._decayed_lr(var_dtype)

    def _fallback_apply_state(self, var_device: str, var_dtype: Any) -> dict[str, Any]:
        """Return what they share, made anew."""
        state: dict[Any, Any] = {(var_device, var_dtype): {}}
        self._prepare_local(var_device, var_dtype, state)
        shared: dict[str, Any] = state[var_device, var_dtype]
        return shared

    def _update(self, gradient: Any, variable: Any, context: Any) -> Any:
        """The operation that changes a variable."""
        if isinstance(gradient, IndexedSlices):
            apply, asked = self._resource_apply_sparse_duplicate_indices, self._resource_apply_sparse
            parts: tuple[Any, ...] = (gradient.values, variable, gradient.indices)
        else:
            apply = asked = self._resource_apply_dense
            parts = (gradient, variable)
        takes = inspect.signature(asked).parameters.values()
        shared = any(one.name == "apply_state" or one.kind is one.VAR_KEYWORD for one in takes)
        return apply(*parts, **({"apply_state": context} if shared else {}))

    def _resource_apply_dense(self, grad: Any, handle: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no _resource_apply_dense.")

    def _resource_apply_sparse(self, grad: Any, handle: Any, indices: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no _resource_apply_sparse.")

    def _resource_apply_sparse_duplicate_indices(self, grad: Any, handle: Any, indices: Any, **kwargs: Any) -> Any:
        """Change rows of a variable; gradients of one row are summed before."""
        rows, places = unique(indices)
        summed = unsorted_segment_sum(grad, places, shape_of(rows)[0])
        return self._resource_apply_sparse(summed, handle, rows, **kwargs)

    def _resource_scatter_add(self, x: Any, i: Any, v: Any) -> Any:
        """Return a variable with values added to rows."""
        with control_dependencies([x.scatter_add(IndexedSlices(v, i))]):
            return x.value()

    def _resource_scatter_update(self, x: Any, i: Any, v: Any) -> Any:
        """Return a variable with other rows."""
        with control_dependencies([x.scatter_update(IndexedSlices(v, i))]):
            return x.value()

    def _resource_gather(self, x: Any, i: Any) -> Any:
        """Return rows of a variable."""
        return gather(x, i)
