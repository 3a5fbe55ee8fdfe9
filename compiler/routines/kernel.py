"""A loop written as text, called from Python: compiled when it is first needed, shared by the threads of the pool.

A routine's text is that of a kernel (`../tree/reader.py`) whose last parameters are `start` and `stop`; one with phases
has `phase` before them, as the kernels of `../codegen/phases.py` do. The call takes no GIL. With `text` for

    def kernel(x, r, start, stop):
        for i in range(start, stop):
            store(r, i, load(x, i) * f32(2))

`Loop(text, ("f32", "f32"))([x, r], [], [x.size], threads=2)` doubles an array.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any

from ..jit.compile import compile_kernel
from ..jit.text_kernel import compile_text
from ..machine.cpus import usable_cpus
from ..runtime import pool
from ..tree.reader import read_kernel

SERIAL = 1 << 15  # elements up to which one thread is as quick


@cache
def _parallel_for() -> Any:
    """The pool's function, which lets other Python threads run."""
    kinds = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)
    return ctypes.CFUNCTYPE(None, *kinds)(pool.parallel_for_address())


@cache
def _part(pointers: int, integers: int) -> Any:
    """Code of `void part(ptr context, i64 start, i64 stop)`, which calls the kernel whose address comes first."""
    lines = ["define void @sessile_kernel(ptr %context, i64 %start, i64 %stop) {", "entry:"]
    lines.append("  %kernel = load ptr, ptr %context")
    arguments = []
    for number in range(pointers + integers):
        kind = "ptr" if number < pointers else "i64"
        lines.append(f"  %at{number} = getelementptr i64, ptr %context, i64 {number + 1}")
        lines.append(f"  %a{number} = load {kind}, ptr %at{number}")
        arguments.append(f"{kind} %a{number}")
    passed = ", ".join([*arguments, "i64 %start", "i64 %stop"])
    lines += [f"  call void %kernel({passed})", "  ret void", "}"]
    return compile_text("\n".join(lines) + "\n", 1, 2)


class Loop:
    """A kernel in text.

    Args:
      text: its source. types: the short names of its arrays' element types.
    """

    __slots__ = ("_compiled", "_has_phases", "_part", "text", "tree", "types")

    def __init__(self, text: str, types: tuple[str, ...]) -> None:
        self.text = text
        self.types = types
        self.tree = read_kernel(text, types)
        self._compiled: Any = None
        self._has_phases = any(variable.name == "phase" for variable in self.tree.integers)
        self._part = 0

    def __call__(self, arrays: Sequence[Any], numbers: Sequence[int], counts: Sequence[int], threads: int) -> None:
        """Run it.

        Args:
          arrays: dense, of the types of the text. numbers: its integers before `phase`, `start` and `stop`.
          counts: per phase the range it runs over; of a text without phases there is one.
          threads: how many may take part.
        """
        if self._compiled is None:
            self._part = _part(len(arrays), len(numbers) + self._has_phases).address
            self._compiled = compile_kernel(self.tree)
        _share(self._part, self._compiled.address, (arrays, numbers), counts, threads)


def _share(
    part: int, kernel: int, arguments: tuple[Sequence[Any], Sequence[int]], counts: Sequence[int], threads: int
) -> None:
    """Share the ranges of a function, one of each phase, among threads."""
    arrays, numbers = arguments
    places = [array.__array_interface__["data"][0] for array in arrays]  # half the time of `array.ctypes.data`
    words = [kernel, *places, *numbers]
    context = (ctypes.c_uint64 * (len(words) + 1))(*words)
    run, place = _parallel_for(), ctypes.addressof(context)
    for phase, count in enumerate(counts):
        if count:
            context[len(words)] = phase
            run(part, place, count, threads)


def run_text(text: str, arrays: Sequence[Any], numbers: Sequence[int], count: int, threads: int) -> None:
    """Run a function written as LLVM text over a range.

    Args:
      text: its module, which defines `sessile_kernel`; its last arguments are the range's start and stop.
      arrays, numbers: dense arrays, whose addresses are its first arguments; the integers behind them.
      threads: how many may take part.
    """
    kernel = compile_text(text, len(arrays), len(numbers) + 2)
    part = _part(len(arrays), len(numbers))
    _share(part.address, kernel.address, (arrays, numbers), [count], threads)


@cache
def loop(text: str, types: tuple[str, ...]) -> Loop:
    """The loop of a text, one for each."""
    return Loop(text, types)


def threads_for(elements: int, allowed: int) -> int:
    """How many threads share so many elements.

    Args:
      allowed: how many there may be; 0: those this process may use.
    """
    return 1 if elements < SERIAL else allowed or usable_cpus()
