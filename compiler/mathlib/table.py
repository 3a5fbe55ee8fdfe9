"""The functions there are, and how far each may be from the exact result: the one place where that is stated."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FUNCTIONS", "Function"]

ANY = "all floats"


@dataclass(frozen=True)
class Function:
    """A mathematical function.

    Attributes:
      source: the module and attribute that trace it.
      ulp: the largest error by format, in units in the last place of the exact result, measured and rounded up: for
        float32 over every float (functions of one argument), for float64 over samples against mpmath.
      tensorflow: the same, measured of TensorFlow 2's CPU kernels on the same samples; None where it has no such
        function.  Denormals, which TensorFlow flushes to zero, are left out there, and not here.
      domain: where the result is NaN or infinite.
    """

    name: str
    source: str
    ulp: dict[str, float]
    tensorflow: dict[str, float] | None
    domain: str
    arity: int


def _entry(
    source: str,
    ulp: tuple[float, float],
    tensorflow: tuple[float, float] | None,
    domain: str = ANY,
    arity: int = 1,
) -> Function:
    """Return the entry; errors are for float32, then float64."""
    labels = ("float32", "float64")
    theirs = None if tensorflow is None else dict(zip(labels, tensorflow, strict=True))
    name = source.partition(":")[2].rstrip("_")
    return Function(name, source, dict(zip(labels, ulp, strict=True)), theirs, domain, arity)


# TensorFlow's float64 sin, cos, tan, asin and acos are those of the C library, one element at a time.  Its float64
# erf is NaN for huge arguments.
_ENTRIES = (
    _entry("exponential:exp", (1.01, 1.0), (1.18, 1.27)),
    _entry("exponential:expm1", (1.45, 1.6), (2.87, 2.82)),
    _entry("exponential:sigmoid", (1.97, 1.9), (5.04, 1.86)),
    _entry("exponential:softplus", (1.82, 1.7), (5.43, 7.23)),
    _entry("exponential:sinh", (0.51, 1.5), (1.62, 1.70)),
    _entry("exponential:cosh", (0.51, 1.5), (1.55, 0.91)),
    _entry("exponential:tanh", (1.83, 1.9), (5.27, 7.39)),
    _entry("logarithm:log", (0.86, 0.9), (2.34, 1.39), "-infinity at 0, NaN below"),
    _entry("logarithm:log2", (0.99, 0.9), None, "-infinity at 0, NaN below"),
    _entry("logarithm:log1p", (0.51, 0.9), (3.26, 2.43), "-infinity at -1, NaN below"),
    _entry("logarithm:asinh", (0.51, 1.6), (1.41, 1.35)),
    _entry("logarithm:acosh", (0.51, 1.6), (1.85, 1.75), "NaN below 1"),
    _entry("logarithm:atanh", (0.51, 1.5), (1.23, 1.59), "infinite at -1 and 1, NaN beyond"),
    _entry("trigonometric:sin", (0.57, 0.9), (1.32, 0.51), "NaN at the infinities"),
    _entry("trigonometric:cos", (0.57, 0.9), (1.36, 0.51), "NaN at the infinities"),
    _entry("trigonometric:tan", (0.57, 1.0), (0.77, 0.52), "NaN at the infinities"),
    _entry("inverse:asin", (1.55, 1.7), (4.02, 0.51), "NaN beyond -1 and 1"),
    _entry("inverse:acos", (1.05, 1.2), (3.52, 0.51), "NaN beyond -1 and 1"),
    _entry("inverse:atan", (1.89, 2.0), (2.65, 3.20)),
    _entry("inverse:atan2", (2.0, 2.0), (3.34, 3.50), "all floats, y first", 2),
    _entry("error_function:erf", (1.48, 1.6), (4.48, float("nan"))),
    _entry("error_function:erfc", (0.61, 2.0), (57.0, 509.0)),
    _entry("power:pow_", (0.6, 1.2), (3.26, 692.0), "NaN for finite x < 0 and fractional y", 2),
    _entry("power:cbrt", (0.51, 0.51), None),
    _entry("power:rsqrt", (1.5, 1.5), (1.55, 1.39), "infinite at 0, NaN below"),
)

FUNCTIONS: dict[str, Function] = {entry.name: entry for entry in _ENTRIES}
