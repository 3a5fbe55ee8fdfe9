"""Checks that tensors are finite: `check_numerics` and those made of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.basic_ops import group, identity
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shapes import same_shape
from ...graph.node import Tensor, TensorLike
from ...graph.operation import Operation
from ...types.dtypes import FLOATS


def _check_kernel(context: KernelContext, tensor: Any, *, message: bytes) -> Any:
    if np.isfinite(tensor).all():
        return tensor
    found = [word for word, test in (("Inf", np.isinf), ("NaN", np.isnan)) if test(tensor).any()]
    raise InvalidArgumentError(
        None, context.op, f"{message.decode(errors='replace')} : Tensor had {' and '.join(found)} values"
    )


_OF_GRADIENT = b"Not a number (NaN) or infinity (Inf) values detected in gradient."

CHECK_NUMERICS = OpDef(
    name="CheckNumerics",
    signature="tensor: T -> output: T",
    where={"T": FLOATS},
    attrs={"message": ("string",)},
    shape=same_shape,
    kernel=_check_kernel,
    effects=Effects("assert", reads=True),
    gradient=lambda g, op, dy: g("CheckNumerics", dy, message=_OF_GRADIENT),
)


def check_numerics(tensor: TensorLike, message: Any, name: str | None = None) -> Tensor:
    """Return `tensor`; the step fails if an element is infinite or NaN.

    Args:
      tensor: floating point.
      message: the beginning of the error's message.
      name: a name for the operation.
    Raises: TypeError if `message` is no string. When run: InvalidArgumentError with it and what was found.

    >>> from sessile.session.session import Session
    >>> Session().run(check_numerics([1.0, 2.0], "weights"))
    array([1., 2.], dtype=float32)
    """
    if not isinstance(message, (str, bytes)):
        raise TypeError(f"Expected string for argument 'message' not {message!r}.")
    result: Tensor = build(CHECK_NUMERICS, tensor, name=name, message=message)
    return result


def verify_tensor_all_finite(
    t: Any = None, msg: Any = None, name: str | None = None, x: Any = None, message: Any = None
) -> Tensor:
    """Return a tensor that is there only if all elements of `x` are finite.

    Args:
      t, msg: older names of `x` and `message`.
      name: a name for the scope.
      x: a floating-point tensor.
      message: the beginning of the error's message.
    Raises: ValueError without a tensor or if it is given twice. When run: InvalidArgumentError.
    """
    value = _one_of("t", t, "x", x)
    words = _one_of("msg", msg, "message", message)
    with name_scope(name, "VerifyFinite", [value]):
        tensor = convert_to_tensor(value, name="x")
        graph = get_default_graph()
        with graph.colocate_with(tensor.op):
            check = check_numerics(tensor, words)
        with (
            name_scope(None, "control_dependency", [tensor]) as scope,
            graph.colocate_with(tensor.op),
            graph.control_dependencies([check.op]),
        ):
            checked: Tensor = identity(tensor, name=scope)
            return checked


def _one_of(old_name: str, old: Any, name: str, new: Any) -> Any:
    if old is not None and new is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{name}'.")
    return old if new is None else new


def add_check_numerics_ops() -> Operation:
    """Add a check to every floating-point tensor of the default graph; returns the operation that runs them all.

    The checks run one after the other in the order of the graph, so the first failure is where it began.
    Raises: ValueError if one of the tensors is inside tf.cond or tf.while_loop, out of reach of one group of checks.
    Raises when run: InvalidArgumentError with the name of the first tensor that is not finite.
    """
    graph = get_default_graph()
    checks: list[Operation] = []
    for op in graph.get_operations():
        for output in op.outputs:
            if output.dtype in FLOATS:
                if op._control_flow_context is not None:
                    raise ValueError(
                        f"tf.add_check_numerics_ops() cannot check '{op.name}', inside tf.cond or tf.while_loop:"
                        " there, call tf.check_numerics(tensor, message) on the tensors that matter."
                    )
                with graph.control_dependencies(checks[-1:]):
                    checks.append(check_numerics(output, output.name).op)
    return group(*checks[-1:])
