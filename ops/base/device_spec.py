"""Device names: `/job:worker/replica:0/task:3/device:CPU:0`, their parsing, merging and `DeviceSpec`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_FIELDS = ("job", "replica", "task", "device_type", "device_index")


class DeviceSpec:
    """A device, or some of the fields of its name; fields that are None are left open.

    Args:
      job: the name of the job, such as "worker".
      replica, task: their numbers.
      device_type: "CPU", "GPU", ...
      device_index: the number of the device.
    """

    __slots__ = _FIELDS

    def __init__(
        self,
        job: str | None = None,
        replica: int | None = None,
        task: int | None = None,
        device_type: str | None = None,
        device_index: int | None = None,
    ) -> None:
        self.job = job
        self.replica = None if replica is None else int(replica)
        self.task = None if task is None else int(task)
        self.device_type = device_type.upper() if device_type in ("cpu", "gpu") else device_type
        self.device_index = None if device_index is None else int(device_index)

    @staticmethod
    def from_string(spec: str) -> DeviceSpec:
        """Return the DeviceSpec that the string says. Raises: ValueError for words that are no device."""
        return DeviceSpec().parse_from_string(spec)

    def parse_from_string(self, spec: str) -> DeviceSpec:
        """Set all fields from a device string; returns this object. Raises: ValueError."""
        found = dict(_parse(spec))
        for field in _FIELDS:
            setattr(self, field, found.get(field))
        return self

    def merge_from(self, other: DeviceSpec) -> None:
        """Overwrite the fields that `other` names."""
        for field in _FIELDS:
            if getattr(other, field) is not None:
                setattr(self, field, getattr(other, field))

    def make_merged_spec(self, other: DeviceSpec) -> DeviceSpec:
        """Return a new DeviceSpec: this one with the fields that `other` names overwritten."""
        result = self.replace()
        result.merge_from(other)
        return result

    def replace(self, **fields: Any) -> DeviceSpec:
        """Return a new DeviceSpec: this one with other values for the fields named."""
        return DeviceSpec(**{**{field: getattr(self, field) for field in _FIELDS}, **fields})

    def to_string(self) -> str:
        """The device string of the fields that are set."""
        words = [f"/{f}:{getattr(self, f)}" for f in ("job", "replica", "task") if getattr(self, f) is not None]
        if self.device_type is not None:
            index = "*" if self.device_index is None else self.device_index
            words.append(f"/device:{self.device_type}:{index}")
        return "".join(words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeviceSpec) and self.to_string() == other.to_string()

    def __hash__(self) -> int:
        return hash(self.to_string())

    def __repr__(self) -> str:
        return f"<DeviceSpec({', '.join(f'{field}={getattr(self, field)}' for field in _FIELDS)})>"


@lru_cache(maxsize=512)
def _parse(spec: str) -> tuple[tuple[str, Any], ...]:
    fields: list[tuple[str, Any]] = []
    typed = False
    for word in filter(None, spec.split("/")):
        parts = word.split(":")
        key = parts[0]
        if key == "job" and len(parts) == 2:
            fields.append((key, parts[1]))
        elif key in ("replica", "task") and len(parts) == 2 and parts[1].isdigit():
            fields.append((key, int(parts[1])))
        elif key == "device" and len(parts) == 3:
            fields += _device_fields(parts[1], parts[2], spec)
            typed = _only_type(typed, spec)
        elif key.upper() in ("CPU", "GPU", "TPU") and len(parts) == 2:
            fields += _device_fields(key.upper(), parts[1], spec)
            typed = _only_type(typed, spec)
        elif key.upper() in ("CPU", "GPU") and len(parts) == 1:
            fields.append(("device_type", key.upper()))
            typed = _only_type(typed, spec)
        else:
            raise ValueError(
                f"Unknown attribute '{key}' is encountered while parsing the device spec: '{spec}'. "
                "A device is written like '/job:worker/replica:0/task:3/device:CPU:0' or '/cpu:0'."
            )
    return tuple(fields)


def _only_type(typed: bool, spec: str) -> bool:
    if typed:
        raise ValueError(f"Multiple device types are not allowed while parsing the device spec: {spec}.")
    return True


def _device_fields(kind: str, index: str, spec: str) -> list[tuple[str, Any]]:
    if index != "*" and not index.isdigit():
        raise ValueError(f"Device index '{index}' in the device spec '{spec}' is no number and not '*'.")
    kind = kind.upper() if kind in ("cpu", "gpu") else kind
    return [("device_type", kind), ("device_index", None if index == "*" else int(index))]


@lru_cache(maxsize=512)
def _canonical(spec: str) -> str:
    return DeviceSpec.from_string(spec).to_string()


def canonical(device: Any) -> str:
    """Return a device string in its full spelling (`/cpu:0` becomes `/device:CPU:0`). Raises: ValueError."""
    if device is None:
        return ""
    if isinstance(device, DeviceSpec):
        return device.to_string()
    return _canonical(str(device))


def checked(device: Any) -> str:
    """Return a device string as it is written. Raises: ValueError if it is none."""
    full = canonical(device)
    return device if isinstance(device, str) else full


@lru_cache(maxsize=1024)
def merge(inner: str, outer: str) -> str:
    """Return `inner` with the fields it leaves open taken from `outer`."""
    result = DeviceSpec.from_string(outer)
    result.merge_from(DeviceSpec.from_string(inner))
    return result.to_string()


def merge_device(spec: Any) -> Any:
    """Return a device function that fills what `spec` says into what an operation's own device leaves open."""
    outer = canonical(spec)
    return lambda op_or_device: merge(canonical(getattr(op_or_device, "device", op_or_device)), outer)
