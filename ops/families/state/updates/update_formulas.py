"""What training updates compute, as expansions: from the values of the variables before to those after.

Each function is `(build, attrs, *inputs) -> new values`, with the inputs of the dense operation in their order. The
same formula is computed for the rows of a sparse update. The order of the operations, and with it the rounding, is
TensorFlow's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ....types.dtypes import as_dtype


def _number(g: Any, like: Any, number: float) -> Any:
    """A constant of the type of `like`, an array or a value of the compiler."""
    return g.constant(np.array(number, as_dtype(like.dtype).np_dtype))


def _one(g: Any, like: Any) -> Any:
    return _number(g, like, 1)


def _but(g: Any, rate: Any) -> Any:
    """`1 - rate`."""
    return g("Sub", _one(g, rate), rate)


def _towards(g: Any, old: Any, value: Any, rate: Any) -> Any:
    """`old + (value - old) * (1 - rate)`: a moving average."""
    return g("AddV2", old, g("Mul", g("Sub", value, old), _but(g, rate)))


def _shrunk(g: Any, value: Any, by: Any) -> Any:
    """`sign(value) * max(|value| - by, 0)`."""
    left = g("Maximum", g("Sub", g("Abs", value), by), _number(g, value, 0))
    return g("Mul", g("Sign", value), left)


def gradient_descent(g: Any, attrs: Any, var: Any, alpha: Any, delta: Any) -> Any:
    """`var -= alpha * delta`."""
    return (g("Sub", var, g("Mul", delta, alpha)),)


def proximal_gradient_descent(g: Any, attrs: Any, var: Any, alpha: Any, l1: Any, l2: Any, delta: Any) -> Any:
    """Gradient descent, then shrinking by the two regularizers."""
    moved = g("Sub", var, g("Mul", delta, alpha))
    scale = g("AddV2", _one(g, l2), g("Mul", alpha, l2))
    return (g("RealDiv", _shrunk(g, moved, g("Mul", alpha, l1)), scale),)


def momentum(g: Any, attrs: Any, var: Any, accum: Any, lr: Any, grad: Any, momentum: Any) -> Any:
    """`accum = accum * momentum + grad; var -= lr * accum`, or as Nesterov looks ahead."""
    accum = g("AddV2", g("Mul", accum, momentum), grad)
    if not attrs["use_nesterov"]:
        return g("Sub", var, g("Mul", accum, lr)), accum
    ahead = g("AddV2", g("Mul", grad, lr), g("Mul", g("Mul", accum, momentum), lr))
    return g("Sub", var, ahead), accum


def keras_momentum(g: Any, attrs: Any, var: Any, accum: Any, lr: Any, grad: Any, momentum: Any) -> Any:
    """`accum = accum * momentum - lr * grad; var += accum`, or as Nesterov looks ahead."""
    step = g("Mul", grad, lr)
    accum = g("Sub", g("Mul", accum, momentum), step)
    if not attrs["use_nesterov"]:
        return g("AddV2", var, accum), accum
    return g("AddV2", var, g("Sub", g("Mul", accum, momentum), step)), accum


def adagrad(g: Any, attrs: Any, var: Any, accum: Any, lr: Any, grad: Any) -> Any:
    """`accum += grad^2; var -= lr * grad / sqrt(accum)`."""
    if attrs["update_slots"]:
        accum = g("AddV2", accum, g("Square", grad))
    return g("Sub", var, g("Mul", g("Mul", grad, lr), g("Rsqrt", accum))), accum


def adagrad_v2(g: Any, attrs: Any, var: Any, accum: Any, lr: Any, epsilon: Any, grad: Any) -> Any:
    """`accum += grad^2; var -= lr * grad / (sqrt(accum) + epsilon)`."""
    if attrs["update_slots"]:
        accum = g("AddV2", accum, g("Square", grad))
    scale = g("AddV2", g("Sqrt", accum), epsilon)
    return g("Sub", var, g("RealDiv", g("Mul", grad, lr), scale)), accum


def adagrad_da(
    g: Any, attrs: Any, var: Any, total: Any, squares: Any, grad: Any, lr: Any, l1: Any, l2: Any, step: Any
) -> Any:
    """Dual averaging: `var` follows from the sums of gradients and of their squares alone."""
    total = g("AddV2", total, grad)
    squares = g("AddV2", squares, g("Square", grad))
    count = g("Cast", step, SrcT=as_dtype(step.dtype), DstT=as_dtype(lr.dtype), Truncate=False)
    moved = _shrunk(g, total, g("Mul", l1, count))
    scale = g("AddV2", g("Mul", g("Mul", l2, count), lr), g("Sqrt", squares))
    return g("RealDiv", g("Mul", g("Neg", lr), moved), scale), total, squares


def adadelta(
    g: Any, attrs: Any, var: Any, accum: Any, accum_update: Any, lr: Any, rho: Any, epsilon: Any, grad: Any
) -> Any:
    """The step is as large, on average, as earlier ones: no unit is left for `lr` to have."""
    rest = _but(g, rho)
    accum = g("AddV2", g("Mul", accum, rho), g("Mul", g("Square", grad), rest))
    root = g("Mul", g("Sqrt", g("AddV2", accum_update, epsilon)), g("Rsqrt", g("AddV2", accum, epsilon)))
    update = g("Mul", root, grad)
    moved = g("Sub", var, g("Mul", update, lr))
    return moved, accum, g("AddV2", g("Mul", accum_update, rho), g("Mul", g("Square", update), rest))


def rms_prop(
    g: Any, attrs: Any, var: Any, ms: Any, mom: Any, lr: Any, rho: Any, momentum: Any, epsilon: Any, grad: Any
) -> Any:
    """The gradient over the root of the mean of its squares."""
    ms = _towards(g, ms, g("Square", grad), rho)
    step = g("RealDiv", g("Mul", grad, lr), g("Sqrt", g("AddV2", ms, epsilon)))
    mom = g("AddV2", g("Mul", mom, momentum), step)
    return g("Sub", var, mom), ms, mom


def centered_rms_prop(
    g: Any, attrs: Any, var: Any, mg: Any, ms: Any, mom: Any, lr: Any, rho: Any, momentum: Any, epsilon: Any, grad: Any
) -> Any:
    """RMSProp with an estimate of the variance of the gradient in place of the mean of its squares."""
    ms = _towards(g, ms, g("Square", grad), rho)
    mg = _towards(g, mg, grad, rho)
    spread = g("AddV2", g("Sub", ms, g("Square", mg)), epsilon)
    mom = g("AddV2", g("Mul", mom, momentum), g("RealDiv", g("Mul", grad, lr), g("Sqrt", spread)))
    return g("Sub", var, mom), mg, ms, mom


def _adam_rate(g: Any, beta1_power: Any, beta2_power: Any, lr: Any) -> Any:
    return g("RealDiv", g("Mul", lr, g("Sqrt", _but(g, beta2_power))), _but(g, beta1_power))


def adam(
    g: Any, attrs: Any, var: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any,
    epsilon: Any, grad: Any,
) -> Any:  # fmt: skip
    """Means of the gradient and of its squares, without the bias of their start at zero."""
    rate = _adam_rate(g, beta1_power, beta2_power, lr)
    m = _towards(g, m, grad, beta1)
    v = _towards(g, v, g("Square", grad), beta2)
    ahead = m
    if attrs["use_nesterov"]:
        ahead = g("AddV2", g("Mul", grad, _but(g, beta1)), g("Mul", m, beta1))
    step = g("RealDiv", g("Mul", ahead, rate), g("AddV2", g("Sqrt", v), epsilon))
    return g("Sub", var, step), m, v


def adam_with_amsgrad(
    g: Any, attrs: Any, var: Any, m: Any, v: Any, vhat: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any,
    beta2: Any, epsilon: Any, grad: Any,
) -> Any:  # fmt: skip
    """Adam with the largest mean of squares so far."""
    rate = _adam_rate(g, beta1_power, beta2_power, lr)
    m = _towards(g, m, grad, beta1)
    v = _towards(g, v, g("Square", grad), beta2)
    vhat = g("Maximum", v, vhat)
    step = g("RealDiv", g("Mul", m, rate), g("AddV2", g("Sqrt", vhat), epsilon))
    return g("Sub", var, step), m, v, vhat


def ada_max(
    g: Any, attrs: Any, var: Any, m: Any, v: Any, beta1_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any,
    grad: Any,
) -> Any:  # fmt: skip
    """Adam with a decaying maximum in place of the mean of squares."""
    m = _towards(g, m, grad, beta1)
    v = g("Maximum", g("Mul", beta2, v), g("Abs", grad))
    rate = g("RealDiv", lr, _but(g, beta1_power))
    return g("Sub", var, g("Mul", rate, g("RealDiv", m, g("AddV2", v, epsilon)))), m, v


def _signs(g: Any, m: Any, beta: Any, grad: Any) -> tuple[Any, Any]:
    """The mean of gradients, and whether the gradient has its sign."""
    m = g("AddV2", g("Mul", m, beta), g("Mul", grad, _but(g, beta)))
    return m, g("Mul", g("Sign", grad), g("Sign", m))


def add_sign(g: Any, attrs: Any, var: Any, m: Any, lr: Any, alpha: Any, sign_decay: Any, beta: Any, grad: Any) -> Any:
    """`var -= lr * (alpha + sign_decay * sign(grad) * sign(m)) * grad`."""
    m, agree = _signs(g, m, beta, grad)
    scale = g("AddV2", alpha, g("Mul", sign_decay, agree))
    return g("Sub", var, g("Mul", lr, g("Mul", scale, grad))), m


def power_sign(
    g: Any, attrs: Any, var: Any, m: Any, lr: Any, logbase: Any, sign_decay: Any, beta: Any, grad: Any
) -> Any:
    """`var -= lr * exp(logbase * sign_decay * sign(grad) * sign(m)) * grad`."""
    m, agree = _signs(g, m, beta, grad)
    scale = g("Exp", g("Mul", g("Mul", logbase, sign_decay), agree))
    return g("Sub", var, g("Mul", g("Mul", lr, scale), grad)), m


def proximal_adagrad(g: Any, attrs: Any, var: Any, accum: Any, lr: Any, l1: Any, l2: Any, grad: Any) -> Any:
    """Adagrad, then shrinking by the two regularizers."""
    accum = g("AddV2", accum, g("Square", grad))
    rate = g("Mul", lr, g("Rsqrt", accum))
    moved = g("Sub", var, g("Mul", grad, rate))
    scale = g("AddV2", _one(g, l2), g("Mul", l2, rate))
    return g("RealDiv", _shrunk(g, moved, g("Mul", rate, l1)), scale), accum


def ftrl(
    g: Any, attrs: Any, var: Any, accum: Any, linear: Any, grad: Any, lr: Any, l1: Any, l2: Any, lr_power: Any
) -> Any:
    """Follow the regularized leader."""
    return _ftrl(g, attrs, var, accum, linear, grad, grad, lr, l1, l2, lr_power)


def ftrl_v2(
    g: Any, attrs: Any, var: Any, accum: Any, linear: Any, grad: Any, lr: Any, l1: Any, l2: Any, l2_shrinkage: Any,
    lr_power: Any,
) -> Any:  # fmt: skip
    """Ftrl whose gradient has a part that shrinks the variable, which `accum` does not see."""
    shrinking = g("AddV2", grad, g("Mul", g("Mul", _number(g, l2, 2), l2_shrinkage), var))
    return _ftrl(g, attrs, var, accum, linear, grad, shrinking, lr, l1, l2, lr_power)


def _ftrl(
    g: Any, attrs: Any, var: Any, accum: Any, linear: Any, grad: Any, whole: Any, lr: Any, l1: Any, l2: Any,
    lr_power: Any,
) -> Any:  # fmt: skip
    """With `multiply_linear_by_lr`, everything is times the learning rate, which is never divided by then."""
    grown = g("AddV2", accum, g("Square", grad))
    powers = [_inverse_power(g, value, lr_power) for value in (grown, accum)]
    change, scale, double = g("Sub", *powers), powers[0], g("Mul", _number(g, l2, 2), l2)
    if attrs["multiply_linear_by_lr"]:
        whole, l1, double = (g("Mul", value, lr) for value in (whole, l1, double))
    else:
        change, scale = (g("RealDiv", value, lr) for value in (change, scale))
    linear = g("AddV2", linear, g("Sub", whole, g("Mul", change, var)))
    top = g("Sub", g("Mul", g("Sign", linear), l1), linear)
    beyond = g("Greater", g("Abs", linear), l1)
    moved = g("RealDiv", top, g("AddV2", scale, double))
    return g("SelectV2", beyond, moved, _number(g, l1, 0)), grown, linear


def _inverse_power(g: Any, value: Any, power: Any) -> Any:
    """`value ** -power`; the usual power is a square root, which is faster and rounds less."""
    known = g.known(power)
    if known is not None and known.item() == -0.5:
        return g("Sqrt", value)
    return g("Pow", value, g("Neg", power))
