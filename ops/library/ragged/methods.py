"""What methods and operators of RaggedTensor do, behind the door `ragged_methods`."""

from __future__ import annotations

from typing import Any

from ...families.elementwise import arithmetic, compare, division, exponential
from .conversions import from_sparse, from_tensor, to_sparse, to_tensor
from .elementwise import elementwise
from .getitem import getitem

_MODULES = (arithmetic, compare, division, exponential)


def apply(name: str, *operands: Any) -> Any:
    """A function of elements, by its name, of operands of which one is ragged."""
    function = next(getattr(module, name) for module in _MODULES if hasattr(module, name))
    return elementwise(function, len(operands))(*operands)


__all__ = ["apply", "from_sparse", "from_tensor", "getitem", "to_sparse", "to_tensor"]
