"""Candidate samplers: classes drawn as negatives, with how often each class is to be expected among them.

Without replacement (`unique`) candidates are drawn until there are enough different ones; the expected count of a class
then is the chance that it was drawn in that many tries, or where no class was drawn twice, its chance times the tries.
For a pair of seeds they are the classes that TensorFlow draws: each is made of one or two numbers of the operation's
stream, and a step takes 2,048 for each class that is asked for, whether it needs them or not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ....definition.context import KernelContext
from ....definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ....definition.shapes import merge_extent, with_rank
from ....formats.file_system import translated
from ...random.philox import blocks
from ...random.sampling import get_seed, stream_of

_DRAWS: Final = Effects("random", reads=True, writes=True)
_SIGNATURE: Final = (
    "true_classes: int64 -> sampled_candidates: int64, true_expected_count: float32, sampled_expected_count: float32"
)
_PLAIN: Final[dict[str, tuple[Any, ...]]] = {
    "num_true": ("int",),
    "num_sampled": ("int",),
    "unique": ("bool",),
}
_SEEDS: Final[dict[str, tuple[Any, ...]]] = {"seed": ("int", 0), "seed2": ("int", 0)}
_RANGE: Final[dict[str, tuple[Any, ...]]] = {**_PLAIN, "range_max": ("int",), **_SEEDS}

_WORDS: Final = 2048  # what a step takes of the stream for each class
Draw = Callable[[int], Any]


def _shape(query: Any) -> list[Any]:
    true, count = query.attrs["num_true"], query.attrs["num_sampled"]
    if count < 1 or true < 1:
        raise ValueError(f"num_true and num_sampled must be at least 1, got {true} and {count}")
    rows, columns = with_rank(query.shapes[0], 2)
    return [(count,), (rows, merge_extent(columns, true)), (count,)]


def _sampled(draw: Draw, chances: Any, true_classes: Any, num_true: int, count: int, unique: bool) -> Any:
    """Draw candidates, and say how often each was to be expected.

    Args:
      draw: function from a number to so many drawn classes.
      chances: function from classes to their probability in one try.
    """
    if true_classes.ndim != 2 or true_classes.shape[1] != num_true:
        raise ValueError(f"true_classes must have {num_true} columns, got shape {list(true_classes.shape)}")
    candidates, tries = _different(draw, count) if unique else (draw(count), count)

    def expected(classes: Any) -> Any:
        chance = np.asarray(chances(classes), np.float64)
        if tries == count:  # TensorFlow's choice also where no class was drawn twice by luck
            return (chance * tries).astype(np.float32)
        # 1 - (1 - p)^tries, exact for small p.
        return (-np.expm1(tries * np.log1p(-np.minimum(chance, 1 - 1e-16)))).astype(np.float32)

    return np.asarray(candidates, np.int64), expected(true_classes), expected(candidates)


def _different(draw: Draw, count: int) -> tuple[Any, int]:
    """Different classes in the order in which they were drawn, and how many tries that took."""
    seen: dict[int, None] = {}
    tries = 0
    while True:
        for drawn in draw(max(2 * count, 16)).tolist():
            tries += 1
            seen[drawn] = None
            if len(seen) == count:
                return np.fromiter(seen, np.int64, count), tries


def _check_range(count: int, unique: bool, range_max: int) -> None:
    if range_max < 1:
        raise ValueError(f"range_max must be at least 1, got {range_max}")
    if unique and count > range_max:
        raise ValueError(f"Sampler's range is too small. {count} unique classes of {range_max} cannot be drawn.")


class _Words:
    """The numbers below 2**32 that a step may take of its operation's stream, one after the other."""

    def __init__(self, context: KernelContext, num_sampled: int) -> None:
        stream = stream_of(context)
        self._key, self._first = stream.key, stream.reserve(_WORDS // 4 * num_sampled)
        self._at = 0

    def take(self, count: int) -> Any:
        """The next ones, uint32."""
        start, stop = self._at // 4, -(-(self._at + count) // 4)
        words = blocks(self._key, self._first + start, stop - start).reshape(-1)
        found = words[self._at - 4 * start :][:count]
        self._at += count
        return found

    def pairs(self, count: int) -> Any:
        """The next pairs: two arrays of uint64."""
        words = self.take(2 * count).astype(np.uint64)
        return words[0::2], words[1::2]


def _uniform(
    context: KernelContext, true_classes: Any, *, num_true: int, num_sampled: int, unique: bool, range_max: int
) -> Any:
    _check_range(num_sampled, unique, range_max)
    words = _Words(context, num_sampled)

    def draw(count: int) -> Any:
        low, high = words.pairs(count)
        return ((low | high << np.uint64(32)) % np.uint64(range_max)).astype(np.int64)

    return _sampled(
        draw,
        lambda classes: np.full(np.shape(classes), 1 / range_max),
        true_classes, num_true, num_sampled, unique,
    )  # fmt: skip


def log_uniform_chance(classes: Any, range_max: int) -> Any:
    """Class k has the chance (log(k + 2) - log(k + 1)) / log(range_max + 1)."""
    numbers = np.asarray(classes, np.float64)
    return np.log((numbers + 2) / (numbers + 1)) / np.log(range_max + 1)


def _log_uniform(
    context: KernelContext, true_classes: Any, *, num_true: int, num_sampled: int, unique: bool, range_max: int
) -> Any:
    _check_range(num_sampled, unique, range_max)
    words = _Words(context, num_sampled)
    scale = np.log(range_max + 1)

    def draw(count: int) -> Any:
        high, low = words.pairs(count)
        shares = (np.uint64(1023 << 52) | (high & np.uint64(0xFFFFF)) << np.uint64(32) | low).view(np.float64) - 1.0
        return (np.exp(shares * scale).astype(np.int64) - 1) % range_max

    return _sampled(
        draw, lambda classes: log_uniform_chance(classes, range_max), true_classes, num_true, num_sampled, unique
    )


def _learned(
    context: KernelContext, true_classes: Any, *, num_true: int, num_sampled: int, unique: bool, range_max: int
) -> Any:
    """Classes in proportion to how often they were seen as true ones, each counting once from the start."""
    _check_range(num_sampled, unique, range_max)
    counts = context.state.resources.of_operation(context.op, "counts", lambda op: np.ones(range_max, np.int64))
    words = _Words(context, num_sampled)
    ends = np.cumsum(counts)
    total = int(ends[-1])
    result = _sampled(
        lambda count: np.searchsorted(ends, words.take(count) % np.uint32(total), side="right"),
        lambda classes: counts[np.asarray(classes)] / total,
        true_classes, num_true, num_sampled, unique,
    )  # fmt: skip
    np.add.at(counts, np.asarray(true_classes).reshape(-1), 1)
    return result


def _all(context: KernelContext, true_classes: Any, *, num_true: int, num_sampled: int, unique: bool) -> Any:
    _check_range(num_sampled, unique, num_sampled)
    everywhere = np.ones(num_sampled, np.float32)
    return np.arange(num_sampled, dtype=np.int64), np.ones(true_classes.shape, np.float32), everywhere


def _fixed(
    context: KernelContext, true_classes: Any,
    *, num_true: int, num_sampled: int, unique: bool, range_max: int, vocab_file: bytes, distortion: float,
    num_reserved_ids: int, num_shards: int, shard: int, unigrams: Any,
) -> Any:  # fmt: skip
    if bool(vocab_file) == bool(unigrams):
        raise ValueError("Must provide either vocab_file or unigrams.")
    given = _counts_in(vocab_file.decode()) if vocab_file else list(unigrams)
    weights = np.concatenate([np.zeros(num_reserved_ids), np.asarray(given, np.float64) ** distortion])
    if len(weights) != range_max:
        raise ValueError(f"range_max is {range_max}, but {len(weights)} classes were given, reserved ones included")
    mine = np.zeros_like(weights)
    mine[shard::num_shards] = weights[shard::num_shards]
    _check_range(num_sampled, unique, int(np.count_nonzero(mine)))
    words = _Words(context, num_sampled)
    shares, others = _alias_table(weights[shard::num_shards])

    def draw(count: int) -> Any:
        numbers, places = words.pairs(count)
        fractions = (np.uint32(127 << 23) | numbers.astype(np.uint32) & np.uint32(0x7FFFFF)).view(np.float32) - 1
        places = (places % np.uint64(len(shares))).astype(np.int64)
        return np.where(fractions < shares[places], places, others[places]) * num_shards + shard

    return _sampled(
        draw,
        lambda classes: weights[np.asarray(classes)] / weights.sum() * num_shards,
        true_classes, num_true, num_sampled, unique,
    )  # fmt: skip


def _alias_table(weights: Any) -> tuple[Any, Any]:
    """Of each place of a table, the share of its own class, and the class that the rest goes to.

    Walker's method: what is more than its place holds fills the others. For weights 1 and 3 of two places the shares
    are 0.5 and 1.5; the second class fills the first place.
    """
    shares = (np.asarray(weights, np.float64) * len(weights) / np.sum(weights, dtype=np.float64)).tolist()
    others = list(range(len(shares)))
    low = [place for place, share in enumerate(shares) if share <= 1]
    high = [place for place, share in enumerate(shares) if share > 1]
    while high and low:
        small, large = low.pop(), high[-1]
        others[small] = large
        shares[large] -= 1 - shares[small]
        if shares[large] < 1:
            low.append(high.pop())
    for place in high + low:
        shares[place] = 1.0
    return np.array(shares), np.array(others, np.int64)


def _counts_in(path: str) -> list[float]:
    """The last column of a file of comma-separated values."""
    with translated(path), open(path, encoding="utf-8") as file:
        return [float(line.rstrip().rsplit(",", 1)[-1]) for line in file if line.strip()]


def _sampler(name: str, kernel: Any, attrs: dict[str, tuple[Any, ...]]) -> OpDef:
    return OpDef(
        name=name, signature=_SIGNATURE, attrs=attrs, shape=_shape, kernel=kernel, effects=_DRAWS,
        gradient=NOT_DIFFERENTIABLE,
    )  # fmt: skip


UNIFORM: Final = _sampler("UniformCandidateSampler", _uniform, _RANGE)
LOG_UNIFORM: Final = _sampler("LogUniformCandidateSampler", _log_uniform, _RANGE)
LEARNED_UNIGRAM: Final = _sampler("LearnedUnigramCandidateSampler", _learned, _RANGE)
THREAD_UNSAFE_UNIGRAM: Final = _sampler("ThreadUnsafeUnigramCandidateSampler", _learned, _RANGE)
ALL: Final = _sampler("AllCandidateSampler", _all, {**_PLAIN, **_SEEDS})
FIXED_UNIGRAM: Final = _sampler(
    "FixedUnigramCandidateSampler",
    _fixed,
    {
        **_PLAIN,
        "range_max": ("int",),
        "vocab_file": ("string", b""),
        "distortion": ("float", 1),
        "num_reserved_ids": ("int", 0),
        "num_shards": ("int", 1),
        "shard": ("int", 0),
        "unigrams": ("list(float)", []),
        **_SEEDS,
    },
)


def _hits_kernel(true_classes: Any, sampled_candidates: Any, *, num_true: int) -> Any:
    if true_classes.ndim != 2 or true_classes.shape[1] != num_true:
        raise ValueError(f"true_classes must have {num_true} columns, got shape {list(true_classes.shape)}")
    # A class that was drawn twice counts where it was drawn last.
    last = np.zeros(len(sampled_candidates), bool)
    last[len(last) - 1 - np.unique(sampled_candidates[::-1], return_index=True)[1]] = True
    rows, _, places = np.nonzero((true_classes[:, :, None] == sampled_candidates) & last)
    smallest = np.full(len(rows), np.finfo(np.float32).min, np.float32)
    return rows.astype(np.int32), places.astype(np.int64), smallest


def _hits_shape(query: Any) -> list[Any]:
    _, columns = with_rank(query.shapes[0], 2)
    merge_extent(columns, query.attrs["num_true"])
    with_rank(query.shapes[1], 1)
    return [(None,)] * 3


COMPUTE_ACCIDENTAL_HITS: Final = OpDef(
    name="ComputeAccidentalHits",
    signature="true_classes: int64, sampled_candidates: int64 -> indices: int32, ids: int64, weights: float32",
    attrs={"num_true": ("int",), **_SEEDS},
    shape=_hits_shape,
    kernel=_hits_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def seeds(seed: int | None) -> dict[str, int]:
    """The attributes of the two seeds."""
    first, second = get_seed(seed)
    return {"seed": first or 0, "seed2": second or 0}
