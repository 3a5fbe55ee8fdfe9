"""Normal distributions of vectors, by what their covariance is made of: MultivariateNormalDiag, TriL and others."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.reshaping import expand_dims, squeeze
from ...families.arrays.shape_ops import broadcast_dynamic_shape, broadcast_static_shape, shape
from ...families.arrays.stacking import concat
from ...families.elementwise.arithmetic import abs as absolute
from ...families.elementwise.arithmetic import square
from ...families.elementwise.exponential import log
from ...families.elementwise.like import ones_like, zeros_like
from ...families.linalg.factorizations import cholesky, matrix_solve, matrix_triangular_solve, slogdet
from ...families.linalg.matrix_parts import matrix_diag
from ...families.linalg.products import matmul
from ...families.random.sampling import random_normal
from ...families.reductions.reductions import reduce_sum
from ...types.tensor_shape import TensorShape
from ..linear_operators import LinearOperatorDiag, LinearOperatorFullMatrix, LinearOperatorLowerTriangular
from .continuous import LOG_2_PI
from .distribution import FULLY_REPARAMETERIZED, Distribution, float_parameters
from .divergence import RegisterKL


class MultivariateNormalLinearOperator(Distribution):
    """Normal vectors `scale z + loc`, for independent z.

    Args:
      loc: the means, a vector per distribution; None for zeros.
      scale: a linear operator: square matrices.
      validate_args, allow_nan_stats, name: as for all distributions.
    Raises: ValueError without a scale.
    """

    def __init__(
        self,
        loc: Any = None,
        scale: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalLinearOperator",
    ) -> None:
        if scale is None:
            raise ValueError("Missing required `scale` parameter.")
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[loc]) as scope:
            size = zeros_like(scale.diag_part())
            self._loc: Any = size if loc is None else convert_to_tensor(loc, dtype=scale.dtype, name="loc")
            self._example = self._loc + size
        self._scale_operator = scale
        super().__init__(scale.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, given, [self._loc], scope)

    @property
    def loc(self) -> Any:
        """The means."""
        return self._loc

    @property
    def scale(self) -> Any:
        """What independent numbers are multiplied by: a linear operator."""
        return self._scale_operator

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = self._example.shape[:-1]
        return known

    def _event_shape(self) -> TensorShape:
        known: TensorShape = self._example.shape[-1:]
        return known

    def _batch_shape_tensor(self) -> Any:
        return shape(self._example)[:-1]

    def _event_shape_tensor(self) -> Any:
        return shape(self._example)[-1:]

    def _sample_n(self, n: Any, seed: Any) -> Any:
        extents = concat([[n], shape(self._example)], 0)
        drawn = random_normal(extents, dtype=self._dtype, seed=seed)
        rotated = squeeze(matmul(self._wide(drawn), expand_dims(drawn, -1)), [-1])
        return rotated + self._loc

    def _wide(self, vectors: Any) -> Any:
        """The matrices, once for each vector."""
        from ...families.arrays.rearranging import broadcast_to

        matrix = self._scale_operator.to_dense()
        batch = broadcast_dynamic_shape(shape(vectors)[:-1], shape(matrix)[:-2])
        return broadcast_to(matrix, concat([batch, shape(matrix)[-2:]], 0))

    def _solved(self, vectors: Any) -> Any:
        from ...families.arrays.rearranging import broadcast_to

        matrix = self._wide(vectors)
        vectors = broadcast_to(vectors, shape(matrix)[:-1])
        is_triangle = isinstance(self._scale_operator, LinearOperatorLowerTriangular)
        solve: Any = matrix_triangular_solve if is_triangle else matrix_solve
        return squeeze(solve(matrix, expand_dims(vectors, -1)), [-1])

    def _size(self) -> Any:
        from ...families.elementwise.cast import cast

        return cast(shape(self._example)[-1], self._dtype)

    def _log_prob(self, value: Any) -> Any:
        z = self._solved(value - self._loc)
        constant = 0.5 * LOG_2_PI * self._size() + self._scale_operator.log_abs_determinant()
        return -0.5 * reduce_sum(square(z), -1) - constant

    def _entropy(self) -> Any:
        entropy = 0.5 * (1.0 + LOG_2_PI) * self._size() + self._scale_operator.log_abs_determinant()
        return entropy + zeros_like(self._example[..., 0])

    def _mean(self) -> Any:
        from ...building.basic_ops import identity

        return identity(self._example)

    _mode = _mean

    def _covariance(self) -> Any:
        matrix = self._scale_operator.to_dense()
        return matmul(matrix, matrix, adjoint_b=True)

    def _variance(self) -> Any:
        return reduce_sum(square(self._scale_operator.to_dense()), -1)


class _PerturbedDiagonal(LinearOperatorFullMatrix):
    """Matrices whose determinants may be too small to be numbers: their logarithms are taken at once."""

    def _log_abs_determinant(self) -> Any:
        return slogdet(self._matrix)[1]


class MultivariateNormalTriL(MultivariateNormalLinearOperator):
    """Normal vectors, by the Cholesky factor of their covariance.

    Args:
      loc: the means, a vector per distribution; None for zeros.
      scale_tril: the factors, lower triangles; None for the identity.
      validate_args, allow_nan_stats, name: as for all distributions.
    Raises: ValueError if neither is given.

    >>> tf.contrib.distributions.MultivariateNormalTriL([0.0, 1.0], [[1.0, 0.0], [0.5, 2.0]]).event_shape.as_list()
    [2]
    """

    def __init__(
        self,
        loc: Any = None,
        scale_tril: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalTriL",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        if loc is None and scale_tril is None:
            raise ValueError("Must specify one or both of `loc`, `scale_tril`.")
        with name_scope(name, values=[loc, scale_tril]) as scope:
            if scale_tril is None:
                operator: Any = LinearOperatorDiag(ones_like(convert_to_tensor(loc, name="loc")))
            else:
                operator = LinearOperatorLowerTriangular(scale_tril, is_non_singular=True)
            super().__init__(loc, operator, validate_args, allow_nan_stats, scope)
        self._parameters = given


class MultivariateNormalFullCovariance(MultivariateNormalTriL):
    """Normal vectors, by their covariance.

    Args:
      loc: the means, a vector per distribution; None for zeros.
      covariance_matrix: symmetric positive definite matrices; None for the identity.
      validate_args, allow_nan_stats, name: as for all distributions.
    Raises: ValueError if neither is given; InvalidArgumentError when the graph runs, if a matrix is not positive
      definite.
    """

    def __init__(
        self,
        loc: Any = None,
        covariance_matrix: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalFullCovariance",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[loc, covariance_matrix]) as scope:
            triangle = None if covariance_matrix is None else cholesky(covariance_matrix)
            super().__init__(loc, triangle, validate_args, allow_nan_stats, scope)
        self._parameters = given


class MultivariateNormalDiagPlusLowRank(MultivariateNormalLinearOperator):
    """Normal vectors whose scale is a diagonal and a product of few columns: `diag + factor diag(d) factor^T`.

    Args:
      loc: the means, a vector per distribution; None for zeros.
      scale_diag: the diagonal; None for ones.
      scale_identity_multiplier: a number per distribution that is added to it.
      scale_perturb_factor: the columns.
      scale_perturb_diag: the numbers d, one per column; None for ones.
      validate_args, allow_nan_stats, name: as for all distributions.
    Raises: ValueError if nothing says how long vectors are.
    """

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        scale_perturb_factor: Any = None,
        scale_perturb_diag: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiagPlusLowRank",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        sized = next((one for one in (scale_diag, loc) if one is not None), None)
        if sized is None and scale_perturb_factor is None:
            raise ValueError("MultivariateNormalDiagPlusLowRank needs `loc`, `scale_diag` or `scale_perturb_factor`.")
        with name_scope(name, values=[loc, scale_diag, scale_perturb_factor]) as scope:
            example = convert_to_tensor(sized) if sized is not None else convert_to_tensor(scale_perturb_factor)[..., 0]
            kind = example.dtype.base_dtype
            diagonal = ones_like(example) if scale_diag is None else convert_to_tensor(scale_diag, dtype=kind)
            if scale_identity_multiplier is not None:
                more = convert_to_tensor(scale_identity_multiplier, dtype=kind)[..., None]
                diagonal = more * ones_like(example) if scale_diag is None else diagonal + more
            if scale_perturb_factor is None:
                operator: Any = LinearOperatorDiag(diagonal)
            else:
                factor = convert_to_tensor(scale_perturb_factor, dtype=kind, name="scale_perturb_factor")
                weighted = factor
                if scale_perturb_diag is not None:
                    weighted = factor * expand_dims(convert_to_tensor(scale_perturb_diag, dtype=kind), -2)
                operator = _PerturbedDiagonal(matrix_diag(diagonal) + matmul(weighted, factor, adjoint_b=True))
            super().__init__(loc, operator, validate_args, allow_nan_stats, scope)
        self._parameters = given


class MultivariateNormalDiag(MultivariateNormalLinearOperator):
    """Vectors of independent normal numbers.

    Args:
      loc: the means, a vector per distribution; None for zeros.
      scale_diag: the standard deviations, of the same shape; None for ones.
      scale_identity_multiplier: a number per distribution that is added to them.
    Raises: ValueError if none of `scale_diag` and `loc` is given.
    """

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiag",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        if loc is None and scale_diag is None:
            raise ValueError("MultivariateNormalDiag needs `loc` or `scale_diag`, which say how long vectors are.")
        with name_scope(name, values=[loc, scale_diag]) as scope:
            known = {key: value for key, value in (("loc", loc), ("scale_diag", scale_diag)) if value is not None}
            made = dict(zip(known, float_parameters(**known)))
            first = next(iter(made.values()))
            diagonal = made.get("scale_diag")
            if scale_identity_multiplier is not None:
                more = float_parameters(scale_identity_multiplier=scale_identity_multiplier)[0][..., None]
                diagonal = more * ones_like(first) if diagonal is None else diagonal + more
            self._diagonal = ones_like(first) if diagonal is None else diagonal
            self._loc: Any = made["loc"] if loc is not None else zeros_like(self._diagonal)
        self._scale_operator = LinearOperatorDiag(self._diagonal)
        Distribution.__init__(
            self,
            first.dtype,
            FULLY_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            given,
            [self._loc, self._diagonal],
            scope,
        )

    @property
    def scale_diag(self) -> Any:
        """The standard deviations."""
        return self._diagonal

    def _whole(self) -> TensorShape:
        known: TensorShape = broadcast_static_shape(self._loc.shape, self._diagonal.shape)
        return known

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = self._whole()[:-1]
        return known

    def _event_shape(self) -> TensorShape:
        known: TensorShape = self._whole()[-1:]
        return known

    def _batch_shape_tensor(self) -> Any:
        return broadcast_dynamic_shape(shape(self._loc), shape(self._diagonal))[:-1]

    def _event_shape_tensor(self) -> Any:
        return broadcast_dynamic_shape(shape(self._loc), shape(self._diagonal))[-1:]

    def _sample_n(self, n: Any, seed: Any) -> Any:
        extents = concat([[n], self.batch_shape_tensor(), self.event_shape_tensor()], 0)
        return random_normal(extents, dtype=self._dtype, seed=seed) * self._diagonal + self._loc

    def _log_prob(self, value: Any) -> Any:
        z = (value - self._loc) / self._diagonal
        return reduce_sum(-0.5 * square(z) - 0.5 * LOG_2_PI - log(absolute(self._diagonal)) + zeros_like(z), -1)

    def _entropy(self) -> Any:
        one = zeros_like(self._loc)
        return reduce_sum(0.5 * (1.0 + LOG_2_PI) + log(absolute(self._diagonal)) + one, -1)

    def _mean(self) -> Any:
        return self._loc + zeros_like(self._diagonal)

    _mode = _mean

    def _stddev(self) -> Any:
        return absolute(self._diagonal) + zeros_like(self._loc)

    def _covariance(self) -> Any:
        return matrix_diag(square(self._stddev()))


@RegisterKL(MultivariateNormalDiag, MultivariateNormalDiag)
def _vectors(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_mvn"):
        ratio = square(a.scale_diag) / square(b.scale_diag)
        return reduce_sum(square(a.loc - b.loc) / (2.0 * square(b.scale_diag)) + 0.5 * (ratio - 1.0 - log(ratio)), -1)


@RegisterKL(MultivariateNormalLinearOperator, MultivariateNormalLinearOperator)
def _general_vectors(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_mvn"):
        first, second = a.scale.to_dense(), b.scale.to_dense()
        if first.shape.ndims != second.shape.ndims:
            first, second = _alike(first, second)
        ratio = reduce_sum(square(matrix_solve(second, first)), [-2, -1])
        away = reduce_sum(square(b._solved(b.loc - a.loc)), -1)
        return b.scale.log_abs_determinant() - a.scale.log_abs_determinant() + 0.5 * (ratio + away - a._size())


def _alike(first: Any, second: Any) -> tuple[Any, Any]:
    """Matrices of one batch shape."""
    from ...families.arrays.rearranging import broadcast_to

    extents = broadcast_dynamic_shape(shape(first), shape(second))
    return broadcast_to(first, extents), broadcast_to(second, extents)
