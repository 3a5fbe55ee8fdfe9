"""Cross entropies of logits: softmax, sparse softmax, sigmoid."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...definition.opdef import OpDef
from ...definition.reduction import widened
from ...definition.registry import lookup
from ...definition.shapes import broadcast, merge_extent, with_rank
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import FLOATS, INDEX
from ..indexing.index_checks import check_labels
from ..reductions.reductions import reduce_all, renamed
from . import nn_gradients as gradients
from .softmax import move_axis_to_end, shifted, subtract_one


def _cross_entropy_shape(query: Any) -> list[Any]:
    features, labels = with_rank(query.shapes[0], 2), with_rank(query.shapes[1], 2)
    both = broadcast(features, labels)
    assert both is not None
    return [both[:1], both]


def _cross_entropy_kernel(features: Any, labels: Any) -> Any:
    dtype = features.dtype
    features, labels = np.broadcast_arrays(features, labels)
    rows = shifted(features)
    exponentials = np.exp(rows)
    sums = np.sum(exponentials, axis=1, keepdims=True)
    wide = labels.astype(widened(dtype), copy=False)
    # A label of zero counts for nothing, even where the logit is infinitely small.
    terms = np.where(wide == 0, np.zeros_like(rows), wide * (np.log(sums) - rows))
    loss = np.sum(terms, axis=1)
    return loss.astype(dtype, copy=False), (exponentials / sums - wide).astype(dtype, copy=False)


def _cross_entropy_expansion(build: Any, attrs: Any, features: Any, labels: Any) -> Any:
    axis = build.constant(np.array([1], np.int32))
    zero = build.constant(np.zeros((), features.dtype.np_dtype))
    logits = build("SelectV2", build("Equal", features, labels), features, features)  # broadcast with the labels
    rows = build("Sub", logits, build("Max", logits, axis, keep_dims=True))
    exponentials = build("Exp", rows)
    sums = build("Sum", exponentials, axis, keep_dims=True)
    terms = build("Mul", labels, build("Sub", build("Log", sums), rows))
    loss = build("Sum", build("SelectV2", build("Equal", labels, zero), zero, terms), axis, keep_dims=False)
    return loss, build("Sub", build("RealDiv", exponentials, sums), labels)


SOFTMAX_CROSS_ENTROPY_WITH_LOGITS = OpDef(
    name="SoftmaxCrossEntropyWithLogits",
    signature="features: T, labels: T -> loss: T, backprop: T",
    where={"T": FLOATS},
    shape=_cross_entropy_shape,
    kernel=_cross_entropy_kernel,
    expansion=_cross_entropy_expansion,
    ulp=16,
    gradient=gradients.softmax_cross_entropy,
)


def _sparse_shape(query: Any) -> list[Any]:
    features = with_rank(query.shapes[0], 2)
    (labels,) = with_rank(query.shapes[1], 1)
    batch = merge_extent(features[0], labels)
    return [(batch,), (batch, features[1])]


def _sparse_kernel(features: Any, labels: Any) -> Any:
    check_labels(labels, features.shape)
    rows = shifted(features)
    exponentials = np.exp(rows)
    sums = np.sum(exponentials, axis=1, keepdims=True)
    position = np.arange(labels.size), labels
    loss = np.log(sums[:, 0]) - rows[position]
    backprop = exponentials / sums
    backprop[position] -= 1
    return loss.astype(features.dtype, copy=False), backprop.astype(features.dtype, copy=False)


def _sparse_expansion(build: Any, attrs: Any, features: Any, labels: Any) -> Any:
    axis = build.constant(np.array([1], np.int32))
    zero = build.constant(np.zeros((), features.dtype.np_dtype))
    shape = build("Shape", features)
    classes = build("GatherV2", shape, build.constant(np.array(1, np.int32)), build.constant(np.array(0, np.int32)))
    ok = build("All", build("_InRange", labels, classes), build.constant(np.array([0], np.int32)))
    checked = build("_CheckedIndices", labels, shape, ok, rule=b"labels")
    rows = build("Sub", features, build("Max", features, axis, keep_dims=True))
    exponentials = build("Exp", rows)
    sums = build("Sum", exponentials, axis, keep_dims=True)
    terms = build("Sub", build("Log", sums), rows)
    bits = build.constant(np.array(True)), build.constant(np.array(False))
    chosen = build("OneHot", checked, classes, *bits, axis=-1)
    terms = build("SelectV2", chosen, terms, zero)
    loss = build("Sum", terms, axis, keep_dims=False)
    return loss, build("Sub", build("RealDiv", exponentials, sums), build("Cast", chosen, DstT=features.dtype))


SPARSE_SOFTMAX_CROSS_ENTROPY_WITH_LOGITS = OpDef(
    name="SparseSoftmaxCrossEntropyWithLogits",
    signature="features: T, labels: Tlabels -> loss: T, backprop: T",
    where={"T": FLOATS, "Tlabels": INDEX},
    attrs={"Tlabels": ("type", dtypes.int64)},
    shape=_sparse_shape,
    kernel=_sparse_kernel,
    expansion=_sparse_expansion,
    ulp=16,
    gradient=gradients.sparse_softmax_cross_entropy,
)


def _ensure_both(labels: Any, logits: Any) -> None:
    if labels is None or logits is None:
        raise ValueError("Both `labels` and `logits` must be provided.")


def softmax_cross_entropy_with_logits_v2(
    labels: TensorLike, logits: TensorLike, axis: Any = None, name: str | None = None, dim: Any = None
) -> Tensor:
    """Return the cross entropy of `softmax(logits)` and the distributions `labels`.

    Args:
      labels: probabilities, of the shape and type of `logits`. Gradients flow into them.
      logits: logarithms of weights, not normalised.
      axis: the axis of the classes, default the last.
      name: a name for the operations.
      dim: old name of `axis`.
    Returns: the shape of `logits` without the axis of the classes.
    """
    axis = renamed("axis", axis, "dim", dim)
    return _softmax_cross_entropy(labels, logits, -1 if axis is None else axis, name)


def softmax_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, dim: int = -1, name: str | None = None, axis: Any = None
) -> Tensor:
    """Like `softmax_cross_entropy_with_logits_v2`, but no gradient flows into `labels`.

    Raises: ValueError if `labels` or `logits` is missing.
    """
    axis = dim if axis is None else axis
    _ensure_both(labels, logits)
    with name_scope(name, "softmax_cross_entropy_with_logits_sg", [logits, labels]) as scope:
        fixed = build(lookup("StopGradient"), labels, name="labels_stop_gradient")
        return _softmax_cross_entropy(fixed, logits, axis, scope)


def _softmax_cross_entropy(labels: Any, logits: Any, axis: Any, name: str | None) -> Tensor:
    from ..arrays.reshaping import reshape
    from ..arrays.shape_ops import rank, shape
    from ..elementwise.cast import cast

    with name_scope(name, "softmax_cross_entropy_with_logits", [logits, labels]) as scope:
        x = convert_to_tensor(logits, name="logits")
        wanted = convert_to_tensor(labels, name="labels")
        is_half = x.dtype.base_dtype in (dtypes.half, dtypes.bfloat16)
        precise = cast(x, dtypes.float32) if is_half else x
        wanted = cast(wanted, precise.dtype)
        known = precise._extents
        total = rank(precise)
        if not (axis == -1 or (known is not None and axis == len(known) - 1)):
            precise = move_axis_to_end(precise, axis, total)
            wanted = move_axis_to_end(wanted, axis, total)
        outer = shape(precise)
        rows, targets = _flatten_outer(precise), _flatten_outer(wanted)
        loss = build(SOFTMAX_CROSS_ENTROPY_WITH_LOGITS, rows, targets, name=scope)[0]
        result = reshape(loss, build(lookup("Slice"), outer, [0], [subtract_one(total)]))
        if known is not None and axis in range(-len(known), len(known)):
            folded = axis % len(known)
            result.set_shape(known[:folded] + known[folded + 1 :])
        return cast(result, x.dtype.base_dtype) if is_half else result


def _flatten_outer(x: Tensor) -> Tensor:
    """`x` as a matrix whose rows are along the last axis."""
    from ..arrays.reshaping import reshape
    from ..arrays.shape_ops import rank, shape
    from ..arrays.stacking import concat

    total = rank(x)
    last = build(lookup("Slice"), shape(x), [subtract_one(total)], [1])
    result: Tensor = reshape(x, concat([[-1], last], 0))
    if x._extents is not None and len(x._extents):
        result.set_shape((None, x._extents[-1]))
    return result


def sparse_softmax_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Tensor:
    """Return the cross entropy of `softmax(logits)` and classes given by number.

    Args:
      labels: int32 or int64 numbers of classes, of the shape of `logits` without its last axis.
      logits: logarithms of weights, not normalised; the last axis is that of the classes.
      name: a name for the operations.
    Raises: ValueError if the shapes do not fit; InvalidArgumentError when running if a label is no class.
    """
    from ..arrays.shape_ops import shape
    from ..elementwise.cast import cast

    _ensure_both(labels, logits)
    with name_scope(name, "SparseSoftmaxCrossEntropyWithLogits", [labels, logits]):
        classes = convert_to_tensor(labels)
        x = convert_to_tensor(logits)
        is_half = x.dtype.base_dtype in (dtypes.half, dtypes.bfloat16)
        precise = cast(x, dtypes.float32) if is_half else x
        outer = shape(classes)
        _check_sparse(classes, x)
        if precise._extents is not None and len(precise._extents) == 2:
            loss = build(SPARSE_SOFTMAX_CROSS_ENTROPY_WITH_LOGITS, precise, classes, name=name)[0]
        else:
            loss = _sparse_of_rows(precise, classes, outer, name)
        return cast(loss, x.dtype.base_dtype) if is_half else loss  # type: ignore[no-any-return]


def _sparse_of_rows(logits: Tensor, labels: Tensor, outer: Tensor, name: str | None) -> Tensor:
    """The cross entropy of logits that are no matrix, as the rows of one."""
    from ..arrays.reshaping import reshape
    from ..arrays.shape_ops import rank, shape

    with control_dependencies([] if _is_known(labels, logits) else [_equal_shapes(labels, logits)]):
        width = shape(logits)[rank(logits) - 1]
        rows = reshape(logits, [-1, width])
        loss = build(SPARSE_SOFTMAX_CROSS_ENTROPY_WITH_LOGITS, rows, reshape(labels, [-1]), name=name)[0]
    result = reshape(loss, outer)
    result.set_shape(labels.shape)
    return result


def _is_known(labels: Tensor, logits: Tensor) -> bool:
    return all(shape is not None and None not in shape for shape in (labels._extents, logits._extents))


def _equal_shapes(labels: Tensor, logits: Tensor) -> Any:
    """A check, when running, that the labels have the shape of the logits without their last axis."""
    from ..arrays.shape_ops import shape
    from ..debugging.printing import Assert

    given, wanted = shape(labels), shape(logits)[:-1]
    with name_scope(None, "assert_equal", [given, wanted]):
        equal = reduce_all(build(lookup("Equal"), given, wanted))
        return Assert(equal, ["The labels must have the shape of the logits without its last extent:", given, wanted])


def _check_sparse(labels: Tensor, logits: Tensor) -> None:
    known, classes = logits._extents, labels._extents
    if known is not None and len(known) == 0:
        raise ValueError(f"`logits` cannot be a scalar. Received logits={logits}`")
    if known is not None and classes is not None and len(classes) != len(known) - 1:
        raise ValueError(
            "`labels.shape.rank` must equal `logits.shape.rank - 1`. "
            f"Received: labels.shape={labels.shape} of rank {len(classes)} and "
            f"logits.shape={logits.shape} of rank {len(known)}"
        )
    if _is_known(labels, logits) and known is not None and classes != known[:-1]:
        raise ValueError(
            "`labels.shape` must equal `logits.shape` except for the last dimension. "
            f"Received: labels.shape={labels.shape} and logits.shape={logits.shape}"
        )


def _check_same_shape(labels: Tensor, logits: Tensor) -> None:
    if not labels.shape.is_compatible_with(logits.shape):
        raise ValueError(
            f"`logits` and `labels` must have the same shape, received ({logits.shape} vs {labels.shape})."
        )


def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Tensor:
    """Return the cross entropy of `sigmoid(logits)` and the probabilities `labels`, each element for itself.

    Args:
      labels: probabilities, of the shape and type of `logits`.
      logits: logarithms of odds.
      name: a name for the operations.
    Raises: ValueError if one is missing or the shapes differ.
    """
    from ..elementwise.like import zeros_like
    from ..indexing.positions import where

    _ensure_both(labels, logits)
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        x = convert_to_tensor(logits, name="logits")
        z = convert_to_tensor(labels, name="labels")
        _check_same_shape(z, x)
        zeros = zeros_like(x, dtype=x.dtype)
        positive = x >= zeros
        relu = where(positive, x, zeros)
        negative_magnitude = where(positive, build(lookup("Neg"), x), x)
        left = relu - x * z
        softened = build(lookup("Log1p"), build(lookup("Exp"), negative_magnitude))
        result: Tensor = build(lookup("Add"), left, softened, name=scope)
        return result


def weighted_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, pos_weight: Any = None, name: str | None = None, targets: Any = None
) -> Tensor:
    """Like `sigmoid_cross_entropy_with_logits`, with positive examples counting `pos_weight` times.

    Args:
      targets: old name of `labels`.
    Raises: ValueError if the shapes differ.
    """
    labels = renamed("labels", labels, "targets", targets)
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        x = convert_to_tensor(logits, name="logits")
        z = convert_to_tensor(labels, name="labels")
        _check_same_shape(z, x)
        weight = 1 + (pos_weight - 1) * z
        first = (1 - z) * x
        magnitude = build(lookup("Neg"), build(lookup("Abs"), x))
        softened = build(lookup("Log1p"), build(lookup("Exp"), magnitude))
        second = weight * (softened + build(lookup("Relu"), build(lookup("Neg"), x)))
        result: Tensor = build(lookup("Add"), first, second, name=scope)
        return result
