"""`train.Saver`: saving, restoring, what is kept, and the errors."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf


def names(folder: Path) -> list[str]:
    """The names in a folder, without endings of checkpoints' files."""
    return sorted({path.name.partition(".")[0] for path in folder.iterdir() if path.name != "checkpoint"})


def test_variables_come_back_in_another_session(tmp_path: Path) -> None:
    """Restored variables need no initialization."""
    a, b = tf.Variable([1.0, 2.0], name="a"), tf.Variable(3, name="b")
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(a.assign_add([1.0, 1.0]))
        path = saver.save(sess, str(tmp_path / "model.ckpt"), global_step=5)
    assert path == str(tmp_path / "model.ckpt-5")
    with tf.Session() as sess:
        saver.restore(sess, path)
        assert sess.run(a).tolist() == [2.0, 3.0] and sess.run(b) == 3


def test_a_dictionary_renames(tmp_path: Path) -> None:
    """Names in the checkpoint are the keys."""
    a = tf.Variable(1.0, name="a")
    with tf.Session() as sess:
        sess.run(a.initializer)
        path = tf.train.Saver({"other/name": a}).save(sess, str(tmp_path / "m"))
    assert tf.train.list_variables(path) == [("other/name", [])]


def test_the_step_is_a_number_a_tensor_or_a_variable(tmp_path: Path) -> None:
    """What it evaluates to is in the name."""
    step = tf.train.get_or_create_global_step()
    saver = tf.train.Saver(pad_step_number=True)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(step.assign(12))
        assert saver.save(sess, str(tmp_path / "m"), step) == str(tmp_path / "m-00000012")
        assert saver.save(sess, str(tmp_path / "m"), np.int64(3)) == str(tmp_path / "m-00000003")
        assert saver.save(sess, str(tmp_path / "m"), tf.constant(4)) == str(tmp_path / "m-00000004")


def test_the_oldest_are_removed(tmp_path: Path) -> None:
    """`max_to_keep` checkpoints stay, and the file `checkpoint` lists them."""
    a = tf.Variable(1.0)
    saver = tf.train.Saver(max_to_keep=2)
    with tf.Session() as sess:
        sess.run(a.initializer)
        for step in range(4):
            saver.save(sess, str(tmp_path / "m"), step)
    assert names(tmp_path) == ["m-2", "m-3"]
    assert saver.last_checkpoints == [str(tmp_path / "m-2"), str(tmp_path / "m-3")]
    state = tf.train.get_checkpoint_state(str(tmp_path))
    assert list(state.all_model_checkpoint_paths) == saver.last_checkpoints
    assert tf.train.latest_checkpoint(str(tmp_path)) == state.model_checkpoint_path == str(tmp_path / "m-3")


def test_a_new_saver_goes_on_with_the_old_ones(tmp_path: Path) -> None:
    """`recover_last_checkpoints` takes over those that are still there."""
    a = tf.Variable(1.0)
    with tf.Session() as sess:
        sess.run(a.initializer)
        old = tf.train.Saver()
        for step in range(3):
            old.save(sess, str(tmp_path / "m"), step)
        new = tf.train.Saver(max_to_keep=2)
        new.recover_last_checkpoints([*old.last_checkpoints, str(tmp_path / "gone")])
        new.save(sess, str(tmp_path / "m"), 9)
    assert names(tmp_path)[-2:] == ["m-2", "m-9"]


def test_all_are_kept_if_asked(tmp_path: Path) -> None:
    """0 and None mean all; none of them is listed."""
    a = tf.Variable(1.0)
    saver = tf.train.Saver(max_to_keep=0)
    with tf.Session() as sess:
        sess.run(a.initializer)
        for step in range(7):
            saver.save(sess, str(tmp_path / "m"), step)
    assert len(names(tmp_path)) == 7 and saver.last_checkpoints == []


def test_one_is_kept_for_good_every_so_many_hours(tmp_path: Path) -> None:
    """A checkpoint whose time has come is not removed."""
    a = tf.Variable(1.0)
    saver = tf.train.Saver(max_to_keep=1, keep_checkpoint_every_n_hours=1e-9)
    with tf.Session() as sess:
        sess.run(a.initializer)
        for step in range(4):
            saver.save(sess, str(tmp_path / "m"), step)
    assert len(names(tmp_path)) == 4


def test_the_folder_can_be_moved(tmp_path: Path) -> None:
    """With relative paths the file `checkpoint` still names the last one."""
    a = tf.Variable(1.0)
    saver = tf.train.Saver(save_relative_paths=True)
    (tmp_path / "old").mkdir()
    with tf.Session() as sess:
        sess.run(a.initializer)
        saver.save(sess, str(tmp_path / "old" / "m"), 1)
    shutil.move(tmp_path / "old", tmp_path / "new")
    assert tf.train.latest_checkpoint(str(tmp_path / "new")) == str(tmp_path / "new" / "m-1")


def test_what_is_written_can_be_chosen(tmp_path: Path) -> None:
    """The graph, the state file and their names."""
    a = tf.Variable(1.0)
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(a.initializer)
        saver.save(sess, str(tmp_path / "m"), write_meta_graph=False, write_state=False)
        assert sorted(os.listdir(tmp_path)) == ["m.data-00000-of-00001", "m.index"]
        saver.save(sess, str(tmp_path / "m"), latest_filename="last", meta_graph_suffix="graph")
    assert {"last", "m.graph"} <= set(os.listdir(tmp_path))
    assert tf.train.latest_checkpoint(str(tmp_path), "last") == str(tmp_path / "m")


def test_a_variable_may_take_another_shape(tmp_path: Path) -> None:
    """`reshape=True` restores as many elements in another shape; otherwise that is an error with TensorFlow's hint."""
    with tf.Session() as sess:
        a = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="a")
        sess.run(a.initializer)
        path = tf.train.Saver().save(sess, str(tmp_path / "m"))
    with tf.Graph().as_default(), tf.Session() as sess:
        b = tf.Variable([0.0] * 4, name="a")
        tf.train.Saver(reshape=True).restore(sess, path)
        assert sess.run(b).tolist() == [1.0, 2.0, 3.0, 4.0]
        with pytest.raises(
            tf.errors.InvalidArgumentError, match="mismatch between the current graph(.|\n)*Assign requires"
        ):
            tf.train.Saver().restore(sess, path)


def test_what_is_missing_is_named_with_a_hint(tmp_path: Path) -> None:
    """NotFoundError with TensorFlow's hint; no variable is changed."""
    a, b = tf.Variable(1.0, name="a"), tf.Variable(1.0, name="b")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = tf.train.Saver([a]).save(sess, str(tmp_path / "m"))
        sess.run(a.assign(5.0))
        with pytest.raises(tf.errors.NotFoundError, match="Variable name or other graph key(.|\n)*Key b not found"):
            tf.train.Saver([a, b]).restore(sess, path)
        assert sess.run(a) == 5.0


def test_another_type_is_told(tmp_path: Path) -> None:
    """The words are TensorFlow's."""
    with tf.Session() as sess:
        a, b = tf.Variable(1.0, name="a"), tf.Variable(1, name="b")
        sess.run(tf.global_variables_initializer())
        path = tf.train.Saver([a]).save(sess, str(tmp_path / "m"))
        with pytest.raises(
            tf.errors.InvalidArgumentError, match="expected dtype int32 does not equal original dtype float"
        ):
            tf.train.Saver({"a": b}).restore(sess, path)


@pytest.mark.parametrize("path", [None, "", "/nowhere/model"])
def test_no_checkpoint_of_that_path(path: str | None) -> None:
    """ValueError, before anything runs."""
    tf.Variable(1.0)
    with tf.Session() as sess, pytest.raises(ValueError, match="save_path"):
        tf.train.Saver().restore(sess, path)


def test_saving_where_no_folder_is(tmp_path: Path) -> None:
    """One missing folder is made; with two of them it is an error that names the folder."""
    a = tf.Variable(1.0)
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(a.initializer)
        saver.save(sess, str(tmp_path / "new" / "m"))
        with pytest.raises(ValueError, match="Parent directory of .* doesn't exist"):
            saver.save(sess, str(tmp_path / "no" / "such" / "m"))


def test_an_uninitialized_variable_is_not_saved(tmp_path: Path) -> None:
    """And nothing is left of the attempt."""
    tf.Variable(1.0, name="a")
    with tf.Session() as sess, pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value a"):
        tf.train.Saver().save(sess, str(tmp_path / "m"))
    assert os.listdir(tmp_path) == []


def test_arguments_are_checked() -> None:
    """Nothing to save, names twice, things that are no variables, two ways to say the same."""
    with pytest.raises(ValueError, match="No variables to save"):
        tf.train.Saver()
    a = tf.Variable(1.0, name="a")
    with pytest.raises(ValueError, match="At least two variables have the same name: a"):
        tf.train.Saver([a, a])
    with pytest.raises(TypeError, match="Not a variable"):
        tf.train.Saver({"a": 1})
    with pytest.raises(ValueError, match="The same saveable will be restored with two names"):
        tf.train.Saver({"a": a, "b": a})
    with pytest.raises(ValueError, match="build cannot be deferred"):
        tf.train.Saver([a], defer_build=True)
    with pytest.raises(RuntimeError, match="`build\\(\\)` should be called before save"):
        tf.train.Saver(defer_build=True).save(None, "m")
    with pytest.raises(ValueError, match="saver_def must be"):
        tf.train.Saver(saver_def=1)
    with tf.Session() as sess, pytest.raises(ValueError, match="must not contain path components"):
        tf.train.Saver().save(sess, "m", latest_filename="a/b")


def test_nothing_to_save_may_be_allowed(tmp_path: Path) -> None:
    """Then saving and restoring do nothing, but for the graph."""
    saver = tf.train.Saver(allow_empty=True)
    with tf.Session() as sess:
        assert saver.save(sess, str(tmp_path / "m")) is None
        saver.restore(sess, str(tmp_path / "m"))
    assert os.listdir(tmp_path) == ["m.meta"]


def test_operations_are_made_later() -> None:
    """`build` sees the variables made in between."""
    saver = tf.train.Saver(defer_build=True)
    tf.Variable(1.0)
    saver.build()
    assert saver.saver_def.restore_op_name == "save/restore_all"


def test_a_message_makes_a_saver(tmp_path: Path) -> None:
    """A SaverDef names operations that are there; under a scope too."""
    a = tf.Variable(1.0, name="a")
    definition = tf.train.Saver().as_saver_def()
    with tf.Session() as sess:
        sess.run(a.initializer)
        path = tf.train.Saver(saver_def=definition).save(sess, str(tmp_path / "m"))
    with tf.Graph().as_default(), tf.Session() as sess:
        saver = tf.train.import_meta_graph(path + ".meta", import_scope="inner")
        saver.restore(sess, path)
        assert sess.run("inner/a:0") == 1.0


def test_a_graph_without_a_saver_gets_one(tmp_path: Path) -> None:
    """`import_meta_graph` makes one for its variables."""
    tf.Variable(1.0, name="a")
    message = tf.train.export_meta_graph()
    with tf.Graph().as_default(), tf.Session() as sess:
        saver = tf.train.import_meta_graph(message)
        sess.run(tf.global_variables_initializer())
        assert tf.train.list_variables(saver.save(sess, str(tmp_path / "m"))) == [("a", [])]


def test_resource_variables_come_back(tmp_path: Path) -> None:
    """Variables that a handle names are saved and restored like others."""
    a = tf.get_variable("a", initializer=[1.0, 2.0], use_resource=True)
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(a.initializer)
        path = saver.save(sess, str(tmp_path / "m"))
    with tf.Session() as sess:
        saver.restore(sess, path)
        assert sess.run(a).tolist() == [1.0, 2.0]


def test_a_file_per_device(tmp_path: Path) -> None:
    """A sharded checkpoint is one of several files; what the shards were written to is gone."""
    with tf.device("/cpu:0"):
        a = tf.Variable([1.0, 2.0], name="a")
    b = tf.Variable(3, name="b")
    saver = tf.train.Saver(sharded=True)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = saver.save(sess, str(tmp_path / "m"), 1, write_meta_graph=False)
    assert sorted(os.listdir(tmp_path)) == [
        "checkpoint", "m-1.data-00000-of-00002", "m-1.data-00001-of-00002", "m-1.index",
    ]  # fmt: skip
    with tf.Session() as sess:
        saver.restore(sess, path)
        assert sess.run(a).tolist() == [1.0, 2.0] and sess.run(b) == 3


@pytest.mark.parametrize("use_resource", [False, True])
def test_a_variable_in_parts_is_one_tensor(tmp_path: Path, use_resource: bool) -> None:
    """Its parts are slices, and are restored into other parts, or into a whole."""

    def make(parts: int) -> Any:
        return tf.get_variable(
            "w", [7, 2], initializer=tf.zeros_initializer(), use_resource=use_resource,
            partitioner=tf.fixed_size_partitioner(parts) if parts > 1 else None,
        )  # fmt: skip

    whole = np.arange(14.0, dtype=np.float32).reshape(7, 2)
    make(3)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        begin = 0
        for part in tf.global_variables():
            rows = part.shape.as_list()[0]
            sess.run(part.assign(whole[begin : begin + rows]))
            begin += rows
        path = tf.train.Saver().save(sess, str(tmp_path / "m"))
    assert tf.train.list_variables(path) == [("w", [7, 2])]
    np.testing.assert_array_equal(tf.train.load_variable(path, "w"), whole)
    for count in (1, 2):
        with tf.Graph().as_default(), tf.Session() as sess:
            make(count)
            tf.train.Saver().restore(sess, path)
            np.testing.assert_array_equal(np.concatenate(sess.run(tf.global_variables())), whole)
