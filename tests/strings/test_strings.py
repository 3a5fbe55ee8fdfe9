"""Strings: what TensorFlow 1.15.5 gave for the same ones."""

from __future__ import annotations

# ruff: noqa: E501 - a case is one line, however long
import random
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

# Per case: what is built, and the result as recorded: text of an array, or the parts of a sparse tensor.
CASES: Final[dict[str, tuple[Callable[[], Any], Any]]] = {
    "join": (lambda: tf.string_join([['a','b'],'x',['c','d']],'-'), "[b'a-x-c' b'b-x-d']"),
    "rj": (lambda: tf.reduce_join([['a','b'],['c','d']],0), "[b'ac' b'bd']"),
    "rj1": (lambda: tf.reduce_join([['a','b'],['c','d']],[1,0],separator='.'), "b'a.b.c.d'"),
    "rjn": (lambda: tf.reduce_join([['a','b'],['c','d']]), "b'abcd'"),
    "rjk": (lambda: tf.reduce_join([['a','b'],['c','d']],1,keep_dims=True), "[[b'ab']  [b'cd']]"),
    "sub": (lambda: tf.substr(['hello','world'],1,3), "[b'ell' b'orl']"),
    "sub2": (lambda: tf.substr(['hello','world'],[1,-2],[3,2]), "[b'ell' b'ld']"),
    "len": (lambda: tf.strings.length(['abc','é']), '[3 2]'),
    "lenu": (lambda: tf.strings.length(['abc','é'],unit='UTF8_CHAR'), '[3 1]'),
    "low": (lambda: tf.strings.lower(['ABc É']), "[b'abc \\xc3\\x89']"),
    "up": (lambda: tf.strings.upper(['abé'],encoding='utf-8'), "[b'AB\\xc3\\x89']"),
    "strip": (lambda: tf.strings.strip([' a \n']), "[b'a']"),
    "b64": (lambda: tf.encode_base64(['hello?>']), "[b'aGVsbG8_Pg']"),
    "b64p": (lambda: tf.encode_base64(['hello?>'],pad=True), "[b'aGVsbG8_Pg==']"),
    "d64": (lambda: tf.decode_base64(['aGVsbG8_Pg']), "[b'hello?>']"),
    "num": (lambda: tf.string_to_number(['1.5','-2e3','nan']), '[ 1.5e+00 -2.0e+03      nan]'),
    "numi": (lambda: tf.string_to_number([' 7 ','-3'],tf.int64), '[ 7 -3]'),
    "as": (lambda: tf.as_string([1,-2]), "[b'1' b'-2']"),
    "asf": (lambda: tf.as_string([1.5,2.25,1e10]), "[b'1.500000' b'2.250000' b'10000000000.000000']"),
    "asp": (lambda: tf.as_string([3.14159],precision=2,width=8,fill='0'), "[b'00003.14']"),
    "ass": (lambda: tf.as_string([1234.5],scientific=True), "[b'1.234500e+03']"),
    "asb": (lambda: tf.as_string([True,False]), "[b'true' b'false']"),
    "assh": (lambda: tf.as_string([0.1],shortest=True), "[b'0.1']"),
    "asc": (lambda: tf.as_string(np.array([1+2j],'c8')), "[b'(1.000000,2.000000)']"),
    "split": (lambda: tf.string_split(['a b  c','d']), ([[0, 0], [0, 1], [0, 2], [1, 0]], [b'a', b'b', b'c', b'd'], [2, 3])),
    "splits": (lambda: tf.string_split(['a,b;c'],',;'), ([[0, 0], [0, 1], [0, 2]], [b'a', b'b', b'c'], [1, 3])),
    "splite": (lambda: tf.string_split(['abc'],''), ([[0, 0], [0, 1], [0, 2]], [b'a', b'b', b'c'], [1, 3])),
    "splitk": (lambda: tf.string_split(['a,,b'],',',skip_empty=False), ([[0, 0], [0, 1], [0, 2]], [b'a', b'', b'b'], [1, 3])),
    "rr": (lambda: tf.regex_replace(['abcabc'],'(b)(c)',r'[\2\1]'), "[b'a[cb]a[cb]']"),
    "rr1": (lambda: tf.regex_replace(['aaa'],'a','b',replace_global=False), "[b'baa']"),
    "rfm": (lambda: tf.strings.regex_full_match(['ab','abc'],'a.'), '[ True False]'),
    "ed": (lambda: tf.edit_distance(tf.SparseTensor([[0,0],[0,1],[1,0]],['a','b','c'],[2,2]),tf.SparseTensor([[0,0],[1,0],[1,1]],['a','c','d'],[2,2])), '[1.  0.5]'),
}  # fmt: skip
REFUSED: Final[dict[str, Callable[[], Any]]] = {
    "subbad": lambda: tf.substr(["hi"], 5, 1),
    "dbad": lambda: tf.decode_base64(["!!"]),
    "numbad": lambda: tf.string_to_number(["x"]),
    "ovf": lambda: tf.string_to_number(["99999999999"], tf.int32),
}
HASHES: Final = {
    0: 254201053263,
    1: 436859794915,
    3: 689156125545,
    4: 954726318337,
    7: 185166689109,
    8: 178522695945,
    12: 546272180876,
    16: 388807724590,
    17: 716318832129,
    25: 811742516659,
    32: 368103357555,
    33: 872316824452,
    50: 696944667063,
    64: 199741635609,
    65: 432965828528,
    100: 211237190297,
    128: 120172489223,
    129: 719833916686,
    200: 569706587775,
    500: 597444660056,
}


@pytest.mark.parametrize("case", CASES)
def test_results(case: str) -> None:
    make, recorded = CASES[case]
    with tf.Session() as sess:
        found = sess.run(make())
    if isinstance(recorded, tuple):
        assert tuple(part.tolist() for part in found) == recorded
    else:
        assert str(found).replace("\n", " ") == recorded


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case: str) -> None:
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError):
        sess.run(REFUSED[case]())


@pytest.mark.parametrize("length", HASHES)
def test_hashes_are_those_of_tensorflow(length: int) -> None:
    text = ("abcdefghij" * 60)[:length]
    with tf.Session() as sess:
        assert sess.run(tf.string_to_hash_bucket_fast([text], 1 << 40)).tolist() == [HASHES[length]]


def test_fed_strings_of_any_shape() -> None:
    words = tf.placeholder(tf.string)
    with tf.Session() as sess:
        found = sess.run(tf.string_join([words, "!"]), {words: np.array([["a"], ["b"]], object)})
    assert found.tolist() == [[b"a!"], [b"b!"]]


def test_joined_by_segments() -> None:
    with tf.Session() as sess:
        joined = tf.strings.unsorted_segment_join([["a", "b"], ["c", "d"]], [[1, 0], [0, 1]], 2, "-")
        assert sess.run(joined).tolist() == [b"b-c", b"a-d"]
        rows = tf.strings.unsorted_segment_join([["a", "b"], ["c", "d"]], [1, 1], 3)
        assert rows.shape.as_list() == [3, 2]
        assert sess.run(rows).tolist() == [[b"", b""], [b"ac", b"bd"], [b"", b""]]
        with pytest.raises(tf.errors.InvalidArgumentError, match="not allowed to exceed num_segments"):
            sess.run(tf.strings.unsorted_segment_join(["a", "b"], [3, 0], 2))


def test_formatted() -> None:
    with tf.Session() as sess:
        text = tf.strings.format("a {} b {}", [tf.range(10), tf.constant(2.5)])
        assert sess.run(text) == b"a [0 1 2 ... 7 8 9] b 2.5"
        assert sess.run(tf.strings.format("x {}", tf.constant([["a"]]))) == b'x [["a"]]'
        assert sess.run(tf.strings.format("<>{}", tf.constant([1.5, 2]), "<>", 1)) == b"[1.5 2]{}"
    with pytest.raises(ValueError, match=r"1 placeholder\(s\) in template does not match 2"):
        tf.strings.format("a {}", [1, 2])


@pytest.mark.parametrize("marks", [b" ", b",; ", None])
@pytest.mark.parametrize("skip_empty", [True, False])
def test_many_strings_are_split_as_each_by_itself(marks: bytes | None, skip_empty: bool) -> None:
    chance = random.Random(2)
    texts = [bytes(chance.choices(b"ab ,;\t", k=chance.choice([0, 0, 1, 3, 8]))) for _ in range(300)]
    for given in (texts, [b""] * 40, texts[:33]):
        with tf.Graph().as_default(), tf.Session() as sess:
            x = tf.placeholder(tf.string, [None])
            if marks is None:
                words = tf.strings.split(x, sep=None if skip_empty else " ")
            else:
                words = tf.string_split(x, marks, skip_empty=skip_empty)
            found = sess.run(words, {x: given})
            lines = [sess.run(words, {x: [text]}).values.tolist() for text in given[:60]]
        rows: list[list[bytes]] = [[] for _ in given]
        for (row, column), word in zip(found.indices.tolist(), found.values.tolist()):
            assert column == len(rows[row])
            rows[row].append(word)
        assert rows[:60] == lines
        assert found.dense_shape.tolist() == [len(given), max(map(len, rows))]


def test_fingerprints_are_those_of_tensorflow() -> None:
    """Of strings, of rows of strings, of rows of numbers."""
    with tf.Session() as session:
        words = session.run(tf.fingerprint(["a", "bc", ""]))
        rows = session.run(tf.fingerprint([["a", "b"], ["c", "d"]]))
        numbers = session.run(tf.fingerprint([[1, 2], [3, 4]]))
    assert words[0].tolist() == [227, 117, 223, 182, 101, 66, 69, 179]
    assert rows[0].tolist() == [122, 64, 59, 169, 136, 60, 55, 83]
    assert numbers[0].tolist() == [76, 18, 253, 133, 168, 204, 240, 10]
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="md5"):
        session.run(tf.fingerprint(["a"], method="md5"))
