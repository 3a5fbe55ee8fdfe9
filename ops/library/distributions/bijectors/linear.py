"""Bijectors of vectors that are linear, or move elements: Affine, AffineLinearOperator, Permute, Reshape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ....building.convert import convert_to_tensor
from ....families.arrays.filling import zeros
from ....families.arrays.reshaping import expand_dims, reshape, squeeze
from ....families.arrays.shape_ops import shape
from ....families.arrays.stacking import concat
from ....families.elementwise.arithmetic import abs as absolute
from ....families.elementwise.exponential import log
from ....families.indexing.gathering import gather
from ....families.linalg.factorizations import matrix_solve, matrix_triangular_solve, slogdet
from ....families.linalg.matrix_parts import matrix_diag_part, matrix_set_diag
from ....families.linalg.products import matmul
from ....families.reductions.reductions import reduce_sum
from ....types.tensor_shape import TensorShape
from ...linear_operators import LinearOperator
from .base import Bijector


class Affine(Bijector):
    """y = scale x + shift, for vectors; the scale is the sum of what is given of it, the identity if nothing is.

    Args:
      shift: vectors.
      scale_identity_multiplier: a number times the identity.
      scale_diag: a diagonal.
      scale_tril: a lower triangular matrix.
      scale_perturb_factor: columns U that add `U diag(d) U^T`.
      scale_perturb_diag: d; None for ones.
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
        self.shift = None if shift is None else convert_to_tensor(shift, name="shift")
        self._diagonal = None if scale_diag is None else convert_to_tensor(scale_diag, name="scale_diag")
        if scale_identity_multiplier is not None:
            number = convert_to_tensor(scale_identity_multiplier, name="scale_identity_multiplier")[..., None]
            self._diagonal = number if self._diagonal is None else self._diagonal + number
        self._matrix = None if scale_tril is None else convert_to_tensor(scale_tril, name="scale_tril")
        if self._matrix is not None and self._diagonal is not None:
            self._matrix = matrix_set_diag(self._matrix, matrix_diag_part(self._matrix) + self._diagonal)
            self._diagonal = None
        self._is_triangle = scale_perturb_factor is None
        if scale_perturb_factor is not None:
            self._perturb(convert_to_tensor(scale_perturb_factor, name="scale_perturb_factor"), scale_perturb_diag)
        super().__init__(is_constant_jacobian=True, validate_args=validate_args, forward_min_event_ndims=1, name=name)

    def _perturb(self, factor: Any, weights: Any) -> None:
        """Add what few columns make."""
        weighted = factor if weights is None else factor * expand_dims(convert_to_tensor(weights), -2)
        added = matmul(weighted, factor, adjoint_b=True)
        if self._matrix is None:
            one = convert_to_tensor(1, dtype=added.dtype) if self._diagonal is None else self._diagonal
            self._matrix = matrix_set_diag(added, matrix_diag_part(added) + one)
        else:
            self._matrix = self._matrix + added
        self._diagonal = None

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
        solve = matrix_triangular_solve if self._is_triangle else matrix_solve
        return squeeze(solve(matrix, expand_dims(x, -1)), [-1])

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        if self._matrix is not None and not self._is_triangle:
            return slogdet(self._matrix)[1]
        if self._matrix is not None:
            return reduce_sum(log(absolute(matrix_diag_part(self._matrix))), -1)
        if self._diagonal is None:
            return zeros([], x.dtype)
        return reduce_sum(log(absolute(self._diagonal)) + zeros([x.shape[-1].value], x.dtype), -1)


def _rows(matrix: Any, x: Any) -> Any:
    return squeeze(matmul(_wide(matrix, x), expand_dims(x, -1)), [-1])


def _wide(matrix: Any, x: Any) -> Any:
    """The matrix once for each vector of `x`."""
    from ....families.arrays.rearranging import broadcast_to
    from ....families.arrays.shape_ops import shape
    from ....families.arrays.stacking import concat

    return broadcast_to(matrix, concat([shape(x)[:-1], shape(matrix)[-2:]], 0))


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
        super().__init__(
            is_constant_jacobian=True, validate_args=validate_args, forward_min_event_ndims=1, name=name or "permute"
        )

    def _forward(self, x: Any) -> Any:
        return gather(x, self.permutation, axis=-1)

    def _inverse(self, y: Any) -> Any:
        return gather(y, self._back, axis=-1)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return zeros([], x.dtype)


class AffineLinearOperator(Bijector):
    """y = scale x + shift, for vectors and a linear operator.

    Args:
      shift: vectors, or None.
      scale: a `LinearOperator`; None for the identity.
      validate_args, name: as for all bijectors.
    Raises: TypeError if the scale is no linear operator.
    """

    def __init__(
        self, shift: Any = None, scale: Any = None, validate_args: bool = False, name: str = "affine_linear_operator"
    ) -> None:
        if scale is not None and not isinstance(scale, LinearOperator):
            raise TypeError("scale is not an instance of tf.LinearOperator")
        self.scale = scale
        self.shift = None if shift is None else convert_to_tensor(shift, name="shift")
        super().__init__(is_constant_jacobian=True, validate_args=validate_args, forward_min_event_ndims=1, name=name)

    def _forward(self, x: Any) -> Any:
        y = x if self.scale is None else _rows(self.scale.to_dense(), x)
        return y if self.shift is None else y + self.shift

    def _inverse(self, y: Any) -> Any:
        x = y if self.shift is None else y - self.shift
        if self.scale is None:
            return x
        return squeeze(matrix_solve(_wide(self.scale.to_dense(), x), expand_dims(x, -1)), [-1])

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return zeros([], x.dtype) if self.scale is None else self.scale.log_abs_determinant()


class Reshape(Bijector):
    """The elements of an event in another shape.

    Args:
      event_shape_out: the shape of values.
      event_shape_in: the shape of places; by default a vector.
      validate_args, name: as for all bijectors.
    """

    def __init__(
        self, event_shape_out: Any, event_shape_in: Any = (-1,), validate_args: bool = False, name: str | None = None
    ) -> None:
        self._out = [int(extent) for extent in np.ravel(event_shape_out)]
        self._in = [int(extent) for extent in np.ravel(event_shape_in)]
        if min([*self._out, *self._in], default=0) < -1 or max(self._out.count(-1), self._in.count(-1)) > 1:
            raise ValueError(f"Reshape: shapes have at most one unknown extent: {self._in} to {self._out}")
        super().__init__(
            is_constant_jacobian=True,
            validate_args=validate_args,
            forward_min_event_ndims=len(self._in),
            inverse_min_event_ndims=len(self._out),
            name=name or "reshape",
        )

    def _moved(self, x: Any, before: list[int], after: list[int]) -> Any:
        known = None
        if x.shape.ndims is not None:
            outer = x.shape[: len(x.shape) - len(before)]
            known = outer.concatenate(self._shape(x.shape[len(outer) :], before, after))
        lead = shape(x)[: -len(before)] if before else shape(x)
        result = reshape(x, concat([lead, after], 0))
        result.set_shape(known)
        return result

    @staticmethod
    def _shape(known: TensorShape, before: list[int], after: list[int]) -> TensorShape:
        """The shape after; what is to be found out is, where the shape before is known."""
        extents = known.as_list()
        for extent, wanted in zip(extents, before, strict=True):
            if extent is not None and wanted not in (-1, extent):
                raise ValueError(f"Reshape: an event of the shape {extents} is not of the shape {before}")
        size = None if None in extents else math.prod(int(extent or 0) for extent in extents)
        rest = int(np.prod([extent for extent in after if extent != -1]))
        if size is None:
            return TensorShape([None if extent == -1 else extent for extent in after])
        if rest and size % rest or -1 not in after and size != rest:
            raise ValueError(f"Reshape: {size} elements of the shape {extents} do not fit into {after}")
        return TensorShape([size // rest if extent == -1 else extent for extent in after])

    def _forward(self, x: Any) -> Any:
        return self._moved(x, self._in, self._out)

    def _inverse(self, y: Any) -> Any:
        return self._moved(y, self._out, self._in)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return zeros([], x.dtype)

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return zeros([], y.dtype)

    def _forward_event_shape(self, input_shape: TensorShape) -> TensorShape:
        outer = input_shape[: len(input_shape) - len(self._in)]
        whole: TensorShape = outer.concatenate(self._shape(input_shape[len(outer) :], self._in, self._out))
        return whole

    def _inverse_event_shape(self, output_shape: TensorShape) -> TensorShape:
        outer = output_shape[: len(output_shape) - len(self._out)]
        whole: TensorShape = outer.concatenate(self._shape(output_shape[len(outer) :], self._out, self._in))
        return whole
