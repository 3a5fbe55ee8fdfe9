"""Copies of models, with new variables."""

from __future__ import annotations

from typing import Any

from .model import Model


def clone_model(model: Any, input_tensors: Any = None, clone_function: Any = None) -> Any:
    """Return a model of the same layers with variables of its own.

    Args:
      model: of inputs and outputs, or a Sequential. input_tensors, clone_function: not built.
    Raises: ValueError for a model with a `call` of its own, NotImplementedError for further arguments.
    """
    if input_tensors is not None or clone_function is not None:
        raise NotImplementedError("clone_model: input_tensors and clone_function are not built.")
    if not isinstance(model, Model):
        raise ValueError(f"Expected `model` argument to be a `Model` instance, got {model}")
    try:
        config = model.get_config()
    except NotImplementedError:
        raise ValueError("Expected `model` argument to be a functional `Model` instance, not a subclass.") from None
    return type(model).from_config(config)
