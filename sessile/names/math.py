"""Public names of `audio`, `math`, `signal`, `spectral` and some small namespaces."""

from __future__ import annotations

_TRANSFORMS = "fft fft2d fft3d ifft ifft2d ifft3d irfft irfft2d irfft3d rfft rfft2d rfft3d"

NAMES: dict[str, dict[str, str]] = {
    "audio": {
        "ops.families.signal.audio": "decode_wav encode_wav",
    },
    "math": {
        "ops.library.metrics.confusion_matrix": "confusion_matrix",
        "ops.families.debugging.closeness": "is_non_decreasing is_strictly_increasing",
        "ops.families.elementwise.arithmetic": (
            "abs accumulate_n add add_n multiply multiply_no_nan negative scalar_mul sign square squared_difference "
            "subtract"
        ),
        "ops.families.special.bessel": "bessel_i0 bessel_i0e bessel_i1 bessel_i1e",
        "ops.families.elementwise.compare": (
            "equal greater greater_equal is_finite is_inf is_nan less less_equal logical_and logical_not logical_or "
            "logical_xor not_equal"
        ),
        "ops.families.elementwise.complex": "angle conj imag real",
        "ops.families.elementwise.division": (
            "divide divide_no_nan floordiv floormod mod reciprocal reciprocal_no_nan truediv"
        ),
        "ops.families.elementwise.exponential": "exp expm1 log log1p polyval pow rsqrt sqrt",
        "ops.families.elementwise.rounding": "ceil floor maximum minimum nextafter rint round",
        "ops.families.special.functions": (
            "betainc digamma erf erfc erfcinv erfinv igamma igammac lgamma ndtri polygamma xdivy xlog1py xlogy zeta"
        ),
        "ops.families.elementwise.trigonometry": "acos acosh asin asinh atan atan2 atanh cos cosh sin sinh tan tanh",
        "ops.families.indexing.positions": "invert_permutation",
        "ops.families.linalg.norms": "l2_normalize",
        "ops.families.nn.activations": "log_sigmoid sigmoid softplus softsign",
        "ops.families.nn.normalization.moments": "zero_fraction",
        "ops.families.nn.softmax": "log_softmax softmax",
        "ops.families.reductions.argmax": "argmax argmin",
        "ops.families.reductions.counting": "bincount",
        "ops.families.reductions.reductions": (
            "lbeta "
            "count_nonzero reduce_all reduce_any reduce_euclidean_norm reduce_logsumexp reduce_max reduce_mean "
            "reduce_min reduce_prod reduce_std reduce_sum reduce_variance"
        ),
        "ops.families.reductions.scan": "cumprod cumsum cumulative_logsumexp",
        "ops.families.reductions.segments": (
            "segment_max segment_mean segment_min segment_prod segment_sum unsorted_segment_max "
            "unsorted_segment_mean unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n "
            "unsorted_segment_sum"
        ),
        "ops.families.reductions.sorting": "in_top_k top_k",
    },
    "math.special": {
        "ops.families.special.bessel": (
            "bessel_i0 bessel_i0e bessel_i1 bessel_i1e bessel_j0 bessel_j1 bessel_k0 bessel_k0e bessel_k1 bessel_k1e "
            "bessel_y0 bessel_y1 dawsn expint fresnel_cos fresnel_sin spence"
        ),
    },
    "bitwise": {
        "ops.families.elementwise.bitwise": (
            "bitwise_and bitwise_or bitwise_xor invert left_shift population_count right_shift"
        ),
    },
    "debugging": {
        "session.devices.process_config": "get_log_device_placement set_log_device_placement",
        "ops.families.debugging.assertions": (
            "assert_equal assert_greater assert_greater_equal assert_integer assert_less assert_less_equal "
            "assert_negative assert_non_negative assert_non_positive assert_none_equal assert_positive "
            "assert_proper_iterable assert_rank assert_rank_at_least assert_same_float_dtype assert_scalar assert_type "
            "is_numeric_tensor"
        ),
        "ops.families.debugging.shape_checks": "assert_shapes",
        "ops.families.debugging.closeness": "assert_near assert_rank_in is_non_decreasing is_strictly_increasing",
        "ops.families.debugging.numerics": "assert_all_finite=verify_tensor_all_finite check_numerics",
        "ops.families.debugging.printing": "Assert",
        "ops.families.elementwise.compare": "is_finite is_inf is_nan",
    },
    "dtypes": {
        "ops.families.elementwise.cast": "cast saturate_cast",
        "ops.families.elementwise.complex": "complex",
        "ops.families.strings.numbers": "as_string",
        "ops.types.dtypes": (
            "DType as_dtype bfloat16 bool=bool_ complex128 complex64 double float16 float32 float64 half int16 int32 "
            "int64 int8 qint16 qint32 qint8 quint16 quint8 resource string uint16 uint32 uint64 uint8 variant"
        ),
    },
    "manip": {
        "ops.families.arrays.blocks": "batch_to_space_nd space_to_batch_nd",
        "ops.families.arrays.rearranging": "reverse roll tile",
        "ops.families.arrays.reshaping": "reshape",
        "ops.families.indexing.batch_gathering": "gather_nd",
        "ops.families.indexing.scattering": "scatter_nd",
    },
    "errors": {
        "ops.base.errors": (
            "ABORTED ALREADY_EXISTS AbortedError AlreadyExistsError CANCELLED CancelledError DATA_LOSS "
            "DEADLINE_EXCEEDED DataLossError DeadlineExceededError FAILED_PRECONDITION FailedPreconditionError "
            "INTERNAL INVALID_ARGUMENT InternalError InvalidArgumentError NOT_FOUND NotFoundError OK OUT_OF_RANGE "
            "OpError OutOfRangeError PERMISSION_DENIED PermissionDeniedError RESOURCE_EXHAUSTED "
            "ResourceExhaustedError UNAUTHENTICATED UNAVAILABLE UNIMPLEMENTED UNKNOWN UnauthenticatedError "
            "UnavailableError UnimplementedError UnknownError error_code_from_exception_type "
            "exception_type_from_error_code raise_exception_on_not_ok_status"
        ),
    },
    "signal": {
        "ops.families.signal.fourier": _TRANSFORMS,
        "ops.library.signal.cosine": "dct idct",
        "ops.library.signal.framing": "frame overlap_and_add",
        "ops.library.signal.spectrograms": (
            "fftshift ifftshift inverse_stft inverse_stft_window_fn linear_to_mel_weight_matrix "
            "mfccs_from_log_mel_spectrograms stft"
        ),
        "ops.library.signal.windows": "hamming_window hann_window",
    },
    "spectral": {
        "ops.families.signal.fourier": _TRANSFORMS,
        "ops.library.signal.cosine": "dct idct",
    },
}
