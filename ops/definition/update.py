"""`Update`: what an operation does to variables, as data, so that the compiler takes it into a native step.

A variable reaches an operation as one of its first inputs: as a reference (`Ref(T)`), or as a resource. What the
operation writes is an expansion into ordinary operations over the values the variables have before it:

    ApplyGradientDescent:  Update(1, new=lambda g, attrs, var, alpha, delta: (g("Sub", var, g("Mul", alpha, delta)),))

The same function is the meaning: `ArrayBuilder` evaluates it with the kernels of those operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .kernel_call import kernel_call
from .registry import lookup


class Update(NamedTuple):
    """What an operation does to variables.

    variables: how many of the first inputs are variables; 0: the operation makes the variable, its only output.
    new: `(build, attrs, *inputs) -> values`, one per variable: the value it has afterwards, or None where it keeps
      its own. In place of a variable the function is given its value (None if the operation's effects say that it
      reads none). None in place of the tuple: this combination of attributes and types is left to the kernel.
      Without the function nothing is written.
    result: `(build, attrs, *inputs) -> outputs`: the outputs that are no references, from the values before.
    """

    variables: int
    new: Callable[..., Any] | None = None
    result: Callable[..., Any] | None = None


def own_value(build: Any, attrs: Any, value: Any) -> tuple[Any]:
    """The `result` of an operation that reads a variable."""
    return (value,)


class ArrayBuilder:
    """The `build` of an expansion that computes at once, on arrays, with the operations' kernels."""

    def __call__(self, op_type: str, *inputs: Any, **attrs: Any) -> Any:
        """Return the output of an operation of one output."""
        return kernel_call(lookup(op_type), attrs, inputs)[0]

    def constant(self, array: Any) -> Any:
        """A constant."""
        return array

    def known(self, value: Any) -> np.ndarray[Any, Any]:
        """The value as an array; a builder that does not know it returns None."""
        return np.asarray(value)
