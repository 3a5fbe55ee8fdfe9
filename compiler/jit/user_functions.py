"""Functions of the user, as LLVM text that loops take in line: from memory, from disk, or compiled by numba.

A function is known by a digest of all that it says: its code, the numbers and functions it uses. The digest is part of
the name that generated source calls it by, so a kernel on disk is of just that function.
"""

from __future__ import annotations

import ctypes
import re
import sys
import time
import types
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from ...ops.families.elementwise.user_functions import PREFIX
from ..machine import cache, compile_log, object_code
from ..machine.cache import digest
from ..machine.lock import LOCK
from ..tree.nodes import KernelTree, UserCall, walk


class Routine(NamedTuple):
    """A function for some types of arguments.

    Attributes:
      text: the LLVM module that defines `symbol`, always in line.
      types, result: short names of its types.
      python: the function.
    """

    symbol: str
    text: str
    types: tuple[str, ...]
    result: str
    python: Callable[..., Any]


_routines: Final[dict[str, Routine]] = {}
_rows: Final[dict[tuple[Any, ...], Any]] = {}
_ADDRESS: Final = re.compile(r"0x[0-9a-f]{6,}")


def lookup(name: str) -> Routine | None:
    """The function that generated source calls `name`."""
    return _routines.get(name)


def called_in(tree: KernelTree) -> list[Routine]:
    """The functions that a kernel calls."""
    names = dict.fromkeys(node.function for node in walk(tree.body) if isinstance(node, UserCall))
    return [_routines[name] for name in names if name in _routines]


def sources_of(tree: KernelTree) -> str:
    """What the user has written of the functions that a kernel calls."""
    import inspect  # not before it is needed: milliseconds of a first call
    import textwrap

    texts = []
    for routine in called_in(tree):
        try:
            text = inspect.getsource(routine.python)
        except (OSError, TypeError):  # made by `exec`
            continue
        texts.append(f"# {routine.symbol.removeprefix('sessile_')} is\n{textwrap.dedent(text)}")
    return "".join(texts)


def ready(function: Callable[..., Any], kinds: tuple[str, ...]) -> str:
    """Return the name for a function of numbers of these types. Raises: TypeError if numba cannot compile it."""
    name = f"{PREFIX}{_word(function)}_{fingerprint(function)}_{'_'.join(kinds)}"
    with LOCK:
        if name not in _routines:
            started = time.perf_counter()
            text, origin = _stored(b"user function %s" % name.encode()), "loaded"
            if text is None:
                from ..numba.user_function import llvm_text

                result, body = llvm_text(function, kinds, f"sessile_{name}")
                text, origin = f"{result}\n{body}", "compiled"
                _store(b"user function %s" % name.encode(), text.encode())
            result, _, body = text.partition("\n")
            _routines[name] = Routine(f"sessile_{name}", body, kinds, result, function)
            _log(function, f"new types {', '.join(kinds)}", started, origin)
    return name


def ready_rows(function: Callable[..., Any], layout: tuple[tuple[str, ...], ...], kind: str) -> Callable[..., None]:
    """Return the machine code of `function` for each row; see `../program/user_functions.py`."""
    key = (fingerprint(function), layout, kind)
    with LOCK:
        if key not in _rows:
            started = time.perf_counter()
            words = f"user rows {key}".encode()
            code, origin = _loaded(words), "loaded"
            if code is None:
                from ..numba.user_function import rows_code

                made = rows_code(function, layout, kind)
                _store(words, made)
                code, origin = object_code.load(made), "compiled"
            names = dict.fromkeys(name for dimensions in layout for name in dimensions)
            arguments = [ctypes.c_void_p] * len(layout) + [ctypes.c_size_t] * (1 + len(names))
            call = ctypes.CFUNCTYPE(None, *arguments)(code.address)
            _rows[key] = code, call
            _log(function, f"new type {kind}", started, origin)
    return _rows[key][1]  # type: ignore[no-any-return]


def _log(function: Callable[..., Any], why: str, started: float, origin: str) -> None:
    job = compile_log.Job(_word(function), why)
    job.done("function", getattr(function, "__name__", "?"), time.perf_counter() - started, origin)


def _word(function: Callable[..., Any]) -> str:
    return re.sub(r"\W", "_", getattr(function, "__name__", "function")).strip("_") or "function"


# On disk.


def _key(words: bytes) -> bytes | None:
    try:
        return b"%s\npython %s\n%s" % (object_code.toolchain(), sys.version.encode(), words)
    except (OSError, ImportError, ValueError):  # the toolchain's files are not where they should be
        return None


def _stored(words: bytes) -> str | None:
    stored, key = cache.current(), _key(words)
    code = stored.load(key) if stored is not None and key is not None else None
    return None if code is None else code.decode()


def _store(words: bytes, code: bytes) -> None:
    stored, key = cache.current(), _key(words)
    if stored is not None and key is not None:
        stored.store(key, code)


def _loaded(words: bytes) -> object_code.Loaded | None:
    stored, key = cache.current(), _key(words)
    code = stored.load(key) if stored is not None and key is not None else None
    if code is None:
        return None
    try:
        return object_code.load(code)
    except RuntimeError:
        return None  # it refers to what this process does not have


# What a function says.


def fingerprint(function: Callable[..., Any]) -> str:
    """A digest of a function's code and of what it uses of its surroundings; the same in every process."""
    return digest("\n".join(_described(function, set())).encode())[:6].hex()


def _described(value: Any, seen: set[int]) -> list[str]:
    """Lines that differ if what a function does differs."""
    if isinstance(value, types.FunctionType):
        if id(value) in seen:
            return ["itself"]
        seen.add(id(value))
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        uses = [value.__globals__[name] for name in _names(value.__code__) if name in value.__globals__]
        lines = [f"function {value.__name__}", *_code(value.__code__), repr(value.__defaults__)]
        return lines + [line for item in [*cells, *uses] for line in _described(item, seen)]
    inner = getattr(value, "py_func", None)  # numba's own compiled functions
    if isinstance(inner, types.FunctionType):
        return _described(inner, seen)
    if isinstance(value, (types.ModuleType, types.BuiltinFunctionType, type)):
        return [f"{getattr(value, '__module__', '')}.{value.__name__}"]
    wrapped = getattr(value, "__wrapped__", None)
    return (
        _described(wrapped, seen)
        if wrapped is not None
        else [f"{type(value).__name__} {_ADDRESS.sub('', repr(value))}"]
    )


def _names(code: types.CodeType) -> list[str]:
    inner = [name for item in code.co_consts if isinstance(item, types.CodeType) for name in _names(item)]
    return [*code.co_names, *inner]


def _code(code: types.CodeType) -> list[str]:
    lines = [code.co_code.hex(), repr(code.co_names), repr(code.co_varnames)]
    for item in code.co_consts:
        lines += _code(item) if isinstance(item, types.CodeType) else [repr(item)]
    return lines
