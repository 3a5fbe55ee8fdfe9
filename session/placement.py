"""Logging where operations run (`ConfigProto.log_device_placement`)."""

from __future__ import annotations

import sys
from typing import Any

from ..ops.device import canonical, merge
from .devices import LOCAL_CPU


def log_placement(feeds: Any, roots: Any) -> None:
    """Write one line per operation that a program runs to the standard error stream, in the order of the graph."""
    fed = set(feeds)
    seen: dict[Any, None] = dict.fromkeys(roots)
    pending = list(seen)
    while pending:
        op = pending.pop()
        for needed in [t.op for t in op.inputs if t not in fed] + list(op.control_inputs):
            if needed not in seen:
                seen[needed] = None
                pending.append(needed)
    for op in sorted(seen, key=lambda op: op._id):
        sys.stderr.write(f"{op.name}: ({op.type}): {merge(canonical(op.device), LOCAL_CPU)}\n")
