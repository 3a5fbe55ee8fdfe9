"""`sessile.raw_ops`: one keyword function per operation type, with TensorFlow's argument names."""

from __future__ import annotations

import typing

from .ops.library.graphdef import raw_ops as _raw_ops


def __getattr__(name: str) -> typing.Any:
    return getattr(_raw_ops, name)


def __dir__() -> list[str]:
    return dir(_raw_ops)
