"""A fabric of threads: tasks of this process that take and give pickled values, as those of Ray do."""

from __future__ import annotations

import itertools
import pickle
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from sessile.session.engines import engine as engines
from sessile.session.engines.cluster import ClusterSpec
from sessile.session.engines.remote.engine import RemoteEngine
from sessile.session.engines.remote.fabric import TaskLostError
from sessile.session.engines.remote.task import Task

import sessile as tf

_numbers = itertools.count()


class Threads:
    """Tasks by address, each call in a thread of its own.

    Attributes:
      calls: `(address, method)` of every call there was.
    """

    def __init__(self) -> None:
        self.tasks: dict[str, Any] = {}
        self.calls: list[tuple[str, str]] = []

    def create(self, address: str, *arguments: Any) -> Any:
        self.tasks[address] = Task(*arguments)
        return address

    def find(self, address: str) -> Any:
        return address if address in self.tasks else None

    def submit(self, task: Any, method: str, arguments: Sequence[Any], results: int = 1) -> list[Any]:
        futures: list[Future[Any]] = [Future() for _ in range(results)]
        self.calls.append((task, method))
        found = self.tasks.get(task)
        threading.Thread(target=self._run, args=(found, method, arguments, futures), daemon=True).start()
        return futures

    def _run(self, task: Any, method: str, arguments: Sequence[Any], futures: list[Future[Any]]) -> None:
        try:
            if task is None:
                raise TaskLostError("it was killed")
            values = [item.result() if isinstance(item, Future) else item for item in arguments]
            result = pickle.loads(pickle.dumps(getattr(task, method)(*pickle.loads(pickle.dumps(values)))))
            results = [result] if len(futures) == 1 else result
            assert len(results) == len(futures), method
            for future, value in zip(futures, results):
                future.set_result(value)
        except BaseException as error:
            for future in futures:
                future.set_exception(error)

    def get(self, references: list[Any], timeout: float | None = None) -> list[Any]:
        return [reference.result(timeout) for reference in references]

    def wait(self, references: list[Any], timeout: float | None) -> list[Any]:
        return list(wait(references, timeout, FIRST_COMPLETED).done)[:1]

    def put(self, value: Any) -> Any:
        future: Future[Any] = Future()
        future.set_result(value)
        return future


def cluster(token: str = "", **jobs: int) -> tuple[Threads, dict[str, str]]:
    """Start a cluster of so many tasks per job; returns its fabric, and targets by names like `worker:0`."""
    fabric, number = Threads(), next(_numbers)
    spec = ClusterSpec({job: [f"{job}{index}-{number}:1" for index in range(count)] for job, count in jobs.items()})
    targets = {}
    for job in spec.jobs:
        for index, address in enumerate(spec.as_dict()[job]):
            fabric.create(address, job, index, address, spec.as_dict(), token)
            target = targets[f"{job}:{index}"] = f"grpc://{address}"
            engines.register_remote(target, RemoteEngine(target, (job, index), spec, fabric, token))
    return fabric, targets


__all__ = ["Threads", "cluster", "tf"]
