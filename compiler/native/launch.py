"""Running a kernel in parts on the thread pool, from LLVM code.

A kernel takes pointers, integers, and the range of its outermost loop. Around it, a *part function* with the signature
that the pool calls takes everything but the range from a struct on the caller's stack, the *context*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from ..machine import abi as layout
from ..runtime import pool

RELEASES_GIL: Final = 1 << 15  # elements in a loop from which letting other threads run is worth its 50 ns
_SHARED: Final = 1 << 18  # additions in a loop from which sharing it pays: about 20 us
_PIECE: Final = 29  # logarithm of the additions after which a loop looks whether the user pressed Ctrl-C: 40 to 100 ms


class Emitter(Protocol):
    """What is used of `native.Assembler`."""

    held: list[str]

    def emit(self, text: str, hint: str = "t") -> str:
        """Append an instruction with a result; returns the result's name."""

    def do(self, text: str) -> None:
        """Append an instruction without a result."""

    def label(self, hint: str) -> str:
        """A new label."""

    def block(self, label: str) -> None:
        """Begin a block."""


def part_function(name: str, kernel: str, types: Sequence[str], is_shifted: bool = False) -> str:
    """Return the LLVM text of `void name(ptr context, i64 start, i64 stop)`, which runs a kernel on that range.

    Args:
      kernel: the kernel's address as a constant of LLVM.
      types: LLVM's types of the kernel's arguments without start and stop: "ptr" or "i64", 8 bytes each.
      is_shifted: whether the context has one more integer at its end, which is added to start and stop.
    """
    lines = [f"define internal void @{name}(ptr %context, i64 %start, i64 %stop) {{"]
    arguments = []
    for number, kind in enumerate(types):
        lines.append(f"  %at{number} = getelementptr i64, ptr %context, i64 {number}")
        lines.append(f"  %a{number} = load {kind}, ptr %at{number}")
        arguments.append(f"{kind} %a{number}")
    start, stop = "%start", "%stop"
    if is_shifted:
        lines.append(f"  %shift_at = getelementptr i64, ptr %context, i64 {len(types)}")
        lines += ["  %shift = load i64, ptr %shift_at", "  %from = add i64 %start, %shift"]
        lines.append("  %to = add i64 %stop, %shift")
        start, stop = "%from", "%to"
    arguments += [f"i64 {start}", f"i64 {stop}"]
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
      interrupted: the label to leave for when the handler of a signal raised, between the pieces of a long loop; empty
        for none. Loops in phases do not leave.
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
        interrupted: str = "",
    ) -> None:
        self._emitter = emitter
        self._name = name
        self._kernel = kernel
        self._arguments = list(arguments)
        self._least = max(RELEASES_GIL, _SHARED // max(weight, 1))
        self._threads = threads
        self._keeps_gil = keeps_gil
        self._weight = max(weight, 1)
        self._interrupted = "" if keeps_gil else interrupted
        self.functions = ""

    def run(self, count: str, elements: str) -> None:
        """Run the outermost loop over `count` iterations, `elements` in all."""
        emitter = self._emitter
        long, short, done = emitter.label("long"), emitter.label("short"), emitter.label("done")
        emitter.do(f"br i1 {emitter.emit(f'icmp ugt i64 {elements}, {RELEASES_GIL}')}, label %{long}, label %{short}")
        emitter.block(long)
        if count == "1" or self._keeps_gil:
            saved = self._release()
            self._range("0", count, elements)
            self._restore(saved)
        else:
            self._in_pieces(count, elements)
        emitter.do(f"br label %{done}")
        emitter.block(short)
        self._call("0", count)
        emitter.do(f"br label %{done}")
        emitter.block(done)

    def _in_pieces(self, count: str, elements: str) -> None:
        """Run the long loop a piece at a time, so that signals are looked at in between."""
        emitter = self._emitter
        loop, done = emitter.label("piece"), emitter.label("pieces")
        more = emitter.emit(f"lshr i64 {emitter.emit(f'mul i64 {elements}, {self._weight}')}, {_PIECE}")
        rounded = emitter.emit(f"add i64 {count}, {more}")
        length = emitter.emit(f"udiv i64 {rounded}, {emitter.emit(f'add i64 {more}, 1')}")
        at = emitter.emit("alloca i64", "start")
        emitter.do(f"store i64 0, ptr {at}")
        context, threads = ("", "") if self._threads == "1" else (self._context([], True), self._helpers(elements))
        emitter.do(f"br label %{loop}")
        emitter.block(loop)
        start = emitter.emit(f"load i64, ptr {at}")
        end = emitter.emit(f"add i64 {start}, {length}")
        stop = emitter.emit(f"select i1 {emitter.emit(f'icmp ult i64 {end}, {count}')}, i64 {end}, i64 {count}")
        emitter.do(f"store i64 {stop}, ptr {at}")
        saved = self._release()
        if context:
            shift = emitter.emit(f"getelementptr i64, ptr {context}, i64 {len(self._arguments)}")
            emitter.do(f"store i64 {start}, ptr {shift}")
            self._share(context, emitter.emit(f"sub i64 {stop}, {start}"), threads)
        else:
            self._call(start, stop)
        self._restore(saved)
        if self._interrupted:
            check_signals(emitter, self._interrupted)
        emitter.do(f"br i1 {emitter.emit(f'icmp ult i64 {stop}, {count}')}, label %{loop}, label %{done}")
        emitter.block(done)

    def _range(self, start: str, count: str, elements: str) -> None:
        """Run the whole loop at once."""
        if count == "1" or self._threads == "1":
            self._call(start, count)
        else:
            self._share(self._context([]), count, self._helpers(elements))

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

    def _context(self, more: list[str], is_shifted: bool = False) -> str:
        arguments = self._arguments + more
        types = [text.split()[0] for text in arguments]
        self.functions = part_function(self._name, self._kernel, types, is_shifted)
        return fill_context(self._emitter, arguments + ["i64 0"] * is_shifted)

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
        return "" if self._keeps_gil else release_gil(self._emitter)

    def _restore(self, saved: str) -> None:
        if saved:
            take_gil(self._emitter, saved)


def release_gil(emitter: Emitter) -> str:
    """Let other Python threads run from here on; returns what `take_gil` needs."""
    hold(emitter)
    return emitter.emit(f"call ptr {_function('PyEval_SaveThread')}()")


def take_gil(emitter: Emitter, saved: str) -> None:
    """Let no other Python thread run from here on."""
    emitter.do(f"call void {_function('PyEval_RestoreThread')}(ptr {saved})")
    let_go(emitter)


def hold(emitter: Emitter) -> None:
    """Count one more reference to the arguments."""
    for name in emitter.held:
        emitter.do(f"call void {_function('Py_IncRef')}(ptr {name})")


def let_go(emitter: Emitter) -> None:
    """Take back what `hold` counted."""
    for name in emitter.held:
        emitter.do(f"call void {_function('Py_DecRef')}(ptr {name})")


def check_signals(emitter: Emitter, interrupted: str) -> None:
    """Let handlers of signals run, where the GIL is held; leave for a label if one raised, as Ctrl-C does."""
    going = emitter.label("going")
    raised = emitter.emit(f"call i32 {_function('PyErr_CheckSignals')}()")
    emitter.do(f"br i1 {emitter.emit(f'icmp eq i32 {raised}, 0')}, label %{going}, label %{interrupted}")
    emitter.block(going)


def _function(name: str) -> str:
    return f"inttoptr (i64 {layout.function_address(name)} to ptr)"
