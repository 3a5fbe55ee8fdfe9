"""Python's operators on ragged tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...base.late import late


def _binary(name: str) -> Callable[[Any, Any], Any]:
    def operator(self: Any, other: Any) -> Any:
        return late("ragged_methods").apply(name, self, other)

    return operator


def _reflected(name: str) -> Callable[[Any, Any], Any]:
    def operator(self: Any, other: Any) -> Any:
        return late("ragged_methods").apply(name, other, self)

    return operator


def _unary(name: str) -> Callable[[Any], Any]:
    def operator(self: Any) -> Any:
        return late("ragged_methods").apply(name, self)

    return operator


class Operators:
    """Operators of RaggedTensor. `==` compares objects, as of all tensors of TensorFlow 1."""

    __slots__ = ()

    __abs__, __neg__, __invert__ = _unary("abs"), _unary("negative"), _unary("logical_not")
    __add__, __radd__ = _binary("add"), _reflected("add")
    __sub__, __rsub__ = _binary("subtract"), _reflected("subtract")
    __mul__, __rmul__ = _binary("multiply"), _reflected("multiply")
    __truediv__, __rtruediv__ = _binary("truediv"), _reflected("truediv")
    __div__, __rdiv__ = _binary("divide"), _reflected("divide")
    __floordiv__, __rfloordiv__ = _binary("floordiv"), _reflected("floordiv")
    __mod__, __rmod__ = _binary("floormod"), _reflected("floormod")
    __pow__, __rpow__ = _binary("pow"), _reflected("pow")
    __and__, __rand__ = _binary("logical_and"), _reflected("logical_and")
    __or__, __ror__ = _binary("logical_or"), _reflected("logical_or")
    __xor__, __rxor__ = _binary("logical_xor"), _reflected("logical_xor")
    __lt__, __le__ = _binary("less"), _binary("less_equal")
    __gt__, __ge__ = _binary("greater"), _binary("greater_equal")

    def __getitem__(self, key: Any) -> Any:
        """Rows, parts of rows; see `getitem.py`."""
        return late("ragged_methods").getitem(self, key)

    def __bool__(self) -> bool:
        raise TypeError("RaggedTensor may not be used as a boolean.")
