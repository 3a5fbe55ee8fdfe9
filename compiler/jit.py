"""Compiling generated source with numba, each text once in a process."""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ops import dtypes

_ELEMENT_TYPES = {dtype.short: dtype for dtype in dtypes.ALL if dtype.kind in "fiub"}
_MATH = re.compile(r"(?<![\w.])([a-z]\w*)_(f32|f64)\(")
_LONG = {"f32": "float32", "f64": "float64"}


class CompiledKernel:
    """A kernel in machine code: `address` of `void kernel(pointers..., extents..., start, stop)`.

    Kept alive by whoever may call it: the code goes when this object does.
    """

    __slots__ = ("_owner", "address", "call", "source")

    def __init__(self, owner: Any, address: int, source: str, pointers: int, integers: int) -> None:
        self._owner = owner
        self.address = address
        self.source = source
        kinds = [ctypes.c_void_p] * pointers + [ctypes.c_size_t] * integers
        self.call = ctypes.CFUNCTYPE(None, *kinds)(address)  # releases the GIL while it runs


_kernels: dict[tuple[str, tuple[str, ...], int], CompiledKernel] = {}
_lock = threading.Lock()
compiled_count = 0  # kernels compiled in this process; tests count with it


def compile_kernel(source: str, types: Sequence[str], integers: int) -> CompiledKernel:
    """Return the machine code of a kernel; the same text is compiled once.

    Args:
      source: Python source that defines `kernel`.
      types: short names of the element types of the pointers.
      integers: how many integers follow the pointers.
    Raises: whatever numba raises if it cannot compile the source.
    """
    global compiled_count
    key = (source, tuple(types), integers)
    found = _kernels.get(key)
    if found is None:
        with _lock:  # numba compiles one function at a time anyway
            found = _kernels.get(key)
            if found is None:
                found = _kernels[key] = _compile(source, types, integers)
                compiled_count += 1
    return found


def _compile(source: str, types: Sequence[str], integers: int) -> CompiledKernel:
    import numba
    from numba.core import types as numba_types

    pointers = [numba_types.CPointer(_numba_type(name)) for name in types]
    signature = numba_types.void(*pointers, *[numba_types.uintp] * integers)
    function = _define(source, _compiled_namespace(source))
    compiled = numba.cfunc(signature, error_model="numpy", nogil=True, no_cpython_wrapper=True)(function)
    return CompiledKernel(compiled, compiled.address, source, len(types), integers)


def _numba_type(name: str) -> Any:
    from numba.core import types as numba_types

    if name == "bool":
        return numba_types.uint8
    return getattr(numba_types, _ELEMENT_TYPES[name].name)


def _define(source: str, namespace: dict[str, Any]) -> Any:
    exec(compile(source, "<sessile kernel>", "exec"), namespace)
    return namespace["kernel"]


def _type_names() -> dict[str, Any]:
    names: dict[str, Any] = {name: dtype.np_dtype.type for name, dtype in _ELEMENT_TYPES.items() if dtype.size != 2 or dtype.kind != "f"}
    names.update({"bool": bool, "U": np.uintp, "inf": np.inf, "nan": np.nan})
    return names


def _compiled_namespace(source: str) -> dict[str, Any]:
    from . import intrinsics, mathlib

    names = _type_names() | intrinsics.NAMESPACE
    for function, suffix in set(_MATH.findall(source)):
        if function in mathlib.FUNCTIONS:
            names[f"{function}_{suffix}"] = mathlib.lookup(function, _LONG[suffix])
    return names


def plain_function(source: str) -> Any:
    """The kernel as a plain Python function over flat arrays: slow, and easy to look into."""
    from . import intrinsics, mathlib

    names = _type_names() | intrinsics.plain_namespace()
    names["U"] = int
    for function, suffix in set(_MATH.findall(source)):
        if function in mathlib.FUNCTIONS:
            names[f"{function}_{suffix}"] = mathlib.lookup(function, _LONG[suffix])
    return _define(source, names)
