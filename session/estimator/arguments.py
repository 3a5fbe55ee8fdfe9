"""Calling what users give an estimator: input functions and model functions, with the arguments they name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ...ops.building.default_graph import get_default_graph
from ...ops.library.distribute.asking import has_strategy
from ...ops.library.distribute.inputs import InputContext
from ..training.hook import SessionRunHook
from .specs import EstimatorSpec

_MODEL_FN_ARGUMENTS = frozenset({"features", "labels", "mode", "params", "self", "config"})


def arguments_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of the arguments a function takes, those that are bound already left out."""
    if isinstance(function, partial):
        bound = set(function.keywords)
        return tuple(name for name in arguments_of(function.func)[len(function.args) :] if name not in bound)
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    found = inspect.signature(function).parameters.values()
    return tuple(parameter.name for parameter in found if parameter.kind not in kinds)


def check_model_fn(model_fn: Callable[..., Any], params: Any) -> None:
    """Raises: ValueError for a function without features, with others, or without the params that are given."""
    names = set(arguments_of(model_fn))
    if "features" not in names:
        raise ValueError(f"model_fn ({model_fn}) must include features argument.")
    if params is not None and "params" not in names:
        raise ValueError(
            f"model_fn ({model_fn}) does not include params argument, but params ({params}) is passed to Estimator."
        )
    others = sorted(names - _MODEL_FN_ARGUMENTS)
    if others:
        raise ValueError(f"model_fn ({model_fn}) has following not expected args: {others}")


def call_input_fn(input_fn: Callable[..., Any], mode: str, params: Any, config: Any) -> Any:
    """Return what an input function gives, called with those of `mode`, `params`, `config` that it names.

    One that names `input_context` gets it if there is a strategy, otherwise None.
    """
    names = arguments_of(input_fn)
    context = InputContext() if has_strategy() else None
    given = {"mode": mode, "params": params, "config": config, "input_context": context}
    with get_default_graph().device("/cpu:0"):
        return input_fn(**{name: value for name, value in given.items() if name in names})


def call_model_fn(
    model_fn: Callable[..., Any], features: Any, labels: Any, mode: str, params: Any, config: Any
) -> EstimatorSpec:
    """Return the specification that a model function gives. Raises: ValueError if it gives none, or takes no labels."""
    names = arguments_of(model_fn)
    given = {"mode": mode, "params": params, "config": config}
    kwargs = {name: value for name, value in given.items() if name in names}
    if "labels" in names:
        kwargs["labels"] = labels
    elif labels is not None:
        raise ValueError("model_fn does not take labels, but input_fn returns labels.")
    spec = model_fn(features=features, **kwargs)
    if not isinstance(spec, EstimatorSpec):
        raise ValueError("model_fn should return an EstimatorSpec.")
    return spec


def parse_input_fn_result(result: Any) -> tuple[Any, Any, list[SessionRunHook]]:
    """Features, labels (None: there are none) and hooks of what an input function returned.

    Args:
      result: a Dataset, or what its elements would be: features, or a pair of features and labels.
    Raises: ValueError for a tuple of other length.
    """
    hooks: list[SessionRunHook] = []
    if hasattr(result, "make_initializable_iterator"):
        iterator = result.make_initializable_iterator()
        hooks.append(_InitializerHook(iterator))
        result = iterator.get_next()
    if isinstance(result, (list, tuple)):
        if len(result) != 2:
            raise ValueError(
                "input_fn should return (features, labels) as a len 2 tuple, or a Dataset of such; got a "
                f"{type(result).__name__} of {len(result)}."
            )
        return result[0], result[1], hooks
    return result, None, hooks


def features_alone(result: Any) -> tuple[Any, list[SessionRunHook]]:
    """Features and hooks, for predictions; labels are left out."""
    if isinstance(result, (list, tuple)):
        return result[0], []
    if not hasattr(result, "make_initializable_iterator"):
        return result, []
    iterator = result.make_initializable_iterator()
    found = iterator.get_next()
    return found[0] if isinstance(found, (list, tuple)) else found, [_InitializerHook(iterator)]


class _InitializerHook(SessionRunHook):
    """Initializes a Dataset's iterator in each new session."""

    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    def begin(self) -> None:
        """Find the initializer."""
        self._initializer = self._iterator.initializer

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Run it."""
        session.run(self._initializer)


def selected(predictions: Any, predict_keys: Any) -> Any:
    """Those of the predictions that are asked for. Raises: ValueError if there are none, or they have no names."""
    if not predict_keys:
        return predictions
    if not isinstance(predictions, Mapping):
        raise ValueError("predict_keys argument is not valid in case of non-dict predictions.")
    keys = {predict_keys} if isinstance(predict_keys, str) else set(predict_keys)
    found = {key: value for key, value in predictions.items() if key in keys}
    if not found:
        raise ValueError(f"Expected to run at least one output from {list(predictions)}, provided {predict_keys}.")
    return found
