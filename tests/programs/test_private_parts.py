"""What libraries import of TensorFlow's own modules though it is not public."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf


@pytest.fixture(autouse=True)
def _hooked() -> Iterator[None]:
    tf.install()
    tf.reset_default_graph()
    yield
    tf.uninstall()


IMPORTS = """
from tensorflow.python import tf2; tf2.enabled
from tensorflow.python.ops.array_ops import shape_internal, size_internal, rank_internal
from tensorflow.python.ops.variables import VariableV1, PartitionedVariable, _all_saveable_objects
from tensorflow.python.training.summary_io import SummaryWriterCache
from tensorflow.python.saved_model.loader_impl import load, maybe_saved_model_directory, get_asset_tensors
from tensorflow.python.saved_model.loader_impl import parse_saved_model, _parse_saved_model
from tensorflow.python.ops.resource_variable_ops import ResourceVariable, resource_scatter_add
from tensorflow.python.ops.variable_scope import variable, default_variable_creator
from tensorflow.python.ops.weights_broadcast_ops import broadcast_weights, assert_broadcastable
from tensorflow.python.ops.confusion_matrix import remove_squeezable_dimensions, confusion_matrix
from tensorflow.python.ops.metrics_impl import metric_variable, _remove_squeezable_dimensions
from tensorflow.python.ops.metrics_impl import _safe_scalar_div, _aggregate_variable
from tensorflow.python.ops.gradients_impl import gradients, gradients_v2
from tensorflow.python.ops.gradient_checker import compute_gradient_error
from tensorflow.python.ops.control_flow_util import GraphOrParentsInXlaContext
from tensorflow.python.ops.math_ops import _bucketize, reduce_sum
from tensorflow.python.training.evaluation import _get_or_create_eval_step, _evaluate_once, _StopAfterNEvalsHook
from tensorflow.python.summary.summary_iterator import summary_iterator
from tensorflow.python.keras.engine.input_spec import InputSpec
from tensorflow.python.util.all_util import make_all, remove_undocumented
from tensorflow.python.layers.convolutional import Convolution2D, SeparableConvolution2D, Deconv2D, convolution2d
from tensorflow.python.framework.ops import _get_graph_from_inputs
from tensorflow.python.framework.device_spec import DeviceSpecV1
from tensorflow.python.estimator.canned.prediction_keys import PredictionKeys; PredictionKeys.PROBABILITIES
from tensorflow.python.estimator.canned.metric_keys import MetricKeys; MetricKeys.LOSS_MEAN
from tensorflow.python.training.training_ops import apply_gradient_descent, resource_apply_gradient_descent
from tensorflow.python.framework.constant_op import constant, _tensor_shape_tensor_conversion_function
from tensorflow.python.ops.template import Template, make_template
from tensorflow.python import debug
from tensorflow.python.debug.lib import debug_data
""".strip().splitlines()


@pytest.mark.parametrize("line", IMPORTS)
def test_libraries_import_what_is_not_public(line: str) -> None:
    exec(line, {})


def test_layers_have_the_names_of_tensorflow_1_0() -> None:
    from tensorflow.python.layers import convolutional

    assert convolutional.Convolution3DTranspose is tf.layers.Conv3DTranspose
    assert convolutional.Deconvolution2D is convolutional.Deconv2D is tf.layers.Conv2DTranspose
    assert convolutional.deconv2d is tf.layers.conv2d_transpose
    assert convolutional.separable_convolution2d is tf.layers.separable_conv2d
    with pytest.raises(AttributeError, match="Convolution9D"):
        _ = convolutional.Convolution9D


@pytest.mark.parametrize(
    ("function", "padding", "wanted"),  # of TensorFlow 1.15, for extents 5 and 8, windows 1, 3, 4, strides 1, 2, 5
    [
        ("conv_output_length", "same", [5, 3, 1, 5, 3, 1, 5, 3, 1, 8, 4, 2, 8, 4, 2, 8, 4, 2]),
        ("conv_output_length", "valid", [5, 3, 1, 3, 2, 1, 2, 1, 1, 8, 4, 2, 6, 3, 2, 5, 3, 1]),
        ("conv_output_length", "full", [5, 3, 1, 7, 4, 2, 8, 4, 2, 8, 4, 2, 10, 5, 2, 11, 6, 3]),
        ("conv_input_length", "same", [5, 9, 21, 5, 9, 21, 4, 8, 20, 8, 15, 36, 8, 15, 36, 7, 14, 35]),
        ("conv_input_length", "valid", [5, 9, 21, 7, 11, 23, 8, 12, 24, 8, 15, 36, 10, 17, 38, 11, 18, 39]),
        ("conv_input_length", "full", [5, 9, 21, 3, 7, 19, 2, 6, 18, 8, 15, 36, 6, 13, 34, 5, 12, 33]),
        ("deconv_output_length", "valid", [5, 10, 25, 7, 11, 25, 8, 12, 25, 8, 16, 40, 10, 17, 40, 11, 18, 40]),
        ("deconv_output_length", "full", [5, 9, 21, 3, 7, 19, 2, 6, 18, 8, 15, 36, 6, 13, 34, 5, 12, 33]),
    ],
)
def test_extents_of_windows(function: str, padding: str, wanted: list[int]) -> None:
    from tensorflow.python.layers import utils

    compute = getattr(utils, function)
    assert [compute(n, k, padding, s) for n in (5, 8) for k in (1, 3, 4) for s in (1, 2, 5)] == wanted
    assert compute(None, 3, padding, 1) is None


def test_shapes_stay_operations_where_nothing_is_to_be_optimized() -> None:
    from tensorflow.python.ops import array_ops

    x = tf.placeholder(tf.float32, [2, 3])
    assert [array_ops.shape_internal(x, optimize=flag).op.type for flag in (True, False)] == ["Const", "Shape"]
    assert [array_ops.size_internal(x, optimize=flag).op.type for flag in (True, False)] == ["Const", "Size"]
    assert [array_ops.rank_internal(x, optimize=flag).op.type for flag in (True, False)] == ["Const", "Rank"]


def test_a_value_waits_for_operations() -> None:
    from tensorflow.python.ops import control_flow_ops

    v = tf.Variable(1.0)
    late = control_flow_ops.with_dependencies([tf.assign_add(v, 2.0).op], tf.constant(5.0))
    assert late.name == "control_dependency:0"
    with tf.Session() as sess:
        sess.run(v.initializer)
        assert sess.run([late])[0] == 5.0
        assert sess.run(v) == 3.0


_SCOPE = "remove_squeezable_dimensions"


@pytest.mark.parametrize(
    ("shapes", "fed", "wanted"),
    [  # what TensorFlow 1.15 gives: names and static shapes
        (([3, 1], [3], [3, 1]), None, [(f"{_SCOPE}/Squeeze:0", "(3,)"), ("l:0", "(3,)"), ("Squeeze:0", "(3,)")]),
        (([3, 4], [3, 4], [3]), None, [("p:0", "(3, 4)"), ("l:0", "(3, 4)"), ("ExpandDims:0", "(3, 1)")]),
        (([3, 4], [3, 4], []), None, [("p:0", "(3, 4)"), ("l:0", "(3, 4)"), ("w:0", "()")]),
        (
            (None, [3], [3]), [(3, 1), (3,), (3,)],
            [(f"{_SCOPE}/cond/Merge:0", "<unknown>"), ("l:0", "(3,)"), ("cond/Merge:0", "<unknown>")],
        ),
        (([3], [3], None), [(3,), (3,), (3, 1)], [("p:0", "(3,)"), ("l:0", "(3,)"), ("cond/Merge:0", "<unknown>")]),
    ],
)  # fmt: skip
def test_labels_predictions_and_weights_get_one_rank(shapes: Any, fed: Any, wanted: Any) -> None:
    from tensorflow.python.ops import metrics_impl

    inputs = [tf.placeholder(tf.float32, shape, name) for shape, name in zip(shapes, "plw")]
    found = metrics_impl._remove_squeezable_dimensions(*inputs)
    assert [(value.name, str(value.shape)) for value in found] == wanted
    if fed is not None:
        with tf.Session() as sess:
            values = sess.run(list(found), {x: np.zeros(shape) for x, shape in zip(inputs, fed)})
        assert [value.shape for value in values] == [(3,)] * 3


def test_a_dimension_too_many_that_is_not_one_is_an_error() -> None:
    from tensorflow.python.ops.confusion_matrix import remove_squeezable_dimensions

    with pytest.raises(ValueError, match=r"Can not squeeze dim\[1\], expected a dimension of 1, got 2"):
        remove_squeezable_dimensions(tf.zeros([3]), tf.placeholder(tf.float32, [3, 2]))


def test_events_are_written_to_a_file_of_a_given_name(tmp_path: Path) -> None:
    from tensorflow.python import pywrap_tensorflow
    from tensorflow.python.summary.summary_iterator import summary_iterator

    writer = pywrap_tensorflow.EventsWriter(tf.compat.as_bytes(str(tmp_path / "run")))
    writer.WriteEvent(tf.Event(step=3, summary=tf.Summary(value=[tf.Summary.Value(tag="x", simple_value=2.0)])))
    assert writer.Flush() and writer.Close()
    (path,) = glob.glob(str(tmp_path / "run.out.tfevents.*"))
    assert path.encode() == writer.FileName()
    first, second = summary_iterator(path)
    assert first.file_version == "brain.Event:2"
    assert (second.step, second.summary.value[0].tag) == (3, "x")


def test_records_are_followed_as_tensorboard_does(tmp_path: Path) -> None:
    from tensorflow.python import pywrap_tensorflow

    path, writer = str(tmp_path / "log").encode(), tf.python_io.TFRecordWriter(str(tmp_path / "log"))
    writer.write(b"abc")
    writer.flush()
    with tf.errors.raise_exception_on_not_ok_status() as status:
        reader = pywrap_tensorflow.PyRecordReader_New(path, 0, b"", status)
    reader.GetNext()
    assert (reader.record(), reader.offset()) == (b"abc", 19)
    for _ in range(2):
        with pytest.raises(tf.errors.OutOfRangeError, match="Read less bytes than requested"):
            reader.GetNext()
    writer.write(b"de")
    writer.close()
    whole = (tmp_path / "log").read_bytes()
    (tmp_path / "log").write_bytes(whole[:-5])
    with pytest.raises(tf.errors.DataLossError, match="truncated record at 19"):
        reader.GetNext()
    (tmp_path / "log").write_bytes(whole)
    reader.GetNext()
    assert (reader.record(), reader.offset()) == (b"de", 37)
    reader.Close()
    with pytest.raises(tf.errors.FailedPreconditionError, match="Reader is closed"):
        reader.GetNext()


def test_a_reader_of_records_begins_where_it_is_told(tmp_path: Path) -> None:
    from tensorflow.python import pywrap_tensorflow

    with tf.python_io.TFRecordWriter(str(tmp_path / "log"), tf.python_io.TFRecordOptions("ZLIB")) as writer:
        for record in (b"abc", b"de"):
            writer.write(record)
    with tf.errors.raise_exception_on_not_ok_status() as status:
        reader = pywrap_tensorflow.PyRecordReader_New(str(tmp_path / "log").encode(), 19, b"ZLIB", status)
    reader.GetNext()
    assert (reader.record(), reader.offset()) == (b"de", 37)
    with pytest.raises(tf.errors.NotFoundError), tf.errors.raise_exception_on_not_ok_status() as status:
        assert pywrap_tensorflow.PyRecordReader_New(str(tmp_path / "none").encode(), 0, b"", status) is None


def test_types_of_variables_own_outputs_have_names() -> None:
    from tensorflow.python.framework import dtypes

    variable = tf.Variable(tf.zeros([], tf.float16))
    assert variable.dtype == dtypes.float16_ref != dtypes.float16
    assert dtypes.string_ref.base_dtype is tf.string
    with pytest.raises(AttributeError):
        _ = dtypes.float17_ref


def test_inputs_of_other_graphs_are_named() -> None:
    from tensorflow.python.framework import ops

    with tf.Graph().as_default() as g:
        a = tf.constant(1.0)
    with tf.Graph().as_default() as h:
        b = tf.constant(2.0, name="b")
    assert ops._get_graph_from_inputs([a]) is g
    assert ops._get_graph_from_inputs(["text"]) is tf.get_default_graph()
    with pytest.raises(ValueError, match=r"b:0.* must be from the same graph as Tensor\(\"Const:0"):
        ops._get_graph_from_inputs([a, b])
    with pytest.raises(ValueError, match="is not from the passed-in graph"):
        ops._get_graph_from_inputs([a], h)


def test_sessions_of_tests_place_operations_on_the_cpu() -> None:
    class Placed(tf.test.TestCase):
        def runTest(self) -> None:
            with self.cached_session():
                self.assertDeviceEqual(tf.constant(1.0).device, "/device:CPU:0")
                with tf.device(lambda op: "/job:ps"):
                    self.assertDeviceEqual(tf.constant(1.0).device, "/job:ps/device:CPU:0")
            with self.cached_session(use_gpu=True):
                self.assertEqual(tf.constant(1.0).device, "")
            with self.session(graph=tf.Graph()):
                self.assertDeviceEqual(tf.constant(1.0).device, "/cpu:0")

    Placed().debug()


def test_layers_utilities_are_where_layers_import_them() -> None:
    from tensorflow.contrib.layers.python.layers import utils

    x = tf.ones([1])
    assert utils.collect_named_outputs("ends", "block/conv", x) is x
    assert utils.convert_collection_to_dict("ends") == {"block/conv": x}
    assert utils.two_element_tuple(3) == (3, 3)


def test_libraries_let_their_estimators_override_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `adanet` does."""
    from tensorflow.python.training import device_setter

    class Own(tf.estimator.Estimator):
        def train(self, *args: Any, **kwargs: Any) -> Any:
            return super().train(*args, **kwargs)

    def model_fn(features: Any, labels: Any, mode: Any) -> Any:
        raise AssertionError

    assert device_setter._RoundRobinStrategy(2)(None) == 0
    with pytest.raises(ValueError, match=r"cannot override members of Estimator. Own does override \['train'\]"):
        Own(model_fn, str(tmp_path))
    monkeypatch.setattr(tf.estimator.Estimator, "_assert_members_are_not_overridden", staticmethod(lambda _: None))
    assert Own(model_fn, str(tmp_path)).model_dir == str(tmp_path)


def test_a_subclass_of_estimators_makes_their_global_step(tmp_path: Path) -> None:
    made: list[Any] = []

    class Own(tf.estimator.Estimator):
        def _create_and_assert_global_step(self, graph: Any) -> Any:
            made.append(tf.train.create_global_step(graph))
            return made[-1]

    def model_fn(features: Any, labels: Any, mode: Any) -> Any:
        w = tf.get_variable("w", [])
        step = tf.train.get_global_step()
        assert step is made[-1]
        return tf.estimator.EstimatorSpec(mode, tf.reshape(w, [1]), loss=w * w, train_op=tf.assign_add(step, 1))

    def input_fn() -> Any:
        return tf.data.Dataset.from_tensors((1.0, 1.0)).repeat(3)

    estimator = Own(model_fn, str(tmp_path))
    estimator.train(input_fn, steps=2)
    assert estimator.evaluate(input_fn, steps=1)["global_step"] == 2
    next(estimator.predict(input_fn))
    assert len(made) == 3


def test_what_an_input_function_returned_is_taken_apart() -> None:
    from tensorflow_estimator.python.estimator import util

    assert util.parse_input_fn_result(({"a": 1}, 2)) == ({"a": 1}, 2, [])
    assert util.parse_input_fn_result(5) == (5, None, [])
    features, labels, hooks = util.parse_input_fn_result(tf.data.Dataset.from_tensors(({"a": 1.0}, 2.0)))
    with tf.train.SingularMonitoredSession(hooks=hooks) as sess:
        assert sess.run([features["a"], labels]) == [1.0, 2.0]


def test_hooks_name_their_writers_as_tensorflow_does(tmp_path: Path) -> None:
    """Programs flush them (`tensor2tensor`)."""
    tf.train.get_or_create_global_step()
    tf.summary.scalar("x", 1.0)
    hook = tf.train.SummarySaverHook(save_steps=1, output_dir=str(tmp_path), summary_op=tf.summary.merge_all())
    with tf.train.SingularMonitoredSession(hooks=[hook]) as sess:
        sess.run(tf.train.get_global_step())
        hook._summary_writer.flush()


def test_the_gradient_function_of_an_operation() -> None:
    """NengoDL asks whether there is one; what it returns is called with the operation and its outputs' gradients."""
    from tensorflow.python.framework import ops

    x = tf.constant([1.0, 2.0])
    y = x * tf.constant(3.0)
    with tf.Session() as session:
        found = session.run(ops.get_gradient_function(y.op)(y.op, tf.constant([1.0, 10.0])))
    assert found[0].tolist() == [3.0, 30.0] and found[1] == 21.0
    assert ops.get_gradient_function(x.op) is None and ops.get_gradient_function(tf.floor(x).op) is not None

    @tf.RegisterGradient("SevenTimes")
    def _seven(op: Any, grad: Any) -> Any:
        return grad * 7.0

    with tf.get_default_graph().gradient_override_map({"Exp": "SevenTimes"}):
        z = tf.exp(x)
    assert ops.get_gradient_function(z.op) is _seven


def test_both_matrices_of_derivatives() -> None:
    """NengoDL checks its gradients by the parts of TensorFlow's checker."""
    from tensorflow.python.ops import gradient_checker

    x = tf.placeholder(tf.float32, [2])
    scale = tf.placeholder(tf.float32, [])
    y = tf.stack([x[0] * x[1], x[0] * scale, x[1]])
    dx, dy = gradient_checker._compute_dx_and_dy(x, y, [3])
    at, feeds = np.array([2.0, 5.0]), {scale: 4.0}
    with tf.Session().as_default():
        exact = gradient_checker._compute_theoretical_jacobian(x, [2], at, dy, [3], dx, extra_feed_dict=feeds)
        near = gradient_checker._compute_numeric_jacobian(x, [2], at, y, [3], 1e-2, extra_feed_dict=feeds)
    np.testing.assert_allclose(exact, [[5.0, 4.0, 0.0], [2.0, 0.0, 1.0]])
    np.testing.assert_allclose(near, exact, atol=1e-3)


def test_the_registry_of_gradients() -> None:
    """Programs of guided backpropagation ask it before they register; NengoDL copies it, changes it, sets it back."""
    import copy

    from tensorflow.python.framework import ops

    registry = ops._gradient_registry
    saved = copy.copy(registry._registry)
    assert "Exp" in saved and "GuidedRelu" not in registry._registry and len(registry.list()) > 300
    if "GuidedRelu" not in registry._registry:

        @tf.RegisterGradient("GuidedRelu")
        def _guided(op: Any, grad: Any) -> Any:
            return grad * 7.0

    assert registry.lookup("GuidedRelu") is _guided and "GuidedRelu" in registry._registry
    assert registry.lookup("ZerosLike") is None
    with pytest.raises(LookupError, match="no entry for: Nope"):
        registry.lookup("Nope")
    with pytest.raises(KeyError, match="Registering two"):
        registry.register(_guided, "GuidedRelu")
    x = tf.constant(2.0)
    registry._registry["Exp"] = {"type": _guided, "location": None}
    with tf.Session() as session:
        assert session.run(tf.gradients(tf.exp(x), x)[0]) == 7.0
        del registry._registry["Exp"]
        with pytest.raises(LookupError, match="No gradient defined for operation 'Exp"):
            tf.gradients(tf.exp(x), x)
        registry._registry = copy.copy(saved)
        assert session.run(tf.gradients(2.0 * tf.log(x), x)[0]) == 1.0
        np.testing.assert_allclose(session.run(tf.gradients(tf.exp(x), x)[0]), np.exp(2.0), rtol=1e-6)
    assert "GuidedRelu" not in registry._registry


def test_a_saved_model_is_read_without_loading_it(tmp_path: Path) -> None:
    from tensorflow.python.saved_model import loader_impl

    words, folder = tmp_path / "words.txt", tmp_path / "model"
    words.write_text("a\nb\n")
    path = tf.constant(str(words), name="path")
    tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, path)
    builder = tf.saved_model.Builder(str(folder))
    with tf.Session() as sess:
        tags = [tf.saved_model.tag_constants.SERVING]
        builder.add_meta_graph_and_variables(sess, tags, assets_collection=[path])
    builder.save()
    for parse in (loader_impl.parse_saved_model, loader_impl._parse_saved_model):
        (meta_graph,) = parse(str(folder)).meta_graphs
        assert list(meta_graph.meta_info_def.tags) == ["serve"]
    copied = {"path:0": str(folder / "assets" / "words.txt")}
    assert loader_impl.get_asset_tensors(str(folder), meta_graph) == copied
    assert loader_impl.get_asset_tensors(str(folder), meta_graph, "in") == {"in/path:0": copied["path:0"]}
    with pytest.raises(OSError, match="SavedModel file does not exist at"):
        loader_impl.parse_saved_model(str(tmp_path))


def test_what_a_saver_saves_is_listed() -> None:
    from tensorflow.python.ops.variables import _all_saveable_objects

    first, second = tf.Variable(1, name="a"), tf.Variable(2, name="b")
    table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)
    assert _all_saveable_objects() == [first, second, table.saveable]
    assert _all_saveable_objects("b") == [second]


def test_the_cache_of_writers_has_its_older_name() -> None:
    from tensorflow.python.training.summary_io import SummaryWriterCache

    assert SummaryWriterCache is tf.summary.FileWriterCache
