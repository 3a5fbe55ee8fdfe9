"""Public names of `contrib` and `distributions`."""

from __future__ import annotations

from .nn import LEGACY_SEQ2SEQ

_LIBRARY = "ops.library.contrib"
_CHECKPOINT = "ops.library.checkpoint"
_RECURRENT = "ops.library.recurrent"

_LAYERS: dict[str, str] = {
    f"{_LIBRARY}.layers.convolution": (
        "conv1d conv2d conv2d_transpose conv3d conv3d_transpose convolution convolution1d convolution2d "
        "convolution2d_transpose convolution3d convolution3d_transpose separable_conv2d separable_convolution2d"
    ),
    f"{_LIBRARY}.layers.columns": (
        "bucketized_column embedding_column one_hot_column real_valued_column sparse_column_with_hash_bucket "
        "sparse_column_with_integerized_feature sparse_column_with_keys sparse_column_with_vocabulary_file "
        "weighted_sparse_column"
    ),
    "ops.library.feature_column.crossed": "crossed_column",
    f"{_LIBRARY}.layers.dense": "bias_add elu fully_connected linear relu relu6 repeat stack",
    f"{_LIBRARY}.layers.embedding": "bow_encoder embed_sequence embedding_lookup_unique safe_embedding_lookup_sparse",
    f"{_LIBRARY}.layers.initializers": ("variance_scaling_initializer xavier_initializer xavier_initializer_conv2d"),
    f"{_LIBRARY}.layers.batch_norm": "batch_norm",
    f"{_LIBRARY}.layers.normalization": "group_norm instance_norm layer_norm",
    f"{_LIBRARY}.layers.optimize": "OPTIMIZER_CLS_NAMES OPTIMIZER_SUMMARIES optimize_loss",
    f"{_LIBRARY}.layers.pooling": (
        "avg_pool2d avg_pool3d dropout flatten max_pool2d max_pool3d maxout one_hot_encoding softmax unit_norm"
    ),
    f"{_LIBRARY}.layers.reversible": "recompute_grad rev_block",
    f"{_LIBRARY}.layers.summaries": (
        "summarize_activation summarize_activations summarize_collection summarize_tensor summarize_tensors"
    ),
    f"{_LIBRARY}.layers.values": "dense_to_sparse scale_gradient spatial_softmax",
    f"{_LIBRARY}.layers.regularizers": (
        "apply_regularization l1_l2_regularizer l1_regularizer l2_regularizer sum_regularizer"
    ),
}

_FRAMEWORK: dict[str, str] = {
    "hook.extras.utilities": "deprecated deprecated_arg_values deprecated_args",
    f"{_LIBRARY}.framework.arg_scope": (
        "add_arg_scope arg_scope arg_scope_func_key arg_scoped_arguments current_arg_scope has_arg_scope"
    ),
    f"{_LIBRARY}.framework.assigning": (
        "assign_from_checkpoint assign_from_checkpoint_fn assign_from_values assign_from_values_fn"
    ),
    f"{_LIBRARY}.framework.shapes": "with_same_shape with_shape",
    f"{_LIBRARY}.framework.variables": (
        "add_model_variable assert_global_step assert_or_get_global_step create_global_step filter_variables "
        "get_global_step get_local_variables get_model_variables get_or_create_global_step get_trainable_variables "
        "get_unique_variable get_variable_full_name get_variables get_variables_by_name get_variables_by_suffix "
        "get_variables_to_restore global_variable local_variable model_variable variable zero_initializer"
    ),
}

_TRAINING = "add_gradients_summaries clip_gradient_norms clip_gradient_norms_fn create_train_op multiply_gradients"

_DISTRIBUTIONS = "ops.library.distributions"

_SHOWN: dict[str, str] = {
    f"{_DISTRIBUTIONS}.continuous": "Exponential Laplace Normal StudentT Uniform",
    f"{_DISTRIBUTIONS}.discrete": "Bernoulli Categorical",
    f"{_DISTRIBUTIONS}.distribution": "Distribution FULLY_REPARAMETERIZED NOT_REPARAMETERIZED ReparameterizationType",
    f"{_DISTRIBUTIONS}.divergence": "RegisterKL kl_divergence",
    f"{_DISTRIBUTIONS}.class_counts": "DirichletMultinomial Multinomial",
    f"{_DISTRIBUTIONS}.positive": "Beta Dirichlet Gamma",
}

_MORE_DISTRIBUTIONS: dict[str, str] = {
    f"{_DISTRIBUTIONS}.divergence": "RegisterKL kl=kl_divergence kl_divergence",  # `kl` until TensorFlow 1.2
    f"{_DISTRIBUTIONS}.around": "Independent QuantizedDistribution",
    f"{_DISTRIBUTIONS}.bijectors.base": "Bijector",
    f"{_DISTRIBUTIONS}.counts": "Binomial Geometric NegativeBinomial Poisson",
    f"{_DISTRIBUTIONS}.deterministic": "Deterministic VectorDeterministic",
    f"{_DISTRIBUTIONS}.matrices": "WishartCholesky WishartFull",
    f"{_DISTRIBUTIONS}.mixtures": "Mixture MixtureSameFamily",
    f"{_DISTRIBUTIONS}.more_continuous": "Cauchy Chi2 HalfNormal InverseGamma Logistic",
    f"{_DISTRIBUTIONS}.relaxed": "ExpRelaxedOneHotCategorical RelaxedBernoulli RelaxedOneHotCategorical",
    f"{_LIBRARY}.samples": "assign_moving_mean_variance moving_mean_variance percentile",
    f"{_DISTRIBUTIONS}.softened": (
        "BetaWithSoftplusConcentration Chi2WithAbsDf ExponentialWithSoftplusRate GammaWithSoftplusConcentrationRate "
        "InverseGammaWithSoftplusConcentrationRate LaplaceWithSoftplusScale MultivariateNormalDiagWithSoftplusScale "
        "NormalWithSoftplusScale StudentTWithAbsDfSoftplusScale"
    ),
    f"{_DISTRIBUTIONS}.bijectors.tools": (
        "fill_triangular fill_triangular_inverse matrix_diag_transform reduce_weighted_logsumexp softplus_inverse "
        "tridiag"
    ),
    f"{_DISTRIBUTIONS}.transformed": "TransformedDistribution",
    f"{_DISTRIBUTIONS}.vectors": (
        "MultivariateNormalDiag MultivariateNormalDiagPlusLowRank MultivariateNormalFullCovariance "
        "MultivariateNormalTriL"
    ),
}

_BIJECTORS: dict[str, str] = {
    f"{_DISTRIBUTIONS}.bijectors.base": "Bijector",
    f"{_DISTRIBUTIONS}.bijectors.composed": "Chain Inline Invert",
    f"{_DISTRIBUTIONS}.bijectors.flows": (
        "BatchNormalization MaskedAutoregressiveFlow RealNVP masked_autoregressive_default_template masked_dense "
        "real_nvp_default_template"
    ),
    f"{_DISTRIBUTIONS}.bijectors.linear": "Affine AffineLinearOperator Permute Reshape",
    f"{_DISTRIBUTIONS}.bijectors.matrices": (
        "CholeskyOuterProduct FillTriangular MatrixInverseTriL Ordered ScaleTriL SoftmaxCentered TransformDiagonal"
    ),
    f"{_DISTRIBUTIONS}.bijectors.scalars": (
        "AbsoluteValue AffineScalar Exp Gumbel Identity Kumaraswamy PowerTransform Sigmoid SinhArcsinh Softplus "
        "Softsign Square"
    ),
}

_METRICS: dict[str, str] = {
    f"{_LIBRARY}.small": "accuracy",
    f"{_LIBRARY}.streaming": (
        "aggregate_metric_map aggregate_metrics f1_score sparse_recall_at_top_k streaming_accuracy streaming_auc "
        "streaming_false_negatives "
        "streaming_false_positives streaming_mean streaming_mean_absolute_error streaming_mean_cosine_distance "
        "streaming_mean_iou streaming_mean_relative_error streaming_mean_squared_error streaming_mean_tensor "
        "streaming_percentage_less streaming_precision streaming_precision_at_thresholds streaming_recall "
        "streaming_recall_at_thresholds streaming_root_mean_squared_error streaming_sensitivity_at_specificity "
        "streaming_sparse_average_precision_at_k streaming_sparse_average_precision_at_top_k "
        "streaming_sparse_precision_at_k "
        "streaming_sparse_precision_at_top_k streaming_sparse_recall_at_k "
        "streaming_specificity_at_sensitivity streaming_true_negatives streaming_true_positives"
    ),
    f"{_LIBRARY}.statistics": (
        "cohen_kappa count streaming_covariance streaming_false_negative_rate "
        "streaming_false_negative_rate_at_thresholds streaming_false_negatives_at_thresholds "
        "streaming_false_positive_rate streaming_false_positive_rate_at_thresholds "
        "streaming_false_positives_at_thresholds streaming_pearson_correlation streaming_recall_at_k "
        "streaming_true_negatives_at_thresholds streaming_true_positives_at_thresholds"
    ),
    "ops.families.sparse.set_ops": (
        "set_difference=difference set_intersection=intersection set_size=size set_union=union"
    ),
    "ops.library.metrics.confusion_matrix": "confusion_matrix",
}

_LOSSES: dict[str, str] = {
    f"{_LIBRARY}.losses": (
        "absolute_difference cosine_distance hinge_loss log_loss mean_pairwise_squared_error mean_squared_error "
        "sigmoid_cross_entropy softmax_cross_entropy sparse_softmax_cross_entropy"
    ),
    "ops.library.losses.reduction": (
        "add_loss compute_weighted_loss get_losses get_regularization_losses get_total_loss"
    ),
}

NAMES: dict[str, dict[str, str]] = {
    "contrib": {"keras": "keras=."},
    "contrib.checkpoint": {
        f"{_CHECKPOINT}.containers": (
            "Checkpointable=AutoTrackable CheckpointableBase=Trackable List Mapping NoDependency NumpyState "
            "PythonStateWrapper=PythonState UniqueNameTracker dot_graph_from_checkpoint list_objects object_metadata"
        ),
        f"{_CHECKPOINT}.manager": "CheckpointManager",
        "ops.proto": "CheckpointableObjectGraph=TrackableObjectGraph",
    },
    "contrib.nn": {
        f"{_LIBRARY}.nn": (
            "alpha_dropout deprecated_flipped_sigmoid_cross_entropy_with_logits "
            "deprecated_flipped_softmax_cross_entropy_with_logits "
            "deprecated_flipped_sparse_softmax_cross_entropy_with_logits nth_element rank_sampled_softmax_loss "
            "sampled_sparse_softmax_loss scaled_softplus"
        ),
        "ops.families.nn.convolution.transposed": "conv1d_transpose",
    },
    "contrib.rnn": {
        f"{_LIBRARY}.legacy_seq2seq.wrappers": "EmbeddingWrapper InputProjectionWrapper OutputProjectionWrapper",
        f"{_LIBRARY}.rnn.around": (
            "AttentionCellWrapper HighwayWrapper stack_bidirectional_dynamic_rnn stack_bidirectional_rnn"
        ),
        f"{_LIBRARY}.rnn.blocks": (
            "FusedRNNCellAdaptor GRUBlockCell GRUBlockCellV2 LSTMBlockCell LSTMBlockFusedCell TimeReversedFusedRNN"
        ),
        f"{_LIBRARY}.rnn.cells": (
            "Conv1DLSTMCell Conv2DLSTMCell Conv3DLSTMCell ConvLSTMCell IndRNNCell LayerNormBasicLSTMCell UGRNNCell"
        ),
        f"{_LIBRARY}.rnn.nas": "NASCell",
        f"{_RECURRENT}.cell": "LSTMStateTuple LayerRNNCell RNNCell",
        f"{_RECURRENT}.cells": "BasicLSTMCell BasicRNNCell GRUCell LSTMCell MultiRNNCell",
        f"{_RECURRENT}.saved_state": "static_state_saving_rnn",
        f"{_RECURRENT}.static": "static_bidirectional_rnn static_rnn",
        f"{_RECURRENT}.stepping": "best_effort_input_batch_size transpose_batch_time",
        f"{_RECURRENT}.wrappers": "DeviceWrapper DropoutWrapper ResidualWrapper",
    },
    "contrib.framework": {
        **_FRAMEWORK,
        "hook.extras.graphs": "prepend_name_scope strip_name_scope",
        "ops.building.convert": "is_tensor",
        "ops.building.tensor_spec": "TensorSpec",
        "ops.families.debugging.assertions": "assert_same_float_dtype assert_scalar",
        "ops.families.sparse.sparse_tensor": "convert_to_tensor_or_sparse_tensor",
        f"{_LIBRARY}.framework.small": (
            "VariableDeviceChooser assert_scalar_int get_graph_from_inputs get_placeholders py_func reduce_sum_n "
            "remove_squeezable_dimensions"
        ),
        f"{_LIBRARY}.framework.vocabularies": (
            "load_and_remap_matrix_initializer load_embedding_initializer load_linear_multiclass_bias_initializer "
            "load_variable_slot_initializer"
        ),
        "ops.building.default_graph": "get_name_scope",
        "ops.families.control_flow.cond": "smart_cond smart_constant_value",
        "ops.families.reductions.sorting": "argsort sort",
        "ops.library.checkpoint.initialization": "init_from_checkpoint",
        "ops.library.checkpoint.reader": "list_variables load_checkpoint load_variable",
    },
    "contrib.layers": _LAYERS,
    "contrib.slim": {
        **_LAYERS,
        **_FRAMEWORK,
        "ops.building.convert": "is_tensor",
    },
    "contrib.slim.learning": {
        f"{_LIBRARY}.training.train_op": f"{_TRAINING}",
        "session.training.slim_learning": "train train_step",
    },
    "contrib.slim.evaluation": {
        "ops.library.checkpoint.management": "checkpoints_iterator",
        "session.training.evaluating": "evaluate_once=slim_evaluate_once evaluation_loop wait_for_new_checkpoint",
    },
    "contrib.slim.data_decoder": {f"{_LIBRARY}.examples.provider": "DataDecoder"},
    "contrib.slim.data_provider": {f"{_LIBRARY}.examples.provider": "DataProvider"},
    "contrib.slim.dataset": {f"{_LIBRARY}.examples.provider": "Dataset"},
    "contrib.slim.dataset_data_provider": {f"{_LIBRARY}.examples.provider": "DatasetDataProvider"},
    "contrib.slim.parallel_reader": {
        f"{_LIBRARY}.examples.reading": "ParallelReader get_data_files parallel_read single_pass_read",
    },
    "contrib.slim.prefetch_queue": {f"{_LIBRARY}.examples.reading": "prefetch_queue"},
    "contrib.slim.tfexample_decoder": {
        f"{_LIBRARY}.examples.handlers": (
            "BackupHandler BoundingBox Image ItemHandler ItemHandlerCallback LookupTensor SparseTensor "
            "TFExampleDecoder Tensor"
        ),
    },
    "contrib.slim.queues": {"ops.library.input.running_queues": "NestedQueueRunnerError QueueRunners"},
    "contrib.slim.summaries": {
        f"{_LIBRARY}.layers.named_summaries": (
            "add_histogram_summaries add_histogram_summary add_image_summaries add_image_summary add_scalar_summaries "
            "add_scalar_summary add_zero_fraction_summaries add_zero_fraction_summary"
        ),
    },
    "contrib.slim.nets": {},
    "contrib.slim.nets.alexnet": {f"{_LIBRARY}.nets.plain": "alexnet_v2 alexnet_v2_arg_scope"},
    "contrib.slim.nets.inception": {
        f"{_LIBRARY}.nets.inception": (
            "inception_v1 inception_v1_arg_scope inception_v1_base inception_v2 inception_v2_arg_scope "
            "inception_v2_base inception_v3 inception_v3_arg_scope inception_v3_base"
        ),
    },
    "contrib.slim.nets.overfeat": {f"{_LIBRARY}.nets.plain": "overfeat overfeat_arg_scope"},
    "contrib.slim.nets.resnet_utils": {
        f"{_LIBRARY}.nets.resnet_utils": "Block conv2d_same resnet_arg_scope stack_blocks_dense subsample",
    },
    "contrib.slim.nets.resnet_v1": {
        f"{_LIBRARY}.nets.resnet": (
            "bottleneck=bottleneck_v1 resnet_v1 resnet_v1_101 resnet_v1_152 resnet_v1_200 resnet_v1_50 resnet_v1_block"
        ),
        f"{_LIBRARY}.nets.resnet_utils": "resnet_arg_scope",
        "contrib.slim.nets": "resnet_utils",  # programs reach the module by way of the nets
    },
    "contrib.slim.nets.resnet_v2": {
        f"{_LIBRARY}.nets.resnet": (
            "bottleneck=bottleneck_v2 resnet_v2 resnet_v2_101 resnet_v2_152 resnet_v2_200 resnet_v2_50 resnet_v2_block"
        ),
        f"{_LIBRARY}.nets.resnet_utils": "resnet_arg_scope",
        "contrib.slim.nets": "resnet_utils",  # programs reach the module by way of the nets
    },
    "contrib.slim.nets.vgg": {f"{_LIBRARY}.nets.plain": "vgg_16 vgg_19 vgg_a vgg_arg_scope vgg_d vgg_e"},
    "contrib.slim.utils": {
        f"{_LIBRARY}.layers.utilities": (
            "NamedOutputs append_tensor_alias channel_dimension collect_named_outputs constant_value "
            "convert_collection_to_dict gather_tensors_aliases get_tensor_aliases get_variable_collections "
            "last_dimension n_positive_integers smart_cond static_cond two_element_tuple"
        ),
    },
    "contrib.training": {
        "ops.library.input.bucketing": "bucket bucket_by_sequence_length",
        f"{_LIBRARY}.training.balancing": "GreedyLoadBalancingStrategy byte_size_load_fn",
        f"{_LIBRARY}.training.hparams": "HParams parse_values",
        f"{_LIBRARY}.training.train_op": f"{_TRAINING}",
        "ops.library.checkpoint.management": "checkpoints_iterator",
        "session.training.evaluating": (
            "StopAfterNEvalsHook SummaryAtEndHook evaluate_once evaluate_repeatedly get_or_create_eval_step train "
            "wait_for_new_checkpoint"
        ),
    },
    "contrib.learn.preprocessing": {
        f"{_LIBRARY}.vocabulary": "CategoricalVocabulary TOKENIZER_RE VocabularyProcessor tokenizer",
    },
    "contrib.slim.initializers": {
        f"{_LIBRARY}.layers.initializers": _LAYERS[f"{_LIBRARY}.layers.initializers"],
    },
    "contrib.slim.model_analyzer": {
        f"{_LIBRARY}.analyzer": "analyze_ops analyze_vars tensor_description",
    },
    "contrib.learn": {
        f"{_LIBRARY}.small": "ModeKeys",
        "session.estimator.run_config": "TaskType",
        "session.learn.canned": (
            "DNNClassifier DNNLinearCombinedClassifier DNNLinearCombinedRegressor DNNRegressor LinearClassifier "
            "LinearRegressor infer_real_valued_columns_from_input"
        ),
        "session.learn.config": "RunConfig",
        "session.learn.estimator": "Estimator SKCompat",
        "session.learn.experiment": "Experiment",
        "session.learn.specs": "MetricSpec ModelFnOps NotFittedError",
        "session.training.hooks": "NanLossDuringTrainingError",
    },
    "contrib.learn.monitors": {
        "session.learn.monitors": (
            "BaseMonitor EveryN PrintTensor RunHookAdapterForMonitors StopAtStep ValidationMonitor "
            "replace_monitors_with_hooks"
        ),
        "session.training.hooks": "NanLossDuringTrainingError",
    },
    "contrib.learn.learn_runner": {
        "session.learn.experiment": "run",
    },
    "contrib.legacy_seq2seq": LEGACY_SEQ2SEQ,
    "contrib.metrics": _METRICS,
    "contrib.slim.metrics": _METRICS,
    "contrib.losses": _LOSSES,
    "contrib.factorization": {
        f"{_LIBRARY}.factorization.kmeans": (
            "COSINE_DISTANCE KMEANS_PLUS_PLUS_INIT KMeans RANDOM_INIT SQUARED_EUCLIDEAN_DISTANCE"
        ),
    },
    "contrib.predictor": {
        "session.predictor": "from_saved_model",
    },
    "contrib.saved_model": {"session.keras.models.files.exporting": "load_keras_model save_keras_model"},
    "contrib.summary": {
        "ops.library.summaries.graph_writers": (
            "SummaryWriter all_summary_ops always_record_summaries audio create_db_writer create_file_writer "
            "create_summary_file_writer eval_dir flush generic graph histogram image import_event initialize "
            "never_record_summaries record_summaries_every_n_global_steps scalar should_record_summaries "
            "summary_writer_initializer_op"
        ),
    },
    "contrib.signal": {
        "ops.library.signal.framing": "frame overlap_and_add",
        "ops.library.signal.spectrograms": (
            "inverse_stft inverse_stft_window_fn linear_to_mel_weight_matrix mfccs_from_log_mel_spectrograms stft"
        ),
        "ops.library.signal.windows": "hamming_window hann_window",
    },
    "contrib.stateless": {
        "ops.families.random.stateless": (
            "stateless_multinomial stateless_random_normal stateless_random_uniform stateless_truncated_normal"
        ),
    },
    "contrib.slim.losses": _LOSSES,
    "contrib.cudnn_rnn": {
        f"{_LIBRARY}.rnn.blocks": "CudnnCompatibleGRUCell CudnnCompatibleLSTMCell",
    },
    "contrib.opt": {
        f"{_LIBRARY}.opt.adams": "AdaMaxOptimizer LazyAdamOptimizer NadamOptimizer",
        f"{_LIBRARY}.opt.weight_decay": (
            "AdamWOptimizer DecoupledWeightDecayExtension MomentumWOptimizer extend_with_decoupled_weight_decay"
        ),
        f"{_LIBRARY}.opt.around": (
            "AdamGSOptimizer LARSOptimizer LazyAdamGSOptimizer MovingAverageOptimizer MultitaskOptimizerWrapper "
            "RegAdagradOptimizer VariableClippingOptimizer clip_gradients_by_global_norm"
        ),
        f"{_LIBRARY}.opt.signs": "AddSignOptimizer PowerSignOptimizer",
        f"{_LIBRARY}.opt.external_optimizer": "ExternalOptimizerInterface ScipyOptimizerInterface",
    },
    "contrib.seq2seq": {
        "ops.families.indexing.gather_tree": "gather_tree",
        f"{_LIBRARY}.seq2seq.attention": "AttentionMechanism BahdanauAttention LuongAttention",
        f"{_LIBRARY}.seq2seq.beam_search": (
            "BeamSearchDecoder BeamSearchDecoderOutput BeamSearchDecoderState FinalBeamSearchDecoderOutput"
        ),
        f"{_LIBRARY}.seq2seq.beams": "tile_batch",
        f"{_LIBRARY}.seq2seq.decoder": "BasicDecoder BasicDecoderOutput Decoder dynamic_decode",
        f"{_LIBRARY}.seq2seq.helpers": (
            "CustomHelper GreedyEmbeddingHelper Helper InferenceHelper SampleEmbeddingHelper TrainingHelper"
        ),
        f"{_LIBRARY}.seq2seq.monotonic": (
            "BahdanauMonotonicAttention LuongMonotonicAttention monotonic_attention safe_cumprod"
        ),
        f"{_LIBRARY}.seq2seq.scheduled": "ScheduledEmbeddingTrainingHelper ScheduledOutputTrainingHelper",
        f"{_LIBRARY}.seq2seq.wrapper": "AttentionWrapper AttentionWrapperState hardmax",
        f"{_LIBRARY}.sequences": "sequence_loss",
    },
    "contrib.util": {
        "ops.building.static_shape": "constant_value_as_shape",
        "ops.building.static_value": "constant_value=get_static_value",
        "ops.encoding.tensor_proto": "make_ndarray make_tensor_proto",
    },
    "distributions": _SHOWN,
    "contrib.distributions": {
        **_SHOWN,
        **_MORE_DISTRIBUTIONS,
        f"{_DISTRIBUTIONS}.discrete": f"{_SHOWN[f'{_DISTRIBUTIONS}.discrete']} OneHotCategorical",
    },
    "contrib.distributions.bijectors": _BIJECTORS,
    "contrib.image": {
        "ops.families.images.components": "bipartite_match connected_components",
        f"{_LIBRARY}.image.transforms": (
            "angles_to_projective_transforms compose_transforms flat_transforms_to_matrices "
            "matrices_to_flat_transforms rotate transform translate translations_to_projective_transforms"
        ),
        f"{_LIBRARY}.image.warps": "dense_image_warp interpolate_spline sparse_image_warp",
    },
    "contrib.crf": {
        f"{_LIBRARY}.crf": (
            "crf_binary_score crf_decode crf_log_likelihood crf_log_norm crf_multitag_sequence_score "
            "crf_sequence_score crf_unary_score viterbi_decode"
        ),
    },
    "contrib.compiler": {},
    "contrib.compiler.jit": {"ops.library.xla": "experimental_jit_scope"},
    "contrib.compiler.xla": {"ops.library.xla": "check_function_argument_count compile"},
    "contrib.copy_graph": {"session.copy_graph": "copy_op_to_graph copy_variable_to_graph get_copied_op"},
    "contrib.deprecated": {
        "ops.families.debugging.summaries": (
            "audio_summary histogram_summary image_summary merge_all_summaries merge_summary scalar_summary"
        ),
    },
    "contrib.integrate": {f"{_LIBRARY}.integrate": "odeint odeint_fixed"},
    "contrib.model_pruning": {
        f"{_LIBRARY}.pruning.layers": (
            "MaskedBasicLSTMCell MaskedLSTMCell masked_conv2d masked_convolution masked_fully_connected"
        ),
        f"{_LIBRARY}.pruning.masks": (
            "apply_mask get_masked_weights get_masks get_thresholds get_weight_sparsity get_weights"
        ),
        f"{_LIBRARY}.pruning.pruning": "Pruning get_pruning_hparams",
        f"{_LIBRARY}.pruning.stripping": "strip_pruning_vars_fn",
        "session.training.pruning": "graph_def_from_checkpoint train",
    },
    "contrib.sparsemax": {f"{_LIBRARY}.sparsemax": "sparsemax sparsemax_loss"},
    "contrib.graph_editor": {
        f"{_LIBRARY}.graph_editor.lists": (
            "get_consuming_ops get_generating_ops get_tensors make_list_of_op make_list_of_t"
        ),
        f"{_LIBRARY}.graph_editor.select": (
            "filter_ops filter_ops_from_regex filter_ts filter_ts_from_regex get_backward_walk_ops "
            "get_forward_walk_ops get_name_scope_ops get_walks_intersection_ops get_walks_union_ops select_ops "
            "select_ops_and_ts select_ts"
        ),
        f"{_LIBRARY}.graph_editor.view": (
            "SubGraphView compute_boundary_ts make_view make_view_from_scope sgv sgv_scope"
        ),
        f"{_LIBRARY}.graph_editor.copying": "TransformerInfo copy copy_with_input_replacements graph_replace",
        f"{_LIBRARY}.graph_editor.placeholders": (
            "make_placeholder_from_dtype_and_shape ph=make_placeholder_from_dtype_and_shape "
            "make_placeholder_from_tensor placeholder_name"
        ),
        f"{_LIBRARY}.graph_editor.rerouting": "add_control_inputs remove_control_inputs reroute_ts swap_ts",
    },
    "contrib.eager": {
        f"{_CHECKPOINT}.containers": "Checkpointable=AutoTrackable",
        f"{_CHECKPOINT}.trackable": "Checkpoint",
        "modes": "enable_eager_execution executing_eagerly in_eager_mode=executing_eagerly",
        "testing.modes": "run_test_in_graph_and_eager_modes=run_in_graph_and_eager_modes",
        "ops.building.tensor_spec": "TensorSpec",
        "ops.families.debugging.eager_function": "py_func=py_function",
        "ops.families.state.resource_variable": "Variable=ResourceVariable",
        "ops.families.state.template": "make_template",
        "ops.library.checkpoint.saver": "Saver",
        "ops.library.functions.polymorphic": "defun=function function",
        "ops.library.gradients.custom": "custom_gradient",
    },
}
