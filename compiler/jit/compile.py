"""Machine code of generated source: from memory, from the disk cache, or compiled with numba, each text once.

What numba optimised is emitted as object code, loaded with llvmlite and stored, so the process that compiled a kernel
and those that find it on disk run the same code; the latter never import numba.
"""

from __future__ import annotations

import ctypes
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ...ops.types import dtypes
from ..machine import cache, compile_log, object_code, threads
from ..machine.lock import LOCK
from .short_floats import SHORT, nearest

_ELEMENT_TYPES = {dtype.short: dtype for dtype in dtypes.ALL if dtype.kind in "fiub"}
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


class Request(NamedTuple):
    """A kernel that is wanted.

    Attributes:
      source: Python source that defines `kernel`.
      types: short names of the element types of the pointers.
      integers: how many integers follow the pointers.
      name: what it computes, for the log.
    """

    source: str
    types: tuple[str, ...]
    integers: int
    name: str = "a loop"


def compile_kernel(source: str, types: Sequence[str], integers: int) -> CompiledKernel:
    """Return the machine code of a kernel; the same text is compiled once, and found on disk by later processes.

    Args: see `Request`.
    Raises: whatever numba raises if it cannot compile the source.
    """
    (found,) = compile_kernels([Request(source, tuple(types), integers)])
    if isinstance(found, Exception):
        raise found
    return found


def compile_kernels(requests: Sequence[Request]) -> list[CompiledKernel | Exception]:
    """The machine code of kernels, or per kernel what went wrong; those that are not known compile on all cores."""
    wanted = [request._replace(source=renumbered(request.source)) for request in requests]
    keys = [request[:3] for request in wanted]
    if not _kernels.keys() >= set(keys):
        with LOCK:
            missing = {key: request for key, request in zip(keys, wanted) if key not in _kernels}
            failed = _make(missing)
            return [_kernels[key] if key in _kernels else failed[key] for key in keys]
    return [_kernels[key] for key in keys]


def _make(missing: dict[Any, Request]) -> dict[Any, Exception]:
    """Put kernels into `_kernels`, from disk or compiled; returns what went wrong."""
    global compiled_count, loaded_count
    job = compile_log.current()
    stored = cache.current()
    failed: dict[Any, Exception] = {}
    absent: dict[Any, tuple[Request, bytes | None]] = {}
    for key, request in missing.items():
        started = time.perf_counter()
        disk_key = _cache_key(request) if stored is not None else None
        loaded = _from_disk(stored, disk_key) if stored is not None and disk_key is not None else None
        if loaded is None:
            absent[key] = request, disk_key
            continue
        loaded_count += 1
        _keep(key, request, loaded)
        if job is not None:
            job.done("kernel", request.name, time.perf_counter() - started, "loaded")

    def done(key: Any, code: bytes | Exception, seconds: float) -> None:
        global compiled_count
        request, disk_key = absent[key]
        if isinstance(code, Exception):
            failed[key] = code
            return
        compiled_count += 1
        _keep(key, request, object_code.load(code))
        if stored is not None and disk_key is not None:
            stored.store(disk_key, code)
        if job is not None:
            job.done("kernel", request.name, seconds)

    if absent:
        compile_absent({key: request for key, (request, _) in absent.items()}, done)
    return failed


def _keep(key: Any, request: Request, loaded: object_code.Loaded) -> None:
    found = CompiledKernel(loaded, loaded.address, request.source, len(request.types), request.integers)
    _kernels[key] = found


def _from_disk(stored: cache.KernelCache, key: bytes) -> object_code.Loaded | None:
    code = stored.load(key)
    if code is None:
        return None
    try:
        return object_code.load(code)
    except RuntimeError:
        return None  # it refers to what this process does not have


def renumbered(source: str) -> str:
    """The source with its values numbered as they appear: what a plan repeats, or another plan has, is one text.

    >>> renumbered("v17 = load(x0, i0); a21 = v17; a21_part = v17")
    'v0 = load(x0, i0); a1 = v0; a1_part = v0'
    """
    numbers: dict[str, int] = {}
    return _VALUE.sub(lambda found: f"{found[1]}{numbers.setdefault(found[2], len(numbers))}", source)


def _cache_key(request: Request) -> bytes | None:
    """All that shapes the code, as text; None if that cannot be found out."""
    try:
        toolchain = object_code.toolchain()
    except (OSError, ImportError, ValueError):  # its files are not where they should be
        return None
    source, types, integers, _ = request
    lines = (f"compiler {_chosen_compiler()}", f"types {' '.join(types)}", f"integers {integers}", "", source)
    return b"%s\n%s" % (toolchain, "\n".join(lines).encode())


def _chosen_compiler() -> str:
    return os.environ.get("SESSILE_COMPILER", "auto")


def compile_absent(absent: dict[Any, Request], done: Callable[[Any, bytes | Exception, float], None]) -> None:
    """Compile kernels: directly, or by numba where that is asked for or the source is beyond direct compilation.

    Args:
      done: called with a kernel's key, its object code or what went wrong, and seconds.
    """
    direct: list[tuple[Any, float]] = []
    for_numba: list[Any] = []

    def modules() -> Iterator[threads.Module]:
        from . import lower_source
        from .functions import Unsupported

        for key, request in absent.items():
            started = time.perf_counter()
            try:
                module = lower_source.module_of(request.source, request.types)
                if _chosen_compiler() == "numba" and not module.orders_sums:
                    raise Unsupported("numba was asked for")
            except Unsupported:  # numba knows all of Python
                for_numba.append(key)
                continue
            direct.append((key, time.perf_counter() - started))
            yield module

    def finished(number: int, code: bytes | Exception, seconds: float) -> None:
        key, before = direct[number]
        done(key, code, before + seconds)

    threads.compile_modules(modules(), len(absent), finished)
    for key in for_numba:
        started = time.perf_counter()
        code: bytes | Exception
        try:
            code = _compile_with_numba(absent[key].source, absent[key].types, absent[key].integers)
        except Exception as error:  # numba raises many kinds
            code = error
        done(key, code, time.perf_counter() - started)


def _compile_with_numba(source: str, types: Sequence[str], integers: int) -> bytes:
    from numba.core import types as numba_types

    from ..numba.compile import object_code_of
    from ..numba.short_floats import with_short_floats
    from ..numba.wrapping import wrapped

    pointers = [numba_types.CPointer(_numba_type(name)) for name in types]
    signature = numba_types.void(*pointers, *[numba_types.uintp] * integers)
    written = wrapped(with_short_floats(source, types))
    return object_code_of(_define(written, _compiled_namespace(source)), signature)


def _numba_type(name: str) -> Any:
    from numba.core import types as numba_types

    if name == "bool" or name in SHORT:
        return numba_types.uint8 if name == "bool" else numba_types.uint16
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
    from ..numba import intrinsics, short_floats, wrapping

    names = _type_names() | intrinsics.NAMESPACE | wrapping.NAMESPACE | short_floats.NAMESPACE
    for function, suffix in set(_MATH.findall(source)):
        if function in mathlib.FUNCTIONS:
            names[f"{function}_{suffix}"] = mathlib.lookup(function, _LONG[suffix])
    for routine in _user_functions(source):
        from ..numba.user_function import python_of

        names[routine.symbol.removeprefix("sessile_")] = python_of(routine.python, routine.types[0])
    return names


def _user_functions(source: str) -> Sequence[Any]:
    """What source calls of the user's functions."""
    if "user_" not in source:
        return ()
    from .user_functions import called_in  # not before it is needed

    return called_in(source)


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
    names.update((each.symbol.removeprefix("sessile_"), each.python) for each in _user_functions(source))
    return _define(source, names)
