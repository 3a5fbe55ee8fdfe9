"""Examples that are read from their bytes are those that protobuf reads."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from sessile.ops import proto
from sessile.ops.families.io import example_ops, example_wire
from sessile.ops.families.io.example_values import Dense, Source, Sparse
from sessile.ops.types import dtypes


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


@pytest.mark.parametrize("seed", range(12))
def test_batches_are_read_alike(seed: int) -> None:
    chance = random.Random(seed)
    batch = [_message(chance, seed % 2 == 0) for _ in range(chance.choice([1, 2, 40]))]
    fast: tuple[Any, ...] = example_wire.parsed(batch, SPARSE, DENSE)
    slow = example_ops._parsed(Source(batch, (), proto.Example, single=False), SPARSE, DENSE)
    assert len(fast) == len(slow)
    for mine, theirs in zip(fast, slow):
        assert (mine.dtype, mine.shape, mine.tolist()) == (theirs.dtype, theirs.shape, theirs.tolist())


def test_what_is_not_usual_is_left_to_protobuf() -> None:
    usual = _message(random.Random(1), True)
    number = Dense("n", dtypes.int64, (), np.empty(0, np.int64))
    parts = usual + usual  # a message in two parts, which protobuf merges
    for batch, wanted in (
        ([b"junk"], number), ([usual[:-1]], number), ([parts], number), ([b""], number),
        ([usual], Dense("n", dtypes.float32, (), np.empty(0, np.float32))),
        ([usual], Dense("x", dtypes.float32, (3,), np.empty(0, np.float32))),
    ):  # fmt: skip
        with pytest.raises(example_wire.UnusualError):
            example_wire.parsed(batch, [], [wanted])


def test_cut_and_changed_messages_never_crash() -> None:
    chance = random.Random(3)
    usual = [_message(chance, True) for _ in range(5)]
    for _ in range(300):
        batch = [bytearray(item) for item in usual]
        victim = chance.choice(batch)
        victim[chance.randrange(len(victim))] = chance.randrange(256)
        try:
            example_wire.parsed([bytes(item) for item in batch], SPARSE, DENSE)
        except example_wire.UnusualError:
            continue
