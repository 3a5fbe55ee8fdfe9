"""What carries calls to tasks: the interface that a remote engine needs, and Ray behind it."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Sequence
from typing import Any, Final, Protocol

from ....ops.base.errors import NotFoundError, UnavailableError, UnknownError
from .failures import TaskError

THREADS: Final = 64  # calls that a task takes at once; each queue operation that waits holds one
_GRACE: Final = 15.0  # seconds in which an address may be freed by a server that has just ended


class TaskLostError(Exception):
    """A call did not reach its task, or the task ended while it ran. Its argument is what is known of the reason."""


class Fabric(Protocol):
    """Carries calls. A reference stands for a result that may not be there yet, wherever it is."""

    def create(self, address: str, *arguments: Any) -> Any:
        """Make the task of an address: `Task(*arguments)`. Raises: UnknownError if the address is in use."""

    def find(self, address: str) -> Any:
        """The task of an address, or None."""

    def submit(self, task: Any, method: str, arguments: Sequence[Any], results: int = 1) -> list[Any]:
        """Call a method of a task, and return references to its results at once; arguments may be references."""

    def get(self, references: list[Any], timeout: float | None = None) -> list[Any]:
        """The values of references. Raises: what the call raised, TaskLostError, TimeoutError after seconds."""

    def wait(self, references: list[Any], timeout: float | None) -> list[Any]:
        """Those of references that are ready, once there is one or the seconds are over."""

    def put(self, value: Any) -> Any:
        """A reference to a value: what several calls take travels once."""


class RayFabric:
    """Tasks as named actors of Ray.

    Args:
      address: of the Ray cluster; "local" for one of this process's own.
      token: what separates clusters that share a Ray: tasks are found by those who know it.
    Raises: NotFoundError if Ray is not installed, UnavailableError if it cannot be reached, or if this process is in
      another one.
    """

    def __init__(self, address: str, token: str = "") -> None:
        self.ray = _import_ray()
        self.namespace = f"sessile-{hashlib.sha256(token.encode()).hexdigest()[:16]}"
        self._methods: dict[tuple[Any, str, int], Any] = {}
        if self.ray.is_initialized():
            # A process that is a client of Ray's knows the client's port, not the cluster's.
            is_client = self.ray.util.client.ray.is_connected()
            joined = address if is_client else str(self.ray.get_runtime_context().gcs_address)
            if is_of_another(address, joined):
                raise UnavailableError(
                    None,
                    None,
                    f"This process has joined the Ray cluster at {joined!r}, and joins no other: {address!r}.",
                )
            return
        try:
            self.ray.init(
                address=address, namespace=self.namespace, ignore_reinit_error=True, logging_level=logging.ERROR,
                **({"include_dashboard": False} if address == "local" else {}),
            )  # fmt: skip
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
            raise UnavailableError(
                None, None, f"There is no Ray cluster at {address!r} (RAY_ADDRESS, or the session's target): {error}"
            ) from error

    def create(self, address: str, *arguments: Any) -> Any:
        """See `Fabric`. The task lives as long as this process, where it is; if it ends before, Ray starts it anew."""
        from ray.util import scheduling_strategies as scheduling

        from .task import Task

        # By itself Ray puts an actor on any machine of its cluster: a parameter server on that of a worker.
        here = scheduling.NodeAffinitySchedulingStrategy(self.ray.get_runtime_context().get_node_id(), soft=False)
        options = {
            "name": address, "namespace": self.namespace, "max_concurrency": THREADS, "max_restarts": -1, "num_cpus": 0,
            "scheduling_strategy": here,
        }  # fmt: skip
        actor = self.ray.remote(Task).options(**options)
        end = time.monotonic() + _GRACE
        while True:
            try:
                made = actor.remote(*arguments)
                break
            except ValueError as error:  # the name is taken
                if time.monotonic() > end:
                    raise UnknownError(
                        None, None, f"Could not start server: the address {address} is in use by another one."
                    ) from error
                time.sleep(0.2)
        try:
            self.get(self.submit(made, "hello", [arguments[4]]))  # it is up
        except TaskLostError as error:
            raise UnavailableError(
                None, None,
                f"The task at {address} could not be started {error}: is sessile installed where Ray runs its workers?",
            ) from error  # fmt: skip
        return made

    def find(self, address: str) -> Any:
        """See `Fabric`."""
        try:
            return self.ray.get_actor(address, namespace=self.namespace)
        except ValueError:
            return None

    def submit(self, task: Any, method: str, arguments: Sequence[Any], results: int = 1) -> list[Any]:
        """See `Fabric`."""
        key = task, method, results
        call = self._methods.get(key)
        if call is None:
            call = self._methods[key] = getattr(task, method).options(num_returns=results)
        try:
            made = call.remote(*arguments)
        except self.ray.exceptions.RayActorError as error:
            raise TaskLostError(_reason(error)) from None
        return made if results > 1 else [made]

    def get(self, references: list[Any], timeout: float | None = None) -> list[Any]:
        """See `Fabric`."""
        exceptions = self.ray.exceptions
        try:
            return list(self.ray.get(references, timeout=timeout))
        except exceptions.RayTaskError as error:
            cause = error.cause
            if isinstance(cause, exceptions.RayError):
                raise TaskLostError(_reason(cause)) from None
            if isinstance(cause, TaskError):
                raise cause from None
            raise cause from error
        except exceptions.GetTimeoutError as error:
            raise TimeoutError from error
        except exceptions.RayError as error:
            raise TaskLostError(_reason(error)) from None

    def wait(self, references: list[Any], timeout: float | None) -> list[Any]:
        """See `Fabric`."""
        ready, _ = self.ray.wait(references, num_returns=1, timeout=timeout, fetch_local=False)
        return list(ready)

    def put(self, value: Any) -> Any:
        """See `Fabric`."""
        return self.ray.put(value)


def _reason(error: Exception) -> str:
    return f"({type(error).__name__})"


def _import_ray() -> Any:
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # silences a warning about devices we do not use
    try:
        import ray
        import ray.exceptions
    except ImportError as error:
        raise NotFoundError(
            None, None,
            "Ray is not installed: clusters of several processes stand on it. Install `sessile[ray]`, or unset "
            "RAY_ADDRESS and SESSILE_RAY to have servers of this process only.",
        ) from error  # fmt: skip
    return ray


_fabrics: dict[tuple[str, str], RayFabric] = {}


def is_of_another(address: str, joined: str) -> bool:
    """Whether an address is surely that of another Ray cluster than the one joined: hosts have several names, so its
    port tells. Addresses of Ray's client (`ray://`) and words such as `local` take what there is."""
    port, joined_port = address.rpartition(":")[2], joined.rpartition(":")[2]
    return "://" not in address and ":" in address and port.isdigit() and port != joined_port


def wanted_address() -> str:
    """Which Ray servers and sessions of a cluster go to: SESSILE_RAY, else RAY_ADDRESS; empty for none."""
    return os.environ.get("SESSILE_RAY", "") or os.environ.get("RAY_ADDRESS", "")


def ray_fabric(address: str) -> RayFabric:
    """The connection of this process to a Ray cluster, with SESSILE_RAY_TOKEN as its token."""
    token = cluster_token()
    found = _fabrics.get((address, token))
    if found is None or not found.ray.is_initialized():
        found = _fabrics[address, token] = RayFabric(address, token)
    return found


def cluster_token() -> str:
    """What the sessions and servers of a cluster have to know."""
    return os.environ.get("SESSILE_RAY_TOKEN", "")
