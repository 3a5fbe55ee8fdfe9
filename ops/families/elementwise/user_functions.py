"""Operations whose element the user has written as a Python function; see `session/functions/vectorize.py`.

A type stands for all such functions: which one it is says the attribute `function`, a name in `USER_FUNCTIONS`. The
meaning is the Python function itself, called for each element. Where it has been compiled, loops call it by the name
of its machine code, which has a digest of all that the function says; so kernels on disk are found again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast_shape
from ...types import dtypes
from ...types.dtypes import DType

PREFIX: Final = "user_"  # of the names of such functions in the source of loops
TYPES: Final = (
    dtypes.float32, dtypes.float64, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.uint16,
    dtypes.uint32, dtypes.uint64,
)  # fmt: skip


class UserFunction:
    """A function of the user.

    Attributes:
      python: the function of numbers.
      title: its name for people.
      gradient: `(dy, *inputs) -> gradients` over tensors, or None.
      symbols: per types of the arguments it is compiled for, the name loops call it by.
    """

    __slots__ = ("gradient", "python", "symbols", "title")

    def __init__(self, python: Callable[..., Any], title: str, gradient: Callable[..., Any] | None) -> None:
        self.python = python
        self.title = title
        self.gradient = gradient
        self.symbols: dict[tuple[DType, ...], str] = {}


USER_FUNCTIONS: Final[dict[bytes, UserFunction]] = {}


def found(token: bytes) -> UserFunction:
    """The function of a name. Raises: InvalidArgumentError if this process has none."""
    known = USER_FUNCTIONS.get(token)
    if known is None:
        name = token.decode(errors="replace")
        raise InvalidArgumentError(
            None, None, f"the Python function {name!r} is not found: the graph was made in another process."
        )
    return known


def _kernel(inputs: Any, *, function: bytes, Tout: DType) -> Any:
    """The Python function of each element."""
    python = found(function).python
    arrays = np.broadcast_arrays(*inputs)
    result = np.empty(arrays[0].shape, Tout.np_dtype)
    flat = result.reshape(-1)
    for place, elements in enumerate(zip(*(array.reshape(-1) for array in arrays))):
        flat[place] = python(*elements)
    return result


def _scalar(attrs: Any, types: list[DType]) -> str | None:
    known = USER_FUNCTIONS.get(attrs["function"])
    symbol = known.symbols.get(tuple(types)) if known is not None else None
    if symbol is None:
        return None
    return f"{symbol}({', '.join(f'{{inputs_{place}}}' for place in range(len(types)))})"


def _gradient(g: Any, op: Any, dy: Any) -> Any:
    function = found(op.get_attr("function"))
    if function.gradient is None:
        raise LookupError(f"No gradient defined for operation '{op.name}': {function.title} was given none.")
    with g.after(dy):
        made = function.gradient(dy, *op.inputs)
    gradients = list(made) if isinstance(made, (list, tuple)) else [made]
    if len(gradients) != len(op.inputs):
        raise ValueError(
            f"the gradient of {function.title} returned {len(gradients)} values for {len(op.inputs)} inputs."
        )
    return [None if each is None else _summed(g, x, op.outputs[0], each) for x, each in zip(op.inputs, gradients)]


def _summed(g: Any, x: Any, y: Any, gradient: Any) -> Any:
    """A gradient of the output's shape, summed where the input was repeated."""
    if g.same_static_shapes(x, y):
        return gradient
    axes, _ = g("BroadcastGradientArgs", g("Shape", x), g("Shape", y))
    return g("Reshape", g("Sum", gradient, axes), g("Shape", x))


USER_FUNCTION = OpDef(
    name="UserFunction",
    signature="inputs: N*T -> output: Tout",
    where={"T": TYPES, "Tout": (*TYPES, dtypes.bool_)},
    attrs={"function": ("string",)},
    shape=broadcast_shape,
    kernel=_kernel,
    scalar=_scalar,
    ulp=8,
    gradient=_gradient,
)
