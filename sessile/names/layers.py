"""Public names of `layers`, `losses` and `metrics`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "layers": {
        "ops.library.layers.convolution": (
            "Conv1D Conv2D Conv2DTranspose Conv3D Conv3DTranspose SeparableConv1D SeparableConv2D"
        ),
        "ops.library.layers.convolution_functions": (
            "conv1d conv2d conv2d_transpose conv3d conv3d_transpose separable_conv1d separable_conv2d"
        ),
        "ops.library.layers.dense": "Dense Dropout Flatten dense dropout flatten",
        "ops.library.layers.layer": "InputSpec Layer",
        "ops.library.layers.normalization": "BatchNormalization batch_normalization",
        "ops.library.layers.pooling": (
            "AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D "
            "average_pooling1d average_pooling2d average_pooling3d max_pooling1d max_pooling2d max_pooling3d"
        ),
    },
    "losses": {
        "ops.library.losses.losses": (
            "absolute_difference cosine_distance hinge_loss huber_loss log_loss mean_pairwise_squared_error "
            "mean_squared_error sigmoid_cross_entropy softmax_cross_entropy sparse_softmax_cross_entropy"
        ),
        "ops.library.losses.reduction": (
            "Reduction add_loss compute_weighted_loss get_losses get_regularization_loss get_regularization_losses "
            "get_total_loss"
        ),
    },
    "metrics": {
        "ops.library.metrics.confusion": (
            "false_negatives false_positives mean_iou mean_per_class_accuracy precision recall true_negatives "
            "true_positives"
        ),
        "ops.library.metrics.means": (
            "accuracy mean mean_absolute_error mean_cosine_distance mean_relative_error mean_squared_error mean_tensor "
            "percentage_below root_mean_squared_error"
        ),
        "ops.library.metrics.ranked": (
            "average_precision_at_k precision_at_k precision_at_top_k recall_at_k recall_at_top_k "
            "sparse_average_precision_at_k sparse_precision_at_k"
        ),
        "ops.library.metrics.thresholds": (
            "auc false_negatives_at_thresholds false_positives_at_thresholds precision_at_thresholds "
            "recall_at_thresholds sensitivity_at_specificity specificity_at_sensitivity "
            "true_negatives_at_thresholds true_positives_at_thresholds"
        ),
    },
}
