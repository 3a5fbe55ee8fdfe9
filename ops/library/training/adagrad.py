"""Adagrad: steps shrink with the sum of the squares of the gradients; with dual averaging, with regularizers."""

from __future__ import annotations

from typing import Any, ClassVar

from ...building.basic_ops import identity
from ...building.constant import constant
from ...building.default_graph import colocate_with
from ...families.random.initializers import Constant
from .formula_updates import like
from .optimizer import Optimizer


class AdagradOptimizer(Optimizer):
    """`accumulator += gradient^2; var -= learning_rate * gradient / sqrt(accumulator)`.

    Args:
      learning_rate: a float or a tensor.
      initial_accumulator_value: positive: what the accumulators begin with.
      use_locking: kept in the graph; updates never overlap here.
      name: a name for what is built, and the slot's.
    Raises: ValueError for an initial value that is not positive.
    Source: Duchi, Hazan, Singer (2011).
    """

    _update = "Adagrad"
    _slot_inputs: ClassVar[dict[str, str]] = {"accum": "accumulator"}

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "Adagrad",
    ) -> None:
        if initial_accumulator_value <= 0.0:
            raise ValueError(f"initial_accumulator_value must be positive: {initial_accumulator_value}")
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._learning_rate_tensor: Any = None

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            dtype = var.dtype.base_dtype
            if var.shape.is_fully_defined():
                first: Any = Constant(self._initial_accumulator_value, dtype=dtype)
            else:
                first = _filled_as(var, self._initial_accumulator_value)
            self._get_or_make_slot_with_initializer(var, first, var.shape, dtype, "accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._as_tensor(self._learning_rate, "learning_rate")

    def _parameters(self, var: Any) -> dict[str, Any]:
        return {"lr": like(self._learning_rate_tensor, var)}


def _filled_as(var: Any, number: float) -> Any:
    """An initializer for variables whose shape is known only when they have a value."""
    from ...families.elementwise.like import ones_like

    return lambda: ones_like(var) * constant(number, var.dtype.base_dtype)


class ProximalAdagradOptimizer(Optimizer):
    """Adagrad, then shrinking by an L1 and an L2 regularizer.

    Args:
      learning_rate: a float or a tensor.
      initial_accumulator_value: positive: what the accumulators begin with.
      l1_regularization_strength, l2_regularization_strength: not negative.
      use_locking: kept in the graph; updates never overlap here.
      name: a name for what is built, and the slot's.
    Raises: ValueError for an initial value that is not positive.
    """

    _update = "ProximalAdagrad"
    _slot_inputs: ClassVar[dict[str, str]] = {"accum": "accumulator"}

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "ProximalAdagrad",
    ) -> None:
        if initial_accumulator_value <= 0.0:
            raise ValueError(f"initial_accumulator_value must be positive: {initial_accumulator_value}")
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            with colocate_with(var):
                first = constant(self._initial_accumulator_value, var.dtype.base_dtype, var.shape)
            self._get_or_make_slot(var, first, "accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._as_tensor(self._learning_rate, "learning_rate")
        self._l1_tensor = self._as_tensor(self._l1_regularization_strength, "l1_regularization_strength")
        self._l2_tensor = self._as_tensor(self._l2_regularization_strength, "l2_regularization_strength")

    def _parameters(self, var: Any) -> dict[str, Any]:
        return {
            "lr": like(self._learning_rate_tensor, var),
            "l1": like(self._l1_tensor, var),
            "l2": like(self._l2_tensor, var),
        }


class AdagradDAOptimizer(Optimizer):
    """Adagrad with dual averaging: variables follow from the sums of the gradients and of their squares.

    Args:
      learning_rate: a float or a tensor.
      global_step: the variable that counts the steps.
      initial_gradient_squared_accumulator_value: positive: what the sums of squares begin with.
      l1_regularization_strength, l2_regularization_strength: not negative.
      use_locking: kept in the graph; updates never overlap here.
      name: a name for what is built, and the slots'.
    Raises: ValueError for an initial value that is not positive.
    """

    _update = "AdagradDA"
    _slot_inputs: ClassVar[dict[str, str]] = {
        "gradient_accumulator": "gradient_accumulator",
        "gradient_squared_accumulator": "gradient_squared_accumulator",
    }

    def __init__(
        self,
        learning_rate: Any,
        global_step: Any,
        initial_gradient_squared_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "AdagradDA",
    ) -> None:
        if initial_gradient_squared_accumulator_value <= 0.0:
            raise ValueError(
                "initial_gradient_squared_accumulator_value must be positive: "
                f"{initial_gradient_squared_accumulator_value}"
            )
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._global_step = global_step
        self._initial_gradient_squared_accumulator_value = initial_gradient_squared_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            with colocate_with(var):
                dtype = var.dtype.base_dtype
                zero = constant(0.0, dtype, var.shape)
                first = constant(self._initial_gradient_squared_accumulator_value, dtype, var.shape)
            self._get_or_make_slot(var, zero, "gradient_accumulator", self._name)
            self._get_or_make_slot(var, first, "gradient_squared_accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._as_tensor(self._learning_rate, "learning_rate")
        with colocate_with(self._learning_rate_tensor):
            self._global_step_on_worker = identity(self._global_step) + 1

    def _parameters(self, var: Any) -> dict[str, Any]:
        step = identity(self._global_step_on_worker)
        return {
            "lr": like(self._learning_rate_tensor, var),
            "l1": like(self._l1_regularization_strength, var),
            "l2": like(self._l2_regularization_strength, var),
            "global_step": step,
        }
