"""Text in its encodings: what TensorFlow 1.15.5 gave for the same bytes."""

from __future__ import annotations

from typing import Any

import pytest

import sessile as tf

TEXTS = [b"a\xc3\xa9", b"bad\xff\xc3x", b"\x01t\n", b"", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"]
WRONG = b"\xef\xbf\xbd"


def run(tensor: Any) -> Any:
    """The value, as a list."""
    with tf.Session() as sess:
        found = sess.run(tensor)
        return found.tolist() if hasattr(found, "tolist") else found


def test_from_one_encoding_to_another() -> None:
    code = tf.strings.unicode_transcode
    assert run(code(TEXTS, "UTF-8", "UTF-8")) == [
        b"a\xc3\xa9", b"bad" + 2 * WRONG + b"x", b"\x01t\n", b"", 3 * WRONG, 4 * WRONG, WRONG,
    ]  # fmt: skip
    assert run(code(TEXTS, "UTF-8", "UTF-16-BE"))[:2] == [b"\x00a\x00\xe9", b"\x00b\x00a\x00d\xff\xfd\xff\xfd\x00x"]
    assert run(code(TEXTS, "UTF-8", "UTF-8", errors="ignore")) == [b"a\xc3\xa9", b"badx", b"\x01t\n", *4 * [b""]]
    assert run(code(TEXTS, "UTF-8", "UTF-8", replacement_char=63, replace_control_characters=True)) == [
        b"a\xc3\xa9", b"bad??x", b"?t?", b"", b"???", b"????", b"?",
    ]  # fmt: skip
    assert run(code([b"\x00a\x00b"], "UTF-16-BE", "UTF-8")) == [b"ab"]
    for arguments, words in (
        (("UTF-8", "UTF-8", "strict"), "Invalid formatting on input string"),
        (("NOPE", "UTF-8"), "Could not create converter for input encoding: NOPE"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            run(code(TEXTS, *arguments))
    with pytest.raises(ValueError, match="output_encoding"):
        code(TEXTS, "UTF-8", "UTF-16")


def test_code_points() -> None:
    encode = tf.strings.unicode_encode
    assert run(encode([[97, 233], [8364, 98]], "UTF-8")) == [b"a\xc3\xa9", b"\xe2\x82\xacb"]
    assert run(encode([97, 233, 0x110000, 0xD800], "UTF-8")) == b"a\xc3\xa9" + 2 * WRONG
    assert run(encode([97, 233, 0x110000], "UTF-8", errors="ignore")) == b"a\xc3\xa9"
    with pytest.raises(tf.errors.InvalidArgumentError, match="Code point value out of valid Unicode range"):
        run(encode([97, 0x110000], "UTF-8", errors="strict"))
    splits, codes, starts = tf.raw_ops.UnicodeDecodeWithOffsets(input=TEXTS[:2], input_encoding="UTF-8")
    assert run(splits) == [0, 2, 8]
    assert run(codes) == [97, 233, 98, 97, 100, 65533, 65533, 120]
    assert run(starts) == [0, 1, 0, 1, 2, 3, 4, 5]


def test_scripts_of_code_points() -> None:
    points = [[-1, 0x110000, 65], [945, 1046, 0x4E2D], [0x3042, 32, 0x10FFFF]]
    scripts = tf.strings.unicode_script(points)
    assert scripts.shape.as_list() == [3, 3] and scripts.op.type == "UnicodeScript"
    assert run(scripts) == [[-1, -1, 25], [14, 8, 17], [20, 0, 103]]
    letters = tf.strings.unicode_decode(["a\u03b1", "\u0416"], "UTF-8")
    assert run(tf.strings.unicode_script(letters).flat_values) == [25, 14, 8]
    with pytest.raises(TypeError, match="int64"):
        tf.strings.unicode_script(tf.constant([1], tf.int64))


def test_control_characters_are_those_of_ascii() -> None:
    """The others stay, as in TensorFlow 1.15; where bytes must be characters, control characters are refused."""
    texts = ["a\x01\n\x7f\x85".encode()]
    code = tf.strings.unicode_transcode
    assert run(code(texts, "UTF-8", "UTF-8", replace_control_characters=True)) == [b"a" + 2 * WRONG + b"\x7f\xc2\x85"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid formatting"):
        run(code(texts, "UTF-8", "UTF-8", replace_control_characters=True, errors="strict"))


def test_high_bytes_come_first_without_a_mark() -> None:
    """Strings of UTF-16 and UTF-32 whose order of bytes nothing tells."""
    code = tf.strings.unicode_transcode
    assert run(code([b"\0a\0b", b"\xff\xfea\0"], "UTF-16", "UTF-8")) == [b"ab", b"a"]
    assert run(code([b"\0\0\0a"], "UTF-32", "UTF-8")) == [b"a"]
    codes, starts = tf.strings.unicode_decode_with_offsets(b"\0a\0b", "UTF-16")
    assert run(codes) == [97, 98] and run(starts) == [0, 2]


@pytest.mark.parametrize("change, expected", [("lower", b"a"), ("upper", b"A")])
def test_case_of_bytes_that_are_no_characters(change: str, expected: bytes) -> None:
    texts = [b"A\xff", b"\xe2\x82a", b"\xed\xa0\x80A"]
    wanted = [expected + WRONG, WRONG + expected, 3 * WRONG + expected]
    assert run(getattr(tf.strings, change)(texts, encoding="utf-8")) == wanted
