"""Heads of programs: of classes, labels, values, counts, and several at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ....ops.building.convert import convert_to_tensor
from ....ops.building.default_graph import name_scope
from ....ops.families.arrays.splitting import split
from ....ops.families.debugging.summaries import scalar
from ....ops.families.elementwise.arithmetic import add_n
from ....ops.families.elementwise.cast import cast
from ....ops.families.elementwise.compare import greater_equal
from ....ops.families.elementwise.exponential import exp
from ....ops.families.nn.activations import sigmoid
from ....ops.families.nn.cross_entropy import sigmoid_cross_entropy_with_logits
from ....ops.families.nn.normalization.moments import log_poisson_loss
from ....ops.families.reductions.reductions import reduce_mean
from ....ops.families.sparse.sparse_tensor import SparseTensor
from ....ops.library.losses.reduction import Reduction
from ....ops.library.metrics.means import accuracy
from ....ops.library.metrics.means import mean as mean_metric
from ....ops.library.metrics.thresholds import auc, precision_at_thresholds, recall_at_thresholds
from ....ops.library.training.mode_keys import ModeKeys
from ....ops.types import dtypes
from ..heads import BinaryHead, ClassesHead, Head, RegressionHead
from ..outputs import ClassificationOutput, PredictOutput
from ..specs import EstimatorSpec

_REDUCTIONS = {"sum": Reduction.SUM, "sum_over_batch_size": Reduction.SUM_OVER_BATCH_SIZE}


def _reduction(given: str) -> str:
    """A reduction by its name in Keras or in `tf.losses`. Raises: ValueError for another, or for none."""
    found = _REDUCTIONS.get(given, given)
    if found not in Reduction.all() or found == Reduction.NONE:
        raise ValueError(f"Invalid loss_reduction: {given}")
    return found


def _check_thresholds(thresholds: Any) -> tuple[float, ...]:
    found = tuple(thresholds or ())
    for threshold in found:
        if not 0.0 < threshold < 1.0:
            raise ValueError(f"thresholds must be in (0, 1) range. Given: {threshold}")
    return found


def _at_thresholds(thresholds: Any, labels: Any, chances: Any, weights: Any) -> dict[str, Any]:
    """The metrics of predictions that are true from a threshold on."""
    found: dict[str, Any] = {}
    for threshold in thresholds:
        ending = f"positive_threshold_{threshold:g}"
        guesses = cast(greater_equal(chances, threshold), dtypes.float32)
        found[f"accuracy/{ending}"] = accuracy(labels, guesses, weights=weights)
        for name, metric in (("precision", precision_at_thresholds), ("recall", recall_at_thresholds)):
            value, update = metric(labels, chances, thresholds=[threshold], weights=weights)
            found[f"{name}/{ending}"] = value[0], update[0]
    return found


class BinaryClassHead(BinaryHead):
    """Two classes by one logit.

    Args:
      weight_column: the feature with the weights of examples. thresholds: from which on a chance counts as true, for
        further metrics. label_vocabulary: the names of the classes, if labels are names.
      loss_reduction: how losses become one. loss_fn: see `Head`. name: an ending of metrics' names.
    Raises: ValueError for thresholds or reductions that are none.
    Source: tf.estimator of TensorFlow 1.15.
    """

    def __init__(
        self, weight_column: Any = None, thresholds: Any = None, label_vocabulary: Any = None,
        loss_reduction: str = "sum_over_batch_size", loss_fn: Any = None, name: str | None = None,
    ) -> None:  # fmt: skip
        self._thresholds = _check_thresholds(thresholds)
        super().__init__(
            label_vocabulary, weight_column=weight_column, loss_reduction=_reduction(loss_reduction), loss_fn=loss_fn,
            name=name,
        )  # fmt: skip

    def _metrics(self, labels: Any, predictions: dict[str, Any], losses: Any, weights: Any) -> dict[str, Any]:
        found = super()._metrics(labels, predictions, losses, weights)
        return {**found, **_at_thresholds(self._thresholds, labels, predictions["logistic"], weights)}


class MultiClassHead(ClassesHead):
    """Several classes, a logit for each. Args: n_classes: how many; the others, Raises: see `BinaryClassHead`."""

    def __init__(
        self, n_classes: int, weight_column: Any = None, label_vocabulary: Any = None,
        loss_reduction: str = "sum_over_batch_size", loss_fn: Any = None, name: str | None = None,
    ) -> None:  # fmt: skip
        if n_classes is None or n_classes <= 2:
            raise ValueError(f"n_classes must be > 2: {n_classes}. For binary classification, use BinaryClassHead.")
        super().__init__(
            n_classes, label_vocabulary=label_vocabulary, weight_column=weight_column,
            loss_reduction=_reduction(loss_reduction), loss_fn=loss_fn, name=name,
        )  # fmt: skip


class ValuesHead(RegressionHead):
    """Values; the loss is the squared difference, or another.

    Args:
      label_dimension: how many values an example has. inverse_link_fn: from logits to values.
      weight_column, loss_reduction, loss_fn, name: see `BinaryClassHead`.
    Raises: ValueError for reductions that are none.
    """

    def __init__(
        self, label_dimension: int = 1, weight_column: Any = None, loss_reduction: str = "sum_over_batch_size",
        loss_fn: Any = None, inverse_link_fn: Callable[[Any], Any] | None = None, name: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            label_dimension, weight_column=weight_column, loss_reduction=_reduction(loss_reduction), loss_fn=loss_fn,
            name=name,
        )  # fmt: skip
        self._inverse = inverse_link_fn

    def _predictions(self, logits: Any) -> dict[str, Any]:
        if self._inverse is None:
            return super()._predictions(logits)
        return {"predictions": self._inverse(cast(logits, dtypes.float32)), "logits": logits}


class PoissonRegressionHead(ValuesHead):
    """Counts: the loss is minus the logarithm of their likelihood.

    Args:
      compute_full_loss: whether it has the term of Stirling. The others, Raises: see the base.
    """

    def __init__(
        self, label_dimension: int = 1, weight_column: Any = None, loss_reduction: str = "sum_over_batch_size",
        compute_full_loss: bool = True, name: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(label_dimension, weight_column, loss_reduction, None, exp, name)
        self._full = compute_full_loss

    def _losses(self, labels: Any, logits: Any) -> Any:
        return log_poisson_loss(targets=labels, log_input=logits, compute_full_loss=self._full)


class LogisticRegressionHead(ValuesHead):
    """Shares between 0 and 1: the loss is the cross entropy. Args, Raises: see the base."""

    def __init__(
        self, weight_column: Any = None, loss_reduction: str = "sum_over_batch_size", name: str | None = None
    ) -> None:
        super().__init__(1, weight_column, loss_reduction, None, sigmoid, name)

    def _losses(self, labels: Any, logits: Any) -> Any:
        return sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)


class MultiLabelHead(Head):
    """Several labels, each of which an example has or has not.

    Args:
      n_classes: how many there are. classes_for_class_based_metrics: of which there are metrics of their own.
      The others, Raises: see `BinaryClassHead`; labels are rows of 0 and 1, or a SparseTensor of numbers or names.
    """

    def __init__(
        self, n_classes: int, weight_column: Any = None, thresholds: Any = None, label_vocabulary: Any = None,
        loss_reduction: str = "sum_over_batch_size", loss_fn: Any = None, classes_for_class_based_metrics: Any = None,
        name: str | None = None,
    ) -> None:  # fmt: skip
        if n_classes is None or n_classes < 2:
            raise ValueError(f"n_classes must be > 1 for multi-label classification. Given: {n_classes}")
        if label_vocabulary is not None and len(label_vocabulary) != n_classes:
            raise ValueError(
                f"Length of label_vocabulary must be n_classes ({n_classes}). Given: {len(label_vocabulary)}"
            )
        super().__init__(weight_column, _reduction(loss_reduction), name, loss_fn)
        self.logits_dimension = n_classes
        self._thresholds = _check_thresholds(thresholds)
        self._vocabulary = None if label_vocabulary is None else list(label_vocabulary)
        self._of_classes = list(classes_for_class_based_metrics or [])

    def _predictions(self, logits: Any) -> dict[str, Any]:
        return {"logits": logits, "probabilities": sigmoid(logits, name="probabilities")}

    def _outputs(self, predictions: dict[str, Any]) -> dict[str, Any]:
        from ....ops.families.arrays.filling import range as range_of
        from ....ops.families.arrays.rearranging import tile
        from ....ops.families.arrays.reshaping import expand_dims
        from ....ops.families.arrays.shape_ops import shape as shape_of
        from ....ops.families.arrays.stacking import stack
        from ....ops.families.strings.numbers import as_string

        chances = predictions["probabilities"]
        names = as_string(range_of(self.logits_dimension)) if self._vocabulary is None else self._vocabulary
        rows = tile(expand_dims(convert_to_tensor(names), 0), stack([shape_of(chances)[0], 1]))
        output = ClassificationOutput(scores=chances, classes=rows)
        return {"serving_default": output, "classification": output, "predict": PredictOutput(predictions)}

    def _labels(self, labels: Any, logits: Any) -> Any:
        if isinstance(labels, SparseTensor):
            from ....ops.families.sparse.composed import sparse_to_indicator

            numbers = labels
            if self._vocabulary is not None:
                from ....ops.library.lookup.vocabularies import index_table_from_tensor

                numbers = index_table_from_tensor(self._vocabulary, name="class_id_lookup").lookup(labels)
            values = SparseTensor(numbers.indices, cast(numbers.values, dtypes.int64), numbers.dense_shape)
            return cast(sparse_to_indicator(values, self.logits_dimension), dtypes.float32)
        return cast(convert_to_tensor(labels), dtypes.float32)

    def _losses(self, labels: Any, logits: Any) -> Any:
        found = sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
        return reduce_mean(found, axis=-1, keepdims=True)

    def _metrics(self, labels: Any, predictions: dict[str, Any], losses: Any, weights: Any) -> dict[str, Any]:
        chances = predictions["probabilities"]
        found = {
            "average_loss": mean_metric(losses, weights=weights),
            "auc": auc(labels, chances, weights=weights),
            "auc_precision_recall": auc(labels, chances, weights=weights, curve="PR"),
            **_at_thresholds(self._thresholds, labels, chances, weights),
        }
        for item in self._of_classes:
            number = self._vocabulary.index(item) if isinstance(item, str) and self._vocabulary else int(item)
            own, truth = chances[:, number : number + 1], labels[:, number : number + 1]
            name = self._vocabulary[number] if self._vocabulary else f"class{number}"
            found[f"probability_mean/{name}"] = mean_metric(own, weights=weights)
            found[f"auc/{name}"] = auc(truth, own, weights=weights)
            found[f"auc_precision_recall/{name}"] = auc(truth, own, weights=weights, curve="PR")
        return found


class MultiHead(Head):
    """Several heads of one model; labels and logits are dictionaries by their names, or logits are side by side.

    Args:
      heads: heads with names. head_weights: factors of their losses.
    Raises: ValueError for heads without names, or other numbers of factors.
    """

    def __init__(self, heads: Any, head_weights: Any = None) -> None:
        super().__init__()
        self._heads = list(heads)
        if not self._heads:
            raise ValueError(f"Must specify heads. Given: {heads}")
        if head_weights is not None and len(head_weights) != len(self._heads):
            raise ValueError(
                f"heads and head_weights must have the same size. Given len(heads): {len(self._heads)}. Given "
                f"len(head_weights): {len(head_weights)}."
            )
        for head in self._heads:
            if not head.name:
                raise ValueError(f"All given heads must have name specified. Given: {head}")
        self._factors = list(head_weights) if head_weights else [1.0] * len(self._heads)
        self.logits_dimension = sum(head.logits_dimension for head in self._heads)
        self.name = "_".join(str(head.name) for head in self._heads)

    def _apart(self, logits: Any) -> dict[str, Any]:
        if isinstance(logits, Mapping):
            missing = [head.name for head in self._heads if head.name not in logits]
            if missing:
                raise ValueError(f"logits has missing values for head(s): {missing}")
            return dict(logits)
        parts = split(logits, [head.logits_dimension for head in self._heads], axis=-1)
        return {str(head.name): part for head, part in zip(self._heads, parts)}

    def specification(
        self, features: Any, mode: str, logits: Any, labels: Any, train_op_fn: Callable[[Any], Any] | None,
        regularization: Any = None,
    ) -> EstimatorSpec:  # fmt: skip
        """Return what a model function returns. See the base."""
        parts = self._apart(logits)

        def none(loss: Any) -> Any:
            from ....ops.building.basic_ops import no_op

            return no_op()

        specs = [
            head.specification(features, mode, parts[str(head.name)], _label_of(labels, head, mode), none)
            for head in self._heads
        ]
        predictions = {
            (str(head.name), key): value for head, spec in zip(self._heads, specs)
            for key, value in spec.predictions.items()
        }  # fmt: skip
        if mode == ModeKeys.PREDICT:
            return EstimatorSpec(mode, predictions=predictions, export_outputs=self._exported(specs, predictions))
        terms = [spec.loss * factor for spec, factor in zip(specs, self._factors)]
        loss = add_n([*terms, *(regularization or [])])
        if mode == ModeKeys.EVAL:
            with name_scope(""):
                metrics = {f"loss/{head.name}": mean_metric(spec.loss) for head, spec in zip(self._heads, specs)}
            for spec in specs:
                metrics.update(spec.eval_metric_ops)
            return EstimatorSpec(mode, predictions=predictions, loss=loss, eval_metric_ops=metrics)
        if train_op_fn is None:
            raise ValueError("train_op_fn can not be None.")
        train_op = train_op_fn(loss)
        with name_scope(""):
            scalar("loss", loss)
        return EstimatorSpec(mode, predictions=predictions, loss=loss, train_op=train_op)

    def _exported(self, specs: list[Any], predictions: Any) -> dict[str, Any]:
        found: dict[str, Any] = {"serving_default": specs[0].export_outputs["serving_default"]}
        for head, spec in zip(self._heads, specs):
            for key, output in spec.export_outputs.items():
                found[str(head.name) if key == "serving_default" else f"{key}/{head.name}"] = output
        found["predict"] = PredictOutput({f"{name}/{key}": value for (name, key), value in predictions.items()})
        return found

    def predictions(self, logits: Any, keys: Any = None) -> dict[Any, Any]:
        """Return what the logits say, by pairs of a head's name and a key."""
        parts = self._apart(logits)
        found = {
            (str(head.name), key): value for head in self._heads
            for key, value in head.predictions(parts[str(head.name)]).items()
        }  # fmt: skip
        return found if keys is None else {key: found[key] for key in keys}

    def loss(
        self, labels: Any, logits: Any, features: Any = None, mode: Any = None, regularization_losses: Any = None
    ) -> Any:
        """Return the sum of the heads' losses, each with its factor. Arguments: see the base."""
        parts = self._apart(logits)
        terms = [
            head.loss(labels[head.name], parts[str(head.name)], features, mode) * factor
            for head, factor in zip(self._heads, self._factors)
        ]
        return add_n([*terms, *(regularization_losses or [])])


def _label_of(labels: Any, head: Head, mode: str) -> Any:
    if mode == ModeKeys.PREDICT:
        return None
    if not isinstance(labels, Mapping) or head.name not in labels:
        raise ValueError(f"labels should be a dictionary with a value for the head {head.name!r}. Given: {labels}")
    return labels[head.name]


# Under the names of contrib, whose losses are means by default too.


def multi_head(heads: Any, head_weights: Any = None) -> MultiHead:
    """Return several heads as one. See `MultiHead`."""
    return MultiHead(heads, head_weights)


def regression_head(
    weight_column: Any = None, label_dimension: int = 1, loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
    loss_fn: Any = None, inverse_link_fn: Any = None, name: str | None = None,
) -> ValuesHead:  # fmt: skip
    """Return a head of values. See `ValuesHead`."""
    return ValuesHead(label_dimension, weight_column, loss_reduction, loss_fn, inverse_link_fn, name)


def poisson_regression_head(
    weight_column: Any = None, label_dimension: int = 1, loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
    compute_full_loss: bool = True, name: str | None = None,
) -> PoissonRegressionHead:  # fmt: skip
    """Return a head of counts. See `PoissonRegressionHead`."""
    return PoissonRegressionHead(label_dimension, weight_column, loss_reduction, compute_full_loss, name)
