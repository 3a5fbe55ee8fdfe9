"""Operations that call a Python function of the user for each row; see `session/functions/rows.py`.

Interpreted, the function itself is called; a compiled plan calls its machine code, which goes through all rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast
from .user_functions import TYPES

Layout = tuple[tuple[str, ...], ...]  # per argument, the result last, the names of the dimensions of a row


class RowFunction(NamedTuple):
    """A function of rows, the last of which it fills.

    Attributes:
      python: the function.
      title: its name for people.
      layout: see `Layout`.
      gradient: `(dy, *inputs) -> gradients` over tensors, or None.
      codes: per short name of a type, the machine code: of addresses, the number of rows, extents.
    """

    python: Callable[..., Any]
    title: str
    layout: Layout
    gradient: Callable[..., Any] | None
    codes: dict[str, Callable[..., None]]


ROW_FUNCTIONS: Final[dict[bytes, RowFunction]] = {}


def found(token: bytes) -> RowFunction:
    """The function of a name. Raises: InvalidArgumentError if this process has none."""
    known = ROW_FUNCTIONS.get(token)
    if known is None:
        name = token.decode(errors="replace")
        raise InvalidArgumentError(
            None, None, f"the Python function {name!r} is not found: the graph was made in another process."
        )
    return known


def _shapes(function: RowFunction, shapes: list[Any]) -> tuple[Any, dict[str, Any]]:
    """The extents before the rows, and the extent of each name. Raises: ValueError if two differ."""
    if len(shapes) != len(function.layout) - 1:
        raise ValueError(f"{function.title} takes {len(function.layout) - 1} inputs, got {len(shapes)}.")
    outer: Any = ()
    extents: dict[str, Any] = {}
    for place, (shape, names) in enumerate(zip(shapes, function.layout)):
        if shape is None:
            outer = None
            continue
        if len(shape) < len(names):
            raise ValueError(f"input {place} of {function.title} has rows, got a scalar.")
        cut = len(shape) - len(names)
        outer = broadcast(outer, shape[:cut])
        for name, extent in zip(names, shape[cut:]):
            known = extents.setdefault(name, extent)
            if known is None:
                extents[name] = extent
            elif extent is not None and not (known is extent or known == extent):
                raise ValueError(f"dimension {name} of {function.title} is {known} and {extent}.")
    return outer, extents


def _shape(query: Any) -> Any:
    known = ROW_FUNCTIONS.get(query.attrs["function"])
    if known is None:
        return None
    outer, extents = _shapes(known, query.shapes)
    if outer is None or any(name not in extents for name in known.layout[-1]):
        return None
    return (*outer, *(extents[name] for name in known.layout[-1]))


def _prepared(function: RowFunction, inputs: Any) -> tuple[list[Any], Any, dict[str, Any], Any]:
    """The inputs with rows repeated as they broadcast, what is before the rows, the extents, and an empty result."""
    outer, extents = _shapes(function, [array.shape for array in inputs])
    wide = [
        np.asarray(np.broadcast_to(array, (*outer, *array.shape[array.ndim - len(names) :])), order="C")
        for array, names in zip(inputs, function.layout)
    ]
    result = np.empty((*outer, *(extents[name] for name in function.layout[-1])), inputs[0].dtype)
    return wide, outer, extents, result


def run_rows(inputs: Any, *, function: bytes) -> Any:
    """The Python function of each row."""
    known = found(function)
    wide, outer, _, result = _prepared(known, inputs)
    for place in np.ndindex(*outer):
        whole = (*place, None)
        row = result[place] if known.layout[-1] else result[whole]
        known.python(*[array[place] for array in wide], row)
    return result


def _compiled_kernel(inputs: Any, *, function: bytes) -> Any:
    """The machine code of the function, over all rows."""
    known = found(function)
    wide, outer, extents, result = _prepared(known, inputs)
    code = known.codes[str(inputs[0].dtype)]
    rows = int(np.prod(outer, dtype=np.int64))
    code(*[array.ctypes.data for array in wide], result.ctypes.data, rows, *extents.values())
    return result


def _expansion(build: Any, attrs: Any, *inputs: Any) -> Any:
    known = ROW_FUNCTIONS.get(attrs["function"])
    arrays = inputs[0] if len(inputs) == 1 and isinstance(inputs[0], list) else list(inputs)
    if known is None or arrays[0].dtype.name not in known.codes:
        return None
    return build("CompiledUserRows", *arrays, N=len(arrays), T=arrays[0].dtype, function=attrs["function"])


def _gradient(g: Any, op: Any, dy: Any) -> Any:
    function = found(op.get_attr("function"))
    if function.gradient is None:
        raise LookupError(f"No gradient defined for operation '{op.name}': {function.title} was given none.")
    made = function.gradient(dy, *op.inputs)
    return list(made) if isinstance(made, (list, tuple)) else [made]


USER_ROWS = OpDef(
    name="UserRows",
    signature="inputs: N*T -> output: T",
    where={"T": TYPES},
    attrs={"function": ("string",)},
    shape=_shape,
    kernel=run_rows,
    expansion=_expansion,
    ulp=8,
    gradient=_gradient,
)

COMPILED_USER_ROWS = OpDef(
    name="CompiledUserRows",
    signature="inputs: N*T -> output: T",
    where={"T": TYPES},
    attrs={"function": ("string",)},
    shape=_shape,
    kernel=_compiled_kernel,
    gradient=_gradient,
)
