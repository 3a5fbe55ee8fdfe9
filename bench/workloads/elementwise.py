"""Elementwise work: chains of cheap operations, transcendental ones, and what people write with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np

from .. import drives, namespaces
from ..workload import Call, Reference, Values, Workload
from .data import uniform

CHAIN_TURNS = 5  # of four operations each


def from_formula(formula: Callable[..., Any]) -> Callable[[Any, Values], tuple[Any, list[Any]]]:
    """Return the `build` of a formula that reads the same in TensorFlow's names."""

    def build(tf: Any, values: Values) -> tuple[Any, list[Any]]:
        feeds = drives.placeholders(tf, values)
        return formula(namespaces.for_tf(tf), *feeds), feeds

    return build


def chain(xp: Any, x: Any, y: Any) -> Any:
    """Twenty operations over two arrays."""
    for _ in range(CHAIN_TURNS):
        x = xp.maximum(x * 0.9 + y, -2.0) - 0.1
    return x


def _chain_expression() -> str:
    text = "a"
    for _ in range(CHAIN_TURNS):
        text = f"(maximum({text} * 0.9 + b, -2.0) - 0.1)"
    return text


def transcendental(xp: Any, x: Any, y: Any) -> Any:
    """Six transcendental operations and three cheap ones."""
    return xp.tanh(xp.exp(xp.sin(x) * y)) + xp.log(xp.cos(x) + 2.0) * xp.sqrt(y + 1.5)


def gelu(xp: Any, x: Any) -> Any:
    """The tanh form of the Gaussian error linear unit."""
    return 0.5 * x * (1.0 + xp.tanh(0.7978845608 * (x + 0.044715 * x * x * x)))


def black_scholes(xp: Any, spot: Any, strike: Any, years: Any) -> list[Any]:
    """European call and put with a rate of 2% and a volatility of 30%."""
    rate, volatility = 0.02, 0.3
    spread = volatility * xp.sqrt(years)
    d1 = (xp.log(spot / strike) + (rate + 0.5 * volatility * volatility) * years) / spread
    d2 = d1 - spread
    below1 = 0.5 + 0.5 * xp.erf(d1 * 0.7071067811865476)
    below2 = 0.5 + 0.5 * xp.erf(d2 * 0.7071067811865476)
    discounted = strike * xp.exp(-rate * years)
    call = spot * below1 - discounted * below2
    return [call, call - spot + discounted]


def _options() -> Values:
    random = np.random.default_rng(2)
    ranges = ((80.0, 120.0), (80.0, 120.0), (0.2, 2.0))
    return tuple(random.uniform(low, high, 10**6).astype(np.float32) for low, high in ranges)


def _relu(xp: Any, x: Any, y: Any) -> Any:
    return xp.relu(2.5 * x + y)


def _differences(xp: Any, x: Any, y: Any) -> Any:
    return (x - y) * (x - y)


def _copy_10m(values: Values) -> Call:
    return Call(np.copyto, (np.zeros_like(values[0]), values[0]))


def _chain_of(size: int, label: str, **others: Any) -> Workload:
    return Workload(
        name=f"chain_{label}",
        title=f"chain of 20 operations, {label} float32",
        group="elementwise",
        values=uniform((size,), (size,)),
        build=from_formula(chain),
        formula=chain,
        numexpr=_chain_expression(),
        **others,
    )


def _multiply(values: Values) -> Call:
    return Call(np.multiply, values)


def _transcendental_of(size: int, label: str, **others: Any) -> Workload:
    return Workload(
        name=f"transcendental_{label}",
        title=f"sin cos exp log tanh sqrt, {label} float32",
        group="elementwise",
        values=uniform((size,), (size,)),
        build=from_formula(transcendental),
        formula=transcendental,
        numexpr="tanh(exp(sin(a) * b)) + log(cos(a) + 2.0) * sqrt(b + 1.5)",
        **others,
    )


def _short_values(dtype: Any) -> Callable[[], Values]:
    make = uniform((10**6,), (10**6,))
    return lambda: tuple(value.astype(dtype) for value in make())


def _short(dtype: Any, atol: float) -> Workload:
    name = np.dtype(dtype).name
    return Workload(
        name=f"{name}_1e6",
        title=f"chain of 20 operations, 1e6 {name}",
        group="elementwise",
        values=_short_values(dtype),
        build=from_formula(chain),
        formula=chain,
        backends=("sessile", "tensorflow", "numpy", "jax"),
        rtol=0.0,
        atol=atol,  # libraries round after each operation, or at the end
        main=False,
    )


def _threads(count: int) -> Workload:
    return Workload(
        name=f"threads_{count}",
        title=f"GELU, 1e6 float32, {count} thread{'s' if count > 1 else ''}",
        group="threads",
        values=uniform((10**6,), low=-4, high=4),
        build=from_formula(gelu),
        formula=gelu,
        backends=("sessile",),  # TensorFlow fixes its threads with the first Session of a process
        threads=count,
        main=False,
    )


ELEMENTWISE = (
    _chain_of(10**2, "1e2", reference=Reference("np.multiply of 100", _multiply)),
    _chain_of(10**4, "1e4"),
    _chain_of(10**6, "1e6"),
    _chain_of(10**7, "1e7"),
    _transcendental_of(10**4, "1e4"),
    _transcendental_of(10**6, "1e6"),
    Workload(
        name="gelu_1e6",
        title="GELU (tanh), 1e6 float32",
        group="elementwise",
        values=uniform((10**6,), low=-4, high=4),
        build=from_formula(gelu),
        formula=gelu,
        numexpr="0.5 * a * (1.0 + tanh(0.7978845608 * (a + 0.044715 * a * a * a)))",
    ),
    Workload(
        name="black_scholes",
        title="Black-Scholes call and put, 1e6 float32",
        group="elementwise",
        values=_options,
        build=from_formula(black_scholes),
        formula=black_scholes,
        rtol=1e-3,
        atol=2e-3,
    ),
    Workload(
        name="relu_1e7",
        title="relu(2.5 x + y), 1e7 float32",
        group="elementwise",
        values=uniform((10**7,), (10**7,)),
        build=from_formula(_relu),
        formula=_relu,
        numexpr="maximum(2.5 * a + b, 0.0)",
        reference=Reference("np.copyto of 1e7", _copy_10m, bytes_moved=2 * 4 * 10**7),
        bytes_moved=3 * 4 * 10**7,
    ),
    Workload(
        name="broadcast",
        title="(column - row) squared, 2048 x 2048 float32",
        group="elementwise",
        values=uniform((2048, 1), (1, 2048)),
        build=from_formula(_differences),
        formula=_differences,
        numexpr="(a - b) * (a - b)",
    ),
    _short(np.float16, 0.02),
    _short(ml_dtypes.bfloat16, 0.2),
    _threads(1),
    _threads(2),
)
