"""Residual networks: units that add to what they get. Version 1 normalizes behind convolutions, version 2 before.

Source: He et al. (2015, 2016); names as in TensorFlow 1.15, so that its checkpoints load.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....families.nn.activations import relu
from ....families.reductions.reductions import reduce_mean
from ....families.state.variable_scope import variable_scope
from ..framework.arg_scope import add_arg_scope, arg_scope
from ..layers.batch_norm import batch_norm
from ..layers.convolution import conv2d
from ..layers.pooling import max_pool2d, softmax
from ..layers.utilities import collect_named_outputs, convert_collection_to_dict, last_dimension
from .common import logits_of
from .resnet_utils import Block, conv2d_same, stack_blocks_dense, subsample

_UNITS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3), 200: (3, 24, 36, 3)}  # of four blocks, by layers


@add_arg_scope
def bottleneck_v1(
    inputs: Any, depth: int, depth_bottleneck: int, stride: int, rate: int = 1, outputs_collections: Any = None,
    scope: Any = None,
) -> Any:  # fmt: skip
    """Return the output of a unit of version 1: three convolutions, of which the middle one is narrow.

    Args:
      inputs: activations.
      depth: channels of the output. depth_bottleneck: of the middle.
      stride: how far windows are apart. rate: how far a window's pixels are.
      outputs_collections: where the output is kept. scope: the variables' scope.
    """
    with variable_scope(scope, "bottleneck_v1", [inputs]) as opened:
        if depth == last_dimension(inputs.get_shape(), min_rank=4):
            shortcut = subsample(inputs, stride, "shortcut")
        else:
            shortcut = conv2d(inputs, depth, [1, 1], stride=stride, activation_fn=None, scope="shortcut")
        net = conv2d(inputs, depth_bottleneck, [1, 1], stride=1, scope="conv1")
        net = conv2d_same(net, depth_bottleneck, 3, stride, rate=rate, scope="conv2")
        net = conv2d(net, depth, [1, 1], stride=1, activation_fn=None, scope="conv3")
        return collect_named_outputs(outputs_collections, opened.name, relu(shortcut + net))


@add_arg_scope
def bottleneck_v2(
    inputs: Any, depth: int, depth_bottleneck: int, stride: int, rate: int = 1, outputs_collections: Any = None,
    scope: Any = None,
) -> Any:  # fmt: skip
    """Return the output of a unit of version 2, which normalizes what it gets. Arguments as for `bottleneck_v1`."""
    plain = {"normalizer_fn": None, "activation_fn": None}
    with variable_scope(scope, "bottleneck_v2", [inputs]) as opened:
        before = batch_norm(inputs, activation_fn=relu, scope="preact")
        if depth == last_dimension(inputs.get_shape(), min_rank=4):
            shortcut = subsample(inputs, stride, "shortcut")
        else:
            shortcut = conv2d(before, depth, [1, 1], stride=stride, scope="shortcut", **plain)
        net = conv2d(before, depth_bottleneck, [1, 1], stride=1, scope="conv1")
        net = conv2d_same(net, depth_bottleneck, 3, stride, rate=rate, scope="conv2")
        net = conv2d(net, depth, [1, 1], stride=1, scope="conv3", **plain)
        return collect_named_outputs(outputs_collections, opened.name, shortcut + net)


def resnet_v1(
    inputs: Any, blocks: Any, num_classes: int | None = None, is_training: Any = True, global_pool: bool = True,
    output_stride: int | None = None, include_root_block: bool = True, reuse: Any = None, scope: Any = None,
) -> tuple[Any, dict[str, Any]]:  # fmt: skip
    """Return the logits (or features) of a residual network of version 1, and the outputs of its layers by name.

    Args:
      inputs: images, [batch, height, width, channels].
      blocks: a list of `resnet_utils.Block`.
      num_classes: how many logits; None for the features.
      is_training: whether batch normalization takes the batch's moments.
      global_pool: whether features are the mean over height and width.
      output_stride: how many pixels of the image one of the output stands for; units that would make it more have
        windows with holes instead. None: what the blocks give.
      include_root_block: whether a convolution and a pooling come first.
      reuse, scope: of its variables' scope.
    Raises: ValueError for an output stride that cannot be had.
    """
    options = num_classes, is_training, global_pool, output_stride, include_root_block
    return _resnet(inputs, blocks, "resnet_v1", bottleneck_v1, options, reuse, scope)


def resnet_v2(
    inputs: Any, blocks: Any, num_classes: int | None = None, is_training: Any = True, global_pool: bool = True,
    output_stride: int | None = None, include_root_block: bool = True, reuse: Any = None, scope: Any = None,
) -> tuple[Any, dict[str, Any]]:  # fmt: skip
    """Return the logits (or features) of a residual network of version 2. Arguments as for `resnet_v1`."""
    options = num_classes, is_training, global_pool, output_stride, include_root_block
    return _resnet(inputs, blocks, "resnet_v2", bottleneck_v2, options, reuse, scope)


def _resnet(
    inputs: Any, blocks: Any, version: str, unit: Callable[..., Any], options: tuple[Any, ...], reuse: Any, scope: Any
) -> tuple[Any, dict[str, Any]]:
    num_classes, is_training, global_pool, output_stride, include_root_block = options
    second = version == "resnet_v2"
    with variable_scope(scope, version, [inputs], reuse=reuse) as opened:
        collection = f"{opened.original_name_scope}_end_points"
        with (
            arg_scope([conv2d, unit, stack_blocks_dense], outputs_collections=collection),
            arg_scope([batch_norm], is_training=is_training),
        ):
            net = inputs
            if include_root_block:
                net, output_stride = _root(net, output_stride, second)
            net = stack_blocks_dense(net, blocks, output_stride)
            if second:
                net = batch_norm(net, activation_fn=relu, scope="postnorm")
            if global_pool:
                net = reduce_mean(net, [1, 2], name="pool5", keepdims=True)
            if num_classes is not None:
                net = logits_of(net, num_classes, None, "logits")
            end_points = convert_collection_to_dict(collection)
            if num_classes is not None:
                end_points["predictions"] = softmax(net, scope="predictions")
            return net, end_points


def _root(net: Any, output_stride: int | None, second: bool) -> tuple[Any, int | None]:
    """What comes first: a convolution and a pooling, which leave a quarter of height and width."""
    if output_stride is not None:
        if output_stride % 4:
            raise ValueError("The output_stride needs to be a multiple of 4.")
        output_stride //= 4
    plain: dict[str, Any] = {"activation_fn": None, "normalizer_fn": None} if second else {}
    with arg_scope([conv2d], **plain):
        net = conv2d_same(net, 64, 7, stride=2, scope="conv1")
    return max_pool2d(net, [3, 3], stride=2, scope="pool1"), output_stride


def resnet_v1_block(scope: str, base_depth: int, num_units: int, stride: int) -> Block:
    """Return a block of units of version 1, the last of which has the stride.

    Args:
      scope: its name. base_depth: channels in the units' middle; they give four times as many.
      num_units: how many. stride: of the last.
    """
    return _block(scope, bottleneck_v1, base_depth, num_units, stride)


def resnet_v2_block(scope: str, base_depth: int, num_units: int, stride: int) -> Block:
    """Return a block of units of version 2, the last of which has the stride. Arguments as for `resnet_v1_block`."""
    return _block(scope, bottleneck_v2, base_depth, num_units, stride)


def _block(scope: str, unit: Callable[..., Any], base_depth: int, num_units: int, stride: int) -> Block:
    strides = [1] * (num_units - 1) + [stride]
    return Block(
        scope, unit, [{"depth": base_depth * 4, "depth_bottleneck": base_depth, "stride": each} for each in strides]
    )


def _of_layers(version: str, layers: int) -> Any:
    network, block = (resnet_v1, resnet_v1_block) if version == "resnet_v1" else (resnet_v2, resnet_v2_block)
    name = f"{version}_{layers}"

    def build(
        inputs: Any, num_classes: int | None = None, is_training: Any = True, global_pool: bool = True,
        output_stride: int | None = None, reuse: Any = None, scope: Any = name,
    ) -> tuple[Any, dict[str, Any]]:  # fmt: skip
        blocks = [
            block(f"block{number}", 32 << number, units, 1 if number == 4 else 2)
            for number, units in enumerate(_UNITS[layers], 1)
        ]
        return network(inputs, blocks, num_classes, is_training, global_pool, output_stride, True, reuse, scope)

    build.__name__ = build.__qualname__ = name
    build.__doc__ = f"Return the logits (or features) of `{name}`, of {layers} layers. Arguments as for `{version}`."
    return build


resnet_v1_50, resnet_v1_101, resnet_v1_152, resnet_v1_200 = (_of_layers("resnet_v1", layers) for layers in _UNITS)
resnet_v2_50, resnet_v2_101, resnet_v2_152, resnet_v2_200 = (_of_layers("resnet_v2", layers) for layers in _UNITS)
resnet_v1.default_image_size = 224  # type: ignore[attr-defined]
resnet_v2.default_image_size = 224  # type: ignore[attr-defined]
