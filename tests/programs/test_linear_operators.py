"""Linear operators made of others: each answer is that of the dense matrix; names and hints are TensorFlow 1.15.5's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

linalg: Any = tf.linalg
DRAWN = np.random.RandomState(0)
A = (DRAWN.rand(2, 3, 3) + 3 * np.eye(3)).astype(np.float32)
B = (DRAWN.rand(2, 2) + 2 * np.eye(2)).astype(np.float32)
U, V = DRAWN.rand(2, 2, 3, 2).astype(np.float32)
D = (DRAWN.rand(2, 2) + 0.5).astype(np.float32)
DIAGONAL = np.float32([[1, 2, 3], [2, 2, 5]])


def _full(matrix: Any) -> Any:
    return linalg.LinearOperatorFullMatrix(matrix)


def _blocks(*blocks: Any) -> Any:
    size = sum(len(block) for block in blocks)
    result, first = np.zeros((size, size), np.float32), 0
    for block in blocks:
        result[first : first + len(block), first : first + len(block)] = block
        first += len(block)
    return result


def _updated(number: int) -> Any:
    return np.diag(DIAGONAL[number]) + U[number] * D[number] @ V[number].T


AXIS = np.float32([[1, 2, 2], [0, 1, 0]])
CASES: dict[str, tuple[Any, Any]] = {
    "scaled": (lambda: linalg.LinearOperatorScaledIdentity(3, [2.0, 3.0]), [2 * np.eye(3), 3 * np.eye(3)]),
    "adjoint": (lambda: linalg.LinearOperatorAdjoint(_full(A)), np.swapaxes(A, 1, 2)),
    "inverse": (lambda: linalg.LinearOperatorInversion(_full(A)), np.linalg.inv(A)),
    "composition": (
        lambda: linalg.LinearOperatorComposition([_full(A), linalg.LinearOperatorDiag([1.0, 2.0, 3.0])]),
        A * np.float32([1, 2, 3]),
    ),
    "blocks": (lambda: linalg.LinearOperatorBlockDiag([_full(A), _full(B)]), [_blocks(a, B) for a in A]),
    "kronecker": (lambda: linalg.LinearOperatorKronecker([_full(A), _full(B)]), [np.kron(a, B) for a in A]),
    "reflection": (
        lambda: linalg.LinearOperatorHouseholder(AXIS),
        [np.eye(3) - 2 * np.outer(axis, axis) / (axis @ axis) for axis in AXIS],
    ),
    "update": (
        lambda: linalg.LinearOperatorLowRankUpdate(linalg.LinearOperatorDiag(DIAGONAL), U, D, V),
        [_updated(0), _updated(1)],
    ),
    "plain update": (
        lambda: linalg.LinearOperatorLowRankUpdate(linalg.LinearOperatorDiag(DIAGONAL[0]), U[0]),
        np.diag(DIAGONAL[0]) + U[0] @ U[0].T,
    ),
    "toeplitz": (
        lambda: linalg.LinearOperatorToeplitz([1.0, 2.0, 3.0], [1.0, 5.0, 6.0]),
        [[1, 5, 6], [2, 1, 5], [3, 2, 1]],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_answers_are_those_of_the_dense_matrix(name: str) -> None:
    """Products, solutions, determinants and diagonals, adjoint too."""
    make, dense = CASES[name]
    dense = np.asarray(dense, np.float32)
    size = dense.shape[-1]
    x = np.broadcast_to(DRAWN.rand(size, 2).astype(np.float32), (*dense.shape[:-2], size, 2)).copy()
    turned = np.swapaxes(dense, -1, -2)
    with tf.Graph().as_default(), tf.Session() as session:
        operator = make()
        assert operator.shape.as_list() == list(dense.shape) and operator.is_square is True
        pairs = [
            (operator.to_dense(), dense),
            (operator.matmul(x), dense @ x),
            (operator.matmul(x, adjoint=True), turned @ x),
            (operator.matmul(np.swapaxes(x, -1, -2).copy(), adjoint_arg=True), dense @ x),
            (operator.matvec(x[..., 0]), (dense @ x)[..., 0]),
            (operator.solve(x), np.linalg.solve(dense, x)),
            (operator.solve(x, adjoint=True), np.linalg.solve(turned, x)),
            (operator.solvevec(x[..., 0]), np.linalg.solve(dense, x)[..., 0]),
            (operator.determinant(), np.linalg.det(dense)),
            (operator.log_abs_determinant(), np.log(np.abs(np.linalg.det(dense)))),
            (operator.diag_part(), np.diagonal(dense, axis1=-2, axis2=-1)),
            (operator.trace(), np.trace(dense, axis1=-2, axis2=-1)),
            (operator.add_to_tensor(np.ones_like(dense)), dense + 1),
        ]
        found = session.run([tensor for tensor, _ in pairs])
    for value, (_, expected) in zip(found, pairs):
        np.testing.assert_allclose(value, expected, rtol=2e-4, atol=2e-4)


def test_zeros() -> None:
    """Of any shape; nothing solves them."""
    with tf.Graph().as_default(), tf.Session() as session:
        operator = linalg.LinearOperatorZeros(3, 2, batch_shape=[2], is_square=False, is_self_adjoint=False)
        assert session.run(operator.matmul(np.ones([2, 2, 1], np.float32))).tolist() == np.zeros([2, 3, 1]).tolist()
        assert operator.shape.as_list() == [2, 3, 2] and operator.is_square is False
        with pytest.raises(NotImplementedError, match="singular"):
            operator.solve(np.ones([2, 3, 1], np.float32))


def test_names_and_hints() -> None:
    """As TensorFlow gives them."""
    with tf.Graph().as_default():
        full, positive = _full(A), linalg.LinearOperatorDiag([1.0, 2.0, 3.0], True, True, True)
        assert linalg.LinearOperatorAdjoint(full).name == "LinearOperatorFullMatrix_adjoint"
        assert linalg.LinearOperatorInversion(full).name == "LinearOperatorFullMatrix_inv"
        names = [
            kind([full, positive]).name for kind in (linalg.LinearOperatorComposition, linalg.LinearOperatorKronecker)
        ]
        assert names == [
            "LinearOperatorFullMatrix_o_LinearOperatorDiag",
            "LinearOperatorFullMatrix_x_LinearOperatorDiag",
        ]
        update = linalg.LinearOperatorLowRankUpdate(positive, U[0])
        assert (update.is_self_adjoint, update.is_positive_definite, update.is_non_singular) == (True, True, True)
        assert linalg.LinearOperatorScaledIdentity(2, 3.0).is_self_adjoint is True


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: linalg.LinearOperatorScaledIdentity(2, 3.0, is_square=False), ValueError, "always square"),
        (lambda: linalg.LinearOperatorZeros(2, is_non_singular=True), ValueError, "always singular"),
        (
            lambda: linalg.LinearOperatorHouseholder([1.0], is_positive_definite=True),
            ValueError,
            "non-positive definite",
        ),
        (lambda: linalg.LinearOperatorComposition([]), ValueError, "non-empty list of operators"),
        (lambda: linalg.LinearOperatorKronecker([_full(A), _full(B.astype(float))]), TypeError, "the same dtype"),
        (lambda: linalg.LinearOperatorBlockDiag([_full(A[..., :2])]), ValueError, "square operators"),
        (lambda: linalg.LinearOperatorInversion(_full(A[..., :2])), ValueError, "must be square"),
    ],
)
def test_what_cannot_be_is_refused(make: Any, error: Any, message: str) -> None:
    """While it is built."""
    with tf.Graph().as_default(), pytest.raises(error, match=message):
        make()


def _made_by(function: Any) -> list[str]:
    count = len(tf.get_default_graph().get_operations())
    function()
    return [op.type for op in tf.get_default_graph().get_operations()[count:]]


def test_the_identity_computes_little() -> None:
    # The operations of TensorFlow 1.15.5, so that the seeds of what is built later are its own.
    operator = tf.linalg.LinearOperatorIdentity(3)
    assert _made_by(lambda: tf.linalg.LinearOperatorIdentity(3, batch_shape=[2])) == ["Const", "Const"]
    assert _made_by(lambda: operator.shape) == []
    x = tf.ones([3, 2])
    assert _made_by(lambda: operator.matmul(x)) == _made_by(lambda: operator.solve(x)) == []
    assert _made_by(operator.shape_tensor) == _made_by(operator.diag_part) == ["Const"]
    assert _made_by(operator.to_dense) == ["Const", "MatrixDiag"]
    assert _made_by(operator.determinant) == ["Const", "Const", "Fill"]
    assert _made_by(operator.trace) == ["Const", "Const", "Mul"]
    assert _made_by(lambda: operator.matvec(tf.ones([2, 3])))[1:] == ["Const", "ExpandDims", "Squeeze"]
    assert not isinstance(operator, tf.linalg.LinearOperatorDiag)
    diagonal = tf.linalg.LinearOperatorDiag(tf.ones([2, 3]))
    assert _made_by(lambda: (diagonal.shape, diagonal.batch_shape, diagonal.is_square)) == []
    assert diagonal.shape.as_list() == [2, 3, 3]


@pytest.mark.parametrize("is_fed", [False, True])
@pytest.mark.parametrize("batch", [None, [2]])
def test_the_identity_of_sizes_known_or_fed(is_fed: bool, batch: Any) -> None:
    rows: Any = tf.placeholder_with_default(3, []) if is_fed else 3
    shape = tf.placeholder_with_default(batch, [1]) if is_fed and batch else batch
    operator = tf.linalg.LinearOperatorIdentity(rows, batch_shape=shape)
    x = np.arange(6, dtype=np.float32).reshape(3, 2)
    many = [] if batch is None else batch
    wanted = {
        operator.to_dense: np.broadcast_to(np.eye(3), [*many, 3, 3]),
        operator.diag_part: np.ones([*many, 3]),
        operator.shape_tensor: np.array([*many, 3, 3]),
        operator.batch_shape_tensor: np.array(many),
        operator.domain_dimension_tensor: np.array(3),
        operator.determinant: np.ones(many),
        operator.log_abs_determinant: np.zeros(many),
        operator.trace: np.full(many, 3.0),
        lambda: operator.matmul(x): np.broadcast_to(x, [*many, 3, 2]),
        lambda: operator.solve(x.T, adjoint_arg=True): np.broadcast_to(x, [*many, 3, 2]),
        lambda: operator.add_to_tensor(np.ones([3, 3], np.float32)): np.ones([3, 3]) + np.eye(3),
    }
    with tf.Session() as sess:
        for function, value in wanted.items():
            np.testing.assert_array_equal(sess.run(function()), value)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(("rows", "error"), [(-1, ValueError), ([3], ValueError), (2.5, TypeError)])
def test_the_identity_has_a_number_of_rows(rows: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="Argument num_rows must be"):
        tf.linalg.LinearOperatorIdentity(rows)
