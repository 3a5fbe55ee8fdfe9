"""`contrib.sparsemax`: the nearest point of the simplex, and the loss that fits it.

Rows of logits are sorted; as many of the largest take part as keep `1 + k z_k > z_1 + ... + z_k`. What is left of them
after a threshold `tau` adds up to 1, and all others are 0.
Source: Martins, Astudillo (2016), "From Softmax to Sparsemax"; operations and what becomes of infinities and NaN:
TensorFlow 1.15, as its graphs and values show them.
"""

from __future__ import annotations

import math
from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import fill, range
from ...families.arrays.shape_ops import shape
from ...families.arrays.stacking import stack
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal, is_inf, is_nan, logical_and, logical_or
from ...families.elementwise.like import zeros_like
from ...families.elementwise.rounding import maximum
from ...families.indexing.batch_gathering import gather_nd
from ...families.indexing.positions import where
from ...families.reductions.reductions import reduce_sum
from ...families.reductions.scan import cumsum
from ...families.reductions.sorting import top_k
from ...types import dtypes


def sparsemax(logits: Any, name: str | None = None) -> Any:
    """Return rows of probabilities of which many are exactly 0.

    Args:
      logits: float32 or float64 [batch, classes].
      name: of the scope.
    Returns: the same type and shape; NaN in rows with NaN, with plus infinity, or of minus infinities alone.
    Raises: ValueError if the rank is known and not 2.
    """
    with name_scope(name, "sparsemax", [logits]):
        logits = convert_to_tensor(logits, name="logits")
        dtype = logits.dtype
        rows, classes = shape(logits)[0], shape(logits)[1]
        largest, _ = top_k(logits, k=classes)
        sums = cumsum(largest, axis=1)
        counts = range(1, cast(classes, dtype) + 1, dtype=dtype)
        taking_part = 1 + counts * largest > sums
        number = reduce_sum(cast(taking_part, dtypes.int32), axis=1)
        last = maximum(number, 1)  # of rows with NaN none take part
        tau_sum = gather_nd(sums, stack([range(0, rows), last - 1], axis=1))
        tau = (tau_sum - 1) / cast(number, dtype)
        result = maximum(cast(0, dtype), logits - tau[:, None])
        spoiled = logical_or(equal(number, 0), is_nan(sums[:, -1]))
        return where(spoiled, fill([rows, classes], cast(math.nan, dtype)), result)


def sparsemax_loss(logits: Any, sparsemax: Any, labels: Any, name: str | None = None) -> Any:
    """Return the loss of each row, whose gradient is `sparsemax(logits) - labels`.

    Args:
      logits: float32 or float64 [batch, classes].
      sparsemax: what `sparsemax` made of the logits.
      labels: the probabilities wanted, of the same type and shape.
      name: of the scope.
    Returns: [batch]; logits of minus infinity count nothing where their label is 0.
    """
    with name_scope(name, "sparsemax_loss", [logits, sparsemax, labels]):
        logits = convert_to_tensor(logits, name="logits")
        sparsemax = convert_to_tensor(sparsemax, name="sparsemax")
        labels = convert_to_tensor(labels, name="labels")
        counted = logical_or(sparsemax > 0, is_nan(sparsemax))
        own = sparsemax * (logits - 0.5 * sparsemax)
        own = where(counted, own, zeros_like(own))
        wanted = labels * (0.5 * labels - logits)
        unwanted = logical_and(equal(labels, 0), is_inf(logits))
        wanted = where(unwanted, zeros_like(logits), wanted)
        return reduce_sum(own + wanted, axis=1)
