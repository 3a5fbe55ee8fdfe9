"""`tf.keras.metrics.AUC`, `contrib.metrics.f1_score` and `nn.compute_average_loss`: what TensorFlow 1.15.5 gave."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

LABELS, PREDICTIONS = [0, 1, 1, 0], [0.1, 0.4, 0.9, 0.5]


def area(labels: Any, predictions: Any, weights: Any = None, times: int = 1, **options: Any) -> float:
    with tf.Graph().as_default(), tf.Session() as session:
        metric = tf.keras.metrics.AUC(**options)
        update, result = metric.update_state(labels, predictions, weights), metric.result()
        session.run([variable.initializer for variable in metric.variables])
        for _ in range(times):
            session.run(update)
        return float(session.run(result))


@pytest.mark.parametrize(
    ("wanted", "weights", "options"),
    [
        (0.75, None, {}),
        (1.0, [1.0, 2.0, 1.0, 1.0], {"num_thresholds": 5, "curve": "PR", "summation_method": "majoring"}),
        (0.88732654, None, {"num_thresholds": 7, "curve": "PR"}),
        (0.75, None, {"thresholds": [0.3, 0.6], "summation_method": "minoring"}),
    ],
)
def test_areas_are_tensorflows(wanted: float, weights: Any, options: dict[str, Any]) -> None:
    assert area(LABELS, PREDICTIONS, weights, times=2, **options) == pytest.approx(wanted, rel=1e-6)


def test_what_areas_refuse() -> None:
    with pytest.raises(ValueError, match='Invalid AUC curve value "XX"'):
        tf.keras.metrics.AUC(curve="XX")
    with pytest.raises(ValueError, match="must be > 1"):
        tf.keras.metrics.AUC(num_thresholds=1)
    with pytest.raises(tf.errors.InvalidArgumentError, match="predictions must be <= 1"):
        area([0, 1], [0.1, 1.4])


def test_a_model_has_an_area() -> None:
    tf.keras.backend.clear_session()
    tf.set_random_seed(1)
    x = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    y = (x.sum(1) > 0).astype(np.float32)
    metric = tf.keras.metrics.AUC()
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, activation="sigmoid", input_shape=(3,))])
    model.compile(tf.keras.optimizers.Adam(0.1), "binary_crossentropy", metrics=[metric])
    history = model.fit(x, y, epochs=5, verbose=0).history
    assert history["auc"][-1] > 0.95 > history["auc"][0]
    assert model.evaluate(x, y, verbose=0)[1] == pytest.approx(area(y, model.predict(x)[:, 0]), abs=1e-6)
    made = tf.keras.metrics.AUC.from_config(metric.get_config())
    assert np.allclose(made.thresholds, metric.thresholds)
    tf.keras.backend.clear_session()


@pytest.mark.parametrize(
    ("wanted", "labels", "predictions", "options"),
    [
        (0.8571428, [1, 0, 1, 0, 1], [0.9, 0.8, 0.3, 0.1, 0.6], {}),
        (
            0.7142857, [1, 0, 1, 0, 1], [0.9, 0.8, 0.3, 0.1, 0.6],
            {"num_thresholds": 5, "weights": [1.0, 2.0, 1.0, 1.0, 0.5]},
        ),
        (0.0, [0, 0], [0.9, 0.8], {}),
    ],
)  # fmt: skip
def test_f1_scores_are_tensorflows(wanted: float, labels: Any, predictions: Any, options: dict[str, Any]) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        value, update = tf.contrib.metrics.f1_score(labels, predictions, **options)
        names = [variable.name for variable in tf.local_variables()]
        assert names == [f"f1/{kind}:0" for kind in ("true_positives", "false_negatives", "false_positives")]
        session.run(tf.local_variables_initializer())
        assert session.run(update) == pytest.approx(wanted, rel=1e-6)
        assert session.run(value) == pytest.approx(wanted, rel=1e-6)


def test_average_losses_are_tensorflows() -> None:
    average, rows = tf.nn.compute_average_loss, [[1.0, 2.0], [3.0, 4.0]]
    with tf.Session() as session:
        cases = {
            2.0: average([1.0, 2.0, 3.0]),
            7 / 6: average([1.0, 2.0, 3.0], sample_weight=[1.0, 0.0, 2.0], global_batch_size=6),
            7 / 3: average(np.array([1.0, 2.0, 3.0]), sample_weight=[1.0, 0.0, 2.0]),
            5.0: average(rows),
            3.25: average(rows, sample_weight=[1.0, 0.5]),
            7.0: tf.nn.scale_regularization_loss([3.0, 4.0]),
        }
        for wanted, tensor in cases.items():
            assert session.run(tensor) == pytest.approx(wanted, rel=1e-6)
        with tf.distribute.MirroredStrategy().scope(), pytest.raises(RuntimeError, match="cross replica context"):
            average(rows)
