"""Public names of `sparse`, `sets` and `ragged`."""

from __future__ import annotations

_RAGGED = "ops.library.ragged"

NAMES: dict[str, dict[str, str]] = {
    "sparse": {
        "ops.families.dataflow.accumulators": "SparseConditionalAccumulator",
        "ops.families.reductions.sparse_segments": (
            "segment_mean=sparse_segment_mean segment_sqrt_n=sparse_segment_sqrt_n segment_sum=sparse_segment_sum"
        ),
        "ops.families.sparse.arithmetic": (
            "add=sparse_add maximum=sparse_maximum minimum=sparse_minimum softmax=sparse_softmax"
        ),
        "ops.families.sparse.composed": (
            "expand_dims=sparse_expand_dims eye=sparse_eye from_dense mask=sparse_mask merge=sparse_merge "
            "reset_shape=sparse_reset_shape to_indicator=sparse_to_indicator transpose=sparse_transpose"
        ),
        "ops.families.strings.crossing": "cross=sparse_cross cross_hashed=sparse_cross_hashed",
        "ops.families.sparse.parts": "concat=sparse_concat slice=sparse_slice split=sparse_split",
        "ops.families.sparse.reductions": (
            "reduce_max=sparse_reduce_max reduce_max_sparse=sparse_reduce_max_sparse reduce_sum=sparse_reduce_sum "
            "reduce_sum_sparse=sparse_reduce_sum_sparse"
        ),
        "ops.families.sparse.sparse_tensor": "SparseTensor placeholder=sparse_placeholder",
        "ops.families.sparse.structure": (
            "fill_empty_rows=sparse_fill_empty_rows reorder=sparse_reorder reshape=sparse_reshape retain=sparse_retain"
        ),
        "ops.families.sparse.to_dense": (
            "matmul=sparse_tensor_dense_matmul sparse_dense_matmul=sparse_tensor_dense_matmul "
            "to_dense=sparse_tensor_to_dense"
        ),
    },
    "ragged": {
        f"{_RAGGED}.arrays": "boolean_mask stack",
        f"{_RAGGED}.elementwise": "map_flat_values",
        f"{_RAGGED}.factory": (
            "constant constant_value placeholder range=ragged_range row_splits_to_segment_ids "
            "segment_ids_to_row_splits stack_dynamic_partitions"
        ),
        f"{_RAGGED}.ragged_tensor": "RaggedTensorValue",
    },
    "sets": {
        "ops.families.sparse.set_ops": (
            "difference intersection set_difference=difference set_intersection=intersection set_size=size "
            "set_union=union size union"
        ),
    },
}
