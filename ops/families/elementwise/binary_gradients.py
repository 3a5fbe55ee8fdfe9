"""Gradient rules of elementwise functions of two tensors, which broadcast: sums over the axes that were repeated.

Rules are called with a builder (`ops/library/gradients/builder.py`), the operation, and the gradient of its output.
"""

from __future__ import annotations

from typing import Any


def add(g: Any, op: Any, dz: Any) -> Any:
    """d(x + y) = dx + dy."""
    return g.summed_pair(g.sum_axes(op, dz), lambda: dz, lambda: dz)


def sub(g: Any, op: Any, dz: Any) -> Any:
    """d(x - y) = dx - dy."""
    return g.summed_pair(g.sum_axes(op, dz), lambda: dz, lambda: g("Neg", dz))


def mul(g: Any, op: Any, dz: Any) -> Any:
    """d(x * y) = y * dx + x * dy, with conjugates."""
    x, y = op.inputs
    if dz.dtype in (g.float32, g.int32) and g.same_static_shapes(x, y, dz):
        return [g("Mul", dz, y), g("Mul", dz, x)]
    axes = g.sum_axes(op)
    x, y = g.conj(x), g.conj(y)
    return g.summed_pair(axes, lambda: g("Mul", dz, y), lambda: g("Mul", x, dz))


def mul_no_nan(g: Any, op: Any, dz: Any) -> Any:
    """As of a product; an infinite factor of nothing gives nothing."""
    x, y = op.inputs
    if g.same_static_shapes(x, y, dz):
        return [g("MulNoNan", dz, y), g("MulNoNan", x, dz)]
    return g.unbroadcast(op, lambda: g("MulNoNan", dz, y), lambda: g("MulNoNan", x, dz))


def squared_difference(g: Any, op: Any, dz: Any) -> Any:
    """d((x - y)^2) = 2 (x - y) (dx - dy)."""
    x, y = op.inputs
    with g.after(dz):
        dx = g("Mul", g.constant(2.0, dz.dtype, name="scalar"), dz) * (x - y)
    if g.same_static_shapes(x, y, dz):
        return [dx, g("Neg", dx)]
    dx, dy = g.summed_pair(g.sum_axes(op), lambda: dx, lambda: dx)
    return [dx, g("Neg", dy)]


def power(g: Any, op: Any, dz: Any) -> Any:
    """d(x^y) = y x^(y-1) dx + log(x) x^y dy; the logarithm counts as 0 where there is none."""
    axes = g.sum_axes(op)
    x, y = g.conj(op.inputs[0]), g.conj(op.inputs[1])

    def base() -> Any:
        return dz * y * g("Pow", x, y - 1)

    def exponent() -> Any:
        z = g.conj(op.outputs[0])
        mask = g("NotEqual", x, 0) if x.dtype.is_complex else x > 0
        safe = g("Select", mask, x, g.ones_like(x))
        logarithm = g("Select", mask, g("Log", safe), g.zeros_like(x))
        return dz * z * logarithm

    return g.summed_pair(axes, base, exponent)


def real_div(g: Any, op: Any, dz: Any) -> Any:
    """d(x / y) = dx / y - x / y^2 dy."""
    return _quotient(g, op, dz, lambda a, b: g("RealDiv", a, b))


def div(g: Any, op: Any, dz: Any) -> Any:
    """As of `RealDiv`; of integers, too."""
    return _quotient(g, op, dz, lambda a, b: a / b)


def div_no_nan(g: Any, op: Any, dz: Any) -> Any:
    """As of `RealDiv`; 0 where the divisor is 0."""
    return _quotient(g, op, dz, lambda a, b: g("DivNoNan", a, b, name="div_no_nan"))


def _quotient(g: Any, op: Any, dz: Any, divide: Any) -> Any:
    axes = g.broadcast_axes(op)
    x, y = g.conj(op.inputs[0]), g.conj(op.inputs[1])
    return g.summed_pair(axes, lambda: divide(dz, y), lambda: dz * divide(divide(g("Neg", x), y), y))


def floor_mod(g: Any, op: Any, dz: Any) -> Any:
    """d(x - y floor(x / y)) = dx - floor(x / y) dy."""
    return _remainder(g, op, dz, "FloorDiv")


def truncate_mod(g: Any, op: Any, dz: Any) -> Any:
    """d(x - y trunc(x / y)) = dx - trunc(x / y) dy."""
    return _remainder(g, op, dz, "TruncateDiv")


def _remainder(g: Any, op: Any, dz: Any, divide: str) -> Any:
    axes = g.broadcast_axes(op)
    x, y = g.conj(op.inputs[0]), g.conj(op.inputs[1])
    quotient = g(divide, x, y)
    return g.summed_pair(axes, lambda: dz, lambda: dz * g("Neg", quotient))


def maximum(g: Any, op: Any, dz: Any) -> Any:
    """The gradient goes where the larger number is; on ties to `x`."""
    return _chosen(g, op, dz, "GreaterEqual")


def minimum(g: Any, op: Any, dz: Any) -> Any:
    """The gradient goes where the smaller number is; on ties to `x`."""
    return _chosen(g, op, dz, "LessEqual")


def _chosen(g: Any, op: Any, dz: Any, takes_first: str) -> Any:
    x, y = op.inputs
    shapes = g.shape(x), g.shape(y)
    zeros = g.zeros(g.shape(dz), dz.dtype)
    mask = g(takes_first, x, y)
    axes = g.axes_of(*shapes)
    return g.summed_pair(axes, lambda: g("Select", mask, dz, zeros), lambda: g("Select", mask, zeros, dz))


def next_after(g: Any, op: Any, dz: Any) -> Any:
    """As of its first argument."""
    x, y = op.inputs
    axes = g.broadcast_axes(op)
    with g.after(dz):
        ones, zeros = g.ones(axes[1], x.dtype), g.zeros(axes[3], y.dtype)
    return g.summed_pair(axes, lambda: ones * dz, lambda: zeros * dz)


def atan2(g: Any, op: Any, dz: Any) -> Any:
    """d atan2(y, x) = (x dy - y dx) / (x^2 + y^2)."""
    y, x = op.inputs
    with g.after(dz):
        scaled = dz / (g("Square", x) + g("Square", y))
        dy, dx = x * scaled, g("Neg", y) * scaled
    if g.same_static_shapes(x, y):
        return [dy, dx]
    return g.unbroadcast(op, lambda: dy, lambda: dx)


def complex_parts(g: Any, op: Any, dz: Any) -> Any:
    """d(x + iy): the real and the imaginary part."""
    return g.unbroadcast(
        op, lambda: g("Real", dz, Tout=dz.dtype.real_dtype), lambda: g("Imag", dz, Tout=dz.dtype.real_dtype)
    )


def select(g: Any, op: Any, dz: Any) -> Any:
    """The gradient goes where the value came from."""
    chosen, x = op.inputs[0], op.inputs[1]
    zeros = g.zeros_like(x)
    return [None, g("Select", chosen, dz, zeros), g("Select", chosen, zeros, dz)]


def select_v2(g: Any, op: Any, dz: Any) -> Any:
    """As of `Select`, summed over the axes that were repeated."""
    chosen, x, y = op.inputs
    zeros = g.zeros([], dz.dtype)

    def part(gradient: Any, source: Any) -> Any:
        shape = g.shape(source)
        whole = g.shape(op.outputs[0]) if not shapes else shapes[0]
        shapes.append(whole)
        axes, _ = g("BroadcastGradientArgs", shape, whole)
        return g.summed(gradient, axes, shape)

    shapes: list[Any] = []
    dx = part(g("SelectV2", chosen, dz, zeros), x)
    return [None, dx, part(g("SelectV2", chosen, zeros, dz), y)]


def clip_by_value(g: Any, op: Any, dz: Any) -> Any:
    """The gradient goes to the number where it is within its bounds, to a bound where that was taken."""
    x, low, high = op.inputs
    zeros = g.zeros(g.shape(dz), dz.dtype)
    under, over = g("Less", x, low), g("Greater", x, high)
    dx = g("SelectV2", g("LogicalOr", under, over), zeros, dz)
    bounds = []
    for bound, mask in ((low, under), (high, over)):
        axes, _ = g("BroadcastGradientArgs", g.shape(bound), g.shape(x))
        bounds.append(g.summed(g("SelectV2", mask, dz, zeros), axes, g.shape(bound)))
    return [dx, *bounds]


def xlogy(g: Any, op: Any, dz: Any) -> Any:
    """d(x log y) = log y dx + x / y dy; nothing flows where x is 0."""
    x, y = op.inputs
    axes = g.broadcast_axes(op)
    with g.after(dz):
        dx = g("Xlogy", g.is_not_zero(x), y)
        dy = g("Xdivy", x, y)
    return g.summed_pair(axes, lambda: dx * dz, lambda: dy * dz)


def xlog1py(g: Any, op: Any, dz: Any) -> Any:
    """d(x log(1 + y)) = log(1 + y) dx + x / (1 + y) dy; nothing flows where x is 0."""
    x, y = op.inputs
    axes = g.broadcast_axes(op)
    with g.after(dz):
        dx = g("Xlog1py", g.is_not_zero(x), y)
        dy = g("Xdivy", x, y + 1.0)
    return g.summed_pair(axes, lambda: dx * dz, lambda: dy * dz)


def xdivy(g: Any, op: Any, dz: Any) -> Any:
    """d(x / y) as of a quotient; nothing flows where x is 0."""
    x, y = op.inputs
    axes = g.broadcast_axes(op)
    with g.after(dz):
        dx = g("Xdivy", g.is_not_zero(x), y)
        dy = g("Xdivy", g("Neg", x), y**2)
    return g.summed_pair(axes, lambda: dx * dz, lambda: dy * dz)
