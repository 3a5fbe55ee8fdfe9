"""Elements collected in batches, of one shape or padded to one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from ...base.errors import DataLossError, InvalidArgumentError
from ...building.default_graph import leave_out
from ...graph.node import Tensor
from ...graph.partial import static_value
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .attempts import Failure, attempts
from .dataset import DatasetBase, _up_to, flat, positive, scalar_of, tensor_of
from .places import gathered, rows_of
from .runtime import Element, Runtime

Parts = tuple[Any, ...]


def _stack(parts: list[Any]) -> Any:
    if parts[0].dtype != object:
        return np.stack(parts)
    result = np.empty((len(parts), *parts[0].shape), object)
    for index, part in enumerate(parts):
        result[index] = part if part.ndim else part.item()
    return result


def batched(dataset: DatasetBase, batch_size: Any, drop_remainder: Any, are_whole: bool = False) -> Parts:
    """Elements collected in batches.

    Args:
      are_whole: whether an element that cannot be made has a place in its batch, and fails it; else the batch ends.
    """
    size = scalar_of(batch_size, "batch_size")
    drop = tensor_of(drop_remainder, dtypes.bool_, "drop_remainder")
    known = _known(size) if _known(drop) else None
    shapes = [TensorShape([known]).concatenate(shape) for shape in dataset._spec.shapes]
    composites = dataset._spec.composites
    whole = {number: kind.batched() for number, kind in composites.items()}

    def together(batch: list[Any]) -> Element:
        if are_whole:
            for element in batch:
                if type(element) is Failure:
                    raise element.error
        return tuple(
            composites[number].stacked(column) if number in composites else _batch(column)
            for number, column in enumerate(zip(*batch))
        )

    rows = rows_of(dataset)

    def open(runtime: Runtime) -> Iterator[Element]:
        if rows is not None and not runtime.counts_places:
            arrays, places = rows.arrays(runtime), dataset._open(runtime.of_places())
            take = partial(gathered, arrays)
            return collected(places, int(runtime.value(size)), bool(runtime.value(drop)), take)
        elements = dataset._open(runtime)
        elements = attempts(elements) if are_whole else elements
        return collected(elements, int(runtime.value(size)), bool(runtime.value(drop)), together)

    spec = dataset._spec.with_shapes(shapes, whole)
    return spec, [dataset], [size, drop], open, _batches(dataset, size, drop), _size_check(size)


def _size_check(size: Tensor) -> Callable[[Runtime], None]:
    def check(runtime: Runtime) -> None:
        positive(runtime.value(size), "batch_size")

    return check


def collected(
    elements: Iterator[Element], count: int, drops: bool, together: Callable[[list[Element]], Element]
) -> Iterator[Any]:
    """Batches; a Failure for one with an element that cannot be made, or whose elements do not go together."""
    while True:
        try:
            batch = list(itertools.islice(elements, count))
            if not batch or (drops and len(batch) < count):
                return
            found: Any = together(batch)
        except Exception as error:
            found = Failure(error)
        yield found


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
    wanted = [_padded_to(item, shape) for item, shape in zip(given, spec.shapes)]
    extents = {n: tensor_of(item, dtypes.int64, "shape") for n, item in enumerate(given) if isinstance(item, Tensor)}
    leave_out(len(wanted) - len(extents))  # the shapes that are no tensors
    values = [None] * len(wanted) if padding_values is None else _values(spec.structure, padding_values, len(wanted))
    fillings = [_filling(kind, value) for kind, value in zip(spec.dtypes, values)]
    known = _known(size) if _known(drop) else None
    static = [TensorShape([known]).concatenate(shape) for shape in wanted]

    def open(runtime: Runtime) -> Iterator[Element]:
        filling = [runtime.value(value) for value in fillings]
        shapes = [_as_shape(runtime.value(extents[n]).tolist() if n in extents else s) for n, s in enumerate(wanted)]

        def together(batch: list[Element]) -> Element:
            columns = zip(zip(*batch), shapes, filling)
            return tuple(_padded(list(column), shape, value) for column, shape, value in columns)

        return collected(dataset._open(runtime), int(runtime.value(size)), bool(runtime.value(drop)), together)

    tensors = [size, drop, *fillings, *extents.values()]
    return (
        spec.with_shapes(static), [dataset], tensors, open, _batches(dataset, size, drop), _size_check(size),
    )  # fmt: skip


def _padded_to(given: Any, shape: Any) -> TensorShape:
    """A shape that elements are padded to. Raises: ValueError for another rank than theirs, or smaller extents."""
    wanted, own = _as_shape(given), TensorShape(shape)
    if wanted.ndims is None or own.ndims is None:
        return wanted
    if wanted.ndims != own.ndims:
        raise ValueError(
            f"The padded shape {wanted} is not compatible with the corresponding input component shape {own}."
        )
    return wanted


def _filling(kind: Any, value: Any) -> Tensor:
    """What components of a type are padded with. Raises: TypeError for another type, ValueError if no scalar."""
    if value is None:
        return tensor_of(b"" if kind == dtypes.string else np.zeros((), kind.np_dtype), kind, "padding_value")
    filling = tensor_of(value, None, "padding_value")
    if filling.shape.ndims not in (None, 0):
        raise ValueError(f"Padding value should be a scalar, but is not: {filling!r}")
    if filling.dtype.base_dtype != kind:
        raise TypeError(f"Padding value tensor ({filling!r}) does not match output type: {kind!r}")
    return filling


def _as_shape(shape: Any) -> TensorShape:
    if isinstance(shape, Tensor) and (value := static_value(shape)) is not None:
        shape = value.tolist()
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
            raise DataLossError(
                None, None, f"Attempted to pad to a smaller size than the input element: {part.shape} to {tuple(most)}"
            )
    result = np.full((len(parts), *most), filling.item(), parts[0].dtype)
    for index, part in enumerate(parts):
        corner: Any = index, *map(slice, part.shape)
        result[corner] = part if part.ndim else part.item()
    return result


def _known(tensor: Tensor) -> Any:
    value = static_value(tensor)
    return None if value is None else value.item()
