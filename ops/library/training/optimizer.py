"""`Optimizer`: the base of all: gradients of a loss, and their application to variables.

A subclass says how one variable is updated: `_apply_dense` and `_apply_sparse` for references, `_resource_apply_dense`
and `_resource_apply_sparse` for resources; `_create_slots` makes what is kept beside the variables, `_prepare` the
tensors of the parameters, `_finish` what follows all updates.
"""

from __future__ import annotations

from typing import Any

from ...base import nest
from ...building.basic_ops import group
from ...building.basic_ops import tuple as tuple_of
from ...building.build import build_operation
from ...building.convert import convert_to_tensor
from ...building.default_graph import (
    colocate_with,
    control_dependencies,
    get_default_graph,
    init_scope,
    name_scope,
)
from ...families.sparse.indexed_slices import IndexedSlices
from ...families.state.updates.resource_ops import ASSIGN_ADD_VARIABLE_OP
from ...families.state.variable_lists import trainable_variables
from ...families.state.variables import ResourceVariable, Variable
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...types import dtypes
from ..gradients.gradients import gradients
from .formula_updates import FormulaUpdates
from .variable_updates import update_of


class Optimizer(FormulaUpdates):
    """The base of optimizers.

    Args:
      use_locking: kept in the graph; updates never overlap here.
      name: a non-empty name for what is built, also that of the slots.
    Raises: ValueError without a name.
    """

    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    def __init__(self, use_locking: bool, name: str) -> None:
        if not name:
            raise ValueError("Must specify the optimizer name")
        super().__init__()
        self._use_locking = use_locking
        self._name = name

    def get_name(self) -> str:
        """The name given."""
        return self._name

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
    ) -> Any:
        """Return an operation that makes `loss` smaller by changing variables.

        Args:
          loss: the tensor to make smaller.
          global_step: a variable that counts the steps.
          var_list: the variables to change; default: the trainable ones.
          gate_gradients: GATE_NONE, GATE_OP or GATE_GRAPH: whether gradients are used as soon as they are there, when
            all of their operation are, or when all are.
          aggregation_method: see `gradients`.
          colocate_gradients_with_ops: see `gradients`.
          name: a name for what is built; default: the optimizer's.
          grad_loss: the gradient of `loss` to begin with; default: ones.
        Raises: ValueError if no variable has a gradient.
        """
        grads_and_vars = self.compute_gradients(
            loss, var_list, gate_gradients, aggregation_method, colocate_gradients_with_ops, grad_loss
        )
        if all(gradient is None for gradient, _ in grads_and_vars):
            raise ValueError(
                "No gradients provided for any variable, check your graph for ops that do not support gradients, "
                f"between variables {[str(variable) for _, variable in grads_and_vars]} and loss {loss}."
            )
        return self.apply_gradients(grads_and_vars, global_step, name)

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[tuple[Any, Any]]:
        """Return pairs of a gradient (a tensor, IndexedSlices or None) and its variable. Arguments as in `minimize`.

        Raises: TypeError for what cannot be changed, ValueError for another gate or without variables.
        """
        if callable(loss):
            loss = loss()
        if gate_gradients not in (Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH):
            raise ValueError(
                "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH.  Not "
                f"{gate_gradients}"
            )
        self._assert_valid_dtypes([loss])
        if grad_loss is not None:
            self._assert_valid_dtypes([grad_loss])
        if var_list is None:
            var_list = trainable_variables() + get_default_graph().get_collection("trainable_resource_variables")
        else:
            var_list = nest.flatten([list(item) if _has_parts(item) else item for item in _listed(var_list)])
        if not var_list:
            raise ValueError("No variables to optimize.")
        found = gradients(
            loss,
            [_checked(variable) for variable in var_list],
            grad_ys=grad_loss,
            aggregation_method=aggregation_method,
            gate_gradients=gate_gradients == Optimizer.GATE_OP,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )
        if gate_gradients == Optimizer.GATE_GRAPH:
            found = tuple_of(found)
        pairs = list(zip(found, var_list))
        self._assert_valid_dtypes(
            [variable for gradient, variable in pairs if gradient is not None and variable.dtype != dtypes.resource]
        )
        return pairs

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """Return an operation that changes variables by their gradients.

        Args:
          grads_and_vars: pairs as `compute_gradients` returns; a gradient may be None.
          global_step: a variable that counts the steps.
          name: a name for what is built; default: the optimizer's.
        Raises: TypeError for a gradient that is no tensor, ValueError if there is none.
        """
        pairs = [(_gradient(gradient), variable) for gradient, variable in grads_and_vars]
        if not pairs:
            raise ValueError("No variables provided.")
        changed = [variable for gradient, variable in pairs if gradient is not None]
        if not changed:
            raise ValueError(f"No gradients provided for any variable: {[str(variable) for _, variable in pairs]}.")
        with init_scope():
            self._create_slots(changed)
        updates = []
        with name_scope(name, self._name) as scope:
            self._prepare()
            for gradient, variable in pairs:
                if gradient is not None:
                    with name_scope("update_" + variable.op.name), colocate_with(variable):
                        updates.append(update_of(self, gradient, variable))
            if global_step is None:
                applied = self._finish(updates, scope)
            else:
                with control_dependencies([self._finish(updates, "update")]), colocate_with(global_step):
                    applied = _counted(global_step, scope)
        applied = applied.op if isinstance(applied, (Tensor, Variable)) else applied
        train_ops = get_default_graph().get_collection_ref(GraphKeys.TRAIN_OP)
        if applied not in train_ops:
            train_ops.append(applied)
        return applied

    # What a subclass says.

    def _valid_dtypes(self) -> set[Any]:
        """The types of losses and variables that can be."""
        return {dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64}

    def _create_slots(self, var_list: list[Any]) -> None:
        """Make the slots of the variables."""

    def _prepare(self) -> None:
        """Make the tensors that all updates use."""

    def _apply_sparse_duplicate_indices(self, grad: Any, var: Any) -> Any:
        """Update a reference by IndexedSlices; those of one row are summed before."""
        values, indices = _summed(grad.values, grad.indices)
        return self._apply_sparse(IndexedSlices(values, indices, grad.dense_shape), var)

    def _resource_apply_sparse_duplicate_indices(self, grad: Any, handle: Any, indices: Any) -> Any:
        """Update a resource by slices; those of one row are summed before."""
        values, unique_indices = _summed(grad, indices)
        return self._resource_apply_sparse(values, handle, unique_indices)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Any:
        """What is done when all updates are."""
        return group(*update_ops, name=name_scope)

    def _assert_valid_dtypes(self, tensors: list[Any]) -> None:
        """Raises: ValueError for a type that cannot be."""
        valid = self._valid_dtypes()
        for tensor in tensors:
            dtype = tensor.dtype.base_dtype
            if dtype not in valid:
                raise ValueError(f"Invalid type {dtype!r} for {tensor.name}, expected: {list(valid)}.")


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else nest.flatten(value)


def _has_parts(variable: Any) -> bool:
    return hasattr(variable, "_get_variable_list")


def _checked(variable: Any) -> Any:
    """Raises: NotImplementedError for what is no variable, and no tensor either."""
    if not isinstance(variable, (Variable, Tensor)):
        raise NotImplementedError("Trying to optimize unsupported type ", variable)
    return variable


def _gradient(gradient: Any) -> Any:
    if gradient is None or isinstance(gradient, IndexedSlices):
        return gradient
    try:
        return convert_to_tensor(gradient)
    except TypeError:
        raise TypeError(f"Gradient must be convertible to a Tensor or IndexedSlices, or None: {gradient}") from None


def _counted(global_step: Any, name: str) -> Any:
    """An operation that counts a step."""
    if isinstance(global_step, ResourceVariable):
        one = convert_to_tensor(1, global_step.dtype)
        return build_operation(ASSIGN_ADD_VARIABLE_OP, global_step.handle, one, name=name)
    from ...families.state.assignments import assign_add

    return assign_add(global_step, 1, name=name)


def _summed(values: Any, indices: Any) -> tuple[Any, Any]:
    """Slices and indices in which no index occurs twice; slices of one index are summed."""
    from ...families.arrays.shape_ops import shape
    from ...families.indexing.positions import unique
    from ...families.reductions.segments import unsorted_segment_sum

    unique_indices, places = unique(indices)
    return unsorted_segment_sum(values, places, shape(unique_indices)[0]), unique_indices
