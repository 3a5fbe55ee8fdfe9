"""Whether an array has its memory to itself, so that it may be kept, or given away, without a copy."""

from __future__ import annotations

from typing import Any


def is_owned(array: Any) -> bool:
    """Whether an array is no view of another one.

    Memory that is recycled belongs to an object with the attribute `lends_to_one_array`, and that array is its owner.
    """
    return array.base is None or getattr(array.base, "lends_to_one_array", False)
