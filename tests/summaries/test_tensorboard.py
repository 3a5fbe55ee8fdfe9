"""TensorBoard reads what FileWriter writes; skipped without the package `tensorboard` (the extra of that name)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

accumulators = pytest.importorskip(
    "tensorboard.backend.event_processing.event_accumulator",
    reason="needs TensorBoard: pip install sessile[tensorboard]",
)


@pytest.mark.filterwarnings("ignore")
def test_tensorboard_shows_a_run(tmp_path: Path) -> None:
    """Scalars, histograms, images, texts, the graph and a trace."""
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.summary.scalar("loss", tf.reduce_sum(x))
    tf.summary.histogram("values", x)
    tf.summary.image("picture", tf.reshape(x, [1, 2, 2, 1]))
    tf.summary.text("words", tf.constant("hello"))
    merged = tf.summary.merge_all()
    with tf.Session() as sess, tf.summary.FileWriter(str(tmp_path), sess.graph) as writer:
        metadata = tf.RunMetadata()
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
        for step in range(3):
            data = sess.run(merged, {x: np.full(4, step)}, options=options, run_metadata=metadata)
            writer.add_summary(data, step)
        writer.add_run_metadata(metadata, "step2", 2)
    found: Any = accumulators.EventAccumulator(str(tmp_path))
    found.Reload()
    tags = found.Tags()
    assert (tags["scalars"], tags["histograms"], tags["images"]) == (["loss"], ["values"], ["picture/image/0"])
    assert (tags["tensors"], tags["graph"], tags["run_metadata"]) == (["words"], True, ["step2"])
    assert [(event.step, event.value) for event in found.Scalars("loss")] == [(0, 0.0), (1, 4.0), (2, 8.0)]
    assert (found.Images("picture/image/0")[0].width, found.Histograms("values")[0].histogram_value.num) == (2, 4.0)
    assert found.Graph().node[0].name == "x" and found.RunMetadata("step2").step_stats.dev_stats
