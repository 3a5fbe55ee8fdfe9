"""Functions that fill arrays with random numbers, in machine code; what each does say `philox_code.py` and
`rejection_code.py`, which write their modules."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any, Final

from ..machine import cache as disk
from ..machine import object_code
from ..machine.cpus import usable_cpus
from ..machine.lock import one_at_a_time
from ..machine.module import optimised_code
from . import philox_code, pool, rejection_code

_BODY: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p, *[ctypes.c_uint64] * 2)  # gives up the lock of Python, as does
_POOL: Final = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 2, *[ctypes.c_uint64] * 2)
_SHARED: Final = 4096  # blocks from which on threads share them: some 20 us of work
_SHARED_LANES: Final = 512  # the same of numbers that are drawn by rejection
_FLOATS: Final = ("logf", "sinf", "cosf")
_DOUBLES: Final = ("log", "sin", "cos", "log1p", "pow", "exp", "lgamma")


class _Job(ctypes.Structure):
    """What threads that fill one array are told: the stream's key, its first block in two halves, and the array; of
    numbers that hang on others, those, and the largest one that is wanted."""

    _fields_ = (
        ("key", ctypes.c_uint64), ("low", ctypes.c_uint64), ("high", ctypes.c_uint64), ("out", ctypes.c_void_p),
        ("given", ctypes.c_void_p), ("most", ctypes.c_double),
    )  # fmt: skip


@one_at_a_time
def _loaded(text: str) -> object_code.Loaded:
    """The code of a module, from disk if it lies there."""
    stored = disk.current()
    if stored is None:
        return object_code.load(optimised_code(text, ()))
    key = b"%s\n%s" % (object_code.toolchain(), text.encode())
    code = stored.load(key)
    if code is None:
        code = optimised_code(text, ())
        stored.store(key, code)
    return object_code.load(code)


def _code_of(kind: str) -> object_code.Loaded | None:
    """The code of a function; None on a system without a library that has what it calls."""
    import llvmlite.binding as llvm

    is_lane = kind in rejection_code.KINDS
    try:
        library = ctypes.CDLL(None)
        for name in _DOUBLES if is_lane else _FLOATS if kind in ("normal", "truncated") else ():
            llvm.add_symbol(name, ctypes.cast(getattr(library, name), ctypes.c_void_p).value)
        return _loaded(rejection_code.text(kind) if is_lane else philox_code.text(kind))
    except (AttributeError, OSError, RuntimeError, TypeError):
        return None


@cache
def function(kind: str) -> Any:
    """A function of `(key, first, count, out, threads, given, most)`, or None where there is no machine code for it.

    `threads` may share the blocks (0: as many as this process may use): whoever computes a block, it is the same.
    """
    code = _code_of(kind)
    if code is None:
        return None
    call = _BODY(code.address)
    shared = _SHARED_LANES if kind in rejection_code.KINDS else _SHARED

    def fill(
        key: int,
        first: int,
        count: int,
        out: Any,
        threads: int = 0,
        given: Any = None,
        most: float = 0,
    ) -> None:
        place = None if given is None else _address(given)
        job = _Job(key, first % 2**64, first >> 64, _address(out), place, most)
        if threads == 1 or count < shared:
            call(ctypes.byref(job), 0, count)
        else:
            _parallel_for()(code.address, ctypes.byref(job), count, threads or usable_cpus())

    fill.code = code  # type: ignore[attr-defined]
    return fill


def _address(array: Any) -> Any:
    return array.__array_interface__["data"][0]  # half the time of `array.ctypes.data`


@cache
def _parallel_for() -> Any:
    return _POOL(pool.parallel_for_address())
