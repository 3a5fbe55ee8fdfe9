"""Inception, versions 1 to 3: modules of branches whose outputs are joined.

A stem and modules are rows of steps (`inception_tables.py`), read here. Names, shapes and initializers are those of
TensorFlow 1.15, so that its checkpoints load.

Source: Szegedy et al. (2014, 2015).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ....families.arrays.stacking import concat
from ....families.nn.activations import relu
from ....families.state.variable_scope import variable_scope
from ....graph.graph_keys import GraphKeys
from ..framework.arg_scope import arg_scope
from ..layers.batch_norm import batch_norm
from ..layers.convolution import conv2d, separable_conv2d
from ..layers.dense import fully_connected
from ..layers.initializers import variance_scaling_initializer
from ..layers.pooling import avg_pool2d, dropout, max_pool2d, softmax
from ..layers.regularizers import l2_regularizer
from .common import logits_of, trunc_normal
from .inception_tables import V1, V2, V3

_STEP = re.compile(
    r"(?P<name>(?P<kind>\w*?)_\w+?_(?P<height>\d)x(?P<width>\d))(=(?P<h>\d)x(?P<w>\d))?(?P<stride>/2)?(?P<padding>[vs])?"
)


def _scale(depth_multiplier: float, min_depth: int) -> Callable[[int], int]:
    if depth_multiplier <= 0:
        raise ValueError("depth_multiplier is not greater than zero.")
    return lambda channels: max(int(channels * depth_multiplier), min_depth)


def _step(net: Any, row: str, depth: Callable[[int], int]) -> Any:
    """One layer: `Conv2d_0b_3x3 96`, `MaxPool_1a_3x3/2v` (2 apart, VALID), `Conv2d_0a_1x1 64 ~0.09` (deviation)."""
    if "|" in row:
        return concat([_step(net, part, depth) for part in row.split("|")], 3)
    text, *rest = row.split()
    found = _STEP.fullmatch(text)
    assert found is not None, row
    window = [int(found["h"] or found["height"]), int(found["w"] or found["width"])]
    options: dict[str, Any] = {"scope": found["name"]}
    if found["stride"]:
        options["stride"] = 2
    if found["padding"]:
        options["padding"] = {"v": "VALID", "s": "SAME"}[found["padding"]]
    if found["kind"] in ("MaxPool", "AvgPool"):
        return (max_pool2d if found["kind"] == "MaxPool" else avg_pool2d)(net, window, **options)
    if rest[1:]:
        options["weights_initializer"] = trunc_normal(float(rest[1][1:]))
    return conv2d(net, depth(int(rest[0])), window, **options)


def _module(net: Any, branches: tuple[tuple[str, ...], ...], depth: Callable[[int], int]) -> Any:
    outputs = []
    for number, steps in enumerate(branches):
        with variable_scope(f"Branch_{number}"):
            found = net
            for step in steps:
                found = _step(found, step, depth)
            outputs.append(found)
    return concat(outputs, 3)


def _built(
    inputs: Any, table: dict[str, Any], final_endpoint: str, depth: Callable[[int], int], stem_padding: str
) -> tuple[Any, dict[str, Any]]:
    """The layers of a table up to one, and the outputs of all by name."""
    if final_endpoint not in table:
        raise ValueError(f"Unknown final endpoint {final_endpoint}")
    net, end_points = inputs, {}
    for name, what in table.items():
        padding = "SAME" if isinstance(what, tuple) else stem_padding
        with arg_scope([conv2d, max_pool2d, avg_pool2d, separable_conv2d], stride=1, padding=padding):
            if isinstance(what, tuple):
                with variable_scope(name):
                    net = _module(net, what, depth)
            elif what.startswith("separable"):
                net = _first_of_v2(net, name, depth(64))
            else:
                net = _step(net, what, depth)
        end_points[name] = net
        if name == final_endpoint:
            break
    return net, end_points


def _first_of_v2(net: Any, name: str, channels: int) -> Any:
    """Version 2 begins with a depthwise convolution of 8 outputs a colour."""
    return separable_conv2d(
        net, channels, [7, 7], depth_multiplier=min(int(channels / 3), 8), stride=2,
        weights_initializer=trunc_normal(1.0), scope=name,
    )  # fmt: skip


def inception_v1_base(
    inputs: Any, final_endpoint: str = "Mixed_5c", scope: Any = "InceptionV1"
) -> tuple[Any, dict[str, Any]]:
    """Return the output of the layer `final_endpoint` of version 1, and those of all before it by name.

    Raises: ValueError for an unknown layer.
    """
    with (
        variable_scope(scope, "InceptionV1", [inputs]),
        arg_scope([conv2d, fully_connected], weights_initializer=trunc_normal(0.01)),
    ):
        return _built(inputs, V1, final_endpoint, lambda channels: channels, "SAME")


def inception_v2_base(
    inputs: Any, final_endpoint: str = "Mixed_5c", min_depth: int = 16, depth_multiplier: float = 1.0, scope: Any = None
) -> tuple[Any, dict[str, Any]]:
    """Return the output of the layer `final_endpoint` of version 2, and those of all before it by name.

    Args:
      inputs: images. min_depth: fewest channels of a layer. depth_multiplier: how many of the paper's each has.
      final_endpoint: such as `Mixed_4a`. scope: the variables' scope.
    Raises: ValueError for an unknown layer, or a multiplier that is not positive.
    """
    depth = _scale(depth_multiplier, min_depth)
    with variable_scope(scope, "InceptionV2", [inputs]):
        return _built(inputs, V2, final_endpoint, depth, "SAME")


def inception_v3_base(
    inputs: Any, final_endpoint: str = "Mixed_7c", min_depth: int = 16, depth_multiplier: float = 1.0, scope: Any = None
) -> tuple[Any, dict[str, Any]]:
    """Return the output of the layer `final_endpoint` of version 3, and those of all before it by name.

    Args: as for `inception_v2_base`.
    Raises: ValueError for an unknown layer, or a multiplier that is not positive.
    """
    depth = _scale(depth_multiplier, min_depth)
    with variable_scope(scope, "InceptionV3", [inputs]):
        return _built(inputs, V3, final_endpoint, depth, "VALID")


def _small(net: Any, sizes: list[int]) -> list[int]:
    """A window no larger than the image, as far as that is known."""
    known = net.get_shape().as_list()[1:3]
    return sizes if None in known else [min(extent, size) for extent, size in zip(known, sizes)]


def inception_v1(
    inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.8,
    prediction_fn: Callable[..., Any] = softmax, spatial_squeeze: bool = True, reuse: Any = None,
    scope: Any = "InceptionV1",
) -> tuple[Any, dict[str, Any]]:  # fmt: skip
    """Return the logits of Inception, version 1 (GoogLeNet), and the outputs of its layers by name.

    Args:
      inputs: images, [batch, height, width, channels], of 224 pixels a side.
      num_classes: how many logits.
      is_training: whether dropout drops and batch normalization takes the batch's moments.
      dropout_keep_prob: the share that dropout keeps.
      prediction_fn: makes predictions of logits.
      spatial_squeeze: whether height and width, of 1 then, are taken out of the logits.
      reuse, scope: of its variables' scope.
    """
    with (
        variable_scope(scope, "InceptionV1", [inputs, num_classes], reuse=reuse) as opened,
        arg_scope([batch_norm, dropout], is_training=is_training),
    ):
        net, end_points = inception_v1_base(inputs, scope=opened)
        with variable_scope("Logits"):
            net = avg_pool2d(net, [7, 7], stride=1, scope="MaxPool_0a_7x7")
            net = dropout(net, dropout_keep_prob, scope="Dropout_0b")
            logits = logits_of(net, num_classes, "SpatialSqueeze" if spatial_squeeze else None, "Conv2d_0c_1x1")
            end_points["Logits"] = logits
            end_points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, end_points


def inception_v2(
    inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.8,
    min_depth: int = 16, depth_multiplier: float = 1.0, prediction_fn: Callable[..., Any] = softmax,
    spatial_squeeze: bool = True, reuse: Any = None, scope: Any = "InceptionV2",
) -> tuple[Any, dict[str, Any]]:  # fmt: skip
    """Return the logits of Inception, version 2, and the outputs of its layers by name.

    Args: as for `inception_v1` and `inception_v2_base`.
    Raises: ValueError for a multiplier that is not positive.
    """
    with (
        variable_scope(scope, "InceptionV2", [inputs, num_classes], reuse=reuse) as opened,
        arg_scope([batch_norm, dropout], is_training=is_training),
    ):
        net, end_points = inception_v2_base(
            inputs, min_depth=min_depth, depth_multiplier=depth_multiplier, scope=opened
        )
        with variable_scope("Logits"):
            size = _small(net, [7, 7])
            net = avg_pool2d(net, size, padding="VALID", scope=f"AvgPool_1a_{size[0]}x{size[1]}")
            net = dropout(net, dropout_keep_prob, scope="Dropout_1b")
            logits = logits_of(net, num_classes, "SpatialSqueeze" if spatial_squeeze else None, "Conv2d_1c_1x1")
        end_points["Logits"] = logits
        end_points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, end_points


def inception_v3(
    inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.8,
    min_depth: int = 16, depth_multiplier: float = 1.0, prediction_fn: Callable[..., Any] = softmax,
    spatial_squeeze: bool = True, reuse: Any = None, scope: Any = "InceptionV3",
) -> tuple[Any, dict[str, Any]]:  # fmt: skip
    """Return the logits of Inception, version 3, and the outputs of its layers by name, `AuxLogits` among them.

    Args: as for `inception_v1` and `inception_v2_base`; images of 299 pixels a side.
    Raises: ValueError for a multiplier that is not positive.
    """
    depth = _scale(depth_multiplier, min_depth)
    squeezed = "SpatialSqueeze" if spatial_squeeze else None
    with (
        variable_scope(scope, "InceptionV3", [inputs, num_classes], reuse=reuse) as opened,
        arg_scope([batch_norm, dropout], is_training=is_training),
    ):
        net, end_points = inception_v3_base(
            inputs, min_depth=min_depth, depth_multiplier=depth_multiplier, scope=opened
        )
        with arg_scope([conv2d, max_pool2d, avg_pool2d], stride=1, padding="SAME"):
            end_points["AuxLogits"] = _auxiliary(end_points["Mixed_6e"], num_classes, depth, squeezed)
        with variable_scope("Logits"):
            size = _small(net, [8, 8])
            net = avg_pool2d(net, size, padding="VALID", scope=f"AvgPool_1a_{size[0]}x{size[1]}")
            net = end_points["PreLogits"] = dropout(net, dropout_keep_prob, scope="Dropout_1b")
            logits = logits_of(net, num_classes, squeezed, "Conv2d_1c_1x1")
        end_points["Logits"] = logits
        end_points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, end_points


def _auxiliary(net: Any, num_classes: int, depth: Callable[[int], int], squeezed: str | None) -> Any:
    """The classifier halfway up, whose loss helps the lower layers learn."""
    with variable_scope("AuxLogits"):
        net = avg_pool2d(net, [5, 5], stride=3, padding="VALID", scope="AvgPool_1a_5x5")
        net = conv2d(net, depth(128), [1, 1], scope="Conv2d_1b_1x1")
        size = _small(net, [5, 5])
        net = conv2d(
            net, depth(768), size, weights_initializer=trunc_normal(0.01), padding="VALID",
            scope=f"Conv2d_2a_{size[0]}x{size[1]}",
        )  # fmt: skip
        return logits_of(net, num_classes, squeezed, "Conv2d_2b_1x1", weights_initializer=trunc_normal(0.001))


inception_v1.default_image_size = 224  # type: ignore[attr-defined]
inception_v2.default_image_size = 224  # type: ignore[attr-defined]
inception_v3.default_image_size = 299  # type: ignore[attr-defined]


def inception_v1_arg_scope(
    weight_decay: float = 0.00004, use_batch_norm: bool = True, batch_norm_var_collection: str = "moving_vars"
) -> Any:
    """Return the arguments of version 1's layers.

    Args:
      weight_decay: the share of the weights' squares in the loss.
      use_batch_norm: whether convolutions are normalized.
      batch_norm_var_collection: the collection of moving moments.
    """
    given = {
        "decay": 0.9997,
        "epsilon": 0.001,
        "updates_collections": GraphKeys.UPDATE_OPS,
        "variables_collections": _collections(batch_norm_var_collection),
    }
    return _layers(weight_decay, given if use_batch_norm else None)


def inception_v2_arg_scope(weight_decay: float = 0.00004, batch_norm_var_collection: str = "moving_vars") -> Any:
    """Return the arguments of version 2's layers, as of `inception_v1_arg_scope`."""
    return inception_v1_arg_scope(weight_decay, True, batch_norm_var_collection)


def inception_v3_arg_scope(
    weight_decay: float = 0.00004, batch_norm_var_collection: str = "moving_vars", batch_norm_decay: float = 0.9997,
    batch_norm_epsilon: float = 0.001, updates_collections: Any = GraphKeys.UPDATE_OPS,
    use_fused_batchnorm: bool = True,
) -> Any:  # fmt: skip
    """Return the arguments of version 3's layers: those of `inception_v1_arg_scope` and of `slim.batch_norm`."""
    given = {
        "decay": batch_norm_decay,
        "epsilon": batch_norm_epsilon,
        "updates_collections": updates_collections,
        "fused": use_fused_batchnorm,
        "variables_collections": _collections(batch_norm_var_collection),
    }
    return _layers(weight_decay, given)


def _collections(moments: str) -> dict[str, Any]:
    return {"beta": None, "gamma": None, "moving_mean": [moments], "moving_variance": [moments]}


def _layers(weight_decay: float, normalized: dict[str, Any] | None) -> Any:
    with (
        arg_scope([conv2d, fully_connected], weights_regularizer=l2_regularizer(weight_decay)),
        arg_scope(
            [conv2d],
            weights_initializer=variance_scaling_initializer(),
            activation_fn=relu,
            normalizer_fn=batch_norm if normalized else None,
            normalizer_params=normalized or {},
        ) as scope,
    ):
        return scope
