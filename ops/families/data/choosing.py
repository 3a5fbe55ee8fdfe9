"""Transformations by what was seen, or drawn: scans, beginnings, elements once, choices between datasets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...base import nest
from ...base.errors import InvalidArgumentError
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .dataset import DatasetBase, as_structure, tensor_of
from .runtime import Element, Function, Runtime, Spec

Parts = tuple[Any, ...]


def scanned(dataset: DatasetBase, initial_state: Any, scan_func: Callable[..., Any]) -> Parts:
    """What a function makes of a state and each element, besides the next state. Raises: TypeError if that differs."""
    state = as_structure(initial_state)
    before = Spec.of_tensors(state)
    own = dataset._spec
    both = Spec.together((before.structure, own.structure), [before, own])
    made = Function(scan_func, both, "scan")
    if not isinstance(made.result, tuple) or len(made.result) != 2:
        raise TypeError("The scan function must return a pair comprising the new state and the output value.")
    after, output = (Spec.of_tensors(part) for part in made.result)
    count = len(before.dtypes)
    parts = nest.flatten(state, expand_composites=True)
    if after.dtypes != before.dtypes:
        raise TypeError(f"The element types for the new state must match the initial state: {before.dtypes}.")

    def open(runtime: Runtime) -> Iterator[Element]:
        run = runtime.function(made)
        held = before.joined([runtime.value(tensor) for tensor in parts])
        for element in dataset._open(runtime):
            found = run(*held, *element)
            held = tuple(found[:count])
            yield tuple(found[count:])

    return output, [dataset], parts, open, dataset._size


def beginning(dataset: DatasetBase, predicate: Callable[..., Any]) -> Parts:
    """The elements up to the first for which a function does not give True. Raises: ValueError if it gives no bool."""
    made = Function(predicate, dataset._spec, "take_while")
    if len(made.outputs) != 1 or made.outputs[0].dtype != dtypes.bool_ or made.outputs[0].shape.ndims not in (0, None):
        raise ValueError("`predicate` must return a scalar boolean tensor.")

    def open(runtime: Runtime) -> Iterator[Element]:
        run = runtime.function(made)
        for element in dataset._open(runtime):
            if not run(*element)[0]:
                return
            yield element

    return dataset._spec, [dataset], (), open


def once(dataset: DatasetBase) -> Parts:
    """Each element the first time it comes. Raises: TypeError if elements are no int32, int64 or string scalars."""
    spec = dataset._spec
    if len(spec.dtypes) != 1 or spec.dtypes[0] not in (dtypes.int32, dtypes.int64, dtypes.string):
        raise TypeError(
            "`tf.data.experimental.unique()` only supports inputs with a single `tf.int32`, `tf.int64`, or "
            "`tf.string` component."
        )

    def open(runtime: Runtime) -> Iterator[Element]:
        seen = set()
        for element in dataset._open(runtime):
            key = element[0].item()
            if key not in seen:
                seen.add(key)
                yield element

    return spec, [dataset], (), open


def reduced_by_key(dataset: DatasetBase, key_func: Any, reducer: Any) -> Parts:
    """Per key, what a reducer makes of the elements that have it, in the order in which the keys came."""
    spec = dataset._spec
    key = Function(key_func, spec, "key_func")
    begin = Function(reducer.init_func, Spec(None, [dtypes.int64], [TensorShape([])]), "init_func")
    state = Spec.of_tensors(begin.result)
    both = Spec.together((state.structure, spec.structure), [state, spec])
    go_on = Function(reducer.reduce_func, both, "reduce_func")
    end = Function(reducer.finalize_func, state, "finalize_func")

    def open(runtime: Runtime) -> Iterator[Element]:
        find, start, step, finish = (runtime.function(function) for function in (key, begin, go_on, end))
        states: dict[int, Element] = {}
        for element in dataset._open(runtime):
            number = int(find(*element)[0])
            held = states.get(number)
            held = tuple(start(np.array(number))) if held is None else held
            states[number] = tuple(step(*held, *element))
        for number in sorted(states):
            yield tuple(finish(*states[number]))

    return Spec.of_tensors(end.result), [dataset], (), open


def chosen(datasets: Any, choices: DatasetBase) -> Parts:
    """Elements of several datasets, from the one whose number comes next; what has ended is passed over."""
    datasets = list(datasets)
    if choices._spec.dtypes != [dtypes.int64] or choices._spec.shapes[0].ndims != 0:
        raise TypeError("`choice_dataset` must be a dataset of scalar `tf.int64` tensors.")

    def open(runtime: Runtime) -> Iterator[Element]:
        opened = [dataset._open(runtime) for dataset in datasets]
        for element in choices._open(runtime):
            number = int(element[0])
            if not 0 <= number < len(opened):
                raise InvalidArgumentError(None, None, f"Selector index out of range: {number} >= {len(opened)}")
            found = next(opened[number], None)
            if found is not None:
                yield found

    return _common(datasets), [*datasets, choices], (), open


def sampled(datasets: Any, weights: Any, seed: Any) -> Parts:
    """Elements of several datasets, each time from one that is drawn, until all have ended.

    Args:
      weights: how likely each is, numbers or a tensor of them, or a dataset of such tensors; None: all the same.
    Raises: ValueError for another number of weights than datasets.
    """
    from ..random.sampling import get_seed

    datasets = list(datasets)
    seeds = [number or 0 for number in get_seed(seed)]
    given = weights if isinstance(weights, DatasetBase) else None
    if given is None:
        fixed = tensor_of([1.0] * len(datasets) if weights is None else weights, None, "weights")
        if fixed.shape.ndims == 1 and fixed.shape[0].value not in (None, len(datasets)):
            raise ValueError(f"`weights` must have {len(datasets)} elements, got shape {fixed.shape}.")

    def open(runtime: Runtime) -> Iterator[Element]:
        random = np.random.default_rng(seeds if any(seeds) else None)
        opened: list[Iterator[Element] | None] = [dataset._open(runtime) for dataset in datasets]
        each = given._open(runtime) if given is not None else None
        while any(opened):
            row = next(each, None) if each is not None else (runtime.value(fixed),)
            if row is None:
                return
            likely = [max(float(w), 0.0) if o is not None else 0.0 for w, o in zip(np.ravel(row[0]), opened)]
            total = sum(likely)
            if not total:  # those that may come have ended
                likely = [float(o is not None) for o in opened]
                total = sum(likely)
            number = int(random.choice(len(opened), p=[item / total for item in likely]))
            found = next(opened[number], None)  # type: ignore[arg-type]
            if found is None:
                opened[number] = None
            else:
                yield found

    return _common(datasets), datasets if given is None else [*datasets, given], [fixed] if given is None else (), open


def _common(datasets: list[Any]) -> Spec:
    """What the elements of several datasets have in common. Raises: TypeError if their types differ."""
    if not datasets:
        raise ValueError("There are no datasets to choose from.")
    first = datasets[0]
    for dataset in datasets[1:]:
        if dataset._spec.dtypes != first._spec.dtypes:
            raise TypeError("Datasets to choose from have different types of elements.")
    shapes = []
    for column in zip(*(dataset._spec.shapes for dataset in datasets)):
        shape = TensorShape(column[0])
        for other in column[1:]:
            shape = shape.most_specific_compatible_shape(TensorShape(other))
        shapes.append(shape)
    spec: Spec = first._spec.with_shapes(shapes)
    return spec


def numbers(seed: Any) -> Parts:
    """Random int64 scalars, from 0 to 2**32, without end."""
    from ..random.sampling import get_seed

    seeds = [number or 0 for number in get_seed(seed)]

    def open(runtime: Runtime) -> Iterator[Element]:
        random = np.random.default_rng(seeds if any(seeds) else None)
        while True:
            yield (np.array(random.integers(1 << 32), np.int64),)

    return Spec(None, [dtypes.int64], [TensorShape([])]), (), (), open, lambda runtime: -1
