"""The lattice of connectionist temporal classification: all ways of writing labels, with blanks, over time.

Between and around the labels of an example stand blanks: states 0, 2, 4, ... are blanks, state 2i + 1 is label i. A
path starts in one of the first two states and ends in one of the last two; at each step it stays, moves on by one, or
skips a blank between labels that differ. All examples of a batch are walked at a time, in logarithms.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Lattice(NamedTuple):
    """The states of a batch, padded to those of the longest example.

    Attributes:
      classes: the class of each state, [batch, states].
      last: the number of the last state of each example, [batch].
      stays: whether a path may stay in a state, [batch, states].
      skips: whether a path may come from two states before, [batch, states].
    """

    classes: Any
    last: Any
    stays: Any
    skips: Any


def lattice_of(labels: list[Any], blank: int, merges_repeated: bool) -> Lattice:
    """The states for the labels of each example."""
    longest = max((len(each) for each in labels), default=0)
    classes = np.full((len(labels), 2 * longest + 1), blank, np.int64)
    for row, each in zip(classes, labels):
        row[1 : 2 * len(each) : 2] = each
    is_label = (np.arange(2 * longest + 1) % 2 == 1)[None, :]
    stays = np.broadcast_to(np.ones(classes.shape, bool) if merges_repeated else ~is_label, classes.shape)
    skips = np.zeros(classes.shape, bool)
    differs = classes[:, 2:] != classes[:, :-2] if merges_repeated else np.ones(classes[:, 2:].shape, bool)
    skips[:, 2:] = is_label[:, 2:] & differs
    return Lattice(classes, np.array([2 * len(each) for each in labels]), stays, skips)


def _shifted(x: Any, by: int) -> Any:
    """Each row moved along the states, nothing coming in."""
    result = np.full_like(x, -np.inf)
    if by > 0:
        result[:, by:] = x[:, :-by]
    else:
        result[:, :by] = x[:, -by:]
    return result


def _masked(x: Any, where: Any) -> Any:
    return np.where(where, x, -np.inf)


def forward(emitted: Any, lattice: Lattice) -> Any:
    """The log of the chance of all beginnings that are in a state at a time: [time, batch, states]."""
    result = np.full_like(emitted, -np.inf)
    if not len(emitted):
        return result
    result[0, :, 0] = emitted[0, :, 0]
    if result.shape[2] > 1:
        result[0, :, 1] = emitted[0, :, 1]
    for time in range(1, len(emitted)):
        before = result[time - 1]
        arrived = np.logaddexp(_masked(before, lattice.stays), _shifted(before, 1))
        if result.shape[2] > 2:
            arrived = np.logaddexp(arrived, _masked(_shifted(before, 2), lattice.skips))
        result[time] = arrived + emitted[time]
    return result


def backward(emitted: Any, lattice: Lattice, lengths: Any) -> Any:
    """The log of the chance of all endings from a state at a time, not counting it: [time, batch, states]."""
    result = np.full_like(emitted, -np.inf)
    states = np.arange(emitted.shape[2])
    ends = (states == lattice.last[:, None]) | (states == lattice.last[:, None] - 1)
    skips = np.zeros_like(lattice.skips)
    skips[:, :-2] = lattice.skips[:, 2:]
    for time in range(len(emitted) - 1, -1, -1):
        if time + 1 < len(emitted):
            behind = result[time + 1] + emitted[time + 1]
            left = np.logaddexp(_masked(behind, lattice.stays), _shifted(behind, -1))
            if emitted.shape[2] > 2:
                left = np.logaddexp(left, _masked(_shifted(behind, -2), skips))
            result[time] = left
        result[time] = np.where((lengths == time + 1)[:, None], np.where(ends, 0.0, -np.inf), result[time])
    return result
