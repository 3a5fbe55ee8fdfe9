"""What runs on a task of a cluster: its containers, its sessions' graphs and compiled stages.

A `Task` knows nothing of Ray, or of whoever carries its arguments and results: its methods take and return what can be
pickled. Each may be called by many threads at once.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ....compiler.program.program import Program
from ....compiler.program.services import Step
from ....ops.base.errors import OpError, UnauthenticatedError
from ....ops.graph.graph import Graph
from ....ops.library.graphdef.importer import import_graph_def
from ....ops.types.dtypes import DType, as_dtype
from ...calls import options as opts
from ...calls.deadline import FROM_OPTIONS, within
from ...devices.devices import local_devices
from ...resources.handles import HandleStore
from ...resources.resources import ResourceManager, Resources
from ...resources.state import CLOSED, LOST, SessionState
from .failures import lost, packed
from .origins import Origins, set_origins

_NO_LIMIT = 10**9  # milliseconds


class StageSpec(NamedTuple):
    """A stage by names, as it travels to its task.

    version: of the graph it is a stage of.
    jit, threads: as of `Program`.
    """

    version: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    targets: tuple[str, ...]
    done: tuple[str, ...]
    waits: bool
    jit: str
    threads: int


class Call(NamedTuple):
    """How a stage is to be run.

    session: the secret name of the session.
    stage: the stage's key.
    step: the name of the step, for `cancel`; empty if nobody will.
    limit: milliseconds it may take; 0 for no limit.
    skipped: so many values are only waited for.
    tells: whether it tells when it began and ended, which others may wait for.
    """

    session: str
    stage: int
    step: str
    limit: int
    skipped: int
    tells: bool


class Task:
    """One task of a cluster.

    Args:
      job, index: which one.
      address: its address in the cluster.
      cluster: the cluster as a dictionary.
      token: what sessions must know to connect; empty: nothing.
      config: the ConfigProto that says which devices it has, as bytes; empty for none.
    """

    def __init__(self, job: str, index: int, address: str, cluster: Any, token: str = "", config: bytes = b"") -> None:
        self._task = job, index
        self._address = address
        self._cluster = cluster
        self._token = token
        self._manager = ResourceManager()
        self._devices = local_devices(_config(config), job, index)
        self._incarnation = secrets.token_hex(8)
        self._sessions: dict[str, _RemoteSession] = {}
        self._lock = threading.Lock()

    def hello(self, token: str) -> dict[str, Any]:
        """What this task is. Raises: TaskError (UNAUTHENTICATED) for a wrong token."""
        self._check(token)
        devices = [(d.name, d.device_type, d.memory_limit, d.incarnation) for d in self._devices]
        told = {"task": self._task, "address": self._address, "cluster": self._cluster, "devices": devices}
        return {**told, "incarnation": self._incarnation}

    def open(self, token: str, session: str) -> str:
        """Begin a session; its name is the secret that its calls show. Returns: the incarnation of this task."""
        self._check(token)
        with self._lock:
            self._sessions[session] = _RemoteSession(self._manager, self._task)
        return self._incarnation

    def extend(self, session: str, version: int, graph_def: bytes, origins: Origins) -> None:
        """Give a session the graph of a version, with the user's line for each operation."""
        self._session(session).extend(version, graph_def, origins)

    def define(self, session: str, key: int, spec: tuple[Any, ...]) -> None:
        """Give a session a stage; later calls name it by its key."""
        try:
            self._session(session).define(key, StageSpec(*spec))
        except OpError as error:
            raise packed(error) from None

    def run(self, how: Call, *values: Any) -> Any:
        """Run a stage.

        Args:
          values: what is only waited for, then arrays for the stage's inputs.
        Returns: the outputs, in a list that begins with the seconds of the epoch at which the stage began and ended if
          they are asked for; what is alone without its list.
        """
        session, key, step, limit, skipped, tells = how
        began = time.time()
        try:
            results = list(self._session(session).run(key, step, limit, values[skipped:]))
        except OpError as error:
            raise packed(error) from None
        if tells:
            results.insert(0, (began, time.time()))
        return results[0] if len(results) == 1 else results

    def cancel(self, session: str, step: str) -> None:
        """Wake what a step waits for here: another part of it has failed, or nobody waits for it any more."""
        found = self._sessions.get(session)
        if found is not None:
            found.cancel(step)

    def read_handle(self, session: str, name: str) -> Any:
        """The array that a handle names, and the name of its type."""
        handles = self._session(session).state.handles
        try:
            handles.get(name)  # says what is wrong
            value, dtype = handles.arrays[name]
        except OpError as error:
            raise packed(error) from None
        return value, dtype.name

    def write_handle(self, session: str, name: str, value: Any) -> None:
        """Keep an array of another task under its name there."""
        array, dtype = value
        found: DType = as_dtype(dtype)
        self._session(session).state.handles.arrays[name] = array, found

    def drop_handles(self, session: str, names: Sequence[str]) -> None:
        """Forget arrays, if they are here."""
        found = self._sessions.get(session)
        for name in names if found is not None else ():
            found.state.handles.discard(name)  # type: ignore[union-attr]

    def close(self, session: str) -> None:
        """End a session."""
        with self._lock:
            found = self._sessions.pop(session, None)
        if found is not None:
            found.release(CLOSED)

    def reset(self, token: str, containers: Sequence[str] | None, ends: bool) -> None:
        """Clear containers (None: all); `ends`: the sessions too."""
        self._check(token)
        self._manager.clear(containers)
        if not ends:
            return
        with self._lock:
            sessions, self._sessions = list(self._sessions.values()), {}
        for found in sessions:
            found.release(LOST)

    def _check(self, token: str) -> None:
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            where = f"/job:{self._task[0]}/task:{self._task[1]}"
            error: Any = UnauthenticatedError(
                None, None,
                f"The task {where} asks for a token, and this is another one. Set SESSILE_RAY_TOKEN to that of the "
                "servers.",
            )  # fmt: skip
            raise packed(error)

    def _session(self, name: str) -> _RemoteSession:
        found = self._sessions.get(name)
        if found is None:
            raise lost(f"{name[:8]}...")
        return found


class _Waiting:
    """What one step waits for; it stands for the session's state in a time limit."""

    def __init__(self, state: SessionState) -> None:
        self.waiting: set[Any] = set()
        self.threads = state.threads
        self.closed = state.closed


class _RemoteSession:
    """A session as one task sees it: the graph, the stages it runs here, and the state."""

    def __init__(self, manager: ResourceManager, task: tuple[str, int]) -> None:
        self._manager = manager
        self._handles = HandleStore(f"/job:{task[0]}/replica:0/task:{task[1]}/device:CPU:0")
        self._lock = threading.Lock()
        self._version = -1
        self._graph = Graph()
        self.state = self._state(self._graph)
        self._stages: dict[int, _Stage] = {}
        self._steps: dict[str, list[_Waiting]] = {}

    def extend(self, version: int, graph_def: bytes, origins: Origins) -> None:
        from ....ops.proto import GraphDef

        graph = Graph()
        with graph.as_default():
            import_graph_def(GraphDef.FromString(graph_def), name="")
        set_origins(graph, origins)
        with self._lock:
            if version <= self._version:
                return
            state = self._state(graph)
            for op, stream in self.state.random.items():  # streams of numbers go on
                if op.name in graph._by_name:
                    state.random[graph._by_name[op.name]] = stream
            self._version, self._graph, self.state = version, graph, state

    def define(self, key: int, spec: StageSpec) -> None:
        with self._lock:
            self._stages[key] = _Stage(self._graph, self.state, spec)

    def run(self, key: int, step: str, limit: int, values: Sequence[Any]) -> Sequence[Any]:
        stage = self._stages[key]
        if not limit and not (stage.waits and step):
            return stage.run(values)
        waiting = _Waiting(stage.state)
        self._steps.setdefault(step, []).append(waiting)
        stage.state.waiting.add(waiting_job := _Bridge(waiting))
        try:
            work = lambda watched: stage.run_watched(values, watched)  # noqa: E731
            return within(limit or _NO_LIMIT, FROM_OPTIONS, work, waiting)  # type: ignore[no-any-return]
        finally:
            stage.state.waiting.discard(waiting_job)
            self._forget(step, waiting)

    def cancel(self, step: str) -> None:
        for waiting in list(self._steps.get(step, ())):
            for job in list(waiting.waiting):
                job.cancel()
        end = time.monotonic() + 1.0
        while step and step in self._steps and time.monotonic() < end:
            time.sleep(0.001)  # until it is left: from then on what comes late goes back

    def release(self, reason: int) -> None:
        states = {id(stage.state): stage.state for stage in self._stages.values()}
        for state in [*states.values(), self.state]:
            state.release(reason)

    def _forget(self, step: str, waiting: _Waiting) -> None:
        with self._lock:
            left = self._steps.get(step, [])
            left.remove(waiting)
            if not left:
                self._steps.pop(step, None)

    def _state(self, graph: Graph) -> SessionState:
        state = SessionState(graph, Resources(self._manager))
        state.handles = self._handles
        programs: dict[Any, Program] = {}

        def program(feeds: Any, fetches: Any, targets: Any) -> Program:
            key = feeds, fetches, targets
            if key not in programs:
                programs[key] = Program(graph, feeds, fetches, targets, "default")
            return programs[key]

        state.programs = program
        return state


class _Bridge:
    """Has the end of a session cancel a step that is waited for."""

    def __init__(self, waiting: _Waiting) -> None:
        self._waiting = waiting

    def cancel(self) -> None:
        for job in list(self._waiting.waiting):
            job.cancel()


class _Stage:
    """A stage ready to run: interpreted first, compiled from the second time on, as `Session.run` does."""

    def __init__(self, graph: Graph, state: SessionState, spec: StageSpec) -> None:
        by_name = graph._by_name
        self.state = state
        self.waits = spec.waits
        self._inputs = tuple(graph.get_tensor_by_name(name) for name in spec.inputs)
        outputs = tuple(graph.get_tensor_by_name(name) for name in spec.outputs)
        targets, done = tuple(by_name[name] for name in spec.targets), [by_name[name] for name in spec.done]
        self._program = Program(graph, self._inputs, outputs, targets, spec.jit, spec.threads, done)
        self._step: Any = None
        self._runs = 0

    def run(self, values: Sequence[Any]) -> Sequence[Any]:
        step = self._step
        if step is not None:
            self.state.check_open()
            return step(*map(as_array, values))  # type: ignore[no-any-return]
        self._runs += 1
        if self._runs > 1:
            self._step = self._program.make_step(self.state, lambda index, value: value, shape="list")
        return self.run_watched(values, None)

    def run_watched(self, values: Sequence[Any], step: Step | None) -> Sequence[Any]:
        self.state.check_open()
        return self._program.run([as_array(value) for value in values], self.state, step)


def as_array(value: Any) -> Any:
    """A value as an array: scalars come as NumPy's, strings as bytes."""
    if type(value) is np.ndarray:
        return value
    if isinstance(value, bytes):
        array = np.empty((), object)
        array[()] = value
        return array
    return np.asarray(value)


def _config(data: bytes) -> Any:
    if not data:
        return None
    from ....ops.proto import ConfigProto

    return opts.check_config(ConfigProto.FromString(data))
