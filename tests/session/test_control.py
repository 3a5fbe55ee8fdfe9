"""Assertions, printing, Python functions and time; what is printed is what TensorFlow prints."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

import sessile as tf


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (-1, "[[0 1 2][3 4 5]] [[[0 1][2 3]][[4 5][6 7]]] [5] []"),
        (0, "[...] [...] [...] []"),
        (1, "[[0...]...] [[[0...]]...] [5] []"),
        (2, "[[0 1...]...] [[[0 1]]...] [5] []"),
        (3, "[[0 1 2]...] [[[0 1][2...]]...] [5] []"),
        (4, "[[0 1 2][3...]...] [[[0 1][2 3]]...] [5] []"),
        (6, "[[0 1 2][3 4 5]] [[[0 1][2 3]][[4 5]]...] [5] []"),
    ],
)
def test_assert_shows_its_data(limit: int, expected: str) -> None:
    data = [np.arange(6.0).reshape(2, 3), np.arange(8).reshape(2, 2, 2), 5, np.zeros((0, 2))]
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        tf.Session().run(tf.raw_ops.Assert(condition=False, data=data, summarize=limit))
    assert f"assertion failed: {expected}\n" in error.value.message


def test_assert_formats_numbers() -> None:
    data = [[1 / 3, 1e10, 1e-5], np.array([1 / 3, 1e10, 0.1]), True, "text", np.array([255], np.uint8), 1 + 2j]
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        tf.Session().run(tf.Assert(False, data))
    shown = "[0.333333343 1e+10 1e-05] [0.33333333333333331 10000000000 0.1] [1] [text] [255] [?]"
    assert f"assertion failed: {shown}" in error.value.message


def test_assert_guards_what_depends_on_it() -> None:
    p = tf.placeholder(tf.bool, [])
    with tf.control_dependencies([tf.Assert(p, ["no"])]):
        c = tf.identity(tf.constant(1.0))
    sess = tf.Session()
    assert sess.run(c, {p: True}) == 1.0
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"assertion failed: \[no\]"):
        sess.run(c, {p: False})


def test_old_print(capfd: pytest.CaptureFixture[str]) -> None:
    d = tf.constant(np.arange(6.0).reshape(2, 3))
    shown = tf.Print(d, [d, "x", 3, True, 1 / 3, ["a", "b"]], message="m: ", first_n=2)
    sess = tf.Session()
    for _ in range(3):
        np.testing.assert_array_equal(sess.run(shown)[0], [0, 1, 2])
    assert capfd.readouterr().err == "m: [[0 1 2]...][x][3][1][0.333333343][a b]\n" * 2


@pytest.mark.parametrize(
    ("inputs", "options", "expected"),
    [
        (["hi", np.arange(6.0).reshape(2, 3)], {}, "hi [[0 1 2]\n [3 4 5]]\n"),
        ([np.array(["a", "b"])], {}, '["a" "b"]\n'),
        ([np.array("a"), "b", 3], {}, '"a" b 3\n'),
        ([np.array("a")], {}, "a\n"),
        ([np.arange(7)], {}, "[0 1 2 ... 4 5 6]\n"),
        ([np.arange(6)], {}, "[0 1 2 3 4 5]\n"),
        ([np.arange(4).reshape(2, 1, 2)], {}, "[[[0 1]]\n\n [[2 3]]]\n"),
        ([np.arange(9).reshape(3, 3)], {"summarize": 1}, "[[0 ... 2]\n ...\n [6 ... 8]]\n"),
        ([np.float32(1 / 3), 1.5, None, ["s"], ()], {"sep": "|", "end": "!"}, "0.333333343|1.5|None|['s']|()!"),
        ([{"b": np.array(2), "a": [np.array(1)]}, (np.array(3),)], {}, "{'a': [1], 'b': 2} (3,)\n"),
        (["a{}b", np.array(1)], {}, "a{}b 1\n"),
    ],
)
def test_print(
    inputs: list[object], options: dict[str, object], expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def tensors(value: object) -> object:
        if isinstance(value, (np.ndarray, np.generic)):
            return tf.constant(value)
        if isinstance(value, dict):
            return {key: tensors(item) for key, item in value.items()}
        return type(value)(map(tensors, value)) if isinstance(value, (list, tuple)) else value  # type: ignore[call-arg]

    tf.Session().run(tf.print(*[tensors(value) for value in inputs], **options))
    assert capfd.readouterr().err == expected


def test_print_to_other_streams(capfd: pytest.CaptureFixture[str], tmp_path: object) -> None:
    path = f"{tmp_path}/lines.txt"
    sess = tf.Session()
    sess.run([tf.print("a", output_stream=sys.stdout), tf.print("b", output_stream=f"file://{path}")])
    assert capfd.readouterr().out == "a\n"
    with open(path) as file:
        assert file.read() == "b\n"
    with pytest.raises(ValueError, match="stream"):
        tf.print("a", output_stream=3)
    with pytest.raises(ValueError, match="Unrecognized keyword arguments for tf.print"):
        tf.print("a", foo=1)


def test_py_func() -> None:
    sess = tf.Session()
    x = tf.constant([1.0, 2.0])
    assert sess.run(tf.py_func(np.add, [x, x], tf.float32)).tolist() == [2.0, 4.0]
    total, text = sess.run(tf.py_func(lambda v: (v.sum(), "é"), [x], [tf.float32, tf.string]))
    assert (total, text) == (3.0, "é".encode())
    kinds: list[type] = []
    assert sess.run(tf.py_func(lambda *v: kinds.extend(map(type, v)), [x, 1.0, "a"], [])) is None
    assert kinds == [np.ndarray, np.float32, bytes]
    assert sess.run(tf.numpy_function(lambda v: v, [x], tf.float32, stateful=False)).tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="Expected func to be callable"):
        tf.py_func(3, [x], tf.float32)


@pytest.mark.parametrize(
    ("function", "types", "error", "message"),
    [
        (
            lambda x: 1,
            [tf.float32],
            "InvalidArgumentError",
            "0-th value returned by .* is int64, but expects float32",
        ),
        (lambda x: (x, x), [tf.float32], "InvalidArgumentError", "returns 2 values, but expects to see 1 values"),
        (lambda x: None, [tf.float32], "InvalidArgumentError", "returns 0 values"),
        (lambda x: {}["key"], [tf.float32], "UnknownError", "KeyError: 'key'"),
        (lambda x: int("a"), [tf.float32], "InvalidArgumentError", "ValueError: invalid literal"),
        (lambda x: next(iter(())), [tf.float32], "OutOfRangeError", "StopIteration"),
    ],
)
def test_py_func_errors(function: object, types: object, error: str, message: str) -> None:
    with pytest.raises(getattr(tf.errors, error), match=message):
        tf.Session().run(tf.py_func(function, [1.0], types))


def test_py_func_cannot_change_the_graphs_arrays() -> None:
    x = tf.constant([1.0, 2.0])

    def change(value: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        value[:] = 0.0
        return value

    sess = tf.Session()
    for _ in range(2):
        changed, kept = sess.run([tf.py_func(change, [x], tf.float32), x])
        assert (changed.tolist(), kept.tolist()) == ([0.0, 0.0], [1.0, 2.0])


def test_timestamp() -> None:
    t = tf.timestamp()
    sess = tf.Session()
    first, second = sess.run(t), sess.run(t)
    assert first <= second
    assert abs(second - time.time()) < 60.0


def test_raw_ops() -> None:
    assert tf.Session().run(tf.raw_ops.AddV2(x=1, y=2)) == 3
    assert tf.raw_ops.AddV2(x=1, y=2, name="sum").name == "sum:0"
    assert "AddV2" in dir(tf.raw_ops)
    for arguments, keywords in (((1, 2), {}), ((), {"x": 1}), ((), {"x": 1, "y": 2, "q": 3})):
        with pytest.raises(TypeError):
            tf.raw_ops.AddV2(*arguments, **keywords)
    with pytest.raises(AttributeError, match="AddV2"):
        _ = tf.raw_ops.AddV3


def test_tensor_spec() -> None:
    spec = tf.TensorSpec([1, None], tf.float32, "n")
    assert repr(spec) == "TensorSpec(shape=(1, ?), dtype=tf.float32, name='n')"
    assert tf.TensorSpec([2]) == tf.TensorSpec([2]) != tf.TensorSpec([3])
    assert tf.TensorSpec([2]).is_compatible_with(tf.constant([1.0, 2.0]))
    assert not tf.TensorSpec([2]).is_compatible_with(tf.constant([1, 2]))
    assert tf.TensorSpec.from_tensor(tf.constant([1.0], name="c")) == tf.TensorSpec([1], tf.float32, "c")


def test_print_takes_a_list() -> None:
    """One value that is no list is refused, as in TensorFlow, and the message says what was given."""
    for data in (3, tf.constant([3])):
        with pytest.raises(TypeError, match="Expected list for 'data' argument to 'Print' Op"):
            tf.Print(1.0, data)
