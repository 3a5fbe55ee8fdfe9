"""The shapes of loop variables: what stays the same from iteration to iteration."""

from __future__ import annotations

from typing import Any

from ...base import nest
from ...graph.node import Tensor
from ...types.tensor_shape import TensorShape


def set_shape_invariants(loop_vars: Any, real: list[Any], enters: list[Any], shape_invariants: Any) -> list[Any]:
    """Tell the loop variables where they enter what is said of their shapes.

    Returns: per tensor its invariant, or None where nothing was said.
    Raises: ValueError if a variable does not fit what is said of it.
    """
    if shape_invariants is None:
        return [None] * len(enters)
    nest.assert_same_structure(loop_vars, _leaves(shape_invariants), expand_composites=False)
    flat = nest.flatten(_leaves(shape_invariants))
    shapes: list[Any] = []
    for item, said in zip(nest.flatten(loop_vars), flat):
        shapes += _shapes_of(item, said.shape)
    for tensor, entered, shape in zip(real, enters, shapes):
        if shape is None:
            continue
        if not _fits(tensor.shape, shape):
            raise ValueError(
                f"The shape invariant specified for {tensor.name} is not compatible with the initial shape of the loop "
                f"variable. It enters the loop with shape {tensor.shape}, but the specified shape invariant is {shape}."
            )
        entered._extents = shape._extents
    return shapes


class _Said:
    """A shape as a leaf of a structure."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape


def _leaves(structure: Any) -> Any:
    """The structure with its shapes as leaves: a TensorShape could be walked into."""
    if structure is None or isinstance(structure, TensorShape) or hasattr(structure, "_extents"):
        return _Said(structure)
    if hasattr(structure, "_is_tensor_spec") or not nest.is_nested(structure):
        return _Said(getattr(structure, "shape", structure))
    if isinstance(structure, dict):
        return type(structure)((key, _leaves(value)) for key, value in structure.items())
    parts = [_leaves(item) for item in structure]
    return type(structure)(*parts) if hasattr(structure, "_fields") else type(structure)(parts)


def _shapes_of(item: Any, said: Any) -> list[Any]:
    """The invariants of the tensors of one loop variable."""
    shape = TensorShape(said)
    kind = type(item).__name__
    rank = shape.rank
    if kind == "SparseTensor":
        return [TensorShape([None, rank]), TensorShape([None]), TensorShape([rank])]
    if kind == "IndexedSlices":
        parts = [shape, TensorShape([shape[0] if rank else None])]
        return [*parts, TensorShape([rank])] if item.dense_shape is not None else parts
    if hasattr(item, "_is_tensor_array"):
        return [TensorShape([])]
    return [shape]


def _fits(shape: Any, invariant: Any) -> bool:
    """Whether the invariant says no more than the shape."""
    if invariant._extents is None:
        return True
    extents = shape._extents
    return (
        extents is not None
        and len(extents) == len(invariant._extents)
        and all(wanted is None or wanted == extent for extent, wanted in zip(extents, invariant._extents))
    )


def check_shape_invariant(merged: Tensor, after: Tensor, invariant: Any) -> None:
    """Raises: ValueError if a variable has another shape at the end of the body than at its beginning."""
    if merged._dtype.base_dtype is not after._dtype.base_dtype:
        raise ValueError(
            f"The types of a loop variable differ: {merged.name} enters the body with type {merged.dtype.name}, but "
            f"has type {after.dtype.name} after one iteration."
        )
    known = merged.shape if invariant is None else invariant
    if not _fits(after.shape, known):
        entered = merged.op._inputs[0]._op._inputs[0]
        raise ValueError(
            f"Input tensor '{entered.name}' enters the loop with shape {entered.shape}, but has shape {after.shape} "
            "after one iteration. To allow the shape to vary across iterations, use the `shape_invariants` argument of "
            "tf.while_loop to specify a less-specific shape."
        )
