"""Distributions whose parameters go through softplus first, and may be any numbers therefore."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.elementwise.arithmetic import abs as absolute
from ...families.elementwise.rounding import floor
from ...families.nn.activations import softplus
from .continuous import Exponential, Laplace, Normal, StudentT
from .more_continuous import Chi2, InverseGamma
from .positive import Beta, Gamma
from .vectors import MultivariateNormalDiag


def _soft(value: Any, name: str) -> Any:
    return softplus(convert_to_tensor(value), name=name)


class NormalWithSoftplusScale(Normal):
    """`Normal` of the scale `softplus(scale)`."""

    def __init__(
        self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "NormalWithSoftplusScale",
    ) -> None:  # fmt: skip
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[scale]) as scope:
            super().__init__(loc, _soft(scale, "softplus_scale"), validate_args, allow_nan_stats, scope)
        self._parameters = given


class LaplaceWithSoftplusScale(Laplace):
    """`Laplace` of the scale `softplus(scale)`."""

    def __init__(
        self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "LaplaceWithSoftplusScale",
    ) -> None:  # fmt: skip
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[loc, scale]) as scope:
            super().__init__(loc, _soft(scale, "softplus_scale"), validate_args, allow_nan_stats, scope)
        self._parameters = given


class ExponentialWithSoftplusRate(Exponential):
    """`Exponential` of the rate `softplus(rate)`."""

    def __init__(
        self, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "ExponentialWithSoftplusRate",
    ) -> None:  # fmt: skip
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[rate]) as scope:
            super().__init__(_soft(rate, "softplus_rate"), validate_args, allow_nan_stats, scope)
        self._parameters = given


class GammaWithSoftplusConcentrationRate(Gamma):
    """`Gamma` of `softplus(concentration)` and `softplus(rate)`."""

    def __init__(
        self, concentration: Any, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "GammaWithSoftplusConcentrationRate",
    ) -> None:  # fmt: skip
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[concentration, rate]) as scope:
            soft = _soft(concentration, "softplus_concentration"), _soft(rate, "softplus_rate")
            super().__init__(*soft, validate_args, allow_nan_stats, scope)
        self._parameters = given


class InverseGammaWithSoftplusConcentrationRate(InverseGamma):
    """`InverseGamma` of `softplus(concentration)` and `softplus(rate)`."""

    def __init__(
        self, concentration: Any, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "InverseGammaWithSoftplusConcentrationRate",
    ) -> None:  # fmt: skip
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[concentration, rate]) as scope:
            soft = _soft(concentration, "softplus_concentration"), _soft(rate, "softplus_rate")
            super().__init__(*soft, validate_args, allow_nan_stats, scope)
        self._parameters = given


class BetaWithSoftplusConcentration(Beta):
    """`Beta` of `softplus(concentration1)` and `softplus(concentration0)`."""

    def __init__(
        self, concentration1: Any, concentration0: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "BetaWithSoftplusConcentration",
    ) -> None:  # fmt: skip
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[concentration1, concentration0]) as scope:
            soft = _soft(concentration1, "softplus_concentration1"), _soft(concentration0, "softplus_concentration0")
            super().__init__(*soft, validate_args, allow_nan_stats, scope)
        self._parameters = given


class Chi2WithAbsDf(Chi2):
    """`Chi2` of the degrees of freedom `floor(|df|)`."""

    def __init__(
        self, df: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "Chi2WithAbsDf"
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[df]) as scope:
            whole = floor(absolute(convert_to_tensor(df), name="abs_df"))
            super().__init__(whole, validate_args, allow_nan_stats, scope)
        self._parameters = given


class StudentTWithAbsDfSoftplusScale(StudentT):
    """`StudentT` of the degrees of freedom `floor(|df|)` and the scale `softplus(scale)`."""

    def __init__(
        self, df: Any, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "StudentTWithAbsDfSoftplusScale",
    ) -> None:  # fmt: skip
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[df, scale]) as scope:
            whole = floor(absolute(convert_to_tensor(df)))
            super().__init__(whole, loc, _soft(scale, "softplus_scale"), validate_args, allow_nan_stats, scope)
        self._parameters = given


class MultivariateNormalDiagWithSoftplusScale(MultivariateNormalDiag):
    """`MultivariateNormalDiag` of the standard deviations `softplus(scale_diag)`."""

    def __init__(
        self, loc: Any, scale_diag: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiagWithSoftplusScale",
    ) -> None:  # fmt: skip
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[scale_diag]) as scope:
            soft = _soft(scale_diag, "softplus_scale")
            super().__init__(loc, soft, None, validate_args, allow_nan_stats, scope)
        self._parameters = given
