"""Machine code of functions that are written as LLVM text: from memory, from the disk cache, or compiled, each once."""

from __future__ import annotations

from typing import Final

from ..machine import cache, object_code
from ..machine.lock import LOCK
from ..machine.module import optimised_code
from .compile import CompiledKernel

_kernels: Final[dict[str, CompiledKernel]] = {}


def compile_text(text: str, pointers: int, integers: int) -> CompiledKernel:
    """Return the machine code of a module that defines `sessile_kernel`.

    Args:
      text: the module.
      pointers, integers: how many arguments of each kind the function has, the pointers first.
    """
    found = _kernels.get(text)
    if found is None:
        with LOCK:
            found = _kernels.get(text)
            if found is None:
                loaded = _loaded(text)
                found = _kernels[text] = CompiledKernel(loaded, loaded.address, text, pointers, integers)
    return found


def _loaded(text: str) -> object_code.Loaded:
    stored = cache.current()
    key = None
    if stored is not None:
        try:
            key = b"%s\nLLVM text\n%s" % (object_code.toolchain(), text.encode())
        except (OSError, ImportError, ValueError):  # the toolchain's files are not where they should be
            key = None
    code = stored.load(key) if stored is not None and key is not None else None
    if code is not None:
        try:
            return object_code.load(code)
        except RuntimeError:
            pass  # it refers to what this process does not have
    code = optimised_code(text, [])
    loaded = object_code.load(code)
    if stored is not None and key is not None:
        stored.store(key, code)
    return loaded
