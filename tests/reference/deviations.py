"""Where `sessile` answers otherwise than TensorFlow on purpose, each with its reason.

`DEVIATIONS[family/case] = (aspect, reason)`, the aspect one of: `nodes` (the graph built), `static` (types and static
shapes), `error` (whether, when and which error is raised), `values`. A listed deviation that is gone fails a test.

`ULPS` says how far float values may be from the recorded ones, per operation type, where TensorFlow and the NumPy
kernels round differently by more than `DEFAULT_ULP`; `CASE_ULPS` the same for single cases.
"""

from __future__ import annotations

from typing import Final

DEFAULT_ULP: Final = 4

_SPECIAL = ("Digamma", "Polygamma", "BesselJ0", "BesselJ1", "BesselK0", "BesselK0e", "BesselK1", "BesselK1e", "Betainc")
# Sums and products of many numbers: the order is free, and what cancels leaves the errors of the large.
ULPS: Final[dict[str, float]] = {
    **dict.fromkeys(("Sum", "Mean", "Prod", "EuclideanNorm", "Cumsum", "Cumprod", "L2Loss", "Softmax"), 32),
    **dict.fromkeys(("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum", "AddN"), 32),
    **dict.fromkeys(_SPECIAL, 16),
    **dict.fromkeys(("Conv2D", "Conv3D", "AvgPool", "AvgPoolGrad", "AvgPool3D", "AvgPool3DGrad"), 32),
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", "LRN", "LRNGrad", "CTCLoss"), 64),
    "Igammac": 256,  # TensorFlow's own series; SciPy is right in the last place
    "LogSoftmax": 16,
}

CASE_ULPS: Final[dict[str, float]] = {
    **dict.fromkeys(("nn_losses/log_poisson", "nn_losses/log_poisson_full"), 32),
    **dict.fromkeys(("nn_losses/ctc", "nn_losses/ctc_collapse", "nn_losses/ctc_not_merged"), 2**15),  # in float64 here
    **dict.fromkeys(
        ("nn_losses/lrn_gradient", "nn_losses/norm_gradients"), 2048
    ),  # differences of what is nearly equal
    "elementwise_activations/softplus_bfloat16": 8,  # TensorFlow rounds each step to bfloat16
    **dict.fromkeys(
        (
            f"short_floats/{name}_{dtype}"
            for name in (
                "exact_of_two",
                "exact",
                "relu",
                "leaks",
                "chain",
                "cast_float32",
                "cast_float64",
                "cast_int64",
            )
            for dtype in ("float16", "bfloat16")
        ),
        0,
    ),
}

_INTERNAL = "TensorFlow calls this mistake of the caller an InternalError; here it is InvalidArgumentError, as for //"
# Recorded from TensorFlow 2: seeds count operations, so the graph is that of 1.15 (tests/programs/test_graphs.py).
_AS_IN_1_15 = "the operations are those that TensorFlow 1.15 makes"
_TENSORDOTS = ("", "_axes", "_moved", "_first", "_integers", "_negative", "_two", "_vectors", "_unknown")
_EINSUMS = (
    "_name", "_three", "_four", "_three_fed", "_half", "_int", "_complex", " ij,jk->ik", " ij,jk",
    "  i j , j k -> k i ", " ij->ji", " ij->", " ij->j", " i,i->", " i,j->ij", " ...ij,...jk->...ik", " ...ij,jk",
    " ...,...->...", " i...->...", " bij,bjk->bik", " ij,ij->ij", " iJ->Ji",
)  # fmt: skip
_ONE_HOTS = (
    "[0, 2], 3, on_value=5",
    "[0, 2], 3, 5.0, -1.0, axis=0",
    "[0, 2], 3, 5.0, -1.0, axis=0, dtype=tf.float64",
    "[0, 2], 3, on_value=True, off_value=False",
    "[0, 2], 3, on_value='a', off_value='b'",
)
# Of main diagonals TensorFlow 2 makes MatrixDiagV3 and the like, which 1.15 cannot load.
_MAIN_DIAGONALS = {
    "arrays_indices": (
        "matrix_diag([1, 2])", "matrix_diag_part(f)", "matrix_set_diag(f, [1, 2])", "matrix_set_diag(f, [1., 2], k=0)",
        "eye(2)", "eye(2, 3, batch_shape=[2], dtype=tf.int32)", "eye(i)", "eye(i, num_columns=3, name='e')", "trace(f)",
        "linalg.trace(u)", "linalg.diag(f)", "linalg.diag_part(f)", "linalg.set_diag(f, [1., 2.])",
    ),
    "arrays_runs_more": (
        "matrix_diag(k)", "matrix_diag_part(c)", "matrix_set_diag(k, [9.0, 8.0])", "matrix_set_diag(k, [9.0])",
        "eye(3, 2)", "eye(0)", "eye(2, batch_shape=[i])", "trace(k)", "trace(c)",
    ),
}  # fmt: skip
# Arguments whose type has a default take it: TensorFlow 2 tries what the value is first.
# Functions that add by `tf.add`, which is `Add` in TensorFlow 1.15 and `AddV2` in TensorFlow 2.
_ADDITIONS = {
    "elementwise_arithmetic": (
        *(f"add_{dtype}" for dtype in ("float16", "bfloat16", "float32", "float64", "int8", "int32", "int64", "uint8")),
        "add_complex64", "add_names", "add_empty", "add_scalar_to_empty", "add_broadcast_both",
        "add_shapes_differ_at_run", "add_static_unknown", "int_overflow_wraps",
    ),
    "nn_losses": ("normalize_moments", "nce", "nce_two"),
    "reductions_nn": ("sigmoid_cross_entropy", "sigmoid_cross_entropy_name", "weighted_cross_entropy"),
    "sparse_ops": ("reset_shape_empty", "reset_shape_placeholder"),
}  # fmt: skip
_OF_DEFAULT_TYPES = {
    "arrays_composite": (
        "tf.batch_to_space(tf.zeros([4, 1, 1, 1]), [[0, 0], [0, 0]], 2)",
        "tf.repeat(3, 2)",
        "tf.repeat([1, 2], 2)",
        "tf.repeat(f, 2, axis=1)",
        "tf.repeat(f, [2], axis=1)",
        "tf.space_to_batch(tf.zeros([1, 2, 2, 1]), [[0, 0], [0, 0]], 2)",
        "tf.batch_to_space(input=tf.zeros([4, 1, 1, 1]), crops=[[0, 0], [0, 0]], block_size=2, name='bb')",
    ),
    "arrays_indices": (
        "tf.linalg.band_part(f, 1, 1)",
        "tf.matrix_band_part(f, 0, -1)",
        "tf.one_hot([0, 2, 5, -1], 3)",
        "tf.one_hot([0, 2], i)",
        "tf.one_hot([[0, 2]], 3, axis=1)",
        "tf.one_hot([[0, 2]], 3, axis=4)",
        "tf.reshape(f, np.array([3, 2]))",
        "tf.reshape(f[0, 0], [])",
        "tf.reverse_sequence(f, [1, 3], 1)",
        "tf.reverse_sequence(f, [1, 3], seq_axis=1, batch_axis=0)",
        "tf.reverse_sequence(f, [1, 3], seq_dim=1, batch_dim=0)",
        "tf.reverse_sequence(f, [1, 4], 1)",
    ),
    "arrays_runs_more": (
        "tf.matrix_band_part(c, -1, 0)",
        "tf.matrix_band_part(k, 0, 0)",
        "tf.reverse_sequence(c, [2, 0, 1], seq_axis=2, batch_axis=0)",
        "tf.reverse_sequence(c, [2, 3], seq_axis=0, batch_axis=1)",
        "tf.reverse_sequence(k, [1, 3], seq_axis=1)",
        "tf.reverse_sequence(k, [1, 4], seq_axis=1)",
    ),
    "arrays_shapes": ("tf.fill([], 1)",),
    "convolutions": (
        "atrous_transpose",
        "atrous_transpose_valid",
    ),
}

# Bounds that are left out beside a tensor are parts of one constant in 1.15, tensors of its type in TensorFlow 2.
_SLICES = {
    "arrays_composite": (
        "tf.repeat(f, [1, 0, 2], axis=1)", "tf.linspace(u, f, 3, axis=-1)", "tf.linspace(f, f, 3)",
    ),
    "arrays_runs": ("k[:, ::i]", "k[::i * 0]"),
    "arrays_runs_more": ("tf.repeat(c, v + 1, axis=1)", "tf.linspace([0.0, 1.0], [2.0, 5.0], 3, axis=1)"),
    "arrays_slices": (
        "f[i:i+1]", "f[j]", "f[tf.constant(1, tf.int64):]", "f[:i]", "f[::i]", "f[i:]", "f[j:]", "f[j, 1]",
    ),
}  # fmt: skip
_SWISHES = ("float16", "bfloat16", "float32", "float64", "names", "slopes")  # without `beta` in 1.15

DEVIATIONS: Final[dict[str, tuple[str, str]]] = {
    **{f"{family}/{case}": ("nodes", _AS_IN_1_15) for family, cases in _ADDITIONS.items() for case in cases},
    **{f"{family}/{case}": ("nodes", _AS_IN_1_15) for family, cases in _OF_DEFAULT_TYPES.items() for case in cases},
    **{
        f"arrays_composite/tf.bincount(v{more})": ("nodes", _AS_IN_1_15)
        for more in ("", ", minlength=3, maxlength=5, weights=[1., 2.]", ", dtype=tf.int64")
    },
    **{
        f"arrays_runs_more/tf.bincount({arguments})": ("nodes", _AS_IN_1_15)
        for arguments in ("w", "v, minlength=4", "v * -1")
    },
    **{
        f"elementwise_functions/bessel_{order}_{case}": ("nodes", _AS_IN_1_15)
        for order in ("i0", "i1")
        for case in ("float32", "float64", "names")
    },
    "elementwise_arithmetic/truncating_division_by_zero": ("error", _INTERNAL),
    "elementwise_arithmetic/truncatemod_by_zero": ("error", _INTERNAL),
    **{f"linear_algebra/tensordot{name}": ("nodes", _AS_IN_1_15) for name in _TENSORDOTS},
    **{f"{family}/{case}": ("nodes", _AS_IN_1_15) for family, cases in _SLICES.items() for case in cases},
    **{f"elementwise_activations/swish_{case}": ("nodes", _AS_IN_1_15) for case in _SWISHES},
    **{f"linear_algebra/einsum{name}": ("nodes", _AS_IN_1_15) for name in _EINSUMS},
    "linear_algebra/einsum i...->i": ("error", "summed over what the ellipsis stands for, as in TensorFlow 1.15"),
    **{f"arrays_indices/tf.one_hot({call})": ("nodes", _AS_IN_1_15) for call in _ONE_HOTS},
    "arrays_runs_more/tf.one_hot(w - 1, 2, on_value=2.5, off_value=0.5)": ("nodes", _AS_IN_1_15),
    **{f"reductions_nn/clip_by_global_norm{name}": ("nodes", _AS_IN_1_15) for name in ("", "_infinite", "_given")},
    **{f"{family}/tf.{call}": ("nodes", _AS_IN_1_15) for family, calls in _MAIN_DIAGONALS.items() for call in calls},
    **{f"linear_algebra_factorizations/{name}": ("nodes", _AS_IN_1_15) for name in ("trace", "logdet")},
}

_CONVERTED = "a SparseTensorValue is taken as a SparseTensor, and anything else refused, by all sparse functions alike"
_ASSERTS = "the checks are plain Assert operations: there is no cond yet"
DEVIATIONS.update({
    "linear_algebra_factorizations/triangular_zero": ("error", "TensorFlow 1.15 refuses a zero on the diagonal"),
    "sparse_ops/sum_value": ("nodes", _CONVERTED),
    "sparse_ops/sum_of_dense": ("error", _CONVERTED),
    "sparse_ops/reset_shape": ("static", "the smallest shape of constant indices is known"),
    "sparse_ops/reset_shape_placeholder_new": ("nodes", _ASSERTS),
    "sparse_ops/reset_shape_placeholder_small": ("nodes", _ASSERTS),
    "sparse_tensors/times_complex": ("error", "TensorFlow has no kernel for complex numbers"),
    "sparse_tensors/zeros_like_placeholder": ("error", "works here"),
})  # fmt: skip

_MADE_HERE = "only the library makes these"
_LATER = "the parameter is of TensorFlow 2: distributed tensors, or what to do with bad indices"
_OLD_FORM = "also takes the arguments of the 0.x form, where this one did not exist"
_PASSED_ON = "passes its options on"
_ENUMERATION = "the values of the enumerations are plain numbers"

# Functions whose parameters differ from TensorFlow's, each with its reason.
SIGNATURES: Final[dict[str, str]] = {
    **dict.fromkeys(("DType", "Operation", "Tensor"), _MADE_HERE),
    **dict.fromkeys(("fill", "ones", "zeros", "Graph.as_graph_def", "gather_nd", "scatter_nd"), _LATER),
    **dict.fromkeys(("tensor_scatter_add", "tensor_scatter_sub"), _LATER),
    **dict.fromkeys((f"tensor_scatter_nd_{name}" for name in ("add", "max", "min", "sub")), _LATER),
    **dict.fromkeys(("delete_session_tensor", "get_session_tensor"), _OLD_FORM),
    **dict.fromkeys(("get_local_variable", "variable_op_scope"), _PASSED_ON),
    **dict.fromkeys(("Variable", "get_variable"), _ENUMERATION),
    "raw_ops.ImageProjectiveTransformV2": "TensorFlow 1.15 has no `fill_mode`, and refuses a graph with it",
    "raw_ops.MergeV2Checkpoints": "TensorFlow 1.15 has no `allow_missing_files`, and refuses a graph with it",
    "map_fn": "TensorFlow 1.15 has no `fn_output_signature`: `dtype` says it",
    "raw_ops.VarHandleOp": "TensorFlow 1.15 has no `allowed_devices` and no `debug_name`, and refuses graphs with them",
    "size": "the default type is said",
}

_DILATED = "gradients of dilated convolutions are computed"
_ZEROS = "zeros are made as TensorFlow 1.15 makes them"
_CUT = "the gradient of patches is that of a convolution, not a product with a sparse matrix"
_WEIGHTS = "the inverse of the weights' sum is taken, as in TensorFlow 1.15"
_ROWS = "rows are looked up once and then combined, as in TensorFlow 1.15"
_FRACTION = "counted without branches"
_STRIDES = "InvalidArgumentError, as TensorFlow 1.15 raises"
DEVIATIONS.update(
    {
        "convolution_gradients/max_pool_twice": ("nodes", _ZEROS),
        "convolution_gradients/max_pool3d_twice": ("nodes", _ZEROS),
        "convolution_gradients/patches": ("nodes", _CUT),
        "convolution_gradients/volume_patches": ("nodes", _CUT),
        **dict.fromkeys(
            (
                f"nn_losses/sparse_{name}"
                for name in ("mean", "sum", "sqrtn", "weighted", "weighted_sum", "weighted_sqrtn")
            ),
            ("nodes", _ROWS),
        ),
        "nn_losses/segment_sum_gradient": ("nodes", "rows are gathered and summed, as in TensorFlow 1.15"),
        "nn_losses/ctc_v2_value": ("nodes", "the loss of dense labels is that of sparse ones, not a loop"),
        "nn_losses/safe": ("nodes", _ROWS),
        "nn_losses/safe_default": ("nodes", _ROWS),
        "nn_losses/weighted_moments": ("nodes", _WEIGHTS),
        "nn_losses/weighted_moments_keep": ("nodes", _WEIGHTS),
        "nn_losses/zero_fraction": ("nodes", _FRACTION),
        "convolutions/backprops_dilated": ("error", _DILATED),
        "convolutions/conv2d_batch_stride": ("error", _STRIDES),
    }
)

_DRAWN = "random numbers are scaled as TensorFlow 1.15 scales them: the seeds of later operations depend on the nodes"
_NO_CHOICE = "TensorFlow 1.15 has one generator: there is no algorithm to choose"
DEVIATIONS.update(
    {
        "neural/dropout_nodes": ("nodes", _DRAWN),
        "neural/dropout_nodes_of_a_tensor": ("nodes", _DRAWN),
        "session_state/get_variable": ("nodes", _DRAWN),
        "session_state/get_variable_normal": ("nodes", _DRAWN),
        "session_state/get_variable_truncated": ("nodes", _DRAWN),
        "session_state/get_variable_scaled": ("nodes", _DRAWN),
        "session_state/random_uniform_nodes": ("nodes", _DRAWN),
        "session_state/random_uniform_range_nodes": ("nodes", _DRAWN),
        "session_state/random_normal_nodes": ("nodes", _DRAWN),
        "session_state/truncated_normal_nodes": ("nodes", _DRAWN),
    }
)
SIGNATURES.update(
    {
        "random.stateless_normal": _NO_CHOICE,
        "random.stateless_truncated_normal": _NO_CHOICE,
        "random.stateless_uniform": _NO_CHOICE,
    }
)

_OLD = "TensorFlow 1.15 builds this type no more; graphs that have it are still read and run here"
_MEMORY = "TensorFlow compares no shapes, and reads beyond the end of the smaller array when it runs"
_EXPLICIT = "explicit padding of depthwise convolutions is built, as by later versions of TensorFlow"
_NO_KERNEL = "TensorFlow has no kernel for this type: it can never run"
_NEVER = "what contradicts itself so can never run; TensorFlow finds out when it runs"
_OVERFLOW = "TensorFlow's sum of the paddings overflows 32 bits"
_STATIC = "TensorFlow's static shape is another one than its kernel gives"

# Where building a graph takes or refuses other calls than TensorFlow's, or knows less of static shapes: operation type
# to kinds of differences (see `building.difference`) and the reason.
BUILDING: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys(
        ("AudioSummary", "BatchNormWithGlobalNormalization", "MatrixExponential", "TopK"), ("class later", _OLD)
    ),
    **dict.fromkeys(
        ("InvGrad", "ReciprocalGrad", "RsqrtGrad", "SigmoidGrad", "SqrtGrad", "TanhGrad"), ("early", _MEMORY)
    ),
    **dict.fromkeys(
        ("FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3"), ("early shape", f"{_MEMORY}; {_STATIC}")
    ),
    **dict.fromkeys(("Acos", "Asin", "Atan", "Tan", "SparseFillEmptyRowsGrad"), ("early", _NO_KERNEL)),
    **dict.fromkeys(
        ("DepthwiseConv2dNativeBackpropFilter", "DepthwiseConv2dNativeBackpropInput"), ("later", _EXPLICIT)
    ),
    "DepthwiseConv2dNative": ("early later shape", f"{_EXPLICIT}; dilations count for the shape as well"),
    **dict.fromkeys(
        ("MaxPoolGradGradV2", "MaxPoolV2", "UniqueWithCounts", "SparseSlice", "SparseSplit", "GatherV2"),
        ("early", _NEVER),
    ),
    **dict.fromkeys(("Assert", "SoftmaxCrossEntropyWithLogits"), ("early", _NEVER)),
    **dict.fromkeys(("TensorScatterAdd", "TensorScatterSub", "TensorScatterUpdate"), ("early", _NEVER)),
    "EditDistance": ("early shape", _NEVER),
    "ParallelConcat": ("early", "TensorFlow leaves the rows without a tensor as they lie in memory"),
    **dict.fromkeys(("MirrorPad", "Pad", "PadV2"), ("shape", _OVERFLOW)),
    "OneHot": ("shape", _STATIC),
    "MatrixTriangularSolve": ("later", "batches broadcast, as in later versions of TensorFlow"),
    "FakeQuantWithMinMaxArgsGradient": ("early", _NEVER),
    "ParseSequenceExample": (
        "later",
        "TensorFlow counts the dense features in an attribute of its own, Ncontext_dense",
    ),
    "EnsureShape": ("later", "any shape is a shape of unknown rank"),
}
SIGNATURES.update(
    {
        "function": "TensorFlow 1.15's parameters, which 2 renamed",
        **dict.fromkeys(("math.top_k", "nn.top_k", "numpy_function"), "TensorFlow 1.15's order: the name comes fourth"),
        "vectorized_map": "TensorFlow 1.15's parameters: it has no `fallback_to_while_loop` and no `warn`",
        "sparse.cross": "TensorFlow 1.15's parameters: it has no `separator`",
        "raw_ops.InitializeTableFromTextFileV2": "TensorFlow 1.15 has no `offset`, and refuses graphs with it",
        "raw_ops.ParseSequenceExample": "the attribute `Ncontext_dense` is missing: dense features are counted",
        "raw_ops.ParseSingleSequenceExample": "TensorFlow 1.15's attributes",
        "raw_ops.FakeQuantWithMinMaxArgs": "the bounds are floats",
        "raw_ops.FakeQuantWithMinMaxArgsGradient": "the bounds are floats",
        **dict.fromkeys(
            (f"raw_ops.{name}" for name in ("BlockLSTM", "BlockLSTMV2", "LSTMBlockCell", "QuantizeAndDequantize")),
            "the bounds and biases are floats",
        ),
        **dict.fromkeys(
            ("dequantize", "quantize", "quantize_v2", "linalg.tridiagonal_solve"),
            "TensorFlow 1.15's parameters, to which 2 added axes, ranges and singular matrices",
        ),
        **dict.fromkeys(
            (
                "raw_ops.Dequantize",
                "raw_ops.QuantizeAndDequantizeV2",
                "raw_ops.QuantizeAndDequantizeV3",
                "raw_ops.QuantizeV2",
                "raw_ops.TridiagonalSolve",
            ),
            "TensorFlow 1.15's attributes, to which 2 added axes, ranges and singular matrices",
        ),
        "raw_ops.InitializeTableFromTextFile": "TensorFlow 1.15 has no `offset`, and refuses graphs with it",
    }
)

_SPLIT = "TensorFlow 1.15's split adds its number as a constant, which moves default seeds; TensorFlow 2 recorded"
DEVIATIONS.update(
    dict.fromkeys(
        (
            "arrays_indices/tf.split(f, 1)",
            "arrays_indices/tf.split(f, 2, axis=i)",
            "arrays_indices/tf.split(f, 3, 1)",
            "arrays_indices/tf.split(k, 2, 1)",
            "arrays_indices/tf.split(u, 2)",
            "arrays_indices/tf.split(value=f, num_or_size_splits=3, axis=1, name='s')",
            "arrays_runs/tf.split(k, 2, 0)",
            "arrays_runs/tf.split(k, 2, i * 7)",
            "arrays_runs/tf.split(k, 2, i)",
        ),
        ("nodes", _SPLIT),
    )
)

_ONE_OPERATION = "between two numbers `linspace` is one LinSpace operation, as in TensorFlow 1.15"
DEVIATIONS.update(
    {
        **dict.fromkeys(
            (
                "arrays_composite/tf.linspace(0., 1., 5)",
                "arrays_composite/tf.lin_space(0., 1., 1)",
                "arrays_composite/tf.linspace(0., 1., i)",
                "arrays_composite/tf.linspace(start=0., stop=1., num=3, name='q', axis=0)",
                "arrays_runs_more/tf.linspace(0.1, 0.7, 7)",
                "arrays_runs_more/tf.linspace(tf.constant(0.1, tf.float64), 0.7, i * 7)",
            ),
            ("nodes", _ONE_OPERATION),
        ),
        "arrays_composite/tf.linspace(0, 1, 3)": ("error", f"{_ONE_OPERATION}, which takes floats alone"),
        "arrays_composite/tf.linspace(0., 1., 0)": ("error", f"{_ONE_OPERATION}, which refuses none"),
    }
)

DEVIATIONS.update(
    dict.fromkeys(
        (
            "elementwise_arithmetic/accumulate_n",
            *(f"linear_algebra_factorizations/triangular{part}" for part in ("", "_batch", "_complex")),
            *(
                f"reductions/logsumexp{part}"
                for part in ("", "_all", "_keep", "_large", "_infinite", "_unknown", "_partial")
            ),
        ),
        ("nodes", "results have the names that they have in TensorFlow 1.15"),
    )
)

# A second aspect: the names of its results; `Add`.
ALSO: Final = {"linear_algebra_factorizations/triangular_zero": "nodes", "sparse_ops/reset_shape": "nodes"}
