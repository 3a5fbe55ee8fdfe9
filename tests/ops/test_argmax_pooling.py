"""`max_pool_with_argmax`: where the first largest element of each window stands."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.ops.definition.registry import lookup
from sessile.ops.types import dtypes


@settings(max_examples=60, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 2), st.integers(3, 7), st.integers(3, 7), st.integers(1, 3)),
    sizes=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    strides=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.sampled_from([b"SAME", b"VALID"]),
    batch=st.booleans(),
    kind=st.sampled_from([np.float32, np.uint8, np.float16]),
)
def test_first_of_the_largest(shape: Any, sizes: Any, strides: Any, padding: bytes, batch: bool, kind: Any) -> None:
    """Few different numbers, so that many are equal; the index leads to the element, and to none before it."""
    x = np.random.default_rng(sum(shape)).integers(0, 4, shape).astype(kind)
    largest, index = lookup("MaxPoolWithArgmax").kernel(
        x, ksize=[1, *sizes, 1], strides=[1, *strides, 1], padding=padding, include_batch_in_index=batch,
        Targmax=dtypes.int64,
    )  # fmt: skip
    before = [0, 0]
    if padding == b"SAME":
        counts = [-(-n // step) for n, step in zip(shape[1:3], strides)]
        before = [max((c - 1) * t + k - n, 0) // 2 for c, t, k, n in zip(counts, strides, sizes, shape[1:3])]
    for image, row, column, channel in np.ndindex(largest.shape):
        top, left = row * strides[0] - before[0], column * strides[1] - before[1]
        found = [
            (x[image, i, j, channel], i, j)
            for i in range(max(top, 0), min(top + sizes[0], shape[1]))
            for j in range(max(left, 0), min(left + sizes[1], shape[2]))
        ]
        best = max(value for value, _, _ in found)
        _, i, j = next(item for item in found if item[0] == best)
        wanted = (i * shape[2] + j) * shape[3] + channel + (image * x[0].size if batch else 0)
        assert largest[image, row, column, channel] == best
        if best > 0 or kind is not np.uint8:
            assert index[image, row, column, channel] == wanted
