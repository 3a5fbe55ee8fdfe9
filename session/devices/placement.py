"""Placement: the device each operation runs on, what cannot be placed, and the log of it.

All devices are processors of one machine, so a device changes nothing in how a step computes; it decides on which task
of a cluster a variable lives, and what cannot be had is refused as TensorFlow refuses it: the whole graph is looked
at, whatever a step needs of it. Only what is new in the graph is looked at, when a new signature is prepared.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ...ops.base.device_spec import DeviceSpec, merge
from ...ops.base.errors import InvalidArgumentError, UnavailableError
from .devices import matches


class Placer:
    """Finds the devices of a graph's operations in one session.

    Args:
      graph: the graph.
      find_devices: the full names of the devices there are, the preferred one first.
      find_absent: device strings of tasks that cannot be reached now.
      soft: `ConfigProto.allow_soft_placement`: another device of the same task will do.
      log: whether to write where operations run to the standard error stream.
    """

    def __init__(
        self,
        graph: Any,
        find_devices: Callable[[], list[str]],
        find_absent: Callable[[], list[str]],
        soft: bool = False,
        log: bool = False,
    ) -> None:
        self._graph = graph
        self._find_devices = find_devices
        self._find_absent = find_absent
        self._soft = soft
        self.logs = log
        self._edits = graph._edits
        self._checked = 0  # so many operations of the graph have been looked at
        self._devices: list[str] | None = None
        self._found: dict[str, str] = {}
        self._groups: dict[str, tuple[Any, str]] = {}  # colocated with an operation: the first one, and their device

    def check(self) -> None:
        """Look at the operations that are new. Raises: InvalidArgumentError, UnavailableError for a device missing."""
        if self._edits != self._graph._edits:
            self._edits, self._checked = self._graph._edits, 0
            self._groups.clear()
        operations = self._graph._operations
        for op in operations[self._checked :] if self._checked < len(operations) else ():
            if op._device:
                self._find(op, op._device)
            if "_class" in op.attrs:
                self._join(op)
            self._checked += 1

    def device_of(self, op: Any) -> str:
        """The full name of the device that an operation runs on."""
        wanted = op._device
        if "_class" in op.attrs:
            wanted = self._groups.get(_root(op), (op, wanted))[1] or wanted
        elif op.name in self._groups:
            wanted = self._groups[op.name][1]
        return self._find(op, wanted)

    def _names(self) -> list[str]:
        if self._devices is None:
            self._devices = self._find_devices()
        return self._devices

    def _find(self, op: Any, wanted: str) -> str:
        """The first device that fits. Raises: InvalidArgumentError if there is none."""
        known = self._found.get(wanted)
        if known is not None:
            return known
        spec = DeviceSpec.from_string(wanted)
        for soft in (False, True) if self._soft else (False,):
            for name in self._names():
                if matches(spec, name, soft):
                    self._found[wanted] = name
                    return name
        before, self._devices = self._devices, None  # servers may have come since
        if self._names() != before:
            return self._find(op, wanted)
        raise self._missing(op, wanted, spec)

    def _missing(self, op: Any, wanted: str, spec: DeviceSpec) -> Exception:
        for name in self._find_absent():
            if matches(spec, name, soft=True):
                return UnavailableError(
                    None, op,
                    f"Operation {op.name} was assigned to {wanted}, a task of the cluster ({name}) that has no server "
                    "in this process. Make its tf.train.Server first; servers of other processes are reached through "
                    "Ray, with RAY_ADDRESS set (docs/cluster.md).",
                )  # fmt: skip
        return InvalidArgumentError(
            None, op,
            f"Cannot assign a device for operation {op.name}: {op.type} '{op.name}' was explicitly assigned to "
            f"{wanted} but available devices are [ {', '.join(self._names())} ]. Make sure the device specification "
            f"refers to a valid device. {self._remedy(spec)}",
        )  # fmt: skip

    def _remedy(self, spec: DeviceSpec) -> str:
        if not any(matches(spec, name, soft=True) for name in self._names()):
            return "This session has no such task: connect it to a server of a cluster that has, or drop the job."
        remedy = "Session(config=ConfigProto(allow_soft_placement=True)) takes a device that is there instead"
        if spec.device_type == "CPU":
            return f"{remedy}; ConfigProto(device_count={{'CPU': {(spec.device_index or 0) + 1}}}) has so many."
        return f"{remedy}."

    def _join(self, op: Any) -> None:
        """Note the device of a colocation group. Raises: InvalidArgumentError if its members ask for different ones."""
        key = _root(op)
        first, device = self._groups.get(key, (None, ""))
        if first is None:
            first = self._graph._by_name.get(key, op)
            device = first._device
        self._groups[key] = first, self._common(op, first, op._device, device)

    def _common(self, op: Any, first: Any, own: str, group: str) -> str:
        a, b = DeviceSpec.from_string(own), DeviceSpec.from_string(group)
        for field in ("job", "replica", "task", "device_type", "device_index"):
            mine, theirs = getattr(a, field), getattr(b, field)
            if mine is not None and theirs is not None and mine != theirs:
                if self._soft and field.startswith("device"):
                    return group
                raise InvalidArgumentError(
                    None, op,
                    f"Cannot colocate nodes '{op.name}' and '{first.name}': Cannot merge devices with incompatible "
                    f"{_WORDS[field]}: '{own}' and '{group}'. '{first.name}' was created at {first.created_at}. Give "
                    "them one device, or drop the colocation.",
                )  # fmt: skip
        return merge(own, group)

    def log(self, feeds: Any, roots: Any) -> None:
        """Write one line per operation that a program runs to the standard error stream, in the order of the graph."""
        fed = set(feeds)
        seen: dict[Any, None] = dict.fromkeys(roots)
        pending = list(seen)
        while pending:
            op = pending.pop()
            for needed in [t.op for t in op.inputs if t not in fed] + list(op.control_inputs):
                if needed not in seen:
                    seen[needed] = None
                    pending.append(needed)
        for op in sorted(seen, key=lambda op: op._id):
            sys.stderr.write(f"{op.name}: ({op.type}): {self.device_of(op)}\n")


_WORDS = {"job": "jobs", "replica": "replicas", "task": "tasks", "device_type": "types", "device_index": "ids"}


def _root(op: Any) -> str:
    """The name of the operation that `op` is colocated with; its own if with none."""
    groups: list[bytes] = [group for group in op.attrs["_class"] if group.startswith(b"loc:@")]
    return groups[0][5:].decode() if groups else op.name
