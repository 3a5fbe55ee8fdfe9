"""The builtin function that is handed to a user: a trampoline into the native step that was right last.

Its `self` is a small array: word 0 holds the address of the machine code to run, word 1 the Python function for
everything that the code does not like, word 2 the builtin function that takes what is given as `out` for its last
argument, or 0. A step that meets new shapes compiles them in Python and puts the new code's address into word 0; the
function the user holds stays the same. Of a callable of `x * 2`:

    call(3 floats)     word 0 -> the fallback -> word 1, in Python: compiles the step of [s0], word 0 = its address
    call(4 floats)     word 0 -> the step: checks pass, machine code only
    call(2 x 2)        word 0 -> the step: a check fails -> word 1, in Python: compiles [s0, s1], word 0 = that one's
    call(4 floats)     word 0 -> the step of [s0, s1]: a check fails -> word 1: finds the first one, puts it back

Until there is code, there is no trampoline either, and no LLVM to write it: the builtin function is CPython's own
`PyObject_Vectorcall`, which calls its `self`, and that is the Python function.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Collection, Sequence
from operator import attrgetter
from typing import Any, Final, NoReturn

import numpy as np

from ...ops.base import pickling
from ..machine import abi as layout
from ..machine.assembler import address
from ..machine.code import Code
from ..machine.lock import one_at_a_time

METH_FASTCALL, METH_KEYWORDS = 0x80, 0x02


class PyMethodDef(ctypes.Structure):
    """CPython's description of a builtin function."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    ]


class Cell(np.ndarray):
    """The `self` of an entry. Owns the code, its functions and the description of the builtin function."""

    slow: Callable[..., Any]
    method: PyMethodDef
    codes: list[Code]
    out: Any = None
    _began = False
    __call__: Any = property(attrgetter("slow"))  # found by type: calling the cell calls the function, no frame between

    def take_out(self, function: Any) -> None:
        """Have calls with `out=` go to a builtin function."""
        self.out = function
        self[2] = id(function)

    def install(self, code: Code) -> None:
        """Run this code from the next call on. Older code is kept: another thread may be in it."""
        if code not in self.codes:
            self.codes.append(code)
        self[0] = code.address
        self.begin()

    def begin(self) -> None:
        """Have calls go through the trampoline from now on."""
        if not self._began:
            fallback = _fallback()
            if not self[0]:
                self[0] = fallback.address
            self.method.function = fallback.engine.get_function_address("trampoline")
            self._began = True

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        pickling.refuse(pickling.CALLABLE)  # a builtin function is pickled as an attribute of its `self`


_codes: list[Code] = []


def refuse_keywords(keywords: Collection[str]) -> None:
    """Raises: TypeError if a callable that takes no options is given keyword arguments."""
    if "out" in keywords:
        raise TypeError(
            "This callable takes no `out`: only one does whose feed list has single tensors, each once, that fetches "
            "nothing it is fed and takes no options nor other keywords, of a session without operation_timeout_in_ms."
        )
    if keywords:
        raise TypeError(
            f"This callable takes no keyword arguments (got {', '.join(keywords)}): feeds are passed in the order "
            "of feed_list; `options` and `run_metadata` need make_callable(..., accept_options=True)."
        )


def _text() -> str:
    """The trampoline, and the code that only calls the Python function."""
    vectorcall = address(layout.function_address("PyObject_VectorcallDict"))
    refuse = address(id(refuse_keywords))  # lives as long as its module
    compare = address(layout.function_address("PyUnicode_CompareWithASCIIString"))
    data = f"getelementptr i8, ptr %self, i64 {layout.DATA}"
    return f"""
@out = private constant [4 x i8] c"out\\00"
define ptr @trampoline(ptr %self, ptr %args, i64 %nargs, ptr %names) {{
  %plain = icmp eq ptr %names, null
  br i1 %plain, label %fast, label %named
fast:
  %at = {data}
  %words = load ptr, ptr %at
  %code = load ptr, ptr %words
  %result = tail call ptr %code(ptr %self, ptr %args, i64 %nargs)
  ret ptr %result
named:
  %space = {data}
  %three = load ptr, ptr %space
  %third = getelementptr i64, ptr %three, i64 2
  %taker = load ptr, ptr %third
  %takes = icmp ne ptr %taker, null
  %sizes = getelementptr i8, ptr %names, i64 {layout.SIZE}
  %count = load i64, ptr %sizes
  %alone = icmp eq i64 %count, 1
  %maybe = and i1 %takes, %alone
  br i1 %maybe, label %look, label %other
look:
  %first = getelementptr i8, ptr %names, i64 {layout.ITEMS}
  %name = load ptr, ptr %first
  %differs = call i32 {compare}(ptr %name, ptr @out)
  %is_out = icmp eq i32 %differs, 0
  br i1 %is_out, label %given, label %other
given:
  %all = add i64 %nargs, 1
  %placed = tail call ptr {vectorcall}(ptr %taker, ptr %args, i64 %all, ptr null)
  ret ptr %placed
other:
  %arguments = alloca ptr
  store ptr %names, ptr %arguments
  %refused = call ptr {vectorcall}(ptr {refuse}, ptr %arguments, i64 1, ptr null)
  ret ptr %refused
}}
define ptr @step(ptr %self, ptr %args, i64 %nargs) {{
  %at = {data}
  %words = load ptr, ptr %at
  %second = getelementptr i64, ptr %words, i64 1
  %slow = load ptr, ptr %second
  %result = call ptr {vectorcall}(ptr %slow, ptr %args, i64 %nargs, ptr null)
  ret ptr %result
}}
"""


def _fallback() -> Code:
    return _codes[0] if _codes else _make_fallback()


@one_at_a_time
def _make_fallback() -> Code:
    if not _codes:
        _codes.append(Code(_text(), ()))
    return _codes[0]


def make_entry(slow: Callable[..., Any], name: str, doc: str | None = None) -> tuple[Any, Cell]:
    """Return a builtin function that calls `slow` until code is installed, and its cell.

    `doc` is its docstring, behind its signature as builtin functions have it.

    Only where `layout.available()`. The function keeps the cell alive; the cell does not keep the function.
    """
    cell = np.zeros(3, np.uintp).view(Cell)
    cell.slow = slow
    cell.codes = []
    vectorcall = layout.function_address("PyObject_Vectorcall")
    cell.method = PyMethodDef(name.encode(), vectorcall, METH_FASTCALL | METH_KEYWORDS, doc and doc.encode())
    cell[1] = id(slow)
    new = ctypes.pythonapi.PyCFunction_NewEx
    new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p]
    return new(ctypes.addressof(cell.method), cell, None), cell


def run_once(code: Code, arguments: Sequence[Any]) -> Any:
    """Run a native step; DECLINED if it does not accept the arguments."""
    return entry_of(code)(*arguments)


def entry_of(code: Code) -> Any:
    """A native step as a function; it returns DECLINED where it does not accept the arguments, nothing having happened.

    What a step returns may be None: that of an operation is.
    """
    function, cell = make_entry(_declined, "step")
    cell.install(code)
    return function


DECLINED: Final = object()


def _declined(*arguments: Any) -> Any:
    return DECLINED


def declined(*arguments: Any) -> None:
    """What the native code of a region calls for arguments it does not accept: something else is tried then."""
