"""The functions that kernels call, for `lower_tree.py`: those of `numba/intrinsics.py`, as instructions of LLVM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..mathlib.instructions import Address, Binary, Cast, Load, Select

_FLOATS = ("f32", "f64")


class Unsupported(Exception):  # noqa: N818 - no error: another compiler takes the source
    """The source uses something that direct compilation does not know."""


def _of_floats(name: str) -> Callable[..., Any]:
    def function(f: Any, x: Any) -> Any:
        if x.type not in _FLOATS:
            raise Unsupported(f"{name} of {x.type}")
        return f.intrinsic(name, x.type, x)

    return function


def _copysign(f: Any, x: Any, y: Any) -> Any:
    return f.intrinsic("copysign", x.type, *f.same(x, y))


def _popcount(f: Any, x: Any) -> Any:
    return f.intrinsic("ctpop", x.type, x)


def _extreme(relation: str) -> Callable[..., Any]:
    """The larger or smaller of two; NaN wins."""

    def function(f: Any, x: Any, y: Any) -> Any:
        x, y = f.same(x, y)
        if x.type in _FLOATS and (_is_number(y) or y.text in f.numbers):  # one comparison, which holds for NaN too
            kind = _llvm(x.type)
            more = f.emit(Binary(f"fcmp u{relation}", kind, x.text, y.text))
            return f.select(x._replace(text=more, type="bool"), x, y)
        keep = f.compare(relation, x, y)
        if x.type in _FLOATS:
            keep = keep._replace(text=f.emit(Binary("or", "i1", keep.text, _isnan(f, x).text)))
        return f.select(keep, x, y)

    return function


def _is_number(value: Any) -> bool:
    """Whether a value is a constant other than NaN."""
    text = str(value.text)
    return text.startswith("0x") and int(text, 16) & 0x7FFFFFFFFFFFFFFF <= 0x7FF0000000000000


def _number(kind: str) -> Callable[..., Any]:
    """A number of the table at an address, which is not NaN."""

    def function(f: Any, table: Any, place: Any) -> Any:
        base = f.emit(Cast("inttoptr", "i64", table.text, "ptr"))
        at = f.emit(Address("double", base, place.text))
        found = f.cast(table._replace(text=f.emit(Load("double", at)), type="f64"), kind)
        f.numbers.add(found.text)
        return found

    return function


def _extreme_without_nan(relation: str) -> Callable[..., Any]:
    """The larger or smaller of two where NaN is looked for separately."""

    def function(f: Any, x: Any, y: Any) -> Any:
        x, y = f.same(x, y)
        if x.type not in _FLOATS:
            return f.select(f.compare(relation, x, y), x, y)
        kind = _llvm(x.type)
        keep = f.emit(Binary(f"fcmp nnan nsz o{relation}", kind, x.text, y.text))
        return x._replace(text=f.emit(Select(keep, kind, x.text, y.text, "nnan nsz ")))

    return function


def _llvm(kind: str) -> str:
    return {"f32": "float", "f64": "double"}.get(kind, "i" + kind[1:])


def _isnan(f: Any, x: Any) -> Any:
    return x._replace(text=f.emit(Binary("fcmp uno", _llvm(x.type), x.text, x.text)), type="bool")


def _magnitude(relation: str) -> Callable[..., Any]:
    def function(f: Any, x: Any) -> Any:
        size = f.intrinsic("fabs", x.type, x)
        infinity = "0x7FF0000000000000"
        return x._replace(text=f.emit(Binary(f"fcmp {relation}", _llvm(x.type), size.text, infinity)), type="bool")

    return function


def _any_order(float_word: str, integer_word: str) -> Callable[..., Any]:
    def function(f: Any, x: Any, y: Any) -> Any:
        x, y = f.same(x, y)
        word = float_word if x.type in _FLOATS else integer_word
        return x._replace(text=f.emit(Binary(word, _llvm(x.type), x.text, y.text)))

    return function


def _logical(word: str) -> Callable[..., Any]:
    def function(f: Any, x: Any, y: Any) -> Any:
        x, y = f.cast(x, "bool"), f.cast(y, "bool")
        return x._replace(text=f.emit(Binary(word, "i1", x.text, y.text)))

    return function


def _pick(f: Any, condition: Any, x: Any, y: Any) -> Any:
    return f.select(condition, x, y)


def _min(f: Any, x: Any, y: Any) -> Any:
    x, y = f.same(x, y)
    return f.select(f.compare("lt", x, y), x, y)


def _remainder(f: Any, x: Any, y: Any) -> Any:
    """What `fmod` gives of float32, without its loop and call, so that it goes in vectors.

    In float64, of sizes: y times 2^252, 2^224, ..., 1 is taken from x as often as it goes in, less than 2^28 times.
    All is exact: what is left is a multiple of the last place of that multiple of y, and below it. The reciprocal is a
    little too small, so that it may go in once more.
    """

    def number(value: float) -> Any:
        return f.cast(x._replace(text=value, type="literal"), "f64")

    def made(word: str, a: Any, b: Any) -> Any:
        return a._replace(text=f.emit(Binary(word, "double", a.text, b.text)))

    size, other = (f.intrinsic("fabs", "f32", value) for value in (x, y))
    rest, divisor = f.cast(size, "f64"), f.cast(other, "f64")
    inverse = made("fdiv", number(1 - 2.0**-50), divisor)
    for power in range(252, -1, -28):
        several = made("fmul", divisor, number(2.0**power))
        times = f.intrinsic("trunc", "f64", made("fmul", rest, made("fmul", inverse, number(2.0**-power))))
        rest = made("fsub", rest, made("fmul", times, several))
        rest = f.select(f.compare("ge", rest, several), made("fsub", rest, several), rest)
    signed = f.intrinsic("copysign", "f32", f.cast(rest, "f32"), x)
    endless = f.emit(Binary("and", "i1", _magnitude("oeq")(f, y).text, _magnitude("olt")(f, x).text))
    return f.select(x._replace(text=endless, type="bool"), x, signed)


def _truncmod(f: Any, x: Any, y: Any) -> Any:
    x, y = f.same(x, y)
    if x.type == "f32":
        return _remainder(f, x, y)
    if x.type in _FLOATS:
        return x._replace(text=f.emit(Binary("frem", _llvm(x.type), x.text, y.text)))
    return _guarded_division(f, x, y, "rem")


def _truncdiv(f: Any, x: Any, y: Any) -> Any:
    x, y = f.same(x, y)
    if x.type in _FLOATS:
        return f.intrinsic("trunc", x.type, x._replace(text=f.emit(Binary("fdiv", _llvm(x.type), x.text, y.text))))
    return _guarded_division(f, x, y, "div")


def _floormod(f: Any, x: Any, y: Any) -> Any:
    x, y = f.same(x, y)
    rest = _truncmod(f, x, y)
    if x.type[0] == "u":
        return rest
    zero = f.cast(x._replace(text=0, type="literal"), x.type)
    differs = f.emit(Binary("xor", "i1", f.compare("lt", rest, zero).text, f.compare("lt", y, zero).text))
    adjust = f.emit(Binary("and", "i1", differs, f.compare("ne", rest, zero).text))
    word = "fadd" if x.type in _FLOATS else "add"
    moved = x._replace(text=f.emit(Binary(word, _llvm(x.type), rest.text, y.text)))
    return f.select(x._replace(text=adjust, type="bool"), moved, rest)


def _guarded_division(f: Any, x: Any, y: Any, word: str) -> Any:
    """Division that never traps: by zero it gives zero, and the lowest number by -1 wraps."""
    kind, signed = _llvm(x.type), x.type[0] == "i"
    is_zero = f.emit(Binary("icmp eq", kind, y.text, "0"))
    unsafe, minus = is_zero, ""
    if signed:
        minus = f.emit(Binary("icmp eq", kind, y.text, "-1"))
        unsafe = f.emit(Binary("or", "i1", is_zero, minus))
    divisor = f.emit(Select(unsafe, kind, "1", y.text))
    result = f.emit(Binary(f"{'s' if signed else 'u'}{word}", kind, x.text, divisor))
    if signed:
        negated = f.emit(Binary("sub", kind, "0", x.text)) if word == "div" else "0"
        result = f.emit(Select(minus, kind, negated, result))
    return x._replace(text=f.emit(Select(is_zero, kind, "0", result)))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _of_floats(name) for name in ("sqrt", "floor", "ceil", "trunc", "rint", "fabs")},
    **{f"number_{kind}": _number(kind) for kind in _FLOATS},
    "copysign": _copysign,
    "popcount": _popcount,
    "maximum": _extreme("gt"),
    "minimum": _extreme("lt"),
    "larger": _extreme_without_nan("gt"),
    "smaller": _extreme_without_nan("lt"),
    "isnan": _isnan,
    "isinf": _magnitude("oeq"),
    "isfinite": _magnitude("olt"),
    "add_any_order": _any_order("fadd reassoc contract", "add"),
    "multiply_any_order": _any_order("fmul reassoc", "mul"),
    "either": _logical("or"),
    "both": _logical("and"),
    "pick": _pick,
    "min": _min,
    "truncmod": _truncmod,
    "truncdiv": _truncdiv,
    "floormod": _floormod,
}
