"""Bijectors: differentiable functions that have an inverse, by which a distribution is transformed.

A bijector gives `_forward`, `_inverse` and the logarithm of its Jacobian's determinant, one way or the other. Those of
scalars give it for each element; `event_ndims` says over how many of the last axes it is summed.
Source: TensorFlow 1.15, `tf.contrib.distributions.bijectors`, for what callers see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import zeros
from ...families.arrays.reshaping import expand_dims, squeeze
from ...families.elementwise.arithmetic import abs as absolute
from ...families.elementwise.cast import cast
from ...families.elementwise.exponential import exp, expm1, log, log1p
from ...families.indexing.gathering import gather
from ...families.linalg.factorizations import matrix_triangular_solve
from ...families.linalg.matrix_parts import matrix_diag_part
from ...families.linalg.products import matmul
from ...families.nn.activations import sigmoid, softplus
from ...families.reductions.reductions import reduce_prod, reduce_sum
from ...types.tensor_shape import TensorShape


class Bijector:
    """The base of bijectors.

    Args:
      forward_min_event_ndims: how many of the last axes a value has at least: 0 for functions of scalars, 1 of vectors.
      is_constant_jacobian: whether the Jacobian is the same everywhere.
      validate_args: kept.
      name: the scope of its operations.
      dtype: the type of values, if it is known.
    """

    def __init__(
        self,
        forward_min_event_ndims: int = 0,
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        self._min_ndims = forward_min_event_ndims
        self._is_constant_jacobian = is_constant_jacobian
        self._validate_args = validate_args
        self._name = name or type(self).__name__.lower()
        self._dtype = dtype

    @property
    def name(self) -> str:
        """The scope of its operations."""
        return self._name

    @property
    def dtype(self) -> Any:
        """The type of values, or None."""
        return self._dtype

    @property
    def forward_min_event_ndims(self) -> int:
        """How many of the last axes a value has at least."""
        return self._min_ndims

    inverse_min_event_ndims = forward_min_event_ndims

    @property
    def is_constant_jacobian(self) -> bool:
        """Whether the Jacobian is the same everywhere."""
        return self._is_constant_jacobian

    @property
    def validate_args(self) -> bool:
        """The argument of that name."""
        return self._validate_args

    def _forward(self, x: Any) -> Any:
        raise NotImplementedError(f"forward is not implemented: {type(self).__name__}")

    def _inverse(self, y: Any) -> Any:
        raise NotImplementedError(f"inverse is not implemented: {type(self).__name__}")

    def _forward_log_det(self, x: Any) -> Any:
        return -self._inverse_log_det(self._forward(x))

    def _inverse_log_det(self, y: Any) -> Any:
        return -self._forward_log_det(self._inverse(y))

    def forward(self, x: Any, name: str = "forward") -> Any:
        """Return the function's value at `x`."""
        with name_scope(f"{self._name}/{name}"):
            return self._forward(convert_to_tensor(x, name="x"))

    def inverse(self, y: Any, name: str = "inverse") -> Any:
        """Return the place at which the function's value is `y`."""
        with name_scope(f"{self._name}/{name}"):
            return self._inverse(convert_to_tensor(y, name="y"))

    def forward_log_det_jacobian(self, x: Any, event_ndims: int, name: str = "forward_log_det_jacobian") -> Any:
        """Return the logarithm of the size of the Jacobian's determinant at `x`.

        Args:
          x: the place.
          event_ndims: how many of its last axes are one value.
          name: of the scope.
        """
        with name_scope(f"{self._name}/{name}"):
            x = convert_to_tensor(x, name="x")
            return self._summed(self._forward_log_det(x), event_ndims, x)

    def inverse_log_det_jacobian(self, y: Any, event_ndims: int, name: str = "inverse_log_det_jacobian") -> Any:
        """Return the logarithm of the size of the inverse's Jacobian's determinant at `y`."""
        with name_scope(f"{self._name}/{name}"):
            y = convert_to_tensor(y, name="y")
            return self._summed(self._inverse_log_det(y), event_ndims, y)

    def _summed(self, determinants: Any, event_ndims: int, value: Any) -> Any:
        more = int(event_ndims) - self._min_ndims
        if more < 0:
            raise ValueError(
                f"event_ndims ({event_ndims}) must be at least {self._min_ndims}: a value of {self._name}."
            )
        if not more:
            return determinants
        if determinants.shape.ndims == 0:  # a constant one, the same for each element of an event
            extents = value.shape[value.shape.ndims - int(event_ndims) : value.shape.ndims - self._min_ndims]
            return determinants * cast(reduce_prod(extents.as_list()), determinants.dtype)
        return reduce_sum(determinants, list(range(-more, 0)))

    def forward_event_shape(self, input_shape: Any) -> TensorShape:
        """Return the shape of values of the function, of places of a shape."""
        return TensorShape(input_shape)

    def inverse_event_shape(self, output_shape: Any) -> TensorShape:
        """Return the shape of places, of values of a shape."""
        return TensorShape(output_shape)

    def __repr__(self) -> str:
        return f"<tf.contrib.distributions.bijectors.{type(self).__name__} '{self._name}'>"


class Identity(Bijector):
    """y = x."""

    def __init__(self, validate_args: bool = False, name: str = "identity") -> None:
        super().__init__(0, True, validate_args, name)

    def _forward(self, x: Any) -> Any:
        return x

    def _inverse(self, y: Any) -> Any:
        return y

    def _forward_log_det(self, x: Any) -> Any:
        return zeros([], x.dtype)


class Exp(Bijector):
    """y = exp(x)."""

    def __init__(self, validate_args: bool = False, name: str = "exp") -> None:
        super().__init__(0, False, validate_args, name)

    def _forward(self, x: Any) -> Any:
        return exp(x)

    def _inverse(self, y: Any) -> Any:
        return log(y)

    def _forward_log_det(self, x: Any) -> Any:
        return x

    def _inverse_log_det(self, y: Any) -> Any:
        return -log(y)


class Sigmoid(Bijector):
    """y = 1 / (1 + exp(-x))."""

    def __init__(self, validate_args: bool = False, name: str = "sigmoid") -> None:
        super().__init__(0, False, validate_args, name)

    def _forward(self, x: Any) -> Any:
        return sigmoid(x)

    def _inverse(self, y: Any) -> Any:
        return log(y) - log1p(-y)

    def _forward_log_det(self, x: Any) -> Any:
        return -softplus(-x) - softplus(x)

    def _inverse_log_det(self, y: Any) -> Any:
        return -log1p(-y) - log(y)


class Softplus(Bijector):
    """y = c log(1 + exp(x / c)); c is `hinge_softness`, by default 1."""

    def __init__(self, hinge_softness: Any = None, validate_args: bool = False, name: str = "softplus") -> None:
        self._softness = None if hinge_softness is None else convert_to_tensor(hinge_softness, name="hinge_softness")
        super().__init__(0, False, validate_args, name)

    def _scaled(self, x: Any, function: Callable[[Any], Any]) -> Any:
        return function(x) if self._softness is None else self._softness * function(x / self._softness)

    def _forward(self, x: Any) -> Any:
        return self._scaled(x, softplus)

    def _inverse(self, y: Any) -> Any:
        return self._scaled(y, lambda value: value + log(-expm1(-value)))

    def _forward_log_det(self, x: Any) -> Any:
        return -softplus(-(x if self._softness is None else x / self._softness))


class AffineScalar(Bijector):
    """y = scale x + shift, for each element.

    Args:
      shift, scale: numbers or tensors; None for 0 and 1.
    """

    def __init__(
        self, shift: Any = None, scale: Any = None, validate_args: bool = False, name: str = "affine_scalar"
    ) -> None:
        self.shift = None if shift is None else convert_to_tensor(shift, name="shift")
        self.scale = None if scale is None else convert_to_tensor(scale, name="scale")
        super().__init__(0, True, validate_args, name)

    def _forward(self, x: Any) -> Any:
        y = x if self.scale is None else x * self.scale
        return y if self.shift is None else y + self.shift

    def _inverse(self, y: Any) -> Any:
        x = y if self.shift is None else y - self.shift
        return x if self.scale is None else x / self.scale

    def _forward_log_det(self, x: Any) -> Any:
        return zeros([], x.dtype) if self.scale is None else log(absolute(self.scale))


class Affine(Bijector):
    """y = scale x + shift, for vectors; the scale is the sum of what is given of it, the identity if nothing is.

    Args:
      shift: vectors.
      scale_identity_multiplier: a number times the identity.
      scale_diag: a diagonal.
      scale_tril: a lower triangular matrix.
    Raises: NotImplementedError for a low-rank perturbation.
    """

    def __init__(
        self,
        shift: Any = None,
        scale_identity_multiplier: Any = None,
        scale_diag: Any = None,
        scale_tril: Any = None,
        scale_perturb_factor: Any = None,
        scale_perturb_diag: Any = None,
        validate_args: bool = False,
        name: str = "affine",
    ) -> None:
        if scale_perturb_factor is not None or scale_perturb_diag is not None:
            raise NotImplementedError("Affine takes no perturbation here: give the matrix as scale_tril.")
        self.shift = None if shift is None else convert_to_tensor(shift, name="shift")
        self._diagonal = None if scale_diag is None else convert_to_tensor(scale_diag, name="scale_diag")
        if scale_identity_multiplier is not None:
            number = convert_to_tensor(scale_identity_multiplier, name="scale_identity_multiplier")[..., None]
            self._diagonal = number if self._diagonal is None else self._diagonal + number
        self._matrix = None if scale_tril is None else convert_to_tensor(scale_tril, name="scale_tril")
        if self._matrix is not None and self._diagonal is not None:
            from ...families.linalg.matrix_parts import matrix_set_diag

            self._matrix = matrix_set_diag(self._matrix, matrix_diag_part(self._matrix) + self._diagonal)
            self._diagonal = None
        super().__init__(1, True, validate_args, name)

    def _forward(self, x: Any) -> Any:
        if self._matrix is not None:
            y = (
                squeeze(matmul(self._matrix, expand_dims(x, -1)), [-1])
                if x.shape.ndims == 1
                else _rows(self._matrix, x)
            )
        else:
            y = x if self._diagonal is None else x * self._diagonal
        return y if self.shift is None else y + self.shift

    def _inverse(self, y: Any) -> Any:
        x = y if self.shift is None else y - self.shift
        if self._matrix is None:
            return x if self._diagonal is None else x / self._diagonal
        matrix = self._matrix if self._matrix.shape.ndims == x.shape.ndims + 1 else _wide(self._matrix, x)
        return squeeze(matrix_triangular_solve(matrix, expand_dims(x, -1)), [-1])

    def _forward_log_det(self, x: Any) -> Any:
        if self._matrix is not None:
            return reduce_sum(log(absolute(matrix_diag_part(self._matrix))), -1)
        if self._diagonal is None:
            return zeros([], x.dtype)
        return reduce_sum(log(absolute(self._diagonal)) + zeros([x.shape[-1].value], x.dtype), -1)


def _rows(matrix: Any, x: Any) -> Any:
    return squeeze(matmul(_wide(matrix, x), expand_dims(x, -1)), [-1])


def _wide(matrix: Any, x: Any) -> Any:
    """The matrix once for each vector of `x`."""
    from ...families.arrays.rearranging import broadcast_to
    from ...families.arrays.shape_ops import shape
    from ...families.arrays.stacking import concat

    return broadcast_to(matrix, concat([shape(x)[:-1], shape(matrix)[-2:]], 0))


class Invert(Bijector):
    """The inverse of a bijector."""

    def __init__(self, bijector: Bijector, validate_args: bool = False, name: str | None = None) -> None:
        self.bijector = bijector
        super().__init__(
            bijector.inverse_min_event_ndims,
            bijector.is_constant_jacobian,
            validate_args,
            name or f"invert_{bijector.name}",
        )

    def _forward(self, x: Any) -> Any:
        return self.bijector._inverse(x)

    def _inverse(self, y: Any) -> Any:
        return self.bijector._forward(y)

    def _forward_log_det(self, x: Any) -> Any:
        return self.bijector._inverse_log_det(x)

    def _inverse_log_det(self, y: Any) -> Any:
        return self.bijector._forward_log_det(y)


class Chain(Bijector):
    """Bijectors one after the other; the last of the list is applied first."""

    def __init__(
        self, bijectors: Sequence[Bijector] | None = None, validate_args: bool = False, name: str | None = None
    ) -> None:
        self.bijectors = list(bijectors or ())
        least = max((item.forward_min_event_ndims for item in self.bijectors), default=0)
        constant = all(item.is_constant_jacobian for item in self.bijectors)
        name = name or ("identity" if not self.bijectors else "_of_".join(["chain", *(b.name for b in self.bijectors)]))
        super().__init__(least, constant, validate_args, name)

    def _forward(self, x: Any) -> Any:
        for bijector in reversed(self.bijectors):
            x = bijector._forward(x)
        return x

    def _inverse(self, y: Any) -> Any:
        for bijector in self.bijectors:
            y = bijector._inverse(y)
        return y

    def _forward_log_det(self, x: Any) -> Any:
        total = zeros([], x.dtype)
        for bijector in reversed(self.bijectors):
            total = total + bijector._summed(bijector._forward_log_det(x), self._min_ndims, x)
            x = bijector._forward(x)
        return total

    def _inverse_log_det(self, y: Any) -> Any:
        total = zeros([], y.dtype)
        for bijector in self.bijectors:
            total = total + bijector._summed(bijector._inverse_log_det(y), self._min_ndims, y)
            y = bijector._inverse(y)
        return total


class Permute(Bijector):
    """The elements of vectors in another order: `y[i] = x[permutation[i]]`."""

    def __init__(self, permutation: Any, validate_args: bool = False, name: str | None = None) -> None:
        order = np.asarray(permutation)
        if order.ndim != 1 or sorted(order.tolist()) != list(range(order.size)):
            raise ValueError(
                f"Permutation over `d` must contain exactly one of each of `{{0, 1, ..., d}}`, got {order}."
            )
        self.permutation = convert_to_tensor(order.astype(np.int32), name="permutation")
        self._back = np.argsort(order).astype(np.int32)
        super().__init__(1, True, validate_args, name or "permute")

    def _forward(self, x: Any) -> Any:
        return gather(x, self.permutation, axis=-1)

    def _inverse(self, y: Any) -> Any:
        return gather(y, self._back, axis=-1)

    def _forward_log_det(self, x: Any) -> Any:
        return zeros([], x.dtype)


class Inline(Bijector):
    """A bijector of functions that are given.

    Args:
      forward_fn, inverse_fn: the function and its inverse.
      inverse_log_det_jacobian_fn, forward_log_det_jacobian_fn: of one of them, the logarithm of the determinant.
      is_constant_jacobian, validate_args, name: as for all.
      forward_min_event_ndims: how many of the last axes are one value at least.
    """

    def __init__(
        self,
        forward_fn: Callable[[Any], Any] | None = None,
        inverse_fn: Callable[[Any], Any] | None = None,
        inverse_log_det_jacobian_fn: Callable[[Any], Any] | None = None,
        forward_log_det_jacobian_fn: Callable[[Any], Any] | None = None,
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        forward_min_event_ndims: int = 0,
        name: str = "inline",
    ) -> None:
        super().__init__(forward_min_event_ndims, is_constant_jacobian, validate_args, name)
        given = {
            "_forward": forward_fn,
            "_inverse": inverse_fn,
            "_inverse_log_det": inverse_log_det_jacobian_fn,
            "_forward_log_det": forward_log_det_jacobian_fn,
        }
        for method, function in given.items():
            if function is not None:
                setattr(self, method, function)
