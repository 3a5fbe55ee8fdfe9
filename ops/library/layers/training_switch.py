"""What a layer does while training, and what it does otherwise: decided by a bool, or in the graph by a tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...building.static_value import get_static_value
from ...graph.node import Tensor


def known_flag(flag: Any) -> bool | None:
    """The value of a flag that is a Python value, or a tensor the graph determines; otherwise None."""
    if flag is None:
        return False
    if isinstance(flag, Tensor) or hasattr(flag, "_as_graph_element"):
        value = get_static_value(flag)
        return None if value is None else bool(value)
    return bool(flag)


def switched(flag: Any, yes: Callable[[], Any], no: Callable[[], Any], name: str | None = None) -> Any:
    """`yes()` where `flag` holds, else `no()`: one alone where the flag is known, both in a `cond` otherwise."""
    known = known_flag(flag)
    if known is not None:
        return yes() if known else no()
    from ...families.control_flow.cond import cond

    return cond(flag, yes, no, name=name)
