"""`tensorflow.python.ops.gen_array_ops` and its like: one function per operation type, named `mat_mul` for `MatMul`."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Any

import sessile

# Arguments that came after TensorFlow 1.15: behind its own, so that its calls by place mean what they meant.
_LATER = (
    "bad_indices_policy blank_index exponential_avg_factor grad_a grad_b grad_x grad_y index_type "
    "resize_if_index_out_of_bounds sparse_gradient Tcomplex Treal"
)
_WITHOUT_PADDINGS = (
    "DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter DepthwiseConv2dNativeBackpropInput MaxPool MaxPoolGrad"
)

# Functions whose arguments stand in another order than the raw operation's, as recorded from TensorFlow 1.15.5.
_BY_PLACE = {
    "AssignVariableOp": "resource value name",
    "CTCBeamSearchDecoder": "inputs sequence_length beam_width top_paths merge_repeated name",
    "Const": "value dtype name",
    "DecodePng": "contents channels dtype name",
    "EagerPyFunc": "input token Tout is_async name",
    "FixedLengthRecordReaderV2": "record_bytes header_bytes footer_bytes hop_bytes container shared_name encoding name",
    "Multinomial": "logits num_samples seed seed2 output_dtype name",
    "ParseSingleExample": "serialized dense_defaults num_sparse sparse_keys dense_keys sparse_types dense_shapes name",
    "ParseSingleSequenceExample": (
        "serialized feature_list_dense_missing_assumed_empty context_sparse_keys context_dense_keys "
        "feature_list_sparse_keys feature_list_dense_keys context_dense_defaults debug_name context_sparse_types "
        "feature_list_dense_types context_dense_shapes feature_list_sparse_types feature_list_dense_shapes name"
    ),
    "PyFunc": "input token Tout name",
    "PyFuncStateless": "input token Tout name",
    "RandomPoissonV2": "shape rate seed seed2 dtype name",
    "ResourceCountUpTo": "resource limit T name",
    "SampleDistortedBoundingBox": (
        "image_size bounding_boxes seed seed2 min_object_covered aspect_ratio_range area_range max_attempts "
        "use_image_if_no_bounding_boxes name"
    ),
    "SparseCross": (
        "indices values shapes dense_inputs hashed_output num_buckets hash_key out_type internal_type name"
    ),
    "TFRecordReader": "container shared_name compression_type name",
    "TFRecordReaderV2": "container shared_name compression_type name",
    "TensorArray": "size dtype dynamic_size clear_after_read tensor_array_name element_shape name",
    "UnicodeDecode": "input input_encoding errors replacement_char replace_control_characters Tsplits name",
    "UnicodeDecodeWithOffsets": "input input_encoding errors replacement_char replace_control_characters Tsplits name",
    "Variable": "shape dtype container shared_name name",
    "VariableV2": "shape dtype container shared_name name",
}


@cache
def _types() -> dict[str, str]:
    """From the function's name to the operation type."""
    return {_name(kind): kind for kind in dir(sessile.raw_ops)}


def _name(kind: str) -> str:
    """`MaxPoolGradV2` is `max_pool_grad_v2`; the D of dimensions stays with its number: `conv2d_backprop_input`."""
    name = re.sub(r"(\d)D(?=[A-Z]|$)", r"\1d", kind)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", name).lower()


def __getattr__(name: str) -> Any:
    kind = _types().get(name.lstrip("_")) if not name.startswith("__") else None
    if kind is None and name[:1].isupper() and name in _types().values():  # the raw operation, by keywords
        return getattr(sessile.raw_ops, name)
    if kind is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _positional(getattr(sessile.raw_ops, kind))


def _positional(function: Any) -> Any:
    """Raw operations take keywords; these functions take their arguments by place too, in TensorFlow 1.15's order."""
    import inspect

    known = inspect.signature(function).parameters
    names = _BY_PLACE.get(function.__name__, "").split() or [name for name in known if name not in _LATER.split()]
    if function.__name__ in _WITHOUT_PADDINGS.split():
        names.remove("explicit_paddings")
    names += [name for name in known if name not in names]

    def call(*args: Any, **kwargs: Any) -> Any:
        twice = [name for name in names[: len(args)] if name in kwargs]
        if twice or len(args) > len(names):
            wrong = f"multiple values for argument {twice[0]!r}" if twice else f"more than {len(names)} arguments"
            raise TypeError(f"{call.__name__}() got {wrong}")
        return function(**dict(zip(names, args)), **kwargs)

    call.__name__ = call.__qualname__ = _name(function.__name__)
    call.__doc__ = function.__doc__
    parameters = [known[name].replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    if all(_has_default(former) <= _has_default(latter) for former, latter in pairwise(parameters)):
        call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return call


def _has_default(parameter: Any) -> bool:
    return parameter.default is not parameter.empty
