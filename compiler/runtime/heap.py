"""The C library's memory for arrays that are too small to recycle, of which a loop takes many in each step.

A loop that is differentiated leaves some arrays a turn, which are all freed at the end of the step. glibc gives what is
free at the end of its heap back to the system from 128 KiB on, and the next step takes it anew, page by page: 2 of the
27 ms of an LSTM's step. But it learns: when memory is freed that was so large as to be mapped alone, it maps smaller
ones no longer, and keeps twice as much at the end of its heap. So it is shown such memory, which nobody writes to.
Other C libraries do not learn from it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

_LEAST: Final = 1 << 20  # bytes that are worth it
_MOST: Final = 1 << 24  # bytes; glibc learns nothing from more than 32 MiB
_shown = 0


def expect(size: int) -> None:
    """Tell the C library that so many bytes are freed and taken again and again."""
    global _shown
    if size < _LEAST or _shown >= _MOST or size <= _shown:
        return
    _shown = min(1 << (size - 1).bit_length(), _MOST)
    np.empty(_shown, np.uint8)
