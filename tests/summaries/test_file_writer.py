"""`FileWriter`: event files as TensorBoard reads them."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf


def events(folder: Path) -> list[Any]:
    """All events of a folder's files, in the order of the files' names."""
    found = sorted(path for path in folder.iterdir() if path.name.startswith("events.out.tfevents."))
    return [event for path in found for event in tf.train.summary_iterator(str(path))]


def kinds(folder: Path) -> list[str]:
    """What is in each of them."""
    return [event.WhichOneof("what") for event in events(folder)]


def test_a_run_is_written(tmp_path: Path) -> None:
    """The graph, summaries with their steps, a trace, the state of the session."""
    x = tf.placeholder(tf.float32, [], name="x")
    merged = tf.summary.merge([tf.summary.scalar("x", x)])
    with tf.Session() as sess, tf.summary.FileWriter(tmp_path / "logs" / "run", sess.graph) as writer:
        for step in range(3):
            metadata = tf.RunMetadata()
            options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
            data = sess.run(merged, {x: float(step)}, options=options, run_metadata=metadata)
            writer.add_summary(data, np.int64(step))
        writer.add_run_metadata(metadata, "last", 2)
        with pytest.raises(ValueError, match="already used"):
            writer.add_run_metadata(metadata, "last", 2)
        writer.add_session_log(tf.SessionLog(status=tf.SessionLog.STOP), 3)
        assert writer.get_logdir() == str(tmp_path / "logs" / "run")
    found = events(tmp_path / "logs" / "run")
    assert kinds(tmp_path / "logs" / "run") == [
        "file_version", "graph_def", "meta_graph_def", *["summary"] * 3, "tagged_run_metadata", "session_log",
    ]  # fmt: skip
    assert found[0].file_version == "brain.Event:2"
    assert tf.GraphDef.FromString(found[1].graph_def).node[0].name == "x"
    assert [(e.step, e.summary.value[0].simple_value) for e in found[3:6]] == [(0, 0.0), (1, 1.0), (2, 2.0)]
    trace = tf.RunMetadata.FromString(found[6].tagged_run_metadata.run_metadata)
    assert trace.step_stats.dev_stats


def test_messages_are_taken(tmp_path: Path) -> None:
    """Summaries and events made by hand."""
    writer = tf.train.SummaryWriter(str(tmp_path))
    writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="own", simple_value=2.0)]), 5)
    writer.add_event(tf.Event(step=9, wall_time=1.0))
    writer.flush()
    assert [event.step for event in events(tmp_path)] == [0, 5, 9]
    writer.close()


def test_a_tag_is_described_once(tmp_path: Path) -> None:
    """TensorBoard takes the metadata from a tag's first value."""
    data = tf.Session().run(tf.summary.text("t", tf.constant("a")))
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        writer.add_summary(data, 0)
        writer.add_summary(data, 1)
    described = [event.summary.value[0].HasField("metadata") for event in events(tmp_path)[1:]]
    assert described == [True, False]


def test_a_closed_writer_goes_on_when_reopened(tmp_path: Path) -> None:
    """What comes in between is dropped with a warning; after `reopen` there is another file."""
    writer = tf.summary.FileWriter(str(tmp_path), filename_suffix=".mine")
    writer.close()
    with pytest.warns(UserWarning, match="closed FileWriter"):
        writer.add_summary(tf.Summary(), 1)
    writer.reopen()
    writer.add_summary(tf.Summary(), 2)
    writer.close()
    assert [event.step for event in events(tmp_path)] == [0, 0, 2]
    assert all(".mine" in name for name in os.listdir(tmp_path))


def test_a_dropped_writer_loses_nothing(tmp_path: Path) -> None:
    """A program that forgets to close its writer finds all events; nothing warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tf.summary.FileWriter(str(tmp_path)).add_summary(tf.Summary(), 4)
    assert events(tmp_path)[-1].step == 4


def test_one_writer_a_folder(tmp_path: Path) -> None:
    """The cache gives the same one until it is cleared."""
    first = tf.summary.FileWriterCache.get(str(tmp_path))
    assert tf.summary.FileWriterCache.get(str(tmp_path)) is first
    tf.summary.FileWriterCache.clear()
    assert tf.summary.FileWriterCache.get(str(tmp_path)) is not first
    tf.summary.FileWriterCache.clear()


def test_arguments_are_checked(tmp_path: Path) -> None:
    """Graphs that are none, two graphs, sessions."""
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        with pytest.raises(TypeError, match="instance of `Graph`"):
            writer.add_graph("graph")
        with pytest.raises(ValueError, match="not both"):
            writer.add_graph(tf.get_default_graph(), graph_def=tf.GraphDef())
        with pytest.raises(TypeError, match="MetaGraphDef"):
            writer.add_meta_graph(tf.GraphDef())
        with pytest.warns(UserWarning, match="deprecated"):
            writer.add_graph(tf.GraphDef())


def test_a_writer_in_a_session(tmp_path: Path) -> None:
    """Events of Python and of the graph go to one file; `reopen` goes on in another."""
    with tf.Session() as sess:
        writer = tf.summary.FileWriter(str(tmp_path), session=sess)
        names = {op.name for op in sess.graph.get_operations()}
        assert {"filewriter/SummaryWriter", "filewriter/CreateSummaryFileWriter"} <= names
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=2.0)]), 3)
        with tf.contrib.summary.create_file_writer(str(tmp_path)).as_default():
            with tf.contrib.summary.always_record_summaries():
                tf.contrib.summary.scalar("b", 4.0, step=tf.constant(5, tf.int64))
            tf.summary.initialize(session=sess)
        sess.run(tf.summary.all_v2_summary_ops())
        writer.flush()
        writer.close()
        writer.reopen()
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="c", simple_value=6.0)]), 7)
        writer.close()
    files = sorted(tmp_path.iterdir())
    assert all(".v2" in file.name for file in files)
    events = [event for file in files for event in tf.train.summary_iterator(str(file))]
    found = {value.tag: event.step for event in events for value in event.summary.value}
    assert found == {"a": 3, "b": 5, "c": 7}


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    """DataLossError, after the events before."""
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        for step in range(3):
            writer.add_summary(tf.Summary(), step)
    (path,) = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)
    iterator = tf.train.summary_iterator(str(path))
    assert [next(iterator).step for _ in range(3)] == [0, 0, 1]
    with pytest.raises(tf.errors.DataLossError, match="corrupted record"):
        next(iterator)


def test_a_graphs_collections_are_in_its_file(tmp_path: Path) -> None:
    tf.summary.scalar("loss", tf.Variable(1.0))
    with tf.summary.FileWriter(str(tmp_path), tf.get_default_graph()):
        pass
    (path,) = tmp_path.iterdir()
    (text,) = [event.meta_graph_def for event in tf.train.summary_iterator(str(path)) if event.meta_graph_def]
    assert sorted(tf.MetaGraphDef.FromString(text).collection_def) == ["summaries", "trainable_variables", "variables"]
