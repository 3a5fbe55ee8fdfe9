"""Fractional pooling: windows of two sizes, so that heights and widths shrink by a ratio that is no whole number.

A *sequence* of `count + 1` places cuts an axis into `count` windows, of `k` or `k + 1` elements each (Graham,
"Fractional max-pooling", 2014). In 20 elements by 14 windows, pseudorandom with u in [0, 1):

    place i = ceil(20/14 * (i + u)) - 1          0, 1, 3, 4, 6, 8, 9, 11, ...
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from ....base.errors import InvalidArgumentError
from ....building.named import build_named
from ....definition.opdef import OpDef
from ....definition.shapes import with_rank
from ....graph.node import Tensor, TensorLike
from ....types import dtypes
from ....types.tensor_shape import Extents
from ...random.distributions import unit_double
from ...random.philox import blocks

_TYPES: Final = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)


def _counts(shape: Any, ratio: Any) -> list[Any]:
    return [None if extent is None else int(extent / each) for extent, each in zip(shape, ratio)]


def _pool_shape(query: Any) -> list[Any]:
    ratio = query.attrs["pooling_ratio"]
    if len(ratio) < 4:
        raise ValueError(
            f"Attr 'pooling_ratio' of fractional pooling passed list of length {len(ratio)} less than minimum 4."
        )
    shape = with_rank(query.shapes[0], 4)
    if any(each < 1 for each in ratio):
        raise ValueError(f"pooling_ratio cannot be smaller than 1, got: {min(ratio):g}")
    if shape is None:
        return [(None,) * 4, (None,), (None,)]
    batch, rows, columns, depth = _counts(shape, ratio)
    # TensorFlow says of the sequences that they have a place less than they have.
    ends = [(None,) if count is None else (count + 1,) for count in (rows, columns)]
    return [(batch, rows, columns, depth), *ends]


class _Numbers:
    """The numbers of a stream from some block on; what a sequence leaves of its last block is not used."""

    def __init__(self, key: int, first: int) -> None:
        self._key, self._next = key, first
        self._left: list[int] = []

    def whole(self, limit: int) -> int:
        """A number below the limit."""
        return self._word() % limit

    def real(self) -> float:
        """A number in [0, 1)."""
        high, low = (np.array([self._word()], np.uint32) for _ in range(2))
        return float(unit_double(high, low)[0])

    def drop(self) -> None:
        """Begin with a new block."""
        self._left = []

    def _word(self) -> int:
        if not self._left:
            self._left = blocks(self._key, self._next, 1).reshape(-1).tolist()
            self._next += 1
        return self._left.pop(0)


def _pseudo_random(extent: int, count: int, numbers: _Numbers) -> list[int]:
    ratio, least = extent / count, extent // count
    most = min((least + 2) / ratio - 1, (extent + 1 - least) / ratio - (count - 1))
    shift = numbers.real() * most
    return [0, *(math.ceil(ratio * (place + shift)) - 1 for place in range(1, count)), extent]


def _random(extent: int, count: int, numbers: _Numbers) -> list[int]:
    """The longer windows are shuffled among the others."""
    longer = extent % count
    sizes = [extent // count + 1] * longer + [extent // count] * (count - longer)
    for place in range(count):
        other = place + numbers.whole(count - place)
        sizes[place], sizes[other] = sizes[other], sizes[place]
    return [0, *np.cumsum(sizes).tolist()]


def _sequences(shape: Any, attrs: dict[str, Any]) -> list[Any]:
    """Where the windows of rows and of columns begin, and end."""
    ratio = attrs["pooling_ratio"]
    seeds: tuple[int, ...] = attrs["seed"], attrs["seed2"]
    if ratio[0] != 1 or ratio[3] != 1:
        raise ValueError("Fractional pooling is not yet supported on the batch nor channel dimension.")
    if any(seeds) and not attrs["deterministic"]:
        raise InvalidArgumentError(None, None, "Both seed and seed2 should be 0 if deterministic is false.")
    if not any(seeds):
        seeds = tuple(int(part) for part in np.random.SeedSequence().generate_state(2, np.uint32))
    numbers = _Numbers(seeds[0] % 2**64, (seeds[1] % 2**64) << 64)
    found = []
    for extent, count in zip(shape[1:3], _counts(shape, ratio)[1:3]):
        if count < 1:
            raise ValueError(f"an axis of {extent} elements is too short for pooling_ratio {list(ratio)}")
        draw = _pseudo_random if attrs["pseudo_random"] else _random
        found.append(np.array(draw(extent, count, numbers) if count < extent else range(extent + 1), np.int64))
        if count < extent:
            numbers.drop()
    return found


def _windows(places: Any, overlapping: bool, extent: int) -> list[slice]:
    """The windows of a sequence; overlapping ones have the next one's first element too."""
    ends = np.minimum(places[1:] + overlapping, extent).tolist()
    if len(places) < 2 or (np.diff(places) <= 0).any() or places[0] < 0 or places[-1] > extent:
        raise ValueError(f"a pooling sequence must rise within [0, {extent}], but is {places.tolist()}")
    return [slice(start, end) for start, end in zip(places[:-1].tolist(), ends)]


def _pool(fold: Any) -> Any:
    def kernel(
        value: Any, *, pooling_ratio: Any, pseudo_random: bool, overlapping: bool, deterministic: bool, seed: int,
        seed2: int,
    ) -> Any:  # fmt: skip
        attrs = {
            "pooling_ratio": pooling_ratio, "pseudo_random": pseudo_random, "deterministic": deterministic,
            "seed": seed, "seed2": seed2,
        }  # fmt: skip
        rows, columns = _sequences(value.shape, attrs)
        lines = np.stack([fold(value[:, place], 1) for place in _windows(rows, overlapping, value.shape[1])], axis=1)
        pooled = [fold(lines[:, :, place], 2) for place in _windows(columns, overlapping, value.shape[2])]
        found = np.stack(pooled, axis=2)
        if fold is _total:
            found = found / _sizes(rows, columns, overlapping, value.shape, value.dtype)
            found = found.astype(value.dtype)
        return found, rows, columns

    return kernel


def _total(x: Any, axis: int) -> Any:
    return x.sum(axis=axis, dtype=x.dtype)


def _largest(x: Any, axis: int) -> Any:
    return x.max(axis=axis)


def _sizes(rows: Any, columns: Any, overlapping: bool, shape: Any, dtype: Any) -> Any:
    """How many elements each window has, to divide by."""
    heights, widths = (
        np.array([place.stop - place.start for place in _windows(places, overlapping, extent)])
        for places, extent in zip((rows, columns), shape[1:3])
    )
    return (heights[:, None] * widths)[None, :, :, None].astype(dtype if dtype.kind == "f" else np.float64)


def _max_gradient(x: Any, y: Any, dy: Any, rows: Any, columns: Any, *, overlapping: bool) -> Any:
    """To the first largest element of each window."""
    _check_gradient(dy, rows, columns)
    result = np.zeros(x.shape, dy.dtype)
    each, channels = np.ogrid[: x.shape[0], : x.shape[3]]
    for i, high in enumerate(_windows(rows, overlapping, x.shape[1])):
        for j, wide in enumerate(_windows(columns, overlapping, x.shape[2])):
            window = x[:, high, wide]
            width = window.shape[2]
            first = window.reshape(len(x), -1, x.shape[3]).argmax(axis=1)
            result[each, high.start + first // width, wide.start + first % width, channels] += dy[:, i, j]
    return result


def _avg_gradient(shape: Any, dy: Any, rows: Any, columns: Any, *, overlapping: bool) -> Any:
    """To all elements of each window alike."""
    _check_gradient(dy, rows, columns)
    extents = shape.tolist()
    shares = dy / _sizes(rows, columns, overlapping, extents, np.dtype(np.float64))
    result = np.zeros(extents)
    for i, high in enumerate(_windows(rows, overlapping, extents[1])):
        for j, wide in enumerate(_windows(columns, overlapping, extents[2])):
            result[:, high, wide] += shares[:, i : i + 1, j : j + 1]
    return result.astype(dy.dtype)


def _check_gradient(dy: Any, rows: Any, columns: Any) -> None:
    if dy.ndim != 4 or dy.shape[1:3] != (len(rows) - 1, len(columns) - 1):
        raise ValueError(
            f"out_backprop of shape {list(dy.shape)} does not fit sequences of {len(rows)} and {len(columns)} places"
        )


def _input_shape(query: Any) -> Extents:
    return with_rank(query.shapes[0], 4)


def _given_shape(query: Any) -> Extents:
    known = query.integers(0)
    return (None,) * 4 if known is None else tuple(known)


def _max_rule(g: Any, op: Any, dy: Any, *unused: Any) -> Any:
    y, rows, columns = op.outputs
    return g("FractionalMaxPoolGrad", op.inputs[0], y, dy, rows, columns, overlapping=op.get_attr("overlapping"))


def _avg_rule(g: Any, op: Any, dy: Any, *unused: Any) -> Any:
    _, rows, columns = op.outputs
    shape = g.shape(op.inputs[0], dtypes.int64)
    return g("FractionalAvgPoolGrad", shape, dy, rows, columns, overlapping=op.get_attr("overlapping"))


_ATTRS: Final = {
    "pooling_ratio": ("list(float)",),
    "pseudo_random": ("bool", False),
    "overlapping": ("bool", False),
    "deterministic": ("bool", False),
    "seed": ("int", 0),
    "seed2": ("int", 0),
}


def _fractional(name: str, fold: Any, rule: Any) -> OpDef:
    return OpDef(
        name=name,
        signature="value: T -> output: T, row_pooling_sequence: int64, col_pooling_sequence: int64",
        where={"T": _TYPES},
        attrs=_ATTRS,
        shape=_pool_shape,
        kernel=_pool(fold),
        gradient=rule,
    )


FRACTIONAL_MAX_POOL = _fractional("FractionalMaxPool", _largest, _max_rule)
FRACTIONAL_AVG_POOL = _fractional("FractionalAvgPool", _total, _avg_rule)

FRACTIONAL_MAX_POOL_GRAD = OpDef(
    name="FractionalMaxPoolGrad",
    signature="orig_input: T, orig_output: T, out_backprop: T, row_pooling_sequence: int64, "
    "col_pooling_sequence: int64 -> output: T",
    where={"T": _TYPES},
    attrs={"overlapping": ("bool", False)},
    shape=_input_shape,
    kernel=_max_gradient,
)

FRACTIONAL_AVG_POOL_GRAD = OpDef(
    name="FractionalAvgPoolGrad",
    signature="orig_input_tensor_shape: int64, out_backprop: T, row_pooling_sequence: int64, "
    "col_pooling_sequence: int64 -> output: T",
    where={"T": _TYPES},
    attrs={"overlapping": ("bool", False)},
    shape=_given_shape,
    kernel=_avg_gradient,
)


def fractional_max_pool(
    value: TensorLike, pooling_ratio: Any, pseudo_random: bool = False, overlapping: bool = False,
    deterministic: bool = False, seed: int = 0, seed2: int = 0, name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Return the largest element of each window, of two sizes, of images.

    Args:
      value: [batch, height, width, channels].
      pooling_ratio: four numbers from 1 on, the first and last 1: the extents over those of the result.
      pseudo_random: whether windows are as even as a ratio makes them, from a random place on; else sizes are shuffled.
      overlapping: whether a window has the next one's first row and column too.
      deterministic: whether the seeds determine the windows; without it, they must be 0.
      seed, seed2: integers.
      name: a name for the operation.
    Returns: a named tuple: `output`, and where the windows of rows and columns begin, each with a last place behind
      them: `row_pooling_sequence`, `col_pooling_sequence`.
    Raises: ValueError for a ratio below 1.
    Source: TensorFlow 1, whose windows are drawn for the same seeds.
    """
    result: tuple[Tensor, Tensor, Tensor] = build_named(FRACTIONAL_MAX_POOL,
        value, name=name, pooling_ratio=pooling_ratio, pseudo_random=pseudo_random, overlapping=overlapping,
        deterministic=deterministic, seed=seed, seed2=seed2,
    )  # fmt: skip
    return result


def fractional_avg_pool(
    value: TensorLike, pooling_ratio: Any, pseudo_random: bool = False, overlapping: bool = False,
    deterministic: bool = False, seed: int = 0, seed2: int = 0, name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Return the mean of each window, of two sizes, of images; arguments and results as of `fractional_max_pool`.

    Args:
      value, pooling_ratio, pseudo_random, overlapping, deterministic, seed, seed2, name: as there.
    Returns: as there.
    Raises: ValueError for a ratio below 1.
    """
    result: tuple[Tensor, Tensor, Tensor] = build_named(FRACTIONAL_AVG_POOL,
        value, name=name, pooling_ratio=pooling_ratio, pseudo_random=pseudo_random, overlapping=overlapping,
        deterministic=deterministic, seed=seed, seed2=seed2,
    )  # fmt: skip
    return result
