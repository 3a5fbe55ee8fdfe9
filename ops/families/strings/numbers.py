"""Numbers as strings, strings as numbers, and hashes of strings."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.opdef import OpDef
from ...definition.shapes import same_shape
from ...graph.node import Tensor
from ...types import dtypes
from .joining import each, strings


def _to_number_kernel(string_tensor: Any, *, out_type: Any) -> Any:
    parse: Any = float if out_type.is_floating else int
    result = np.empty(string_tensor.shape, out_type.np_dtype)
    flat = result.reshape(-1)
    for index, text in enumerate(string_tensor.ravel().tolist()):
        try:
            if b"_" in text:
                raise ValueError(text)
            flat[index] = parse(text)
        except (ValueError, OverflowError) as error:
            said = text.decode(errors="replace")
            raise InvalidArgumentError(
                None, None, f"StringToNumberOp could not correctly convert string: {said}"
            ) from error
    return result


STRING_TO_NUMBER = OpDef(
    name="StringToNumber",
    signature="string_tensor: string -> output: out_type",
    where={"out_type": (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)},
    attrs={"out_type": ("type", dtypes.float32)},
    shape=same_shape,
    kernel=_to_number_kernel,
)


def string_to_number(
    string_tensor: Any = None, out_type: Any = dtypes.float32, name: str | None = None, input: Any = None
) -> Tensor:
    """Return the numbers that strings spell; `input` is another name of the first argument.

    Raises when run: InvalidArgumentError for what is no number.
    """
    given = string_tensor if string_tensor is not None else input
    result: Tensor = STRING_TO_NUMBER.build(given, out_type=out_type, name=name)
    return result


def _as_string_kernel(
    input: Any, *, T: Any, precision: int, scientific: bool, shortest: bool, width: int, fill: bytes
) -> Any:
    if T.kind == "b":
        text: Any = lambda x: "true" if x else "false"  # noqa: E731
    elif T.kind == "f":
        kind = "e" if scientific else "g" if shortest else "f"
        digits = f".{precision}" if precision >= 0 else ""
        size = f"{fill.decode()}{width if width >= 0 else ''}"
        text = lambda x: f"%{size}{digits}{kind}" % x  # noqa: E731
    elif T.kind == "c":
        digits = f".{precision}" if precision >= 0 else ""
        kind = "e" if scientific else "g" if shortest else "f"
        text = lambda x: f"(%{digits}{kind},%{digits}{kind})" % (x.real, x.imag)  # noqa: E731
    else:
        if scientific or shortest or precision >= 0:
            raise InvalidArgumentError(None, None, "scientific, shortest and precision are for floating point numbers")
        size = f"{fill.decode()}{width if width >= 0 else ''}"
        text = lambda x: f"%{size}d" % x  # noqa: E731
    return strings([text(x).encode() for x in input.ravel().tolist()], input.shape)


AS_STRING = OpDef(
    name="AsString",
    signature="input: T -> output: string",
    where={
        "T": (dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.complex64, dtypes.complex128,
              dtypes.float32, dtypes.float64, dtypes.bool_),
    },
    attrs={
        "precision": ("int", -1), "scientific": ("bool", False), "shortest": ("bool", False), "width": ("int", -1),
        "fill": ("string", b""),
    },
    shape=same_shape,
    kernel=_as_string_kernel,
)  # fmt: skip


def as_string(
    input: Any, precision: int = -1, scientific: bool = False, shortest: bool = False, width: int = -1, fill: str = "",
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return numbers as strings.

    Args:
      precision: digits behind the point of floating-point numbers.
      scientific, shortest: their form.
      width, fill: of the strings, and what they are filled with.
    """
    result: Tensor = AS_STRING.build(
        input, precision=precision, scientific=scientific, shortest=shortest, width=width, fill=fill.encode(), name=name
    )
    return result


# Hashes.

_M = (1 << 64) - 1


def fingerprint(text: bytes) -> int:
    """FarmHash's 64-bit fingerprint, which `string_to_hash_bucket_fast` takes.

    Source: FarmHash's `Fingerprint64` (farmhashna), as published by Google.
    """
    size = len(text)
    if size <= 16:
        return _short(text)
    if size <= 32:
        return _medium(text)
    if size <= 64:
        return _long(text)
    return _very_long(text)


_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def _at(text: bytes, place: int, size: int = 8) -> int:
    return int.from_bytes(text[place : place + size], "little")


def _turn(value: int, by: int) -> int:
    return (value >> by | value << (64 - by)) & _M if by else value


def _mix(value: int) -> int:
    return value ^ value >> 47


def _both(u: int, v: int, mul: int) -> int:
    a = _mix((u ^ v) * mul & _M)
    b = _mix((v ^ a) * mul & _M)
    return b * mul & _M


def _short(text: bytes) -> int:
    size = len(text)
    if size >= 8:
        mul = _K2 + size * 2
        a, b = (_at(text, 0) + _K2) & _M, _at(text, size - 8)
        c, d = (_turn(b, 37) * mul + a) & _M, (_turn(a, 25) + b) * mul & _M
        return _both(c, d, mul)
    if size >= 4:
        mul = _K2 + size * 2
        return _both((size + (_at(text, 0, 4) << 3)) & _M, _at(text, size - 4, 4), mul)
    if size > 0:
        a, b, c = text[0], text[size >> 1], text[size - 1]
        return _mix((a + (b << 8)) * _K2 & _M ^ (size + (c << 2)) * _K0 & _M) * _K2 & _M
    return _K2


def _medium(text: bytes) -> int:
    size = len(text)
    mul = _K2 + size * 2
    a, b = _at(text, 0) * _K1 & _M, _at(text, 8)
    c, d = _at(text, size - 8) * mul & _M, _at(text, size - 16) * _K2 & _M
    first = (_turn((a + b) & _M, 43) + _turn(c, 30) + d) & _M
    return _both(first, (a + _turn((b + _K2) & _M, 18) + c) & _M, mul)


def _long(text: bytes) -> int:
    size = len(text)
    mul = _K2 + size * 2
    a, b = _at(text, 0) * _K2 & _M, _at(text, 8)
    c, d = _at(text, size - 8) * mul & _M, _at(text, size - 16) * _K2 & _M
    y = (_turn((a + b) & _M, 43) + _turn(c, 30) + d) & _M
    z = _both(y, (a + _turn((b + _K2) & _M, 18) + c) & _M, mul)
    e, f = _at(text, 16) * mul & _M, _at(text, 24)
    g, h = (y + _at(text, size - 32)) * mul & _M, (z + _at(text, size - 24)) * mul & _M
    first = (_turn((e + f) & _M, 43) + _turn(g, 30) + h) & _M
    return _both(first, (e + _turn((f + a) & _M, 18) + g) & _M, mul)


def _weak(text: bytes, place: int, a: int, b: int) -> tuple[int, int]:
    w, x, y, z = (_at(text, place + 8 * k) for k in range(4))
    a = (a + w) & _M
    b = _turn((b + a + z) & _M, 21)
    c = a
    a = (a + x + y) & _M
    b = (b + _turn(a, 44)) & _M
    return (a + z) & _M, (b + c) & _M


def _very_long(text: bytes) -> int:
    size = len(text)
    x, y = 81, (81 * _K1 + 113) & _M
    z = _mix((y * _K2 + 113) & _M) * _K2 & _M
    v, w = (0, 0), (0, 0)
    x = (x * _K2 + _at(text, 0)) & _M
    end = (size - 1) // 64 * 64
    last = end + (size - 1 & 63) - 63
    for place in range(0, end, 64):
        x = _turn((x + y + v[0] + _at(text, place + 8)) & _M, 37) * _K1 & _M
        y = _turn((y + v[1] + _at(text, place + 48)) & _M, 42) * _K1 & _M
        x ^= w[1]
        y = (y + v[0] + _at(text, place + 40)) & _M
        z = _turn((z + w[0]) & _M, 33) * _K1 & _M
        v = _weak(text, place, v[1] * _K1 & _M, (x + w[0]) & _M)
        w = _weak(text, place + 32, (z + w[1]) & _M, (y + _at(text, place + 16)) & _M)
        z, x = x, z
    mul = (_K1 + ((z & 0xFF) << 1)) & _M
    w = ((w[0] + (size - 1 & 63)) & _M, w[1])
    v = ((v[0] + w[0]) & _M, v[1])
    w = ((w[0] + v[0]) & _M, w[1])
    x = _turn((x + y + v[0] + _at(text, last + 8)) & _M, 37) * mul & _M
    y = _turn((y + v[1] + _at(text, last + 48)) & _M, 42) * mul & _M
    x ^= w[1] * 9 & _M
    y = (y + v[0] * 9 + _at(text, last + 40)) & _M
    z = _turn((z + w[0]) & _M, 33) * mul & _M
    v = _weak(text, last, v[1] * mul & _M, (x + w[0]) & _M)
    w = _weak(text, last + 32, (z + w[1]) & _M, (y + _at(text, last + 16)) & _M)
    z, x = x, z
    first = (_both(v[0], w[0], mul) + _mix(y) * _K0 + z) & _M
    return _both(first, (_both(v[1], w[1], mul) + x) & _M, mul)


def _bucket_kernel(input: Any, *, num_buckets: int) -> Any:
    return np.array([fingerprint(t) % num_buckets for t in input.ravel().tolist()], np.int64).reshape(input.shape)


STRING_TO_HASH_BUCKET_FAST = OpDef(
    name="StringToHashBucketFast", signature="input: string -> output: int64", attrs={"num_buckets": ("int",)},
    shape=same_shape, kernel=_bucket_kernel,
)  # fmt: skip


def string_to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Tensor:
    """Return a number below `num_buckets` for each string, int64, always the same for the same string."""
    result: Tensor = STRING_TO_HASH_BUCKET_FAST.build(input, num_buckets=num_buckets, name=name)
    return result


__all__ = ["as_string", "each", "fingerprint", "string_to_hash_bucket_fast", "string_to_number"]
