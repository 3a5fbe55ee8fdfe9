"""Gradient rules of activation functions, and of the types their gradients are made of (second derivatives)."""

from __future__ import annotations

from typing import Any


def of_output(kind: str) -> Any:
    """A rule: an operation of the function's value and the gradient, in this order."""

    def rule(g: Any, op: Any, dy: Any) -> Any:
        with g.after(dy):
            return g(kind, g.conj(op.outputs[0]), dy)

    return rule


def sigmoid_grad(g: Any, op: Any, ddx: Any) -> list[Any]:
    """Of dy y (1 - y)."""
    with g.after(ddx):
        y, dy = g.conj(op.inputs[0]), g.conj(op.inputs[1])
        both = ddx * dy
        return [both - 2.0 * both * y, g("SigmoidGrad", y, ddx)]


def tanh_grad(g: Any, op: Any, ddx: Any) -> list[Any]:
    """Of dy (1 - y^2)."""
    with g.after(ddx):
        y, dy = g.conj(op.inputs[0]), g.conj(op.inputs[1])
        return [ddx * -2.0 * dy * y, g("TanhGrad", y, ddx)]


def sqrt_grad(g: Any, op: Any, ddx: Any) -> list[Any]:
    """Of dy / (2 y)."""
    y, dx = op.inputs[0], op.outputs[0]
    with g.after(ddx):
        quotient = ddx / g.conj(y)
        return [g("Neg", g.conj(quotient) * dx) if y.dtype.is_complex else g("Neg", quotient) * dx, 0.5 * quotient]


def rsqrt_grad(g: Any, op: Any, ddx: Any) -> list[Any]:
    """Of -dy y^3 / 2."""
    y, dy = op.inputs
    with g.after(ddx):
        conjugate = g.conj(y)
        if y.dtype.is_complex:
            factor = -1.5 * ddx * g.conj(dy) * g("Square", conjugate)
        else:
            factor = -1.5 * ddx * dy * g("Square", conjugate)
        return [factor, g("RsqrtGrad", conjugate, ddx)]


def reciprocal_grad(g: Any, op: Any, ddx: Any) -> list[Any]:
    """Of -dy y^2."""
    with g.after(ddx):
        y, dy = g.conj(op.inputs[0]), g.conj(op.inputs[1])
        return [ddx * -2.0 * dy * y, g("ReciprocalGrad", y, ddx)]


def relu(g: Any, op: Any, dy: Any) -> Any:
    """The gradient where the value is positive."""
    return g("ReluGrad", dy, op.outputs[0])


def relu6(g: Any, op: Any, dy: Any) -> Any:
    """The gradient where the value is between 0 and 6."""
    return g("Relu6Grad", dy, op.outputs[0])


def elu(g: Any, op: Any, dy: Any) -> Any:
    """The gradient, below 0 times the value plus 1."""
    return g("EluGrad", dy, op.outputs[0])


def selu(g: Any, op: Any, dy: Any) -> Any:
    """The gradient times the slope."""
    return g("SeluGrad", dy, op.outputs[0])


def leaky_relu(g: Any, op: Any, dy: Any) -> Any:
    """The gradient, below 0 times the leak."""
    return g("LeakyReluGrad", dy, op.inputs[0], alpha=op.attrs["alpha"])


def softplus(g: Any, op: Any, dy: Any) -> Any:
    """d log(1 + exp(x)) = sigmoid(x) dx."""
    return dy * g("Sigmoid", op.inputs[0])


def softsign(g: Any, op: Any, dy: Any) -> Any:
    """d(x / (1 + |x|)) = dx / (1 + |x|)^2."""
    return g("SoftsignGrad", dy, op.inputs[0])


def piecewise(kind: str) -> Any:
    """A rule for the gradient of a function of straight pieces: it has no second derivative."""

    def rule(g: Any, op: Any, ddx: Any) -> list[Any]:
        x = op.inputs[1]
        alpha = {"alpha": op.attrs["alpha"]} if "alpha" in op.attrs else {}
        return [g(kind, ddx, x, **alpha), g.zeros(g.shape(x), x.dtype)]

    return rule


def elu_grad(g: Any, op: Any, ddx: Any) -> list[Any]:
    """Of dy (y + 1) below 0, dy above."""
    return _of_negative_part(g, op, ddx, "EluGrad")


def selu_grad(g: Any, op: Any, ddx: Any) -> list[Any]:
    """Of dy (y + scale * alpha) below 0, dy * scale above."""
    return _of_negative_part(g, op, ddx, "SeluGrad")


def _of_negative_part(g: Any, op: Any, ddx: Any, kind: str) -> list[Any]:
    dy, y = op.inputs
    first = g(kind, ddx, y)
    return [first, g("Select", y < 0.0, ddx * dy, g.zeros_like(y))]


def softplus_grad(g: Any, op: Any, ddx: Any) -> list[Any]:
    """Of dy / (1 + exp(-x))."""
    dy, x = op.inputs
    with g.after(ddx):
        second = ddx * dy / (g("Exp", g("Neg", x)) + 2.0 + g("Exp", x))
        return [g("SoftplusGrad", ddx, x), second]


def softsign_grad(g: Any, op: Any, ddx: Any) -> list[Any]:
    """Of dy / (1 + |x|)^2."""
    dy, x = op.inputs
    with g.after(ddx):
        size = 1.0 + g("Abs", x)
        second = ddx * dy * -2.0 * g("Sign", x) / (size * size * size)
        return [g("SoftsignGrad", ddx, x), second]
