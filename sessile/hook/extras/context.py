"""`tensorflow.python.eager.context`: there is no eager execution."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ...session.devices.device_lib import list_local_devices as _list_local_devices


def executing_eagerly() -> bool:
    """Return False: operations build a graph."""
    return False


def in_eager_mode() -> bool:
    """Return False."""
    return False


def in_graph_mode() -> bool:
    """Return True."""
    return True


def num_gpus() -> int:
    """Return how many of the devices of this process are GPUs (Larq Zoo asks, to train on all of them)."""
    return sum(device.device_type == "GPU" for device in _list_local_devices())


@contextlib.contextmanager
def eager_mode() -> Iterator[None]:
    """Raises: RuntimeError: there is no eager execution."""
    raise RuntimeError("eager_mode: operations build a graph here; there is no eager execution. Run them in a Session.")
    yield


graph_mode = contextlib.nullcontext
