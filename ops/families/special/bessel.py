"""Bessel functions, Dawson's, exponential, Fresnel's integrals and the dilogarithm. The kernels are SciPy's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.element_kinds import keep_dtype
from ...definition.opdef import OpDef
from ...graph.node import Tensor, TensorLike
from ..elementwise.arithmetic import ABS
from ..elementwise.exponential import EXP
from . import special_gradients as gradients
from .bessel_polynomials import scaled_bessel
from .float32_forms import BESSEL_K, EXPONENTIAL_INTEGRAL, SCALED_BESSEL_K
from .functions import scipy_kernel, scoped, unary


def _only_where(condition: Callable[[Any], Any], name: str, otherwise: float) -> Callable[..., Any]:
    """A function of scipy.special where `condition(x)` holds, and a constant elsewhere; NaN stays."""
    function = scipy_kernel(name)

    def kernel(x: Any) -> Any:
        return np.where(condition(x) | np.isnan(x), function(x), x.dtype.type(otherwise))

    return keep_dtype(kernel)


def _not_negative(x: Any) -> Any:
    return x >= 0


def _fresnel(part: int) -> Callable[..., Any]:
    def function(x: Any) -> Any:
        import scipy.special

        return scipy.special.fresnel(x)[part]

    return keep_dtype(function)


BESSEL_I0 = unary("BesselI0", scipy_kernel("i0"), gradients.bessel_i0)
BESSEL_I0E = unary("BesselI0e", scipy_kernel("i0e"), gradients.bessel_i0e, scaled_bessel(0), ulp=1)
BESSEL_I1 = unary("BesselI1", scipy_kernel("i1"), gradients.bessel_i1)
BESSEL_I1E = unary("BesselI1e", scipy_kernel("i1e"), gradients.bessel_i1e, scaled_bessel(1), ulp=1)
BESSEL_J0 = unary("BesselJ0", scipy_kernel("j0"), gradients.bessel_j0)
BESSEL_J1 = unary("BesselJ1", scipy_kernel("j1"), gradients.bessel_j1)
BESSEL_K0 = unary("BesselK0", _only_where(_not_negative, "k0", np.inf), gradients.bessel_k0, BESSEL_K[0], ulp=1)
BESSEL_K0E = unary(
    "BesselK0e", _only_where(_not_negative, "k0e", np.inf), gradients.bessel_k0e, SCALED_BESSEL_K[0], ulp=1
)
BESSEL_K1 = unary("BesselK1", _only_where(_not_negative, "k1", np.inf), gradients.bessel_k1, BESSEL_K[1], ulp=1)
BESSEL_K1E = unary(
    "BesselK1e", _only_where(_not_negative, "k1e", np.inf), gradients.bessel_k1e, SCALED_BESSEL_K[1], ulp=1
)
BESSEL_Y0 = unary("BesselY0", _only_where(_not_negative, "y0", -np.inf), gradients.bessel_y0)
BESSEL_Y1 = unary("BesselY1", _only_where(_not_negative, "y1", -np.inf), gradients.bessel_y1)
DAWSN = unary("Dawsn", scipy_kernel("dawsn"), gradients.dawsn)
EXPINT = unary("Expint", _only_where(_not_negative, "expi", np.nan), gradients.expint, EXPONENTIAL_INTEGRAL, ulp=1)
SPENCE = unary("Spence", scipy_kernel("spence"), gradients.spence)
FRESNEL_SIN = unary("FresnelSin", _fresnel(0), gradients.fresnel_sin)
FRESNEL_COS = unary("FresnelCos", _fresnel(1), gradients.fresnel_cos)


def _unscaled(scaled: OpDef, default: str, x: TensorLike, name: str | None) -> Tensor:
    """`exp(|x|)` times a function: what TensorFlow 1.15 makes, which has no types BesselI0 and BesselI1."""
    with name_scope(name, default, [x]):
        x = convert_to_tensor(x, name="x")
        result: Tensor = build(EXP, build(ABS, x)) * build(scaled, x)
        return result


def bessel_i0(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the modified Bessel function of the first kind, order 0, as `exp(|x|) * bessel_i0e(x)`."""
    return _unscaled(BESSEL_I0E, "bessel_i0", x, name)


def bessel_i0e(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `exp(-|x|) * bessel_i0(x)`."""
    return scoped(BESSEL_I0E, "bessel_i0e", x, name)


def bessel_i1(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the modified Bessel function of the first kind, order 1, as `exp(|x|) * bessel_i1e(x)`."""
    return _unscaled(BESSEL_I1E, "bessel_i1", x, name)


def bessel_i1e(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `exp(-|x|) * bessel_i1(x)`."""
    return scoped(BESSEL_I1E, "bessel_i1e", x, name)


def bessel_j0(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Bessel function of the first kind, order 0."""
    return scoped(BESSEL_J0, "bessel_j0", x, name)


def bessel_j1(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Bessel function of the first kind, order 1."""
    return scoped(BESSEL_J1, "bessel_j1", x, name)


def bessel_k0(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the modified Bessel function of the second kind, order 0."""
    return scoped(BESSEL_K0, "bessel_k0", x, name)


def bessel_k0e(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `exp(x) * bessel_k0(x)`."""
    return scoped(BESSEL_K0E, "bessel_k0e", x, name)


def bessel_k1(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the modified Bessel function of the second kind, order 1."""
    return scoped(BESSEL_K1, "bessel_k1", x, name)


def bessel_k1e(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `exp(x) * bessel_k1(x)`."""
    return scoped(BESSEL_K1E, "bessel_k1e", x, name)


def bessel_y0(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Bessel function of the second kind, order 0."""
    return scoped(BESSEL_Y0, "bessel_y0", x, name)


def bessel_y1(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Bessel function of the second kind, order 1."""
    return scoped(BESSEL_Y1, "bessel_y1", x, name)


def dawsn(x: TensorLike, name: str | None = None) -> Tensor:
    """Return Dawson's integral."""
    return scoped(DAWSN, "dawsn", x, name)


def expint(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the exponential integral Ei."""
    return scoped(EXPINT, "expint", x, name)


def spence(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the dilogarithm of `1 - x`."""
    return scoped(SPENCE, "spence", x, name)


def fresnel_sin(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Fresnel integral of the sine."""
    return scoped(FRESNEL_SIN, "fresnel_sin", x, name)


def fresnel_cos(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Fresnel integral of the cosine."""
    return scoped(FRESNEL_COS, "fresnel_cos", x, name)
