"""Recycling the memory of big results.

Memory that is new to a process costs a page fault for each 4 KiB when it is first written, more than most loops cost.
So the memory of a big result is kept when the array and all its views are gone, and given to the next result of about
its size.

An array's base is a *lease* of a *block*; when the lease dies, in whatever thread, the block is idle. Idle blocks are
bounded (`SESSILE_MEMORY_IDLE`, bytes; by default an eighth of the memory, at most 1 GiB). Blocks come in few sizes, so
that a slightly different batch finds its block: powers of two up to 16 MiB, four steps an octave above. What a result
leaves over of a block that is new is no memory yet, only addresses.

A lease may die wherever the interpreter collects garbage, even within the functions below; so its end never waits for
the lock: the lease is left among the dead ones, and whoever has the lock next puts its block away. Nor does a lease
have a finalizer written in Python: Ctrl-C that comes at the beginning of one is lost, as an exception nobody can catch.
Only while more than the bound is in use a finalizer in Python frees what is too much at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import math
import mmap
import os
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, Final

import numpy as np

LEAST: Final = 1 << 19  # bytes: below, a lease costs more than the C library's page faults where sizes change
_SMALLEST, _COARSE = 1 << 21, 1 << 24  # bytes of the smallest blocks; up to which sizes are powers of two
_HUGE: Final = 1 << 22  # bytes from which huge pages are asked for
_LARGEST_IDLE: Final = 1 << 30  # bytes


class Block:
    """Memory of one size class, mapped for this process alone."""

    __slots__ = ("address", "generation", "memory", "size")

    def __init__(self, size: int, generation: int) -> None:
        self.size = size
        self.generation = generation
        if hasattr(mmap, "MAP_PRIVATE") and hasattr(mmap, "MAP_ANONYMOUS"):
            self.memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            if size >= _HUGE and hasattr(mmap, "MADV_HUGEPAGE"):
                _advise_huge_pages(self.memory)
        else:
            self.memory = mmap.mmap(-1, size)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))


def _advise_huge_pages(memory: mmap.mmap) -> None:
    with contextlib.suppress(OSError):  # a kernel without them
        memory.madvise(mmap.MADV_HUGEPAGE)


class Lease(ctypes.Array):  # type: ignore[type-arg]
    """The base of an array over a block. There is a subclass for each size."""

    lends_to_one_array = True

    _type_ = ctypes.c_char
    _length_ = 0
    block: Block | None = None
    __hash__ = object.__hash__  # as a key of `Pool._dead`

    def __reduce__(self) -> Any:
        """Refuse: a copy would give the block back a second time."""
        raise TypeError("memory on lease cannot be copied or pickled; copy the array")


class Pool:
    """The blocks of this process.

    Args:
      bound: how many bytes may be idle.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self._kinds: dict[tuple[int, bool], type[Lease]] = {}
        # Looking up a lease that dies stores it, and gives a function without arguments: a finalizer without Python.
        self._dead: defaultdict[Lease, Any] = defaultdict(itertools.repeat(int).__next__)
        self.after_fork()

    def after_fork(self) -> None:
        """Start anew: what lies in a parent's block would be copied when it is written."""
        self._lock = threading.Lock()
        self._idle: dict[int, list[Block]] = {}
        self._order: deque[int] = deque()
        self._dead.clear()
        self._generation = os.getpid()
        self.idle_bytes = self.used_bytes = self.peak_bytes = self.reused = self.made = 0

    def lease(self, size: int) -> Lease:
        """A lease of a block of at least `size` bytes. Raises: MemoryError."""
        size = block_size(size)
        if self._dead:
            self._put_away()
        with self._lock:
            idle = self._idle.get(size)
            block = idle.pop() if idle else None
            if block is not None:
                self.idle_bytes -= size
                self.reused += 1
            else:
                self.made += 1
            self.used_bytes += size
            if self.used_bytes > self.peak_bytes:
                self.peak_bytes = self.used_bytes
            is_much = self.used_bytes + self.idle_bytes > self.bound
        if block is None:
            block = self._new_block(size)
        kind = self._kinds.get((size, is_much)) or self._new_kind(size, is_much)
        lease = kind.from_address(block.address)
        lease.block = block
        return lease

    def _new_kind(self, size: int, is_much: bool) -> type[Lease]:
        end: Any = self._ending_at_once() if is_much else property(self._dead.__getitem__)
        members = {"_length_": size, "__module__": __name__, "__del__": end}
        return self._kinds.setdefault((size, is_much), type("Lease", (Lease,), members))

    def _ending_at_once(self) -> Callable[[Lease], None]:
        """A finalizer that frees what is idle beyond the bound."""

        def end(lease: Lease) -> None:
            self._dead[lease] = None
            self._put_away()

        return end

    def _new_block(self, size: int) -> Block:
        try:
            block = Block(size, self._generation)
        except (OSError, ValueError, OverflowError):
            self.trim()
            try:
                block = Block(size, self._generation)
            except (OSError, ValueError, OverflowError):
                with self._lock:
                    self.used_bytes -= size
                raise MemoryError(f"Unable to allocate {size} bytes") from None
        return block

    def _put_away(self) -> None:
        """Sort what was returned, and free what is idle beyond the bound, unless another is at it, who will."""
        while self._dead and self._lock.acquire(blocking=False):
            try:
                surplus = self._sort()
            finally:
                self._lock.release()
            del surplus  # unmapped here, without the lock

    def _sort(self) -> list[Block]:
        """With the lock: move the blocks of dead leases to the idle ones; returns those that are too many."""
        surplus = []
        while self._dead:
            block = self._dead.popitem()[0].block
            if block is None:  # it never had one
                continue
            if block.generation != self._generation:  # from before a fork: never counted here
                surplus.append(block)
                continue
            self.used_bytes -= block.size
            if block.size > self.bound:
                surplus.append(block)
                continue
            self._idle.setdefault(block.size, []).append(block)
            self.idle_bytes += block.size
            self._order.append(block.size)
        surplus += self._evicted(self.bound)
        return surplus

    def _evicted(self, bound: int) -> list[Block]:
        """With the lock: take out idle blocks until the bound holds, first of the size that was returned earliest."""
        surplus = []
        while self.idle_bytes > bound and self._order:
            idle = self._idle.get(self._order.popleft())
            if idle:
                surplus.append(idle.pop(0))
                self.idle_bytes -= surplus[-1].size
        if len(self._order) > 4096:  # it grows by one with each return; what is idle needs one entry a block
            self._order = deque(size for size, idle in self._idle.items() for _ in idle)
        return surplus

    def trim(self) -> int:
        """Free all idle blocks; returns how many bytes that were."""
        self._put_away()
        with self._lock:
            before = self.idle_bytes
            surplus = self._evicted(0)
            surplus += [block for idle in self._idle.values() for block in idle]
            self._idle.clear()
            self._order.clear()
            self.idle_bytes = 0
        del surplus
        self._put_away()
        return before

    def statistics(self) -> dict[str, int]:
        """See `statistics` below."""
        self._put_away()
        with self._lock:
            return {
                "idle": self.idle_bytes,
                "used": self.used_bytes,
                "peak": self.peak_bytes,
                "reused": self.reused,
                "made": self.made,
            }


def block_size(size: int) -> int:
    """How large the block for `size` bytes is.

    >>> [block_size(n << 20) >> 20 for n in (1, 2, 3, 17, 36)]
    [2, 2, 4, 20, 40]
    """
    if size <= _COARSE:
        return max(1 << (size - 1).bit_length(), _SMALLEST)
    shift = size.bit_length() - 3
    return -(-size >> shift) << shift


def idle_bound(setting: str | None, memory: int) -> int:
    """The bound on idle bytes.

    Args:
      setting: the value of SESSILE_MEMORY_IDLE, or None.
      memory: of the machine, in bytes.

    >>> idle_bound(None, 4 << 30), idle_bound(None, 64 << 30), idle_bound("1000000", 1)
    (536870912, 1073741824, 1000000)
    """
    if setting is not None:
        try:
            return max(0, int(setting))
        except ValueError:
            import warnings

            warnings.warn(f"SESSILE_MEMORY_IDLE is no number of bytes: {setting!r}", RuntimeWarning, stacklevel=2)
    return min(memory // 8, _LARGEST_IDLE)


def _memory_of_machine() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 8 * _LARGEST_IDLE


_pool = Pool(idle_bound(os.environ.get("SESSILE_MEMORY_IDLE"), _memory_of_machine()))
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.after_fork)


def allocate(shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Return an array with undefined elements, for a result of at least `LEAST` bytes.

    It is writeable, C-contiguous, aligned to a page; its base is a `Lease`. Takes 2.4 us where a block is idle, the
    return of the block included.

    Args:
      dtype: of plain numbers.
    Raises: MemoryError; ValueError for an extent that is negative or too large.
    """
    size = math.prod(shape) * dtype.itemsize
    if not 0 < size <= sys.maxsize:
        return np.empty(shape, dtype)  # or its error
    try:
        lease: Any = _pool.lease(size)
    except MemoryError:
        return np.empty(shape, dtype)  # or its error, which tells shape and dtype
    array: np.ndarray[Any, Any] = np.ndarray(shape, dtype, lease)
    return array


def empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Return an array with undefined elements, as `numpy.empty` does; a big one over recycled memory."""
    return (allocate if math.prod(shape) * dtype.itemsize >= LEAST else np.empty)(shape, dtype)


def trim() -> int:
    """Free the memory of all idle blocks; returns how many bytes that were."""
    return _pool.trim()


def statistics() -> dict[str, int]:
    """Return figures of this process.

    Returns: bytes `idle`, bytes `used` by living results and their `peak`; blocks `made`, and `reused`.
    """
    return _pool.statistics()
