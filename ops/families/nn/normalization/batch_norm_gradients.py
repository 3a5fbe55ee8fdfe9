"""Gradient rules of batch normalisation."""

from __future__ import annotations

from typing import Any


def normalized(gradient_type: str) -> Any:
    """The rule of a fused batch normalisation whose gradient has this type."""

    def rule(g: Any, op: Any, dy: Any, *unused: Any) -> Any:
        x, scale = op.inputs[:2]
        attrs = {name: op.attrs[name] for name in ("epsilon", "data_format", "is_training")}
        version_3 = gradient_type.endswith("V3")
        saved = op.outputs[3:6] if version_3 else op.outputs[3:5]
        if not attrs["is_training"]:
            # The moments were given: what the operation kept are they.
            saved = [op.inputs[3], op.inputs[4], *saved[2:]]
        found = g(gradient_type, dy, x, scale, *saved, **attrs)
        if attrs["is_training"]:
            return list(found)  # the last two are empty, but TensorFlow hands them on, and seeds count operations
        return [*found[:3], None, None]

    return rule


def normalized_twice(g: Any, op: Any, d_dx: Any, d_dscale: Any, d_doffset: Any, *unused: Any) -> Any:
    """The gradient of the gradient, written out: for `dy`, `x` and `scale`; moments that were saved are not varied.

    With the distance u = (x - mean) / sqrt(variance + epsilon), and means M over what is normalised, in training
      dx = scale * r * (dy - M(dy) - u M(dy u)),  dscale = sum(dy u),  doffset = sum(dy).
    """
    dy, x, scale, mean, variance = op.inputs[:5]
    first = op.attrs["data_format"][1:2] == b"C"
    rank = len(op.attrs["data_format"])
    channel = 1 if first else rank - 1
    axes = [axis for axis in range(rank) if axis != channel]
    wide = [-1 if axis == channel else 1 for axis in range(rank)]
    kind = x.dtype.base_dtype
    x, dy, d_dx = (g.cast(value, scale.dtype) for value in (x, dy, d_dx))

    def spread(vector: Any) -> Any:
        return g("Reshape", vector, wide)

    def total(value: Any) -> Any:
        return g("Sum", value, axes)

    inverse = g("Rsqrt", variance + op.attrs["epsilon"])
    if not op.attrs["is_training"]:
        u = (x - spread(mean)) * spread(inverse)
        for_dy = d_dx * spread(scale * inverse) + spread(d_dscale) * u + spread(d_doffset)
        for_x = spread(d_dscale * inverse) * dy
        for_scale = total(d_dx * dy) * inverse
        return [g.cast(for_dy, kind), g.cast(for_x, kind), for_scale, *[None] * (len(op.inputs) - 3)]
    mean_of = _mean(g, axes)
    u = (x - spread(mean)) * spread(inverse)
    centred = dy - mean_of(dy)
    along = mean_of(dy * u)
    v, v_along = d_dx - mean_of(d_dx), mean_of(d_dx * u)
    factor = spread(scale * inverse)
    for_dy = factor * (v - u * v_along) + spread(d_dscale) * u + spread(d_doffset)
    cross = mean_of(d_dx * centred)
    inner = u * (3.0 * along * v_along - cross) - v_along * centred - along * v
    for_x = factor * spread(inverse) * inner + spread(d_dscale * inverse) * (centred - u * along)
    for_scale = total(d_dx * (centred - u * along)) * inverse
    return [g.cast(for_dy, kind), g.cast(for_x, kind), for_scale, *[None] * (len(op.inputs) - 3)]


def _mean(g: Any, axes: list[int]) -> Any:
    return lambda value: g("Mean", value, axes, keep_dims=True)


def with_global_moments(g: Any, op: Any, dy: Any) -> Any:
    """The old form: moments are inputs like others."""
    t, m, v, _, gamma = op.inputs
    inverse = g("Rsqrt", v + op.attrs["variance_epsilon"])
    scaled = op.attrs["scale_after_normalization"]
    factor = inverse * gamma if scaled else inverse
    axes = [0, 1, 2]
    total = g("Sum", dy, axes)
    projected = g("Sum", dy * (t - m), axes)
    for_variance = projected * (-0.5) * inverse * inverse * factor
    for_gamma = projected * inverse if scaled else g.zeros_like(gamma)
    return [dy * factor, -(total * factor), for_variance, total, for_gamma]
