"""Optimizers of Keras: hyperparameters are variables, made when training begins, so that callbacks can change them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.building.build import build_operation
from ...ops.definition.registry import lookup as op_def
from ...ops.families.state.variables import Variable
from ...ops.library.gradients.gradients import gradients
from ...ops.library.training.optimizer import Optimizer as GraphOptimizer
from . import state
from .functions import lookup
from .operations import (
    cast,
    clip_by_value,
    control_dependencies,
    convert_to_tensor,
    group,
    init_scope,
    name_scope,
    power,
    sqrt,
    square,
)
from .schedules import LearningRateSchedule


class Optimizer:
    """The base of optimizers.

    Args:
      name: of the operations.
      learning_rate: a number, or a schedule; `lr` is its older name.
      decay: how fast the rate falls, as `rate / (1 + decay * steps)`.
      clipnorm: the greatest length of a gradient; clipvalue: the greatest element.
      hyper: further hyperparameters.
    """

    _slot_names: tuple[str, ...] = ()

    def __init__(self, name: str, learning_rate: Any, hyper: dict[str, Any], kwargs: dict[str, Any]) -> None:
        unknown = set(kwargs) - {"lr", "decay", "clipnorm", "clipvalue"}
        if unknown:
            raise TypeError(f"Unexpected keyword argument passed to optimizer: {sorted(unknown)[0]}")
        for key in ("decay", "clipnorm", "clipvalue"):
            if kwargs.get(key) is not None and kwargs[key] < 0:
                raise ValueError(f"Expected {key} >= 0, received: {kwargs[key]}")
        object.__setattr__(self, "_hyper", {})
        object.__setattr__(self, "_made", {})
        self._name = name
        self._hyper.update(learning_rate=kwargs.get("lr", learning_rate), decay=kwargs.get("decay") or 0.0, **hyper)
        self._initial_decay = kwargs.get("decay") or 0.0
        if kwargs.get("clipnorm") is not None:
            self.clipnorm = kwargs["clipnorm"]
        if kwargs.get("clipvalue") is not None:
            self.clipvalue = kwargs["clipvalue"]
        self._iterations: Any = None
        self._slots: dict[Any, dict[str, Any]] = {}
        self._weights: list[Any] = []
        self._initial_values: Any = None

    # Hyperparameters.

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        name = "learning_rate" if name == "lr" else name
        if "_hyper" in own and name in own["_hyper"]:
            return self._variable(name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        name = "learning_rate" if name == "lr" else name
        if name in self._hyper:
            if name in self._made and not isinstance(value, (Variable, LearningRateSchedule)):
                from .session_of import set_value

                set_value(self._made[name], value)
            else:
                self._hyper[name] = value
                self._made.pop(name, None)
            return
        object.__setattr__(self, name, value)

    def _variable(self, name: str) -> Any:
        """The variable of a hyperparameter; all are made with the first."""
        if isinstance(self._hyper[name], (LearningRateSchedule, Variable)):
            return self._hyper[name]
        if name not in self._made:
            for key in sorted(self._hyper):
                value = self._hyper[key]
                if key not in self._made and not isinstance(value, (LearningRateSchedule, Variable)):
                    self._made[key] = self._new_variable(key, value, np.float32)
        return self._made[name]

    def _new_variable(self, name: str, value: Any, kind: Any, collections: Any = None) -> Any:
        def initial() -> Any:
            from .operations import constant, zeros

            if kind is np.int64:
                return zeros([], "int64")
            return value() if callable(value) else constant(value, "float32", name="initial_value")

        with init_scope():
            return Variable(
                initial_value=initial, name=name, trainable=False, use_resource=True, collections=collections
            )  # type: ignore[call-arg]

    @property
    def iterations(self) -> Any:
        """The variable that counts the steps."""
        if self._iterations is None:
            self._iterations = self._new_variable("iter", 0, np.int64)
            self._weights.insert(0, self._iterations)
        return self._iterations

    @property
    def weights(self) -> list[Any]:
        """The variables: the count of steps, and the slots."""
        return list(self._weights)

    variables = weights

    def get_weights(self) -> list[Any]:
        """Return the values of the variables."""
        from .session_of import batch_get_value

        return batch_get_value(self._weights)

    def set_weights(self, weights: Any) -> None:
        """Give the variables values. Raises: ValueError for other numbers."""
        from .session_of import batch_set_value

        if len(weights) != len(self._weights):
            raise ValueError(
                f"You called `set_weights(weights)` on optimizer {self._name} with a  weight list of length "
                f"{len(weights)}, but the optimizer was expecting {len(self._weights)} weights."
            )
        batch_set_value(list(zip(self._weights, weights)))

    # Slots.

    def add_slot(self, var: Any, slot_name: str, initial: float = 0.0) -> Any:
        """Return the variable kept beside another one, made if need be."""
        slots = self._slots.setdefault(var, {})
        if slot_name not in slots:
            from .operations import fill, zeros

            shape, kind = var.shape.as_list(), var.dtype.base_dtype

            def first() -> Any:
                return fill(shape, cast(initial, kind)) if initial else zeros(shape, kind)

            with init_scope():
                slots[slot_name] = Variable(
                    initial_value=first, name=f"{var.op.name}/{slot_name}", trainable=False, use_resource=True,
                    dtype=kind,
                )  # type: ignore[call-arg]  # fmt: skip
            self._weights.append(slots[slot_name])
        return slots[slot_name]

    def get_slot(self, var: Any, slot_name: str) -> Any:
        """The variable kept beside another one. Raises: KeyError."""
        return self._slots[var][slot_name]

    def _create_slots(self, var_list: list[Any]) -> None:
        for name in self._slot_names:
            for variable in var_list:
                self.add_slot(variable, name)

    # Updates.

    def get_gradients(self, loss: Any, params: list[Any]) -> list[Any]:
        """Return the gradients of a loss, clipped. Raises: ValueError if there is none for a variable."""
        with name_scope("gradients"):
            found = gradients(loss, params)
        for gradient, param in zip(found, params):
            if gradient is None:
                raise ValueError(
                    f"Variable {param.name} has `None` for gradient. Please make sure that all of your ops have a "
                    "gradient defined (i.e. are differentiable). Common ops without gradient: K.argmax, K.round, "
                    "K.eval."
                )
        return self._clipped(found)

    def _clipped(self, found: list[Any]) -> list[Any]:
        norm, value = self.__dict__.get("clipnorm"), self.__dict__.get("clipvalue")
        if norm is not None:
            from ...ops.families.linalg.clip_norms import clip_by_norm

            found = [clip_by_norm(convert_to_tensor(gradient), norm) for gradient in found]
        if value is not None:
            found = [clip_by_value(convert_to_tensor(gradient), -value, value) for gradient in found]
        return found

    def get_updates(self, loss: Any, params: list[Any]) -> list[Any]:
        """Return operations that make a loss smaller."""
        with name_scope(self._name):
            found = self.get_gradients(loss, params)
            return [self._applied(list(zip(found, params)), None)]

    def minimize(self, loss: Any, var_list: Any, grad_loss: Any = None, name: str | None = None) -> Any:
        """Return an operation that makes a loss, a tensor or a function that returns one, smaller."""
        loss = loss() if callable(loss) else loss
        params = list(var_list() if callable(var_list) else var_list)
        found = self._clipped(gradients(loss, params, grad_ys=grad_loss))
        return self.apply_gradients(list(zip(found, params)), name=name)

    def apply_gradients(self, grads_and_vars: Any, name: str | None = None) -> Any:
        """Return an operation that changes variables by gradients.

        Args:
          grads_and_vars: pairs; those whose gradient is None are left out.
        Raises: ValueError if there is none.
        """
        pairs = [(gradient, variable) for gradient, variable in grads_and_vars if gradient is not None]
        if not pairs:
            raise ValueError("No gradients provided for any variable.")
        with name_scope(self._name):
            return self._applied(pairs, name)

    def _applied(self, pairs: list[Any], name: str | None) -> Any:
        """The operation, in the scope that is open."""
        step = self.iterations
        for key in self._hyper:
            self._variable(key)
        self._create_slots([variable for _, variable in pairs])
        context = self._prepare()
        updates = []
        with name_scope(name or self._name):
            for gradient, variable in pairs:
                with name_scope(f"update_{variable.op.name}"):
                    updates.append(self._constrained(variable, self._update(gradient, variable, context)))
            with control_dependencies(updates):
                return step.assign_add(1, read_value=False)

    def _constrained(self, variable: Any, update: Any) -> Any:
        constraint = getattr(variable, "constraint", None)
        if constraint is None:
            return update
        with control_dependencies([update]):
            return _operation(variable.assign(constraint(variable)))

    def _value(self, name: str) -> Any:
        return convert_to_tensor(self._variable(name))

    def _rate(self) -> Any:
        """The learning rate of this step."""
        rate = self._hyper["learning_rate"]
        if isinstance(rate, LearningRateSchedule):
            value = rate(cast(self.iterations, "float32"))
        else:
            value = self._value("learning_rate")
        if self._initial_decay > 0:
            value = value / (1.0 + self._value("decay") * cast(self.iterations, "float32"))
        return value

    def _prepare(self) -> dict[str, Any]:
        """The tensors that all updates use."""
        return {"rate": self._rate()}

    def _update(self, gradient: Any, variable: Any, context: dict[str, Any]) -> Any:
        raise NotImplementedError

    def _hyper_config(self) -> dict[str, Any]:
        found = {}
        for name, value in self._hyper.items():
            if isinstance(value, LearningRateSchedule):
                found[name] = {"class_name": type(value).__name__, "config": value.get_config()}
            elif name in self._made:
                from .session_of import get_value

                found[name] = float(get_value(self._made[name]))
            else:
                found[name] = value() if callable(value) else value
        return found

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same optimizer."""
        config = {"name": self._name, **self._hyper_config()}
        for key in ("clipnorm", "clipvalue"):
            if key in self.__dict__:
                config[key] = self.__dict__[key]
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Make an optimizer of what `get_config` returned."""
        config = dict(config)
        if "lr" in config:
            config["learning_rate"] = config.pop("lr")
        if isinstance(config.get("learning_rate"), dict):
            from . import schedules

            config["learning_rate"] = schedules.deserialize(config["learning_rate"])
        return cls(**config)


def _operation(result: Any) -> Any:
    return result.op if hasattr(result, "op") else result


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
        updates = [_operation(rms.assign(new, read_value=False))]
        divisor = new
        if self.centered:
            mean = self.get_slot(variable, "mg")
            moved = rho * mean + (1.0 - rho) * gradient
            updates.append(_operation(mean.assign(moved, read_value=False)))
            divisor = new - square(moved)
        updates.append(variable.assign_sub(rate * gradient / (sqrt(divisor) + self.epsilon), read_value=False))
        return group(*updates)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same optimizer."""
        return {**super().get_config(), "epsilon": self.epsilon, "centered": self.centered}


class Adagrad(Optimizer):
    """Steps divided by the root of the sum of squared gradients."""

    def __init__(
        self, learning_rate: Any = 0.001, initial_accumulator_value: float = 0.0, epsilon: float = 1e-7,
        name: str = "Adagrad", **kwargs: Any,
    ) -> None:  # fmt: skip
        if initial_accumulator_value < 0.0:
            raise ValueError(f"initial_accumulator_value must be non-negative: {initial_accumulator_value}")
        super().__init__(name, learning_rate, {}, kwargs)
        self._initial, self.epsilon = initial_accumulator_value, epsilon or state.epsilon()

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

    def _prepare(self) -> dict[str, Any]:
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

    def _rate(self) -> Any:
        return self._value("learning_rate")

    def _prepare(self) -> dict[str, Any]:
        context = super()._prepare()
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
            self._iterations = Variable(np.int64(0), name="iterations", trainable=False, use_resource=True)  # type: ignore[call-arg]
        return self._iterations

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
