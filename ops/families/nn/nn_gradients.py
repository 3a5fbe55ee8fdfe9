"""Gradient rules of biases, softmax and cross entropies."""

from __future__ import annotations

from typing import Any

import numpy as np


def bias_add(g: Any, op: Any, dy: Any) -> list[Any]:
    """The bias gathers the gradients of all it was added to."""
    return [dy, g("BiasAddGrad", dy, data_format=op.attrs["data_format"])]


def bias_add_v1(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of `BiasAdd`, whose channels are the last axis."""
    axes = g.range(0, g.rank(dy) - 1)
    return [dy, g("Sum", dy, axes)]


def bias_add_grad(g: Any, op: Any, dy: Any) -> Any:
    """Each gradient of a bias goes back to all it came from."""
    source = op.inputs[0]
    shape, bias_shape = g.shape(source), g.shape(dy)
    if op.attrs["data_format"] == b"NCHW":
        expanded = g("ConcatV2", [g.ones_like(shape[:1]), bias_shape, g.ones_like(shape[2:])], 0, name="concat")
        multiples = g("ConcatV2", [shape[:1], [1], shape[2:]], 0, name="concat")
    else:
        expanded = g("ConcatV2", [g.ones_like(shape[:-1]), bias_shape], 0, name="concat")
        multiples = g("ConcatV2", [shape[:-1], [1]], 0, name="concat")
    return g("Tile", g("Reshape", dy, expanded), multiples)


def softmax(g: Any, op: Any, dy: Any) -> Any:
    """(dy - sum(dy y)) y."""
    y = op.outputs[0]
    return (dy - g("Sum", dy * y, -1, keep_dims=True)) * y


def log_softmax(g: Any, op: Any, dy: Any) -> Any:
    """dy - sum(dy) softmax."""
    probabilities = g("Exp", op.outputs[0])
    return dy - g("Sum", dy, -1, keep_dims=True) * probabilities


def softmax_cross_entropy(g: Any, op: Any, dloss: Any, dbackprop: Any) -> list[Any]:
    """The loss keeps its gradient by the logits; by the labels it is minus the logarithm of the probabilities."""
    logits, backprop = op.inputs[0], op.outputs[1]
    dlogits = _by_rows(g, dloss, backprop)
    if not _is_zero(g, dbackprop):
        probabilities = g("Softmax", logits)
        inner = g("Squeeze", g("BatchMatMulV2", dbackprop[:, None, :], probabilities[:, :, None]), squeeze_dims=[1])
        dlogits += (dbackprop - inner) * probabilities
    dlabels = _by_rows(g, dloss, g("Neg", g("LogSoftmax", logits)))
    if not _is_zero(g, dbackprop):  # of the second output, probabilities less labels, TensorFlow leaves this out
        dlabels -= dbackprop
    return [dlogits, dlabels]


def sparse_softmax_cross_entropy(g: Any, op: Any, dloss: Any, dbackprop: Any) -> list[Any]:
    """The loss keeps its gradient by the logits; the labels have none."""
    if _is_zero(g, dbackprop):
        guarded = g("PreventGradient", op.outputs[1], message=_SECOND_DERIVATIVE)
        return [_by_rows(g, dloss, guarded), None]
    logits = op.inputs[0]
    probabilities = g("Softmax", logits)
    inner = g("Squeeze", g("BatchMatMulV2", dbackprop[:, None, :], probabilities[:, :, None]), squeeze_dims=[1])
    return [_by_rows(g, dloss, op.outputs[1]) + (dbackprop - inner) * probabilities, None]


_SECOND_DERIVATIVE = (
    b"Currently there is no way to take the second derivative of sparse_softmax_cross_entropy_with_logits due to the "
    b"fused implementation's interaction with tf.gradients()"
)


def _by_rows(g: Any, factors: Any, matrix: Any) -> Any:
    """A matrix whose rows are multiplied by the entries of a vector."""
    return g("ExpandDims", factors, -1) * matrix


def _is_zero(g: Any, tensor: Any) -> bool:
    """Whether the graph alone says that a gradient is zero."""
    if tensor is None or tensor.op.type in ("ZerosLike", "Zeros"):
        return True
    known = g.static(tensor)
    return known is not None and not np.any(known)
