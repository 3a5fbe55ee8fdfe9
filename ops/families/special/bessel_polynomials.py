"""Expressions of `bessel_i0e` and `bessel_i1e` for float32, by polynomials in float64.

Up to 8 the function (order 1: over x) is a polynomial of x / 4 - 1, beyond it one of 16 / x - 1 over the root of x. The
coefficients, lowest power first, are those of the interpolation at 64 Chebyshev points, cut off; they are wrong by less
than 3e-11, so that results are rounded once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ...types import dtypes

_NEAR_0: Final = (
    0.20700192122686678, -0.11300432653445908, 0.09451562784637843, -0.08904346700040283,
    0.08734344375777751, -0.08496283115582126, 0.07927479865464601, -0.06954659122885237,
    0.056780420068889045, -0.04295691584198213, 0.03016227853385317, -0.0197762057922002,
    0.012004880622725304, -0.006604619978373559, 0.0035351602126764345, -0.0020473445895831553,
    0.0009516478850326585, -0.00020575961683109845, 9.49830435580768e-05, -0.00013604731530168491,
    5.0729072987041366e-05,
)  # fmt: skip
_FAR_0: Final = (
    0.40217650943110117, 0.003360551958228396, 0.00013621678379114685, 1.1143595561056927e-05,
    1.4780179939902942e-06, 2.937246412936777e-07, 1.0563581047891085e-07, 4.976339127868264e-08,
    1.5218066437320585e-09, -8.063794664677612e-09,
)  # fmt: skip
_NEAR_1: Final = (
    0.04468770987592394, -0.06112433798913741, 0.06805759983363921, -0.0684826091618029,
    0.06376740673224723, -0.05527997580096211, 0.04467452582814102, -0.033671978555123196,
    0.02368638832352022, -0.015567953010407127, 0.00958224678198118, -0.005545397987777718,
    0.003010685053022056, -0.0015170917824752464, 0.0007354894003820673, -0.0003685717343009428,
    0.00015894517513922142, -4.071024118807395e-05, 1.67556983087358e-05, -1.7467903994995455e-05,
    6.153128158147134e-06,
)  # fmt: skip
_FAR_1: Final = (
    0.3893984590406842, -0.009749577164822576, -0.0002192365181827735, -1.5039171151694706e-05,
    -1.8287267284203345e-06, -3.443786501706415e-07, -1.1787457655293327e-07, -5.450934110330171e-08,
    -2.4287984081446503e-09, 8.326658272262769e-09,
)  # fmt: skip


def horner(at: str, coefficients: tuple[float, ...]) -> str:
    """The expression of a polynomial in float64, of coefficients from the lowest power on."""
    text = ""
    for value in reversed(coefficients):
        text = f"f64({value!r})" if not text else f"({text} * {at} + f64({value!r}))"
    return text


def _text(order: int) -> str:
    size = "f64(fabs({x}))"
    near = horner(f"({size} * f64(0.25) - f64(1))", (_NEAR_0, _NEAR_1)[order])
    far = horner(f"(f64(16) / {size} - f64(1))", (_FAR_0, _FAR_1)[order])
    near, far = (f"{near} * {size}" if order else near), f"{far} / sqrt({size})"
    whole = f"({near} if {size} <= f64(8) else {far})"
    return f"T({whole} if {{x}} >= T(0) else -{whole})" if order else f"T({whole})"


_TEXTS: Final = (_text(0), _text(1))


def scaled_bessel(order: int) -> Callable[[Any, Any], str | None]:
    """The scalar expression of `bessel_i0e` or `bessel_i1e`, for float32."""

    def scalar(attrs: Any, types: Any) -> str | None:
        return _TEXTS[order] if types[0] is dtypes.float32 else None

    return scalar
