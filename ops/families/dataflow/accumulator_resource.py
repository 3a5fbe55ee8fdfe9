"""Accumulators as resources: gradients of several workers, added up until enough of them are there.

A gradient says of which step it is; one of an earlier step than the accumulator's is dropped. Taking waits for a number
of gradients, gives their mean (or sum), and begins the next step.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...types.tensor_shape import TensorShape, brackets
from .queue_resource import Attempt


class Accumulator:
    """Gradients that are added up.

    Args:
      name: for messages.
      extents: what is known of their shape.
      is_mean: whether taking gives the mean, else the sum.
    """

    def __init__(self, name: str, extents: Any, is_mean: bool) -> None:
        self.name = name
        self.extents = extents
        self.is_mean = is_mean
        self.step = 0
        self.count = 0
        self._lock = threading.Lock()
        self._takes: deque[Attempt] = deque()
        self._clear()

    # What the kinds differ in.

    def _clear(self) -> None:
        self._total: Any = None

    def _check(self, gradient: Any) -> None:
        if not TensorShape._of(self.extents).is_compatible_with(gradient.shape):
            raise ValueError(f"Shape mismatch: expected {brackets(self.extents)}, got {brackets(gradient.shape)}")

    def _add(self, gradient: Any) -> None:
        if self._total is None:
            self._total = np.array(gradient)
        else:
            self._total += gradient

    def _state(self) -> Any:
        """What was added up, to be given back."""
        return self._total, self.count

    def _merge(self, state: Any) -> None:
        """Add what was added up before."""
        total, count = state
        self._add(total)
        self.count += count

    def _result(self) -> Any:
        return self._total / self._total.dtype.type(self.count) if self.is_mean else self._total

    # What operations do.

    def apply(self, local_step: int, gradient: Any) -> None:
        """Add a gradient, unless it is of an earlier step. Raises: ValueError for a shape that does not fit."""
        with self._lock:
            if local_step < self.step:
                return
            self._check(gradient)
            self._add(gradient)
            self.count += 1
            self._serve()

    def take(self, number: int, context: Any) -> Any:
        """Wait for a number of gradients; return what they come to. Raises: what the step is stopped with."""
        if number <= 0:
            raise InvalidArgumentError(None, context.op, f"Argument num_required must be positive, but was {number}")
        attempt = Attempt(context, self._server(number), lambda attempt: None)
        with self._lock:
            self._takes.append(attempt)
            self._serve()
        try:
            attempt.wait()
        except BaseException:
            with self._lock:
                if attempt in self._takes:
                    self._takes.remove(attempt)
                elif attempt.items:
                    self._merge(attempt.items[0][1])
                    self._serve()
            raise
        attempt.note(lambda: self._give_back(attempt))
        return attempt.items[0][0]

    def _give_back(self, attempt: Attempt) -> None:
        """The step that took it was given up: what it took is there again, in the step that has begun."""
        with self._lock:
            self._merge(attempt.items[0][1])
            self._serve()

    def _server(self, number: int) -> Callable[[Attempt], bool]:
        def serve(attempt: Attempt) -> bool:
            if self.count < number:
                return False
            attempt.items.append((self._result(), self._state()))
            self.count = 0
            self.step += 1
            self._clear()
            return True

        return serve

    def _serve(self) -> None:
        while self._takes:
            if self._takes[0].is_given_up:
                self._takes.popleft()
            elif self._takes[0].serve(self._takes[0]):
                self._takes.popleft().end()
            else:
                return

    def set_step(self, step: int) -> None:
        """Begin another step."""
        with self._lock:
            self.step = step

    def clear(self) -> None:
        """Be as at the beginning."""
        with self._lock:
            self.step = self.count = 0
            self._clear()


class SparseAccumulator(Accumulator):
    """Slices that are added up; the mean is over those gradients that have the slice."""

    def _clear(self) -> None:
        self._slices: dict[int, Any] = {}
        self._counts: dict[int, int] = {}
        self._inner: tuple[int, ...] | None = None

    def _check(self, gradient: Any) -> None:
        indices, values, shape = gradient
        if indices.ndim != 1 or values.shape[:1] != indices.shape:
            raise ValueError(f"indices {brackets(indices.shape)} and values {brackets(values.shape)} do not fit")
        if len(shape) and not TensorShape._of(self.extents).is_compatible_with(tuple(int(n) for n in shape)):
            raise ValueError(f"Shape mismatch: expected {brackets(self.extents)}, got {brackets(shape.tolist())}")
        inner = self._inner if self._inner is not None else self.extents[1:] if self.extents else None
        if inner is not None and not TensorShape._of(inner).is_compatible_with(values.shape[1:]):
            raise ValueError(f"Shape mismatch: expected slices {brackets(inner)}, got {brackets(values.shape[1:])}")

    def _add(self, gradient: Any) -> None:
        indices, values, _ = gradient
        self._inner = values.shape[1:]
        self._type = values.dtype
        for index, value in zip(indices.tolist(), values):
            self._slices[index] = self._slices[index] + value if index in self._slices else np.array(value)
        for index in set(indices.tolist()):
            self._counts[index] = self._counts.get(index, 0) + 1

    def _state(self) -> Any:
        return self._slices, self._counts, self._inner, self.count

    def _merge(self, state: Any) -> None:
        slices, counts, self._inner, count = state
        for index, value in slices.items():
            self._slices[index] = self._slices[index] + value if index in self._slices else value
            self._counts[index] = self._counts.get(index, 0) + counts[index]
        self.count += count

    def _result(self) -> Any:
        order = sorted(self._slices)
        rows = [
            self._slices[index] / self._type.type(self._counts[index]) if self.is_mean else self._slices[index]
            for index in order
        ]
        values = np.array(rows, self._type).reshape((len(order), *(self._inner or ())))
        shape = [-1, *values.shape[1:]] if self.extents is None else [-1 if n is None else n for n in self.extents]
        return np.array(order, np.int64), values, np.array(shape, np.int64)
