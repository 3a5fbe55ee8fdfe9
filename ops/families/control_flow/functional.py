"""`map_fn`, `scan`, `foldl` and `foldr`: functions over the rows of tensors, as loops."""

from __future__ import annotations

from typing import Any

from ...base import nest
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...types.tensor_shape import TensorShape
from ..arrays.shape_ops import shape as shape_op
from .tensor_array import TensorArray
from .while_loop import while_loop


def _tensors(elems: Any) -> list[Any]:
    """The elements of a structure as tensors with rows. Raises: ValueError if one is a scalar."""
    flat = [convert_to_tensor(item, name="elem") for item in nest.flatten(elems)]
    if any(item.shape.ndims == 0 for item in flat):
        raise ValueError("elements in elems must be 1+ dimensional Tensors, not scalars")
    return flat


def _count(tensor: Any) -> Any:
    """How many rows there are, an int if it is known."""
    extents = tensor._extents
    return extents[0] if extents is not None and extents[0] is not None else shape_op(tensor)[0]


def _arrays(flat: list[Any], n: Any, with_shapes: bool) -> list[TensorArray]:
    """The rows of each tensor in an array."""
    arrays = []
    for item in flat:
        known = item.shape[1:] if with_shapes else None
        arrays.append(TensorArray(item.dtype, size=n, dynamic_size=False, element_shape=known, infer_shape=True))
    return [array.unstack(item) for array, item in zip(arrays, flat)]


def _stacked(like: Any, arrays: list[Any], flat: list[Any]) -> Any:
    """The arrays' elements as tensors, in the structure `like`."""
    results = [array.stack() for array in arrays]
    rows = TensorShape([None])
    for item in flat:
        rows = rows.merge_with(TensorShape([item._extents[0] if item._extents is not None else None]))
    for result in results:
        if result._extents is not None:
            result.set_shape(rows.concatenate(result.shape[1:]))
        else:
            result.set_shape(rows.concatenate(TensorShape(None)))
    return _packed(like, results)


def _packed(structure: Any, flat: list[Any]) -> Any:
    return nest.pack_sequence_as(structure, flat) if nest.is_nested(structure) else flat[0]


def map_fn(
    fn: Any,
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
) -> Any:
    """Call `fn` on each row, and stack what it returns.

    Args:
      fn: a function of a row, of the structure of `elems`.
      elems: a tensor or a structure of tensors with equally many rows.
      dtype: the type or structure of types that `fn` returns; default: those of `elems`.
      parallel_iterations, back_prop, swap_memory: as in `while_loop`.
      infer_shape: whether all results have one shape.
      name: the name scope of the operations made.
    Returns: tensors in the structure of `dtype`, of shape [rows, ...].
    Raises: TypeError if `fn` cannot be called or returns another structure; ValueError if there are no rows.
    """
    if not callable(fn):
        raise TypeError("fn must be callable.")
    with name_scope(name, "map", nest.flatten(elems)):
        flat = _tensors(elems)
        like = elems if dtype is None else dtype
        types = [item.dtype for item in flat] if dtype is None else nest.flatten(dtype)
        n = _count(flat[0])
        rows = _arrays(flat, n, False)
        start = constant(0)
        results = [TensorArray(item, size=n, dynamic_size=False, infer_shape=infer_shape) for item in types]

        def compute(i: Any, arrays: Any) -> Any:
            values = fn(_packed(elems, [array.read(i) for array in rows]))
            nest.assert_same_structure(like, values)
            written = [array.write(i, value) for array, value in zip(arrays, nest.flatten(values))]
            return i + 1, written

        _, made = while_loop(
            lambda i, _: i < n,
            compute,
            (start, results),
            parallel_iterations=parallel_iterations or 10,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=n,
        )
        return _stacked(like, made, flat)


def _results(first: Any, count: Any, infer_shape: bool) -> list[TensorArray]:
    """Arrays for so many accumulators that are as the first ones."""
    return [
        TensorArray(
            item.dtype, size=count, element_shape=item.shape if infer_shape else None, dynamic_size=False,
            infer_shape=infer_shape,
        )
        for item in first
    ]  # fmt: skip


def scan(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """Call `fn(accumulator, row)` on one row after another, and stack all accumulators.

    Args:
      fn: a function of the accumulator so far and a row that returns the next accumulator.
      elems: a tensor or a structure of tensors with equally many rows.
      initializer: the first accumulator, of the structure that `fn` returns; default: the first row.
      parallel_iterations, back_prop, swap_memory: as in `while_loop`.
      infer_shape: whether all accumulators have one shape.
      reverse: whether to begin with the last row.
      name: the name scope of the operations made.
    Raises: TypeError if `fn` cannot be called or returns another structure; ValueError if there are no rows.
    """
    if not callable(fn):
        raise TypeError("fn must be callable.")
    like = elems if initializer is None else initializer
    with name_scope(name, "scan", nest.flatten(elems)):
        flat = _tensors(elems)
        n = _count(flat[0])
        rows = _arrays(flat, n, True)
        if initializer is None:
            end = n - 1 if reverse else 0
            first, skipped = [array.read(end) for array in rows], 1
        else:
            first, skipped = [convert_to_tensor(item) for item in nest.flatten(initializer)], 0
        results = _results(first, n, infer_shape)
        if initializer is None:
            results = [array.write(end, item) for array, item in zip(results, first)]

        def compute(i: Any, accumulators: Any, arrays: Any) -> Any:
            row = _packed(elems, [array.read(i) for array in rows])
            out = fn(_packed(like, accumulators), row)
            nest.assert_same_structure(like, out)
            values = nest.flatten(out)
            arrays = [array.write(i, value) for array, value in zip(arrays, values)]
            return i - 1 if reverse else i + 1, values, arrays

        start = n - 1 - skipped if reverse else skipped
        _, _, made = while_loop(
            (lambda i, _1, _2: i >= 0) if reverse else (lambda i, _1, _2: i < n),
            compute,
            (start, first, results),
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=n,
        )
        return _stacked(like, made, flat)


def foldl(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """Call `fn(accumulator, row)` on one row after another, from the first to the last; return the last accumulator.

    Args, raises: as `scan`.
    """
    options = {"parallel_iterations": parallel_iterations, "back_prop": back_prop, "swap_memory": swap_memory}
    return _folded(fn, elems, initializer, False, name, options)


def foldr(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """Call `fn(accumulator, row)` on one row after another, from the last to the first; return the last accumulator.

    Args, raises: as `scan`.
    """
    options = {"parallel_iterations": parallel_iterations, "back_prop": back_prop, "swap_memory": swap_memory}
    return _folded(fn, elems, initializer, True, name, options)


def _folded(fn: Any, elems: Any, initializer: Any, from_right: bool, name: str | None, options: Any) -> Any:
    if not callable(fn):
        raise TypeError("fn must be callable.")
    with name_scope(name, "foldr" if from_right else "foldl", nest.flatten(elems)):
        flat = _tensors(elems)
        n = _count(flat[0])
        rows = _arrays(flat, n, False)

        def row(i: Any) -> Any:
            return _packed(elems, [array.read(i) for array in rows])

        if from_right:
            i = n if initializer is not None else n - 1
            start = row(i) if initializer is None else initializer

            def step(i: Any, a: Any) -> Any:
                i = i - 1
                return [i, fn(a, row(i))]

            loop = while_loop(lambda i, a: i > 0, step, [i, start], maximum_iterations=n, **options)
        else:
            start = row(0) if initializer is None else initializer
            i = constant(1 if initializer is None else 0)

            def step(i: Any, a: Any) -> Any:
                a = fn(a, row(i))
                return [i + 1, a]

            loop = while_loop(lambda i, a: i < n, step, [i, start], maximum_iterations=n, **options)
        return loop[1]
