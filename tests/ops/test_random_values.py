"""The random numbers are TensorFlow's, for each pair of seeds: recorded with 1.15.5, the same with 2.21."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler.program import program
from sessile.ops.base import provided
from sessile.ops.families.random import distributions, rejection, sampling
from sessile.ops.families.random.philox import Stream, blocks
from sessile.ops.types import dtypes

import sessile as tf

# A tensor, and the first numbers of it in the first and in the second step of a session.
RECORDED: dict[str, tuple[Callable[[], Any], list[Any], list[Any]]] = {
    "uniform float32": (
        lambda: tf.random_uniform([3, 7], seed=7),
        [0.4839409589767456, 0.5062030553817749, 0.25514376163482666, 0.12474226951599121, 0.9330101013183594],
        [0.002741575241088867, 0.4854828119277954, 0.31039106845855713, 0.09833908081054688, 0.8055744171142578],
    ),
    "uniform float16": (
        lambda: tf.random_uniform([3, 7], dtype=tf.float16, seed=7),
        [0.4443359375, 0.8154296875, 0.1376953125, 0.888671875, 0.21875],
        [0.458984375, 0.0751953125, 0.7236328125, 0.59375, 0.265625],
    ),
    "uniform bfloat16": (
        lambda: tf.random_uniform([3, 7], dtype=tf.bfloat16, seed=7),
        [0.5546875, 0.5234375, 0.1015625, 0.109375, 0.75],
        [0.671875, 0.6015625, 0.7890625, 0.75, 0.125],
    ),
    "uniform float64": (
        lambda: tf.random_uniform([3, 7], dtype=tf.float64, seed=7),
        [0.8715283824246434, 0.041150670730960126, 0.46408134636396414, 0.8337960817743599, 0.1528288341148254],
        [0.021932768608411424, 0.48312893714446403, 0.44459580425815126, 0.3566931299412073, 0.3544744581589714],
    ),
    "normal float32": (
        lambda: tf.random_normal([3, 7], seed=7),
        [-0.046945683658123016, -1.2039023637771606, 1.1668351888656616, 1.1706204414367676, -0.3200702369213104],
        [0.31287577748298645, -3.420607089996338, 0.8861453533172607, 1.246832251548767, -0.374898225069046],
    ),
    "normal float16": (
        lambda: tf.random_normal([3, 7], dtype=tf.float16, seed=7),
        [-0.04693603515625, -1.2041015625, 1.1669921875, 1.1708984375, -0.320068359375],
        [0.31298828125, -3.419921875, 0.88623046875, 1.2470703125, -0.375],
    ),
    "normal float64": (
        lambda: tf.random_normal([3, 7], dtype=tf.float64, seed=7),
        [0.1340862416655279, 0.5069857732211678, -1.0712938719508789, 0.6226718985830445, 0.10136637694310557],
        [0.29244382714883893, -2.7484583973451655, 0.9977104457906041, -0.7910456975332041, -1.316916579662823],
    ),
    "truncated float32": (
        lambda: tf.truncated_normal([3, 7], seed=7),
        [-0.046945683658123016, -1.2039023637771606, 1.1668351888656616, 1.1706204414367676, 0.7166261076927185],
        [0.31287577748298645, 0.8861453533172607, 1.246832251548767, -0.374898225069046, 0.4713844954967499],
    ),
    "truncated float64": (
        lambda: tf.truncated_normal([3, 7], dtype=tf.float64, seed=7),
        [0.1340862416655279, 0.5069857732211678, -0.3353157984791955, 1.0255299605888106, 1.4898406195903886],
        [0.29244382714883893, 0.9977104457906041, -1.580830046332284, -1.246284006693747, 0.5415822402843382],
    ),
    "int32": (
        lambda: tf.random_uniform([3, 5], -5, 3, tf.int32, seed=3),
        [2, 2, -1, -5, 2],
        [-2, -3, 1, -4, -4],
    ),
    "int64": (
        lambda: tf.random_uniform([3, 5], 0, 2**62, tf.int64, seed=3),
        [1201921617495688935, 111203473050896996, 4516516021992979599, 829640247307062048, 2792508527480296137],
        [2111032100159741331, 3524688282936903878, 2704245277835895273, 1620725045058505153, 2998940894689972239],
    ),
    "shuffle": (
        lambda: tf.random_shuffle(tf.range(5), seed=3),
        [2, 4, 3, 0, 1],
        [2, 1, 4, 3, 0],
    ),
    "multinomial": (
        lambda: tf.multinomial(tf.log([[0.2, 0.3, 0.5]] * 2), 3, seed=4),
        [2, 2, 1, 2, 2],
        [2, 2, 0, 2, 1],
    ),
    "gamma below 1": (
        lambda: tf.random_gamma([6], 0.5, seed=4),
        [0.14378182590007782, 0.0029362584464251995, 0.11629976332187653, 0.4486929178237915, 2.6312813758850098],
        [0.3158102333545685, 1.098281741142273, 0.41295892000198364, 0.09753012657165527, 3.021821975708008],
    ),
    "gamma above 1": (
        lambda: tf.random_gamma([6], 2.5, seed=4),
        [3.818624496459961, 0.4883767068386078, 3.615349054336548, 2.023940324783325, 4.899149417877197],
        [2.144571542739868, 2.5533504486083984, 1.6435049772262573, 1.992153525352478, 5.526998043060303],
    ),
    "gamma 1": (
        lambda: tf.random_gamma([6], tf.constant(1.0, tf.float64), dtype=tf.float64, seed=4),
        [4.03887810934675, 0.7686666585938203, 1.7056198238842812, 1.094225815690178, 6.317509056434737],
        [0.3332051199692696, 1.47927919795213, 1.223939191672334, 0.32301397498364737, 0.11828278281700215],
    ),
    "poisson small": (
        lambda: tf.random_poisson(2.5, [6], seed=4),
        [4.0, 2.0, 2.0, 2.0, 2.0],
        [3.0, 4.0, 4.0, 3.0, 1.0],
    ),
    "poisson large": (
        lambda: tf.random_poisson(30.0, [6], seed=4),
        [34.0, 31.0, 36.0, 21.0, 28.0],
        [30.0, 35.0, 33.0, 26.0, 22.0],
    ),
    "stateless uniform": (
        lambda: tf.random.stateless_uniform([7], seed=[1, 2]),
        [0.8440604209899902, 0.19204533100128174, 0.9962232112884521, 0.16038739681243896, 0.27199018001556396],
        [0.8440604209899902, 0.19204533100128174, 0.9962232112884521, 0.16038739681243896, 0.27199018001556396],
    ),
    "stateless normal": (
        lambda: tf.random.stateless_normal([7], seed=[2**40, -2]),
        [0.8822236061096191, 0.006544658914208412, 0.07439862191677094, 0.7482395768165588, 0.914237916469574],
        [0.8822236061096191, 0.006544658914208412, 0.07439862191677094, 0.7482395768165588, 0.914237916469574],
    ),
    "stateless truncated": (
        lambda: tf.random.stateless_truncated_normal([7], seed=[1, 2], dtype=tf.float64),
        [-0.1423118100189212, 0.7406072461585091, -0.552387756244845, -0.734450092480207, -0.39842023956588357],
        [-0.1423118100189212, 0.7406072461585091, -0.552387756244845, -0.734450092480207, -0.39842023956588357],
    ),
    "stateless int32": (
        lambda: tf.random.stateless_uniform([7], seed=[1, 2], minval=-3, maxval=9, dtype=tf.int32),
        [1, 2, 3, 0, 4],
        [1, 2, 3, 0, 4],
    ),
    "stateless classes": (
        lambda: tf.random.stateless_categorical([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]], 9, seed=[1, 2]),
        [2, 2, 1, 2, 2],
        [2, 2, 1, 2, 2],
    ),
}

# Where there is no machine code, normal float32 numbers may differ in their last bit.
ROUNDED = 2e-7


@pytest.mark.parametrize("case", RECORDED)
def test_numbers_are_tensorflows_in_every_step(case: str) -> None:
    build, *steps = RECORDED[case]
    result = build()
    with tf.Session() as sess:
        for expected in steps:
            found = np.asarray(sess.run(result)).reshape(-1)[: len(expected)]
            np.testing.assert_allclose(found.astype(np.float64), expected, rtol=ROUNDED, atol=0)
    with tf.Session() as sess:
        step = sess.make_callable(result)
        for expected in steps:
            found = np.asarray(step()).reshape(-1)[: len(expected)]
            np.testing.assert_allclose(found.astype(np.float64), expected, rtol=ROUNDED, atol=0)


def test_blocks_are_philoxs() -> None:
    """The known answers that the authors of the generator publish with it."""
    ones = 2**128 - 1
    assert blocks(0, 0, 1).tolist() == [[0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]]
    assert blocks(2**64 - 1, ones, 1).tolist() == [[0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]]
    counter = 0x03707344_13198A2E_85A308D3_243F6A88
    assert blocks(0x299F31D0_A4093822, counter, 1).tolist() == [[0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]]


def test_machine_code_gives_what_numpy_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    first, count = (7 << 64) + 2**64 - 3, 4001

    def numbers() -> list[Any]:
        functions = (distributions.uniform, distributions.normal, distributions.truncated_normal)
        return [blocks(5, first, count), *(draw(5, first, count, dtypes.float32) for draw in functions)]

    program.provide("philox", program._random_numbers)
    by_code = numbers()
    monkeypatch.setattr(provided, "_PROVIDED", {})
    by_numpy = numbers()
    for exact in (0, 1):
        np.testing.assert_array_equal(by_code[exact], by_numpy[exact])
    for rounded in (2, 3):
        np.testing.assert_allclose(by_code[rounded], by_numpy[rounded], rtol=ROUNDED, atol=0)


SHAPES = [1.0, 0.5, 2 / 3, 0.0, -1.0, np.nan, 1e-3, 0.3, 1e6, np.inf, 1 + 1e-9, *np.linspace(0.01, 9, 3000)]
RATES = [0.0, -1.0, np.nan, np.inf, -np.inf, 9.9999, 10.0, 1e5, *np.linspace(0, 30, 3000)]


@pytest.mark.parametrize("first", [3, (7 << 64) + 2**64 - 3, 2**128 - 5])
def test_numbers_drawn_by_rejection_are_those_of_numpy(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def numbers(threads: int) -> list[Any]:
        with np.errstate(all="ignore"):
            small = rejection.poisson(5, first, np.array(RATES[:5] + RATES[-50:]), 20.0, threads)
            gammas = rejection.gamma(5, first, np.array(SHAPES), threads)
            return [gammas, rejection.poisson(5, first, np.array(RATES), 2.0**31, threads), small]

    program.provide("philox", program._random_numbers)
    by_code = [numbers(threads) for threads in (1, 2, 0)]
    monkeypatch.setattr(provided, "_PROVIDED", {})
    by_numpy = numbers(1)
    for found in by_code:
        np.testing.assert_allclose(found[0], by_numpy[0], rtol=1e-13, atol=0)
        np.testing.assert_array_equal(found[1], by_numpy[1])
        np.testing.assert_array_equal(found[2], by_numpy[2])
    assert by_numpy[2][5:].max() <= 20, "what the type of the result does not hold is drawn anew"


@pytest.mark.parametrize("count", [2, 3, 100, 4097])
def test_shuffles_are_those_of_numpy(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = blocks(1, 2, 1025).reshape(-1)
    program.provide("philox", program._random_numbers)
    by_code = sampling._shuffled(drawn, count)
    monkeypatch.setattr(provided, "_PROVIDED", {})
    np.testing.assert_array_equal(sampling._shuffled(drawn, count), by_code)
    assert sorted(by_code.tolist()) == list(range(count)) and by_code.dtype == np.int64


@pytest.mark.parametrize("kind", ["blocks", "uniform", "normal", "truncated"])
def test_numbers_do_not_depend_on_the_threads_that_make_them(kind: str) -> None:
    """5,000 blocks are shared by the pool's threads; parts, made one by one, are the same numbers."""
    program.provide("philox", program._random_numbers)
    fill = program._random_numbers(kind)
    first, count, apart = (7 << 64) + 2**64 - 100, 5000, 256 if kind == "truncated" else 1

    def filled(start: int, size: int, threads: int) -> Any:
        result = np.empty((size, 4), np.uint32)
        fill(5, first + start * apart, size, result, threads)
        return result

    in_parts = np.concatenate([filled(start, 37, 1) for start in range(0, count, 37)])[:count]
    for threads in (1, 2, 3, 0):
        np.testing.assert_array_equal(filled(0, count, threads), in_parts)


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_a_session_draws_the_same_numbers_by_any_number_of_threads(threads: int) -> None:
    drawn = tf.random_normal([70001], seed=1)
    with tf.Session() as sess:
        expected = sess.run(drawn)
    with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=threads)) as sess:
        np.testing.assert_array_equal(sess.run(drawn), expected)


def test_counters_carry_and_chunks_join() -> None:
    near = 2**64 - 3
    together = blocks(5, near, 10000)
    one_by_one = np.concatenate([blocks(5, near + n, 1) for n in (0, 1, 2, 3, 4, 4095, 4096, 9999)])
    np.testing.assert_array_equal(together[[0, 1, 2, 3, 4, 4095, 4096, 9999]], one_by_one)
    np.testing.assert_array_equal(blocks(5, near, 20, step=256), blocks(5, near, 20 * 256)[::256])


@pytest.mark.parametrize("name", ["random_uniform", "random_normal", "truncated_normal"])
def test_longer_tensors_begin_like_shorter_ones(name: str) -> None:
    short, long = (getattr(tf, name)([count], seed=1) for count in (7, 40001))
    with tf.Session() as sess:
        np.testing.assert_array_equal(sess.run(short), sess.run(long)[:7])


def test_seeds_are_made_as_tensorflow_makes_them() -> None:
    most = 2**31 - 1
    for graph_seed, own, expected in (
        (None, 7, (87654321, 7)), (None, -3, (87654321, most - 3)), (None, most, (87654321, 0)),
        (5, 2**40 + 11, (5, 523)), (-9, 0, (most - 9, 0)), (0, 0, (0, most)), (most, most, (0, most)),
        (5, None, (5, 0)),
    ):  # fmt: skip
        with tf.Graph().as_default():
            if graph_seed is not None:
                tf.set_random_seed(graph_seed)
            assert tf.get_seed(own) == expected


def test_the_graphs_seed_gives_each_operation_the_number_of_operations_before_it() -> None:
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(5)
        tf.random_uniform([2])
        tf.nn.dropout(tf.ones([4]), rate=0.5)
        seeds = [op.get_attr("seed2") for op in graph.get_operations() if op.type == "RandomUniform"]
    assert seeds == [3, 12]


def test_without_seeds_numbers_differ() -> None:
    x = tf.random_uniform([4])
    with tf.Session() as first, tf.Session() as second:
        assert first.run(x).tolist() != second.run(x).tolist()


def test_numbers_have_their_distributions() -> None:
    count = 40000
    gammas = tf.random_gamma([count], [0.3, 4.0], beta=2.0, seed=1)
    poissons = tf.random_poisson([0.7, 50.0], [count], seed=2)
    classes = tf.multinomial(tf.log([[0.1, 0.2, 0.7]]), count, seed=3)
    with tf.Session() as sess:
        np.testing.assert_allclose(sess.run(gammas).mean(0), [0.15, 2.0], rtol=0.05)
        np.testing.assert_allclose(sess.run(poissons).mean(0), [0.7, 50.0], rtol=0.05)
        np.testing.assert_allclose(sess.run(poissons).var(0), [0.7, 50.0], rtol=0.05)
        np.testing.assert_allclose(np.bincount(sess.run(classes)[0]) / count, [0.1, 0.2, 0.7], atol=0.02)


def test_one_number_has_no_dimensions() -> None:
    with tf.Session() as sess:
        for result in (
            tf.random_gamma([], 2.0),
            tf.random_poisson(3.0, []),
            tf.random_uniform([]),
            tf.random_normal([]),
        ):
            assert np.shape(sess.run(result)) == ()


def test_hopeless_parameters_end() -> None:
    with tf.Session() as sess:
        assert np.isnan(sess.run(tf.random_gamma([2], [np.nan, np.inf], seed=1))[:, 0]).all()
        assert (sess.run(tf.random_gamma([2], -1.0, seed=1)) <= np.finfo(np.float32).tiny).all()
        assert sess.run(tf.random_poisson([-1.0, 0.0], [2], seed=1)).tolist() == [[0, 0], [0, 0]]
        assert np.isnan(sess.run(tf.random_poisson([np.nan, np.inf], [2], seed=1))).all()


def test_a_stream_is_shared_by_threads_without_overlap() -> None:
    stream = Stream(1, 2)
    assert [stream.reserve(3), stream.reserve_numbers(2), stream.reserve(1)] == [
        2 << 64,
        (2 << 64) + 3,
        (2 << 64) + 515,
    ]


def test_random_crop_is_tensorflows() -> None:
    image = tf.reshape(tf.range(30), [5, 6])
    with tf.Session() as sess:
        assert sess.run(tf.random_crop(image, [2, 3], seed=4)).tolist() == [[15, 16, 17], [21, 22, 23]]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Need value.shape >= size"):
            sess.run(tf.random_crop(image, [9, 3]))


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "a shape that is a scalar": (lambda: tf.random_uniform(tf.constant(2)), "Shape must be rank 1 but is rank 0"),
    "a bound that is a vector": (lambda: tf.random_uniform([2], 0, [5], tf.int32), "maxval must be a scalar"),
    "logits that are a vector": (lambda: tf.multinomial([1.0, 2.0], 3), "Shape must be rank 2 but is rank 1"),
    "a negative count": (lambda: tf.multinomial([[1.0, 2.0]], -1), "must be non-negative but is -1"),
    "three seeds": (lambda: tf.random.stateless_uniform([2], [1, 2, 3]), "Dimensions must be equal, but are 3 and 2"),
    "one seed": (lambda: tf.random.stateless_uniform([2], 1), "Shape must be rank 1 but is rank 0"),
    "integers without an end": (
        lambda: tf.random.stateless_uniform([2], [1, 2], dtype=tf.int32),
        "Must specify maxval",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_are_refused_while_building(case: str) -> None:
    build, words = WRONG[case]
    with pytest.raises(ValueError, match=words):
        build()


def test_wrong_values_are_refused_when_run() -> None:
    seed, logits = tf.placeholder(tf.int64), tf.placeholder(tf.float32)
    with tf.Session() as sess:
        for result, feed, words in (
            (tf.random.stateless_uniform([2], seed), {seed: [1, 2, 3]}, "3 and 2|shape"),
            (tf.random.stateless_uniform([2], [1, 2], 3, 3, tf.int32), {}, "Need minval < maxval"),
            (tf.random_uniform([2], 3, 3, tf.int32), {}, "Need minval < maxval"),
            (tf.multinomial(logits, 1), {logits: np.zeros((2, 0))}, "num_classes should be positive"),
            (tf.multinomial(logits, 1), {logits: np.zeros(2)}, "rank 2|matrix"),
        ):
            with pytest.raises(tf.errors.InvalidArgumentError, match=words):
                sess.run(result, feed)


def test_a_training_with_a_seed_goes_as_in_tensorflow() -> None:
    """Initial values, dropped elements and so the losses are those that TensorFlow 1.15.5 gives for the same file."""
    random = np.random.RandomState(0)
    features, classes = random.randn(64, 8).astype(np.float32), random.randint(0, 3, 64)
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.set_random_seed(7)
        x, y = tf.placeholder(tf.float32, [None, 8]), tf.placeholder(tf.int32, [None])
        w, b = tf.Variable(tf.truncated_normal([8, 16], stddev=0.3)), tf.Variable(tf.zeros([16]))
        hidden = tf.nn.dropout(tf.nn.relu(tf.matmul(x, w) + b), keep_prob=0.8)
        v = tf.get_variable("v", [16, 3])
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=tf.matmul(hidden, v))
        loss = tf.reduce_mean(losses)
        update = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
        sess.run(tf.global_variables_initializer())
        found = [sess.run([loss, update], {x: features, y: classes})[0] for _ in range(12)]
    recorded = [1.433324, 1.218105, 1.145514, 1.088663, 1.027796, 0.990698]
    recorded += [0.985514, 0.957687, 1.009052, 0.914365, 0.959393, 0.91231]
    np.testing.assert_allclose(found, recorded, rtol=2e-6)


@pytest.mark.parametrize(("rows", "classes", "count"), [(1, 4, 1), (300, 7, 3), (5, 3000, 2), (3, 200, 100), (2, 9, 0)])
def test_classes_of_many_rows(rows: int, classes: int, count: int) -> None:
    """Rows at once, some at a time, and one by one choose what a search in each row finds; what is infinite, never."""
    from sessile.ops.families.random.distributions import doubles
    from sessile.ops.families.random.drawing import drawn_classes

    logits = np.random.default_rng(rows).normal(size=(rows, classes)).astype(np.float32)
    logits[0, 1:3] = -np.inf, np.nan
    found = drawn_classes(7, 3, logits, count, tf.int32)
    weights = np.where(np.isfinite(logits), np.exp(logits.astype(np.float64)), 0)
    shares = doubles(7, 3, rows * count).reshape(rows, count)
    for row in range(rows):
        sums = np.cumsum(weights[row])
        np.testing.assert_array_equal(found[row], np.searchsorted(sums, shares[row] * sums[-1], side="right"))
