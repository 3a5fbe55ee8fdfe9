"""From a Python function to object code by way of numba, without numba's own engine, which would compile it again."""

from __future__ import annotations

import re
from typing import Any

import llvmlite.binding as llvm
import numba
from numba.core import ccallback, sigutils
from numba.core.compiler_lock import global_compiler_lock

from ..machine import object_code
from ..machine.module import optimised_text

_DECLARED = re.compile(r'^declare .*?@"?([^"(\s]+)"?\(', re.MULTILINE)
_FOREIGN = re.compile(r"^(numba_|NRT_|Py|_Py)|^\.numba")
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "no_cpython_wrapper": True}


def object_code_of(function: Any, signature: Any, **options: Any) -> bytes:
    """Return the object code of a function that numba can compile; it defines `object_code.SYMBOL`.

    Args:
      options: of numba, besides those that all kernels have.
    Raises: whatever numba raises if it cannot compile the function.
    """
    with global_compiler_lock:
        try:
            module, name = optimised(function, signature, **options)
        except (AttributeError, TypeError):  # another numba, whose inner parts have changed: by its public door
            module, name = _optimised_publicly(function, signature, **options)
        module.get_function(name).name = object_code.SYMBOL
        if foreign_names(str(module)):
            module = llvm.parse_assembly(without_exceptions(module))
        return object_code.emit(module)


def without_exceptions(module: Any) -> str:
    """The text of a module without what numba adds for exceptions that nothing raises.

    numba forbids LLVM to take a function it calls (a power of an integer) into its callback, so that code is still
    there, with names that only numba's engine knows; with that word taken away, LLVM's passes find it out.
    """
    text = str(module).replace("= { noinline }", "= { nounwind }").replace(" common global ", " internal global ")
    return optimised_text(text)


def foreign_names(text: str) -> list[str]:
    """The functions of numba's engine and of Python that a module's text still calls."""
    return [found for found in _DECLARED.findall(text) if _FOREIGN.match(found)]


def optimised(function: Any, signature: Any, **options: Any) -> tuple[Any, str]:
    """The module after numba's optimisation, before it goes to numba's engine, and the name of the callback in it."""
    callback: Any = ccallback.CFunc(function, sigutils.normalize_signature(signature), {}, {**_OPTIONS, **options})
    compiled = callback._compile_uncached()
    library, description = compiled.library, compiled.fndesc
    optimise = library._optimize_final_module

    def optimise_callback_only() -> None:
        """The function itself has one caller: it goes into that, and numba's code for exceptions goes."""
        inner = library._final_module.get_function(description.llvm_func_name)
        inner.linkage = "internal"
        inner.add_function_attribute("alwaysinline")
        optimise()

    library._optimize_final_module = optimise_callback_only
    library._finalize_final_module = lambda: None
    library.finalize()
    return library._final_module, description.llvm_cfunc_wrapper_name


def _optimised_publicly(function: Any, signature: Any, **options: Any) -> tuple[Any, str]:
    """The same; numba's engine keeps a copy in memory."""
    callback = numba.cfunc(signature, **_OPTIONS, **options)(function)
    return llvm.parse_assembly(callback.inspect_llvm()), callback.native_name
