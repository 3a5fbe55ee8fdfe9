"""The matrix product of the BLAS that NumPy ships, as an address that compiled code calls.

NumPy's wheels carry OpenBLAS with 64-bit integers; it is loaded with NumPy, so finding it costs nothing, and products
are those of `numpy.matmul`. Where it is not found (NumPy built otherwise), products are called back in Python.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from ...ops.base import forks
from ..machine.lock import one_at_a_time

ROW_MAJOR: Final = 101
PLAIN, TRANSPOSED = 111, 112
_LETTERS = {"float32": "s", "float64": "d"}


@cache
def gemm_address(dtype_name: str) -> int | None:
    """The address of `cblas_?gemm` with 64-bit integers for "float32" or "float64", or None."""
    found = _function("gemm", dtype_name)
    return None if found is None or not _multiplies(found, dtype_name) else ctypes.cast(found, ctypes.c_void_p).value


@cache
def gemv_address(dtype_name: str) -> int | None:
    """The address of `cblas_?gemv` with 64-bit integers for "float32" or "float64", or None."""
    found = _function("gemv", dtype_name)
    works = found is not None and _multiplies_vector(found, dtype_name)
    return ctypes.cast(found, ctypes.c_void_p).value if works else None


def _function(name: str, dtype_name: str) -> Any:
    library, letter = _library(), _LETTERS.get(dtype_name)
    return None if library is None or letter is None else getattr(library, f"scipy_cblas_{letter}{name}64_", None)


@cache
def _library() -> Any:
    folder = Path(np.__file__).parent.parent / "numpy.libs"
    for path in sorted(folder.glob("libscipy_openblas64_*")):
        try:
            return ctypes.CDLL(str(path))
        except OSError:
            continue
    return None


def _multiplies(gemm: Any, dtype_name: str) -> bool:
    """Try a product: the function is called by guessed conventions, so it must show that it keeps them."""
    dtype = np.dtype(dtype_name)
    scalar = ctypes.c_float if dtype_name == "float32" else ctypes.c_double
    a, b = np.arange(6, dtype=dtype).reshape(2, 3), np.arange(12, dtype=dtype).reshape(4, 3)
    result = np.full((2, 4), 7, dtype)
    size, pointer = ctypes.c_int64, ctypes.c_void_p
    gemm.restype = None
    gemm.argtypes = [ctypes.c_int] * 3 + [size] * 3 + [scalar, pointer, size, pointer, size, scalar, pointer, size]
    gemm(ROW_MAJOR, PLAIN, TRANSPOSED, 2, 4, 3, 1.0, a.ctypes.data, 3, b.ctypes.data, 3, 0.0, result.ctypes.data, 4)
    return bool((result == a @ b.T).all())


def _multiplies_vector(gemv: Any, dtype_name: str) -> bool:
    dtype = np.dtype(dtype_name)
    scalar = ctypes.c_float if dtype_name == "float32" else ctypes.c_double
    a, x = np.arange(6, dtype=dtype).reshape(2, 3), np.arange(2, dtype=dtype)
    result = np.full(3, np.nan, dtype)
    size, pointer = ctypes.c_int64, ctypes.c_void_p
    gemv.restype = None
    gemv.argtypes = [ctypes.c_int] * 2 + [size] * 2 + [scalar, pointer, size, pointer, size, scalar, pointer, size]
    gemv(ROW_MAJOR, TRANSPOSED, 2, 3, 1.0, a.ctypes.data, 3, x.ctypes.data, 1, 0.0, result.ctypes.data, 1)
    return bool((result == x @ a).all())


@cache
def _thread_functions() -> tuple[Any, Any] | None:
    """OpenBLAS's functions that set and tell its number of threads, or None."""
    library = _library()
    for prefix, suffix in (("scipy_openblas", "64_"), ("openblas", "")):
        change = getattr(library, f"{prefix}_set_num_threads{suffix}", None) if library is not None else None
        tell = getattr(library, f"{prefix}_get_num_threads{suffix}", None) if library is not None else None
        if change is not None and tell is not None:
            return change, tell
    return None


# Several threads may limit BLAS at once, and its number of threads is the process's: the last to leave gives it back.
_LIMITS: Final = """
@depth = internal global i64 0
@before = internal global i32 0
@products = internal global i64 0
@forking = internal global i32 0
define void @step(i32 %threads) {
  %depth = load i64, ptr @depth
  %now = call i32 {tell}()
  %saved = load i32, ptr @before
  %first = icmp eq i64 %depth, 0
  %kept = select i1 %first, i32 %now, i32 %saved
  store i32 %kept, ptr @before
  %deeper = add i64 %depth, 1
  store i64 %deeper, ptr @depth
  %above = icmp sgt i32 %now, %threads
  br i1 %above, label %lower, label %end
lower:
  call void {change}(i32 %threads)
  br label %end
end:
  ret void
}
define void @leave() {
  %depth = load i64, ptr @depth
  %less = call i64 @llvm.usub.sat.i64(i64 %depth, i64 1)
  store i64 %less, ptr @depth
  %last = icmp eq i64 %depth, 1
  br i1 %last, label %restore, label %end
restore:
  %before = load i32, ptr @before
  call void {change}(i32 %before)
  br label %end
end:
  ret void
}
define void @begin() {
  br label %try
try:
  %others = atomicrmw add ptr @products, i64 1 seq_cst
  %forking = load atomic i32, ptr @forking seq_cst, align 4
  %wait = icmp ne i32 %forking, 0
  br i1 %wait, label %later, label %go
later:
  %undone = atomicrmw sub ptr @products, i64 1 seq_cst
  call i32 {sleep}(i32 100)
  br label %try
go:
  ret void
}
define void @end() {
  %before = atomicrmw sub ptr @products, i64 1 seq_cst
  ret void
}
define void @hold(i32 %forking) {
  store atomic i32 %forking, ptr @forking seq_cst, align 4
  ret void
}
define i64 @running() {
  %products = load atomic i64, ptr @products seq_cst, align 8
  ret i64 %products
}
define void @leave_all() {
  store atomic i64 0, ptr @products seq_cst, align 8
  store atomic i32 0, ptr @forking seq_cst, align 4
  %depth = load i64, ptr @depth
  %once = call i64 @llvm.umin.i64(i64 %depth, i64 1)
  store i64 %once, ptr @depth
  call void @leave()
  ret void
}
declare i64 @llvm.usub.sat.i64(i64, i64)
declare i64 @llvm.umin.i64(i64, i64)
"""


class Around(NamedTuple):
    """Addresses of functions around a call of BLAS.

    enter, leave: `void enter(int threads)`, `void leave()`: limit its threads; the GIL is held in both.
    begin, end: `void ()`: between them, without the GIL, the call is made. Forks wait for those that have begun, and
      let no other begin: OpenBLAS stops its threads before a fork, and hangs if they are at work.
    """

    enter: int
    begin: int
    end: int
    leave: int


class _Limits:
    """Functions in machine code; the GIL is held in them, which makes each of them one step for all threads."""

    def __init__(self, change: Any, tell: Any) -> None:
        from ..machine.assembler import address
        from ..machine.code import Code

        text = _LIMITS
        for name, function in (("change", change), ("tell", tell), ("sleep", _sleeping())):
            text = text.replace(f"{{{name}}}", address(ctypes.cast(function, ctypes.c_void_p).value or 0))
        self._code = code = Code(text, ())
        find = code.engine.get_function_address
        self.addresses = Around(code.address, find("begin"), find("end"), find("leave"))
        self.enter = ctypes.PYFUNCTYPE(None, ctypes.c_int)(code.address)
        self.leave = ctypes.PYFUNCTYPE(None)(find("leave"))
        running = ctypes.PYFUNCTYPE(ctypes.c_int64)(find("running"))
        forks.hold(ctypes.PYFUNCTYPE(None, ctypes.c_int)(find("hold")), lambda: running() == 0)
        if hasattr(os, "register_at_fork"):
            leave_all = ctypes.PYFUNCTYPE(None)(code.engine.get_function_address("leave_all"))
            os.register_at_fork(after_in_child=leave_all)  # those who entered are not in the child


def _sleeping() -> Any:
    """`int sleep(unsigned)`; where there is no fork, nobody sleeps."""
    return ctypes.CDLL(None).usleep if hasattr(os, "fork") else ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint)(0)


_limits: list[_Limits] = []


def _made_limits(change: Any, tell: Any) -> _Limits:
    if not _limits:
        _alone.wait()
        _make_limits(change, tell)
    return _limits[0]


@one_at_a_time
def _make_limits(change: Any, tell: Any) -> None:
    if not _limits:
        _limits.append(_Limits(change, tell))


def _limits_for(threads: int) -> _Limits | None:
    """What limits BLAS to so many threads; None if it uses no more anyway, or does not tell."""
    functions = _thread_functions()
    if functions is None or (not _limits and functions[1]() <= threads):
        return None
    return _made_limits(*functions)


def limit_addresses(threads: int) -> Around | None:
    """What stands around a call of BLAS, or None if BLAS does not tell how many threads it uses."""
    functions = _thread_functions()
    return None if functions is None else _made_limits(*functions).addresses


class _Alone:
    """Limits BLAS to one thread where nothing of a compiler is loaded yet, as it is while a first step is interpreted.

    It is not made for machine code that limits too: that is made when nobody is inside, or nested in those who are.
    """

    def __init__(self, functions: Callable[[], tuple[Any, Any] | None]) -> None:
        self._functions = functions
        self._lock = forks.lock()
        self._inside: list[int] = []
        self._before = 0
        self._free = threading.Event()
        self._free.set()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._leave_all)

    def enter(self, change: Any, tell: Any) -> None:
        with self._lock:
            if not self._inside:
                self._before = tell()
                change(1)
            self._inside.append(threading.get_ident())
            self._free.clear()

    def leave(self, change: Any) -> None:
        with self._lock:
            self._inside.remove(threading.get_ident())
            if not self._inside:
                change(self._before)
                self._free.set()

    def wait(self) -> None:
        """Wait until nobody else is inside; a second at most, if they wait for us."""
        if threading.get_ident() not in self._inside:
            self._free.wait(1.0)

    def _leave_all(self) -> None:
        functions = self._functions() if self._inside else None
        if functions is not None:
            functions[0](self._before)
        self._inside.clear()
        self._free.set()


_alone = _Alone(_thread_functions)


@contextmanager
def alone() -> Iterator[None]:
    """Let BLAS use one thread inside the block, which loads no compiler."""
    functions = _thread_functions()
    if functions is None or _limits:
        with limited(1):
            yield
        return
    _alone.enter(*functions)
    try:
        yield
    finally:
        _alone.leave(functions[0])


@cache
def _scipy_functions() -> tuple[Any, Any] | None:
    """What `_thread_functions` gives, of the BLAS that SciPy ships, whose `linalg` is loaded."""
    folder = Path(sys.modules["scipy"].__file__ or "").parent.parent / "scipy.libs"
    for path in sorted(folder.glob("libscipy_openblas-*")):
        try:
            library = ctypes.CDLL(str(path))
            return library.scipy_openblas_set_num_threads, library.scipy_openblas_get_num_threads
        except (OSError, AttributeError):
            continue
    return None


_scipy_alone = _Alone(_scipy_functions)


@contextmanager
def all_alone() -> Iterator[None]:
    """`alone` for SciPy's BLAS too, which is another one."""
    with alone():
        functions = _scipy_functions() if "scipy.linalg" in sys.modules else None
        if functions is None:
            yield
            return
        _scipy_alone.enter(*functions)
        try:
            yield
        finally:
            _scipy_alone.leave(functions[0])


@contextmanager
def limited(threads: int) -> Iterator[None]:
    """Let BLAS use at most `threads` threads inside the block."""
    limits = _limits_for(threads)
    if limits is None:
        yield
        return
    limits.enter(threads)
    try:
        yield
    finally:
        limits.leave()
