"""What a cluster costs beside Ray's own calls: `python -m bench.cluster`.

A remote step of ten floats against a call of a Ray actor that multiplies them; 8 MB that go from one task to another
against an array that goes from one Ray actor to another; asynchronous training with one and three workers. Calls of
both sides take turns, so the load of the machine is in both; times are medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

WARM = 25  # rounds that are not timed: both sides compile, and Ray maps its memory
PORTS = iter(range(2800, 2900))


class Multiplier:
    """Ray's own: an actor that multiplies, or passes on."""

    def double(self, array: Any) -> Any:
        """Twice the array."""
        return array * np.float32(2.0)

    def total(self, array: Any) -> Any:
        """The sum, of an array that came from elsewhere."""
        return array.sum()


def in_turn(calls: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The median seconds of each call."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + WARM):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            if number >= WARM:
                times[name].append(time.perf_counter() - began)
    return {name: statistics.median(found) for name, found in times.items()}


def servers(tf: Any, **jobs: int) -> dict[str, str]:
    """The targets of a cluster's tasks, all made by this process."""
    spec = {job: [f"localhost:{next(PORTS)}" for _ in range(count)] for job, count in jobs.items()}
    return {f"{job}:{i}": tf.train.Server(spec, job, i).target for job in jobs for i in range(jobs[job])}


def small_and_large(tf: Any, ray: Any, rounds: int) -> list[tuple[str, float, float]]:
    """Rows of `(what, our seconds, Ray's)`."""
    targets = servers(tf, ps=1, worker=1)
    options = {"num_cpus": 0, "max_concurrency": 64}
    first, second = (ray.remote(Multiplier).options(**options).remote() for _ in range(2))
    small, large = np.ones(10, np.float32), np.ones(2 << 20, np.float32)
    with tf.Graph().as_default(), tf.Session(targets["worker:0"]) as session:
        x = tf.placeholder(tf.float32, [None])
        step = session.make_callable(x * 2.0, [x])
        with tf.device("/job:ps/task:0"):
            made = x * 2.0
        with tf.device("/job:worker/task:0"):
            total = tf.reduce_sum(made)
        moved = session.make_callable(total, [x])
        ten = in_turn({"ours": lambda: step(small), "ray": lambda: ray.get(first.double.remote(small))}, rounds)

        def chain() -> Any:
            return ray.get(second.total.remote(first.double.remote(large)))

        eight = in_turn({"ours": lambda: moved(large), "ray": chain}, max(rounds // 5, 10))
    return [("step of ten floats", ten["ours"], ten["ray"]), ("8 MB between tasks", eight["ours"], eight["ray"])]


def training(tf: Any, workers: int, seconds: float) -> float:
    """Steps a second of asynchronous training on one parameter server, all workers together."""
    targets = servers(tf, ps=1, worker=workers)
    spec = {"ps": ["a:1"], "worker": [f"w{i}:1" for i in range(workers)]}
    data = np.random.default_rng(0).normal(size=(256, 256)).astype(np.float32)
    counts, sessions, steps = [0] * workers, [], []
    for index in range(workers):
        with tf.Graph().as_default():
            setter = tf.train.replica_device_setter(cluster=spec, worker_device=f"/job:worker/task:{index}")
            with tf.device(setter):
                x = tf.placeholder(tf.float32, [None, 256])
                out = x
                for _ in range(3):
                    out = tf.layers.dense(out, 512, tf.nn.relu)
                step = tf.train.GradientDescentOptimizer(1e-3).minimize(tf.reduce_mean(out * out))
                init = tf.global_variables_initializer()
            session = tf.Session(targets[f"worker:{index}"])
            if not index:
                session.run(init)
            sessions.append(session)
            steps.append(session.make_callable(step, [x]))
    for step in steps:
        for _ in range(3):
            step(data)
    end = time.monotonic() + seconds

    def work(index: int) -> None:
        while time.monotonic() < end:
            steps[index](data)
            counts[index] += 1

    threads = [threading.Thread(target=work, args=(index,)) for index in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for session in sessions:
        session.close()
    return sum(counts) / seconds


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each training")
    chosen = parser.parse_args()
    os.environ.setdefault("SESSILE_RAY", "local")
    import ray

    import sessile as tf

    tf.train.Server({"first": [f"localhost:{next(PORTS)}"]})  # connects to Ray
    print(f"| {'':24} | sessile | Ray     | ratio |")
    for what, ours, theirs in small_and_large(tf, ray, chosen.rounds):
        print(f"| {what:24} | {ours * 1e6:7.0f} | {theirs * 1e6:7.0f} | {ours / theirs:5.2f} | microseconds")
    one, three = training(tf, 1, chosen.seconds), training(tf, 3, chosen.seconds)
    print(
        f"asynchronous training: {one:.1f} steps a second with one worker, {three:.1f} with three: {three / one:.2f} x"
    )


if __name__ == "__main__":
    main()
