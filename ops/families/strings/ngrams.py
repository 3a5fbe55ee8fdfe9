"""The operation type of n-grams: words of a row that follow each other, joined.

A row is padded at both ends, at most so often that each n-gram has a word of the row in it. Worked example: the row
[a, b] in pairs, padded by "^" and "$", has the n-grams "^ a", "a b" and "b $".
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import with_rank
from ...types.dtypes import INDEX, int64
from .joining import strings


def _of_row(words: list[bytes], widths: Any, pads: tuple[bytes, bytes], pad_width: int, separator: bytes) -> Any:
    found: list[bytes] = []
    for width in widths:
        times = width - 1 if pad_width < 0 else min(pad_width, width - 1)
        found += _joined(words, width, times, pads, separator)
    return found


def _joined(words: list[bytes], width: int, times: int, pads: tuple[bytes, bytes], separator: bytes) -> Iterator[bytes]:
    padded = [pads[0]] * times + words + [pads[1]] * times
    return (separator.join(padded[at : at + width]) for at in range(len(padded) - width + 1))


def _kernel(
    data: Any, data_splits: Any, *, separator: bytes, ngram_widths: Any, left_pad: bytes, right_pad: bytes,
    pad_width: int, preserve_short_sequences: bool,
) -> Any:  # fmt: skip
    places = data_splits.tolist()
    if places and (places[0] != 0 or places[-1] > len(data) or places != sorted(places)):
        raise InvalidArgumentError(
            None,
            None,
            f"Invalid splits: they must ascend from 0 to at most the number of words, {len(data)}, got {places}",
        )
    given, pads = data.tolist(), (left_pad, right_pad)
    found: list[bytes] = []
    ends = [0]
    for start, stop in pairwise(places):
        words = given[start:stop]
        of_row = _of_row(words, ngram_widths, pads, pad_width, separator)
        if preserve_short_sequences and words and not of_row:
            times = max(pad_width, 0)
            of_row = list(_joined(words, len(words) + 2 * times, times, pads, separator))
        found += of_row
        ends.append(len(found))
    return strings(found), np.array(ends if places else [], data_splits.dtype)


def _shape(query: Any) -> Any:
    with_rank(query.shapes[0], 1)
    return [(None,), with_rank(query.shapes[1], 1)]


STRING_NGRAMS = OpDef(
    name="StringNGrams",
    signature="data: string, data_splits: Tsplits -> ngrams: string, ngrams_splits: Tsplits",
    where={"Tsplits": INDEX},
    attrs={
        "separator": ("string",),
        "ngram_widths": ("list(int)",),
        "left_pad": ("string",),
        "right_pad": ("string",),
        "pad_width": ("int",),
        "preserve_short_sequences": ("bool",),
        "Tsplits": ("type", int64),
    },
    shape=_shape,
    kernel=_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
