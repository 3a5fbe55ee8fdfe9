"""What residual networks are put together of: blocks of units, convolutions whose padding knows no stride."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ....families.arrays.padding import pad
from ....families.nn.activations import relu
from ....families.state.variable_scope import variable_scope
from ....graph.graph_keys import GraphKeys
from ..framework.arg_scope import add_arg_scope, arg_scope
from ..layers.batch_norm import batch_norm
from ..layers.convolution import conv2d
from ..layers.initializers import variance_scaling_initializer
from ..layers.pooling import max_pool2d
from ..layers.regularizers import l2_regularizer
from ..layers.utilities import collect_named_outputs


class Block(NamedTuple):
    """Units one after another.

    Args:
      scope: the name of their variables' scope.
      unit_fn: builds a unit of its input, `rate` and its own arguments.
      args: the arguments of each; of them `stride` is known here.
    """

    scope: str
    unit_fn: Callable[..., Any]
    args: Any


def subsample(inputs: Any, factor: int, scope: Any = None) -> Any:
    """Return every `factor`-th row and column of images."""
    return inputs if factor == 1 else max_pool2d(inputs, [1, 1], stride=factor, scope=scope)


def conv2d_same(inputs: Any, num_outputs: int, kernel_size: int, stride: int, rate: int = 1, scope: Any = None) -> Any:
    """Return a convolution whose padding is the same on both sides, and the same for each stride and image.

    Args:
      inputs: images, [batch, height, width, channels].
      num_outputs: channels of the result.
      kernel_size: height and width of a window.
      stride: how far windows are apart. rate: how far a window's pixels are.
      scope: the variables' scope.
    """
    if stride == 1:
        return conv2d(inputs, num_outputs, kernel_size, stride=1, rate=rate, padding="SAME", scope=scope)
    total = kernel_size + (kernel_size - 1) * (rate - 1) - 1
    around = [total // 2, total - total // 2]
    padded = pad(inputs, [[0, 0], around, around, [0, 0]])
    return conv2d(padded, num_outputs, kernel_size, stride=stride, rate=rate, padding="VALID", scope=scope)


@add_arg_scope
def stack_blocks_dense(net: Any, blocks: Any, output_stride: int | None = None, outputs_collections: Any = None) -> Any:
    """Return the output of blocks one after another.

    Args:
      net: activations.
      blocks: a list of `Block`.
      output_stride: how many pixels of `net` one of the output stands for; units that would make it more have windows
        with holes instead. None: what the blocks give.
      outputs_collections: where the blocks' outputs are kept.
    Raises: ValueError if the blocks do not give the output stride.
    """
    reached, rate = 1, 1
    for block in blocks:
        with variable_scope(block.scope, "block", [net]) as opened:
            for number, unit in enumerate(block.args, 1):
                if output_stride is not None and reached > output_stride:
                    raise ValueError("The target output_stride cannot be reached.")
                with variable_scope(f"unit_{number}", values=[net]):
                    if output_stride is not None and reached == output_stride:
                        net = block.unit_fn(net, rate=rate, **{**unit, "stride": 1})
                        rate *= unit.get("stride", 1)
                    else:
                        net = block.unit_fn(net, rate=1, **unit)
                        reached *= unit.get("stride", 1)
            net = collect_named_outputs(outputs_collections, opened.name, net)
    if output_stride is not None and reached != output_stride:
        raise ValueError("The target output_stride cannot be reached.")
    return net


def resnet_arg_scope(
    weight_decay: float = 0.0001, batch_norm_decay: float = 0.997, batch_norm_epsilon: float = 1e-5,
    batch_norm_scale: bool = True,
) -> Any:  # fmt: skip
    """Return the arguments of residual networks' layers.

    Args:
      weight_decay: the share of the weights' squares in the loss.
      batch_norm_decay: how slowly moving moments move.
      batch_norm_epsilon: keeps the root from zero.
      batch_norm_scale: whether there is a factor (`gamma`).
    """
    normalized = {
        "decay": batch_norm_decay,
        "epsilon": batch_norm_epsilon,
        "scale": batch_norm_scale,
        "updates_collections": GraphKeys.UPDATE_OPS,
    }
    with (
        arg_scope(
            [conv2d],
            weights_regularizer=l2_regularizer(weight_decay),
            weights_initializer=variance_scaling_initializer(),
            activation_fn=relu,
            normalizer_fn=batch_norm,
            normalizer_params=normalized,
        ),
        arg_scope([batch_norm], **normalized),
        arg_scope([max_pool2d], padding="SAME") as scope,
    ):
        return scope
