"""Public names of `sets`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "sets": {
        "ops.families.sparse.set_ops": (
            "difference intersection set_difference=difference set_intersection=intersection set_size=size "
            "set_union=union size union"
        ),
    },
}
