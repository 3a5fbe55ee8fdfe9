"""Sums of products as TensorFlow 1.15 builds them: transposed inputs, products of matrices, a sum of what is left.

For example `bqhd,bkhd->bhqk` turns the first input to `bhqd` and the second to `bhdk`; `b` and `h` are in both and
stay, so one product of stacks of matrices gives `bhqk`. Two inputs are multiplied at a time, from the left.

Source: the names, types and order of operations that 1.15.5's `einsum` adds to a graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from ...graph.node import Tensor
from ...types.tensor_shape import Extents
from ..arrays.reshaping import expand_dims, reshape
from ..arrays.shape_ops import shape as shape_of
from ..arrays.transposing import transpose
from ..elementwise.arithmetic import multiply
from ..reductions.reductions import reduce_sum
from .products import matmul

_ELLIPSIS: Final = "..."
# The axes under an ellipsis are labelled 0, 1, 2 ...: these sort before letters, which decides how inputs are turned.
_FIRST: Final = ord("0")


def spelled_out(inputs: Sequence[str], output: str, shapes: Sequence[Extents]) -> tuple[list[str], str] | None:
    """The labels of each input and of the output with one for each axis under an ellipsis.

    Returns: None for what 1.15 has no products for: a label twice in one input, an ellipsis over an unknown rank or
      over axes of which some are stretched.
    """
    ranks = [
        (None if shape is None else len(shape) - len(labels) + len(_ELLIPSIS)) if _ELLIPSIS in labels else 0
        for labels, shape in zip(inputs, shapes)
    ]
    if None in ranks:
        return None
    longest = max(rank or 0 for rank in ranks)
    batch = "".join(chr(_FIRST + number) for number in range(longest))
    spelled = [labels.replace(_ELLIPSIS, batch[longest - (rank or 0) :]) for labels, rank in zip(inputs, ranks)]
    if any(len(set(labels)) != len(labels) for labels in spelled):
        return None
    for label in batch:
        sizes = {shape[labels.index(label)] for labels, shape in zip(spelled, shapes) if shape and label in labels}
        if len(sizes - {None}) > 1:
            return None
    return spelled, output.replace(_ELLIPSIS, batch)


def contract(tensors: Sequence[Any], inputs: Sequence[str], output: str) -> Tensor | None:
    """Multiply and sum.

    Args:
      tensors: tensors and variables; those of unknown rank only if there is one.
      inputs: the labels of each, each once.
      output: those of the result.
    Returns: None if that needs an array of all labels at once in which several sizes are unknown.
    """
    counts = Counter("".join(inputs))
    summed = set(counts) - set(output)
    if any(counts[label] > 2 for label in summed):
        return _all_at_once(tensors, inputs, output, sorted(summed))
    result, labels = tensors[0], inputs[0]
    for tensor, own in zip(tensors[1:], inputs[1:]):
        if result.shape.ndims is None or tensor.shape.ndims is None:
            return None
        result, labels = _pair(result, labels, tensor, own, summed & set(labels) & set(own))
    left = [axis for axis, label in enumerate(labels) if label not in output]
    if left:
        result = reduce_sum(result, left)
        labels = "".join(label for label in labels if label in output)
    turned: Tensor = _turned(result, labels, output)
    return turned


def _pair(first: Any, first_labels: str, second: Any, second_labels: str, summed: set[str]) -> tuple[Tensor, str]:
    """The product of two, summed over some labels that both have. Returns: it and its labels."""
    both = set(first_labels) & set(second_labels)
    batch = "".join(sorted(both - summed))
    inner = "".join(sorted(summed))
    rows = "".join(sorted(set(first_labels) - both))
    columns = "".join(sorted(set(second_labels) - both))
    first = _turned(first, first_labels, batch + rows + inner)
    second = _turned(second, second_labels, batch + inner + columns)
    if not summed:
        for _ in columns:
            first = expand_dims(first, -1)
        for _ in rows:
            second = expand_dims(second, len(batch))
        return multiply(first, second), batch + rows + columns

    sizes = _sizes(first)
    row_count, inner_count = _product(sizes[len(batch) : len(batch + rows)]), _product(sizes[len(batch + rows) :])
    first = _shaped(first, [*sizes[: len(batch)], row_count, inner_count])
    others = _sizes(second)
    column_sizes = others[len(batch + inner) :]
    second = _shaped(second, [*others[: len(batch)], inner_count, _product(column_sizes)])
    product = _shaped(matmul(first, second), [*sizes[: len(batch + rows)], *column_sizes])
    return product, batch + rows + columns


def _all_at_once(tensors: Sequence[Any], inputs: Sequence[str], output: str, summed: list[str]) -> Tensor | None:
    """The product over all labels, summed at the end: where a label to sum over is in three inputs or more."""
    order = "".join(summed) + output
    shapes = []
    for tensor, labels in zip(tensors, inputs):
        if tensor.shape.ndims is None:
            return None
        extents = dict(zip(labels, tensor.shape.as_list()))
        shapes.append([-1 if (size := extents.get(label, 1)) is None else size for label in order])
        if shapes[-1].count(-1) > 1:
            return None
    spread = [
        reshape(_turned(tensor, labels, "".join(label for label in order if label in labels)), shape)
        for tensor, labels, shape in zip(tensors, inputs, shapes)
    ]
    product: Any = 1
    for part in spread:
        product = product * part
    return reduce_sum(product, list(range(len(summed))))


def _turned(tensor: Any, labels: str, wanted: str) -> Any:
    """A tensor with its axes in another order."""
    return tensor if labels == wanted else transpose(tensor, [labels.index(label) for label in wanted])


def _sizes(tensor: Any) -> list[Any]:
    """The extents: numbers where they are known, else tensors."""
    known = tensor.shape.as_list()
    if None not in known:
        return list(known)
    values = shape_of(tensor)
    return [values[axis] if size is None else size for axis, size in enumerate(known)]


def _product(sizes: Sequence[Any]) -> Any:
    product: Any = 1
    for size in sizes:
        product = product * size
    return product


def _shaped(tensor: Any, sizes: list[Any]) -> Any:
    """A tensor with these sizes: itself if it is known to have them."""
    known = tensor.shape.as_list()
    if len(known) == len(sizes) and all(
        not isinstance(size, Tensor) and old == size for old, size in zip(known, sizes)
    ):
        return tensor
    return reshape(tensor, sizes)
