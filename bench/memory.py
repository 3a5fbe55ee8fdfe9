"""Peak memory of this process, as Linux counts pages: what was resident at most since `reset_peak`.

Elsewhere there is no such count, and nothing is reported.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
from pathlib import Path

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def _bytes(field: str) -> int | None:
    """A field of the process's status that is in kB, as bytes."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return None
    found = [line for line in lines if line.startswith(f"{field}:")]
    return int(found[0].split()[1]) * 1024 if found else None


def resident() -> int | None:
    """Bytes that are resident now, once what nobody needs was given back; None where that is not known."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):  # of another C library
        ctypes.CDLL(None).malloc_trim(0)
    return _bytes("VmRSS")


def reset_peak() -> bool:
    """Begin to count the peak anew; returns whether that was possible."""
    try:
        _RESET.write_text("5")
    except OSError:
        return False
    return True


def peak() -> int | None:
    """The bytes that were resident at most since the last `reset_peak`."""
    return _bytes("VmHWM")
