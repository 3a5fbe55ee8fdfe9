"""Functions as TensorFlow 2 has them, beside those of TensorFlow 1: `math_ops.argmax_v2`, `nn_ops.dropout_v2`.

They differ in the order and in the names of their arguments, so they are a table of these: each passes what it is given
by name to the public function.
"""

from __future__ import annotations

import importlib
import inspect
from functools import cache
from typing import Any, Final

# Public function: arguments of the second version in their order, `second=first` where the first has another name.
_SECOND: Final = """
expand_dims: input axis name
shape: input out_type name
size: input out_type name
boolean_mask: tensor mask axis name
transpose: a perm conjugate name
zeros_like: input=tensor dtype name
ones_like: input=tensor dtype name
space_to_batch: input block_shape paddings name
space_to_depth: input block_size data_format name
depth_to_space: input block_size data_format name
batch_to_space: input block_shape crops name
squeeze: input axis name
reverse_sequence: input seq_lengths seq_axis batch_axis name
gather_nd: params indices batch_dims name
tuple: tensors control_inputs name
argmax: input axis output_type name
argmin: input axis output_type name
scalar_mul: scalar x name
count_nonzero: input=input_tensor axis keepdims dtype name
sparse_segment_sum: data indices segment_ids num_segments name
sparse_segment_mean: data indices segment_ids num_segments name
sparse_segment_sqrt_n: data indices segment_ids num_segments name
norm: tensor ord axis keepdims name
decode_csv: records record_defaults field_delim use_quote_delim na_value select_cols name
parse_single_example: serialized features name
reduce_join: inputs axis keepdims=keep_dims separator name
assert_negative: x message summarize name
assert_positive: x message summarize name
assert_non_negative: x message summarize name
assert_non_positive: x message summarize name
assert_equal: x y message summarize name
assert_none_equal: x y summarize message name
assert_near: x y rtol atol message summarize name
assert_less: x y message summarize name
assert_less_equal: x y message summarize name
assert_greater: x y message summarize name
assert_greater_equal: x y message summarize name
assert_rank: x rank message name
assert_rank_at_least: x rank message name
assert_rank_in: x ranks message name
assert_integer: x message name
assert_type: tensor tf_type message name
assert_scalar: tensor message name
debugging.assert_shapes: shapes data summarize message name
image.sample_distorted_bounding_box: image_size bounding_boxes seed min_object_covered aspect_ratio_range area_range \
max_attempts use_image_if_no_bounding_boxes name
image.crop_and_resize: image boxes box_indices crop_size method extrapolation_value name
image.draw_bounding_boxes: images boxes colors name
nn.embedding_lookup: params ids max_norm name
nn.embedding_lookup_sparse: params sp_ids sp_weights combiner max_norm name
nn.safe_embedding_lookup_sparse: embedding_weights sparse_ids sparse_weights combiner default_id max_norm name
nn.sigmoid_cross_entropy_with_logits: labels logits name
nn.weighted_cross_entropy_with_logits: labels logits pos_weight name
nn.sparse_softmax_cross_entropy_with_logits: labels logits name
nn.l2_normalize: x axis epsilon name
nn.depthwise_conv2d: input filter strides padding data_format dilations=rate name
nn.separable_conv2d: input depthwise_filter pointwise_filter strides padding data_format dilations=rate name
nn.sufficient_statistics: x axes shift keepdims=keep_dims name
nn.moments: x axes shift keepdims=keep_dims name
nn.weighted_moments: x axes frequency_weights keepdims=keep_dims name
nn.nce_loss: weights biases labels inputs num_sampled num_classes num_true sampled_values remove_accidental_hits name
nn.sampled_softmax_loss: weights biases labels inputs num_sampled num_classes num_true sampled_values \
remove_accidental_hits seed name
nn.dilation2d: input filters=filter strides padding data_format dilations=rates name
nn.convolution: input filters=filter strides padding data_format dilations=dilation_rate name
nn.pool: input window_shape pooling_type strides padding data_format dilations=dilation_rate name
nn.conv1d: input=value filters stride padding data_format dilations name
nn.conv2d: input filters=filter strides padding data_format dilations name
nn.conv2d_transpose: input=value filters=filter output_shape strides padding data_format dilations name
nn.conv3d: input filters=filter strides padding data_format dilations name
nn.conv3d_transpose: input=value filters=filter output_shape strides padding data_format dilations name
nn.crelu: features axis name
nn.softmax: logits axis name
nn.log_softmax: logits axis name
nn.dropout: x rate noise_shape seed name
nn.in_top_k: targets predictions k name
sparse.concat: axis sp_inputs expand_nonconcat_dims=expand_nonconcat_dim name
sparse.add: a b threshold
sparse.split: sp_input num_split axis name
strings.length: input unit name
strings.substr: input pos len unit name
io.serialize_sparse: sp_input out_type name
io.serialize_many_sparse: sp_input out_type name
"""
_INSIDE: Final = {  # what the functions are called in TensorFlow's modules
    "concat": "sparse_concat",
    "add": "sparse_add",
    "split": "sparse_split",
    "length": "string_length",
}
_DEFAULTS: Final = {  # where the second version's differ from the first's
    "pool": {"padding": "VALID"},
    "convolution": {"padding": "VALID"},
    "safe_embedding_lookup_sparse": {"partition_strategy": "div"},
    "embedding_lookup": {"partition_strategy": "div"},
    "embedding_lookup_sparse": {"partition_strategy": "div"},
    "nce_loss": {"partition_strategy": "div"},
    "sampled_softmax_loss": {"partition_strategy": "div"},
}
_ONLY_OF_CHANNELS_LAST: Final = frozenset(["dilation2d"])  # the first version knows no data_format


@cache
def _table() -> dict[str, tuple[str, list[str]]]:
    """From the name in TensorFlow's modules, without `_v2`, to the public function and the arguments."""
    found = {}
    for line in _SECOND.strip().splitlines():
        public, _, arguments = line.partition(": ")
        name = public.rpartition(".")[2]
        found[_INSIDE.get(name, name)] = (public, arguments.split())
    return found


def __getattr__(name: str) -> Any:
    stem = name.removesuffix("_v2")
    if stem == name or stem not in _table():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    public, arguments = _table()[stem]
    module, _, last = f"sessile.{public}".rpartition(".")
    return _second(getattr(importlib.import_module(module), last), name, arguments)


def _second(first: Any, name: str, arguments: list[str]) -> Any:
    """The second version of a public function."""
    pairs = [argument.partition("=")[::2] for argument in arguments]
    renamed = {second: given or second for second, given in pairs}
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature([inspect.Parameter(second, kind, default=None) for second in renamed])

    def call(*args: Any, **kwargs: Any) -> Any:
        given = {renamed[key]: value for key, value in signature.bind(*args, **kwargs).arguments.items()}
        if first.__name__ in _ONLY_OF_CHANNELS_LAST:
            layout = given.pop("data_format", "NHWC")
            if layout != "NHWC":
                raise ValueError(f"{name}: data_format is {layout!r}; it can only be 'NHWC'.")
        return first(**{**_DEFAULTS.get(first.__name__, {}), **given})

    call.__name__ = call.__qualname__ = name
    call.__doc__ = first.__doc__
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


def tensor_equals(self: Any, other: Any) -> Any:
    """What `==` is where TensorFlow 2 compares tensors by value; here objects are compared."""
    return self is other


def tensor_not_equals(self: Any, other: Any) -> Any:
    """The opposite of `tensor_equals`."""
    return self is not other
