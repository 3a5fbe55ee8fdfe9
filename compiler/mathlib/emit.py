"""Write the body of a mathematical function as LLVM IR text.

A function of this package is a Python function over `Value`s.  Running it once *traces* it: every operator
appends one LLVM instruction to a `Body`.  Nothing here branches, so a loop that inlines the result can be
vectorised; and nothing carries fast-math flags, so what is rounded is what is written:

* `a * b + c` is two roundings, always;
* `fma(a, b, c)` is one rounding, always: error terms are built on it;
* `fused(a, b, c)` is one rounding where the machine can do that fast, and two elsewhere: polynomials use it.

Source: the LLVM language reference (instructions, `llvm.fma`, `llvm.fmuladd`, `llvm.rint`).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from ...ops.types.records import record
from .instructions import Binary, Cast, Instruction, Intrinsic, Line, Negation, Select

if TYPE_CHECKING:  # loading it takes 2 ms, and a process that finds its kernels in the cache traces nothing
    from fractions import Fraction

__all__ = [
    "FLOAT32", "FLOAT64", "Body", "Format", "Number", "Value", "absolute", "as_float", "as_integer", "at_least",
    "at_most", "copysign", "fma", "fused", "horner", "horner_of", "is_nan", "larger", "polynomial", "rint",
    "select", "smaller", "split", "sqrt",
]  # fmt: skip

Number: TypeAlias = "float | int | Fraction"
LONG = 12  # coefficients from which on two chains pay


@record
class Format:
    """A binary floating-point format: its LLVM types and the shape of its bits.

    `significand` counts the stored bits, so the spacing at 1 is `2**-significand`.
    """

    suffix: str
    llvm: str
    integer: str
    significand: int
    bias: int

    @property
    def width(self) -> int:
        """Bits in a value."""
        return int(self.integer[1:])

    @property
    def tiny(self) -> float:
        """The smallest normal number."""
        return 2.0 ** (1 - self.bias)

    @property
    def huge(self) -> float:
        """The largest finite number."""
        return (2.0 - 2.0**-self.significand) * 2.0**self.bias

    def round(self, number: Number) -> float:
        """Return the value of this format nearest to `number`."""
        if not isinstance(number, float | int):
            scale = type(number)(2) ** self._exponent_of(number)
            return float(round(number * scale) / scale)
        if self.llvm == "float":
            return float(struct.unpack("<f", struct.pack("<f", number))[0])
        return float(number)

    def _exponent_of(self, number: Fraction) -> int:
        """Return k such that `number * 2**k` has just the bits this format holds before its point."""
        if number == 0:
            return 0
        magnitude = abs(number)
        exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
        if magnitude < type(number)(2) ** exponent:
            exponent -= 1
        return self.significand - exponent

    def literal(self, number: Number) -> str:
        """Return `number` as LLVM writes it: the bits of the double that equals it."""
        bits = struct.unpack("<Q", struct.pack("<d", self.round(number)))[0]
        return f"0x{bits:016X}"


FLOAT32 = Format("f32", "float", "i32", 23, 127)
FLOAT64 = Format("f64", "double", "i64", 52, 1023)
FORMATS = {form.llvm: form for form in (FLOAT32, FLOAT64)}


def split(number: Fraction, form: Format, *bits: int) -> tuple[float, ...]:
    """Return floats of `form` that add up to `number`: each of `bits` bits, then one that has the rest.

    Short leading parts make products with small integers exact.
    """
    parts: list[float] = []
    for count in bits:
        short = Format("", form.llvm, form.integer, count - 1, form.bias)
        parts.append(short.round(number))
        number -= type(number)(parts[-1])
    return (*parts, form.round(number))


class Body:
    """The instructions of one function, the intrinsics they need declared, and other functions they call."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.declarations: dict[str, None] = {}
        self.helpers: dict[str, None] = {}

    def emit(self, type_name: str, instruction: Instruction) -> Value:
        """Append `instruction` and return its result."""
        name = f"%v{len(self.lines)}"
        self.lines.append((name, instruction))
        return Value(self, type_name, name)

    def call(self, intrinsic: str, *arguments: Value) -> Value:
        """Call the LLVM intrinsic of the arguments' type; result of the same type."""
        type_name = arguments[0].type
        return self.call_as(type_name, intrinsic, (FORMATS[type_name].suffix,), *arguments)

    def call_as(self, result: str, intrinsic: str, kinds: tuple[str, ...], *arguments: Value) -> Value:
        """Call an LLVM intrinsic that has these types in its name."""
        called = Intrinsic(result, intrinsic, kinds, tuple((argument.type, argument.name) for argument in arguments))
        self.declarations[called.declaration] = None
        return self.emit(result, called)


class Value:
    """A scalar in the function being traced; its operators append instructions."""

    __slots__ = ("body", "name", "type")

    def __init__(self, body: Body, type: str, name: str) -> None:
        self.body, self.type, self.name = body, type, name

    @property
    def form(self) -> Format:
        """The floating-point format of this value."""
        return FORMATS[self.type]

    @property
    def is_float(self) -> bool:
        """Whether this is a float (and not an integer or a condition)."""
        return self.type in FORMATS

    def constant(self, number: Value | Number) -> Value:
        """Return `number` as a value of this value's type."""
        if isinstance(number, Value):
            if number.type != self.type:
                raise TypeError(f"mathlib: {number.type} meets {self.type}; convert with .to(...)")
            return number
        if self.is_float:
            return Value(self.body, self.type, self.form.literal(number))
        return Value(self.body, self.type, str(int(number)))

    def to(self, form: Format) -> Value:
        """Return this float in another format, rounded to nearest."""
        if self.type == form.llvm:
            return self
        opcode = "fpext" if form is FLOAT64 else "fptrunc"
        return self.body.emit(form.llvm, Cast(opcode, self.type, self.name, form.llvm))

    def _binary(self, opcode: str, other: Value | Number) -> Value:
        right = self.constant(other)
        return self.body.emit(self.type, Binary(opcode, self.type, self.name, right.name))

    def _arithmetic(self, verb: str, other: Value | Number) -> Value:
        return self._binary(f"f{verb}" if self.is_float else verb, other)

    def _compare(self, relation: str, other: Value | Number) -> Value:
        right = self.constant(other)
        opcode = f"fcmp o{relation}" if self.is_float else f"icmp s{relation}"
        return self.body.emit("i1", Binary(opcode, self.type, self.name, right.name))

    def __add__(self, other: Value | Number) -> Value:
        return self._arithmetic("add", other)

    def __sub__(self, other: Value | Number) -> Value:
        return self._arithmetic("sub", other)

    def __rsub__(self, other: Number) -> Value:
        return self.constant(other) - self

    def __mul__(self, other: Value | Number) -> Value:
        return self._arithmetic("mul", other)

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Value | Number) -> Value:
        return self._binary("fdiv", other)

    def __rtruediv__(self, other: Number) -> Value:
        return self.constant(other) / self

    def __neg__(self) -> Value:
        return self.body.emit(self.type, Negation(self.type, self.name))

    def __lt__(self, other: Value | Number) -> Value:
        return self._compare("lt", other)

    def __le__(self, other: Value | Number) -> Value:
        return self._compare("le", other)

    def __gt__(self, other: Value | Number) -> Value:
        return self._compare("gt", other)

    def __ge__(self, other: Value | Number) -> Value:
        return self._compare("ge", other)

    def equals(self, other: Value | Number) -> Value:
        """Return whether the two are equal (NaN never is; the zeros are)."""
        right = self.constant(other)
        opcode = "fcmp oeq" if self.is_float else "icmp eq"
        return self.body.emit("i1", Binary(opcode, self.type, self.name, right.name))

    def __and__(self, other: Value | int) -> Value:
        return self._binary("and", other)

    def __or__(self, other: Value | int) -> Value:
        return self._binary("or", other)

    def __xor__(self, other: Value | int) -> Value:
        return self._binary("xor", other)

    def __lshift__(self, other: int) -> Value:
        return self._binary("shl", other)

    def __rshift__(self, other: int) -> Value:
        return self._binary("lshr", other)


def fma(left: Value, right: Value | Number, addend: Value | Number) -> Value:
    """Return `left * right + addend` rounded once."""
    return left.body.call("fma", left, left.constant(right), left.constant(addend))


def fused(left: Value, right: Value | Number, addend: Value | Number) -> Value:
    """Return `left * right + addend`, rounded once if that costs no library call."""
    return left.body.call("fmuladd", left, left.constant(right), left.constant(addend))


def horner(x: Value, coefficients: Sequence[Number]) -> Value:
    """Return the sum of `coefficients[k] * x**k`, by Horner's rule."""
    total = x.constant(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = fused(total, x, coefficient)
    return total


def polynomial(x: Value, coefficients: Sequence[Number]) -> Value:
    """Return the same sum; a long one by its even and odd powers, two chains that the processor runs side by side."""
    if len(coefficients) <= LONG:
        return horner(x, coefficients)
    square = x * x
    return fused(horner(square, coefficients[1::2]), x, horner(square, coefficients[::2]))


def select(condition: Value, chosen: Value | Number, other: Value | Number) -> Value:
    """Return `chosen` where `condition`, else `other`; both are computed.  One of them is a `Value`."""
    model = chosen if isinstance(chosen, Value) else other
    if not isinstance(model, Value):
        raise TypeError("mathlib: select of two plain numbers; make one a value with .constant")
    yes, no = model.constant(chosen), model.constant(other)
    return model.body.emit(model.type, Select(condition.name, model.type, yes.name, no.name))


def horner_of(first: Value, x: Value, these: Sequence[Number], y: Value, those: Sequence[Number]) -> Value:
    """Return the polynomial `these` of x where `first`, else `those` of y, which are as many.

    Choosing between coefficients instead of results takes the place of half the multiplications; processors choose
    beside multiplying.
    """
    variable = select(first, x, y)
    chosen = [select(first, x.constant(this), that) for this, that in zip(these, those, strict=True)]
    total = chosen[-1]
    for coefficient in reversed(chosen[:-1]):
        total = fused(total, variable, coefficient)
    return total


def smaller(x: Value, bound: Value | Number) -> Value:
    """Return the smaller of the two; `bound` where `x` is NaN."""
    return select(x < bound, x, x.constant(bound))


def larger(x: Value, bound: Value | Number) -> Value:
    """Return the larger of the two; `bound` where `x` is NaN."""
    return select(x > bound, x, x.constant(bound))


def at_most(x: Value, bound: Value | Number) -> Value:
    """Return the smaller of the two; NaN where `x` is NaN."""
    return select(x > bound, x.constant(bound), x)


def at_least(x: Value, bound: Value | Number) -> Value:
    """Return the larger of the two; NaN where `x` is NaN."""
    return select(x < bound, x.constant(bound), x)


def is_nan(x: Value) -> Value:
    """Return whether `x` is NaN."""
    return x.body.emit("i1", Binary("fcmp uno", x.type, x.name, x.constant(0.0).name))


def absolute(x: Value) -> Value:
    """Return `x` without its sign."""
    return x.body.call("fabs", x)


def copysign(magnitude: Value, sign: Value) -> Value:
    """Return `magnitude` with the sign bit of `sign`."""
    return magnitude.body.call("copysign", magnitude, sign)


def rint(x: Value) -> Value:
    """Return the nearest integer, ties to even."""
    return x.body.call("rint", x)


def sqrt(x: Value) -> Value:
    """Return the square root, correctly rounded."""
    return x.body.call("sqrt", x)


def as_integer(x: Value) -> Value:
    """Return the bits of the float `x` as an integer of its width."""
    return x.body.emit(x.form.integer, Cast("bitcast", x.type, x.name, x.form.integer))


def as_float(bits: Value) -> Value:
    """Return the float whose bits are `bits`."""
    form = FLOAT32 if bits.type == "i32" else FLOAT64
    return bits.body.emit(form.llvm, Cast("bitcast", bits.type, bits.name, form.llvm))
