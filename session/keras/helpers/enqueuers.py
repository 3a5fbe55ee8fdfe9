"""Batches made ahead by threads: of Sequences in their order, of generators as they come."""

from __future__ import annotations

import queue
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np


class SequenceEnqueuer:
    """The base: a queue that threads fill.

    Args:
      sequence: what gives batches. use_multiprocessing: accepted; threads do it.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False) -> None:
        self.sequence, self.use_multiprocessing = sequence, use_multiprocessing
        self.queue: queue.Queue[Any] | None = None
        self.stop_signal: threading.Event | None = None
        self.run_thread: threading.Thread | None = None
        self.workers = 0

    def is_running(self) -> bool:
        """Whether batches are made."""
        return self.stop_signal is not None and not self.stop_signal.is_set()

    def start(self, workers: int = 1, max_queue_size: int = 10) -> None:
        """Begin.

        Args:
          workers: how many threads. max_queue_size: how many batches are made ahead.
        """
        self.workers = max(1, workers)
        self.queue = queue.Queue(max_queue_size)
        self.stop_signal = threading.Event()
        self.run_thread = threading.Thread(target=self._run, daemon=True)
        self.run_thread.start()

    def stop(self, timeout: float | None = None) -> None:
        """End; what is made is thrown away.

        Args:
          timeout: seconds to wait for threads.
        """
        if self.stop_signal is None or self.queue is None or self.run_thread is None:
            return
        self.stop_signal.set()
        while True:  # a thread may wait for room
            try:
                self.queue.get_nowait()
            except queue.Empty:
                break
        self.run_thread.join(timeout)

    def _put(self, item: Any) -> bool:
        """Put something into the queue; False if it is stopped meanwhile."""
        assert self.queue is not None
        while self.is_running():
            try:
                self.queue.put(item, timeout=0.05)
                return True
            except queue.Full:
                continue
        return False

    def _run(self) -> None:
        raise NotImplementedError

    def get(self) -> Iterator[Any]:
        """Yield the batches; errors of what makes them are raised here."""
        raise NotImplementedError


class OrderedEnqueuer(SequenceEnqueuer):
    """The batches of a Sequence, epoch after epoch, in their order.

    Args:
      sequence: the Sequence. use_multiprocessing: see the base. shuffle: whether each epoch has an order of its own.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False, shuffle: bool = False) -> None:
        super().__init__(sequence, use_multiprocessing)
        self.shuffle = shuffle

    def _run(self) -> None:
        with ThreadPoolExecutor(self.workers) as pool:
            while self.is_running():
                order = np.arange(len(self.sequence))
                if self.shuffle:
                    np.random.shuffle(order)
                last = None
                for number in order:
                    last = pool.submit(self.sequence.__getitem__, int(number))
                    if not self._put(last):
                        return
                if last is not None:
                    last.exception()  # the epoch ends when its last batch is made
                self.sequence.on_epoch_end()

    def get(self) -> Iterator[Any]:
        """Yield the batches; errors of the Sequence are raised here."""
        while self.is_running():
            assert self.queue is not None
            try:
                batch = self.queue.get(timeout=0.05).result()
            except queue.Empty:
                continue
            except Exception:
                self.stop()
                raise
            if batch is not None:
                yield batch


class GeneratorEnqueuer(SequenceEnqueuer):
    """What a generator gives, one after the other.

    Args:
      sequence: the generator. use_multiprocessing: see the base. random_seed: accepted.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False, random_seed: int | None = None) -> None:
        super().__init__(sequence, use_multiprocessing)
        self.random_seed = random_seed

    def start(self, workers: int = 1, max_queue_size: int = 10) -> None:
        """Begin; a generator is asked by one thread at a time. See the base."""
        if workers > 1:
            warnings.warn("A generator is asked by one thread at a time.", stacklevel=2)
        super().start(workers, max_queue_size)

    def _run(self) -> None:
        try:
            for batch in self.sequence:
                if not self._put(("batch", batch)):
                    return
            self._put(("end", None))
        except Exception as error:
            self._put(("error", error))

    def get(self) -> Iterator[Any]:
        """Yield what the generator gives, until it ends; its errors are raised here."""
        while self.is_running():
            assert self.queue is not None
            try:
                kind, item = self.queue.get(timeout=0.05)
            except queue.Empty:
                continue
            if kind == "batch":
                yield item
                continue
            self.stop()
            if kind == "error":
                raise item
            return


def terminate_keras_multiprocessing_pools(grace_period: float = 0.1, use_sigkill: bool = False) -> None:
    """Do nothing: batches are made by threads, so there are no processes to end."""
