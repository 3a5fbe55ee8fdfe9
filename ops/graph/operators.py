"""Python's operators on tensors (and on what behaves like one: variables), each the operation TensorFlow gives it."""

from __future__ import annotations

from typing import Any

from ..base.late import late
from ..base.reference import Reference


class Operators:
    """A base with Python's operators. The operations are imported when used: they are built from tensors themselves."""

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return _binary("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return _binary("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return _binary("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _binary("sub", other, self)

    def __mul__(self, other: Any) -> Any:
        return _binary("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return _binary("mul", other, self)

    def __truediv__(self, other: Any) -> Any:
        return _binary("truediv", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _binary("truediv", other, self)

    def __div__(self, other: Any) -> Any:
        return _binary("div", self, other)

    def __rdiv__(self, other: Any) -> Any:
        return _binary("div", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return _binary("floordiv", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _binary("floordiv", other, self)

    def __mod__(self, other: Any) -> Any:
        return _binary("mod", self, other)

    def __rmod__(self, other: Any) -> Any:
        return _binary("mod", other, self)

    def __pow__(self, other: Any) -> Any:
        return _binary("pow", self, other)

    def __rpow__(self, other: Any) -> Any:
        return _binary("pow", other, self)

    def __matmul__(self, other: Any) -> Any:
        return _binary("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _binary("matmul", other, self)

    def __and__(self, other: Any) -> Any:
        return _binary("and", self, other)

    def __rand__(self, other: Any) -> Any:
        return _binary("and", other, self)

    def __or__(self, other: Any) -> Any:
        return _binary("or", self, other)

    def __ror__(self, other: Any) -> Any:
        return _binary("or", other, self)

    def __xor__(self, other: Any) -> Any:
        return _binary("xor", self, other)

    def __rxor__(self, other: Any) -> Any:
        return _binary("xor", other, self)

    def __lt__(self, other: Any) -> Any:
        return _binary("Less", self, other)

    def __le__(self, other: Any) -> Any:
        return _binary("LessEqual", self, other)

    def __gt__(self, other: Any) -> Any:
        return _binary("Greater", self, other)

    def __ge__(self, other: Any) -> Any:
        return _binary("GreaterEqual", self, other)

    def __neg__(self) -> Any:
        return _unary("neg", self)

    def __abs__(self) -> Any:
        return _unary("abs", self)

    def __invert__(self) -> Any:
        return _unary("invert", self)

    def experimental_ref(self) -> Reference:
        """Return a hashable reference of this tensor or variable, to be a key of a dictionary; `deref()` gives it back.

        >>> x = tf.constant(1.0)
        >>> {x.experimental_ref(): "one"}[x.experimental_ref()]
        'one'
        """
        return Reference(self)

    def __getitem__(self, key: Any) -> Any:
        return late("getitem").getitem(self, key)


_TWO_SIDED = ["add", "and", "div", "floordiv", "matmul", "mod", "mul", "or", "pow", "sub", "truediv", "xor"]
_ONE_SIDED = ["abs", "eq", "ge", "getitem", "gt", "invert", "le", "lt", "ne", "neg"]

# The names of `Tensor.OVERLOADABLE_OPERATORS`: wrappers of tensors give themselves these.
OVERLOADABLE = [f"__{side}{name}__" for name in _TWO_SIDED for side in ("", "r")] + [
    f"__{name}__" for name in _ONE_SIDED
]

# NumPy must leave `array + tensor` to the tensor.
Operators.__array_priority__ = 100  # type: ignore[attr-defined]


def _binary(operator: str, x: Any, y: Any) -> Any:
    try:
        return late("operators").BINARY[operator](x, y)
    except TypeError:
        if _answers(y, operator):
            return NotImplemented
        raise


def _answers(value: Any, operator: str) -> bool:
    """Whether a value of which no tensor can be made has an answer of its own to `tensor + value`."""
    kind = type(value)
    is_ours = isinstance(value, Operators) or kind.__module__ in ("builtins", "numpy")
    return not is_ours and hasattr(kind, f"__r{operator}__")


def _unary(operator: str, x: Any) -> Any:
    return late("operators").UNARY[operator](x)
