"""`make_callable(..., repeat=n, carry={feed: fetch})`: a step that runs n times in a call, on what it made itself."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...compiler.program.services import InArrays, Result, Tupled, refuse_keywords, repeat_step
from ...ops.base.pickling import ProcessBound
from ...ops.graph.node import Tensor
from ...ops.types.tensor_shape import TensorShape
from .feeds import expand_feed_keys, feed_tensor, is_plain_key
from .fetches import FetchPlan, plan_fetches


class RepeatedStep(ProcessBound):
    """Runs a step so many times in a call.

    Args:
      signature: of the step; its results are a tuple, of which the first are what `plan` puts together.
      pairs: per feed that is carried its number, and the result it takes.
    """

    __slots__ = ("_count", "_pairs", "_plan", "_signature", "_step")

    def __init__(self, signature: Any, plan: FetchPlan, pairs: list[tuple[int, int]], count: int) -> None:
        self._signature = signature
        self._plan = plan
        self._pairs = pairs
        self._count = count
        self._step = signature.make_step()

    def __call__(self, *values: Any, **named: Any) -> Any:
        refuse_keywords(named)
        self._signature.check_arguments(values)
        arrays = [feed.array(v) if feed.is_numeric else v for feed, v in zip(self._signature.feeds, values)]
        results = repeat_step(self._step, arrays, self._pairs, self._count)
        found = [item[()] if isinstance(item, np.ndarray) and not item.ndim else item for item in results]
        return self._plan.rebuild(found[: len(self._plan.elements)])


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
    return RepeatedStep(signature, plan, pairs, count)


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
