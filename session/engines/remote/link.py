"""The connection of one session to the tasks of its cluster."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .fabric import Fabric, TaskLostError
from .failures import TaskError, unpacked, unreachable
from .origins import origins_of
from .task import StageSpec

TaskName = tuple[str, int]


class Link:
    """A session's tasks, and what they know of it.

    Args:
      fabric: carries calls.
      tasks: the tasks by job and index.
      token: shown when the session begins.

    Attributes:
      session: its name on all tasks, which nobody else knows.
      is_closed: whether the session was closed.
    """

    def __init__(self, fabric: Fabric, tasks: Mapping[TaskName, Any], token: str) -> None:
        self.fabric = fabric
        self.session = secrets.token_hex(16)
        self.is_closed = False
        self._tasks = dict(tasks)
        self._version = 0
        self._sent: Any = None  # the graph's count of operations and edits when it was sent
        self._keys = 0
        self._lock = threading.Lock()
        self._all("open", token, self.session)

    def extend(self, graph: Any) -> int:
        """Give all tasks the graph, if it has changed since; returns the version."""
        with self._lock:
            current = graph.version, graph._edits
            if current != self._sent:
                self._version += 1
                text = graph.as_graph_def().SerializeToString()
                self._all("extend", self.session, self._version, text, origins_of(graph), graph=graph)
                self._sent = current
            return self._version

    def define(self, tasks: Sequence[TaskName], specs: Sequence[StageSpec], graph: Any) -> list[int]:
        """Give tasks their stages; returns the key of each."""
        with self._lock:
            keys = [self._keys + number for number in range(len(specs))]
            self._keys += len(specs)
        references = []
        for task, key, spec in zip(tasks, keys, specs):
            references += self.submit(task, "define", [self.session, key, tuple(spec)])
        self._get(references, graph)
        return keys

    def submit(self, task: TaskName, method: str, arguments: Sequence[Any], results: int = 1) -> list[Any]:
        """Call a task; see `Fabric.submit`."""
        return self.fabric.submit(self._tasks[task], method, arguments, results)

    def cancel(self, tasks: Iterable[TaskName], step: str) -> None:
        """Tell tasks that a step is given up. Those that are gone need not know."""
        self._tell(tasks, "cancel", self.session, step)

    def close(self) -> None:
        """End the session on all tasks."""
        if not self.is_closed:
            self.is_closed = True
            self._tell(self._tasks, "close", self.session)

    def missing(self) -> list[str]:
        """The tasks that do not answer."""
        found = []
        for task in self._tasks:
            try:
                self.fabric.get(self.submit(task, "cancel", [self.session, ""]), 5.0)
            except (TaskLostError, TimeoutError):
                found.append(f"/job:{task[0]}/replica:0/task:{task[1]}")
        return found

    def _tell(self, tasks: Iterable[TaskName], method: str, *arguments: Any) -> None:
        for task in tasks:
            try:
                self.submit(task, method, arguments)
            except TaskLostError:
                continue

    def _all(self, method: str, *arguments: Any, graph: Any = None) -> None:
        references = []
        for task in self._tasks:
            references += self.submit(task, method, arguments)
        self._get(references, graph)

    def _get(self, references: list[Any], graph: Any) -> None:
        try:
            self.fabric.get(references)
        except TaskError as failure:
            raise unpacked(failure, graph) from None
        except TaskLostError as error:
            raise unreachable(", ".join(self.missing()) or "of this session", str(error)) from None
