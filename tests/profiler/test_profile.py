"""`tf.profiler.profile`: parameters and float operations, as TensorFlow 1.15.5 counts them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sessile as tf

Builder = tf.profiler.ProfileOptionBuilder
P = Callable[..., Any]


CASES: dict[str, Callable[[P], Any]] = {
    "add": lambda p: p(3, 4) + p(4),
    "sub": lambda p: p(3, 4) - p(1, 4),
    "mul": lambda p: p(3, 4) * p(),
    "div": lambda p: p(3, 4) / p(3, 4),
    "max": lambda p: tf.maximum(p(3, 4), 0.0),
    "min": lambda p: tf.minimum(p(3, 4), 0.0),
    "pow": lambda p: tf.pow(p(3), 2.0),
    "gt": lambda p: p(3) > 0.0,
    "ge": lambda p: p(3) >= 0.0,
    "lt": lambda p: p(3) < 0.0,
    "le": lambda p: p(3) <= 0.0,
    "eq": lambda p: tf.equal(p(3), 0.0),
    "ne": lambda p: tf.not_equal(p(3), 0.0),
    "sqdiff": lambda p: tf.squared_difference(p(3, 4), p(4)),
    "rec": lambda p: tf.reciprocal(p(3)),
    "inv": lambda p: 1 / p(3),
    "square": lambda p: tf.square(p(3)),
    "rsqrt": lambda p: tf.rsqrt(p(3)),
    "log": lambda p: tf.log(p(3)),
    "neg": lambda p: -p(3),
    "exp": lambda p: tf.exp(p(3)),
    "sqrt": lambda p: tf.sqrt(p(3)),
    "relu": lambda p: tf.nn.relu(p(3)),
    "sigmoid": lambda p: tf.sigmoid(p(3)),
    "tanh": lambda p: tf.tanh(p(3)),
    "l2": lambda p: tf.nn.l2_loss(p(3, 4)),
    "softmax": lambda p: tf.nn.softmax(p(3, 4)),
    "mean": lambda p: tf.reduce_mean(p(3, 4), 0),
    "sum": lambda p: tf.reduce_sum(p(3, 4), 1),
    "sumall": lambda p: tf.reduce_sum(p(3, 4)),
    "argmax": lambda p: tf.argmax(p(3, 4), 1),
    "argmin": lambda p: tf.argmin(p(3, 4), 1),
    "rmax": lambda p: tf.reduce_max(p(3, 4), 1),
    "matmul": lambda p: tf.matmul(p(3, 4), p(4, 5)),
    "matmulT": lambda p: tf.matmul(p(4, 3), p(5, 4), transpose_a=True, transpose_b=True),
    "bmm": lambda p: tf.matmul(p(2, 3, 4), p(2, 4, 5)),
    "addn": lambda p: tf.add_n([p(3, 4), p(3, 4), p(3, 4)]),
    "bias": lambda p: tf.nn.bias_add(p(3, 4), p(4)),
    "conv": lambda p: tf.nn.conv2d(p(2, 8, 8, 3), p(3, 3, 3, 4), [1, 2, 2, 1], "SAME"),
    "depth": lambda p: tf.nn.depthwise_conv2d(p(2, 8, 8, 3), p(3, 3, 3, 2), [1, 1, 1, 1], "VALID"),
    "conv3": lambda p: tf.nn.conv3d(p(2, 8, 8, 8, 3), p(3, 3, 3, 3, 4), [1, 1, 1, 1, 1], "VALID"),
    "sep": lambda p: tf.nn.separable_conv2d(p(2, 8, 8, 3), p(3, 3, 3, 2), p(1, 1, 6, 5), [1, 1, 1, 1], "VALID"),
    "dil": lambda p: tf.nn.dilation2d(p(2, 8, 8, 3), p(3, 3, 3), [1, 1, 1, 1], [1, 1, 1, 1], "VALID"),
    "maxp": lambda p: tf.nn.max_pool(p(2, 8, 8, 3), [1, 2, 2, 1], [1, 2, 2, 1], "VALID"),
    "avgp": lambda p: tf.nn.avg_pool(p(2, 8, 8, 3), [1, 2, 2, 1], [1, 2, 2, 1], "VALID"),
    "convT": lambda p: tf.nn.conv2d_transpose(p(2, 4, 4, 3), p(3, 3, 5, 3), [2, 8, 8, 5], [1, 2, 2, 1]),
    "conv_grad": lambda p: (lambda x, w: tf.gradients(tf.nn.conv2d(x, w, [1, 1, 1, 1], "VALID"), [x, w]))(
        p(2, 8, 8, 3), p(3, 3, 3, 4)
    ),
    "pool_grad": lambda p: (lambda x: tf.gradients(tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"), x))(
        p(2, 8, 8, 3)
    ),
    "apool_grad": lambda p: (lambda x: tf.gradients(tf.nn.avg_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"), x))(
        p(2, 8, 8, 3)
    ),
    "bias_grad": lambda p: (lambda x, b: tf.gradients(tf.nn.bias_add(x, b), b))(p(3, 4), p(4)),
    "rsqrt_grad": lambda p: (lambda x: tf.gradients(tf.rsqrt(x), x))(p(3)),
    "depth_grad": lambda p: (lambda x, w: tf.gradients(tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "VALID"), [x, w]))(
        p(2, 8, 8, 3), p(3, 3, 3, 2)
    ),
    "fbn": lambda p: tf.nn.fused_batch_norm(p(2, 3, 3, 4), p(4), p(4)),
    "assignsub": lambda p: tf.assign_sub(tf.Variable(tf.zeros([3, 4])), p(3, 4)),
    "unknown": lambda p: tf.matmul(p(None, 4), p(4, 5)),
    "xent": lambda p: tf.nn.softmax_cross_entropy_with_logits_v2(labels=p(3, 4), logits=p(3, 4)),
    "conv1": lambda p: tf.nn.conv1d(p(2, 8, 3), p(3, 3, 4), 1, "VALID"),
    "nchw": lambda p: tf.nn.conv2d(p(2, 3, 8, 8), p(3, 3, 3, 4), [1, 1, 1, 1], "VALID", data_format="NCHW"),
    "wherex": lambda p: tf.where(p(3) > 0, p(3), p(3)),
    "floordiv": lambda p: p(3) // 2.0,
    "abs": lambda p: tf.abs(p(3)),
}
# By case the float operations of each type of operations.
WANTED: dict[str, dict[str, int]] = {
    "add": {"total": 0},
    "sub": {"Sub": 12, "total": 12},
    "mul": {"Mul": 12, "total": 12},
    "div": {"RealDiv": 12, "total": 12},
    "max": {"Maximum": 12, "total": 12},
    "min": {"Minimum": 12, "total": 12},
    "pow": {"Pow": 3, "total": 3},
    "gt": {"Greater": 3, "total": 3},
    "ge": {"GreaterEqual": 3, "total": 3},
    "lt": {"Less": 3, "total": 3},
    "le": {"LessEqual": 3, "total": 3},
    "eq": {"Equal": 3, "total": 3},
    "ne": {"NotEqual": 3, "total": 3},
    "sqdiff": {"SquaredDifference": 24, "total": 24},
    "rec": {"Reciprocal": 3, "total": 3},
    "inv": {"RealDiv": 3, "total": 3},
    "square": {"Square": 3, "total": 3},
    "rsqrt": {"Rsqrt": 6, "total": 6},
    "log": {"Log": 3, "total": 3},
    "neg": {"Neg": 3, "total": 3},
    "exp": {"total": 0},
    "sqrt": {"total": 0},
    "relu": {"total": 0},
    "sigmoid": {"total": 0},
    "tanh": {"total": 0},
    "l2": {"L2Loss": 35, "total": 35},
    "softmax": {"Softmax": 60, "total": 60},
    "mean": {"Mean": 12, "total": 12},
    "sum": {"Sum": 9, "total": 9},
    "sumall": {"Sum": 11, "total": 11},
    "argmax": {"ArgMax": 9, "total": 9},
    "argmin": {"ArgMin": 9, "total": 9},
    "rmax": {"total": 0},
    "matmul": {"MatMul": 120, "total": 120},
    "matmulT": {"MatMul": 120, "total": 120},
    "bmm": {"total": 0},
    "addn": {"AddN": 24, "total": 24},
    "bias": {"BiasAdd": 12, "total": 12},
    "conv": {"Conv2D": 6912, "total": 6912},
    "depth": {"DepthwiseConv2dNative": 7776, "total": 7776},
    "conv3": {"Conv3D": 279936, "total": 279936},
    "sep": {"DepthwiseConv2dNative": 7776, "Conv2D": 4320, "total": 12096},
    "dil": {"Dilation2D": 3888, "total": 3888},
    "maxp": {"MaxPool": 384, "total": 384},
    "avgp": {"AvgPool": 384, "total": 384},
    "convT": {"Conv2DBackpropInput": 8640, "total": 8640},
    "conv_grad": {"Conv2DBackpropFilter": 27648, "Conv2DBackpropInput": 27648, "Conv2D": 15552, "total": 70848},
    "pool_grad": {"MaxPoolGrad": 480, "MaxPool": 384, "total": 864},
    "apool_grad": {"AvgPoolGrad": 768, "AvgPool": 384, "total": 1152},
    "bias_grad": {"BiasAdd": 12, "BiasAddGrad": 8, "total": 20},
    "rsqrt_grad": {"RsqrtGrad": 12, "Rsqrt": 6, "total": 18},
    "depth_grad": {"DepthwiseConv2dNative": 7776, "total": 7776},
    "fbn": {"total": 0},
    "assignsub": {"AssignSub": 12, "total": 12},
    "unknown": {"total": 0},
    "xent": {"Sub": 3, "total": 3},
    "conv1": {"Conv2D": 864, "total": 864},
    "nchw": {"Conv2D": 15552, "total": 15552},
    "wherex": {"Greater": 3, "total": 3},
    "floordiv": {"total": 0},
    "abs": {"total": 0},
}


def counted(build: Callable[[P], Any]) -> dict[str, int]:
    with tf.Graph().as_default() as graph:
        build(lambda *extents: tf.placeholder(tf.float32, list(extents)))
        options = {**Builder.float_operation(), "output": "none"}
        node = tf.profiler.profile(graph, cmd="op", options=options)
        found = {"total": node.total_float_ops}
        while node.children:
            (node,) = node.children
            found[node.name] = node.float_ops
        return found


@pytest.mark.parametrize("name", CASES)
def test_float_operations_are_tensorflows(name: str) -> None:
    assert counted(CASES[name]) == WANTED[name]


def network() -> Any:
    x = tf.placeholder(tf.float32, [None, 8, 8, 3], name="x")
    y = tf.layers.flatten(tf.layers.conv2d(x, 4, 3, name="conv"))
    tf.layers.dense(y, 5, activation=tf.nn.relu, name="d")
    tf.get_variable("nt", [3], trainable=False)
    with tf.variable_scope("a/b"):
        tf.get_variable("v", [2, 2], use_resource=True)
    return tf.get_default_graph()


REPORT = """
Profile:
node name | # parameters
_TFProfRoot (--/841 params)
  a (--/4 params)
    a/b (--/4 params)
      a/b/v (2x2, 4/4 params)
  conv (--/112 params)
    conv/bias (4, 4/4 params)
    conv/kernel (3x3x3x4, 108/108 params)
  d (--/725 params)
    d/bias (5, 5/5 params)
    d/kernel (144x5, 720/720 params)
"""


def test_parameters_by_scopes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with tf.Graph().as_default():
        graph, options = network(), Builder.trainable_variables_parameter()
        root = tf.profiler.profile(graph, run_meta=tf.RunMetadata(), options=options)
        assert capsys.readouterr().out.rstrip() == REPORT.rstrip()
        assert (root.name, root.parameters, root.total_parameters) == ("_TFProfRoot", 0, 841)
        assert [(child.name, child.total_parameters) for child in root.children] == [
            ("a", 4),
            ("conv", 112),
            ("d", 725),
        ]
        place = tmp_path / "report"
        tf.profiler.profile(graph, options=Builder(options).with_file_output(str(place)).build())
        assert place.read_text().rstrip() == REPORT.rstrip() and not capsys.readouterr().out
        assert tf.contrib.tfprof.model_analyzer.print_model_analysis(graph).total_parameters == 841
        shallow = Builder(options).with_max_depth(1).with_empty_output().order_by("params").build()
        assert tf.profiler.profile(graph, options=shallow).total_parameters == 0
        by_type = tf.profiler.profile(graph, cmd="op", options=Builder(options).with_empty_output().build())
        assert [by_type.total_parameters, by_type.children[0].name, by_type.children[0].parameters] == [
            841, "VarHandleOp", 4,
        ]  # fmt: skip


def test_float_operations_by_scopes(capsys: pytest.CaptureFixture[str]) -> None:
    """Convolution and product have an open batch: what they take is not known."""
    with tf.Graph().as_default():
        graph = network()
        root = tf.profiler.profile(graph, options=Builder.float_operation())
        assert root.total_float_ops == 1674
        assert [(child.name, child.float_ops, child.total_float_ops) for child in root.children] == [
            ("d/kernel/Initializer/random_uniform", 720, 1441),
            ("conv/kernel/Initializer/random_uniform", 108, 217),
            ("a/b/v/Initializer/random_uniform", 4, 9),
            ("nt/Initializer/random_uniform", 3, 7),
        ]
        assert "d/kernel/Initializer/random_uniform (720/1.44k flops)" in capsys.readouterr().out
        named = Builder(Builder.float_operation()).with_node_names(show_name_regexes=[".*mul"]).with_empty_output()
        assert tf.profiler.profile(graph, options=named.build()).total_float_ops == 720 + 108 + 4 + 3
        hidden = Builder(Builder.float_operation()).with_node_names(start_name_regexes=["conv.*"]).with_empty_output()
        assert tf.profiler.profile(graph, options=hidden.build()).total_float_ops == 217


def test_what_is_not_counted() -> None:
    with tf.Graph().as_default() as graph:
        with pytest.raises(tf.errors.InvalidArgumentError, match="unknown cmd: all"):
            tf.profiler.profile(graph, cmd="all")
        with pytest.raises(NotImplementedError, match="'scope' and 'op'"):
            tf.profiler.profile(graph, cmd="code")
        with pytest.raises(NotImplementedError, match="trace_level"):
            tf.profiler.profile(graph, options=Builder.time_and_memory())
