"""Elements in random order: of the same seeds the order that TensorFlow 1 gives.

A buffer is filled; each element returned is drawn from the part of it that belongs to the oldest epoch, and the first
element of that part takes its place. The numbers are those of one Philox stream: of the seeds themselves where all
epochs have one order, of a pair of numbers drawn from the seeds' stream for each epoch where they have not. A `repeat`
right behind it is made one with it: epochs overlap in the buffer, and draw from the stream of the seeds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import count as counted_up
from typing import Any

from ...base.errors import InvalidArgumentError
from ...building.default_graph import leave_out
from ...graph.node import Tensor
from ...types import dtypes
from ..elementwise.cast import cast
from ..random.philox import Draw, drawing
from .attempts import NUMBERS, Failure, attempts
from .dataset import DatasetBase, scalar_of
from .places import Moves
from .runtime import Element, Runtime

_MOST_EPOCHS = 3  # that may wait in a buffer behind the one that is given out


class Seeds:
    """The two seeds of a dataset: numbers, or tensors where a tensor was given.

    Args:
      seed: None, a number, or an integer scalar.
    """

    def __init__(self, seed: Any) -> None:
        from ..random.sampling import get_seed

        self.tensors: list[Tensor] = []
        if isinstance(seed, Tensor):
            first, _ = get_seed(0)
            self.first, self.second = first or 0, 0
            self.tensors = [cast(seed, dtypes.int64) if seed.dtype != dtypes.int64 else seed]
            return
        first, second = get_seed(seed)
        self.first, self.second = first or 0, second or 0
        if (self.first, self.second) == (0, 0) and first is not None:
            self.second = 2**31 - 1

    def values(self, runtime: Runtime) -> tuple[int, int]:
        """Both seeds as numbers; two zeros stand for any seeds."""
        return self.first, int(runtime.value(self.tensors[0])) if self.tensors else self.second


def _positive(runtime: Runtime, size: Any) -> int:
    found = int(runtime.value(size))
    if found <= 0:
        raise InvalidArgumentError(None, None, "buffer_size must be greater than zero.")
    return found


def shuffled(dataset: DatasetBase, buffer_size: Any, seed: Any, again: bool) -> tuple[Any, ...]:
    """The elements in random order, chosen from a buffer; another order each time if `again`."""
    size, seeds = scalar_of(buffer_size, "buffer_size"), Seeds(seed)
    leave_out(9)  # what TensorFlow makes of the seeds
    key = object()

    def open(runtime: Runtime) -> Iterator[Element]:
        numbers = seeds.values(runtime)
        if again:  # another order each time, but the same ones each time that the iterator is initialized
            if key not in runtime.shared:
                runtime.shared[key] = drawing(*numbers)
            pairs = runtime.shared[key]
            numbers = pairs(), pairs()
        yield from _drawn(lambda: dataset._open(runtime), _positive(runtime, size), 1, drawing(*numbers))

    def check(runtime: Runtime) -> None:
        _positive(runtime, size)

    shuffling = (dataset, size, seeds) if again else None
    return dataset._spec, [dataset], [size, *seeds.tensors], Moves(open), dataset._size, check, shuffling


def shuffled_again(dataset: DatasetBase, count: Any) -> Callable[[Runtime], Iterator[Element]]:
    """What opens a dataset in a new order each time, repeated: both as one."""
    inner, size, seeds = dataset._shuffling

    def open(runtime: Runtime) -> Iterator[Element]:
        times = int(runtime.value(count))
        draw = drawing(*seeds.values(runtime))
        yield from _drawn(lambda: inner._open(runtime), _positive(runtime, size), times, draw)

    return open


def _drawn(begin: Callable[[], Iterator[Any]], size: int, times: int, draw: Draw) -> Iterator[Any]:
    """The elements of `times` epochs (without end for -1), each drawn from a buffer of `size`.

    Args:
      begin: gives the elements of one more epoch.
    """
    buffer: list[Any] = []
    epochs = counted_up() if times < 0 else iter(range(times))
    spans: deque[list[int]] = deque()  # where in the buffer the elements of each epoch stand: first, and end
    source: Iterator[Any] | None = None
    is_over, end, held, is_first = False, 0, 0, True
    while True:
        while held < size and not is_over and len(spans) <= _MOST_EPOCHS:
            if source is None:
                if next(epochs, None) is None:
                    is_over = True
                    break
                source = begin()
                source = source if type(source) is NUMBERS else attempts(source)
                spans.append([end, end])
            element = next(source, None)
            if type(element) is Failure:
                yield element
            elif element is None:
                source = None
                if is_first and spans[-1][0] == spans[-1][1] and end == 0:
                    is_over = True  # there is nothing to repeat
                is_first = False
            else:
                if end < size:
                    buffer.append(element)
                else:
                    buffer[end % size] = element
                end, held = end + 1, held + 1
                spans[-1][1] = end
        while spans and spans[0][0] == spans[0][1] and (len(spans) > 1 or source is None):
            spans.popleft()
        if not held:
            if is_over or not spans:
                return
            continue
        first, last = spans[0]
        chosen = (first + draw() % (last - first)) % size
        element, buffer[chosen] = buffer[chosen], buffer[first % size]
        buffer[first % size] = None
        spans[0][0], held = first + 1, held - 1
        yield element
        if source is not None and type(source) is NUMBERS and len(spans) == 1 and held == size - 1 and end >= size:
            first, last = spans[0]
            for element in source:  # the same, of a buffer that is full and of one epoch
                buffer[end % size] = element
                end = last = end + 1
                chosen, front = (first + draw() % (last - first)) % size, first % size
                element, buffer[chosen], buffer[front] = buffer[chosen], buffer[front], None
                first += 1
                yield element
            spans[0] = [first, last]
