"""Memory of intermediates: who shares a slot, what is updated in place, how much a step takes."""

from __future__ import annotations

import itertools
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.fusion.arena import Arena
from sessile.compiler.fusion.groups import Group
from sessile.compiler.machine import abi as layout
from sessile.compiler.runtime import recycle
from sessile.compiler.step.variant import Variant

import sessile as tf
from tests.compiler.programs import Array, State, agree, numbered, program, same, step, variant_of

native_only = pytest.mark.skipif(not layout.available(), reason="no native steps here")


def matrix() -> Any:
    """Return a placeholder of two axes of any size."""
    return tf.placeholder(tf.float32, [None, None])


def whole(*shape: int) -> Array:
    """Return an array of small whole numbers, of which sums and products are exact."""
    return (numbered(*shape) * 8 % 5 - 2).astype(np.float32)


def updates(variant: Variant) -> int:
    """Return how many groups update a value in place."""
    return len(variant.memory.in_place)


def check_slots(variant: Variant) -> None:
    """Assert that no two values that live at the same time have one slot, and that slots are as large as they must."""
    memory = variant.memory
    spans: dict[Any, list[int]] = {}
    for position, item in enumerate(variant.fused.items):
        for value in item.outputs if isinstance(item, Group) else item.instruction.outputs:
            span = spans.setdefault(memory.home(value), [position, position])
            span[1] = max(span[1], memory.last[value])
    for (a, (first, last)), (b, (start, end)) in itertools.combinations(spans.items(), 2):
        if a in memory.slot_of and b in memory.slot_of and memory.slot_of[a] == memory.slot_of[b]:
            assert last < start or end < first
    hints = variant.special.table.hints
    for value, slot in memory.slot_of.items():
        size = memory._size(value).at_hand
        assert size <= max(each.value(hints) for each in memory.sizes[slot])


# Slots.


def layers(x: Any, widths: list[int]) -> tuple[Any, list[Array]]:
    """Return a perceptron over x, and its weights."""
    weights = [whole(a, b) for a, b in itertools.pairwise([int(x.shape[1]), *widths])]
    for number, weight in enumerate(weights):
        x = tf.nn.relu(tf.matmul(x, tf.constant(weight)) * 0.25 - float(number))
    return x, weights


def test_layers_of_any_width_take_two_buffers() -> None:
    x = tf.placeholder(tf.float32, [None, 6])
    y, weights = layers(x, [12, 7, 40, 3, 9, 40, 2])
    made = program([x], [y])
    call = step(made, "single")
    for rows in (5, 1, 0, 17, 400, 5):
        expected = data = whole(rows, 6)
        for number, weight in enumerate(weights):
            expected = np.maximum(expected @ weight * np.float32(0.25) - np.float32(number), 0)
        same([call(data)], [expected])
        same([call(data)], [expected])
    variant = variant_of(made, whole(5, 6))
    if variant.memory.slot_of:  # BLAS was found
        assert len(variant.memory.sizes) == 2
        assert updates(variant) == len(weights)
        assert variant.memory.figures() == {"arena": 832 + 832, "results": 40, "calls": 0}
        assert variant.memory.figures({"s0": 50})["results"] == 400
    check_slots(variant)


@native_only
def test_a_slot_is_as_large_as_the_largest_of_its_owners() -> None:
    x, y, z = matrix(), matrix(), matrix()
    first = tf.matmul(x, y)  # [a, b]
    second = tf.matmul(first, z)  # [a, c]
    third = tf.matmul(second, z, transpose_b=True)  # [a, b]
    fourth = tf.matmul(third, tf.transpose(third))  # [a, a]
    made = program([x, y, z], [tf.matmul(fourth, x)])
    call = step(made)
    for a, b, c in [(2, 3, 4), (2, 300, 4), (2, 3, 400), (300, 3, 4), (1, 1, 1), (300, 200, 100), (0, 3, 4), (3, 0, 4)]:
        arrays = whole(a, 5), whole(5, b), whole(b, c)
        third_value = arrays[0] @ arrays[1] @ arrays[2] @ arrays[2].T
        if a and b:
            scale = max(1.0, float(np.abs(third_value).max()) ** 2)
            np.testing.assert_allclose(call(*arrays)[0] / scale, third_value @ third_value.T @ arrays[0] / scale, 1e-4)
        else:
            assert call(*arrays)[0].shape == (a, 5)
    variant = variant_of(made, whole(2, 5), whole(5, 3), whole(3, 4))
    assert any(len(sizes) > 1 for sizes in variant.memory.sizes)
    check_slots(variant)


def test_what_is_small_leaves_large_slots_alone() -> None:
    x, w = matrix(), matrix()
    large = tf.matmul(x, w)
    small = tf.matmul(x[:1], w[:, :1])
    again = tf.matmul(tf.matmul(large, w) + small, w)
    variant = variant_of(program([x, w], [again]), numbered(64, 64), numbered(64, 64))
    if variant.memory.slot_of:
        hints = variant.special.table.hints
        sizes = sorted(max(size.value(hints) for size in row) for row in variant.memory.sizes)
        assert sizes.count(64 * 64 * 4) <= 2
    check_slots(variant)


def test_what_is_read_through_values_without_memory_lives_until_then() -> None:
    x, y = matrix(), matrix()
    early = tf.matmul(x, y)
    late = tf.matmul(y, x) + 1.0
    made = program([x, y], [tf.transpose(early * 2.0) + tf.matmul(late, late)])
    call = step(made)
    a, b = whole(5, 5), whole(5, 5).T.copy()
    for _ in range(3):
        same(call(a, b), [(a @ b * 2).T + (b @ a + 1) @ (b @ a + 1)])
    agree(made, a, b)


def test_planning_is_linear() -> None:
    def calls(count: int) -> int:
        with tf.Graph().as_default():
            x = matrix()
            y = x
            for number in range(count):
                y = tf.matmul(y, x) + float(number) if number % 5 else tf.transpose(tf.reduce_sum(y, 1, True) + y)
            variant = variant_of(program([x], [y]), numbered(3, 3))
        found = 0

        def count_one(*_: Any) -> None:
            nonlocal found
            found += 1

        sys.setprofile(count_one)
        try:
            Arena(variant.special, variant.fused, lambda instruction: instruction.op_def.name == "MatMul")
        finally:
            sys.setprofile(None)
        return found

    assert calls(800) < 5 * calls(200)


# In place.


def in_place_cases() -> dict[str, tuple[int, Any]]:
    """Return how many updates in place there are where products are BLAS's, and the fetches over a product `t`."""
    return {
        "what dies": (1, lambda t, x: [tf.nn.relu(t * 2.0)]),
        "a chain of its own": (1, lambda t, x: [(t + 1.0) * (t - 1.0)]),
        "with another of its shape": (1, lambda t, x: [t * x + x]),
        "with a row": (1, lambda t, x: [t + x[:1]]),
        "several results": (1, lambda t, x: [t + 1.0, t * 2.0, t * t]),
        "a result that is used on": (2, lambda t, x: [tf.matmul(t + 1.0, x) - 1.0]),
        "what is fetched too": (0, lambda t, x: [t + 1.0, t]),
        "what a product needs later": (1, lambda t, x: [tf.matmul(t, t + x) + 1.0]),
        "another type": (0, lambda t, x: [tf.cast(t, tf.int32)]),
        "another size of element": (0, lambda t, x: [tf.cast(t, tf.float64)]),
        "a fold before": (0, lambda t, x: [t - tf.reduce_max(t, 1, True)]),
        "a fold over": (0, lambda t, x: [tf.reduce_sum(t * t)]),
        "moved elements": (0, lambda t, x: [tf.transpose(t) + t]),
        "reversed": (0, lambda t, x: [tf.reverse(t, [0]) * 2.0 + t]),
        "what a call takes": (0, lambda t, x: [tf.cumsum(t) + t]),
        "also with a column": (1, lambda t, x: [tf.matmul(t, x[:, :1]) + t]),
        "truth values": (1, lambda t, x: [tf.logical_and(t > 0.0, t < 3.0), t * tf.cast(t > x, tf.float32)]),
        "another shape": (1, lambda t, x: [tf.reshape(t, [-1]) * 3.0]),
        "in both shapes": (1, lambda t, x: [tf.reshape(t, [-1]) * 3.0, t + 1.0]),
    }


@pytest.mark.parametrize("name", list(in_place_cases()))
def test_in_place(name: str) -> None:
    count, make = in_place_cases()[name]
    x = matrix()
    made = program([x], make(tf.matmul(x, x), x))
    call = step(made)
    for size in (4, 1, 0, 40):
        data = whole(size, size)
        kept = data.copy()
        expected = agree(made, data)
        for _ in range(3):
            same(call(data), expected)
        np.testing.assert_array_equal(data, kept)
    variant = variant_of(made, whole(4, 4))
    check_slots(variant)
    if variant.fused.written:  # BLAS was found
        assert updates(variant) == count


def test_arguments_and_constants_are_never_updated() -> None:
    x = matrix()
    constant = whole(6, 6)
    made = program([x], [tf.nn.relu(x + 1.0), tf.constant(constant) * x, tf.identity(x) - 3.0])
    data = whole(6, 6)
    kept = data.copy()
    first = agree(made, data)
    same(agree(made, data), first)
    np.testing.assert_array_equal(data, kept)
    assert updates(variant_of(made, data)) == 0


def test_results_updated_in_place_are_arrays_of_their_own() -> None:
    x = matrix()
    call = step(program([x], [tf.matmul(x, x) + 1.0, tf.matmul(x + 1.0, x) * 2.0]))
    data = whole(8, 8)
    rounds = [call(data) for _ in range(4)]
    flat = [array for results in rounds for array in results]
    assert not any(np.shares_memory(a, b) for a, b in itertools.combinations(flat, 2))
    assert all(array.base is None and array.flags.owndata for array in flat)
    for results in rounds:
        same(results, [data @ data + 1, (data + 1) @ data * 2])


def test_an_update_of_a_variable_by_a_product() -> None:
    x = tf.placeholder(tf.float32, [4, 4])
    weights = tf.Variable(np.zeros((4, 4), np.float32), use_resource=False)
    update = tf.assign_sub(weights, tf.matmul(x, x) * 0.5)
    with tf.Session() as session:
        session.run(weights.initializer)
        call = session.make_callable([update, tf.matmul(x, x) * 0.5], [x])
        data = whole(4, 4)
        kept = []
        for turn in range(1, 6):
            value, product = call(data)
            kept.append(value)
            same([value, product], [-turn * (data @ data) / 2, data @ data / 2])
        assert not any(np.shares_memory(a, b) for a, b in itertools.combinations(kept, 2))
        same([session.run(weights)], [kept[-1]])


OPERATIONS = ("matmul", "add", "relu", "scale", "transpose", "row", "reshape", "cumsum", "select", "sum", "mul")


def apply(name: str, a: Any, b: Any) -> Any:
    """Return an operation on square matrices of small whole numbers that keeps them small."""
    if name == "matmul":
        return tf.floormod(tf.matmul(a, b), 3.0)
    if name == "row":
        return tf.floormod(a - tf.reduce_sum(b, 1, True), 3.0)
    if name == "reshape":
        flat = tf.reshape(a, [-1])
        return tf.reshape(tf.floormod(flat + 1.0, 3.0), tf.shape(a))
    if name == "sum":
        return tf.floormod(a + tf.reduce_sum(b), 3.0)
    makers: dict[str, Any] = {
        "add": lambda: tf.floormod(a + b, 3.0),
        "mul": lambda: a * tf.minimum(b, 1.0),
        "relu": lambda: tf.nn.relu(a - 1.0),
        "scale": lambda: tf.floormod(a * 2.0, 3.0),
        "transpose": lambda: tf.transpose(a + 1.0) - 1.0,
        "cumsum": lambda: tf.floormod(tf.cumsum(a), 3.0),
        "select": lambda: tf.where(a > b, a, b),
    }
    return makers[name]()


@settings(max_examples=40, deadline=None)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 3), st.integers(0, 6)), min_size=2, max_size=14
    ),
    fetched=st.lists(st.integers(0, 30), min_size=1, max_size=3),
    size=st.sampled_from([0, 1, 2, 5, 9]),
)
def test_any_graph_agrees_with_the_interpreter(
    moves: list[tuple[str, int, int]], fetched: list[int], size: int
) -> None:
    with tf.Graph().as_default():
        x, y = matrix(), matrix()
        values = [x, y]
        for name, near, far in moves:
            values.append(apply(name, values[-1 - near % len(values)], values[-1 - far % len(values)]))
        made = program([x, y], [values[-1], *(values[2 + number % len(moves)] for number in fetched)])
        call = step(made, state=State())
    arrays = np.abs(whole(size, size)), np.abs(whole(size, size)).T.copy()
    kept = [array.copy() for array in arrays]
    expected = made.interpret(list(arrays), None)
    for _ in range(3):
        same(call(*arrays), expected)
    for array, before in zip(arrays, kept):
        np.testing.assert_array_equal(array, before)
    for region in made.staged.region_programs:
        for variant in itertools.chain(*region.variants.values()):
            check_slots(variant)


# Peaks.


def test_arrays_of_calls_go_when_nothing_reads_them_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = recycle.Pool(1 << 28)
    monkeypatch.setattr(recycle, "_pool", pool)
    x = tf.placeholder(tf.float32, [None])
    y = x
    for _ in range(8):
        y = tf.cumsum(y * 0.5 + 1.0)
    call = step(program([x], [y - 1.0]), "single")
    data = np.ones(1 << 19, np.float32)
    first = call(data)
    np.testing.assert_array_equal(call(data), first)
    assert pool.statistics()["peak"] <= 3 * data.nbytes
    x = tf.placeholder(tf.int32, [None])
    broken = step(program([x], [tf.floordiv(tf.cumsum(tf.cumsum(x + 1) + 1) * 2, x) + 1]))
    for _ in range(50):
        with pytest.raises(Exception, match="FloorDiv"):
            broken(np.zeros(1 << 19, np.int32))
    assert pool.statistics()["used"] <= data.nbytes  # the first result
