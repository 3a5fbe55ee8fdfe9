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
from .blocks import Loop
from .plan import Instruction, Plan, Value

_BY_SHORT = {dtype.short: dtype for dtype in dtypes.ALL} | {dtype._as_ref.short: dtype._as_ref for dtype in dtypes.ALL}


_LINE = re.compile(r"^\s*(?:(?P<left>%.*?) = )?(?P<op>[A-Za-z_]\w*)\s*(?P<rest>.*)$")
_GUARDS = re.compile(r" after (%[^,\s]+(?:, %[^,\s]+)*)$")
_VALUE = re.compile(r"%(?P<name>[^:,\s]+): (?P<type>\w+&?)\[(?P<extents>[^\]]*)\]")


def parse(text: str) -> Plan:
    """Read a plan from its text. Raises: ValueError for a line that is none, NotFoundError for an unknown operation."""
    lines = [line.split("  # ")[0].rstrip() for line in text.splitlines() if line.strip()]
    head = re.fullmatch(r"plan\((?P<inputs>.*)\) ->\s*(?P<outputs>.*)", lines[0])
    if head is None:
        raise ValueError(f"not the first line of a plan: {lines[0]!r}")
    known: dict[str, Value] = {}
    inputs = _parse_values(head["inputs"], known)
    rows = [line for line in lines[1:] if not re.fullmatch(r"\s*group \d+:", line)]
    body = _parse_lines(rows, known)
    return Plan(inputs, body, _named(head["outputs"], known))


def _named(text: str, known: dict[str, Value]) -> list[Value]:
    return [known[name] for name in re.findall(r"%([^,\s:]+)", text)]


def _parse_lines(lines: list[str], known: dict[str, Value]) -> list[Instruction]:
    """Lines, and below loops the lines of their plans, which stand further to the right."""
    made: list[Instruction] = []
    position = 0
    while position < len(lines):
        end = position + 1
        if end < len(lines) and lines[end].lstrip().startswith("condition("):
            while end < len(lines) and _indent(lines[end]) > _indent(lines[position]):
                end += 1
        made.append(_parse_line(lines[position], known, lines[position + 1 : end]))
        position = end
    return made


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _parse_loop(text: str, lines: list[str], known: dict[str, Value]) -> Loop:
    """`loop('name', count, [results])`, with the plans that stand below."""
    name, count, results = ast.literal_eval(text.removeprefix("loop"))
    heads = [number for number, line in enumerate(lines) if _indent(line) == _indent(lines[0])] if lines else []
    if len(heads) != 2:
        raise ValueError(f"below a loop stand two plans: {text!r}")
    inner = dict(known)
    plans = []
    for start, end in zip(heads, [*heads[1:], len(lines)]):
        head = re.fullmatch(r"\s*(?:condition|body)\((?P<inputs>.*)\) ->\s*(?P<outputs>.*):", lines[start])
        if head is None:
            raise ValueError(f"not the first line of a plan in a loop: {lines[start]!r}")
        names = re.findall(_VALUE, head["inputs"])
        if any(found[0] not in inner for found in names):
            _parse_values(", ".join(f"%{n}: {t}[{e}]" for n, t, e in names if n not in inner), inner)
        inputs = [inner[found[0]] for found in names]
        body = _parse_lines(lines[start + 1 : end], inner)
        plans.append(Plan(inputs, body, _named(head["outputs"], inner)))
    return Loop(name, count, plans[0], plans[1], tuple(results))


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


def _parse_line(line: str, known: dict[str, Value], below: list[str]) -> Instruction:
    guards = _GUARDS.search(line)
    made = _parse_unguarded(line if guards is None else line[: guards.start()], known, below)
    if guards is not None:
        made.guards = tuple(_named(guards[1], known))
    return made


def _parse_unguarded(line: str, known: dict[str, Value], below: list[str]) -> Instruction:
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
    given = _parse_attrs(attrs[:-1]) if brace else {}
    if op_def.flow == "loop":
        given["block"] = _parse_loop(given["block"], below, known)
    return Instruction(op_def, given, inputs, outputs)


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
    return text if text.startswith("loop(") else ast.literal_eval(text)


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
