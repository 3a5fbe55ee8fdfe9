"""Public names of the top level."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "": {
        "hook": "install load_ipython_extension uninstall unload_ipython_extension",
        "modes": (
            "disable_control_flow_v2 disable_eager_execution disable_tensor_equality "
            "disable_v2_behavior disable_v2_tensorshape enable_eager_execution enable_v2_behavior executing_eagerly"
        ),
        "old": "batch_matmul complex_abs concat concat_v2=concat op_scope split",
        "logging": "get_logger",
        "version": (
            "COMPILER_VERSION CXX11_ABI_FLAG GIT_VERSION GRAPH_DEF_VERSION GRAPH_DEF_VERSION_MIN_CONSUMER "
            "GRAPH_DEF_VERSION_MIN_PRODUCER MONOLITHIC_BUILD"
        ),
        "ops.base.device_spec": "DeviceSpec",
        "ops.base.errors": "OpError",
        "ops.building.basic_ops": (
            "ensure_shape group identity identity_n no_op placeholder placeholder_with_default stop_gradient tuple"
        ),
        "ops.building.constant": "constant",
        "ops.building.convert": "convert_to_tensor is_tensor register_tensor_conversion_function",
        "ops.building.default_graph": (
            "add_to_collection add_to_collections colocate_with container control_dependencies device get_collection "
            "get_collection_ref get_default_graph init_scope name_scope reset_default_graph set_random_seed"
        ),
        "ops.building.static_value": "get_static_value",
        "ops.building.tensor_spec": "TensorSpec",
        "ops.encoding.tensor_proto": "make_ndarray make_tensor_proto",
        "ops.families.arrays.blocks": (
            "batch_to_space batch_to_space_nd depth_to_space space_to_batch space_to_batch_nd space_to_depth"
        ),
        "ops.families.arrays.filling": "fill ones range zeros",
        "ops.families.arrays.linspace": "lin_space linspace",
        "ops.families.arrays.meshgrid": "meshgrid",
        "ops.families.arrays.padding": "pad",
        "ops.families.arrays.rearranging": "broadcast_to reverse reverse_sequence reverse_v2=reverse roll tile",
        "ops.families.arrays.reshaping": "expand_dims reshape squeeze",
        "ops.families.arrays.shape_ops": (
            "broadcast_dynamic_shape broadcast_static_shape guarantee_const rank shape shape_n size"
        ),
        "ops.families.arrays.slicing": "slice strided_slice",
        "ops.families.arrays.splitting": "unpack unstack",
        "ops.families.arrays.stacking": "pack parallel_stack stack",
        "ops.families.arrays.transposing": "matrix_transpose transpose",
        "ops.families.dataflow.queues": "FIFOQueue PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
        "ops.families.control_flow.case": "case switch_case",
        "ops.families.control_flow.cond": "cond",
        "ops.families.control_flow.functional": "foldl foldr map_fn scan",
        "ops.families.functions.critical_section": "CriticalSection",
        "ops.library.modules": "Module",
        "ops.library.functions.polymorphic": "function",
        "ops.library.functions.vectorized": "vectorized_map",
        "ops.families.control_flow.tensor_array": "TensorArray",
        "ops.families.control_flow.while_loop": "while_loop",
        "ops.families.debugging.assertions": (
            "assert_equal assert_greater assert_greater_equal assert_integer assert_less assert_less_equal "
            "assert_negative assert_non_negative assert_non_positive assert_none_equal assert_positive "
            "assert_proper_iterable assert_rank assert_rank_at_least assert_same_float_dtype assert_scalar assert_type "
            "is_numeric_tensor"
        ),
        "ops.families.debugging.closeness": "assert_near assert_rank_in is_non_decreasing is_strictly_increasing",
        "ops.families.debugging.eager_function": "py_function",
        "ops.families.debugging.numerics": "add_check_numerics_ops check_numerics verify_tensor_all_finite",
        "ops.families.debugging.printing": "Assert Print numpy_function print=print_v2 py_func timestamp",
        "ops.families.debugging.summaries": (
            "audio_summary histogram_summary image_summary merge_all_summaries merge_summary scalar_summary"
        ),
        "ops.families.elementwise.arithmetic": (
            "abs accumulate_n add add_n mul=multiply multiply neg=negative negative scalar_mul sign "
            "square squared_difference sub=subtract subtract"
        ),
        "ops.families.elementwise.cast": (
            "bitcast cast saturate_cast to_bfloat16 to_complex128 to_complex64 to_double to_float to_int32 to_int64"
        ),
        "ops.families.elementwise.compare": (
            "equal greater greater_equal is_finite is_inf is_nan less less_equal logical_and logical_not logical_or "
            "logical_xor not_equal"
        ),
        "ops.families.elementwise.complex": "angle complex conj imag real",
        "ops.families.elementwise.division": (
            "div div_no_nan divide floor_div floordiv floormod inv=reciprocal mod realdiv reciprocal truediv "
            "truncatediv truncatemod"
        ),
        "ops.families.elementwise.exponential": "exp expm1 log log1p pow rsqrt sqrt",
        "ops.families.elementwise.like": "ones_like zeros_like",
        "ops.families.elementwise.rounding": "ceil clip_by_value floor maximum minimum rint round",
        "ops.families.elementwise.select": "select",
        "ops.families.special.functions": "betainc digamma erf erfc igamma igammac lgamma polygamma zeta",
        "ops.families.elementwise.trigonometry": "acos acosh asin asinh atan atan2 atanh cos cosh sin sinh tan tanh",
        "ops.families.indexing.batch_gathering": "batch_gather gather_nd",
        "ops.families.indexing.gathering": "gather",
        "ops.families.indexing.masking": "boolean_mask sequence_mask",
        "ops.families.indexing.partitioning": "dynamic_partition dynamic_stitch",
        "ops.families.indexing.positions": (
            "invert_permutation list_diff=setdiff1d one_hot setdiff1d unique unique_with_counts unravel_index where "
            "where_v2"
        ),
        "ops.families.indexing.repeating": "repeat",
        "ops.families.indexing.scattering": (
            "scatter_nd tensor_scatter_add tensor_scatter_nd_add tensor_scatter_nd_max tensor_scatter_nd_min "
            "tensor_scatter_nd_sub tensor_scatter_nd_update tensor_scatter_sub tensor_scatter_update"
        ),
        "ops.families.io.csv": "decode_csv",
        "ops.families.io.decoding": "decode_compressed decode_json_example decode_raw parse_tensor serialize_tensor",
        "ops.families.io.files": "matching_files read_file write_file",
        "ops.families.io.parsing": (
            "FixedLenFeature FixedLenSequenceFeature SparseFeature VarLenFeature parse_example parse_single_example"
        ),
        "ops.families.io.sequences": "parse_single_sequence_example",
        "ops.families.io.readers": (
            "FixedLengthRecordReader IdentityReader LMDBReader ReaderBase TFRecordReader TextLineReader WholeFileReader"
        ),
        "ops.families.linalg.clip_norms": "clip_by_average_norm clip_by_global_norm clip_by_norm global_norm",
        "ops.families.linalg.einsum": "einsum",
        "ops.families.linalg.factorizations": (
            "cholesky cholesky_solve matrix_determinant matrix_inverse matrix_solve matrix_triangular_solve qr "
            "self_adjoint_eig self_adjoint_eigvals svd trace"
        ),
        "ops.families.linalg.matrix_functions": "matrix_solve_ls matrix_square_root=sqrtm",
        "ops.families.linalg.matrix_parts": (
            "diag diag_part eye matrix_band_part matrix_diag matrix_diag_part matrix_set_diag"
        ),
        "ops.families.linalg.norms": "norm",
        "ops.families.linalg.products": "cross matmul matvec sparse_matmul",
        "ops.families.linalg.tensordot": "tensordot",
        "ops.families.nn.activations": "log_sigmoid sigmoid",
        "ops.families.nn.convolution.dilated": "required_space_to_batch_paddings",
        "ops.families.nn.convolution.patches": "extract_image_patches extract_volume_patches",
        "ops.families.quantized.fake_quant": (
            "fake_quant_with_min_max_args fake_quant_with_min_max_args_gradient fake_quant_with_min_max_vars "
            "fake_quant_with_min_max_vars_gradient fake_quant_with_min_max_vars_per_channel "
            "fake_quant_with_min_max_vars_per_channel_gradient"
        ),
        "ops.families.nn.quantized": "quantized_concat",
        "ops.families.quantized.quantize": "dequantize quantize quantize_v2",
        "ops.families.signal.fourier": "fft fft2d fft3d ifft ifft2d ifft3d",
        "ops.families.random.initializers": (
            "constant_initializer glorot_normal_initializer glorot_uniform_initializer ones_initializer "
            "random_normal_initializer random_uniform_initializer truncated_normal_initializer "
            "uniform_unit_scaling_initializer variance_scaling_initializer zeros_initializer"
        ),
        "ops.families.random.matrix_initializers": "orthogonal_initializer",
        "ops.families.random.drawing": "multinomial random_crop random_gamma random_poisson",
        "ops.families.random.sampling": "get_seed random_normal random_shuffle random_uniform truncated_normal",
        "ops.families.reductions.argmax": "arg_max arg_min argmax argmin",
        "ops.families.reductions.counting": "bincount histogram_fixed_width histogram_fixed_width_bins searchsorted",
        "ops.families.reductions.reductions": (
            "lbeta "
            "count_nonzero reduce_all reduce_any reduce_euclidean_norm reduce_logsumexp reduce_max reduce_mean "
            "reduce_min reduce_prod reduce_sum"
        ),
        "ops.families.reductions.scan": "cumprod cumsum",
        "ops.families.reductions.sparse_segments": "sparse_segment_mean sparse_segment_sqrt_n sparse_segment_sum",
        "ops.families.reductions.segments": (
            "segment_max segment_mean segment_min segment_prod segment_sum unsorted_segment_max "
            "unsorted_segment_mean unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n "
            "unsorted_segment_sum"
        ),
        "ops.families.reductions.sorting": "argsort sort",
        "ops.families.sparse.arithmetic": "sparse_add sparse_maximum sparse_minimum sparse_softmax",
        "ops.families.sparse.composed": (
            "sparse_mask sparse_merge sparse_reset_shape sparse_to_indicator sparse_transpose"
        ),
        "ops.families.sparse.indexed_slices": ("IndexedSlices IndexedSlicesValue convert_to_tensor_or_indexed_slices"),
        "ops.families.sparse.parts": "sparse_concat sparse_slice sparse_split",
        "ops.families.sparse.reductions": (
            "sparse_reduce_max sparse_reduce_max_sparse sparse_reduce_sum sparse_reduce_sum_sparse"
        ),
        "ops.families.sparse.sparse_tensor": (
            "SparseTensor SparseTensorValue convert_to_tensor_or_sparse_tensor sparse_placeholder"
        ),
        "ops.families.data.extra.optional": "OptionalSpec",
        "ops.families.sparse.specs": "IndexedSlicesSpec SparseTensorSpec",
        "ops.families.io.sparse_messages": "deserialize_many_sparse serialize_many_sparse serialize_sparse",
        "ops.families.sparse.structure": "sparse_fill_empty_rows sparse_reorder sparse_reshape sparse_retain",
        "ops.families.sparse.to_dense": "sparse_tensor_dense_matmul sparse_tensor_to_dense sparse_to_dense",
        "ops.families.state.assignments": ("assign assign_add assign_sub count_up_to"),
        "ops.families.state.updates.scatter_ops": (
            "scatter_add scatter_div scatter_max scatter_min scatter_mul scatter_nd_add scatter_nd_sub "
            "scatter_nd_update scatter_sub scatter_update"
        ),
        "ops.families.state.handle_ops": "delete_session_tensor get_session_handle get_session_tensor",
        "ops.families.dataflow.accumulators": (
            "ConditionalAccumulator ConditionalAccumulatorBase SparseConditionalAccumulator"
        ),
        "ops.families.state.partitioned": (
            "fixed_size_partitioner min_max_variable_partitioner variable_axis_size_partitioner"
        ),
        "ops.families.state.template": "make_template",
        "ops.families.state.updates.batch_scatter": "batch_scatter_update",
        "ops.families.state.variable_lists": (
            "all_variables assert_variables_initialized global_variables global_variables_initializer "
            "initialize_all_tables initialize_all_variables initialize_local_variables initialize_variables "
            "is_variable_initialized local_variables local_variables_initializer model_variables "
            "moving_average_variables report_uninitialized_variables tables_initializer trainable_variables "
            "variables_initializer"
        ),
        "ops.families.state.variable_scope": (
            "AUTO_REUSE VariableScope create_partitioned_variables get_local_variable get_variable get_variable_scope "
            "no_regularizer variable_op_scope variable_scope"
        ),
        "ops.families.state.variables": (
            "Variable VariableAggregation VariableSynchronization disable_resource_variables "
            "enable_resource_variables resource_variables_enabled variable_creator_scope"
        ),
        "ops.families.strings.joining": "reduce_join string_join",
        "ops.families.strings.hash_buckets": (
            "string_to_hash_bucket string_to_hash_bucket_fast string_to_hash_bucket_strong"
        ),
        "ops.families.strings.numbers": "as_string string_to_number",
        "ops.families.strings.parts": "decode_base64 encode_base64 string_strip substr",
        "ops.families.strings.fingerprints": "fingerprint=fingerprint_of",
        "ops.families.strings.patterns": "regex_replace",
        "ops.families.strings.edit_distances": "edit_distance",
        "ops.library.ragged.ragged_tensor": "RaggedTensor",
        "ops.library.ragged.spec": "RaggedTensorSpec",
        "ops.library.type_specs": "TypeSpec",
        "ops.library.ragged.texts": "string_split",
        "ops.graph.defaults": "get_default_session",
        "ops.graph.graph": "Graph",
        "ops.graph.graph_keys": "GraphKeys",
        "ops.graph.node": "Tensor",
        "ops.graph.operation": "Operation",
        "ops.library.gradients.aggregation": "AggregationMethod",
        "ops.library.gradients.custom": "custom_gradient grad_pass_through recompute_grad",
        "ops.library.gradients.gradients": "UnconnectedGradients gradients hessians",
        "ops.library.gradients.tape": "GradientTape",
        "ops.library.metrics.confusion_matrix": "confusion_matrix",
        "ops.library.gradients.registered": (
            "NoGradient=not_differentiable NotDifferentiable=not_differentiable RegisterGradient "
            "no_gradient=not_differentiable"
        ),
        "ops.library.graphdef.importer": "import_graph_def",
        "ops.proto": (
            "AttrValue ConfigProto Event GPUOptions GraphDef GraphOptions HistogramProto LogMessage MetaGraphDef "
            "NameAttrList NodeDef OptimizerOptions RunMetadata RunOptions SessionLog Summary SummaryMetadata "
            "TensorInfo"
        ),
        "ops.types.dtypes": (
            "DType QUANTIZED_DTYPES=QUANTIZED as_dtype bfloat16 bool=bool_ complex128 complex64 double float16 "
            "float32 float64 half int16 int32 int64 int8 qint16 qint32 qint8 quint16 quint8 resource string uint16 "
            "uint32 uint64 uint8 variant"
        ),
        "ops.types.tensor_shape": "Dimension TensorShape dimension_at_index dimension_value",
        "session.ahead": "compile_ahead",
        "session.functions.rows": "guvectorize",
        "session.functions.vectorize": "vectorize",
        "session.calls.conversions": "register_session_run_conversion_functions",
        "session.session": "InteractiveSession Session",
        "session.warnings_": "UnclosedSessionWarning UsageWarning",
    },
}
