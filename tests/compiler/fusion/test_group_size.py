"""Groups stay small enough that compiling takes time in proportion to the graph."""

from __future__ import annotations

import pytest
from sessile.compiler.fusion.fuse import MOST_PASSES
from sessile.compiler.fusion.groups import LARGEST_GROUP, Group
from sessile.compiler.partition.schedule import Region
from sessile.compiler.step.variant import Variant

import sessile as tf
from tests.compiler.programs import program


def groups(layers: int) -> list[Group]:
    x = tf.placeholder(tf.float32, [None, 16])
    value = x
    for _ in range(layers):
        value = tf.nn.softmax(tf.tanh(value) + tf.reduce_sum(value, -1, keepdims=True))
    made = program([x], [value])
    (region,) = [stage for stage in made.staged.stages if isinstance(stage, Region)]
    return [item for item in Variant(region, [(4, 16)]).fused.items if isinstance(item, Group)]


@pytest.mark.parametrize("layers", [3, 12])
def test_rows_wait_for_few_reductions_in_one_kernel(layers: int) -> None:
    found = groups(layers)
    assert max(max(group.depths.values()) for group in found) <= MOST_PASSES
    assert max(len(group.instructions) for group in found) <= LARGEST_GROUP
    assert layers * 3 / MOST_PASSES <= len(found) <= layers * 3
