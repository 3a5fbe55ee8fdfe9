"""Main diagonals are the types TensorFlow 1.15 makes and can load; bands and paddings are the newer ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf

SQUARE = np.arange(18, dtype=np.float32).reshape(2, 3, 3)
WIDE = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
ROWS = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
NEWER = ("MatrixDiagV3", "MatrixDiagPartV3", "MatrixSetDiagV3")

OF_1_15: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "matrix_diag": (lambda: tf.matrix_diag(ROWS), ["MatrixDiag"]),
    "matrix_diag_part": (lambda: tf.matrix_diag_part(WIDE), ["MatrixDiagPart"]),
    "matrix_set_diag": (lambda: tf.matrix_set_diag(WIDE, ROWS), ["MatrixSetDiag"]),
    "eye": (lambda: tf.eye(3, batch_shape=[2]), ["MatrixDiag"]),
    "an oblong eye": (lambda: tf.eye(3, 4), ["MatrixSetDiag"]),
    "a square eye of two numbers": (lambda: tf.eye(3, 3), ["MatrixDiag"]),
    "the identity initializer": (lambda: tf.keras.initializers.Identity()([3, 3]), ["MatrixDiag"]),
    "trace": (lambda: tf.trace(SQUARE), ["MatrixDiagPart"]),
    "an operator": (lambda: tf.linalg.LinearOperatorDiag(ROWS).to_dense(), ["MatrixDiag"]),
    "logdet": (lambda: tf.linalg.logdet(np.eye(3, dtype=np.float32)), ["MatrixDiagPart"]),
}
BANDS: dict[str, Callable[[], Any]] = {
    "a diagonal above": lambda: tf.matrix_diag(ROWS, k=1),
    "rows": lambda: tf.matrix_diag(ROWS, num_rows=4),
    "padding": lambda: tf.matrix_diag(ROWS, padding_value=7.0),
    "a part above": lambda: tf.matrix_diag_part(WIDE, k=1),
    "a padded part": lambda: tf.matrix_diag_part(WIDE, k=(0, 1), padding_value=7.0),
    "a diagonal set below": lambda: tf.matrix_set_diag(SQUARE, ROWS[:, :2], k=-1),
}


def _types(graph: tf.Graph) -> list[str]:
    return [op.type for op in graph.get_operations() if op.type.startswith("Matrix")]


@pytest.mark.parametrize("name", OF_1_15)
def test_a_main_diagonal_is_a_type_of_1_15(name: str) -> None:
    make, expected = OF_1_15[name]
    with tf.Graph().as_default() as graph:
        make()
    assert [kind for kind in _types(graph) if "Diag" in kind] == expected


@pytest.mark.parametrize("name", BANDS)
def test_other_diagonals_are_of_the_newer_type(name: str) -> None:
    with tf.Graph().as_default() as graph, tf.Session() as session:
        made = BANDS[name]()
        session.run(made)
    (kind,) = _types(graph)
    assert kind in NEWER


def test_gradients_are_made_of_the_types_of_1_15() -> None:
    """A square's part has a MatrixDiag as gradient, an oblong's a MatrixSetDiag, as there."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        square, wide, rows = tf.constant(SQUARE), tf.constant(WIDE), tf.constant(ROWS)
        made = tf.gradients(
            [
                tf.matrix_diag(rows),
                tf.matrix_diag_part(square),
                tf.matrix_diag_part(wide),
                tf.matrix_set_diag(wide, rows),
            ],
            [rows, square, wide],
        )
        of_rows, of_square, of_wide = session.run(made)
    assert not set(_types(graph)) & set(NEWER)
    np.testing.assert_array_equal(of_rows, 2 * np.ones((2, 3)))
    np.testing.assert_array_equal(of_square, np.broadcast_to(np.eye(3), (2, 3, 3)))
    np.testing.assert_array_equal(of_wide, np.ones((2, 3, 4)))


def test_strings_and_bools_have_diagonals() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        made = tf.matrix_diag(["a", "b"]), tf.matrix_diag_part([["a", "b"], ["c", "d"]]), tf.matrix_diag([True, True])
        words, part, bools = session.run(made)
    assert words.tolist() == [[b"a", b""], [b"", b"b"]]
    assert part.tolist() == [b"a", b"d"]
    np.testing.assert_array_equal(bools, np.eye(2, dtype=bool))


def test_values_that_are_no_matrices_are_told_in_the_words_of_1_15() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32)
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=r"diagonal must be at least 1-dim, received shape: \[\]"
        ):
            session.run(tf.matrix_diag(x), {x: 1.0})
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=r"input must be at least 2-dim, received shape: \[1\]"
        ):
            session.run(tf.matrix_diag_part(x), {x: [1.0]})
