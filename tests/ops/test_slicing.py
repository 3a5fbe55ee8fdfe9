"""The arithmetic of slices against NumPy's, with plain and with symbolic extents; what becomes of Python indices."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from sessile.compiler.specialize.symbolic import Sym, SymbolTable
from sessile.ops.building.basic_ops import placeholder
from sessile.ops.definition.shape_query import ShapeQuery
from sessile.ops.definition.slice_math import SliceMasks, plan_slice
from sessile.ops.families.arrays.reshaping import RESHAPE
from sessile.ops.families.arrays.slicing import SLICE, STRIDED_SLICE
from sessile.ops.graph.graph import Graph


def arguments_of(key: list[Any]) -> tuple[list[int], list[int], list[int], SliceMasks]:
    """The begin, end, strides and masks that stand for a Python index."""
    begin, end, strides = [], [], []
    masks = dict.fromkeys(SliceMasks._fields, 0)
    for position, item in enumerate(key):
        bit = 1 << position
        low, high, step = 0, 0, 1
        if item is Ellipsis:
            masks["ellipsis"] |= bit
        elif item is None:
            masks["new_axis"] |= bit
        elif isinstance(item, slice):
            masks["begin"] |= bit * (item.start is None)
            masks["end"] |= bit * (item.stop is None)
            low, high, step = item.start or 0, item.stop or 0, item.step or 1
        else:
            masks["shrink"] |= bit
            low, high = item, item + 1
        begin.append(low)
        end.append(high)
        strides.append(step)
    return begin, end, strides, SliceMasks(**masks)


def random_key(choose: random.Random, shape: tuple[int, ...]) -> list[Any]:
    """A random index that suits the shape: at most one ellipsis, indices inside."""
    key: list[Any] = []
    for extent in shape[: choose.randint(0, len(shape))]:
        kind = choose.random()
        if kind < 0.25 and extent:
            key.append(choose.randint(-extent, extent - 1))
        elif kind < 0.35:
            key.append(slice(None))
        else:
            bounds = [choose.choice([None, choose.randint(-extent - 2, extent + 2)]) for _ in range(2)]
            key.append(slice(*bounds, choose.choice([None, 1, 2, 3, -1, -2, -3])))
    for _ in range(choose.randint(0, 2)):
        key.insert(choose.randint(0, len(key)), None)
    if choose.random() < 0.4:
        key.insert(choose.randint(0, len(key)), Ellipsis)
    if Ellipsis in key:  # what comes behind it is about the last dimensions
        behind = [item for item in key[key.index(Ellipsis) + 1 :] if item is not None]
        if any(isinstance(item, int) for item in behind):
            key = [item for item in key if item is not Ellipsis]
    return key


@pytest.mark.parametrize("seed", range(60))
def test_kernel_and_shape_rule_agree_with_numpy(seed: int) -> None:
    choose = random.Random(seed)
    for _ in range(5):
        shape = tuple(choose.randint(0, 4) for _ in range(choose.randint(1, 3)))
        array = np.arange(np.prod(shape, dtype=int)).reshape(shape)
        key = random_key(choose, shape)
        begin, end, strides, masks = arguments_of(key)
        expected = array[tuple(key)]
        assert plan_slice(shape, begin, end, strides, masks).extents == expected.shape, key
        attrs = {f"{name}_mask": bits for name, bits in masks._asdict().items() if name != "shrink"}
        vectors = [np.array(part, np.int32) for part in (begin, end, strides)]
        actual = STRIDED_SLICE.kernel(array, *vectors, **attrs, shrink_axis_mask=masks.shrink)  # type: ignore[misc]
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("seed", range(30))
def test_symbolic_extents_give_the_same_as_plain_ones(seed: int) -> None:
    choose = random.Random(seed)
    shape = tuple(choose.randint(1, 5) for _ in range(2))
    begin, end, strides, masks = arguments_of(random_key(choose, shape))
    plain = plan_slice(shape, begin, end, strides, masks)
    table = SymbolTable()
    symbols = tuple(table.symbol(f"d{axis}", extent) for axis, extent in enumerate(shape))
    symbolic = plan_slice(symbols, begin, end, strides, masks)
    assert symbolic.axes == plain.axes
    for ours, theirs in zip(symbolic.dims, plain.dims, strict=True):
        assert [getattr(part, "hint", part) for part in ours] == list(theirs)


def symbolic_shape(rule: Any, shapes: list[Any], attrs: dict[str, Any], values: dict[int, Any]) -> Any:
    def known(index: int) -> Any:
        return np.array(values[index], object) if index in values else None

    return rule(ShapeQuery(shapes, attrs, None, known))


def test_a_whole_slice_of_an_unknown_batch_needs_no_guard() -> None:
    table = SymbolTable()
    batch = table.symbol("n", 7)
    plan = plan_slice((batch, 4), [0, 1], [0, 3], [1, 1], SliceMasks(begin=1, end=1))
    assert plan.extents == (batch, 2)
    assert not table.guards


@pytest.mark.parametrize(
    ("sizes", "expected"), [([None, -1], (7, 12)), ([-1], (84,)), ([-1, 12], (7, 12)), ([-1, 4], (21, 4))]
)
def test_reshaping_an_unknown_batch_needs_no_guard(sizes: list[Any], expected: tuple[int, ...]) -> None:
    table = SymbolTable()
    batch = table.symbol("n", 7)
    wanted = [batch if size is None else size for size in sizes]
    result = symbolic_shape(RESHAPE.shape, [(batch, 3, 4), (len(sizes),)], {}, {1: wanted})
    assert tuple(getattr(extent, "hint", extent) for extent in result) == expected
    assert not table.guards


def test_a_block_outside_of_the_tensor_has_no_shape() -> None:
    table = SymbolTable()
    batch = table.symbol("n", 3)
    inside = symbolic_shape(SLICE.shape, [(batch,), (1,), (1,)], {}, {1: [1], 2: [2]})
    outside = symbolic_shape(SLICE.shape, [(batch,), (1,), (1,)], {}, {1: [1], 2: [3]})
    assert inside == (2,)
    assert outside == (None,)
    assert table.guards


def test_the_rest_of_an_unknown_batch() -> None:
    table = SymbolTable()
    batch = table.symbol("n", 3)
    (rest,) = symbolic_shape(SLICE.shape, [(batch,), (1,), (1,)], {}, {1: [1], 2: [-1]})
    assert isinstance(rest, Sym)
    assert repr(rest) == repr(batch - 1)


def test_chains_of_shapes_are_known_while_building() -> None:
    with Graph().as_default():
        from sessile.ops.families.arrays.shape_ops import shape

        x = placeholder("float32", [None, 3, 5])
        assert x[:, 1].shape.as_list() == [None, 5]
        assert x[..., None, 2:].shape.as_list() == [None, 3, 1, 3]
        assert x[0, ::-2].shape.as_list() == [2, 5]
        assert shape(x)[1:].shape.as_list() == [2]


@pytest.mark.parametrize(
    ("key", "error", "text"),
    [
        (1.5, TypeError, "valid indices"),
        ("a", TypeError, "valid indices"),
        ((0, 0, 0), ValueError, "input has only 2 dims"),
        ((Ellipsis, Ellipsis), ValueError, "Multiple ellipses"),
        (5, ValueError, "out of bounds"),
        (slice(None, None, 0), ValueError, "must be non-zero"),
        (True, ValueError, "mask cannot be scalar"),
    ],
)
def test_a_bad_index_says_what_is_wrong(key: Any, error: type[Exception], text: str) -> None:
    with Graph().as_default(), pytest.raises(error, match=text):
        placeholder("float32", [2, 3])[key]
