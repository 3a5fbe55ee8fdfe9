"""Codes of many strings at once: those of each by itself."""

from __future__ import annotations

import base64
import random
from typing import Any

import pytest

import sessile as tf

_CHANCE = random.Random(4)
_BYTES = [_CHANCE.randbytes(_CHANCE.choice([0, 1, 2, 3, 4, 5, 17])) for _ in range(60)]
_TEXTS = [text.encode() for text in ("", "a\n", "é", "\n\n", "漢字", "\x00", "𝄞x", "\ufeffb", "\x85\u2028c") * 3]


def _each(function: Any, texts: list[bytes]) -> None:
    """A function gives of many strings what it gives of each."""
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.string, [None])
        call = sess.make_callable(function(x), [x])
        assert call(texts).tolist() == [call([text]).item() for text in texts]


@pytest.mark.parametrize("pad", [False, True])
def test_base64(pad: bool) -> None:
    _each(lambda x: tf.encode_base64(x, pad=pad), _BYTES)
    code = [base64.urlsafe_b64encode(text) for text in _BYTES]
    _each(tf.decode_base64, code if pad else [text.rstrip(b"=") for text in code])
    _each(tf.decode_base64, code[:20] + [text.rstrip(b"=") for text in code[20:]])
    _each(lambda x: tf.decode_base64(tf.encode_base64(x, pad=pad)), _BYTES)


@pytest.mark.parametrize("wrong", [b"ab+/", b"abcde", b"!!", b"a\nbc"])
def test_one_wrong_letter_among_many(wrong: bytes) -> None:
    with tf.Graph().as_default(), tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="base64"):
        sess.run(tf.decode_base64([b"abcd"] * 20 + [wrong]))


@pytest.mark.parametrize("target", ["UTF-8", "UTF-16-BE", "UTF-32-BE"])
@pytest.mark.parametrize("more", [[], [b"bad\xff\xc3x", b"\xe2\x82"]])
def test_other_encodings(target: str, more: list[bytes]) -> None:
    for controls in (False, True):
        _each(
            lambda x, c=controls: tf.strings.unicode_transcode(x, "UTF-8", target, replace_control_characters=c),
            _TEXTS + more,
        )
    _each(lambda x: tf.strings.unicode_transcode(x, "UTF-8", target, errors="ignore"), _TEXTS + more)


@pytest.mark.parametrize("more", [[], [b"bad\xff\xc3x", b"\xe2\x82"], [b"\xc3", b"\xa9"], [b"", b"\x80"]])
def test_characters(more: list[bytes]) -> None:
    """Code points, their places and characters of many strings are those of each, of cut characters as well."""
    texts = [*_TEXTS, *more]
    rows: Any
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.string, [None])
        codes, starts = tf.strings.unicode_decode_with_offsets(x, "UTF-8")
        letters = tf.strings.unicode_split(x, "UTF-8")
        words = tf.strings.unicode_encode(codes, "UTF-16-BE")
        lengths = tf.strings.length(x, unit="UTF8_CHAR")
        call = sess.make_callable([codes, starts, letters, words, lengths], [x])
        *ragged, joined, counts = call(texts)
        rows = [row.to_list() for row in ragged]
        for number, text in enumerate(texts):
            *one, word, count = call([text])
            assert [row[number] for row in rows] == [item.to_list()[0] for item in one]
            assert (joined[number], counts[number]) == (word[0], count[0])
            assert count[0] == sum((byte & 0xC0) != 0x80 for byte in text)


def test_single_strings_are_split_and_hashed_as_many() -> None:
    """One string takes a way of its own."""
    texts = [b"", b" ", b"a b", b"a  b ", b"abc", b"one two three four five six seven eight nine"]
    for skip_empty in (False, True):
        with tf.Graph().as_default(), tf.Session() as sess:
            x = tf.placeholder(tf.string, [None])
            call = sess.make_callable(tf.string_split(x, skip_empty=skip_empty), [x])
            many = call(texts)
            for row, text in enumerate(texts):
                one = call([text])
                chosen = many.indices[:, 0] == row
                assert one.indices[:, 1].tolist() == many.indices[chosen][:, 1].tolist()
                assert one.values.tolist() == many.values[chosen].tolist()
                assert one.dense_shape.tolist() == [1, int(chosen.sum())]
    hashes = (tf.string_to_hash_bucket, tf.string_to_hash_bucket_fast)
    for function in (*hashes, lambda x, n: tf.string_to_hash_bucket_strong(x, n, [1, 2])):
        _each(lambda x, f=function: f(x, 1000003), texts * 5)
