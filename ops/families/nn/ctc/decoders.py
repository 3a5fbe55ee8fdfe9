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
from .loss import _log_softmax


def _check(inputs: Any, lengths: Any) -> None:
    times, batch, _ = inputs.shape
    if len(lengths) != batch:
        raise ValueError(
            f"len(sequence_length) != batch_size. len(sequence_length): {len(lengths)} batch_size: {batch}"
        )
    if batch and (lengths.max() > times or lengths.min() < 0):
        raise ValueError(f"sequence_length(0) <= {times} is needed, got {lengths.tolist()}")


def _sparse(rows: list[list[int]]) -> tuple[Any, Any, Any]:
    """Indices, values and shape of rows of labels."""
    indices = [(row, column) for row, labels in enumerate(rows) for column in range(len(labels))]
    values = [label for labels in rows for label in labels]
    longest = max((len(labels) for labels in rows), default=0)
    return (
        np.array(indices, np.int64).reshape(-1, 2),
        np.array(values, np.int64),
        np.array([len(rows), longest], np.int64),
    )


def _merged(labels: Any) -> list[int]:
    """Without repetitions of the label before."""
    return [label for place, label in enumerate(labels) if place == 0 or label != labels[place - 1]]


def _greedy(inputs: Any, sequence_length: Any, *, merge_repeated: bool, blank_index: int) -> Any:
    _check(inputs, sequence_length)
    classes = inputs.shape[2]
    blank = blank_index + classes if blank_index < 0 else blank_index
    best, largest = inputs.argmax(axis=2), inputs.max(axis=2)
    rows, scores = [], np.zeros((inputs.shape[1], 1), inputs.dtype)
    for example, length in enumerate(sequence_length.tolist()):
        chosen = best[:length, example].tolist()
        kept = _merged(chosen) if merge_repeated else chosen
        rows.append([label for label in kept if label != blank])
        scores[example, 0] = -largest[:length, example].sum(dtype=inputs.dtype)
    return (*_sparse(rows), scores)


def _greedy_shape(query: Any) -> list[Any]:
    _, batch, _ = with_rank(query.shapes[0], 3)
    batch = merge_extent(batch, with_rank(query.shapes[1], 1)[0])
    return [(None, 2), (None,), (2,), (batch, 1)]


Beam = dict[tuple[int, ...], tuple[float, float]]  # of each prefix, the logs of the chances to end in a blank or not


def _log_add(a: float, b: float) -> float:
    return float(np.logaddexp(a, b))


def _search(logs: Any, blank: int, width: int) -> list[tuple[tuple[int, ...], float]]:
    """The most probable label sequences, the best first, with the logs of their chances."""
    lowest = -np.inf
    beam: Beam = {(): (0.0, lowest)}
    for row in logs.tolist():
        grown: Beam = {}
        for prefix, (in_blank, in_label) in beam.items():
            total = _log_add(in_blank, in_label)
            same = in_label + row[prefix[-1]] if prefix else lowest
            old = grown.get(prefix, (lowest, lowest))
            grown[prefix] = _log_add(old[0], total + row[blank]), _log_add(old[1], same)
            for label, chance in enumerate(row):
                if label == blank:
                    continue
                start = in_blank if prefix and prefix[-1] == label else total
                longer = (*prefix, label)
                before = grown.get(longer, (lowest, lowest))
                grown[longer] = before[0], _log_add(before[1], start + chance)
        ranked = sorted(grown.items(), key=lambda item: -_log_add(*item[1]))
        beam = dict(ranked[:width])
    return [(prefix, _log_add(*chances)) for prefix, chances in beam.items()]


def _beam_search(inputs: Any, sequence_length: Any, *, beam_width: int, top_paths: int, merge_repeated: bool) -> Any:
    _check(inputs, sequence_length)
    if top_paths > beam_width:
        raise ValueError(f"requested {top_paths} paths, but the beam is only {beam_width} wide")
    logs = _log_softmax(inputs.astype(np.float64))
    batch, blank = inputs.shape[1], inputs.shape[2] - 1
    paths: list[list[list[int]]] = [[] for _ in range(top_paths)]
    scores = np.zeros((batch, top_paths), inputs.dtype)
    for example, length in enumerate(sequence_length.tolist()):
        found = _search(logs[:length, example], blank, beam_width)
        if len(found) < top_paths:
            raise ValueError(f"Less leaves in the beam search than requested: {len(found)} of {top_paths}")
        for place, (labels, score) in enumerate(found[:top_paths]):
            paths[place].append(_merged(labels) if merge_repeated else list(labels))
            scores[example, place] = score
    parts = [_sparse(rows) for rows in paths]
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
