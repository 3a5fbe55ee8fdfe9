"""`Optimizer` of Keras: hyperparameters, slots, gradients; a subclass says what an update is."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.families.state.variables import Variable
from ...ops.library.gradients.gradients import gradients
from . import state
from .operations import cast, clip_by_value, control_dependencies, convert_to_tensor, init_scope, name_scope
from .own_updates import OwnUpdates
from .schedules import LearningRateSchedule


class Optimizer(OwnUpdates):
    """The base of optimizers, those of programs too, which give it a name and what else it takes by keywords.

    Args:
      name: of the operations.
      learning_rate: a number, or a schedule; `lr` is its older name.
      decay: how fast the rate falls, as `rate / (1 + decay * steps)`.
      clipnorm: the greatest length of a gradient; clipvalue: the greatest element.
      hyper: further hyperparameters.
    """

    _slot_names: tuple[str, ...] = ()

    def __init__(
        self, name: str | None, learning_rate: Any = None, hyper: dict[str, Any] | None = None,
        kwargs: dict[str, Any] | None = None, **more: Any,
    ) -> None:  # fmt: skip
        kwargs = {**(kwargs or {}), **more}
        unknown = set(kwargs) - {"lr", "decay", "clipnorm", "clipvalue"}
        if unknown:
            raise TypeError(f"Unexpected keyword argument passed to optimizer: {sorted(unknown)[0]}")
        for key in ("decay", "clipnorm", "clipvalue"):
            if kwargs.get(key) is not None and kwargs[key] < 0:
                raise ValueError(f"Expected {key} >= 0, received: {kwargs[key]}")
        object.__setattr__(self, "_hyper", {})
        object.__setattr__(self, "_made", {})
        self._name = name or state.unique_name(state.snake_case(type(self).__name__))
        if hyper is not None:
            rate = kwargs.get("lr", learning_rate)
            self._hyper.update(learning_rate=rate, decay=kwargs.get("decay") or 0.0, **hyper)
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
            )

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

    def add_slot(self, var: Any, slot_name: str, initializer: Any = 0.0) -> Any:
        """Return the variable kept beside another one, made if need be.

        Args:
          var: the other one.
          slot_name: what it is kept as.
          initializer: the number it is filled with at first; or an initializer or its name.
        """
        slots = self._slots.setdefault(var, {})
        if slot_name not in slots:
            from .operations import fill, zeros

            shape, kind = var.shape.as_list(), var.dtype.base_dtype

            def first() -> Any:
                if isinstance(initializer, (str, dict)) or callable(initializer):
                    from .functions.initializers import get

                    return get(initializer)(shape, dtype=kind)
                return fill(shape, cast(initializer, kind)) if initializer else zeros(shape, kind)

            with init_scope():
                slots[slot_name] = Variable(
                    initial_value=first, name=f"{var.op.name}/{slot_name}", trainable=False, use_resource=True,
                    dtype=kind,
                )  # fmt: skip
            self._weights.append(slots[slot_name])
        return slots[slot_name]

    def get_slot(self, var: Any, slot_name: str) -> Any:
        """The variable kept beside another one. Raises: KeyError."""
        return self._slots[var][slot_name]

    def _checkpoint_children(self) -> list[tuple[str, Any]]:
        """What `tf.train.Checkpoint` saves of it: the steps and the numbers that are variables."""
        steps = [] if self._iterations is None else [("iter", self._iterations)]
        return steps + [(name, value) for name, value in self._made.items() if isinstance(value, Variable)]

    def _checkpoint_slots(self) -> list[tuple[Any, str, Any]]:
        """What it keeps beside variables, for `tf.train.Checkpoint`."""
        return [(var, name, slot) for var, named in self._slots.items() for name, slot in named.items()]

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

            found = [clip_by_norm(gradient, norm) for gradient in found]
        if value is not None:
            found = [clip_by_value(gradient, -value, value) for gradient in found]
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
        own = type(self)._update is OwnUpdates._update
        context = self._prepare([variable for _, variable in pairs]) if own else self._context()
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
            return operation_of(variable.assign(constraint(variable)))

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

    def _context(self) -> dict[str, Any]:
        """The tensors that all updates use."""
        return {"rate": self._rate()}

    def _hyper_config(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
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


def operation_of(result: Any) -> Any:
    """The operation of a tensor or variable."""
    return result.op if hasattr(result, "op") else result
