"""LLVM on several threads: each module in a context of its own, so that kernels of one plan compile on all cores.

llvmlite holds one lock around every call, though LLVM needs none between contexts. So this calls the same functions of
its library without that lock. Where llvmlite has no such functions (another version), modules are compiled one after
another through the ones it has.

Whoever calls `compile_modules` holds the lock of `lock.py` meanwhile, so no fork happens in the middle.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
from collections.abc import Callable, Iterable
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any, Final, NamedTuple

from . import background, object_code
from .cpus import usable_cpus
from .module import optimised_code, plain_code

LEVEL: Final = 3  # of optimisation
_NAMES: Final = (
    "ContextCreate", "ContextDispose", "ParseAssembly", "LinkModules", "DisposeModule", "CreatePipelineTuningOptions",
    "PTOSetLoopVectorization", "PTOSetSLPVectorization", "DisposePipelineTuningOptions", "CreatePassBuilder",
    "DisposePassBuilder", "buildPerModuleDefaultPipeline", "RunNewModulePassManager", "DisposeNewModulePassManger",
    "TargetMachineEmitToMemory", "GetBufferStart", "GetBufferSize", "DisposeMemoryBuffer", "DisposeString",
)  # fmt: skip


class Module(NamedTuple):
    """What is compiled: the text of a module, those of modules it calls, and whether passes are to run over them."""

    text: str
    libraries: tuple[str, ...] = ()
    is_final: bool = False

    @property
    def orders_sums(self) -> bool:
        """Whether it sums vectors of numbers, in an order of its own."""
        return self.is_final and "llvm.vector.reduce.f" in self.text


@cache
def _functions() -> dict[str, Any] | None:
    """The functions of LLVM without llvmlite's lock; None if they are not where they are expected."""
    import llvmlite.binding as llvm

    try:
        library = llvm.ffi.lib
        return {name: getattr(library, f"LLVMPY_{name}")._cfn for name in _NAMES}
    except AttributeError:
        return None


@cache
def _head() -> str:
    """What every module says of the machine it is for."""
    import llvmlite.binding as llvm

    layout = str(object_code.machine().target_data)
    return f'target datalayout = "{layout}"\ntarget triple = "{llvm.get_process_triple()}"\n'


class _Compiler:
    """Compiles modules on one thread."""

    def __init__(self, functions: dict[str, Any], machine: Any) -> None:
        self._call = functions
        self._machine = machine

    def compile(self, module: Module) -> bytes:
        """The object code of a module. Raises: RuntimeError with LLVM's words."""
        call = self._call
        context = call["ContextCreate"]()
        try:
            parsed = self._parse(context, module.text)
            try:
                for library in module.libraries:
                    self._link(parsed, self._parse(context, library))
                if not module.is_final:
                    self._optimise(parsed)
                return self._emit(parsed)
            finally:
                call["DisposeModule"](parsed)
        finally:
            call["ContextDispose"](context)

    def _checked(self, run: Callable[[Any], Any]) -> Any:
        words = ctypes.c_char_p()
        result = run(ctypes.byref(words))
        if result:
            return result
        text = (words.value or b"LLVM gives no reason").decode(errors="replace")
        raise RuntimeError(text)

    def _parse(self, context: Any, text: str) -> Any:
        encoded = (_head() + text).encode()
        return self._checked(lambda words: self._call["ParseAssembly"](context, encoded, words))

    def _link(self, module: Any, part: Any) -> None:
        self._checked(lambda words: not self._call["LinkModules"](module, part, words))

    def _optimise(self, module: Any) -> None:
        call = self._call
        options = call["CreatePipelineTuningOptions"]()
        call["PTOSetLoopVectorization"](options, True)
        call["PTOSetSLPVectorization"](options, False)  # see `module.py`
        builder = call["CreatePassBuilder"](self._machine, options)
        passes = call["buildPerModuleDefaultPipeline"](builder, LEVEL)
        call["RunNewModulePassManager"](passes, module, builder)
        call["DisposeNewModulePassManger"](passes)
        call["DisposePassBuilder"](builder)
        call["DisposePipelineTuningOptions"](options)

    def _emit(self, module: Any) -> bytes:
        call = self._call
        buffer = self._checked(lambda words: call["TargetMachineEmitToMemory"](self._machine, module, 1, words))
        try:
            return ctypes.string_at(call["GetBufferStart"](buffer), call["GetBufferSize"](buffer))
        finally:
            call["DisposeMemoryBuffer"](buffer)


_compilers: Final[list[_Compiler]] = []  # one a thread, kept for the next plan
Done = Callable[[int, "bytes | Exception", float], None]


def compile_modules(modules: Iterable[Module], count: int, done: Done) -> None:
    """Compile modules on as many threads as there is work for; the calling one makes modules, then compiles too.

    Args:
      modules: drawn on the calling thread, while others compile what was drawn before.
      count: how many there are, or a little more.
      done: called on the calling thread with a module's number, its object code or what went wrong, and seconds.
    Raises: GivenUp if nobody wants them any more (`background.py`), after the modules in hand.
    """
    functions = _functions()
    if functions is None:
        _one_by_one(modules, done)
        return
    threads = max(min(usable_cpus(), count), 1)
    while len(_compilers) < threads:
        _compilers.append(_Compiler(functions, object_code.new_machine()))
    _head()
    jobs: SimpleQueue[tuple[int, Module] | None] = SimpleQueue()
    results: SimpleQueue[tuple[int, bytes | Exception, float]] = SimpleQueue()
    helpers = [
        threading.Thread(target=_work, args=(compiler, jobs, results), name="sessile compiles", daemon=True)
        for compiler in _compilers[1:threads]
    ]
    for helper in helpers:
        helper.start()
    try:
        open_jobs = 0
        for number, module in enumerate(modules):
            background.check()
            jobs.put((number, module))
            open_jobs += 1 - _report(results, done)
        while not jobs.empty() and open_jobs:
            background.check()
            _work(_compilers[0], jobs, results, most=1)
            open_jobs -= _report(results, done)
        for _ in range(open_jobs):
            done(*results.get())
    except BaseException:
        _drop(jobs)
        raise
    finally:
        for _ in helpers:
            jobs.put(None)
        for helper in helpers:
            helper.join()


def compile_module(module: Module) -> bytes:
    """The object code of one module, made on this thread. Raises: RuntimeError with LLVM's words."""
    found: list[bytes | Exception] = []
    compile_modules([module], 1, lambda _, code, __: found.append(code))
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


def _one_by_one(modules: Iterable[Module], done: Done) -> None:
    """What `compile_modules` does, through llvmlite's own functions."""
    for number, module in enumerate(modules):
        background.check()
        started = time.perf_counter()
        code: bytes | Exception
        try:
            code = plain_code(module.text) if module.is_final else optimised_code(module.text, module.libraries)
        except Exception as error:  # as on other threads
            code = error
        done(number, code, time.perf_counter() - started)


def _drop(jobs: SimpleQueue[Any]) -> None:
    """Leave what nobody has begun."""
    with contextlib.suppress(Empty):
        while True:
            jobs.get_nowait()


def _report(results: SimpleQueue[Any], done: Done) -> int:
    """Report what is ready; returns how many that were."""
    count = 0
    while not results.empty():
        done(*results.get())
        count += 1
    return count


def _work(compiler: _Compiler, jobs: SimpleQueue[Any], results: SimpleQueue[Any], most: int | None = None) -> None:
    """Compile jobs until None comes; `most`: so many, as long as there are any."""
    while most is None or most > 0:
        try:
            job = jobs.get(most is None)
        except Empty:
            return
        if job is None:
            return
        number, module = job
        started = time.perf_counter()
        code: bytes | Exception
        try:
            code = compiler.compile(module)
        except Exception as error:  # the calling thread raises it
            code = error
        results.put((number, code, time.perf_counter() - started))
        most = None if most is None else most - 1
