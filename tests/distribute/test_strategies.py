"""Strategies of one replica do what TensorFlow 1.15's do on a machine without GPUs; more replicas are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

CPU = "/replica:0/task:0/device:CPU:0"
KINDS = {
    "mirrored": lambda: tf.distribute.MirroredStrategy(),
    "one device": lambda: tf.distribute.OneDeviceStrategy("/cpu:0"),
    "central": lambda: tf.distribute.experimental.CentralStorageStrategy(),
    "workers": lambda: tf.distribute.experimental.MultiWorkerMirroredStrategy(),
    "servers": lambda: tf.distribute.experimental.ParameterServerStrategy(),
    "contrib mirrored": lambda: tf.contrib.distribute.MirroredStrategy(num_gpus=1),
    "contrib collective": lambda: tf.contrib.distribute.CollectiveAllReduceStrategy(),
}


def test_without_a_strategy() -> None:
    d = tf.distribute
    assert not d.has_strategy() and not d.in_cross_replica_context()
    assert d.get_strategy().num_replicas_in_sync == 1
    assert d.get_replica_context().strategy is d.get_strategy()
    assert tf.contrib.distribute.get_cross_replica_context() is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_strategy_in_its_scope_and_in_its_replica(kind: str) -> None:
    d = tf.distribute
    with tf.Graph().as_default(), tf.Session() as session:
        strategy = KINDS[kind]()
        assert strategy.num_replicas_in_sync == 1
        assert strategy.extended.worker_devices == (CPU,)
        with strategy.scope() as yielded:
            assert yielded is strategy is d.get_strategy()
            assert d.has_strategy() and d.in_cross_replica_context() and d.get_replica_context() is None
            v, w = tf.Variable(2.0, name="v"), tf.get_variable("w", [2])
        assert not d.has_strategy()
        place = "/device:CPU:0" if kind in ("central", "servers") else CPU
        assert [(x.name, x.device, "Resource" in type(x).__name__) for x in (v, w)] == [
            ("v:0", place, True), ("w:0", place, True),
        ]  # fmt: skip
        assert strategy.extended.variable_created_in_scope(v)

        def step(x: Any, *, offset: float) -> Any:
            context = d.get_replica_context()
            assert context.strategy is strategy and not d.in_cross_replica_context()
            assert context.num_replicas_in_sync == 1

            def together(of: Any, value: Any) -> Any:
                assert of is strategy and d.in_cross_replica_context()
                return value + 1.0

            merged = context.merge_call(together, args=(x,))
            return x * v + offset, context.all_reduce("SUM", merged), context.replica_id_in_sync_group

        result = strategy.experimental_run_v2(step, args=(tf.constant(3.0),), kwargs={"offset": 1.0})
        session.run(tf.global_variables_initializer())
        assert session.run(result) == (7.0, 4.0, 0)
        assert strategy.experimental_local_results(result[0]) == (result[0],)
        rows = tf.constant([1.0, 2.0, 6.0])
        assert session.run(strategy.reduce(d.ReduceOp.MEAN, result[0])) == 7.0
        assert session.run(strategy.reduce("SUM", rows, axis=0)) == 9.0
        assert session.run(strategy.reduce(d.ReduceOp.MEAN, rows, axis=0)) == 3.0
        with pytest.raises(ValueError, match="MAX"):
            strategy.reduce("MAX", rows)


def test_inputs_of_a_strategy() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        strategy = tf.distribute.MirroredStrategy()
        seen = []

        def input_fn(context: Any) -> Any:
            seen.append((context.num_input_pipelines, context.input_pipeline_id, context.get_per_replica_batch_size(8)))
            return tf.data.Dataset.range(4).batch(2)

        iterators = [
            strategy.make_input_fn_iterator(input_fn),
            strategy.make_dataset_iterator(tf.data.Dataset.range(4).batch(2)),
            strategy.experimental_distribute_dataset(tf.data.Dataset.range(4).batch(2)).make_initializable_iterator(),
        ]
        assert seen == [(1, 0, 8)]
        for iterator in iterators:
            doubled = strategy.experimental_run(lambda x: x * 2, iterator)
            for _ in range(2):
                session.run(iterator.initialize())
                assert [session.run(doubled).tolist() for _ in range(2)] == [[0, 2], [4, 6]]
                with pytest.raises(tf.errors.OutOfRangeError):
                    session.run(doubled)
        with pytest.raises(ValueError, match="Cannot create a one shot iterator"):
            strategy.experimental_distribute_dataset(tf.data.Dataset.range(4)).make_one_shot_iterator()
        with pytest.raises(ValueError, match="not divisible"):
            tf.distribute.InputContext(num_replicas_in_sync=3).get_per_replica_batch_size(8)


def test_more_replicas_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotImplementedError, match="2 replicas on .*GPU:0, .*GPU:1"):
        tf.distribute.MirroredStrategy(["/gpu:0", "/gpu:1"])
    with pytest.raises(NotImplementedError, match="4 GPUs"):
        tf.contrib.distribute.MirroredStrategy(num_gpus=4)
    with pytest.raises(ValueError, match="at least one device"):
        tf.distribute.MirroredStrategy([])
    cluster = {"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 0}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(cluster))
    with pytest.raises(NotImplementedError, match="2 workers"):
        tf.distribute.experimental.MultiWorkerMirroredStrategy()


def _model_fn(features: Any, labels: Any, mode: str) -> Any:
    predicted = tf.layers.dense(features["x"], 1, kernel_initializer=tf.constant_initializer(0.5))
    loss = tf.losses.mean_squared_error(labels, predicted)
    train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss, tf.train.get_or_create_global_step())
    return tf.estimator.EstimatorSpec(mode, predictions=predicted, loss=loss, train_op=train)


def _dataset(input_context: Any = None) -> Any:
    x = np.arange(8, dtype=np.float32).reshape(8, 1) / 8
    dataset = tf.data.Dataset.from_tensor_slices(({"x": x}, 3 * x + 1)).batch(4).repeat()
    return dataset if input_context is None else dataset.shard(input_context.num_input_pipelines, 0)


def _trained(folder: Path, **options: Any) -> tuple[dict[str, Any], float]:
    config = tf.estimator.RunConfig(model_dir=str(folder), tf_random_seed=1, **options)
    estimator = tf.estimator.Estimator(_model_fn, config=config)
    estimator.train(_dataset, steps=10)
    return {name: estimator.get_variable_value(name) for name in estimator.get_variable_names()}, estimator.evaluate(
        _dataset, steps=2
    )["loss"]


def test_an_estimator_of_a_strategy_learns_the_same(tmp_path: Path) -> None:
    plain, loss = _trained(tmp_path / "plain")
    strategy = tf.distribute.MirroredStrategy()
    found, other = _trained(tmp_path / "mirrored", train_distribute=strategy, eval_distribute=strategy)
    assert plain.keys() == found.keys() and loss == other
    for name, value in plain.items():
        assert np.array_equal(value, found[name]), name
    both = tf.contrib.distribute.DistributeConfig(strategy, strategy)
    assert tf.estimator.RunConfig(experimental_distribute=both).train_distribute is strategy
    with pytest.raises(TypeError, match="strategies of tf.distribute"):
        tf.estimator.RunConfig(train_distribute="mirrored")


def test_keras_in_a_scope_learns_the_same() -> None:
    x = np.random.default_rng(0).normal(size=(32, 4)).astype(np.float32)
    y = x.sum(1, keepdims=True)

    def losses(in_scope: bool) -> Any:
        tf.keras.backend.clear_session()
        tf.set_random_seed(1)
        with tf.distribute.MirroredStrategy().scope() if in_scope else tf.name_scope(""):
            model = tf.keras.Sequential([tf.keras.layers.Dense(8, activation="relu", input_shape=(4,)),
                                         tf.keras.layers.Dense(1)])  # fmt: skip
            model.compile("sgd", "mse", metrics=["mae"])
        return model.fit(x, y, epochs=3, batch_size=8, shuffle=False, verbose=0).history["loss"]

    first, second = losses(False), losses(True)
    tf.keras.backend.clear_session()
    assert first == second and first[-1] < first[0]
