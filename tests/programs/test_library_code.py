"""What libraries written for TensorFlow 1 do with its modules: star imports, classes and signatures of its own code."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sessile


@pytest.fixture(autouse=True)
def hooked() -> Iterator[None]:
    """The hook for one test."""
    kept = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "tensorflow"}
    for name in kept:
        del sys.modules[name]
    sessile.install()
    yield
    sessile.uninstall()
    sys.modules.update(kept)


@pytest.mark.parametrize(
    ("module", "names", "not_there"),
    [
        ("tensorflow", "constant nn train keras estimator Tensor", "_inner"),
        ("tensorflow.compat.v1", "placeholder estimator keras", "_place"),
        ("tensorflow.compat.v2", "reduce_sum Variable nn", "placeholder"),
        ("tensorflow.nn", "relu conv2d", "constant"),
    ],
)
def test_a_star_import_gives_all_public_names(module: str, names: str, not_there: str) -> None:
    space: dict[str, Any] = {}
    exec(f"from {module} import *", space)
    assert set(names.split()) <= set(space)
    assert module.count(".v") == 0 or importlib.import_module(module).__version__ == "1.15.5"
    assert not_there not in space


def test_signatures_have_no_types_and_are_those_of_what_is_decorated() -> None:
    import tensorflow as tf
    from tensorflow.python.util import tf_inspect

    found = tf_inspect.getfullargspec(tf.concat)
    assert (found.args, found.varkw, found.defaults) == (["values", "axis", "name"], None, ("concat",))
    assert not found.annotations
    assert tf_inspect.getargspec(tf.concat)._asdict() == {
        "args": ["values", "axis", "name"], "varargs": None, "keywords": None, "defaults": ("concat",)
    }  # fmt: skip


def test_an_initializer_is_told_that_there_are_no_partitions() -> None:
    """A function that asks for `partition_info` without a default gets None; one that does not is called without."""
    import tensorflow as tf

    seen: list[Any] = []

    def asking(shape: Any, dtype: Any, partition_info: Any) -> Any:
        seen.append((shape, dtype, partition_info))
        return tf.ones(shape, dtype)

    def taking(shape: Any, **others: Any) -> Any:
        seen.append(others)
        return tf.ones(shape)

    with tf.Graph().as_default():
        tf.get_variable("a", [2], initializer=asking)
        tf.get_variable("b", [2], initializer=taking)
    assert seen == [([2], tf.float32, None), {"dtype": tf.float32, "partition_info": None}]


def test_summaries_of_ones_own_have_scope_and_tag() -> None:
    import tensorflow as tf
    from tensorflow.python.distribute import summary_op_util as distributed
    from tensorflow.python.ops import summary_op_util

    assert not distributed.skip_summary() and summary_op_util.clean_tag("a b:c") == "a_b_c"
    with tf.Graph().as_default(), tf.name_scope("n"):
        assert tf.contrib.framework.get_name_scope() == "n"
        with summary_op_util.summary_scope("tag x", "f", values=[]) as (tag, scope):
            assert (tag, scope) == ("f/n/f/tag_x", "n/f/tag_x/")


def test_a_function_of_a_variables_type_takes_its_value() -> None:
    import tensorflow as tf
    from tensorflow.python.framework import function
    from tensorflow.python.ops import control_flow_util

    def one(x: Any) -> Any:
        return tf.identity(x)

    with tf.Graph().as_default() as graph, tf.Session() as sess:
        variable = tf.Variable(1.5, use_resource=False)
        identity = function.Defun(variable.dtype)(one)
        given, other = identity(variable), identity(tf.constant(2.5))
        sess.run(variable.initializer)
        assert sess.run([given, other]) == [1.5, 2.5]
        assert given.op.type == other.op.type and given.dtype is tf.float32
        assert control_flow_util.GetContainingXLAContext(graph._get_control_flow_context()) is None


def test_a_part_of_a_variable_can_be_assigned_by_the_function() -> None:
    import tensorflow as tf

    for is_resource in (False, True):
        with tf.Graph().as_default(), tf.Session() as sess:
            variable = tf.Variable([[1.0, 2.0], [3.0, 4.0]], use_resource=is_resource)
            assigned = tf.assign(variable[1], [7.0, 8.0])
            assert assigned.op.name == "strided_slice/_assign"
            sess.run(variable.initializer)
            sess.run(assigned.op)
            assert sess.run(variable).tolist() == [[1.0, 2.0], [7.0, 8.0]]
    with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'assign'"):
        tf.assign(tf.constant(1.0), 2.0)


def test_calls_of_functions_have_the_shapes_their_shape_func_tells() -> None:
    import tensorflow as tf
    from tensorflow.python.framework import function

    def one(x: Any) -> Any:
        return tf.identity(x)

    with tf.Graph().as_default():
        like = function.Defun(tf.float32, shape_func=lambda op: [op.inputs[0].shape])(one)
        assert like(tf.zeros([2, 3])).shape.as_list() == [2, 3]
        assert function.Defun(tf.float32)(one)(tf.zeros([2, 3])).shape.ndims is None
        wrong = function.Defun(tf.float32, shape_func=lambda op: [])(one)
        with pytest.raises(ValueError, match="produced 0 shapes, which does not match 1 outputs"):
            wrong(tf.zeros([2]))


def test_tests_for_both_modes_run_in_a_graph() -> None:
    import unittest

    import tensorflow as tf
    from tensorflow.contrib.eager import run_test_in_graph_and_eager_modes
    from tensorflow.python.framework import test_util

    ran: list[Any] = []

    class Case(tf.test.TestCase):  # type: ignore[misc, name-defined, unused-ignore]
        @run_test_in_graph_and_eager_modes
        def test_both(self) -> None:
            ran.append(self.evaluate(tf.constant(1)) + tf.constant(1).eval())

        @test_util.run_in_graph_and_eager_modes()
        def test_called(self) -> None:
            ran.append("called")

        @test_util.run_v2_only
        def test_second(self) -> None:
            ran.append("second")

        @test_util.skip_if(lambda: True)
        def test_left_out(self) -> None:
            ran.append("left out")

    result = unittest.TestResult()
    case = test_util.run_all_in_graph_and_eager_modes(Case)
    unittest.TestSuite(case(name) for name in dir(Case) if name.startswith("test_")).run(result)
    assert not result.errors and not result.failures and sorted(map(str, ran)) == ["2", "called"]
    assert len(result.skipped) == 2  # `test_second`, and `test_session`, which is no test
    with pytest.raises(ValueError, match="only supports test methods"):
        test_util.run_in_graph_and_eager_modes(Case)


def test_items_of_ones_own_travel_in_meta_graphs_as_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    import tensorflow as tf
    from sessile.ops.library.graphdef import registered
    from tensorflow.python.framework import ops

    monkeypatch.setattr(registered, "_REGISTERED", {})
    ops.register_proto_function(
        "mine",
        tf.Summary.Value,
        to_proto=lambda item, export_scope=None: tf.Summary.Value(tag=f"{item!r}"),
        from_proto=lambda message, import_scope=None: (message.tag, import_scope),
    )
    with pytest.raises(KeyError, match="Registering two proto functions with name 'mine'"):
        ops.register_proto_function("mine")
    with pytest.raises(TypeError, match="to_proto must be callable"):
        ops.register_proto_function("other", to_proto=3)
    with tf.Graph().as_default():
        tf.add_to_collection("mine", (1, 2))
        meta_graph = tf.train.export_meta_graph()
    assert len(meta_graph.collection_def["mine"].bytes_list.value) == 1
    with tf.Graph().as_default():
        tf.train.import_meta_graph(meta_graph, import_scope="sc")
        assert tf.get_collection("mine") == [("(1, 2)", "sc")]


def test_modules_of_operations_have_the_raw_ones_too() -> None:
    import tensorflow as tf
    from tensorflow.python.ops import array_ops, init_ops, io_ops, variable_scope

    class Twos(init_ops.Initializer):
        def __call__(self, shape: Any, dtype: Any = tf.float32, partition_info: Any = None) -> Any:
            return tf.fill(shape, tf.cast(2, dtype))

    with tf.Graph().as_default() as graph:
        assert array_ops.prevent_gradient(tf.constant(1.0)).op.type == "PreventGradient"
        assert io_ops.restore_v2("path", ["a"], [""], [tf.float32])[0].op.type == "RestoreV2"
        with variable_scope._pure_variable_scope("scope", reuse=False) as scope:
            assert scope.name == "scope" and graph.get_name_scope() == ""
            assert tf.get_variable("x", [2], initializer=Twos()).name == "scope/x:0"


def test_modules_of_generated_functions_have_those_of_two_and_three_dimensions() -> None:
    import tensorflow as tf
    from tensorflow.python.ops import gen_nn_ops, gen_spectral_ops

    with tf.Graph().as_default(), tf.Session() as sess:
        x = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
        window = np.arange(4, dtype=np.float32).reshape(2, 2, 1, 1)
        made = gen_nn_ops.conv2d(x, window, [1, 1, 1, 1], "VALID")
        back = gen_nn_ops.conv2d_backprop_input([1, 4, 4, 1], window, made, [1, 1, 1, 1], "VALID", name="back")
        deep = gen_nn_ops.conv3d_backprop_input_v2(
            [1, 1, 4, 4, 1], window[None], made[:, None], [1, 1, 1, 1, 1], "VALID"
        )
        assert (made.op.name, back.op.name, deep.op.type) == ("Conv2D", "back", "Conv3DBackpropInputV2")
        one, other = sess.run([back, deep])
        np.testing.assert_array_equal(one, other[:, 0])
        for name in ("max_pool3d_grad", "conv3d_backprop_filter_v2", "dilation2d", "avg_pool3d", "fused_pad_conv2d"):
            assert getattr(gen_nn_ops, name).__name__ == name
        assert gen_spectral_ops.irfft2d(np.zeros([2, 2], np.complex64), [2, 2]).shape == [2, 2]
        assert gen_nn_ops.l2_loss([1.0, 2.0]).op.type == "L2Loss"


def test_generated_functions_take_arguments_by_place_in_the_order_of_tensorflow_1() -> None:
    import tensorflow as tf
    from tensorflow.python.ops import gen_array_ops, gen_ctc_ops, gen_image_ops, gen_nn_ops, gen_state_ops

    with tf.Graph().as_default():
        decoded = gen_ctc_ops.ctc_beam_search_decoder(np.zeros([3, 1, 4], np.float32), [3], 5, 2)
        assert decoded[-1].op.get_attr("beam_width") == 5 and decoded[-1].shape == [1, 2]
        assert gen_state_ops.variable_v2([2], tf.int32).dtype.base_dtype == tf.int32
        assert gen_image_ops.decode_png("", 3, tf.uint16).op.get_attr("channels") == 3
        assert gen_nn_ops.top_kv2([1.0, 2.0], 1, False)[0].op.get_attr("sorted") is False
        assert gen_array_ops.gather_nd([1.0, 2.0], [[1]], "found").op.name == "found"
        pooled = gen_nn_ops.depthwise_conv2d_native(
            np.zeros([1, 2, 4, 4], np.float32), np.zeros([2, 2, 2, 1], np.float32), [1, 1, 1, 1], "VALID", "NCHW"
        )
        assert pooled.shape == [1, 2, 3, 3]
        with pytest.raises(TypeError, match=r"top_kv2\(\) got multiple values for argument 'k'"):
            gen_nn_ops.top_kv2([1.0, 2.0], 1, k=1)


def test_stores_of_variables_and_of_their_scopes_are_those_of_the_graph() -> None:
    import tensorflow as tf
    from tensorflow.python.ops import variable_scope

    with tf.Graph().as_default():
        store = variable_scope.get_variable_scope_store()
        with tf.variable_scope("a") as scope:
            assert store is variable_scope.get_variable_scope_store() and store.current_scope is scope
            for _ in range(2):
                with tf.variable_scope("b"):
                    pass
            assert (store.variable_scope_count("a/b"), store.variable_scope_count("c")) == (2, 0)
            assert store.variable_scopes_count == {"a": 1, "a/b": 2}
            store.current_scope = tf.VariableScope(False, name="q")  # as Pretty Tensor sets it
            made = tf.get_variable("x", [2])
            store.current_scope = scope
        assert made.name == "q/x:0"
        assert variable_scope._get_default_variable_store()._vars == {"q/x": made}
        tf.get_variable("y", [2], partitioner=tf.fixed_size_partitioner(2))
        assert list(variable_scope._get_default_variable_store()._partitioned_vars) == ["y"]
    with tf.Graph().as_default():
        assert store is not variable_scope.get_variable_scope_store()


def test_rows_changed_in_place_are_told_by_any_whole_numbers() -> None:
    import tensorflow as tf
    from tensorflow.python.ops import inplace_ops

    with tf.Graph().as_default() as graph, tf.Session() as sess:
        x = tf.zeros([3, 2])
        changed = inplace_ops.alias_inplace_update(x, tf.constant(1, tf.int64), tf.ones([2]))
        assert [operation.type for operation in graph.get_operations()][3:] == [
            "Cast", "Const", "Reshape", "Const", "ExpandDims", "InplaceUpdate",
        ]  # fmt: skip
        whole = inplace_ops.alias_inplace_sub(x, None, tf.ones([3, 2]))
        assert whole.op.type == "Reshape" and graph.get_operations()[-3].type == "InplaceSub"
        assert sess.run(changed).tolist() == [[0, 0], [1, 1], [0, 0]]
        assert sess.run(whole).tolist() == [[-1, -1]] * 3


def test_what_is_not_to_be_converted_is_called_as_it_is() -> None:
    import tensorflow as tf

    def twice(x: Any) -> Any:
        "Double it."
        return x + x

    for decorate in (tf.autograph.experimental.do_not_convert, tf.compat.v2.autograph.experimental.do_not_convert()):
        assert decorate(twice)(3) == 6 and decorate(twice).__doc__ == "Double it."
    with pytest.raises(AttributeError, match="is not built"):
        tf.autograph.to_graph(twice)


def test_utilities_of_layers_decide_what_is_known() -> None:
    import tensorflow as tf
    from tensorflow.python.layers import utils

    with tf.Graph().as_default():
        assert utils.smart_cond(True, lambda: 1, lambda: 2) == 1 and utils.constant_value(tf.constant(False)) is False
        assert utils.smart_cond(tf.placeholder(tf.bool), lambda: tf.zeros([]), lambda: tf.ones([])).op.type == "Merge"


def test_a_template_made_now_leaves_its_name_scope_to_the_first_call() -> None:
    """As modules of libraries do: operations of the first call have the module's name without a number."""
    import tensorflow as tf

    def scaled(x: Any) -> Any:
        return tf.get_variable("v", [1]) * x

    with tf.Graph().as_default():
        first = tf.make_template("c", scaled, create_scope_now_=True)
        second = tf.make_template("c", scaled, create_scope_now_=True)
        shared = tf.make_template("e", scaled, create_scope_now_=True, unique_name_="uniq")
        assert [first(1.0).name, first(1.0).name] == ["c/mul:0", "c_1/mul:0"]
        assert [second(1.0).name, shared(1.0).name] == ["c_1_1/mul:0", "uniq/mul:0"]
        assert [variable.name for variable in tf.global_variables()] == ["c/v:0", "c_1/v:0", "uniq/v:0"]


def test_sparse_values_are_composite_tensors_and_so_are_ones_own() -> None:
    import tensorflow as tf
    from tensorflow.python.framework import composite_tensor, ops
    from tensorflow.python.keras.utils import tf_utils

    class Pair(composite_tensor.CompositeTensor):
        name = property(lambda self: "pair")
        dtype = property(lambda self: tf.float32)

        @property
        def _type_spec(self) -> Any:
            return self

        def _to_components(self, value: Any) -> Any:
            return [value.part]

        def __init__(self, part: Any) -> None:
            self.part = part

    pair = Pair(tf.constant(1.0))
    assert issubclass(tf.SparseTensor, composite_tensor.CompositeTensor) and pair._consumers() == []
    assert not issubclass(tf.Tensor, composite_tensor.CompositeTensor)
    with pytest.raises(TypeError, match="abstract"):
        composite_tensor.CompositeTensor()  # type: ignore[abstract]
    assert not ops.is_dense_tensor_like(pair) and not tf_utils.is_symbolic_tensor(pair)
    ops.register_dense_tensor_like_type(Pair)
    tf_utils.register_symbolic_tensor_type(Pair)
    assert ops.is_dense_tensor_like(pair) and tf_utils.is_symbolic_tensor(pair)
    with pytest.raises(TypeError, match="Type int does not define a `name` property"):
        ops.register_dense_tensor_like_type(int)
