"""`tf.config`: settings of the process, which sessions made later have where their ConfigProto says nothing.

>>> set_intra_op_parallelism_threads(2)
>>> Session()  # shares a loop among two threads, as with ConfigProto(intra_op_parallelism_threads=2)

Source: TensorFlow 1.15's behaviour. There most settings are refused once a session or device was asked for; here they
hold for the sessions that come.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from .devices import local_devices

_POLICIES: Final = ("explicit", "warn", "silent", "silent_for_int32")
_SWITCHES: Final = (  # what the graph optimizer can be told, as RewriterConfig has it
    "layout_optimizer", "constant_folding", "shape_optimization", "remapping", "arithmetic_optimization",
    "dependency_optimization", "loop_optimization", "function_optimization", "debug_stripper",
    "scoped_allocator_optimization", "pin_to_host_optimization", "implementation_selector", "auto_mixed_precision",
)  # fmt: skip
_FLAGS: Final = ("disable_model_pruning", "disable_meta_optimizer", "min_graph_nodes")


class PhysicalDevice(NamedTuple):
    """A processor of this machine."""

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device that operations are placed on."""

    name: str
    device_type: str


class VirtualDeviceConfiguration(NamedTuple):
    """One of the devices that a processor is split into. `memory_limit` is for GPUs."""

    memory_limit: int | None = None


class _Settings:
    """What was set; None where nothing was."""

    def __init__(self) -> None:
        self.intra: int | None = None
        self.inter: int | None = None
        self.soft: bool | None = None
        self.jit: bool | None = None
        self.log_placement: bool | None = None
        self.optimizer: dict[str, Any] = {}
        self.virtual: list[VirtualDeviceConfiguration] | None = None
        self.policy = "silent"
        self.synchronous = True


_set: Final = _Settings()


def merged(config: Any) -> Any:
    """A session's ConfigProto with what is set for the process where it says nothing; None for all defaults."""
    values = {
        "intra_op_parallelism_threads": _set.intra,
        "inter_op_parallelism_threads": _set.inter,
        "allow_soft_placement": _set.soft,
        "log_device_placement": _set.log_placement,
    }
    wanted = {name: value for name, value in values.items() if value}
    if not wanted and not _set.jit and not _set.optimizer and _set.virtual is None:
        return config
    from ...ops import proto

    result = proto.ConfigProto()
    if config is not None:
        result.CopyFrom(config)
    for name, value in wanted.items():
        if not getattr(result, name):
            setattr(result, name, value)
    options = result.graph_options
    if _set.jit and not options.optimizer_options.global_jit_level:
        options.optimizer_options.global_jit_level = proto.OptimizerOptions.ON_1
    for name, value in _set.optimizer.items():
        if name in _FLAGS:
            setattr(options.rewrite_options, name, value)
        elif not getattr(options.rewrite_options, name, None):
            setattr(options.rewrite_options, name, proto.RewriterConfig.ON if value else proto.RewriterConfig.OFF)
    if _set.virtual is not None and "CPU" not in result.device_count:
        result.device_count["CPU"] = len(_set.virtual)
    return result


# Threads.


def get_intra_op_parallelism_threads() -> int:
    """Return how many threads may share a loop; 0: as many as this process may use."""
    return _set.intra or 0


def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """Say how many threads may share a loop; 0: as many as this process may use."""
    _set.intra = int(num_threads)


def get_inter_op_parallelism_threads() -> int:
    """Return how many threads may run operations that wait; 0: as many as it takes."""
    return _set.inter or 0


def set_inter_op_parallelism_threads(num_threads: int) -> None:
    """Say how many threads may run operations that wait; 0: as many as it takes."""
    _set.inter = int(num_threads)


# Placement.


def get_soft_device_placement() -> bool:
    """Return whether operations on devices that are not there run elsewhere."""
    return bool(_set.soft)


def set_soft_device_placement(enabled: bool) -> None:
    """Say whether operations on devices that are not there run elsewhere."""
    _set.soft = bool(enabled)


def get_log_device_placement() -> bool:
    """Return whether sessions log where operations are placed."""
    return bool(_set.log_placement)


def set_log_device_placement(enabled: bool) -> None:
    """Say whether sessions log where operations are placed."""
    _set.log_placement = bool(enabled)


# The optimizer.


def get_jit() -> bool:
    """Return whether sessions compile at once."""
    return bool(_set.jit)


def set_jit(enabled: bool) -> None:
    """Say whether sessions compile at once: `global_jit_level` ON_1."""
    _set.jit = bool(enabled)


def get_experimental_options() -> dict[str, Any]:
    """Return what the graph optimizer was told."""
    return {"disable_model_pruning": False, "disable_meta_optimizer": False, **_set.optimizer}


def set_experimental_options(options: Mapping[str, Any]) -> None:
    """Tell the graph optimizer; see RewriterConfig. Other names than its options are left out, as in TensorFlow."""
    _set.optimizer.update({name: value for name, value in options.items() if name in (*_SWITCHES, *_FLAGS)})


# Devices.


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """Return the processors of this machine: its CPU."""
    return [PhysicalDevice("/physical_device:CPU:0", "CPU")] if device_type in (None, "CPU") else []


def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """Return the devices that sessions place operations on."""
    found = local_devices(merged(None))
    return [LogicalDevice(d.name, d.device_type) for d in found if device_type in (None, d.device_type)]


def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """Return the processors that sessions use."""
    return list_physical_devices(device_type)


def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """Say which processors sessions use. Raises: ValueError for some that are not there, or none of the CPU."""
    given = list(devices) if isinstance(devices, list) else [] if devices is None else [devices]
    for device in given:
        _check_device(device)
    if not given and device_type in (None, "CPU"):
        raise ValueError("Sessions need the CPU: there is no other device here.")


def get_memory_growth(device: PhysicalDevice) -> bool:
    """Raises: ValueError: only GPUs have such a setting, and there are none."""
    _check_device(device)
    raise ValueError("Cannot get memory growth of non-GPU devices")


def set_memory_growth(device: PhysicalDevice, enable: bool) -> None:
    """Raises: ValueError: only GPUs have such a setting, and there are none."""
    _check_device(device)
    raise ValueError("Cannot set memory growth on non-GPU devices")


def get_virtual_device_configuration(device: PhysicalDevice) -> list[VirtualDeviceConfiguration] | None:
    """Return the devices a processor is split into, None if it is not."""
    _check_device(device)
    return None if _set.virtual is None else list(_set.virtual)


def set_virtual_device_configuration(device: PhysicalDevice, virtual_devices: Any) -> None:
    """Split the CPU into devices, `/cpu:0`, `/cpu:1`, ...

    Raises: ValueError for a device that is not there, none at all, or a limit of memory, which is for GPUs.
    """
    _check_device(device)
    wanted = list(virtual_devices)
    if not wanted:
        raise ValueError("At least one virtual device is needed.")
    if any(each.memory_limit is not None for each in wanted):
        raise ValueError("Setting memory limit on CPU virtual devices is currently not supported")
    _set.virtual = wanted


def _check_device(device: Any) -> None:
    if device not in list_physical_devices():
        raise ValueError(f"Unrecognized device: {device!r}")


# What concerns eager execution alone, and is remembered.


def get_device_policy() -> str:
    """Return what eager execution does with inputs on other devices."""
    return _set.policy


def set_device_policy(device_policy: str | None) -> None:
    """Say what eager execution, which is not here, does with inputs on other devices. Raises: ValueError."""
    if device_policy is not None and device_policy not in _POLICIES:
        raise ValueError(f"Invalid device_policy argument: {device_policy}: one of {', '.join(_POLICIES)}")
    _set.policy = device_policy or "silent"


def get_synchronous_execution() -> bool:
    """Return whether eager execution waits for each operation."""
    return _set.synchronous


def set_synchronous_execution(enable: bool | None) -> None:
    """Say whether eager execution, which is not here, waits for each operation."""
    _set.synchronous = True if enable is None else bool(enable)
