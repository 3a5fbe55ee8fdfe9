"""The matrix product of the BLAS that NumPy ships, as an address that compiled code calls.

NumPy's wheels carry OpenBLAS with 64-bit integers; it is loaded with NumPy, so finding it costs nothing, and products
are those of `numpy.matmul`. Where it is not found (NumPy built otherwise), products are called back in Python.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

ROW_MAJOR: Final = 101
PLAIN, TRANSPOSED = 111, 112
_NAMES = {"float32": "scipy_cblas_sgemm64_", "float64": "scipy_cblas_dgemm64_"}


@cache
def gemm_address(dtype_name: str) -> int | None:
    """The address of `cblas_?gemm` with 64-bit integers for "float32" or "float64", or None."""
    library = _library()
    name = _NAMES.get(dtype_name)
    if library is None or name is None:
        return None
    found = getattr(library, name, None)
    return None if found is None or not _multiplies(found, dtype_name) else ctypes.cast(found, ctypes.c_void_p).value


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


def limit_addresses(threads: int) -> tuple[int, int] | None:
    """The addresses of `set_num_threads(int)` and `get_num_threads()`, if BLAS would use more than `threads`."""
    functions = _thread_functions()
    if functions is None or functions[1]() <= threads:
        return None
    change, tell = (ctypes.cast(item, ctypes.c_void_p).value or 0 for item in functions)
    return change, tell


@contextmanager
def limited(threads: int) -> Iterator[None]:
    """Let BLAS use at most `threads` threads inside the block. The number is the process's, so it is given back."""
    functions = _thread_functions()
    before = functions[1]() if functions is not None else 0
    if functions is None or before <= threads:
        yield
        return
    functions[0](threads)
    try:
        yield
    finally:
        functions[0](before)
