"""Learning rates that change with the steps."""

from __future__ import annotations

from typing import Any

from ...ops.library.training import decays, piecewise
from .functions import lookup


class LearningRateSchedule:
    """The base: a function of the step to the rate."""

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        raise NotImplementedError("Learning rate schedule must override __call__")

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make one of what `get_config` returned."""
        return cls(**config)


class ExponentialDecay(LearningRateSchedule):
    """See `tf.train.exponential_decay`."""

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, decay_rate: float, staircase: bool = False,
        name: str | None = None,
    ) -> None:  # fmt: skip
        self.initial_learning_rate, self.decay_steps, self.decay_rate = initial_learning_rate, decay_steps, decay_rate
        self.staircase, self.name = staircase, name

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        return decays.exponential_decay(
            self.initial_learning_rate, step, self.decay_steps, self.decay_rate, self.staircase, self.name
        )


class InverseTimeDecay(ExponentialDecay):
    """See `tf.train.inverse_time_decay`."""

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        return decays.inverse_time_decay(
            self.initial_learning_rate, step, self.decay_steps, self.decay_rate, self.staircase, self.name
        )


class PolynomialDecay(LearningRateSchedule):
    """See `tf.train.polynomial_decay`."""

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, end_learning_rate: float = 0.0001, power: float = 1.0,
        cycle: bool = False, name: str | None = None,
    ) -> None:  # fmt: skip
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.end_learning_rate, self.power, self.cycle, self.name = end_learning_rate, power, cycle, name

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        return decays.polynomial_decay(
            self.initial_learning_rate, step, self.decay_steps, self.end_learning_rate, self.power, self.cycle,
            self.name,
        )  # fmt: skip


class PiecewiseConstantDecay(LearningRateSchedule):
    """See `tf.train.piecewise_constant`."""

    def __init__(self, boundaries: Any, values: Any, name: str | None = None) -> None:
        self.boundaries, self.values, self.name = list(boundaries), list(values), name

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        return piecewise.piecewise_constant(step, [float(b) for b in self.boundaries], self.values, self.name)


class CosineDecay(LearningRateSchedule):
    """See `tf.train.cosine_decay`."""

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, alpha: float = 0.0, name: str | None = None
    ) -> None:
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.alpha, self.name = alpha, name

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        return decays.cosine_decay(self.initial_learning_rate, step, self.decay_steps, self.alpha, self.name)


class CosineDecayRestarts(LearningRateSchedule):
    """See `tf.train.cosine_decay_restarts`."""

    def __init__(
        self, initial_learning_rate: float, first_decay_steps: int, t_mul: float = 2.0, m_mul: float = 1.0,
        alpha: float = 0.0, name: str | None = None,
    ) -> None:  # fmt: skip
        self.initial_learning_rate, self.first_decay_steps = initial_learning_rate, first_decay_steps
        self.t_mul, self.m_mul, self.alpha, self.name = t_mul, m_mul, alpha, name

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        return decays.cosine_decay_restarts(
            self.initial_learning_rate, step, self.first_decay_steps, self.t_mul, self.m_mul, self.alpha, self.name
        )


class LinearCosineDecay(LearningRateSchedule):
    """See `tf.train.linear_cosine_decay`."""

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, num_periods: float = 0.5, alpha: float = 0.0,
        beta: float = 0.001, name: str | None = None,
    ) -> None:  # fmt: skip
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.num_periods, self.alpha, self.beta, self.name = num_periods, alpha, beta, name

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        return decays.linear_cosine_decay(
            self.initial_learning_rate, step, self.decay_steps, self.num_periods, self.alpha, self.beta, self.name
        )


class NoisyLinearCosineDecay(LearningRateSchedule):
    """See `tf.train.noisy_linear_cosine_decay`."""

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, initial_variance: float = 1.0,
        variance_decay: float = 0.55, num_periods: float = 0.5, alpha: float = 0.0, beta: float = 0.001,
        name: str | None = None,
    ) -> None:  # fmt: skip
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.initial_variance, self.variance_decay = initial_variance, variance_decay
        self.num_periods, self.alpha, self.beta, self.name = num_periods, alpha, beta, name

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        return decays.noisy_linear_cosine_decay(
            self.initial_learning_rate, step, self.decay_steps, self.initial_variance, self.variance_decay,
            self.num_periods, self.alpha, self.beta, self.name,
        )  # fmt: skip


_KNOWN = {
    "ExponentialDecay": ExponentialDecay, "InverseTimeDecay": InverseTimeDecay, "PolynomialDecay": PolynomialDecay,
    "PiecewiseConstantDecay": PiecewiseConstantDecay, "CosineDecay": CosineDecay,
    "CosineDecayRestarts": CosineDecayRestarts, "LinearCosineDecay": LinearCosineDecay,
    "NoisyLinearCosineDecay": NoisyLinearCosineDecay,
}  # fmt: skip


def serialize(schedule: Any) -> Any:
    """Return a configuration that `deserialize` understands."""
    return lookup.serialized(schedule)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the schedule of a configuration."""
    return lookup.found(config, _KNOWN, "decay", custom_objects)
