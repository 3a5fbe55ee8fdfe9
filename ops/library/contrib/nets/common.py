"""What the networks have in common: an initializer, and the outputs by name."""

from __future__ import annotations

from typing import Any

from ....families.arrays.reshaping import squeeze
from ....families.random.initializers import TruncatedNormal
from ..layers.convolution import conv2d


def trunc_normal(stddev: float) -> Any:
    """Return an initializer of normal numbers, none further than two deviations from 0."""
    return TruncatedNormal(0.0, stddev)


def logits_of(net: Any, num_classes: int, squeezed: str | None, scope: str, **options: Any) -> Any:
    """Return a convolution of one pixel without activation: a number for each class.

    Args:
      net: activations.
      num_classes: how many numbers.
      squeezed: the name of the result without height and width of 1; None to keep them.
      scope: the layer's name.
      options: more for the convolution.
    """
    net = conv2d(net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope=scope, **options)
    return net if squeezed is None else squeeze(net, [1, 2], name=squeezed)
