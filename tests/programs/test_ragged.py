"""`tf.ragged`, RaggedTensor and strings as rows: values, shapes, types and classes of errors are TensorFlow 1.15's."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sessile.ops.library.ragged import dispatch

import sessile as tf
from sessile import ragged_calls
from tests.programs.ragged_cases import RECORDED, expressions, outcome

WANTED = json.loads(RECORDED.read_text(encoding="utf-8"))
DIFFERENT = {
    "r[:, ::-1]": "each row backwards, as Python's slices are; TensorFlow gives rows without values",
    "r[[0]]": "a list is no index",
    "tf.string_to_number(tf.as_string(r))": "it takes ragged strings; TensorFlow's first argument has two names there",
    "tf.reduce_sum(r, 1, keepdims=True)": "version 1's function takes `keepdims` too",
    "tf.reduce_sum(r, 0, keepdims=True)": "version 1's function takes `keepdims` too",
    "tf.strings.unicode_split('aé', 'UTF-8')": "the number of characters is not known before the step",
}


@pytest.mark.parametrize("expression", expressions())
def test_is_what_tensorflow_gave(expression: str) -> None:
    """Shapes may be known better than TensorFlow's are, never worse."""
    ours, wanted = json.loads(json.dumps(outcome(tf, expression))), WANTED[expression]
    if expression in DIFFERENT:
        assert ours != wanted
        return
    ours, wanted = (value if isinstance(value, list) else [value] for value in (ours, wanted))
    assert len(ours) == len(wanted)
    for mine, theirs in zip(ours, wanted):
        shapes = mine.pop("shape", None), theirs.pop("shape", None)
        assert mine == theirs
        if None not in shapes:
            assert len(shapes[0]) == len(shapes[1])
            assert all(b is None or a == b for a, b in zip(*shapes))


def _fed(rows: Any) -> Any:
    return tf.ragged.constant_value(rows)


def test_placeholders_are_fed_with_values() -> None:
    x = tf.ragged.placeholder(tf.int32, 2)
    with tf.Session() as sess:
        value = _fed([[[1], []], [[2, 3]]])
        found = sess.run(tf.reduce_sum(x * 2, 2), {x: value})
        assert isinstance(found, tf.compat.v1.ragged.RaggedTensorValue)
        assert found.to_list() == [[2, 0], [10]]
        call = sess.make_callable(x.to_tensor(), [x])
        assert call(value).tolist() == [[[1, 0], [0, 0]], [[2, 3], [0, 0]]]
        with pytest.raises(TypeError, match="RaggedTensorValue"):
            sess.run(x.values, {x: [[1]]})
        with pytest.raises(ValueError, match="ragged dimensions"):
            sess.run(x.values, {x: _fed([[1]])})


def test_values_of_a_step_go_into_another_graph() -> None:
    rows = tf.ragged.constant([["a", "b"], []])
    with tf.Session() as sess:
        value = sess.run(rows)
        assert sess.run(tf.concat([value, rows], 0)).to_list() == [[b"a", b"b"], [], [b"a", b"b"], []]
        assert value.shape == (2, None) and value.ragged_rank == 1
        assert sess.run({"rows": rows, "n": rows.nrows()})["n"] == 2


def test_values_take_arrays_alone() -> None:
    made = tf.compat.v1.ragged.RaggedTensorValue
    with pytest.raises(TypeError, match="row_splits"):
        made(np.zeros(1), [0, 1])
    with pytest.raises(TypeError, match="values"):
        made([1], np.array([0, 1]))
    inner = made(np.zeros(1), np.array([0, 1]))
    with pytest.raises(ValueError, match="dtype"):
        made(inner, np.array([0, 1], np.int32))


def test_gradients_reach_the_flat_values() -> None:
    values = tf.constant([1.0, 2.0, 3.0])
    rows = tf.RaggedTensor.from_row_lengths(values, [2, 0, 1])
    loss = tf.reduce_sum(tf.square(tf.reduce_sum(rows, 1)))
    with tf.Session() as sess:
        assert sess.run(tf.gradients(loss, values)[0]).tolist() == [6.0, 6.0, 6.0]
        dense = tf.reduce_sum(tf.square(rows.to_tensor()))
        assert sess.run(tf.gradients(dense, values)[0]).tolist() == [2.0, 4.0, 6.0]


def test_random_rows_agree_with_lists() -> None:
    """Of rows of any lengths, sums, slices, joins and padded tensors are those of lists."""
    random = np.random.default_rng(5)
    x = tf.ragged.placeholder(tf.int32, 1)
    asked = [tf.reduce_sum(x, 1), x[:, 1:3], x[::-2], tf.concat([x, x[::-1]], 1), x.to_tensor(7), tf.tile(x, [2, 2])]
    with tf.Session() as sess:
        for _ in range(20):
            rows = [random.integers(0, 9, random.integers(0, 5)).tolist() for _ in range(random.integers(1, 6))]
            value = tf.ragged.constant_value(rows, np.int32, ragged_rank=1)
            sums, part, some, joined, padded, tiled = sess.run(asked, {x: value})
            width = max(map(len, rows))
            assert sums.tolist() == [sum(row) for row in rows]
            assert part.to_list() == [row[1:3] for row in rows]
            assert some.to_list() == rows[::-2]
            assert joined.to_list() == [a + b for a, b in zip(rows, rows[::-1])]
            assert padded.tolist() == [row + [7] * (width - len(row)) for row in rows]
            assert tiled.to_list() == [row * 2 for row in rows] * 2


def test_specs() -> None:
    spec = tf.RaggedTensorSpec([None, None], tf.int32)
    assert spec == tf.RaggedTensorSpec([None, None], tf.int32, 1, tf.int64)
    assert spec.is_compatible_with(tf.ragged.constant([[1], []]))
    assert not spec.is_compatible_with(tf.ragged.constant([[1.0], []]))
    assert spec.value_type is tf.RaggedTensor
    with pytest.raises(ValueError, match="ragged_rank"):
        tf.RaggedTensorSpec([None], tf.int32, 1)
    with pytest.raises(ValueError, match="ragged_rank"):
        tf.RaggedTensorSpec(None, tf.int32)


def test_functions_that_take_ragged_tensors_are_those_that_are_wrapped() -> None:
    assert dispatch.NAMES == ragged_calls._NAMES
    assert tf.add is tf.math.add and tf.add.__name__ == "add"
