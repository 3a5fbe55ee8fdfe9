"""The file `checkpoint`, finding checkpoints, and variables that begin with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sessile as tf
from tests.checkpoint.record import FIXTURES


def test_the_state_of_a_folder(tmp_path: Path) -> None:
    """Written, read, and None where there is none or it is no state."""
    folder = str(tmp_path)
    assert tf.train.get_checkpoint_state(folder) is None and tf.train.latest_checkpoint(folder) is None
    tf.train.update_checkpoint_state(folder, folder + "/m-2", [folder + "/m-1", folder + "/m-2"])
    state = tf.train.get_checkpoint_state(folder)
    assert state.model_checkpoint_path == folder + "/m-2" and len(state.all_model_checkpoint_paths) == 2
    assert tf.train.latest_checkpoint(folder) is None  # the files are not there
    (tmp_path / "checkpoint").write_text("no state: {")
    assert tf.train.get_checkpoint_state(folder) is None


def test_relative_paths_are_those_of_the_folder(tmp_path: Path) -> None:
    """A state file with relative paths is read as paths that can be opened."""
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "m-3"\nall_model_checkpoint_paths: "m-2"\n')
    state = tf.train.get_checkpoint_state(str(tmp_path))
    assert state.model_checkpoint_path == str(tmp_path / "m-3")
    assert tf.train.latest_checkpoint(FIXTURES) == f"{FIXTURES}/mixed-7"


def test_the_state_as_a_message() -> None:
    """The last path is among them; paths of a relative folder are relative to it."""
    state = tf.train.generate_checkpoint_state_proto("k", "k/m-1", ["k/m-0"])
    assert list(state.all_model_checkpoint_paths) == ["m-0", "m-1"] and state.model_checkpoint_path == "m-1"
    with pytest.raises(ValueError, match="must match checkpoint paths"):
        tf.train.generate_checkpoint_state_proto("k", "k/m-1", ["k/m-1"], [1.0, 2.0])


def test_checkpoints_are_found_and_removed(tmp_path: Path) -> None:
    """Of both formats; patterns match."""
    a = tf.Variable(1.0)
    with tf.Session() as sess:
        sess.run(a.initializer)
        path = tf.train.Saver().save(sess, str(tmp_path / "m"), 1)
    assert tf.train.checkpoint_exists(path) and tf.train.checkpoint_exists(str(tmp_path / "m-?"))
    assert tf.train.checkpoint_exists(f"{FIXTURES}/old")
    assert len(tf.train.get_checkpoint_mtimes([path, str(tmp_path / "gone")])) == 1
    tf.train.remove_checkpoint(path)
    assert not tf.train.checkpoint_exists(path)
    assert [item.name for item in tmp_path.iterdir()] == ["checkpoint"]


def test_a_folder_is_watched(tmp_path: Path) -> None:
    """The last checkpoint, and the end when no other comes in time."""
    assert list(tf.train.checkpoints_iterator(FIXTURES, timeout=0)) == [f"{FIXTURES}/mixed-7"]
    assert list(tf.train.checkpoints_iterator(str(tmp_path), timeout=0)) == []


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    """A folder without checkpoints, a path without one, a tensor that is not in it."""
    with pytest.raises(ValueError, match="Couldn't find 'checkpoint' file"):
        tf.train.list_variables(str(tmp_path))
    with pytest.raises(tf.errors.NotFoundError, match="Failed to find any matching files for"):
        tf.train.NewCheckpointReader(str(tmp_path / "m"))
    with pytest.raises(tf.errors.NotFoundError, match="Key other not found in checkpoint"):
        tf.train.load_variable(FIXTURES, "other")
    (tmp_path / "text").write_text("some text that is no checkpoint at all, of more than 48 bytes")
    with pytest.raises(tf.errors.DataLossError, match="not an sstable"):
        tf.train.NewCheckpointReader(str(tmp_path / "text"))


def test_variables_begin_with_a_checkpoint() -> None:
    """By variable, by name, and by scope; the initializer is the checkpoint's value."""
    with tf.variable_scope("mine"):
        weights = tf.get_variable("weights", [2, 3])
    half = tf.get_variable("other_half", [1], tf.float16, initializer=tf.zeros_initializer())
    tf.train.init_from_checkpoint(FIXTURES, {"scope/": "mine/", "half": half})
    double = tf.get_variable("double", [], tf.float64)
    tf.train.init_from_checkpoint(f"{FIXTURES}/mixed-7", {"double": "double"})
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(weights).tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.5]]
        assert sess.run(half).tolist() == [1.5] and sess.run(double) == 0.1


def test_what_does_not_fit_is_told() -> None:
    """Names that are not there, other shapes, maps of a scope to none."""
    weights = tf.get_variable("weights", [3, 3])
    for mapping, words in (
        ({"scope/weights": weights}, "doesn't match with shape of tensor scope/weights"),
        ({"nothing": weights}, "Tensor nothing is not found"),
        ({"nothing": "weights"}, "Tensor nothing is not found"),
        ({"weights": "nowhere"}, "should map to scope only"),
        ({"other/": "/"}, "Tensor other/weights \\(weights in other/\\) is not found"),
    ):
        with pytest.raises(ValueError, match=words):
            tf.train.init_from_checkpoint(FIXTURES, mapping)


WARM: Any = {
    "all that are trainable": ({}, [1, 1, 0]),
    "a pattern": ({"vars_to_warm_start": "a"}, [1, 0, 0]),
    "a pattern of none": ({"vars_to_warm_start": "u"}, [0, 0, 0]),
    "patterns of all variables": ({"vars_to_warm_start": ["a/", "c"]}, [1, 0, 1]),
    "none": ({"vars_to_warm_start": None}, [0, 0, 0]),
    "another name": ({"vars_to_warm_start": "a", "var_name_to_prev_var_name": {"a/v": "c"}}, [3, 0, 0]),
}


@pytest.mark.parametrize("name", WARM)
def test_a_warm_start(tmp_path: Path, name: str) -> None:
    def variables(*values: float) -> list[Any]:
        return [
            tf.get_variable(name, [2], initializer=tf.constant_initializer(value), trainable=name != "c")
            for name, value in zip(("a/v", "b/u", "c"), values)
        ]

    options, expected = WARM[name]
    stored = (1, 1, 3 if "another" in name else 1)
    with tf.Graph().as_default(), tf.Session() as sess:
        variables(*stored)
        sess.run(tf.global_variables_initializer())
        tf.train.Saver().save(sess, str(tmp_path / "model"))
    with tf.Graph().as_default(), tf.Session() as sess:
        made = variables(0, 0, 0)
        tf.train.warm_start(str(tmp_path), **options)
        sess.run(tf.global_variables_initializer())
        assert [value[0] for value in sess.run(made)] == expected


def test_a_warm_start_says_what_it_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not used"):
        tf.train.warm_start(str(tmp_path), None, var_name_to_prev_var_name={"a": "b"})
