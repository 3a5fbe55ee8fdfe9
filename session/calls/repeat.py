"""`make_callable(..., repeat=n, carry={feed: fetch})`: a step that runs n times in a call, on what it made itself."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...compiler.program.services import (
    InArrays,
    Result,
    Tupled,
    outs_of,
    refuse_keywords,
    repeat_step,
    writes_outs,
)
from ...ops.base.pickling import ProcessBound
from ...ops.graph.node import Tensor
from ...ops.types.tensor_shape import TensorShape
from .described import describe, told_of
from .feeds import expand_feed_keys, feed_tensor, is_plain_key
from .fetches import FetchPlan, plan_fetches


class RepeatedStep(ProcessBound):
    """Runs a step so many times in a call.

    Args:
      signature: of the step; its results are a tuple, of which the first are what `plan` puts together.
      pairs: per feed that is carried its number, and the result it takes.
      elements: the tensors and operations of all results.
    """

    __slots__ = ("__dict__", "_count", "_elements", "_pairs", "_plan", "_signature", "_spare", "_steady", "_step")

    def __init__(
        self, signature: Any, plan: FetchPlan, pairs: list[tuple[int, int]], count: int, elements: list[Any]
    ) -> None:
        self._signature = signature
        self._plan = plan
        self._pairs = pairs
        self._count = count
        self._elements = elements
        self._step = signature.make_step()
        self._steady: set[Any] = set()  # shapes of feeds and of `out` of which every turn has those of the first
        self._spare: list[Any] = []  # arrays for the results of turns whose results nobody gets

    def __call__(self, *values: Any, **named: Any) -> Any:
        if len(named) > 1 or "out" not in named:
            refuse_keywords(named)
        self._signature.check_arguments(values)
        arrays = [feed.array(v) if feed.is_numeric else v for feed, v in zip(self._signature.feeds, values)]
        if named:
            return self._into(arrays, named["out"])
        results = repeat_step(self._step, arrays, self._pairs, self._count)
        found = [item[()] if isinstance(item, np.ndarray) and not item.ndim else item for item in results]
        return self._plan.rebuild(found[: len(self._plan.elements)])

    # Into arrays that are given.

    def _into(self, arrays: list[Any], out: Any) -> Any:
        """Write the results of the last turn to `out`, and return that in the structure of the fetches.

        Once it is known that every turn has results of the shapes that the first one had, turns write to it and to
        arrays of the callable's own in turns.
        """
        outs = self._outs(arrays, out)
        key = tuple(array.shape for array in (*arrays, *outs.arrays.values()))
        if key in self._steady:
            known, last, other = self._spare.pop() if self._spare else (None, (), ())
            if known != key:
                last, other = self._spare_arrays(arrays, outs)
            given = tuple([outs.arrays.get(place, array) for place, array in enumerate(last)])
            repeat_step(self._step, arrays, self._pairs, self._count, (given, other))
            if not self._spare:
                self._spare.append((key, last, other))
        elif self._fill(arrays, outs):
            self._steady.add(key)
        return self._plan.rebuild([outs.arrays.get(place) for place in range(len(self._plan.elements))])

    def _outs(self, arrays: list[Any], out: Any) -> Any:
        """The arrays of `out`, checked. Raises: TypeError, ValueError."""
        if not self._signature.is_plain:
            raise TypeError("`out` takes arrays, and some of what this callable gives or carries is a handle.")
        tensors = {n: element for n, element in enumerate(self._plan.elements) if isinstance(element, Tensor)}
        places = [n if n in tensors else None for n in range(len(self._plan.elements))]
        names = [element.name for element in self._plan.elements]
        dtypes = [tensors[n].dtype.base_dtype.np_dtype if n in tensors else None for n in range(len(places))]
        outs = outs_of(self._plan.structure.over(places), out, names, dtypes, arrays)
        for place in outs.arrays:
            if tensors[place]._extents is not None:
                outs.check_shape(place, tensors[place]._extents)
        return outs

    def _fill(self, arrays: list[Any], outs: Any) -> bool:
        """Run all turns with arrays of their own and copy the results; returns whether `_into` need not do so again."""
        results = repeat_step(self._step, arrays, [], 1)
        carried = [np.shape(results[place]) for _, place in self._pairs]
        is_steady = carried == [arrays[feed].shape for feed, _ in self._pairs]
        if self._count > 1:
            arrays = list(arrays)
            for feed, place in self._pairs:
                arrays[feed] = results[place]
            results = repeat_step(self._step, arrays, self._pairs, self._count - 1)
        outs.fill(results)
        return is_steady and writes_outs(self._signature.program, self._step)

    def _spare_arrays(self, arrays: list[Any], outs: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Arrays for what is carried and not fetched, and for all results; None for the rest."""
        shapes = {place: arrays[feed].shape for feed, place in self._pairs}
        shapes.update((place, array.shape) for place, array in outs.arrays.items())
        kinds = {place: self._elements[place].dtype.base_dtype.np_dtype for place in shapes}
        others = [np.empty(shapes[n], kinds[n]) if n in shapes else None for n in range(len(self._elements))]
        unseen = [None if a is None or n in outs.arrays else np.empty_like(a) for n, a in enumerate(others)]
        return tuple(unseen), tuple(others)


def repeated_callable(session: Any, fetches: Any, keys: list[Any], repeat: Any, carry: Any) -> RepeatedStep:
    """The callable of a step that runs `repeat` times; see `Session.make_callable`.

    Raises: TypeError for a count, keys or values of a wrong type, or a feed of another type than what it takes;
      ValueError for a count below 1, feeds that are not there, and shapes that cannot fit.
    """
    try:
        count = operator.index(repeat)
    except TypeError:
        raise TypeError(f"`repeat` must be a whole number, got {repeat!r}.") from None
    if count < 1:
        raise ValueError(f"`repeat` must be at least 1, got {count}.")
    if carry is not None and not isinstance(carry, Mapping):
        raise TypeError(f"`carry` must be a dict from feeds to what they take for the next turn, got {carry!r}.")
    graph, plan = session.graph, plan_fetches(session.graph, fetches)
    tensors = expand_feed_keys(graph, keys)
    if len(set(tensors)) != len(tensors) or not all(map(is_plain_key, keys)):
        raise ValueError("With `repeat` the feed list must have single tensors, each once.")
    carried = {feed_tensor(graph, key): _tensor(graph, value) for key, value in (carry or {}).items()}
    for feed, value in carried.items():
        _check(feed, value, tensors)
    for element in plan.elements:
        if element in tensors:
            raise ValueError(f"With `repeat` what is fed cannot be fetched: {element.name}.")
    elements = list(dict.fromkeys([*plan.elements, *carried.values()]))
    flat = FetchPlan(elements, InArrays(Tupled(tuple(map(Result, range(len(elements)))))))
    pairs = [(tensors.index(feed), elements.index(value)) for feed, value in carried.items()]
    signature = session._signature(flat, tensors)
    session._watch.new_signature(graph, elements)
    session._watch.new_callable(signature.program, fetches)
    step: RepeatedStep = told_of(
        RepeatedStep(signature, plan, pairs, count, elements), describe(plan.elements, tensors, ("out",))
    )
    return step


def _tensor(graph: Any, value: Any) -> Tensor:
    try:
        found: Tensor = graph.as_graph_element(value, allow_operation=False)
    except (TypeError, ValueError, KeyError) as error:
        raise TypeError(f"`carry` needs a tensor for what a feed takes, got {value!r}: {error}") from None
    return found


def _check(feed: Tensor, value: Tensor, tensors: list[Tensor]) -> None:
    """Raises: ValueError or TypeError if a feed cannot take a tensor's value for the next turn."""
    if feed not in tensors:
        raise ValueError(f"`carry` has {feed.name}, which is not in the feed list.")
    if value in tensors:
        raise ValueError(f"`carry` gives {feed.name} the value of {value.name}, which is fed itself.")
    if feed.dtype.base_dtype is not value.dtype.base_dtype:
        raise TypeError(
            f"`carry` gives {feed.name} of type {feed.dtype.base_dtype.name} the value of {value.name}, which has type "
            f"{value.dtype.base_dtype.name}."
        )
    if not TensorShape(feed._extents).is_compatible_with(TensorShape(value._extents)):
        raise ValueError(
            f"`carry` gives {feed.name} of shape {TensorShape(feed._extents)} the value of {value.name}, which has "
            f"shape {TensorShape(value._extents)}."
        )
