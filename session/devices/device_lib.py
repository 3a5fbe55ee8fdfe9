"""`device_lib`: the devices of this machine as messages, outside of a session."""

from __future__ import annotations

from typing import Any

from .devices import local_devices


def list_local_devices(session_config: Any = None) -> list[Any]:
    """Return a DeviceAttributes message per device of this process: its name, type, memory limit (bytes), incarnation.

    Args:
      session_config: a ConfigProto message; its `device_count["CPU"]` counts.

    >>> [device.name for device in list_local_devices()]
    ['/device:CPU:0']
    """
    from ...ops import proto

    return [
        proto.DeviceAttributes(
            name=device.name[device.name.index("/device:") :],
            device_type=device.device_type,
            memory_limit=device.memory_limit,
            incarnation=device.incarnation,
        )
        for device in local_devices(session_config)
    ]
