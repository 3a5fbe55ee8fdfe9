"""State that stays in the session: variables and handles."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import drives
from ..workload import Call, Reference, Values, Workload
from .data import uniform

FACTOR = np.float32(1.0000001)  # so close to 1 that thousands of steps stay finite


def _accumulate(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    (x,) = drives.placeholders(tf, values)
    total = tf.Variable(tf.zeros(values[0].shape, tf.float32))
    return tf.assign_add(total, 2.5 * x).op, [x]


def _accumulate_drive(built: Any) -> Call:
    """The step returns nothing; the variable is read once, to be checked."""
    step = drives.through_callable(built)
    (total,) = built.tf.global_variables()

    def once() -> Any:
        step.function(*step.args)
        return built.session.run(total)

    return Call(step.function, step.args, check=once)


def _numpy_accumulate(values: Values) -> Call:
    total = np.zeros_like(values[0])

    def step(x: np.ndarray) -> None:
        np.add(total, np.float32(2.5) * x, out=total)

    return drives.in_place(step, values, total)


def _np_add_in_place(values: Values) -> Call:
    total = np.zeros_like(values[0])
    return Call(np.add, (total, values[0], total))


def _handle_step(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    holder, tensor = tf.get_session_tensor("", tf.float32)
    return tensor * FACTOR, [holder]


def _multiply_recycled(values: Values) -> Call:
    (x,) = values
    return Call(np.multiply, (x, FACTOR, np.zeros_like(x)))


def _numpy_handle(values: Values) -> Call:
    (x,) = values
    kept: np.ndarray = x.copy()

    def step() -> None:
        nonlocal kept
        kept = kept * FACTOR

    def once() -> np.ndarray:
        step()
        return kept

    return Call(step, check=once)


def _handle_of(size: int, label: str, **others: Any) -> Workload:
    return Workload(
        name=f"handle_{label}",
        title=f"handle step: read, multiply, store, {label}",
        group="state",
        values=uniform((size,)),
        build=_handle_step,
        formula=lambda xp, x: x * FACTOR,
        drive=drives.through_handles,
        numpy=_numpy_handle,
        backends=("sessile", "numpy", "tensorflow"),
        reference=Reference("np.multiply into the same memory", _multiply_recycled),
        **others,
    )


STATE = (
    _handle_of(100, "400B"),
    _handle_of(2 * 10**6, "8MB"),
    Workload(
        name="assign_add_1e7",
        title="assign_add(v, 2.5 x), 1e7 float32",
        group="state",
        values=uniform((10**7,)),
        build=_accumulate,
        formula=lambda xp, x: np.float32(2.5) * x,
        drive=_accumulate_drive,
        variables=True,
        numpy=_numpy_accumulate,
        backends=("sessile", "numpy", "tensorflow"),
        reference=Reference("np.add into its first argument", _np_add_in_place, bytes_moved=3 * 4 * 10**7),
        bytes_moved=3 * 4 * 10**7,
        main=False,
    ),
)
