"""Remainders of float32 without a call of `fmod`: every bit of it, for any two numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf

_STRANGE = np.array([0.0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 1e-45, -1.2e-38, 3.4e38, -3.4e38, 5], np.float32)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), kind=st.sampled_from(["bits", "whole", "multiples", "near"]))
def test_bits(seed: int, kind: str) -> None:
    """Numbers of any size, whole ones, multiples of the divisor, and both of one size."""
    random = np.random.default_rng(seed)
    if kind == "bits":
        x, y = (random.integers(0, 2**32, 500, np.uint32).view(np.float32) for _ in range(2))
    elif kind == "whole":
        x, y = (random.integers(-50, 50, 500).astype(np.float32) for _ in range(2))
    else:
        y = random.normal(size=500).astype(np.float32)
        x = y * random.integers(-(10**9), 10**9, 500).astype(np.float32)
        x = x if kind == "multiples" else random.normal(size=500).astype(np.float32)
    x, y = np.concatenate([x, np.repeat(_STRANGE, 12)]), np.concatenate([y, np.tile(_STRANGE, 12)])
    with tf.Graph().as_default(), tf.Session() as session:
        fed = [tf.placeholder(tf.float32, [None]) for _ in range(2)]
        truncated, floored = session.run([tf.truncatemod(*fed), tf.mod(*fed)], dict(zip(fed, (x, y))))
    with np.errstate(all="ignore"):
        wanted = np.fmod(x, y)
        lower = np.where((wanted != 0) & ((y < 0) != (wanted < 0)), wanted + y, wanted)
    for found, correct in ((truncated, wanted), (floored, lower)):
        np.testing.assert_array_equal(found, correct)
        np.testing.assert_array_equal(np.signbit(found)[~np.isnan(correct)], np.signbit(correct)[~np.isnan(correct)])
