"""Where the elements of a band of diagonals are in a matrix."""

from __future__ import annotations

from typing import Any

import numpy as np


def k_band(k: list[Any]) -> tuple[int, int]:
    """The lowest and highest diagonal that `k`, one or two numbers, means. Raises: ValueError for anything else."""
    if len(k) not in (1, 2):
        raise ValueError(f"diag_index must have only one or two elements, received {len(k)} elements.")
    low, high = int(k[0]), int(k[-1])
    if low > high:
        raise ValueError(f"lower_diag_index must not be larger than upper_diag_index: {low} > {high}")
    return low, high


def checked_band(low: int, high: int, rows: Any, columns: Any) -> None:
    """Raises: ValueError for a diagonal that lies outside of the matrix."""
    for name, index in (("lower_diag_index", low), ("upper_diag_index", high)):
        if index != 0 and not (index > -rows and index < columns):
            raise ValueError(f"{name} is out of bound: {index}. It must be between {-rows} and {columns}")


def diagonal_places(rows: int, columns: int, low: int, high: int, align: bytes) -> tuple[Any, Any, Any, Any]:
    """Return, for every element of the band, its row and column, which diagonal it is on, and its place in there.

    Diagonals are counted from the highest one; `align` ("RIGHT_LEFT", ...) says on which side the shorter ones of
    those above and below the main diagonal are put.
    """
    above_left, below_left = (side == "LEFT" for side in align.decode().split("_"))
    longest = min(rows + min(high, 0), columns - max(low, 0))
    parts = []
    for band, offset in enumerate(range(high, low - 1, -1)):
        count = max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
        left = (offset >= 0 and above_left) or (offset <= 0 and below_left)
        along = np.arange(count)
        place = along if left else along + (longest - count)
        parts.append((along - min(offset, 0), along + max(offset, 0), np.full(count, band), place))
    row, column, band_of, place_of = (np.concatenate(column) for column in zip(*parts))
    return row, column, band_of, place_of
