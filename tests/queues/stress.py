"""Stress: many steps put elements into a shared resource and take them out, with limits and cancellation at random.

Sessions on one server share the resource. Every worker has a session of its own, closed now and then in the middle of
a step; many steps have a time limit of a few milliseconds. At the end every element is accounted for: what was put in
by a step that succeeded was taken exactly once, or is still there; what was put in by a step that failed, at most
once.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import sessile as tf

_EXPECTED = (tf.errors.DeadlineExceededError, tf.errors.CancelledError)


@dataclass
class Account:
    """What became of each element."""

    sure: set[int] = field(default_factory=set)  # put in by a step that succeeded
    tried: set[int] = field(default_factory=set)  # put in by any step
    taken: Counter[int] = field(default_factory=Counter)
    given_up: int = 0
    errors: list[BaseException] = field(default_factory=list)

    def check(self) -> None:
        """Raises: AssertionError if an element was lost, came twice or from nowhere."""
        assert not self.errors, self.errors[:3]
        twice = [number for number, count in self.taken.items() if count > 1]
        assert not twice, f"came twice: {twice[:9]}"
        assert not self.taken.keys() - self.tried, "came from nowhere"
        assert not self.sure - self.taken.keys(), f"lost: {sorted(self.sure - self.taken.keys())[:9]}"


@dataclass
class Steps:
    """The operations of a resource.

    put: operations with the placeholder of the numbers they put in, and how many; one placeholder each.
    take: tensors of the numbers that a step takes.
    rest: what takes one number, to empty the resource at the end.
    size: how many there are.
    """

    put: list[tuple[Any, Any, int]]
    take: list[Any]
    rest: Any
    size: Any


def queue_steps(make: Callable[..., Any]) -> Callable[[], Steps]:
    """The steps of a queue of int64 scalars."""

    def build() -> Steps:
        queue = make(tf.int64, shapes=[[]], shared_name="stressed")
        one, many = tf.placeholder(tf.int64, []), tf.placeholder(tf.int64, [None])
        put = [(queue.enqueue([one]), one, 0), (queue.enqueue_many([many]), many, 7)]
        return Steps(put, [queue.dequeue(), queue.dequeue_many(3)], queue.dequeue(), queue.size())

    return build


def priority_steps() -> Steps:
    """The steps of a priority queue, whose elements are their own priorities."""
    queue = tf.PriorityQueue(20, tf.int64, shapes=[()], shared_name="stressed")
    one, many = tf.placeholder(tf.int64, []), tf.placeholder(tf.int64, [None])
    put = [(queue.enqueue([one, one]), one, 0), (queue.enqueue_many([many, many]), many, 7)]
    take = [queue.dequeue()[1], queue.dequeue_many(3)[1]]
    return Steps(put, take, queue.dequeue()[1], queue.size())


def staging_steps() -> Steps:
    """The steps of a staging area."""
    area = tf.contrib.staging.StagingArea([tf.int64], shapes=[[]], capacity=10, shared_name="stressed")
    one = tf.placeholder(tf.int64, [])
    return Steps([(area.put([one]), one, 0)], [area.get()[0]], area.get()[0], area.size())


def map_staging_steps() -> Steps:
    """The steps of a staging area with keys, each element being its own key."""
    area = tf.contrib.staging.MapStagingArea([tf.int64], shapes=[[]], capacity=10, shared_name="stressed", ordered=True)
    one = tf.placeholder(tf.int64, [])
    return Steps([(area.put(one, [one], [0]), one, 0)], [area.get()[1][0]], area.get()[1][0], area.size())


def barrier_steps() -> Steps:
    """The steps of a barrier with one component, whose keys are the numbers."""
    barrier = tf.queue.Barrier(tf.int64, shapes=[()], shared_name="stressed")
    one, many = tf.placeholder(tf.int64, []), tf.placeholder(tf.int64, [None])
    single = tf.reshape(one, [1])
    put = [
        (barrier.insert_many(0, tf.as_string(single), single), one, 0),
        (barrier.insert_many(0, tf.as_string(many), many), many, 7),
    ]
    take = [barrier.take_many(count).values[0] for count in (1, 3)]
    return Steps(put, take, barrier.take_many(1).values[0], barrier.ready_size())


_WIDE = 4000


def accumulator_steps() -> Steps:
    """The steps of an accumulator: a number is the place of a one in a gradient, so each sum tells whose it is."""
    accumulator = tf.ConditionalAccumulator(tf.float32, [_WIDE], shared_name="stressed", reduction_type="SUM")
    one = tf.placeholder(tf.int64, [])
    put = accumulator.apply_grad(tf.one_hot(one, _WIDE), local_step=10**9)
    take = [tf.where(accumulator.take_grad(count)) for count in (1, 3)]
    return Steps([(put, one, 0)], take, tf.where(accumulator.take_grad(1)), accumulator.num_accumulated())


KINDS: dict[str, Callable[[], Steps]] = {
    "FIFOQueue": queue_steps(lambda *args, **kwargs: tf.FIFOQueue(15, *args, **kwargs)),
    "RandomShuffleQueue": queue_steps(lambda *args, **kwargs: tf.RandomShuffleQueue(20, 4, *args, **kwargs)),
    "PaddingFIFOQueue": queue_steps(lambda *args, **kwargs: tf.PaddingFIFOQueue(15, *args, **kwargs)),
    "PriorityQueue": priority_steps,
    "StagingArea": staging_steps,
    "MapStagingArea": map_staging_steps,
    "Barrier": barrier_steps,
    "ConditionalAccumulator": accumulator_steps,
}


class Worker:
    """A thread with a session of its own, that puts in or takes out until it is told to stop."""

    def __init__(self, target: str, graph: Any, account: Account, lock: Any, seed: int) -> None:
        self._target, self._graph = target, graph
        self._account, self._lock = account, lock
        self._random = random.Random(seed)
        self._config = tf.ConfigProto()
        if seed // 2 % 2:  # every other worker interprets
            self._config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.OFF
        self._session = tf.Session(target, graph=graph, config=self._config)
        self.stop = threading.Event()

    def run(self, fetch: Any, feeds: Any) -> Any:
        """Run a step, maybe with a limit; None if it was given up."""
        limit = self._random.choice((0, 0, 1, 3, 10))
        try:
            return self._session.run(fetch, feeds, tf.RunOptions(timeout_in_ms=limit) if limit else None)
        except _EXPECTED:
            self._account.given_up += 1
        except RuntimeError:
            self._account.given_up += 1  # closed between two steps
            self._session = tf.Session(self._target, graph=self._graph, config=self._config)
        return None

    def close(self) -> None:
        """Close the session, whatever it does."""
        self._session.close()

    def produce(self, steps: Steps, numbers: Iterator[int]) -> None:
        """Put in numbers."""
        while not self.stop.is_set():
            op, holder, most = self._random.choice(steps.put)
            count = self._random.randint(1, most) if most else 1
            with self._lock:
                values = [next(numbers, -1) for _ in range(count)]
                if -1 in values:
                    return
                self._account.tried.update(values)
            if self.run([op], {holder: values if most else values[0]}) is not None:
                with self._lock:
                    self._account.sure.update(values)

    def consume(self, steps: Steps) -> None:
        """Take out numbers."""
        while not self.stop.is_set():
            found = self.run(self._random.choice(steps.take), None)
            if found is not None:
                with self._lock:
                    self._account.taken.update(np.ravel(found).tolist())


def stress(kind: str, seconds: float, seed: int, workers: int = 4) -> Account:
    """Put elements in and take them out for some seconds. Returns: what became of them, checked."""
    account, lock = Account(), threading.RLock()
    target = tf.train.Server.create_local_server().target
    graph = tf.Graph()
    with graph.as_default():
        steps = KINDS[kind]()
    with tf.Session(target, graph=graph) as sess:  # what is loaded and compiled at first takes its time
        for op, holder, most in steps.put * 2:
            sess.run(op, {holder: [0] if most else 0})
            sess.run(steps.rest if "Shuffle" not in kind else steps.size)
    if "Shuffle" in kind:
        tf.Session.reset(target)
    numbers = iter(range(_WIDE if "Accumulator" in kind else 10**9))
    made = [Worker(target, graph, account, lock, seed * 100 + index) for index in range(2 * workers)]
    threads = []
    for index, worker in enumerate(made):
        work = (lambda w=worker: w.produce(steps, numbers)) if index % 2 else (lambda w=worker: w.consume(steps))
        threads.append(threading.Thread(target=_watched(work, account)))
    for thread in threads:
        thread.start()
    end, chance = time.monotonic() + seconds, random.Random(seed)
    while time.monotonic() < end:
        time.sleep(chance.uniform(0.0, 0.03))
        chance.choice(made).close()
    for worker in made:
        worker.stop.set()
    while any(thread.is_alive() for thread in threads):
        for worker in made:
            worker.close()
        time.sleep(0.01)
    _empty(target, graph, steps, account)
    account.check()
    return account


def _watched(work: Callable[[], None], account: Account) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except BaseException as error:
            account.errors.append(error)

    return run


def _empty(target: str, graph: Any, steps: Steps, account: Account) -> None:
    """Take out what is left; a shuffling queue keeps some until it is closed.

    A step that was given up may still compile in its thread: what it took comes back when that is over.
    """
    end = time.monotonic() + 20
    with tf.Session(target, graph=graph) as sess:
        for op in graph.get_operations():
            if op.type in ("RandomShuffleQueueV2",):
                sess.run(tf.raw_ops.QueueCloseV2(handle=op.outputs[0]))
        while True:
            while sess.run(steps.size):
                account.taken.update(np.ravel(sess.run(steps.rest)).tolist())
            if account.sure <= account.taken.keys() or time.monotonic() > end:
                return
            time.sleep(0.05)
