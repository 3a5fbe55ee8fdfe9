"""`contrib.summary`: what is written while steps run, read back from the event files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

summary = tf.contrib.summary


def events(folder: Path) -> list[Any]:
    """All events of a folder's one file."""
    (path,) = folder.iterdir()
    assert path.name.endswith(".v2")
    return list(tf.train.summary_iterator(str(path)))


def written(folder: Path) -> list[tuple[int, str, Any]]:
    """Steps, tags and values of the events that have values, sorted."""
    found = []
    for event in events(folder):
        for value in event.summary.value:
            kind = value.WhichOneof("value")
            shown = {
                "simple_value": lambda v: v.simple_value,
                "histo": lambda v: (v.histo.num, v.histo.sum),
                "image": lambda v: (v.image.height, v.image.width, v.image.colorspace),
                "audio": lambda v: (v.audio.sample_rate, v.audio.length_frames),
                "tensor": lambda v: tf.make_ndarray(v.tensor).tolist(),
            }[kind](value)
            found.append((event.step, value.tag, shown))
    return sorted(found)


def test_summaries_are_written_by_the_step(tmp_path: Path) -> None:
    """With the tags, steps and values of TensorFlow 1.15."""
    step = tf.train.get_or_create_global_step()
    writer = summary.create_file_writer(str(tmp_path), max_queue=0)
    with writer.as_default(), summary.always_record_summaries():
        summary.scalar("a", tf.constant(2.0))
        with tf.name_scope("sc"):
            summary.scalar("b", tf.constant(3.0), family="fam", step=7)
        summary.histogram("h", tf.range(10))
        summary.image("i", tf.zeros([2, 4, 5, 3]), max_images=2)
        summary.audio("au", tf.zeros([1, 8, 1]), 100.0, max_outputs=1)
        summary.generic("g", tf.constant([1.0, 2.0]))
    with writer.as_default(), summary.record_summaries_every_n_global_steps(2):
        summary.scalar("c", tf.constant(4.0))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        with writer.as_default():
            summary.initialize(graph=tf.get_default_graph(), session=sess)
        for _ in range(2):
            sess.run(summary.all_summary_ops())
            sess.run(tf.assign_add(step, 1))
        sess.run(writer.close())
    each = [
        ("a", 2.0),
        ("h", (10.0, 45.0)),
        ("i/image/0", (4, 5, 3)),
        ("i/image/1", (4, 5, 3)),
        ("au/audio", (100.0, 8)),
        ("g", [1.0, 2.0]),
    ]
    wanted = [(number, tag, value) for number in (0, 1) for tag, value in each]
    wanted += [(7, "fam/sc/fam/b", 3.0)] * 2 + [(0, "c", 4.0)]
    assert written(tmp_path) == sorted(wanted)
    (graph,) = [event.graph_def for event in events(tmp_path) if event.HasField("graph_def")]
    assert "WriteScalarSummary" in {node.op for node in tf.GraphDef.FromString(graph).node}


def test_what_is_recorded_is_decided_where_the_graph_is_built(tmp_path: Path) -> None:
    assert summary.scalar("nowhere", 1.0).type == "NoOp"
    writer = summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        assert summary.scalar("not", 1.0).op.type == "Const"
        with summary.always_record_summaries(), summary.never_record_summaries():
            assert tf.get_static_value(summary.scalar("never", 1.0)) == np.False_
    with summary.create_file_writer(None).as_default(), summary.always_record_summaries():
        assert summary.scalar("into nothing", 1.0).type == "NoOp"
    assert not [op for op in tf.get_default_graph().get_operations() if op.type.startswith("Write")]


def test_a_writer_without_a_file_says_what_to_run(tmp_path: Path) -> None:
    writer = summary.create_file_writer(str(tmp_path))
    with writer.as_default(), summary.always_record_summaries():
        scalar = summary.scalar("a", 1.0)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            with pytest.raises(tf.errors.NotFoundError, match=r"run tf.contrib.summary.initialize"):
                sess.run(scalar)
            summary.initialize(session=sess)
            assert sess.run(scalar)
            sess.run(summary.flush())
            assert written(tmp_path) == [(0, "a", 1.0)]
    with pytest.raises(RuntimeError, match="No default"):
        summary.initialize()
    with writer.as_default(), pytest.raises(ValueError, match="session must be passed"):
        summary.initialize()


def test_events_and_graphs_are_written_as_given(tmp_path: Path) -> None:
    tf.train.get_or_create_global_step()
    writer = summary.create_file_writer(str(tmp_path), name="one")
    event = tf.Event(step=5, summary=tf.Summary(value=[tf.Summary.Value(tag="x", simple_value=2.5)]))
    with writer.as_default(), tf.Session() as sess:
        imported, graph = summary.import_event(event.SerializeToString()), summary.graph(tf.get_default_graph(), step=3)
        sess.run(summary.summary_writer_initializer_op())
        sess.run([imported, graph])
        sess.run(summary.flush())
    assert written(tmp_path) == [(5, "x", 2.5)]
    assert [event.step for event in events(tmp_path) if event.HasField("graph_def")] == [3]
    with writer.as_default(), pytest.raises(TypeError, match=r"tf.Graph or a tf.GraphDef"):
        summary.graph(3)


def test_writers_of_one_name_are_one(tmp_path: Path) -> None:
    first, second = (summary.create_file_writer(str(tmp_path)) for _ in range(2))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(summary.summary_writer_initializer_op())
        sess.run([first.flush(), second.close()])
    assert len(list(tmp_path.iterdir())) == 1
    assert summary.eval_dir("m") == "m/eval" and summary.eval_dir("m", "x") == "m/eval_x"
    with pytest.raises(tf.errors.UnimplementedError, match="create_file_writer"):
        summary.create_db_writer("sqlite.db")
