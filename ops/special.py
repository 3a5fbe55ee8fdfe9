"""Special functions: error, gamma, beta, zeta and Bessel functions. The kernels are SciPy's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtypes
from .convert import convert_to_tensor
from .default_graph import name_scope
from .elementwise import apply, apply_to_values, keep_dtype
from .opdef import OpDef
from .shapes import broadcast_shape, merge, same_shape
from .tensor import Tensor, TensorLike

_WIDE = (dtypes.float32, dtypes.float64)


def _scipy(name: str) -> Callable[..., Any]:
    """The kernel that is the function `name` of scipy.special, imported when it is first called."""

    def function(*inputs: Any) -> Any:
        import scipy.special

        return getattr(scipy.special, name)(*inputs)

    return keep_dtype(function)


def _unary(name: str, kernel: Callable[..., Any], scalar: str | None = None) -> OpDef:
    return OpDef(
        name=name,
        signature="x: T -> y: T",
        where={"T": dtypes.FLOATS},
        shape=same_shape,
        kernel=kernel,
        scalar=scalar,
        ulp=4 if scalar else 0,
    )


def _binary(name: str, signature: str, kernel: Callable[..., Any], types: tuple[dtypes.DType, ...]) -> OpDef:
    return OpDef(name=name, signature=signature, where={"T": types}, shape=broadcast_shape, kernel=kernel)


ERF = _unary("Erf", _scipy("erf"), "erf({x})")
ERFC = _unary("Erfc", _scipy("erfc"), "erfc({x})")
ERFINV = _unary("Erfinv", _scipy("erfinv"))
NDTRI = _unary("Ndtri", _scipy("ndtri"))
LGAMMA = _unary("Lgamma", _scipy("gammaln"))
DIGAMMA = _unary("Digamma", _scipy("digamma"))
BESSEL_I0 = _unary("BesselI0", _scipy("i0"))
BESSEL_I0E = _unary("BesselI0e", _scipy("i0e"))
BESSEL_I1 = _unary("BesselI1", _scipy("i1"))
BESSEL_I1E = _unary("BesselI1e", _scipy("i1e"))
BESSEL_J0 = _unary("BesselJ0", _scipy("j0"))
BESSEL_J1 = _unary("BesselJ1", _scipy("j1"))
BESSEL_K0 = _unary("BesselK0", _scipy("k0"))
BESSEL_K0E = _unary("BesselK0e", _scipy("k0e"))
BESSEL_K1 = _unary("BesselK1", _scipy("k1"))
BESSEL_K1E = _unary("BesselK1e", _scipy("k1e"))
BESSEL_Y0 = _unary("BesselY0", _scipy("y0"))
BESSEL_Y1 = _unary("BesselY1", _scipy("y1"))
DAWSN = _unary("Dawsn", _scipy("dawsn"))
EXPINT = _unary("Expint", _scipy("expi"))
SPENCE = _unary("Spence", _scipy("spence"))


def _fresnel(part: int) -> Callable[..., Any]:
    def function(x: Any) -> Any:
        import scipy.special

        return scipy.special.fresnel(x)[part]

    return keep_dtype(function)


FRESNEL_SIN = _unary("FresnelSin", _fresnel(0))
FRESNEL_COS = _unary("FresnelCos", _fresnel(1))

IGAMMA = _binary("Igamma", "a: T, x: T -> z: T", _scipy("gammainc"), dtypes.FLOATS)
IGAMMAC = _binary("Igammac", "a: T, x: T -> z: T", _scipy("gammaincc"), dtypes.FLOATS)
ZETA = _binary("Zeta", "x: T, q: T -> z: T", _scipy("zeta"), _WIDE)


def _polygamma(a: Any, x: Any) -> Any:
    import scipy.special

    order = a + a.dtype.type(1)
    sign = np.where(np.mod(a, 2) == 0, a.dtype.type(-1), a.dtype.type(1))
    higher = sign * scipy.special.gamma(order) * scipy.special.zeta(order, x)
    return np.where(a == 0, scipy.special.digamma(x), np.where(a == np.floor(a), higher, np.nan))


POLYGAMMA = _binary("Polygamma", "a: T, x: T -> z: T", keep_dtype(_polygamma), _WIDE)


def _same_unless_scalar(query: Any) -> Any:
    """Scalars go with any shape; the others have one shape."""
    shape: Any = ()
    unknown = False
    for other in query.shapes:
        if other is None:
            unknown = True
        elif len(other):
            shape = other if shape == () else merge(shape, other)
    return None if unknown and shape == () else shape


BETAINC = OpDef(
    name="Betainc",
    signature="a: T, b: T, x: T -> z: T",
    where={"T": _WIDE},
    shape=_same_unless_scalar,
    kernel=_scipy("betainc"),
)


def _x_log_y(x: Any, y: Any) -> Any:
    return np.where(x == 0, np.zeros((), x.dtype), x * np.log(y))


def _x_log1p_y(x: Any, y: Any) -> Any:
    return np.where(x == 0, np.zeros((), x.dtype), x * np.log1p(y))


def _x_over_y(x: Any, y: Any) -> Any:
    return np.where(x == 0, np.zeros((), x.dtype), x / y)


def _zero_keeping(expression: str) -> Callable[[Any, Any], str | None]:
    def scalar(attrs: Any, types: Any) -> str | None:
        return f"(T(0) if {{x}} == T(0) else {expression})" if types[0].kind == "f" else None

    return scalar


XLOGY = OpDef(
    name="Xlogy",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=broadcast_shape,
    kernel=keep_dtype(_x_log_y),
    scalar=_zero_keeping("{x} * log({y})"),
    ulp=4,
)

XLOG1PY = OpDef(
    name="Xlog1py",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=broadcast_shape,
    kernel=keep_dtype(_x_log1p_y),
    scalar=_zero_keeping("{x} * log1p({y})"),
    ulp=4,
)

XDIVY = OpDef(
    name="Xdivy",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=broadcast_shape,
    kernel=keep_dtype(_x_over_y),
    scalar=_zero_keeping("{x} / {y}"),
)


def erf(x: TensorLike, name: str | None = None) -> Any:
    """Return the error function. `x` may be a SparseTensor."""
    return apply_to_values(ERF, x, name)


def erfc(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `1 - erf(x)`, exact also for large `x`."""
    return apply(ERFC, x, name=name)


def _scoped(op_def: OpDef, scope_name: str, x: TensorLike, name: str | None) -> Tensor:
    with name_scope(name, scope_name, [x]):
        return apply(op_def, x)


def erfinv(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the inverse of `erf`, for `x` in [-1, 1]."""
    return _scoped(ERFINV, "erfinv", x, name)


def ndtri(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the quantiles of the standard normal distribution at the probabilities `x`."""
    return _scoped(NDTRI, "ndtri", x, name)


def erfcinv(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the inverse of `erfc`, for `x` in [0, 2]."""
    with name_scope(name, "erfcinv", [x]):
        value = convert_to_tensor(x, name="start")
        result: Tensor = -ndtri(0.5 * value) * np.sqrt(0.5)
        return result


def lgamma(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the logarithm of the absolute value of the gamma function."""
    return apply(LGAMMA, x, name=name)


def digamma(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the derivative of `lgamma`."""
    return apply(DIGAMMA, x, name=name)


def igamma(a: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Return the lower regularized incomplete gamma function `P(a, x)`, for positive `a` and `x`."""
    return apply(IGAMMA, a, x, name=name)


def igammac(a: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Return the upper regularized incomplete gamma function `Q(a, x)`, for positive `a` and `x`."""
    return apply(IGAMMAC, a, x, name=name)


def zeta(x: TensorLike, q: TensorLike, name: str | None = None) -> Tensor:
    """Return the Hurwitz zeta function: the sum of `(q + n) ** -x` over n = 0, 1, ..."""
    return apply(ZETA, x, q, name=name)


def polygamma(a: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Return the derivative of order `a` of `digamma` at `x`, for whole `a` not below 0."""
    return apply(POLYGAMMA, a, x, name=name)


def betainc(a: TensorLike, b: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Return the regularized incomplete beta function `I_x(a, b)`.

    Args:
      a, b, x: of one type, each a scalar or of one shape; `x` in [0, 1].
    """
    return apply(BETAINC, a, b, x, name=name)


def xlogy(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x * log(y)`, and 0 where `x` is 0."""
    return apply(XLOGY, x, y, name=name)


def xlog1py(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x * log1p(y)`, and 0 where `x` is 0."""
    with name_scope(name, "xlog1py", [x]):
        return apply(XLOG1PY, x, y)


def xdivy(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x / y`, and 0 where `x` is 0."""
    with name_scope(name, "xdivy", [x]):
        return apply(XDIVY, x, y)


def bessel_i0(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the modified Bessel function of the first kind, order 0."""
    return _scoped(BESSEL_I0, "bessel_i0", x, name)


def bessel_i0e(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `exp(-|x|) * bessel_i0(x)`."""
    return _scoped(BESSEL_I0E, "bessel_i0e", x, name)


def bessel_i1(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the modified Bessel function of the first kind, order 1."""
    return _scoped(BESSEL_I1, "bessel_i1", x, name)


def bessel_i1e(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `exp(-|x|) * bessel_i1(x)`."""
    return _scoped(BESSEL_I1E, "bessel_i1e", x, name)


def bessel_j0(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Bessel function of the first kind, order 0."""
    return _scoped(BESSEL_J0, "bessel_j0", x, name)


def bessel_j1(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Bessel function of the first kind, order 1."""
    return _scoped(BESSEL_J1, "bessel_j1", x, name)


def bessel_k0(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the modified Bessel function of the second kind, order 0."""
    return _scoped(BESSEL_K0, "bessel_k0", x, name)


def bessel_k0e(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `exp(x) * bessel_k0(x)`."""
    return _scoped(BESSEL_K0E, "bessel_k0e", x, name)


def bessel_k1(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the modified Bessel function of the second kind, order 1."""
    return _scoped(BESSEL_K1, "bessel_k1", x, name)


def bessel_k1e(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `exp(x) * bessel_k1(x)`."""
    return _scoped(BESSEL_K1E, "bessel_k1e", x, name)


def bessel_y0(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Bessel function of the second kind, order 0."""
    return _scoped(BESSEL_Y0, "bessel_y0", x, name)


def bessel_y1(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Bessel function of the second kind, order 1."""
    return _scoped(BESSEL_Y1, "bessel_y1", x, name)


def dawsn(x: TensorLike, name: str | None = None) -> Tensor:
    """Return Dawson's integral."""
    return _scoped(DAWSN, "dawsn", x, name)


def expint(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the exponential integral Ei."""
    return _scoped(EXPINT, "expint", x, name)


def spence(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the dilogarithm of `1 - x`."""
    return _scoped(SPENCE, "spence", x, name)


def fresnel_sin(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Fresnel integral of the sine."""
    return _scoped(FRESNEL_SIN, "fresnel_sin", x, name)


def fresnel_cos(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the Fresnel integral of the cosine."""
    return _scoped(FRESNEL_COS, "fresnel_cos", x, name)
