"""`case` and `switch_case`: one of several branches."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

from ...building.build import build_operation
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...definition.registry import lookup
from ...graph.node import Tensor
from ...types import dtypes
from ..elementwise.cast import cast
from ..elementwise.compare import equal, less_equal
from ..reductions.reductions import reduce_sum
from .cond import cond


def case(
    pred_fn_pairs: Any,
    default: Any = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """Return what the function of the first true condition returns.

    Args:
      pred_fn_pairs: a list of pairs of a boolean scalar tensor and a function without arguments, or a dictionary from
        tensors to functions; unless it is an OrderedDict, the conditions are asked in the order of their names.
      default: the function if no condition is true; without it, that is an error of the step.
      exclusive: whether at most one condition may be true, which is checked.
      strict: whether a list of one tensor is returned as a list.
      name: the name scope of the operations made.
    Raises: TypeError for pairs of another form.
    """
    pairs = _checked_pairs(pred_fn_pairs, dtypes.bool_)
    with name_scope(name, "case", [[pred for pred, _ in pairs]]):
        all_preds = [pred for pred, _ in pairs]
        default, pairs = _with_default(default, pairs)
        preds, fns = [pred for pred, _ in pairs], [fn for _, fn in pairs]
        chain = partial(_cond_strict, strict=strict)
        build = default
        for index in reversed(range(len(preds))):
            build = partial(chain, preds[index], fns[index], build, "cond")
        if exclusive:
            with control_dependencies([_assert_at_most_one(all_preds)]):
                return build()
        return build()


def _cond_strict(pred: Any, fn: Any, otherwise: Any, name: str, strict: bool) -> Any:
    return cond(pred, true_fn=fn, false_fn=otherwise, strict=strict, name=name)


def _checked_pairs(pairs: Any, dtype: Any) -> list[tuple[Any, Callable[[], Any]]]:
    if not isinstance(pairs, (list, tuple, dict)):
        raise TypeError("fns must be a list, tuple, or dict")
    if isinstance(pairs, dict):
        in_order = isinstance(pairs, OrderedDict)  # of another dict, the names of its conditions give the order
        pairs = list(pairs.items()) if in_order else sorted(pairs.items(), key=lambda item: str(item[0].name))
    checked = []
    for item in pairs:
        if not isinstance(item, (list, tuple)) or len(item) != 2:
            raise TypeError("Each entry in pred_fn_pairs must be a 2-tuple")
        pred, fn = item
        if isinstance(pred, Tensor):
            if pred.dtype.base_dtype is not dtype:
                raise TypeError(f"pred must be Tensor of type {dtype.name}: {pred.name}")
        elif isinstance(pred, bool):
            pred = constant(pred)
        else:
            raise TypeError(f"pred must be a Tensor, got: {pred}")
        if not callable(fn):
            raise TypeError(f"fn for pred {pred.name} must be callable.")
        checked.append((pred, fn))
    return checked


def _with_default(default: Any, pairs: list[Any]) -> tuple[Any, list[Any]]:
    """The default, or the last function behind a check that its condition is true."""
    if default is not None:
        if not callable(default):
            raise TypeError("default must be callable.")
        return default, pairs
    *others, (pred, fn) = pairs
    message = f"None of the conditions evaluated as True. Conditions: ({', '.join(p.name for p, _ in pairs)}), Values:"

    def checked() -> Any:
        data = [message, *(p for p, _ in pairs)]
        check = build_operation(lookup("Assert"), pred, data, name="Assert", summarize=len(pairs))
        with control_dependencies([check]):
            return fn()

    return checked, others


def _assert_at_most_one(preds: list[Any]) -> Any:
    stacked = [_as_int(pred) for pred in preds]
    message = (
        f"More than one condition evaluated as True but exclusive=True.  Conditions: "
        f"({', '.join(pred.name for pred in preds)}), Values:"
    )
    at_most_one = less_equal(reduce_sum(convert_to_tensor(stacked, name="preds_c")), 1)
    return build_operation(
        lookup("Assert"),
        at_most_one,
        [message, convert_to_tensor(preds)],
        name="assert_at_most_one",
        summarize=len(preds),
    )


def _as_int(pred: Any) -> Any:
    return cast(pred, dtypes.int32)


def switch_case(branch_index: Any, branch_fns: Any, default: Any = None, name: str = "switch_case") -> Any:
    """Return what the function of a number returns.

    Args:
      branch_index: an int32 scalar tensor.
      branch_fns: a list of functions without arguments; a dictionary from ints to functions; a list of such pairs.
      default: the function for other numbers; without it, that of the largest number.
      name: the name scope of the operations made.
    Raises: TypeError, ValueError for functions of another form.
    """
    fns = _numbered(branch_fns)
    if not isinstance(branch_index, Tensor):
        raise TypeError(f"branch_index must be a Tensor, got {type(branch_index)}")
    if branch_index.dtype.base_dtype is not dtypes.int32:
        raise TypeError(f"branch_index must have type int32, got {branch_index.dtype.name}")
    with name_scope(name, "switch_case", [branch_index]):
        otherwise = fns[-1][1] if default is None else default
        build = otherwise
        for number, fn in reversed(fns):
            build = partial(_numbered_cond, branch_index, number, fn, build)
        return build()


def _numbered_cond(index: Any, number: int, fn: Any, otherwise: Any) -> Any:
    return cond(equal(index, number), true_fn=fn, false_fn=otherwise, strict=True)  # a list of one stays a list


def _numbered(branch_fns: Any) -> list[tuple[int, Callable[[], Any]]]:
    if isinstance(branch_fns, dict):
        branch_fns = sorted(branch_fns.items())
    if not isinstance(branch_fns, (list, tuple)):
        raise TypeError("fns must be a list, tuple, or dict")
    if not branch_fns:
        raise ValueError("tf.switch_case needs one function at least: branch_fns is empty.")
    pairs = list(branch_fns)
    if all(callable(item) for item in pairs):
        pairs = list(enumerate(pairs))
    for item in pairs:
        if not isinstance(item, tuple) or len(item) != 2 or not isinstance(item[0], int):
            raise TypeError(f"Each entry in branch_fns must be a 2-tuple of an int and a function, not {item}")
        if not callable(item[1]):
            raise TypeError(f"fn for key {item[0]} must be callable.")
    numbers = sorted(number for number, _ in pairs)
    if numbers != list(range(len(pairs))):
        raise ValueError(f"The functions' numbers must be those from 0 to {len(pairs) - 1}, each once, not {numbers}.")
    return pairs
