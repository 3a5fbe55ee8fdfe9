"""Products of matrices, tensordot and einsum."""

from __future__ import annotations

from typing import Any

import numpy as np

RANDOM = np.random.RandomState(5)


def _integers(*shape: int) -> Any:
    """Small whole numbers, whose sums of products are exact in any order."""
    return RANDOM.randint(-9, 10, shape).astype(np.float32)


A, B, C = _integers(2, 3), _integers(3, 4), _integers(4, 5)
STACK_A, STACK_B, CUBE = _integers(5, 2, 3), _integers(5, 3, 4), _integers(2, 3, 4)
COMPLEX = (_integers(2, 3) + 1j * _integers(2, 3)).astype(np.complex64)


def _const(tf: Any, *values: Any) -> list[Any]:
    return [tf.constant(value) for value in values]


def _fed(tf: Any, shapes: Any, function: Any, *values: Any) -> Any:
    places = [tf.placeholder(tf.float32, shape) for shape in shapes]
    return function(*places), dict(zip(places, values))


CASES: dict[str, Any] = {
    "matmul": lambda tf: tf.matmul(*_const(tf, A, B)),
    "matmul_lists": lambda tf: tf.matmul([[1.0, 2.0]], [[1.0], [2.0]]),
    "matmul_name": lambda tf: tf.matmul(*_const(tf, A, B), name="product"),
    "matmul_operator": lambda tf: tf.constant(A) @ tf.constant(B),
    "matmul_transposed": lambda tf: [
        tf.matmul(*_const(tf, A.T.copy(), B), transpose_a=True),
        tf.matmul(*_const(tf, A, B.T.copy()), transpose_b=True),
        tf.matmul(*_const(tf, A.T.copy(), B.T.copy()), True, True),
    ],
    "matmul_adjoint": lambda tf: [
        tf.matmul(*_const(tf, A, A), adjoint_a=True),
        tf.matmul(*_const(tf, COMPLEX, COMPLEX), adjoint_b=True),
        tf.matmul(*_const(tf, COMPLEX, COMPLEX), adjoint_a=True),
        tf.matmul(*_const(tf, COMPLEX, COMPLEX), transpose_a=True),
    ],
    "matmul_batch": lambda tf: tf.matmul(*_const(tf, STACK_A, STACK_B)),
    "matmul_batch_name": lambda tf: tf.matmul(*_const(tf, STACK_A, STACK_B), name="product"),
    "matmul_batch_transposed": lambda tf: tf.matmul(*_const(tf, STACK_A, STACK_A), transpose_b=True),
    "matmul_batch_complex": lambda tf: [
        tf.matmul(*_const(tf, COMPLEX[None], COMPLEX[None]), transpose_b=True),
        tf.matmul(*_const(tf, COMPLEX[None], COMPLEX[None]), adjoint_b=True),
    ],
    "matmul_broadcast": lambda tf: [
        tf.matmul(*_const(tf, A, STACK_B)),
        tf.matmul(*_const(tf, STACK_A, B)),
        tf.matmul(*_const(tf, A.reshape(1, 1, 2, 3), STACK_B)),
    ],
    "matmul_int": lambda tf: [tf.matmul([[1, 2]], [[3], [4]]), tf.matmul(np.int64([[2**40]]), np.int64([[4]]))],
    "matmul_half": lambda tf: tf.matmul(*_const(tf, np.float16([[1, 2]]), np.float16([[3], [4]]))),
    "matmul_bfloat16": lambda tf: tf.cast(
        tf.matmul(tf.cast([[1.0, 2.0]], tf.bfloat16), tf.cast([[3.0], [4.0]], tf.bfloat16)), tf.float32
    ),
    "matmul_float64": lambda tf: tf.matmul(*_const(tf, A.astype(np.float64), B.astype(np.float64))),
    "matmul_int8": lambda tf: tf.matmul(np.int8([[1, 2]]), np.int8([[3], [4]])),
    "matmul_int8_to_int32": lambda tf: tf.matmul(np.int8([[100, 2]]), np.int8([[100], [4]]), output_type=tf.int32),
    "matmul_bool": lambda tf: tf.matmul([[True]], [[False]]),
    "matmul_mixed": lambda tf: tf.matmul(*_const(tf, A, B.astype(np.float64))),
    "matmul_empty": lambda tf: [
        tf.matmul(tf.zeros([2, 0]), tf.zeros([0, 3])),
        tf.matmul(tf.zeros([0, 2]), tf.ones([2, 3])),
    ],
    "matmul_nan": lambda tf: tf.matmul([[float("nan"), 0.0]], [[0.0], [1.0]]),
    "matmul_size": lambda tf: tf.matmul(*_const(tf, A, A)),
    "matmul_batch_size": lambda tf: tf.matmul(*_const(tf, STACK_A, STACK_B[:3])),
    "matmul_batch_inner": lambda tf: tf.matmul(*_const(tf, STACK_A, STACK_A)),
    "matmul_vectors": lambda tf: tf.matmul([1.0], [1.0]),
    "matmul_vector": lambda tf: tf.matmul(tf.constant(STACK_A), tf.constant(A[0])),
    "matmul_both": lambda tf: tf.matmul(*_const(tf, A, B), transpose_a=True, adjoint_a=True),
    "matmul_fed": lambda tf: _fed(tf, [[None, 3], [3, None]], tf.matmul, A, B),
    "matmul_unknown": lambda tf: _fed(tf, [None, None], tf.matmul, A, B),
    "matmul_half_known": lambda tf: _fed(tf, [None, [3, 4]], tf.matmul, STACK_A, B),
    "matmul_fed_size": lambda tf: _fed(tf, [[None, None], [None, None]], tf.matmul, A, A),
    "matvec": lambda tf: tf.linalg.matvec(*_const(tf, A, B[:, 0].copy())),
    "matvec_batch": lambda tf: tf.linalg.matvec(*_const(tf, STACK_A, STACK_B[:, :2, 0].copy()), transpose_a=True),
    "cross": lambda tf: [tf.cross([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]), tf.cross([[1, 0, 0]], [[0, 1, 0]])],
    "cross_shapes": lambda tf: tf.cross(tf.constant(A), tf.constant(A[:1])),
    "cross_length": lambda tf: tf.cross([1.0, 2.0], [1.0, 2.0]),
    "tensordot": lambda tf: [tf.tensordot(*_const(tf, A, B), 1), tf.tensordot(*_const(tf, A, B), 0)],
    "tensordot_axes": lambda tf: tf.tensordot(*_const(tf, CUBE, CUBE), [[1, 2], [1, 2]]),
    "tensordot_moved": lambda tf: tf.tensordot(*_const(tf, CUBE, C), axes=[[2], [0]], name="product"),
    "tensordot_first": lambda tf: tf.tensordot(*_const(tf, CUBE, A), axes=[[0, 1], [0, 1]]),
    "tensordot_integers": lambda tf: tf.tensordot(*_const(tf, A, B), [1, 0]),
    "tensordot_negative": lambda tf: tf.tensordot(*_const(tf, A, B), [[-1], [-2]]),
    "tensordot_two": lambda tf: tf.tensordot(*_const(tf, CUBE, np.moveaxis(CUBE, 0, -1).copy()), 2),
    "tensordot_vectors": lambda tf: tf.tensordot([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], 1),
    "tensordot_sizes": lambda tf: tf.tensordot(*_const(tf, A, C), 1),
    "tensordot_counts": lambda tf: tf.tensordot(*_const(tf, A, B), [[1], [0, 1]]),
    "tensordot_too_many": lambda tf: tf.tensordot(*_const(tf, A, B), 3),
    "tensordot_below_zero": lambda tf: tf.tensordot(*_const(tf, A, B), -1),
    "tensordot_three_lists": lambda tf: tf.tensordot(*_const(tf, A, B), [0, 0, 0]),
    "tensordot_partial": lambda tf: _fed(
        tf, [[None, 3, 4], [4, None]], lambda x, y: tf.tensordot(x, y, [[2], [0]]), CUBE, C
    ),
    "tensordot_unknown": lambda tf: _fed(tf, [None, [4, 5]], lambda x, y: tf.tensordot(x, y, [[2], [0]]), CUBE, C),
    "einsum_name": lambda tf: tf.einsum("ij->ji", tf.constant(A), name="turned"),
    "einsum_three": lambda tf: tf.einsum("ij,jk,kl->il", *_const(tf, A, B, C)),
    "einsum_four": lambda tf: tf.einsum("ij,jk,kl,li->", *_const(tf, A, B, C, C[:2].T.copy()[:, :2])),
    "einsum_three_fed": lambda tf: _fed(
        tf, [[None, 3], [3, None], [None, 5]], lambda x, y, z: tf.einsum("ij,jk,kl->il", x, y, z), A, B, C
    ),
    "einsum_unknown": lambda tf: _fed(tf, [None, [None, 4]], lambda x, y: tf.einsum("ij,jk->ik", x, y), A, B),
    "einsum_half": lambda tf: tf.einsum("i,i->", np.float16([1, 2]), np.float16([3, 4])),
    "einsum_int": lambda tf: tf.einsum("ij,jk->ik", *_const(tf, np.int32([[1, 2]]), np.int32([[3], [4]]))),
    "einsum_complex": lambda tf: tf.einsum("ij,kj->ik", *_const(tf, COMPLEX, COMPLEX)),
    "einsum_keyword": lambda tf: tf.einsum("ij->ji", tf.constant(A), speed=1),
    "einsum_count": lambda tf: tf.einsum("ij,jk->ik", tf.constant(A)),
    "einsum_sizes": lambda tf: tf.einsum("ij,jk->ik", *_const(tf, A, A)),
    "einsum_rank": lambda tf: tf.einsum("ijk->i", tf.constant(A)),
}
for _equation, _values in {
    "ij,jk->ik": (A, B), "ij,jk": (A, B), " i j , j k -> k i ": (A, B), "ij->ji": (A,), "ij->": (A,), "ij->j": (A,),
    "ii->i": (A[:, :2],), "ii": (A[:, :2],), "iij->j": (np.stack([A, A], 0),), "i,i->": (A[0], A[1]), "i,j->ij": (A[0], B[0]),
    "...ij,...jk->...ik": (STACK_A, B), "...ij,jk": (STACK_A, B), "...,...->...": (A, A[0]), "i...->...": (A,),
    "bij,bjk->bik": (STACK_A, STACK_B), "ij,ij->ij": (A, A), "iJ->Ji": (A,), "i...->i": (CUBE,),
    "ij->ijk": (A,), "ij->ii": (A,), "i1->i": (A,), "i->j->k": (A,), "i..j->ij": (A,),
}.items():  # fmt: skip
    CASES[f"einsum {_equation}"] = lambda tf, e=_equation, v=_values: tf.einsum(e, *_const(tf, *v))
