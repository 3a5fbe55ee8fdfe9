"""Philox, the counter-based generator: block number `n` of a stream is a function of the stream's key and `n`.

The blocks are those of Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): ten rounds
turn a counter of 128 bits into four numbers of 32 bits. TensorFlow uses the same generator; with its way of counting
(`Stream.reserve`) a pair of seeds gives the numbers that it gives there, in whatever order or by however many threads
they are computed.

Worked example: the first float32 of `random_uniform(..., seed=7)` is bits of the first number of block `7 << 64` of the
stream of key 87654321, the graph's default seed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import numpy as np

from ...base import forks
from ...base.provided import provided

_MULTIPLIERS: Final = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL: Final = (0x9E3779B9, 0xBB67AE85)  # what is added to the halves of the key after each round
_STEPS: Final = (np.uint64(_WEYL[0]), np.uint64(_WEYL[1]))
_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
_ROUNDS: Final = 10
_CHUNK: Final = 4096  # blocks that are computed at a time: their intermediates stay in the second cache
BLOCKS_PER_NUMBER: Final = 256  # what an operation reserves of its stream for each number it returns

_AHEAD, _MOST_AHEAD = 16, 256  # blocks that `drawing` computes at a time: more and more
Draw = Callable[[], int]

_SCRAMBLE_KEY: Final = 0x02461E29_3EC8F720


def native(kind: str) -> Any:
    """The machine code `(key, first, count, out, threads)` of "blocks", "uniform", "doubles", "normal" or "truncated";
    of "gamma", "poisson" and "shuffle" with what these take besides, see `compiler/runtime/rejection_code.py`.

    None if none is provided, or it does not work here.
    """
    find = provided("philox")
    return None if find is None else _found(find, kind)


@cache
def _found(find: Callable[[str], Any], kind: str) -> Any:
    return find(kind)  # an import within, which takes longer than few numbers


class Stream:
    """The stream of one operation in one session: a key, and the number of the next block.

    Attributes:
      words: the memory that compiled steps share, which hold the GIL: the key, the halves of the number of the next
        block, and whether another thread is just changing that.
    """

    __slots__ = ("_lock", "key", "words")

    def __init__(self, seed: int, seed2: int) -> None:
        if seed == 0 and seed2 == 0:
            seed, seed2 = (int(part) for part in np.random.SeedSequence().generate_state(2, np.uint64))
        self.key = seed & (2**64 - 1)
        self.words = np.array([self.key, 0, seed2 & (2**64 - 1), 0], np.uint64)
        self._lock = forks.busy_lock(self.words[3:])

    def reserve(self, blocks: int) -> int:
        """Take so many blocks; returns the number of the first one."""
        with self._lock:
            self.words[3] = 1
            _, low, high, _ = self.words.tolist()
            first: int = low | high << 64
            following = (first + blocks) % 2**128
            self.words[1:] = following % 2**64, following >> 64, 0
        return first

    def reserve_numbers(self, count: int) -> int:
        """Take what an operation that returns `count` numbers takes; returns the number of the first block."""
        return self.reserve(count * BLOCKS_PER_NUMBER)


def stream_in(streams: Any, op: Any) -> Stream:
    """The stream of an operation, made if there is none in this dictionary of a session."""
    stream = streams.get(op)
    if stream is None:
        stream = streams.setdefault(op, Stream(op.attrs["seed"], op.attrs["seed2"]))
    return stream  # type: ignore[no-any-return]


def scrambled(seed: Any) -> tuple[int, int]:
    """The key and first block of a stateless operation, from its two seeds."""
    low, high = (int(part) % 2**64 for part in seed)
    first, second, third, fourth = block(_SCRAMBLE_KEY, low | high << 64)
    return first | second << 32, (third | fourth << 32) << 64


def block(key: int, number: int) -> tuple[int, int, int, int]:
    """One block of a stream, in Python's integers: of so few numbers NumPy takes ten times as long.

    >>> block(7, 3) == tuple(blocks(7, 3, 1)[0].tolist())
    True
    """
    c0, c1, c2, c3 = (number >> bits & 0xFFFFFFFF for bits in (0, 32, 64, 96))
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(_ROUNDS):
        a, b = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = b >> 32 ^ c1 ^ k0, b & 0xFFFFFFFF, a >> 32 ^ c3 ^ k1, a & 0xFFFFFFFF
        k0, k1 = k0 + _WEYL[0] & 0xFFFFFFFF, k1 + _WEYL[1] & 0xFFFFFFFF
    return c0, c1, c2, c3


def blocks(key: int, first: int, count: int, step: int = 1) -> np.ndarray[Any, Any]:
    """The blocks `first`, `first + step`, ... of a stream: uint32 of shape [count, 4]."""
    result = np.empty((count, 4), np.uint32)
    fill = native("blocks") if step == 1 else None
    if fill is not None:
        fill(key, first, count, result)
        return result
    for start in range(0, count, _CHUNK):
        size = min(_CHUNK, count - start)
        counter = (first + start * step) % 2**128
        low = np.uint64(counter % 2**64) + np.arange(size, dtype=np.uint64) * np.uint64(step)
        high = np.uint64(counter >> 64) + (low < np.uint64(counter % 2**64))
        result[start : start + size] = _blocks_at(key, low, high)
    return result


def drawing(first: int, second: int) -> Draw:
    """What gives the numbers, below 2**32, of the stream of two seeds one after the other."""
    stream = Stream(first, second)
    held: list[int] = []
    ahead = _AHEAD

    def draw() -> int:
        nonlocal held, ahead
        if not held:
            held = blocks(stream.key, stream.reserve(ahead), ahead).ravel()[::-1].tolist()
            ahead = min(2 * ahead, _MOST_AHEAD)
        return held.pop()

    return draw


def blocks_from(key: int, first: int, numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The blocks `first + number` for an array of numbers below 2**63: uint32 of shape [..., 4]."""
    flat = numbers.reshape(-1).astype(np.uint64)
    low = np.uint64(first % 2**64) + flat
    high = np.uint64((first >> 64) % 2**64) + (low < flat)
    return _blocks_at(key, low, high).reshape(*numbers.shape, 4)


def blocks_of_pairs(seeds: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The first blocks of stateless operations, of a pair of seeds (a row of integers) each: see `scrambled`."""
    pairs = seeds.astype(np.uint64)
    first, second, third, fourth = _blocks_at(_SCRAMBLE_KEY, pairs[:, 0], pairs[:, 1]).astype(np.uint64).T
    return _blocks_at((first, second), np.zeros_like(first), third | fourth << _HALF)


def _blocks_at(key: Any, low: np.ndarray[Any, Any], high: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The blocks of counters given by their halves. The key is one for all, or its halves are arrays."""
    c0, c1, c2, c3 = low & _LOW, low >> _HALF, high & _LOW, high >> _HALF
    a, b = np.empty_like(c0), np.empty_like(c0)
    k0, k1 = key if isinstance(key, tuple) else (np.uint64(key & 0xFFFFFFFF), np.uint64(key >> 32))
    for _ in range(_ROUNDS):
        np.multiply(c0, _MULTIPLIERS[0], out=a)
        np.multiply(c2, _MULTIPLIERS[1], out=b)
        np.right_shift(b, _HALF, out=c0)
        c0 ^= c1
        c0 ^= k0
        np.bitwise_and(b, _LOW, out=c1)
        np.right_shift(a, _HALF, out=c2)
        c2 ^= c3
        c2 ^= k1
        np.bitwise_and(a, _LOW, out=c3)
        k0, k1 = (k0 + _STEPS[0]) & _LOW, (k1 + _STEPS[1]) & _LOW
    return np.stack([c0, c1, c2, c3], -1).astype(np.uint32)


class Drawn:
    """The numbers of a few blocks of a stream, one after the other, in the ways in which TensorFlow takes them.

    Attributes:
      word: what returns the next number, below 2**32.
    """

    __slots__ = ("word",)

    def __init__(self, stream: Stream, count: int) -> None:
        """Takes so many blocks of the stream; if they run out, it reads on in those behind."""
        first = stream.reserve(count)

        def words() -> Iterator[int]:
            for start in itertools.count(first, _AHEAD):
                yield from blocks(stream.key, start, _AHEAD).ravel().tolist()

        self.word: Draw = words().__next__

    def share(self) -> Any:
        """A float32 in [0, 1)."""
        return np.array(0x3F800000 | self.word() & 0x7FFFFF, np.uint32).view(np.float32)[()] - np.float32(1)

    def below(self, limit: int) -> int:
        """An integer in [0, limit), each as probable as the others."""
        if not limit & (limit - 1):
            return self.word() & (limit - 1)
        remainder = (0xFFFFFFFF % limit) + 1
        found = self.word()
        while found < remainder:
            found = self.word()
        return found % limit
