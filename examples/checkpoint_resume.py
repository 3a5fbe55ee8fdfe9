"""Training that is killed and goes on: `kill -9` at any moment loses nothing but the steps since the last checkpoint.

Trains a small network in a process of its own, kills that process while it saves and trains, and starts it again until
it is done; then once more without a kill. The losses of all steps are the same.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time

import numpy as np

import sessile as tf

STEPS = 200


def train(folder: str) -> None:
    """Train for what is left of STEPS, saving after every step; add each loss to the file `losses`."""
    inputs = np.random.RandomState(0).rand(STEPS, 32, 10).astype(np.float32)  # the batch of each step
    answers = np.sin(3 * inputs).sum(axis=2, keepdims=True)
    x = tf.placeholder(tf.float32, [None, 10])
    y = tf.placeholder(tf.float32, [None, 1])
    w1 = tf.Variable(tf.random_normal([10, 64], stddev=0.3, seed=1), name="w1")
    w2 = tf.Variable(tf.random_normal([64, 1], stddev=0.3, seed=2), name="w2")
    loss = tf.reduce_mean(tf.square(tf.matmul(tf.nn.relu(tf.matmul(x, w1)), w2) - y))
    step = tf.train.get_or_create_global_step()
    update = tf.train.AdamOptimizer(0.01).minimize(loss, global_step=step)
    saver = tf.train.Saver(max_to_keep=2)
    # The first run of a session's step is interpreted by default and later ones compiled, with other last bits of sums.
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.ON_1
    with tf.Session(config=config) as sess:
        last = tf.train.latest_checkpoint(folder)
        if last is None:
            sess.run(tf.global_variables_initializer())
        else:
            saver.restore(sess, last)
        done = int(sess.run(step))
        while done < STEPS:
            value, _ = sess.run([loss, update], {x: inputs[done], y: answers[done]})
            with open(os.path.join(folder, "losses"), "a") as file:
                file.write(f"{done} {float(value)!r}\n")
            done += 1
            saver.save(sess, os.path.join(folder, "model.ckpt"), global_step=step, write_meta_graph=False)


def start(folder: str) -> subprocess.Popen[bytes]:
    """Start a process that trains."""
    return subprocess.Popen([sys.executable, os.path.abspath(__file__), "--train", folder])


def kill_at(folder: str, count: int) -> None:
    """Start a process that trains, and kill it some time after so many steps are done in all."""
    process = start(folder)
    path = os.path.join(folder, "losses")
    while not (os.path.exists(path) and len(losses(folder)) >= count):
        assert process.poll() is None, "it ended too early"
        time.sleep(0.001)
    time.sleep(random.uniform(0.0, 0.01))
    process.send_signal(signal.SIGKILL)
    process.wait()


def losses(folder: str) -> dict[int, float]:
    """The losses by step; a step that was repeated after a kill has the same one again."""
    found: dict[int, float] = {}
    with open(os.path.join(folder, "losses")) as file:
        for line in file.read().splitlines():
            number, _, value = line.partition(" ")
            assert found.setdefault(int(number), float(value)) == float(value)
    return found


def main() -> None:
    """Train with kills and without, and compare."""
    with tempfile.TemporaryDirectory() as killed, tempfile.TemporaryDirectory() as whole:
        for count in (5, 60, 120):
            kill_at(killed, count)
        assert start(killed).wait() == 0
        assert start(whole).wait() == 0
        assert losses(killed) == losses(whole) and len(losses(whole)) == STEPS
        print(f"killed three times: the losses of all {STEPS} steps are those of a run that was not killed")


if __name__ == "__main__":
    train(sys.argv[2]) if sys.argv[1:2] == ["--train"] else main()
