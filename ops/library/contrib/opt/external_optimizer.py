"""Optimizers outside of the graph: `ScipyOptimizerInterface` gives loss and gradients to SciPy.

The variables are one long vector. For each point that the optimizer asks for, they are fed with its parts; at the end
they are assigned where it arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ....base.messages.logger import logger
from ....building.basic_ops import group, placeholder
from ....families.arrays.reshaping import reshape
from ....families.arrays.stacking import concat
from ....families.elementwise.like import zeros_like
from ....families.state.assignments import assign
from ....families.state.variable_lists import trainable_variables
from ....graph.defaults import get_default_session
from ...gradients.gradients import gradients


class ExternalOptimizerInterface:
    """The base of optimizers outside of the graph; a subclass has `_minimize`.

    Args:
      loss: a scalar.
      var_list: the variables; default: all trainable ones.
      equalities: scalars or vectors that are to be 0.
      inequalities: scalars or vectors that are not to be negative.
      var_to_bounds: from a variable to its lowest and highest values, numbers or arrays of its shape.
      **optimizer_kwargs: for the optimizer.
    """

    def __init__(
        self,
        loss: Any,
        var_list: Any = None,
        equalities: Any = None,
        inequalities: Any = None,
        var_to_bounds: Any = None,
        **optimizer_kwargs: Any,
    ) -> None:
        self._loss = loss
        self._vars = list(trainable_variables() if var_list is None else var_list)
        self._equalities = list(equalities or ())
        self._inequalities = list(inequalities or ())
        self.optimizer_kwargs = optimizer_kwargs
        self._packed_bounds = None if var_to_bounds is None else self._bounds(var_to_bounds)
        self._gradient = self._packed_gradient(loss)
        self._equality_gradients = [self._packed_gradient(each) for each in self._equalities]
        self._inequality_gradients = [self._packed_gradient(each) for each in self._inequalities]
        extents = [variable.shape.as_list() for variable in self._vars]
        ends = np.cumsum([int(np.prod(each)) for each in extents]).tolist()
        self._slices = [slice(start, end) for start, end in zip([0, *ends], ends)]
        self._extents = extents
        self._placeholders = [placeholder(variable.dtype.base_dtype, variable.shape) for variable in self._vars]
        self._assign = group(*[assign(variable, fed) for variable, fed in zip(self._vars, self._placeholders)])

    def _bounds(self, var_to_bounds: Any) -> list[tuple[float, float]]:
        packed: list[tuple[float, float]] = []
        for variable in self._vars:
            low, high = var_to_bounds.get(variable, (-np.inf, np.inf))
            extents = variable.shape.as_list()
            pairs = (np.broadcast_to(bound, extents).reshape(-1).tolist() for bound in (low, high))
            packed += zip(*pairs)
        return packed

    def _packed_gradient(self, tensor: Any) -> Any:
        found = gradients(tensor, self._vars)
        flat = [
            reshape(zeros_like(variable) if each is None else each, [-1]) for each, variable in zip(found, self._vars)
        ]
        return flat[0] if len(flat) == 1 else concat(flat, 0)

    def minimize(
        self,
        session: Any = None,
        feed_dict: Any = None,
        fetches: Any = None,
        step_callback: Any = None,
        loss_callback: Any = None,
        **run_kwargs: Any,
    ) -> None:
        """Minimize the loss; the variables have the best values afterwards.

        Args:
          session: default: the default session.
          feed_dict: for each evaluation.
          fetches: what `loss_callback` is given at each evaluation.
          step_callback: called at each step of the optimizer, with the vector of all variables.
          loss_callback: called at each evaluation, with the values of `fetches`.
          **run_kwargs: for `Session.run`.
        """
        session = session or get_default_session()
        feeds = dict(feed_dict or {})
        wanted = list(fetches or ())
        started: Any = (
            np.concatenate([np.reshape(value, -1) for value in session.run(self._vars)]) if self._vars else []
        )

        def evaluate(tensors: Sequence[Any], also: Sequence[Any] = (), callback: Any = None) -> Callable[[Any], Any]:
            def at(point: Any) -> Any:
                parts = zip(self._vars, self._parts(point))
                values = session.run([*tensors, *also], {**feeds, **dict(parts)}, **run_kwargs)
                if callback is not None:
                    callback(*values[len(tensors) :])
                return [np.asarray(value, np.float64) for value in values[: len(tensors)]]

            return at

        def alone(tensor: Any) -> Callable[[Any], Any]:
            at = evaluate([tensor])
            return lambda point: at(point)[0]

        def loss_and_gradient(point: Any) -> Any:
            loss, gradient = both(point)
            return float(loss), gradient

        both = evaluate([self._loss, self._gradient], wanted, loss_callback)
        final = self._minimize(
            initial_val=np.asarray(started, np.float64),
            loss_grad_func=loss_and_gradient,
            equality_funcs=[alone(each) for each in self._equalities],
            equality_grad_funcs=[alone(each) for each in self._equality_gradients],
            inequality_funcs=[alone(each) for each in self._inequalities],
            inequality_grad_funcs=[alone(each) for each in self._inequality_gradients],
            packed_bounds=self._packed_bounds,
            step_callback=step_callback,
            optimizer_kwargs=self.optimizer_kwargs,
        )
        session.run(self._assign, dict(zip(self._placeholders, self._parts(final))), **run_kwargs)

    def _parts(self, point: Any) -> list[Any]:
        """The values of the variables in a vector of all."""
        return [
            np.asarray(point[part], variable.dtype.base_dtype.as_numpy_dtype).reshape(extents)
            for part, variable, extents in zip(self._slices, self._vars, self._extents)
        ]

    def _minimize(
        self,
        initial_val: Any = None,
        loss_grad_func: Any = None,
        equality_funcs: Any = (),
        equality_grad_funcs: Any = (),
        inequality_funcs: Any = (),
        inequality_grad_funcs: Any = (),
        packed_bounds: Any = None,
        step_callback: Any = None,
        optimizer_kwargs: Any = None,
    ) -> Any:
        raise NotImplementedError("To use ExternalOptimizerInterface, subclass from it and implement _minimize().")


class ScipyOptimizerInterface(ExternalOptimizerInterface):
    """SciPy's optimizers: `scipy.optimize.minimize` on a loss in the graph.

    Args: as ExternalOptimizerInterface's; `method` ("L-BFGS-B" by default), `options`, `tol` are SciPy's.
    """

    _DEFAULT_METHOD = "L-BFGS-B"

    def _minimize(
        self,
        initial_val: Any = None,
        loss_grad_func: Any = None,
        equality_funcs: Any = (),
        equality_grad_funcs: Any = (),
        inequality_funcs: Any = (),
        inequality_grad_funcs: Any = (),
        packed_bounds: Any = None,
        step_callback: Any = None,
        optimizer_kwargs: Any = None,
    ) -> Any:
        from scipy.optimize import minimize

        arguments = dict(optimizer_kwargs or {})
        method = arguments.pop("method", self._DEFAULT_METHOD)
        constraints = [
            {"type": kind, "fun": function, "jac": jacobian}
            for kind, functions, jacobians in (
                ("eq", equality_funcs, equality_grad_funcs),
                ("ineq", inequality_funcs, inequality_grad_funcs),
            )
            for function, jacobian in zip(functions, jacobians)
        ]
        for taken in ("fun", "x0", "jac", "constraints", "bounds", "callback"):
            if taken in arguments:
                raise ValueError(
                    f"The argument {taken!r} of scipy.optimize.minimize is set by ScipyOptimizerInterface."
                )
        if constraints:
            arguments["constraints"] = constraints
        if packed_bounds is not None:
            arguments["bounds"] = packed_bounds
        result = minimize(loss_grad_func, initial_val, method=method, jac=True, callback=step_callback, **arguments)
        logger().info(
            "Optimization terminated with:\n  Message: %s\n  Objective function value: %f\n  Number of iterations: %s\n"
            "  Number of functions evaluations: %s",
            result.message, result.fun, getattr(result, "nit", "?"), result.nfev,
        )  # fmt: skip
        return result.x
