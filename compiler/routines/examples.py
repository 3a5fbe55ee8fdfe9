"""Batches of Example messages read from their bytes by compiled code.

One loop finds the wanted features of every message and counts their values, others fetch the values of a feature. The
form of the bytes is told in `ops/families/io/example_wire.py`, which does the same with NumPy; both read what is usual
and leave anything else to protobuf. No byte is read before it is known to lie in its message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from ...ops.families.io.example_ops import specs
from ...ops.families.io.example_wire import LISTS, UnusualError, parsed
from ...ops.types import dtypes
from ...ops.types.dtypes import DType
from ..plan.plan import Instruction
from .kernel import loop
from .strings.views import MEMORY, Views, available, views_of

Array = np.ndarray[Any, Any]
_MANY: Final = 1024  # messages after which compiling is worth it

# A tag and a length: `at` goes to what lies behind them, `size` is how much that is.
_PART: Final = """b = u8(0)
if good and (at < {end}):
    b = load(memory, U(at))
good = good and (b == u8({tag}))
at = at + u64(1)
b = u8(128)
size = u64(0)
shift = u64(0)
more = good
while more and (at < {end}):
    b = load(memory, U(at))
    size = size | (u64(b & u8(127)) << shift)
    shift = shift + u64(7)
    at = at + u64(1)
    more = (b > u8(127)) and (shift < u64(35))
good = good and (b < u8(128)) and (size <= {end} - at)"""

# How many values there are from `at` to `last`, in `total`: of strings, of numbers in 4 bytes, of numbers in 1 to 10.
_COUNT: Final = """if kind == u8(10):
    while (at < last) and good:
        {text}
        at = at + size
        total = total + i64(1)
else:
    {packed}
    good = good and (at + size == last)
    begin = at
    if kind == u8(18):
        good = good and ((size & u64(3)) == u64(0))
        total = i64(size >> u64(2))
    else:
        long = u64(0)
        while (at < last) and good:
            long = long + u64(1)
            good = long <= u64(10)
            if load(memory, U(at)) < u8(128):
                total = total + i64(1)
                long = u64(0)
            at = at + u64(1)
        good = good and (long == u64(0))"""

_SCAN: Final = """def kernel(
    memory, addresses, sizes, names, widths, kinds, counts, begins, bad, keys, rows, start, stop
):
    wrong = u8(0)
    for i in range(start, stop):
        at = load(addresses, i)
        end = at + u64(load(sizes, i))
        good = True
        if at < end:
            {features}
            good = good and (at + size == end)
        while (at < end) and good:
            {entry}
            last = at + size
            {key}
            name = at
            width = size
            at = at + size
            {value}
            good = good and (at + size == last)
            number = i64(-1)
            if good:
                for k in range(keys):
                    if load(widths, k) == i64(width):
                        j = u64(0)
                        same = True
                        while (j < width) and same:
                            same = load(memory, U(load(names, k) + j)) == load(memory, U(name + j))
                            j = j + u64(1)
                        number = i64(k) if same else number
            if number >= i64(0):
                kind = load(kinds, U(number))
                total = i64(0)
                begin = u64(0)
                if at < last:
                    good = load(memory, U(at)) == kind
                    {list}
                    good = good and (at + size == last)
                    begin = at
                    if (at < last) and good:
                        {count}
                store(counts, U(number) * rows + i, total)
                store(begins, U(number) * rows + i, begin)
            at = last
        if not good:
            wrong = u8(1)
    store(bad, 0, wrong)
"""

_FLOATS: Final = """def kernel(memory, begins, counts, firsts, r, start, stop):
    for i in range(start, stop):
        at = load(begins, i)
        for j in range(U(load(counts, i))):
            a = at + u64(j) * u64(4)
            low = u32(load(memory, U(a))) | (u32(load(memory, U(a + u64(1)))) << u32(8))
            high = u32(load(memory, U(a + u64(2)))) | (u32(load(memory, U(a + u64(3)))) << u32(8))
            store(r, U(load(firsts, i)) + j, low | (high << u32(16)))
"""

_WHOLE: Final = """def kernel(memory, begins, counts, firsts, r, start, stop):
    for i in range(start, stop):
        at = load(begins, i)
        for j in range(U(load(counts, i))):
            value = u64(0)
            shift = u64(0)
            more = True
            while more:
                b = load(memory, U(at))
                value = value | (u64(b & u8(127)) << shift)
                shift = shift + u64(7)
                at = at + u64(1)
                more = b > u8(127)
            store(r, U(load(firsts, i)) + j, value)
"""

_TEXTS: Final = """def kernel(memory, begins, counts, firsts, r, lengths, start, stop):
    for i in range(start, stop):
        at = load(begins, i)
        for j in range(U(load(counts, i))):
            at = at + u64(1)
            value = u64(0)
            shift = u64(0)
            more = True
            while more:
                b = load(memory, U(at))
                value = value | (u64(b & u8(127)) << shift)
                shift = shift + u64(7)
                at = at + u64(1)
                more = b > u8(127)
            store(r, U(load(firsts, i)) + j, at)
            store(lengths, U(load(firsts, i)) + j, i64(value))
            at = at + value
"""


def _filled(whole: str, **parts: str) -> str:
    """A text whose lines `{name}` are these parts, as far to the right."""
    lines = []
    for line in whole.split("\n"):
        name = line.strip()
        if name.startswith("{"):
            indent = line[: len(line) - len(name)]
            lines += [indent + part for part in parts[name[1:-1]].split("\n")]
        else:
            lines.append(line)
    return "\n".join(lines)


def _part(tag: int | str, end: str) -> str:
    return _PART.format(tag=tag, end=end)


@cache
def _scan_text() -> str:
    any_list = _part(0, "last").replace("(b == u8(0))", "(b == kind)")
    count = _filled(_COUNT, text=_part(10, "last"), packed=_part(10, "last"))
    head = _SCAN.replace("(\n    memory", "(memory").replace("stop\n):", "stop):")
    return _filled(
        head, features=_part(10, "end"), entry=_part(10, "end"), key=_part(10, "last"), value=_part(18, "last"),
        list=any_list, count=count,
    )  # fmt: skip


class _Batch:
    """As `example_wire.Batch`: how many values messages have of features, and the values.

    Args:
      texts: the messages.
      kinds: the type of each feature that is wanted, by its key.
    Raises: UnusualError.
    """

    def __init__(self, texts: Views, kinds: dict[str, DType]) -> None:
        self.count = texts.size
        self._numbers = {key: number for number, key in enumerate(kinds)}
        names = np.empty(len(kinds), object)
        names[:] = [key.encode() for key in kinds]
        keys = views_of(names)
        assert keys is not None
        tags = np.array([LISTS[dtype] for dtype in kinds.values()], np.uint8)
        self._counts = np.zeros((len(kinds), texts.size), np.int64)
        self._begins = np.zeros((len(kinds), texts.size), np.uint64)
        bad = np.zeros(1, np.uint8)
        arrays = [texts.addresses, texts.sizes, keys.addresses, keys.sizes, tags, self._counts, self._begins, bad]
        run = loop(_scan_text(), ("u8", "u64", "i64", "u64", "i64", "u8", "i64", "u64", "u8"))
        run([MEMORY, *arrays], [len(kinds), texts.size], [texts.size], 1)
        if bad[0]:
            raise UnusualError
        self._texts = texts

    def has_list(self, key: str) -> Array:
        """Which messages have a list of a feature, be it empty."""
        found: Array = self._begins[self._numbers[key]] != 0
        return found

    def values(self, key: str, dtype: DType) -> tuple[Array, Any]:
        """How many values each message has of a feature, and all of them."""
        number = self._numbers[key]
        counts, begins = self._counts[number], self._begins[number]
        ends = np.cumsum(counts)
        total = int(ends[-1])
        arrays = [MEMORY, begins, counts, ends - counts]
        types = ("u8", "u64", "i64", "i64")
        if dtype is dtypes.string:
            addresses, sizes = np.empty(total, np.uint64), np.empty(total, np.int64)
            loop(_TEXTS, (*types, "u64", "i64"))([*arrays, addresses, sizes], [], [self.count], 1)
            return counts, Views(addresses, sizes, (total,), self._texts.owner).array()
        values = np.empty(total, dtype.np_dtype)
        if dtype is dtypes.float32:
            loop(_FLOATS, (*types, "u32"))([*arrays, values.view(np.uint32)], [], [self.count], 1)
        else:
            loop(_WHOLE, (*types, "u64"))([*arrays, values.view(np.uint64)], [], [self.count], 1)
        return counts, values


_seen = [0]  # messages so far


def _parse(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """`ParseExample`."""
    _seen[0] += values[0].size
    if _seen[0] < _MANY or not available() or values[1].size not in (0, values[0].size):
        return None
    attrs = instruction.attrs
    sparse_count, keys_end = attrs["Nsparse"], 2 + attrs["Nsparse"] + attrs["Ndense"]
    sparse_keys, dense_keys = values[2 : 2 + sparse_count], values[2 + sparse_count : keys_end]
    sparse, dense = specs(
        sparse_keys, dense_keys, values[keys_end:], attrs["sparse_types"], attrs["Tdense"], attrs["dense_shapes"]
    )
    wanted: list[tuple[str, DType]] = [(spec.key, spec.dtype) for spec in sparse]
    wanted += [(spec.key, spec.dtype) for spec in dense]
    kinds = dict(wanted)
    texts = views_of(values[0])
    if texts is None or not kinds or any(kinds[key] is not dtype for key, dtype in wanted):
        return None
    try:
        return parsed(_Batch(texts, kinds), sparse, dense)
    except UnusualError:
        return None


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"examples": _parse}
