"""Ftrl: follow the regularized leader."""

from __future__ import annotations

from typing import Any, ClassVar

from ...building.constant import constant
from ...building.default_graph import colocate_with
from .formula_updates import like
from .optimizer import Optimizer


class FtrlOptimizer(Optimizer):
    """Follow the regularized leader, with a learning rate for each element, and variables that become exactly zero.

    Args:
      learning_rate: a float, a tensor, or a function that returns one.
      learning_rate_power: not positive: how fast the learning rate falls with the sum of the squares.
      initial_accumulator_value: not negative: what the sums of squares begin with.
      l1_regularization_strength, l2_regularization_strength: not negative; applied once the sums are in.
      use_locking: kept in the graph; updates never overlap here.
      name: a name for what is built, and the slots'.
      accum_name, linear_name: names of the slots; default: `name`.
      l2_shrinkage_regularization_strength: not negative: a penalty on the size, applied with the gradient.
    Raises: ValueError for a number on the wrong side of zero.
    Source: McMahan et al. (2013).
    """

    _slot_inputs: ClassVar[dict[str, str]] = {"accum": "accum", "linear": "linear"}

    def __init__(
        self,
        learning_rate: Any,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "Ftrl",
        accum_name: str | None = None,
        linear_name: str | None = None,
        l2_shrinkage_regularization_strength: float = 0.0,
    ) -> None:
        super().__init__(use_locking, name)
        for word, number in (
            ("initial_accumulator_value", initial_accumulator_value),
            ("l1_regularization_strength", l1_regularization_strength),
            ("l2_regularization_strength", l2_regularization_strength),
            ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength),
        ):
            if number < 0.0:
                raise ValueError(f"{word} {number:f} needs to be positive or zero")
        if learning_rate_power > 0.0:
            raise ValueError(f"learning_rate_power {learning_rate_power:f} needs to be negative or zero")
        self._learning_rate = learning_rate
        self._learning_rate_power = learning_rate_power
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self._accum_name = accum_name
        self._linear_name = linear_name
        self._update = "FtrlV2" if l2_shrinkage_regularization_strength > 0.0 else "Ftrl"

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            with colocate_with(var):
                first = constant(self._initial_accumulator_value, var.dtype.base_dtype, var.shape)
            self._get_or_make_slot(var, first, "accum", self._accum_name or self._name)
            self._zeros_slot(var, "linear", self._linear_name or self._name)

    def _prepare(self) -> None:
        names = {
            "lr": "learning_rate",
            "l1": "l1_regularization_strength",
            "l2": "l2_regularization_strength",
            "l2_shrinkage": "l2_shrinkage_regularization_strength",
            "lr_power": "learning_rate_power",
        }
        self._given = {argument: self._as_tensor(getattr(self, f"_{name}"), name) for argument, name in names.items()}

    def _parameters(self, var: Any) -> dict[str, Any]:
        return {argument: like(value, var) for argument, value in self._given.items() if self._takes(argument)}

    def _takes(self, argument: str) -> bool:
        return argument != "l2_shrinkage" or self._update == "FtrlV2"
