"""The native step takes what fits and hands everything else, untouched, to Python: never a wrong result."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.machine import abi as layout
from sessile.ops.base import errors

import sessile as tf
from tests.compiler.programs import State, numbered, program, same, step

pytestmark = pytest.mark.skipif(not layout.available(), reason="no native steps here")


class Subclass(np.ndarray):
    """An array of another class."""


def misaligned(array: Any) -> Any:
    """Return an equal array that starts at an odd address."""
    raw = np.zeros(array.nbytes + 1, np.uint8)
    moved = raw[1:].view(array.dtype).reshape(array.shape)
    moved[...] = array
    return moved


def read_only(array: Any) -> Any:
    """Return an equal array that cannot be written."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def strided(array: Any) -> Any:
    """Return an equal array whose elements lie apart."""
    apart = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)[..., ::2]
    apart[...] = array
    return apart


FORMS = {
    "plain": lambda a: a,
    "list": lambda a: a.tolist(),
    "nested tuple": lambda a: tuple(map(tuple, a.tolist())),
    "float64": lambda a: a.astype(np.float64),
    "int8": lambda a: a.astype(np.int8),
    "half": lambda a: a.astype(np.float16),
    "bfloat16": lambda a: a.astype(ml_dtypes.bfloat16),
    "byte order": lambda a: a.astype(">f4"),
    "object": lambda a: a.astype(object),
    "fortran": np.asfortranarray,
    "strided": strided,
    "reversed": lambda a: a[::-1].copy()[::-1],
    "misaligned": misaligned,
    "read-only": read_only,
    "subclass": lambda a: a.view(Subclass),
    "masked": np.ma.array,
    "matrix": lambda a: a.view(np.matrix),
    "broadcast view": lambda a: np.broadcast_to(a[0], a.shape),
    "memoryview": lambda a: memoryview(a.copy()),
    "view": lambda a: a[:],
    "with metadata": lambda a: a.astype(np.dtype("f4", metadata={"unit": "m"})),
}


@pytest.fixture(scope="module")
def shared() -> Any:
    """Return a callable of two matrices that has met plain ones, and what it should give."""
    x, y = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None, None])
    call = step(program([x, y], [x * 2.0 + y, tf.reduce_sum(x - y)]))
    call(numbered(3, 4), numbered(3, 4))
    return call


def expected(a: Any, b: Any) -> list[Any]:
    """Return what the shared callable should give."""
    a, b = np.asarray(a, np.float32), np.asarray(b, np.float32)
    return [a * 2 + b, (a - b).sum(dtype=np.float32)]


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.sampled_from(sorted(FORMS)), st.sampled_from([(3, 4), (1, 1), (1, 4)]))
def test_every_form_of_an_array(shared: Any, first: str, second: str, shape: Any) -> None:
    a, b = FORMS[first](numbered(*shape)), FORMS[second](numbered(*shape) + 5)
    same(shared(a, b), expected(a, b))
    same(shared(a, b), expected(a, b))


@pytest.mark.parametrize(
    "wrong",
    ["word", b"bytes", object(), {}, [[1], [1, 2]], 1j, np.array(["a"]), np.ones(3, "M8[s]"), type, np.ndarray],
)
def test_what_is_no_array_raises_as_the_conversion_does(shared: Any, wrong: Any) -> None:
    with pytest.raises((TypeError, ValueError, errors.OpError)):
        shared(wrong, numbered(3, 4))
    with pytest.raises((TypeError, ValueError, errors.OpError)):
        shared(numbered(3, 4), wrong)
    same(shared(numbered(3, 4), numbered(3, 4)), expected(numbered(3, 4), numbered(3, 4)))


@pytest.mark.parametrize("count", [0, 1, 3, 9])
def test_a_wrong_number_of_arguments(shared: Any, count: int) -> None:
    with pytest.raises(TypeError, match="2 arguments"):
        shared(*[numbered(3, 4)] * count)


def test_keywords_are_refused(shared: Any) -> None:
    with pytest.raises(TypeError):
        shared(numbered(3, 4), y=numbered(3, 4))


def test_other_ranks_and_shapes_that_do_not_fit(shared: Any) -> None:
    a = numbered(3, 4)
    for other in (numbered(2, 4), numbered(4, 3), numbered(0, 4)):
        with pytest.raises(errors.InvalidArgumentError):
            shared(a, other)
    same(shared(a, np.float32(2)), [a * 2 + 2, (a - 2).sum()])
    same(shared(a, numbered(1, 1, 1))[:1], [(a * 2)[None] + 0])
    empty = numbered(0, 4)
    same(shared(empty, empty), [empty, np.float32(0)])


def test_huge_views_that_broadcast_do_not_overflow() -> None:
    """Extents whose product does not fit in 64 bits: memory runs out, nothing is written."""
    x, y = tf.placeholder(tf.int8, [None, 1]), tf.placeholder(tf.int8, [1, None])
    call = step(program([x, y], [x + y]))
    call(np.ones((2, 1), np.int8), np.ones((1, 2), np.int8))
    wide = np.broadcast_to(np.int8(1), (1, 1 << 62))
    with pytest.raises((MemoryError, ValueError, errors.OpError)):
        call(np.ones((2, 1), np.int8), wide)
    half = np.ones((1 << 24, 1), np.int8)
    with pytest.raises((MemoryError, ValueError, errors.OpError)):
        call(half, half.reshape(1, -1))
    none = np.ones((0, 1), np.int8)
    assert call(none, np.ones((1, 5), np.int8))[0].shape == (0, 5)


def test_arguments_are_not_changed_and_results_never_alias_them() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    fetches = [
        tf.identity(x), tf.reshape(x, [-1]), tf.transpose(x), x[1:], tf.expand_dims(x, 0), tf.squeeze(x), x + 0.0,
        tf.stop_gradient(x), tf.reshape(tf.reshape(x, [-1]), tf.shape(x)), tf.maximum(x, x), x,
    ]  # fmt: skip
    made = program([x], fetches)
    call = step(made)
    fed = numbered(3, 4)
    for run in (lambda: made.interpret([fed], None), lambda: made.run_compiled([fed], None), lambda: call(fed)):
        for _ in range(2):
            for number, result in enumerate(run()):
                assert not np.shares_memory(result, fed), f"result {number}"
                assert result.flags.writeable and result.flags.c_contiguous and result.base is None
                result[...] = 99
            np.testing.assert_array_equal(fed, numbered(3, 4))


def test_single_results_never_alias_a_feed() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    fed = numbered(3, 4)
    for fetch in (x, tf.identity(x), tf.reshape(x, [-1]), tf.transpose(tf.transpose(x)), tf.expand_dims(x, 1)):
        call = step(program([x], [fetch]), "single")
        for _ in range(3):
            assert not np.shares_memory(call(fed), fed), fetch


def test_a_closed_session_is_noticed_natively() -> None:
    x = tf.placeholder(tf.float32, [None])
    made = program([x], [x * 3.0])
    calls: list[Any] = []
    states = [State(x.graph), State(x.graph)]

    def check(state: State) -> Any:
        def raise_if_closed(arguments: Any) -> None:
            if state.closed.value:
                raise RuntimeError("closed")

        return raise_if_closed

    for state in states:
        calls.append(made.make_step(state, lambda index, value: np.asarray(value, np.float32), check(state)))
    for call in calls * 2:
        same(call(numbered(3)), [numbered(3) * 3])
    states[1].closed.value = 1
    same(calls[0](numbered(3)), [numbered(3) * 3])
    with pytest.raises(RuntimeError, match="closed"):
        calls[1](numbered(3))
    states[1].closed.value = 0
    same(calls[1](numbered(3)), [numbered(3) * 3])
