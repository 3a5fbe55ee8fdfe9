"""The largest elements of rows (`top_k`), rows in order, which is `top_k` of all there is, and `nth_element`.

Numbers are compared by *keys*, integers that order as the numbers do: those of floats are their bits, mirrored for
negative ones, with both zeros at 0 and every NaN above all. Equal keys stay in the order of their places.

Few of a row: a heap of the k best seen so far, the worst at its top. Blocks of 16 whose largest key is no better than
the top are passed over, which is most of them. Many or all of a row: keys and places are packed into one integer each,
no two of them equal, so NumPy's vectorised sort puts them in one order. A long row is parted at places that are
evenly apart, so that no element of a part belongs before one of an earlier part, and each part is sorted by a thread.

    row 3 1 3 2, k = 2     the heap has (3, place 0) and (1, 1); then (3, 2) takes the place of (1, 1); 2 is no better
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop, threads_for

_MOST: Final = 1024  # of a row, up to which they are kept in a heap
_PART: Final = 1 << 16  # elements that are not worth sharing
_CACHED: Final = 1 << 18  # bytes that stay in a core's own cache
_KEYS: Final = {
    "f32": "i32", "f64": "i64", "i8": "i32", "u8": "i32", "i16": "i32", "u16": "i32", "i32": "i32", "u32": "i64",
    "i64": "i64",
}  # fmt: skip
_FLOAT_KEY: Final = """b = load(x, {at})
m = b & {I}({most})
{name} = {I}({nan}) if m > {I}({infinity}) else ({I}(-m) if b < {I}(0) else m)"""

_TOP_K = """def kernel(x, keys, places, n, k, start, stop):
    for row in range(start, stop):
        base = row * n
        heap = row * k
        for first in range(k):
{first_key}            store(keys, heap + first, fk)
            store(places, heap + first, {P}(first))
        s = k // U(2)
        while s > U(0):
            s = s - U(1)
            mk = load_result(keys, heap + s)
            mp = load_result(places, heap + s)
            size = k
            hole = s
{sift}        worst = load_result(keys, heap)
        at = k
        while at < n:
            last = min(at + U(16), n)
            best = {K}({lowest})
            for ahead in range(at, last):
{ahead_key}                best = larger(best, ak)
            if best > worst:
                while at < last:
{next_key}                    if nk > worst:
                        mk = nk
                        mp = {P}(at)
                        size = k
                        hole = U(0)
{sift_deep}                        worst = load_result(keys, heap)
                    at = at + U(1)
            at = last
        left = k
        while left > U(1):
            left = left - U(1)
            mk = load_result(keys, heap + left)
            mp = load_result(places, heap + left)
            store(keys, heap + left, load_result(keys, heap))
            store(places, heap + left, load_result(places, heap))
            size = left
            hole = U(0)
{sift}"""
# A key and its place sink into the heap until both below are better: larger, or equal and further to the left.
_SIFT = """below = hole * U(2) + U(1)
while below < size:
    bk = load_result(keys, heap + below)
    bp = load_result(places, heap + below)
    other = min(below + U(1), size - U(1))
    ok = load_result(keys, heap + other)
    op = load_result(places, heap + other)
    if (ok < bk) or ((ok == bk) and (op > bp)):
        below = other
        bk = ok
        bp = op
    if (bk < mk) or ((bk == mk) and (bp > mp)):
        store(keys, heap + hole, bk)
        store(places, heap + hole, bp)
        hole = below
        below = hole * U(2) + U(1)
    else:
        below = size
store(keys, heap + hole, mk)
store(places, heap + hole, mp)"""


def _indented(text: str, depth: int) -> str:
    return "".join(f"{' ' * depth}{line}\n" for line in text.split("\n"))


def _key(kind: str, name: str, at: str) -> str:
    """Statements that make the key of an element."""
    if kind not in ("f32", "f64"):
        return f"{name} = {_KEYS[kind]}(load(x, {at}))"
    info = (2**31 - 1, 0x7F800000) if kind == "f32" else (2**63 - 1, 0x7FF0000000000000)
    text = _FLOAT_KEY.format(I=_KEYS[kind], at=at, most=info[0], nan=info[0], infinity=info[1], name=name)
    return (
        text.replace("b = ", f"{name}_b = ")
        .replace("m = b", f"{name}_m = {name}_b")
        .replace("m > ", f"{name}_m > ")
        .replace("(-m)", f"(-{name}_m)")
        .replace("if b <", f"if {name}_b <")
        .replace("else m)", f"else {name}_m)")
    )


def _top_k_text(kind: str, places: str) -> tuple[str, tuple[str, ...]]:
    keys = _KEYS[kind]
    text = _TOP_K.format(
        K=keys, P=places, lowest=-(2**31) if keys == "i32" else -(2**63),
        first_key=_indented(_key(kind, "fk", "base + first"), 12),
        ahead_key=_indented(_key(kind, "ak", "base + ahead"), 16),
        next_key=_indented(_key(kind, "nk", "base + at"), 20),
        sift=_indented(_SIFT, 12), sift_deep=_indented(_SIFT, 24),
    )  # fmt: skip
    is_float = kind in ("f32", "f64")
    return text, (keys if is_float else kind, keys, places)


def top_k(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """`TopKV2`; None unless all is as it should be. Without places equal elements, as 0 and -0, stand in any order."""
    x, number = values
    kind = instruction.inputs[0].dtype.short
    if number.ndim or not x.ndim or not x.size or kind not in _KEYS:
        return None
    k, n = int(number), x.shape[-1]
    places = instruction.outputs[1].dtype
    if not 0 < k <= n or n >= 1 << 31 or n > np.iinfo(places.np_dtype).max:
        return None
    x = np.ascontiguousarray(x)
    rows, shape = x.size // n, (*x.shape[:-1], k)
    if any(unused[1:]) and k > n // 8:
        found = _values(x.reshape(rows, n), k, threads_for(x.size, threads))
        return [found.reshape(shape), recycle.empty(shape, places.np_dtype)]
    if k <= min(_MOST, max(n // 8, 1)):
        threads = threads_for(x.size, threads)
        found = _few(x.reshape(rows, n), k, kind, places, threads)
    else:
        found = _ordered(x.reshape(rows, n), k, threads_for(x.size, threads))
        if found is None:
            return None
    taken = np.take_along_axis(x.reshape(rows, n), found, -1)
    return [taken.reshape(shape), found.astype(places.np_dtype, copy=False).reshape(shape)]


def _few(x: Any, k: int, kind: str, places: Any, threads: int) -> Any:
    """The places of the `k` largest of each row, by heaps."""
    rows, n = x.shape
    text, types = _top_k_text(kind, places.short)
    keys = np.empty(rows * k, f"i{4 if types[1] == 'i32' else 8}")
    found = recycle.empty((rows, k), places.np_dtype)
    loop(text, types)([x, keys, found], [n, k], [rows], threads)
    return found


# All of a row.

_PACK = """def kernel(x, r, n, start, stop):
    for i in range(start, stop):
{key}        store(r, i, (i64(~k) << i64(32)) | i64(i % n))
"""


@cache
def workers(threads: int) -> ThreadPoolExecutor:
    """Threads for NumPy's sort, which lets go of the GIL; made when they are first needed."""
    return ThreadPoolExecutor(threads, "sessile sort")


def _ordered(x: Any, k: int, threads: int) -> Any | None:
    """The places of the elements of each row, the largest first; None for types of more than 32 bits."""
    kind = {"f4": "f32", "i4": "i32"}.get(x.dtype.str[1:]) or {1: "8", 2: "16"}.get(x.dtype.itemsize)
    if kind is None or x.dtype.kind == "f" and kind != "f32":
        return None
    kind = kind if kind in _KEYS else x.dtype.kind + kind
    rows, n = x.shape
    text = _PACK.format(key=_indented(_key(kind, "k", "i"), 8))
    packed = recycle.empty((rows, n), np.dtype(np.int64))
    loop(text, ("i32" if kind == "f32" else kind, "i64"))([x, packed], [n], [x.size], threads)
    if rows == 1 and threads > 1 and n > _PART:
        _sort_in_parts(packed.reshape(-1), threads)
    elif threads > 1 and x.size > _PART:
        list(workers(threads).map(lambda part: part.sort(axis=-1), np.array_split(packed, min(threads, rows))))
    else:
        packed.sort(axis=-1)
    return packed[:, :k].astype(np.int32)  # the lower half


def _sort_in_parts(numbers: Any, threads: int, backwards: Any = None) -> None:
    """Sort numbers where they are, by so many threads; NaN is last.

    Args:
      backwards: an array that takes them the other way round, unless None.
    """
    places = [len(numbers) * part // threads for part in range(1, threads)]
    numbers.partition(places)

    def sort(start: int, stop: int) -> None:
        part = numbers[start:stop]
        part.sort()
        if backwards is not None:
            backwards[len(numbers) - stop : len(numbers) - start] = part[::-1]

    list(workers(threads).map(sort, [0, *places], [*places, len(numbers)]))


def _values(x: Any, k: int, threads: int) -> Any:
    """The `k` largest elements of each row, without their places."""
    rows, n = x.shape
    found, result = recycle.empty(x.shape, x.dtype), recycle.empty((rows, k), x.dtype)
    np.copyto(found, x)
    if rows == 1 and threads > 1 and n > _PART and k == n:
        _sort_in_parts(found.reshape(-1), threads, result.reshape(-1))
        return result
    if threads > 1 and x.size > _PART:
        list(workers(threads).map(lambda part: part.sort(axis=-1), np.array_split(found, min(threads, rows))))
    else:
        found.sort(axis=-1)
    np.copyto(result, found[:, ::-1][:, :k])
    return result


# One of a row.


def nth_element(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`NthElement`: rows are parted in memory that stays in a cache, a few at a time, by a thread each."""
    x, number = values
    if number.ndim or not x.ndim or not x.size or not 0 <= int(number) < x.shape[-1]:
        return None
    n = x.shape[-1]
    place = n - 1 - int(number) if instruction.attrs["reverse"] else int(number)
    x, result = x.reshape(-1, n), np.empty(x.shape[:-1], x.dtype)
    flat = result.reshape(-1)
    few = max(_CACHED // (n * x.itemsize), 1)

    def choose(rows: Any, found: Any) -> None:
        copies = np.empty((min(few, len(rows)), n), x.dtype)
        for first in range(0, len(rows), few):
            part = copies[: len(rows) - first]
            np.copyto(part, rows[first : first + few])
            part.partition(place, axis=-1)
            found[first : first + few] = part[:, place]

    threads = min(threads_for(x.size, threads), len(x))
    if threads == 1:
        choose(x, flat)
    else:
        list(workers(threads).map(choose, np.array_split(x, threads), np.array_split(flat, threads)))
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"top_k": top_k, "nth": nth_element}
