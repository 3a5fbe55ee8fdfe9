"""Public names of `nn` and `quantization`."""

from __future__ import annotations

LEGACY_SEQ2SEQ: dict[str, str] = {
    "ops.library.contrib.legacy_seq2seq.attention": (
        "attention_decoder embedding_attention_decoder embedding_attention_seq2seq"
    ),
    "ops.library.contrib.legacy_seq2seq.plain": (
        "basic_rnn_seq2seq embedding_rnn_decoder embedding_rnn_seq2seq embedding_tied_rnn_seq2seq "
        "model_with_buckets one2many_rnn_seq2seq tied_rnn_seq2seq"
    ),
    "ops.library.contrib.sequences": "rnn_decoder sequence_loss=sequence_loss_of_lists sequence_loss_by_example",
}

NAMES: dict[str, dict[str, str]] = {
    "nn": {
        "ops.library.distribute.averaging": "compute_average_loss scale_regularization_loss",
        "ops.families.arrays.blocks": "depth_to_space space_to_batch space_to_depth",
        "ops.families.elementwise.trigonometry": "tanh",
        "ops.families.linalg.norms": "batch_normalization l2_loss l2_normalize moments",
        "ops.families.nn.activations": "crelu elu leaky_relu relu relu6 selu sigmoid softplus softsign",
        "ops.library.gradients.smooth": "silu swish",
        "ops.families.nn.bias": "bias_add relu_layer xw_plus_b",
        "ops.families.nn.convolution.convolution": (
            "conv1d conv2d conv2d_backprop_filter conv2d_backprop_input conv3d conv3d_backprop_filter "
            "conv3d_backprop_filter_v2=conv3d_backprop_filter"
        ),
        "ops.families.nn.convolution.depthwise.functions": (
            "depthwise_conv2d depthwise_conv2d_native depthwise_conv2d_native_backprop_filter "
            "depthwise_conv2d_native_backprop_input "
            "depthwise_conv2d_backprop_filter=depthwise_conv2d_native_backprop_filter "
            "depthwise_conv2d_backprop_input=depthwise_conv2d_native_backprop_input separable_conv2d"
        ),
        "ops.families.nn.convolution.dilated": "atrous_conv2d atrous_conv2d_transpose convolution with_space_to_batch",
        "ops.families.nn.convolution.fractional": "fractional_avg_pool fractional_max_pool",
        "ops.families.nn.convolution.morphology": "dilation2d erosion2d",
        "ops.families.nn.convolution.pooling": (
            "avg_pool avg_pool1d avg_pool2d avg_pool3d avg_pool_v2 max_pool max_pool1d max_pool2d max_pool3d "
            "max_pool_v2 max_pool_with_argmax pool"
        ),
        "ops.families.nn.convolution.transposed": (
            "conv1d_transpose conv2d_transpose conv3d_transpose conv_transpose deconv2d=conv2d_transpose"
        ),
        "ops.families.nn.cross_entropy": (
            "sigmoid_cross_entropy_with_logits softmax_cross_entropy_with_logits "
            "softmax_cross_entropy_with_logits_v2 sparse_softmax_cross_entropy_with_logits "
            "weighted_cross_entropy_with_logits"
        ),
        "ops.families.nn.ctc.decoders": "ctc_beam_search_decoder ctc_beam_search_decoder_v2 ctc_greedy_decoder",
        "ops.families.nn.ctc.labels": "collapse_repeated ctc_unique_labels",
        "ops.families.nn.ctc.loss": "ctc_loss ctc_loss_v2",
        "ops.families.nn.dropout": "dropout",
        "ops.families.nn.embedding": "embedding_lookup",
        "ops.families.nn.normalization.batch_norm": "batch_norm_with_global_normalization fused_batch_norm",
        "ops.families.nn.normalization.lrn": "local_response_normalization lrn=local_response_normalization",
        "ops.families.nn.normalization.moments": (
            "log_poisson_loss normalize_moments sufficient_statistics weighted_moments zero_fraction"
        ),
        "ops.families.nn.sampled.candidates": (
            "all_candidate_sampler compute_accidental_hits fixed_unigram_candidate_sampler "
            "learned_unigram_candidate_sampler log_uniform_candidate_sampler uniform_candidate_sampler"
        ),
        "ops.families.nn.quantized": "quantized_avg_pool quantized_conv2d quantized_max_pool quantized_relu_x",
        "ops.families.nn.sampled.losses": "nce_loss sampled_softmax_loss",
        "ops.families.nn.sampled.sparse_embedding": "embedding_lookup_sparse safe_embedding_lookup_sparse",
        "ops.families.nn.softmax": "log_softmax softmax",
        "ops.families.reductions.sorting": "in_top_k top_k",
        "ops.library.recurrent.dynamic": "bidirectional_dynamic_rnn dynamic_rnn raw_rnn",
        "ops.library.recurrent.saved_state": "static_state_saving_rnn",
        "ops.library.recurrent.static": "static_bidirectional_rnn static_rnn",
    },
    "nn.seq2seq": LEGACY_SEQ2SEQ,  # where TensorFlow 0.x had it
    "nn.rnn_cell": {
        "ops.library.recurrent.cell": "LSTMStateTuple RNNCell",
        "ops.library.recurrent.cells": "BasicLSTMCell BasicRNNCell GRUCell LSTMCell MultiRNNCell",
        "ops.library.recurrent.wrappers": "DeviceWrapper DropoutWrapper ResidualWrapper",
    },
    "quantization": {
        "ops.families.quantized.fake_quant": (
            "fake_quant_with_min_max_args fake_quant_with_min_max_args_gradient fake_quant_with_min_max_vars "
            "fake_quant_with_min_max_vars_gradient fake_quant_with_min_max_vars_per_channel "
            "fake_quant_with_min_max_vars_per_channel_gradient"
        ),
        "ops.families.nn.quantized": "quantized_concat",
        "ops.families.quantized.quantize": "dequantize quantize quantize_and_dequantize",
    },
}
