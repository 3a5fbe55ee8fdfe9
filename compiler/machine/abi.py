"""Where CPython and NumPy keep what the native step reads, checked against this process before it is relied on."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import Any, Final

import numpy as np

REFERENCES, TYPE = 0, 8  # offsets in bytes: PyObject.ob_refcnt, PyObject.ob_type,
DATA, RANK, DIMS, STRIDES, BASE, DESCR, FLAGS = 16, 24, 32, 40, 48, 56, 64  # and PyArrayObject's fields
NUMBER: Final = 16  # of Python floats, and of NumPy's scalars of floats
SIZE, ITEMS = 16, 24  # of lists and tuples: how many items; a list's address of the first one, a tuple's first one
ALIGNED: Final = 0x0100
WRITEABLE: Final = 0x0400
CONTIGUOUS_ALIGNED: Final = 0x0001 | ALIGNED
SWITCHED_OFF: Final = "SESSILE_NATIVE=0"
API_ARRAY_TYPE, API_RETURN, API_NEW = 2, 76, 93  # entries of NumPy's C API table
FUNCTIONS: Final = frozenset({
    "PyCFunction_NewEx", "PyDict_GetItem", "PyDict_New", "PyDict_SetItem", "PyErr_CheckSignals", "PyErr_Clear",
    "PyErr_ExceptionMatches", "PyErr_NoMemory",
    "PyErr_Occurred", "PyErr_SetNone", "PyEval_RestoreThread", "PyEval_SaveThread", "PyList_New", "PyList_SetItem",
    "PyLong_FromSsize_t", "PyMem_RawFree", "PyMem_RawMalloc", "PyObject_CallFunction",
    "PyObject_Vectorcall", "PyObject_VectorcallDict", "PyList_Append", "PyTuple_GetItem", "PyTuple_New",
    "PyTuple_SetItem", "PyUnicode_CompareWithASCIIString", "Py_DecRef", "Py_IncRef",
})  # fmt: skip
"""All that native code calls of CPython's C API."""


@cache
def api_address(index: int) -> int:
    """The address in an entry of NumPy's C API table."""
    core = getattr(np, "_core", None) or np.core
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    table = ctypes.cast(get(core._multiarray_umath._ARRAY_API, None), ctypes.POINTER(ctypes.c_void_p))
    return table[index] or 0


def function_address(name: str) -> int:
    """The address of a function of CPython's C API, one of `FUNCTIONS`."""
    assert name in FUNCTIONS, name
    return ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value or 0


@cache
def available() -> bool:
    """Whether native steps may be used: not switched off, and this process is as they expect it."""
    return refusal() is None


def refusal() -> str | None:
    """Why no native steps are used, or None."""
    if os.environ.get("SESSILE_NATIVE", "1") == "0":
        return SWITCHED_OFF
    if sys.implementation.name != "cpython" or ctypes.sizeof(ctypes.c_void_p) != 8:
        return "this is no CPython of 64 bits"
    if hasattr(sys, "gettotalrefcount") or not getattr(sys, "_is_gil_enabled", lambda: True)():
        return "this CPython has objects of another layout"
    try:
        missing = sorted(name for name in FUNCTIONS if not _has_function(name))
        if missing:
            return f"this CPython has no {', '.join(missing)}"
        return next((f"NumPy: unexpected {what}" for what, holds in _CHECKS.items() if not holds()), None)
    except (AttributeError, OSError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _has_function(name: str) -> bool:
    return hasattr(ctypes.pythonapi, name) and function_address(name) != 0


def _arrays_as_expected() -> bool:
    arrays = (np.zeros((3, 5), np.float32), np.zeros(7, np.int64)[1:], np.zeros((4, 6), np.float64).T, np.zeros((0, 2)))
    return api_address(API_ARRAY_TYPE) == id(np.ndarray) and all(_array_as_expected(array) for array in arrays)


def _numbers_as_expected() -> bool:
    """Where floats have their number."""
    single, doubles = np.float32(-1.25), (3.75, np.float64(-0.5))
    return ctypes.c_float.from_address(id(single) + NUMBER).value == single and all(
        ctypes.c_double.from_address(id(double) + NUMBER).value == double for double in doubles
    )


def _sequences_as_expected() -> bool:
    """Where tuples and lists have their items."""
    fixed, listed = (1.5, "a", None), [1.5, "a", None]
    first = ctypes.c_size_t.from_address(id(listed) + ITEMS).value
    return all(
        ctypes.c_ssize_t.from_address(id(items) + SIZE).value == len(items)
        and list((ctypes.c_size_t * len(items)).from_address(at)) == list(map(id, items))
        for items, at in ((fixed, id(fixed) + ITEMS), (listed, first))
    )


def _scalars_are_made() -> bool:
    """`PyArray_Return`."""
    make = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(api_address(API_RETURN))
    zero_rank = np.array(2.5)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(zero_rank))  # it takes a reference
    scalar: Any = make(zero_rank)
    return type(scalar) is np.float64 and bool(scalar == 2.5)


def _arrays_are_made() -> bool:
    """`PyArray_New`: of a shape, and with its error for one that is too large."""
    kinds: list[Any] = [ctypes.py_object, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, *[ctypes.c_void_p] * 2]
    make = ctypes.PYFUNCTYPE(ctypes.py_object, *kinds, ctypes.c_int, ctypes.c_int, ctypes.c_void_p)(
        api_address(API_NEW)
    )
    made: Any = make(np.ndarray, 2, (ctypes.c_int64 * 2)(3, 4), np.dtype(np.int32).num, None, None, 0, 0, None)
    as_asked = type(made) is np.ndarray and made.shape == (3, 4) and made.dtype is np.dtype(np.int32)
    if not as_asked or not made.flags.c_contiguous or not made.flags.owndata:
        return False
    try:
        make(np.ndarray, 2, (ctypes.c_int64 * 2)(1 << 40, 1 << 40), np.dtype(np.int8).num, None, None, 0, 0, None)
    except (ValueError, MemoryError):
        return True
    return False


def _references_are_counted() -> bool:
    array = np.zeros(3)
    count = ctypes.c_int32.from_address(id(array) + REFERENCES)
    held = [array] * 5
    return count.value == len(held) + 1


_CHECKS: Final = {
    "fields of arrays": _arrays_as_expected,
    "fields of floats": _numbers_as_expected,
    "items of sequences": _sequences_as_expected,
    "PyArray_Return": _scalars_are_made,
    "PyArray_New": _arrays_are_made,
    "count of references": _references_are_counted,
}


def _array_as_expected(array: np.ndarray[Any, Any]) -> bool:
    start = id(array)

    def word(offset: int) -> int:
        return ctypes.c_size_t.from_address(start + offset).value

    dims = (ctypes.c_ssize_t * array.ndim).from_address(word(DIMS))
    strides = (ctypes.c_ssize_t * array.ndim).from_address(word(STRIDES))
    flags = ctypes.c_int.from_address(start + FLAGS).value
    expected = CONTIGUOUS_ALIGNED if array.flags.c_contiguous else CONTIGUOUS_ALIGNED & ~1
    return (
        word(TYPE) == id(np.ndarray)
        and word(DATA) == array.ctypes.data
        and ctypes.c_int.from_address(start + RANK).value == array.ndim
        and tuple(dims) == array.shape
        and tuple(strides) == array.strides
        and word(DESCR) == id(array.dtype)
        and word(BASE) == (0 if array.base is None else id(array.base))
        and flags & CONTIGUOUS_ALIGNED == expected
    )
