"""Datasets in datasets: windows of elements, elements grouped by a key, and what buckets are made of.

A component that is a dataset is an array without axes that holds the list of its elements. A function that is given one
gets a dataset whose elements are read from there, when it is run.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .attempts import Failure, attempts
from .dataset import DatasetBase, positive, scalar_of, tensor_of
from .runtime import Element, Function, Runtime, Spec

Parts = tuple[Any, ...]
Make = Callable[..., DatasetBase]


def _held(elements: list[Element]) -> Any:
    """Elements as a component."""
    array = np.empty((), object)
    array[()] = elements
    return array


def _wrap(spec: Spec, make: Make) -> Callable[[Any], DatasetBase]:
    """From the tensor that holds elements to their dataset."""

    def wrapped(tensor: Any) -> DatasetBase:
        def open(runtime: Runtime) -> Iterator[Element]:
            held = runtime.value(tensor)
            yield from held.item() if isinstance(held, np.ndarray) else held

        return make(spec, [], [tensor], open)

    return wrapped


def windowed(dataset: DatasetBase, size: Any, shift: Any, stride: Any, drop_remainder: Any, make: Make) -> Parts:
    """Windows of elements, a dataset per component."""
    spec = dataset._spec
    counts = [scalar_of(value, name) for value, name in ((size, "size"), (shift, "shift"), (stride, "stride"))]
    drop = tensor_of(drop_remainder, dtypes.bool_, "drop_remainder")
    number = len(spec.dtypes)
    wraps = {index: _wrap(spec.only(index), make) for index in range(number)}
    windows = Spec(spec.structure, [dtypes.variant] * number, [TensorShape([])] * number, wraps)

    def check(runtime: Runtime) -> None:
        for count, name in zip(counts, ("size", "shift", "stride")):
            positive(runtime.value(count), f"Window {name}")

    def open(runtime: Runtime) -> Iterator[Any]:
        wanted, by, apart = (int(runtime.value(count)) for count in counts)
        drops = bool(runtime.value(drop))
        for window in _windows(attempts(dataset._open(runtime)), wanted, by, apart):
            failure = next((element for element in window if type(element) is Failure), None)
            if failure is not None:
                yield failure
            elif len(window) == wanted or not drops:
                yield tuple(_held([(element[index],) for element in window]) for index in range(number))

    def measure(runtime: Runtime) -> int:
        found, (wanted, by, apart) = dataset._size(runtime), (int(runtime.value(count)) for count in counts)
        if found < 0:
            return found
        whole = found - (wanted - 1) * apart if runtime.value(drop) else found
        return max((whole + by - 1) // by, 0)

    return windows, [dataset], [*counts, drop], open, measure, check


def _windows(elements: Iterator[Any], size: int, shift: int, stride: int) -> Iterator[list[Any]]:
    """The windows; one with a Failure in it is none."""
    width = (size - 1) * stride + 1
    held: list[Any] = list(itertools.islice(elements, width))
    while held:
        yield held[::stride]
        if shift < width:
            held = held[shift:] + list(itertools.islice(elements, min(shift, width)))
        else:
            list(itertools.islice(elements, shift - width))
            held = list(itertools.islice(elements, width))


def grouped(
    dataset: DatasetBase, key_func: Any, reduce_func: Any, window_size: Any, window_size_func: Any, make: Make
) -> Parts:
    """Elements collected by a key, and what a function makes of each collection that has reached its size.

    Raises: ValueError unless one of `window_size` and `window_size_func` is given, TypeError for wrong results.
    """
    if (window_size is None) == (window_size_func is None):
        raise ValueError("Must pass either window_size or window_size_func, but not both.")
    spec = dataset._spec
    key = Function(key_func, spec, "key_func")
    if [tensor.dtype for tensor in key.outputs] != [dtypes.int64]:
        raise ValueError("`key_func` must return a single tf.int64 tensor.")
    one = Spec(None, [dtypes.int64], [TensorShape([])])
    size = Function(window_size_func or (lambda _: scalar_of(window_size, "window_size")), one, "window_size_func")
    pair = Spec((0, 1), [dtypes.int64, dtypes.variant], [TensorShape([])] * 2, {1: _wrap(spec, make)})
    reduced = Function(reduce_func, pair, "reduce_func")
    inner = reduced.result
    if not isinstance(inner, DatasetBase):
        raise TypeError("`reduce_func` must return a `Dataset` object.")

    def open(runtime: Runtime) -> Iterator[Any]:
        find, measure, run = (runtime.function(function) for function in (key, size, reduced))

        def results(number: Any, window: list[Element]) -> Iterator[Element]:
            given = (np.array(number), _held(window))
            inputs = [*reduced.inputs, *reduced.outputs]
            yield from inner._begin(runtime.inside(inputs, [*given, *run(*given)]))

        windows: dict[int, list[Element]] = {}
        for element in attempts(dataset._open(runtime)):
            if type(element) is Failure:
                yield element
                continue
            try:
                number = int(find(*element)[0])
                wanted = positive(measure(np.array(number))[0], "Window size")
            except Exception as error:
                yield Failure(error)
                continue
            window = windows.setdefault(number, [])
            window.append(element)
            if len(window) >= wanted:
                yield from attempts(results(number, windows.pop(number)))
        for number, window in sorted(windows.items(), key=lambda item: item[0]):
            yield from attempts(results(number, window))

    return inner._spec, [dataset], (), open
