"""Calling a kernel on flat values: one grouping of list inputs for everybody."""

from __future__ import annotations

from typing import Any

import numpy as np


def run_on_values(op: Any, values: list[Any]) -> Any:
    """Call the kernel of a pure operation on arrays; returns all outputs."""
    arguments: list[Any] = []
    for arg in op.op_def.inputs:
        count = op.attrs[arg.number_attr] if arg.number_attr is not None else 1
        arguments.append(values[:count] if arg.number_attr is not None else values[0])
        values = values[count:]
    kernel: Any = op.op_def.kernel
    with np.errstate(all="ignore"):
        result = kernel(*arguments, **{name: op.attrs[name] for name in op.op_def.kernel_attrs})
    return result if isinstance(result, (tuple, list)) else (result,)
