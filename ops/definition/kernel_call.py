"""Calling kernels on flat values. One grouping of list inputs for all who do: the interpreter, folding, static values.

An operation's inputs are flat (`Pack` of three tensors has three), its kernel takes an argument per input of the
signature (`Pack`'s takes one list of three). The attributes count them, so only these tell where a list ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..types.tensor_shape import Extents
from .opdef import OpDef


def group_inputs(op_def: OpDef, attrs: dict[str, Any], values: Sequence[Any]) -> list[Any]:
    """Group flat inputs by the signature: one entry an argument, a list for a list argument."""
    if not op_def.takes_lists:
        return list(values)
    grouped: list[Any] = []
    at = 0
    for arg in op_def.inputs:
        if not arg.is_list:
            grouped.append(values[at])
            at += 1
            continue
        count = attrs[arg.number_attr] if arg.number_attr else len(attrs[arg.list_attr or ""])
        grouped.append(list(values[at : at + count]))
        at += count
    return grouped


def kernel_call(op_def: OpDef, attrs: dict[str, Any], values: Sequence[Any], *context: Any) -> Sequence[Any]:
    """Call the kernel of an operation on flat values.

    Args:
      context: of an operation with effects, the `KernelContext` its kernel takes first.
    Returns: all outputs, as the kernel made them. Raises: what the kernel raises.
    """
    kernel: Any = op_def.kernel
    names = op_def.kernel_attrs
    if names or op_def.takes_lists:
        result = kernel(*context, *group_inputs(op_def, attrs, values), **{name: attrs[name] for name in names})
    else:
        result = kernel(*context, *values)
    return result if isinstance(result, (tuple, list)) else (result,)


def run_on_values(op: Any, values: Sequence[Any]) -> Sequence[Any]:
    """Call the kernel of a pure operation of a graph, outside of a step; returns all outputs."""
    with np.errstate(all="ignore"):
        return kernel_call(op.op_def, op.attrs, values)


def is_small(outputs: Sequence[Extents], values: Iterable[Any], largest: int) -> bool:
    """Whether a kernel may be called outside of a step: it will not make more than `largest` elements.

    Args:
      outputs: the static extents of the results. Where they are not known although all values are, they depend on
        the values, and are as large as one of the integers given at the most (`segment_sum` has its last id plus one).
      values: the inputs, arrays.
    """
    known = [extents for extents in outputs if extents is not None and None not in extents]
    if sum(math.prod(extents) for extents in known) > largest:
        return False
    return len(known) == len(outputs) or all(
        value.max() <= largest for value in values if value.size and value.dtype.kind in "iu"
    )
