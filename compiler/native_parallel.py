"""Running a kernel in parts on the thread pool, from LLVM code.

A kernel takes pointers, integers, and the range of its outermost loop. Around it, a *part function* with the signature
that the pool calls takes everything but the range from a struct on the caller's stack, the *context*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from . import pool


class Emitter(Protocol):
    """What is used of `native.Assembler`."""

    def emit(self, text: str, hint: str = "t") -> str:
        """Append an instruction with a result; returns the result's name."""

    def do(self, text: str) -> None:
        """Append an instruction without a result."""


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
