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


def _barred(where: Any) -> Any:
    """What is added to the log of a chance: nothing, or minus infinity where there is no way. None: all ways are."""
    return None if where.all() else np.where(where, 0.0, -np.inf)


def _passing(x: Any, barred: Any) -> Any:
    return x if barred is None else x + barred


def forward(emitted: Any, lattice: Lattice) -> Any:
    """The log of the chance of all beginnings that are in a state at a time: [time, batch, states]."""
    times, batch, states = emitted.shape
    padded = np.full((times, batch, states + 2), -np.inf)  # nothing comes from before the first state
    result = padded[:, :, 2:]
    if not times:
        return result
    result[0, :, :2] = emitted[0, :, :2]
    stays, skips = _barred(lattice.stays), _barred(lattice.skips)
    for before, here, own in zip(padded, result[1:], emitted[1:]):
        np.logaddexp(_passing(before[:, 2:], stays), before[:, 1:-1], out=here)
        if states > 2:
            np.logaddexp(here, _passing(before[:, :-2], skips), out=here)
        here += own
    return result


def backward(emitted: Any, lattice: Lattice, lengths: Any) -> Any:
    """The log of the chance of all endings from a state at a time, not counting it: [time, batch, states]."""
    times, batch, states = emitted.shape
    result = np.full(emitted.shape, -np.inf)
    places = np.arange(states)
    ends = np.where((places == lattice.last[:, None]) | (places == lattice.last[:, None] - 1), 0.0, -np.inf)
    onward = np.zeros_like(lattice.skips)
    onward[:, :-2] = lattice.skips[:, 2:]
    stays, skips = _barred(lattice.stays), _barred(onward)
    padded = np.full((batch, states + 2), -np.inf)  # nothing comes from behind the last state
    behind = padded[:, :states]
    for time in range(times - 1, -1, -1):
        here = result[time]
        if time + 1 < times:
            np.add(result[time + 1], emitted[time + 1], out=behind)
            np.logaddexp(_passing(behind, stays), padded[:, 1:-1], out=here)
            if states > 2:
                np.logaddexp(here, _passing(padded[:, 2:], skips), out=here)
        np.copyto(here, ends, where=(lengths == time + 1)[:, None])
    return result
