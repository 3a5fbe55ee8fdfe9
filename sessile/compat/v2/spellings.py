"""Names of `compat.v2` whose arguments or meaning are not version 1's; `respelled.py` tells how rows are read."""

from __future__ import annotations

from typing import Final

_REDUCTION: Final = "input_tensor, axis=None, keepdims=False, name=None"
_COMPARED: Final = "x, y, message=None, summarize=None, name=None"
_SIGN: Final = "x, message=None, summarize=None, name=None"
_RANK: Final = "message=None, name=None"
_SEGMENTS: Final = "data, indices, segment_ids, num_segments=None, name=None"
_EXTREME: Final = "input, axis=0, output_type=tf.int64, name=None"
_REDUCED: Final = "reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum"

SPELLINGS: Final[dict[str, str]] = {
    **{f"{module}{name}": _REDUCTION for name in _REDUCED.split() for module in ("", "math.")},
    **{f"{module}{name}": _EXTREME for name in ("argmax", "argmin") for module in ("", "math.")},
    **{f"{module}assert_{name}": _COMPARED for name in ("equal", "greater", "less") for module in ("", "debugging.")},
    **{f"debugging.assert_{name}": _COMPARED for name in ("greater_equal", "less_equal", "none_equal")},
    **{f"debugging.assert_{name}": _SIGN for name in ("negative", "non_negative", "non_positive", "positive")},
    **{f"sparse.segment_{name}": _SEGMENTS for name in ("mean", "sqrt_n", "sum")},
    # arrays
    "batch_to_space": "input, block_shape, crops, name=None, +block_size=None",
    "boolean_mask": "tensor, mask, axis=None, name='boolean_mask'",
    "constant": "value, dtype=None, shape=None, name='Const'",
    "convert_to_tensor": "value, dtype=None, dtype_hint=None, name=None",
    "expand_dims": "input, axis, name=None",
    "gather": "params, indices, validate_indices=None, axis=None, batch_dims=0, name=None",
    "gather_nd": "params, indices, batch_dims=0, name=None",
    "ones_like": "input>tensor, dtype=None, name=None",
    "pad": "tensor, paddings, mode='CONSTANT', constant_values=0, name=None",
    "reverse_sequence": "input, seq_lengths, seq_axis=None, batch_axis=None, name=None",
    "shape": "input, out_type=tf.int32, name=None",
    "size": "input, out_type=tf.int32, name=None",
    "space_to_batch": "input, block_shape, paddings, name=None, +block_size=None",
    "squeeze": "input, axis=None, name=None",
    "transpose": "a, perm=None, conjugate=False, name='transpose'",
    "zeros_like": "input>tensor, dtype=None, name=None",
    # checks
    "assert_rank": f"x, rank, {_RANK}",
    "debugging.assert_all_finite": "x, message, name=None",
    "debugging.assert_integer": f"x, {_RANK}",
    "debugging.assert_near": "x, y, rtol=None, atol=None, message=None, summarize=None, name=None",
    "debugging.assert_rank": f"x, rank, {_RANK}",
    "debugging.assert_rank_at_least": f"x, rank, {_RANK}",
    "debugging.assert_rank_in": f"x, ranks, {_RANK}",
    "debugging.assert_scalar": f"tensor, {_RANK}",
    "debugging.assert_type": f"tensor, tf_type, {_RANK}",
    # control flow and gradients
    "case": "pred_fn_pairs, default=None, exclusive=False, strict=False, name='case'",
    "cond": "pred, true_fn=None, false_fn=None, name=None, +strict=True",
    "device": "device_name>device_name_or_function",
    "gradients": (
        "ys, xs, grad_ys=None, name='gradients', gate_gradients=False, aggregation_method=None, stop_gradients=None, "
        "unconnected_gradients='none', +colocate_gradients_with_ops=True"
    ),
    "hessians": (
        "ys, xs, gate_gradients=False, aggregation_method=None, name='hessians', +colocate_gradients_with_ops=True"
    ),
    "tuple": "tensors, control_inputs=None, name=None",
    "while_loop": (
        "cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False, "
        "maximum_iterations=None, name=None, +return_same_structure=True"
    ),
    # mathematics
    "linalg.l2_normalize": "x, axis=None, epsilon=1e-12, name=None",
    "linalg.norm": "tensor, ord='euclidean', axis=None, keepdims=None, name=None",
    "math.bincount": "arr, weights=None, minlength=None, maxlength=None, dtype=tf.int32, name>-=None",
    "math.confusion_matrix": "labels, predictions, num_classes=None, weights=None, dtype=tf.int32, name=None",
    "math.count_nonzero": "input, axis=None, keepdims=None, dtype=tf.int64, name=None",
    "math.in_top_k": "targets, predictions, k, name=None",
    "math.l2_normalize": "x, axis=None, epsilon=1e-12, name=None",
    "math.log_softmax": "logits, axis=None, name=None",
    "math.scalar_mul": "scalar, x, name=None",
    "math.softmax": "logits, axis=None, name=None",
    "norm": "tensor, ord='euclidean', axis=None, keepdims=None, name=None",
    "random.poisson": "shape, lam, dtype=tf.float32, seed=None, name=None",
    "random.set_seed": "random.set_random_seed: seed",
    "scalar_mul": "scalar, x, name=None",
    # networks
    "nn.avg_pool2d": "input, ksize, strides, padding, data_format='NHWC', name=None",
    "nn.batch_norm_with_global_normalization": (
        "input, mean, variance, beta, gamma, variance_epsilon, scale_after_normalization, name=None"
    ),
    "nn.conv1d": "input, filters, stride, padding, data_format='NWC', dilations=None, name=None",
    "nn.conv2d": "input, filters, strides, padding, data_format='NHWC', dilations=None, name=None",
    "nn.conv2d_transpose": (
        "input, filters, output_shape, strides, padding='SAME', data_format='NHWC', dilations=None, name=None"
    ),
    "nn.conv3d": "input, filters, strides, padding, data_format='NDHWC', dilations=None, name=None",
    "nn.conv3d_transpose": (
        "input, filters, output_shape, strides, padding='SAME', data_format='NDHWC', dilations=None, name=None"
    ),
    "nn.convolution": (
        "input, filters>filter, strides=None, padding='VALID', data_format=None, dilations>dilation_rate=None, "
        "name=None"
    ),
    "nn.crelu": "features, axis=-1, name=None",
    "nn.depth_to_space": "input, block_size, data_format='NHWC', name=None",
    "nn.depthwise_conv2d": "input, filter, strides, padding, data_format=None, dilations>rate=None, name=None",
    "nn.dropout": "x, rate, noise_shape=None, seed=None, name=None",
    "nn.embedding_lookup": "params, ids, max_norm=None, name=None, +partition_strategy='div'",
    "nn.embedding_lookup_sparse": (
        "params, sp_ids, sp_weights, combiner=None, max_norm=None, name=None, +partition_strategy='div'"
    ),
    "nn.in_top_k": "targets, predictions, k, name=None",
    "nn.l2_normalize": "x, axis=None, epsilon=1e-12, name=None",
    "nn.log_softmax": "logits, axis=None, name=None",
    "nn.max_pool_with_argmax": (
        "input, ksize, strides, padding, data_format='NHWC', output_dtype=tf.int64, include_batch_in_index=False, "
        "name=None"
    ),
    "nn.moments": "x, axes, shift=None, keepdims=False, name=None",
    "nn.nce_loss": (
        "weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None, "
        "remove_accidental_hits=False, name='nce_loss', +partition_strategy='div'"
    ),
    "nn.pool": (
        "input, window_shape, pooling_type, strides=None, padding='VALID', data_format=None, "
        "dilations>dilation_rate=None, name=None"
    ),
    "nn.safe_embedding_lookup_sparse": (
        "embedding_weights, sparse_ids, sparse_weights=None, combiner='mean', default_id=None, max_norm=None, "
        "name=None, +partition_strategy='div'"
    ),
    "nn.sampled_softmax_loss": (
        "weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None, "
        "remove_accidental_hits=True, seed=None, name='sampled_softmax_loss', +partition_strategy='div'"
    ),
    "nn.separable_conv2d": (
        "input, depthwise_filter, pointwise_filter, strides, padding, data_format=None, dilations>rate=None, name=None"
    ),
    "nn.sigmoid_cross_entropy_with_logits": "labels=None, logits=None, name=None",
    "nn.softmax": "logits, axis=None, name=None",
    "nn.softmax_cross_entropy_with_logits": (
        "nn.softmax_cross_entropy_with_logits_v2: labels, logits, axis=-1, name=None"
    ),
    "nn.space_to_batch": "space_to_batch: input, block_shape, paddings, name=None, +block_size=None",
    "nn.space_to_depth": "input, block_size, data_format='NHWC', name=None",
    "nn.sparse_softmax_cross_entropy_with_logits": "labels, logits, name=None",
    "nn.sufficient_statistics": "x, axes, shift=None, keepdims=False, name=None",
    "nn.weighted_cross_entropy_with_logits": "labels, logits, pos_weight, name=None",
    "nn.weighted_moments": "x, axes, frequency_weights, keepdims=False, name=None",
    # sparse values, strings, images, files
    "image.crop_and_resize": (
        "image, boxes, box_indices, crop_size, method='bilinear', extrapolation_value=0, name=None"
    ),
    "io.decode_csv": (
        "records, record_defaults, field_delim=',', use_quote_delim=True, na_value='', select_cols=None, name=None"
    ),
    "io.decode_raw": "input_bytes, out_type, little_endian=True, name=None",
    "io.parse_example": "serialized, features, example_names=None, name=None",
    "io.parse_single_example": "serialized, features, example_names=None, name=None",
    "sparse.add": "a, b, threshold=0",
    "sparse.concat": "axis, sp_inputs, expand_nonconcat_dims=False, name=None",
    "strings.length": "input, unit='BYTE', name=None",
    "strings.reduce_join": "inputs, axis=None, keepdims=False, separator='', name=None",
    "strings.substr": "input, pos, len, unit='BYTE', name=None",
    "strings.to_hash_bucket": "input, num_buckets, name=None",
    "strings.to_number": "input, out_type=tf.float32, name=None",
    "test.assert_equal_graph_def": "expected, actual",
    "variable_creator_scope": "variable_creator",
}

_INITIALIZERS: Final = "compat.v2.initial_values"

# Names that are other things: `module:attribute` of this library.
ELSEWHERE: Final[dict[str, str]] = {
    "Variable": "compat.v2.variables:Variable",
    "constant_initializer": f"{_INITIALIZERS}:Constant",
    "name_scope": "compat.v2.scopes:NameScope",
    "nn.avg_pool": ":nn.avg_pool_v2",
    "nn.ctc_beam_search_decoder": ":nn.ctc_beam_search_decoder_v2",
    "nn.ctc_loss": ":nn.ctc_loss_v2",
    "nn.max_pool": ":nn.max_pool_v2",
    "ones_initializer": f"{_INITIALIZERS}:Ones",
    "random_normal_initializer": f"{_INITIALIZERS}:RandomNormal",
    "random_uniform_initializer": f"{_INITIALIZERS}:RandomUniform",
    "where": ":where_v2",
    "zeros_initializer": f"{_INITIALIZERS}:Zeros",
}
