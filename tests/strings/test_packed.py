"""Hashes of many strings at once are those of each by itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest
from sessile.ops.families.strings import hashing

import sessile as tf

HASHES: Final[dict[str, Callable[[Any], Any]]] = {
    "fingerprint": hashing.fingerprint,
    "murmur": hashing.murmur,
    "siphash": lambda text: hashing.siphash(text, (3, 2**63 + 5)),
}
SIZES = (0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 50, 64, 65, 100, 127, 128, 129, 200)


@pytest.mark.parametrize("name", HASHES)
def test_groups_of_every_length(name: str) -> None:
    chance = random.Random(1)
    texts = [chance.randbytes(size) for size in SIZES for _ in range(20)] + [chance.randbytes(300)]
    chance.shuffle(texts)
    found = hashing.uint64_of_each(HASHES[name], texts)
    assert found.tolist() == [HASHES[name](text) for text in texts]


def test_buckets_of_many_are_those_of_one() -> None:
    words = np.array([b"word %d" % number for number in range(50)], object).reshape(5, 10)
    x = tf.placeholder(tf.string)
    with tf.Session() as sess:
        buckets = tf.strings.to_hash_bucket_fast(x, 17)
        many = sess.run(buckets, {x: words})
        assert many.shape == (5, 10)
        assert many[3, 4] == sess.run(buckets, {x: words[3, 4]})


def test_parts_of_all_strings_and_of_short_ones() -> None:
    x = tf.placeholder(tf.string, [None])
    with tf.Session() as sess:
        for place, size, expected in ((1, 2, [b"bc", b"bc"]), (-2, 1, [b"c", b"b"]), (-1, 5, [b"d", b"c"])):
            assert sess.run(tf.substr(x, place, size), {x: [b"abcd", b"abc"]}).tolist() == expected
        with pytest.raises(tf.errors.InvalidArgumentError, match="pos 4 out of range"):
            sess.run(tf.substr(x, 4, 1), {x: [b"abcd", b"abc"]})


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("size", [5, 23])
def test_strings_of_one_length_and_in_chunks(name: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_CHUNK", 40)
    chance = random.Random(size)
    texts = [chance.randbytes(size) for _ in range(130)] + [chance.randbytes(chance.randrange(40)) for _ in range(70)]
    found = hashing.uint64_of_each(HASHES[name], texts)
    assert found.tolist() == [HASHES[name](text) for text in texts]
    assert hashing.uint64_of_each(HASHES[name], []).shape == (0,)
