"""Buckets of strings, and strings split at any rank: what TensorFlow 1.15.5 gave for the same ones."""

from __future__ import annotations

from typing import Any, Final

import pytest

import sessile as tf

BUCKETS: Final = 2**62

# Of the first so many letters of "abcdefghijabc...".
HASHES: Final = {
    0: 105434511174508091,
    1: 2996632905371535868,
    2: 3579204183985781795,
    3: 1046625677629754806,
    4: 404301170780174469,
    5: 3327371545735142722,
    6: 1933051638346102479,
    7: 2960345911509200448,
    8: 3429851175771700306,
    9: 2154505082538699157,
    11: 3844676580883061522,
    12: 2778218193628738497,
    15: 1381656483170045711,
    16: 1613943435532533832,
    17: 229597155715441501,
    23: 1627153730543045824,
    24: 1354520875778461190,
    31: 467493928985711175,
    32: 3262382585692154073,
    33: 826077452472158061,
    39: 65276282746146727,
    40: 1993578141356887068,
    64: 3995986610170830140,
    100: 122397404871113890,
}
STRONG_HASHES: Final = {  # with the key [1, -2]
    0: 1583518726171341606,
    1: 3067518542778738979,
    3: 2466424286023675517,
    7: 3861425695378547027,
    8: 573758819942051248,
    9: 4400590367913191170,
    15: 430873808756096139,
    16: 86283049936223007,
    17: 1467691929272895110,
    31: 1428705149725028379,
    40: 2658818991582498650,
    255: 3168781499592468248,
    256: 984963380794773429,
    300: 2853135966792821349,
}
SPLITS: Final[dict[str, tuple[tuple[Any, ...], Any, Any, Any]]] = {
    "matrix": (
        ([["a b", "c"], ["", "d e f"]],),
        [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 1, 0], [1, 1, 1], [1, 1, 2]],
        [b"a", b"b", b"c", b"d", b"e", b"f"],
        [2, 2, 3],
    ),
    "rank_3": (
        ([[["a,b"], [",c,"]]], ","),
        [[0, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 1, 0, 1], [0, 1, 0, 2]],
        [b"a", b"b", b"", b"c", b""],
        [1, 2, 1, 3],
    ),
    "maxsplit": (([["a b c d"]], None, 1), [[0, 0, 0], [0, 0, 1]], [b"a", b"b c d"], [1, 1, 2]),
    "vector": ((["a b  c"], None, 1), [[0, 0], [0, 1]], [b"a", b"b  c"], [1, 2]),
}


def _letters(count: int) -> str:
    return ("abcdefghij" * 30)[:count]


def test_buckets_are_those_of_tensorflow() -> None:
    with tf.Session() as sess:
        found = sess.run(tf.string_to_hash_bucket([_letters(n) for n in HASHES], BUCKETS))
        others = sess.run(tf.strings.to_hash_bucket(input=[[b"\xff\x80\x00", "héllo, wörld "]], num_buckets=BUCKETS))
    assert dict(zip(HASHES, found.tolist())) == HASHES
    assert others.tolist() == [[3616063719645692331, 2101820464070487466]]


def test_strong_buckets_are_those_of_tensorflow() -> None:
    with tf.Session() as sess:
        texts = [_letters(n) for n in STRONG_HASHES]
        found = sess.run(tf.string_to_hash_bucket_strong(texts, BUCKETS, key=[1, -2]))
    assert dict(zip(STRONG_HASHES, found.tolist())) == STRONG_HASHES


def test_wrong_arguments_of_buckets_are_refused() -> None:
    with pytest.raises(ValueError, match="Cannot specify both 'string_tensor' and 'input'"):
        tf.string_to_hash_bucket(["a"], 3, input=["b"])
    with pytest.raises(TypeError, match="num_buckets"):
        tf.string_to_hash_bucket(["a"])
    with pytest.raises(ValueError, match="less than minimum 1"):
        tf.string_to_hash_bucket(["a"], 0)
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="Key must have 2 elements"):
        sess.run(tf.string_to_hash_bucket_strong(["a"], 3, key=[1]))


@pytest.mark.parametrize("case", SPLITS)
def test_splits_are_those_of_tensorflow(case: str) -> None:
    arguments, indices, values, shape = SPLITS[case]
    words = tf.strings.split(*arguments)
    assert words.values.op.name.startswith("StringSplit/")
    with tf.Session() as sess:
        found = sess.run(words)
    assert (found.indices.tolist(), found.values.tolist(), found.dense_shape.tolist()) == (indices, values, shape)


def test_wrong_arguments_of_split_are_refused() -> None:
    with pytest.raises(ValueError, match="Cannot specify both 'source' and 'input'"):
        tf.strings.split(["a"], source=["b"])
    with pytest.raises(ValueError, match="result_type must be"):
        tf.strings.split(["a"], result_type="x")
    with pytest.raises(ValueError, match="not a scalar"):
        tf.strings.split("a b")
