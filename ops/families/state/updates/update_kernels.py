"""Kernels of training updates, made of their formulas: all of a variable, or the rows that indices name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from ....definition.context import KernelContext
from ....definition.update import ArrayBuilder
from ....types.tensor_shape import brackets

Array = np.ndarray[Any, Any]
_BUILD = ArrayBuilder()


@contextmanager
def updating(cells: Any) -> Iterator[list[Array]]:
    """Hold off other updates of several variables. Yields: their values.

    They are held in the order of their places in memory, so that two updates never wait for each other.
    """
    with ExitStack() as stack:
        for cell in sorted(set(cells), key=id):
            stack.enter_context(cell.updating())
        yield [cell.read() for cell in cells]


def written(cell: Any, value: Any) -> None:
    """Give a variable a value that an update computed; its type is the variable's."""
    cell.set(np.asarray(value, cell.dtype.np_dtype))


def dense_kernel(formula: Callable[..., Any], variables: int, names: list[str]) -> Callable[..., Any]:
    """The kernel of an update of whole variables."""

    def kernel(context: KernelContext, *inputs: Any) -> Any:
        cells, values = inputs[:variables], inputs[variables:]
        with updating(cells) as current:
            _check_slots(names, current)
            for name, value in zip(names[variables:], values):
                if name in ("grad", "delta"):
                    _check_same(names[0], name, current[0], value)
                elif value.ndim:
                    raise ValueError(f"{name} is not a scalar: {brackets(value.shape)}")
            for cell, value in zip(cells, formula(_BUILD, context.op.attrs, *current, *values)):
                written(cell, value)
        return _result(context, cells[0])

    return kernel


def _result(context: KernelContext, cell: Any) -> Any:
    return cell if context.op.op_def.outputs else ()


def _check_slots(names: list[str], current: list[Array]) -> None:
    for name, value in zip(names[1:], current[1:]):
        _check_same(names[0], name, current[0], value)


def _check_same(first: str, second: str, one: Array, other: Array) -> None:
    if one.shape != other.shape:
        raise ValueError(
            f"{first} and {second} do not have the same shape{brackets(one.shape)} {brackets(other.shape)}"
        )


def sparse_kernel(
    formula: Callable[..., Any], variables: int, names: list[str], dense: list[str]
) -> Callable[..., Any]:
    """The kernel of an update of rows. A row that is named twice is updated twice, one after the other.

    Args:
      names: the inputs in the order of the sparse operation; dense: those behind the variables in the formula's.
    """
    at_gradient, at_indices = names.index("grad"), names.index("indices")
    order = [names.index(name) for name in dense]

    def kernel(context: KernelContext, *inputs: Any) -> Any:
        cells, indices = inputs[:variables], inputs[at_indices]
        with updating(cells) as current:
            _check_slots(names, current)
            _check_rows(names, variables, current[0], inputs, indices)
            del current[:]  # nobody but the cells holds them
            changed = [cell.own_array() for cell in cells]
            for rows, which in _without_repetition(indices):
                values = [inputs[place] if place != at_gradient else inputs[place][which] for place in order]
                new = formula(_BUILD, context.op.attrs, *(array[rows] for array in changed), *values)
                for array, value in zip(changed, new):
                    array[rows] = value
            for cell, array in zip(cells, changed):
                cell.set(array)
        return _result(context, cells[0])

    def _check_rows(names: list[str], variables: int, var: Array, inputs: Any, indices: Array) -> None:
        gradient = inputs[at_gradient]
        if not var.ndim:
            raise ValueError("var must be at least 1 dimensional")
        if indices.ndim != 1:
            raise ValueError("indices must be one-dimensional")
        for place, name in enumerate(names[variables:], variables):
            if name not in ("grad", "indices") and inputs[place].ndim:
                raise ValueError(f"{name} is not a scalar: {brackets(inputs[place].shape)}")
        if gradient.shape[:1] != indices.shape:
            raise ValueError("grad must be the same size as indices in the first dimension.")
        if gradient.shape[1:] != var.shape[1:]:
            raise ValueError(f"var and grad must match in dimension {_first_unlike(var.shape, gradient.shape)}")
        outside = np.flatnonzero((indices < 0) | (indices >= var.shape[0]))
        if outside.size:
            place = int(outside[0])
            raise ValueError(
                f"Index {int(indices[place])} at offset {place} in indices is out of range [0, {var.shape[0]})"
            )

    return kernel


def _first_unlike(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    if len(one) != len(other):
        return min(len(one), len(other))
    return next(axis for axis in range(1, len(one)) if one[axis] != other[axis])


def _without_repetition(indices: Array) -> Iterator[tuple[Array, Any]]:
    """Parts of the indices that name no row twice, in an order that keeps that of each row's updates."""
    ordered = np.sort(indices)
    if indices.size and (ordered[1:] != ordered[:-1]).all():
        yield indices, slice(None)
        return
    left = np.arange(indices.size)
    while left.size:
        _, first = np.unique(indices[left], return_index=True)
        if first.size == left.size:
            yield indices[left], left
            return
        first.sort()
        chosen = left[first]
        yield indices[chosen], chosen
        left = np.delete(left, first)
