"""Arrays as JSON, in both of TensorFlow Serving's forms: by row ("instances") and by column ("inputs").

Bytes are `{"b64": "..."}`. In an answer, strings of outputs whose names end in `_bytes` are written so, others as text.
Source: TensorFlow Serving's documentation of its RESTful API.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import numpy as np

from .config import RequestError


def feeds_of(body: Mapping[str, Any], inputs: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return the arrays of a request by input, and whether it came by row.

    Args:
      body: the request.
      inputs: the signature's tensors by name.
    Raises: RequestError with status 400.
    """
    by_row = "instances" in body
    if by_row == ("inputs" in body):
        raise RequestError(400, "JSON Value: a request has either 'instances' (by row) or 'inputs' (by column)")
    values = _columns(body["instances"], inputs) if by_row else _named(body["inputs"], inputs)
    if unknown := [name for name in values if name not in inputs]:
        raise RequestError(400, f"the signature has no input {unknown[0]!r}; it has {', '.join(inputs)}")
    if lacking := [name for name in inputs if name not in values]:
        raise RequestError(400, f"Missing named tensor input: {lacking[0]}")
    return {name: array_of(name, value, inputs[name]) for name, value in values.items()}, by_row


def _columns(rows: Any, inputs: Mapping[str, Any]) -> dict[str, list[Any]]:
    if not isinstance(rows, list) or not rows:
        raise RequestError(400, "JSON Value for key 'instances' must be a list of at least one row")
    named = [isinstance(row, dict) and set(row) != {"b64"} for row in rows]
    if all(named):
        names = list(rows[0])
        if any(set(row) != set(names) for row in rows):
            raise RequestError(400, "all instances must have the same inputs")
        return {name: [row[name] for row in rows] for name in names}
    if any(named):
        raise RequestError(400, "instances must be all objects with a value per input, or all values")
    return {_only(inputs): rows}


def _named(columns: Any, inputs: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(columns, dict) and set(columns) != {"b64"}:
        return columns
    return {_only(inputs): columns}


def _only(inputs: Mapping[str, Any]) -> str:
    if len(inputs) != 1:
        raise RequestError(400, f"name the inputs: the signature has {len(inputs)} ({', '.join(inputs)})")
    return next(iter(inputs))


def array_of(name: str, value: Any, tensor: Any) -> Any:
    """Return a JSON value as an array for a tensor. Raises: RequestError with status 400."""
    dtype = tensor.dtype.base_dtype
    try:
        if dtype.name == "string":
            array = np.array(_bytes(value), object)
        else:
            plain = np.asarray(value)
            if plain.dtype == object or plain.dtype.kind in "US":
                raise ValueError("rows differ in length, or are no numbers")
            if plain.dtype.kind == "f" and np.dtype(dtype.as_numpy_dtype).kind in "iu" and (plain % 1 != 0).any():
                raise ValueError("whole numbers are wanted")
            array = plain.astype(dtype.as_numpy_dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise RequestError(400, f"input '{name}' of type {dtype.name}: {error}") from None
    if not tensor.shape.is_compatible_with(array.shape):
        raise RequestError(400, f"input '{name}': shape {list(array.shape)} does not fit {tensor.shape}")
    return array


def _bytes(value: Any) -> Any:
    if isinstance(value, list):
        return [_bytes(item) for item in value]
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict) and set(value) == {"b64"} and isinstance(value["b64"], str):
        try:
            return base64.b64decode(value["b64"], validate=True)
        except binascii.Error as error:
            raise ValueError(f"no base64: {error}") from None
    raise ValueError("strings are wanted, or objects with the one key 'b64'")


def as_json(name: str, value: Any) -> Any:
    """Return an array as lists, numbers and strings."""
    array = np.asarray(value)
    if array.dtype != object:
        return (
            array.tolist()
            if array.dtype.kind != "V" and array.dtype.itemsize > 0 and array.dtype.kind in "iufb"
            else (array.astype(np.float32).tolist())
        )
    encode = _as_base64 if name.endswith("_bytes") else _as_text
    return _mapped(array.tolist(), encode)


def _mapped(value: Any, function: Any) -> Any:
    return [_mapped(item, function) for item in value] if isinstance(value, list) else function(value)


def _as_base64(value: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(value).decode()}


def _as_text(value: bytes) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def answer_of(values: Mapping[str, Any], by_row: bool) -> dict[str, Any]:
    """Return the body of an answer: `predictions` by row, `outputs` by column.

    Raises: RequestError with status 400 if rows are asked for and outputs have no, or different numbers of, rows.
    """
    columns = {name: as_json(name, value) for name, value in values.items()}
    if not by_row:
        return {"outputs": next(iter(columns.values())) if len(columns) == 1 else columns}
    lengths = {len(value) if np.ndim(value) else None for value in values.values()}
    if len(lengths) != 1 or None in lengths:
        raise RequestError(400, "the outputs differ in their first extent: ask by column ('inputs')")
    if len(columns) == 1:
        return {"predictions": next(iter(columns.values()))}
    return {"predictions": [dict(zip(columns, row)) for row in zip(*columns.values())]}
