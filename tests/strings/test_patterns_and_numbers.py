"""Patterns of RE2, numbers as strings and back, parts of strings: what TensorFlow 1.15.5 gave."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

Invalid = tf.errors.InvalidArgumentError
S = tf.strings

REPLACED: Final = [
    ("é a", ".", "x", b"xxx"), ("ab", "(?P<n>a)", r"<\1>", b"<a>b"), ("abxc", "x*", "-", b"-a-b-c-"),
    ("abc", "", "-", b"-a-b-c-"), ("a\n", "a$", "x", b"a\n"), ("a\na", "(?m)^a$", "x", b"x\nx"),
    ("a1 _", r"[[:alpha:]\s]", "-", b"-1-_"), ("éé", "é?", "x", b"xx"), ("a$b", "[$]", "-", b"a-b"),
    ("٣ 3", r"\d", "x", "٣ x".encode()), (b"\xff\xfea", "a", "x", b"\xff\xfex"), ("x]", "[]]", "-", b"x-"),
    ("a$", r"\$", "-", b"a-"), ("aÉ日 βΔ1.", r"\pL", "-", b"--- --1."),
    ("aÉ日 βΔ1.", r"\p{Lu}", "-", "a-日 β-1.".encode()),
    ("aÉ日 βΔ1.", r"\p{Greek}", "-", "aÉ日 --1.".encode()), ("aÉ日", r"\P{Han}", "-", "--日".encode()),
    ("aÉ日 β1.", r"[\pL\d]", "-", b"--- --."), ("aÉ日 1.", r"\p{^L}", "-", "aÉ日---".encode()),
    ("aÉ1", r"[[:^digit:]]", "-", b"--1"), ("a日", r"\x{65e5}", "-", b"a-"), ("aS", r"\123", "-", b"a-"),
    ("é", r"\C", "-", b"--"), ("a.b", r"\Q.\E", "-", b"a-b"), ("abba", "a*?", "-", b"-a-b-b-a-"),
    ("abba", "b??", "-", b"-a-b-b-a-"), ("abba", "a", r"p\9q", b"pqbbpq"), ("abba", "a", r"p\xq", b"pbbp"),
    ("abba", "a", "p\\", b"pbbp"), ("é", r"\pN+", "-", "é".encode()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pattern", "rewrite", "wanted"), REPLACED)
def test_patterns(text: Any, pattern: str, rewrite: str, wanted: bytes) -> None:
    with tf.Session() as sess:
        assert sess.run(S.regex_replace([text], pattern, rewrite)).tolist() == [wanted]


@pytest.mark.parametrize(
    "pattern", ["a(?=b)", "a(?!b)", "(?<=a)b", r"(a)\1", "[[:no:]]", "a++", "(?>a)", "a{1001}", r"\Z", r"\pX"]
)
def test_patterns_that_re2_has_not(pattern: str) -> None:
    with tf.Session() as sess:
        for made in (S.regex_replace(["ab"], pattern, "x"), S.regex_full_match(["ab"], pattern)):
            with pytest.raises(Invalid):
                sess.run(made)


def test_full_matches() -> None:
    with tf.Session() as sess:
        assert sess.run(S.regex_full_match(["a1 ", "_x"], r"[[:alnum:]\s]+")).tolist() == [True, False]
        assert sess.run(S.regex_full_match(["é", "éé", b"\xff"], ".")).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("text", "kind"), [("+4", tf.int32), ("+4", tf.int64), ("infinity", tf.float32), ("1_0", tf.float64)]
)
def test_what_is_no_number(text: str, kind: Any) -> None:
    with tf.Session() as sess, pytest.raises(Invalid):
        sess.run(S.to_number([text], kind))


def test_numbers() -> None:
    with tf.Session() as sess:
        assert sess.run(S.to_number(["0x10", "+2", "-inf", "1e3"])).tolist() == [16.0, 2.0, -float("inf"), 1000.0]
        assert sess.run(S.as_string([1.5, float("nan")], width=8, fill="0")).tolist() == [b"1.500000", b"     nan"]
        assert sess.run(S.as_string([1.5 - 2j], width=6, precision=1)).tolist() == [b"(   1.5,  -2.0)"]
        for wrong in (S.as_string([1.5], scientific=True, shortest=True), S.as_string([1], fill="ab")):
            with pytest.raises(Invalid):
                sess.run(wrong)


def test_parts_and_lengths() -> None:
    with tf.Session() as sess:
        assert sess.run(S.substr(["hello", "abc"], 2, -1)).tolist() == [b"llo", b"c"]
        assert sess.run(S.substr(["hello", "abc"], [2, 1], [-1, -5])).tolist() == [b"llo", b"bc"]
        assert sess.run(S.substr(["hello"], 2, -1, unit="UTF8_CHAR")).tolist() == [b""]
        assert sess.run(S.length(["hé", b"\xff\xfe", ""], unit="UTF8_CHAR")).tolist() == [2, 2, 0]


def test_cases_of_other_encodings() -> None:
    with tf.Session() as sess, pytest.raises(Invalid):
        sess.run(S.lower(["A"], encoding="latin"))


def test_fields_and_files(tmp_path: Any) -> None:
    with tf.Session() as sess:
        assert sess.run(tf.io.decode_csv(["0x1"], [[1.0]]))[0].tolist() == [1.0]
        for wrong in (tf.io.decode_csv(["+4"], [[0]]), tf.io.decode_csv(["a"], [[""]], field_delim="||")):
            with pytest.raises(Invalid):
                sess.run(wrong)
        with pytest.raises(tf.errors.DataLossError):
            sess.run(tf.io.decode_compressed(["abc"], "ZLIB"))
    with tf.gfile.GFile(str(tmp_path / "file"), "w") as file, pytest.raises(TypeError):
        file.write(3)


def test_a_reader_is_done_with_a_file_that_has_one_record() -> None:
    reader, names = tf.IdentityReader(), tf.FIFOQueue(4, [tf.string], shapes=[[]])
    fill, key = names.enqueue_many([["a", "b"]]), reader.read(names)[0]
    with tf.Session() as sess:
        sess.run(fill)
        assert sess.run(key) == b"a"
        assert sess.run([reader.num_work_units_completed(), reader.num_records_produced()]) == [1, 1]
        state = sess.run(reader.serialize_state())
        sess.run(reader.reset())
        sess.run(reader.restore_state(state))
        assert sess.run(reader.num_work_units_completed()) == 1


@pytest.mark.parametrize("count", [1, 3000])
def test_words_of_empty_strings_and_what_is_left(count: int) -> None:
    """Many strings are taken apart by compiled code."""
    texts = tf.constant(["", "a  b", ""] * count)
    left = tf.string_split(texts, " ", skip_empty=False)
    at_marks, none = S.split(texts, ","), S.split(texts)
    with tf.Session() as sess:
        assert sess.run(left.values).tolist() == [b"a", b"", b"b"] * count
        assert sess.run(left.indices)[:4].tolist() == [[1, 0], [1, 1], [1, 2], [4, 0]][: 4 if count > 1 else 3]
        assert sess.run(at_marks.values).tolist() == [b"", b"a  b", b""] * count
        assert sess.run(none.values).tolist() == [b"a", b"b"] * count
    for text, most, wanted in (
        (" a b ", 0, [b" a b "]), ("", 0, [b""]), ("x", 1, [b"x", b""]), (" a b ", 2, [b"a", b"b", b""]),
        ("a b c d", 2, [b"a", b"b", b"c d"]), ("a b", 3, [b"a", b"b"]), ("", 1, []),
    ):  # fmt: skip
        with tf.Session() as sess:
            assert sess.run(S.split([text] * count, maxsplit=most).values).tolist() == wanted * count


def test_small_things_of_strings() -> None:
    with tf.Session() as sess:
        for wrong in ("YQ=", "=", "YQ===", "YQ==YQ==", "YWJjZA="):
            for many in (1, 20):
                with pytest.raises(Invalid):
                    sess.run(tf.decode_base64([wrong] * many))
        assert sess.run(tf.decode_base64(["YQ==", "YQ", "YWI="])).tolist() == [b"a", b"a", b"ab"]
        assert sess.run(tf.string_to_number([" ", "\t"])).tolist() == [0.0, 0.0]
        for column, axis in (((0, 2), 1), ((2, 0), 0)):
            assert sess.run(tf.reduce_join(np.zeros(column, "S1"), axis)).tolist() == []
        with pytest.raises(Invalid):
            sess.run(tf.as_string([True], precision=2))
        shown = S.format("{}", tf.constant(b"a\"b\n\xc3\x01'\\"))
        assert sess.run(shown) == rb'"a\"b\n\303\001\'\\"'
        for many in (1, 3000):
            with pytest.raises(Invalid):
                sess.run(tf.decode_csv(["a,b\r"] * many, [[""], [""]], use_quote_delim=False))
