"""Learning rates that decay with the number of steps."""

from __future__ import annotations

import math
from typing import Any

from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.elementwise.arithmetic import add, multiply
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal
from ...families.elementwise.division import realdiv
from ...families.elementwise.exponential import exp, log, pow, sqrt
from ...families.elementwise.rounding import ceil, floor, minimum
from ...families.elementwise.trigonometry import cos
from ...families.indexing.positions import where_v2
from ...families.random.sampling import random_normal
from ...graph.node import Tensor


def _begin(learning_rate: Any, global_step: Any, what: str) -> tuple[Tensor, Any]:
    """The rate to begin with as a tensor, and its type. Raises: ValueError without a step."""
    if global_step is None:
        raise ValueError(f"global_step is required for {what}.")
    rate = convert_to_tensor(learning_rate, name="initial_learning_rate")
    return rate, rate.dtype.base_dtype


def exponential_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return `learning_rate * decay_rate ^ (global_step / decay_steps)`.

    Args:
      learning_rate: the rate to begin with.
      global_step: the number of steps so far.
      decay_steps: how many steps one factor `decay_rate` takes; positive.
      decay_rate: the factor.
      staircase: whether the exponent is rounded down.
      name: a name for the scope.
    Raises: ValueError without a `global_step`.

    >>> tf.Session().run(tf.train.exponential_decay(1.0, 20, 10, 0.5))
    np.float32(0.25)
    """
    with name_scope(name, "ExponentialDecay", [learning_rate, global_step, decay_steps, decay_rate]) as scope:
        rate, dtype = _begin(learning_rate, global_step, "exponential_decay")
        decay_steps, decay_rate = cast(decay_steps, dtype), cast(decay_rate, dtype)
        times = cast(global_step, dtype) / decay_steps
        if staircase:
            times = floor(times)
        return multiply(rate, pow(decay_rate, times, name="Pow"), name=scope)


def natural_exp_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return `learning_rate * exp(-decay_rate * global_step / decay_steps)`. Arguments as in `exponential_decay`."""
    from ...families.elementwise.arithmetic import negative

    rate = exp(negative(convert_to_tensor(decay_rate, name="Neg/x")))
    return exponential_decay(learning_rate, global_step, decay_steps, rate, staircase, name)


def inverse_time_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return `learning_rate / (1 + decay_rate * global_step / decay_steps)`. Arguments as in `exponential_decay`."""
    with name_scope(name, "InverseTimeDecay", [learning_rate, global_step, decay_rate]) as scope:
        rate, dtype = _begin(learning_rate, global_step, "inverse_time_decay")
        decay_steps, decay_rate = cast(decay_steps, dtype), cast(decay_rate, dtype)
        times = cast(global_step, dtype) / decay_steps
        if staircase:
            times = floor(times)
        one = cast(constant(1), dtype)
        return realdiv(rate, add(one, multiply(decay_rate, times, name="Mul"), name="Add"), name=scope)


def polynomial_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    end_learning_rate: Any = 0.0001,
    power: Any = 1.0,
    cycle: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return a rate that falls from one to another within `decay_steps`, as a power of what is left of them.

    Args:
      learning_rate, end_learning_rate: the rates to begin and to end with.
      global_step: the number of steps so far.
      decay_steps: when the end is reached; positive.
      power: 1 is a straight line.
      cycle: whether, past the end, the time is stretched to the next multiple of `decay_steps`.
      name: a name for the scope.
    Raises: ValueError without a `global_step`.
    """
    values = [learning_rate, global_step, decay_steps, end_learning_rate, power]
    with name_scope(name, "PolynomialDecay", values) as scope:
        rate, dtype = _begin(learning_rate, global_step, "polynomial_decay")
        end, power = cast(end_learning_rate, dtype), cast(power, dtype)
        step, whole = cast(global_step, dtype), cast(decay_steps, dtype)
        if cycle:
            times = where_v2(equal(step, 0), constant(1.0, dtype), ceil(step / decay_steps))
            whole = multiply(whole, times, name="Mul")
        else:
            step = minimum(step, decay_steps)
        part = realdiv(step, whole, name="truediv")
        span = rate - end
        left = pow(1 - part, power, name="Pow")
        return add(multiply(span, left, name="Mul"), end, name=scope)


def cosine_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, alpha: float = 0.0, name: str | None = None
) -> Tensor:
    """Return a rate that falls to `alpha * learning_rate` within `decay_steps`, as half a wave of the cosine.

    Args:
      learning_rate: the rate to begin with.
      global_step: the number of steps so far.
      decay_steps: when the end is reached; positive.
      alpha: which part of the rate is left in the end.
      name: a name for the scope.
    Raises: ValueError without a `global_step`.
    Source: Loshchilov, Hutter (2016).
    """
    with name_scope(name, "CosineDecay", [learning_rate, global_step]):
        rate, dtype = _begin(learning_rate, global_step, "cosine_decay")
        whole = cast(decay_steps, dtype)
        step = minimum(cast(global_step, dtype), whole)
        part = step / whole
        wave = 0.5 * (1.0 + cos(constant(math.pi) * part))
        return multiply(rate, (1 - alpha) * wave + alpha, name="Mul_3")


def cosine_decay_restarts(
    learning_rate: Any,
    global_step: Any,
    first_decay_steps: Any,
    t_mul: float = 2.0,
    m_mul: float = 1.0,
    alpha: float = 0.0,
    name: str | None = None,
) -> Tensor:
    """Return a rate that falls as `cosine_decay` does, and begins anew each time it has reached the end.

    Args:
      learning_rate: the rate to begin with.
      global_step: the number of steps so far.
      first_decay_steps: when the end is reached for the first time.
      t_mul: how much longer each time is than the one before.
      m_mul: how much higher the rate begins each time.
      alpha: which part of the rate is left in the end.
      name: a name for the scope.
    Raises: ValueError without a `global_step`.
    Source: Loshchilov, Hutter (2016).
    """
    with name_scope(name, "SGDRDecay", [learning_rate, global_step]) as scope:
        rate, dtype = _begin(learning_rate, global_step, "cosine_decay restarts")
        first = cast(first_decay_steps, dtype)
        alpha, t_mul, m_mul = cast(alpha, dtype), cast(t_mul, dtype), cast(m_mul, dtype)
        done = cast(global_step, dtype) / first
        even = floor(done)
        longer = floor(log(1.0 - done * (1.0 - t_mul)) / log(t_mul))
        before = (1.0 - t_mul**longer) / (1.0 - t_mul)
        is_even = equal(t_mul, 1.0)
        restarts = where_v2(is_even, even, longer)
        part = where_v2(is_even, done - even, (done - before) / t_mul**longer)
        wave = (0.5 * m_mul**restarts) * (1.0 + cos(constant(math.pi) * part))
        return multiply(rate, (1 - alpha) * wave + alpha, name=scope)


def linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    num_periods: float = 0.5,
    alpha: float = 0.0,
    beta: float = 0.001,
    name: str | None = None,
) -> Tensor:
    """Return a rate that falls within `decay_steps` as a straight line times waves of the cosine.

    Args:
      learning_rate: the rate to begin with.
      global_step: the number of steps so far.
      decay_steps: when the end is reached; positive.
      num_periods: how many waves there are.
      alpha, beta: added to the line, and to the product.
      name: a name for the scope.
    Raises: ValueError without a `global_step`.
    Source: Bello et al. (2017).
    """
    with name_scope(name, "LinearCosineDecay", [learning_rate, global_step]) as scope:
        rate, dtype = _begin(learning_rate, global_step, "linear_cosine_decay")
        whole = cast(decay_steps, dtype)
        num_periods, alpha, beta = cast(num_periods, dtype), cast(alpha, dtype), cast(beta, dtype)
        step = minimum(cast(global_step, dtype), whole)
        line = (whole - step) / whole
        return multiply(rate, (alpha + line) * _waves(step / whole, num_periods) + beta, name=scope)


def _waves(done: Any, num_periods: Any) -> Any:
    part = 2.0 * num_periods * done
    return 0.5 * (1.0 + cos(constant(math.pi) * part))


def noisy_linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    initial_variance: float = 1.0,
    variance_decay: float = 0.55,
    num_periods: float = 0.5,
    alpha: float = 0.0,
    beta: float = 0.001,
    name: str | None = None,
) -> Tensor:
    """Return `linear_cosine_decay` with noise on the line, whose variance falls.

    Args:
      initial_variance: the variance at the first step.
      variance_decay: the power of the number of steps that it falls with. The rest as in `linear_cosine_decay`.
    Source: Bello et al. (2017).
    """
    with name_scope(name, "NoisyLinearCosineDecay", [learning_rate, global_step]) as scope:
        rate, dtype = _begin(learning_rate, global_step, "noisy_linear_cosine_decay")
        whole = cast(decay_steps, dtype)
        initial_variance, variance_decay = cast(initial_variance, dtype), cast(variance_decay, dtype)
        num_periods, alpha, beta = cast(num_periods, dtype), cast(alpha, dtype), cast(beta, dtype)
        step = minimum(cast(global_step, dtype), whole)
        line = (whole - step) / whole
        variance = initial_variance / pow(1.0 + step, variance_decay, name="Pow")
        noisy = line + random_normal(line.shape, stddev=sqrt(variance))
        waves = _waves(step / whole, num_periods)
        return multiply(rate, (alpha + noisy) * waves + beta, name=scope)
