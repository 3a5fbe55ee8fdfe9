"""Transformations by what was seen, or drawn: scans, beginnings, elements once, choices between datasets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from ...base import nest
from ...base.errors import InvalidArgumentError
from ...building.default_graph import leave_out
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from ..random.drawing import classes_of_pairs
from ..random.philox import drawing
from .attempts import Failure, attempts, each
from .dataset import DatasetBase, as_structure
from .runtime import Element, Function, Runtime, Spec, state_function
from .shuffling import Seeds

Parts = tuple[Any, ...]


def scanned(dataset: DatasetBase, initial_state: Any, scan_func: Callable[..., Any]) -> Parts:
    """What a function makes of a state and each element, besides the next state. Raises: TypeError if that differs."""
    state = as_structure(initial_state)

    def next_state(result: Any) -> Any:
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError("The scan function must return a pair comprising the new state and the output value.")
        return result[0]

    made, before = state_function(scan_func, Spec.of_tensors(state), dataset._spec, "scan", next_state)
    output = Spec.of_tensors(made.result[1])
    count = len(before.dtypes)
    parts = nest.flatten(state, expand_composites=True)

    def open(runtime: Runtime) -> Iterator[Any]:
        run = runtime.function(made)
        held = before.joined([runtime.value(tensor) for tensor in parts])

        def step(element: Element) -> Element:
            nonlocal held
            found = run(*held, *element)
            held = tuple(found[:count])
            return tuple(found[count:])

        return each(dataset._open(runtime), step)

    return output, [dataset], parts, open, dataset._size


def beginning(dataset: DatasetBase, predicate: Callable[..., Any]) -> Parts:
    """The elements up to the first for which a function does not give True. Raises: ValueError if it gives no bool."""
    made = Function(predicate, dataset._spec, "take_while")
    if len(made.outputs) != 1 or made.outputs[0].dtype != dtypes.bool_ or made.outputs[0].shape.ndims not in (0, None):
        raise ValueError("`predicate` must return a scalar boolean tensor.")

    def open(runtime: Runtime) -> Iterator[Any]:
        run = runtime.function(made)
        for found in each(dataset._open(runtime), lambda element: (run(*element)[0], element)):
            if type(found) is Failure:
                yield found
            elif not found[0]:
                return
            else:
                yield found[1]

    return dataset._spec, [dataset], (), open


def once(dataset: DatasetBase) -> Parts:
    """Each element the first time it comes. Raises: TypeError if elements are no int32, int64 or string scalars."""
    spec = dataset._spec
    if len(spec.dtypes) != 1 or spec.dtypes[0] not in (dtypes.int32, dtypes.int64, dtypes.string):
        raise TypeError(
            "`tf.data.experimental.unique()` only supports inputs with a single `tf.int32`, `tf.int64`, or "
            "`tf.string` component."
        )

    def open(runtime: Runtime) -> Iterator[Any]:
        seen = set()
        for element in attempts(dataset._open(runtime)):
            key = element if type(element) is Failure else element[0].item()
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

    def open(runtime: Runtime) -> Iterator[Any]:
        find, start, step, finish = (runtime.function(function) for function in (key, begin, go_on, end))
        states: dict[int, Element] = {}

        def take(element: Element) -> None:
            number = int(find(*element)[0])
            held = states.get(number)
            held = tuple(start(np.array(number))) if held is None else held
            states[number] = tuple(step(*held, *element))

        for failure in each(dataset._open(runtime), take):
            if failure is not None:
                yield failure
        yield from each(iter(sorted(states)), lambda number: tuple(finish(*states[number])))

    return Spec.of_tensors(end.result), [dataset], (), open


_AT_FIRST, _AT_ONCE = 8, 256  # numbers of datasets that are drawn at a time: more and more
_IN_VAIN = 2000  # draws of datasets that have ended before one that has not is taken


def chosen(datasets: Any, choices: DatasetBase, are_drawn: bool = False, odds: Any = None) -> Parts:
    """Elements of several datasets, from the one whose number comes next; what has ended is passed over.

    Args:
      are_drawn: whether numbers come without end, and may be all of datasets that have ended: those that are never
        drawn are then given last, where TensorFlow waits forever.
      odds: of such numbers that hang on nothing else, the logits (a tensor of one row) and the dataset of the seeds
        that `choices` draws them with: many are drawn at a time.
    """
    datasets = list(datasets)
    for given in (*datasets, choices):
        if not isinstance(given, DatasetBase):
            raise TypeError(f"Datasets to choose from and to choose by are objects of tf.data.Dataset, not {given!r}.")
    if choices._spec.dtypes != [dtypes.int64] or choices._spec.shapes[0].ndims != 0:
        raise TypeError("`choice_dataset` must be a dataset of scalar `tf.int64` tensors.")

    def open(runtime: Runtime) -> Iterator[Any]:
        opened: list[Any] = [dataset._open(runtime) for dataset in datasets]
        left, in_vain = len(opened), 0

        def choose(element: Element) -> Any:
            nonlocal left, in_vain
            number = int(element[0])
            if not 0 <= number < len(opened):
                raise InvalidArgumentError(None, None, f"Selector index out of range: {number} >= {len(opened)}")
            if are_drawn and in_vain >= _IN_VAIN:
                number = next(index for index, elements in enumerate(opened) if elements is not None)
            elif opened[number] is None:
                in_vain += 1
            else:
                in_vain = 0
            found = None if opened[number] is None else next(opened[number], None)
            if found is None and opened[number] is not None:
                opened[number], left = None, left - 1
            return found

        numbers = choices._open(runtime) if odds is None else _drawn(runtime, *odds)
        for found in each(numbers, choose):
            if found is not None:
                yield found
            if not left:
                return

    return _common(datasets), [*datasets, choices], () if odds is None else (odds[0],), open


def _drawn(runtime: Runtime, logits: Any, seeds: DatasetBase) -> Iterator[Element]:
    """The numbers of datasets, drawn of a row of logits without end; each takes two seeds."""
    row, numbers, count = runtime.value(logits)[0], seeds._open(runtime), _AT_FIRST
    while True:
        taken = np.array([element[0] for element in islice(numbers, 2 * count)]).reshape(count, 2)
        for number in classes_of_pairs(taken, row):
            yield (number,)
        count = min(2 * count, _AT_ONCE)


def only(dataset: DatasetBase) -> Parts:
    """The only element of a dataset. Raises when run: InvalidArgumentError if there is none, or a second one."""

    def open(runtime: Runtime) -> Iterator[Any]:
        elements = dataset._open(runtime)
        found = next(elements, None)
        if found is None:
            raise InvalidArgumentError(None, None, "Dataset was empty.")
        if next(elements, None) is not None:
            raise InvalidArgumentError(None, None, "Dataset had more than one element.")
        yield found

    return dataset._spec, [dataset], (), open


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
    """Random int64 scalars, from 0 to 2**32, without end: of the same seeds the numbers of TensorFlow."""
    seeds = Seeds(seed)
    leave_out(9)  # what TensorFlow makes of the seeds

    def open(runtime: Runtime) -> Iterator[Any]:
        draw = drawing(*seeds.values(runtime))
        while True:
            yield (np.array(draw(), np.int64),)

    return Spec(None, [dtypes.int64], [TensorShape([])]), (), seeds.tensors, open, lambda runtime: -1
