"""Recycling the memory of big results.

Memory that is new to a process costs a page fault for each 4 KiB when it is first written, more than most loops cost.
So the memory of a big result is kept when the array and all its views are gone, and given to the next result of about
its size.

An array's base is a *lease* of a *block*; when the lease is freed, in whatever thread, the block is idle. Idle blocks
are bounded (`SESSILE_MEMORY_IDLE`, bytes; by default an eighth of the memory, at most 1 GiB): so many bytes of blocks
come back, and what is lent beyond them is unmapped when its lease is freed. Blocks come in few sizes, so that a
slightly different batch finds its block: powers of two up to 16 MiB, four steps an octave above. What a result leaves
over of a block that is new is no memory yet, only addresses.

How a block comes back, step by step:

    lease.block = block     # so the memory lives as long as the lease, whatever the pool does
    lease.end = End(7)      # number 7 of the blocks that are lent
    del lease               # CPython frees its attributes; the end's finalizer leaves it in `pool._ended`
    pool.lease(size)        # whoever needs a block next looks there, and finds number 7 idle

A lease may be freed wherever the interpreter collects garbage, even within the functions below; so its end never waits
for the lock. Nor is a finalizer written in Python: Ctrl-C that comes at the beginning of one is lost, as an exception
nobody can catch. And it is not the lease that has one: the garbage collector calls the finalizers of everything in a
cycle before it knows what will be freed, and another one's may keep a view of the lease. An `End` is an `int` without
attributes, which the collector does not know: its finalizer is called when the lease that holds it is really freed.
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
from typing import Any, Final

import numpy as np

LEAST: Final = 1 << 19  # bytes: below, a lease costs more than the C library's page faults where sizes change
_SMALLEST, _COARSE = 1 << 21, 1 << 24  # bytes of the smallest blocks; up to which sizes are powers of two
_HUGE: Final = 1 << 22  # bytes from which huge pages are asked for
_LARGEST_IDLE: Final = 1 << 30  # bytes
_LONGEST: Final = 0.05  # seconds that another thread may have the lock, which takes microseconds


class Block:
    """Memory of one size class, mapped for this process alone."""

    __slots__ = ("address", "memory", "size")

    def __init__(self, size: int) -> None:
        self.size = size
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
    end: int | None = None

    def __reduce__(self) -> Any:
        """Refuse: a copy would give the block back a second time."""
        raise TypeError("memory on lease cannot be copied or pickled; copy the array")


class _Spent(int):
    """An end that was seen to."""

    __slots__ = ()


class Pool:
    """The blocks of this process.

    Args:
      bound: how many bytes may be idle.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self._kinds: dict[int, type[Lease]] = {}
        # Looking up an end that dies stores it, and gives a function without arguments: a finalizer without Python.
        self._ended: defaultdict[int, Any] = defaultdict(itertools.repeat(int).__next__)
        members = {"__slots__": (), "__module__": __name__, "__del__": property(self._ended.__getitem__)}
        self._end: type[int] = type("End", (int,), members)
        self._numbers = itertools.count()
        self.after_fork()

    def after_fork(self) -> None:
        """Start anew: what lies in a parent's block would be copied when it is written."""
        self._lock = threading.Lock()
        self._idle: dict[int, list[Block]] = {}
        self._order: deque[int] = deque()
        # Per block that is lent its size, and the block itself if it comes back. Those of a parent are not there:
        # their leases free them.
        self._lent: dict[int, tuple[int, Block | None]] = {}
        self.idle_bytes = self.used_bytes = self.peak_bytes = self.reused = self.made = 0
        self._returning = 0  # bytes of the blocks that are lent and come back

    def lease(self, size: int) -> Lease:
        """A lease of a block of at least `size` bytes.

        Raises: MemoryError, also in the handler of a signal that came while this thread had the lock.
        """
        size = block_size(size)
        if self._ended:
            self._put_away()
        surplus: list[Block] = []
        if not self._lock.acquire(timeout=_LONGEST):
            raise MemoryError
        try:
            idle = self._idle.get(size)
            block = idle.pop() if idle else None
            if block is not None:
                self.idle_bytes -= size
                self.reused += 1
            else:
                self.made += 1
                if size <= self.bound:
                    surplus = self._evicted(max(self.bound - self._returning - size, 0))
            returns = self._returning + self.idle_bytes + size <= self.bound
            self._returning += size if returns else 0
            self.used_bytes += size
            self.peak_bytes = max(self.peak_bytes, self.used_bytes)
        finally:
            self._lock.release()
        del surplus  # unmapped here, without the lock
        if block is None:
            block = self._new_block(size, returns)
        lease = (self._kinds.get(size) or self._new_kind(size)).from_address(block.address)
        number = next(self._numbers)
        self._lent[number] = size, block if returns else None
        lease.block = block
        lease.end = self._end(number)
        return lease

    def _new_kind(self, size: int) -> type[Lease]:
        members = {"_length_": size, "__module__": __name__}
        return self._kinds.setdefault(size, type("Lease", (Lease,), members))

    def _new_block(self, size: int, returns: bool) -> Block:
        try:
            block = Block(size)
        except (OSError, ValueError, OverflowError):
            self.trim()
            try:
                block = Block(size)
            except (OSError, ValueError, OverflowError):
                with self._lock:
                    self.used_bytes -= size
                    self._returning -= size if returns else 0
                raise MemoryError(f"Unable to allocate {size} bytes") from None
        return block

    def _put_away(self) -> None:
        """Sort what was returned, unless another is at it, who will."""
        while self._ended and self._lock.acquire(blocking=False):
            try:
                self._sort()
            finally:
                self._lock.release()

    def _sort(self) -> None:
        """With the lock: make the blocks idle whose leases have ended."""
        while self._ended:
            end = self._ended.popitem()[0]
            size, block = self._lent.pop(int(end), (0, None))
            end.__class__ = _Spent  # when it dies now, it ends nothing
            self.used_bytes -= size
            if block is not None:
                self._returning -= size
                self._idle.setdefault(size, []).append(block)
                self.idle_bytes += size
                self._order.append(size)
                if len(self._order) > 4096:  # it grows by one with each return; what is idle needs one entry a block
                    self._order = deque(size for size, idle in self._idle.items() for _ in idle)

    def _evicted(self, bound: int) -> list[Block]:
        """With the lock: take out idle blocks until the bound holds, first of the size that was returned earliest."""
        surplus = []
        while self.idle_bytes > bound and self._order:
            idle = self._idle.get(self._order.popleft())
            if idle:
                surplus.append(idle.pop(0))
                self.idle_bytes -= surplus[-1].size
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


def handed_on(view: np.ndarray[Any, Any], owner: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A view of an array that goes now, from its beginning, as the owner of its memory in its stead.

    The view itself if that memory is not recycled.
    """
    lease: Any = owner.base
    if not getattr(lease, "lends_to_one_array", False) or not view.flags.c_contiguous:
        return view
    if not view.ctypes.data == owner.ctypes.data == ctypes.addressof(lease):
        return view
    array: np.ndarray[Any, Any] = np.ndarray(view.shape, view.dtype, lease)
    return array


def trim() -> int:
    """Free the memory of all idle blocks; returns how many bytes that were."""
    return _pool.trim()


def statistics() -> dict[str, int]:
    """Return figures of this process.

    Returns: bytes `idle`, bytes `used` by living results and their `peak`; blocks `made`, and `reused`.
    """
    return _pool.statistics()
