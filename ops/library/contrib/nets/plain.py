"""AlexNet, VGG and OverFeat: convolutions one after another.

Each is a row of steps: `conv1 64 11 4 VALID` is a convolution to 64 channels, of windows of 11 by 11, 4 apart;
`conv3*2 256 3` are two, named `conv3/conv3_1` and so on; `pool1 3` takes the largest of windows, 2 apart; `fc6` and
`fc7` are convolutions of all that is left, with dropout behind them.

Source: Krizhevsky (2014), Simonyan and Zisserman (2014), Sermanet et al. (2013); names as in TensorFlow 1.15.
"""

from __future__ import annotations

from typing import Any

from ....families.arrays.reshaping import squeeze
from ....families.nn.activations import relu
from ....families.random.initializers import Constant, Zeros
from ....families.state.variable_scope import variable_scope
from ..framework.arg_scope import arg_scope
from ..layers.convolution import conv2d
from ..layers.dense import fully_connected, repeat
from ..layers.pooling import dropout, max_pool2d
from ..layers.regularizers import l2_regularizer
from ..layers.utilities import convert_collection_to_dict
from .common import logits_of, trunc_normal

_ALEXNET = (
    "conv1 64 11 4 VALID",
    "pool1 3",
    "conv2 192 5",
    "pool2 3",
    "conv3 384 3",
    "conv4 384 3",
    "conv5 256 3",
    "pool5 3",
    "fc6 4096 5",
    "fc7 4096 1",
)
_OVERFEAT = (
    "conv1 64 11 4 VALID",
    "pool1 2",
    "conv2 256 5 1 VALID",
    "pool2 2",
    "conv3 512 3",
    "conv4 1024 3",
    "conv5 1024 3",
    "pool5 2",
    "fc6 3072 6",
    "fc7 4096 1",
)


def _vgg_steps(*counts: int) -> tuple[str, ...]:
    rows = []
    for number, (count, channels) in enumerate(zip(counts, (64, 128, 256, 512, 512)), 1):
        rows += [f"conv{number}*{count} {channels} 3", f"pool{number} 2"]
    return *rows, "fc6 4096 7", "fc7 4096 1"


def alexnet_v2_arg_scope(weight_decay: float = 0.0005) -> Any:
    """Return the arguments of AlexNet's layers; `weight_decay` is the share of the weights' squares in the loss."""
    return _layers(weight_decay, Constant(0.1), padding="VALID")


def vgg_arg_scope(weight_decay: float = 0.0005) -> Any:
    """Return the arguments of VGG's layers; `weight_decay` is the share of the weights' squares in the loss."""
    return _layers(weight_decay, Zeros())


def overfeat_arg_scope(weight_decay: float = 0.0005) -> Any:
    """Return the arguments of OverFeat's layers; `weight_decay` is the share of the weights' squares in the loss."""
    return _layers(weight_decay, Zeros(), padding="VALID")


def _layers(weight_decay: float, biases: Any, padding: str | None = None) -> Any:
    with (
        arg_scope(
            [conv2d, fully_connected],
            activation_fn=relu,
            biases_initializer=biases,
            weights_regularizer=l2_regularizer(weight_decay),
        ),
        arg_scope([conv2d], padding="SAME") as scope,
    ):
        if padding is None:
            return scope
        with arg_scope([max_pool2d], padding=padding) as pooled:
            return pooled


def _network(
    name: str, steps: tuple[str, ...], image_size: int | None, narrow: dict[str, Any], last: dict[str, Any]
) -> Any:
    """A function that builds a network. `narrow`: arguments of the convolutions fc6 to fc8; `last`: of fc8 alone."""

    def network(
        inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.5,
        spatial_squeeze: bool = True, scope: Any = name,
    ) -> tuple[Any, dict[str, Any]]:  # fmt: skip
        with variable_scope(scope, name, [inputs]) as opened:
            collection = f"{opened.name}_end_points"
            with arg_scope([conv2d, fully_connected, max_pool2d], outputs_collections=[collection]):
                net = inputs
                for row in steps:
                    if not row.startswith("fc"):
                        net = _step(net, row)
                with arg_scope([conv2d], **narrow):
                    for row in steps:
                        if row.startswith("fc"):
                            net = _step(net, f"{row} 1 VALID")
                            net = dropout(net, dropout_keep_prob, is_training=is_training, scope=f"dropout{row[2]}")
                    net = logits_of(net, num_classes, None, "fc8", **last)
            end_points = convert_collection_to_dict(collection)
            if spatial_squeeze:
                net = squeeze(net, [1, 2], name="fc8/squeezed")
                end_points[f"{opened.name}/fc8"] = net
            return net, end_points

    network.__name__ = network.__qualname__ = name
    network.__doc__ = f"""Return the logits of `{name}`, and the outputs of its layers by name.

    Args:
      inputs: images, [batch, height, width, channels], of {image_size or 231} pixels a side in the paper.
      num_classes: how many logits.
      is_training: whether dropout drops.
      dropout_keep_prob: the share that it keeps.
      spatial_squeeze: whether height and width, of 1 then, are taken out of the logits.
      scope: the name of its variables' scope.
    """
    if image_size is not None:
        network.default_image_size = image_size  # type: ignore[attr-defined]
    return network


def _step(net: Any, row: str) -> Any:
    name, *rest = row.split()
    if name.startswith("pool"):
        size = int(rest[0])
        return max_pool2d(net, [size, size], 2, scope=name)
    channels, size = int(rest[0]), int(rest[1])
    name, _, count = name.partition("*")
    if count:
        return repeat(net, int(count), conv2d, channels, [size, size], scope=name)
    if rest[2:]:
        return conv2d(net, channels, [size, size], int(rest[2]), padding=rest[3], scope=name)
    return conv2d(net, channels, [size, size], scope=name)


_NARROW = {"weights_initializer": trunc_normal(0.005), "biases_initializer": Constant(0.1)}
_LAST = {"biases_initializer": Zeros()}

alexnet_v2 = _network("alexnet_v2", _ALEXNET, 224, _NARROW, _LAST)
overfeat = _network("overfeat", _OVERFEAT, None, _NARROW, _LAST)
vgg_a = _network("vgg_a", _vgg_steps(1, 1, 2, 2, 2), 224, {}, {})
vgg_16 = vgg_d = _network("vgg_16", _vgg_steps(2, 2, 3, 3, 3), 224, {}, {})
vgg_19 = vgg_e = _network("vgg_19", _vgg_steps(2, 2, 4, 4, 4), 224, {}, {})
