"""Public names of `feature_column`."""

from __future__ import annotations

_LIBRARY = "ops.library.feature_column"

NAMES: dict[str, dict[str, str]] = {
    "feature_column": {
        f"{_LIBRARY}.categorical": (
            "categorical_column_with_hash_bucket categorical_column_with_identity "
            "categorical_column_with_vocabulary_file categorical_column_with_vocabulary_list "
            "weighted_categorical_column"
        ),
        f"{_LIBRARY}.crossed": "crossed_column",
        f"{_LIBRARY}.dense": "embedding_column indicator_column shared_embedding_columns",
        f"{_LIBRARY}.models": "input_layer linear_model make_parse_example_spec",
        f"{_LIBRARY}.numeric": "bucketized_column numeric_column",
    },
}
