"""Running a kernel in parts on the thread pool, from LLVM code.

A kernel takes pointers, integers, and the range of its outermost loop. Around it, a *part function* with the signature
that the pool calls takes everything but the range from a struct on the caller's stack, the *context*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from . import layout, pool

RELEASES_GIL: Final = 1 << 15  # elements in a loop from which letting other threads run is worth its 50 ns
_SHARED: Final = 1 << 18  # additions in a loop from which sharing it pays: about 20 us


class Emitter(Protocol):
    """What is used of `native.Assembler`."""

    def emit(self, text: str, hint: str = "t") -> str:
        """Append an instruction with a result; returns the result's name."""

    def do(self, text: str) -> None:
        """Append an instruction without a result."""

    def label(self, hint: str) -> str:
        """A new label."""

    def block(self, label: str) -> None:
        """Begin a block."""


def part_function(name: str, kernel: str, types: Sequence[str]) -> str:
    """Return the LLVM text of `void name(ptr context, i64 start, i64 stop)`, which runs a kernel on that range.

    Args:
      kernel: the kernel's address as a constant of LLVM.
      types: LLVM's types of the kernel's arguments without start and stop: "ptr" or "i64", 8 bytes each.
    """
    lines = [f"define internal void @{name}(ptr %context, i64 %start, i64 %stop) {{"]
    arguments = []
    for number, kind in enumerate(types):
        lines.append(f"  %at{number} = getelementptr i64, ptr %context, i64 {number}")
        lines.append(f"  %a{number} = load {kind}, ptr %at{number}")
        arguments.append(f"{kind} %a{number}")
    arguments += ["i64 %start", "i64 %stop"]
    lines += [f"  call void {kernel}({', '.join(arguments)})", "  ret void", "}"]
    return "\n".join(lines) + "\n"


def fill_context(emitter: Emitter, arguments: Sequence[str]) -> str:
    """Put a kernel's arguments without start and stop, such as "i64 %n", on the stack; returns the context's name."""
    context = emitter.emit(f"alloca [{max(len(arguments), 1)} x i64]", "context")
    for number, argument in enumerate(arguments):
        at = emitter.emit(f"getelementptr i64, ptr {context}, i64 {number}")
        emitter.do(f"store {argument}, ptr {at}")
    return context


def run_in_parts(emitter: Emitter, name: str, context: str, count: str, threads: str) -> None:
    """Call the part function `name` on parts of the range from 0 to `count`, on the pool. The GIL is not held.

    Args:
      count, threads: names or numbers, 64 bits.
    """
    run = f"inttoptr (i64 {pool.parallel_for_address()} to ptr)"
    emitter.do(f"call void {run}(ptr @{name}, ptr {context}, i64 {count}, i64 {threads})")


class Launch:
    """Emits the run of one kernel; long ones run without the GIL and in parts.

    Args:
      name: of the part function to be; unique in its module.
      kernel: the kernel's address as a constant of LLVM.
      arguments: those of the kernel without phase, start and stop, such as "ptr %data" and "i64 7".
      weight: how many times the work of an addition an element takes.
      threads: how many may take part, as a name or number.
      keeps_gil: whether other Python threads may not run even during long loops.
    Attributes:
      functions: the text of what the code needs beside it in the module; after emitting.
    """

    def __init__(
        self,
        emitter: Emitter,
        name: str,
        kernel: str,
        arguments: Sequence[str],
        weight: int,
        threads: str,
        keeps_gil: bool = False,
    ) -> None:
        self._emitter = emitter
        self._name = name
        self._kernel = kernel
        self._arguments = list(arguments)
        self._least = max(RELEASES_GIL, _SHARED // max(weight, 1))
        self._threads = threads
        self._keeps_gil = keeps_gil
        self.functions = ""

    def run(self, count: str, elements: str) -> None:
        """Run the outermost loop over `count` iterations, `elements` in all."""
        emitter = self._emitter
        long, short, done = emitter.label("long"), emitter.label("short"), emitter.label("done")
        emitter.do(f"br i1 {emitter.emit(f'icmp ugt i64 {elements}, {RELEASES_GIL}')}, label %{long}, label %{short}")
        emitter.block(long)
        saved = self._release()
        if count == "1" or self._threads == "1":
            self._call("0", count)
        else:
            self._share(self._context([]), count, self._helpers(elements))
        self._restore(saved)
        emitter.do(f"br label %{done}")
        emitter.block(short)
        self._call("0", count)
        emitter.do(f"br label %{done}")
        emitter.block(done)

    def run_phases(self, counts: Sequence[str], elements: str) -> None:
        """Run the phases of a kernel, each over a count of its own, without the GIL."""
        saved = self._release()
        threads = self._helpers(elements)
        context = self._context(["i64 0"])
        at = self._emitter.emit(f"getelementptr i64, ptr {context}, i64 {len(self._arguments)}")
        for phase, count in enumerate(counts):
            self._emitter.do(f"store i64 {phase}, ptr {at}")
            self._share(context, count, threads)
        self._restore(saved)

    def _context(self, more: list[str]) -> str:
        arguments = self._arguments + more
        self.functions = part_function(self._name, self._kernel, [text.split()[0] for text in arguments])
        return fill_context(self._emitter, arguments)

    def _helpers(self, elements: str) -> str:
        """The number of threads; one, where sharing does not pay."""
        pays = self._emitter.emit(f"icmp ugt i64 {elements}, {self._least}")
        return self._emitter.emit(f"select i1 {pays}, i64 {self._threads}, i64 1")

    def _share(self, context: str, count: str, threads: str) -> None:
        run_in_parts(self._emitter, self._name, context, count, threads)

    def _call(self, start: str, stop: str) -> None:
        arguments = ", ".join([*self._arguments, f"i64 {start}", f"i64 {stop}"])
        self._emitter.do(f"call void {self._kernel}({arguments})")

    def _release(self) -> str:
        if self._keeps_gil:
            return ""
        return self._emitter.emit(f"call ptr {_function('PyEval_SaveThread')}()")

    def _restore(self, saved: str) -> None:
        if saved:
            self._emitter.do(f"call void {_function('PyEval_RestoreThread')}(ptr {saved})")


def _function(name: str) -> str:
    return f"inttoptr (i64 {layout.function_address(name)} to ptr)"
