"""Estimators: inputs of each kind, train_and_evaluate, exports, warm starts, mistakes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.estimator import cases


def estimator(folder: Any, **options: Any) -> Any:
    """The network of the cases."""
    config = tf.estimator.RunConfig(tf_random_seed=7, save_checkpoints_steps=10)
    return tf.estimator.Estimator(cases.model_fn(tf), str(folder), config, params={"rate": 0.05}, **options)


def data(epochs: int | None = 1) -> Any:
    """An input function that gives a Dataset."""

    def input_fn(params: Any, mode: str) -> Any:
        assert params["rate"] == 0.05 and mode in ("train", "eval", "infer")
        return tf.data.Dataset.from_tensor_slices(({"x": cases.X}, cases.Y)).repeat(epochs).batch(20)

    return input_fn


def test_datasets_are_inputs(tmp_path: Path) -> None:
    """And tensors are; labels are left out of predictions."""
    model = estimator(tmp_path).train(data(None), steps=30)
    assert model.evaluate(data())["accuracy"] > 0.8
    assert len(list(model.predict(data(), predict_keys="classes"))) == 60
    batches = list(model.predict(data(), yield_single_examples=False))
    assert [len(batch["classes"]) for batch in batches] == [20, 20, 20]
    few = model.evaluate(lambda: ({"x": tf.constant(cases.X)}, tf.constant(cases.Y)), steps=2, name="twice")
    assert few["global_step"] == 30 and os.path.isdir(model.eval_dir("twice"))


def test_training_goes_on_from_the_checkpoint(tmp_path: Path) -> None:
    """In another Estimator of the same folder."""
    estimator(tmp_path).train(data(None), steps=10)
    again = estimator(tmp_path)
    assert again.get_variable_value("global_step") == 10
    again.train(data(None), max_steps=15)
    again.train(data(None), max_steps=15)
    assert os.path.basename(again.latest_checkpoint()) == "model.ckpt-15"
    values = again.get_variable_values(["dense/kernel"])
    assert values["dense/kernel"].shape == (4, 8)


def test_predictions_leave_the_default_graph_alone(tmp_path: Path) -> None:
    """Between the rows as well, and when not all of them are taken."""
    model = estimator(tmp_path).train(data(None), steps=1)
    graph = tf.get_default_graph()
    rows = model.predict(data())
    next(rows)
    assert tf.get_default_graph() is graph
    rows.close()


def test_training_and_evaluation_take_turns(tmp_path: Path) -> None:
    """With exports of the latest, the best and the last model; old ones are removed."""
    model = estimator(tmp_path)
    receiver = tf.estimator.export.build_parsing_serving_input_receiver_fn({"x": tf.FixedLenFeature([4], tf.float32)})
    exporters = [
        tf.estimator.LatestExporter("latest", receiver, exports_to_keep=1),
        tf.estimator.FinalExporter("final", receiver), tf.estimator.BestExporter(serving_input_receiver_fn=receiver),
    ]  # fmt: skip
    metrics, exports = tf.estimator.train_and_evaluate(
        model, tf.estimator.TrainSpec(data(None), max_steps=30),
        tf.estimator.EvalSpec(data(), steps=None, exporters=exporters, throttle_secs=0),
    )  # fmt: skip
    assert metrics["global_step"] == 30 and exports[0] is not None and exports[1] is not None
    assert len(os.listdir(tmp_path / "export" / "latest")) == 1
    example = tf.train.Example()
    example.features.feature["x"].float_list.value.extend(cases.X[0].tolist())
    with tf.Session(graph=tf.Graph()) as session:
        message = tf.saved_model.loader.load(session, ["serve"], exports[1].decode())
        signature = message.signature_def["serving_default"]
        feed = {signature.inputs["examples"].name: [example.SerializeToString()]}
        served = session.run(signature.outputs["probabilities"].name, feed)
    row = next(iter(model.predict(data())))
    np.testing.assert_allclose(served[0], row["probabilities"], 1e-5)


def test_a_warm_start_takes_values_over(tmp_path: Path) -> None:
    """Of the variables that are named."""
    first = estimator(tmp_path / "a").train(data(None), steps=20)
    settings = tf.estimator.WarmStartSettings(str(tmp_path / "a"), vars_to_warm_start="dense/")
    second = estimator(tmp_path / "b", warm_start_from=settings)

    class Begin(tf.train.SessionRunHook):  # type: ignore[misc]
        def after_create_session(self, session: Any, coord: Any) -> None:
            self.values = session.run(["dense/kernel:0", "dense_1/kernel:0"])

    hook = Begin()
    second.train(data(None), steps=1, hooks=[hook])
    np.testing.assert_array_equal(hook.values[0], first.get_variable_value("dense/kernel"))
    assert np.abs(hook.values[1] - first.get_variable_value("dense_1/kernel")).max() > 1e-3


def test_deep_and_wide_networks_learn(tmp_path: Path) -> None:
    """Canned ones, over columns of numbers and words."""
    fc = tf.feature_column
    x, words = fc.numeric_column("x", [4]), fc.categorical_column_with_vocabulary_list("words", ["a", "b", "c"])
    dense = [x, fc.indicator_column(words)]
    config = tf.estimator.RunConfig(tf_random_seed=2)
    rows, once = cases.inputs(tf), cases.inputs(tf, epochs=1)
    for number, model in enumerate((
        tf.estimator.DNNClassifier([8], dense, str(tmp_path / "0"), optimizer="Adam", config=config),
        tf.estimator.DNNLinearCombinedClassifier(
            str(tmp_path / "1"), [words], tf.train.FtrlOptimizer(0.2), [x], tf.train.AdagradOptimizer(0.05), [8],
            config=config,
        ),
        tf.estimator.DNNClassifier(
            [8], dense, str(tmp_path / "2"), n_classes=2, label_vocabulary=["no", "yes"], dropout=0.1, config=config
        ),
    )):  # fmt: skip
        if number == 2:
            labels = np.array(["no", "yes"], object)[cases.Y]
            rows, once = cases.inputs(tf, labels), cases.inputs(tf, labels, 1)
        model.train(rows, steps=60)
        found = model.evaluate(once)
        assert found["accuracy"] > 0.7 and {"auc", "precision", "average_loss", "label/mean"} <= set(found)
        assert "dnn/hiddenlayer_0/kernel" in model.get_variable_names()
    assert next(iter(model.predict(once)))["classes"][0] in (b"no", b"yes")
    values = tf.estimator.DNNRegressor([8], dense, str(tmp_path / "3"), config=config)
    values.train(cases.inputs(tf, cases.X.sum(1)), steps=60)
    assert values.evaluate(cases.inputs(tf, cases.X.sum(1), 1))["average_loss"] < 0.3


def canned(model_dir: str, kind: str, columns: Any) -> Any:
    """An estimator over columns of categories and of numbers."""
    kinds, x = columns
    deep = [x, tf.feature_column.embedding_column(kinds, 2)]
    if kind == "linear":
        return tf.estimator.LinearClassifier([kinds, x], model_dir)
    if kind == "deep":
        return tf.estimator.DNNClassifier([4], deep, model_dir)
    return tf.estimator.DNNLinearCombinedClassifier(
        model_dir, [kinds], dnn_feature_columns=[x], dnn_hidden_units=[4]
    )  # fmt: skip


LAYERS = [f"dnn/{layer}/{of}" for layer in ("hiddenlayer_0", "logits") for of in ("kernel", "bias")]
EMBEDDING = "dnn/input_from_feature_columns/input_layer/k_embedding/embedding_weights"
SLOTS = {  # in checkpoints of TensorFlow 1.15.5, whose names of slots come of the scope that the optimizer is asked in
    "linear": {
        f"linear/linear_model/{name}": ["part_0/Ftrl", "part_0/Ftrl_1"]
        for name in ("bias_weights", "k/weights", "x/weights")
    },
    "deep": {name: ["t_0/Adagrad"] for name in (EMBEDDING, *LAYERS)},
    "both": {
        **{f"linear/linear_model/{name}": ["Ftrl", "Ftrl_1"] for name in ("bias_weights", "k/weights")},
        **{name: ["Adagrad"] for name in LAYERS},
    },
}
RATES = {"linear": [0.2], "deep": [0.05], "both": [0.001, 0.005]}


@pytest.mark.parametrize("kind", SLOTS)
def test_checkpoints_and_rates_are_tensorflows(tmp_path: Path, kind: str) -> None:
    """So that a training that began there goes on here, and the other way."""
    columns = tf.feature_column.categorical_column_with_identity("k", 5), tf.feature_column.numeric_column("x")

    def inputs() -> Any:
        batch = {"x": [[1.0], [2.0], [3.0], [4.0]], "k": [[0], [1], [2], [1]]}, [[0], [1], [1], [0]]
        return tf.data.Dataset.from_tensors(batch).repeat()

    model = canned(str(tmp_path), kind, columns)
    model.train(inputs, steps=1)
    wanted = {"global_step", *SLOTS[kind]} | {f"{name}/{slot}" for name, slots in SLOTS[kind].items() for slot in slots}
    assert {name for name, _ in tf.train.list_variables(str(tmp_path))} == wanted
    with tf.Graph().as_default() as graph:
        tf.train.get_or_create_global_step()
        features, labels = tf.data.make_one_shot_iterator(inputs()).get_next()
        spec = model._call_model_fn(features, labels, "train", model.config)
        rates = [op.outputs[0] for op in graph.get_operations() if op.name.endswith("/learning_rate")]
        assert all("/part_0" in v.op.name for v in tf.trainable_variables())
        np.testing.assert_allclose(tf.Session().run(rates), RATES[kind], rtol=1e-6)
    scope = {"linear": "linear/", "deep": "dnn/", "both": ""}[kind]
    assert spec.predictions["logistic"].name == f"{scope}head/predictions/logistic:0"
    canned(str(tmp_path), kind, columns).train(inputs, steps=1)
    assert model.get_variable_value("global_step") == 2


def test_estimators_of_tpus_run_on_the_cpu(tmp_path: Path) -> None:
    """With `use_tpu=False`, and the batch size among the parameters."""
    tpu = tf.contrib.tpu

    def model_fn(features: Any, labels: Any, mode: str, params: Any) -> Any:
        assert params["batch_size"] == (20 if mode == "train" else 30)
        assert tf.train.get_global_step().op.type == "VarHandleOp"  # seeds of operations count what makes it
        logits = tf.layers.dense(features, 2)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        optimizer = tpu.CrossShardOptimizer(tf.train.GradientDescentOptimizer(0.1))
        step = optimizer.minimize(loss, tf.train.get_global_step())

        def metrics(labels: Any, logits: Any) -> Any:
            return {"accuracy": tf.metrics.accuracy(labels, tf.argmax(logits, 1))}

        return tpu.TPUEstimatorSpec(mode, loss=loss, train_op=step, eval_metrics=(metrics, [labels, logits]))

    def input_fn(params: Any) -> Any:
        return tf.data.Dataset.from_tensor_slices((cases.X, cases.Y)).repeat(9).batch(params["batch_size"])

    config = tpu.RunConfig(model_dir=str(tmp_path), tpu_config=tpu.TPUConfig(iterations_per_loop=5))
    model = tpu.TPUEstimator(model_fn, config=config, use_tpu=False, train_batch_size=20, eval_batch_size=30)
    model.train(input_fn, steps=5)
    assert 0 <= model.evaluate(input_fn, steps=2)["accuracy"] <= 1
    with pytest.raises(NotImplementedError, match="no TPUs"):
        tpu.TPUEstimator(model_fn, config=config, train_batch_size=20)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda m: tf.estimator.Estimator(None), ValueError, "model_fn must be provided"),
        (lambda m: tf.estimator.Estimator(lambda x: x), ValueError, "must include features argument"),
        (lambda m: tf.estimator.Estimator(lambda features, other: 0), ValueError, "not expected args"),
        (lambda m: tf.estimator.Estimator(lambda features: 0, params={}), ValueError, "does not include params"),
        (lambda m: m.train(data(), steps=1, max_steps=1), ValueError, "both steps and max_steps"),
        (lambda m: m.train(data(), steps=0), ValueError, "Must specify steps > 0"),
        (lambda m: m.get_variable_names(), ValueError, "Could not find trained model"),
        (lambda m: m.export_saved_model("x", lambda: None), ValueError, "Couldn't find trained model"),
        (lambda m: tf.estimator.RunConfig(save_checkpoints_steps=1, save_checkpoints_secs=1), ValueError, "both set"),
        (lambda m: m.config.replace(cluster=1), ValueError, "is not supported"),
        (lambda m: tf.estimator.EstimatorSpec("train", loss=tf.constant(1.0)), ValueError, "Missing train_op"),
        (lambda m: tf.estimator.EstimatorSpec("eval", loss=tf.constant([1.0, 2.0])), ValueError, "must be scalar"),
        (lambda m: tf.estimator.EstimatorSpec("infer"), ValueError, "Missing predictions"),
        (lambda m: tf.estimator.inputs.numpy_input_fn({"x": cases.X}), ValueError, "explicitly set as boolean"),
        (lambda m: tf.estimator.inputs.numpy_input_fn(cases.X, cases.Y[:3], shuffle=False)(), ValueError, "mismatched"),
        (lambda m: tf.estimator.TrainSpec(data(), max_steps=0), ValueError, "max_steps > 0"),
    ],
)  # fmt: skip
def test_mistakes_are_told(call: Any, kind: type[Exception], words: str, tmp_path: Path) -> None:
    """In TensorFlow's words."""
    with tf.Graph().as_default(), pytest.raises(kind, match=words):
        call(estimator(tmp_path))


def counting_down(features: Any, labels: Any, mode: str) -> Any:
    """A loss that falls until the tenth step, then rises."""
    value = tf.get_variable("w", [], initializer=tf.constant_initializer(5.0))
    update = tf.group(value.assign_sub(0.5), tf.assign_add(tf.train.get_global_step(), 1))
    metrics = {"m": tf.metrics.mean(value)}
    return tf.estimator.EstimatorSpec(mode, loss=tf.square(value), train_op=update, eval_metric_ops=metrics)


@pytest.mark.parametrize(
    ("make", "steps"),
    [
        (lambda early, model, every: early.make_early_stopping_hook(model, lambda: True, **every), 1),
        (lambda early, model, every: early.stop_if_lower_hook(model, "loss", 4.0, **every), 8),
        (lambda early, model, every: early.stop_if_lower_hook(model, "loss", 4.0, min_steps=20, **every), 30),
        (lambda early, model, every: early.stop_if_higher_hook(model, "loss", 30.0, **every), 22),
        (lambda early, model, every: early.stop_if_no_decrease_hook(model, "loss", 3, **every), 14),
        (lambda early, model, every: early.stop_if_no_increase_hook(model, "m", 3, **every), 6),
        (lambda early, model, every: early.make_stop_at_checkpoint_step_hook(model, 6), 6),
    ],
)
def test_training_ends_early(make: Any, steps: int, tmp_path: Path) -> None:
    """After as many steps as in TensorFlow 1.15, which evaluates after each second one too."""
    config = tf.estimator.RunConfig(save_checkpoints_steps=2, log_step_count_steps=1000)
    model = tf.estimator.Estimator(counting_down, str(tmp_path), config)
    hook = make(tf.estimator.experimental, model, {"run_every_secs": None, "run_every_steps": 1})
    row = tf.data.Dataset.from_tensors
    given = np.float32([1.0])
    training = tf.estimator.TrainSpec(lambda: row((given, given)).repeat(30), max_steps=30, hooks=[hook])
    evaluation = tf.estimator.EvalSpec(lambda: row((given, given)), steps=1, throttle_secs=0)
    tf.estimator.train_and_evaluate(model, training, evaluation)
    assert model.get_variable_value("global_step") == steps
    assert ("signal_early_stopping/STOP" in model.get_variable_names()) == (type(hook).__name__ != "StopAtStepHook")


def test_early_stopping_refuses_what_it_cannot_do(tmp_path: Path) -> None:
    early, model = tf.estimator.experimental, tf.estimator.Estimator(counting_down, str(tmp_path))
    with pytest.raises(ValueError, match="Only one of `run_every_secs`"):
        early.make_early_stopping_hook(model, lambda: True, 60, 3)
    with pytest.raises(ValueError, match="Either every_secs or every_steps"):
        early.make_early_stopping_hook(model, lambda: True, None)
    with pytest.raises(TypeError, match="must have type `tf.estimator.Estimator`"):
        early.make_early_stopping_hook(3, lambda: True)
