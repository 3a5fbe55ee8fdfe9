"""What many workers would need, simulated from measured costs: `python -m bench.scaling`.

Nothing here runs a cluster of that size. Workers, parameter servers and the network are a queueing model. Its costs are
given, or measured here with `--measure`: a call of a task, how many calls a second a task answers, bytes a second of an
update in memory. One training step of a worker is

    pull    ask all servers for their part of the parameters; each sends it when its network card is free
    compute its gradient, in a time that varies by a tenth
    push    send each server its part of the gradient; it applies it when its processor is free

and is compared with an all-reduce in a ring, where each worker sends `2 (n - 1) / n` of the parameters to its neighbour
in `2 (n - 1)` messages, and no servers are there; with rings of about `sqrt(n)` workers and one ring across them; and
with groups of workers that add up their gradients in a ring before one of them calls the servers. docs/scaling.md says
what follows.
"""

from __future__ import annotations

import argparse
import heapq
import math
import os
import random
import statistics
import threading
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

GROUP = 32  # workers


class Costs(NamedTuple):
    """Seconds, and bytes a second.

    Attributes:
      call: from sending a small message to its answer, when nobody else calls.
      handling: what a task's process spends on one call: the inverse of how many it answers a second.
      network: bytes a second through a network card, each way.
      update: bytes of gradient a second that a processor applies to parameters.
      compute: of a worker's forward and backward pass.
    """

    call: float
    handling: float
    network: float
    update: float
    compute: float


class Outcome(NamedTuple):
    """Of a simulated training.

    Attributes:
      rate: steps a second of all workers together.
      share: of what as many workers would make that never wait: 1 at best.
      busy: of the time, how much the busiest server's card or processor works.
    """

    rate: float
    share: float
    busy: float


class Server:
    """A parameter server: what it does queues, in the order of arrival."""

    def __init__(self) -> None:
        self.free = {"out": 0.0, "in": 0.0, "processor": 0.0}
        self.worked = {"out": 0.0, "in": 0.0, "processor": 0.0}

    def use(self, part: str, arrival: float, seconds: float) -> float:
        """When work that arrives at some time is done."""
        done = max(self.free[part], arrival) + seconds
        self.free[part] = done
        self.worked[part] += seconds
        return done


def parameter_servers(costs: Costs, size: float, workers: int, servers: int, steps: int, seed: int = 0) -> Outcome:
    """Simulate asynchronous training.

    Args:
      size: bytes of all parameters, shared equally among the servers.
      steps: how many each worker makes.
    """
    draw = random.Random(seed)
    made = [Server() for _ in range(servers)]
    part = size / servers
    queue = [(draw.uniform(0.0, costs.compute), worker, 0, False) for worker in range(workers)]
    heapq.heapify(queue)
    end = 0.0
    while queue:
        now, worker, done, pushes = heapq.heappop(queue)
        arrival, latest = now + costs.call / 2, 0.0
        for server in made:
            if pushes:
                there = server.use("in", arrival, part / costs.network)
                there = server.use("processor", there, costs.handling + part / costs.update)
            else:
                there = server.use("processor", arrival, costs.handling)
                there = server.use("out", there, part / costs.network)
            latest = max(latest, there)
        latest += costs.call / 2
        if not pushes:
            heapq.heappush(queue, (latest + costs.compute * draw.lognormvariate(0.0, 0.1), worker, done, True))
        elif done + 1 < steps:
            heapq.heappush(queue, (latest, worker, done + 1, False))
        end = max(end, latest)
    rate = workers * steps / end
    alone = 2 * (costs.call + costs.handling) + part * (2 / costs.network + 1 / costs.update) + costs.compute
    busy = max(seconds for server in made for seconds in server.worked.values()) / end
    return Outcome(rate, rate * alone / workers, busy)


def ring(costs: Costs, size: float, workers: int, levels: int = 1, seed: int = 0) -> Outcome:
    """Synchronous training with an all-reduce in a ring; a step lasts as long as the slowest worker computes.

    Args:
      levels: 2 for rings of about `sqrt(workers)` workers, and then a ring for each part across them.
    """
    draw = random.Random(seed)
    draws = [[costs.compute * draw.lognormvariate(0.0, 0.1) for _ in range(workers)] for _ in range(20)]
    inside = workers if levels == 1 else math.isqrt(workers)
    across = math.ceil(workers / inside)
    messages = 2 * (inside - 1) + 2 * (across - 1)
    sent = 2 * (inside - 1) / inside * size + 2 * (across - 1) / across * size / inside
    step = statistics.fmean(map(max, draws)) + messages * costs.call / 2 + sent / costs.network + size / costs.update
    alone = statistics.fmean(map(statistics.fmean, draws)) + size / costs.update
    return Outcome(workers / step, alone / step, sent / costs.network / step)


def grouped(costs: Costs, size: float, workers: int, group: int, servers: int, steps: int) -> Outcome:
    """Asynchronous training of groups whose workers add up their gradients in a ring; one of each calls the servers."""
    together = ring(costs, size, group)
    count = workers // group
    found = parameter_servers(costs._replace(compute=group / together.rate), size, count, servers, steps)
    return Outcome(found.rate * group, found.share * together.share, found.busy)


def servers_needed(costs: Costs, size: float, workers: int) -> int:
    """How many parameter servers keep the busiest part of each below full: a bound, by arithmetic alone."""
    lap = costs.compute + 2 * costs.call
    calls = 2 * workers * costs.handling / lap  # of each server, however many there are
    if calls >= 1:
        return -1
    card = workers * size / costs.network / lap
    processor = workers * size / costs.update / lap / (1 - calls)
    return max(1, math.ceil(max(card, processor)))


def measured(compute: float, network: float) -> Costs:
    """Costs of this machine: calls of tasks of a local Ray, updates in memory. The network's speed is given."""
    os.environ.setdefault("SESSILE_RAY", "local")
    import sessile as tf

    from .cluster import servers

    targets = servers(tf, ps=1, worker=1)
    with tf.Graph().as_default(), tf.Session(targets["worker:0"]) as session:
        x = tf.placeholder(tf.float32, [None])
        with tf.device("/job:ps/task:0"):
            step = session.make_callable(x * 2.0, [x])
        given = np.ones(10, np.float32)
        for _ in range(50):
            step(given)
        times = []
        for _ in range(300):
            began = time.perf_counter()
            step(given)
            times.append(time.perf_counter() - began)
        counts: list[int] = []
        until = time.perf_counter() + 4.0

        def call() -> None:
            count = 0
            while time.perf_counter() < until:
                step(given)
                count += 1
            counts.append(count)

        threads = [threading.Thread(target=call) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    parameters, gradient = np.ones(1 << 24, np.float32), np.ones(1 << 24, np.float32)
    began = time.perf_counter()
    for _ in range(5):
        np.subtract(parameters, gradient, out=parameters)
    update = 5 * gradient.nbytes / (time.perf_counter() - began)
    return Costs(statistics.median(times), 4.0 / sum(counts), network, update, compute)


def table(costs: Costs, size: float, workers: Sequence[int], steps: int) -> list[list[str]]:
    """Rows: workers, servers, and of both ways the steps a second, the share of the best, the busiest part."""
    rows = []
    for count in workers:
        needed = servers_needed(costs, size, count)
        for servers in dict.fromkeys((1, max(needed, 1), 2 * max(needed, 1))):
            rows.append(_row(count, str(servers), parameter_servers(costs, size, count, servers, steps)))
        if count >= 2 * GROUP:
            each = costs._replace(compute=GROUP / ring(costs, size, GROUP).rate)
            servers = 2 * max(servers_needed(each, size, count // GROUP), 1)
            found = grouped(costs, size, count, GROUP, servers, steps)
            rows.append(_row(count, f"{servers}, groups of {GROUP}", found))
        rows.append(_row(count, "ring", ring(costs, size, count)))
        if count >= 10:
            rows.append(_row(count, "rings of rings", ring(costs, size, count, levels=2)))
    return rows


def _row(workers: int, how: str, found: Outcome) -> list[str]:
    return [str(workers), how, f"{found.rate:.1f}", f"{found.share:.2f}", f"{found.busy:.2f}"]


def main(arguments: Any = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__.splitlines()[0])
    parser.add_argument("--measure", action="store_true", help="measure calls and updates here (needs Ray)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 3, 10, 100, 1000])
    parser.add_argument("--megabytes", type=float, default=100.0, help="of parameters (100)")
    parser.add_argument("--compute", type=float, default=0.2, help="seconds of a worker's gradient (0.2)")
    parser.add_argument("--gigabits", type=float, default=10.0, help="of a network card (10)")
    parser.add_argument("--call", type=float, default=1.5e-3, help="seconds of a small call (0.0015)")
    parser.add_argument("--handling", type=float, default=5e-4, help="seconds a task spends on a call (0.0005)")
    parser.add_argument("--steps", type=int, default=10, help="that each worker makes (10)")
    chosen = parser.parse_args(arguments)
    network = chosen.gigabits * 1e9 / 8
    if chosen.measure:
        costs = measured(chosen.compute, network)
    else:
        costs = Costs(chosen.call, chosen.handling, network, 4e9, chosen.compute)
    print(
        f"a call {costs.call * 1e3:.2f} ms, of it a task works {costs.handling * 1e3:.2f} ms; "
        f"{costs.update / 1e9:.1f} GB of updates and {costs.network / 1e9:.2f} GB of messages a second; "
        f"a gradient {costs.compute * 1e3:.0f} ms, parameters {chosen.megabytes:.0f} MB"
    )
    print("| workers | servers | steps/s | of the best | busiest |\n|---|---|---|---|---|")
    for row in table(costs, chosen.megabytes * 1e6, chosen.workers, chosen.steps):
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
