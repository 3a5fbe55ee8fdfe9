"""Examples that are read from their bytes are those that protobuf reads."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler.routines import examples
from sessile.compiler.routines.strings.views import available, views_of
from sessile.ops import proto
from sessile.ops.families.io import example_ops, example_wire
from sessile.ops.families.io.example_values import Dense, Source, Sparse
from sessile.ops.types import dtypes

import sessile as tf


def _by_numpy(batch: list[bytes], sparse: list[Sparse], dense: list[Dense]) -> tuple[Any, ...]:
    found = example_wire.Batch(batch, [spec.key for spec in (*sparse, *dense)])
    return example_wire.parsed(found, sparse, dense)


def _compiled(batch: list[bytes], sparse: list[Sparse], dense: list[Dense]) -> tuple[Any, ...]:
    texts = np.empty(len(batch), object)
    texts[:] = batch
    seen = views_of(texts)
    assert seen is not None
    kinds = {spec.key: spec.dtype for spec in (*sparse, *dense)}
    return example_wire.parsed(examples._Batch(seen, kinds), sparse, dense)


READERS = [
    _by_numpy, pytest.param(_compiled, marks=pytest.mark.skipif(not available(), reason="no compiled code here"))
]  # fmt: skip
Reader = Callable[[list[bytes], list[Sparse], list[Dense]], tuple[Any, ...]]


def _message(chance: random.Random, whole: bool) -> bytes:
    message = proto.Example()
    features = message.features.feature
    features["n"].int64_list.value.append(chance.choice([0, 1, 127, 128, -1, 2**62, -(2**63)]))
    features["x"].float_list.value.extend(chance.random() for _ in range(2))
    features["s"].bytes_list.value.append(chance.randbytes(chance.choice([0, 3, 127, 128, 300])))
    if whole or chance.random() < 0.7:
        features["many"].int64_list.value.extend(chance.randrange(-300, 300) for _ in range(chance.randrange(5)))
        features["texts"].bytes_list.value.extend(b"t" * k for k in range(chance.randrange(4)))
    if chance.random() < 0.3:
        features["n\0"].float_list.value.append(1.0)
        features["other"].bytes_list.value.append(b"?" * 200)
    if chance.random() < 0.2:
        features["empty"].SetInParent()
    data: bytes = message.SerializeToString()
    return data


SPARSE = [Sparse("many", dtypes.int64), Sparse("texts", dtypes.string), Sparse("empty", dtypes.float32)]
DENSE = [
    Dense("n", dtypes.int64, (), np.empty(0, np.int64)),
    Dense("x", dtypes.float32, (2,), np.empty(0, np.float32)),
    Dense("s", dtypes.string, (), np.empty(0, object)),
    Dense("many", dtypes.int64, (None,), np.array(-5)),
    Dense("absent", dtypes.float32, (2,), np.array([1.0, 2.0], np.float32)),
]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("seed", range(12))
def test_batches_are_read_alike(seed: int, read: Reader) -> None:
    chance = random.Random(seed)
    batch = [_message(chance, seed % 2 == 0) for _ in range(chance.choice([1, 2, 40]))]
    fast = read(batch, SPARSE, DENSE)
    slow = example_ops._parsed(Source(batch, (), proto.Example, single=False), SPARSE, DENSE)
    assert len(fast) == len(slow)
    for mine, theirs in zip(fast, slow):
        assert (mine.dtype, mine.shape, mine.tolist()) == (theirs.dtype, theirs.shape, theirs.tolist())


@pytest.mark.parametrize("read", READERS)
def test_what_is_not_usual_is_left_to_protobuf(read: Reader) -> None:
    usual = _message(random.Random(1), True)
    number = Dense("n", dtypes.int64, (), np.empty(0, np.int64))
    parts = usual + usual  # a message in two parts, which protobuf merges
    for batch, wanted in (
        ([b"junk"], number), ([usual[:-1]], number), ([parts], number), ([b""], number),
        ([usual], Dense("n", dtypes.float32, (), np.empty(0, np.float32))),
        ([usual], Dense("x", dtypes.float32, (3,), np.empty(0, np.float32))),
    ):  # fmt: skip
        with pytest.raises(example_wire.UnusualError):
            read(batch, [], [wanted])


@pytest.mark.parametrize("read", READERS)
def test_cut_and_changed_messages_never_crash(read: Reader) -> None:
    chance = random.Random(3)
    usual = [_message(chance, True) for _ in range(5)]
    for _ in range(2000):
        batch = [bytearray(item) for item in usual]
        victim = chance.choice(batch)
        victim[chance.randrange(len(victim))] = chance.randrange(256)
        try:
            found = read([bytes(item) for item in batch], SPARSE, DENSE)
        except example_wire.UnusualError:
            continue
        assert len(found[-2]) == len(batch)


def test_steps_read_many_messages_by_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "_seen", [10**6])
    chance = random.Random(4)
    batch = [_message(chance, True) for _ in range(200)]
    made: list[Any] = []
    before = examples._Batch.__init__
    monkeypatch.setattr(examples._Batch, "__init__", lambda self, *rest: made.append(1) or before(self, *rest))
    with tf.Graph().as_default(), tf.Session() as session:
        texts = tf.placeholder(tf.string, [None])
        wanted: dict[str, Any] = {
            "many": tf.VarLenFeature(tf.int64), "s": tf.FixedLenFeature([], tf.string),
            "x": tf.FixedLenFeature([2], tf.float32),
        }  # fmt: skip
        parsed = tf.parse_example(texts, wanted)
        fetches = [parsed["many"], parsed["s"], parsed["x"], tf.reshape(parsed["many"].values, [-1])]
        session.run(fetches, {texts: batch})
        assert not made  # the first step is interpreted
        many, s, x, flat = session.run(fetches, {texts: batch})
        assert bool(made) == available()
        messages = [proto.Example.FromString(item).features.feature for item in batch]
        assert s.tolist() == [item["s"].bytes_list.value[0] for item in messages]
        assert x.tolist() == [list(item["x"].float_list.value) for item in messages]
        numbers = [number for item in messages for number in item["many"].int64_list.value]
        assert many.values.tolist() == flat.tolist() == numbers
        with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse example input, value: 'junk'"):
            session.run(parsed["x"], {texts: [*batch, b"junk"]})


@pytest.mark.parametrize("read", READERS)
def test_an_empty_list_is_none_of_the_default(read: Reader) -> None:
    absent, empty, without, whole = (proto.Example() for _ in range(4))
    empty.features.feature["n"].int64_list.SetInParent()
    without.features.feature["n"].SetInParent()
    whole.features.feature["n"].int64_list.value.append(3)
    dense = [Dense("n", dtypes.int64, (1,), np.array([7]))]
    batch = [message.SerializeToString() for message in (absent, without, whole)]
    assert read(batch, [], dense)[0].tolist() == [[7], [7], [3]]
    with pytest.raises(example_wire.UnusualError):
        read([*batch, empty.SerializeToString()], [], dense)
    parsed = tf.parse_example([empty.SerializeToString()], {"n": tf.FixedLenFeature([1], tf.int64, 7)})
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="values size: 0"):
        sess.run(parsed)
