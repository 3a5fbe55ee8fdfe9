"""Queue runners and savers among the collections of a saved graph."""

from __future__ import annotations

from pathlib import Path

import sessile as tf


def test_queue_runners_run_in_an_imported_graph(tmp_path: Path) -> None:
    """A pipeline's graph is saved, imported and started."""
    number = tf.train.range_input_producer(3, num_epochs=1, shuffle=False).dequeue(name="number")
    a = tf.Variable(1.0, name="a")
    saver = tf.train.Saver([a])
    tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
    with tf.Session() as sess:
        sess.run(a.initializer)
        path = saver.save(sess, str(tmp_path / "m"))
    assert number.dtype is tf.int32
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        tf.train.import_meta_graph(path + ".meta").restore(sess, path)
        (again,) = graph.get_collection(tf.GraphKeys.SAVERS)
        again.restore(sess, path)
        sess.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coordinator)
        assert [sess.run("number:0") for _ in range(3)] == [0, 1, 2]
        coordinator.request_stop()
        coordinator.join(threads)
