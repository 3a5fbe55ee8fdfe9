"""Strings as places in memory: for each the address of its first byte, and its size.

An array of Python's bytes is seen so without copying any of them, and what an operation cuts out of strings (a part, a
word) lies within them. So strings go from one routine to the next; they become objects where something else reads them.

    array of b"ab cd", b"e"    addresses 0x7f..20, 0x7f..60    sizes 5, 1
    its words                  addresses 0x7f..20, 0x7f..23, 0x7f..60    sizes 2, 2, 1

Memory is read in words of eight bytes that lie at multiples of eight: one that has a byte of a string in it is there as
a whole. The text of a loop names it `memory`, an array of words from address 0 on.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any, Final

import numpy as np

from ...jit.text_kernel import compile_text
from ...machine import abi
from ..kernel import loop

Array = np.ndarray[Any, Any]
LEAST: Final = 1 << 12  # strings from which on compiled code is worth its call, and being compiled


class Views:
    """Strings in memory.

    Args:
      addresses: of their first bytes, uint64. sizes: in bytes, int64. Both are vectors.
      shape: of the tensor.
      owner: what keeps the memory.
    """

    __slots__ = ("addresses", "owner", "shape", "sizes")

    def __init__(self, addresses: Array, sizes: Array, shape: tuple[int, ...], owner: Any) -> None:
        self.addresses, self.sizes, self.shape, self.owner = addresses, sizes, shape, owner

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.sizes)

    def array(self) -> Array:
        """The strings as an array of Python's bytes."""
        result = np.empty(len(self.sizes), object)
        _make()(self.addresses.ctypes.data, self.sizes.ctypes.data, result.ctypes.data, len(result))
        return result.reshape(self.shape)

    def some(self, chosen: Array) -> list[bytes]:
        """The strings at some places."""
        pairs = zip(self.addresses[chosen].tolist(), self.sizes[chosen].tolist())
        return [ctypes.string_at(address, size) for address, size in pairs]


MEMORY: Final = SimpleNamespace(__array_interface__={"data": (0, False)})
"""All memory, as an array for a `Loop`."""

_SEE: Final = """def kernel(objects, memory, addresses, sizes, bad, kind, start, stop):
    wrong = u8(0)
    for i in range(start, stop):
        e = load(objects, i)
        at = U(e >> u64(3))
        if load(memory, at + U(1)) != u64(kind):
            wrong = u8(1)
        store(addresses, i, e + u64(32))
        store(sizes, i, i64(load(memory, at + U(2))))
    store(bad, 0, wrong)
"""
_BYTES: Final = 32  # where in a bytes object they begin

_MAKE: Final = """define i64 @sessile_kernel(ptr %addresses, ptr %sizes, ptr %to, ptr %make, ptr %drop, i64 %count) {
entry:
  %any = icmp sgt i64 %count, 0
  br i1 %any, label %next, label %done
next:
  %i = phi i64 [ 0, %entry ], [ %i.1, %made ]
  %address.at = getelementptr i64, ptr %addresses, i64 %i
  %address = load ptr, ptr %address.at
  %size.at = getelementptr i64, ptr %sizes, i64 %i
  %size = load i64, ptr %size.at
  %new = call ptr %make(ptr %address, i64 %size)
  %none = icmp eq ptr %new, null
  br i1 %none, label %done, label %made
made:
  %to.at = getelementptr ptr, ptr %to, i64 %i
  %old = load ptr, ptr %to.at
  store ptr %new, ptr %to.at
  call void %drop(ptr %old)
  %i.1 = add i64 %i, 1
  %again = icmp slt i64 %i.1, %count
  br i1 %again, label %next, label %done
done:
  ret i64 0
}
"""


@cache
def _make() -> Callable[[int, int, int, int], int]:
    """A function that puts strings into an array of objects. It holds the lock of Python."""
    code = compile_text(_MAKE, 5, 1)
    call = ctypes.PYFUNCTYPE(ctypes.c_int64, *[ctypes.c_void_p] * 5, ctypes.c_int64)(code.address)
    names = ("PyBytes_FromStringAndSize", "Py_DecRef")
    functions = [ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p) for name in names]

    def make(addresses: int, sizes: int, to: int, count: int) -> int:
        return int(call(addresses, sizes, to, *functions, count))

    return make


@cache
def available() -> bool:
    """Whether bytes lie in this process as they are expected to."""
    if not abi.available():
        return False
    text = b"sessile " * 5
    found = (ctypes.c_int64 * 3).from_address(id(text))
    return found[1] == id(bytes) and found[2] == 40 and ctypes.string_at(id(text) + _BYTES, 40) == text


def views_of(array: Any) -> Views | None:
    """The strings of an array of objects; None if there are other objects in it, or bytes lie elsewhere than expected.

    Cost: some 5 ns a string.
    """
    if type(array) is Views:
        return array
    if not available() or array.dtype != object:
        return None
    flat = np.ascontiguousarray(array).reshape(-1)
    addresses, sizes, bad = np.empty(flat.size, np.uint64), np.empty(flat.size, np.int64), np.zeros(1, np.uint8)
    run = loop(_SEE, ("u64", "u64", "u64", "i64", "u8"))
    run([flat, MEMORY, addresses, sizes, bad], [id(bytes)], [flat.size], 1)
    return None if bad[0] else Views(addresses, sizes, array.shape, (array, flat))


def new_memory(sizes: Array) -> tuple[Array, Array]:
    """Memory for strings of these sizes, each at a multiple of eight: words, and the number of the first of each."""
    words = (sizes + 7) >> 3
    ends = np.cumsum(words)
    data = np.empty(int(ends[-1]) if len(ends) else 0, np.uint64)
    return data, (ends - words).view(np.uint64)
