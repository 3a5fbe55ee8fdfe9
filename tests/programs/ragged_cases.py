"""Ragged tensors: expressions, and what TensorFlow 1.15 gave for them, which is in `ragged_cases.json`.

python -m tests.programs.ragged_cases      # records; in an environment that has TensorFlow 1.15
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

RECORDED = Path(__file__).parent / "ragged_cases.json"

MAKING = """
r | r3 | ri | R(1, 2) | R.from_row_splits([1, 2], [0, 1]) | R.from_row_splits([1, 2], [0, 3, 2])
R.from_row_splits([1, 2], []) | R.from_row_splits(1, [0]) | R.from_row_splits([1, 2], [[0]])
R.from_row_splits([1, 2], ['a']) | R.from_row_splits([1, 2], tf.constant([0, 1, 2]))
R.from_row_splits([[1], [2]], [0, 2, 2]) | R.from_row_lengths([1, 2], [1, 2]) | R.from_row_lengths([1, 2], [-1, 3])
R.from_row_lengths([1, 2, 3], [2, 0, 1]) | R.from_row_lengths([1, 2, 3], np.array([2, 1], np.int32))
R.from_row_splits([1, 2], [0, 1], validate=False) | R.from_value_rowids([1, 2, 3], [0, 2, 2])
R.from_value_rowids([1, 2, 3], [0, 2, 2], 5) | R.from_value_rowids([1, 2, 3], [0, 2, 2], tf.constant(2))
R.from_value_rowids([1, 2, 3], [0, 2, 1]) | R.from_value_rowids([1, 2, 3], [0, 2, 2], 2)
R.from_value_rowids([1, 2, 3], [0, 2, 2], -1) | R.from_row_starts([1, 2, 3], [0, 1])
R.from_row_starts([1, 2, 3], [1, 2]) | R.from_row_limits([1, 2, 3], [1, 3]) | R.from_row_limits([1, 2, 3], [1, 2])
R.from_nested_row_splits([1, 2, 3], [[0, 2], [0, 1, 3]]) | R.from_nested_row_lengths([1, 2, 3], [[2], [1, 2]])
R.from_nested_value_rowids([1, 2, 3], [[0, 0], [0, 1, 1]])
R.from_nested_value_rowids([1, 2, 3], [[0, 0], [0, 1, 1]], [2]) | R.from_nested_row_splits([1], tf.constant([[0, 1]]))
R.from_tensor([[1, 2], [3, 4]]) | R.from_tensor([[1, 2], [3, 4]], lengths=[1, 0])
R.from_tensor([[1, 0], [0, 0], [0, 1]], padding=0) | R.from_tensor([[[1, 2], [3, 4]]], ragged_rank=2)
R.from_tensor([1, 2]) | R.from_tensor([[1, 2]], lengths=[1], padding=0) | R.from_tensor([[1, 2]], lengths=[3])
R.from_tensor([[[1, 2], [0, 0]], [[0, 0], [0, 0]]], padding=[0, 0]) | R.from_tensor([['a', ''], ['', '']], padding='')
R.from_tensor([[1, 2]], ragged_rank=0) | R.from_sparse(tf.sparse.from_dense([[1, 2], [3, 0]]))
R.from_tensor([[1, 2], [3, 4]], row_splits_dtype=tf.int32).row_splits
R.from_sparse(tf.sparse.from_dense([[1, 2], [0, 3]])) | R.from_sparse(tf.sparse.from_dense([1])) | R.from_sparse([1])
tf.ragged.constant([]) | tf.ragged.constant([[]]) | tf.ragged.constant([[[]]]) | tf.ragged.constant(3)
tf.ragged.constant([1, 2]) | tf.ragged.constant([[1, 2], 3]) | tf.ragged.constant([[1, 2], [[3]]])
tf.ragged.constant([[['a', 'b']], [['c', 'd'], ['e', 'f']]], inner_shape=(2,)) | tf.ragged.constant([[1], [2.5]])
tf.ragged.constant([[[1, 2]], []], ragged_rank=1) | tf.ragged.constant([[1, 2]], ragged_rank=2)
tf.ragged.constant([[1, 2], [3, 4]], ragged_rank=0) | tf.ragged.constant([[[1, 2], [3]]], ragged_rank=1)
tf.ragged.constant([[1, 2]], dtype=tf.float64) | tf.ragged.constant([[1, 2]], row_splits_dtype=tf.int32).row_splits
tf.ragged.range(3) | tf.ragged.range([3, 0, 2]) | tf.ragged.range([0, 5], [2, 9]) | tf.ragged.range([0, 5], 9, 3)
tf.ragged.range([5, 0], [0, 2], [-2, 1]) | tf.ragged.range([0.0, 1.0], [0.5, 2.5], 0.25)
tf.ragged.range([2, 3], dtype=tf.int64) | tf.ragged.range([3, 1], row_splits_dtype=tf.int32).row_splits
tf.ragged.row_splits_to_segment_ids([0, 2, 2, 5])
tf.ragged.row_splits_to_segment_ids(tf.constant([0, 1]), out_type=tf.int64) | tf.ragged.row_splits_to_segment_ids([])
tf.ragged.segment_ids_to_row_splits([0, 0, 2]) | tf.ragged.segment_ids_to_row_splits([0, 0, 2], 5)
tf.ragged.segment_ids_to_row_splits([0, 0, 2], out_type=tf.int32) | tf.ragged.segment_ids_to_row_splits([0.5])
tf.ragged.stack_dynamic_partitions([5, 6, 7, 8], [1, 0, 3, 1], 4)
tf.ragged.stack_dynamic_partitions([[5], [6], [7]], [1, 0, 1], tf.constant(3))
"""

PARTS = """
r.to_tensor() | r.to_tensor(-1) | r3.to_tensor(9) | ri.to_tensor([7, 7]) | ri.to_tensor() | rs.to_tensor('x')
rs.to_tensor() | r.to_tensor([1, 2]) | r.to_sparse() | r3.to_sparse() | ri.to_sparse() | r.to_list()
r3.bounding_shape() | r.bounding_shape(axis=1) | r3.bounding_shape(axis=[0, 2]) | r3.row_lengths()
r3.row_lengths(axis=2) | r3.row_lengths(axis=0) | r3.row_lengths(axis=3) | r3.row_lengths(axis=-1)
ri.row_lengths(axis=2) | r.nested_row_lengths() | r3.nested_row_lengths() | r3.nested_value_rowids()
r.value_rowids() | r.row_starts() | r.row_limits() | r.nrows() | r.nrows(tf.int32) | r3.flat_values | r3.values
r3.nested_row_splits | r.with_values(tf.constant([1, 2, 3, 4]))
r.with_values(tf.constant([[1], [2], [3], [4], [5]])) | r3.with_flat_values(tf.constant([1., 2., 3., 4.]))
r.with_row_splits_dtype(tf.int32).row_splits | r.with_row_splits_dtype(tf.float32) | bool(r) | len(r)
tf.convert_to_tensor(r) | r[0] | r[1] | r[-1] | r[5] | r[:2] | r[::-1] | r[:, :1] | r[:, 1:] | r[:, ::2] | r[:, -1:]
r[:, 0] | r[0, 1] | r[0, :2] | r3[0, 1] | r3[0, 1, 0] | r3[:, :, 0] | r3[:, :1] | r3[:, :, :1] | ri[:, :, 0]
ri[:, :, 1:] | r[tf.newaxis] | r[...] | r[:, tf.newaxis] | r[..., tf.newaxis] | r[..., :1] | r3[..., 0] | ri[..., 0]
r[tf.constant(0)] | r[0.5] | r3[1:, ...] | r[2, ...] | r['a'] | r3[:, 0] | r[2:0:-1] | r[:, ::-1] | r[:, -2:-1]
r[3:] | r[:-1] | r[1:1] | r3[0] | r3[0, :, :1] | r3[1:, :, 1:] | r[:, 1:3] | r[:, 5:] | r[tf.constant(1):]
r[:, tf.constant(1):] | r[0:0, ...] | ri[0] | ri[0, 1] | ri[0, 1, 0] | ri[:, 1:, 0] | r3[-1, -1] | r[[0]]
r3[..., 1:]
"""

ELEMENTS = """
r + 1 | 1 - r | r + r | tf.constant(1) + r | tf.constant([[1], [2], [3]]) * r | r + tf.constant([1, 2, 3])
r + tf.constant([[1], [2]]) | ri + 1 | ri + [5, 6] | ri + tf.constant([[[1, 2]], [[3, 4]]]) | tf.equal(r, 3) | r > 2
tf.equal(r, r) | r / 2 | r // 2 | r % 2 | -r | abs(-r) | r ** 2 | (r > 1) & (r < 4) | ~(r > 2) | (r > 1) | (r < 1)
(r > 1) ^ (r < 3) | rf * 0.5 | r + 0.5 | tf.add(r, r) | tf.maximum(r, 3) | tf.cast(r, tf.float32) | tf.square(rf)
tf.exp(rf) | tf.zeros_like(r) | tf.ones_like(r) | tf.identity(r3) | tf.clip_by_value(r, 2, 4) | tf.logical_not(r > 2)
tf.add_n([r, r, r]) | tf.strings.length(rs) | tf.strings.join([rs, rs], '-') | tf.as_string(r)
tf.strings.substr(rs, 0, 1) | tf.strings.regex_replace(rs, 'b', 'x') | tf.strings.to_hash_bucket_fast(rs, 10)
tf.string_to_number(tf.as_string(r)) | tf.saturate_cast(r, tf.uint8) | tf.rank(r3) | tf.size(r3) | tf.rank(r)
tf.ragged.map_flat_values(tf.add, r, 1) | tf.ragged.map_flat_values(tf.add, r, r)
tf.ragged.map_flat_values(lambda x: tf.stack([x, x], 1), r) | tf.ragged.map_flat_values(tf.reduce_sum, r)
tf.ragged.map_flat_values(tf.add_n, [r, r]) | tf.ragged.map_flat_values(tf.add, r, r3)
tf.ragged.map_flat_values(tf.add, 1, 2) | tf.atan2(rf, rf) | tf.math.floormod(r, 2) | tf.math.squared_difference(r, 1)
tf.realdiv(rf, 2.0) | tf.bitwise.bitwise_and(r, 3) | tf.where(r > 1) | tf.where(r3 > 1) | tf.where(r > 2, r, -r)
tf.where([True, False, True], r, r[::-1]) | tf.where(ri > 1)
"""

ARRAYS = """
tf.concat([r, r], 0) | tf.concat([r, r], 1) | tf.concat([r, [[7, 8]]], 0) | tf.concat([r, [[7], [8], [9]]], 1)
tf.concat([r3, r3], 2) | tf.concat([r3, r3], 1) | tf.concat([r3, r3], 0) | tf.concat([r, r3], 0)
tf.concat([r, r], -1) | tf.concat([r, r], 2) | tf.concat([ri, ri], 2) | tf.concat([ri, ri], 1)
tf.concat([r, r[:2]], 1) | tf.stack([r, r]) | tf.stack([r, r], 1) | tf.stack([r, r], 2)
tf.ragged.stack([[1, 2], [3]]) | tf.ragged.stack([r, [[1]]]) | tf.ragged.stack([1, 2])
tf.ragged.stack([[[1], [2]], [[3]]]) | tf.ragged.stack([r]) | tf.ragged.stack([[1, 2], [3, 4]], 1)
tf.tile(r, [2, 1]) | tf.tile(r, [1, 2]) | tf.tile(r3, [1, 1, 2]) | tf.tile(r3, [2, 2, 1]) | tf.tile(ri, [1, 2, 2])
tf.tile(r, tf.constant([2, 2])) | tf.expand_dims(r, 0) | tf.expand_dims(r, 1) | tf.expand_dims(r, 2)
tf.expand_dims(r3, -1) | tf.expand_dims(r, 3) | tf.squeeze(tf.expand_dims(r, 0), 0)
tf.squeeze(tf.expand_dims(r, 1), 1) | tf.squeeze(r, 1) | tf.squeeze(tf.expand_dims(r, 2), [2]) | tf.squeeze(r)
tf.gather(r, [2, 0]) | tf.gather(r, 1) | tf.gather(r, [[0], [2]]) | tf.gather(r, r[:0]) | tf.gather(r3, [2, 0, 0])
tf.gather([5, 6, 7, 8, 9, 4], r) | tf.gather(r, tf.ragged.constant([[0], [2, 2]])) | tf.gather(r, [3])
tf.batch_gather(r, tf.ragged.constant([[0], [], [1, 0]])) | tf.batch_gather(r3, tf.ragged.constant([[1], [], [0]]))
tf.batch_gather([[1, 2], [3, 4]], tf.ragged.constant([[1], [0, 1]])) | tf.ragged.boolean_mask(r, [True, False, True])
tf.ragged.boolean_mask(r, r > 1) | tf.ragged.boolean_mask(r3, [True, True, False])
tf.ragged.boolean_mask(r3, tf.ragged.constant([[True, False], [], [True]])) | tf.ragged.boolean_mask(r3, r3 > 1)
tf.ragged.boolean_mask([[1, 2], [3, 4]], [[True, False], [True, True]])
tf.ragged.boolean_mask([1, 2, 3], [True, False, True])
tf.ragged.boolean_mask(ri, tf.ragged.constant([[True, False], []])) | tf.ragged.boolean_mask(r, True)
"""

FOLDS = """
tf.reduce_sum(r) | tf.reduce_sum(r, 0) | tf.reduce_sum(r, 1) | tf.reduce_sum(r, axis=-1) | tf.reduce_sum(r, [0, 1])
tf.reduce_sum(r3, 0) | tf.reduce_sum(r3, 1) | tf.reduce_sum(r3, 2) | tf.reduce_sum(r3, [1, 2])
tf.reduce_sum(r3, [0, 2]) | tf.reduce_sum(ri, 2) | tf.reduce_sum(ri, 1) | tf.reduce_sum(ri, 0) | tf.reduce_sum(r, 2)
tf.reduce_max(r, 0) | tf.reduce_max(r, 1) | tf.reduce_min(rf, 1) | tf.reduce_prod(r, 1) | tf.reduce_mean(rf, 1)
tf.reduce_mean(rf, 0) | tf.reduce_mean(rf) | tf.reduce_mean(r, 1) | tf.reduce_any(r > 4, 1) | tf.reduce_all(r > 0, 1)
tf.reduce_all(r > 1, 0) | tf.reduce_any(r > 9) | tf.reduce_sum(r, 1, keepdims=True)
tf.reduce_sum(r, 0, keepdims=True) | tf.reduce_mean(r3, 2) | tf.reduce_max(r3, [0, 1])
tf.math.unsorted_segment_sum(r, [0, 1, 0], 2) | tf.math.unsorted_segment_sum(r3, [1, 0, 1], 3)
tf.math.unsorted_segment_max(r, r - r, 1)
"""

TEXTS = """
tf.strings.unicode_decode(['ab', 'é', ''], 'UTF-8') | tf.strings.unicode_decode('aé', 'UTF-8')
tf.strings.unicode_decode(rs, 'UTF-8') | tf.strings.unicode_decode([['ab'], ['c']], 'UTF-8')
tf.strings.unicode_decode([b'a\\xffb'], 'UTF-8') | tf.strings.unicode_decode([b'a\\xffb'], 'UTF-8', errors='ignore')
tf.strings.unicode_decode([b'a\\xffb'], 'UTF-8', errors='strict')
tf.strings.unicode_decode_with_offsets(['aéb', 'c'], 'UTF-8')[1] | tf.strings.unicode_split(['aé', ''], 'UTF-8')
tf.strings.unicode_split('aé', 'UTF-8') | tf.strings.unicode_split(rs, 'UTF-8')
tf.strings.unicode_split_with_offsets(['éa'], 'UTF-8')[1] | tf.strings.unicode_encode(r + 96, 'UTF-8')
tf.strings.unicode_encode(r3 + 96, 'UTF-8') | tf.strings.unicode_encode([[97, 98]], 'UTF-16-BE')
tf.strings.unicode_encode(ri + 96, 'UTF-8') | tf.strings.bytes_split(['ab', '', 'c']) | tf.strings.bytes_split('abc')
tf.strings.bytes_split([['ab'], ['c']]) | tf.strings.bytes_split(rs)
tf.strings.split(['a b', 'c  d e', ''], result_type='RaggedTensor')
tf.strings.split(['a,b', ',c'], ',', result_type='RaggedTensor')
tf.strings.split([['a b'], ['c']], result_type='RaggedTensor') | tf.strings.split('a b', result_type='RaggedTensor')
tf.strings.split(['a b c'], maxsplit=1, result_type='RaggedTensor') | tf.strings.split(['a'], result_type='x')
tf.strings.split(rs, 'b') | tf.string_split(['a b', '', 'c'], result_type='RaggedTensor')
tf.string_split(['a b'], '') | tf.string_split(['a'], result_type='x') | tf.strings.ngrams(rs, 2)
tf.strings.ngrams(rs, [1, 2]) | tf.strings.ngrams(rw, 2, pad_values='#')
tf.strings.ngrams(rs, 3, preserve_short_sequences=True) | tf.strings.ngrams(['a', 'b', 'c'], 2, '')
tf.strings.ngrams([['a', 'b'], ['c', 'd']], 2) | tf.strings.ngrams(rw, 3, pad_values=('<', '>'), padding_width=1)
tf.strings.ngrams(rs, 0) | tf.strings.ngrams(rs, 2, padding_width=1) | tf.strings.ngrams(rs, 2, pad_values=3)
tf.strings.ngrams('a', 1) | tf.strings.ngrams(rs, [2, 3], preserve_short_sequences=True)
tf.strings.ngrams(rw, 1, pad_values='#', padding_width=2)
tf.strings.ngrams(rw, 5, pad_values='#', preserve_short_sequences=True)
"""


def expressions() -> list[str]:
    """All that are evaluated. `|` between two stands in no expression but as an operator in parentheses."""
    found = []
    for group in (MAKING, PARTS, ELEMENTS, ARRAYS, FOLDS, TEXTS):
        for line in group.strip().splitlines():
            found += [part.strip() for part in line.split(" | ")]
    return list(dict.fromkeys(found))


def outcome(tf: Any, expression: str) -> Any:
    """The kind, shape, type and value of an expression, or the class of its error."""
    with tf.Graph().as_default(), tf.Session() as sess:
        scope = {
            "tf": tf,
            "np": np,
            "R": tf.RaggedTensor,
            "r": tf.ragged.constant([[1, 2, 3], [], [4, 5]]),
            "r3": tf.ragged.constant([[[1, 2], [3]], [], [[4]]]),
            "ri": tf.ragged.constant([[[1, 2], [3, 4]], []], ragged_rank=1),
            "rf": tf.ragged.constant([[1.5, 2.5], [], [-0.5]]),
            "rw": tf.ragged.constant([["a", "bc"], ["abc", "", "d"]]),
            "rs": tf.ragged.constant([["a", "bc"], [], ["abc", "", "d"]]),
        }
        try:
            made = eval(expression, scope)
            value = made if isinstance(made, (int, bool)) else sess.run(made)
        except Exception as error:
            return {"error": type(error).__name__}
        return (
            [_described(part, found) for part, found in zip(made, value)]
            if isinstance(made, tuple)
            else _described(made, value)
        )


def _described(made: Any, value: Any) -> Any:
    if hasattr(value, "dense_shape"):
        parts = [_plain(part) for part in value]
        return {"kind": "sparse", "dtype": made.dtype.base_dtype.name, "value": parts}
    shape = None if made.shape.ndims is None else made.shape.as_list()
    kind = "ragged" if hasattr(value, "nested_row_splits") else "dense"
    found = {"kind": kind, "shape": shape, "dtype": made.dtype.base_dtype.name, "value": _plain(value)}
    if kind == "ragged":
        found["splits"] = [str(split.dtype) for split in value.nested_row_splits]
    return found


def _plain(value: Any) -> Any:
    """As JSON has it: text for bytes and for floats, so that NaN and signs are kept."""
    if hasattr(value, "to_list"):
        value = value.to_list()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return f"{value:.5g}" if isinstance(value, float) else value


def main() -> None:
    """Record what TensorFlow gives."""
    import tensorflow as tf

    found = {expression: outcome(tf, expression) for expression in expressions()}
    lines = [
        f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in found.items()
    ]
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
