"""`tf.contrib.learn`'s own models: values of linear ones as TensorFlow 1.15 has them, names of variables, learning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sessile as tf

learn = tf.contrib.learn
X = np.random.RandomState(0).rand(64, 4).astype(np.float32)
Y = (X.sum(1) > 2).astype(np.int64)
COLUMNS = [tf.contrib.layers.real_valued_column("", dimension=4)]


def test_a_linear_classifier_has_tensorflows_numbers(tmp_path: Path) -> None:
    model = learn.LinearClassifier(feature_columns=COLUMNS, model_dir=str(tmp_path))
    model.fit(x=X, y=((Y + (X[:, 0] > 0.8)) > 0).astype(np.int64), steps=100, batch_size=64)
    got = model.evaluate(x=X, y=((Y + (X[:, 0] > 0.8)) > 0).astype(np.int64), steps=1)
    wanted = {  # of TensorFlow 1.15
        "loss": 0.49,
        "accuracy": 0.89,
        "labels/prediction_mean": 0.54,
        "accuracy/baseline_label_mean": 0.5,
        "auc": 0.98,
        "precision/positive_threshold_0.500000_mean": 0.84,
        "recall/positive_threshold_0.500000_mean": 0.97,
        "global_step": 100,
    }
    assert {name: round(float(got[name]), 2) for name in wanted} == wanted
    assert {"linear//weight", "linear/bias_weight", "global_step"} <= set(model.get_variable_names())


def test_a_deep_classifier_of_three_classes_learns(tmp_path: Path) -> None:
    labels = (X.sum(1) > 1.7).astype(np.int64) + (X.sum(1) > 2.3)
    columns = learn.infer_real_valued_columns_from_input(X)
    model = learn.DNNClassifier(
        [16, 8], columns, str(tmp_path), n_classes=3, optimizer=tf.train.AdamOptimizer(0.02),
        config=learn.RunConfig(tf_random_seed=1),
    )  # fmt: skip
    model.fit(x=X, y=labels, steps=200)
    assert model.evaluate(x=X, y=labels, steps=1)["accuracy"] > 0.9
    classes = list(model.predict(X))
    assert np.mean(classes == labels) > 0.9 and classes == list(model.predict_classes(X))
    assert np.asarray(list(model.predict_proba(X))).sum(1) == pytest.approx(1, abs=1e-5)
    assert {"dnn/hiddenlayer_0/weights", "dnn/hiddenlayer_1/biases", "dnn/logits/weights"} <= set(
        model.get_variable_names()
    )


def test_labels_that_are_words_and_columns_of_words(tmp_path: Path) -> None:
    """An input function of constants is one batch for `predict`, as in `contrib.learn`."""
    words = tf.contrib.layers.sparse_column_with_keys("word", ["a", "b", "c"])

    def features() -> dict:
        return {"word": tf.constant(["a", "b", "c", "a"]), "n": tf.constant([[0.0], [1.0], [2.0], [3.0]])}

    def inputs() -> tuple:
        return features(), tf.constant(["yes", "no", "no", "yes"])

    model = learn.DNNLinearCombinedClassifier(
        model_dir=str(tmp_path), linear_feature_columns=[words], label_keys=["no", "yes"],
        dnn_feature_columns=[
            tf.contrib.layers.one_hot_column(words),
            tf.contrib.layers.embedding_column(words, dimension=2),
            tf.contrib.layers.real_valued_column("n"),
        ],
        dnn_hidden_units=[8], gradient_clip_norm=5.0,
    )  # fmt: skip
    model.fit(input_fn=inputs, steps=150)
    assert model.evaluate(input_fn=inputs, steps=1)["accuracy"] == 1
    assert list(model.predict(input_fn=features)) == [b"yes", b"no", b"no", b"yes"]
    assert "linear/word/weight" in model.get_variable_names()


def test_models_of_values(tmp_path: Path) -> None:
    for number, (make, options) in enumerate(
        ((learn.LinearRegressor, {}), (learn.DNNRegressor, {"hidden_units": [32]}))
    ):
        model = make(feature_columns=COLUMNS, model_dir=str(tmp_path / str(number)), **options)
        model.fit(x=X, y=X.sum(1), steps=200)
        got = model.evaluate(x=X, y=X.sum(1), steps=1)
        assert sorted(got) == ["global_step", "loss"] and got["loss"] < 0.1
        scores = np.asarray(list(model.predict_scores(X[:5])))
        assert scores.shape == (5,) and np.abs(scores - X[:5].sum(1)).max() < 1


def test_what_is_not_built_or_wrong_says_so() -> None:
    with pytest.raises(NotImplementedError, match="centered_bias"):
        learn.LinearRegressor(COLUMNS, enable_centered_bias=True)
    with pytest.raises(ValueError, match="n_classes"):
        learn.LinearClassifier(COLUMNS, n_classes=1)
    with pytest.raises(ValueError, match="must be defined"):
        learn.DNNLinearCombinedRegressor()
    with pytest.raises(ValueError, match="only numbers"):
        learn.infer_real_valued_columns_from_input(np.array([["a"]]))
