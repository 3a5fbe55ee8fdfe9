"""Expressions of Bessel's K, of the exponential integral, of `lgamma` and `digamma` for float32, computed in float64.

The coefficients, lowest power first, are those of power series, or of the interpolation at 200 Chebyshev points, cut
off; results are wrong by less than 4e-9 before they are rounded.

* K up to 2: the power series, which has log(x / 2) times that of I; beyond, e^-x / sqrt(x) times a polynomial of
  4 / x - 1.
* Ei up to 4: log(x) + Euler's constant + sum of x^k / (k k!); beyond, e^x / x times a polynomial of 1 / x, one up to 10
  and one for the rest.
* log|gamma(x)| between 0.8 and 2.2: (x - 1) (x - 2) times a polynomial; elsewhere Stirling's series at x + 7 less
  log(x (x + 1) ... (x + 6)); of negative numbers log(pi / |x sin(pi x)|) less that of -x. Its derivative likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import Any, Final

from ...types import dtypes
from .bessel_polynomials import horner

_EULER: Final = 0.5772156649015329
_K0_FAR: Final = (
    1.2185953385144563, -0.03107146177032319, 0.003032891707874925, -0.0004797705494875168,
    9.956214380409944e-05, -2.4723638327114887e-05, 6.993002223865117e-06, -2.229016531563044e-06,
    7.678526879217888e-07, -2.1048596252626326e-07, 6.913324668289539e-08, -8.148467998125856e-08,
    3.8009829950169673e-08,
)  # fmt: skip
_K1_FAR: Final = (
    1.3631518903701358, 0.10334973769168722, -0.005566729764195487, 0.0007357258563541691,
    -0.0001395920265706341, 3.283067683300667e-05, -8.950740449975572e-06, 2.7732128574431413e-06,
    -9.351154886871886e-07, 2.562650587734085e-07, -8.36810244209118e-08, 9.439552002277199e-08,
    -4.362170784588672e-08,
)  # fmt: skip
_EI_MID: Final = (
    1.2984511389263196, 0.17442168948035597, -0.01779614523864556, -0.023173703056978186,
    0.005643522621758023, 0.0018157478764193827, -0.0015476310269759712, 0.0004046949540817303,
    4.2493599618609296e-05, -9.016815843647663e-05, 5.1564112683877315e-05, -1.3200955432068899e-05,
    -5.824726395076143e-06, 3.853206209214479e-06,
)  # fmt: skip
_EI_FAR: Final = (
    1.0623636458393306, 0.05851700316598094, 0.007849886499778792, 0.002106652788535476,
    0.0008736031806900969, 0.0001760196680672677, -0.00029933119522826954, -0.00025293951739004957,
    6.134447250758514e-05, 0.00010725652803680324, -1.3243264315576655e-05, -2.2019035728249044e-05,
    2.323464480014082e-06,
)  # fmt: skip
_LG: Final = (
    0.4831289505415619, -0.10217192714260882, 0.030826586433561447, -0.010738811059176071,
    0.004032985822997008, -0.0015841670263935833, 0.0006407457343828963, -0.00026450725193447993,
    0.00011097552876525296, -4.7076311060876575e-05, 1.9755071480958542e-05, -8.444811356801312e-06,
    4.308375369123758e-06, -1.9506535252573126e-06, 2.1390757543208409e-07, -5.2233204507813074e-08,
    3.6439714799187906e-07, -1.710297510726378e-07,
)  # fmt: skip
_STIRLING: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)
_DIGAMMA: Final = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760)
_SLOPE: Final = (720.0, 3528.0, 4872.0, 2940.0, 875.0, 126.0, 7.0)  # the derivative of x (x + 1) ... (x + 6)
_LARGE: Final = 1e38  # its gamma function, and those of larger numbers, are infinite as float32

_WIDE: Final = "f64({x})"


def _text_of_k(order: int, scaled: bool) -> str:
    """K of an order, or e^x times it; the series is one of q = x^2 / 4.

    K0 = -log(x/2) I0 + sum of psi(k+1) q^k / k!^2, and K1 = 1/x + log(x/2) I1 - x/4 times such a sum.
    """
    square = f"({_WIDE} * {_WIDE} * f64(0.25))"
    psi = [sum(1 / j for j in range(1, k + 1)) - _EULER for k in range(12)]
    weights = [factorial(k) * factorial(k + order) for k in range(10)]
    usual = horner(square, tuple(1 / weight for weight in weights))
    logarithm = f"log_f64({_WIDE} * f64(0.5))"
    if order == 0:
        other = horner(square, tuple(psi[k] / weight for k, weight in enumerate(weights)))
        near = f"({other} - {logarithm} * {usual})"
    else:
        other = horner(square, tuple((psi[k] + psi[k + 1]) / 2 / weight for k, weight in enumerate(weights)))
        near = f"(f64(1) / {_WIDE} + {_WIDE} * f64(0.5) * ({logarithm} * {usual} - {other}))"
    far = f"{horner(f'(f64(4) / {_WIDE} - f64(1))', (_K0_FAR, _K1_FAR)[order])} / sqrt({_WIDE})"
    if scaled:
        near = f"exp_f64({_WIDE}) * {near}"
    else:
        far = f"exp_f64(-{_WIDE}) * {far}"
    return f"(T(inf) if {{x}} <= T(0) else T({near} if {_WIDE} <= f64(2) else {far}))"


def _text_of_ei() -> str:
    bounded = "(f64(600) if {x} > T(600) else f64({x}))"  # e^600 is infinite as float32; infinity / infinity is not
    series = horner(_WIDE, (_EULER, *(1 / (k * factorial(k)) for k in range(1, 22))))
    middle = horner(f"((f64(1) / {_WIDE} - f64(0.175)) / f64(0.075))", _EI_MID)
    far = horner(f"((f64(1) / {_WIDE} - f64(0.055)) / f64(0.045))", _EI_FAR)
    rest = f"exp_f64({bounded}) / {bounded} * ({middle} if {{x}} <= T(10) else {far})"
    whole = f"(log_f64({_WIDE}) + {series} if {{x}} <= T(4) else {rest})"
    return f"(T(nan) if {{x}} < T(0) else T({whole}))"


def _text_of_lgamma() -> str:
    size = f"(f64({_LARGE!r}) if fabs({{x}}) > T({_LARGE!r}) else f64(fabs({{x}})))"
    shifted = f"({size} + f64(7))"
    inverse = f"(f64(1) / {shifted})"
    series = horner(f"({inverse} * {inverse})", _STIRLING)
    stirling = (
        f"(({shifted} - f64(0.5)) * log_f64({shifted}) - {shifted} + f64(0.9189385332046727) + {inverse} * {series})"
    )
    product = " * ".join([size, *(f"({size} + f64({k}))" for k in range(1, 7))])
    middle = f"({size} - f64(1)) * ({size} - f64(2)) * {horner(f'(({size} - f64(1.5)) / f64(0.7))', _LG)}"
    is_middle = f"fabs({size} - f64(1.5)) < f64(0.7)"
    base = f"({middle} if {is_middle} else {stirling})"
    factor = f"(f64(1) if {is_middle} else {product})"
    sine = f"fabs(sin_f64(({size} - rint({size})) * f64(3.141592653589793)))"
    reflected = f"log_f64({factor} * (f64(3.141592653589793) / ({size} * {sine}))) - {base}"
    return f"T({reflected} if {{x}} < T(0) else {base} + f64(0) - log_f64({factor}))"


def _text_of_digamma() -> str:
    size = "f64(fabs({x}))"
    shifted = f"({size} + f64(7))"
    inverse = f"(f64(1) / {shifted})"
    series = horner(f"({inverse} * {inverse})", _DIGAMMA)
    product = " * ".join([size, *(f"({size} + f64({k}))" for k in range(1, 7))])
    slope = horner(size, _SLOPE)
    base = f"log_f64({shifted}) - {inverse} * (f64(0.5) + {inverse} * {series}) - {slope} / ({product})"
    turned = f"(({size} - rint({size})) * f64(3.141592653589793))"
    reflected = f"{base} + f64(1) / {size} + f64(3.141592653589793) * cos_f64({turned}) / sin_f64({turned})"
    pole = "{x} == T(0) or {x} <= T(0) and {x} == rint({x})"
    value = f"T({reflected} if {{x}} < T(0) else {base})"
    return f"(T(nan) if {pole} else ({{x}} if {{x}} == T(inf) else {value}))"


def _of_float32(text: str) -> Callable[[Any, Any], str | None]:
    def scalar(attrs: Any, types: Any) -> str | None:
        return text if types[0] is dtypes.float32 else None

    return scalar


BESSEL_K: Final = tuple(_of_float32(_text_of_k(order, scaled=False)) for order in (0, 1))
SCALED_BESSEL_K: Final = tuple(_of_float32(_text_of_k(order, scaled=True)) for order in (0, 1))
EXPONENTIAL_INTEGRAL: Final = _of_float32(_text_of_ei())
LOG_GAMMA: Final = _of_float32(_text_of_lgamma())
DIGAMMA: Final = _of_float32(_text_of_digamma())
