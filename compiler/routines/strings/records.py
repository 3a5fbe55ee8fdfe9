"""Lines of comma-separated values, and numbers in binary, from strings in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from ....ops.base.errors import OpError
from ....ops.families.strings.numbers import STRING_TO_NUMBER
from ....ops.types import dtypes
from ...plan.plan import Instruction
from ..kernel import loop
from .numbers import numbers_of
from .pieces import cut
from .views import MEMORY, Views, views_of

_HAS: Final = """def kernel(memory, addresses, sizes, marks, found, start, stop):
    any = u8(0)
    for i in range(start, stop):
        a = load(addresses, i)
        for j in range(U(load(sizes, i))):
            b = load(memory, U(a + u64(j)))
            any = any | load(marks, U(b))
    store(found, 0, any)
"""


def _has(texts: Views, marks: bytes) -> bool:
    """Whether strings have one of some bytes in them."""
    table, found = np.zeros(256, np.uint8), np.zeros(1, np.uint8)
    table[np.frombuffer(marks, np.uint8)] = 1
    run = loop(_HAS, ("u8", "u64", "i64", "u8", "u8"))
    run([MEMORY, texts.addresses, texts.sizes, table, found], [], [texts.size], 1)
    return bool(found[0])


def columns(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`DecodeCSV` of records without quotes that have all fields."""
    texts, attrs, count = views_of(values[0]), instruction.attrs, len(instruction.outputs)
    delimiter, chosen = attrs["field_delim"], attrs["select_cols"] or range(count)
    if texts is None or not count or len(delimiter) != 1 or attrs["na_value"]:
        return None
    if _has(texts, b'"\r\n' if attrs["use_quote_delim"] else b"\r\n"):
        return None
    counts, fields, _ = cut(texts, delimiter, skips_empty=False)
    width = int(counts[0])
    if (counts != width).any() or max(chosen) >= width or min(chosen) < 0 or not fields.sizes.all():
        return None
    if not attrs["select_cols"] and width != count:
        return None
    results: list[Any] = []
    for column, value in zip(chosen, instruction.outputs):
        addresses, sizes = fields.addresses[column::width], fields.sizes[column::width]
        found = Views(np.ascontiguousarray(addresses), np.ascontiguousarray(sizes), texts.shape, texts.owner)
        try:
            if value.dtype is dtypes.string:
                results.append(found)
            else:
                results.append(numbers_of(found, value.dtype, STRING_TO_NUMBER.kernel).reshape(texts.shape))
        except OpError:
            return None  # the kernel says which field is no number
    return results


_COPY: Final = """def kernel(memory, addresses, r, words, start, stop):
    for i in range(start, stop):
        a = load(addresses, i) >> u64(3)
        for j in range(words):
            store(r, i * words + j, load(memory, U(a) + j))
"""


def raw(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`DecodeRaw` of strings of one length that is a multiple of eight."""
    texts, kind = views_of(values[0]), np.dtype(instruction.outputs[0].dtype.np_dtype)
    if texts is None or not instruction.attrs["little_endian"] or kind == np.bool_:
        return None
    size = int(texts.sizes[0])
    if not size or size % 8 or size % kind.itemsize or (texts.sizes != size).any() or (texts.addresses % 8).any():
        return None
    result = np.empty((*texts.shape, size // kind.itemsize), kind)
    loop(_COPY, ("u64", "u64", "u64"))([MEMORY, texts.addresses, result], [size // 8], [texts.size], 1)
    return [result]
