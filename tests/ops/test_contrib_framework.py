"""Small functions of `contrib.framework`."""

from typing import Any

import numpy as np
import pytest

import sessile as tf

framework = tf.contrib.framework


def test_a_function_of_python_with_structures() -> None:
    def function(x: Any, k: Any = 1) -> Any:
        return {"a": x + k, "b": [x, x]}

    made = framework.py_func(
        function, (tf.constant(1.0),), {"k": tf.constant(2.0)}, output_types={"a": tf.float32, "b": [tf.float32] * 2},
        output_shapes={"a": [], "b": [[], None]},
    )  # fmt: skip
    assert made["a"].shape.as_list() == [] and made["b"][1].shape.ndims is None
    assert tf.Session().run(made) == {"a": 3.0, "b": [1.0, 1.0]}
    assert framework.py_func(lambda: 3, output_types=tf.int64, output_shapes=[2, 3]).shape.as_list() == [2, 3]
    with pytest.raises(TypeError, match="output_types is None"):
        framework.py_func(lambda: None)
    with pytest.raises(ValueError):
        framework.py_func(lambda: 3, output_types=[tf.int64], output_shapes=[[2], [3]])


def test_variables_go_to_tasks_in_turns() -> None:
    with tf.device(framework.VariableDeviceChooser(num_tasks=2)):
        a, b, c = (tf.get_variable(name, [2]) for name in "abc")
        total = a + b
    assert [value.device for value in (a, b, c, total)] == [
        f"/job:ps/task:{task}/device:CPU:0" for task in (0, 1, 0, 1)
    ]
    with tf.device(framework.VariableDeviceChooser()):
        assert tf.get_variable("d", [2]).device == "/device:CPU:0"
    with tf.device(framework.VariableDeviceChooser(3, "worker", "GPU", 1, replica=2)):
        assert tf.get_variable("e", [2], use_resource=True).device == "/job:worker/replica:2/task:0/device:GPU:1"
        assert (a + 1).device == "/job:worker/replica:2/task:1/device:GPU:1"


def test_sums_and_squeezed_dimensions() -> None:
    total = framework.reduce_sum_n([tf.ones([2]), tf.ones([3])])
    single = framework.reduce_sum_n([tf.ones([2], name="x")])
    assert total.name == "reduce_sum_n:0" and single.name == "reduce_sum_n_1/x/sum:0"
    assert tf.Session().run([total, single]) == [5.0, 2.0]
    with pytest.raises(ValueError, match="No tensors"):
        framework.reduce_sum_n([])
    predictions, labels = framework.remove_squeezable_dimensions(tf.ones([2, 1]), tf.zeros([2]))
    assert predictions.shape == labels.shape == [2]
    np.testing.assert_array_equal(tf.Session().run(predictions), [1, 1])


def test_checks() -> None:
    assert framework.assert_scalar_int(tf.constant(3)).shape.as_list() == []
    with pytest.raises(ValueError, match="scalar"):
        framework.assert_scalar_int(tf.constant([3]))
    with pytest.raises(ValueError, match="Expected integer type"):
        framework.assert_scalar_int(tf.constant(3.0))
    x = tf.placeholder(tf.float32)
    assert framework.get_placeholders(x.graph) == [x] and framework.get_graph_from_inputs([3, x]) is x.graph
    with tf.Graph().as_default():
        other = tf.constant(1)
    with pytest.raises(ValueError, match="same graph"):
        framework.get_graph_from_inputs([x, other])
    assert framework.TensorSpec([2], tf.int32).shape.as_list() == [2]
    assert framework.prepend_name_scope("a/b", "c") == "c/a/b" and framework.strip_name_scope("c/a", "c") == "a"
