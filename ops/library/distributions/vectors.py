"""Distributions of vectors: MultivariateNormalDiag."""

from __future__ import annotations

from typing import Any

from ...building.default_graph import name_scope
from ...families.arrays.shape_ops import broadcast_dynamic_shape, broadcast_static_shape, shape
from ...families.arrays.stacking import concat
from ...families.elementwise.arithmetic import abs as absolute
from ...families.elementwise.arithmetic import square
from ...families.elementwise.exponential import log
from ...families.elementwise.like import ones_like, zeros_like
from ...families.linalg.matrix_parts import matrix_diag
from ...families.random.sampling import random_normal
from ...families.reductions.reductions import reduce_sum
from ...types.tensor_shape import TensorShape
from .continuous import LOG_2_PI
from .distribution import FULLY_REPARAMETERIZED, Distribution, float_parameters
from .divergence import RegisterKL


class MultivariateNormalDiag(Distribution):
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
        super().__init__(
            first.dtype,
            FULLY_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            given,
            [self._loc, self._diagonal],
            scope,
        )

    @property
    def loc(self) -> Any:
        """The means."""
        return self._loc

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
