"""Strings taken apart."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.shape_checks import ranked
from ...types import dtypes
from ..arrays.reshaping import reshape
from ..arrays.shape_ops import shape as shape_of
from ..arrays.stacking import concat
from ..elementwise.cast import cast
from ..reductions.reductions import renamed
from .joining import strings


def _sparse(rows: list[list[bytes]]) -> tuple[Any, Any, Any]:
    """Rows of words as indices, values and shape."""
    if len(rows) == 1:
        indices = np.zeros((len(rows[0]), 2), np.int64)
        indices[:, 1] = np.arange(len(rows[0]))
        return indices, strings(rows[0]), np.array([1, len(rows[0])], np.int64)
    counts = np.fromiter(map(len, rows), np.int64, len(rows))
    indices = np.empty((int(counts.sum()), 2), np.int64)
    indices[:, 0] = np.repeat(np.arange(len(rows)), counts)
    indices[:, 1] = np.arange(len(indices)) - np.repeat(np.cumsum(counts) - counts, counts)
    shape = np.array([len(rows), counts.max(initial=0)], np.int64)
    return indices, strings(list(chain.from_iterable(rows))), shape


_FEW = 32  # strings that are taken apart one by one
_SPACES = b" \t\n\r\x0b\x0c"  # what bytes.split() ends words at


def _split_at_once(
    texts: list[bytes], marks: bytes, skip_empty: bool, empty_has_none: bool = True
) -> tuple[Any, Any, Any]:
    """All strings as one, taken apart at once; where the marks stand tells the rows.

    Without `skip_empty` an empty string has one empty word, or none if `empty_has_none`.

    For example of `[b"a b", b"c"]` the text is `b"a b c"`, its second mark is where the first string ends.
    """
    mark = marks[:1]
    text = mark.join(texts)
    if len(marks) > 1:
        text = text.translate(bytes.maketrans(marks, mark * len(marks)))
    places = np.flatnonzero(np.frombuffer(text, np.uint8) == mark[0])
    words = strings(text.split(mark))
    is_end = np.zeros(len(text), bool)
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    is_end[np.cumsum(sizes[:-1] + 1) - 1] = True
    rows = np.zeros(len(words), np.int64)
    np.cumsum(is_end[places], out=rows[1:])
    kept = np.diff(places, prepend=-1, append=len(text)) > 1 if skip_empty else sizes[rows] > 0
    if (skip_empty or empty_has_none) and not kept.all():
        words, rows = words[kept], rows[kept]
    counts = np.bincount(rows, minlength=len(texts))
    indices = np.empty((len(words), 2), np.int64)
    indices[:, 0] = rows
    indices[:, 1] = np.arange(len(words)) - (np.cumsum(counts) - counts)[rows]
    return indices, words, np.array([len(texts), counts.max()], np.int64)


def _split_kernel(input: Any, delimiter: Any, *, skip_empty: bool) -> Any:
    marks = delimiter.item()

    texts = input.tolist()
    if marks and len(texts) > _FEW:
        return _split_at_once(texts, marks, skip_empty)
    if not marks:
        return _sparse([[text[k : k + 1] for k in range(len(text))] for text in texts])
    if len(marks) == 1:
        rows = [text.split(marks) if text else [] for text in texts]
    else:
        pattern = re.compile(b"[" + re.escape(marks) + b"]")
        rows = [pattern.split(text) if text else [] for text in texts]
    if skip_empty:
        rows = [row if all(row) else [word for word in row if word] for row in rows]
    return _sparse(rows)


_SPARSE_SHAPES = [(None, 2), (None,), (2,)]
STRING_SPLIT = OpDef(
    name="StringSplit",
    signature="input: string, delimiter: string -> indices: int64, values: string, shape: int64",
    attrs={"skip_empty": ("bool", True)},
    routine=("strings", "words"),
    shape=ranked(lambda q: list(_SPARSE_SHAPES), 1, 0),
    kernel=_split_kernel,
)


def _split_v2_kernel(input: Any, sep: Any, *, maxsplit: int) -> Any:
    mark, texts = sep.item() or None, input.tolist()
    if maxsplit < 0 and len(texts) > _FEW and (mark is None or len(mark) == 1):
        return _split_at_once(texts, mark or _SPACES, mark is None, empty_has_none=False)
    if mark is None and maxsplit >= 0:
        return _sparse([_words(text, maxsplit) for text in texts])
    return _sparse([text.split(mark, maxsplit) for text in texts])


def _words(text: bytes, count: int) -> list[bytes]:
    """The first words, and what is left, which TensorFlow gives also where it is empty; all of a text for no word."""
    if not count:
        return [text]
    found = text.split(None, count)
    return [*found, b""] if len(found) == count else found


STRING_SPLIT_V2 = OpDef(
    name="StringSplitV2",
    signature="input: string, sep: string -> indices: int64, values: string, shape: int64",
    attrs={"maxsplit": ("int", -1)},
    routine=("strings", "words"),
    shape=ranked(lambda q: list(_SPARSE_SHAPES), 1, 0),
    kernel=_split_v2_kernel,
)


def string_split(
    source: Any, sep: Any = None, skip_empty: bool = True, delimiter: Any = None, result_type: str = "SparseTensor",
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return the words of strings as a SparseTensor, a row for each string.

    Args:
      source: a string vector.
      sep: each of its bytes ends a word; `delimiter` is its other name. Default: a space. Empty: each byte is a word.
      skip_empty: whether empty words are left out.
    Raises: ValueError for another `result_type`.
    """
    from ..sparse.sparse_tensor import SparseTensor

    _check_result_type(result_type)
    marks = renamed("sep", sep, "delimiter", delimiter)
    with name_scope(name, "StringSplit", [source]):
        text = convert_to_tensor(source, dtypes.string, name="source")
        mark = convert_to_tensor(" " if marks is None else marks, dtypes.string)
        indices, values, shape = build(STRING_SPLIT, text, mark, skip_empty=skip_empty)
        return SparseTensor(indices, values, shape)


def _check_result_type(result_type: str) -> None:
    """Raises: ValueError for what is none: ragged words are made in `library/ragged/texts.py`."""
    if result_type != "SparseTensor":
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")


def string_split_v2(
    input: Any = None, sep: Any = None, maxsplit: int = -1, result_type: str = "SparseTensor", source: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return the words of strings as Python's `str.split` has them, as a SparseTensor.

    Args:
      input: strings, a vector or an array of higher rank; `source` is its other name.
      sep: what stands between words. Default: any amount of white space.
      maxsplit: after how many words the rest of a string is one word. Default: none.
      result_type: "SparseTensor".
    Returns: the words, along one more dimension than `input` has.
    Raises: ValueError for a scalar, another `result_type`, or both names of the strings.

    >>> with tf.Session() as sess:
    ...     sess.run(tf.strings.split(["a b c", "d"], maxsplit=1)).values.tolist()
    [b'a', b'b c', b'd']
    """
    from ..sparse.sparse_tensor import SparseTensor
    from ..sparse.structure import sparse_reshape

    if input is not None and source is not None:
        raise ValueError("Cannot specify both 'source' and 'input'")
    _check_result_type(result_type)
    with name_scope(name, "StringSplit", [source if input is None else input]):
        text = convert_to_tensor(source if input is None else input, dtypes.string, name="input")
        rank = text.shape.ndims
        if rank == 0:
            raise ValueError("strings.split takes strings of rank 1 or more, not a scalar.")
        mark = convert_to_tensor("" if sep is None else sep, dtypes.string)
        is_vector = rank is None or rank == 1  # as TensorFlow takes strings of unknown rank
        rows = text if is_vector else reshape(text, [-1])
        indices, values, shape = build(STRING_SPLIT_V2, rows, mark, maxsplit=maxsplit)
        words = SparseTensor(indices, values, shape)
        if is_vector:
            return words
        return sparse_reshape(words, concat([cast(shape_of(text), dtypes.int64), shape[1:]], 0))
