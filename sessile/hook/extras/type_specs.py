"""`tensorflow.python.framework.type_spec`: what is said of values that are made of tensors."""

from __future__ import annotations

from ...ops.library.type_specs import BatchableTypeSpec, TypeSpec, type_spec_from_value

__all__ = ["BatchableTypeSpec", "TypeSpec", "type_spec_from_value"]
