"""`tensorflow.python.framework.device`: names of devices."""

from __future__ import annotations

from typing import Any

from ...ops.base.device_spec import DeviceSpec, canonical, merge, merge_device

__all__ = ["DeviceSpec", "merge_device"]

DeviceSpecV2 = DeviceSpec


def is_device_spec(obj: Any) -> bool:
    """Return whether this is a `DeviceSpec`."""
    return isinstance(obj, DeviceSpec)


def check_valid(spec: str) -> None:
    """Raises: ValueError if this is no device's name."""
    DeviceSpec.from_string(spec).to_string()


def canonical_name(device: Any) -> str:
    """Return a device's name as it is written in full: `/device:CPU:0` for `/cpu:0`; empty for None."""
    return "" if device is None else canonical(device)


class MergeDevice:
    """A function for `tf.device` that fills in the fields an operation's device leaves open.

    Args:
      spec: a DeviceSpec, or a device's name.
    """

    def __init__(self, spec: Any) -> None:
        self._spec = canonical_name(spec)

    def __call__(self, node_def: Any) -> str:
        """Return an operation's device with this one's fields where it has none."""
        return merge(canonical_name(node_def.device), self._spec)

    def shortcut_string_merge(self, node_def: Any) -> str:
        """What calling it gives."""
        return self(node_def)

    @property
    def is_null_merge(self) -> bool:
        """Whether it changes nothing."""
        return not self._spec
