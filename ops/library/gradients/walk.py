"""The walk backwards: from gradients of `ys` to gradients of `xs`, operation by operation.

An operation is ready when all operations between it and `ys` that consume it have been seen; ready ones are taken
first come, first served, so that names are those of TensorFlow. Each output's gradients are added up, the rule is
called inside the name scope `<operation>_grad`, and what it returns is kept with the inputs.

For y = exp(x * x): AddN and Fill make dy; `exp_grad/mul` is dy * y; `mul_grad/...` two gradients of x, one `AddN` more.
"""

from __future__ import annotations

from collections import deque
from contextlib import nullcontext
from typing import Any

from ...building.basic_ops import tuple as tuple_op
from ...graph.node import Tensor
from ...types import dtypes
from .aggregation import aggregate
from .control_flow import ControlFlowGradients
from .loops import state_for
from .registered import rule_of

_TRAINABLE = frozenset({*dtypes.FLOATS, *dtypes.COMPLEX, dtypes.resource, dtypes.variant})


def is_trainable(tensor: Any) -> bool:
    """Whether gradients flow through a tensor: floating-point and complex numbers, and handles of such."""
    return tensor._dtype.base_dtype in _TRAINABLE


class Walk:
    """One walk through the graph.

    Args:
      ys, xs: the tensors to differentiate, and with respect to which.
      stop: tensors that count as constants.
      colocate, gate, method: as in `gradients`.
    """

    def __init__(self, ys: list[Any], xs: list[Any], stop: list[Any], colocate: bool, gate: bool, method: int) -> None:
        self._graph = ys[0].graph
        self._colocate = colocate
        self._gate = gate
        self._method = method
        self._gradients: dict[Tensor, list[Any]] = {}
        self._ys = list(dict.fromkeys(y._op for y in ys))
        sources = list(dict.fromkeys(x._op for x in xs))
        self._pending = _pending_counts(self._ys, sources)
        self._stops = _stop_ops(sources, [t._op for t in stop], self._pending)
        self._flow: ControlFlowGradients = state_for(list(self._pending), self._pending, colocate)

    def run(self, ys: list[Any], gradients: list[Any]) -> None:
        """Walk from `ys`, whose gradients are given. `gradient_of` answers afterwards."""
        for y, gradient in zip(ys, gradients):
            self._add(y, gradient)
        ready = deque(op for op in self._ys if op in self._pending and not self._pending[op])
        ready += self._with_zeros(self._flow.unused_exits(self._pending, set(self._ys)))
        while ready:
            op = ready.popleft()
            self._visit(op)
            for tensor in op._inputs:
                self._count_down(tensor._op, ready)
        self._flow.finish()

    def gradient_of(self, x: Any) -> Any:
        """The gradient of a tensor, or None if there is none."""
        found = self._gradients.get(x)
        if not found:
            return None
        if len(found) > 1:
            raise AssertionError(f"the gradients of {x} have not been added up")
        return found[0]

    def _add(self, tensor: Any, gradient: Any) -> None:
        self._gradients.setdefault(tensor, []).append(gradient)

    def _count_down(self, op: Any, ready: deque[Any]) -> None:
        left = self._pending.get(op)
        if left is None:
            return
        self._pending[op] = left - 1
        ops, unused = self._flow.made_ready(op, left - 1, self._has_gradient)
        ready += ops
        ready += self._with_zeros(unused)

    def _has_gradient(self, tensor: Any) -> bool:
        return bool(self._gradients.get(tensor))

    def _with_zeros(self, exits: list[Any]) -> list[Any]:
        """The operations of exits of loops that nobody uses; their gradients are zeros from now on."""
        for tensor in exits:
            if is_trainable(tensor):
                self._add(tensor, self._flow.zeros_for_exit(tensor))
        return [tensor._op for tensor in exits]

    def _visit(self, op: Any) -> None:
        with self._graph.colocate_with(op) if self._colocate else nullcontext():
            self._flow.enter(op, True)
            gradients = self._aggregated(op)
            self._flow.leave(op, True)
            if op in self._stops or not any(gradient is not None for gradient in gradients):
                return
            rule = _rule(op)
            self._flow.enter(op, False)
            if rule is not None:
                for index, output in enumerate(op._outputs):
                    if gradients[index] is None and is_trainable(output):
                        gradients[index] = self._flow.zeros(op, index)
                with self._graph.name_scope(op.name + "_grad"):
                    self._keep(op, self._called(op, rule, gradients))
            self._flow.leave(op, False)

    def _aggregated(self, op: Any) -> list[Any]:
        """One gradient or None per output."""
        result: list[Any] = []
        for output in op._outputs:
            found = self._gradients.get(output)
            if not found:
                result.append(None)
                continue
            if len(found) > 1:
                found[:] = [aggregate(op, found, self._method)]
            result.append(found[0])
        return result

    def _called(self, op: Any, rule: Any, gradients: list[Any]) -> list[Any]:
        returned = rule(op, *gradients)
        result = list(returned) if isinstance(returned, (list, tuple)) else [returned]
        if len(result) != len(op._inputs):
            raise ValueError(
                f"Num gradients {len(result)} generated for op {op.node_def} do not match num inputs {len(op._inputs)}"
            )
        if self._gate and sum(item is not None for item in result) > 1:
            with self._graph.device(None), self._graph.colocate_with(None, ignore_existing=True):
                result = tuple_op(result)
        return result

    def _keep(self, op: Any, gradients: list[Any]) -> None:
        for index, (tensor, gradient) in enumerate(zip(op._inputs, gradients)):
            if gradient is None:
                continue
            if type(gradient) is Tensor and tensor._dtype.base_dtype is not dtypes.resource:
                _check_shape(op, index, gradient, tensor)
            self._add(tensor, gradient)


def _rule(op: Any) -> Any:
    try:
        return rule_of(op) if op._inputs else None
    except LookupError:
        raise LookupError(f"No gradient defined for operation '{op.name}' (op type: {op.type})") from None


def _check_shape(op: Any, index: int, gradient: Any, tensor: Any) -> None:
    extents = tensor._extents
    if gradient._extents == extents:
        return
    try:
        gradient.set_shape(tensor.shape)
    except ValueError:
        raise ValueError(
            f"Incompatible shapes between op input and calculated input gradient.  Forward operation: {op.name}.  "
            f"Input index: {index}. Original input shape: {tensor.shape}.  Calculated input gradient shape: "
            f"{gradient.shape}"
        ) from None


def _reached(sources: list[Any]) -> set[Any]:
    """The operations that depend on `sources` through tensors that gradients flow through."""
    reached: set[Any] = set()
    pending = deque(sources)
    while pending:
        op = pending.popleft()
        if op in reached:
            continue
        reached.add(op)
        for output in op._outputs:
            if output._consumers and is_trainable(output):
                pending += output._consumers
    return reached


def _pending_counts(ys: list[Any], sources: list[Any]) -> dict[Any, int]:
    """Per operation between `sources` and `ys`: how often operations between consume its outputs."""
    reached = _reached(sources)
    counts: dict[Any, int] = {}
    order: list[Any] = []
    pending = deque(ys)
    while pending:
        op = pending.popleft()
        if op in counts or op not in reached:
            continue
        counts[op] = 0
        order.append(op)
        pending += [tensor._op for tensor in op._inputs]
    for op in order:
        for tensor in op._inputs:
            if tensor._op in counts:
                counts[tensor._op] += 1
    return counts


def _stop_ops(sources: list[Any], stops: list[Any], pending: dict[Any, int]) -> set[Any]:
    """Where the walk ends: at `sources` that depend on no other one, and at operations that count as constants."""
    found = set(stops)
    for op in sources:
        if not any(pending.get(tensor._op, 0) > 0 for tensor in op._inputs):
            found.add(op)
    return found
