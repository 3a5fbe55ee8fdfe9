"""Bijectors of triangular matrices, and of vectors that are ordered or shares of a whole."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ....families.arrays.stacking import concat
from ....families.elementwise.arithmetic import abs as absolute
from ....families.elementwise.exponential import exp, log
from ....families.elementwise.like import ones_like, zeros_like
from ....families.linalg.factorizations import cholesky, matrix_triangular_solve
from ....families.linalg.matrix_parts import matrix_diag, matrix_diag_part, matrix_set_diag
from ....families.linalg.products import matmul
from ....families.nn.activations import softplus
from ....families.nn.softmax import softmax
from ....families.reductions.reductions import reduce_logsumexp, reduce_sum
from ....families.reductions.scan import cumsum
from ....types.tensor_shape import TensorShape
from .base import Bijector
from .composed import Chain
from .scalars import AffineScalar, Softplus
from .tools import fill_triangular, fill_triangular_inverse, triangle_rows


class FillTriangular(Bijector):
    """Triangular matrices of the elements of vectors, see `fill_triangular`."""

    def __init__(self, upper: bool = False, validate_args: bool = False, name: str = "fill_triangular") -> None:
        self._upper = upper
        super().__init__(
            is_constant_jacobian=True,
            validate_args=validate_args,
            forward_min_event_ndims=1,
            inverse_min_event_ndims=2,
            name=name,
        )

    def _forward(self, x: Any) -> Any:
        return fill_triangular(x, self._upper)

    def _inverse(self, y: Any) -> Any:
        return fill_triangular_inverse(y, self._upper)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return zeros_like(x[..., 0])

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return zeros_like(y[..., 0, 0])

    def _forward_event_shape(self, input_shape: TensorShape) -> TensorShape:
        rows = triangle_rows(int(input_shape[-1]))
        square: TensorShape = input_shape[:-1].concatenate([rows, rows])
        return square

    def _inverse_event_shape(self, output_shape: TensorShape) -> TensorShape:
        rows = int(output_shape[-1])
        vector: TensorShape = output_shape[:-2].concatenate([rows * (rows + 1) // 2])
        return vector


class TransformDiagonal(Bijector):
    """Matrices whose diagonals go through a bijector.

    Args:
      diag_bijector: of vectors, or of their elements.
      validate_args, name: as for all bijectors.
    """

    def __init__(self, diag_bijector: Bijector, validate_args: bool = False, name: str = "transform_diagonal") -> None:
        self._of_diagonals = diag_bijector
        super().__init__(validate_args=validate_args, forward_min_event_ndims=2, name=name)

    def _forward(self, x: Any) -> Any:
        return matrix_set_diag(x, self._of_diagonals.forward(matrix_diag_part(x)))

    def _inverse(self, y: Any) -> Any:
        return matrix_set_diag(y, self._of_diagonals.inverse(matrix_diag_part(y)))

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return self._of_diagonals.forward_log_det_jacobian(matrix_diag_part(x), event_ndims=1)

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return self._of_diagonals.inverse_log_det_jacobian(matrix_diag_part(y), event_ndims=1)


class ScaleTriL(Chain):
    """Lower triangles with positive diagonals, of vectors of any numbers.

    Args:
      diag_bijector: what makes diagonals positive; default: `Softplus()`.
      diag_shift: what is added to them then; None for nothing.
      validate_args, name: as for all bijectors.
    """

    def __init__(
        self, diag_bijector: Bijector | None = None, diag_shift: Any = 1e-5, validate_args: bool = False,
        name: str = "scale_tril",
    ) -> None:  # fmt: skip
        positive: Bijector = Softplus(validate_args=validate_args) if diag_bijector is None else diag_bijector
        if diag_shift is not None:
            positive = Chain([AffineScalar(shift=diag_shift), positive])
        super().__init__([TransformDiagonal(positive), FillTriangular()], validate_args, name)


class CholeskyOuterProduct(Bijector):
    """`x x^T` of lower triangles x with positive diagonals; the inverse is the Cholesky factor."""

    def __init__(self, validate_args: bool = False, name: str = "cholesky_outer_product") -> None:
        super().__init__(validate_args=validate_args, forward_min_event_ndims=2, name=name)

    def _forward(self, x: Any) -> Any:
        return matmul(x, x, adjoint_b=True)

    def _inverse(self, y: Any) -> Any:
        return cholesky(y)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        """The i-th element of the diagonal stands in `n - i` elements of the product, and twice in its own."""
        diagonal = matrix_diag_part(x)
        rows = int(diagonal.shape[-1])
        exponents = np.arange(rows, 0, -1).astype(x.dtype.as_numpy_dtype)
        return reduce_sum(exponents * log(diagonal), -1) + rows * math.log(2.0)


class MatrixInverseTriL(Bijector):
    """The inverses of lower triangles."""

    def __init__(self, validate_args: bool = False, name: str = "matrix_inverse_tril") -> None:
        super().__init__(validate_args=validate_args, forward_min_event_ndims=2, name=name)

    def _forward(self, x: Any) -> Any:
        return matrix_triangular_solve(x, matrix_diag(ones_like(matrix_diag_part(x))))

    def _inverse(self, y: Any) -> Any:
        return self._forward(y)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        diagonal = matrix_diag_part(x)
        return -(int(diagonal.shape[-1]) + 1.0) * reduce_sum(log(absolute(diagonal)), -1)


class Ordered(Bijector):
    """Vectors of any numbers, of vectors whose elements increase: the first one, and the logarithms of the steps."""

    def __init__(self, validate_args: bool = False, name: str = "ordered") -> None:
        super().__init__(validate_args=validate_args, forward_min_event_ndims=1, name=name)

    def _forward(self, x: Any) -> Any:
        return concat([x[..., :1], log(x[..., 1:] - x[..., :-1])], -1)

    def _inverse(self, y: Any) -> Any:
        return cumsum(concat([y[..., :1], exp(y[..., 1:])], -1), axis=-1)

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return reduce_sum(y[..., 1:], -1)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return -reduce_sum(log(x[..., 1:] - x[..., :-1]), -1)


class SoftmaxCentered(Bijector):
    """Shares of a whole, of vectors that have an element less: the softmax of the vector and a zero."""

    def __init__(self, validate_args: bool = False, name: str = "softmax_centered") -> None:
        super().__init__(validate_args=validate_args, forward_min_event_ndims=1, name=name)

    def _forward(self, x: Any) -> Any:
        y = softmax(concat([x, zeros_like(x[..., :1])], -1))
        y.set_shape(self._forward_event_shape(x.shape))
        return y

    def _inverse(self, y: Any) -> Any:
        logs = log(y)
        return logs[..., :-1] - logs[..., -1:]

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return -reduce_sum(log(y), -1)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        whole = softplus(reduce_logsumexp(x, -1, keepdims=True))
        return reduce_sum(x - whole, -1) - whole[..., 0]

    def _forward_event_shape(self, input_shape: TensorShape) -> TensorShape:
        length = input_shape[-1].value if input_shape.ndims else None
        longer: TensorShape = input_shape[:-1].concatenate([None if length is None else length + 1])
        return longer

    def _inverse_event_shape(self, output_shape: TensorShape) -> TensorShape:
        length = output_shape[-1].value if output_shape.ndims else None
        shorter: TensorShape = output_shape[:-1].concatenate([None if length is None else length - 1])
        return shorter
