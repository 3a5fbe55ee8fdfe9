"""`sessile.contrib.eager`: what of it works on graphs; eager execution itself is refused, and says so.

Source: TensorFlow 1.15, `tf.contrib.eager`, in a program that has not enabled eager execution.
"""

from __future__ import annotations

from typing import Any

from ...lazy import lazy_names


class Iterator:
    """Iterators over datasets without a graph: there are none, as in TensorFlow without eager execution."""

    def __init__(self, dataset: Any) -> None:
        raise RuntimeError(
            "Iterator objects can only be used when eager execution is enabled, use tf.data.Dataset."
            "make_initializable_iterator or tf.data.Dataset.make_one_shot_iterator for graph construction"
        )


def in_eager_mode() -> bool:
    """Whether operations run as they are built: never."""
    return False


def num_gpus() -> int:
    """The number of GPUs: 0."""
    return 0


def list_devices() -> list[str]:
    """Return the names of the devices of this process."""
    from ...device_lib import list_local_devices

    return [device.name for device in list_local_devices()]


__getattr__, __dir__ = lazy_names("contrib.eager", globals())
