"""Memory of intermediates: who shares a slot, what is updated in place, how much a step takes."""

from __future__ import annotations

import numpy as np

import sessile as tf
from tests.compiler.programs import agree, program, step


def square(seed: int) -> np.ndarray:
    """Return a small matrix."""
    return np.random.RandomState(seed).rand(5, 5).astype(np.float32)


def test_what_is_read_through_values_without_memory_lives_until_then() -> None:
    x, y = (tf.placeholder(tf.float32, [None, None]) for _ in range(2))
    early = tf.matmul(x, y)
    late = tf.matmul(y, x) + 1.0
    made = program([x, y], [tf.transpose(early * 2.0) + tf.matmul(late, late)])
    call = step(made)
    a, b = square(0), square(1)
    for _ in range(3):
        np.testing.assert_allclose(call(a, b)[0], (a @ b * 2).T + (b @ a + 1) @ (b @ a + 1), rtol=1e-5)
    agree(made, a, b)
