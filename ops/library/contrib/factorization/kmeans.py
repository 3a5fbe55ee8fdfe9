"""`KMeans`: clusters of vectors, by their nearest centres, which move to the means of their vectors.

Source: TensorFlow 1.15, `tf.contrib.factorization.KMeans`, for names, results and variables.
"""

from __future__ import annotations

from typing import Any, Final

from ....building.basic_ops import group, identity
from ....building.convert import convert_to_tensor
from ....building.default_graph import control_dependencies, name_scope
from ....families.arrays.filling import fill, ones, zeros
from ....families.arrays.reshaping import expand_dims
from ....families.arrays.shape_ops import shape
from ....families.arrays.stacking import concat
from ....families.control_flow.cond import cond
from ....families.elementwise.arithmetic import square
from ....families.elementwise.cast import cast
from ....families.elementwise.exponential import log
from ....families.elementwise.rounding import maximum, minimum
from ....families.indexing.gathering import gather
from ....families.linalg.norms import l2_normalize
from ....families.linalg.products import matmul
from ....families.random.drawing import multinomial
from ....families.random.sampling import random_uniform
from ....families.reductions.argmax import argmin
from ....families.reductions.reductions import reduce_min, reduce_sum
from ....families.reductions.segments import unsorted_segment_sum
from ....families.state.assignments import assign, assign_add
from ....families.state.variables import Variable
from ....types import dtypes

SQUARED_EUCLIDEAN_DISTANCE: Final = "squared_euclidean"
COSINE_DISTANCE: Final = "cosine"
RANDOM_INIT: Final = "random"
KMEANS_PLUS_PLUS_INIT: Final = "kmeans_plus_plus"
_LEAST: Final = 1e-6  # in place of a count of none


class KMeans:
    """Clusters of vectors.

    Args:
      inputs: vectors in rows, or a list of such tensors.
      num_clusters: how many clusters there are.
      initial_clusters: the first centres: "random" or "kmeans_plus_plus" rows of the inputs, a tensor, or a function of
        the inputs and the number of clusters.
      distance_metric: "squared_euclidean" or "cosine".
      use_mini_batch: whether centres move a step towards the means of a batch, otherwise to the means.
      mini_batch_steps_per_iteration: after how many such steps centres move: 1.
      random_seed: of the first centres.
      kmeans_plus_plus_num_retries: kept: each new centre is drawn once.
      kmc2_chain_length: kept.
    Raises: ValueError for another distance or other first centres, NotImplementedError for more steps.
    """

    def __init__(
        self, inputs: Any, num_clusters: Any, initial_clusters: Any = RANDOM_INIT,
        distance_metric: str = SQUARED_EUCLIDEAN_DISTANCE, use_mini_batch: bool = False,
        mini_batch_steps_per_iteration: int = 1, random_seed: int = 0, kmeans_plus_plus_num_retries: int = 2,
        kmc2_chain_length: int = 200,
    ) -> None:  # fmt: skip
        if distance_metric not in (SQUARED_EUCLIDEAN_DISTANCE, COSINE_DISTANCE):
            raise ValueError(f"Unsupported distance metric passed to Kmeans {distance_metric}")
        if isinstance(initial_clusters, str) and initial_clusters not in (RANDOM_INIT, KMEANS_PLUS_PLUS_INIT):
            raise ValueError(f"Unsupported initialization algorithm `{initial_clusters}`")
        if use_mini_batch and mini_batch_steps_per_iteration != 1:
            raise NotImplementedError(
                "KMeans(mini_batch_steps_per_iteration=...) is not built: centres move each step."
            )
        given = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        self._inputs = [convert_to_tensor(each) for each in given]
        self._num_clusters, self._initial, self._seed = num_clusters, initial_clusters, random_seed
        self._is_cosine, self._use_mini_batch = distance_metric == COSINE_DISTANCE, use_mini_batch

    def training_graph(self) -> tuple[Any, ...]:
        """Build the graph.

        Returns: `all_scores`, the distances of each input's rows from all centres; `cluster_idx`, the number of the
          nearest one; `scores`, the distance from it (each a tuple, a tensor per input); the variable that says whether
          there are centres; the operation that makes the first ones; the operation of a training step.
        """
        kind = self._inputs[0].dtype.base_dtype
        clusters: Any = Variable(
            zeros([0], kind), name="clusters", validate_shape=False, trainable=False, use_resource=False
        )
        initialized: Any = Variable(False, dtype=dtypes.bool_, name="initialized", trainable=False, use_resource=False)
        counts: Any = None
        if self._use_mini_batch:
            whole = fill([convert_to_tensor(self._num_clusters)], convert_to_tensor(1, dtypes.int64))
            counts = Variable(whole, trainable=False, use_resource=False)
        rows = [l2_normalize(each, 1) if self._is_cosine else each for each in self._inputs]
        with name_scope("kmeans"):
            every, nearest, scores = zip(*(self._distances(each, clusters) for each in rows), strict=True)
            first = self._first_centres(clusters, initialized, concat(rows, 0))
            joined, numbers = concat(rows, 0), concat(nearest, 0)
            step = self._step(joined, numbers, clusters, counts)
        return every, nearest, scores, initialized, first, step

    def _distances(self, rows: Any, clusters: Any) -> tuple[Any, Any, Any]:
        """The distances from all centres, the nearest one's number, and the distance from it."""
        if self._is_cosine:
            every = 1.0 - matmul(rows, l2_normalize(clusters, 1), transpose_b=True)
        else:
            every = _squared(rows, identity(clusters))
        return every, argmin(every, 1), reduce_min(every, 1)

    def _first_centres(self, clusters: Any, initialized: Any, rows: Any) -> Any:
        """An operation that makes the first centres, unless there are some."""

        def begin() -> Any:
            with control_dependencies([assign(clusters, self._chosen(rows), validate_shape=False)]):
                return assign(initialized, True).op

        done = cond(initialized, lambda: identity(True), lambda: _after(begin()))
        return done

    def _chosen(self, rows: Any) -> Any:
        number = convert_to_tensor(self._num_clusters, dtype=dtypes.int32)
        if callable(self._initial):
            return convert_to_tensor(self._initial(self._inputs, self._num_clusters))
        if not isinstance(self._initial, str):
            given = convert_to_tensor(self._initial, dtype=rows.dtype.base_dtype)
            return l2_normalize(given, 1) if self._is_cosine else given
        if self._initial == RANDOM_INIT:
            return gather(rows, random_uniform([number], 0, shape(rows)[0], dtypes.int32, seed=self._seed))
        return self._plus_plus(rows)

    def _plus_plus(self, rows: Any) -> Any:
        """Rows, each drawn by its squared distance from the nearest one so far."""
        from ....building.static_value import get_static_value

        number = get_static_value(convert_to_tensor(self._num_clusters))
        if number is None:
            raise ValueError("kmeans_plus_plus: the number of clusters has to be known while the graph is built.")
        first = random_uniform([1], 0, shape(rows)[0], dtypes.int32, seed=self._seed)
        centres = gather(rows, first)
        nearest = _squared(rows, centres)[:, 0]
        for index in range(1, int(number)):
            weights = log(maximum(nearest, 0.0))
            drawn = multinomial(expand_dims(weights, 0), 1, seed=self._seed + index)[0]
            row = gather(rows, drawn)
            centres = concat([centres, row], 0)
            nearest = minimum(nearest, _squared(rows, row)[:, 0])
        return centres

    def _step(self, rows: Any, numbers: Any, clusters: Any, counts: Any) -> Any:
        """The operation that moves the centres."""
        size = shape(clusters)[0]
        found = unsorted_segment_sum(ones([shape(rows)[0]], dtypes.int64), numbers, size)
        sums = unsorted_segment_sum(rows, numbers, size)
        kind = rows.dtype.base_dtype
        some = expand_dims(cast(found, kind), 1)
        if counts is None:
            means = sums / (some + _LEAST)
            return assign(clusters, l2_normalize(means, 1) if self._is_cosine else means)
        rate = 1.0 / expand_dims(cast(counts + found, kind), 1)
        moved = assign_add(clusters, rate * (sums - some * identity(clusters)))
        with control_dependencies([moved]):
            return group(assign_add(counts, found))


def _squared(rows: Any, centres: Any) -> Any:
    """Squared distances of rows from centres."""
    lengths = expand_dims(reduce_sum(square(rows), 1), 1)
    return lengths - 2.0 * matmul(rows, centres, transpose_b=True) + reduce_sum(square(centres), 1)


def _after(op: Any) -> Any:
    with control_dependencies([op]):
        return identity(True)
