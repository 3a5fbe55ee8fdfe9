"""How far sequences are from each other: `edit_distance`."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...building.build import build
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import check_sparse, spelled_extent
from ...graph.node import Tensor
from ...types.tensor_shape import Extents, brackets
from ..sparse.rows import first_outside, flat_positions, require_parts


def _edit_kernel(h_i: Any, h_v: Any, h_s: Any, t_i: Any, t_v: Any, t_s: Any, *, normalize: bool) -> Any:
    if h_s.shape != t_s.shape:
        raise ValueError(f"hypothesis_shape and truth_shape must have the same rank: {h_s.shape} and {t_s.shape}")
    extents, given, wanted, numbers = sequences(h_i, h_v, h_s, t_i, t_v, t_s)
    first, second = counted(given, wanted, extents)
    distances = np.zeros(len(first), np.int64)
    busy = np.flatnonzero((first > 0) | (second > 0))
    hypotheses, truths = numbers[: len(given)], numbers[len(given) :]
    lines, others = _padded(hypotheses, given, first)[busy], _padded(truths, wanted, second)[busy]
    distances[busy] = _distances(lines, others, first[busy], second[busy])
    return normalized(distances, first, second, normalize).reshape(extents)


def counted(given: Any, wanted: Any, extents: tuple[int, ...]) -> tuple[Any, Any]:
    """How long each sequence is, from the sequences that items are in."""
    count = prod(extents)
    return np.bincount(given, minlength=count), np.bincount(wanted, minlength=count)


def normalized(distances: Any, first: Any, second: Any, normalize: bool) -> Any:
    """The distances as float32, divided by the lengths of the second sequences if they are to be."""
    if normalize:
        with np.errstate(divide="ignore", invalid="ignore"):
            distances = np.where(second > 0, distances / second, np.where(first > 0, np.inf, 0.0))
    return distances.astype(np.float32)


def sequences(h_i: Any, h_v: Any, h_s: Any, t_i: Any, t_v: Any, t_s: Any) -> tuple[tuple[int, ...], Any, Any, Any]:
    """The items of two sparse tensors in the order of their sequences.

    Returns: the extents of the result; the sequence each item of either is in, by its place; and of all items, those of
    the second tensor behind those of the first, a number: one for equal items.
    """
    extents = tuple(int(max(a, b)) for a, b in zip(h_s[:-1], t_s[:-1]))
    rows, values = [], []
    for indices, items, shape in ((h_i, h_v, h_s), (t_i, t_v, t_s)):
        require_parts(indices, items, shape)
        if first_outside(indices[:, :-1], extents) is not None:
            raise ValueError(f"A sequence is outside of {brackets(extents)}")
        flat = flat_positions(indices, extents)  # of all columns but the last
        if (flat[1:] < flat[:-1]).any():
            order = np.argsort(flat, kind="stable")
            flat, items = flat[order], items[order]
        rows.append(flat)
        values.append(items)
    joined = np.concatenate(values)
    if joined.dtype.kind in "fc":
        joined = np.unique(joined, return_inverse=True, equal_nan=False)[1]
    elif joined.dtype.kind not in "biu":
        known: dict[Any, int] = {}
        joined = np.array([known.setdefault(item, len(known)) for item in joined.tolist()], np.int64)
    return extents, rows[0], rows[1], joined


def _padded(items: Any, rows: Any, counts: Any) -> Any:
    """The items of each sequence in a line of its own."""
    result = np.zeros((len(counts), int(counts.max(initial=0))), items.dtype)
    starts = np.cumsum(counts) - counts
    result[rows, np.arange(len(rows)) - starts[rows]] = items
    return result


def _distances(first: Any, second: Any, lengths: Any, other_lengths: Any) -> Any:
    """Levenshtein's distance of each pair: how many items are to be changed, added or taken away.

    A row of the table is made at once, for all pairs: what comes from the left, one more for each step, is the
    smallest so far of the numbers less their places, and the place added again.
    """
    places = np.arange(second.shape[1] + 1, dtype=np.int32)
    row = np.broadcast_to(places, (len(first), len(places)))
    found = np.where(lengths == 0, other_lengths, 0)
    lines = np.arange(len(first))
    for number in range(first.shape[1]):
        new = np.empty(row.shape, np.int32)
        new[:, 0] = number + 1
        np.minimum(row[:, 1:] + 1, row[:, :-1] + (first[:, number, None] != second), out=new[:, 1:])
        row = np.minimum.accumulate(new - places, axis=1) + places
        ends = lengths == number + 1
        if ends.any():
            found[ends] = row[lines[ends], other_lengths[ends]]
    return found


def _edit_shape(query: Any) -> Extents:
    """As the two tensors are without their last dimension; where they differ, as the longer one."""
    _, given = check_sparse(*query.shapes[:3])
    _, wanted = check_sparse(*query.shapes[3:])
    first, second = query.integers(2), query.integers(5)
    if first is None or second is None or len(first) != len(second):
        rank = given if wanted is None else wanted
        return None if rank is None else (None,) * (int(rank) - 1)
    pairs = zip(map(spelled_extent, first[:-1]), map(spelled_extent, second[:-1]))
    return tuple(None if a is None or b is None else b if a < b else a for a, b in pairs)


EDIT_DISTANCE = OpDef(
    name="EditDistance",
    signature="hypothesis_indices: int64, hypothesis_values: T, hypothesis_shape: int64, truth_indices: int64, "
    "truth_values: T, truth_shape: int64 -> output: float32",
    attrs={"normalize": ("bool", True)},
    shape=_edit_shape,
    kernel=_edit_kernel,
    gradient=NOT_DIFFERENTIABLE,
    routine=("edit distance",),
)


def edit_distance(hypothesis: Any, truth: Any, normalize: bool = True, name: str = "edit_distance") -> Tensor:
    """Return the edit distances between the sequences of two sparse tensors, along their last dimension.

    Args:
      hypothesis, truth: SparseTensors of one type and rank.
      normalize: whether distances are divided by the length of the truth.
    Raises: TypeError if one is no SparseTensor.
    """
    from ..sparse.sparse_tensor import SparseTensor

    for part, what in ((hypothesis, "Hypothesis"), (truth, "Truth")):
        if not isinstance(part, SparseTensor) and type(part).__name__ != "SparseTensorValue":
            raise TypeError(f"{what} must be a SparseTensor.")
    parts = [item for tensor in (hypothesis, truth) for item in (tensor.indices, tensor.values, tensor.dense_shape)]
    result: Tensor = build(EDIT_DISTANCE, *parts, normalize=normalize, name=name)
    return result
