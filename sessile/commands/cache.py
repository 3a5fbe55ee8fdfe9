"""`python -m sessile cache [show | verify | clear]`: the compiled kernels on disk."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..compiler.machine.cache import Damaged, KernelCache, current


def add_to(commands: Any) -> None:
    """Say what the command takes."""
    kernels = commands.add_parser(
        "cache",
        help="the compiled kernels on disk",
        description="Show, check or empty the folder of compiled kernels from which later processes take their code.",
        epilog="Environment: SESSILE_CACHE_DIR (the folder), SESSILE_CACHE_SIZE (its limit in bytes), "
        "SESSILE_CACHE=0 (no cache).",
    )
    kernels.add_argument(
        "action",
        nargs="?",
        default="show",
        choices=("show", "verify", "clear"),
        help="show what there is (the default), verify every entry, or clear: remove all",
    )
    kernels.add_argument("--repair", action="store_true", help="with verify: remove the damaged entries")
    kernels.set_defaults(run=run)


def run(options: Any) -> int:
    """Do it; returns the exit code: 0, or 1 if damage was found."""
    kernels = current()
    if kernels is None:
        print("the cache of compiled kernels is switched off, or there is no folder for it")
        return 0
    if options.action == "verify":
        return _verify(kernels, options.repair)
    if options.action == "clear":
        print(f"{_count(kernels.clear())} removed from {kernels.folder}")
        return 0
    return _show(kernels)


def _show(kernels: KernelCache) -> int:
    entries = kernels.entries()
    print(f"folder   {kernels.folder}")
    reason = kernels.refusal()
    if reason is not None:
        print(f"unused   {reason}")
    print(f"entries  {len(entries)}")
    print(f"size     {_bytes(sum(entry.size for entry in entries))} of {_bytes(kernels.limit)}")
    made_by: Counter[str] = Counter()
    for entry in entries:
        try:
            made_by[_origin(entry.read()[0])] += 1
        except (OSError, Damaged):
            made_by["damaged"] += 1
    for origin, count in sorted(made_by.items()):
        print(f"         {_count(count)}: {origin}")
    return 0


def _origin(key: bytes) -> str:
    """Versions and processor of an entry, from its key."""
    words = dict(
        line.split(" ", 1) for line in key.decode(errors="replace").split("\n\n")[0].split("\n") if " " in line
    )
    parts = [f"{name} {words[name]}" for name in ("numba", "llvmlite", "cpu") if name in words]
    return ", ".join(parts) or "unknown"


def _verify(kernels: KernelCache, repair: bool) -> int:
    damaged = kernels.damaged()
    for entry, reason in damaged:
        gone = repair and kernels.remove(entry)
        print(f"{entry.name}: {reason}{'; removed' if gone else ''}")
    print(f"{_count(len(kernels.entries()))}, {len(damaged)} damaged{' before the repair' if repair else ''}")
    return 1 if damaged and not repair else 0


def _count(number: int) -> str:
    return f"{number} {'entry' if number == 1 else 'entries'}"


def _bytes(number: int) -> str:
    return (
        f"{number} bytes" if number < 10_000 else f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{number // 1000} KB"
    )
