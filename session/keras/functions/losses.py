"""Losses: functions of targets and predictions, one value for each example; and classes that reduce them to one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....ops.families.elementwise.arithmetic import squared_difference
from ....ops.families.nn.activations import softplus
from ....ops.families.nn.cross_entropy import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
    sparse_softmax_cross_entropy_with_logits,
)
from .. import state
from ..arguments import shown
from ..operations import (
    absolute,
    cast,
    clip_by_value,
    convert_to_tensor,
    div_no_nan,
    equal,
    less_equal,
    log,
    logical_or,
    maximum,
    name_scope,
    reduce_all,
    reduce_max,
    reduce_mean,
    reduce_sum,
    reshape,
    shape_of,
    size,
    smart_cond,
    square,
    squeeze,
    stack,
    transpose,
    where,
)
from . import lookup


def _like(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    y_pred = convert_to_tensor(y_pred)
    return cast(y_true, y_pred.dtype), y_pred


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of squared differences."""
    y_true, y_pred = _like(y_true, y_pred)
    return reduce_mean(squared_difference(y_pred, y_true), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of absolute differences."""
    y_true, y_pred = _like(y_true, y_pred)
    return reduce_mean(absolute(y_pred - y_true), axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of absolute differences as shares of the targets, in percent."""
    y_true, y_pred = _like(y_true, y_pred)
    return 100.0 * reduce_mean(absolute((y_true - y_pred) / maximum(absolute(y_true), state.epsilon())), axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of squared differences of logarithms."""
    y_true, y_pred = _like(y_true, y_pred)
    first, second = (log(maximum(y, state.epsilon()) + 1.0) for y in (y_pred, y_true))
    return reduce_mean(squared_difference(first, second), axis=-1)


def _signed(y_true: Any) -> Any:
    """Targets of 0 and 1 as -1 and 1; others as they are."""
    binary = reduce_all(logical_or(equal(y_true, 0), equal(y_true, 1)))
    return smart_cond(binary, lambda: 2.0 * y_true - 1.0, lambda: y_true * 1.0)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of `max(1 - y_true * y_pred, 0) ** 2`; targets are -1 and 1."""
    y_true, y_pred = _like(y_true, y_pred)
    return reduce_mean(square(maximum(1.0 - _signed(y_true) * y_pred, 0.0)), axis=-1)


def hinge(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of `max(1 - y_true * y_pred, 0)`; targets are -1 and 1."""
    y_true, y_pred = _like(y_true, y_pred)
    return reduce_mean(maximum(1.0 - _signed(y_true) * y_pred, 0.0), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """Return by how much the best wrong class comes near the right one."""
    y_true, y_pred = _like(y_true, y_pred)
    right = reduce_sum(y_true * y_pred, axis=-1)
    wrong = reduce_max((1.0 - y_true) * y_pred, axis=-1)
    return maximum(0.0, wrong - right + 1.0)


def huber_loss(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Return half the squared difference up to `delta`, linear beyond it."""
    y_true, y_pred = _like(y_true, y_pred)
    error = absolute(y_pred - y_true)
    quadratic = where(less_equal(error, delta), error, error * 0.0 + delta)
    return 0.5 * square(quadratic) + delta * (error - quadratic)


def logcosh(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of the logarithm of the hyperbolic cosine of differences."""
    y_true, y_pred = _like(y_true, y_pred)
    x = y_pred - y_true
    return reduce_mean(x + softplus(-2.0 * x) - 0.6931471805599453, axis=-1)


def _logits_of(y_pred: Any, activation: str) -> Any:
    """What an activation was applied to, if it was the last operation; else None."""
    op = y_pred.op
    while op.type == "Identity":
        op = op.inputs[0].op
    return op.inputs[0] if op.type == activation else None


def categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0) -> Any:
    """Return the cross entropy of one-hot targets and probabilities (`from_logits`: their logits).

    Args:
      label_smoothing: how much of the targets is spread over all classes.
    """
    y_true, y_pred = _like(y_true, y_pred)
    if label_smoothing:
        count = cast(shape_of(y_true)[1], y_pred.dtype)
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / count
    return categorical_entropy(y_true, y_pred, from_logits)


def categorical_entropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """The cross entropy along the last axis, by logits where the graph has them."""
    if not from_logits:
        logits = _logits_of(output, "Softmax")
        if logits is None:
            output = output / reduce_sum(output, axis, True)
            output = clip_by_value(output, state.epsilon(), 1.0 - state.epsilon())
            return -reduce_sum(target * log(output), axis)
        output = logits
    return softmax_cross_entropy_with_logits_v2(labels=target, logits=output, axis=axis)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """Return the cross entropy of the numbers of classes and probabilities (`from_logits`: their logits)."""
    y_pred = convert_to_tensor(y_pred)
    if not from_logits:
        logits = _logits_of(y_pred, "Softmax")
        small = state.epsilon()
        y_pred = log(clip_by_value(y_pred, small, 1.0 - small)) if logits is None else logits
    target = cast(y_true, "int64")
    rank = y_pred.shape.ndims
    if axis % rank != rank - 1:
        y_pred = transpose(y_pred, [*(place for place in range(rank) if place != axis % rank), axis % rank])
    extents = shape_of(y_pred)
    flat = reshape(target, [-1])
    logits = reshape(y_pred, stack([-1, extents[-1]]) if y_pred.shape.as_list()[-1] is None else [-1, y_pred.shape[-1]])
    result = sparse_softmax_cross_entropy_with_logits(labels=flat, logits=logits)
    return reshape(result, extents[:-1]) if rank >= 3 else result


def binary_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0) -> Any:
    """Return the mean cross entropy of targets of 0 and 1 and probabilities (`from_logits`: their logits)."""
    y_true, y_pred = _like(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return reduce_mean(binary_entropy(y_true, y_pred, from_logits), axis=-1)


def binary_entropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """The cross entropy of each element, by logits where the graph has them."""
    if not from_logits:
        logits = _logits_of(output, "Sigmoid")
        if logits is None:
            small = state.epsilon()
            output = clip_by_value(output, small, 1.0 - small)
            return -(target * log(output + small) + (1 - target) * log(1 - output + small))
        output = logits
    return sigmoid_cross_entropy_with_logits(labels=target, logits=output)


def kullback_leibler_divergence(y_true: Any, y_pred: Any) -> Any:
    """Return the Kullback-Leibler divergence of two distributions."""
    y_true, y_pred = _like(y_true, y_pred)
    y_true, y_pred = (clip_by_value(y, state.epsilon(), 1) for y in (y_true, y_pred))
    return reduce_sum(y_true * log(y_true / y_pred), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of `y_pred - y_true * log(y_pred)`."""
    y_true, y_pred = _like(y_true, y_pred)
    return reduce_mean(y_pred - y_true * log(y_pred + state.epsilon()), axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return the cosine of targets and predictions."""
    from ....ops.families.linalg.norms import l2_normalize

    y_true, y_pred = _like(y_true, y_pred)
    return reduce_sum(l2_normalize(y_true, axis=axis) * l2_normalize(y_pred, axis=axis), axis=axis)


class Loss:
    """The base of losses: targets, predictions and weights to one number.

    Args:
      reduction: `auto`, `sum_over_batch_size`, `sum` or `none`; name: of the operations.
    """

    def __init__(self, reduction: str = "auto", name: str | None = None) -> None:
        if reduction not in ("auto", "none", "sum", "sum_over_batch_size"):
            raise ValueError(f"Invalid Reduction Key {reduction}.")
        self.reduction, self.name = reduction, name

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return a value for each example."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it is.")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the weighted losses, reduced."""
        with name_scope(self.name or type(self).__name__):
            return reduced(self.call(y_true, y_pred), sample_weight, self.reduction)

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {"reduction": self.reduction, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make one of what `get_config` returned."""
        return cls(**config)


def reduced(losses: Any, weights: Any, how: str) -> Any:
    """Losses of examples with weights: their sum by the number of elements, their sum, or as they are."""
    with name_scope("weighted_loss"):
        losses = convert_to_tensor(losses)
        weights = cast(1.0 if weights is None else weights, losses.dtype)
        rank, own = losses.shape.ndims, weights.shape.ndims
        if rank is not None and own is not None and own:
            if own - rank == 1 and weights.shape.as_list()[-1] == 1:
                weights = squeeze(weights, [-1])
            elif own < rank:
                weights = reshape(weights, [*(shape_of(weights)[axis] for axis in range(own)), *[1] * (rank - own)])
        weighted = losses * weights
        if how == "none":
            return weighted
        total = reduce_sum(weighted)
        if how == "sum":
            return total
        return div_no_nan(total, cast(size(weighted, name="num_elements"), losses.dtype), name="value")


class LossFunctionWrapper(Loss):
    """A loss of a function."""

    def __init__(self, fn: Any, reduction: str = "auto", name: str | None = None, **kwargs: Any) -> None:
        super().__init__(reduction, name)
        self.fn, self._kwargs = fn, kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return a value for each example."""
        y_true = convert_to_tensor(y_true) if not hasattr(y_true, "dtype") else y_true
        return self.fn(y_true, y_pred, **self._kwargs)

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {**super().get_config(), **self._kwargs}


def _class(function: Any, name: str, words: str, **defaults: Any) -> Any:
    def initialize(self: Any, *args: Any, **kwargs: Any) -> None:
        names = [*defaults, "reduction", "name"]
        given = {**defaults, **dict(zip(names, args)), **kwargs}
        reduction, called = given.pop("reduction", "auto"), given.pop("name", function.__name__)
        unknown = set(given) - set(defaults)
        if unknown:
            raise TypeError(f"{name} got unexpected arguments: {sorted(unknown)}")
        LossFunctionWrapper.__init__(self, function, reduction, called, **given)

    wrapper: Any = initialize
    wrapper.__signature__ = shown({**defaults, "reduction": "auto", "name": function.__name__})
    return type(name, (LossFunctionWrapper,), {"__init__": initialize, "__doc__": words, "__module__": __name__})


MeanSquaredError = _class(mean_squared_error, "MeanSquaredError", "The mean of squared differences.")
MeanAbsoluteError = _class(mean_absolute_error, "MeanAbsoluteError", "The mean of absolute differences.")
MeanAbsolutePercentageError = _class(
    mean_absolute_percentage_error, "MeanAbsolutePercentageError", "The mean of differences in percent of the targets."
)
MeanSquaredLogarithmicError = _class(
    mean_squared_logarithmic_error, "MeanSquaredLogarithmicError", "The mean of squared differences of logarithms."
)
BinaryCrossentropy = _class(
    binary_crossentropy, "BinaryCrossentropy", "The cross entropy of targets of 0 and 1.", from_logits=False,
    label_smoothing=0,
)  # fmt: skip
CategoricalCrossentropy = _class(
    categorical_crossentropy, "CategoricalCrossentropy", "The cross entropy of one-hot targets.", from_logits=False,
    label_smoothing=0,
)  # fmt: skip
SparseCategoricalCrossentropy = _class(
    sparse_categorical_crossentropy, "SparseCategoricalCrossentropy", "The cross entropy of the numbers of classes.",
    from_logits=False,
)  # fmt: skip
Hinge = _class(hinge, "Hinge", "The hinge loss.")
SquaredHinge = _class(squared_hinge, "SquaredHinge", "The squared hinge loss.")
CategoricalHinge = _class(categorical_hinge, "CategoricalHinge", "The hinge loss of classes.")
Poisson = _class(poisson, "Poisson", "The Poisson loss.")
LogCosh = _class(logcosh, "LogCosh", "The logarithm of the hyperbolic cosine of differences.")
KLDivergence = _class(kullback_leibler_divergence, "KLDivergence", "The Kullback-Leibler divergence.")
Huber = _class(huber_loss, "Huber", "Half the square up to delta, linear beyond it.", delta=1.0)
CosineSimilarity = _class(cosine_similarity, "CosineSimilarity", "The cosine.", axis=-1)

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence
cosine_proximity = cosine = cosine_similarity

KNOWN: dict[str, Callable[..., Any]] = {
    name: value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__module__", None) == __name__ and not name.startswith("_")
}


def get(identifier: Any) -> Any:
    """Return a loss by name or configuration, or the function that is given; None for None."""
    if identifier is None:
        return None
    if isinstance(identifier, str):
        return lookup.by_name(identifier, KNOWN, "loss function")
    return lookup.found(identifier, KNOWN, "loss function")


def serialize(loss: Any) -> Any:
    """Return the name of a loss."""
    return lookup.serialized(loss)


def deserialize(name: Any, custom_objects: Any = None) -> Any:
    """Return the loss of a name."""
    return lookup.found(name, KNOWN, "loss function", custom_objects)
