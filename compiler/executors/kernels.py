"""A kernel's call, with all that is known of it before the step: of small arrays, what lies around costs as much as it.

Of `%3 = ConcatV2 %1, %2, %axis {N=2}` there is known which values are one argument (the first two), that its kernel
takes no attributes, and that one array of float32 comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ...ops.base import errors
from ..plan.plan import Instruction


class KernelCall:
    """Calls the kernel of an instruction on flat values."""

    __slots__ = ("_attrs", "_groups", "_instruction", "_is_reference", "_kernel", "_only")

    def __init__(self, instruction: Instruction) -> None:
        op_def = instruction.op_def
        self._instruction = instruction
        self._kernel: Any = op_def.kernel
        self._attrs = {name: instruction.attrs[name] for name in op_def.kernel_attrs}
        self._groups: list[Any] | None = None
        if op_def.takes_lists:
            self._groups = instruction.arguments(range(len(instruction.inputs)))
        outputs = instruction.outputs
        is_reference = len(outputs) == 1 and outputs[0].is_reference
        self._only = outputs[0].dtype.np_dtype if len(outputs) == 1 and not is_reference else None
        self._is_reference = is_reference and not op_def.flow

    def __call__(self, values: Sequence[Any], *context: Any) -> Sequence[Any]:
        """The outputs, arrays of their types.

        Args:
          context: of an operation with effects, the `KernelContext` its kernel takes first.
        Raises: what the kernel raises, InternalError if it returns something else than it says.
        """
        if self._groups is None:
            result = self._kernel(*context, *values, **self._attrs)
        else:
            result = self._kernel(*context, *[_taken(values, group) for group in self._groups], **self._attrs)
        if type(result) is np.ndarray and result.dtype is self._only:
            return (result,)
        return self.arrays(result)

    def bound(self) -> Any:
        """The kernel with its attributes: takes the context, if it has effects, and values, those of a list as one."""
        return partial(self._kernel, **self._attrs) if self._attrs else self._kernel

    def arrays(self, result: Any) -> Sequence[Any]:
        """The outputs of what the kernel returned."""
        if self._is_reference and type(result) is not tuple:
            return (result,)
        results = result if isinstance(result, (tuple, list)) else (result,)
        return results if self._instruction.op_def.flow else _as_arrays(results, self._instruction)


def _taken(values: Sequence[Any], group: Any) -> Any:
    return [values[place] for place in group] if type(group) is list else values[group]


def _as_arrays(results: Sequence[Any], instruction: Instruction) -> Sequence[Any]:
    outputs = instruction.outputs
    if len(results) != len(outputs):
        raise errors.InternalError(
            None, instruction.op, f"{instruction.op_def.name} returned {len(results)} results, not {len(outputs)}"
        )
    arrays = []
    for value, item in zip(outputs, results):
        if (type(item) is not np.ndarray or item.dtype is not value.dtype.np_dtype) and not (
            value.is_reference or value.dtype.kind == "r"
        ):
            if type(item) is not np.ndarray:
                item = _zero_rank(item) if value.dtype.kind == "s" else np.asarray(item)
            if item.dtype != value.dtype.np_dtype:
                message = f"{instruction.op_def.name} produced {item.dtype}, not {value.dtype.name}"
                raise errors.InternalError(None, instruction.op, message)
        arrays.append(item)
    return arrays


def _zero_rank(item: Any) -> np.ndarray[Any, Any]:
    array = np.empty((), object)
    array[()] = item
    return array
