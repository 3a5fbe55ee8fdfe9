"""Public names of `ragged`."""

from __future__ import annotations

_RAGGED = "ops.library.ragged"

NAMES: dict[str, dict[str, str]] = {
    "ragged": {
        f"{_RAGGED}.arrays": "boolean_mask stack",
        f"{_RAGGED}.elementwise": "map_flat_values",
        f"{_RAGGED}.factory": (
            "constant constant_value placeholder range=ragged_range row_splits_to_segment_ids "
            "segment_ids_to_row_splits stack_dynamic_partitions"
        ),
        f"{_RAGGED}.ragged_tensor": "RaggedTensorValue",
    },
}
