"""Machine code of kernels: from memory, from the disk cache, or compiled, each once.

A kernel is known by its source, its values numbered as they appear. What numba optimised is emitted as object code,
loaded with llvmlite and stored, so the process that compiled a kernel and those that find it on disk run the same code;
the latter never import numba.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...ops.types import dtypes
from ..machine import cache, compile_log, object_code
from ..machine.lock import LOCK
from ..tree import nodes
from ..tree.nodes import KernelTree
from ..tree.python_source import NumbaPrinter, numbered_source, source
from .short_types import SHORT, nearest

if TYPE_CHECKING:
    from ..machine.threads import Module

_ELEMENT_TYPES = {dtype.short: dtype for dtype in dtypes.ALL if dtype.kind in "fiub"}
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


_kernels: dict[tuple[str, tuple[str, ...]], CompiledKernel] = {}
compiled_count = 0  # kernels compiled in this process; tests count with it
loaded_count = 0  # kernels taken from the disk cache in this process


class Request(NamedTuple):
    """A kernel that is wanted.

    Attributes:
      tree: the kernel.
      source: it as Python, its values numbered as they appear.
      name: what it computes, for the log.
    """

    tree: KernelTree
    source: str
    name: str = "a loop"

    @staticmethod
    def of(tree: KernelTree, name: str = "a loop") -> Request:
        """The request for a kernel."""
        return Request(tree, numbered_source(tree), name)

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What tells it from other kernels."""
        return self.source, self.tree.types


def compile_kernel(tree: KernelTree) -> CompiledKernel:
    """Return the machine code of a kernel; the same text is compiled once, and found on disk by later processes.

    Raises: whatever numba raises if it cannot compile the source.
    """
    (found,) = compile_kernels([Request.of(tree)])
    if isinstance(found, Exception):
        raise found
    return found


def compile_kernels(requests: Sequence[Request]) -> list[CompiledKernel | Exception]:
    """The machine code of kernels, or per kernel what went wrong; those that are not known compile on all cores."""
    keys = [request.key for request in requests]
    if not _kernels.keys() >= set(keys):
        with LOCK:
            missing = {key: request for key, request in zip(keys, requests) if key not in _kernels}
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
    pointers, integers = len(request.tree.arrays), len(request.tree.integers)
    _kernels[key] = CompiledKernel(loaded, loaded.address, request.source, pointers, integers)


def _from_disk(stored: cache.KernelCache, key: bytes) -> object_code.Loaded | None:
    code = stored.load(key)
    if code is None:
        return None
    try:
        return object_code.load(code)
    except RuntimeError:
        return None  # it refers to what this process does not have


def _cache_key(request: Request) -> bytes | None:
    """All that shapes the code, as text; None if that cannot be found out."""
    try:
        toolchain = object_code.toolchain()
    except (OSError, ImportError, ValueError):  # its files are not where they should be
        return None
    types, integers = " ".join(request.tree.types), len(request.tree.integers)
    lines = (f"compiler {_chosen_compiler()}", f"types {types}", f"integers {integers}", "", request.source)
    return b"%s\n%s" % (toolchain, "\n".join(lines).encode())


def _chosen_compiler() -> str:
    return os.environ.get("SESSILE_COMPILER", "auto")


def compile_absent(absent: dict[Any, Request], done: Callable[[Any, bytes | Exception, float], None]) -> None:
    """Compile kernels: directly, or by numba where that is asked for or the kernel is beyond direct compilation.

    Args:
      done: called with a kernel's key, its object code or what went wrong, and seconds.
    """
    from ..machine.threads import compile_modules  # where all kernels are on disk, nothing is compiled

    direct: list[tuple[Any, float]] = []
    for_numba: list[Any] = []

    def modules() -> Iterator[Module]:
        from . import lower_tree
        from .functions import Unsupported

        for key, request in absent.items():
            started = time.perf_counter()
            try:
                module = lower_tree.module_of(request.tree)
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

    compile_modules(modules(), len(absent), finished)
    for key in for_numba:
        started = time.perf_counter()
        code: bytes | Exception
        try:
            code = _compile_with_numba(absent[key].tree)
        except Exception as error:  # numba raises many kinds
            code = error
        done(key, code, time.perf_counter() - started)


def _compile_with_numba(tree: KernelTree) -> bytes:
    from numba.core import types as numba_types

    from ..numba.compile import object_code_of

    pointers = [numba_types.CPointer(_numba_type(name)) for name in tree.types]
    signature = numba_types.void(*pointers, *[numba_types.uintp] * len(tree.integers))
    return object_code_of(numba_function(tree), signature)


def numba_function(tree: KernelTree) -> Any:
    """The kernel as a Python function that numba compiles."""
    from ..numba import intrinsics, wrapping
    from . import numba_floats

    names = _type_names() | intrinsics.NAMESPACE | wrapping.NAMESPACE | numba_floats.NAMESPACE | _routines(tree)
    for routine in _user_functions(tree):
        from ..numba.user_function import python_of

        names[routine.symbol.removeprefix("sessile_")] = python_of(routine.python, routine.types[0])
    return _define(NumbaPrinter(True).kernel(tree), names)


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


def _routines(tree: KernelTree) -> dict[str, Any]:
    """The functions of `mathlib` that a kernel calls, by the names they have in its source."""
    from .. import mathlib

    called = {(node.function, node.kind) for node in nodes.walk(tree.body) if isinstance(node, nodes.Routine)}
    return {f"{function}_{kind}": mathlib.lookup(function, _LONG[kind]) for function, kind in called}


def _user_functions(tree: KernelTree) -> Sequence[Any]:
    """The functions of the user that a kernel calls."""
    if not any(type(node) is nodes.UserCall for node in nodes.walk(tree.body)):
        return ()
    from .user_functions import called_in  # not before it is needed

    return called_in(tree)


def _nearest(kind: str, number: Any) -> Any:
    return np.float32(nearest(number, kind))


def plain_function(tree: KernelTree) -> Any:
    """The kernel as a plain Python function over flat arrays: slow, and easy to look into."""
    from ..numba import intrinsics

    names = _type_names() | intrinsics.plain_namespace() | {kind: partial(_nearest, kind) for kind in SHORT}
    names.update(_routines(tree))
    names.update((each.symbol.removeprefix("sessile_"), each.python) for each in _user_functions(tree))
    return _define(source(tree), {**names, "U": int})
