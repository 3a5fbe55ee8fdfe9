"""Operation types by name."""

from __future__ import annotations

from .opdef import REGISTRY, OpDef


def lookup(op_type: str) -> OpDef:
    """Return the definition of `op_type`. Raises: NotFoundError that offers near names."""
    found = REGISTRY.get(op_type)
    if found is None:
        from .families import load_all, load_family_of

        found = load_family_of(op_type)
    if found is None:
        load_all()
        found = REGISTRY.get(op_type)
    if found is None:
        from ..base.errors import NotFoundError
        from ..base.suggest import nearest

        raise NotFoundError(
            None, None, f"Op type not registered: {op_type!r} is no operation known here.{nearest(op_type, REGISTRY)}"
        )
    return found
