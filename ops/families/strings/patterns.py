"""Patterns in strings: what matches is replaced, or it is asked whether all of a string matches.

Patterns are Python's, of which those of TensorFlow (RE2) are nearly all a part. Patterns that are Python strings become
attributes of the operation, those that are tensors its inputs.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...definition.opdef import OpDef
from ...definition.shape_checks import ranked
from ...definition.shapes import same_shape
from ...graph.node import Tensor
from ...types.array_values import as_bytes
from .at_once import replaced_at_once
from .joining import strings


def _pattern(text: bytes) -> Any:
    try:
        return re.compile(text)
    except re.error as error:
        raise InvalidArgumentError(
            None, None, f"Invalid pattern: {text.decode(errors='replace')}, error: {error}"
        ) from error


def _replaced(texts: Any, pattern: bytes, rewrite: bytes, replace_global: bool) -> Any:
    """RE2's way of writing groups in a replacement: `\\1`; `\\\\` is a backslash, and nothing else is special."""

    def written(mark: Any) -> bytes:
        if mark[1] is None:
            return b"\\\\"  # a backslash that means itself
        return b"\\\\" if mark[1] == b"\\" else b"\\g<" + mark[1] + b">"

    compiled = _pattern(pattern)
    template = re.sub(rb"\\([0-9\\])?", written, rewrite)
    count = 0 if replace_global else 1
    try:
        given = texts.ravel().tolist()
        found = replaced_at_once(compiled, template, given) if replace_global else None
        return strings(found or [compiled.sub(template, text, count) for text in given], texts.shape)
    except (re.error, IndexError) as error:
        wanted = max(map(int, re.findall(rb"\\([0-9])", rewrite)), default=0)
        raise InvalidArgumentError(
            None,
            None,
            f"Invalid rewrite: {rewrite.decode(errors='replace')}, error: Rewrite schema requests {wanted} matches, "
            f"but the regexp only has {compiled.groups} parenthesized subexpressions.",
        ) from error


def _replace_kernel(texts: Any, pattern: Any, rewrite: Any, *, replace_global: bool) -> Any:
    return _replaced(texts, pattern.item(), rewrite.item(), replace_global)


def _static_replace_kernel(texts: Any, *, pattern: bytes, rewrite: bytes, replace_global: bool) -> Any:
    return _replaced(texts, pattern, rewrite, replace_global)


REGEX_REPLACE = OpDef(
    name="RegexReplace",
    signature="input: string, pattern: string, rewrite: string -> output: string",
    attrs={"replace_global": ("bool", True)},
    shape=ranked(same_shape, None, 0, 0),
    routine=("strings", "replace"),
    kernel=_replace_kernel,
)


STATIC_REGEX_REPLACE = OpDef(
    name="StaticRegexReplace",
    signature="input: string -> output: string",
    attrs={"pattern": ("string",), "rewrite": ("string",), "replace_global": ("bool", True)},
    shape=same_shape,
    routine=("strings", "replace"),
    kernel=_static_replace_kernel,
)


def _full_match(input: Any, pattern: bytes) -> Any:
    compiled = _pattern(pattern)
    found = [compiled.fullmatch(text) is not None for text in input.ravel().tolist()]
    return np.array(found, bool).reshape(input.shape)


REGEX_FULL_MATCH = OpDef(
    name="RegexFullMatch",
    signature="input: string, pattern: string -> output: bool",
    shape=ranked(same_shape, None, 0),
    routine=("strings", "match"),
    kernel=lambda texts, pattern: _full_match(texts, pattern.item()),
)
STATIC_REGEX_FULL_MATCH = OpDef(
    name="StaticRegexFullMatch",
    signature="input: string -> output: bool",
    attrs={"pattern": ("string",)},
    shape=same_shape,
    routine=("strings", "match"),
    kernel=lambda texts, *, pattern: _full_match(texts, pattern),
)


def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None
) -> Tensor:
    """Return strings with what matches a pattern replaced.

    Args:
      input: the strings.
      pattern: what is looked for.
      rewrite: what stands there then; `\\\\1` is the first group.
      replace_global: whether all that matches is replaced, or the first of it only.
      name: a name for the operation.
    Returns: strings, in the shape of `input`.
    Raises: InvalidArgumentError when run, for what is no pattern or names a group that is not there.
    """
    result: Tensor
    if isinstance(pattern, (str, bytes)) and isinstance(rewrite, (str, bytes)):
        fixed = {"pattern": as_bytes(pattern), "rewrite": as_bytes(rewrite)}
        result = build(STATIC_REGEX_REPLACE, input, replace_global=replace_global, name=name, **fixed)
    else:
        result = build(REGEX_REPLACE, input, pattern, rewrite, replace_global=replace_global, name=name)
    return result


def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Tensor:
    """Return whether whole strings match a pattern.

    Raises: InvalidArgumentError when run, for what is no pattern.
    """
    result: Tensor
    if isinstance(pattern, (str, bytes)):
        result = build(STATIC_REGEX_FULL_MATCH, input, pattern=as_bytes(pattern), name=name)
    else:
        result = build(REGEX_FULL_MATCH, input, pattern, name=name)
    return result
