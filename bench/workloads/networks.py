"""First calls of deep networks: layers that are alike but for their numbers, and layers that differ truly."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from .. import drives, namespaces
from ..workload import Fresh, Values, Workload
from .data import uniform
from .elementwise import chain, from_formula
from .graphs import long_formula

LAYERS = 60  # of about 65 operations each: 3,900


def _squash(xp: Any, x: Any, y: Any, number: Callable[[], float]) -> Any:
    return xp.tanh(x * number() + y * number())


def _clip(xp: Any, x: Any, y: Any, number: Callable[[], float]) -> Any:
    return xp.maximum(x * number() + y, -number()) - number()


def _swish(xp: Any, x: Any, y: Any, number: Callable[[], float]) -> Any:
    return x / (1.0 + xp.exp(-x * number())) + y * number()


def _logarithm(xp: Any, x: Any, y: Any, number: Callable[[], float]) -> Any:
    return xp.log(number() + x * x) - y * number()


def _root(xp: Any, x: Any, y: Any, number: Callable[[], float]) -> Any:
    return xp.sqrt(xp.abs(x) + number()) * y - number()


def _normalise(xp: Any, x: Any, y: Any, number: Callable[[], float]) -> Any:
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    variance = xp.mean(xp.square(centred), axis=-1, keepdims=True)
    return centred / xp.sqrt(variance + number()) * number() + number()


def _weigh(xp: Any, x: Any, y: Any, number: Callable[[], float]) -> Any:
    raised = xp.exp(x - xp.amax(x, axis=-1, keepdims=True))
    return raised / xp.sum(raised, axis=-1, keepdims=True) * number() + y


STEPS = (
    _squash, _clip, _swish, _logarithm, _root, _squash, _clip, _normalise, _swish, _root, _logarithm, _squash, _weigh
)  # fmt: skip


def network(layers: int, differ: bool) -> Callable[..., Any]:
    """Return a formula of so many layers over two arrays of rows; `differ` shuffles and draws each layer's steps."""

    def formula(xp: Any, x: Any, y: Any) -> Any:
        numbers = _numbers()
        chosen = random.Random(7)
        for _ in range(layers):
            steps = chosen.sample(STEPS, len(STEPS)) if differ else STEPS
            for step in steps:
                x = step(xp, x, y, numbers.__next__)
        return x

    return formula


def _numbers() -> Iterator[float]:
    """Numbers between 0.2 and 0.9, no two the same."""
    drawn = random.Random(3)
    while True:
        yield drawn.uniform(0.2, 0.9)


def _build(formula: Callable[..., Any]) -> Callable[[Any, Values], tuple[Any, list[Any]]]:
    def build(tf: Any, values: Values) -> tuple[Any, list[Any]]:
        feeds = drives.placeholders(tf, values)
        return formula(namespaces.for_tf(tf), *feeds), feeds

    return build


def _network(name: str, title: str, differ: bool, fresh: Fresh, **others: Any) -> Workload:
    formula = network(LAYERS, differ)
    return Workload(
        name=name,
        title=title,
        group="compilation",
        values=uniform((8, 32), (8, 32)),
        build=_build(formula),
        formula=formula,
        fresh=fresh,
        rtol=1e-2,
        atol=1e-3,
        **{"backends": ("sessile", "tensorflow", "jax"), **others},
    )


def _three(xp: Any, x: Any, y: Any) -> Any:
    return xp.maximum(x * 0.5 + y, 0.25)


def _long_first(operations: int, calls: int = 1) -> Workload:
    formula = long_formula(operations)
    return Workload(
        name=f"first_call_{operations}{'_compiled' if calls > 1 else ''}",
        title=f"{_CALLS[calls]} of {operations:,} operations, empty cache",
        group="compilation",
        values=uniform((16,), (16,), low=0.2, high=0.8),
        build=from_formula(formula),
        formula=formula,
        rtol=1e-3,
        fresh=Fresh("first", calls=calls),
        backends=("sessile", "tensorflow"),
        main=False,
    )


def _three_operations(calls: int) -> Workload:
    return Workload(
        name=f"three_operations{'_compiled' if calls > 1 else ''}",
        title=f"{_CALLS[calls]} of 3 operations, once LLVM is loaded",
        group="compilation",
        values=uniform((100,), (100,)),
        build=from_formula(_three),
        formula=_three,
        fresh=Fresh("loaded", calls=calls),
        backends=("sessile", "tensorflow", "jax"),
    )


def _new_process(calls: int) -> Workload:
    return Workload(
        name=f"new_process{'_compiled' if calls > 1 else ''}",
        title=f"import and {_CALLS[calls]}, 20 operations, empty cache",
        group="compilation",
        values=uniform((100,), (100,)),
        build=from_formula(chain),
        formula=chain,
        fresh=Fresh("both", calls=calls),
        backends=("sessile", "tensorflow", "jax"),
    )


_CALLS = {1: "first call", 2: "first two calls"}  # sessile interprets the first one, and has compiled for the second
_COLD, _COLD_TWICE, _WARM_TWICE = Fresh("first"), Fresh("first", calls=2), Fresh("first", cache="warm", calls=2)
NETWORKS = (
    _network("network_alike", "first call of 60 layers alike but for their numbers", False, _COLD),
    _network("network_alike_compiled", "first two calls of 60 layers alike but for their numbers", False, _COLD_TWICE),
    _network("network_differs", "first call of 60 layers that differ", True, _COLD),
    _network("network_differs_compiled", "first two calls of 60 layers that differ", True, _COLD_TWICE),
    _network("network_warm", "first two calls of the same, warm cache", True, _WARM_TWICE, backends=("sessile",)),
    _three_operations(1),
    _three_operations(2),
    _new_process(1),
    _new_process(2),
    _long_first(1000, calls=2),
    _long_first(10_000),
    _long_first(10_000, calls=2),
)
