"""Where CPython and NumPy keep what the native step reads, checked against this process before it is relied on."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import Any, Final

import numpy as np

TYPE: Final = 8  # offsets in bytes: PyObject.ob_type,
DATA, RANK, DIMS, BASE, DESCR, FLAGS = 16, 24, 32, 48, 56, 64  # and PyArrayObject's fields
CONTIGUOUS_ALIGNED: Final = 0x0001 | 0x0100
API_ARRAY_TYPE, API_RETURN, API_NEW = 2, 76, 93  # entries of NumPy's C API table


@cache
def api_address(index: int) -> int:
    """The address in an entry of NumPy's C API table."""
    core = getattr(np, "_core", None) or np.core
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    table = ctypes.cast(get(core._multiarray_umath._ARRAY_API, None), ctypes.POINTER(ctypes.c_void_p))
    return table[index] or 0


def function_address(name: str) -> int:
    """The address of a function of CPython's C API."""
    return ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value or 0


@cache
def available() -> bool:
    """Whether native steps may be used: not switched off (`SESSILE_NATIVE=0`), and the layouts are as expected."""
    if os.environ.get("SESSILE_NATIVE", "1") == "0":
        return False
    if sys.implementation.name != "cpython" or hasattr(sys, "gettotalrefcount") or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return False
    try:
        return _layouts_hold()
    except (AttributeError, OSError, TypeError, ValueError):
        return False


def _layouts_hold() -> bool:
    if api_address(API_ARRAY_TYPE) != id(np.ndarray):
        return False
    for array in (np.zeros((3, 5), np.float32), np.zeros(7, np.int64)[1:], np.zeros((4, 6), np.float64).T):
        if not _array_as_expected(array):
            return False
    make = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(api_address(API_RETURN))
    zero_rank = np.array(2.5)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(zero_rank))  # PyArray_Return takes a reference
    scalar: Any = make(zero_rank)
    return type(scalar) is np.float64 and scalar == 2.5


def _array_as_expected(array: np.ndarray[Any, Any]) -> bool:
    start = id(array)

    def word(offset: int) -> int:
        return ctypes.c_size_t.from_address(start + offset).value

    dims = (ctypes.c_ssize_t * array.ndim).from_address(word(DIMS))
    flags = ctypes.c_int.from_address(start + FLAGS).value
    expected = CONTIGUOUS_ALIGNED if array.flags.c_contiguous else CONTIGUOUS_ALIGNED & ~1
    return (
        word(TYPE) == id(np.ndarray)
        and word(DATA) == array.ctypes.data
        and ctypes.c_int.from_address(start + RANK).value == array.ndim
        and tuple(dims) == array.shape
        and word(DESCR) == id(array.dtype)
        and word(BASE) == (0 if array.base is None else id(array.base))
        and flags & CONTIGUOUS_ALIGNED == expected
    )
