"""The names of TensorFlow 1 under `tf.compat.v1`: the same objects as those of `sessile`."""

from __future__ import annotations

from typing import Any

import sessile


def __getattr__(name: str) -> Any:
    return getattr(sessile, name)


def __dir__() -> list[str]:
    return dir(sessile)
