"""Draws of classes and of yes or no, without a distribution object."""

from __future__ import annotations

from typing import Any

from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape as shape_op
from ....families.arrays.stacking import concat
from ....families.arrays.transposing import transpose
from ....families.elementwise.cast import cast
from ....families.elementwise.compare import less
from ....families.nn.activations import sigmoid
from ....families.random.drawing import multinomial
from ....families.random.sampling import random_uniform
from ....families.reductions.reductions import reduce_prod
from ....types import dtypes


def _drawn(draw: Any, sample_shape: Any, name: str) -> Any:
    """Call a function of a number of draws, `[n, ...]`, and give the result the shape asked for."""
    with name_scope(name, "call_sampler", [sample_shape]):
        sample_shape = convert_to_tensor(sample_shape, dtype=dtypes.int32, name="sample_shape")
        extents = reshape(sample_shape, [-1])
        samples = draw(reduce_prod(extents))
        return reshape(samples, concat([extents, shape_op(samples)[1:]], 0))


def bernoulli_sample(
    probs: Any = None, logits: Any = None, dtype: Any = dtypes.int32, sample_shape: Any = (), seed: Any = None
) -> Any:
    """Return draws of 1 with probabilities, or with those of logarithms of odds.

    Args:
      probs, logits: one of both.
      dtype: of the draws.
      sample_shape: how many draws there are.
      seed: of the draws.
    Raises: ValueError unless one of both is given.
    """
    if (probs is None) == (logits is None):
        raise ValueError("Must pass probs or logits, but not both.")
    if probs is None:
        probs = sigmoid(convert_to_tensor(logits, name="logits"), name="probs")
    else:
        probs = convert_to_tensor(probs, name="probs")

    def draw(n: Any) -> Any:
        uniform = random_uniform(concat([[n], shape_op(probs)], 0), seed=seed, dtype=probs.dtype)
        return cast(less(uniform, probs), dtype)

    return _drawn(draw, sample_shape, "BernoulliSample")


def categorical_sample(logits: Any, dtype: Any = dtypes.int32, sample_shape: Any = (), seed: Any = None) -> Any:
    """Return draws of classes.

    Args:
      logits: `[..., classes]`.
      dtype, sample_shape, seed: as of `bernoulli_sample`.
    """
    logits = convert_to_tensor(logits, name="logits")
    classes = logits.shape[-1].value if logits.shape.ndims is not None else None
    classes = classes if classes is not None else shape_op(logits)[-1]
    batch = shape_op(logits)[:-1]

    def draw(n: Any) -> Any:
        rows = logits if logits.shape.ndims == 2 else reshape(logits, [-1, classes])
        drawn = cast(multinomial(rows, n, seed=seed), dtype)
        return reshape(transpose(drawn), concat([[n], batch], 0))

    return _drawn(draw, sample_shape, "CategoricalSample")
