"""The walk backwards along a tape: as `walk.py`, but only through what the tape recorded, and in no name scope.

Operations are taken first come, first served, each when the gradients of all that use it are there; the names of what
is made are those of TensorFlow 1.15, whose tape works so.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from typing import Any, Final

from ...building.build import build
from ...definition.registry import lookup
from ...families.arrays.filling import ones, zeros
from ...graph.node import Tensor
from .aggregation import sum_slices
from .builder import BUILDER
from .registered import rule_on_tape

# Outputs without a gradient for which the rule is given None, not zeros.
_NONE_FOR: Final[dict[str, frozenset[int]]] = {
    "SoftmaxCrossEntropyWithLogits": frozenset({1}),
    "SparseSoftmaxCrossEntropyWithLogits": frozenset({1}),
    "FusedBatchNorm": frozenset({1, 2, 3, 4}),
    "FusedBatchNormV2": frozenset({1, 2, 3, 4}),
    "FusedBatchNormV3": frozenset({1, 2, 3, 4, 5}),
}


class TapeWalk:
    """One walk.

    Args:
      targets: what is differentiated.
      recorded: the operations of the tape.
      counting: the tensors that get gradients.
    """

    def __init__(self, targets: list[Tensor], recorded: set[Any], counting: set[Tensor]) -> None:
        self._targets = targets
        self._counting = counting
        self._needed: list[Any] = []
        self._uses: Counter[Tensor] = Counter()
        self._gradients: dict[Tensor, list[Any]] = {}
        seen: set[Any] = set()
        pending = list(targets)
        while pending:
            op = pending.pop()._op
            if op in seen or op not in recorded:
                continue
            seen.add(op)
            self._needed.append(op)
            self._uses.update(op._inputs)
            pending += op._inputs
        self._missing = Counter(tensor._op for tensor in self._uses if tensor._op in seen)

    @property
    def operations(self) -> list[Any]:
        """Those between the targets and where the tape begins."""
        return self._needed

    def run(self, gradients: Iterable[Any]) -> None:
        """Walk from the targets, whose gradients are given (None: ones). `gradient_of` answers afterwards."""
        for target, gradient in zip(self._targets, gradients, strict=True):
            self._add(target, full_like(ones, target) if gradient is None else gradient)
        ready = deque(op for op in self._needed if not self._missing[op])
        while ready:
            op = ready.popleft()
            self._visit(op)
            for tensor in op._inputs:
                self._uses[tensor] -= 1
                if self._uses[tensor] == 0 and tensor._op in self._missing:
                    self._missing[tensor._op] -= 1
                    if not self._missing[tensor._op]:
                        ready.append(tensor._op)

    def gradient_of(self, tensor: Tensor) -> Any:
        """The gradient of a tensor, or None if none reached it."""
        found = self._gradients.get(tensor)
        if not found:
            return None
        if len(found) > 1:
            found[:] = [_sum(found)]
        return found[0]

    def _add(self, tensor: Tensor, gradient: Any) -> None:
        self._gradients.setdefault(tensor, []).append(gradient)

    def _visit(self, op: Any) -> None:
        given = [self.gradient_of(output) for output in op._outputs]
        if all(gradient is None for gradient in given):
            return
        rule = rule_on_tape(op)
        if rule is None:
            return
        accepted = _NONE_FOR.get(op.type, frozenset())
        for index, output in enumerate(op._outputs):
            if given[index] is None and index not in accepted:
                given[index] = full_like(zeros, output)
        returned = self._shorter(op, given[0]) if len(op._inputs) == 2 else None
        if returned is None:
            returned = rule(op, *given)
        result = list(returned) if isinstance(returned, (list, tuple)) else [returned]
        if len(result) != len(op._inputs):
            raise ValueError(f"Recorded operation {op.name!r} returned too few gradients. Expected {len(op._inputs)}.")
        for tensor, gradient in zip(op._inputs, result, strict=True):
            if gradient is not None and tensor in self._counting:
                self._add(tensor, gradient)

    def _shorter(self, op: Any, gradient: Any) -> list[Any] | None:
        """The gradients of two operands of which one does not count, where TensorFlow's tape makes less then."""
        first, second = (tensor in self._counting for tensor in op._inputs)
        if first and second:
            return None
        if op.type == "MatMul":
            return [_product(op, gradient), None] if first else [None, _product_of_second(op, gradient)]
        if op._inputs[1]._extents != () or second:
            return None
        if op.type in ("AddV2", "Add", "Sub"):
            return [gradient, None]
        return [build(lookup("Mul"), gradient, BUILDER.conj(op._inputs[1])), None] if op.type == "Mul" else None


def _product(op: Any, gradient: Any) -> Tensor:
    """The gradient of the first factor of a product of matrices."""
    other, transposed = op._inputs[1], op.attrs["transpose_b"]
    pair = [other, gradient] if op.attrs["transpose_a"] else [gradient, other]
    how = (transposed, True) if op.attrs["transpose_a"] else (False, not transposed)
    return _matmul(*pair, *how)


def _product_of_second(op: Any, gradient: Any) -> Tensor:
    """The gradient of the second factor."""
    other, transposed = op._inputs[0], op.attrs["transpose_a"]
    pair = [gradient, other] if op.attrs["transpose_b"] else [other, gradient]
    how = (True, transposed) if op.attrs["transpose_b"] else (not transposed, False)
    return _matmul(*pair, *how)


def _matmul(x: Any, y: Any, transpose_a: bool, transpose_b: bool) -> Tensor:
    made: Tensor = build(lookup("MatMul"), x, y, transpose_a=transpose_a, transpose_b=transpose_b)
    return made


def full_like(make: Any, tensor: Tensor) -> Any:
    """`ones` or `zeros` of the shape and type of a tensor."""
    extents = tensor._extents
    known = extents is not None and None not in extents
    return make(extents if known else build(lookup("Shape"), tensor), tensor.dtype.base_dtype)


def _sum(gradients: list[Any]) -> Any:
    if all(type(item) is Tensor for item in gradients):
        return build(lookup("AddN"), gradients)
    return sum_slices(gradients)
