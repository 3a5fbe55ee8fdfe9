"""`ClusterSpec`: the jobs of a cluster and the network addresses of their tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Tasks = dict[int, str]

_WANTED = (
    "`cluster` must be a dictionary mapping one or more job names to lists of network addresses, or a `ClusterDef` "
    "protocol buffer"
)


class ClusterSpec:
    """A cluster: jobs, each a set of tasks with an address.

    Args:
      cluster: a dictionary from job names to lists of addresses, or to dictionaries from task index to address; a
        ClusterDef message; or another ClusterSpec.
    Raises: TypeError for anything else, and for names or addresses that are no strings.

    >>> cluster = ClusterSpec({"worker": ["a:2222", "b:2222"], "ps": {1: "c:2222"}})
    >>> cluster.num_tasks("worker"), cluster.task_indices("ps"), cluster.job_tasks("ps")
    (2, [1], [None, 'c:2222'])
    """

    def __init__(self, cluster: Any) -> None:
        self._jobs: dict[str, Tasks] = {}
        if isinstance(cluster, ClusterSpec):
            self._jobs = {job: dict(tasks) for job, tasks in cluster._jobs.items()}
        elif isinstance(cluster, Mapping):
            self._jobs = {_text(job, "Job name"): _tasks(job, tasks) for job, tasks in cluster.items()}
        else:
            message = cluster_def(cluster)
            if message is None:
                raise TypeError(f"{_WANTED}, not {type(cluster).__name__}.")
            self._jobs = {job.name: dict(sorted(job.tasks.items())) for job in message.job}

    @property
    def jobs(self) -> list[str]:
        """The names of the jobs."""
        return list(self._jobs)

    def num_tasks(self, job_name: str) -> int:
        """The number of tasks of a job. Raises: ValueError if there is no such job."""
        return len(self._job(job_name))

    def task_indices(self, job_name: str) -> list[int]:
        """The indices of the tasks of a job, in order. Raises: ValueError if there is no such job."""
        return sorted(self._job(job_name))

    def task_address(self, job_name: str, task_index: int) -> str:
        """The address of a task. Raises: ValueError if there is no such job or task."""
        job = self._job(job_name)
        if task_index not in job:
            raise ValueError(f"No task with index {task_index!r} in job {job_name!r}; its tasks are {sorted(job)}.")
        return job[task_index]

    def job_tasks(self, job_name: str) -> list[str | None]:
        """The addresses of a job by task index; None where an index is not used.

        Raises: ValueError if there is no such job.
        """
        job = self._job(job_name)
        return [job.get(index) for index in range(max(job, default=-1) + 1)]

    def as_dict(self) -> dict[str, Any]:
        """The cluster as a dictionary: a list of addresses a job, or a dictionary where indices have gaps."""
        return {name: _compact(tasks) for name, tasks in self._jobs.items()}

    def as_cluster_def(self) -> Any:
        """The cluster as a ClusterDef message."""
        from ...ops.proto import ClusterDef

        message = ClusterDef()
        for name, tasks in sorted(self._jobs.items()):
            job = message.job.add(name=name)
            for index, address in sorted(tasks.items()):
                job.tasks[index] = address
        return message

    def _job(self, name: str) -> Tasks:
        if name not in self._jobs:
            raise ValueError(f"No such job in cluster: {name!r}; its jobs are {self.jobs}.")
        return self._jobs[name]

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClusterSpec) and self._jobs == other._jobs

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ClusterSpec({dict(sorted(self.as_dict().items()))})"


def cluster_def(value: Any) -> Any:
    """Return `value` as our ClusterDef message if it is one (TensorFlow's too), otherwise None."""
    return message_of(value, "ClusterDef")


def message_of(value: Any, kind: str) -> Any:
    """Return `value` as our message of a kind if it is one (TensorFlow's too), otherwise None."""
    from ...ops import proto

    wanted = getattr(proto, kind)
    if isinstance(value, wanted):
        return value
    try:
        adopted = proto.adopt(value)
    except TypeError:
        return None
    return adopted if isinstance(adopted, wanted) else None


def _tasks(job: str, tasks: Any) -> Tasks:
    if isinstance(tasks, (list, tuple)):
        pairs: Any = enumerate(tasks)
    elif isinstance(tasks, Mapping):
        pairs = sorted((int(index), address) for index, address in tasks.items())
    else:
        raise TypeError(f"The tasks for job {job!r} must be a list or a dictionary from integers to strings.")
    return {index: _text(address, "Task address") for index, address in pairs}


def _text(value: Any, what: str) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if not isinstance(value, str):
        raise TypeError(f"{what} {value!r} must be bytes or unicode")
    return value


def _compact(tasks: Tasks) -> Any:
    return list(tasks.values()) if sorted(tasks) == list(range(len(tasks))) else dict(tasks)
