"""Between-graph replication as TensorFlow 1 programs write it: parameter servers, workers, asynchronous updates.

Each task is a process of its own:

    ray start --head --port=6379
    export RAY_ADDRESS=localhost:6379
    python examples/cluster_mlp.py --job_name=ps --task_index=0 &
    python examples/cluster_mlp.py --job_name=worker --task_index=0 &
    python examples/cluster_mlp.py --job_name=worker --task_index=1

Nothing here knows of Ray: RAY_ADDRESS alone sends servers and sessions there. See docs/cluster.md. Without a job name
one process does all.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

import sessile as tf


def flags() -> Any:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ps_hosts", default="localhost:2220")
    parser.add_argument("--worker_hosts", default="localhost:2230,localhost:2231")
    parser.add_argument("--job_name", choices=["", "ps", "worker"], default="")
    parser.add_argument("--task_index", type=int, default=0)
    parser.add_argument("--checkpoint_dir", default=None)
    parser.add_argument("--steps", type=int, default=300, help="the global step at which all stop")
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between steps, for watching")
    return parser.parse_args()


def points(seed: int, count: int) -> tuple[Any, Any]:
    """Points of the plane, `(count, 2)`, and which of two interleaved spirals each is of, `(count,)`."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, count)
    turn = random.uniform(0.5, 2.5, count)
    angle = turn * np.pi + labels * np.pi
    xy = np.stack([turn * np.cos(angle), turn * np.sin(angle)], 1) + random.normal(0, 0.05, (count, 2))
    return xy.astype(np.float32), labels.astype(np.int64)


def main() -> None:
    """Serve, or train until the global step is reached."""
    args = flags()
    cluster = tf.train.ClusterSpec({"ps": args.ps_hosts.split(","), "worker": args.worker_hosts.split(",")})
    master, setter = "", None
    if args.job_name:
        server = tf.train.Server(cluster, job_name=args.job_name, task_index=args.task_index)
        if args.job_name == "ps":
            server.join()
        worker = f"/job:worker/task:{args.task_index}"
        master, setter = server.target, tf.train.replica_device_setter(worker_device=worker, cluster=cluster)
    with tf.device(setter):
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        labels = tf.placeholder(tf.int64, [None], name="labels")
        hidden = tf.layers.dense(x, args.hidden, tf.nn.tanh)
        hidden = tf.layers.dense(hidden, args.hidden, tf.nn.tanh)
        logits = tf.layers.dense(hidden, 2)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        right = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), labels), tf.float32))
        global_step = tf.train.get_or_create_global_step()
        train = tf.train.AdamOptimizer(0.01).minimize(loss, global_step=global_step)
    done, began = 0, time.monotonic()
    with tf.train.MonitoredTrainingSession(
        master=master, is_chief=args.task_index == 0, checkpoint_dir=args.checkpoint_dir,
        hooks=[tf.train.StopAtStepHook(last_step=args.steps)], save_checkpoint_secs=2,
    ) as session:  # fmt: skip
        while not session.should_stop():
            batch, wanted = points(args.task_index * 100_000 + done, 64)
            _, value, share, step = session.run([train, loss, right, global_step], {x: batch, labels: wanted})
            done += 1
            if done % 50 == 1:
                print(f"worker {args.task_index}: step {step}, loss {value:.4f}, right {share:.2f}", flush=True)
            time.sleep(args.pause)
    print(f"worker {args.task_index}: {done} steps in {time.monotonic() - began:.1f} s, the last {step}", flush=True)


if __name__ == "__main__":
    main()
