"""A run for TensorBoard: scalars, histograms, images and the graph, with the times of fused kernels.

    python examples/tensorboard_run.py runs
    tensorboard --logdir runs

Without an argument the events are written to a folder of their own, and removed.
"""

from __future__ import annotations

import os
import sys
import tempfile

import numpy as np

import sessile as tf

STEPS = 60


def train(folder: str) -> float:
    """Train a small network, writing summaries to a folder; returns the last loss."""
    random = np.random.RandomState(0)
    inputs = random.rand(STEPS, 64, 8).astype(np.float32)
    answers = np.sin(3 * inputs).sum(axis=2, keepdims=True)
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 8], name="x")
        y = tf.placeholder(tf.float32, [None, 1], name="y")
        with tf.name_scope("hidden"):
            weights = tf.Variable(tf.random_normal([8, 32], stddev=0.3, seed=1), name="weights")
            hidden = tf.nn.relu(tf.matmul(x, weights))
        with tf.name_scope("answer"):
            last = tf.Variable(tf.random_normal([32, 1], stddev=0.3, seed=2), name="weights")
            answer = tf.matmul(hidden, last)
        with tf.name_scope("loss"):
            loss = tf.reduce_mean(tf.square(answer - y))
        update = tf.train.AdamOptimizer(0.02).minimize(loss)
        tf.summary.scalar("loss", loss)
        tf.summary.histogram("hidden/weights", weights)
        tf.summary.image("hidden/weights", tf.reshape(weights, [1, 8, 32, 1]))
        merged = tf.summary.merge_all()
        with tf.Session() as sess, tf.summary.FileWriter(folder, graph) as writer:
            sess.run(tf.global_variables_initializer())
            for number in range(STEPS):
                feeds = {x: inputs[number], y: answers[number]}
                if number % 20 == 19:
                    options, metadata = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
                    value, summary, _ = sess.run([loss, merged, update], feeds, options, metadata)
                    writer.add_run_metadata(metadata, f"step {number}")
                else:
                    value, summary, _ = sess.run([loss, merged, update], feeds)
                writer.add_summary(summary, number)
    return float(value)


def main() -> None:
    """Train, with the events where they are asked for."""
    if len(sys.argv) > 1 and os.path.basename(sys.argv[0]) == os.path.basename(__file__):
        print(f"The last loss is {train(sys.argv[1]):.4f}; see it with: tensorboard --logdir {sys.argv[1]}")
        return
    with tempfile.TemporaryDirectory() as folder:
        print(f"The last loss is {train(folder):.4f}.")
        assert any("tfevents" in name for name in os.listdir(folder))


if __name__ == "__main__":
    main()
