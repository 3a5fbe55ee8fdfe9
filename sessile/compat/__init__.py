"""`sessile.compat.v1`, TensorFlow 2's spelling for version 1; `sessile.compat.v2`, version 2's; `as_bytes` and more."""

from __future__ import annotations

from typing import Any

import numpy as np

from .horizon import forward_compatibility_horizon, forward_compatible

__all__ = [
    "as_bytes",
    "as_str",
    "as_str_any",
    "as_text",
    "bytes_or_text_types",
    "complex_types",
    "forward_compatibility_horizon",
    "forward_compatible",
    "integral_types",
    "real_types",
]

bytes_or_text_types = (bytes, str)
integral_types = (int, np.integer)
real_types = (int, float, np.integer, np.floating)
complex_types = (int, float, complex, np.number)


def as_bytes(bytes_or_text: Any, encoding: str = "utf-8") -> bytes:
    """Return text encoded, bytes as they are. Raises: TypeError for anything else."""
    if isinstance(bytes_or_text, bytearray):
        return bytes(bytes_or_text)
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_text(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """Return bytes decoded, text as it is. Raises: TypeError for anything else."""
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


as_str = as_text


def as_str_any(value: Any, encoding: str = "utf-8") -> str:
    """Return text for anything: bytes decoded, the rest as `str` gives it."""
    return as_text(value, encoding) if isinstance(value, bytes) else str(value)


def __getattr__(name: str) -> Any:
    if name in ("v1", "v2"):
        import importlib

        return importlib.import_module(f"sessile.compat.{name}")
    if name in ("dimension_at_index", "dimension_value"):
        import sessile

        return getattr(sessile, name)
    raise AttributeError(f"module 'sessile.compat' has no attribute '{name}'")
