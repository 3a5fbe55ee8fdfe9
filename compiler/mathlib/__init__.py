"""Mathematical functions that vectorise.

Generated kernels call `exp_f32(x)`, `pow_f64(x, y)` and so on; `FUNCTIONS` names them and states their errors.

    from sessile.compiler.mathlib import exp_f32     # or lookup("exp", "float32")

emit.py              write LLVM instructions by operators on values
exponential.py logarithm.py power.py trigonometric.py huge.py inverse.py error_function.py    the mathematics
scale.py             scaling by powers of two, in hardware where there is such a thing
constants.py coefficients.py    its numbers (tools/fit_polynomials.py makes the latter)
table.py             the list of functions and their errors
function.py          a function in one format      numba_bridge.py native_loop.py    its two ways to run

Importing this imports neither numba nor llvmlite; a function is traced when it is first used (`scale.py` then asks
llvmlite for the processor).
"""

from __future__ import annotations

from functools import cache

from .emit import FLOAT32, FLOAT64
from .function import Routine
from .table import FUNCTIONS, Function

__all__ = ["FUNCTIONS", "Function", "Routine", "lookup"]

_FORMATS = {"float32": FLOAT32, "float64": FLOAT64}
_SUFFIXES = {form.suffix: name for name, form in _FORMATS.items()}


@cache
def lookup(name: str, dtype_name: str) -> Routine:
    """Return the routine for the function `name` and "float32" or "float64".

    Raises: KeyError, naming what there is.
    """
    if name not in FUNCTIONS:
        raise KeyError(f"mathlib has no function {name!r}; it has {', '.join(sorted(FUNCTIONS))}")
    if dtype_name not in _FORMATS:
        raise KeyError(f"mathlib computes in float32 and float64, not {dtype_name!r}; convert before the call")
    return Routine(FUNCTIONS[name], _FORMATS[dtype_name])


def __getattr__(name: str) -> Routine:
    base, _, suffix = name.rpartition("_")
    if base in FUNCTIONS and suffix in _SUFFIXES:
        return lookup(base, _SUFFIXES[suffix])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
