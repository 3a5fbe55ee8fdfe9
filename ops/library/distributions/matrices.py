"""Distributions of matrices: Wishart, by the scale or its Cholesky factor."""

from __future__ import annotations

import math
from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import range as range_of
from ...families.arrays.reshaping import expand_dims
from ...families.arrays.shape_ops import broadcast_dynamic_shape, broadcast_static_shape, shape
from ...families.arrays.stacking import concat
from ...families.elementwise.arithmetic import square
from ...families.elementwise.cast import cast
from ...families.elementwise.exponential import log, sqrt
from ...families.elementwise.like import ones_like
from ...families.elementwise.select import select_v2
from ...families.linalg.factorizations import cholesky, matrix_triangular_solve
from ...families.linalg.matrix_parts import matrix_band_part, matrix_diag_part, matrix_set_diag
from ...families.linalg.products import matmul
from ...families.random.drawing import random_gamma
from ...families.random.sampling import random_normal
from ...families.reductions.reductions import reduce_sum
from ...families.special.functions import digamma, lgamma
from ...types.tensor_shape import TensorShape
from .distribution import FULLY_REPARAMETERIZED, Distribution, derived_seed


class _Wishart(Distribution):
    """What both have in common: `df` degrees of freedom and a lower triangle."""

    def _keep(self, given: dict[str, Any], df: Any, triangle: Any, scope: str) -> None:
        self._df = df
        self._triangle = matrix_band_part(triangle, -1, 0)
        self._of_factors = bool(given["cholesky_input_output_matrices"])
        super().__init__(
            triangle.dtype, FULLY_REPARAMETERIZED, given["validate_args"], given["allow_nan_stats"], given,
            [df, triangle], scope,
        )  # fmt: skip

    @property
    def df(self) -> Any:
        """Degrees of freedom."""
        return self._df

    @property
    def cholesky_input_output_matrices(self) -> bool:
        """Whether values are Cholesky factors of matrices."""
        return self._of_factors

    @property
    def dimension(self) -> Any:
        """How many rows matrices have."""
        return self._triangle.shape[-1]

    def scale(self) -> Any:
        """Return the scale, or its Cholesky factor if values are factors."""
        return self._triangle if self._of_factors else self._product()

    def _product(self) -> Any:
        return matmul(self._triangle, self._triangle, adjoint_b=True)

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = broadcast_static_shape(self._df.shape, self._triangle.shape[:-2])
        return known

    def _event_shape(self) -> TensorShape:
        known: TensorShape = self._triangle.shape[-2:]
        return known

    def _batch_shape_tensor(self) -> Any:
        return broadcast_dynamic_shape(shape(self._df), shape(self._triangle)[:-2])

    def _event_shape_tensor(self) -> Any:
        return shape(self._triangle)[-2:]

    def _rows(self) -> Any:
        return cast(shape(self._triangle)[-1], self._dtype)

    def _log_det(self) -> Any:
        """Half of the logarithm of the scale's determinant."""
        return reduce_sum(log(matrix_diag_part(self._triangle)), -1)

    def _halves(self) -> Any:
        """Half of the degrees of freedom that each row leaves, a vector per distribution."""
        return expand_dims(0.5 * self._df, -1) - 0.5 * cast(range_of(shape(self._triangle)[-1]), self._dtype)

    def _log_multi_gamma(self) -> Any:
        rows = self._rows()
        return 0.25 * rows * (rows - 1.0) * math.log(math.pi) + reduce_sum(lgamma(self._halves()), -1)

    def _sample_n(self, n: Any, seed: Any) -> Any:
        """Bartlett's: a lower triangle of normal numbers, and roots of chi-squared ones on its diagonal."""
        batch = concat([[n], self.batch_shape_tensor()], 0)
        normal = random_normal(concat([batch, self.event_shape_tensor()], 0), dtype=self._dtype, seed=seed)
        from ...families.arrays.rearranging import broadcast_to

        whole = concat([batch, self.event_shape_tensor()], 0)
        halves = broadcast_to(self._halves(), whole[1:-1])
        chi = random_gamma([n], halves, beta=0.5, dtype=self._dtype, seed=derived_seed(seed, "wishart"))
        drawn = matmul(broadcast_to(self._triangle, whole), matrix_set_diag(matrix_band_part(normal, -1, 0), sqrt(chi)))
        return drawn if self._of_factors else matmul(drawn, drawn, adjoint_b=True)

    def _log_prob(self, value: Any) -> Any:
        from ...families.arrays.rearranging import broadcast_to

        factor = value if self._of_factors else cholesky(value)
        extents = broadcast_dynamic_shape(shape(factor), shape(self._triangle))
        solved = matrix_triangular_solve(broadcast_to(self._triangle, extents), broadcast_to(factor, extents))
        half_log_det = reduce_sum(log(matrix_diag_part(factor)), -1)
        normalization = (
            self._df * self._log_det() + 0.5 * self._df * self._rows() * math.log(2.0) + self._log_multi_gamma()
        )
        trace = reduce_sum(square(solved), [-2, -1])
        return (self._df - self._rows() - 1.0) * half_log_det - 0.5 * trace - normalization

    def _entropy(self) -> Any:
        half_rows, half = 0.5 * self._rows() + 0.5, 0.5 * self._df
        return (
            self._rows() * (half + half_rows * math.log(2.0))
            + 2.0 * half_rows * self._log_det()
            + self._log_multi_gamma()
            + (half_rows - half) * reduce_sum(digamma(self._halves()), -1)
        )

    def _wide(self, number: Any) -> Any:
        return expand_dims(expand_dims(number, -1), -1)

    def _mean(self) -> Any:
        if self._of_factors:
            return sqrt(self._wide(self._df)) * self._triangle
        return self._wide(self._df) * self._product()

    def _variance(self) -> Any:
        product = self._product()
        diagonal = matrix_diag_part(product)
        variance = self._wide(self._df) * (square(product) + expand_dims(diagonal, -1) * expand_dims(diagonal, -2))
        return cholesky(variance) if self._of_factors else variance

    def _stddev(self) -> Any:
        if self._of_factors:
            raise ValueError("Computing std. dev. when is cholesky_input_output_matrices=True does not make sense.")
        return cholesky(self._variance())  # TensorFlow's: no root of each element

    def _mode(self) -> Any:
        rest = self._df - self._rows() - 1.0
        rest = self._wide(select_v2(rest < 0.0, float("nan") * ones_like(rest), rest))
        return sqrt(rest) * self._triangle if self._of_factors else rest * self._product()

    def mean_log_det(self, name: str = "mean_log_det") -> Any:
        """Return the mean of the logarithm of the determinant."""
        with self._scope(name):
            return reduce_sum(digamma(self._halves()), -1) + self._rows() * math.log(2.0) + 2.0 * self._log_det()

    def log_normalization(self, name: str = "log_normalization") -> Any:
        """Return the logarithm of what the density is divided by."""
        with self._scope(name):
            return self._df * self._log_det() + 0.5 * self._df * self._rows() * math.log(2.0) + self._log_multi_gamma()


class WishartCholesky(_Wishart):
    """The Wishart distribution of positive definite matrices, by the Cholesky factor of its scale.

    Args:
      df: degrees of freedom, at least the number of rows.
      scale: the factor, a lower triangle.
      cholesky_input_output_matrices: whether values are Cholesky factors too.
      validate_args, allow_nan_stats, name: as for all distributions.
    """

    def __init__(
        self,
        df: Any,
        scale: Any,
        cholesky_input_output_matrices: bool = False,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "WishartCholesky",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[df, scale]) as scope:
            triangle = convert_to_tensor(scale, name="scale")
            df = convert_to_tensor(df, dtype=triangle.dtype.base_dtype, name="df")
        self._keep(given, df, triangle, scope)


class WishartFull(_Wishart):
    """The Wishart distribution of positive definite matrices.

    Args:
      df: degrees of freedom, at least the number of rows.
      scale: a positive definite matrix.
      cholesky_input_output_matrices: whether values are Cholesky factors of matrices.
      validate_args, allow_nan_stats, name: as for all distributions.
    """

    def __init__(
        self,
        df: Any,
        scale: Any,
        cholesky_input_output_matrices: bool = False,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "WishartFull",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[df, scale]) as scope:
            triangle = cholesky(convert_to_tensor(scale, name="scale"))
            df = convert_to_tensor(df, dtype=triangle.dtype.base_dtype, name="df")
        self._keep(given, df, triangle, scope)
