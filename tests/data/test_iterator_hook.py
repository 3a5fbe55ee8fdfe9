"""Places of iterators in an estimator's folder: training that goes on takes the elements behind those it had."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import sessile as tf

X = tf.data.experimental


def taken(folder: Path, steps: int) -> list[Any]:
    """What some steps of training see, in a graph of its own, as one program after the other."""
    estimator = tf.estimator.Estimator(lambda features, labels, mode: None, model_dir=str(folder))
    with tf.Graph().as_default():
        count = tf.train.get_or_create_global_step()
        iterator = tf.data.make_initializable_iterator(tf.data.Dataset.range(20).batch(2))
        tf.add_to_collection(tf.GraphKeys.TABLE_INITIALIZERS, iterator.initializer)
        step = [iterator.get_next(), tf.assign_add(count, 1)]
        hook = X.CheckpointInputPipelineHook(estimator)
        with tf.train.MonitoredTrainingSession(hooks=[hook]) as sess:
            return [sess.run(step)[0].tolist() for _ in range(steps)]


def test_training_goes_on_where_the_data_were(tmp_path: Path) -> None:
    assert taken(tmp_path, 3) == [[0, 1], [2, 3], [4, 5]]
    state = tf.train.get_checkpoint_state(str(tmp_path), "checkpoint_input")
    assert [Path(path).name for path in state.all_model_checkpoint_paths] == ["input.ckpt-0", "input.ckpt-3"]
    assert tf.train.get_checkpoint_state(str(tmp_path)) is None
    assert tf.train.list_variables(str(tmp_path / "input.ckpt-3")) == [("IteratorV2:0-state", [])]
    assert taken(tmp_path, 2) == [[6, 7], [8, 9]]
    names = [Path(path).name for path in tmp_path.glob("*.index")]
    assert sorted(names) == [f"input.ckpt-{step}.index" for step in (0, 1, 2, 3)]


def test_estimators_take_the_hook(tmp_path: Path) -> None:
    seen: list[Any] = []

    def model(features: Any, labels: Any, mode: str) -> Any:
        noted = tf.py_func(lambda value: seen.append(int(value)) or np.float32(0), [features], tf.float32)
        step = tf.assign_add(tf.train.get_global_step(), 1)
        with tf.control_dependencies([noted]):
            return tf.estimator.EstimatorSpec(mode, loss=tf.identity(noted), train_op=step)

    estimator = tf.estimator.Estimator(model, model_dir=str(tmp_path))
    for _ in range(2):
        estimator.train(lambda: tf.data.Dataset.range(9), steps=2, hooks=[X.CheckpointInputPipelineHook(estimator)])
    assert seen == [0, 1, 2, 3]


def test_iterators_are_a_collection_of_the_graph() -> None:
    iterator = tf.data.make_initializable_iterator(tf.data.Dataset.range(3))
    assert tf.get_collection("iterators") == [iterator._iterator_resource]


def test_descriptions_of_tensors_are_structures() -> None:
    assert isinstance(X.TensorStructure(tf.int32, [2]), X.Structure)
    assert isinstance(X.SparseTensorStructure(tf.int32, [2]), X.Structure)
