"""Fractional pooling: the windows, results and gradients that TensorFlow 1.15 gave (`fractional_cases.json`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

CASES = json.loads((Path(__file__).parent / "fractional_cases.json").read_text())


@pytest.mark.parametrize("case", CASES["sequences"], ids=lambda case: f"{case[0]} {case[1]} {case[2]}")
def test_windows_are_those_of_the_seeds(case: Any) -> None:
    pseudo_random, ratio, (seed, seed2), expected = case
    images = np.zeros((1, 20, 17, 1), np.float32)
    _, rows, columns = tf.nn.fractional_max_pool(
        images, [1.0, *ratio, 1.0], pseudo_random=pseudo_random, deterministic=True, seed=seed, seed2=seed2
    )
    with tf.Session() as sess:
        for _ in range(2):
            assert [places.tolist() for places in sess.run([rows, columns])] == expected


@pytest.mark.parametrize("overlapping", [False, True])
def test_results_and_gradients(overlapping: bool) -> None:
    images = np.random.RandomState(0).randint(0, 5, (1, 6, 7, 2)).astype(np.float32)
    slopes = np.arange(32, dtype=np.float32).reshape(1, 4, 4, 2) + 1
    x = tf.placeholder(tf.float32, [None, 6, 7, 2])
    settings = {"pseudo_random": True, "overlapping": overlapping, "deterministic": True, "seed": 1, "seed2": 2}
    ratio = [1.0, 1.44, 1.73, 1.0]
    largest, rows, columns = tf.nn.fractional_max_pool(x, ratio, **settings)
    mean = tf.nn.fractional_avg_pool(x, ratio, **settings)[0]
    gradients = [tf.gradients(y, x, grad_ys=[slopes])[0] for y in (largest, mean)]
    assert largest.shape.as_list() == [None, 4, 4, 2]
    with tf.Session() as sess:
        found = sess.run([largest, rows, columns, mean, *gradients], {x: images})
    for value, expected in zip(found, CASES["pools"][overlapping], strict=True):
        np.testing.assert_array_equal(value, np.array(expected, value.dtype))


def test_without_seeds_windows_differ_from_call_to_call() -> None:
    x = tf.placeholder(tf.float32, [1, 60, 60, 1])
    rows = tf.nn.fractional_max_pool(x, [1.0, 1.5, 1.5, 1.0])[1]
    with tf.Session() as sess:
        drawn = {tuple(sess.run(rows, {x: np.zeros((1, 60, 60, 1))}).tolist()) for _ in range(5)}
    assert len(drawn) > 1
    assert all(each[0] == 0 and each[-1] == 60 and len(each) == 41 for each in drawn)


def test_what_is_refused() -> None:
    images = np.zeros((1, 6, 6, 1), np.float32)
    with pytest.raises(ValueError, match="less than minimum 4"):
        tf.nn.fractional_max_pool(images, [1.0, 1.5, 1.5])
    with pytest.raises(ValueError, match="must be rank 4"):
        tf.nn.fractional_max_pool(images[0], [1.0, 1.5, 1.5, 1.0])
    with pytest.raises(ValueError, match="cannot be smaller than 1"):
        tf.nn.fractional_max_pool(images, [1.0, 0.5, 1.5, 1.0])
    with tf.Session() as sess:
        with pytest.raises(tf.errors.InvalidArgumentError, match="seed2 should be 0"):
            sess.run(tf.nn.fractional_max_pool(images, [1.0, 1.5, 1.5, 1.0], seed=1))
        with pytest.raises(tf.errors.InvalidArgumentError, match="batch nor channel"):
            sess.run(tf.nn.fractional_avg_pool(images, [1.0, 1.5, 1.5, 1.5]))
