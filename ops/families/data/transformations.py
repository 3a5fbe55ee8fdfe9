"""What datasets are turned into: each function gives spec, inner datasets, tensors and opener of a new dataset."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

from ...base.errors import InvalidArgumentError
from ...building.default_graph import leave_out
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .attempts import Failure, attempts, each
from .dataset import DatasetBase, flat, positive, scalar_of, tensor_of, within
from .places import Moves
from .runtime import Element, Function, Runtime, Spec, flat_parts
from .shuffling import shuffled_again

Parts = tuple[Any, ...]
AUTOTUNE = -1


def mapped(dataset: DatasetBase, function: Callable[..., Any], scope: str, num_parallel_calls: Any = None) -> Parts:
    """Each element through a function."""
    made = Function(function, dataset._spec, scope)
    if isinstance(made.result, DatasetBase):
        raise TypeError("`map_func` returned a dataset: use `flat_map` or `interleave`.")
    spec = Spec.of_tensors(made.result)
    calls = None if num_parallel_calls is None else tensor_of(num_parallel_calls, None, "num_parallel_calls")

    def open(runtime: Runtime) -> Iterator[Any]:
        run = runtime.function(made)
        return each(dataset._open(runtime), lambda element: tuple(run(*element)))

    def check(runtime: Runtime) -> None:
        if calls is not None and int(runtime.value(calls)) != AUTOTUNE:
            positive(runtime.value(calls), "num_parallel_calls")

    return spec, [dataset], [] if calls is None else [calls], open, dataset._size, check


def filtered(dataset: DatasetBase, predicate: Callable[..., Any]) -> Parts:
    """The elements for which a function gives True. Raises: ValueError if it gives no bool scalar."""
    made = Function(predicate, dataset._spec, "filter")
    if len(made.outputs) != 1 or made.outputs[0].dtype != dtypes.bool_ or made.outputs[0].shape.ndims not in (0, None):
        raise ValueError("`predicate` return type must be convertible to a scalar boolean tensor.")

    def open(runtime: Runtime) -> Iterator[Any]:
        run = runtime.function(made)
        kept = each(dataset._open(runtime), lambda element: element if run(*element)[0] else None)
        return (element for element in kept if element is not None)

    return dataset._spec, [dataset], (), open


def _inner(dataset: DatasetBase, function: Callable[..., Any], scope: str) -> tuple[Function, DatasetBase]:
    made = Function(function, dataset._spec, scope)
    if not isinstance(made.result, DatasetBase):
        raise TypeError(f"The function of `{scope}` must return a `Dataset` object. Got {type(made.result)}.")
    return made, made.result


def flat_mapped(dataset: DatasetBase, function: Callable[..., Any]) -> Parts:
    """The elements of the datasets that a function makes of each element, one dataset after the other."""
    made, inner = _inner(dataset, function, "flat_map")

    def open(runtime: Runtime) -> Iterator[Any]:
        run = runtime.function(made)
        begun = each(
            dataset._open(runtime),
            lambda element: inner._begin(_for_element(runtime, made, element, run(*element))),
        )
        for elements in begun:
            if type(elements) is Failure:
                yield elements
            else:
                yield from attempts(elements)

    return inner._spec, [dataset], (), open


def _for_element(runtime: Runtime, made: Function, element: Element, values: Element) -> Runtime:
    return runtime.inside([*made.inputs, *made.outputs], [*flat_parts(element), *values])


def interleaved(
    dataset: DatasetBase, function: Callable[..., Any], cycle_length: Any, block_length: Any,
    num_parallel_calls: Any = None,
) -> Parts:  # fmt: skip
    """The elements of the datasets that a function makes, some from each of several in turn."""
    made, inner = _inner(dataset, function, "interleave")
    counts = [scalar_of(cycle_length, "cycle_length"), scalar_of(block_length, "block_length")]
    calls = None if num_parallel_calls is None else tensor_of(num_parallel_calls, None, "num_parallel_calls")
    given = [] if calls is None else [calls]

    def open(runtime: Runtime) -> Iterator[Any]:
        run = runtime.function(made)
        cycle, block = (int(runtime.value(count)) for count in counts)
        outer = each(
            dataset._open(runtime),
            lambda element: attempts(inner._begin(_for_element(runtime, made, element, run(*element)))),
        )
        opened: list[Iterator[Element] | None] = [None] * cycle
        is_over = False
        while True:
            for place in range(cycle):
                for _ in range(block):
                    if opened[place] is None and not is_over:
                        elements = next(outer, None)
                        if type(elements) is Failure:
                            yield elements
                            break
                        is_over, opened[place] = elements is None, elements
                    current = opened[place]
                    if current is None:
                        break
                    found = next(current, None)
                    if found is None:
                        opened[place] = None
                        break
                    yield found
            if is_over and not any(opened):
                return

    def check(runtime: Runtime) -> None:
        cycle = positive(runtime.value(counts[0]), "cycle_length")
        positive(runtime.value(counts[1]), "block_length")
        number = AUTOTUNE if calls is None else int(runtime.value(calls))
        if number != AUTOTUNE and positive(number, "num_parallel_calls") > cycle:
            raise InvalidArgumentError(
                None, None, f"num_parallel_calls must less than or equal to cycle_length: {number} > {cycle}"
            )

    return inner._spec, [dataset], [*counts, *given], open, None, check


def repeated(dataset: DatasetBase, count: Any) -> Parts:
    """The elements again and again; without end for -1."""
    times = scalar_of(-1 if count is None else count, "count")

    def open(runtime: Runtime) -> Iterator[Any]:
        if dataset._shuffling is not None:
            yield from shuffled_again(dataset, times)(runtime)
            return
        number = int(runtime.value(times))
        for _ in itertools.count() if number < 0 else range(number):
            is_empty = True
            for element in attempts(dataset._open(runtime)):
                is_empty = is_empty and type(element) is Failure
                yield element
            if is_empty:
                return

    def size(runtime: Runtime) -> int:
        number, found = int(runtime.value(times)), dataset._size(runtime)
        if number < 0:
            return -1 if found else 0
        return 0 if number == 0 else found if found < 0 else found * number

    return dataset._spec, [dataset], [times], Moves(open), size


def part(dataset: DatasetBase, count: Any, takes: bool) -> Parts:
    """The first elements, or all but the first; of a negative number all, or none."""
    number = scalar_of(count, "count")

    def open(runtime: Runtime) -> Iterator[Any]:
        wanted = int(runtime.value(number))
        elements = dataset._open(runtime)
        if takes:
            return attempts(elements if wanted < 0 else itertools.islice(elements, wanted))
        return attempts(itertools.islice(elements, wanted, None)) if wanted >= 0 else iter(())

    def size(runtime: Runtime) -> int:
        wanted, found = int(runtime.value(number)), dataset._size(runtime)
        if wanted < 0:
            return found if takes or found < 0 else 0
        if takes:
            return wanted if found == -1 else min(found, wanted)
        return found if found < 0 else max(found - wanted, 0)

    return dataset._spec, [dataset], [number], Moves(open), size


def sharded(dataset: DatasetBase, num_shards: Any, index: Any) -> Parts:
    """Every `num_shards`-th element."""
    count, first = scalar_of(num_shards, "num_shards"), scalar_of(index, "index")

    def open(runtime: Runtime) -> Iterator[Any]:
        place, number = int(runtime.value(first)), int(runtime.value(count))
        return attempts(itertools.islice(dataset._open(runtime), place, None, number))

    def check(runtime: Runtime) -> None:
        place, number = int(runtime.value(first)), int(runtime.value(count))
        if number < 1:
            raise InvalidArgumentError(
                None, None, f"Number of shards must be greater than zero (currently num_shards = {number})."
            )
        if not 0 <= place < number:
            raise InvalidArgumentError(
                None, None,
                f"Index must be between 0 and {number - 1} (currently index = {place}, num_shards = {number}).",
            )  # fmt: skip

    def size(runtime: Runtime) -> int:
        found, shards = dataset._size(runtime), int(runtime.value(count))
        return found if found < 0 else found // shards + (int(runtime.value(first)) < found % shards)

    return dataset._spec, [dataset], [count, first], Moves(open), size, check


def zipped(datasets: Any) -> Parts:
    """Elements of several datasets side by side, in the structure the datasets stand in."""
    if isinstance(datasets, list) or any(isinstance(item, list) for item in within(datasets)):
        raise TypeError(
            "The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects. Nested structures do not "
            "support Python lists; please use a tuple instead."
        )
    members = flat(datasets)
    for member in members:
        if not isinstance(member, DatasetBase):
            raise TypeError(
                f"The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects: {member!r}"
            )
    from ...base import nest

    structure = nest.map_structure(lambda dataset: dataset._spec.structure, datasets)
    spec = Spec.together(structure, [member._spec for member in members])

    def open(runtime: Runtime) -> Iterator[Any]:
        together = zip(*(member._open(runtime) for member in members))
        return each(together, lambda elements: tuple(part for element in elements for part in element))

    def size(runtime: Runtime) -> int:
        finite = [found for member in members if (found := member._size(runtime)) != -1]
        return min(finite, default=-1)

    return spec, members, (), open, size


def concatenated(first: DatasetBase, second: DatasetBase) -> Parts:
    """The elements of one dataset, then of the other. Raises: TypeError if their types differ, or one is none."""
    if not isinstance(second, DatasetBase):
        raise TypeError(f"Dataset.concatenate takes a tf.data.Dataset, not {second!r}.")
    if first._spec.dtypes != second._spec.dtypes:
        raise TypeError(
            f"Two datasets to concatenate have different types {first.output_types} and {second.output_types}"
        )
    if first._spec.kinds() != second._spec.kinds():
        raise TypeError(
            f"Two datasets to concatenate have different classes {first.output_classes} and {second.output_classes}"
        )
    shapes = [
        TensorShape(one).most_specific_compatible_shape(TensorShape(other))
        for one, other in zip(first._spec.shapes, second._spec.shapes)
    ]

    def open(runtime: Runtime) -> Iterator[Any]:
        yield from attempts(first._open(runtime))
        yield from attempts(second._open(runtime))

    def size(runtime: Runtime) -> int:
        one, other = first._size(runtime), second._size(runtime)
        return -1 if -1 in (one, other) else -2 if -2 in (one, other) else one + other

    return first._spec.with_shapes(shapes), [first, second], (), open, size


_END = object()


def prefetched(dataset: DatasetBase, buffer_size: Any) -> Parts:
    """The elements made ahead, in a thread, so that a step does not wait for them."""
    size = scalar_of(2 if buffer_size is None else buffer_size, "buffer_size")

    def open(runtime: Runtime) -> Iterator[Any]:
        count = int(runtime.value(size))
        if count == 0:
            yield from attempts(dataset._open(runtime))
            return
        found: queue.Queue[Any] = queue.Queue(count if count > 0 else 2)
        stopped = threading.Event()
        closed = runtime.context.state.closed

        def put(item: Any) -> bool:
            while not stopped.is_set() and not closed.value:
                try:
                    found.put(item, timeout=0.05)
                    return True
                except queue.Full:
                    continue
            return False

        def fill() -> None:
            try:
                for element in attempts(dataset._open(runtime)):
                    if not put(element):
                        return
                put(_END)
            except BaseException as error:
                put(error)

        threading.Thread(target=fill, daemon=True, name="sessile prefetch").start()
        try:
            while True:
                item = found.get()
                if item is _END:
                    return
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            stopped.set()

    def check(runtime: Runtime) -> None:
        if int(runtime.value(size)) < AUTOTUNE:
            raise InvalidArgumentError(
                None, None, "buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning"
            )

    return dataset._spec, [dataset], [size], Moves(open), dataset._size, check


def unbatched(dataset: DatasetBase) -> Parts:
    """The rows of each element."""
    from .sources import element_rows

    leave_out(1)  # TensorFlow maps what is made of several tensors before
    spec = dataset._spec
    known = [TensorShape(shape) for shape in spec.shapes]
    if any(shape.ndims == 0 for shape in known):
        raise ValueError("Cannot unbatch an input with scalar components.")
    length = known[0][:1] if known else None
    for shape in known:
        length = shape[:1].merge_with(length)
    shapes = [shape[1:] for shape in known]

    def open(runtime: Runtime) -> Iterator[Any]:
        for element in attempts(dataset._open(runtime)):
            if type(element) is Failure:
                yield element
            else:
                yield from element_rows(spec, element)

    return spec.with_shapes(shapes, {n: kind.sliced() for n, kind in spec.composites.items()}), [dataset], (), open


def without_errors(dataset: DatasetBase) -> Parts:
    """The elements that can be made; those that fail are left out."""
    from ...base.errors import OpError

    def open(runtime: Runtime) -> Iterator[Any]:
        elements = dataset._open(runtime)
        while True:
            try:
                element = next(elements, None)
            except OpError:
                continue
            if element is None:
                return
            yield element

    return dataset._spec, [dataset], (), open, dataset._size
