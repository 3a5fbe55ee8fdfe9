"""docs/adding-an-op.md: its example is a complete operation, and what it says of the tree is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sessile.ops.definition import families, opdef

import sessile as tf
from tests.docs.blocks import ROOT, blocks, run

GUIDE = ROOT / "docs" / "adding-an-op.md"


@pytest.fixture
def names() -> Iterator[dict[str, Any]]:
    """What the guide's first block defines."""
    found: dict[str, Any] = {"__name__": "guide"}
    run(next(blocks(GUIDE)), found)
    yield found
    del opdef.REGISTRY["HardShrink"]


def test_the_example_is_in_raw_ops_and_the_graph(names: dict[str, Any]) -> None:
    x = tf.placeholder(tf.float64, [2, None])
    y = names["hard_shrink"](x, threshold=2.0, name="shrink")
    assert (y.op.type, y.op.name, y.dtype, y.shape.as_list()) == ("HardShrink", "shrink", tf.float64, [2, None])
    assert y.op.get_attr("threshold") == 2.0
    assert tf.raw_ops.HardShrink(features=x).op.get_attr("threshold") == 0.5


def test_the_example_refuses_other_types(names: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        names["hard_shrink"](tf.constant([1, 2]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_compiled_and_interpreted_agree(names: dict[str, Any], dtype: Any) -> None:
    values = np.array([-np.inf, -1.0, -0.5, -0.25, -0.0, 0.0, 0.25, 0.5, 1.0, np.nan], dtype)
    x = tf.placeholder(dtype, [None])
    y = names["hard_shrink"](x) + 1.0
    off = tf.ConfigProto()
    off.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.OFF
    with tf.Session(config=off) as interpreted, tf.Session() as compiled:
        np.testing.assert_array_equal(compiled.make_callable(y, [x])(values), interpreted.run(y, {x: values}))


def test_every_definition_is_found_by_name() -> None:
    """Looking a type up by name finds it whatever was imported before: every module of a family is imported."""
    families.load_all()
    for path in (ROOT / "ops" / "families").rglob("*.py"):
        for name in re.findall(r'OpDef\(\s*(?:name=)?"(\w+)"', path.read_text(encoding="utf-8")):
            assert name in opdef.REGISTRY, f"{path} defines {name}"


def test_the_guide_is_under_a_page() -> None:
    assert len(GUIDE.read_text(encoding="utf-8").splitlines()) <= 60
