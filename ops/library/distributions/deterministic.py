"""Distributions that always give the same: Deterministic, VectorDeterministic."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.rearranging import broadcast_to
from ...families.arrays.shape_ops import shape
from ...families.arrays.stacking import concat
from ...families.elementwise.arithmetic import abs as absolute
from ...families.elementwise.cast import cast
from ...families.elementwise.like import zeros_like
from ...families.reductions.reductions import reduce_all
from ...types.tensor_shape import TensorShape
from .distribution import FULLY_REPARAMETERIZED, Distribution
from .divergence import RegisterKL


class _Same(Distribution):
    """What both have in common: samples are `loc`."""

    def _keep(self, given: dict[str, Any]) -> None:
        with name_scope(given["name"], values=[given["loc"], given["atol"], given["rtol"]]) as scope:
            self._loc = convert_to_tensor(given["loc"], name="loc")
            slack = [given["atol"], given["rtol"]]
            zero = convert_to_tensor(0, dtype=self._loc.dtype.base_dtype)
            self._atol, self._rtol = (
                zero if value is None else convert_to_tensor(value, dtype=self._loc.dtype.base_dtype) for value in slack
            )
            self._slack = self._atol if given["rtol"] is None else self._atol + self._rtol * absolute(self._loc)
        super().__init__(
            self._loc.dtype, FULLY_REPARAMETERIZED, given["validate_args"], given["allow_nan_stats"], given,
            [self._loc, self._atol, self._rtol], scope,
        )  # fmt: skip

    @property
    def loc(self) -> Any:
        """What samples are."""
        return self._loc

    @property
    def atol(self) -> Any:
        """How far a value may be from it."""
        return self._atol

    @property
    def rtol(self) -> Any:
        """The same, as a share of its size."""
        return self._rtol

    def _sample_n(self, n: Any, seed: Any) -> Any:
        return broadcast_to(self._loc, concat([[n], shape(self._loc)], 0))

    def _is_near(self, value: Any) -> Any:
        return absolute(value - self._loc) <= self._slack

    def _mean(self) -> Any:
        from ...building.basic_ops import identity

        return identity(self._loc)

    _mode = _mean

    def _variance(self) -> Any:
        return zeros_like(self._loc)


class Deterministic(_Same):
    """Numbers that are always the same.

    Args:
      loc: the numbers.
      atol, rtol: how far a value may be from them and have the probability 1: `atol + rtol * |loc|`; None for 0.
      validate_args, allow_nan_stats, name: as for all distributions.
    """

    def __init__(
        self,
        loc: Any,
        atol: Any = None,
        rtol: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Deterministic",
    ) -> None:
        self._keep({key: value for key, value in locals().items() if key != "self"})

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = self._loc.shape
        return known

    def _batch_shape_tensor(self) -> Any:
        return shape(self._loc)

    def _prob(self, value: Any) -> Any:
        return cast(self._is_near(value), self._dtype)

    def _cdf(self, value: Any) -> Any:
        return cast(value >= self._loc - self._slack, self._dtype)

    def _entropy(self) -> Any:
        return zeros_like(self._loc)


class VectorDeterministic(_Same):
    """Vectors that are always the same.

    Args: as `Deterministic`'s; `loc` has at least one dimension.
    Raises: ValueError for a scalar.
    """

    def __init__(
        self,
        loc: Any,
        atol: Any = None,
        rtol: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorDeterministic",
    ) -> None:
        self._keep({key: value for key, value in locals().items() if key != "self"})
        if self._loc.shape.ndims == 0:
            raise ValueError("VectorDeterministic: `loc` is a scalar; it has to be at least a vector.")

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = self._loc.shape[:-1]
        return known

    def _event_shape(self) -> TensorShape:
        known: TensorShape = self._loc.shape[-1:]
        return known

    def _batch_shape_tensor(self) -> Any:
        return shape(self._loc)[:-1]

    def _event_shape_tensor(self) -> Any:
        return shape(self._loc)[-1:]

    def _prob(self, value: Any) -> Any:
        return cast(reduce_all(self._is_near(value), -1), self._dtype)

    def _entropy(self) -> Any:
        return zeros_like(self._loc)[..., 0]


@RegisterKL(_Same, Distribution)
def _same(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_deterministic_distribution"):
        return -b.log_prob(a.loc)
