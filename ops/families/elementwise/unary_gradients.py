"""Gradient rules of elementwise functions of one tensor.

For complex numbers the gradient of a function that has a derivative is multiplied by the derivative's conjugate.
"""

from __future__ import annotations

import math
from typing import Any


def negative(g: Any, op: Any, dy: Any) -> Any:
    """d(-x) = -dx."""
    return g("Neg", dy)


def absolute(g: Any, op: Any, dy: Any) -> Any:
    """d|x| = sign(x) dx."""
    return dy * g("Sign", op.inputs[0])


def sign(g: Any, op: Any, dy: Any) -> Any:
    """Zeros: a sign does not change."""
    x = op.inputs[0]
    return g.zeros(g.shape(x), x.dtype)


def square(g: Any, op: Any, dy: Any) -> Any:
    """d x^2 = 2 x dx."""
    x = op.inputs[0]
    with g.after(dy):
        x = g.conj(x)
        return g("Mul", dy, g("Mul", x, g.constant(2.0, x.dtype)))


def sqrt(g: Any, op: Any, dy: Any) -> Any:
    """d sqrt(x) = dx / (2 sqrt(x))."""
    return g("SqrtGrad", op.outputs[0], dy)


def rsqrt(g: Any, op: Any, dy: Any) -> Any:
    """d x^(-1/2) = -1/2 x^(-3/2) dx."""
    return g("RsqrtGrad", op.outputs[0], dy)


def reciprocal(g: Any, op: Any, dy: Any) -> Any:
    """d(1 / x) = -dx / x^2."""
    return g("ReciprocalGrad", op.outputs[0], dy)


def exp(g: Any, op: Any, dy: Any) -> Any:
    """d exp(x) = exp(x) dx."""
    with g.after(dy):
        return dy * g.conj(op.outputs[0])


def expm1(g: Any, op: Any, dy: Any) -> Any:
    """d(exp(x) - 1) = exp(x) dx."""
    with g.after(dy):
        return dy * g("Exp", g.conj(op.inputs[0]))


def log(g: Any, op: Any, dy: Any) -> Any:
    """d log(x) = dx / x."""
    with g.after(dy):
        return dy * g("Reciprocal", g.conj(op.inputs[0]))


def log1p(g: Any, op: Any, dy: Any) -> Any:
    """d log(1 + x) = dx / (1 + x)."""
    with g.after(dy):
        return dy * g("Reciprocal", 1 + g.conj(op.inputs[0]))


def sin(g: Any, op: Any, dy: Any) -> Any:
    """d sin(x) = cos(x) dx."""
    with g.after(dy):
        return dy * g("Cos", g.conj(op.inputs[0]))


def cos(g: Any, op: Any, dy: Any) -> Any:
    """d cos(x) = -sin(x) dx."""
    with g.after(dy):
        return g("Neg", dy) * g("Sin", g.conj(op.inputs[0]))


def tan(g: Any, op: Any, dy: Any) -> Any:
    """d tan(x) = dx / cos(x)^2."""
    with g.after(dy):
        secant = g("Reciprocal", g("Cos", g.conj(op.inputs[0])))
        return g("Square", secant) * dy


def asin(g: Any, op: Any, dy: Any) -> Any:
    """d asin(x) = dx / sqrt(1 - x^2)."""
    with g.after(dy):
        return dy * _inverse_root(g, op)


def acos(g: Any, op: Any, dy: Any) -> Any:
    """d acos(x) = -dx / sqrt(1 - x^2)."""
    with g.after(dy):
        inverse = _inverse_root(g, op)
        return g("Neg", dy) * inverse


def _inverse_root(g: Any, op: Any) -> Any:
    squared = g("Square", g.conj(op.inputs[0]))
    return g("Reciprocal", g("Sqrt", g("Sub", g.constant(1.0, dy_type(op)), squared)))


def dy_type(op: Any) -> Any:
    """The type of the only output."""
    return op.outputs[0].dtype


def atan(g: Any, op: Any, dy: Any) -> Any:
    """d atan(x) = dx / (1 + x^2)."""
    with g.after(dy):
        squared = g("Square", g.conj(op.inputs[0]))
        return dy * g("Reciprocal", g("Add", g.constant(1.0, dy.dtype), squared))


def sinh(g: Any, op: Any, dy: Any) -> Any:
    """d sinh(x) = cosh(x) dx."""
    with g.after(dy):
        return dy * g("Cosh", g.conj(op.inputs[0]))


def cosh(g: Any, op: Any, dy: Any) -> Any:
    """d cosh(x) = sinh(x) dx."""
    with g.after(dy):
        return dy * g("Sinh", g.conj(op.inputs[0]))


def tanh(g: Any, op: Any, dy: Any) -> Any:
    """d tanh(x) = (1 - tanh(x)^2) dx."""
    with g.after(dy):
        return g("TanhGrad", g.conj(op.outputs[0]), dy)


def asinh(g: Any, op: Any, dy: Any) -> Any:
    """d asinh(x) = dx / cosh(asinh(x))."""
    with g.after(dy):
        return dy / g("Cosh", g.conj(op.outputs[0]))


def acosh(g: Any, op: Any, dy: Any) -> Any:
    """d acosh(x) = dx / sinh(acosh(x))."""
    with g.after(dy):
        return dy / g("Sinh", g.conj(op.outputs[0]))


def atanh(g: Any, op: Any, dy: Any) -> Any:
    """d atanh(x) = dx / (1 - x^2)."""
    with g.after(dy):
        squared = g("Square", g.conj(op.inputs[0]))
        return dy * g("Reciprocal", g("Sub", g.constant(1.0, dy.dtype), squared))


def flat(g: Any, op: Any, *gradients: Any) -> list[None]:
    """No gradient: the function is flat between its steps."""
    return [None for _ in op.inputs]


def cast(g: Any, op: Any, dy: Any) -> Any:
    """The gradient in the type of the input; none between numbers and other things."""
    source, target = op.inputs[0].dtype.base_dtype, dy.dtype.base_dtype
    inexact = all(dtype.is_floating or dtype.is_complex for dtype in (source, target))
    return g("Cast", dy, DstT=source) if inexact else None


def conj(g: Any, op: Any, dy: Any) -> Any:
    """The gradient's conjugate."""
    return g("Conj", dy)


def real(g: Any, op: Any, dy: Any) -> Any:
    """The gradient as a real part."""
    zero = g.constant(0, dy.dtype)
    return g("Complex", dy, zero, Tout=op.inputs[0].dtype.base_dtype)


def imag(g: Any, op: Any, dy: Any) -> Any:
    """The gradient as an imaginary part: `d imag(z) = -i dz / 2` and its conjugate, in TensorFlow's convention."""
    zero = g.constant(0, dy.dtype)
    return g("Complex", zero, dy, Tout=op.inputs[0].dtype.base_dtype)


def angle(g: Any, op: Any, dy: Any) -> Any:
    """d angle(z), along the circle around 0."""
    z = op.inputs[0]
    with g.after(dy):
        real_part = g("Real", z, Tout=z.dtype.real_dtype)
        imaginary = g("Imag", z, Tout=z.dtype.real_dtype)
        inverse = g("Reciprocal", g("Complex", imaginary, real_part, Tout=z.dtype.base_dtype))
        zero = g.constant(0, dy.dtype)
        return g("Neg", g("Complex", dy, zero, Tout=z.dtype.base_dtype)) * inverse


def complex_abs(g: Any, op: Any, dy: Any) -> Any:
    """d|z|, along the ray from 0; 0 at 0."""
    z = op.inputs[0]
    zero = g.zeros_like(dy)
    return g.div_no_nan(g("Complex", dy, zero, Tout=z.dtype.base_dtype) * z, _as_complex(g, op))


def _as_complex(g: Any, op: Any) -> Any:
    size = op.outputs[0]
    return g("Complex", size, g.zeros_like(size), Tout=op.inputs[0].dtype.base_dtype)


def erf(g: Any, op: Any, dy: Any) -> Any:
    """d erf(x) = 2 / sqrt(pi) exp(-x^2) dx."""
    return _bell(g, op, dy, 2 / math.sqrt(math.pi))


def erfc(g: Any, op: Any, dy: Any) -> Any:
    """d erfc(x) = -2 / sqrt(pi) exp(-x^2) dx."""
    return _bell(g, op, dy, -2 / math.sqrt(math.pi))


def _bell(g: Any, op: Any, dy: Any, factor: float) -> Any:
    scale = g.constant(factor, dy.dtype)
    with g.after(dy):
        x = g.conj(op.inputs[0])
        return dy * scale * g("Exp", g("Neg", g("Square", x)))
