"""Argument makers of patterns that are attributes, of n-grams and of rows of any lengths."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sessile.ops.types import dtypes

from tests.ops.makers.arguments import Array, Maker, data
from tests.ops.makers.old import fixed


def _places(*values: int) -> Array:
    return np.array(values, np.int64)


def _texts(*values: bytes) -> Array:
    return np.array(values, object)


def _dense(shape: Any, parts: list[Array], types: list[bytes]) -> tuple[Any, dict[str, Any]]:
    return (
        lambda dtype: (np.array(shape, np.int64), data(dtype, (3, 2)), data(dtype, (2,), 1), parts),
        {"row_partition_types": types},
    )


def _numbers(*bounds: Any) -> tuple[Any, dict[str, Any]]:
    return (lambda dtype: tuple(np.array(bound).astype(dtype.np_dtype) for bound in bounds), {"Tsplits": dtypes.int64})


_NGRAMS: Final = {
    "separator": b" ", "left_pad": b"<", "right_pad": b">", "pad_width": -1, "preserve_short_sequences": True,
}  # fmt: skip
_WORDS: Final = (_texts(b"a", b"b", b"c", b"d"), _places(0, 3, 3, 4))

RAGGED: Final[dict[str, Maker]] = {
    "RaggedGather": fixed(
        (lambda dtype: ([_places(0, 2, 3)], data(dtype, (3,)), np.array([1, 0, 1])), {"OUTPUT_RAGGED_RANK": 1}),
        (
            lambda dtype: ([_places(0, 2, 3), _places(0, 1, 1, 3)], data(dtype, (3, 2)), np.array([[1], [0]])),
            {"OUTPUT_RAGGED_RANK": 3},
        ),
    ),
    "RaggedRange": fixed(_numbers([1, 2], [3, 9], [1, 3]), _numbers(5, [1, 4], -2)),
    "RaggedTensorToSparse": fixed(
        (lambda dtype: ([_places(0, 2, 3)], data(dtype, (3,))), {}),
        (lambda dtype: ([_places(0, 2, 3), _places(0, 1, 1, 3)], data(dtype, (3, 2))), {}),
    ),
    "RaggedTensorToTensor": fixed(
        _dense([-1, -1, 2], [_places(0, 2, 3)], [b"ROW_SPLITS"]),
        _dense(-1, [np.array(4), _places(0, 0, 2)], [b"FIRST_DIM_SIZE", b"VALUE_ROWIDS"]),
        _dense([1, 3, 1, 2], [_places(0, 2, 3), _places(0, 1, 1, 3)], [b"ROW_SPLITS"] * 2),
    ),
    "StaticRegexFullMatch": fixed((lambda dtype: (_texts(b"a1", b"b"),), {"pattern": b"a."})),
    "StaticRegexReplace": fixed(
        (lambda dtype: (_texts(b"aa1", b"b"),), {"pattern": b"(a)", "rewrite": b"<\\1>"}),
        (lambda dtype: (_texts(b"aa1", b"b"),), {"pattern": b"a", "rewrite": b"", "replace_global": False}),
    ),
    "StringNGrams": fixed(
        (lambda dtype: _WORDS, {"ngram_widths": [2], **_NGRAMS}),
        (lambda dtype: _WORDS, {"ngram_widths": [3, 1], **_NGRAMS, "pad_width": 0}),
    ),
}  # fmt: skip
