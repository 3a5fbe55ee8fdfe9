"""Metrics: values of variables that each batch updates."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....ops.families.debugging.assertions import assert_greater_equal, assert_less_equal
from ....ops.families.elementwise.like import ones_like
from ....ops.families.indexing.positions import one_hot
from ....ops.families.reductions.sorting import in_top_k, top_k
from ....ops.families.state.variables import Variable
from .. import state
from ..arguments import shown
from ..operations import (
    argmax,
    cast,
    control_dependencies,
    convert_to_tensor,
    div_no_nan,
    equal,
    expand_dims,
    get_default_graph,
    greater,
    group,
    identity,
    logical_and,
    logical_not,
    reduce_mean,
    reduce_sum,
    reshape,
    size,
    sqrt,
    square,
    squeeze,
)
from . import initializers, losses

_LOWEST = -1e10  # in place of predictions that are not among the largest, and their threshold


class Metric:
    """The base of metrics: `update_state` changes its variables, `result` reads them.

    Args:
      name: what it is called; dtype: of the variables.
    """

    def __init__(self, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        self.name = name or state.unique_name(state.snake_case(type(self).__name__))
        self.dtype = dtype or state.floatx()
        self.variables: list[Any] = []
        self.updates: list[Any] = []
        self.stateful = True
        self.current: Any = None  # the tensor of the last call

    @property
    def weights(self) -> list[Any]:
        """The variables."""
        return self.variables

    def add_weight(
        self, name: str, shape: Any = (), aggregation: Any = None, synchronization: Any = None,
        initializer: Any = None, dtype: Any = None,
    ) -> Any:  # fmt: skip
        """Make a variable, zero by default."""
        first = initializers.get(initializer or "zeros")
        kind = dtype or self.dtype
        variable = Variable(
            initial_value=lambda: first(list(shape), dtype=kind), name=name, trainable=False, dtype=kind,
            use_resource=True, collections=[],
        )  # fmt: skip
        state.state_of(get_default_graph()).kept_variables.append(variable)
        self.variables.append(variable)
        return variable

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Return an operation that takes a batch in."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def result(self) -> Any:
        """Return a tensor of the value."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def reset_states(self) -> None:
        """Begin anew."""
        from ..session_of import batch_set_value

        batch_set_value([(variable, np.zeros(variable.shape.as_list())) for variable in self.variables])

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take a batch in. Returns: a tensor of the value after that."""
        update = self.update_state(*args, **kwargs)
        self.updates.append(update)
        with control_dependencies([update]):
            self.current = identity(self.result())
        self.current._metric_obj = self  # whose result it is, for `Layer.add_metric`
        return self.current

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make one of what `get_config` returned."""
        return cls(**config)


class Sum(Metric):
    """The sum of values."""

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.total = self.add_weight("total")

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:
        """Return an operation that takes a batch in."""
        total, _ = weighted(values, sample_weight, self.dtype)
        return self.total.assign_add(total, read_value=False)

    def result(self) -> Any:
        """Return a tensor of the value."""
        return identity(self.total)


class Mean(Metric):
    """The mean of values."""

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.total = self.add_weight("total")
        self.count = self.add_weight("count")

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:
        """Return an operation that takes a batch in."""
        total, count = weighted(values, sample_weight, self.dtype)
        return group(self.total.assign_add(total, read_value=False), self.count.assign_add(count, read_value=False))

    def result(self) -> Any:
        """Return a tensor of the value."""
        return div_no_nan(self.total, self.count)


def add_to(held: list[Any], value: Any, aggregation: str | None, name: str | None) -> None:
    """Have a layer report a metric, or take one more value into the one it has by that name; see `Layer.add_metric`."""
    if aggregation not in (None, "mean"):
        raise ValueError(
            f"We currently support only `mean` sample-wise metric aggregation. You provided aggregation=`{aggregation}`"
        )
    made_by = getattr(value, "_metric_obj", None)
    if name is None and made_by is None:
        raise ValueError(
            "Please provide a name for your metric like `self.add_metric(tf.reduce_sum(inputs), "
            "name='mean_activation', aggregation='mean')`"
        )
    known = {metric.name: metric for metric in held}
    if aggregation is not None:
        metric = known.get(name) or Mean(name=name)
        metric(value)
    elif made_by is not None:
        metric = made_by
    elif name in known:
        metric = known[name]
        metric.current = value
    else:
        raise ValueError(
            "We do not support adding an aggregated metric result tensor that is not the output of a "
            "`tf.keras.metrics.Metric` metric instance. Without having access to the metric instance we cannot reset "
            "the state of a metric after every epoch during training. You can create a `tf.keras.metrics.Metric` "
            "instance and pass the result here or pass an un-aggregated result with `aggregation` parameter set as "
            "`mean`. For example: `self.add_metric(tf.reduce_sum(inputs), name='mean_activation', aggregation='mean')`"
        )
    if not any(metric is item for item in held):
        held.append(metric)


def weighted(values: Any, weights: Any, dtype: Any) -> tuple[Any, Any]:
    """The sum of weighted values, and the sum of the weights."""
    values = cast(values, dtype)
    if weights is None:
        return reduce_sum(values), cast(size(values), dtype)
    weights = cast(weights, dtype)
    rank, own = values.shape.ndims, weights.shape.ndims
    if rank is not None and own is not None and own > rank:
        weights = squeeze(weights, [-1])
    elif rank is not None and own is not None and 0 < own < rank:
        values = reduce_mean(values, axis=list(range(own, rank)))
    from ..operations import ones_like

    wide = weights * ones_like(values)
    return reduce_sum(values * wide), reduce_sum(wide)


class MeanMetricWrapper(Mean):
    """The mean of what a function of targets and predictions gives for each example."""

    def __init__(self, fn: Any, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name or fn.__name__, dtype)
        self._fn, self._fn_kwargs = fn, kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """Return an operation that takes a batch in."""
        y_pred = convert_to_tensor(y_pred)
        y_true = convert_to_tensor(y_true)
        return super().update_state(self._fn(y_true, y_pred, **self._fn_kwargs), sample_weight)


def _same_rank(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    ranks = y_true.shape.ndims, y_pred.shape.ndims
    if None not in ranks and ranks[0] - ranks[1] == 1 and y_true.shape.as_list()[-1] in (1, None):
        y_true = squeeze(y_true, [-1])
    elif None not in ranks and ranks[1] - ranks[0] == 1 and y_pred.shape.as_list()[-1] in (1, None):
        y_pred = squeeze(y_pred, [-1])
    return y_true, y_pred


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return 1 where targets and predictions are equal."""
    y_true, y_pred = _same_rank(y_true, y_pred)
    return cast(equal(cast(y_true, y_pred.dtype), y_pred), state.floatx())


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """Return how many predictions are on the right side of the threshold."""
    y_true, y_pred = convert_to_tensor(y_true), convert_to_tensor(y_pred)
    sides = cast(greater(y_pred, threshold), y_pred.dtype)
    return reduce_mean(cast(equal(cast(y_true, y_pred.dtype), sides), state.floatx()), axis=-1)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return 1 where the largest prediction is that of the one-hot target."""
    y_true, y_pred = convert_to_tensor(y_true), convert_to_tensor(y_pred)
    return cast(equal(argmax(y_true, axis=-1), argmax(y_pred, axis=-1)), state.floatx())


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return 1 where the largest prediction is that of the target's number."""
    y_true, y_pred = convert_to_tensor(y_true), convert_to_tensor(y_pred)
    ranks = y_true.shape.ndims, y_pred.shape.ndims
    if None not in ranks and ranks[0] == ranks[1] and y_true.shape.as_list()[-1] in (1, None):
        y_true = squeeze(y_true, [-1])
    best = cast(argmax(y_pred, axis=-1), y_true.dtype if y_true.dtype.is_floating else state.floatx())
    return cast(equal(cast(y_true, best.dtype), best), state.floatx())


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Return 1 where the one-hot target is among the `k` largest predictions."""
    y_true, y_pred = convert_to_tensor(y_true), convert_to_tensor(y_pred)
    return cast(in_top_k(y_pred, argmax(y_true, axis=-1), k), state.floatx())


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Return 1 where the target's number is among those of the `k` largest predictions."""
    y_true, y_pred = convert_to_tensor(y_true), convert_to_tensor(y_pred)
    if y_true.shape.ndims == 2:
        y_true = reshape(y_true, [-1])
    return cast(in_top_k(y_pred, cast(y_true, "int32"), k), state.floatx())


def _class(function: Any, name: str, default: str, words: str, **defaults: Any) -> Any:
    own: dict[str, Any] = {"name": default, "dtype": None}
    order = {**defaults, **own} if "k" in defaults else {**own, **defaults}

    def initialize(self: Any, *args: Any, **kwargs: Any) -> None:
        given = {**defaults, **dict(zip(order, args)), **kwargs}
        called, dtype = given.pop("name", default), given.pop("dtype", None)
        MeanMetricWrapper.__init__(self, function, called, dtype, **given)

    wrapper: Any = initialize
    wrapper.__signature__ = shown(order)
    return type(name, (MeanMetricWrapper,), {"__init__": initialize, "__doc__": words, "__module__": __name__})


Accuracy = _class(accuracy, "Accuracy", "accuracy", "How often predictions equal targets.")
BinaryAccuracy = _class(
    binary_accuracy, "BinaryAccuracy", "binary_accuracy", "How often predictions are on the right side.", threshold=0.5
)
CategoricalAccuracy = _class(
    categorical_accuracy, "CategoricalAccuracy", "categorical_accuracy", "How often the best class is the target."
)
SparseCategoricalAccuracy = _class(
    sparse_categorical_accuracy, "SparseCategoricalAccuracy", "sparse_categorical_accuracy",
    "How often the best class is the target's number.",
)  # fmt: skip
TopKCategoricalAccuracy = _class(
    top_k_categorical_accuracy, "TopKCategoricalAccuracy", "top_k_categorical_accuracy",
    "How often the target is among the k best.", k=5,
)  # fmt: skip
SparseTopKCategoricalAccuracy = _class(
    sparse_top_k_categorical_accuracy, "SparseTopKCategoricalAccuracy", "sparse_top_k_categorical_accuracy",
    "How often the target's number is among the k best.", k=5,
)  # fmt: skip
MeanSquaredError = _class(
    losses.mean_squared_error, "MeanSquaredError", "mean_squared_error", "The mean of squared differences."
)
MeanAbsoluteError = _class(
    losses.mean_absolute_error, "MeanAbsoluteError", "mean_absolute_error", "The mean of absolute differences."
)
MeanAbsolutePercentageError = _class(
    losses.mean_absolute_percentage_error, "MeanAbsolutePercentageError", "mean_absolute_percentage_error",
    "The mean of differences in percent of the targets.",
)  # fmt: skip
MeanSquaredLogarithmicError = _class(
    losses.mean_squared_logarithmic_error, "MeanSquaredLogarithmicError", "mean_squared_logarithmic_error",
    "The mean of squared differences of logarithms.",
)  # fmt: skip
BinaryCrossentropy = _class(
    losses.binary_crossentropy, "BinaryCrossentropy", "binary_crossentropy", "The cross entropy of 0 and 1.",
    from_logits=False, label_smoothing=0,
)  # fmt: skip
CategoricalCrossentropy = _class(
    losses.categorical_crossentropy, "CategoricalCrossentropy", "categorical_crossentropy",
    "The cross entropy of one-hot targets.", from_logits=False, label_smoothing=0,
)  # fmt: skip
SparseCategoricalCrossentropy = _class(
    losses.sparse_categorical_crossentropy, "SparseCategoricalCrossentropy", "sparse_categorical_crossentropy",
    "The cross entropy of the numbers of classes.", from_logits=False, axis=-1,
)  # fmt: skip
Hinge = _class(losses.hinge, "Hinge", "hinge", "The hinge loss.")
KLDivergence = _class(
    losses.kullback_leibler_divergence, "KLDivergence", "kullback_leibler_divergence", "The divergence."
)
Poisson = _class(losses.poisson, "Poisson", "poisson", "The Poisson loss.")
SquaredHinge = _class(losses.squared_hinge, "SquaredHinge", "squared_hinge", "The squared hinge loss.")
CategoricalHinge = _class(
    losses.categorical_hinge, "CategoricalHinge", "categorical_hinge", "The hinge loss of one-hot targets."
)
LogCoshError = _class(losses.logcosh, "LogCoshError", "logcosh", "The logarithm of the differences' cosh.")
CosineSimilarity = _class(
    losses.cosine_similarity, "CosineSimilarity", "cosine_similarity",
    "The cosine of the angle between targets and predictions.",
    axis=-1,
)  # fmt: skip


class RootMeanSquaredError(Mean):
    """The root of the mean of squared differences."""

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """Return an operation that takes a batch in."""
        y_true, y_pred = _same_rank(convert_to_tensor(y_true), convert_to_tensor(y_pred))
        return super().update_state(square(y_pred - cast(y_true, y_pred.dtype)), sample_weight)

    def result(self) -> Any:
        """Return a tensor of the value."""
        return sqrt(super().result())


class _Counts(Metric):
    """How many predictions are above thresholds, or not, where targets are true, or not."""

    _wanted: tuple[tuple[str, bool, bool], ...] = ()  # per variable its name, and what targets and predictions are

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        self._build(thresholds, name, dtype)

    def _build(
        self, thresholds: Any, name: str | None, dtype: Any, top_k: int | None = None, class_id: int | None = None
    ) -> None:
        super().__init__(name, dtype)
        self.init_thresholds, self.top_k, self.class_id = thresholds, top_k, class_id
        if thresholds is None:
            thresholds = _LOWEST if top_k is not None else 0.5
        elif wrong := [each for each in _listed(thresholds) if each is None or not 0 <= each <= 1]:
            raise ValueError(f"Threshold values must be in [0, 1]. Invalid values: {wrong}")
        self.thresholds = [float(each) for each in _listed(thresholds)]
        self._kept = [self.add_weight(name, (len(self.thresholds),)) for name, _, _ in self._wanted]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return an operation that takes a batch in.

        Raises: InvalidArgumentError when it runs, for predictions outside of [0, 1].
        """
        y_true, y_pred = convert_to_tensor(y_true), cast(y_pred, self.dtype)
        low = assert_greater_equal(y_pred, cast(0, self.dtype), message="predictions must be >= 0")
        high = assert_less_equal(y_pred, cast(1, self.dtype), message="predictions must be <= 1")
        with control_dependencies([each for each in (low, high) if each is not None]):
            y_true, y_pred = _same_rank(y_true, y_pred)
            if self.top_k is not None:
                y_pred = _top(y_pred, self.top_k)
            if self.class_id is not None:
                y_true, y_pred = y_true[..., self.class_id], y_pred[..., self.class_id]
            weights = None if sample_weight is None else _broadcast(cast(sample_weight, self.dtype), y_pred)
            true = reshape(cast(y_true, "bool"), [1, -1])
            above = greater(reshape(y_pred, [1, -1]), np.array(self.thresholds, y_pred.dtype.np_dtype)[:, None])
        updates = []
        for (_, is_true, is_above), variable in zip(self._wanted, self._kept, strict=True):
            hits = logical_and(true if is_true else logical_not(true), above if is_above else logical_not(above))
            values = cast(hits, self.dtype) if weights is None else cast(hits, self.dtype) * weights
            updates.append(variable.assign_add(reduce_sum(values, 1), read_value=False))
        return group(*updates)

    def result(self) -> Any:
        """Return a tensor of the value, a vector of one per threshold where there are several."""
        found = identity(self._kept[0]) if len(self._kept) == 1 else self._share()
        return found[0] if len(self.thresholds) == 1 else found

    def _share(self) -> Any:
        return div_no_nan(self._kept[0], self._kept[0] + self._kept[1])

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class _Shares(_Counts):
    """A part of counts: those right among them.

    Args:
      thresholds: above which numbers, within [0, 1], a prediction says yes; one or several. Default: 0.5, or with
        `top_k` any number.
      top_k: if given, a prediction says yes only if it is among the k largest of the last axis.
      class_id: if given, the one class that is counted.
      name, dtype: of the metric.
    """

    def __init__(
        self, thresholds: Any = None, top_k: int | None = None, class_id: int | None = None, name: str | None = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        self._build(thresholds, name, dtype, top_k, class_id)

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {**super().get_config(), "top_k": self.top_k, "class_id": self.class_id}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple, np.ndarray)) else [value]


def _top(predictions: Any, k: int) -> Any:
    """Predictions, the lowest of numbers in place of all but the k largest of the last axis."""
    _, indices = top_k(predictions, k, sorted=False)
    kept = reduce_sum(one_hot(indices, predictions.shape[-1].value, dtype=predictions.dtype), -2)
    return predictions * kept + _LOWEST * (1 - kept)


def _broadcast(weights: Any, values: Any) -> Any:
    """Weights in a row, one per value."""
    if weights.shape.ndims is not None and weights.shape.ndims == (values.shape.ndims or 0) - 1:
        weights = expand_dims(weights, -1)
    return reshape(weights * ones_like(values), [1, -1])


class Precision(_Shares):
    """How many of those found are right; arguments as of `Recall`: `thresholds`, `top_k`, `class_id`."""

    _wanted = (("true_positives", True, True), ("false_positives", False, True))


class Recall(_Shares):
    """How many of the right ones are found; arguments as of `Precision`: `thresholds`, `top_k`, `class_id`."""

    _wanted = (("true_positives", True, True), ("false_negatives", True, False))


class TruePositives(_Counts):
    """How many right ones are found."""

    _wanted = (("accumulator", True, True),)


class FalsePositives(_Counts):
    """How many wrong ones are found."""

    _wanted = (("accumulator", False, True),)


class TrueNegatives(_Counts):
    """How many wrong ones are not found."""

    _wanted = (("accumulator", False, False),)


class FalseNegatives(_Counts):
    """How many right ones are not found."""

    _wanted = (("accumulator", True, False),)


acc = ACC = accuracy
cosine = cosine_similarity = cosine_proximity = losses.cosine_similarity
mse = MSE = mean_squared_error = losses.mean_squared_error
mae = MAE = mean_absolute_error = losses.mean_absolute_error
mape = MAPE = mean_absolute_percentage_error = losses.mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error = losses.mean_squared_logarithmic_error
binary_crossentropy = losses.binary_crossentropy
categorical_crossentropy = losses.categorical_crossentropy
sparse_categorical_crossentropy = losses.sparse_categorical_crossentropy
hinge, squared_hinge = losses.hinge, losses.squared_hinge
kullback_leibler_divergence, poisson = losses.kullback_leibler_divergence, losses.poisson
kld = KLD = losses.kullback_leibler_divergence
_OWN = (__name__, losses.__name__)
KNOWN: dict[str, Any] = {
    name: value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__module__", None) in _OWN and not name.startswith("_")
}
