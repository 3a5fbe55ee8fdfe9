"""Operation types that are another one under a further name, or with something changed.

Graphs of other versions of TensorFlow name operations otherwise; what they mean stands in one definition.
"""

from __future__ import annotations

from typing import Any, Final

from ..definition.opdef import OpDef

_SAME: Final = tuple(name for name in OpDef.__slots__ if not name.startswith("_") and name not in ("name", "attr_spec"))


def variant(op_def: OpDef, name: str, **changes: Any) -> OpDef:
    """Return a new operation type that is `op_def` but for its name and `changes`, which are arguments of `OpDef`."""
    given = {key: getattr(op_def, key) for key in _SAME}
    return OpDef(name, **{**given, "attrs": op_def.attr_spec, **changes})
