"""A plan with variables that cannot be one region, since a shape hangs on data, is not tried again in each step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.program import region

import sessile as tf


@pytest.mark.parametrize("way", ["callable", "run"])
def test_steps_are_not_specialised_again(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    variant = region.Variant

    def noted(*arguments: Any) -> Any:
        made.append(arguments[1])
        return variant(*arguments)

    monkeypatch.setattr(region, "Variant", noted)
    x = tf.placeholder(tf.float32, [None])
    total = tf.Variable(0.0)
    kept = tf.boolean_mask(x, x > 0)
    step = [tf.assign_add(total, tf.reduce_sum(kept * 2.0)), tf.reduce_sum(tf.square(kept))]
    with tf.Session() as session:
        session.run(total.initializer)
        fetched = session.make_callable(step, [x]) if way == "callable" else lambda a: session.run(step, {x: a})
        array = np.array([1, -1, 2, -2, 3], np.float32)
        for _ in range(4):
            fetched(array)
        before = len(made)
        for turn in range(5, 10):
            assert fetched(array) == [12.0 * turn, 14.0]
        assert len(made) == before
