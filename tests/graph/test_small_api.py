"""Small public parts of TensorFlow 1, one test for each that was missing; values as TensorFlow 1.15 gives them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from sessile.device_lib import list_local_devices
from sessile.tensor_util import constant_value_as_shape

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_the_one_that_is_spoken() -> None:
    """Programs compare it: `tf.VERSION` was our own version."""
    assert tf.VERSION == tf.version.VERSION == "1.15.5"
    assert tf.__version__ != tf.VERSION
    assert tf.Graph().graph_def_versions.producer == tf.GRAPH_DEF_VERSION
    assert (tf.GRAPH_DEF_VERSION_MIN_CONSUMER, tf.GRAPH_DEF_VERSION_MIN_PRODUCER) == (0, 0)
    assert isinstance(tf.GIT_VERSION, str) and isinstance(tf.COMPILER_VERSION, str)
    assert isinstance(tf.CXX11_ABI_FLAG, int) and isinstance(tf.MONOLITHIC_BUILD, int)


class Foreign:
    """An array of another library: of a high priority, with operators that refuse ours."""

    __array_priority__ = 1000

    def __init__(self, value: Any) -> None:
        self.value = value

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.value

    def __radd__(self, other: Any) -> Any:
        raise TypeError("unsupported operand: this is what torch.Tensor and DataFrame said")

    __rsub__ = __rmul__ = __rtruediv__ = __rmatmul__ = __radd__


class Answering:
    """No array, but with an answer of its own."""

    def __radd__(self, other: Any) -> str:
        return "radd"

    __rtruediv__ = __rmatmul__ = __radd__


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "AddV2": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "RealDiv": lambda x, y: x / y,
    "MatMul": lambda x, y: x @ y,
    "Less": lambda x, y: x < y,
}


@pytest.mark.parametrize("kind", OPERATORS)
def test_an_array_of_another_library_becomes_a_constant(kind: str) -> None:
    """`tensor + torch.Tensor` and `tensor + DataFrame` were left to the other library, which knew no tensors."""
    x = tf.placeholder(tf.float32, [2, 2])
    assert OPERATORS[kind](x, Foreign(np.ones((2, 2), np.float32))).op.type == kind
    assert OPERATORS[kind](x, Foreign(np.ones((2, 2)))).dtype == (tf.bool if kind == "Less" else tf.float32)


def test_what_is_no_array_answers_itself() -> None:
    x = tf.placeholder(tf.float32, [2, 2])
    assert x + Answering() == x / Answering() == x @ Answering() == "radd"
    with pytest.raises(TypeError):
        x * Answering()
    before = x.graph.version
    with pytest.raises(TypeError):
        x + "text"
    assert x.graph.version >= before


class Exporting:
    """An array that only `__dlpack__` gives."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __dlpack__(self, **options: Any) -> Any:
        return self.value.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.value.__dlpack_device__()


def test_arrays_with_dlpack_alone_are_taken() -> None:
    """As feeds, arguments of callables, constants and operands."""
    x = tf.placeholder(tf.float32, [2])
    with tf.Session() as sess:
        assert sess.run(x * 2.0, {x: Exporting(np.array([1.0, 2.0]))}).tolist() == [2.0, 4.0]
        step = sess.make_callable(x * 2.0, [x])
        for _ in range(3):
            assert step(Exporting(np.array([1.0, 2.0], np.float32))).tolist() == [2.0, 4.0]
        assert sess.run(tf.constant(Exporting(np.arange(3)))).tolist() == [0, 1, 2]
        assert sess.run(x + Exporting(np.ones(2, np.float32)), {x: [1, 2]}).tolist() == [2.0, 3.0]


def test_references_of_tensors_are_keys() -> None:
    x, w = tf.constant(1.0), tf.Variable(1.0)
    for item in (x, w):
        reference = item.experimental_ref()
        assert reference.deref() is item
        assert reference == item.experimental_ref() and hash(reference) == hash(item.experimental_ref())
    assert x.experimental_ref() != w.experimental_ref()
    with pytest.raises(TypeError, match="Cannot compare wrapped object with unwrapped object"):
        assert x.experimental_ref() == 3
    assert repr(x.experimental_ref()) == f"<Reference wrapping {x!r}>"


def test_specs_of_sparse_tensors() -> None:
    spec = tf.SparseTensorSpec([2, 2])
    assert repr(tf.SparseTensorSpec([3, None], tf.int32)) == (
        "SparseTensorSpec(TensorShape([Dimension(3), Dimension(None)]), tf.int32)"
    )
    assert spec.is_compatible_with(tf.sparse_placeholder(tf.float32, [2, 2]))
    assert spec.is_compatible_with(tf.SparseTensorValue([[0, 0]], np.ones(1, np.float32), [2, 2]))
    assert not spec.is_compatible_with(5)
    assert spec == tf.SparseTensorSpec([2, 2]) and hash(spec) == hash(tf.SparseTensorSpec([2, 2]))
    assert spec.most_specific_compatible_type(tf.SparseTensorSpec([2, 3])).shape.as_list() == [2, None]
    assert spec.value_type is tf.SparseTensor


def test_specs_of_indexed_slices() -> None:
    assert repr(tf.IndexedSlicesSpec()) == (
        "IndexedSlicesSpec(TensorShape(None), tf.float32, tf.int64, None, TensorShape([Dimension(None)]))"
    )
    slices = tf.IndexedSlices(tf.zeros([2, 3]), tf.constant([0, 1]))
    assert tf.IndexedSlicesSpec([None, 3], tf.float32, tf.int32).is_compatible_with(slices)
    assert not tf.IndexedSlicesSpec([None, 3]).is_compatible_with(slices)


def test_shapes_that_tensors_hold() -> None:
    x = tf.placeholder(tf.float32, [None, 5])
    held: list[tuple[Any, Any]] = [
        (tf.constant([1, 2, -1]), [1, 2, None]),
        (tf.placeholder(tf.int32, [3]), [None, None, None]),
        (tf.shape(x), [None, 5]),
        (tf.stack([tf.shape(x)[0], 3]), [None, 3]),
        (tf.concat([tf.shape(x), [7]], 0), [None, 5, 7]),
        (tf.shape(x)[1:], [5]),
    ]
    for tensor, extents in held:
        assert constant_value_as_shape(tensor).as_list() == extents
    for tensor in (tf.placeholder(tf.int32), tf.placeholder(tf.int32, [None]), tf.constant(-1)):
        assert constant_value_as_shape(tensor).ndims is None
    for tensor, words in [
        (tf.constant(3), "Received a scalar value '3' as shape"),
        (tf.placeholder(tf.int32, []), "Received a scalar with unknown value as shape"),
        (tf.constant([[1]]), "must have rank 1"),
    ]:
        with pytest.raises(ValueError, match=words):
            constant_value_as_shape(tensor)


def test_local_devices_are_messages() -> None:
    (device,) = list_local_devices()
    assert (device.name, device.device_type) == ("/device:CPU:0", "CPU")
    assert device.memory_limit > 0 and device.DESCRIPTOR.full_name == "tensorflow.DeviceAttributes"
    assert len(list_local_devices(tf.ConfigProto(device_count={"CPU": 2}))) == 2


@pytest.mark.parametrize(
    ("spec", "full"),
    [("/cpu", "/device:CPU:*"), ("gpu", "/device:GPU:*"), ("/job:a/CPU", "/job:a/device:CPU:*"),
     ("/device:cpu:0", "/device:CPU:0"), ("/cpu:*", "/device:CPU:*")],
)  # fmt: skip
def test_a_device_type_may_stand_alone(spec: str, full: str) -> None:
    with tf.device(spec):
        assert tf.constant(1.0).device == full


@pytest.mark.parametrize("spec", ["/device:CPU", "/tpu", "/xla_cpu", "/cpu:a", "/job"])
def test_what_is_no_device(spec: str) -> None:
    with pytest.raises(ValueError, match="device spec"), tf.device(spec):
        tf.constant(1.0)


def test_a_graph_without_functions_writes_no_library() -> None:
    tf.constant(1.0)
    assert not tf.get_default_graph().as_graph_def().HasField("library")
    tf.get_default_graph().switch_to_thread_local()


def recommended() -> list[tuple[str, str]]:
    """What our messages recommend as `tf.name`, outside of docstrings, with the file."""
    found = set()
    for path in [path for layer in ("ops", "compiler", "session", "sessile") for path in (ROOT / layer).rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for raised in [node for node in ast.walk(tree) if isinstance(node, ast.Raise)]:
            texts = [n.value for n in ast.walk(raised) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            found |= {(name, path.name) for text in texts for name in re.findall(r"\btf\.([a-z_][\w.]*\w)", text)}
    return sorted(found)


@pytest.mark.parametrize(("name", "file"), recommended())
def test_messages_recommend_what_is_there(name: str, file: str) -> None:
    """`if tensor:` recommended `tf.cond` when there was none."""
    holder: Any = tf
    for part in name.split("."):
        holder = getattr(holder, part)


def test_a_python_function_of_tensors() -> None:
    """`py_function`: its arguments are tensors with values, its operations are computed at once."""
    x = tf.placeholder(tf.float32, [2])
    single = tf.py_function(lambda a: a * 2, [x], tf.float32)
    several = tf.py_function(lambda a: (a.numpy() + 1, tf.reduce_sum(a)), [x], [tf.float32, tf.float32])
    nothing = tf.py_function(lambda a: None, [x], [])
    drawn = tf.py_function(lambda a: a + tf.random_normal([2]), [x], tf.float32)
    wrong = tf.py_function(lambda a: tf.cast(a, tf.int32), [x], tf.float32)
    assert single.op.type == "EagerPyFunc" and nothing.type == "EagerPyFunc"
    with tf.Session() as sess:
        first, (second, third), none = sess.run([single, several, nothing], {x: [1.0, 2.0]})
        assert (first.tolist(), second.tolist(), third, none) == ([2.0, 4.0], [2.0, 3.0], 3.0, None)
        with pytest.raises(tf.errors.UnimplementedError, match="may not use RandomStandardNormal"):
            sess.run(drawn, {x: [1.0, 2.0]})
        with pytest.raises(tf.errors.InvalidArgumentError, match="Tensor conversion requested dtype float32"):
            sess.run(wrong, {x: [1.0, 2.0]})
    with pytest.raises(ValueError, match="Expected func to be callable"):
        tf.py_function(3, [x], tf.float32)
