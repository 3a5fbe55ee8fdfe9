"""Strings as rows of characters, bytes, words and n-grams, and such rows as strings."""

from __future__ import annotations

from typing import Any

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import range as range_of
from ...families.arrays.reshaping import reshape
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import concat
from ...families.sparse.sparse_tensor import SparseTensor
from ...families.strings import splitting, unicode
from ...families.strings.ngrams import STRING_NGRAMS
from ...graph.node import Tensor
from ...types import dtypes
from .ragged_tensor import RaggedTensor, to_ragged_or_tensor


def unicode_decode(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 65533,
    replace_control_characters: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """Return the code points of strings, int32, along one more dimension, which is ragged.

    Args:
      input: strings, of any known rank; of a scalar the result is a Tensor.
      input_encoding: of the strings.
      errors: what becomes of bytes that are no character: "replace", "ignore" or "strict".
      replacement_char: the code point in their place. replace_control_characters: whether these are replaced too.
      name: of the scope.
    Raises: ValueError for unknown rank; when run InvalidArgumentError for wrong bytes if they are refused.

    >>> with tf.Session() as sess:
    ...     sess.run(tf.strings.unicode_decode(["ab", "é"], "UTF-8")).to_list()
    [[97, 98], [233]]
    """
    with name_scope(name, "UnicodeDecode", [input]):
        return _decoded(input, input_encoding, errors, replacement_char, replace_control_characters)[0]


def unicode_decode_with_offsets(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 65533,
    replace_control_characters: bool = False, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Return the code points of strings and the byte at which each begins; arguments as of `unicode_decode`."""
    with name_scope(name, "UnicodeDecodeWithOffsets", [input]):
        return _decoded(input, input_encoding, errors, replacement_char, replace_control_characters)


def _decoded(input: Any, encoding: str, errors: str, replacement: int, controls: bool) -> tuple[Any, Any]:
    texts = to_ragged_or_tensor(input, dtypes.string, name="input")
    rank = texts.shape.ndims
    if rank is None:
        raise ValueError("Rank of `input` must be statically known.")
    if isinstance(texts, RaggedTensor):
        codes, offsets = _decoded(texts.flat_values, encoding, errors, replacement, controls)
        return texts.with_flat_values(codes), texts.with_flat_values(offsets)
    if rank > 1:
        codes, offsets = _decoded(reshape(texts, [-1]), encoding, errors, replacement, controls)
        return _shaped(codes, texts, rank), _shaped(offsets, texts, rank)
    flat = reshape(texts, [1]) if rank == 0 else texts
    splits, codes, offsets = build(
        unicode.UNICODE_DECODE_WITH_OFFSETS, flat, input_encoding=encoding.encode(), errors=errors.encode(),
        replacement_char=replacement, replace_control_characters=controls, Tsplits=dtypes.int64,
    )  # fmt: skip
    if rank == 0:
        return codes, offsets
    rows = RaggedTensor(codes, splits, internal=True)
    return rows, rows.with_values(offsets)


def _shaped(rows: RaggedTensor, like: Tensor, rank: int) -> RaggedTensor:
    """Rows for each element of a tensor of higher rank."""
    if rank == 1:
        return rows
    numbers = reshape(range_of(shape_of(reshape(like, [-1]), out_type=dtypes.int64)[0]), shape_of(like))
    places = RaggedTensor.from_tensor(numbers, ragged_rank=rank - 1)
    return places.with_flat_values(rows)


def unicode_split(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 65533, name: str | None = None
) -> Any:
    """Return the characters of strings, each a string, along one more dimension; arguments as of `unicode_decode`."""
    with name_scope(name, "UnicodeSplit", [input]):
        codes = _decoded(input, input_encoding, errors, replacement_char, False)[0]
        return unicode_encode(_each(codes), input_encoding, "ignore")


def unicode_split_with_offsets(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 65533, name: str | None = None
) -> tuple[Any, Any]:
    """Return the characters of strings and the byte at which each begins; arguments as of `unicode_decode`."""
    with name_scope(name, "UnicodeSplitWithOffsets", [input]):
        codes, offsets = _decoded(input, input_encoding, errors, replacement_char, False)
        return unicode_encode(_each(codes), input_encoding, "ignore"), offsets


def _each(codes: Any) -> Any:
    """Code points, each as a vector of one."""
    if isinstance(codes, RaggedTensor):
        return codes.with_flat_values(reshape(codes.flat_values, [-1, 1]))
    return reshape(codes, [-1, 1])


def unicode_encode(
    input: Any, output_encoding: str, errors: str = "replace", replacement_char: int = 65533, name: str | None = None
) -> Any:
    """Return strings of code points: of the last axis of `input`, int32, one string each.

    Args:
      input: code points; the last axis may be ragged.
      output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE".
      errors: what becomes of numbers that are no code point: "replace", "ignore" or "strict".
      replacement_char: the code point in their place.
      name: a name for the scope of the operations.
    Raises: ValueError for a scalar or an unknown rank.
    """
    codes = to_ragged_or_tensor(input)
    if not isinstance(codes, RaggedTensor):
        return unicode.unicode_encode(codes, output_encoding, errors, replacement_char, name)
    with name_scope(name, "UnicodeEncode", [codes.flat_values]):
        values = codes.values
        if isinstance(values, RaggedTensor) or (values.shape.ndims or 1) > 1:
            return codes.with_values(unicode_encode(values, output_encoding, errors, replacement_char))
        found: Tensor = build(
            unicode.UNICODE_ENCODE, values, codes.row_splits, output_encoding=output_encoding.encode(),
            errors=errors.encode(), replacement_char=replacement_char,
        )  # fmt: skip
        return found


def string_bytes_split(input: Any, name: str | None = None) -> Any:
    """Return the bytes of strings, each a string, along one more dimension, which is ragged.

    Args:
      input: strings, of any known rank; of a scalar the result is a Tensor. name: of the scope.
    Raises: ValueError for unknown rank.
    """
    with name_scope(name, "StringsByteSplit", [input]):
        texts = to_ragged_or_tensor(input, dtypes.string, name="input")
        if isinstance(texts, RaggedTensor):
            return texts.with_flat_values(string_bytes_split(texts.flat_values))
        rank = texts.shape.ndims
        if rank is None:
            raise ValueError("input must have a statically-known rank.")
        if rank == 0:
            return string_bytes_split(reshape(texts, [1])).values
        flat = texts if rank == 1 else reshape(texts, [-1])
        indices, values, shape = build(splitting.STRING_SPLIT, flat, "", skip_empty=True)
        return _shaped(_rows_of(flat, indices, values, shape), texts, rank)


def _rows_of(texts: Tensor, indices: Tensor, values: Tensor, shape: Tensor) -> RaggedTensor:
    """The words of a vector of texts, of the parts of a sparse tensor."""
    count = texts.shape[0].value if texts.shape.ndims == 1 else None
    rows = RaggedTensor.from_value_rowids(values, indices[:, 0], shape[0] if count is None else count, validate=False)
    return rows  # type: ignore[no-any-return]


def split(
    input: Any = None, sep: Any = None, maxsplit: int = -1, result_type: str = "SparseTensor", source: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return the words of strings as Python's `str.split` has them, as a SparseTensor.

    Args:
      input: strings, a vector or an array of higher rank; `source` is its other name.
      sep: what stands between words. Default: any amount of white space.
      maxsplit: after how many words the rest of a string is one word. Default: none.
      result_type: "SparseTensor" or "RaggedTensor".
    Returns: the words, along one more dimension than `input` has.
    Raises: ValueError for a scalar, another `result_type`, or both names of the strings.

    >>> with tf.Session() as sess:
    ...     sess.run(tf.strings.split(["a b c", "d"], maxsplit=1)).values.tolist()
    [b'a', b'b c', b'd']
    """
    if result_type != "RaggedTensor" and not isinstance(input, RaggedTensor):
        return splitting.string_split_v2(input, sep, maxsplit, result_type, source, name)
    if input is not None and source is not None:
        raise ValueError("Cannot specify both 'source' and 'input'")
    with name_scope(name, "StringSplit", [source if input is None else input]):
        texts = to_ragged_or_tensor(source if input is None else input, dtypes.string, name="input")
        found = _split_ragged(texts, sep, maxsplit)
        return found if result_type == "RaggedTensor" else found.to_sparse()


def _split_ragged(texts: Any, sep: Any, maxsplit: int) -> Any:
    if isinstance(texts, RaggedTensor):
        return texts.with_flat_values(_split_ragged(texts.flat_values, sep, maxsplit))
    rank = texts.shape.ndims
    if rank == 0:
        return _split_ragged(reshape(texts, [1]), sep, maxsplit).values
    mark = convert_to_tensor("" if sep is None else sep, dtypes.string)
    flat = texts if rank in (None, 1) else reshape(texts, [-1])
    rows = _rows_of(flat, *build(splitting.STRING_SPLIT_V2, flat, mark, maxsplit=maxsplit))
    return rows if rank is None else _shaped(rows, texts, rank)


def string_split(
    source: Any, sep: Any = None, skip_empty: bool = True, delimiter: Any = None, result_type: str = "SparseTensor",
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return the words of strings as a SparseTensor, a row for each string.

    Args:
      source: a string vector.
      sep: each of its bytes ends a word; `delimiter` is its other name. Default: a space. Empty: each byte is a word.
      skip_empty: whether empty words are left out.
      result_type: "SparseTensor" or "RaggedTensor".
    Raises: ValueError for another `result_type`.
    """
    if result_type != "RaggedTensor":
        return splitting.string_split(source, sep, skip_empty, delimiter, result_type, name)
    words: SparseTensor = splitting.string_split(source, sep, skip_empty, delimiter, "SparseTensor", name)
    return _rows_of(convert_to_tensor(source, dtypes.string), words.indices, words.values, words.dense_shape)


def ngrams(
    data: Any, ngram_width: Any, separator: str = " ", pad_values: Any = None, padding_width: int | None = None,
    preserve_short_sequences: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """Return the n-grams of rows of words: words that follow each other, joined.

    Args:
      data: strings; the last axis, ragged or not, is that of words.
      ngram_width: how many words, or several such numbers, whose n-grams follow each other.
      separator: what stands between words.
      pad_values: what stands before and behind each row: a text, or one for each end.
      padding_width: how often. Default: once less than the width.
      preserve_short_sequences: whether a row without an n-gram becomes one as a whole.
      name: of the scope.
    Returns: a RaggedTensor, or a Tensor for a vector.
    Raises: TypeError, ValueError for other widths and pads.
    """
    with name_scope(name, "StringNGrams", [data]):
        widths = [ngram_width] if isinstance(ngram_width, int) else list(ngram_width)
        if any(width < 1 for width in widths):
            raise ValueError(f"All ngram_widths must be greater than 1. Got {ngram_width}")
        given = _pads(pad_values)
        if padding_width is not None and given is None:
            raise ValueError("pad_values must be provided if padding_width is set.")
        if padding_width is not None and padding_width < 1:
            raise ValueError("padding_width must be greater than 1.")
        pads = ("", "") if given is None else given
        times = 0 if given is None else -1 if padding_width is None else padding_width
        data = rows = to_ragged_or_tensor(data, dtypes.string, name="data")
        is_dense = not isinstance(rows, RaggedTensor)
        is_vector = is_dense and rows.shape.ndims == 1
        if rows.shape.ndims is None:
            raise ValueError("Rank of data must be known.")
        if rows.shape.ndims == 0:
            raise ValueError("Data must have rank>0")
        if is_vector:
            rows = RaggedTensor.from_row_splits(
                rows, concat([[0], shape_of(rows, out_type=dtypes.int64)], 0), validate=False
            )
        elif not isinstance(rows, RaggedTensor):
            rows = RaggedTensor.from_tensor(rows, ragged_rank=rows.shape.ndims - 1)
        levels = rows._levels()
        words, splits = build(
            STRING_NGRAMS, rows.flat_values, levels[-1].row_splits, separator=separator, ngram_widths=tuple(widths),
            left_pad=pads[0], right_pad=pads[1], pad_width=times, preserve_short_sequences=preserve_short_sequences,
        )  # fmt: skip
        if is_vector:
            return words
        if is_dense:
            return reshape(words, concat([shape_of(data)[:-1], [-1]], 0))
        result = RaggedTensor(words, splits, internal=True)
        for level in reversed(levels[:-1]):
            result = level.with_values(result)
        return result


def _pads(pad_values: Any) -> tuple[str, str] | None:
    if pad_values is None:
        return None
    if isinstance(pad_values, (str, bytes)):
        return pad_values, pad_values  # type: ignore[return-value]
    if not isinstance(pad_values, (list, tuple)):
        raise TypeError("pad_values must be a string, tuple of strings, or None.")
    if len(pad_values) != 2:
        raise TypeError("pad_values must be a string, tuple of strings, or None.")
    if not all(isinstance(pad, (str, bytes)) for pad in pad_values):
        raise TypeError("pad_values must be a string, tuple of strings, or None.")
    return pad_values[0], pad_values[1]
