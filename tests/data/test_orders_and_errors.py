"""Datasets: orders of seeds, what fails and goes on, when wrong arguments are told. What TensorFlow 1.15.5 gave."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

D = tf.data.Dataset
X = tf.data.experimental
Invalid = tf.errors.InvalidArgumentError


def drained(dataset: Any, times: int = 1) -> Any:
    """Lists of the elements, an error's class in the place of one that cannot be made; one list for each time."""
    iterator = dataset.make_initializable_iterator()
    element = iterator.get_next()
    lists: list[list[Any]] = []
    with tf.Session() as sess:
        for _ in range(times):
            sess.run(iterator.initializer)
            found: list[Any] = []
            while len(found) < 99:
                try:
                    value = sess.run(element)
                    found.append(value.tolist() if hasattr(value, "tolist") else value)
                except tf.errors.OutOfRangeError:
                    break
                except tf.errors.OpError as error:
                    found.append(type(error))
            lists.append(found)
    return lists[0] if times == 1 else lists


def shuffled_by_graph(seed: int | None, **options: Any) -> Any:
    tf.set_random_seed(7)
    return D.range(10).shuffle(10, seed=seed, **options)


ORDERS: Final[dict[str, tuple[Callable[[], Any], list[Any]]]] = {
    "one seed": (lambda: D.range(10).shuffle(5, seed=3), [4, 1, 0, 2, 7, 8, 6, 3, 5, 9]),
    "repeated": (lambda: D.range(5).shuffle(5, seed=3).repeat(3), [2, 4, 3, 0, 1, 1, 0, 3, 4, 2, 0, 1, 3, 4, 2]),
    "repeated the same": (
        lambda: D.range(5).shuffle(5, seed=3, reshuffle_each_iteration=False).repeat(2), [2, 4, 3, 0, 1] * 2,
    ),
    "epochs overlap": (
        lambda: D.range(5).shuffle(3, seed=3).repeat(3), [2, 0, 3, 1, 4, 2, 3, 1, 4, 0, 0, 3, 1, 4, 2],
    ),
    "several epochs in a buffer": (
        lambda: D.range(3).shuffle(20, seed=3).repeat(7),
        [2, 0, 1, 2, 0, 1, 2, 1, 0, 2, 1, 0, 1, 2, 0, 0, 2, 1, 2, 1, 0],
    ),
    "batches between": (
        lambda: D.range(5).shuffle(3, seed=3).batch(2).repeat(3),
        [[0, 1], [2, 3], [4], [0, 3], [4, 2], [1], [2, 1], [3, 4], [0]],
    ),
    "both at once": (
        lambda: D.range(5).apply(X.shuffle_and_repeat(3, 3, seed=5)), [1, 3, 2, 4, 0, 1, 2, 4, 3, 0, 2, 1, 3, 4, 0],
    ),
    "within a function": (
        lambda: D.range(2).flat_map(lambda x: D.range(4).shuffle(4, seed=9).repeat(2)), [1, 2, 3, 0, 3, 1, 0, 2] * 2,
    ),
    "seed 0": (
        lambda: D.range(8).shuffle(4, seed=0, reshuffle_each_iteration=False), [1, 2, 4, 0, 5, 7, 3, 6],
    ),
    "a tensor": (
        lambda: D.range(8).shuffle(4, seed=tf.constant(4, tf.int64), reshuffle_each_iteration=False),
        [1, 4, 0, 2, 7, 5, 3, 6],
    ),
    "graph": (lambda: shuffled_by_graph(None), [8, 7, 1, 4, 0, 5, 2, 3, 6, 9]),
    "graph, one order": (
        lambda: shuffled_by_graph(None, reshuffle_each_iteration=False), [3, 7, 4, 6, 2, 8, 5, 1, 0, 9],
    ),
    "graph and own": (lambda: shuffled_by_graph(3, reshuffle_each_iteration=False), [3, 4, 2, 9, 8, 5, 1, 6, 7, 0]),
    "numbers": (lambda: X.RandomDataset(seed=4).take(4), [3128586565, 2023892699, 452966358, 4293674553]),
    "sampled": (
        lambda: X.sample_from_datasets([D.range(5), D.range(10, 15)], [0.5, 0.5], seed=3),
        [10, 11, 12, 0, 13, 14, 1, 2, 3, 4],
    ),
    "sampled alike": (
        lambda: X.sample_from_datasets([D.range(5), D.range(10, 15), D.range(20, 22)], seed=3),
        [10, 11, 20, 0, 21, 12, 13, 14, 1, 2, 3, 4],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDERS)
def test_orders_of_seeds(name: str) -> None:
    make, order = ORDERS[name]
    assert drained(make()) == order


def test_an_initializer_begins_the_order_anew() -> None:
    first, second = drained(D.range(6).shuffle(6, seed=3), 2)
    assert first == second == [0, 1, 2, 3, 4, 5]


def halves(x: Any) -> Any:
    return 6 // x


ERRORS: Final[dict[str, tuple[Callable[[], Any], list[Any]]]] = {
    "map": (lambda: D.range(4).map(halves), [Invalid, 6, 3, 2]),
    "ignored": (lambda: D.from_tensor_slices([1, 0, 2]).map(halves).apply(X.ignore_errors()), [6, 3]),
    "prefetched": (lambda: D.range(3).map(halves).prefetch(1).repeat(2), [Invalid, 6, 3] * 2),
    "filter": (lambda: D.range(4).filter(lambda x: tf.equal(6 // x, 3)), [Invalid, 2]),
    "batch": (lambda: D.range(1, 4).map(lambda x: tf.fill([x], x)).batch(2), [Invalid, [[3, 3, 3]]]),
    "map and batch": (lambda: D.range(4).apply(X.map_and_batch(halves, 2)), [Invalid, [3, 2]]),
    "flat_map": (lambda: D.range(3).flat_map(lambda x: D.from_tensors(6 // x)), [Invalid, 6, 3]),
    "interleave": (lambda: D.range(3).interleave(lambda x: D.from_tensors(6 // x), 2), [Invalid, 6, 3]),
    "padded": (
        lambda: D.range(1, 5).map(lambda x: tf.fill([x], x)).padded_batch(2, [3]),
        [[[1, 0, 0], [2, 2, 0]], tf.errors.DataLossError],
    ),
    "a generator's value": (lambda: D.from_generator(lambda: iter([1, "b", 2]), tf.int32), [1, Invalid, 2]),
    "a generator": (
        lambda: D.from_generator(lambda: (6 // x for x in [1, 0, 2]), tf.int32), [6, tf.errors.UnknownError],
    ),
    "rounded": (lambda: D.from_generator(lambda: iter([1.5]), tf.int32), [1]),
    "single, none": (lambda: D.from_tensors(0).map(lambda _: X.get_single_element(D.range(0))), [Invalid]),
    "zip": (lambda: D.zip((D.range(3).map(halves), D.range(3))).map(lambda a, b: a + b), [Invalid, 6, 4]),
    "scan": (lambda: D.range(3).apply(X.scan(np.int64(0), lambda s, x: (s + 1, s + 6 // x))), [Invalid, 6, 4]),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_elements_that_fail_are_passed_over(name: str) -> None:
    make, wanted = ERRORS[name]
    assert drained(make()) == wanted


WRONG: Final[dict[str, Callable[[], Any]]] = {
    "range": lambda: D.range(5, 1, 0), "shuffle": lambda: D.range(4).shuffle(0), "batch": lambda: D.range(4).batch(0),
    "padded": lambda: D.range(4).padded_batch(0, []), "prefetch": lambda: D.range(4).prefetch(-3),
    "shard": lambda: D.range(4).shard(2, 2), "no shards": lambda: D.range(4).shard(0, 0),
    "map": lambda: D.range(4).map(lambda x: x, num_parallel_calls=0),
    "cycle": lambda: D.range(4).interleave(D.range, cycle_length=0),
    "block": lambda: D.range(4).interleave(D.range, cycle_length=1, block_length=0),
    "calls": lambda: D.range(4).interleave(D.range, cycle_length=2, num_parallel_calls=4),
    "window": lambda: D.range(4).window(0), "shift": lambda: D.range(4).window(2, shift=0),
    "stride": lambda: D.range(4).window(2, stride=0), "deep": lambda: D.range(4).batch(0).map(lambda x: x).repeat(),
    "files": lambda: D.list_files("no such file*"),
    "columns": lambda: X.CsvDataset("x", [tf.string, tf.string], select_cols=[2, 1]),
    "delimiter": lambda: X.CsvDataset("x", [tf.string], field_delim="||"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_fail_the_initializer(name: str) -> None:
    iterator = WRONG[name]().make_initializable_iterator()
    with tf.Session() as sess, pytest.raises(Invalid):
        sess.run(iterator.initializer)


def filled() -> Any:
    return D.range(1, 5).map(lambda x: tf.fill([x], x))


BUILT: Final[dict[str, tuple[type[Exception], Callable[[], Any]]]] = {
    "zip": (TypeError, lambda: D.zip([D.range(3), D.range(4)])),
    "rank": (ValueError, lambda: filled().padded_batch(2, [None, None])),
    "no scalar": (ValueError, lambda: filled().padded_batch(2, [None], padding_values=[1, 2])),
    "type of padding": (TypeError, lambda: filled().padded_batch(2, [None], padding_values=-1)),
    "none": (TypeError, lambda: D.range(3).map(lambda x: None)),
    "state": (TypeError, lambda: D.range(3).reduce(0.0, lambda s, x: x)),
    "names": (TypeError, lambda: tf.data.TFRecordDataset(D.range(3))),
    "single": (TypeError, lambda: X.get_single_element(3)),
    "both": (ValueError, lambda: X.map_and_batch(halves, 2, num_parallel_batches=1, num_parallel_calls=1)),
    "unbatch": (ValueError, lambda: D.range(3).apply(X.unbatch())),
    "unbatch lengths": (ValueError, lambda: D.from_tensors(([1, 2], [1, 2, 3])).apply(X.unbatch())),
    "column": (TypeError, lambda: X.CsvDataset("x", [tf.bool])),
}  # fmt: skip


@pytest.mark.parametrize("name", BUILT)
def test_wrong_arguments_while_building(name: str) -> None:
    kind, make = BUILT[name]
    with pytest.raises(kind):
        make()


def test_padding_of_all_types() -> None:
    dataset = D.range(1, 3).map(lambda x: (tf.fill([x], True), tf.fill([x], "a"), tf.fill([x], 1j)))
    (found,) = drained(dataset.padded_batch(2, ([None], [None], [None])))
    assert found[0].tolist() == [[True, False], [True, True]]
    assert found[1].tolist() == [[b"a", b""], [b"a", b"a"]]
    assert found[2].tolist() == [[1j, 0], [1j, 1j]]
    assert filled().padded_batch(2, tf.constant([4], tf.int64)).output_shapes.as_list() == [None, 4]


def test_states_become_as_open_as_they_have_to() -> None:
    joined = D.range(3).reduce(tf.zeros([0], tf.int64), lambda s, x: tf.concat([s, [x]], 0))
    assert joined.shape.as_list() == [None]
    with tf.Session() as sess:
        assert sess.run(joined).tolist() == [0, 1, 2]


def test_files_of_datasets_and_in_turn(tmp_path: Path) -> None:
    paths = []
    for number in range(2):
        path = tmp_path / f"{number}.txt"
        path.write_text(f"a{number}\nb{number}\n")
        paths.append(str(path))
    lines = tf.data.TextLineDataset
    assert drained(lines(D.from_tensor_slices(paths))) == [b"a0", b"b0", b"a1", b"b1"]
    assert drained(lines(paths, num_parallel_reads=2)) == [b"a0", b"a1", b"b0", b"b1"]
    fixed = tf.data.FixedLengthRecordDataset(paths, 3, num_parallel_reads=2)
    assert drained(fixed) == [b"a0\n", b"a1\n", b"b0\n", b"b1\n"]
    assert drained(lines(paths, compression_type="GZIP")) == [tf.errors.DataLossError]
    assert drained(lines(paths, compression_type="BAD")) == [Invalid]
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"line\n" * 9)[:-9])
    assert drained(lines(str(tmp_path / "cut.gz"), compression_type="GZIP"))[-1] is tf.errors.DataLossError
    assert drained(D.list_files(str(tmp_path / "*.txt"), seed=3)) == [paths[0].encode(), paths[1].encode()]


def test_rows_that_fail_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("1,x\n,y\n3\n4,z\n")
    assert drained(X.CsvDataset(str(path), [tf.int32, tf.string])) == [(1, b"x"), Invalid, Invalid, (4, b"z")]


@pytest.mark.parametrize(("kind", "shape"), [(tf.float32, []), (tf.int64, [3])])
def test_a_handle_of_another_iterator(kind: Any, shape: list[int]) -> None:
    handle = tf.placeholder(tf.string, [])
    element = tf.data.Iterator.from_string_handle(handle, kind, shape).get_next()
    own = D.range(3).make_one_shot_iterator().string_handle()
    with tf.Session() as sess, pytest.raises(Invalid):
        sess.run(element, {handle: sess.run(own)})


def test_groups_that_fail_are_left_out_and_the_last_ones_come_by_their_keys() -> None:
    def grouped(size_of: Any) -> Any:
        return D.range(8).apply(X.group_by_window(lambda x: x % 3, lambda k, d: d.batch(3), window_size_func=size_of))

    assert drained(grouped(lambda key: key + 1)) == [[0], [3], [1, 4], [6], [7], [2, 5]]
    assert drained(grouped(lambda key: tf.zeros([], tf.int64))) == [Invalid] * 8

    def bucketed(**options: Any) -> Any:
        lengths = D.range(9).map(lambda x: tf.fill([x], x))
        return drained(lengths.apply(X.bucket_by_sequence_length(tf.size, [3, 6], [2, 2, 2], **options)))

    last = [[[2, 2]], [[5] * 5], [[8] * 8]]
    assert bucketed(no_padding=True) == [Invalid, Invalid, Invalid, *last]
    padded = bucketed(pad_to_bucket_boundary=True)
    short = [[[0, 0], [1, 0]], [[3, 3, 3, 0, 0], [4, 4, 4, 4, 0]]]
    assert padded == [*short, Invalid, *last[:2], Invalid]


def test_elements_before_groups_may_fail() -> None:
    checked = D.range(5).map(lambda x: 6 // (x - 1))
    grouped = checked.apply(X.group_by_window(lambda x: x % 2, lambda k, d: d.batch(2), 2))
    assert drained(grouped) == [Invalid, [-6, 6], [2], [3]]


@pytest.mark.parametrize("weights", [[0.3, 0.5, 0.2], [0.3, 0.0, 0.7], None])
def test_datasets_drawn_many_at_a_time(weights: Any) -> None:
    """Numbers of datasets that are drawn ahead are those that are drawn one by one, as of weights in a dataset."""

    def drawn(given: Any) -> list[int]:
        with tf.Graph().as_default(), tf.Session() as sess:
            sources = [D.range(first, first + 500) for first in (0, 1000, 2000)]
            element = X.sample_from_datasets(sources, given, seed=9).make_one_shot_iterator().get_next()
            return [int(sess.run(element)) for _ in range(600)]

    ahead = drawn(weights)
    row = np.array([1.0] * 3 if weights is None else weights, np.float32)
    assert ahead == drawn(D.from_tensors(row).repeat())
    assert {number // 1000 for number in ahead} == {n for n in range(3) if row[n]}
