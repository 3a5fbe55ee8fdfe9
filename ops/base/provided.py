"""What higher rooms do better than the kernels down here, handed down by name: such as machine code for random numbers.

A kernel asks when it runs, and does without where nothing was provided.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_PROVIDED: dict[str, Callable[..., Any]] = {}


def provide(name: str, function: Callable[..., Any]) -> None:
    """From now on `provided(name)` is that function."""
    _PROVIDED[name] = function


def provided(name: str) -> Callable[..., Any] | None:
    """Return what was provided under a name; None if nothing was."""
    return _PROVIDED.get(name)
