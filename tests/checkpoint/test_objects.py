"""`tf.train.Checkpoint` and its manager: checkpoints of objects, of TensorFlow 1.15 and ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.checkpoint.record_objects import OBJECTS, make_objects

FIXTURE = f"{OBJECTS}/fixture-1"


def firsts(sess: Any, variables: list[Any]) -> list[float]:
    """The first element of each variable."""
    return [float(np.ravel(value)[0]) for value in sess.run(variables)]


def test_objects_of_tensorflow_are_restored() -> None:
    """Variables, slots, layers, models, modules, lists and dictionaries, each by the way that leads to it."""
    checkpoint, variables = make_objects(tf)
    with tf.Session() as sess:
        checkpoint.restore(FIXTURE).assert_consumed().run_restore_ops(sess)
        assert firsts(sess, variables) == [number + 0.5 for number in range(len(variables))]
        assert sess.run(checkpoint.save_counter) == 1


def test_a_saver_restores_by_the_names_of_variables() -> None:
    """A checkpoint of objects knows the names that variables had."""
    _, variables = make_objects(tf)
    with tf.Session() as sess:
        tf.train.Saver().restore(sess, FIXTURE)
        assert firsts(sess, variables) == [number + 0.5 for number in range(len(variables))]
        tf.Variable(0.0, name="another")
        with pytest.raises(tf.errors.NotFoundError, match="another"):
            tf.train.Saver().restore(sess, FIXTURE)


def test_ours_have_tensorflows_keys_and_graph(tmp_path: Path) -> None:
    """The keys are those of the fixture, and so is the way from the root to each object."""
    checkpoint, _ = make_objects(tf)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = checkpoint.save(str(tmp_path / "ours"), session=sess)
    assert Path(path).name == "ours-1" and tf.train.latest_checkpoint(str(tmp_path)) == path
    assert tf.train.list_variables(path) == tf.train.list_variables(FIXTURE)

    def ways(source: str) -> set[str]:
        message = tf.ops.proto.TrackableObjectGraph.FromString(
            tf.train.load_variable(source, "_CHECKPOINTABLE_OBJECT_GRAPH")
        )
        found, pending = set(), [(0, "")]
        while pending:
            number, way = pending.pop()
            found |= {f"{way} {value.name} {value.checkpoint_key}" for value in message.nodes[number].attributes}
            pending += [(child.node_id, f"{way}/{child.local_name}") for child in message.nodes[number].children]
        return found

    assert ways(path) == ways(FIXTURE)


def test_what_is_not_there_is_said() -> None:
    """Objects without a value, and values without an object."""
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
    other = tf.Variable(3.0, name="x")
    with pytest.raises(AssertionError, match="Unresolved object in checkpoint"):
        tf.train.Checkpoint(v=v).restore(FIXTURE).assert_consumed()
    status = tf.train.Checkpoint(v=v, other=other).restore(FIXTURE).expect_partial()
    with pytest.raises(AssertionError, match="not assigned a value"):
        status.assert_existing_objects_matched()
    status.assert_nontrivial_match()
    with tf.Session() as sess:
        status.initialize_or_restore(sess)
        assert firsts(sess, [v, other]) == [0.5, 3.0]
    with pytest.raises(AssertionError, match="Nothing to load"):
        tf.train.Checkpoint(q=v).restore(FIXTURE).assert_nontrivial_match()
    with pytest.raises(tf.errors.NotFoundError, match="Unsuccessful TensorSliceReader"):
        tf.train.Checkpoint(v=v).restore(f"{FIXTURE}9")
    with pytest.raises(ValueError, match="expecting a trackable object"):
        tf.train.Checkpoint(v=1)


def test_without_a_checkpoint_variables_are_initialized() -> None:
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
    status = tf.train.Checkpoint(v=v).restore(None)
    for refused in (status.assert_consumed, status.run_restore_ops, status.assert_nontrivial_match):
        with pytest.raises(AssertionError, match="No checkpoint specified"):
            refused()
    with tf.Session() as sess:
        status.initialize_or_restore(sess)
        assert firsts(sess, [v]) == [1.0]


def test_what_is_made_after_restoring_is_restored_when_that_is_run() -> None:
    checkpoint = tf.train.Checkpoint()
    status = checkpoint.restore(FIXTURE)
    checkpoint.w = tf.Variable(0.0)
    with tf.Session() as sess:
        status.run_restore_ops(sess)
        assert firsts(sess, [checkpoint.w]) == [1.5]


def test_checkpoints_of_a_saver_are_restored_by_names(tmp_path: Path) -> None:
    v, w = tf.Variable(1.0, name="v"), tf.Variable(2.0, name="w")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = tf.train.Saver([v]).save(sess, str(tmp_path / "names"))
        sess.run([v.assign(7.0), w.assign(8.0)])
        tf.train.Checkpoint(one=v).restore(path).assert_consumed().run_restore_ops(sess)
        assert firsts(sess, [v, w]) == [1.0, 8.0]
        status = tf.train.Checkpoint(one=v, two=w).restore(path)
        with pytest.raises(AssertionError, match="not found in the checkpoint"):
            status.assert_existing_objects_matched()
        status.initialize_or_restore(sess)
        assert firsts(sess, [v, w]) == [1.0, 2.0]


def test_places_of_iterators_are_saved(tmp_path: Path) -> None:
    iterator = tf.data.Dataset.range(5).make_initializable_iterator()
    following = iterator.get_next()
    checkpoint = tf.train.Checkpoint(it=iterator)
    with tf.Session() as sess:
        sess.run(iterator.initializer)
        sess.run(following)
        path = checkpoint.save(str(tmp_path / "place"), session=sess)
        assert [sess.run(following) for _ in range(2)] == [1, 2]
        checkpoint.restore(path).run_restore_ops(sess)
        assert sess.run(following) == 1


def test_a_manager_keeps_the_last_ones(tmp_path: Path) -> None:
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0, name="v"))
    manager = tf.train.CheckpointManager(checkpoint, str(tmp_path / "folder"), 2)
    assert manager.latest_checkpoint is None and manager.checkpoints == []
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        names = [Path(manager.save()).name for _ in range(4)]
        assert names == ["ckpt-1", "ckpt-2", "ckpt-3", "ckpt-4"]
        assert [Path(path).name for path in manager.checkpoints] == names[2:]
        assert sorted(path.name for path in (tmp_path / "folder").glob("*.index")) == ["ckpt-3.index", "ckpt-4.index"]
        following = tf.train.CheckpointManager(checkpoint, str(tmp_path / "folder"), 2)
        assert following.checkpoints == manager.checkpoints
        assert Path(following.save(checkpoint_number=77)).name == "ckpt-77"
        assert following.latest_checkpoint == tf.train.latest_checkpoint(str(tmp_path / "folder"))
    with pytest.raises(ValueError, match="Expected a positive integer or `None`"):
        tf.train.CheckpointManager(checkpoint, str(tmp_path), 0)


def test_a_session_is_needed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="No session is given"):
        tf.train.Checkpoint(v=tf.Variable(1.0)).save(str(tmp_path / "x"))
