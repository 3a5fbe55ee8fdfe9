"""Queues: order, batches, waiting, closing, giving up; nothing is lost and nothing comes twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf


def in_thread(function: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Run a function in a thread; the list gets its result, or its exception."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(function())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def waits(thread: threading.Thread) -> bool:
    """Whether a thread goes on waiting."""
    thread.join(0.15)
    return thread.is_alive()


def test_names_types_and_shapes_are_those_of_tensorflow() -> None:
    queue = tf.FIFOQueue(3, [tf.float32, tf.int32], shapes=[[2], []], names=["a", "b"], shared_name="s")
    queue.enqueue({"a": [1.0, 2.0], "b": 1})
    queue.dequeue_many(2)
    queue.size()
    found = [(op.name, op.type) for op in tf.get_default_graph().get_operations()]
    assert found == [
        ("fifo_queue", "FIFOQueueV2"), ("fifo_queue_enqueue/component_0", "Const"),
        ("fifo_queue_enqueue/component_1", "Const"), ("fifo_queue_enqueue", "QueueEnqueueV2"),
        ("fifo_queue_DequeueMany/n", "Const"), ("fifo_queue_DequeueMany", "QueueDequeueManyV2"),
        ("fifo_queue_Size", "QueueSizeV2"),
    ]  # fmt: skip
    element = queue.dequeue()
    assert (element["a"].shape.as_list(), element["b"].shape.as_list()) == ([2], [])


def test_elements_come_in_order_and_closing_ends_them() -> None:
    queue = tf.FIFOQueue(10, tf.int32, shapes=[[]])
    many, rest, one = queue.dequeue_many(2), queue.dequeue_up_to(5), queue.dequeue()
    with tf.Session() as sess:
        sess.run(queue.enqueue_many([[1, 2, 3]]))
        assert sess.run(many).tolist() == [1, 2]
        assert not sess.run(queue.is_closed())
        sess.run(queue.close())
        with pytest.raises(tf.errors.OutOfRangeError, match=r"is closed and has insufficient elements \(requested 2, "):
            sess.run(many)
        assert sess.run(rest).tolist() == [3]
        for fetch in (rest, one):
            with pytest.raises(tf.errors.OutOfRangeError, match="is closed and has insufficient elements"):
                sess.run(fetch)
        with pytest.raises(tf.errors.CancelledError, match="is closed"):
            sess.run(queue.enqueue(4))


def test_one_step_may_put_in_and_take_out_in_either_order() -> None:
    queue = tf.FIFOQueue(1, tf.float32)
    taken = queue.dequeue()
    put = queue.enqueue(7.0)
    with tf.Session() as sess:
        assert sess.run([taken, put]) == [7.0, None]
        step = sess.make_callable([taken * 2.0, put])
        assert [step() for _ in range(3)] == [[14.0, None]] * 3


def test_a_full_queue_lets_who_puts_in_wait() -> None:
    queue = tf.FIFOQueue(1, tf.int32)
    put, take = queue.enqueue(1), queue.dequeue()
    with tf.Session() as sess:
        sess.run(put)
        thread, found = in_thread(lambda: sess.run(put))
        assert waits(thread)
        sess.run(take)
        thread.join(5)
        assert found == [None]
        assert sess.run(queue.size()) == 1


def test_pending_puts_are_cancelled_on_request() -> None:
    queue = tf.FIFOQueue(1, tf.int32)
    put = queue.enqueue(1)
    with tf.Session() as sess:
        sess.run(put)
        thread, found = in_thread(lambda: sess.run(put))
        assert waits(thread)
        sess.run(queue.close(cancel_pending_enqueues=True))
        thread.join(5)
        assert isinstance(found[0], tf.errors.CancelledError)
        assert sess.run(queue.dequeue()) == 1


def test_a_limit_loses_no_element() -> None:
    queue = tf.FIFOQueue(5, tf.int32, shapes=[[]])
    value = tf.placeholder(tf.int32, [])
    put, many, one = queue.enqueue(value), queue.dequeue_many(3), queue.dequeue()
    soon = tf.RunOptions(timeout_in_ms=100)
    with tf.Session() as sess:
        for number in (1, 2):
            sess.run(put, {value: number})
        with pytest.raises(tf.errors.DeadlineExceededError):
            sess.run(many, options=soon)
        sess.run(put, {value: 3})
        assert [sess.run(one) for _ in range(3)] == [1, 2, 3]
        with pytest.raises(tf.errors.DeadlineExceededError):
            sess.run(one, options=soon)
        sess.run(put, {value: 4})
        assert sess.run(one) == 4


def test_closing_the_session_wakes_who_waits() -> None:
    queue = tf.FIFOQueue(1, tf.int32)
    taken = queue.dequeue()
    sess = tf.Session()
    thread, found = in_thread(lambda: sess.run(taken))
    assert waits(thread)
    sess.close()
    thread.join(5)
    assert isinstance(found[0], tf.errors.CancelledError)


def test_batches_are_padded() -> None:
    queue = tf.PaddingFIFOQueue(10, [tf.int32, tf.string], [[None], [None, 2]])
    numbers, words = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.string, [None, 2])
    put, batch = queue.enqueue([numbers, words]), queue.dequeue_many(2)
    with tf.Session() as sess:
        sess.run(put, {numbers: [1], words: [["a", "b"]]})
        sess.run(put, {numbers: [2, 3], words: np.empty((0, 2), object)})
        first, second = sess.run(batch)
    assert first.tolist() == [[1, 0], [2, 3]]
    assert second.tolist() == [[[b"a", b"b"]], [[b"", b""]]]


def test_shuffling_keeps_some_elements_until_it_is_closed() -> None:
    queue = tf.RandomShuffleQueue(20, 5, tf.int32, shapes=[[]], seed=1)
    one = queue.dequeue()
    with tf.Session() as sess:
        sess.run(queue.enqueue_many([list(range(7))]))
        first = [int(sess.run(one)) for _ in range(2)]
        thread, found = in_thread(lambda: sess.run(one))
        assert waits(thread)
        sess.run(queue.close())
        thread.join(5)
        rest = [int(sess.run(one)) for _ in range(4)]
    assert sorted([*first, int(found[0]), *rest]) == list(range(7))


def test_priorities_decide_and_then_who_came_first() -> None:
    queue = tf.PriorityQueue(10, [tf.string], [[]])
    with tf.Session() as sess:
        sess.run(queue.enqueue_many([[3, 1, 2, 1], ["d", "a", "c", "b"]]))
        assert [sess.run(queue.dequeue())[1] for _ in range(2)] == [b"a", b"b"]
        assert sess.run(queue.dequeue_many(2))[0].tolist() == [2, 3]


def test_one_of_several_queues_is_chosen_in_the_graph() -> None:
    queues = [tf.FIFOQueue(3, tf.int32, shapes=[[]]) for _ in range(2)]
    index = tf.placeholder(tf.int32, [])
    either = tf.QueueBase.from_list(index, queues)
    put = either.enqueue(5)
    with tf.Session() as sess:
        sess.run(put, {index: 1})
        assert [int(sess.run(queue.size())) for queue in queues] == [0, 1]


def test_what_is_no_element_is_refused() -> None:
    queue = tf.FIFOQueue(3, [tf.int32], shapes=[[2]])
    with pytest.raises(ValueError, match="incompatible"):
        queue.enqueue([[1, 2, 3]])
    with pytest.raises(TypeError, match="int32"):
        queue.enqueue("a")
    fed = tf.placeholder(tf.int32)
    with tf.Session() as sess:
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=r"Shape mismatch in tuple component 0. Expected \[2\]"
        ):
            sess.run(queue.enqueue(fed), {fed: [1, 2, 3]})
        assert sess.run(queue.size()) == 0
    with pytest.raises(ValueError, match="a list of shapes must be provided"):
        tf.PaddingFIFOQueue(3, [tf.int32], None)


def test_many_threads_lose_and_double_nothing() -> None:
    """Producers, consumers of single elements and of batches, and some that give up at once."""
    queue = tf.FIFOQueue(4, tf.int32, shapes=[[]])
    value = tf.placeholder(tf.int32, [])
    put, one, three = queue.enqueue(value), queue.dequeue(), queue.dequeue_up_to(3)
    count, found, lock = 150, [], threading.Lock()
    with tf.Session() as sess:

        def produce(first: int) -> None:
            for number in range(count):
                sess.run(put, {value: first + number})

        def consume(fetch: Any, limit: int) -> None:
            options = tf.RunOptions(timeout_in_ms=limit)
            while True:
                try:
                    got = np.atleast_1d(sess.run(fetch, options=options))
                except tf.errors.DeadlineExceededError:
                    continue
                except tf.errors.OutOfRangeError:
                    return
                with lock:
                    found.extend(got.tolist())

        producers = [in_thread(lambda first=first: produce(first))[0] for first in (0, 1000, 2000)]
        consumers = [in_thread(lambda f=f, n=n: consume(f, n))[0] for f, n in ((one, 5000), (three, 5000), (one, 20))]
        for thread in producers:
            thread.join(60)
        time.sleep(0.05)
        sess.run(queue.close())
        for thread in consumers:
            thread.join(60)
    assert sorted(found) == [first + number for first in (0, 1000, 2000) for number in range(count)]


@pytest.mark.parametrize("given", [(), [], [()], tf.TensorShape([])], ids=str)
def test_no_extents_are_the_shape_of_one_scalar(given: Any) -> None:
    queues: list[Any] = [
        tf.FIFOQueue(3, tf.float32, shapes=given),
        tf.RandomShuffleQueue(3, 0, [tf.float32], shapes=given),
    ]
    for queue in queues:
        assert queue.shapes == [tf.TensorShape([])]
        assert queue.queue_ref.op.get_attr("shapes")[0].dim == []
    assert tf.PriorityQueue(3, tf.float32, shapes=given).shapes == [tf.TensorShape([])] * 2
    with tf.Session() as sess:
        sess.run(queues[0].enqueue_many([[1.0, 2.0]]))
        assert sess.run(queues[0].dequeue_many(2)).tolist() == [1.0, 2.0]


def test_wrong_shapes_are_refused_as_tensorflow_refuses_them() -> None:
    with pytest.raises(ValueError, match="same length as dtypes"):
        tf.FIFOQueue(3, [tf.float32, tf.int32], shapes=())
    for partial in ([None, 3], [[None, 3]], [tf.TensorShape(None)]):
        with pytest.raises(ValueError, match="All shapes must be fully defined"):
            tf.FIFOQueue(3, tf.float32, shapes=partial)
    with pytest.raises(TypeError, match="shapes must be a TensorShape or a list"):
        tf.FIFOQueue(3, tf.float32, shapes=3)
    with pytest.raises(ValueError, match="a list of shapes must be provided"):
        tf.PaddingFIFOQueue(3, tf.float32, shapes=(3,))
    with pytest.raises(ValueError, match="received 1 dtypes and 2 shapes"):
        tf.PaddingFIFOQueue(3, tf.float32, shapes=[(), ()])
    with pytest.raises(ValueError, match="must have a defined rank"):
        tf.PaddingFIFOQueue(3, tf.float32, shapes=[tf.TensorShape(None)])


def test_queues_of_one_shared_name_are_alike() -> None:
    first = tf.FIFOQueue(3, tf.int32, shared_name="shared")
    same, other = (tf.FIFOQueue(size, tf.int32, shared_name="shared") for size in (3, 4))
    floats = tf.FIFOQueue(3, tf.float32, shared_name="shared")
    with tf.Session() as sess:
        sess.run(first.enqueue(4))
        assert sess.run(same.size()) == 1
        with pytest.raises(tf.errors.InvalidArgumentError, match="has capacity 3 but requested capacity was 4"):
            sess.run(other.dequeue())
        with pytest.raises(tf.errors.InvalidArgumentError, match="component types int32 but requested.* were float"):
            sess.run(floats.dequeue())


def _shared(kind: str, *arguments: Any, **options: Any) -> Any:
    return getattr(tf, kind)(*arguments, shared_name="one", **options)


@pytest.mark.parametrize(
    "first, second, message",
    [
        (("FIFOQueue", 3, tf.int32), ("RandomShuffleQueue", 3, 1, tf.int32), "Expected FIFOQueue, found RandomShuffle"),
        (
            ("FIFOQueue", 3, tf.int32, [2]),
            ("PaddingFIFOQueue", 3, tf.int32, [[2]]),
            "Expected FIFOQueue, found Padding",
        ),
        (("FIFOQueue", 3, tf.int32, []), ("FIFOQueue", -1, tf.int32, []), "requested capacity was 2147483647"),
        (("FIFOQueue", -1, tf.int32), ("FIFOQueue", -2, tf.int32), None),
        (("FIFOQueue", 3, tf.int32), ("FIFOQueue", 3, tf.int32, []), r"component shapes \[\] but .* were \[\[\]\]"),
        (("PaddingFIFOQueue", 3, tf.int32, [[None]]), ("PaddingFIFOQueue", 3, tf.int32, [[2]]), None),
        (("PaddingFIFOQueue", 3, tf.int32, [[2]]), ("PaddingFIFOQueue", 3, tf.int32, [[3]]), "component shapes"),
        (("RandomShuffleQueue", 3, 1, tf.int32), ("RandomShuffleQueue", 3, 2, tf.int32), "min_after_dequeue 1 but"),
        (("PriorityQueue", 3, tf.int32, [[]]), ("PriorityQueue", 3, tf.float32, [[]]), "types int64, int32 but"),
    ],
)
def test_queues_of_one_shared_name_are_compared(first: Any, second: Any, message: str | None) -> None:
    """What TensorFlow 1.15 refuses is refused: other kinds too, and shapes that cannot be the same."""
    one, other = _shared(*first), _shared(*second)
    with tf.Session() as sess:
        sess.run(one.size())
        if message is None:
            assert sess.run(other.size()) == 0
            return
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            sess.run(other.size())


def test_shared_shuffling_queues_have_one_seed() -> None:
    queues = [_shared("RandomShuffleQueue", 3, 1, tf.int32, seed=seed) for seed in (4, 4, None, 5)]
    with tf.Session() as sess:
        assert [sess.run(queue.size()) for queue in queues[:3]] == [0, 0, 0]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"seeds \(87654321, 4\) but requested seeds are"):
            sess.run(queues[3].size())


def test_a_queue_is_closed_once_but_cancelled_at_any_time() -> None:
    queue = tf.FIFOQueue(3, tf.int32)
    with tf.Session() as sess:
        sess.run(queue.close())
        with pytest.raises(tf.errors.CancelledError, match="is already closed"):
            sess.run(queue.close())
        for _ in range(2):
            sess.run(queue.close(cancel_pending_enqueues=True))


@pytest.mark.parametrize("capacity, least, message", [(3, 3, "must be < capacity 3"), (-1, -1, "must be >= 0")])
def test_a_shuffling_queue_can_give_elements(capacity: int, least: int, message: str) -> None:
    queue = tf.RandomShuffleQueue(capacity, least, tf.int32)
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        sess.run(queue.size())


def test_a_shuffling_queue_has_the_order_of_tensorflow() -> None:
    """Recorded from TensorFlow 1.15.5."""
    orders = []
    for graph_seed, seed in ((1, 7), (None, 7), (1, None)):
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.set_random_seed(graph_seed)
            queue = tf.RandomShuffleQueue(100, 0, tf.int32, [], seed=seed)
            sess.run(queue.enqueue_many([list(range(12))]))
            orders.append([*sess.run(queue.dequeue_many(5)), *(sess.run(queue.dequeue()) for _ in range(3))])
    assert orders == [[9, 0, 2, 6, 4, 3, 1, 10], [3, 10, 5, 4, 0, 8, 7, 6], [4, 2, 10, 11, 3, 6, 5, 1]]


def test_padded_scalars_of_strings_are_strings() -> None:
    queue = tf.PaddingFIFOQueue(3, tf.string, [()])
    with tf.Session() as sess:
        sess.run(queue.enqueue_many([["a", "b"]]))
        assert sess.run(queue.dequeue_many(2)).tolist() == [b"a", b"b"]


def test_names_of_queues_that_were_refused_are_free() -> None:
    for wrong in ({"names": ["a", "b"]}, {"shapes": [[], []]}, {"shapes": [[None]]}):
        with pytest.raises(ValueError):
            tf.FIFOQueue(3, [tf.int32], **wrong)
    assert tf.FIFOQueue(3, tf.int32).name == "fifo_queue"


@pytest.mark.parametrize("make", [tf.IdentityReader, tf.WholeFileReader])
def test_readers_of_one_record_a_file_tell_how_far_they_are(make: Any, tmp_path: Path) -> None:
    names = [tmp_path / name for name in ("a", "b")]
    for name in names:
        name.write_text(name.name)
    files = tf.FIFOQueue(5, tf.string, shapes=[()])
    reader = make()
    assert reader.supports_serialize and not tf.TextLineReader().supports_serialize
    value = reader.read(files)[1]
    state, produced = reader.serialize_state(), reader.num_records_produced()
    held = tf.placeholder(tf.string, [])
    back = reader.restore_state(held)
    with tf.Session() as sess:
        sess.run(files.enqueue_many([[str(name) for name in names]]))
        sess.run(value)
        told = sess.run(state)
        path = str(names[0]).encode()
        assert told == b"\x08\x01\x10\x01\x18\x01\x22" + bytes([len(path)]) + path
        sess.run(value)
        assert sess.run(produced) == 2
        sess.run(back, {held: told})
        assert sess.run(produced) == 1
        with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse state"):
            sess.run(back, {held: b"nonsense"})
        with pytest.raises(tf.errors.InvalidArgumentError, match="Inconsistent work"):
            sess.run(back, {held: b"\x08\x02"})
        with pytest.raises(tf.errors.UnimplementedError, match="does not support|SerializeState"):
            sess.run(tf.TextLineReader().serialize_state())
