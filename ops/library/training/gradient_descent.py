"""Gradient descent: plain, with momentum, and with regularizers after each step."""

from __future__ import annotations

from typing import Any, ClassVar

from ...building.build import build_operation
from .formula_updates import like
from .optimizer import Optimizer


class GradientDescentOptimizer(Optimizer):
    """`var -= learning_rate * gradient`.

    Args:
      learning_rate: a float, a tensor, or a function that returns one.
      use_locking: kept in the graph; updates never overlap here.
      name: a name for what is built.

    >>> w = tf.Variable(3.0)
    >>> step = tf.train.GradientDescentOptimizer(0.5).minimize(w * w)
    >>> with tf.Session() as sess:
    ...     sess.run(tf.global_variables_initializer())
    ...     sess.run(step)
    ...     float(sess.run(w))
    0.0
    """

    _update = "GradientDescent"

    def __init__(self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent") -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._learning_rate_tensor: Any = None

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._as_tensor(self._learning_rate, "learning_rate")

    def _parameters(self, var: Any) -> dict[str, Any]:
        return {"alpha": like(self._learning_rate_tensor, var)}

    def _apply_sparse_duplicate_indices(self, grad: Any, var: Any) -> Any:
        from ...families.sparse.indexed_slices import IndexedSlices

        delta = IndexedSlices(grad.values * like(self._learning_rate_tensor, var), grad.indices, grad.dense_shape)
        return var.scatter_sub(delta, use_locking=self._use_locking)

    def _resource_apply_sparse_duplicate_indices(self, grad: Any, handle: Any, indices: Any) -> Any:
        from ...definition.registry import lookup

        change = -grad * self._call_if_callable(self._learning_rate)
        return build_operation(lookup("ResourceScatterAdd"), handle.handle, indices, change, dtype=handle.dtype)


class MomentumOptimizer(Optimizer):
    """`accumulation = momentum * accumulation + gradient; var -= learning_rate * accumulation`.

    Args:
      learning_rate, momentum: floats, tensors, or functions that return one.
      use_locking: kept in the graph; updates never overlap here.
      name: a name for what is built, and the slot's.
      use_nesterov: whether the gradient counts as if taken where the momentum leads.
    """

    _update = "Momentum"
    _slot_inputs: ClassVar[dict[str, str]] = {"accum": "momentum"}

    def __init__(
        self,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._as_tensor(self._learning_rate, "learning_rate")
        self._momentum_tensor = self._as_tensor(self._momentum, "momentum")

    def _parameters(self, var: Any) -> dict[str, Any]:
        return {"lr": like(self._learning_rate_tensor, var), "momentum": like(self._momentum_tensor, var)}

    def _update_attrs(self) -> dict[str, Any]:
        return {"use_nesterov": self._use_nesterov}


class ProximalGradientDescentOptimizer(Optimizer):
    """Gradient descent, then shrinking by an L1 and an L2 regularizer.

    Args:
      learning_rate: a float or a tensor.
      l1_regularization_strength, l2_regularization_strength: not negative.
      use_locking: kept in the graph; updates never overlap here.
      name: a name for what is built.
    """

    _update = "ProximalGradientDescent"

    def __init__(
        self,
        learning_rate: Any,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "ProximalGradientDescent",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._as_tensor(self._learning_rate, "learning_rate")
        self._l1_tensor = self._as_tensor(self._l1_regularization_strength, "l1_regularization_strength")
        self._l2_tensor = self._as_tensor(self._l2_regularization_strength, "l2_regularization_strength")

    def _parameters(self, var: Any) -> dict[str, Any]:
        return {
            "alpha": like(self._learning_rate_tensor, var),
            "l1": like(self._l1_tensor, var),
            "l2": like(self._l2_tensor, var),
        }
