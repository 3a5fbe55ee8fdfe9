"""Gradient rules of special functions: gamma, beta, zeta, Bessel functions and integrals."""

from __future__ import annotations

import math
from typing import Any


def lgamma(g: Any, op: Any, dy: Any) -> Any:
    """d log|gamma(x)| = digamma(x) dx."""
    with g.after(dy):
        return dy * g("Digamma", g.conj(op.inputs[0]))


def digamma(g: Any, op: Any, dy: Any) -> Any:
    """d digamma(x) = polygamma(1, x) dx."""
    with g.after(dy):
        x = g.conj(op.inputs[0])
        return dy * g("Polygamma", g.constant(1.0, x.dtype), x)


def erfinv(g: Any, op: Any, dy: Any) -> Any:
    """d erfinv(x) = sqrt(pi) / 2 exp(y^2) dx."""
    scale = g.constant(math.sqrt(math.pi) / 2, dy.dtype)
    with g.after(dy):
        return dy * scale * g("Exp", g("Square", op.outputs[0]))


def ndtri(g: Any, op: Any, dy: Any) -> Any:
    """d ndtri(x) = sqrt(2 pi) exp(y^2 / 2) dx."""
    scale = g.constant(math.sqrt(2 * math.pi), dy.dtype)
    with g.after(dy):
        return dy * scale * g("Exp", g("Square", op.outputs[0]) / 2.0)


def igamma(g: Any, op: Any, dy: Any) -> Any:
    """By `x` the density of the gamma distribution; by `a` an operation of its own."""
    a, x = op.inputs
    axes = g.broadcast_axes(op)
    with g.after(dy):
        by_a = g("IgammaGradA", a, x)
        by_x = g("Exp", g("Neg", x) + (a - 1) * g("Log", x) - g("Lgamma", a))
    return g.summed_pair(axes, lambda: by_a * dy, lambda: by_x * dy)


def igammac(g: Any, op: Any, dy: Any) -> list[Any]:
    """Minus that of `Igamma`."""
    by_a, by_x = igamma(g, op, dy)
    return [g("Neg", by_a), g("Neg", by_x)]


def igamma_grad_a(g: Any, op: Any, dy: Any) -> list[Any]:
    """By `x`: density times log(x) - digamma(a). By `a` no formula is known."""
    a, x = op.inputs
    axes = g.broadcast_axes(op)
    with g.after(dy):
        density = g("Exp", g("Neg", x) + (a - 1) * g("Log", x) - g("Lgamma", a))
        by_x = density * (g("Log", x) - g("Digamma", a))
    return [None, g.summed(by_x * dy, axes[2], axes[3])]


def zeta(g: Any, op: Any, dy: Any) -> list[Any]:
    """By `q`: -x zeta(x + 1, q). By `x` no formula is known."""
    x, q = op.inputs
    _, _, axes, shape = g.broadcast_axes(op)
    with g.after(dy):
        by_q = g("Neg", x) * g("Zeta", x + 1, q)
        return [None, g.summed(by_q * dy, axes, shape)]


def polygamma(g: Any, op: Any, dy: Any) -> list[Any]:
    """By `x`: the next order. The order is an integer."""
    n, x = op.inputs
    _, _, axes, shape = g.broadcast_axes(op)
    with g.after(dy):
        return [None, g.summed(g("Polygamma", n + 1, x) * dy, axes, shape)]


def betainc(g: Any, op: Any, dy: Any) -> list[Any]:
    """By `x` the density of the beta distribution. By `a` and `b` no formula is known."""
    a, b, x = op.inputs
    _, _, axes, shape = g.axes_of(g.shape(a), g.shape(x))
    log_beta = g("Lgamma", a) + g("Lgamma", b) - g("Lgamma", a + b)
    density = g("Exp", (b - 1) * g("Log", 1 - x) + (a - 1) * g("Log", x) - log_beta)
    return [None, None, g.summed(density * dy, axes, shape)]


def bessel_i0(g: Any, op: Any, dy: Any) -> Any:
    """d I0 = I1 dx."""
    with g.after(dy):
        return dy * g("BesselI1", op.inputs[0])


def bessel_i0e(g: Any, op: Any, dy: Any) -> Any:
    """d I0e = (I1e - sign(x) I0e) dx."""
    x, y = op.inputs[0], op.outputs[0]
    with g.after(dy):
        partial = g("BesselI1e", x) - g("Sign", x) * y
        return dy * partial


def bessel_i1(g: Any, op: Any, dy: Any) -> Any:
    """d I1 = (I0 - I1 / x) dx; 1/2 at 0."""
    return _of_order_one(g, op, dy, "BesselI0")


def bessel_j1(g: Any, op: Any, dy: Any) -> Any:
    """d J1 = (J0 - J1 / x) dx; 1/2 at 0."""
    return _of_order_one(g, op, dy, "BesselJ0")


def _of_order_one(g: Any, op: Any, dy: Any, lower: str) -> Any:
    x, y = op.inputs[0], op.outputs[0]
    with g.after(dy):
        is_zero = g("Equal", x, 0.0)
        limit = g.number(0.5, x.dtype)
        return dy * g("SelectV2", is_zero, limit, g(lower, x) - y / x)


def bessel_i1e(g: Any, op: Any, dy: Any) -> Any:
    """d I1e = (I0e - (sign(x) + 1 / x) I1e) dx; 1/2 at 0."""
    x, y = op.inputs[0], op.outputs[0]
    with g.after(dy):
        zeros = g.zeros_like(x)
        smallest = float(_epsilon(x.dtype))
        is_large = g("Greater", g("Abs", x), smallest)
        safe = g("Select", is_large, x, smallest + zeros)
        partial = g("BesselI0e", safe) - y * (g("Sign", safe) + g("Reciprocal", safe))
        return dy * g("Select", is_large, partial, 0.5 + zeros)


def _epsilon(dtype: Any) -> Any:
    import ml_dtypes

    return ml_dtypes.finfo(dtype.np_dtype).eps


def bessel_j0(g: Any, op: Any, dy: Any) -> Any:
    """d J0 = -J1 dx."""
    with g.after(dy):
        return dy * g("Neg", g("BesselJ1", op.inputs[0]))


def bessel_y0(g: Any, op: Any, dy: Any) -> Any:
    """d Y0 = -Y1 dx."""
    with g.after(dy):
        return dy * g("Neg", g("BesselY1", op.inputs[0]))


def bessel_y1(g: Any, op: Any, dy: Any) -> Any:
    """d Y1 = (Y0 - Y1 / x) dx."""
    x, y = op.inputs[0], op.outputs[0]
    with g.after(dy):
        return dy * (g("BesselY0", x) - y / x)


def bessel_k0(g: Any, op: Any, dy: Any) -> Any:
    """d K0 = -K1 dx."""
    with g.after(dy):
        return dy * g("Neg", g("BesselK1", op.inputs[0]))


def bessel_k0e(g: Any, op: Any, dy: Any) -> Any:
    """d K0e = (K0e - K1e) dx."""
    with g.after(dy):
        return dy * (op.outputs[0] - g("BesselK1e", op.inputs[0]))


def bessel_k1(g: Any, op: Any, dy: Any) -> Any:
    """d K1 = (-K0 - K1 / x) dx."""
    x, y = op.inputs[0], op.outputs[0]
    with g.after(dy):
        return dy * (g("Neg", g("BesselK0", x)) - y / x)


def bessel_k1e(g: Any, op: Any, dy: Any) -> Any:
    """d K1e = (K1e (1 - 1 / x) - K0e) dx."""
    x, y = op.inputs[0], op.outputs[0]
    with g.after(dy):
        return dy * (y * (1.0 - g("Reciprocal", x)) - g("BesselK0e", x))


def dawsn(g: Any, op: Any, dy: Any) -> Any:
    """d D(x) = (1 - 2 x D(x)) dx."""
    x, y = op.inputs[0], op.outputs[0]
    with g.after(dy):
        return dy * (1.0 - 2 * x * y)


def expint(g: Any, op: Any, dy: Any) -> Any:
    """d Ei(x) = exp(x) / x dx."""
    x = op.inputs[0]
    with g.after(dy):
        return dy * g("Exp", x) / x


def fresnel_cos(g: Any, op: Any, dy: Any) -> Any:
    """d C(x) = cos(pi x^2 / 2) dx."""
    with g.after(dy):
        return dy * g("Cos", (math.pi / 2.0) * g("Square", op.inputs[0]))


def fresnel_sin(g: Any, op: Any, dy: Any) -> Any:
    """d S(x) = sin(pi x^2 / 2) dx."""
    with g.after(dy):
        return dy * g("Sin", (math.pi / 2.0) * g("Square", op.inputs[0]))


def spence(g: Any, op: Any, dy: Any) -> Any:
    """d Li2(1 - x) = log(x) / (1 - x) dx; -1 at 1."""
    x = op.inputs[0]
    with g.after(dy):
        slope = g("Log", x) / (1 - x)
        return dy * g("Select", g("Equal", x, 1.0), g("Neg", g.ones_like(x)), slope)


def unknown(g: Any, op: Any, dy: Any) -> Any:
    """Refused: no formula is known.

    Raises: LookupError always.
    """
    raise LookupError(f"No gradient is known of operations of type {op.type}: '{op.name}'.")
