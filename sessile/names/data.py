"""Public names of queues: flat, and of `queue`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "queue": {
        "ops.families.dataflow.queues": "FIFOQueue PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
    },
}
