"""`DType`: the element types of tensors, with TensorFlow's names, numbers and NumPy counterparts.

bfloat16 comes from `ml_dtypes`; strings are NumPy object arrays of `bytes`; a quantised type is stored as the
integers it is made of. A `_ref` type is that of a variable's own output: a place rather than a value.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any, Final

import numpy as np

_REF_OFFSET: Final = 100


class _ByNumber(type):
    """`DType(1)` is float32: there is one object of each type."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        number = kwargs.get("type_enum", args[0] if len(args) == 1 else None)
        if number is None or cls is not DType:
            return super().__call__(*args, **kwargs)
        try:
            return as_dtype(int(number))
        except ValueError:
            raise ValueError(f"A DType is made of a number of a type, not of {number!r}.") from None


class DType(metaclass=_ByNumber):
    """An element type. Compare with `==`: a DType equals whatever `as_dtype` turns into it.

    Attributes:
      name: TensorFlow's name, such as `float32` or `int64_ref`.
      as_datatype_enum: the number of the type in TensorFlow's `DataType` enumeration.
      np_dtype: the `numpy.dtype` that holds the elements (object for strings).
    """

    __slots__ = ("_base", "_ref", "as_datatype_enum", "kind", "name", "np_dtype", "short")

    def __init__(self, name: str, number: int, np_type: Any, kind: str, short: str, base: DType | None = None) -> None:
        self.name = name
        self.as_datatype_enum = number
        self.np_dtype: np.dtype[Any] = np.dtype(np_type)
        self.kind = kind  # one letter: f float, i int, u unsigned, c complex, b bool, s string, q quantised, r opaque
        self.short = short  # the word for it in a printed Plan
        self._base = base
        self._ref: DType | None = None

    @property
    def base_dtype(self) -> DType:
        """The type of the values: `float32` for `float32_ref`."""
        return self._base or self

    @property
    def _as_ref(self) -> DType:
        if self._base is not None:
            return self
        if self._ref is None:
            number = self.as_datatype_enum + _REF_OFFSET
            self._ref = DType(self.name + "_ref", number, self.np_dtype, self.kind, self.short + "&", self)
        return self._ref

    @property
    def _is_ref_dtype(self) -> bool:
        return self._base is not None

    @property
    def is_numpy_compatible(self) -> bool:
        return self.kind != "r"

    @property
    def as_numpy_dtype(self) -> Any:
        """The NumPy scalar type (`numpy.float32`), `object` for strings."""
        return object if self.np_dtype.kind == "O" else self.np_dtype.type

    @property
    def real_dtype(self) -> DType:
        """float32 for complex64, float64 for complex128, otherwise the type itself without its reference."""
        return {"complex64": float32, "complex128": float64}.get(self.base_dtype.name, self.base_dtype)

    @property
    def is_bool(self) -> bool:
        return self.kind == "b"

    @property
    def is_integer(self) -> bool:
        """True for plain integers; quantised ones are not counted."""
        return self.kind in "iu"

    @property
    def is_floating(self) -> bool:
        return self.kind == "f"

    @property
    def is_complex(self) -> bool:
        return self.kind == "c"

    @property
    def is_quantized(self) -> bool:
        return self.kind == "q"

    @property
    def is_unsigned(self) -> bool:
        return self.kind == "u"

    @property
    def size(self) -> int:
        """Bytes per element; 0 for types without a fixed size."""
        return 0 if self.kind in "sr" else self.np_dtype.itemsize

    @property
    def min(self) -> Any:
        """The smallest finite value. Raises: TypeError for types without an order."""
        return self._extreme("min")

    @property
    def max(self) -> Any:
        """The largest finite value. Raises: TypeError for types without an order."""
        return self._extreme("max")

    def _extreme(self, which: str) -> Any:
        if self.kind in "iu":
            return getattr(np.iinfo(self.np_dtype), which)
        if self.kind == "f":
            from ml_dtypes import finfo

            return getattr(finfo(self.np_dtype), which)
        raise TypeError(f"Cannot find {which}imum value of {self!r}.")

    @property
    def limits(self) -> tuple[Any, Any]:
        """(lowest, highest) value in use for intensities. Raises: ValueError for types that hold none."""
        if self.kind in "iu":
            return (0, self.max)
        if self.name in ("float32", "float64", "bool"):
            return (0, True if self.kind == "b" else 1)
        raise ValueError(f"{self} does not have defined limits.")

    def is_compatible_with(self, other: Any) -> bool:
        """Whether a value of type `other` may stand where this type is wanted; a reference may stand for its type."""
        other = as_dtype(other)
        return self is other or self is other.base_dtype

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if other is None:
            return False
        try:
            return self is as_dtype(other)
        except TypeError:
            return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"tf.{self.name}"

    def __str__(self) -> str:
        return f"<dtype: {self.name!r}>"

    def __int__(self) -> int:
        return self.as_datatype_enum

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return as_dtype, (self.name,)


@cache
def _bfloat16() -> np.dtype[Any]:
    import ml_dtypes  # not before it is needed: 8 ms of every process

    found: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
    return found


class _BFloat16(DType):
    """The type whose NumPy counterpart is loaded when it is asked for."""

    __slots__ = ()

    def __init__(self, base: DType | None = None) -> None:
        name, number, short = ("bfloat16", 14, "bf16") if base is None else ("bfloat16_ref", 14 + _REF_OFFSET, "bf16&")
        self.name, self.as_datatype_enum, self.kind, self.short = name, number, "f", short
        self._base, self._ref = base, None

    @property
    def np_dtype(self) -> np.dtype[Any]:  # type: ignore[override]
        """The `numpy.dtype` that holds the elements."""
        return _bfloat16()

    @property
    def _as_ref(self) -> DType:
        if self._base is None and self._ref is None:
            self._ref = _BFloat16(self)
        return self._ref or self


half = float16 = DType("float16", 19, np.float16, "f", "f16")
float32 = DType("float32", 1, np.float32, "f", "f32")
double = float64 = DType("float64", 2, np.float64, "f", "f64")
bfloat16 = _BFloat16()
int8 = DType("int8", 6, np.int8, "i", "i8")
int16 = DType("int16", 5, np.int16, "i", "i16")
int32 = DType("int32", 3, np.int32, "i", "i32")
int64 = DType("int64", 9, np.int64, "i", "i64")
uint8 = DType("uint8", 4, np.uint8, "u", "u8")
uint16 = DType("uint16", 17, np.uint16, "u", "u16")
uint32 = DType("uint32", 22, np.uint32, "u", "u32")
uint64 = DType("uint64", 23, np.uint64, "u", "u64")
complex64 = DType("complex64", 8, np.complex64, "c", "c64")
complex128 = DType("complex128", 18, np.complex128, "c", "c128")
bool_ = DType("bool", 10, np.bool_, "b", "bool")
string = DType("string", 7, np.object_, "s", "str")
qint8 = DType("qint8", 11, np.int8, "q", "q8")
quint8 = DType("quint8", 12, np.uint8, "q", "qu8")
qint16 = DType("qint16", 15, np.int16, "q", "q16")
quint16 = DType("quint16", 16, np.uint16, "q", "qu16")
qint32 = DType("qint32", 13, np.int32, "q", "q32")
resource = DType("resource", 20, np.object_, "r", "resource")
variant = DType("variant", 21, np.object_, "r", "variant")

ALL: Final = (
    half, float32, float64, bfloat16, int8, int16, int32, int64, uint8, uint16, uint32, uint64, complex64,
    complex128, bool_, string, qint8, quint8, qint16, quint16, qint32, resource, variant,
)  # fmt: skip
FLOATS: Final = (half, bfloat16, float32, float64)
INTEGERS: Final = (uint8, uint16, uint32, uint64, int8, int16, int32, int64)
COMPLEX: Final = (complex64, complex128)
QUANTIZED: Final = (qint8, quint8, qint32, qint16, quint16)
REAL: Final = FLOATS + INTEGERS
NUMERIC: Final = REAL + COMPLEX
INEXACT: Final = FLOATS + COMPLEX
INDEX: Final = (int32, int64)

_TABLE: dict[Any, DType] = {}


def _fill_table() -> None:
    for dtype in ALL:
        _TABLE[dtype.name] = dtype
        _TABLE[dtype.name + "_ref"] = dtype._as_ref
        _TABLE[dtype.as_datatype_enum] = dtype
        _TABLE[dtype.as_datatype_enum + _REF_OFFSET] = dtype._as_ref
        if dtype.kind not in "srq" and dtype is not bfloat16:
            _TABLE[dtype.np_dtype] = dtype
            _TABLE[dtype.np_dtype.type] = dtype
    _TABLE.update({"half": half, "float": float32, "double": float64, "half_ref": half._as_ref})
    _TABLE.update({"float_ref": float32._as_ref, "double_ref": float64._as_ref})
    _TABLE.update({float: float32, bool: bool_, int: int64, complex: complex128, str: string, bytes: string})
    _TABLE.update({object: string, np.object_: string, np.dtype(object): string, np.str_: string, np.bytes_: string})


_fill_table()


def _knows_more() -> bool:
    """Whether ml_dtypes, which somebody has imported, adds NumPy's bfloat16 to the table now."""
    if "ml_dtypes" not in sys.modules or _bfloat16() in _TABLE:
        return False
    _TABLE[_bfloat16()] = _TABLE[_bfloat16().type] = bfloat16
    return True


def is_short_float(dtype: Any) -> bool:
    """Whether a NumPy type is float16 or bfloat16, in which nothing is accumulated."""
    found = np.dtype(dtype)
    return found.itemsize == 2 and found.kind in "fV"


def as_dtype(type_value: Any) -> DType:
    """Return the DType that `type_value` names.

    Args:
      type_value: a DType, its name, its number in the `DataType` enumeration, a NumPy dtype or scalar type, or a
        Python type (`float` is float32, `int` is int64).
    Raises: TypeError if no element type is meant.

    >>> as_dtype("float32") is as_dtype(np.float32)
    True
    """
    if isinstance(type_value, DType):
        return type_value
    try:
        return _TABLE[type_value]
    except (KeyError, TypeError):
        pass
    if isinstance(type_value, np.dtype) and type_value.kind in "SU":
        return string
    is_class = type(type_value) is type and not issubclass(type_value, np.generic)
    if type_value is not None and not is_class:  # NumPy would take any class, and None
        try:
            return _TABLE[np.dtype(type_value).newbyteorder("=")]
        except (KeyError, TypeError, ValueError):
            pass
    if _knows_more():
        return as_dtype(type_value)
    raise TypeError(f"Cannot convert value {type_value!r} to a TensorFlow DType.")
