"""The public names: per namespace, per module that defines them; `new=old` gives a name to another definition."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "": {
        "modes": (
            "disable_control_flow_v2 disable_eager_execution disable_resource_variables disable_tensor_equality "
            "disable_v2_behavior disable_v2_tensorshape enable_eager_execution enable_v2_behavior "
            "executing_eagerly"
        ),
        "ops.activations": "log_sigmoid sigmoid",
        "ops.argmax": "arg_max arg_min argmax argmin",
        "ops.arithmetic": (
            "abs accumulate_n add add_n complex_abs=abs mul=multiply multiply neg=negative negative scalar_mul "
            "sign square squared_difference sub=subtract subtract"
        ),
        "ops.batch_gathering": "batch_gather",
        "ops.blocks": (
            "batch_to_space batch_to_space_nd depth_to_space space_to_batch space_to_batch_nd space_to_depth"
        ),
        "ops.cast": (
            "bitcast cast saturate_cast to_bfloat16 to_complex128 to_complex64 to_double to_float to_int32 to_int64"
        ),
        "ops.clip_norms": "clip_by_average_norm clip_by_global_norm clip_by_norm global_norm",
        "ops.checks": (
            "assert_equal assert_greater assert_greater_equal assert_integer assert_less assert_less_equal "
            "assert_negative assert_non_negative assert_non_positive assert_none_equal assert_positive "
            "assert_proper_iterable assert_rank assert_rank_at_least assert_scalar assert_type is_numeric_tensor"
        ),
        "ops.compare": (
            "equal greater greater_equal is_finite is_inf is_nan less less_equal logical_and logical_not "
            "logical_or logical_xor not_equal"
        ),
        "ops.complex_": "angle complex conj imag real",
        "ops.constant": "constant make_ndarray",
        "ops.control": "Assert Print numpy_function print=print_v2 py_func timestamp",
        "ops.convert": "convert_to_tensor is_tensor register_tensor_conversion_function",
        "ops.core": (
            "ensure_shape group identity identity_n no_op placeholder placeholder_with_default stop_gradient tuple"
        ),
        "ops.default_graph": (
            "add_to_collection add_to_collections colocate_with container control_dependencies device "
            "get_collection get_collection_ref get_default_graph init_scope name_scope reset_default_graph "
            "set_random_seed"
        ),
        "ops.default_session": "get_default_session",
        "ops.device": "DeviceSpec",
        "ops.division": (
            "div div_no_nan divide floor_div floordiv floormod inv=reciprocal mod realdiv reciprocal truediv "
            "truncatediv truncatemod"
        ),
        "ops.dtypes": (
            "DType QUANTIZED_DTYPES=QUANTIZED as_dtype bfloat16 bool=bool_ complex128 complex64 double float16 "
            "float32 float64 half int16 int32 int64 int8 qint16 qint32 qint8 quint16 quint8 resource string "
            "uint16 uint32 uint64 uint8 variant"
        ),
        "ops.einsum": "einsum",
        "ops.errors": "OpError",
        "ops.factorizations": (
            "cholesky cholesky_solve matrix_determinant matrix_inverse matrix_solve matrix_triangular_solve qr "
            "self_adjoint_eig self_adjoint_eigvals svd trace"
        ),
        "ops.filling": "fill ones range zeros",
        "ops.gathering": "gather gather_nd",
        "ops.graph": "Graph",
        "ops.graph_keys": "GraphKeys",
        "ops.importer": "import_graph_def",
        "ops.indexed_slices": "IndexedSlices IndexedSlicesValue",
        "ops.indices": "invert_permutation one_hot setdiff1d unique unique_with_counts unravel_index",
        "ops.initializers": (
            "constant_initializer glorot_normal_initializer glorot_uniform_initializer ones_initializer "
            "random_normal_initializer random_uniform_initializer truncated_normal_initializer "
            "variance_scaling_initializer zeros_initializer"
        ),
        "ops.like": "ones_like zeros_like",
        "ops.limits": "ceil clip_by_value floor maximum minimum rint round",
        "ops.linear_algebra": "cross matmul matvec sparse_matmul",
        "ops.linspace": "lin_space linspace",
        "ops.masking": "boolean_mask sequence_mask",
        "ops.math": "exp expm1 log log1p pow rsqrt sqrt",
        "ops.matrix_parts": "diag diag_part eye matrix_band_part matrix_diag matrix_diag_part matrix_set_diag",
        "ops.meshgrid": "meshgrid",
        "ops.norms": "norm",
        "ops.numerics_checks": "add_check_numerics_ops check_numerics verify_tensor_all_finite",
        "ops.operation": "Operation",
        "ops.padding": "pad",
        "ops.partitioning": "dynamic_partition dynamic_stitch",
        "ops.proto": (
            "AttrValue ConfigProto Event GPUOptions GraphDef GraphOptions HistogramProto LogMessage MetaGraphDef "
            "NameAttrList NodeDef OptimizerOptions RunMetadata RunOptions SessionLog Summary SummaryMetadata "
            "TensorInfo"
        ),
        "ops.random": "get_seed random_normal random_shuffle random_uniform truncated_normal",
        "ops.ragged_tensor": "RaggedTensor",
        "ops.rearranging": "broadcast_to reverse reverse_sequence reverse_v2=reverse roll tile",
        "ops.reduce_functions": (
            "count_nonzero reduce_all reduce_any reduce_euclidean_norm reduce_logsumexp reduce_max reduce_mean "
            "reduce_min reduce_prod reduce_sum"
        ),
        "ops.repeating": "repeat",
        "ops.reshaping": "expand_dims reshape squeeze",
        "ops.scan": "cumprod cumsum",
        "ops.scattering": (
            "scatter_nd tensor_scatter_add tensor_scatter_nd_add tensor_scatter_nd_max tensor_scatter_nd_min "
            "tensor_scatter_nd_sub tensor_scatter_nd_update tensor_scatter_sub tensor_scatter_update"
        ),
        "ops.searching": "bincount histogram_fixed_width searchsorted",
        "ops.segments": (
            "segment_max segment_mean segment_min segment_prod segment_sum unsorted_segment_max "
            "unsorted_segment_mean unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n "
            "unsorted_segment_sum"
        ),
        "ops.select": "select where where_v2",
        "ops.session_ops": "delete_session_tensor get_session_handle get_session_tensor",
        "ops.shape_ops": ("broadcast_dynamic_shape broadcast_static_shape guarantee_const rank shape shape_n size"),
        "ops.slicing": "slice strided_slice",
        "ops.sparse_arithmetic": "sparse_add sparse_maximum sparse_minimum sparse_softmax",
        "ops.sparse_composed": ("sparse_mask sparse_merge sparse_reset_shape sparse_to_indicator sparse_transpose"),
        "ops.sparse_parts": "sparse_concat sparse_slice sparse_split",
        "ops.sparse_reduce": ("sparse_reduce_max sparse_reduce_max_sparse sparse_reduce_sum sparse_reduce_sum_sparse"),
        "ops.sparse_structure": "sparse_fill_empty_rows sparse_reorder sparse_reshape sparse_retain",
        "ops.sparse_tensor": ("SparseTensor SparseTensorValue convert_to_tensor_or_sparse_tensor sparse_placeholder"),
        "ops.sparse_to_dense": "sparse_tensor_dense_matmul sparse_tensor_to_dense sparse_to_dense",
        "ops.special": "betainc digamma erf erfc igamma igammac lgamma polygamma zeta",
        "ops.splitting": "split unpack unstack",
        "ops.stacking": "concat pack parallel_stack stack",
        "ops.state": (
            "assign assign_add assign_sub count_up_to scatter_add scatter_div scatter_max scatter_min scatter_mul "
            "scatter_sub scatter_update"
        ),
        "ops.tensor": "Tensor",
        "ops.tensor_proto": "make_tensor_proto",
        "ops.static_value": "get_static_value",
        "ops.tensor_shape": "Dimension TensorShape dimension_at_index dimension_value",
        "ops.tensor_spec": "TensorSpec",
        "ops.tensordot": "tensordot",
        "ops.top_k": "argsort sort",
        "ops.transposing": "matrix_transpose transpose",
        "ops.trigonometry": "acos acosh asin asinh atan atan2 atanh cos cosh sin sinh tan tanh",
        "ops.variable_scope": (
            "AUTO_REUSE VariableScope get_local_variable get_variable get_variable_scope variable_op_scope "
            "variable_scope"
        ),
        "ops.variables": (
            "Variable VariableAggregation VariableSynchronization all_variables assert_variables_initialized "
            "global_variables global_variables_initializer initialize_all_variables initialize_local_variables "
            "initialize_variables is_variable_initialized local_variables local_variables_initializer "
            "model_variables report_uninitialized_variables trainable_variables variables_initializer"
        ),
        "session.ahead": "compile_ahead",
        "session.conversions": "register_session_run_conversion_functions",
        "session.session": "InteractiveSession Session",
        "session.warnings_": "UnclosedSessionWarning UsageWarning",
    },
    "bitwise": {
        "ops.bitwise": "bitwise_and bitwise_or bitwise_xor invert left_shift population_count right_shift",
    },
    "debugging": {
        "ops.checks": (
            "assert_equal assert_greater assert_greater_equal assert_integer assert_less assert_less_equal "
            "assert_negative assert_non_negative assert_non_positive assert_none_equal assert_positive "
            "assert_proper_iterable assert_rank assert_rank_at_least assert_scalar assert_type is_numeric_tensor"
        ),
        "ops.compare": "is_finite is_inf is_nan",
        "ops.control": "Assert",
        "ops.numerics_checks": "assert_all_finite=verify_tensor_all_finite check_numerics",
    },
    "dtypes": {
        "ops.cast": "cast saturate_cast",
        "ops.complex_": "complex",
        "ops.dtypes": (
            "DType as_dtype bfloat16 bool=bool_ complex128 complex64 double float16 float32 float64 half int16 "
            "int32 int64 int8 qint16 qint32 qint8 quint16 quint8 resource string uint16 uint32 uint64 uint8 "
            "variant"
        ),
    },
    "errors": {
        "ops.errors": (
            "ABORTED ALREADY_EXISTS AbortedError AlreadyExistsError CANCELLED CancelledError DATA_LOSS "
            "DEADLINE_EXCEEDED DataLossError DeadlineExceededError FAILED_PRECONDITION FailedPreconditionError "
            "INTERNAL INVALID_ARGUMENT InternalError InvalidArgumentError NOT_FOUND NotFoundError OK OUT_OF_RANGE "
            "OpError OutOfRangeError PERMISSION_DENIED PermissionDeniedError RESOURCE_EXHAUSTED "
            "ResourceExhaustedError UNAUTHENTICATED UNAVAILABLE UNIMPLEMENTED UNKNOWN UnauthenticatedError "
            "UnavailableError UnimplementedError UnknownError error_code_from_exception_type "
            "exception_type_from_error_code raise_exception_on_not_ok_status"
        ),
    },
    "graph_util": {
        "ops.graph_util": (
            "convert_variables_to_constants extract_sub_graph must_run_on_cpu remove_training_nodes "
            "tensor_shape_from_node_def_name"
        ),
        "ops.importer": "import_graph_def",
    },
    "initializers": {
        "ops.initializers": (
            "constant=constant_initializer glorot_normal=glorot_normal_initializer "
            "glorot_uniform=glorot_uniform_initializer ones=ones_initializer random_normal=random_normal_initializer "
            "random_uniform=random_uniform_initializer truncated_normal=truncated_normal_initializer "
            "variance_scaling=variance_scaling_initializer zeros=zeros_initializer"
        ),
        "ops.variables": (
            "global_variables=global_variables_initializer local_variables=local_variables_initializer "
            "variables=variables_initializer"
        ),
    },
    "io": {
        "ops.graph_io": "write_graph",
    },
    "linalg": {
        "ops.clip_norms": "global_norm",
        "ops.einsum": "einsum",
        "ops.factorizations": (
            "adjoint cholesky cholesky_solve det=matrix_determinant eigh=self_adjoint_eig "
            "eigvalsh=self_adjoint_eigvals inv=matrix_inverse logdet qr slogdet solve=matrix_solve svd trace "
            "triangular_solve=matrix_triangular_solve"
        ),
        "ops.linear_algebra": "cross matmul matvec",
        "ops.matrix_parts": (
            "band_part=matrix_band_part diag=matrix_diag diag_part=matrix_diag_part eye set_diag=matrix_set_diag "
            "tensor_diag=diag tensor_diag_part=diag_part"
        ),
        "ops.norms": "l2_normalize norm",
        "ops.tensordot": "tensordot",
        "ops.transposing": "matrix_transpose transpose=matrix_transpose",
    },
    "manip": {
        "ops.blocks": "batch_to_space_nd space_to_batch_nd",
        "ops.gathering": "gather_nd",
        "ops.rearranging": "reverse roll tile",
        "ops.reshaping": "reshape",
        "ops.scattering": "scatter_nd",
    },
    "math": {
        "ops.activations": "log_sigmoid sigmoid softplus softsign",
        "ops.argmax": "argmax argmin",
        "ops.arithmetic": (
            "abs accumulate_n add add_n multiply multiply_no_nan negative scalar_mul sign square "
            "squared_difference subtract"
        ),
        "ops.bessel": "bessel_i0 bessel_i0e bessel_i1 bessel_i1e",
        "ops.compare": (
            "equal greater greater_equal is_finite is_inf is_nan less less_equal logical_and logical_not "
            "logical_or logical_xor not_equal"
        ),
        "ops.complex_": "angle conj imag real",
        "ops.division": "divide divide_no_nan floordiv floormod mod reciprocal truediv",
        "ops.indices": "invert_permutation",
        "ops.limits": "ceil floor maximum minimum nextafter rint round",
        "ops.math": "exp expm1 log log1p polyval pow rsqrt sqrt",
        "ops.norms": "l2_normalize",
        "ops.reduce_functions": (
            "count_nonzero reduce_all reduce_any reduce_euclidean_norm reduce_logsumexp reduce_max reduce_mean "
            "reduce_min reduce_prod reduce_std reduce_sum reduce_variance"
        ),
        "ops.scan": "cumprod cumsum cumulative_logsumexp",
        "ops.searching": "bincount",
        "ops.segments": (
            "segment_max segment_mean segment_min segment_prod segment_sum unsorted_segment_max "
            "unsorted_segment_mean unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n "
            "unsorted_segment_sum"
        ),
        "ops.softmax": "log_softmax softmax",
        "ops.special": (
            "betainc digamma erf erfc erfcinv erfinv igamma igammac lgamma ndtri polygamma xdivy xlog1py xlogy zeta"
        ),
        "ops.top_k": "in_top_k top_k",
        "ops.trigonometry": "acos acosh asin asinh atan atan2 atanh cos cosh sin sinh tan tanh",
    },
    "math.special": {
        "ops.bessel": (
            "bessel_i0 bessel_i0e bessel_i1 bessel_i1e bessel_j0 bessel_j1 bessel_k0 bessel_k0e bessel_k1 bessel_k1e "
            "bessel_y0 bessel_y1 dawsn expint fresnel_cos fresnel_sin spence"
        ),
    },
    "nest": {
        "ops.nest": (
            "assert_same_structure flatten flatten_dict_items is_nested is_sequence map_structure pack_sequence_as"
        ),
        "ops.nest_shallow": (
            "assert_shallow_structure flatten_up_to flatten_with_joined_string_paths map_structure_up_to"
        ),
    },
    "nn": {
        "ops.activations": "crelu elu leaky_relu relu relu6 selu sigmoid silu softplus softsign swish",
        "ops.bias": "bias_add relu_layer xw_plus_b",
        "ops.blocks": "depth_to_space space_to_batch space_to_depth",
        "ops.cross_entropy": (
            "sigmoid_cross_entropy_with_logits softmax_cross_entropy_with_logits "
            "softmax_cross_entropy_with_logits_v2 sparse_softmax_cross_entropy_with_logits "
            "weighted_cross_entropy_with_logits"
        ),
        "ops.dropout": "dropout",
        "ops.embedding": "embedding_lookup",
        "ops.norms": "batch_normalization l2_loss l2_normalize moments",
        "ops.softmax": "log_softmax softmax",
        "ops.top_k": "in_top_k top_k",
        "ops.trigonometry": "tanh",
    },
    "random": {
        "ops.default_graph": "set_random_seed",
        "ops.random": ("get_seed normal=random_normal shuffle=random_shuffle truncated_normal uniform=random_uniform"),
    },
    "session_ops": {
        "ops.session_ops": "delete_session_tensor get_session_handle get_session_tensor",
        "session.handles": "TensorHandle",
    },
    "sparse": {
        "ops.sparse_arithmetic": "add=sparse_add maximum=sparse_maximum minimum=sparse_minimum softmax=sparse_softmax",
        "ops.sparse_composed": (
            "expand_dims=sparse_expand_dims eye=sparse_eye from_dense mask=sparse_mask merge=sparse_merge "
            "reset_shape=sparse_reset_shape to_indicator=sparse_to_indicator transpose=sparse_transpose"
        ),
        "ops.sparse_parts": "concat=sparse_concat slice=sparse_slice split=sparse_split",
        "ops.sparse_reduce": (
            "reduce_max=sparse_reduce_max reduce_max_sparse=sparse_reduce_max_sparse reduce_sum=sparse_reduce_sum "
            "reduce_sum_sparse=sparse_reduce_sum_sparse"
        ),
        "ops.sparse_structure": (
            "fill_empty_rows=sparse_fill_empty_rows reorder=sparse_reorder reshape=sparse_reshape retain=sparse_retain"
        ),
        "ops.sparse_tensor": "SparseTensor placeholder=sparse_placeholder",
        "ops.sparse_to_dense": (
            "matmul=sparse_tensor_dense_matmul sparse_dense_matmul=sparse_tensor_dense_matmul "
            "to_dense=sparse_tensor_to_dense"
        ),
    },
    "timeline": {
        "session.timeline": "RunTimeline Timeline",
    },
    "train": {
        "ops.cluster": "ClusterSpec",
        "ops.device_setter": "replica_device_setter",
        "ops.global_step": "create_global_step get_global_step get_or_create_global_step global_step",
        "ops.graph_io": "write_graph",
        "ops.meta_graph": "export_meta_graph import_meta_graph",
        "ops.proto": (
            "BytesList ClusterDef Example Feature FeatureList FeatureLists Features FloatList Int64List JobDef "
            "SaverDef SequenceExample ServerDef"
        ),
        "session.server": "Server",
    },
}
