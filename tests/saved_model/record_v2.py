"""Record saved models of TensorFlow 2. Run with an interpreter that has it:

    python tests/saved_model/record_v2.py

Writes `fixtures/v2_loops` (map_fn, scan, an array that grows, a branch), `fixtures/v2_layers` (a masked LSTM both ways,
a GRU) and `fixtures/v2_words` (a vocabulary in a table that is restored by a function, ragged rows), each with
`values.npz`: what it was fed and what it gave.
"""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np

FIXTURES = Path(__file__).parent / "fixtures"


def loops(tf: Any) -> Any:
    """A module whose loops hold lists of tensors."""

    class Loops(tf.Module):  # type: ignore[misc, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.scale = tf.Variable([1.0, 2.0, 3.0])

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
        def __call__(self, x: Any) -> Any:
            sums = tf.map_fn(lambda row: tf.reduce_sum(row * self.scale), x)
            grown = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
            for number in tf.range(3):
                grown = grown.write(number, tf.cast(number, tf.float32) + x[0, 0])
            if tf.reduce_sum(sums) > 1.0:
                sums = sums * 2.0
            scanned = tf.scan(lambda total, row: total + row, x)
            return tf.concat([sums, grown.stack(), tf.reshape(scanned, [-1])], 0)

    return Loops()


def layers(tf: Any) -> Any:
    """Recurrent layers of Keras."""
    keras = tf.keras
    parts = [
        keras.layers.Input((None, 2)),
        keras.layers.Masking(),
        keras.layers.Bidirectional(keras.layers.LSTM(2, return_sequences=True)),
        keras.layers.GRU(2),
    ]
    return keras.Sequential(parts)


def words(tf: Any) -> Any:
    """A module that looks up words and means their rows."""
    vectors = tf.keras.layers.TextVectorization(max_tokens=20, output_sequence_length=4)
    vectors.adapt(["a b c", "b c d"])

    class Words(tf.Module):  # type: ignore[misc, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.vectors = vectors
            self.rows = tf.Variable(np.random.RandomState(2).rand(20, 3).astype(np.float32))

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="x")])
        def __call__(self, x: Any) -> Any:
            lengths = tf.strings.split(x, " ").row_lengths()
            means = tf.reduce_mean(tf.gather(self.rows, self.vectors(x)), 1)
            return tf.concat([means, tf.cast(lengths, tf.float32)[:, None]], 1)

    return Words()


def record(tf: Any, name: str, model: Any, x: Any) -> None:
    """Write one fixture."""
    folder = FIXTURES / name
    shutil.rmtree(folder, ignore_errors=True)
    y = np.asarray(model(x))
    export = getattr(model, "export", None)
    if export is None:
        tf.saved_model.save(model, str(folder))
    else:
        export(str(folder))
    for path in ("assets", "fingerprint.pb"):
        target = folder / path
        shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
    np.savez(folder / "values.npz", x=x, y=y)


if __name__ == "__main__":
    library = importlib.import_module("tensorflow")
    library.keras.utils.set_random_seed(1)
    drawn = np.random.RandomState(0).rand(4, 3).astype(np.float32)
    record(library, "v2_loops", loops(library), drawn)
    steps = np.random.RandomState(1).rand(2, 4, 2).astype(np.float32)
    steps[1, 2:] = 0  # masked
    record(library, "v2_layers", layers(library), steps)
    record(library, "v2_words", words(library), np.array(["a b", "d c z"]))
