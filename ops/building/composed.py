"""Kernels of types that are made of simpler ones: an expansion, called with arrays instead of values of a plan."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..definition.opdef import REQUIRED
from ..definition.registry import lookup
from ..types import dtypes


class ArrayBuilder:
    """The `build` of an expansion that computes at once: `ARRAYS("Add", x, y)` is what the kernel of `Add` returns."""

    __slots__ = ()

    def __call__(self, op_type: str, *inputs: Any, **attrs: Any) -> Any:
        """Return the output of a type's kernel; attributes that are not given are the inputs' types or defaults."""
        op_def = lookup(op_type)
        implied = {
            arg.type_attr: dtypes.as_dtype(value.dtype)
            for arg, value in zip(op_def.inputs, inputs)
            if arg.type_attr and not arg.is_list
        }
        given = {}
        for name in op_def.kernel_attrs:
            value = attrs.get(name, implied.get(name, op_def.attrs[name].default))
            if value is REQUIRED:
                raise TypeError(f"{op_type} needs the attribute {name}")
            given[name] = value
        return op_def.kernel(*inputs, **given)  # type: ignore[misc]

    @staticmethod
    def constant(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """A constant is its array."""
        return array


ARRAYS: Final = ArrayBuilder()
