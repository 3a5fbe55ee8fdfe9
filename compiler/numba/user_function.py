"""A function of the user through numba: LLVM text for loops to take in line, or machine code that goes through rows.

numba types it, with error messages that name the line; `user_source.py` has made functions such as `math.exp` the
vectorised ones of `mathlib`, and numbers in the text the arguments' type.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.errors import NumbaError
from numba.extending import intrinsic
from numba.np import arrayobj

from ..machine import object_code
from ..machine.threads import Module, compile_module
from .compile import foreign_names, optimised, without_exceptions
from .straight import Branching
from .user_source import rewritten

_KINDS = {
    "f32": types.float32, "f64": types.float64, "i8": types.int8, "i16": types.int16, "i32": types.int32,
    "i64": types.int64, "u8": types.uint8, "u16": types.uint16, "u32": types.uint32, "u64": types.uint64,
    "bool": types.boolean,
}  # fmt: skip
_NAMES = {kind: name for name, kind in _KINDS.items()}
_DEFINITION = re.compile(r'^define [^@\n]*?(\w+) @"?([^"(\s]+)"?\(([^)]*)\)[^{\n]*\{', re.MULTILINE)
_LINE = re.compile(r'File "([^"]+)", line (\d+)')
_HEADER = re.compile(r"^(; ModuleID|source_filename|target ).*\n", re.MULTILINE)


def llvm_text(function: Callable[..., Any], kinds: tuple[str, ...], symbol: str) -> tuple[str, str]:
    """Return the short name of a function's result, and the LLVM module that defines it as `symbol`.

    Raises: TypeError, naming the line, for what numba cannot compile.
    """
    arguments = tuple(_KINDS[kind] for kind in kinds)
    try:
        source = rewritten(function, kinds[0], is_straight=True)
        result = _result_of(source, arguments)
    except (Branching, NumbaError):  # with its branches, then
        source = rewritten(function, kinds[0])
        result = _compiled(function, lambda: _result_of(source, arguments))
    if result not in _NAMES:
        result = _as_number(function, result)
    text = _module_text(function, source, result(*arguments), symbol)
    return _NAMES[result], _in_line(text, symbol)


def _module_text(function: Callable[..., Any], source: Any, signature: Any, symbol: str, **options: Any) -> str:
    """The LLVM module that defines `symbol`, without what numba adds for exceptions."""
    with global_compiler_lock:
        module, name = _compiled(function, lambda: optimised(source, signature, **options))
        module.get_function(name).name = symbol
        text = without_exceptions(module)
    outside = foreign_names(text)
    if outside:
        raise TypeError(f"{_place(function)}: it may raise an exception or make an array ({', '.join(outside[:3])}).")
    return text


def _result_of(source: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    dispatcher: Any = numba.njit(error_model="numpy")(source)
    dispatcher.compile(arguments)
    return dispatcher.overloads[arguments].signature.return_type


def _as_number(function: Callable[..., Any], result: Any) -> Any:
    plain = getattr(result, "literal_type", result)  # a number that is always the same
    if plain in _NAMES:
        return plain
    raise TypeError(f"{_place(function)}: it returns {result}, which is no number.")


def _compiled(function: Callable[..., Any], run: Callable[[], Any]) -> Any:
    """What `run` returns; what numba raises as one of our errors."""
    try:
        return run()
    except Exception as error:  # numba raises many kinds
        text = str(error).strip()
        own = os.path.basename(function.__code__.co_filename)
        lines = [line for path, line in _LINE.findall(text) if os.path.basename(path) == own]
        line = lines[-1] if lines else getattr(getattr(error, "loc", None), "line", None)
        words = [part for part in text.splitlines() if part.strip() and not part.startswith("Failed in")]
        raise TypeError(f"{_place(function, line)}: {words[0] if words else type(error).__name__}") from error


def _place(function: Callable[..., Any], line: Any = None) -> str:
    code = function.__code__
    return (
        f"numba cannot compile {function.__name__!r}, {code.co_filename}:{line or code.co_firstlineno}"
        " (py_func=True calls it back instead)"
    )


def _in_line(text: str, symbol: str) -> str:
    """The module with its function always in line."""

    def head(found: re.Match[str]) -> str:
        if found[2] != symbol:
            return found[0]
        return f"define linkonce_odr {found[1]} @{symbol}({_plain(found[3])}) alwaysinline nounwind {{"

    own = text.replace("sessile_reduce_", "sessile_user_reduce_").replace("sessile_two_", "sessile_user_two_")
    return _DEFINITION.sub(head, _HEADER.sub("", own))  # numba may have chosen another convention than `mathlib`


def _plain(parameters: str) -> str:
    """Parameters without attributes: their type and name."""
    words = [parameter.split() for parameter in parameters.split(",") if parameter.strip()]
    return ", ".join(f"{word[0]} {word[-1]}" for word in words)


# Rows.


def rows_code(function: Callable[..., Any], layout: tuple[tuple[str, ...], ...], kind: str) -> bytes:
    """Return object code that calls `function` for each row: of addresses, the number of rows, extents by name.

    Args:
      layout: per argument, the result last, the names of the dimensions of a row: none or one.
    Raises: TypeError, naming the line, for what numba cannot compile.
    """
    options: dict[str, Any] = {"error_model": "numpy", "_nrt": False, "inline": "always"}
    inner = numba.njit(**options)(rewritten(function, kind))
    names = list(dict.fromkeys(name for dimensions in layout for name in dimensions))
    head = ", ".join([*(f"x{place}" for place in range(len(layout))), "rows", *names])
    passed = [
        f"row(x{place}, i, {dimensions[0]})" if dimensions else f"x{place}[i]"
        for place, dimensions in enumerate(layout)
    ]
    if not layout[-1]:
        passed[-1] = f"row(x{len(layout) - 1}, i, one)"
    text = f"def kernel({head}):\n    for i in range(rows):\n        function({', '.join(passed)})\n"
    namespace: dict[str, Any] = {"row": row, "one": np.uintp(1), "function": inner}
    exec(compile(text, "<sessile rows>", "exec"), namespace)
    pointers = [types.CPointer(_KINDS[kind])] * len(layout)
    signature = types.void(*pointers, *[types.uintp] * (1 + len(names)))
    text = _module_text(function, namespace["kernel"], signature, object_code.SYMBOL, _nrt=False)
    return compile_module(Module(_HEADER.sub("", text), is_final=True))


@intrinsic
def row(typing_context: Any, pointer: Any, index: Any, extent: Any) -> Any:
    """The array of `extent` elements that are row `index` of those at a pointer. It owns nothing."""
    array = types.Array(pointer.dtype, 1, "C")

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        base, place, count = arguments
        made = context.make_array(array)(context, builder)
        size = context.get_abi_sizeof(context.get_data_type(array.dtype))
        length = context.get_constant(types.intp, size)
        start = builder.gep(base, [builder.mul(place, count)])
        arrayobj.populate_array(made, start, [count], [length], length, None)
        return made._getvalue()

    return array(pointer, index, extent), generate


def python_of(function: Callable[..., Any], kind: str) -> Any:
    """The function as kernels that numba compiles call it."""
    return numba.njit(error_model="numpy", inline="always")(rewritten(function, kind))
