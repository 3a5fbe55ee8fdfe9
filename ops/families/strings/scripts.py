"""The script that a code point belongs to: Latin, Greek, Han."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ...building.build import build
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import same_shape
from ...graph.node import Tensor
from .script_table import RUNS


@cache
def _table() -> tuple[Any, Any]:
    """The ends of runs of code points, and the script of each; behind the last one there is none."""
    pairs = [word.split(":") for word in RUNS.split()]
    ends = np.cumsum([int(length, 16) for length, _ in pairs])
    return ends, np.array([*(int(script, 16) for _, script in pairs), -1], np.int32)


def script_of(input: Any) -> Any:
    """The number of the script of each code point; -1 where there is none."""
    ends, scripts = _table()
    found = scripts[np.searchsorted(ends, input, side="right")]
    return np.where(input < 0, np.int32(-1), found)


UNICODE_SCRIPT = OpDef(
    name="UnicodeScript",
    signature="input: int32 -> output: int32",
    shape=same_shape,
    kernel=script_of,
    gradient=NOT_DIFFERENTIABLE,
)


def unicode_script(input: Any, name: str | None = None) -> Tensor:
    """Return the script of each Unicode code point, by ICU's number (its `UScriptCode`).

    Args:
      input: int32, or a RaggedTensor of them.
      name: of the operation.
    Returns: int32 of the same shape; -1 for what is no code point.
    Source: TensorFlow 1.15's scripts, of Unicode 11.

    >>> tf.Session().run(unicode_script([65, 945, 1046]))
    array([25, 14,  8], dtype=int32)
    """
    result: Tensor = build(UNICODE_SCRIPT, input, name=name)
    return result
