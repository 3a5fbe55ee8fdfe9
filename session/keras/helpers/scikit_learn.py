"""Models with scikit-learn's interface: `fit`, `predict`, `score`, `get_params`."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import numpy as np

from ..models.sequential import Sequential
from ..utilities import to_categorical


class _Wrapper:
    """The base.

    Args:
      build_fn: a function, or an object that is called, that returns a compiled model; None: the subclass's `__call__`.
      sk_params: arguments of it, and of `fit`, `predict` and `evaluate`.
    Raises: ValueError for other arguments.
    Source: keras.wrappers of TensorFlow 1.15.
    """

    _methods: tuple[Any, ...] = (Sequential.fit, Sequential.predict, Sequential.predict_classes, Sequential.evaluate)

    def __init__(self, build_fn: Any = None, **sk_params: Any) -> None:
        self.build_fn, self.sk_params = build_fn, sk_params
        self.check_params(sk_params)

    def _builder(self) -> Any:
        if self.build_fn is None:
            return getattr(self, "__call__")  # noqa: B004, B009 - a subclass has it
        if inspect.isfunction(self.build_fn) or inspect.ismethod(self.build_fn):
            return self.build_fn
        return self.build_fn.__call__

    def check_params(self, params: dict[str, Any]) -> None:
        """Refuse arguments that nothing takes. Raises: ValueError."""
        functions = [*self._methods, self._builder()]
        if any(_takes_any(function) for function in functions[len(self._methods) :]):
            return
        for name in params:
            if name != "nb_epoch" and not any(_takes(function, name) for function in functions):
                raise ValueError(f"{name} is not a legal parameter")

    def get_params(self, **params: Any) -> dict[str, Any]:
        """Return the arguments."""
        return {**copy.deepcopy(self.sk_params), "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> Any:
        """Change arguments. Raises: ValueError for what nothing takes."""
        self.check_params({name: value for name, value in params.items() if name != "build_fn"})
        if "build_fn" in params:
            self.build_fn = params.pop("build_fn")
        self.sk_params.update(params)
        return self

    def filter_sk_params(self, fn: Any, override: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the arguments that a function takes."""
        found = {name: value for name, value in self.sk_params.items() if _takes(fn, name)}
        return {**found, **(override or {})}

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Build a new model and train it.

        Args:
          x, y: arrays. kwargs: of `Sequential.fit`, before those given to the wrapper.
        Returns: the history.
        """
        builder = self._builder()
        self.model = builder(**self.filter_sk_params(builder))
        if _is_categorical(self.model) and len(np.shape(y)) != 2:
            y = to_categorical(y)
        arguments = {**copy.deepcopy(self.filter_sk_params(Sequential.fit)), **kwargs}
        return self.model.fit(x, y, **arguments)


def _names(function: Any) -> Any:
    return inspect.signature(function).parameters


def _takes(function: Any, name: str) -> bool:
    found = _names(function).get(name)
    return found is not None and found.kind not in (found.VAR_KEYWORD, found.VAR_POSITIONAL)


def _takes_any(function: Any) -> bool:
    return any(item.kind is item.VAR_KEYWORD for item in _names(function).values())


def _is_categorical(model: Any) -> bool:
    loss = getattr(model.loss, "__name__", model.loss)
    return bool(loss == "categorical_crossentropy" or type(loss).__name__ == "CategoricalCrossentropy")


class KerasClassifier(_Wrapper):
    """A classifier of scikit-learn. Args, Raises: see the base."""

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Build a new model and train it.

        Args:
          x: an array. y: labels of any kind, or one-hot rows. kwargs: see the base.
        Raises: ValueError for labels of other axes.
        """
        y = np.array(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
            self.classes_ = np.unique(y)
            y = np.searchsorted(self.classes_, y)
        else:
            raise ValueError(f"Invalid shape for y: {y.shape}")
        self.n_classes_ = len(self.classes_)
        return super().fit(x, y, **kwargs)

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """Return the label of each row."""
        arguments = self.filter_sk_params(Sequential.predict_classes, kwargs)
        return self.classes_[self.model.predict_classes(x, **arguments)]

    def predict_proba(self, x: Any, **kwargs: Any) -> Any:
        """Return the probabilities of all classes; of one of two classes both are told."""
        arguments = self.filter_sk_params(Sequential.predict_classes, kwargs)
        found = self.model.predict(x, **arguments)
        return np.hstack([1 - found, found]) if found.shape[1] == 1 else found

    def score(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Return the share of labels that are found. Raises: ValueError if the model computes no accuracy."""
        y = np.searchsorted(self.classes_, y)
        arguments = self.filter_sk_params(Sequential.evaluate, kwargs)
        if _is_categorical(self.model) and y.ndim != 2:
            y = to_categorical(y)
        found = self.model.evaluate(x, y, **arguments)
        for name, value in zip(self.model.metrics_names, found if isinstance(found, list) else [found]):
            if name in ("accuracy", "acc"):
                return value
        raise ValueError(
            'The model is not configured to compute accuracy. You should pass `metrics=["accuracy"]` to the '
            "`model.compile()` method."
        )


class KerasRegressor(_Wrapper):
    """A regressor of scikit-learn. Args, Raises: see the base."""

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """Return a number for each row."""
        return np.squeeze(self.model.predict(x, **self.filter_sk_params(Sequential.predict, kwargs)), axis=-1)

    def score(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Return the loss, below zero: the more the better."""
        found = self.model.evaluate(x, y, **self.filter_sk_params(Sequential.evaluate, kwargs))
        return -(found[0] if isinstance(found, list) else found)
