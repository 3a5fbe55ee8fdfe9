"""Numbers as strings, and strings as numbers."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...definition.opdef import OpDef
from ...definition.shapes import same_shape
from ...graph.node import Tensor
from ...types import dtypes
from ...types.numerals import READ_OTHERWISE, number_of
from .joining import each, strings


def _to_number_kernel(string_tensor: Any, *, out_type: Any) -> Any:
    parse: Any = float if out_type.is_floating else int
    texts = string_tensor.ravel().tolist()
    whole = b"".join(texts)
    if not any(mark in whole for mark in READ_OTHERWISE[out_type.is_floating]):
        try:
            return np.fromiter(map(parse, texts), out_type.np_dtype, len(texts)).reshape(string_tensor.shape)
        except (ValueError, OverflowError):
            pass  # one by one, to find the one that is no number
    result = np.empty(string_tensor.shape, out_type.np_dtype)
    flat = result.reshape(-1)
    for index, text in enumerate(texts):
        try:
            flat[index] = number_of(text, parse)
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
    routine=("strings", "read"),
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
    result: Tensor = build(STRING_TO_NUMBER, given, out_type=out_type, name=name)
    return result


def _as_string_kernel(
    input: Any, *, T: Any, precision: int, scientific: bool, shortest: bool, width: int, fill: bytes
) -> Any:
    if scientific and shortest:
        raise InvalidArgumentError(None, None, "Cannot select both scientific and shortest notation")
    if len(fill) > 1:
        raise InvalidArgumentError(None, None, f"Fill argument must be at most one character, not {fill!r}")
    size = f"{fill.decode()}{width if width >= 0 else ''}"
    if T.kind == "b":
        if scientific or shortest or precision >= 0:
            raise InvalidArgumentError(None, None, "scientific, shortest and precision are for floating point numbers")
        text: Any = lambda x: "true" if x else "false"  # noqa: E731
    elif T.kind == "f":
        kind = "e" if scientific else "g" if shortest else "f"
        digits = f".{precision}" if precision >= 0 else ""
        form = f"%{size}{digits}{kind}".encode()
        if fill == b"0":  # no zeros stand before what is no number
            other = form.replace(b"%0", b"%", 1)
            return strings([(form if isfinite(x) else other) % x for x in input.ravel().tolist()], input.shape)
        return strings([form % x for x in input.ravel().tolist()], input.shape)
    elif T.kind == "c":
        digits = f".{precision}" if precision >= 0 else ""
        kind = "e" if scientific else "g" if shortest else "f"
        text = lambda x: f"(%{size}{digits}{kind},%{size}{digits}{kind})" % (x.real, x.imag)  # noqa: E731
    else:
        if scientific or shortest or precision >= 0:
            raise InvalidArgumentError(None, None, "scientific, shortest and precision are for floating point numbers")
        if not fill and width < 0:
            return strings([b"%d" % x for x in input.ravel().tolist()], input.shape)
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
    routine=("strings", "write"),
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
    result: Tensor = build(
        AS_STRING,
        input,
        precision=precision,
        scientific=scientific,
        shortest=shortest,
        width=width,
        fill=fill.encode(),
        name=name,
    )
    return result


__all__ = ["as_string", "each", "string_to_number"]
