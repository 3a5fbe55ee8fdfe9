"""Batches of other kinds: sparse ones, sliding windows, and elements drawn by how often classes are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ....base.errors import DataLossError, InvalidArgumentError
from ....building.default_graph import leave_out
from ....types import dtypes
from ....types.tensor_shape import TensorShape
from ..api import Dataset
from ..attempts import each
from ..batching import collected
from ..composites import SPARSE
from ..dataset import DatasetBase, flat_shapes, scalar_of, tensor_of
from ..iterators import make_one_shot
from ..runtime import Element, Function, Runtime, Spec


def dense_to_sparse_batch(batch_size: Any, row_shape: Any) -> Any:
    """Batches of tensors of different shapes as SparseTensors, for `Dataset.apply`.

    Args:
      batch_size: how many elements a batch has.
      row_shape: how large an element may be; None for any.
    Raises when run: DataLossError for a larger element.
    """
    return lambda dataset: Dataset(*_sparse_batches(dataset, batch_size, TensorShape(row_shape)))


def _sparse_batches(dataset: DatasetBase, batch_size: Any, row: TensorShape) -> tuple[Any, ...]:
    spec = dataset._spec
    if len(spec.dtypes) != 1 or spec.composites:
        raise TypeError("DenseToSparseDataset requires an input whose elements have a single component.")
    size = scalar_of(batch_size, "batch_size")
    leave_out(1)  # of the shape of rows
    sparse = Spec(None, spec.dtypes, [TensorShape([None]).concatenate(row)], None, {0: SPARSE})
    most = [-1 if n is None else n for n in row.as_list()]

    def open(runtime: Runtime) -> Iterator[Element]:
        def together(batch: list[Element]) -> Element:
            return (SPARSE.stacked([_as_sparse(element[0], most) for element in batch]),)

        return collected(dataset._open(runtime), int(runtime.value(size)), False, together)

    def batches(runtime: Runtime) -> int:
        found, count = dataset._size(runtime), int(runtime.value(size))
        return found if found < 0 else (found + count - 1) // count

    return sparse, [dataset], [size], open, batches


def _as_sparse(array: Any, most: list[int]) -> tuple[Any, ...]:
    """All elements of an array, with coordinates, in a whole of the extents `most`; -1: those of the array."""
    if array.ndim != len(most):
        raise InvalidArgumentError(
            None, None, f"Input element had shape ({array.shape}) that is incompatible with the row shape ({most})."
        )
    if any(m >= 0 and n > m for n, m in zip(array.shape, most)):
        raise DataLossError(
            None, None, f"Input element had shape ({array.shape}) that is larger than the row shape ({most})."
        )
    indices = np.indices(array.shape).reshape(array.ndim, -1).T
    shape = [n if m < 0 else m for n, m in zip(array.shape, most)]
    return indices.astype(np.int64), array.ravel(), np.array(shape, np.int64)


def rejection_resample(class_func: Any, target_dist: Any, initial_dist: Any = None, seed: int | None = None) -> Any:
    """Pairs of class and element, some elements left out so that classes are as often as is wanted, for `apply`.

    Args:
      class_func: from an element to its class, an int32 scalar.
      target_dist: how often each class is to come, a vector.
      initial_dist: how often each comes; default: as often as it has come so far.
      seed: for a choice that repeats.
    """
    return lambda dataset: Dataset(*_resampled(dataset, class_func, target_dist, initial_dist, seed))


def _resampled(dataset: DatasetBase, class_func: Any, target_dist: Any, initial_dist: Any, seed: Any) -> Any:
    from ...random.sampling import get_seed

    seeds = [number or 0 for number in get_seed(seed)]
    classes = Function(class_func, dataset._spec, "class_func")
    if [tensor.dtype for tensor in classes.outputs] not in ([dtypes.int32], [dtypes.int64]):
        raise TypeError("`class_func` must return an int32 or int64 scalar.")
    target = tensor_of(target_dist, dtypes.float32, "target_dist")
    first = None if initial_dist is None else tensor_of(initial_dist, dtypes.float32, "initial_dist")
    own = Spec.of_tensors(classes.result)
    pair = Spec.together((own.structure, dataset._spec.structure), [own, dataset._spec])

    def open(runtime: Runtime) -> Iterator[Element]:
        random = np.random.default_rng(seeds if any(seeds) else None)
        run, wanted = runtime.function(classes), np.asarray(runtime.value(target), np.float64)
        seen = np.full(len(wanted), 10.0 / len(wanted))  # as if a few had come already
        fixed = None if first is None else np.asarray(runtime.value(first), np.float64)

        def drawn(element: Element) -> Element | None:
            found = run(*element)
            number = int(found[0])
            if not 0 <= number < len(wanted):
                raise InvalidArgumentError(None, None, f"class_func gave {number}, not below {len(wanted)}.")
            if fixed is None:
                seen[number] += 1
            often = seen if fixed is None else fixed
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = np.where(often > 0, wanted / often, 0.0)
            return (*found, *element) if random.random() * ratio.max() < ratio[number] else None

        return (element for element in each(dataset._open(runtime), drawn) if element is not None)

    return pair, [dataset], [target] if first is None else [target, first], open


def sliding_window_batch(window_size: Any, stride: Any = None, window_shift: Any = None, window_stride: Any = 1) -> Any:
    """Batches of neighbouring elements, for `Dataset.apply`; those that are not full are left out.

    Args:
      window_size: how many elements a batch has.
      stride, window_shift: how far a batch begins behind the one before; one of them, default: 1.
      window_stride: how far apart its elements are.
    Raises: ValueError for both `stride` and `window_shift`.
    """
    if stride is not None and window_shift is not None:
        raise ValueError("Cannot specify both `stride` and `window_shift`")
    shift = next((value for value in (stride, window_shift) if value is not None), 1)

    def apply(dataset: Any) -> Dataset:
        def joined(*parts: Any) -> Any:
            return Dataset.zip(parts if len(parts) > 1 else parts[0]).batch(window_size)

        windows = dataset.window(window_size, shift, window_stride, True)
        made: Dataset = windows.flat_map(joined)
        return made

    return apply


def padded_batch_and_drop_remainder(batch_size: Any, padded_shapes: Any, padding_values: Any = None) -> Any:
    """`padded_batch` without the smaller last one, for `Dataset.apply`."""
    return lambda dataset: dataset.padded_batch(batch_size, padded_shapes, padding_values, True)


def assert_element_shape(expected_shapes: Any) -> Any:
    """The elements, whose components have these shapes, for `Dataset.apply`.

    Raises: ValueError if it is known that they do not. When run: InvalidArgumentError.
    """

    def apply(dataset: Any) -> Dataset:
        spec = dataset._spec
        wanted = flat_shapes(spec.structure, expected_shapes)
        shapes = [TensorShape(shape).merge_with(other) for shape, other in zip(spec.shapes, wanted)]

        def open(runtime: Runtime) -> Iterator[Element]:
            def checked(element: Element) -> Element:
                for part, shape in zip(element, shapes):
                    if type(part) is not tuple and not shape.is_compatible_with(part.shape):
                        raise InvalidArgumentError(None, None, f"An element has shape {part.shape}, not {shape}.")
                return element

            return each(dataset._open(runtime), checked)

        return Dataset(spec.with_shapes(shapes), [dataset], (), open, dataset._size)

    return apply


def reduce_dataset(dataset: DatasetBase, reducer: Any) -> Any:
    """Return what a `Reducer` makes of all elements, as tensors."""
    from ..choosing import reduced_by_key

    zero = tensor_of(0, dtypes.int64, "key")
    return make_one_shot(Dataset(*reduced_by_key(dataset, lambda *_: zero, reducer))).get_next()


def sloppy_interleave(map_func: Any, cycle_length: Any, block_length: Any = 1) -> Any:
    """`interleave`, for `Dataset.apply`."""
    return lambda dataset: dataset.interleave(map_func, cycle_length, block_length)


def copy_to_device(target_device: str, source_device: str = "/cpu:0") -> Any:
    """The elements, for `Dataset.apply`: there is one device."""
    return lambda dataset: Dataset(dataset._spec, [dataset], (), dataset._open)


def map_and_batch_with_legacy_function(
    map_func: Any, batch_size: Any, num_parallel_batches: Any = None, drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Any:  # fmt: skip
    """The same as `map_and_batch`."""
    return lambda dataset: dataset.map(map_func, num_parallel_calls).batch(batch_size, drop_remainder)
