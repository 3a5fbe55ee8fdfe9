"""Options of Savers and of exported graphs, with the names and errors of TensorFlow 1.15.5."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sessile.ops import proto

import sessile as tf


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(name="sess")
def _session() -> Iterator[Any]:
    """A session with the variable `a`, and `c` in two parts."""
    tf.Variable([1.0, 2.0], name="a")
    tf.get_variable("c", [4, 2], initializer=tf.ones_initializer(), partitioner=tf.fixed_size_partitioner(2))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        yield sess


def test_parts_are_saved_by_what_reads_them(sess: Any) -> None:
    """And what restores them knows their shapes; nothing waits for another, `restore_sequentially` or not."""
    tf.train.Saver(restore_sequentially=True)
    find = tf.get_default_graph().get_operation_by_name
    assert [tensor.name for tensor in find("save/SaveV2").inputs[3:]] == ["a:0", "c/part_0/read:0", "c/part_1/read:0"]
    assert [out.shape.dims for out in find("save/RestoreV2").outputs[1:]] == [[2, 2], [2, 2]]
    assert find("save/RestoreV2").outputs[0].shape.ndims is None
    assert not any(find(f"save/Assign{end}").control_inputs for end in ("", "_1", "_2"))
    with pytest.raises(ValueError, match="Invalid slice"):
        tf.raw_ops.RestoreV2(prefix="x", tensor_names=["a"], shape_and_slices=["4 2 0,9:-"], dtypes=[tf.float32])


def test_shards_of_the_first_format_are_restored(sess: Any) -> None:
    """Their path is a pattern."""
    saver = tf.train.Saver(sharded=True, write_version=tf.train.SaverDef.V1)
    path = saver.save(sess, "./old", global_step=3)
    assert path == "./old-3-?????-of-00001"
    sess.run(tf.global_variables()[0].assign([5.0, 6.0]))
    saver.restore(sess, path)
    assert sess.run("a:0").tolist() == [1, 2]
    assert tf.get_default_graph().get_operation_by_name("save/ShardedFilename").device == ""


def test_what_is_no_variable_is_refused(sess: Any) -> None:
    for item in (tf.constant(1), "a", 3):
        with pytest.raises(TypeError, match="Variable to save is not a Variable"):
            tf.train.Saver([item])
    with pytest.raises(RuntimeError, match="Unexpected write_version: 9"):
        tf.train.Saver(write_version=9)


def test_the_state_file_is_no_checkpoint(sess: Any) -> None:
    with pytest.raises(ValueError, match="'latest_filename' collides with 'save_path': 'x' and './x'"):
        tf.train.Saver().save(sess, "./x", latest_filename="x")
    assert tf.train.Saver().save(sess, "./x", global_step=1, latest_filename="x") == "./x-1"


def test_times_are_compared_with_all_paths() -> None:
    """The last path is added first."""
    with pytest.raises(ValueError, match="must match checkpoint paths"):
        tf.train.generate_checkpoint_state_proto("k", "k/a", ["k/b"], all_model_checkpoint_timestamps=[1.5])
    state = tf.train.generate_checkpoint_state_proto("k", "k/a", ["k/b"], all_model_checkpoint_timestamps=[1.5, 2.5])
    assert list(state.all_model_checkpoint_paths) == ["b", "a"]


def test_a_saver_of_a_message_takes_a_scope(sess: Any) -> None:
    given = tf.train.Saver().saver_def
    saver = tf.train.Saver(saver_def=given, name="scope")
    assert saver.saver_def.save_tensor_name == "scope/save/control_dependency:0"
    assert given.save_tensor_name == "save/control_dependency:0"


def test_a_saver_without_variables_writes_the_graph() -> None:
    saver = tf.train.Saver(allow_empty=True)
    with tf.Session() as sess:
        assert saver.save(sess, "./none") is None
        saver.restore(sess, "./none")
    assert os.listdir() == ["none.meta"]


def test_where_operations_were_made_lies_beside_the_graph(sess: Any) -> None:
    """`save_debug_info`: of each operation the file and the line."""
    tf.train.Saver().save(sess, "./m", global_step=2, save_debug_info=True)
    message = proto.GraphDebugInfo.FromString(Path("m-2.debug").read_bytes())
    frames = message.traces["a"].file_line_cols
    assert message.files[frames[0].file_index] == __file__
    assert "tf.Variable(" in Path(__file__).read_text().splitlines()[frames[0].line - 1]
    tf.train.export_meta_graph("text.pbtxt", as_text=True, save_debug_info=True)
    assert Path("text.debug").read_text().startswith("files:")


def test_other_savers_are_left_out_of_an_export(sess: Any) -> None:
    """`clear_extraneous_savers`: their operations, and they themselves from their collection."""
    kept, other = tf.train.Saver(name="kept"), tf.train.Saver(name="other")
    for saver in (kept, other):
        tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
    whole = kept.export_meta_graph()
    less = kept.export_meta_graph(clear_extraneous_savers=True)
    names = {node.name for node in less.graph_def.node}
    assert {node.name for node in whole.graph_def.node} - names == {
        node.name for node in whole.graph_def.node if node.name.startswith("other/")
    }
    assert len(less.collection_def["savers"].bytes_list.value) == 1
    none = tf.train.export_meta_graph(clear_extraneous_savers=True)
    assert not any(node.name.startswith(("kept/", "other/")) for node in none.graph_def.node)
    assert "savers" not in none.collection_def
    with tf.Graph().as_default(), tf.Session() as again:
        path = kept.save(sess, "./m")
        tf.train.import_meta_graph(less).restore(again, path)
        assert again.run("a:0").tolist() == [1, 2]


def test_an_exported_graph_tells_the_version_that_is_spoken(sess: Any) -> None:
    info = tf.train.export_meta_graph().meta_info_def
    assert info.tensorflow_version == tf.VERSION and tf.VERSION in info.tensorflow_git_version


def test_a_file_that_is_no_graph(sess: Any) -> None:
    """OSError, as in TensorFlow, whether it is not there or holds something else."""
    with pytest.raises(OSError, match=r"File gone.meta does not exist\."):
        tf.train.import_meta_graph("gone.meta")
    Path("junk.meta").write_text("junk!!")
    with pytest.raises(OSError, match="Cannot parse file junk.meta"):
        tf.train.import_meta_graph("junk.meta")


def test_a_short_file_is_called_short() -> None:
    Path("short.index").write_bytes(b"1234")
    with pytest.raises(tf.errors.DataLossError, match="file is too short to be an sstable"):
        tf.train.NewCheckpointReader("short")


@pytest.mark.parametrize("given", [{"c": "d"}, {"/": "/"}])
def test_partitioned_variables_begin_with_a_checkpoint(sess: Any, given: dict[str, str]) -> None:
    """By the name of the whole, and within a scope; parts may be cut otherwise than those that were saved."""
    path = tf.train.Saver().save(sess, "./m")
    name = "d" if "c" in given else "c"
    with tf.Graph().as_default(), tf.Session() as again:
        parts = tf.get_variable(name, [4, 2], partitioner=tf.fixed_size_partitioner(4))
        tf.train.init_from_checkpoint(path, given)
        again.run(tf.global_variables_initializer())
        assert again.run(parts.as_tensor()).tolist() == [[1, 1]] * 4


def test_scopes_of_assignments_are_told_as_in_tensorflow(sess: Any) -> None:
    path = tf.train.Saver().save(sess, "./m")
    with tf.Graph().as_default():
        tf.get_variable("q/a", [2])
        with pytest.raises(ValueError, match="Assignment map with scope only name q should map to scope only a"):
            tf.train.init_from_checkpoint(path, {"a": "q/z"})
        with pytest.raises(TypeError, match="no variable or name"):
            tf.train.init_from_checkpoint(path, {"a": 3})


def test_the_version_is_one() -> None:
    """What modules are told and what graphs tell."""
    from sessile.ops import base

    assert base.VERSION == tf.VERSION == tf.version.VERSION
