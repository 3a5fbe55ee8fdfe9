"""`einsum`: sums of products that an equation such as `ij,jk->ik` spells."""

from __future__ import annotations

import re
from collections import Counter
from string import ascii_letters
from typing import Any, Final, NamedTuple

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast, merge_extent
from ...graph.node import Tensor
from ...types.dtypes import is_short_float
from ...types.tensor_shape import Extents, brackets
from . import linalg_gradients as gradients
from .contraction import contract, spelled_out

_ELLIPSIS: Final = "..."
_EQUATION: Final = re.compile(r"^[a-zA-Z,.]*(->[a-zA-Z.]*)?$")


class Equation(NamedTuple):
    """The labels of an equation: one string for each input, and one for the output; `...` stays in them."""

    inputs: list[str]
    output: str


def parse_equation(equation: str) -> Equation:
    """Split an equation with an arrow into its labels. Raises: ValueError if it has no arrow or two."""
    left, arrow, output = equation.partition("->")
    if not arrow or "->" in output:
        raise ValueError(f"Expecting exactly one '->' in einsum equation: {equation}")
    inputs = left.split(",")
    for labels in (*inputs, output):
        if "." in labels.replace(_ELLIPSIS, "", 1):
            raise ValueError(f"Expected at most one ellipsis (...) in each subscript of '{equation}', got {labels}")
    for label in output.replace(_ELLIPSIS, ""):
        if label not in left:
            raise ValueError(
                f"Einsum output subscripts for equation '{equation}' have the label '{label}', no input has"
            )
    return Equation(inputs, output)


def _einsum_shape(query: Any) -> Extents:
    equation = query.attrs["equation"].decode()
    inputs, output = parse_equation(equation)
    if len(inputs) != len(query.shapes):
        raise ValueError(f"Expected {len(inputs)} inputs for equation {equation} but got: {len(query.shapes)}")
    extents: dict[str, Any] = {}
    batch: Extents = ()
    for index, (labels, shape) in enumerate(zip(inputs, query.shapes)):
        own = _bind_labels(labels, shape, extents, f"{index}th input and equation: {equation}")
        batch = broadcast(batch, own)
    if _ELLIPSIS not in output:
        _refuse_batch(batch, equation)
        return tuple(extents.get(label) for label in output)
    if batch is None:
        return None
    before, _, after = output.partition(_ELLIPSIS)
    return (*(extents.get(label) for label in before), *batch, *(extents.get(label) for label in after))


def _refuse_batch(batch: Extents, equation: str) -> None:
    if batch:
        raise ValueError(
            f"Shape must be at most rank 0 but is rank {len(batch)}\n\t for einsum equation '{equation}' without "
            "ellipsis (...) in the output subscripts where input(s) have non-empty broadcasting shape"
        )


def _bind_labels(labels: str, shape: Extents, extents: dict[str, Any], where: str) -> Extents:
    """Note the extents of an input's labels; return those under its ellipsis."""
    before, ellipsis, after = labels.partition(_ELLIPSIS)
    named = len(before) + len(after)
    if shape is None:
        for label in before + after:
            extents.setdefault(label, None)
        return None if ellipsis else ()
    if (len(shape) < named) if ellipsis else (len(shape) != named):
        least = "at least " if ellipsis else ""
        raise ValueError(f"Shape must be {least}rank {named} but is rank {len(shape)}\n\t for {where}")
    rest = len(shape) - len(after)
    for label, extent in zip(before + after, shape[: len(before)] + shape[rest:]):
        extents[label] = merge_extent(extents.get(label), extent)
    return shape[len(before) : rest]


def _einsum_kernel(inputs: Any, *, equation: bytes) -> Any:
    text = equation.decode()
    parsed = parse_equation(text)
    if len(parsed.inputs) != len(inputs):
        raise ValueError(f"Expected {len(parsed.inputs)} inputs for equation {text} but got: {len(inputs)}")
    extents: dict[str, Any] = {}
    for index, (labels, array) in enumerate(zip(parsed.inputs, inputs)):
        batch = _bind_labels(labels, array.shape, extents, f"{index}th input and equation: {text}")
        if _ELLIPSIS not in parsed.output:
            _refuse_batch(batch, text)
    dtype = inputs[0].dtype
    if dtype.kind in "Ob":
        raise ValueError(f"No kernel: Einsum takes numbers, not {'strings' if dtype.kind == 'O' else 'bools'}")
    if is_short_float(dtype):
        inputs = [array.astype(np.float32) for array in inputs]
    if _ELLIPSIS not in parsed.output:
        text = text.replace(_ELLIPSIS, "")  # nothing is under it
    left, _, output = _in_letters(text).partition("->")
    each = _each_once(output)
    result = np.asarray(np.einsum(f"{left}->{each}", *inputs, optimize=len(inputs) > 1)).astype(dtype, copy=False)
    return result if each == output else _on_diagonal(result, each, output)


def _in_letters(equation: str) -> str:
    """The equation with letters for labels, which may be any characters. Raises: ValueError if letters run out."""
    labels = dict.fromkeys(equation.replace("->", "").replace(",", "").replace(".", ""))
    if len(labels) > len(ascii_letters):
        raise ValueError(f"Einsum takes at most {len(ascii_letters)} labels, got {len(labels)}: {equation}")
    return equation.translate(str.maketrans("".join(labels), ascii_letters[: len(labels)]))


def _each_once(output: str) -> str:
    """The labels of an output, each where it comes first."""
    before, ellipsis, after = output.partition(_ELLIPSIS)
    return (
        "".join(dict.fromkeys(before))
        + ellipsis
        + "".join(label for label in dict.fromkeys(after) if label not in before)
    )


def _on_diagonal(result: Any, each: str, output: str) -> Any:
    """A label that the output names twice makes a diagonal; what is off it is 0."""
    named = dict(zip(each.partition(_ELLIPSIS)[0], result.shape))
    after = each.partition(_ELLIPSIS)[2]
    named.update(zip(after, result.shape[result.ndim - len(after) :]))
    start = len(each) - len(after) - len(_ELLIPSIS)
    before, ellipsis, rest = output.partition(_ELLIPSIS)
    batch = result.shape[start : result.ndim - len(after)] if ellipsis else ()
    whole = np.zeros((*(named[label] for label in before), *batch, *(named[label] for label in rest)), result.dtype)
    np.einsum(f"{output}->{each}", whole)[...] = result
    return whole


EINSUM = OpDef(
    name="Einsum",
    signature="inputs: N*T -> output: T",
    attrs={"equation": ("string",)},
    shape=_einsum_shape,
    kernel=_einsum_kernel,
    uses_blas=True,
    gradient=gradients.einsum,
)


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Tensor:
    """Return the sum of products that `equation` spells, built of products of matrices as in TensorFlow 1.15.

    What 1.15 refuses (a label twice in one input, inputs of unknown rank) is an operation `Einsum`, as in TensorFlow 2.

    Args:
      equation: labels of the axes of each input, separated by commas, then `->` and those of the output. Axes that
        the output does not name are summed over; a label twice in one input takes the diagonal; `...` stands for
        axes that broadcast. Without `->` the output has the labels that come once, in alphabetical order.
      inputs: as many tensors as the equation has parts.
      name: (keyword) a name for the operations.
      optimize, greedy: (keywords) accepted for compatibility. Three or more inputs are multiplied two at a time, the
        pair that shrinks the most first.
    Raises: ValueError if the equation is malformed or does not fit the inputs, TypeError for other keywords.

    >>> einsum("ij,jk->ik", [[1.0, 2.0]], [[3.0], [4.0]]).shape
    TensorShape([Dimension(1), Dimension(1)])
    """
    name = kwargs.pop("name", None)
    kwargs.pop("optimize", None)
    kwargs.pop("greedy", None)
    if kwargs:
        raise TypeError(
            f"Invalid keyword arguments for einsum: {', '.join(kwargs)}. Valid arguments: name, optimize, greedy."
        )
    with name_scope(name, "einsum", [equation, *inputs]):
        parsed = _canonical(equation, len(inputs))
        dtype = next((value.dtype.base_dtype for value in inputs if hasattr(value, "get_shape")), None)
        values = [
            value if hasattr(value, "get_shape") else convert_to_tensor(value, preferred_dtype=dtype)
            for value in inputs
        ]
        result = _as_products(parsed, values)
        if result is not None:
            return result
        if len(values) <= 2:
            single: Tensor = build(EINSUM, values, equation=",".join(parsed.inputs) + "->" + parsed.output)
            return single
        operands = [(labels, convert_to_tensor(value)) for labels, value in zip(parsed.inputs, values)]
        while len(operands) > 1:
            operands = _contract_pair(operands, parsed)
        return operands[0][1]


def _as_products(parsed: Equation, values: list[Any]) -> Tensor | None:
    """The products that TensorFlow 1.15 builds; None if it has none or if shapes do not fit, which `Einsum` reports."""
    shapes: list[Extents] = [value.get_shape()._extents for value in values]
    extents: dict[str, Any] = {}
    try:
        for labels, shape in zip(parsed.inputs, shapes):
            _bind_labels(labels, shape, extents, "")
    except ValueError:
        return None
    spelled = spelled_out(parsed.inputs, parsed.output, shapes)
    return None if spelled is None else contract(values, *spelled)


def _canonical(equation: str, count: int) -> Equation:
    """The checked equation, with its output spelled out."""
    text = equation.replace(" ", "")
    if not _EQUATION.match(text) or "." in text.replace(_ELLIPSIS, ""):
        raise ValueError(f"Subscripts have incorrect format: {equation}")
    left, arrow, output = text.partition("->")
    inputs = left.split(",")
    if any(part.count(_ELLIPSIS) > 1 for part in [*inputs, output]):
        raise ValueError(f"Subscripts have incorrect format: {equation}")
    if len(inputs) != count:
        raise ValueError(f'Got {count} inputs for equation "{equation}", expecting {len(inputs)}')
    counts = Counter(left.replace(",", "").replace(".", ""))
    if not arrow:
        ones = "".join(sorted(label for label, count in counts.items() if count == 1))
        return Equation(inputs, (_ELLIPSIS if _ELLIPSIS in left else "") + ones)
    labels = output.replace(".", "")
    for label in labels:
        if label not in counts:
            raise ValueError(f"Output subscripts contain the label {label} not present in the input subscripts.")
    if len(set(labels)) != len(labels):
        raise ValueError(f"Output subscripts contain a label appearing more than once: {equation}")
    return Equation(inputs, output)


def _contract_pair(operands: list[tuple[str, Tensor]], parsed: Equation) -> list[tuple[str, Tensor]]:
    """Multiply the two operands whose product saves the most elements; it comes last."""
    sizes = _sizes(operands)
    best: Any = None
    for first in range(len(operands)):
        for second in range(first + 1, len(operands)):
            labels = _pair_output(operands, first, second, parsed)
            parts = [operands[first][0], operands[second][0]]
            if not set(parts[0]) & set(parts[1]):
                cost = (1, _size(labels, sizes))  # an outer product: only when nothing else is left
            else:
                cost = (0, _size(labels, sizes) - _size(parts[0], sizes) - _size(parts[1], sizes))
            if best is None or cost < best[0]:
                best = (cost, first, second, labels)
    _, first, second, labels = best
    later, earlier = operands[second], operands[first]
    text = f"{later[0]},{earlier[0]}->{labels}"
    product = build(EINSUM, [later[1], earlier[1]], equation=text)
    rest = [operand for index, operand in enumerate(operands) if index not in (first, second)]
    return [*rest, (labels, product)]


def _pair_output(operands: list[tuple[str, Tensor]], first: int, second: int, parsed: Equation) -> str:
    """The labels of the product of two operands: those that are still needed, as they come."""
    if len(operands) == 2:
        return parsed.output
    needed = set(parsed.output.replace(".", ""))
    for index, (labels, _) in enumerate(operands):
        if index not in (first, second):
            needed |= set(labels.replace(".", ""))
    together = operands[second][0] + operands[first][0]
    kept = dict.fromkeys(label for label in together.replace(".", "") if label in needed)
    return (_ELLIPSIS if _ELLIPSIS in together else "") + "".join(kept)


def _sizes(operands: list[tuple[str, Tensor]]) -> dict[str, int]:
    """The extents of the labels; unknown ones count as 1."""
    extents: dict[str, Any] = {}
    for index, (labels, tensor) in enumerate(operands):
        where = f"{index}th input of shape {brackets(tensor._extents)}"
        _bind_labels(labels, tensor._extents, extents, where)
    return {label: extent or 1 for label, extent in extents.items()}


def _size(labels: str, sizes: dict[str, int]) -> int:
    product = 1
    for label in labels.replace(".", ""):
        product *= sizes[label]
    return product
