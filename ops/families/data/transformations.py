"""What datasets are turned into: each function gives spec, inner datasets, tensors and opener of a new dataset."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.default_graph import leave_out
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .dataset import DatasetBase, _up_to, flat, scalar_of, tensor_of
from .runtime import Element, Function, Runtime, Spec, flat_parts

Parts = tuple[Any, ...]


def mapped(dataset: DatasetBase, function: Callable[..., Any], scope: str) -> Parts:
    """Each element through a function."""
    made = Function(function, dataset._spec, scope)
    if isinstance(made.result, DatasetBase):
        raise TypeError("`map_func` returned a dataset: use `flat_map` or `interleave`.")
    spec = Spec.of_tensors(made.result)

    def open(runtime: Runtime) -> Iterator[Element]:
        run = runtime.function(made)
        for element in dataset._open(runtime):
            yield tuple(run(*element))

    return spec, [dataset], (), open, dataset._size


def filtered(dataset: DatasetBase, predicate: Callable[..., Any]) -> Parts:
    """The elements for which a function gives True. Raises: ValueError if it gives no bool scalar."""
    made = Function(predicate, dataset._spec, "filter")
    if len(made.outputs) != 1 or made.outputs[0].dtype != dtypes.bool_ or made.outputs[0].shape.ndims not in (0, None):
        raise ValueError("`predicate` return type must be convertible to a scalar boolean tensor.")

    def open(runtime: Runtime) -> Iterator[Element]:
        run = runtime.function(made)
        for element in dataset._open(runtime):
            if run(*element)[0]:
                yield element

    return dataset._spec, [dataset], (), open


def _inner(dataset: DatasetBase, function: Callable[..., Any], scope: str) -> tuple[Function, DatasetBase]:
    made = Function(function, dataset._spec, scope)
    if not isinstance(made.result, DatasetBase):
        raise TypeError(f"The function of `{scope}` must return a `Dataset` object. Got {type(made.result)}.")
    return made, made.result


def flat_mapped(dataset: DatasetBase, function: Callable[..., Any]) -> Parts:
    """The elements of the datasets that a function makes of each element, one dataset after the other."""
    made, inner = _inner(dataset, function, "flat_map")

    def open(runtime: Runtime) -> Iterator[Element]:
        run = runtime.function(made)
        for element in dataset._open(runtime):
            yield from inner._open(_for_element(runtime, made, element, run(*element)))

    return inner._spec, [dataset], (), open


def _for_element(runtime: Runtime, made: Function, element: Element, values: Element) -> Runtime:
    return runtime.inside([*made.inputs, *made.outputs], [*flat_parts(element), *values])


def interleaved(dataset: DatasetBase, function: Callable[..., Any], cycle_length: Any, block_length: Any) -> Parts:
    """The elements of the datasets that a function makes, some from each of several in turn."""
    made, inner = _inner(dataset, function, "interleave")
    counts = [scalar_of(cycle_length, "cycle_length"), scalar_of(block_length, "block_length")]

    def open(runtime: Runtime) -> Iterator[Element]:
        run = runtime.function(made)
        cycle, block = (max(int(runtime.value(count)), 1) for count in counts)
        outer = dataset._open(runtime)
        opened: list[Iterator[Element] | None] = [None] * cycle
        is_over = False
        while True:
            for place in range(cycle):
                for _ in range(block):
                    if opened[place] is None and not is_over:
                        element = next(outer, None)
                        if element is None:
                            is_over = True
                        else:
                            opened[place] = inner._open(_for_element(runtime, made, element, run(*element)))
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

    return inner._spec, [dataset], counts, open


def _stack(parts: list[Any]) -> Any:
    if parts[0].dtype != object:
        return np.stack(parts)
    result = np.empty((len(parts), *parts[0].shape), object)
    for index, part in enumerate(parts):
        result[index] = part if part.ndim else part.item()
    return result


def batched(dataset: DatasetBase, batch_size: Any, drop_remainder: Any) -> Parts:
    """Elements collected in batches."""
    size = scalar_of(batch_size, "batch_size")
    drop = tensor_of(drop_remainder, dtypes.bool_, "drop_remainder")
    known = _known(size) if _known(drop) else None
    shapes = [TensorShape([known]).concatenate(shape) for shape in dataset._spec.shapes]
    composites = dataset._spec.composites
    whole = {number: kind.batched() for number, kind in composites.items()}

    def open(runtime: Runtime) -> Iterator[Element]:
        count, drops = _positive(runtime.value(size), "batch_size"), bool(runtime.value(drop))
        elements = dataset._open(runtime)
        while True:
            batch = list(itertools.islice(elements, count))
            if not batch or (drops and len(batch) < count):
                return
            yield tuple(
                composites[number].stacked(column) if number in composites else _batch(column)
                for number, column in enumerate(zip(*batch))
            )

    return dataset._spec.with_shapes(shapes, whole), [dataset], [size, drop], open, _batches(dataset, size, drop)


def _batches(dataset: DatasetBase, size: Any, drop: Any) -> Callable[[Runtime], int]:
    """How many batches there are."""

    def count(runtime: Runtime) -> int:
        number, wanted = dataset._size(runtime), int(runtime.value(size))
        return number if number < 0 else (number if runtime.value(drop) else number + wanted - 1) // wanted

    return count


def _batch(column: Any) -> Any:
    """Arrays of one shape as one. Raises: InvalidArgumentError for several shapes."""
    if len({part.shape for part in column}) > 1:
        raise InvalidArgumentError(
            None, None, f"Cannot batch tensors with different shapes: {sorted({part.shape for part in column})}"
        )
    return _stack(list(column))


def padded(
    dataset: DatasetBase, batch_size: Any, padded_shapes: Any, padding_values: Any, drop_remainder: Any
) -> Parts:
    """Elements collected in batches, padded to one shape."""
    size = scalar_of(batch_size, "batch_size")
    drop = tensor_of(drop_remainder, dtypes.bool_, "drop_remainder")
    spec = dataset._spec
    if spec.composites:
        raise TypeError("Batching of padded sparse tensors is not currently supported")
    given = _up_to(spec.structure, padded_shapes)
    wanted = [_as_shape(item) for item in given]
    extents = {n: tensor_of(item, dtypes.int64, "shape") for n, item in enumerate(given) if isinstance(item, Tensor)}
    leave_out(len(wanted) - len(extents))  # the shapes that are no tensors
    values = [None] * len(wanted) if padding_values is None else _values(spec.structure, padding_values, len(wanted))
    fillings = [
        tensor_of(("" if kind == dtypes.string else 0) if value is None else value, kind, "padding_value")
        for kind, value in zip(spec.dtypes, values)
    ]
    known = _known(size) if _known(drop) else None
    static = [TensorShape([known]).concatenate(shape) for shape in wanted]

    def open(runtime: Runtime) -> Iterator[Element]:
        count, drops = _positive(runtime.value(size), "batch_size"), bool(runtime.value(drop))
        filling = [runtime.value(value) for value in fillings]
        shapes = [_as_shape(runtime.value(extents[n]).tolist() if n in extents else s) for n, s in enumerate(wanted)]
        elements = dataset._open(runtime)
        while True:
            batch = list(itertools.islice(elements, count))
            if not batch or (drops and len(batch) < count):
                return
            columns = zip(zip(*batch), shapes, filling)
            yield tuple(_padded(list(column), shape, value) for column, shape, value in columns)

    tensors = [size, drop, *fillings, *extents.values()]
    return spec.with_shapes(static), [dataset], tensors, open, _batches(dataset, size, drop)


def _as_shape(shape: Any) -> TensorShape:
    if isinstance(shape, Tensor):
        return TensorShape(None if shape.shape.ndims is None else [None] * shape.shape[0].value)
    if isinstance(shape, (list, tuple)):
        shape = [None if n == -1 else n for n in shape]
    shape = TensorShape(shape)
    return TensorShape([None if n in (None, -1) else n for n in shape.as_list()]) if shape.ndims is not None else shape


def _values(structure: Any, values: Any, count: int) -> list[Any]:
    found = flat(values) if isinstance(values, (tuple, dict)) else [values] * count
    return found if len(found) == count else [values] * count


def _padded(parts: list[Any], shape: TensorShape, filling: Any) -> Any:
    extents = shape.as_list() if shape.ndims is not None else [None] * parts[0].ndim
    most = [max(part.shape[axis] for part in parts) if n is None else n for axis, n in enumerate(extents)]
    for part in parts:
        if part.ndim != len(most) or any(n > m for n, m in zip(part.shape, most)):
            raise InvalidArgumentError(
                None, None, f"Attempted to pad to a smaller size than the input element: {part.shape} to {tuple(most)}"
            )
    result = np.full((len(parts), *most), filling.item(), parts[0].dtype)
    for index, part in enumerate(parts):
        corner: Any = index, *map(slice, part.shape)
        result[corner] = part if part.ndim else part.item()
    return result


def _known(tensor: Any) -> Any:
    from ...graph.partial import static_value

    value = static_value(tensor)
    return None if value is None else value.item()


def _positive(value: Any, name: str) -> int:
    if int(value) <= 0:
        raise InvalidArgumentError(None, None, f"{name} must be greater than zero.")
    return int(value)


def repeated(dataset: DatasetBase, count: Any) -> Parts:
    """The elements again and again; without end for -1."""
    times = scalar_of(-1 if count is None else count, "count")

    def open(runtime: Runtime) -> Iterator[Element]:
        number = int(runtime.value(times))
        for _ in itertools.count() if number < 0 else range(number):
            is_empty = True
            for element in dataset._open(runtime):
                is_empty = False
                yield element
            if is_empty:
                return

    def size(runtime: Runtime) -> int:
        number, found = int(runtime.value(times)), dataset._size(runtime)
        if number < 0:
            return -1 if found else 0
        return 0 if number == 0 else found if found < 0 else found * number

    return dataset._spec, [dataset], [times], open, size


def shuffled(dataset: DatasetBase, buffer_size: Any, seed: Any, again: bool) -> Parts:
    """The elements in random order, chosen from a buffer."""
    from ..random.sampling import get_seed

    size = scalar_of(buffer_size, "buffer_size")
    seeds = [number or 0 for number in get_seed(seed)]
    leave_out(9)  # what TensorFlow makes of the seeds
    generators: dict[Any, Any] = {}

    def open(runtime: Runtime) -> Iterator[Element]:
        count = _positive(runtime.value(size), "buffer_size")
        random = np.random.default_rng(seeds if any(seeds) else None)
        if again:  # another order each time, but the same ones in each session
            random = generators.setdefault(runtime.context.state.graph, random)
        held: list[Element] = []
        for element in dataset._open(runtime):
            held.append(element)
            if len(held) > count:
                yield _drawn(held, random)
        while held:
            yield _drawn(held, random)

    return dataset._spec, [dataset], [size], open, dataset._size


def _drawn(held: list[Element], random: Any) -> Element:
    index = int(random.integers(len(held)))
    held[index], held[-1] = held[-1], held[index]
    return held.pop()


def part(dataset: DatasetBase, count: Any, takes: bool) -> Parts:
    """The first elements, or all but the first; of a negative number all, or none."""
    number = scalar_of(count, "count")

    def open(runtime: Runtime) -> Iterator[Element]:
        wanted = int(runtime.value(number))
        elements = dataset._open(runtime)
        if takes:
            yield from elements if wanted < 0 else itertools.islice(elements, wanted)
        elif wanted >= 0:
            yield from itertools.islice(elements, wanted, None)

    def size(runtime: Runtime) -> int:
        wanted, found = int(runtime.value(number)), dataset._size(runtime)
        if wanted < 0:
            return found if takes or found < 0 else 0
        if takes:
            return wanted if found == -1 else min(found, wanted)
        return found if found < 0 else max(found - wanted, 0)

    return dataset._spec, [dataset], [number], open, size


def sharded(dataset: DatasetBase, num_shards: Any, index: Any) -> Parts:
    """Every `num_shards`-th element."""
    count, first = scalar_of(num_shards, "num_shards"), scalar_of(index, "index")
    number, place = _known(count), _known(first)
    if number is not None and number < 1:
        raise ValueError(f"num_shards must be >= 1; got {number}")
    if None not in (number, place) and not 0 <= place < number:
        raise ValueError(f"index must be >= 0 and < num_shards; got {place}")

    def open(runtime: Runtime) -> Iterator[Element]:
        yield from itertools.islice(dataset._open(runtime), int(runtime.value(first)), None, int(runtime.value(count)))

    def size(runtime: Runtime) -> int:
        found, shards = dataset._size(runtime), int(runtime.value(count))
        return found if found < 0 else found // shards + (int(runtime.value(first)) < found % shards)

    return dataset._spec, [dataset], [count, first], open, size


def zipped(datasets: Any) -> Parts:
    """Elements of several datasets side by side, in the structure the datasets stand in."""
    members = flat(datasets)
    for member in members:
        if not isinstance(member, DatasetBase):
            raise TypeError(
                f"The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects: {member!r}"
            )
    from ...base import nest

    structure = nest.map_structure(lambda dataset: dataset._spec.structure, datasets)
    spec = Spec.together(structure, [member._spec for member in members])

    def open(runtime: Runtime) -> Iterator[Element]:
        for elements in zip(*(member._open(runtime) for member in members)):
            yield tuple(component for element in elements for component in element)

    def size(runtime: Runtime) -> int:
        finite = [found for member in members if (found := member._size(runtime)) != -1]
        return min(finite, default=-1)

    return spec, members, (), open, size


def concatenated(first: DatasetBase, second: DatasetBase) -> Parts:
    """The elements of one dataset, then of the other. Raises: TypeError if their types differ."""
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

    def open(runtime: Runtime) -> Iterator[Element]:
        yield from first._open(runtime)
        yield from second._open(runtime)

    def size(runtime: Runtime) -> int:
        one, other = first._size(runtime), second._size(runtime)
        return -1 if -1 in (one, other) else -2 if -2 in (one, other) else one + other

    return first._spec.with_shapes(shapes), [first, second], (), open, size


_END = object()


def prefetched(dataset: DatasetBase, buffer_size: Any) -> Parts:
    """The elements made ahead, in a thread, so that a step does not wait for them."""
    size = scalar_of(2 if buffer_size is None else buffer_size, "buffer_size")

    def open(runtime: Runtime) -> Iterator[Element]:
        count = int(runtime.value(size))
        if count == 0:
            yield from dataset._open(runtime)
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
                for element in dataset._open(runtime):
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

    return dataset._spec, [dataset], [size], open, dataset._size


def unbatched(dataset: DatasetBase) -> Parts:
    """The rows of each element."""
    from .sources import element_rows

    shapes = [TensorShape(shape)[1:] for shape in dataset._spec.shapes]
    spec = dataset._spec

    def open(runtime: Runtime) -> Iterator[Element]:
        for element in dataset._open(runtime):
            yield from element_rows(spec, element)

    return spec.with_shapes(shapes, {n: kind.sliced() for n, kind in spec.composites.items()}), [dataset], (), open


def without_errors(dataset: DatasetBase) -> Parts:
    """The elements that can be made; those that fail are left out."""
    from ...base.errors import OpError

    def open(runtime: Runtime) -> Iterator[Element]:
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
