"""The functions there are, and how far each may be from the exact result: the one place where that is stated."""

from __future__ import annotations

from ...ops.types.records import record

__all__ = ["FUNCTIONS", "Function"]

ANY = "all floats"


@record
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


# TensorFlow's float64 sin, cos, tan, asin and acos are those of the C library, one element at a time, and its rsqrt is
# 1/sqrt, as ours.  Its float64 erf is NaN for huge arguments.
_ENTRIES = (
    _entry("exponential:exp", (1.02, 1.01), (1.28, 1.56)),
    _entry("exponential:expm1", (1.45, 1.7), (3.98, 3.17)),
    _entry("exponential:sigmoid", (1.99, 1.98), (5.97, 2.60)),
    _entry("exponential:softplus", (1.82, 1.95), (6.59, 7.25)),
    _entry("exponential:sinh", (0.51, 1.5), (1.75, 1.72)),
    _entry("exponential:cosh", (0.51, 1.1), (1.64, 1.29)),
    _entry("exponential:tanh", (1.83, 1.98), (5.28, 7.39)),
    _entry("logarithm:log", (0.86, 0.95), (3.06, 1.45), "-infinity at 0, NaN below"),
    _entry("logarithm:log2", (0.99, 1.02), None, "-infinity at 0, NaN below"),
    _entry("logarithm:log1p", (0.51, 0.95), (3.93, 2.43), "-infinity at -1, NaN below"),
    _entry("logarithm:asinh", (0.51, 1.2), (1.51, 1.73)),
    _entry("logarithm:acosh", (0.51, 1.0), (2.0, 2.0), "NaN below 1"),
    _entry("logarithm:atanh", (0.51, 1.0), (1.38, 1.81), "infinite at -1 and 1, NaN beyond"),
    _entry("trigonometric:sin", (0.57, 0.512), (1.97, 0.515), "NaN at the infinities"),
    _entry("trigonometric:cos", (0.57, 0.512), (1.99, 0.514), "NaN at the infinities"),
    _entry("trigonometric:tan", (0.57, 0.516), (0.86, 0.562), "NaN at the infinities"),
    _entry("inverse:asin", (1.55, 0.512), (4.46, 0.513), "NaN beyond -1 and 1"),
    _entry("inverse:acos", (0.66, 0.512), (4.15, 0.517), "NaN beyond -1 and 1"),
    _entry("inverse:atan", (1.4, 1.45), (3.45, 3.65)),
    _entry("inverse:atan2", (1.7, 1.7), (4.48, 4.32), "all floats, y first", 2),
    _entry("error_function:erf", (1.54, 1.7), (5.14, float("nan"))),
    _entry("error_function:erfc", (0.61, 1.85), (63.1, 509.0)),
    _entry("power:pow_", (0.6, 1.2), (4.4, 708.0), "NaN for finite x < 0 and fractional y", 2),
    _entry("power:cbrt", (0.51, 0.51), None),
    _entry("power:rsqrt", (1.5, 1.48), (1.88, 1.48), "infinite at 0, NaN below"),
)

FUNCTIONS: dict[str, Function] = {entry.name: entry for entry in _ENTRIES}
