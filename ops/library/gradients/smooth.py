"""`nn.swish`: an activation with a gradient of its own, which needs no value of its inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.basic_ops import identity, identity_n
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, leave_out
from ...families.elementwise.cast import cast
from ...families.nn.activations import sigmoid
from ...graph.node import Tensor, TensorLike
from .custom import custom_gradient


def swish(features: TensorLike, beta: TensorLike = 1.0) -> Tensor:
    """Return `features * sigmoid(beta * features)`; with the default `beta`, also known as SiLU.

    Args:
      features: floating-point.
      beta: a number or tensor, cast to the type of `features`. TensorFlow 1.15 has none: its operations are those of 1.
    Source: Ramachandran et al., "Searching for Activation Functions", 2017.
    """
    if isinstance(beta, (int, float, np.number)) and beta == 1:
        result: Tensor = _plain(features)
        return result
    value = convert_to_tensor(features, name="features")
    factor = cast(convert_to_tensor(beta, name="beta"), value.dtype)
    product = value * sigmoid(factor * value)
    leave_out(-2)  # there is no `beta` in 1.15
    identity(product)  # two outputs pass through here in TensorFlow 2; kept so that names agree
    return identity_n([product, value, factor])[0]


silu = swish


@custom_gradient
def _plain(features: Any) -> tuple[Any, Callable[[Any], Any]]:
    def gradient(dy: Any) -> Any:
        with control_dependencies([dy]):  # computed anew, so that the forward step keeps no more than its input
            slope = sigmoid(features)
        return dy * (slope * (1.0 + features * (1.0 - slope)))

    return features * sigmoid(features), gradient
