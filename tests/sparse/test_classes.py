"""The classes themselves, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import sessile as tf


def test_parts_and_properties() -> None:
    sparse = tf.SparseTensor(indices=[[0, 1]], values=[2.5], dense_shape=[3, 4])
    assert sparse.dtype == tf.float32
    assert sparse.shape.as_list() == sparse.get_shape().as_list() == [3, 4]
    assert sparse.op is sparse.values.op
    assert sparse.graph is tf.get_default_graph()
    assert sparse.consumers() == []
    assert tf.abs(sparse).op in sparse.consumers()
    assert repr(sparse).startswith('SparseTensor(indices=Tensor("SparseTensor/indices:0", shape=(1, 2)')
    assert len({sparse, sparse}) == 1


def test_structures() -> None:
    sparse = tf.SparseTensor([[0]], [1.0], [2])
    assert tf.nest.flatten([sparse]) == [sparse]
    parts = tf.nest.flatten([sparse], expand_composites=True)
    assert parts == [sparse.indices, sparse.values, sparse.dense_shape]
    rebuilt = tf.nest.pack_sequence_as([sparse], parts, expand_composites=True)[0]
    assert isinstance(rebuilt, tf.SparseTensor)
    assert rebuilt.values is sparse.values


def test_group_waits_for_all_parts() -> None:
    sparse = tf.SparseTensor([[0]], [1.0], [2])
    waits = {op.name for op in tf.group(sparse).control_inputs}
    assert waits == {"SparseTensor/indices", "SparseTensor/values", "SparseTensor/dense_shape"}


def test_operators_that_there_are_not() -> None:
    sparse = tf.SparseTensor([[0]], [1.0], [2])
    for wrong in (
        lambda: sparse + 1.0,
        lambda: 2.0 * sparse,
        lambda: np.ones(2) * sparse,
        lambda: tf.ones([2]) + sparse,
        lambda: sparse * sparse,
        lambda: -sparse,
        lambda: list(sparse),
        lambda: tf.reduce_sum(sparse),
        lambda: tf.convert_to_tensor(sparse),
    ):
        with pytest.raises(TypeError):
            wrong()


def test_variable_times_sparse() -> None:
    sparse, variable = tf.SparseTensor([[1]], [2.0], [2]), tf.Variable([3.0, 4.0])
    product = variable * sparse
    with tf.Session() as session:
        session.run(variable.initializer)
        assert session.run(product).values.tolist() == [8.0]


def test_scipy_is_loaded_only_by_kernels() -> None:
    import subprocess
    import sys

    code = (
        "import sys, sessile as tf; p = tf.sparse_placeholder(tf.float32); tf.sparse_tensor_dense_matmul(p, [[1.0]]);"
        "assert 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_big_matrix_is_multiplied_without_becoming_dense() -> None:
    count = 200_000
    rows = np.stack([np.arange(count), np.arange(count)[::-1]], axis=1)
    place = tf.sparse_placeholder(tf.float32, [count, count])
    product = tf.sparse_tensor_dense_matmul(place, np.arange(count, dtype=np.float32)[:, None])
    added = tf.sparse_add(place, place)
    with tf.Session() as session:
        value = (rows, np.ones(count), [count, count])
        found, twice = session.run([product, added], {place: value})
    assert found[:3, 0].tolist() == [count - 1, count - 2, count - 3]
    assert twice.values.tolist() == [2.0] * count


def test_error_names_operation_and_element() -> None:
    dense = tf.sparse_tensor_to_dense(tf.SparseTensor([[1, 2], [0, 1]], [1.0, 2.0], [3, 4]), name="whole")
    with (
        tf.Session() as session,
        pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = \[0,1\] is out of order") as caught,
    ):
        session.run(dense)
    assert caught.value.op is dense.op


def test_sparse_softmax_makes_its_result_inside_its_scope() -> None:
    """The name `SparseTensor_1` stays free for the next one, as in TensorFlow."""
    sparse = tf.SparseTensor([[0, 1]], [1.0], [2, 2])
    tf.sparse_softmax(sparse)
    assert tf.SparseTensor([[0, 1]], [1.0], [2, 2]).indices.name == "SparseTensor_1/indices:0"


def test_attributes_of_a_library_stay_on_composite_tensors() -> None:
    """Keras hangs `_keras_shape` and its like on sparse tensors as it does on others."""
    parts = [tf.SparseTensor([[0]], [1.0], [2]), tf.IndexedSlices([1.0], [0]), tf.ragged.constant([[1], [2, 3]])]
    for part in parts:
        part._keras_shape = (None, 2)
        assert part._keras_shape == (None, 2)
