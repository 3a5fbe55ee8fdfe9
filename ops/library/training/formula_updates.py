"""`FormulaUpdates`: updates by one family of operations (`ApplyMomentum`, `SparseApplyMomentum`,
`ResourceApplyMomentum`, `ResourceSparseApplyMomentum`), which take variable, slots, gradient and parameters.

It stands below `Optimizer`, not above it, so that `Optimizer` is what each optimizer of TensorFlow derives from at
first hand: libraries look at `__base__`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from ...building.build import build_operation
from ...building.convert import convert_to_tensor
from ...definition.registry import lookup
from ...families.elementwise.cast import cast
from ...graph.node import Tensor
from .slot_keeper import SlotKeeper


class FormulaUpdates(SlotKeeper):
    """A subclass names its update, what of it is a slot, and gives the other inputs; or it overrides `_apply_dense`,
    `_apply_sparse` (references), `_resource_apply_dense` and `_resource_apply_sparse` (resources)."""

    _update: str | None = None  # `ApplyMomentum` without `Apply`
    _use_locking: bool
    _slot_inputs: ClassVar[dict[str, str]] = {}  # from an input to the name of a slot

    def _parameters(self, var: Any) -> dict[str, Any]:
        """From an input's name to its value, of the variable's type, for all inputs that are scalars."""
        raise NotImplementedError

    def _update_attrs(self) -> dict[str, Any]:
        """Attributes of the operations besides `use_locking`."""
        return {}

    def _call_if_callable(self, param: Any) -> Any:
        return param() if callable(param) else param

    def _as_tensor(self, value: Any, name: str) -> Tensor:
        """A parameter as a tensor of its own name; it may be a function."""
        return convert_to_tensor(self._call_if_callable(value), name=name)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        """Update a reference by a tensor."""
        return self._updated("Apply", var, {"grad": grad, "delta": grad})

    def _resource_apply_dense(self, grad: Any, handle: Any) -> Any:
        """Update a resource by a tensor."""
        return self._updated("ResourceApply", handle, {"grad": grad, "delta": grad})

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        """Update a reference by IndexedSlices that name no row twice."""
        return self._updated("SparseApply", var, {"grad": grad.values, "indices": grad.indices})

    def _resource_apply_sparse(self, grad: Any, handle: Any, indices: Any) -> Any:
        """Update a resource by slices that name no row twice."""
        return self._updated("ResourceSparseApply", handle, {"grad": grad, "indices": indices})

    def _updated(self, form: str, var: Any, gradient: dict[str, Any]) -> Any:
        if self._update is None:
            raise NotImplementedError(
                f"{type(self).__name__} does not say how it updates {var.op.name!r}: it has no method for {form}."
            )
        op_def = lookup(form + self._update)
        places = {"var": var, **{name: self.get_slot(var, slot) for name, slot in self._slot_inputs.items()}}
        if form.startswith("Resource"):
            places = {name: variable.handle for name, variable in places.items()}
        inputs = {**gradient, **places, **self._parameters(var)}
        return build_operation(
            op_def,
            *(inputs[arg.name] for arg in op_def.inputs),
            T=var.dtype.base_dtype,
            use_locking=self._use_locking,
            **self._update_attrs(),
        )


def like(value: Any, var: Any) -> Tensor:
    """A parameter in a variable's type."""
    result: Tensor = cast(value, var.dtype.base_dtype)
    return result
