"""Patterns that are runs of bytes, such as `[0-9]+` or `a[^,]*,`, replaced in strings in memory.

A table tells for each byte in which runs it may stand, a bit each. Where a run ends what follows cannot have begun
(`ops/families/strings/at_once.py`), so that a match is found by going forward only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from ....ops.families.strings.at_once import ENDLESS, Run, runs_of
from ....ops.families.strings.patterns import as_python
from ...plan.plan import Instruction
from ..kernel import loop
from .views import MEMORY, Views, new_memory, views_of

_MOST_RUNS: Final = 64
_ASCII: Final = 128

_MATCH: Final = """k = U(0)
while good and (k < runs):
    count = u64(0)
    more = True
    while more:
        more = False
        if (q < n) and (count < load(most, k)):
            b = load(memory, U(a + q))
            more = ((load(sets, U(b)) >> u64(k)) & u64(1)) != u64(0)
            q = q + u64(more)
            count = count + u64(more)
    good = count >= load(least, k)
    k = k + U(1)
"""
_REPLACE: Final = """def kernel(memory, addresses, sizes, sets, least, most, template, to, data, lengths, runs, limit, width, start, stop):
    for i in range(start, stop):
        a = load(addresses, i)
        n = u64(load(sizes, i))
        begin = U(load(to, i)) * U(8)
        at = begin
        p = u64(0)
        made = U(0)
        while p < n:
            q = p
            good = made < limit
{match}            if good:
                for j in range(width):
                    store(data, at + j, load(template, j))
                at = at + width
                made = made + U(1)
                p = q
            else:
                store(data, at, load(memory, U(a + p)))
                at = at + U(1)
                p = p + u64(1)
        store(lengths, i, i64(at - begin))
"""  # noqa: E501
_FULL: Final = """def kernel(memory, addresses, sizes, sets, least, most, r, runs, start, stop):
    for i in range(start, stop):
        a = load(addresses, i)
        n = u64(load(sizes, i))
        q = u64(0)
        good = True
{match}        store(r, i, u8(1) if good and (q == n) else u8(0))
"""


def _tables(runs: Sequence[Run]) -> list[Any]:
    sets = np.zeros(256, np.uint64)
    for number, run in enumerate(runs):
        sets[sorted(run.bytes)] |= np.uint64(1 << number)
    return [sets, np.array([run.least for run in runs], np.uint64), np.array([run.most for run in runs], np.uint64)]


def _runs(pattern: bytes) -> list[Run] | None:
    """The runs of a pattern of RE2, if bytes tell as much as the characters of UTF-8 that it means."""
    if re.search(rb"\\[pPC]", pattern):
        return None  # classes of Unicode, or bytes of characters
    try:
        runs = runs_of(re.compile(as_python(pattern)))
    except re.error:
        return None
    few = runs is not None and len(runs) <= _MOST_RUNS
    return runs if few and pattern.isascii() and all(map(_tells_characters, runs or ())) else None


def _tells_characters(run: Run) -> bool:
    """Whether a run of bytes is one of characters: it has those of ASCII alone, or all others and never counts them."""
    others = sum(byte >= _ASCII for byte in run.bytes)
    return not others or (others == _ASCII and run.least <= 1 and run.most >= ENDLESS)


def _match(indent: int) -> str:
    return "".join(f"{' ' * indent}{line}\n" for line in _MATCH.splitlines())


def _given(instruction: Instruction, values: Sequence[Any], at: int, name: str) -> bytes:
    """A text that is an attribute or an input."""
    found: bytes = instruction.attrs[name] if name in instruction.attrs else values[at].item()
    return found


def replaced(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`RegexReplace` and `StaticRegexReplace` by a text without groups."""
    texts = views_of(values[0])
    pattern, rewrite = (_given(instruction, values, at, name) for at, name in ((1, "pattern"), (2, "rewrite")))
    runs = None if b"\\" in rewrite or texts is None else _runs(pattern)
    if texts is None or runs is None:
        return None
    shortest = sum(run.least for run in runs)
    data, places = new_memory(texts.sizes * max(-(-len(rewrite) // shortest), 1))
    sizes = np.empty(texts.size, np.int64)
    template = np.frombuffer(rewrite or b"\0", np.uint8)
    limit = 2**62 if instruction.attrs["replace_global"] else 1
    run = loop(
        _REPLACE.format(match=_match(12)),
        ("u8", "u64", "i64", "u64", "u64", "u64", "u8", "u64", "u8", "i64"),
    )
    given = [MEMORY, texts.addresses, texts.sizes, *_tables(runs), template, places, data, sizes]
    run(given, [len(runs), limit, len(rewrite)], [texts.size], 1)
    return [Views(places * np.uint64(8) + np.uint64(data.ctypes.data), sizes, texts.shape, data)]


def full_matches(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`RegexFullMatch` and `StaticRegexFullMatch`."""
    texts = views_of(values[0])
    runs = None if texts is None else _runs(_given(instruction, values, 1, "pattern"))
    if texts is None or runs is None:
        return None
    result = np.empty(texts.size, np.uint8)
    run = loop(_FULL.format(match=_match(8)), ("u8", "u64", "i64", "u64", "u64", "u64", "u8"))
    run([MEMORY, texts.addresses, texts.sizes, *_tables(runs), result], [len(runs)], [texts.size], 1)
    return [result.view(np.bool_).reshape(texts.shape)]
