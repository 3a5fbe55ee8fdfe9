"""`tf.contrib.learn.monitors`: monitors of steps, and validation that stops early."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sessile as tf

learn = tf.contrib.learn
X = np.random.RandomState(0).rand(32, 2).astype(np.float32)


def _model(folder: Path) -> object:
    columns = learn.infer_real_valued_columns_from_input(X)
    config = learn.RunConfig(save_checkpoints_steps=10)
    return learn.LinearRegressor(columns, model_dir=str(folder), config=config)


class Seen(learn.monitors.EveryN):
    """Keeps what it sees."""

    def __init__(self) -> None:
        super().__init__(every_n_steps=10)
        self.steps: list[int] = []

    def every_n_step_begin(self, step: int) -> list[str]:
        return ["global_step:0"]

    def every_n_step_end(self, step: int, outputs: dict) -> bool:
        assert "global_step:0" in outputs
        self.steps.append(step)
        return False


def test_steps_that_are_looked_at_and_the_last(tmp_path: Path) -> None:
    seen = Seen()
    model = _model(tmp_path)
    model.fit(x=X, y=X.sum(1), steps=100, monitors=[seen, learn.monitors.StopAtStep(num_steps=25)])
    assert seen.steps == [1, 11, 21]
    assert model.get_variable_value("global_step") == 25


def test_validation_stops_when_it_gets_no_better(tmp_path: Path) -> None:
    """The labels it validates with are the negative: the more is learnt, the worse it gets."""
    monitor = learn.monitors.ValidationMonitor(X, -X.sum(1), every_n_steps=10, early_stopping_rounds=30)
    model = _model(tmp_path)
    model.fit(x=X, y=X.sum(1), steps=2000, monitors=[monitor])
    assert monitor.early_stopped and monitor.best_step is not None and monitor.best_value > 0
    assert model.get_variable_value("global_step") < 200


def test_what_is_no_monitor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="not int"):
        _model(tmp_path).fit(x=X, y=X.sum(1), steps=1, monitors=[3])
    with pytest.raises(ValueError, match="x or input_fn"):
        learn.monitors.ValidationMonitor()
    with pytest.raises(ValueError, match="Exactly one"):
        learn.monitors.StopAtStep()
