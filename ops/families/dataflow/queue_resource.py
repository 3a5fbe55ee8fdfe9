"""Queues as resources: elements, and those who wait to put some in or take some out.

Who cannot go on leaves an *attempt* and waits for it. Whoever changes a queue then serves the attempts in the order in
which they came, as far as that goes: an attempt for several elements takes them one by one as they come, and is over
when it has them all. Giving up (a limit, Ctrl-C, a closed session) gives back what an attempt had taken, to where it
was. So an element is in the queue, or was taken exactly once.

For example, `dequeue_many(3)` of a queue with two elements takes both and waits; a producer's `enqueue` serves it the
third and wakes it. Had its caller given up before, both would be at the front of the queue again.
"""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from ...base.errors import CancelledError, InvalidArgumentError, OpError, OutOfRangeError
from ..random.philox import drawing

Element = tuple[Any, ...]  # an array per component
_LOOK = 0.05  # seconds after which a waiting step looks whether it is to stop


class Attempt:
    """Somebody who waits for a queue.

    Attributes:
      done: whether it is over, in one way or the other.
      error: why it failed, or None.
    """

    def __init__(self, context: Any, serve: Callable[[Attempt], bool], undo: Callable[[Attempt], None]) -> None:
        self._context = context
        self.serve = serve  # with the queue's lock: goes as far as possible; whether that is the end
        self.undo = undo  # with the queue's lock: gives back what it has
        self.items: list[Element] = []
        self.done = False
        self.error: OpError | None = None
        self._woken: Any = None  # a lock made by who waits, before it looks whether it is done: half of an Event's time

    def end(self, error: OpError | None = None) -> None:
        """Be over; wakes who waits."""
        self.error = error
        self.done = True
        self._wake()

    def _wake(self) -> None:
        woken = self._woken
        if woken is not None:
            with suppress(RuntimeError):  # somebody has woken it already
                woken.release()

    def note(self, give_back: Callable[[], None] | None) -> None:
        """Have its step give back what it took if nobody gets the step's results; None: it used what it took before."""
        _note(self._context, give_back)

    def cancel(self) -> None:
        """Called when the session is closed: wakes who waits, who then looks why."""
        self._wake()

    def wait(self) -> None:
        """Wait until it is over. Raises: what the step is stopped with, CancelledError if the session is closed."""
        waiting = self._context.state.waiting
        woken = threading.Lock()
        woken.acquire()
        self._woken = woken
        waiting.add(self)
        try:
            while not self.done:
                woken.acquire(timeout=_LOOK)
                self.check()
        finally:
            waiting.discard(self)

    def check(self) -> None:
        """Raises: what its step is stopped with, CancelledError if the session is closed."""
        _check(self._context)

    @property
    def is_given_up(self) -> bool:
        """Whether nobody waits for it any more, though its thread may not know yet: it must take nothing then."""
        try:
            self.check()
        except OpError:
            return True
        return False


def _check(context: Any) -> None:
    if context.step is not None:
        context.step.check(context.op)
    if context.state.closed.value:
        raise CancelledError(None, context.op, "The step was cancelled: its session was closed.")


def _note(context: Any, give_back: Callable[[], None] | None) -> None:
    if context.step is not None:
        taken = context.step.taken
        if give_back is None:
            taken.clear()
        else:
            taken.append(give_back)


class Queue:
    """Elements in the order they came. Made by the operation that names it.

    Args:
      kind, name: for messages.
      capacity: how many elements it holds; below 0: any number.
      dtypes: of the components.
      shapes: extents of the components, or None where each element has its own.
    """

    least = 0  # how many elements have to stay until it is closed

    def __init__(self, kind: str, name: str, capacity: int, dtypes: Sequence[Any], shapes: Any) -> None:
        self.kind = kind
        self.name = name
        self.capacity = capacity if capacity >= 0 else float("inf")
        self.dtypes = list(dtypes)
        self.shapes = list(shapes) if shapes else None
        self.described: Any = None  # the attributes it was made of
        self._lock = threading.Lock()
        self._closed = False
        self._puts: deque[Attempt] = deque()
        self._takes: deque[Attempt] = deque()
        self._make_store()

    # How elements are kept: what the kinds of queues differ in.

    def _make_store(self) -> None:
        self._elements: deque[Element] = deque()

    def _put(self, element: Element) -> None:
        self._elements.append(element)

    def _take(self) -> Element:
        return self._elements.popleft()

    def _put_back(self, elements: list[Element]) -> None:
        self._elements.extendleft(reversed(elements))

    def _count(self) -> int:
        return len(self._elements)

    # What operations do.

    def put(self, elements: list[Element], context: Any) -> None:
        """Put elements in, waiting for room. Raises: CancelledError if the queue is closed."""
        if self._put_at_once(elements, context):
            return

        def serve(attempt: Attempt) -> bool:
            while pending and self._count() < self.capacity:
                self._put(pending.popleft())
            return not pending

        pending = deque(elements)
        attempt = Attempt(context, serve, lambda attempt: pending.clear())
        with self._lock:
            if self._closed:
                raise CancelledError(None, context.op, f"{self.kind} '{self.name}' is closed.")
            self._puts.append(attempt)
            self._serve()
        self._wait(attempt)

    def take(self, count: int, context: Any, allow_less: bool = False) -> list[Element]:
        """Take elements out, waiting for them.

        Args:
          allow_less: whether fewer are enough once the queue is closed, but not none.
        Raises: OutOfRangeError if the queue is closed and has not enough.
        """
        items = self._taken_at_once(count, context)
        if items is not None:
            return items

        def serve(attempt: Attempt) -> bool:
            least = 0 if self._closed else self.least
            while len(attempt.items) < count and self._count() > least:
                attempt.items.append(self._take())
            return len(attempt.items) == count or self._is_short(attempt, count, allow_less)

        attempt = Attempt(context, serve, lambda attempt: self._put_back(attempt.items))
        with self._lock:
            self._takes.append(attempt)
            self._serve()
        self._wait(attempt)
        return attempt.items

    def _put_at_once(self, elements: list[Element], context: Any) -> bool:
        """Put elements in if there is room and nobody waits for it; whether that was so."""
        with self._lock:
            if self._closed or self._puts or self._count() + len(elements) > self.capacity:
                return False
            _check(context)
            for element in elements:
                self._put(element)
            if self._takes:
                self._serve()
        _note(context, None)
        return True

    def _taken_at_once(self, count: int, context: Any) -> list[Element] | None:
        """Take elements out if there are enough and nobody waits for some; else None."""
        with self._lock:
            if self._takes or self._count() - (0 if self._closed else self.least) < count:
                return None
            _check(context)
            items = [self._take() for _ in range(count)]
            if self._puts:
                self._serve()
        if context.step is not None:
            context.step.taken.append(lambda: self._back(items))
        return items

    def _back(self, items: list[Element]) -> None:
        with self._lock:
            self._put_back(items)
            self._serve()

    def _is_short(self, attempt: Attempt, count: int, allow_less: bool) -> bool:
        """Whether no more elements can come; the attempt then fails, unless fewer are enough."""
        if not self._closed or self._puts:
            return False
        if allow_less and attempt.items:
            return True
        found = len(attempt.items) + self._count()
        self._put_back(attempt.items)
        attempt.items = []
        attempt.error = OutOfRangeError(
            None, None,
            f"{self.kind} '{self.name}' is closed and has insufficient elements (requested {count}, current size "
            f"{found})",
        )  # fmt: skip
        return True

    def close(self, cancel_pending_enqueues: bool) -> None:
        """Take nothing in any more; who waits for room goes on waiting, or is told with CancelledError.

        Raises: CancelledError if it is closed already and nobody is to be told.
        """
        with self._lock:
            if self._closed and not cancel_pending_enqueues:
                raise CancelledError(None, None, f"Queue '{self.name}' is already closed.")
            self._closed = True
            if cancel_pending_enqueues:
                while self._puts:
                    attempt = self._puts.popleft()
                    attempt.undo(attempt)
                    attempt.end(
                        CancelledError(None, None, f"Enqueue operation was cancelled: '{self.name}' was closed.")
                    )
            self._serve()

    @property
    def is_closed(self) -> bool:
        """Whether nothing is taken in any more."""
        return self._closed

    def size(self) -> int:
        """How many elements there are."""
        with self._lock:
            return self._count()

    def clear(self) -> None:
        """Be as new: `Session.reset` empties containers. Who waits is told with CancelledError."""
        with self._lock:
            for attempt in (*self._puts, *self._takes):
                attempt.end(CancelledError(None, None, f"{self.kind} '{self.name}' was cleared by Session.reset."))
            self._puts.clear()
            self._takes.clear()
            self._closed = False
            self._make_store()

    # Serving.

    def _serve(self) -> None:
        """With the lock: let attempts go on until none can."""
        moved = True
        while moved:
            moved = self._serve_first(self._takes)
            moved = self._serve_first(self._puts) or moved

    def _serve_first(self, attempts: deque[Attempt]) -> bool:
        if not attempts:
            return False
        first = attempts[0]
        if first.is_given_up:
            attempts.popleft()
            first.undo(first)
            first.items = []
            return True
        before = self._count()
        over = first.serve(first)
        if over:
            attempts.popleft()
            first.end(first.error)
        return over or self._count() != before

    def _wait(self, attempt: Attempt) -> None:
        try:
            if not attempt.done:
                attempt.wait()
                attempt.check()  # what it got while its step was stopped goes back
        except BaseException:
            self._give_up(attempt)
            raise
        if attempt.error is not None:
            raise attempt.error
        attempt.note((lambda: self._give_back(attempt)) if attempt.items else None)

    def _give_back(self, attempt: Attempt) -> None:
        with self._lock:
            attempt.undo(attempt)
            attempt.items = []
            self._serve()

    def _give_up(self, attempt: Attempt) -> None:
        with self._lock:
            if not attempt.done:
                for attempts in (self._puts, self._takes):
                    if attempt in attempts:
                        attempts.remove(attempt)
            elif attempt.error is not None:
                return
            attempt.undo(attempt)
            attempt.items = []
            self._serve()

    # Elements of several components.

    def check(self, arrays: Sequence[Any], many: bool) -> None:
        """Raises: InvalidArgumentError if arrays are no element of this queue, or no batch of them."""
        if len(arrays) != len(self.dtypes):
            raise InvalidArgumentError(
                None, None, f"Wrong number of components in tuple. Expected {len(self.dtypes)}, got {len(arrays)}"
            )
        for position, array in enumerate(arrays):
            extents = array.shape[1:] if many else array.shape
            wanted = self.shapes[position] if self.shapes is not None else None
            if many and not array.ndim:
                raise InvalidArgumentError(
                    None, None, "enqueue_many takes components with a batch dimension, not scalars"
                )
            if wanted is not None and not _fits(extents, wanted):
                # Of a batch, TensorFlow tells the shape with the batch's size.
                expected = (*array.shape[: array.ndim - len(extents)], *wanted)
                raise InvalidArgumentError(
                    None, None,
                    f"Shape mismatch in tuple component {position}. Expected {shape_text(expected)}, got "
                    f"{shape_text(array.shape)}",
                )  # fmt: skip

    def batch(self, elements: list[Element]) -> list[Any]:
        """Elements as arrays with a batch dimension."""
        if self.shapes is None or any(shape is None for shape in self.shapes):
            raise InvalidArgumentError(
                None, None,
                f"{self.kind}'s DequeueMany and DequeueUpTo require the components to have specified shapes.",
            )  # fmt: skip
        return [
            self._stack([element[position] for element in elements], dtype, self.shapes[position])
            for position, dtype in enumerate(self.dtypes)
        ]

    def _stack(self, parts: list[Any], dtype: Any, shape: Any) -> Any:
        result = np.empty((len(parts), *shape), dtype.np_dtype)
        for index, part in enumerate(parts):
            result[index] = part[()]  # a string, not an array of one
        return result


def shape_text(extents: Sequence[int | None]) -> str:
    """Extents as TensorFlow writes them: `[2,?]`."""
    return "[" + ",".join("?" if extent is None else str(extent) for extent in extents) + "]"


def _fits(extents: Sequence[int], wanted: Sequence[int | None]) -> bool:
    return len(extents) == len(wanted) and all(w is None or n == w for n, w in zip(extents, wanted))


class PaddingQueue(Queue):
    """A queue whose batches are padded along the extents that the queue leaves open."""

    def _stack(self, parts: list[Any], dtype: Any, shape: Any) -> Any:
        most = [
            max((part.shape[axis] for part in parts), default=0) if extent is None else extent
            for axis, extent in enumerate(shape)
        ]
        filling = b"" if dtype.kind == "s" else 0
        result = np.full((len(parts), *most), filling, dtype.np_dtype)
        for index, part in enumerate(parts):
            corner: Any = index, *map(slice, part.shape)
            result[corner] = part if part.ndim else part[()]  # a string, not an array of one
        return result


class ShuffleQueue(Queue):
    """A queue that gives its elements in random order, some always staying so that there is a choice.

    Of the same seeds, and elements that come in the same order, the order is TensorFlow's.

    Args:
      least: how many stay until it is closed.
      seeds: a pair; both 0: other numbers each time.
    Raises: InvalidArgumentError if `least` is below 0, or so many that none could be given.
    """

    def __init__(self, *arguments: Any, least: int, seeds: tuple[int, int]) -> None:
        self.least = least
        self.seeds = seeds
        self._draw = drawing(*seeds)
        super().__init__(*arguments)
        if least < 0:
            raise InvalidArgumentError(None, None, f"min_after_dequeue {least} must be >= 0")
        if least >= self.capacity:
            raise InvalidArgumentError(None, None, f"min_after_dequeue {least} must be < capacity {int(self.capacity)}")

    def _make_store(self) -> None:
        self._list: list[Element] = []

    def _put(self, element: Element) -> None:
        self._list.append(element)

    def _take(self) -> Element:
        index = self._draw() % len(self._list)
        self._list[index], self._list[-1] = self._list[-1], self._list[index]
        return self._list.pop()

    def _put_back(self, elements: list[Element]) -> None:
        self._list += elements

    def _count(self) -> int:
        return len(self._list)


class SortedQueue(Queue):
    """A queue that gives the element with the smallest first component, and of equal ones that which came first."""

    def _make_store(self) -> None:
        self._heap: list[tuple[int, int, Element]] = []
        self._came = 0

    def _put(self, element: Element) -> None:
        self._came += 1
        heapq.heappush(self._heap, (int(element[0]), self._came, element))

    def _take(self) -> Element:
        return heapq.heappop(self._heap)[2]

    def _put_back(self, elements: list[Element]) -> None:
        for number, element in enumerate(elements):  # before those of the same priority that are there
            heapq.heappush(self._heap, (int(element[0]), number - len(elements) - self._came, element))

    def _count(self) -> int:
        return len(self._heap)
