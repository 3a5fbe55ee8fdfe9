"""`contrib.slim.summaries` and `queues`; `compat.forward_compatible`. Expected values are TensorFlow 1.15.5's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

import sessile as tf

slim: Any = tf.contrib.slim


@pytest.fixture(autouse=True)
def _new_graph() -> Iterator[None]:
    tf.reset_default_graph()
    yield


def _collected() -> list[tuple[str, str]]:
    return [(each.op.type, each.name) for each in tf.get_collection(tf.GraphKeys.SUMMARIES)]


def _tags(summary: bytes) -> list[str]:
    return [value.tag for value in tf.Summary.FromString(summary).value]


def test_summaries_are_named_by_their_tensors() -> None:
    x, y = tf.constant([[1.0, 0.0], [2.0, 3.0]], name="x"), tf.constant(3.0, name="y")
    images = tf.zeros([1, 2, 2, 3], name="images")
    made = [
        slim.summaries.add_histogram_summary(x),
        slim.summaries.add_image_summary(images, "i", "p"),
        slim.summaries.add_scalar_summary(y, prefix="only"),
        slim.summaries.add_zero_fraction_summary(x),
        *slim.summaries.add_histogram_summaries([x, y], "h"),
        *slim.summaries.add_image_summaries([images]),
        *slim.summaries.add_scalar_summaries([y, y], "s"),
        *slim.summaries.add_zero_fraction_summaries([y]),
    ]
    zeros = "Fraction_of_Zero_Values"
    shown = ["x_1", "p/i", "only/y", f"x/{zeros}", "h/x", "h/y", "images_1", "s/y", "s/y_1", f"y/{zeros}"]
    assert [each.op.name for each in made] == shown
    assert [name for _, name in _collected()] == [each.name for each in made]
    with tf.Session() as session:
        values = session.run(made)
    assert [_tags(value)[0].removesuffix("/image/0") for value in values] == shown
    assert tf.Summary.FromString(values[3]).value[0].simple_value == 0.25


def test_summaries_that_print_are_collected_as_what_prints(capfd: pytest.CaptureFixture[str]) -> None:
    with tf.name_scope("part"):
        y = tf.constant([3.0, 0.0], name="y")
    made = [
        slim.summaries.add_scalar_summary(y[0], "s", "p", print_summary=True),
        slim.summaries.add_zero_fraction_summary(y, print_summary=True),
        slim.summaries.add_image_summary(tf.zeros([1, 1, 1, 1]), "i", print_summary=True),
    ]
    assert [kind for kind, _ in _collected()] == ["Print"] * 3
    with tf.Session() as session:
        tags = [_tags(each) for each in session.run(made)]
    assert tags == [["p/s"], ["part/y/Fraction_of_Zero_Values"], ["i/image/0"]]
    printed = capfd.readouterr().err
    assert "p/s[3]" in printed and "part/y/Fraction_of_Zero_Values[0.5]" in printed and "i[[[[0]]]]" in printed


def test_queue_runners_run_as_long_as_their_block() -> None:
    queue = tf.FIFOQueue(2, tf.float32)
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue(1.0)]))
    value = queue.dequeue()
    before = threading.active_count()
    with tf.Session() as session:
        with slim.queues.QueueRunners(session) as nothing:
            assert nothing is None and session.run(value) == 1.0
            with (
                pytest.raises(slim.queues.NestedQueueRunnerError, match="cannot be nested"),
                slim.queues.QueueRunners(session),
            ):
                pass
        assert threading.active_count() == before
        with pytest.raises(tf.errors.CancelledError):
            session.run(queue.enqueue(1.0))
    tf.reset_default_graph()
    with tf.Session() as session, pytest.raises(KeyError), slim.queues.QueueRunners(session):
        raise KeyError


def test_forward_compatible_is_of_the_day_that_tensorflow_1_15_has() -> None:
    compatible = tf.compat.forward_compatible
    assert compatible(2019, 8, 20) and not compatible(2019, 8, 21) and compatible(2018, 13, 1)
    with tf.compat.forward_compatibility_horizon(2018, 8, 2):
        assert compatible(2018, 8, 1) and not compatible(2018, 8, 2)
    with pytest.raises(KeyError), tf.compat.forward_compatibility_horizon(2020, 1, 1):
        assert compatible(2019, 12, 31)
        raise KeyError
    assert not compatible(2019, 12, 31)
    with pytest.raises(ValueError), tf.compat.forward_compatibility_horizon(2019, 13, 1):
        pass


def test_the_modules_are_found_under_tensorflows_own_names() -> None:
    tf.install()
    try:
        from tensorflow.contrib.slim.python.slim import learning, queues, summaries
        from tensorflow.contrib.slim.python.slim.nets.inception_v3 import inception_v3, inception_v3_arg_scope
        from tensorflow.python.compat import compat

        assert queues.QueueRunners is slim.queues.QueueRunners
        assert summaries.add_scalar_summary is slim.summaries.add_scalar_summary
        assert learning.train is slim.learning.train
        assert inception_v3 is slim.nets.inception.inception_v3
        assert inception_v3_arg_scope is slim.nets.inception.inception_v3_arg_scope
        assert compat.forward_compatible is tf.compat.forward_compatible
    finally:
        tf.uninstall()
