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


def test_several_outputs_are_a_named_tuple() -> None:
    """As TensorFlow's functions return them; lists of outputs are lists in it, of one item too."""
    best = tf.raw_ops.TopKV2(input=[1.0, 3.0, 2.0], k=2)
    assert (type(best).__name__, best._fields) == ("TopKV2", ("values", "indices"))
    assert best.values is best[0] and best.indices.op.type == "TopKV2"
    assert tf.Session().run(best).indices.tolist() == [1, 2]
    for count in (1, 2):
        decoded = tf.raw_ops.CTCBeamSearchDecoder(
            inputs=tf.zeros([3, 1, 4]), sequence_length=[3], beam_width=5, top_paths=count
        )
        assert decoded._fields == ("decoded_indices", "decoded_values", "decoded_shape", "log_probability")
        assert [len(decoded.decoded_indices), len(decoded.decoded_shape)] == [count, count]
        assert decoded.log_probability.shape == [1, count]
    parsed = tf.raw_ops.ParseSingleExample(
        serialized="", dense_defaults=[], num_sparse=1, sparse_types=[tf.int64], sparse_keys=["a"], dense_keys=[],
        dense_shapes=[],
    )  # fmt: skip
    assert [type(parsed.sparse_indices), parsed.dense_values] == [list, []]
    assert type(tf.raw_ops.Unpack(value=[1], num=1)) is list


def test_a_list_of_no_outputs_is_the_operation() -> None:
    """There is no tensor to hand back."""
    assert isinstance(tf.raw_ops.PyFunc(input=[1, 2], token="none", Tout=[]), tf.Operation)
