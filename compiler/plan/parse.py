"""Plans as text, and back."""

from __future__ import annotations

import ast
import base64
import re
from typing import Any

import numpy as np

from ...ops.definition.registry import lookup
from ...ops.types import dtypes
from ...ops.types.dtypes import DType
from .plan import Instruction, Plan, Value

_BY_SHORT = {dtype.short: dtype for dtype in dtypes.ALL} | {dtype._as_ref.short: dtype._as_ref for dtype in dtypes.ALL}


_LINE = re.compile(r"^\s*(?:(?P<left>%.*?) = )?(?P<op>[A-Za-z_]\w*)\s*(?P<rest>.*)$")
_VALUE = re.compile(r"%(?P<name>[^:,\s]+): (?P<type>\w+&?)\[(?P<extents>[^\]]*)\]")


def parse(text: str) -> Plan:
    """Read a plan from its text. Raises: ValueError for a line that is none, NotFoundError for an unknown operation."""
    lines = [line.split("  # ")[0].rstrip() for line in text.splitlines() if line.strip()]
    head = re.fullmatch(r"plan\((?P<inputs>.*)\) ->\s*(?P<outputs>.*)", lines[0])
    if head is None:
        raise ValueError(f"not the first line of a plan: {lines[0]!r}")
    known: dict[str, Value] = {}
    inputs = _parse_values(head["inputs"], known)
    body = [_parse_line(line, known) for line in lines[1:] if not re.fullmatch(r"\s*group \d+:", line)]
    return Plan(inputs, body, [known[name] for name in re.findall(r"%([^,\s]+)", head["outputs"])])


def _parse_values(text: str, known: dict[str, Value]) -> list[Value]:
    values = []
    for match in _VALUE.finditer(text):
        value = Value(match["name"], _BY_SHORT[match["type"]], _parse_extents(match["extents"]))
        known[value.name] = value
        values.append(value)
    return values


def _parse_extents(text: str) -> Any:
    if text == "*":
        return None
    return tuple(None if word == "?" else int(word) for word in text.split(",") if word)


def _parse_line(line: str, known: dict[str, Value]) -> Instruction:
    match = _LINE.match(line)
    if match is None:
        raise ValueError(f"not a line of a plan: {line!r}")
    op_def = lookup(match["op"])
    outputs = _parse_values(match["left"] or "", known)
    rest = match["rest"]
    if op_def.is_constant:
        value = _parse_array(rest, outputs[0].dtype, outputs[0].extents)
        return Instruction(op_def, {"value": value, "dtype": outputs[0].dtype}, (), outputs)
    operands, brace, attrs = rest.partition("{")
    inputs = [known[name] for name in re.findall(r"%([^,\s]+)", operands)]
    return Instruction(op_def, _parse_attrs(attrs[:-1]) if brace else {}, inputs, outputs)


def _parse_array(text: str, dtype: DType, extents: Any) -> np.ndarray[Any, Any]:
    array: np.ndarray[Any, Any]
    if text.startswith("base64:"):
        array = np.frombuffer(base64.b64decode(text[7:]), dtype.np_dtype)
    elif "nan" in text or "inf" in text:
        array = np.array(eval(text, {"nan": np.nan, "inf": np.inf}), dtype.np_dtype)
    else:
        array = np.array(ast.literal_eval(text), dtype.np_dtype)
    shaped: np.ndarray[Any, Any] = array.reshape(extents)
    return shaped


def _parse_attrs(text: str) -> dict[str, Any]:
    attrs: dict[str, Any] = {}
    for part in _split_top(text):
        name, _, value = part.partition("=")
        attrs[name.strip()] = _parse_attr(value.strip())
    return attrs


def _parse_attr(text: str) -> Any:
    if text in _BY_SHORT:
        return _BY_SHORT[text]
    if text.startswith("types("):
        return [_BY_SHORT[word] for word in text[6:-1].split()]
    if text.startswith("array("):
        dtype, shape, data = text[6:-1].split(", ", 1)[0], *_shape_and_data(text[6:-1].split(", ", 1)[1])
        return _parse_array(data, dtypes.as_dtype(dtype), shape)
    return ast.literal_eval(text)


def _shape_and_data(text: str) -> tuple[tuple[int, ...], str]:
    end = text.index("]") + 1
    return tuple(ast.literal_eval(text[:end])), text[end + 2 :]


def _split_top(text: str) -> list[str]:
    """Split at the commas outside of brackets and quotes."""
    parts, depth, start, quote = [], 0, 0, ""
    for position, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[position - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [part for part in [*parts, text[start:]] if part.strip()]
