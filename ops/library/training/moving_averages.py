"""Moving averages: `ExponentialMovingAverage`, and the assignments it is made of."""

from __future__ import annotations

from typing import Any

from ...building.basic_ops import group
from ...building.convert import convert_to_tensor
from ...building.default_graph import colocate_with, get_default_graph, init_scope, name_scope
from ...families.elementwise.cast import cast
from ...families.elementwise.division import truediv as divided
from ...families.elementwise.exponential import pow
from ...families.elementwise.rounding import minimum
from ...families.random.initializers import Zeros
from ...families.state.assignments import assign, assign_add, assign_sub
from ...families.state.scope_settings import get_variable_scope, variable_store
from ...families.state.variable_lists import moving_average_variables, trainable_variables
from ...families.state.variable_scope import get_variable, variable_scope
from ...families.state.variables import Variable
from ...graph.graph_keys import GraphKeys
from ...types import dtypes
from .slots import create_slot, create_zeros_slot


def assign_moving_average(
    variable: Any, value: Any, decay: Any, zero_debias: bool = True, name: str | None = None
) -> Any:
    """Return the assignment `variable -= (1 - decay) * (variable - value)`.

    Args:
      variable: the variable that keeps the average.
      value: a tensor of its shape.
      decay: how slowly the average moves, below 1.
      zero_debias: whether the average is freed of its start at zero, by two more variables.
      name: a name for the operation.
    """
    with name_scope(name, "AssignMovingAvg", [variable, value, decay]) as scope:
        rate = convert_to_tensor(1.0 - decay, name="decay")
        if rate.dtype.base_dtype is not variable.dtype.base_dtype:
            rate = cast(rate, variable.dtype.base_dtype)
        if zero_debias:
            return _debiased(variable, value, rate, scope)
        return assign_sub(variable, (variable - value) * rate, name=scope)


def _debiased(variable: Any, value: Any, rate: Any, name: str) -> Any:
    with (
        variable_scope(variable.op.name, values=[variable, value, rate], auxiliary_name_scope=False),
        colocate_with(variable),
        init_scope(),
    ):
        kind = variable.dtype.base_dtype
        biased = get_variable(_unused("biased"), variable.shape, kind, Zeros(), trainable=False)
        local_step = get_variable(_unused("local_step"), [], kind, Zeros(), trainable=False)
    moved = assign_sub(biased, (biased - value) * rate)
    step = assign_add(local_step, 1)
    return assign(variable, moved / (1 - pow(1.0 - rate, step, name="Pow")), name=name)


def _unused(name: str) -> str:
    """Return `name`, or `name_1` and so on: a second average of one variable has variables of its own."""
    scope, taken = get_variable_scope(), variable_store().variables
    if scope.reuse:
        return name
    tried, count = name, 0
    while f"{scope.name}/{tried}" in taken:
        count += 1
        tried = f"{name}_{count}"
    return tried


def weighted_moving_average(
    value: Any, decay: Any, weight: Any, truediv: bool = True, collections: Any = None, name: str | None = None
) -> Any:
    """Return the average of the values so far, weighted, earlier ones less and less.

    Args:
      value: a numeric tensor.
      decay: how slowly the average moves, below 1.
      weight: a tensor of the value's shape, or a scalar.
      truediv: whether integers are divided as floats.
      collections: the collections of the two variables it keeps; default: the global ones.
      name: a name for the scope.
    """
    with variable_scope(name, "WeightedMovingAvg", [value, weight, decay]) as scope:
        totals = [
            get_variable(what, part.shape, part.dtype, Zeros(), trainable=False, collections=collections)
            for what, part in (("value_x_weight", value), ("weight", weight))
        ]
        product = value * weight
        moved = [
            assign_moving_average(total, part, decay, zero_debias=False)
            for total, part in zip(totals, (product, weight))
        ]
        if truediv:
            return divided(moved[0], moved[1], name=scope.name.rpartition("/")[2])
        return moved[0] / moved[1]


class ExponentialMovingAverage:
    """Keeps moving averages of variables: `shadow -= (1 - decay) * (shadow - variable)`.

    Args:
      decay: how slowly averages move, below 1.
      num_updates: a count; with it, averages move faster in the beginning: the decay is at most
        `(1 + num_updates) / (10 + num_updates)`.
      zero_debias: whether averages of tensors are freed of their start at zero.
      name: a name for what is built, also that of the averages.

    >>> w = tf.Variable(0.0)
    >>> average = tf.train.ExponentialMovingAverage(0.5)
    >>> update = average.apply([w])
    >>> with tf.Session() as sess:
    ...     sess.run(tf.global_variables_initializer())
    ...     w.load(4.0, sess)
    ...     sess.run(update)
    ...     float(sess.run(average.average(w)))
    2.0
    """

    def __init__(
        self, decay: Any, num_updates: Any = None, zero_debias: bool = False, name: str = "ExponentialMovingAverage"
    ) -> None:
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self._name = name
        self._averages: dict[Any, Any] = {}

    @property
    def name(self) -> str:
        """The name given."""
        return self._name

    def apply(self, var_list: Any = None) -> Any:
        """Return an operation that moves the averages; those that are new begin with the variable's initial value.

        Args:
          var_list: variables, or tensors, whose averages begin with zero; default: the trainable variables.
        Raises: TypeError for other types than floating-point ones.
        """
        variables = trainable_variables() if var_list is None else list(var_list)
        debiased = set()
        for var in variables:
            if var.dtype.base_dtype not in (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64):
                raise TypeError(f"The variables must be half, float, or double: {var.name}")
            if var not in self._averages:
                with init_scope():
                    self._averages[var] = self._made(var)
                if self._zero_debias and not isinstance(var, Variable):
                    debiased.add(var)
        with name_scope(self._name) as scope:
            decay = convert_to_tensor(self._decay, name="decay")
            if self._num_updates is not None:
                count = cast(self._num_updates, dtypes.float32, name="num_updates")
                decay = minimum(decay, (1.0 + count) / (10.0 + count))
            updates = [
                assign_moving_average(self._averages[var], var, decay, zero_debias=var in debiased) for var in variables
            ]
            return group(*updates, name=scope)

    def _made(self, var: Any) -> Any:
        """A new average."""
        if isinstance(var, Variable):
            average = create_slot(var, var.initialized_value(), self._name)
            get_default_graph().add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, var)
            return average
        return create_zeros_slot(
            var, self._name, colocate_with_primary=var.op.type in ("Variable", "VariableV2", "VarHandleOp")
        )

    def average(self, var: Any) -> Any:
        """Return the variable that keeps the average of a variable, or None."""
        return self._averages.get(var)

    def average_name(self, var: Any) -> str:
        """Return the name of a variable's average, whether there is one or not."""
        if var in self._averages:
            name: str = self._averages[var].op.name
            return name
        return get_default_graph().unique_name(f"{var.op.name}/{self._name}", mark_as_used=False)

    def variables_to_restore(self, moving_avg_variables: Any = None) -> dict[str, Any]:
        """Return what a Saver restores so that variables begin with their averages.

        Args:
          moving_avg_variables: the variables that have averages; default: those that `apply` was given, and the
            trainable ones.
        Returns: from the name of an average to the variable; of all other variables from their own names.
        """
        if moving_avg_variables is None:
            moving_avg_variables = trainable_variables() + moving_average_variables()
        averaged = set(moving_avg_variables)
        result = {self.average_name(var): var for var in averaged}
        names = {var.op.name for var in averaged}
        for var in get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES):
            if var.op.name not in names and var.op.name not in result:
                result[var.op.name] = var
        return result
