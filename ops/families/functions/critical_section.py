"""`CriticalSection`: what one step at a time runs, though several run at once.

MutexLock         waits until the mutex is free, and takes it
...               the function's operations, by control edges behind it
ConsumeMutexLock  gives it back
"""

from __future__ import annotations

import threading
from typing import Any

from ...base import nest
from ...base.errors import CancelledError
from ...building.basic_ops import identity
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, get_default_graph, init_scope, name_scope
from ...definition.context import KernelContext
from ...definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ...definition.shapes import scalar_shape
from ...graph.operation import Operation
from ...types import dtypes

_LOOKS_EVERY = 0.02  # seconds until one that waits looks whether it still should
_USES = Effects("mutex", reads=True, writes=True)


class Mutex:
    """A lock of a session."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class Held:
    """A mutex that is taken; it is given back at the latest when nobody holds this any more."""

    __slots__ = ("_mutex",)

    def __init__(self, mutex: Mutex) -> None:
        self._mutex: Mutex | None = mutex

    def release(self) -> None:
        """Give it back, once."""
        mutex, self._mutex = self._mutex, None
        if mutex is not None:
            mutex.lock.release()

    def __del__(self) -> None:
        self.release()


def _make(context: KernelContext) -> Any:
    return context.state.resources.of_operation(context.op, "mutex", lambda op: Mutex())


def _lock(context: KernelContext, mutex: Mutex) -> Any:
    state: Any = context.state
    while not mutex.lock.acquire(timeout=_LOOKS_EVERY):
        if state.closed.value:
            raise CancelledError(None, context.op, "The step was cancelled: its session was closed.")
        if context.step is not None:
            context.step.check(context.op)
    return Held(mutex)


def _consume(context: KernelContext, held: Held) -> Any:
    held.release()
    return ()


MUTEX = OpDef(
    name="MutexV2",
    signature="-> resource: resource",
    attrs={"container": ("string", b""), "shared_name": ("string", b"")},
    shape=scalar_shape,
    kernel=_make,
    effects=Effects("mutex"),
)
MUTEX_LOCK = OpDef(
    name="MutexLock",
    signature="mutex: resource -> mutex_lock: variant",
    shape=scalar_shape,
    kernel=_lock,
    gradient=NOT_DIFFERENTIABLE,
    effects=_USES,
)
CONSUME_MUTEX_LOCK = OpDef(
    name="ConsumeMutexLock",
    signature="mutex_lock: variant ->",
    kernel=_consume,
    gradient=NOT_DIFFERENTIABLE,
    effects=_USES,
)


class CriticalSection:
    """A section of which one function runs at a time, in whatever steps.

    Args:
      name: of the mutex.
      shared_name: by which sessions and graphs share it; default: its name.
      critical_section_def, import_scope: of a saved one; not supported.
    Raises: NotImplementedError for a `critical_section_def`.
    """

    def __init__(
        self, name: str | None = None, shared_name: str | None = None, critical_section_def: Any = None,
        import_scope: str | None = None,
    ) -> None:  # fmt: skip
        if critical_section_def is not None:
            raise NotImplementedError("critical sections are not read from messages")
        base = name or "CriticalSection"
        with init_scope(), name_scope(base) as scope:
            shared = shared_name or scope.rstrip("/")
            self._handle = build(MUTEX, name=scope, shared_name=shared.encode(), container=b"")

    @property
    def name(self) -> str:
        """The name of the mutex."""
        return str(self._handle.op.name)

    def execute(self, fn: Any, exclusive_resource_access: bool = True, name: str | None = None) -> Any:
        """Return what `fn()` returns, which runs while no other function of this section does.

        Args:
          fn: a function without arguments that returns a structure of tensors.
          exclusive_resource_access: whether no other section may use the resources that it uses.
          name: of the scope.
        Raises: ValueError if it uses this section itself, or resources of another one.
        """
        graph = get_default_graph()
        with name_scope(name, "critical_section_execute", []):
            lock = build(MUTEX_LOCK, self._handle, name="MutexLock")
            before = len(graph._operations)
            with control_dependencies([lock]):
                result = fn()
            made = graph._operations[before:]
            self._check(graph, made, exclusive_resource_access)
            flat = nest.flatten(result, expand_composites=True)
            done = [item for item in flat if isinstance(item, Operation)]
            tensors = [identity(convert_to_tensor(item)) for item in flat if not isinstance(item, Operation)]
            # What stands in a branch or a loop may not run at all: what it makes known outside says when it is over.
            here = lock.op._get_control_flow_context()
            effects = [op for op in made if not op.op_def.is_pure and op._get_control_flow_context() is here]
            with control_dependencies([*tensors, *done, *effects]):
                consumed = build(CONSUME_MUTEX_LOCK, lock, name="ConsumeMutexLock")
            with control_dependencies([consumed]):
                left = iter([identity(tensor) for tensor in tensors])
            packed = [consumed if isinstance(item, Operation) else next(left) for item in flat]
            return nest.pack_sequence_as(result, packed, expand_composites=True)

    def _check(self, graph: Any, made: list[Operation], exclusive: bool) -> None:
        used = {tensor for op in made for tensor in op._inputs if tensor._dtype.base_dtype is dtypes.resource}
        if self._handle in used:
            raise ValueError(
                "The function fn attempts to directly access the CriticalSection in which it would be running.  This "
                "is illegal and would cause deadlocks."
            )
        users = graph.__dict__.setdefault("_critical_users", [])
        for other, resources, others_exclusive in users:
            shared = used & resources
            if other is not self._handle and shared and (exclusive or others_exclusive):
                raise ValueError(
                    f"This execution would access resources: {sorted(t.name for t in shared)}.  Either this lock "
                    f"(CriticalSection: {self._handle}) or lock '{other}' requested exclusive resource access of this "
                    "resource."
                )
        users.append((self._handle, used, exclusive))
