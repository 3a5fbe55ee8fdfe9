"""`contrib.layers.rev_block`, layers whose inputs are computed again from their outputs, and `recompute_grad`.

A. Gomez, M. Ren, R. Urtasun, R. Grosse, "The Reversible Residual Network: Backpropagation Without Storing Activations",
https://arxiv.org/abs/1707.04585.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ....building.basic_ops import identity, stop_gradient
from ....building.default_graph import control_dependencies
from ....families.elementwise.arithmetic import add
from ....families.elementwise.like import zeros_like
from ....families.state.variable_scope import variable_scope
from ....graph.node import Tensor
from ...gradients import custom
from ...gradients.gradients import gradients

Side = Callable[..., Any]


def recompute_grad(
    fn: Callable[..., Any], use_data_dep: Any = None, tupleize_grads: bool = False
) -> Callable[..., Any]:
    """Return a function that computes `fn`, and computes it again for its gradient instead of keeping what is between.

    Args:
      fn: a function of tensors. It may take `is_recomputing`, which is True when it is called for the gradient. Its
        variables are resource variables, and each call of what is returned is in a variable scope of its own.
      use_data_dep, tupleize_grads: accepted for compatibility: nothing is computed again before the gradients of the
        results are there.
    Raises: ValueError, when it is called with anything but tensors.
    Source: TensorFlow 1.15, `tf.contrib.layers.recompute_grad`.
    """
    tells = "is_recomputing" in inspect.signature(fn).parameters
    calls: list[None] = []

    @functools.wraps(fn)
    def wrapped(*args: Any) -> Any:
        if not all(isinstance(arg, Tensor) for arg in args):
            raise ValueError("All inputs to function must be Tensors")
        calls.clear()

        def again(*tensors: Any) -> Any:
            calls.append(None)
            return fn(*tensors, is_recomputing=len(calls) > 1) if tells else fn(*tensors)

        return custom.recompute_grad(again)(*args)

    return wrapped


def rev_block(
    x1: Any, x2: Any, f: Any, g: Any, num_layers: int = 1, f_side_input: Any = None, g_side_input: Any = None,
    is_training: bool = True,
) -> tuple[Any, Any]:  # fmt: skip
    """Return what reversible layers make of a pair: `y1 = x1 + f(x2)`, `y2 = x2 + g(y1)`, layer after layer.

    Args:
      x1, x2: tensors of one shape and a float type.
      f, g: functions of a tensor that keep its shape and type, or a list of them, one per layer; they make resource
        variables, in the scopes `revblock/revlayer_N/f` and `/g`.
      num_layers: how many layers.
      f_side_input, g_side_input: a list of tensors that `f` (or `g`) takes as its second argument; None: it takes none.
      is_training: the gradients compute each layer's inputs again from its outputs, and nothing is kept.
    Raises: AssertionError if lists of functions have another length.
    Source: TensorFlow 1.15, `tf.contrib.layers.rev_block`.
    """
    f, g = ([h] * num_layers if callable(h) else list(h) for h in (f, g))
    assert len(f) == len(g) == num_layers, f"{num_layers} layers want as many functions, got {len(f)} and {len(g)}."
    sides = f_side_input, g_side_input
    layers = list(zip(f, g))
    with variable_scope(None, default_name="revblock", use_resource=True) as block:
        if not is_training:
            return _forward(layers, x1, x2, sides)
        counts = len(f_side_input or ()), len(g_side_input or ())

        @custom.custom_gradient
        def forward(x1: Any, x2: Any, *flat: Any) -> Any:
            parts = _split(flat, sides, counts)
            results = _forward(layers, x1, x2, parts)
            return results, functools.partial(_backward, block, layers, results, parts)

        return tuple(forward(x1, x2, *(f_side_input or ()), *(g_side_input or ())))


def _split(flat: Sequence[Any], sides: Any, counts: tuple[int, int]) -> tuple[Any, Any]:
    first, second = list(flat[: counts[0]]), list(flat[counts[0] :])
    return (None if sides[0] is None else first), (None if sides[1] is None else second)


def _call(function: Side, x: Any, side: Any) -> Any:
    return function(x) if side is None else function(x, side)


def _forward(layers: list[Any], x1: Any, x2: Any, sides: Any) -> tuple[Any, Any]:
    for index, (f, g) in enumerate(layers):
        with variable_scope(f"revlayer_{index}"):
            with variable_scope("f"):
                y1 = x1 + _call(f, x2, sides[0])
            with variable_scope("g"):
                y2 = x2 + _call(g, y1, sides[1])
        x1, x2 = y1, y2
    return x1, x2


def _backward(
    block: Any, layers: list[Any], results: Any, sides: Any, dy1: Any, dy2: Any, variables: Any = None
) -> Any:
    """Gradients of the inputs, the sides, and the variables, from the last layer to the first."""
    with control_dependencies([dy1, dy2]):  # not before the gradients are asked for
        y1, y2 = (identity(item) for item in results)
    others = [*(sides[0] or ()), *(sides[1] or ()), *(variables or ())]
    sums: list[Any] = [None] * len(others)
    with variable_scope(block, reuse=True, use_resource=True):
        for index in reversed(range(len(layers))):
            f, g = layers[index]
            with variable_scope(f"revlayer_{index}"):
                with variable_scope("g"):
                    x2, dy1 = _undone(g, y1, y2, dy1, dy2, sides[1], others, sums)
                with control_dependencies([dy1]), variable_scope("f"):
                    x1, dy2 = _undone(f, x2, y1, dy2, dy1, sides[0], others, sums)
            y1, y2 = x1, x2
    ready = [zeros_like(other) if part is None else part for part, other in zip(sums, others)]
    split = len(others) - len(variables or ())
    inputs = [dy1, dy2, *ready[:split]]
    return (inputs, ready[split:]) if variables else inputs


def _undone(
    function: Side, given: Any, result: Any, d_given: Any, d_result: Any, side: Any, others: list[Any], sums: list[Any]
) -> tuple[Any, Any]:
    """Of `result = before + function(given)`: `before`, and the whole gradient of `given`; `sums` takes the others'."""
    given = stop_gradient(given)
    value = _call(function, given, side)
    found = gradients(value, [given, *others], d_result)
    for place, part in enumerate(found[1:]):
        if part is not None:
            sums[place] = part if sums[place] is None else add(sums[place], part)
    return result - value, d_given if found[0] is None else d_given + found[0]
