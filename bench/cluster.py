"""What a cluster costs beside Ray's own calls: `python -m bench.cluster`.

A remote step of ten floats against a call of a Ray actor that multiplies them; 8 MB that go from one task to another
against an array that goes from one Ray actor to another; asynchronous training with one and three workers. Calls of
both sides take turns, so the load of the machine is in both; times are medians. The same steps run on TensorFlow's own
servers behind it, where the peers are installed (`make peers`).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from .processes import peers_python

WARM = 25  # rounds that are not timed: both sides compile, and Ray maps its memory
PORTS = iter(range(2800, 2900))
SMALL, LARGE = "a step of ten floats", "8 MB between two tasks"


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


def steps_between(tf: Any) -> tuple[Any, Callable[[], Any], Callable[[], Any]]:
    """A session, a step of ten floats on another task, and one that has 8 MB go from one task to another."""
    targets = servers(tf, ps=1, worker=1)
    small, large = np.ones(10, np.float32), np.ones(2 << 20, np.float32)
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None])
        with tf.device("/job:ps/task:0"):
            made = x * 2.0
        with tf.device("/job:worker/task:0"):
            total = tf.reduce_sum(made)
        session = tf.Session(targets["worker:0"])
        step, moved = session.make_callable(made, [x]), session.make_callable(total, [x])
    return session, lambda: step(small), lambda: moved(large)


def small_and_large(tf: Any, ray: Any, rounds: int) -> list[tuple[str, float, float]]:
    """Rows of `(what, our seconds, Ray's)`."""
    options = {"num_cpus": 0, "max_concurrency": 64}
    first, second = (ray.remote(Multiplier).options(**options).remote() for _ in range(2))
    small, large = np.ones(10, np.float32), np.ones(2 << 20, np.float32)
    session, step, moved = steps_between(tf)
    with session:
        ten = in_turn({"ours": step, "ray": lambda: ray.get(first.double.remote(small))}, rounds)

        def chain() -> Any:
            return ray.get(second.total.remote(first.double.remote(large)))

        eight = in_turn({"ours": moved, "ray": chain}, max(rounds // 5, 10))
    return [(SMALL, ten["ours"], ten["ray"]), (LARGE, eight["ours"], eight["ray"])]


def training(tf: Any, workers: int, seconds: float) -> float:
    """Steps a second of asynchronous training on one parameter server, all workers together."""
    targets = servers(tf, ps=1, worker=workers)
    data = np.random.default_rng(0).normal(size=(256, 256)).astype(np.float32)
    counts, sessions, steps = [0] * workers, [], []
    for index in range(workers):
        with tf.Graph().as_default():
            with tf.device(tf.train.replica_device_setter(1, worker_device=f"/job:worker/task:{index}")):
                x = tf.placeholder(tf.float32, [None, 256])
                out = x
                for number, size in enumerate((256, 512, 512)):
                    weights = tf.get_variable(f"w{number}", [size, 512])
                    out = tf.nn.relu(tf.matmul(out, weights))
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


def of_tensorflow(rounds: int, seconds: float) -> dict[str, float]:
    """Seconds of both steps, and steps a second of training, on TensorFlow's servers: in the Python that has it."""
    import tensorflow.compat.v1 as tf  # type: ignore[import-not-found,unused-ignore]

    tf.disable_eager_execution()
    session, step, moved = steps_between(tf)
    found = in_turn({SMALL: step}, rounds) | in_turn({LARGE: moved}, max(rounds // 5, 10))
    session.close()
    return found | {str(workers): training(tf, workers, seconds) for workers in (1, 3)}


def from_peers(rounds: int, seconds: float, python: str) -> dict[str, float]:
    """What `of_tensorflow` finds in another Python; nothing where that has no TensorFlow."""
    options = ["--tensorflow", f"--rounds={rounds}", f"--seconds={seconds}"]
    done = subprocess.run([python, "-m", "bench.cluster", *options], capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else {}


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each training")
    parser.add_argument("--peers-python", metavar="PATH", help="the Python that has TensorFlow")
    parser.add_argument("--tensorflow", action="store_true", help="TensorFlow's servers alone, as JSON")
    chosen = parser.parse_args()
    if chosen.tensorflow:
        print(json.dumps(of_tensorflow(chosen.rounds, chosen.seconds)))
        return
    if importlib.util.find_spec("ray") is None:
        print("clusters: not measured, Ray is not installed (pip install 'sessile[ray]')")
        return
    os.environ.setdefault("SESSILE_RAY", "local")
    import ray

    import sessile as tf

    tf.train.Server({"first": [f"localhost:{next(PORTS)}"]})  # connects to Ray
    rows = small_and_large(tf, ray, chosen.rounds)
    one, three = training(tf, 1, chosen.seconds), training(tf, 3, chosen.seconds)
    theirs = from_peers(chosen.rounds, chosen.seconds, peers_python(chosen.peers_python))
    print(f"\nclusters, microseconds         sessile        Ray  ratio  {'TensorFlow' if theirs else ''}")
    for what, ours, rays in rows:
        beside = f"{theirs[what] * 1e6:10.0f}" if theirs else ""
        print(f"{what:28} {ours * 1e6:9.0f}  {rays * 1e6:9.0f}  {ours / rays:5.2f}  {beside}")
    print(f"asynchronous training, steps a second: {_steps(one, three)}")
    if theirs:
        print(f"the same on TensorFlow's servers:      {_steps(theirs['1'], theirs['3'])}")


def _steps(one: float, three: float) -> str:
    return f"{one:.1f} with one worker, {three:.1f} with three, {three / one:.2f} times"


if __name__ == "__main__":
    main()
