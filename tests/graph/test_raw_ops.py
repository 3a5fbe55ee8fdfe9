"""`raw_ops`: a keyword function for every operation type, with TensorFlow's argument names."""

from __future__ import annotations

import inspect

import pytest

import sessile as tf


def test_raw_operations_are_built() -> None:
    """Type and name as the registry says."""
    made = tf.raw_ops.AddV2(x=[1.0], y=[2.0])
    assert (made.op.type, made.op.name, made.dtype) == ("AddV2", "AddV2", tf.float32)
    assert tf.raw_ops.MatMul(a=[[1.0]], b=[[2.0]], transpose_b=True, name="m").op.name == "m"
    assert tf.raw_ops.NoOp().type == "NoOp"


def test_arguments_are_keywords() -> None:
    """Positional arguments are refused, and so are unknown ones."""
    with pytest.raises(TypeError):
        tf.raw_ops.AddV2([1.0], [2.0])
    with pytest.raises(TypeError):
        tf.raw_ops.AddV2(x=[1.0], z=[2.0])
    with pytest.raises(TypeError):
        tf.raw_ops.AddV2(x=[1.0])


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("Sum", ["input", "axis", "keep_dims", "name"]),
        ("Transpose", ["x", "perm", "name"]),
        ("ConcatV2", ["values", "axis", "name"]),
        ("ArgMax", ["input", "dimension", "output_type", "name"]),
        ("Cast", ["x", "DstT", "Truncate", "name"]),
        ("Pack", ["values", "axis", "name"]),
        ("Slice", ["input", "begin", "size", "name"]),
        ("ExpandDims", ["input", "axis", "name"]),
        ("LeakyRelu", ["features", "alpha", "name"]),
        ("Range", ["start", "limit", "delta", "name"]),
        ("Split", ["axis", "value", "num_split", "name"]),
        ("Squeeze", ["input", "axis", "name"]),
    ],
)
def test_argument_names(kind: str, names: list[str]) -> None:
    """As TensorFlow's `raw_ops` has them, in its order."""
    assert list(inspect.signature(getattr(tf.raw_ops, kind)).parameters) == names
