"""Special functions: error, gamma, beta and zeta functions. The kernels are SciPy's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.apply import apply, apply_to_values
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.element_kinds import keep_dtype
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast_shape, merge, same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import brackets
from ..elementwise import binary_gradients as binary
from ..elementwise import unary_gradients as unary_rules
from ..elementwise.division import quotient
from . import special_gradients as gradients
from .float32_forms import DIGAMMA as DIGAMMA_FORM
from .float32_forms import LOG_GAMMA

_WIDE = (dtypes.float32, dtypes.float64)


def scipy_kernel(name: str) -> Callable[..., Any]:
    """The kernel that is the function `name` of scipy.special, imported when it is first called."""

    def function(*inputs: Any) -> Any:
        import scipy.special

        return getattr(scipy.special, name)(*inputs)

    return keep_dtype(function)


def unary(
    name: str,
    kernel: Callable[..., Any],
    gradient: Callable[..., Any],
    scalar: str | Callable[[Any, Any], str | None] | None = None,
    ulp: int = 4,
) -> OpDef:
    """The definition of a function of one floating-point argument."""
    return OpDef(
        name=name,
        signature="x: T -> y: T",
        where={"T": dtypes.FLOATS},
        shape=same_shape,
        kernel=kernel,
        scalar=scalar,
        ulp=ulp if scalar else 0,
        gradient=gradient,
        routine=("in blocks",),
    )


def _binary(
    name: str,
    signature: str,
    kernel: Callable[..., Any],
    types: tuple[dtypes.DType, ...],
    gradient: Callable[..., Any],
    *routine: str,
) -> OpDef:
    return OpDef(
        name=name, signature=signature, where={"T": types}, shape=broadcast_shape, kernel=kernel, gradient=gradient,
        routine=routine or ("in blocks",),
    )  # fmt: skip


ERF = unary("Erf", scipy_kernel("erf"), unary_rules.erf, "erf({x})")
ERFC = unary(
    "Erfc", scipy_kernel("erfc"), unary_rules.erfc, "erfc({x})", ulp=16
)  # in float64 SciPy's own is wrong by 10 ulp
ERFINV = unary("Erfinv", scipy_kernel("erfinv"), gradients.erfinv)
NDTRI = unary("Ndtri", scipy_kernel("ndtri"), gradients.ndtri)


def _lgamma(x: Any) -> Any:
    import scipy.special

    return np.where(np.isinf(x), np.abs(x), scipy.special.gammaln(x))


def _digamma(x: Any) -> Any:
    import scipy.special

    return np.where(x == 0, x.dtype.type(np.nan), scipy.special.digamma(x))


LGAMMA = unary("Lgamma", keep_dtype(_lgamma), gradients.lgamma, LOG_GAMMA, ulp=1)
DIGAMMA = unary("Digamma", keep_dtype(_digamma), gradients.digamma, DIGAMMA_FORM, ulp=1)


def _igamma(a: Any, x: Any) -> Any:
    import scipy.special

    value = np.where(a <= 0, x.dtype.type(np.nan), scipy.special.gammainc(a, x))
    return np.where((x == 0) & ~np.isnan(a), x.dtype.type(0), value)


def _igammac(a: Any, x: Any) -> Any:
    import scipy.special

    return np.where(a <= 0, x.dtype.type(np.nan), scipy.special.gammaincc(a, x))


def _zeta(x: Any, q: Any) -> Any:
    import scipy.special

    pole = (q <= 0) & (q == np.floor(q)) & (x > 1)
    at_pole = np.where(np.remainder(x, 2) == 0, x.dtype.type(np.inf), x.dtype.type(np.nan))
    return np.where(pole, at_pole, scipy.special.zeta(x, q))


IGAMMA = _binary(
    "Igamma", "a: T, x: T -> z: T", keep_dtype(_igamma), dtypes.FLOATS, gradients.igamma, "incomplete gamma", "lower"
)
IGAMMAC = _binary(
    "Igammac", "a: T, x: T -> z: T", keep_dtype(_igammac), dtypes.FLOATS, gradients.igammac, "incomplete gamma", "upper"
)
ZETA = _binary("Zeta", "x: T, q: T -> z: T", keep_dtype(_zeta), _WIDE, gradients.zeta, "zeta")


def _polygamma(a: Any, x: Any) -> Any:
    import scipy.special

    order = a + a.dtype.type(1)
    sign = np.where(np.mod(a, 2) == 0, a.dtype.type(-1), a.dtype.type(1))
    higher = sign * scipy.special.gamma(order) * _zeta(order, x)
    return np.where(a == 0, _digamma(x), np.where(a == np.floor(a), higher, np.nan))


POLYGAMMA = _binary("Polygamma", "a: T, x: T -> z: T", keep_dtype(_polygamma), _WIDE, gradients.polygamma, "polygamma")


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


_regularized_beta = scipy_kernel("betainc")


def _betainc(a: Any, b: Any, x: Any) -> Any:
    shapes = {value.shape for value in (a, b, x) if value.ndim}
    if len(shapes) > 1:
        raise ValueError(f"Shapes of a, b and x are inconsistent: {', '.join(map(brackets, sorted(shapes)))}")
    return _regularized_beta(a, b, x)


BETAINC = OpDef(
    name="Betainc",
    signature="a: T, b: T, x: T -> z: T",
    where={"T": _WIDE},
    shape=_same_unless_scalar,
    kernel=_betainc,
    gradient=gradients.betainc,
    routine=("in blocks",),
)


def _x_log_y(x: Any, y: Any) -> Any:
    return np.where(x == 0, x.dtype.type(0), x * np.log(y))


def _x_log1p_y(x: Any, y: Any) -> Any:
    return np.where(x == 0, x.dtype.type(0), x * np.log1p(y))


def _x_over_y(x: Any, y: Any) -> Any:
    return np.where(x == 0, x.dtype.type(0), quotient(x, y))


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
    gradient=binary.xlogy,
)

XLOG1PY = OpDef(
    name="Xlog1py",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=broadcast_shape,
    kernel=keep_dtype(_x_log1p_y),
    scalar=_zero_keeping("{x} * log1p({y})"),
    ulp=4,
    gradient=binary.xlog1py,
)

XDIVY = OpDef(
    name="Xdivy",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=broadcast_shape,
    kernel=keep_dtype(_x_over_y),
    scalar=_zero_keeping("{x} / {y}"),
    gradient=binary.xdivy,
)


def erf(x: TensorLike, name: str | None = None) -> Any:
    """Return the error function. `x` may be a SparseTensor."""
    return apply_to_values(ERF, x, name)


def erfc(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `1 - erf(x)`, exact also for large `x`."""
    return apply(ERFC, x, name=name)


def scoped(op_def: OpDef, scope_name: str, x: TensorLike, name: str | None) -> Tensor:
    """Build the operation under its own name inside of a scope."""
    with name_scope(name, scope_name, [x]):
        return apply(op_def, x)


def erfinv(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the inverse of `erf`, for `x` in [-1, 1]."""
    return scoped(ERFINV, "erfinv", x, name)


def ndtri(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the quantiles of the standard normal distribution at the probabilities `x`."""
    return scoped(NDTRI, "ndtri", x, name)


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
