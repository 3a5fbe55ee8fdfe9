"""Classes that libraries import, or derive from, whose work is not done here: making one says so.

TensorFlow's converter of Python's control flow (`python.autograph`) and its debugger (`python.debug`).
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np


class Base(ast.NodeTransformer):
    """The base of a program's own transformers of source code.

    Raises: NotImplementedError when one is made, for there is nothing here that would hand it source code.
    """

    def __init__(self, ctx: Any) -> None:
        raise NotImplementedError(
            "Python's `if` and `while` on tensors are not converted here, so there are no transformers of source code; "
            "use tf.cond and tf.while_loop."
        )


class _Debugger:
    """Raises: NotImplementedError when one is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            f"TensorFlow's debugger is not here, so there is no {type(self).__name__}; look inside with "
            "Session.explain, tf.Print and tf.add_check_numerics_ops."
        )


class DumpingDebugWrapperSession(_Debugger):
    """A session that would write all tensors to files."""


class LocalCLIDebugWrapperSession(_Debugger):
    """A session that would stop before each run."""


class TensorBoardDebugWrapperSession(_Debugger):
    """A session that TensorBoard would stop."""


class DumpingDebugHook(_Debugger):
    """A hook that would write all tensors to files."""


class LocalCLIDebugHook(_Debugger):
    """A hook that would stop before each run."""


class TensorBoardDebugHook(_Debugger):
    """A hook with which TensorBoard would stop a session."""


def has_inf_or_nan(datum: Any, tensor: Any) -> bool:
    """Whether an array of floating-point or complex numbers holds an infinity or NaN."""
    return (
        isinstance(tensor, np.ndarray)
        and np.issubdtype(tensor.dtype, np.inexact)
        and not bool(np.isfinite(tensor).all())
    )
