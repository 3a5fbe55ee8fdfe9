"""Public names of `nn`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "nn": {
        "ops.families.arrays.blocks": "depth_to_space space_to_batch space_to_depth",
        "ops.families.elementwise.trigonometry": "tanh",
        "ops.families.linalg.norms": "batch_normalization l2_loss l2_normalize moments",
        "ops.families.nn.activations": "crelu elu leaky_relu relu relu6 selu sigmoid silu softplus softsign swish",
        "ops.families.nn.bias": "bias_add relu_layer xw_plus_b",
        "ops.families.nn.cross_entropy": (
            "sigmoid_cross_entropy_with_logits softmax_cross_entropy_with_logits "
            "softmax_cross_entropy_with_logits_v2 sparse_softmax_cross_entropy_with_logits "
            "weighted_cross_entropy_with_logits"
        ),
        "ops.families.nn.dropout": "dropout",
        "ops.families.nn.embedding": "embedding_lookup",
        "ops.families.nn.softmax": "log_softmax softmax",
        "ops.families.reductions.sorting": "in_top_k top_k",
    },
}
