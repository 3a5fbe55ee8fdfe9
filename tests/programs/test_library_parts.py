"""Parts of TensorFlow that are not public, which tensorpack, OpenNMT-tf, tf-encrypted and TRFL are written with."""

from __future__ import annotations

import functools
from collections.abc import Iterator
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


class _Feeds(tf.train.SessionRunHook):  # type: ignore[misc, unused-ignore]
    def __init__(self, feeds: Any, fetches: Any = None) -> None:
        self.feeds, self.fetches, self.seen = feeds, fetches, []  # type: ignore[var-annotated]

    def before_run(self, run_context: Any) -> Any:
        return tf.train.SessionRunArgs(self.fetches, self.feeds)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        self.seen.append(run_values.results)
        if len(self.seen) == 2:
            run_context.request_stop()


def test_a_session_of_ones_own_has_hooks() -> None:
    from tensorflow.python.training.monitored_session import _HookedSession

    x = tf.placeholder(tf.float32)
    y = x * 2
    with tf.Session() as sess:
        watcher = _Feeds(None, {"y": y})
        hooked = _HookedSession(sess, [_Feeds({x: 3.0}), watcher])
        assert hooked.run(y + 1) == 7.0
        assert hooked.graph is sess.graph
        assert not hooked.should_stop()
        with pytest.raises(RuntimeError, match="fed by a SessionRunHook and user"):
            hooked.run(y, {x: 1.0})
        hooked.run(y)
        assert watcher.seen == [{"y": 6.0}, {"y": 6.0}]
        assert hooked.should_stop()
        with pytest.raises(RuntimeError, match="Run called even after should_stop requested"):
            hooked.run(y)
        with pytest.raises(RuntimeError, match="fed by two hooks"):
            _HookedSession(sess, [_Feeds({x: 3.0}), _Feeds({x: 4.0})]).run(y)


def test_a_name_that_is_not_public_is_not_said_to_be_unknown_to_tensorflow() -> None:
    with pytest.raises(ImportError, match="has no module or name '_Unheard'\\.$"):
        exec("from tensorflow.python.training.monitored_session import _Unheard", {})


class _Model:
    def method(self, features: Any, labels: Any = None) -> None: ...

    def __call__(self, x: Any, y: Any) -> None: ...


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (_Model().method, ("features", "labels")),
        (_Model.method, ("self", "features", "labels")),
        (_Model(), ("x", "y")),
        (functools.partial(_Model().method, 1), ("labels",)),
        (functools.partial(_Model().method, labels=1), ("features",)),
        (lambda a, *b, c=1, **d: a, ("a",)),
    ],
)
def test_the_arguments_of_model_functions(function: Any, wanted: Any) -> None:
    from tensorflow.python.estimator.util import fn_args

    assert fn_args(function) == wanted


def test_a_session_class_of_a_program_keeps_its_own_target() -> None:
    class Own(tf.Session):  # type: ignore[misc, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.target = "mine"

    with Own() as sess:
        assert sess.target == "mine"
        assert sess.run(tf.constant(1)) == 1


def test_messages_of_tensors_are_values() -> None:
    message = tf.make_tensor_proto(np.array([2, 3], np.int32))
    with tf.Session() as sess:
        assert sess.run(tf.reshape(tf.range(6), message)).shape == (2, 3)
        assert sess.run(tf.constant(message)).tolist() == [2, 3]
        text = sess.run(tf.convert_to_tensor(tf.make_tensor_proto(["a", "b"])))
    assert text.tolist() == [b"a", b"b"]
    assert tf.constant(message, tf.int64, shape=[4]).shape == [2]  # the message's own, as in TensorFlow 1.15
    with pytest.raises(RuntimeError, match="requested = float32, actual = int32"):
        tf.convert_to_tensor(message, tf.float32)


def test_linear_operators_tell_their_dimensions_as_tensors() -> None:
    operators = tf.linalg.LinearOperatorFullMatrix(tf.placeholder(tf.float32, [None, 2, 3]))
    diagonal = tf.linalg.LinearOperatorDiag(tf.placeholder_with_default([1.0, 2.0], [None]))
    assert (operators.tensor_rank, diagonal.tensor_rank) == (3, 2)
    with tf.Session() as sess:
        feed = {operators.graph_parents[0]: np.ones([4, 2, 3])} if operators.graph_parents else None
        assert sess.run([operators.range_dimension_tensor(), operators.domain_dimension_tensor()]) == [2, 3]
        assert sess.run([diagonal.range_dimension_tensor(), diagonal.domain_dimension_tensor()]) == [2, 2]
        assert sess.run(diagonal.batch_shape_tensor()).tolist() == []
        assert sess.run(diagonal.tensor_rank_tensor()) == 2
        assert sess.run(diagonal.add_to_tensor([[1.0, 1.0], [1.0, 1.0]])).tolist() == [[2, 1], [1, 3]]
        if feed is not None:
            assert sess.run(operators.batch_shape_tensor(), feed).tolist() == [4]


def test_small_helpers_of_keras() -> None:
    from tensorflow.python.keras.utils import generic_utils as g

    x = np.arange(6).reshape(3, 2)
    assert [g.to_snake_case(name) for name in ("BatchNormalization", "_Own", "RNNCell")] == [
        "batch_normalization", "private__own", "rnn_cell",
    ]  # fmt: skip
    assert g.make_batches(10, 4) == [(0, 4), (4, 8), (8, 10)]
    assert [part if part is None else part.tolist() for part in g.slice_arrays([x, None], [0, 2])] == [
        [[0, 1], [4, 5]], None,
    ]  # fmt: skip
    assert g.slice_arrays(x, np.array([1])).tolist() == [[2, 3]]
    assert g.to_list(3) == g.to_list([3]) == [3]
    assert g.has_arg(lambda a, **k: a, "b", accept_all=True)
    assert not g.has_arg(lambda a, **k: a, "b")
    with pytest.raises(TypeError, match="Keyword argument not understood"):
        g.validate_kwargs({"a": 1}, ["b"])
    with pytest.raises(ValueError, match="Unknown entries in w dictionary"):
        g.check_for_unexpected_keys("w", {"a": 1}, ["b"])


def test_arguments_of_windows_are_normalized() -> None:  # as TensorFlow 1.15 does
    from tensorflow.python.keras.utils import conv_utils as c

    assert c.normalize_tuple(3, 2, "k") == (3, 3)
    assert c.normalize_tuple([1, 2], 2, "k") == (1, 2)
    for wrong in ([1, 2, 3], "a", None, (1, "x")):
        with pytest.raises(ValueError, match="The `k` argument must be a tuple of 2 integers. Received: "):
            c.normalize_tuple(wrong, 2, "k")
    assert [c.normalize_data_format(x) for x in (None, "Channels_First")] == ["channels_last", "channels_first"]
    with pytest.raises(ValueError, match="Received: same"):
        c.normalize_data_format("same")
    assert [c.normalize_padding(x) for x in ("SAME", "causal", (1, 2))] == ["same", "causal", (1, 2)]
    with pytest.raises(ValueError, match="Received: full"):
        c.normalize_padding("full")
    words = [c.convert_data_format(x, n) for x in ("channels_first", "channels_last") for n in (3, 4, 5)]
    assert words == ["NCW", "NCHW", "NCDHW", "NWC", "NHWC", "NDHWC"]
    with pytest.raises(ValueError, match="Invalid data_format"):
        c.convert_data_format("q", 4)


def test_code_asks_whether_a_function_is_built() -> None:
    from tensorflow.python.framework import ops

    told = []

    @tf.function  # type: ignore[untyped-decorator, unused-ignore]
    def double(x: Any) -> Any:
        told.append(ops.inside_function())
        return x * 2

    with tf.Session() as sess:
        assert sess.run(double(tf.constant(2))) == 4
    assert told[:1] == [True]
    assert not ops.inside_function()


def test_keras_batch_normalization_takes_its_arguments_by_place() -> None:
    layer = tf.keras.layers.BatchNormalization(
        -1, 0.9, 1e-3, True, True, "zeros", "ones", "zeros", "ones", None, None, None, None, False, None, 0.99, None,
        True, None, None, "mine",
    )  # fmt: skip
    assert (layer.name, layer.momentum, layer.trainable) == ("mine", 0.9, True)


def test_cells_have_sizes_that_were_divided() -> None:  # OpenNMT-tf halves the units of two directions: 8 / 2
    cells = tf.nn.rnn_cell
    for kind in (cells.LSTMCell, cells.BasicLSTMCell, cells.GRUCell, cells.BasicRNNCell):
        output, _ = tf.nn.dynamic_rnn(kind(8 / 2), tf.ones([2, 3, 5]), dtype=tf.float32, scope=kind.__name__)
        assert output.shape == [2, 3, 4]
    with pytest.raises(TypeError, match=r"4\.5"):
        cells.LSTMCell(4.5).zero_state(3, tf.float32)


def test_layers_of_windows_take_their_arguments_by_place() -> None:
    layers = tf.keras.layers
    layer = layers.Conv2D(3, 2, (1, 1), "same", None, (1, 1), "relu", False, "ones")
    assert (layer.use_bias, layer.padding) == (False, "same")
    output = layer(tf.ones([1, 2, 2, 1]))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(output)[0, :, :, 0].tolist() == [[4, 2], [2, 1]]
    with pytest.raises(TypeError, match="use_bias"):
        layers.Conv2D(3, 2, (1, 1), "same", None, (1, 1), "relu", False, use_bias=True)
    import inspect

    assert [*inspect.signature(layers.Conv1D.__init__).parameters][7:10] == [
        "activation", "use_bias", "kernel_initializer",
    ]  # fmt: skip


def test_the_context_of_eager_execution_counts_gpus() -> None:
    from tensorflow.python.client import device_lib
    from tensorflow.python.eager import context

    assert context.num_gpus() == len([d for d in device_lib.list_local_devices() if d.device_type == "GPU"])
    assert not context.executing_eagerly()
