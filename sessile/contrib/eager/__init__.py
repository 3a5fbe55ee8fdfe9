"""`sessile.contrib.eager`: what of it works on graphs; eager execution itself is refused, and says so.

Source: TensorFlow 1.15, `tf.contrib.eager`, in a program that has not enabled eager execution.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
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


def value_and_gradients_function(f: Callable[..., Any], params: Any = None) -> Callable[..., Any]:
    """Return a function of the value of another one and its gradients.

    Args:
      f: a function of tensors.
      params: the numbers or names of the arguments that gradients are by; default: all.
    Returns: a function with the arguments of `f`, and `dy`, the gradient of the value; it gives the value and a list.
    Raises: ValueError for params that are no arguments.
    """
    chosen = _places(f, params)

    def value_and_gradients(*args: Any, dy: Any = None) -> tuple[Any, list[Any]]:
        from ...ops.building.basic_ops import identity
        from ...ops.building.convert import convert_to_tensor
        from ...ops.library.gradients.gradients import gradients

        inputs = [identity(convert_to_tensor(each)) for each in args]
        value = f(*inputs)
        by = inputs if chosen is None else [inputs[place] for place in chosen]
        return value, gradients(value, by, grad_ys=dy)

    return value_and_gradients


def gradients_function(f: Callable[..., Any], params: Any = None) -> Callable[..., Any]:
    """Return a function of the gradients of another one; see `value_and_gradients_function`."""
    both = value_and_gradients_function(f, params)
    return lambda *args, dy=None: both(*args, dy=dy)[1]


def _places(f: Callable[..., Any], params: Any) -> list[int] | None:
    if params is None:
        return None
    names = list(inspect.signature(f).parameters)
    for each in params:
        if each not in names and not (isinstance(each, int) and each < len(names)):
            raise ValueError(f"Parameter {each!r} is none of the function's: {names}.")
    return [names.index(each) if isinstance(each, str) else int(each) for each in params]


def implicit_value_and_gradients(f: Callable[..., Any]) -> Callable[..., Any]:
    """Raises: NotImplementedError when called: eager execution alone records which variables a function reads."""
    return _without_eager_execution("implicit_value_and_gradients")


def implicit_gradients(f: Callable[..., Any]) -> Callable[..., Any]:
    """Raises: NotImplementedError when called; see `implicit_value_and_gradients`."""
    return _without_eager_execution("implicit_gradients")


def _without_eager_execution(name: str) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(
            f"tf.contrib.eager.{name}: there is no eager execution. On a graph it is "
            "tf.gradients(loss, tf.trainable_variables()), or Optimizer.compute_gradients(loss)."
        )

    return refuse


__getattr__, __dir__ = lazy_names("contrib.eager", globals())
