"""Decorators of tests that libraries written for TensorFlow 1 and 2 use: they say in which modes a test runs.

Here operations build graphs, so such a test runs in a graph; the run with eager execution, of which there is none, is
left out, and what needs it, a GPU or TensorFlow 2 is skipped.
"""

from __future__ import annotations

import functools
import inspect
import unittest
from collections.abc import Callable
from typing import Any

Method = Callable[..., Any]


def run_in_graph_and_eager_modes(
    func: Any = None,
    config: Any = None,
    use_gpu: bool = True,
    reset_test: bool = True,
    assert_no_eager_garbage: bool = False,
) -> Any:
    """A decorator of a test method: it runs in a test session, on the default graph.

    Args:
      func: the method; None gives a decorator.
      config: a ConfigProto for the session.
      use_gpu, reset_test, assert_no_eager_garbage: accepted.
    Raises: ValueError for a class.
    """

    def decorate(method: Method) -> Method:
        if inspect.isclass(method):
            raise ValueError(
                "`run_in_graph_and_eager_modes` only supports test methods. Did you mean to use "
                "`run_all_in_graph_and_eager_modes`?"
            )

        @functools.wraps(method)
        def decorated(self: Any, *args: Any, **kwargs: Any) -> Any:
            with self.test_session(use_gpu=use_gpu, config=config):
                return method(self, *args, **kwargs)

        return decorated

    return decorate if func is None else decorate(func)


def run_all_in_graph_and_eager_modes(cls: type) -> type:
    """A decorator of a class: each of its test methods is run as `run_in_graph_and_eager_modes` says."""
    for name in [name for name in dir(cls) if name.startswith("test") and name != "test_session"]:
        method = getattr(cls, name)
        if callable(method):
            setattr(cls, name, run_in_graph_and_eager_modes(method))
    return cls


def run_deprecated_v1(func: Any = None) -> Any:
    """A decorator of what runs in graphs alone: it is as it is."""
    return func if func is not None else lambda method: method


def run_v1_only(reason: str, func: Any = None) -> Any:
    """A decorator of what is for TensorFlow 1 alone: it is as it is."""
    return func if func is not None else lambda tested: tested


def skip_if(condition: Any) -> Callable[[Method], Method]:
    """A decorator of a test method that does nothing where a condition, or a function that tells it, is true."""

    def decorate(method: Method) -> Method:
        @functools.wraps(method)
        def decorated(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not (condition() if callable(condition) else condition):
                method(self, *args, **kwargs)

        return decorated

    return decorate


def _skipping(why: str) -> Callable[[Any], Any]:
    def decorator(func: Any = None) -> Any:
        skip = unittest.skip(why)
        return skip if func is None else skip(func)

    return decorator


run_v2_only = _skipping("Test is only compatible with v2")
run_gpu_only = run_cuda_only = _skipping("Test requires GPU")
