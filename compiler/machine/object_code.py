"""Object code: what it depends on, how it is emitted from an LLVM module, and how it is loaded, without numba."""

from __future__ import annotations

import itertools
import os
import re
import sys
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

from .cache import digest

SYMBOL: Final = "sessile_kernel"  # the function that a kernel's object code defines

# What shapes a kernel's code, beside `compiler/`: folders with all their modules, and single modules.
_SOURCES: Final = (
    "jit", "machine/module.py", "machine/object_code.py", "machine/threads.py", "mathlib", "numba", "tree"
)  # fmt: skip
_SETTINGS: Final = (  # numba's own settings that do
    "NUMBA_OPT", "NUMBA_LOOP_VECTORIZE", "NUMBA_SLP_VECTORIZE", "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES",
    "NUMBA_ENABLE_AVX", "NUMBA_DISABLE_INTEL_SVML", "NUMBA_LLVM_PASS_TIMINGS", "NUMBA_LLVM_REFPRUNE_PASS",
)  # fmt: skip


@cache
def toolchain() -> bytes:
    """What a kernel's code depends on besides its source, as lines of text. Takes 2 ms, once.

    Raises: OSError if the sources of this package cannot be read.
    """
    import llvmlite

    cpu, features = _host()
    lines = [f"numba {_numba_version()}", f"llvmlite {llvmlite.__version__}", f"sources {_sources().hex()}"]
    lines += [f"platform {sys.platform} {sys.byteorder}", f"cpu {cpu}", f"features {features}"]
    lines += [f"setting {name}={os.environ[name]}" for name in _SETTINGS if name in os.environ]
    return "\n".join(lines).encode()


def _numba_version() -> str:
    """The version of numba that would be imported, by looking into its files: importing it takes 0.3 seconds."""
    spec = find_spec("numba")
    if spec is None or spec.origin is None:
        return "none"
    try:
        with open(os.path.join(os.path.dirname(spec.origin), "_version.py"), encoding="utf-8") as file:
            found = re.search(r'"version": "([^"]+)"', file.read())
    except OSError:
        found = None
    if found is not None:
        return found.group(1)
    from importlib.metadata import version

    return version("numba")


def _sources() -> bytes:
    """The digest of the code that is inlined into kernels and of what compiles them."""
    room = os.path.dirname(os.path.dirname(__file__))
    parts = []
    for path in (path for name in _SOURCES for path in _modules(os.path.join(room, name))):
        with open(path, "rb") as file:
            parts.append(digest(file.read()))
    return digest(b"".join(parts))[:16]


def _modules(path: str) -> list[str]:
    if path.endswith(".py"):
        return [path]
    return [os.path.join(path, name) for name in sorted(os.listdir(path)) if name.endswith(".py")]


@cache
def _host() -> tuple[str, str]:
    """Name and features of the processor."""
    import llvmlite.binding as llvm

    _initialize()
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


@cache
def _initialize() -> None:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


@cache
def leaves_itself() -> bool:
    """Whether code must say itself that it leaves AVX (`vzeroupper`), because LLVM is told not to.

    LLVM puts the instruction before each call; where a calling convention lets vector registers survive a call, as
    that of mathlib/huge.py does, their upper halves are lost. The registers that AVX-512 keeps are not touched by it.
    """
    features = f",{_host()[1]},"
    return ",+avx," in features and ",+avx512f," not in features


def new_machine() -> Any:
    """A target machine with numba's options, so that its code is numba's."""
    import llvmlite.binding as llvm

    cpu, features = _host()
    if leaves_itself():
        features += ",-vzeroupper"
    target = llvm.Target.from_triple(llvm.get_process_triple())
    relocation = "static" if target.name.startswith("x86") else "default"
    return target.create_target_machine(
        cpu=cpu, features=features, opt=3, reloc=relocation, codemodel="jitdefault", jit=True
    )


@cache
def _emitter() -> Any:
    return new_machine()


def machine() -> Any:
    """The target machine that object code is emitted for."""
    return _emitter()


def emit(module: Any) -> bytes:
    """Return the object code of an optimised LLVM module for this processor. One call at a time."""
    code: bytes = _emitter().emit_object(module)
    return code


class Loaded:
    """Object code in memory: `address` of its function. It is unloaded when this object goes."""

    __slots__ = ("_tracker", "address")

    def __init__(self, tracker: Any, address: int) -> None:
        self._tracker = tracker
        self.address = address


_numbers = itertools.count()


def load(code: bytes) -> Loaded:
    """Load object code that defines `SYMBOL`. Takes 0.3 ms.

    Raises: RuntimeError if it is none for this process, or refers to symbols that this process does not have.
    """
    import llvmlite.binding as llvm

    library = llvm.JITLibraryBuilder().add_object_img(code).add_current_process().export_symbol(SYMBOL)
    tracker = library.link(_linker(), f"kernel {next(_numbers)}")
    return Loaded(tracker, tracker[SYMBOL])


@cache
def _linker() -> Any:
    """LLVM's linker in memory. It is never disposed of: kernels may outlive the modules that made them."""
    import ctypes

    import llvmlite.binding as llvm

    _initialize()
    in_one_piece = _is_arm()  # there, code must lie near its data
    linker = llvm.create_lljit_compiler(use_jit_link=in_one_piece, suppress_errors=True)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(linker))
    return linker


def _is_arm() -> bool:
    import llvmlite.binding as llvm

    return str(llvm.get_process_triple()).startswith(("aarch64", "arm"))
