"""Optimizers of Keras: hyperparameters are variables, made when training begins, so that callbacks can change them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.building.build import build_operation
from ...ops.definition.registry import lookup as op_def
from ...ops.families.state.variables import Variable
from ...ops.library.training.optimizer import Optimizer as GraphOptimizer
from . import state
from .functions import lookup
from .operations import (
    cast,
    convert_to_tensor,
    group,
    power,
    sqrt,
    square,
)
from .optimizer_base import Optimizer, operation_of


def _run(op_type: str, variable: Any, slots: list[Any], *values: Any, **attrs: Any) -> Any:
    """Build an update of resources, or of references for a variable that is one."""
    if hasattr(variable, "handle"):
        return build_operation(
            op_def(f"Resource{op_type}"), variable.handle, *(slot.handle for slot in slots), *values, **attrs
        )
    raise NotImplementedError(f"{variable.name} is no resource variable: {op_type} of Keras updates only those.")


def _dense(gradient: Any) -> Any:
    return convert_to_tensor(gradient)


class SGD(Optimizer):
    """Gradient descent.

    Args:
      momentum: how much of the last step is kept; nesterov: whether the gradient is taken after that.
    """

    def __init__(
        self, learning_rate: Any = 0.01, momentum: float = 0.0, nesterov: bool = False, name: str = "SGD", **kwargs: Any
    ) -> None:
        if isinstance(momentum, (int, float)) and not 0 <= momentum <= 1:
            raise ValueError("`momentum` must be between [0, 1].")
        super().__init__(name, learning_rate, {"momentum": momentum}, kwargs)
        self._has_momentum = not isinstance(momentum, (int, float)) or momentum > 0
        self.nesterov = nesterov

    def _create_slots(self, var_list: list[Any]) -> None:
        if self._has_momentum:
            for variable in var_list:
                self.add_slot(variable, "momentum")

    def _update(self, gradient: Any, variable: Any, context: dict[str, Any]) -> Any:
        if self._has_momentum:
            slot = self.get_slot(variable, "momentum")
            moment = self._value("momentum")
            if hasattr(gradient, "indices"):
                return _run(
                    "SparseApplyKerasMomentum", variable, [slot], context["rate"], gradient.values, gradient.indices,
                    moment, use_nesterov=self.nesterov,
                )  # fmt: skip
            return _run(
                "ApplyKerasMomentum", variable, [slot], context["rate"], gradient, moment, use_nesterov=self.nesterov
            )
        if hasattr(gradient, "indices"):
            return build_operation(
                op_def("ResourceScatterAdd"), variable.handle, gradient.indices, -gradient.values * context["rate"]
            )
        return _run("ApplyGradientDescent", variable, [], context["rate"], gradient)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same optimizer."""
        return {**super().get_config(), "nesterov": self.nesterov}


class RMSprop(Optimizer):
    """Steps divided by a moving root mean square of gradients.

    Args:
      rho: of the moving mean; momentum: how much of the last step is kept; epsilon: added to the divisor.
      centered: whether the moving mean of the gradients is taken off.
    """

    def __init__(
        self, learning_rate: Any = 0.001, rho: float = 0.9, momentum: float = 0.0, epsilon: float = 1e-7,
        centered: bool = False, name: str = "RMSprop", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, learning_rate, {"rho": rho, "momentum": momentum}, kwargs)
        self._has_momentum = not isinstance(momentum, (int, float)) or momentum > 0
        self.epsilon = epsilon or state.epsilon()
        self.centered = centered

    def _create_slots(self, var_list: list[Any]) -> None:
        names = ["rms", *(["momentum"] if self._has_momentum else []), *(["mg"] if self.centered else [])]
        for name in names:
            for variable in var_list:
                self.add_slot(variable, name)

    def _update(self, gradient: Any, variable: Any, context: dict[str, Any]) -> Any:
        gradient, rate, rho = _dense(gradient), context["rate"], self._value("rho")
        rms = self.get_slot(variable, "rms")
        if self._has_momentum:
            slots = [rms, self.get_slot(variable, "momentum")]
            rest = (rate, rho, self._value("momentum"), self.epsilon, gradient)
            if self.centered:
                return _run("ApplyCenteredRMSProp", variable, [self.get_slot(variable, "mg"), *slots], *rest)
            return _run("ApplyRMSProp", variable, slots, *rest)
        new = rho * rms + (1.0 - rho) * square(gradient)
        updates = [operation_of(rms.assign(new, read_value=False))]
        divisor = new
        if self.centered:
            mean = self.get_slot(variable, "mg")
            moved = rho * mean + (1.0 - rho) * gradient
            updates.append(operation_of(mean.assign(moved, read_value=False)))
            divisor = new - square(moved)
        updates.append(variable.assign_sub(rate * gradient / (sqrt(divisor) + self.epsilon), read_value=False))
        return group(*updates)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same optimizer."""
        return {**super().get_config(), "epsilon": self.epsilon, "centered": self.centered}


class Adagrad(Optimizer):
    """Steps divided by the root of the sum of squared gradients."""

    def __init__(
        self, learning_rate: Any = 0.001, initial_accumulator_value: float = 0.1, epsilon: float = 1e-7,
        name: str = "Adagrad", **kwargs: Any,
    ) -> None:  # fmt: skip
        if initial_accumulator_value < 0.0:
            raise ValueError(f"initial_accumulator_value must be non-negative: {initial_accumulator_value}")
        super().__init__(name, learning_rate, {}, kwargs)
        self._initial, self.epsilon = initial_accumulator_value, epsilon or state.epsilon()

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Make an optimizer of what `get_config` returned; of a name alone the squares begin at 0, as in TensorFlow."""
        return super().from_config({"initial_accumulator_value": 0.0, **config}, custom_objects)

    def _create_slots(self, var_list: list[Any]) -> None:
        for variable in var_list:
            self.add_slot(variable, "accumulator", self._initial)

    def _update(self, gradient: Any, variable: Any, context: dict[str, Any]) -> Any:
        slot = self.get_slot(variable, "accumulator")
        return _run("ApplyAdagradV2", variable, [slot], context["rate"], self.epsilon, _dense(gradient))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same optimizer."""
        return {**super().get_config(), "initial_accumulator_value": self._initial, "epsilon": self.epsilon}


class Adadelta(Optimizer):
    """Steps by the ratio of two moving root mean squares: of steps and of gradients."""

    _slot_names = ("accum_grad", "accum_var")

    def __init__(
        self, learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float = 1e-7, name: str = "Adadelta",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, learning_rate, {"rho": rho}, kwargs)
        self.epsilon = epsilon or state.epsilon()

    def _update(self, gradient: Any, variable: Any, context: dict[str, Any]) -> Any:
        slots = [self.get_slot(variable, name) for name in self._slot_names]
        rest = (context["rate"], self._value("rho"), self.epsilon, _dense(gradient))
        return _run("ApplyAdadelta", variable, slots, *rest)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same optimizer."""
        return {**super().get_config(), "epsilon": self.epsilon}


class _Moments(Optimizer):
    """The base of optimizers with two moving moments of gradients."""

    _slot_names = ("m", "v")

    def __init__(
        self, learning_rate: Any, beta_1: float, beta_2: float, epsilon: float, name: str, kwargs: dict[str, Any]
    ) -> None:
        super().__init__(name, learning_rate, {"beta_1": beta_1, "beta_2": beta_2}, kwargs)
        self.epsilon = epsilon or state.epsilon()

    def _context(self) -> dict[str, Any]:
        rate = self._rate()
        step = cast(self.iterations + 1, "float32")
        beta_1, beta_2 = self._value("beta_1"), self._value("beta_2")
        return {
            "rate": rate, "step": step, "beta_1": beta_1, "beta_2": beta_2, "power_1": power(beta_1, step),
            "power_2": power(beta_2, step),
        }  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same optimizer."""
        return {**super().get_config(), "epsilon": self.epsilon}


class Adam(_Moments):
    """Steps by moving moments of gradients. Source: Kingma, Ba (2014); `amsgrad`: Reddi et al. (2018)."""

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
        amsgrad: bool = False, name: str = "Adam", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta_1, beta_2, epsilon, name, kwargs)
        self.amsgrad = amsgrad

    def _create_slots(self, var_list: list[Any]) -> None:
        super()._create_slots(var_list)
        if self.amsgrad:
            for variable in var_list:
                self.add_slot(variable, "vhat")

    def _update(self, gradient: Any, variable: Any, context: dict[str, Any]) -> Any:
        names = ("m", "v", "vhat") if self.amsgrad else ("m", "v")
        slots = [self.get_slot(variable, name) for name in names]
        rest = (
            context["power_1"], context["power_2"], context["rate"], context["beta_1"], context["beta_2"],
            self.epsilon, _dense(gradient),
        )  # fmt: skip
        return _run("ApplyAdamWithAmsgrad" if self.amsgrad else "ApplyAdam", variable, slots, *rest)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same optimizer."""
        return {**super().get_config(), "amsgrad": self.amsgrad}


class Adamax(_Moments):
    """Adam by the largest gradient rather than by squares. Source: Kingma, Ba (2014)."""

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
        name: str = "Adamax", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta_1, beta_2, epsilon, name, kwargs)

    def _update(self, gradient: Any, variable: Any, context: dict[str, Any]) -> Any:
        slots = [self.get_slot(variable, name) for name in self._slot_names]
        rest = (
            context["power_1"], context["rate"], context["beta_1"], context["beta_2"], self.epsilon, _dense(gradient),
        )  # fmt: skip
        return _run("ApplyAdaMax", variable, slots, *rest)


class Nadam(_Moments):
    """Adam with Nesterov's momentum. Source: Dozat (2016)."""

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
        name: str = "Nadam", **kwargs: Any,
    ) -> None:  # fmt: skip
        kwargs["decay"] = kwargs.pop("schedule_decay", 0.004)
        super().__init__(learning_rate, beta_1, beta_2, epsilon, name, kwargs)
        self._momentum_cache: Any = None

    def _checkpoint_children(self) -> list[tuple[str, Any]]:
        """What checkpoints save of it: the product of its momenta too."""
        kept = [] if self._momentum_cache is None else [("momentum_cache", self._momentum_cache)]
        return super()._checkpoint_children() + kept

    def _rate(self) -> Any:
        return self._value("learning_rate")

    def _context(self) -> dict[str, Any]:
        context = super()._context()
        if self._momentum_cache is None:
            self._momentum_cache = self._new_variable("momentum_cache", 1.0, np.float32)
            self._weights.append(self._momentum_cache)
        step, beta_1, decay = context["step"], context["beta_1"], self._value("decay")
        now = beta_1 * (1.0 - 0.5 * power(0.96, decay * step))
        following = beta_1 * (1.0 - 0.5 * power(0.96, decay * (step + 1)))
        product = self._momentum_cache * now
        context.update(now=now, following=following, product=product, next_product=product * following)
        context["kept"] = self._momentum_cache.assign(product, read_value=False)
        return context

    def _update(self, gradient: Any, variable: Any, context: dict[str, Any]) -> Any:
        gradient = _dense(gradient)
        m, v = (self.get_slot(variable, name) for name in self._slot_names)
        beta_1, beta_2 = context["beta_1"], context["beta_2"]
        first = beta_1 * m + (1.0 - beta_1) * gradient
        second = beta_2 * v + (1.0 - beta_2) * square(gradient)
        prime = first / (1.0 - context["next_product"])
        mean = (1.0 - context["now"]) * gradient / (1.0 - context["product"]) + context["following"] * prime
        root = sqrt(second / (1.0 - context["power_2"])) + self.epsilon
        return group(
            m.assign(first, read_value=False), v.assign(second, read_value=False), context["kept"],
            variable.assign_sub(context["rate"] * mean / root, read_value=False),
        )  # fmt: skip


class Ftrl(Optimizer):
    """Follow the regularized leader. Source: McMahan et al. (2013)."""

    def __init__(
        self, learning_rate: Any = 0.001, learning_rate_power: float = -0.5, initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0, l2_regularization_strength: float = 0.0, name: str = "Ftrl",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        hyper = {
            "learning_rate_power": learning_rate_power, "l1_regularization_strength": l1_regularization_strength,
            "l2_regularization_strength": l2_regularization_strength,
        }  # fmt: skip
        super().__init__(name, learning_rate, hyper, kwargs)
        self._initial = initial_accumulator_value

    def _create_slots(self, var_list: list[Any]) -> None:
        for variable in var_list:
            self.add_slot(variable, "accumulator", self._initial)
            self.add_slot(variable, "linear")

    def _update(self, gradient: Any, variable: Any, context: dict[str, Any]) -> Any:
        slots = [self.get_slot(variable, name) for name in ("accumulator", "linear")]
        rest = (
            _dense(gradient), context["rate"], self._value("l1_regularization_strength"),
            self._value("l2_regularization_strength"), self._value("learning_rate_power"),
        )  # fmt: skip
        return _run("ApplyFtrl", variable, slots, *rest)


class TFOptimizer:
    """An optimizer of `tf.train` in a model of Keras.

    Args:
      optimizer: the optimizer.
    """

    def __init__(self, optimizer: GraphOptimizer) -> None:
        self.optimizer = optimizer
        self.weights: list[Any] = []
        self._iterations: Any = None

    @property
    def iterations(self) -> Any:
        """The variable that counts the steps."""
        if self._iterations is None:
            self._iterations = Variable(np.int64(0), name="iterations", trainable=False, use_resource=True)
        return self._iterations

    def _checkpoint_children(self) -> list[tuple[str, Any]]:
        """What checkpoints save of it."""
        steps = [] if self._iterations is None else [("global_step", self._iterations)]
        return [("optimizer", self.optimizer), *steps]

    def get_updates(self, loss: Any, params: list[Any]) -> list[Any]:
        """Return operations that make a loss smaller."""
        if not params:
            return [self.iterations.assign_add(1, read_value=False)]
        found = self.optimizer.compute_gradients(loss, params)
        return [self.optimizer.apply_gradients(found, global_step=self.iterations)]

    def get_config(self) -> dict[str, Any]:
        """Raises: NotImplementedError: the optimizers of `tf.train` have no configurations."""
        raise NotImplementedError("Optimizers of tf.train have no configuration.")


_KNOWN = {
    name.lower(): kind
    for name, kind in (
        ("SGD", SGD), ("RMSprop", RMSprop), ("Adagrad", Adagrad), ("Adadelta", Adadelta), ("Adam", Adam),
        ("Adamax", Adamax), ("Nadam", Nadam), ("Ftrl", Ftrl),
    )
}  # fmt: skip


def get(identifier: Any) -> Any:
    """Return an optimizer by name or configuration, or the one that is given. Raises: ValueError."""
    if isinstance(identifier, (Optimizer, TFOptimizer)):
        return identifier
    if isinstance(identifier, GraphOptimizer):
        return TFOptimizer(identifier)
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return deserialize({"class_name": identifier, "config": {}})
    raise ValueError(f"Could not interpret optimizer identifier: {identifier}")


def serialize(optimizer: Any) -> Any:
    """Return a configuration that `get` understands."""
    return lookup.serialized(optimizer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the optimizer of a configuration."""
    name = config["class_name"]
    known = {**_KNOWN, name: _KNOWN[name.lower()]} if name.lower() in _KNOWN else _KNOWN
    return lookup.found({**config, "class_name": name}, known, "optimizer", custom_objects)
