"""The connection of one session to the tasks of its cluster."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .fabric import Fabric, TaskLostError
from .failures import TaskError, unpacked, unreachable
from .handles import RemoteHandles
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
      handles: the arrays that its handles name.
    """

    def __init__(self, fabric: Fabric, tasks: Mapping[TaskName, Any], token: str) -> None:
        self.fabric = fabric
        self.session = secrets.token_hex(16)
        self.is_closed = False
        self.handles = RemoteHandles(self)
        self._tasks = dict(tasks)
        self._version = 0
        self._current: Any = None  # the graph's count of operations and edits in this version
        self._text: Any = None  # the graph as it is sent; made once for all tasks
        self._sent: dict[TaskName, int] = {}  # the version that each task has
        self._keys = 0
        self._lock = threading.Lock()
        self._call(self._tasks, "open", token, self.session)

    def extend(self, graph: Any, tasks: Iterable[TaskName]) -> int:
        """Give tasks the graph, if it has changed since they had it; returns the version."""
        with self._lock:
            current = graph.version, graph._edits
            if current != self._current:
                self._version += 1
                self._current, self._text = current, None
            behind = [task for task in dict.fromkeys(tasks) if self._sent.get(task) != self._version]
            if behind and self._text is None:
                self._text = graph.as_graph_def().SerializeToString(), origins_of(graph)
            self._call(behind, "extend", self.session, self._version, *(self._text or ()), graph=graph)
            self._sent.update(dict.fromkeys(behind, self._version))
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

    def ask(self, tasks: Iterable[TaskName], method: str, *arguments: Any) -> list[Any]:
        """Call tasks and return what they return. Raises: what they raise, UnavailableError."""
        references = []
        for task in tasks:
            references += self.submit(task, method, arguments)
        return self._get(references, None)

    def has(self, task: TaskName) -> bool:
        """Whether a task is one of the session's."""
        return task in self._tasks

    def move_handle(self, name: str, source: TaskName, target: TaskName) -> None:
        """Have what a handle names on another task too."""
        (value,) = self.submit(source, "read_handle", [self.session, name])
        self.ask([target], "write_handle", self.session, name, value)

    def drop_handles(self, names: Sequence[str]) -> None:
        """Have all tasks forget arrays."""
        self._tell(self._tasks, "drop_handles", self.session, list(names))

    def cancel(self, tasks: Iterable[TaskName], step: str, waits: bool = False) -> None:
        """Tell tasks that a step is given up; `waits`: until they have. Those that are gone need not know."""
        references = self._tell(tasks, "cancel", self.session, step)
        end = time.monotonic() + 5.0  # for all of them: a network that is cut answers for none
        for reference in references if waits else ():
            with contextlib.suppress(TaskLostError, TimeoutError):
                self.fabric.get([reference], max(end - time.monotonic(), 0.0))

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

    def _tell(self, tasks: Iterable[TaskName], method: str, *arguments: Any) -> list[Any]:
        references = []
        for task in tasks:
            with contextlib.suppress(TaskLostError):
                references += self.submit(task, method, arguments)
        return references

    def _call(self, tasks: Iterable[TaskName], method: str, *arguments: Any, graph: Any = None) -> None:
        references = []
        for task in tasks:
            references += self.submit(task, method, arguments)
        self._get(references, graph)

    def _get(self, references: list[Any], graph: Any) -> list[Any]:
        try:
            return self.fabric.get(references)
        except TaskError as failure:
            raise unpacked(failure, graph) from None
        except TaskLostError as error:
            raise unreachable(", ".join(self.missing()) or "of this session", str(error)) from None
