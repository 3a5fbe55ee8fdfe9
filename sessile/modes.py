"""Switches of TensorFlow 2's behaviour, for code that begins by switching it off."""

from __future__ import annotations


def disable_v2_behavior() -> None:
    """Do nothing: there is no other behaviour than version 1's."""


def disable_eager_execution() -> None:
    """Do nothing: operations always build a graph."""


def disable_v2_tensorshape() -> None:
    """Do nothing: the extents of a TensorShape are `Dimension`s."""


def disable_control_flow_v2() -> None:
    """Do nothing."""


def disable_tensor_equality() -> None:
    """Do nothing: tensors are equal if they are the same object."""


def executing_eagerly() -> bool:
    """Return False: operations build a graph."""
    return False


def enable_eager_execution(config: object = None, device_policy: object = None, execution_mode: object = None) -> None:
    """Raises: NotImplementedError; sessile runs graphs in Sessions."""
    raise NotImplementedError("sessile runs graphs in Sessions; there is no eager execution.")


def enable_v2_behavior() -> None:
    """Raises: NotImplementedError; sessile is version 1."""
    raise NotImplementedError("sessile has the behaviour of TensorFlow 1 only.")
