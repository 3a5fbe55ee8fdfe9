"""The functions there are, and how far each may be from the exact result: the one place where that is stated."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FUNCTIONS", "Function"]


@dataclass(frozen=True)
class Function:
    """A mathematical function.

    Attributes:
      source: the module and attribute that trace it.
      ulp: the largest error by format, in units in the last place of the exact result, measured and rounded up.
      domain: where the result is NaN or infinite.
    """

    name: str
    source: str
    ulp: dict[str, float]
    domain: str = "all floats"
    arity: int = 1


def _entry(
    name: str, source: str, single: float, double: float, domain: str = "all floats", arity: int = 1
) -> Function:
    return Function(name, source, {"float32": single, "float64": double}, domain, arity)


_ENTRIES = (
    _entry("exp", "exponential:exp", 2, 2),
    _entry("expm1", "exponential:expm1", 2, 2),
    _entry("sigmoid", "exponential:sigmoid", 2, 2),
    _entry("softplus", "exponential:softplus", 2, 2),
    _entry("sinh", "exponential:sinh", 2, 2),
    _entry("cosh", "exponential:cosh", 2, 2),
    _entry("tanh", "exponential:tanh", 2, 2),
    _entry("log", "logarithm:log", 2, 2, "-infinity at 0, NaN below"),
    _entry("log2", "logarithm:log2", 2, 2, "-infinity at 0, NaN below"),
    _entry("log1p", "logarithm:log1p", 2, 2, "-infinity at -1, NaN below"),
    _entry("asinh", "logarithm:asinh", 2, 2),
    _entry("acosh", "logarithm:acosh", 2, 2, "NaN below 1"),
    _entry("atanh", "logarithm:atanh", 2, 2, "infinite at -1 and 1, NaN beyond"),
    _entry("sin", "trigonometric:sin", 2, 2, "NaN at the infinities"),
    _entry("cos", "trigonometric:cos", 2, 2, "NaN at the infinities"),
    _entry("tan", "trigonometric:tan", 2, 2, "NaN at the infinities"),
    _entry("asin", "inverse:asin", 2, 2, "NaN beyond -1 and 1"),
    _entry("acos", "inverse:acos", 2, 2, "NaN beyond -1 and 1"),
    _entry("atan", "inverse:atan", 2, 2),
    _entry("atan2", "inverse:atan2", 2, 2, "all floats, y first", 2),
    _entry("erf", "error_function:erf", 2, 2),
    _entry("erfc", "error_function:erfc", 2, 2),
    _entry("pow", "power:pow_", 4, 4, "NaN for finite x < 0 and fractional y", 2),
    _entry("cbrt", "power:cbrt", 2, 2),
    _entry("rsqrt", "power:rsqrt", 2, 2, "infinite at 0, NaN below"),
)

FUNCTIONS: dict[str, Function] = {entry.name: entry for entry in _ENTRIES}
