"""Machine code of generated source: from memory, from the disk cache, or compiled with numba, each text once.

What numba optimised is emitted as object code, loaded with llvmlite and stored, so the process that compiled a kernel
and those that find it on disk run the same code; the latter never import numba.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ...ops.types import dtypes
from ..machine import cache, object_code
from ..machine.lock import LOCK
from .short_floats import SHORT, nearest

_ELEMENT_TYPES = {dtype.short: dtype for dtype in dtypes.ALL if dtype.kind in "fiub"}
_SHORT_FLOAT = re.compile(r"\bb?f16\(")
_MATH = re.compile(r"(?<![\w.])([a-z]\w*)_(f32|f64)\(")
_LONG = {"f32": "float32", "f64": "float64"}
_VALUE = re.compile(r"\b([avk])(\d+)(?!\d)")  # a variable that is named after a value of the plan


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
compiled_count = 0  # kernels compiled in this process; tests count with it
loaded_count = 0  # kernels taken from the disk cache in this process


def compile_kernel(source: str, types: Sequence[str], integers: int) -> CompiledKernel:
    """Return the machine code of a kernel; the same text is compiled once, and found on disk by later processes.

    Args:
      source: Python source that defines `kernel`.
      types: short names of the element types of the pointers.
      integers: how many integers follow the pointers.
    Raises: whatever numba raises if it cannot compile the source.
    """
    source = renumbered(source)
    key = (source, tuple(types), integers)
    found = _kernels.get(key)
    if found is None:
        with LOCK:
            found = _kernels.get(key)
            if found is None:
                loaded = _loaded(source, types, integers)
                found = _kernels[key] = CompiledKernel(loaded, loaded.address, source, len(types), integers)
    return found


def renumbered(source: str) -> str:
    """The source with its values numbered as they appear: what a plan repeats, or another plan has, is one text.

    >>> renumbered("v17 = load(x0, i0); a21 = v17; a21_part = v17")
    'v0 = load(x0, i0); a1 = v0; a1_part = v0'
    """
    numbers: dict[str, int] = {}
    return _VALUE.sub(lambda found: f"{found[1]}{numbers.setdefault(found[2], len(numbers))}", source)


def _loaded(source: str, types: Sequence[str], integers: int) -> object_code.Loaded:
    """The kernel's object code in memory, from disk if it lies there."""
    global compiled_count, loaded_count
    stored = cache.current()
    key = _cache_key(source, types, integers) if stored is not None else None
    if stored is None or key is None:
        compiled_count += 1
        return object_code.load(_compile(source, types, integers))
    code = stored.load(key)
    if code is not None:
        try:
            loaded = object_code.load(code)
        except RuntimeError:
            pass  # it refers to what this process does not have
        else:
            loaded_count += 1
            return loaded
    code = _compile(source, types, integers)
    compiled_count += 1
    loaded = object_code.load(code)
    stored.store(key, code)
    return loaded


def _cache_key(source: str, types: Sequence[str], integers: int) -> bytes | None:
    """All that shapes the code, as text; None if that cannot be found out."""
    try:
        toolchain = object_code.toolchain()
    except (OSError, ImportError, ValueError):  # its files are not where they should be
        return None
    lines = (f"compiler {_chosen_compiler()}", f"types {' '.join(types)}", f"integers {integers}", "", source)
    return b"%s\n%s" % (toolchain, "\n".join(lines).encode())


def _chosen_compiler() -> str:
    return os.environ.get("SESSILE_COMPILER", "auto")


def _compile(source: str, types: Sequence[str], integers: int) -> bytes:
    """Object code: directly, or by numba where that is asked for or the source is beyond direct compilation.

    Raises: direct_functions.Unsupported if it is, and has short floats, of which numba knows nothing.
    """
    has_short_floats = not SHORT.keys().isdisjoint(types) or _SHORT_FLOAT.search(source) is not None
    if _chosen_compiler() != "numba" or has_short_floats:
        from . import lower_source as direct
        from .functions import Unsupported

        try:
            return direct.object_code_of(source, types)
        except Unsupported:  # numba knows all of Python
            if has_short_floats:
                raise
    return _compile_with_numba(source, types, integers)


def _compile_with_numba(source: str, types: Sequence[str], integers: int) -> bytes:
    from numba.core import types as numba_types

    from ..numba.compile import object_code_of
    from ..numba.wrapping import wrapped

    pointers = [numba_types.CPointer(_numba_type(name)) for name in types]
    signature = numba_types.void(*pointers, *[numba_types.uintp] * integers)
    return object_code_of(_define(wrapped(source), _compiled_namespace(source)), signature)


def _numba_type(name: str) -> Any:
    from numba.core import types as numba_types

    if name == "bool":
        return numba_types.uint8
    return getattr(numba_types, _ELEMENT_TYPES[name].name)


def _define(source: str, namespace: dict[str, Any]) -> Any:
    exec(compile(source, "<sessile kernel>", "exec"), namespace)
    return namespace["kernel"]


def _type_names() -> dict[str, Any]:
    names: dict[str, Any] = {name: t.np_dtype.type for name, t in _ELEMENT_TYPES.items() if name not in SHORT}
    names.update({"bool": bool, "U": np.uintp, "inf": np.inf, "nan": np.nan})
    return names


def _compiled_namespace(source: str) -> dict[str, Any]:
    from .. import mathlib
    from ..numba import intrinsics, wrapping

    names = _type_names() | intrinsics.NAMESPACE | wrapping.NAMESPACE
    for function, suffix in set(_MATH.findall(source)):
        if function in mathlib.FUNCTIONS:
            names[f"{function}_{suffix}"] = mathlib.lookup(function, _LONG[suffix])
    return names


def _nearest(kind: str, number: Any) -> Any:
    return np.float32(nearest(number, kind))


def plain_function(source: str) -> Any:
    """The kernel as a plain Python function over flat arrays: slow, and easy to look into."""
    from .. import mathlib
    from ..numba import intrinsics

    names = _type_names() | intrinsics.plain_namespace() | {kind: partial(_nearest, kind) for kind in SHORT}
    names["U"] = int
    for function, suffix in set(_MATH.findall(source)):
        if function in mathlib.FUNCTIONS:
            names[f"{function}_{suffix}"] = mathlib.lookup(function, _LONG[suffix])
    return _define(source, names)
