"""Programs that import Keras and estimators as TensorFlow's run unchanged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import tensorflow as tf
import tensorflow.keras.backend as K
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.python.estimator.export.export import ServingInputReceiver
from tensorflow.python.feature_column import feature_column
from tensorflow.python.keras.utils import to_categorical

model = Sequential([Dense(2, input_shape=(3,), kernel_initializer="ones")])
assert ServingInputReceiver is tf.estimator.export.ServingInputReceiver
assert feature_column.numeric_column("a") == tf.feature_column.numeric_column("a")
print(tf.keras.__version__, K.eval(model(K.ones((1, 3)))).tolist(), to_categorical([1]).tolist())
"""


def test_programs_import_keras(tmp_path: Path) -> None:
    """By all the ways that they do."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    command = [sys.executable, "-m", "sessile", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "2.2.4-tf [[3.0, 3.0]] [[0.0, 1.0]]"
