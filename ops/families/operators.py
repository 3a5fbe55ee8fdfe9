"""What Python's operators on tensors build: names, conversions and casts as TensorFlow gives them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from ..building.build import build
from ..building.convert import convert_to_tensor
from ..building.default_graph import name_scope
from ..definition.opdef import OpDef
from ..graph.node import Tensor
from ..types import dtypes
from .elementwise.arithmetic import ADD, ADD_V2, MUL, NEG, SUB, abs
from .elementwise.bitwise import BITWISE_AND, BITWISE_OR, BITWISE_XOR, INVERT
from .elementwise.compare import (
    GREATER,
    GREATER_EQUAL,
    LESS,
    LESS_EQUAL,
    LOGICAL_AND,
    LOGICAL_NOT,
    LOGICAL_OR,
    logical_xor,
)
from .elementwise.division import FLOOR_DIV, FLOOR_MOD, REAL_DIV, real_operands
from .elementwise.exponential import POW

Binary = Callable[[Any, Any], Any]

# Types that never take an operator over from a tensor: checked first, because it is quick.
_PLAIN: Final = frozenset({Tensor, int, float, bool, complex, str, bytes, list, tuple})


def _takes_over(value: Any) -> bool:
    """Whether a value's own type handles operators with tensors: sparse and ragged ones do. Arrays of other libraries,
    whatever priority they claim, become constants."""
    return type(value).__name__ in ("SparseTensor", "RaggedTensor")


def _simple(op_def: OpDef, name: str) -> Binary:
    """An operator that is one operation: the other operand becomes a constant of the tensor's type."""

    def operator(x: Any, y: Any) -> Any:
        if type(y) not in _PLAIN and _takes_over(y):
            return NotImplemented
        return build(op_def, x, y, name=name)

    return operator


_add_numbers = _simple(ADD_V2, "add")
_add_strings = _simple(ADD, "add")


def _add(x: Any, y: Any) -> Any:
    tensor = x if isinstance(x, Tensor) else y
    if isinstance(tensor, Tensor) and tensor._dtype.base_dtype is dtypes.string:
        return _add_strings(x, y)
    return _add_numbers(x, y)


def _truediv(x: Any, y: Any) -> Any:
    if type(y) not in _PLAIN and _takes_over(y):
        return NotImplemented
    if type(x) is Tensor and x._dtype.kind in "fc":
        return build(REAL_DIV, x, y, name="truediv")
    reflected = not isinstance(x, Tensor) and not hasattr(x, "_as_graph_element")
    with name_scope("truediv", None, [x, y]) as scope:
        if reflected:
            x = convert_to_tensor(x, dtype=y.dtype.base_dtype, name="x")
        return build(REAL_DIV, *real_operands(x, y), name=scope)


def _div(x: Any, y: Any) -> Any:
    """`x.__div__(y)`, which Python 2 calls for `x / y`: integers are rounded down."""
    kind = (x if isinstance(x, Tensor) or hasattr(x, "_as_graph_element") else y).dtype
    return (_real_div if kind.is_floating or kind.is_complex else _floor_div)(x, y)


_real_div = _simple(REAL_DIV, "div")
_floor_div = _simple(FLOOR_DIV, "div")


def _logic(on_bools: OpDef | Callable[..., Any], on_integers: OpDef, name: str) -> Binary:
    """`&`, `|`, `^`: logic on bools, on integers bit by bit."""

    def operator(x: Any, y: Any) -> Any:
        if type(y) not in _PLAIN and _takes_over(y):
            return NotImplemented
        with name_scope(name, None, [x, y]) as scope:
            if not isinstance(x, Tensor):
                hint = None if hasattr(x, "_as_graph_element") else y.dtype.base_dtype
                x = convert_to_tensor(x, dtype=hint, name="x")
            if x.dtype.base_dtype is dtypes.bool_:
                return build(on_bools, x, y, name=scope) if isinstance(on_bools, OpDef) else on_bools(x, y, name=scope)
            return build(on_integers, x, y)

    return operator


def _matmul(x: Any, y: Any) -> Any:
    from .linalg.products import matmul

    if type(y) not in _PLAIN and _takes_over(y):
        return NotImplemented
    with name_scope("matmul", None, [x, y]) as scope:
        if not isinstance(x, Tensor) and not hasattr(x, "_as_graph_element"):
            x = convert_to_tensor(x, dtype=y.dtype.base_dtype, name="x")
        return matmul(x, y, name=scope)


def _invert(x: Any) -> Any:
    value = convert_to_tensor(x)
    return build((LOGICAL_NOT if value.dtype.base_dtype is dtypes.bool_ else INVERT), value)


def _absolute(x: Any) -> Any:
    return abs(x)


BINARY: Final[dict[str, Binary]] = {
    "add": _add,
    "sub": _simple(SUB, "sub"),
    "mul": _simple(MUL, "mul"),
    "truediv": _truediv,
    "div": _div,
    "floordiv": _simple(FLOOR_DIV, "floordiv"),
    "mod": _simple(FLOOR_MOD, "mod"),
    "pow": _simple(POW, "pow"),
    "matmul": _matmul,
    "and": _logic(LOGICAL_AND, BITWISE_AND, "and"),
    "or": _logic(LOGICAL_OR, BITWISE_OR, "or"),
    "xor": _logic(logical_xor, BITWISE_XOR, "xor"),
    "Less": _simple(LESS, "Less"),
    "LessEqual": _simple(LESS_EQUAL, "LessEqual"),
    "Greater": _simple(GREATER, "Greater"),
    "GreaterEqual": _simple(GREATER_EQUAL, "GreaterEqual"),
}

UNARY: Final[dict[str, Callable[[Any], Any]]] = {"neg": partial(build, NEG), "abs": _absolute, "invert": _invert}
