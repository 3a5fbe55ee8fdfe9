"""A parameter server and a worker as actors of a Ray of this process's own: what `test_ray.py` runs and reads."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from itertools import pairwise
from typing import Any

import numpy as np

import sessile as tf


def pid_of(target: str, task: str) -> int:
    """The process of a task."""
    with tf.Graph().as_default(), tf.device(task), tf.Session(target) as session:
        link = session._engine._links[session]
        spec = tf.DeviceSpec.from_string(task)
        handle = link._tasks[spec.job, spec.task]
        ray = link.fabric.ray
        return int(ray.get(handle.__ray_call__.remote(lambda self: os.getpid())))


began = time.monotonic()


def say(what: str) -> None:
    """For whoever looks why it takes long."""
    print(f"{time.monotonic() - began:.1f} s: {what}", flush=True)


def main() -> None:
    """Train, kill the parameter server, train on from a checkpoint."""
    cluster = {"ps": ["localhost:2722"], "worker": ["localhost:2723"]}
    tf.train.Server(cluster, "ps", 0)
    target = tf.train.Server(cluster, "worker", 0).target
    say("servers are up")
    with tf.device(tf.train.replica_device_setter(cluster=cluster)):
        x = tf.placeholder(tf.float32, [None, 2])
        w = tf.get_variable("w", [2, 1], initializer=tf.zeros_initializer())
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0))
        step = tf.train.get_or_create_global_step()
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)
    data = np.ones((8, 2), np.float32)
    seen: list[int] = []
    folder = tempfile.mkdtemp()
    with tf.train.MonitoredTrainingSession(target, checkpoint_dir=folder, save_checkpoint_steps=16) as session:
        while not seen or seen[-1] < 60:
            seen.append(int(session.run([train, step], {x: data})[1]))
            if len(seen) == 40:
                os.kill(pid_of(target, "/job:ps/task:0"), signal.SIGKILL)
        assert any(later <= step for step, later in pairwise(seen)), seen  # steps after the checkpoint are lost
        assert abs(session.run(w).sum() - 1.0) < 1e-3
    say("trained")
    big = np.ones(1 << 20, np.float32)
    with tf.Graph().as_default():
        y = tf.placeholder(tf.float32, [None])
        with tf.device("/job:ps/task:0"):
            z: Any = y * 2.0
        with tf.device("/job:worker/task:0"):
            z = tf.reduce_sum(z) + tf.py_func(lambda a: np.float32(os.getpid()), [z], tf.float32) * 0.0
        with tf.Session(target) as session:
            assert session.run(z, {y: big}) == 2 << 20
    print("trained, killed, recovered")


if __name__ == "__main__":
    main()
