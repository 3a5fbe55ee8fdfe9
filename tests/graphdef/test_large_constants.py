"""A Const of few bytes that declares many elements takes memory when it is used, not when it is imported."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import sessile as tf

COUNT = 5_000_000


def declared(count: int, value: float) -> Any:
    """A GraphDef with one Const `c` of so many times the value."""
    graph = tf.GraphDef()
    node = graph.node.add(name="c", op="Const")
    node.attr["dtype"].type = tf.float32.as_datatype_enum
    tensor = node.attr["value"].tensor
    tensor.dtype = tf.float32.as_datatype_enum
    tensor.float_val.append(value)
    tensor.tensor_shape.dim.add(size=count)
    return graph


def test_importing_and_exporting_take_no_memory() -> None:
    tracemalloc.start()
    try:
        tf.import_graph_def(declared(500_000_000, 2.0), name="")
        again = tf.get_default_graph().as_graph_def()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100_000_000
    assert again.node[0].attr["value"].tensor.float_val[:] == [2.0]
    assert again.node[0].attr["value"].tensor.tensor_shape.dim[0].size == 500_000_000
    assert tf.get_default_graph().get_tensor_by_name("c:0").shape.as_list() == [500_000_000]


@pytest.mark.parametrize("level", [tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1])
def test_its_elements_are_there_when_used(level: Any) -> None:
    tf.import_graph_def(declared(COUNT, 3.0), name="")
    c = tf.get_default_graph().get_tensor_by_name("c:0")
    x = tf.placeholder(tf.float32, [None])
    options = tf.GraphOptions(optimizer_options=tf.OptimizerOptions(global_jit_level=level))
    with tf.Session(config=tf.ConfigProto(graph_options=options)) as sess:
        for _ in range(2):
            whole, total, product = sess.run([c, tf.reduce_sum(c), c * x], {x: np.arange(COUNT, dtype=np.float32)})
    assert whole.shape == (COUNT,) and whole.strides == (4,) and (whole == 3.0).all()
    assert total == 3.0 * COUNT
    assert (product == np.arange(COUNT, dtype=np.float32) * 3).all()


def test_its_array_is_an_array_of_its_own() -> None:
    array = tf.make_ndarray(declared(COUNT, 1.0).node[0].attr["value"].tensor)
    array[0] = 2.0
    assert array[0] == 2.0 and array[1] == 1.0
