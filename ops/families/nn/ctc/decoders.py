"""Reading labels off logits over time: `ctc_greedy_decoder`, `ctc_beam_search_decoder`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....building.build import build
from ....definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ....definition.shapes import merge_extent, with_rank
from ....graph.node import Tensor, TensorLike
from ....types import dtypes
from ...sparse.sparse_tensor import SparseTensor
from .loss import log_softmax


def check(inputs: Any, lengths: Any) -> None:
    """Raises: ValueError for lengths that do not go with the logits."""
    times, batch, _ = inputs.shape
    if len(lengths) != batch:
        raise ValueError(
            f"len(sequence_length) != batch_size. len(sequence_length): {len(lengths)} batch_size: {batch}"
        )
    if batch and (lengths.max() > times or lengths.min() < 0):
        raise ValueError(f"sequence_length(0) <= {times} is needed, got {lengths.tolist()}")


def sparse_rows(labels: Any, rows: Any, count: int) -> tuple[Any, Any, Any]:
    """Indices, values and shape of labels that are in these rows, in ascending order, of `count` rows."""
    sizes = np.bincount(rows, minlength=count)
    indices = np.empty((len(labels), 2), np.int64)
    indices[:, 0] = rows
    indices[:, 1] = np.arange(len(labels)) - (np.cumsum(sizes) - sizes)[rows]
    return indices, labels.astype(np.int64, copy=False), np.array([count, sizes.max(initial=0)], np.int64)


def _greedy(inputs: Any, sequence_length: Any, *, merge_repeated: bool, blank_index: int) -> Any:
    check(inputs, sequence_length)
    times, _, classes = inputs.shape
    blank = blank_index + classes if blank_index < 0 else blank_index
    best = inputs.argmax(axis=2)
    largest = np.take_along_axis(inputs, best[:, :, None], 2)[:, :, 0]
    counts = np.arange(times)[:, None] < sequence_length
    kept = counts & (best != blank)
    if merge_repeated:
        kept[1:] &= best[1:] != best[:-1]
    rows, places = np.nonzero(kept.T)
    scores = -np.where(counts, largest, inputs.dtype.type(0)).sum(axis=0, dtype=inputs.dtype)
    return (*sparse_rows(best[places, rows], rows, inputs.shape[1]), scores[:, None])


def _greedy_shape(query: Any) -> list[Any]:
    _, batch, _ = with_rank(query.shapes[0], 3)
    batch = merge_extent(batch, with_rank(query.shapes[1], 1)[0])
    return [(None, 2), (None,), (2,), (batch, 1)]


class _Prefixes:
    """Beginnings of label sequences, each one label longer than another; number 0 is the empty one."""

    def __init__(self) -> None:
        self.parents = [-1]
        self.labels = [-1]
        self._numbers: dict[tuple[int, int], int] = {}

    def longer(self, prefix: int, label: int) -> int:
        """The number of a beginning with one more label."""
        number = self._numbers.setdefault((prefix, label), len(self.parents))
        if number == len(self.parents):
            self.parents.append(prefix)
            self.labels.append(label)
        return number

    def spelled(self, prefix: int) -> list[int]:
        """Its labels."""
        found = []
        while prefix:
            found.append(self.labels[prefix])
            prefix = self.parents[prefix]
        return found[::-1]


def _search(logs: Any, blank: int, width: int) -> list[tuple[list[int], float]]:
    """The most probable label sequences, the best first, with the logs of their chances.

    Of each beginning in the beam the logs are known of the chances to end in a blank, and in its last label. In a step
    it stays what it is, or is made longer by a label; that may be a beginning that is in the beam as well.
    """
    prefixes = _Prefixes()
    beam, in_blank, in_label = [0], np.zeros(1), np.full(1, -np.inf)
    for row in logs:
        last = np.array([prefixes.labels[prefix] for prefix in beam])
        totals = np.logaddexp(in_blank, in_label)
        longer = totals[:, None] + row
        some = np.flatnonzero(last >= 0)
        longer[some, last[some]] = in_blank[some] + row[last[some]]
        stay_blank, stay_label = totals + row[blank], np.full(len(beam), -np.inf)
        stay_label[some] = in_label[some] + row[last[some]]
        scores, is_one = np.empty((len(beam), len(row) + 1)), np.ones((len(beam), len(row) + 1), bool)
        scores[:, 1:] = longer
        is_one[:, 1 + blank] = False
        places, owners = {prefix: place for place, prefix in enumerate(beam)}, {}
        for place, prefix in enumerate(beam):
            parent = places.get(prefixes.parents[prefix])
            if parent is not None:
                stay_label[place] = np.logaddexp(stay_label[place], longer[parent, last[place]])
                is_one[(parent, 1 + last[place]) if place < parent else (place, 0)] = False
                if parent < place:  # of equal chances those found first are first
                    owners[parent, int(last[place])] = place
        scores[:, 0] = stay_totals = np.logaddexp(stay_blank, stay_label)
        for (parent, label), place in owners.items():
            scores[parent, 1 + label] = stay_totals[place]
        order = np.argsort(-scores, axis=None, kind="stable")
        order = order[is_one.reshape(-1)[order]][:width]
        chosen = []
        in_blank, in_label = np.full(len(order), -np.inf), scores.reshape(-1)[order]
        for number, (place, column) in enumerate(zip(*(found.tolist() for found in divmod(order, len(row) + 1)))):
            stays = place if not column else owners.get((place, column - 1))
            if stays is not None:
                in_blank[number], in_label[number] = stay_blank[stays], stay_label[stays]
                chosen.append(beam[stays])
            else:
                chosen.append(prefixes.longer(beam[place], column - 1))
        beam = chosen
    return list(zip(map(prefixes.spelled, beam), np.logaddexp(in_blank, in_label).tolist()))


def _beam_search(inputs: Any, sequence_length: Any, *, beam_width: int, top_paths: int, merge_repeated: bool) -> Any:
    check(inputs, sequence_length)
    if top_paths > beam_width:
        raise ValueError(f"requested {top_paths} paths, but the beam is only {beam_width} wide")
    logs = log_softmax(inputs.astype(np.float64))
    batch, blank = inputs.shape[1], inputs.shape[2] - 1
    paths: list[list[Any]] = [[] for _ in range(top_paths)]
    scores = np.zeros((batch, top_paths), inputs.dtype)
    for example, length in enumerate(sequence_length.tolist()):
        found = _search(logs[:length, example], blank, beam_width)
        if len(found) < top_paths:
            raise ValueError(f"Less leaves in the beam search than requested: {len(found)} of {top_paths}")
        for place, (labels, score) in enumerate(found[:top_paths]):
            paths[place].append(np.array(labels, np.int64))
            scores[example, place] = score
    return listed(paths, scores, merge_repeated)


def listed(paths: list[list[Any]], scores: Any, merge_repeated: bool) -> Any:
    """The outputs of the search: the labels of each path of each example as sparse tensors, and the scores."""
    parts = []
    for path in paths:
        rows = np.repeat(np.arange(len(path)), [len(labels) for labels in path])
        labels = np.concatenate(path) if path else np.empty(0, np.int64)
        if merge_repeated:
            new = np.ones(len(labels), bool)
            new[1:] = (labels[1:] != labels[:-1]) | (rows[1:] != rows[:-1])
            labels, rows = labels[new], rows[new]
        parts.append(sparse_rows(labels, rows, len(path)))
    return (*(part[number] for number in range(3) for part in parts), scores)


def _beam_shape(query: Any) -> list[Any]:
    _, batch, _ = with_rank(query.shapes[0], 3)
    batch = merge_extent(batch, with_rank(query.shapes[1], 1)[0])
    count = int(query.attrs["top_paths"])
    return [*[(None, 2)] * count, *[(None,)] * count, *[(2,)] * count, (batch, count)]


_TYPE = {"T": ("type", dtypes.float32)}
_ALLOWED = {"T": (dtypes.float32, dtypes.float64)}

CTC_GREEDY_DECODER = OpDef(
    name="CTCGreedyDecoder",
    signature=(
        "inputs: T, sequence_length: int32 -> "
        "decoded_indices: int64, decoded_values: int64, decoded_shape: int64, log_probability: T"
    ),
    where=_ALLOWED,
    attrs={"merge_repeated": ("bool", False), "blank_index": ("int", -1), **_TYPE},
    shape=_greedy_shape,
    kernel=_greedy,
    gradient=NOT_DIFFERENTIABLE,
)

CTC_BEAM_SEARCH_DECODER = OpDef(
    name="CTCBeamSearchDecoder",
    signature=(
        "inputs: T, sequence_length: int32 -> decoded_indices: top_paths*int64, decoded_values: top_paths*int64, "
        "decoded_shape: top_paths*int64, log_probability: T"
    ),
    where=_ALLOWED,
    attrs={"beam_width": ("int",), "top_paths": ("int",), "merge_repeated": ("bool", True), **_TYPE},
    shape=_beam_shape,
    kernel=_beam_search,
    routine=("beam search",),
    gradient=NOT_DIFFERENTIABLE,
)


def ctc_greedy_decoder(
    inputs: TensorLike, sequence_length: TensorLike, merge_repeated: bool = True, blank_index: int | None = None
) -> tuple[list[SparseTensor], Tensor]:
    """Return the labels of the largest logit of each step.

    Args:
      inputs: logits [time, batch, classes].
      sequence_length: int32 [batch]: how many steps of each example count.
      merge_repeated: whether equal labels without a blank between them are one.
      blank_index: the class of the blank, default the last; negative ones count from the end.
    Returns: a list of one SparseTensor [batch, positions], and minus the sum of the largest logits, [batch, 1].
    """
    blank = -1 if blank_index is None else blank_index
    indices, values, extents, score = build(
        CTC_GREEDY_DECODER, inputs, sequence_length, merge_repeated=merge_repeated, blank_index=blank
    )
    return [SparseTensor(indices, values, extents)], score


def ctc_beam_search_decoder(
    inputs: TensorLike, sequence_length: TensorLike, beam_width: int = 100, top_paths: int = 1,
    merge_repeated: bool = True,
) -> tuple[list[SparseTensor], Tensor]:  # fmt: skip
    """Return the most probable labels, found by a search that keeps the `beam_width` best beginnings.

    Args:
      inputs: logits [time, batch, classes], the last class the blank.
      sequence_length: int32 [batch]: how many steps of each example count.
      beam_width: how many beginnings to keep.
      top_paths: how many results to return.
      merge_repeated: whether equal labels next to each other in the result are made one.
    Returns: a list of `top_paths` SparseTensors, the best first, and the logs of their chances, [batch, top_paths].
    """
    results = build(
        CTC_BEAM_SEARCH_DECODER,
        inputs,
        sequence_length,
        beam_width=beam_width,
        top_paths=top_paths,
        merge_repeated=merge_repeated,
    )
    parts = [results[start : start + top_paths] for start in range(0, 3 * top_paths, top_paths)]
    return [SparseTensor(*each) for each in zip(*parts)], results[-1]


def ctc_beam_search_decoder_v2(
    inputs: TensorLike, sequence_length: TensorLike, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[SparseTensor], Tensor]:
    """`ctc_beam_search_decoder` that keeps labels that repeat."""
    return ctc_beam_search_decoder(inputs, sequence_length, beam_width, top_paths, merge_repeated=False)
