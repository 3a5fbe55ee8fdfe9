"""Checkpoints that TensorFlow 1.15 wrote (`record.py`), and ours beside them, byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.checkpoint.record import FIXTURES, VALUES, make_variables

MIXED = f"{FIXTURES}/mixed-7"
WHOLE = np.arange(40, dtype=np.float32).reshape(10, 4)


def expected(name: str) -> Any:
    """The value of a variable of the fixtures."""
    dtype, value = VALUES[name]
    return np.array(value, object) if dtype == "string" else np.array(value, tf.as_dtype(dtype).as_numpy_dtype)


def test_the_reader_lists_what_is_there() -> None:
    """Names, shapes and types of all tensors."""
    reader = tf.train.NewCheckpointReader(MIXED)
    shapes = {name: list(expected(name).shape) for name in VALUES}
    assert reader.get_variable_to_shape_map() == shapes
    assert reader.get_variable_to_dtype_map() == {name: tf.as_dtype(dtype) for name, (dtype, _) in VALUES.items()}
    assert tf.train.list_variables(FIXTURES) == sorted(shapes.items())
    assert b"scope/weights (DT_FLOAT) [2,3]\n" in reader.debug_string()
    assert reader.has_tensor("half") and not reader.has_tensor("third")


@pytest.mark.parametrize("name", VALUES)
def test_values_are_read(name: str) -> None:
    """Each of them, of every type, as it was."""
    value = tf.train.load_variable(FIXTURES, name)
    np.testing.assert_array_equal(value, expected(name))


@pytest.mark.parametrize("name", [name for name in VALUES if name not in ("bfloat", "none")])
def test_values_of_the_first_format_are_read(name: str) -> None:
    """The old format holds the same."""
    np.testing.assert_array_equal(tf.train.load_variable(f"{FIXTURES}/old", name), expected(name))


def test_a_variable_in_parts_is_read_whole() -> None:
    """Three parts are one tensor."""
    np.testing.assert_array_equal(tf.train.load_variable(f"{FIXTURES}/parts", "whole"), WHOLE)


def test_a_slice_is_restored_from_a_variable_in_parts() -> None:
    """A slice that lies in two of the parts."""
    (value,) = tf.raw_ops.RestoreV2(
        prefix=f"{FIXTURES}/parts", tensor_names=["whole"], shape_and_slices=["10 4 3,4:1,2"], dtypes=[tf.float32]
    )
    np.testing.assert_array_equal(tf.Session().run(value), WHOLE[3:7, 1:3])


def test_its_graph_is_restored_and_saved_as_it_was(tmp_path: Path) -> None:
    """The graph that TensorFlow wrote, with its own saver: what it saves has the same bytes as TensorFlow's."""
    saver = tf.train.import_meta_graph(f"{MIXED}.meta")
    assert saver.saver_def.save_tensor_name == "save/control_dependency:0"
    with tf.Session() as sess:
        saver.restore(sess, MIXED)
        np.testing.assert_array_equal(sess.run("scope/weights:0"), expected("scope/weights"))
        path = saver.save(sess, str(tmp_path / "mixed"), 7)
    for suffix in (".index", ".data-00000-of-00001"):
        assert Path(path + suffix).read_bytes() == Path(MIXED + suffix).read_bytes()


def test_our_graph_saves_the_same_bytes(tmp_path: Path) -> None:
    """The variables, made and saved here; the operations have the names that TensorFlow gives them."""
    make_variables(tf)
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = saver.save(sess, str(tmp_path / "mixed"), 7)
    for suffix in (".index", ".data-00000-of-00001"):
        assert Path(path + suffix).read_bytes() == Path(MIXED + suffix).read_bytes()
    theirs = tf.MetaGraphDef.FromString(Path(MIXED + ".meta").read_bytes())
    ours = tf.MetaGraphDef.FromString(Path(path + ".meta").read_bytes())
    assert ours.saver_def == theirs.saver_def
    nodes = [{n.name: (n.op, list(n.input)) for n in m.graph_def.node if n.name[:5] == "save/"} for m in (ours, theirs)]
    assert nodes[0] == nodes[1]


def test_the_first_format_is_written(tmp_path: Path) -> None:
    """A saver of that version writes it, and reads it again."""
    make_variables(tf)
    kept = [v for v in tf.global_variables() if v.op.name not in ("bfloat", "none")]
    saver = tf.train.Saver(kept, write_version=tf.train.SaverDef.V1)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = saver.save(sess, str(tmp_path / "old"))
    assert Path(path).read_bytes() == Path(f"{FIXTURES}/old").read_bytes()
    with tf.Session() as sess:
        saver.restore(sess, path)
        np.testing.assert_array_equal(sess.run("words:0"), expected("words"))
