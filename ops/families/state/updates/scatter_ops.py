"""Rows and elements of a variable changed in place: `scatter_update`, `scatter_nd_add` and their like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ....building.build import build_operation
from ....building.convert import convert_to_tensor
from ....definition.context import KernelContext
from ....definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ....definition.registry import lookup
from ....definition.shapes import at_least_rank, merge
from ....definition.update import Update
from ....types.dtypes import INDEX, NUMERIC, QUANTIZED
from ...indexing.scattering import check_scatter, scattered
from ..assignments import VariableCell, after, is_resource, update_variable
from .repeated_rows import rows_changed
from .resource_ops import extents_of_handle

Array = np.ndarray[Any, Any]

_NUMBERS = NUMERIC + QUANTIZED
_WRITES = Effects("variable", reads=True, writes=True)


def _checked_indices(indices: Array, limit: int) -> None:
    outside = (indices < 0) | (indices >= limit)
    if outside.any():
        where = tuple(int(i) for i in np.argwhere(outside)[0])
        place = f"indices{list(where)}" if where else "indices"
        raise ValueError(f"{place} = {int(indices[where])} is not in [0, {limit})")


def _scatter_kernel(apply: Callable[[Array, Any, Any], Any]) -> Callable[..., Any]:
    def kernel(context: KernelContext, ref: VariableCell, indices: Array, updates: Array) -> Any:
        with ref.updating():
            extents = ref.shape_now()
            _checked_indices(indices, extents[0])
            wanted = indices.shape + extents[1:]
            if updates.shape not in (wanted, ()):
                raise ValueError(f"updates must have shape {list(wanted)} or [], but has {list(updates.shape)}")
            changed = ref.own_array()
            apply(changed, indices, updates)
            ref.set(changed)
        return after(context, ref)

    return kernel


def _scatter_nd_kernel(combine: Any) -> Callable[..., Any]:
    def kernel(context: KernelContext, ref: VariableCell, indices: Array, updates: Array) -> Any:
        with ref.updating() as current:
            ref.set(scattered(np.array(current), indices, updates, combine))
        return after(context, ref)

    return kernel


def _put(target: Array, indices: Any, updates: Any) -> None:
    target[indices] = updates


def _divide(target: Array, indices: Any, updates: Any) -> None:
    (np.floor_divide if target.dtype.kind in "iu" else np.divide).at(target, indices, updates)


def _resource_shape(query: Any) -> Any:
    return []


def _rows_shape(query: Any) -> Any:
    """That of the variable: of rows like its own, one for each index, or of one number for all."""
    _check_rows(*query.shapes)
    return query.shapes[0]


def _check_rows(variable: Any, indices: Any, updates: Any) -> None:
    if variable and indices is not None and updates is not None and len(updates):
        merge(updates, (*indices, *variable[1:]))


def _resource_rows_shape(query: Any) -> Any:
    _check_rows(extents_of_handle(query), *query.shapes[1:])
    return []


def _scatter_nd_shape(query: Any) -> Any:
    check_scatter(query.shapes[0], at_least_rank(query.shapes[1], 1), query.shapes[2])
    return query.shapes[0]


def _scatter_ops(
    name: str,
    apply: Callable[[Array, Any, Any], Any],
    allowed: Any,
    locking: bool = False,
    rows: tuple[str, str] | None = None,
    gradient: Any = NOT_DIFFERENTIABLE,
) -> OpDef:
    """Define the operation on references, which is returned, and the one on resources.

    Args:
      gradient: of the one on references: no gradient flows through an update, or TensorFlow knows of none (None).
      rows: the pure operation that computes the same, if there is one, and that on two rows.
    """
    update = Update(1, rows_changed(*rows)) if rows else None
    OpDef(
        name=f"Resource{name}",
        signature="resource: resource, indices: Tindices, updates: dtype ->",
        where={"dtype": allowed, "Tindices": INDEX},
        shape=_resource_rows_shape,
        kernel=_scatter_kernel(apply),
        effects=_WRITES,
        update=update,
    )
    return OpDef(
        name=name,
        signature="ref: Ref(T), indices: Tindices, updates: T -> output_ref: Ref(T)",
        where={"T": allowed, "Tindices": INDEX},
        attrs={"use_locking": ("bool", locking)},
        shape=_rows_shape,
        kernel=_scatter_kernel(apply),
        effects=_WRITES,
        update=update,
        gradient=gradient,
    )


def _scatter_nd_ops(name: str, combine: Any, allowed: Any, locking: bool = False) -> OpDef:
    OpDef(
        name=f"Resource{name}",
        signature="ref: resource, indices: Tindices, updates: T ->",
        where={"Tindices": INDEX},
        attrs={"use_locking": ("bool", True), "bad_indices_policy": ("string", b"")},
        shape=_resource_shape,
        kernel=_scatter_nd_kernel(combine),
        effects=_WRITES,
    )
    return OpDef(
        name=name,
        signature="ref: Ref(T), indices: Tindices, updates: T -> output_ref: Ref(T)",
        where={"T": allowed, "Tindices": INDEX},
        attrs={"use_locking": ("bool", locking), "bad_indices_policy": ("string", b"")},
        shape=_scatter_nd_shape,
        kernel=_scatter_nd_kernel(combine),
        effects=_WRITES,
        gradient=NOT_DIFFERENTIABLE,
    )


SCATTER_UPDATE = _scatter_ops("ScatterUpdate", _put, None, True, ("_RowsUpdate", ""), None)
SCATTER_ADD = _scatter_ops("ScatterAdd", np.add.at, _NUMBERS, rows=("_RowsAdd", "AddV2"))
SCATTER_SUB = _scatter_ops("ScatterSub", np.subtract.at, _NUMBERS, rows=("_RowsSub", "Sub"))
SCATTER_MUL = _scatter_ops("ScatterMul", np.multiply.at, _NUMBERS)
SCATTER_DIV = _scatter_ops("ScatterDiv", _divide, _NUMBERS)
SCATTER_MIN = _scatter_ops("ScatterMin", np.minimum.at, NUMERIC[:12], gradient=None)
SCATTER_MAX = _scatter_ops("ScatterMax", np.maximum.at, NUMERIC[:12], gradient=None)
SCATTER_ND_UPDATE = _scatter_nd_ops("ScatterNdUpdate", None, None, True)
SCATTER_ND_ADD = _scatter_nd_ops("ScatterNdAdd", np.add, _NUMBERS)
SCATTER_ND_SUB = _scatter_nd_ops("ScatterNdSub", np.subtract, _NUMBERS)


def _scatter(op_def: OpDef, method: str, ref: Any, values: tuple[Any, ...], use_locking: bool, name: str | None) -> Any:
    """Build the operation that fits the variable; a resource variable's new value is read after it."""
    if not is_resource(ref):
        return update_variable(op_def, method, ref, values, use_locking, name)
    resource = lookup(f"Resource{op_def.name}")
    typed = "T" if "T" in resource.attrs else "dtype"
    locking = {"use_locking": use_locking} if "use_locking" in resource.attrs else {}
    indices, updates = values
    updates = convert_to_tensor(updates, ref.dtype.base_dtype)
    return ref._after(
        build_operation(resource, ref.handle, indices, updates, name=name, **{typed: ref.dtype.base_dtype}, **locking)
    )


def scatter_update(ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None) -> Any:
    """Set rows: `ref[indices] = updates`; returns the variable's reference after that.

    Args:
      ref: the variable.
      indices: row numbers, of any shape.
      updates: rows of shape `indices.shape + ref.shape[1:]`, or a scalar for all of them.
      use_locking: kept in the graph; updates never overlap here.
      name: a name for the operation.
    """
    return _scatter(SCATTER_UPDATE, "scatter_update", ref, (indices, updates), use_locking, name)


def scatter_add(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Add to rows; rows that are named twice are added to twice. Arguments as in `scatter_update`."""
    return _scatter(SCATTER_ADD, "scatter_add", ref, (indices, updates), use_locking, name)


def scatter_sub(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Subtract from rows. Arguments as in `scatter_update`."""
    return _scatter(SCATTER_SUB, "scatter_sub", ref, (indices, updates), use_locking, name)


def scatter_mul(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Multiply rows. Arguments as in `scatter_update`."""
    return _scatter(SCATTER_MUL, "scatter_mul", ref, (indices, updates), use_locking, name)


def scatter_div(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Divide rows. Arguments as in `scatter_update`."""
    return _scatter(SCATTER_DIV, "scatter_div", ref, (indices, updates), use_locking, name)


def scatter_min(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Take the minimum of rows and updates. Arguments as in `scatter_update`."""
    return _scatter(SCATTER_MIN, "scatter_min", ref, (indices, updates), use_locking, name)


def scatter_max(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Take the maximum of rows and updates. Arguments as in `scatter_update`."""
    return _scatter(SCATTER_MAX, "scatter_max", ref, (indices, updates), use_locking, name)


def scatter_nd_update(ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None) -> Any:
    """Set elements or slices of a variable; returns its reference after that.

    Args:
      ref: the variable.
      indices: integers; the last dimension holds one index per leading dimension of the variable.
      updates: an element or slice per row of `indices`.
      use_locking: kept in the graph; updates never overlap here.
      name: a name for the operation.
    """
    return _scatter(SCATTER_ND_UPDATE, "scatter_nd_update", ref, (indices, updates), use_locking, name)


def scatter_nd_add(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Add to elements or slices; those named twice are added to twice. Arguments as in `scatter_nd_update`."""
    return _scatter(SCATTER_ND_ADD, "scatter_nd_add", ref, (indices, updates), use_locking, name)


def scatter_nd_sub(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Subtract from elements or slices. Arguments as in `scatter_nd_update`."""
    return _scatter(SCATTER_ND_SUB, "scatter_nd_sub", ref, (indices, updates), use_locking, name)
