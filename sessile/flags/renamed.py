"""The argument names of `DEFINE_...` before TensorFlow 1.5, which programs still use."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

_NEW: Final = {"flag_name": "name", "default_value": "default", "docstring": "help"}


def new_names(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return keyword arguments under today's names."""
    return {_NEW.get(name, name): value for name, value in kwargs.items()}


def with_new_names(define: Callable[..., Any]) -> Callable[..., Any]:
    """Return `define` taking `flag_name`, `default_value` and `docstring` too, for `name`, `default` and `help`."""
    return functools.wraps(define)(lambda *args, **kwargs: define(*args, **new_names(kwargs)))
