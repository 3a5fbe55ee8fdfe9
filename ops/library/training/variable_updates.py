"""The update of one variable: by its kind, by the gradient's, and with the variable's constraint after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...building.default_graph import control_dependencies
from ...families.sparse.indexed_slices import IndexedSlices
from ...families.state.variables import Variable

if TYPE_CHECKING:
    from .optimizer import Optimizer


def update_of(optimizer: Optimizer, gradient: Any, variable: Any) -> Any:
    """Build the update of a variable.

    Args:
      optimizer: the optimizer; its methods build.
      gradient: a tensor or IndexedSlices.
      variable: what is updated.
    Raises: NotImplementedError for a tensor or something else, RuntimeError for a sparse update of a variable with a
      constraint.
    """
    if not isinstance(variable, Variable):
        raise NotImplementedError("Trying to update a Tensor ", variable)
    is_resource = variable.op.type == "VarHandleOp"
    if isinstance(gradient, IndexedSlices):
        if variable.constraint is not None:
            raise RuntimeError("Cannot use a constraint function on a sparse variable.")
        if is_resource:
            return optimizer._resource_apply_sparse_duplicate_indices(gradient.values, variable, gradient.indices)
        return optimizer._apply_sparse_duplicate_indices(gradient, variable)
    apply = optimizer._resource_apply_dense if is_resource else optimizer._apply_dense
    update = apply(gradient, variable)
    if variable.constraint is None:
        return update
    with control_dependencies([update]):
        return variable.assign(variable.constraint(variable))
