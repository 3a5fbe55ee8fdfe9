"""The devices of a session: the processors of this machine, under TensorFlow's names."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from ...ops.base.device_spec import DeviceSpec
from ...ops.base.errors import NotFoundError

LOCAL = "/job:localhost/replica:0/task:0"
LOCAL_CPU = LOCAL + "/device:CPU:0"


class DeviceAttributes:
    """A device as `Session.list_devices` describes it."""

    __slots__ = ("_device_type", "_incarnation", "_memory_limit_bytes", "_name")

    def __init__(self, name: str, device_type: str, memory_limit_bytes: int, incarnation: int) -> None:
        self._name = name
        self._device_type = device_type
        self._memory_limit_bytes = memory_limit_bytes
        self._incarnation = incarnation

    @property
    def name(self) -> str:
        """The full name, such as `/job:localhost/replica:0/task:0/device:CPU:0`."""
        return self._name

    @property
    def device_type(self) -> str:
        """`CPU`."""
        return self._device_type

    @property
    def memory_limit_bytes(self) -> int:
        """The memory the device may use, in bytes."""
        return self._memory_limit_bytes

    @property
    def memory_limit(self) -> int:
        """The same as `memory_limit_bytes`, under the name the documentation uses."""
        return self._memory_limit_bytes

    @property
    def incarnation(self) -> int:
        """A random number that is another one for every session."""
        return self._incarnation

    def __repr__(self) -> str:
        return f"_DeviceAttributes({self.name}, {self.device_type}, {self.memory_limit_bytes}, {self.incarnation})"


def local_devices(config: Any, job: str = "localhost", task: int = 0) -> list[DeviceAttributes]:
    """The devices of a task in this process: one CPU, or as many as `config.device_count` says.

    Raises: NotFoundError if it says none.
    """
    count = config.device_count["CPU"] if config is not None and "CPU" in config.device_count else 1
    if count < 1:
        raise NotFoundError(
            None, None, f"No CPU devices are available in this process: ConfigProto.device_count['CPU'] is {count}."
        )
    limit = memory_limit()
    prefix = f"/job:{job}/replica:0/task:{task}"
    return [
        DeviceAttributes(f"{prefix}/device:CPU:{index}", "CPU", limit, int.from_bytes(os.urandom(8), "little") >> 1)
        for index in range(count)
    ]


@cache
def memory_limit() -> int:
    """The bytes this process may use: the machine's memory, or its control group's limit."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 256 << 20
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            with open(path) as file:
                text = file.read().strip()
        except OSError:
            continue
        if text.isdigit():
            total = min(total, int(text))
    return total


_FIELDS = ("job", "replica", "task", "device_type", "device_index")


def matches(spec: Any, name: str, soft: bool = False) -> bool:
    """Whether a device name has what a device string (or DeviceSpec) asks for.

    Args:
      spec: what is asked for; fields left open match all.
      name: the full name of a device.
      soft: whether the type and number of the device do not count.
    """
    wanted = spec if isinstance(spec, DeviceSpec) else DeviceSpec.from_string(spec)
    device = DeviceSpec.from_string(name)
    return all(getattr(wanted, f) in (None, getattr(device, f)) for f in (_FIELDS[:3] if soft else _FIELDS))
