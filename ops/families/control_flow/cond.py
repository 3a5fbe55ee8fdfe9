"""`cond`: one of two branches."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...base import nest
from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import add_to_collection, name_scope
from ...building.static_value import get_static_value
from ...definition.kernel_call import is_small, run_on_values
from ...graph.graph_keys import GraphKeys
from ...graph.operation import Operation
from .cond_context import CondContext
from .contexts import merge, switch


def cond(
    pred: Any,
    true_fn: Any = None,
    false_fn: Any = None,
    strict: bool = False,
    name: str | None = None,
    fn1: Any = None,
    fn2: Any = None,
) -> Any:
    """Return what `true_fn()` returns if `pred` is true, otherwise what `false_fn()` returns.

    Operations made inside a function run only if its branch is taken; those made before run in any case.

    Args:
      pred: a boolean scalar tensor.
      true_fn, false_fn: functions without arguments that return structures of tensors, the same structure and types.
      strict: whether a list or tuple of one item stays one; otherwise it is the same as that item.
      name: the name scope of the operations made.
      fn1, fn2: the former names of `true_fn` and `false_fn`.
    Raises: TypeError if a branch is no function, or `pred` a Python bool; ValueError if the branches return different
      structures or types.
    """
    true_fn = _renamed(true_fn, fn1, "true_fn", "fn1")
    false_fn = _renamed(false_fn, fn2, "false_fn", "fn2")
    if not callable(true_fn):
        raise TypeError("true_fn must be callable.")
    if not callable(false_fn):
        raise TypeError("false_fn must be callable.")
    with name_scope(name, "cond", [pred]):
        if isinstance(pred, bool):
            raise TypeError("pred must not be a Python bool")
        when_false, when_true = switch(pred, pred)
        pivot_true = identity(when_true, name="switch_t")
        pivot_false = identity(when_false, name="switch_f")
        pred = identity(pred, name="pred_id")
        pred.graph._unfetchable.update(tensor.op for tensor in (when_true, when_false, pivot_true, pivot_false, pred))
        context_true, original, flat_true = _branch(CondContext(pred, pivot_true, 1), true_fn, "true_fn")
        context_false, other, flat_false = _branch(CondContext(pred, pivot_false, 0), false_fn, "false_fn")
        if not strict:  # before they are compared: a branch may return a tensor, the other a list of one
            original, other = _single(original), _single(other)
        _check_same(original, other, flat_true, flat_false)
        merged = [merge(pair)[0] for pair in zip(flat_false, flat_true)]
        if context_true.outer_context is None:
            add_to_collection(GraphKeys.COND_CONTEXT, context_true)
            add_to_collection(GraphKeys.COND_CONTEXT, context_false)
        packed = _packed(original, merged)
        return packed if strict else _single(packed)


def _renamed(new: Any, old: Any, new_name: str, old_name: str) -> Any:
    if old is None:
        if new is None:
            raise TypeError(f"cond(): {new_name} argument required")
        return new
    if new is not None:
        raise TypeError(f"cond(): {new_name} and {old_name} may not be set simultaneously.")
    return old


def _branch(context: CondContext, fn: Any, what: str) -> tuple[CondContext, Any, list[Any]]:
    """Build one branch. Returns: its context, what the function returned, and that as flat tensors."""
    with context.entered():
        original, result = context.BuildCondBranch(fn)
        if result is None:
            raise ValueError(f"{what} must have a return value.")
        flat = nest.flatten(result, expand_composites=True)
        context.ExitResult(flat)
    return context, original, flat


def _single(result: Any) -> Any:
    """The only item of a list or tuple, or what a branch returned as it is."""
    return result[0] if isinstance(result, (list, tuple)) and len(result) == 1 else result


def _check_same(original: Any, other: Any, flat_true: list[Any], flat_false: list[Any]) -> None:
    """Raises: ValueError, TypeError if the branches return different structures or types."""
    if not (isinstance(original, Operation) or isinstance(other, Operation)):
        try:
            nest.assert_same_structure(original, other, expand_composites=True)
        except TypeError as error:
            raise TypeError(f"Incompatible return types of true_fn and false_fn: {error}") from None
        except ValueError as error:
            raise ValueError(f"Incompatible return values of true_fn and false_fn: {error}") from None
    if len(flat_true) != len(flat_false):
        raise ValueError(
            f"true_fn and false_fn must return the same number of results: {len(flat_true)}, {len(flat_false)}"
        )
    if not flat_true:
        raise ValueError("true_fn and false_fn must return at least one result.")
    for x, y in zip(flat_true, flat_false):
        if x.dtype.base_dtype is not y.dtype.base_dtype:
            raise ValueError(
                "Outputs of true_fn and false_fn must have the same type: "
                f"{x.dtype.base_dtype.name}, {y.dtype.base_dtype.name}"
            )


def _packed(original: Any, merged: list[Any]) -> Any:
    if isinstance(original, Operation):
        return merged[0]
    left = list(merged)
    built: list[Any] = []
    for item in nest.flatten(original):
        count = len(nest.flatten(item, expand_composites=True))
        part, left = left[:count], left[count:]
        if hasattr(item, "_nest_components"):
            built.append(item._nest_rebuild(part))
        else:
            built.append(item._with_flow(part[0]) if hasattr(item, "_is_tensor_array") else part[0])
    return nest.pack_sequence_as(original, built)


_LARGEST: Final = 100_000  # elements that a condition may be made of


def smart_cond(pred: Any, true_fn: Any = None, false_fn: Any = None, name: str | None = None) -> Any:
    """`cond`, or a plain call of one of the functions if `pred` is known while the graph is built.

    Args:
      pred: a boolean scalar tensor, a Python bool, or the number 0 or 1.
      true_fn, false_fn, name: as in `cond`.
    Raises: TypeError if `pred` is something else or a branch is no function.
    """
    if not callable(true_fn):
        raise TypeError("`true_fn` must be callable.")
    if not callable(false_fn):
        raise TypeError("`false_fn` must be callable.")
    known = smart_constant_value(pred)
    if known is not None:
        return true_fn() if known else false_fn()
    return cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)


def smart_constant_value(pred: Any) -> bool | None:
    """The value of a condition if it is known while the graph is built, else None. Raises: TypeError."""
    if pred in {0, 1} if isinstance(pred, (int, bool)) else False:
        return bool(pred)
    if hasattr(pred, "graph"):
        value = evaluated_constant(convert_to_tensor(pred))
        return None if value is None else bool(value)
    raise TypeError(f"`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {pred!r}")


def evaluated_constant(tensor: Any, depth: int = 64) -> Any:
    """The value of a tensor that is made of constants alone, as in TensorFlow; None if it is not, or is too long."""
    value = get_static_value(tensor)
    op = tensor.op
    if value is not None or not depth or not op.inputs or op.control_inputs:
        return value
    definition = op.op_def
    if not definition.is_pure or definition.kernel is None or definition.flow or definition.is_placeholder:
        return None
    values = []
    for item in op.inputs:
        found = evaluated_constant(item, depth - 1)
        if found is None:
            return None
        values.append(np.asarray(found))
    if not is_small([output._extents for output in op.outputs], values, _LARGEST):
        return None
    return np.asarray(run_on_values(op, values)[tensor.value_index])
