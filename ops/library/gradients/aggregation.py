"""Sums of the gradients that reach one tensor on several ways, dense and as IndexedSlices."""

from __future__ import annotations

from typing import Any, Final

from ...building.build import build
from ...definition.registry import lookup
from ...families.elementwise.arithmetic import ACCUMULATE_N_V2, ADD_N, add_n
from ...families.sparse.indexed_slices import IndexedSlices
from ...graph.node import Tensor
from ...types import dtypes


class AggregationMethod:
    """How gradients of one tensor are added up.

    `ADD_N` (`DEFAULT`) waits for all of them and adds them in one operation; `EXPERIMENTAL_TREE` adds two at a time;
    `EXPERIMENTAL_ACCUMULATE_N` adds with `accumulate_n`.
    """

    ADD_N: Final = 0
    DEFAULT: Final = ADD_N
    EXPERIMENTAL_TREE: Final = 1
    EXPERIMENTAL_ACCUMULATE_N: Final = 2


_METHODS: Final = (
    AggregationMethod.ADD_N,
    AggregationMethod.EXPERIMENTAL_TREE,
    AggregationMethod.EXPERIMENTAL_ACCUMULATE_N,
)


def checked_method(method: Any) -> int:
    """The aggregation method, the default for None. Raises: ValueError for a number that means none."""
    if method is None:
        return AggregationMethod.DEFAULT
    if method not in _METHODS:
        raise ValueError(f"Invalid aggregation_method specified {method}.")
    return int(method)


def aggregate(op: Any, gradients: list[Any], method: int) -> Any:
    """The sum of gradients of one output of `op`; one that is alone stays as it is."""
    if len(gradients) == 1:
        return gradients[0]
    if not all(type(item) is Tensor for item in gradients):
        return sum_slices(gradients)
    if method == AggregationMethod.EXPERIMENTAL_TREE:
        return _tree_sum(op, gradients)
    if method == AggregationMethod.EXPERIMENTAL_ACCUMULATE_N and len(gradients) > 2:
        return build(ACCUMULATE_N_V2, gradients, shape=gradients[0].shape)
    return _sum_by_device(op.graph, gradients)


def _sum_by_device(graph: Any, gradients: list[Any]) -> Any:
    """Adds up on each device what lies there, placed with the first of them, and then the sums."""
    devices: dict[str, list[Any]] = {}
    for gradient in gradients:
        devices.setdefault(gradient.device, []).append(gradient)
    sums = []
    for device in sorted(devices):
        with graph.colocate_with(devices[device][0].op, ignore_existing=True):
            sums.append(add_n(devices[device]))
    return add_n(sums)


def _tree_sum(op: Any, gradients: list[Any]) -> Any:
    """Adds two at a time, in the name scope of the operation's gradient."""
    with op.graph.name_scope(op.name + "_gradient_sum"):
        total = gradients[0]
        for item in gradients[1:]:
            total = add_n([total, item])
        return total


def sum_slices(gradients: list[Any]) -> Any:
    """The sum of gradients of which some are IndexedSlices: their rows one after another; dense if one is dense."""
    if any(type(item) is Tensor for item in gradients):
        return build(ADD_N, gradients)  # names what it makes of slices `AddN/inputs_1`
    gradients = _with_indices_of_one_type(gradients)
    concat = lookup("ConcatV2")
    values = build(concat, [item.values for item in gradients], 0, name="concat")
    indices = build(concat, [item.indices for item in gradients], 0, name="concat")
    return IndexedSlices(values, indices, gradients[0].dense_shape)


def _with_indices_of_one_type(gradients: list[Any]) -> list[Any]:
    """All indices as int64 if some are."""
    types = [item.indices.dtype for item in gradients]
    if all(dtype is types[0] for dtype in types):
        return gradients
    cast = lookup("Cast")
    return [
        item
        if item.indices.dtype is dtypes.int64
        else IndexedSlices(item.values, build(cast, item.indices, DstT=dtypes.int64), item.dense_shape)
        for item in gradients
    ]
