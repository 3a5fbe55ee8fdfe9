"""`assert_shapes`: extents that tensors are to have, or to have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ...building.basic_ops import group, no_op
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...graph.node import Tensor
from ...graph.operation import Operation
from ..arrays.shape_ops import shape as shape_of
from ..elementwise import compare
from .assertions import assert_rank
from .printing import Assert

_FREE: Final = (None, ".", "")  # what stands for an extent that may be any


def assert_shapes(
    shapes: Any, data: Any = None, summarize: Any = None, message: Any = None, name: str | None = None
) -> Operation:
    """Return an operation that fails unless tensors have the shapes that are written down for them.

    Args:
      shapes: pairs of a tensor and its shape, or a dictionary from one to the other. A shape is a tuple (a word: its
        letters) of extents: an int; a symbol, which stands for one extent in all shapes; None or "." for any.
      data: what to show when it fails; default: the tensor, what was wanted and its shape.
      summarize: how many elements of each to show.
      message: words to show before.
      name: a name for the operation.
    Raises: ValueError at once where the graph alone tells, else InvalidArgumentError when it runs.

    >>> from sessile.ops.building.basic_ops import placeholder
    >>> x, y = placeholder("float32", [2, 3]), placeholder("float32", [3])
    >>> assert_shapes([(x, ("N", "D")), (y, ("D",))]).type
    'NoOp'
    """
    pairs: Iterable[Any] = shapes.items() if isinstance(shapes, Mapping) else shapes
    words = message or ""
    with name_scope(name, "assert_shapes", [shapes, data]):
        known: dict[Any, tuple[Any, str]] = {}
        checks: list[Operation] = []
        for given, wanted in pairs:
            tensor, extents = convert_to_tensor(given), list(wanted)
            checks.append(assert_rank(tensor, len(extents), data, summarize, message))
            for axis, symbol in enumerate(extents):
                if symbol in _FREE:
                    continue
                extent, source = known.get(symbol, (symbol, "Specified explicitly"))
                own = _extent(tensor, axis, checks)
                if isinstance(symbol, int) or symbol in known:
                    checks += _check(tensor, axis, own, extent, [words, source], data, summarize)
                else:
                    known[symbol] = own, f"Specified by tensor {tensor.name} dimension {axis}"
        return group(*checks) if checks else no_op()


def _extent(tensor: Tensor, axis: int, checks: list[Operation]) -> Any:
    """An extent as an int, or as a scalar that is read once the rank is checked."""
    static = None if tensor.shape.ndims is None else tensor.shape.as_list()[axis]
    if static is not None:
        return static
    with get_default_graph().control_dependencies(checks):
        return shape_of(tensor)[axis]


def _check(
    tensor: Tensor, axis: int, own: Any, wanted: Any, words: list[str], data: Any, summarize: Any
) -> list[Operation]:
    if isinstance(own, int) and isinstance(wanted, int):
        if own == wanted:
            return []
        prefix = f"{words[0]}.  {words[1]}"
        raise ValueError(
            f"{prefix}.  Tensor {tensor.name} dimension {axis} must have size {wanted}.  Received size {own}, shape "
            f"{tensor.shape}"
        )
    if data is None:
        place = f"Tensor {tensor.name} dimension"
        data = [*words, place, axis, "must have size", wanted, "Received shape: ", shape_of(tensor)]
    return [Assert(compare.equal(own, wanted), data, summarize=summarize)]
