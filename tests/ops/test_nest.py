"""The structure utilities: order, rebuilding, the errors for structures that differ, shallow walks and paths."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np
import pytest
from sessile.ops.base import nest, nest_shallow

Point = collections.namedtuple("Point", "x y")
Other = collections.namedtuple("Other", "x y")


class Pair:
    """A composite of two parts."""

    def __init__(self, first: Any, second: Any) -> None:
        self.parts = [first, second]

    def _nest_components(self) -> list[Any]:
        return self.parts

    def _nest_rebuild(self, components: list[Any]) -> Pair:
        return Pair(*components)


@pytest.mark.parametrize(
    ("structure", "leaves"),
    [
        (3, [3]),
        (None, [None]),
        ("abc", ["abc"]),
        ([1, (2, [3])], [1, 2, 3]),
        ({"b": 1, "a": [2, (3,)]}, [2, 3, 1]),
        (collections.OrderedDict([("b", 1), ("a", 2)]), [2, 1]),
        (Point(1, [2]), [1, 2]),
        (range(3), [0, 1, 2]),
        ({"a": 1, "b": 2}.items(), ["a", 1, "b", 2]),
        (collections.deque([1, 2]), [1, 2]),
        ([], []),
        ([b"ab"], [b"ab"]),
    ],
)
def test_flatten(structure: Any, leaves: list[Any]) -> None:
    assert nest.flatten(structure) == leaves


def test_arrays_and_sets_are_leaves() -> None:
    array = np.ones(2)
    assert nest.flatten([array])[0] is array
    assert nest.flatten({1, 2}) == [{1, 2}]


def test_keys_without_an_order() -> None:
    with pytest.raises(TypeError, match="sortable"):
        nest.flatten({1: 1, "a": 2})


@pytest.mark.parametrize(
    ("structure", "items", "packed"),
    [
        (0, [5], 5),
        ([], [], []),
        ({"b": 0, "a": [0, (0,)]}, [1, 2, 3], {"b": 3, "a": [1, (2,)]}),
        (Point(0, [0]), (1, 2), Point(1, [2])),
        (collections.deque([0], maxlen=3), [1], collections.deque([1])),
    ],
)
def test_pack_sequence_as(structure: Any, items: Any, packed: Any) -> None:
    result = nest.pack_sequence_as(structure, items)
    assert result == packed
    assert type(result) is type(structure)


def test_packed_dictionaries_keep_type_and_order() -> None:
    ordered = nest.pack_sequence_as(collections.OrderedDict([("b", 0), ("a", 0)]), [1, 2])
    assert list(ordered.items()) == [("b", 2), ("a", 1)]
    default = nest.pack_sequence_as(collections.defaultdict(list, {"a": 0}), [1])
    assert default.default_factory is list


@pytest.mark.parametrize(
    ("structure", "items", "error", "text"),
    [
        ([0, 0], [1], ValueError, "Structure had 2 atoms, but flat_sequence had 1 items"),
        ([0, 0], [1, 2, 3], ValueError, "Structure had 2 atoms, but flat_sequence had 3 items"),
        ([], [1], ValueError, "had 0 atoms"),
        (0, [1, 2], ValueError, "However the input is a sequence"),
        ([0], 3, TypeError, "Attempted to pack value"),
    ],
)
def test_pack_sequence_as_refuses(structure: Any, items: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        nest.pack_sequence_as(structure, items)


@pytest.mark.parametrize(
    ("first", "second", "error", "text"),
    [
        ([1, 2], [1], ValueError, "same number of elements"),
        ([1, [2]], [1, 2], ValueError, 'Substructure "type=list str=\\[2\\]" is a sequence'),
        (1, [1], ValueError, "is a sequence, while substructure"),
        ([1], (1,), TypeError, "same sequence type"),
        (Point(1, 2), Other(1, 2), TypeError, "same sequence type"),
        (Point(1, 2), (1, 2), TypeError, "same sequence type"),
        ({"a": 1}, {"b": 1}, ValueError, "same set of keys"),
        ({}, [], TypeError, "same sequence type"),
        (Pair(1, 2), 1, ValueError, "is a sequence"),
    ],
)
def test_structures_that_differ(first: Any, second: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=f"(?s)same nested structure.*{text}"):
        nest.assert_same_structure(first, second, expand_composites=True)


def test_structures_that_are_the_same() -> None:
    nest.assert_same_structure({"a": 1}, collections.OrderedDict(a=2))
    nest.assert_same_structure([1, {"a": (2,)}], [3, {"a": (4,)}])
    nest.assert_same_structure([1], (1,), check_types=False)
    nest.assert_same_structure(Pair(1, 2), 3)


def test_map_structure() -> None:
    assert nest.map_structure(lambda x, y: x + y, {"a": [1, 2]}, {"a": [3, 4]}) == {"a": [4, 6]}
    with pytest.raises(ValueError, match="at least one structure"):
        nest.map_structure(lambda x: x)
    with pytest.raises(TypeError, match="must be callable"):
        nest.map_structure(3, [1])
    with pytest.raises(ValueError, match="not: `foo`"):
        nest.map_structure(lambda x: x, [1], foo=3)


def test_composites() -> None:
    pair = Pair(1, [2, 3])
    assert nest.flatten([pair]) == [pair]
    assert nest.flatten([pair, 4], expand_composites=True) == [1, 2, 3, 4]
    packed = nest.pack_sequence_as([pair], [5, 6, 7], expand_composites=True)[0]
    assert packed.parts == [5, [6, 7]]
    assert not nest.is_nested(pair)
    assert nest.is_nested_or_composite(pair)


def test_attrs_classes() -> None:
    attr = pytest.importorskip("attr")
    cls = attr.make_class("Sample", ["b", "a"])
    assert nest.flatten(cls(1, [2])) == [1, 2]
    assert nest.pack_sequence_as(cls(0, [0]), [3, 4]) == cls(3, [4])


def test_paths() -> None:
    structure = {"a": [1, {"c": 2}], "b": Point(3, (4,))}
    joined = [("a/0", 1), ("a/1/c", 2), ("b/x", 3), ("b/y/0", 4)]
    assert nest_shallow.flatten_with_joined_string_paths(structure) == joined
    assert nest_shallow.flatten_with_joined_string_paths(5) == [("", 5)]
    assert list(nest_shallow.yield_flat_paths([1, [2]])) == [(0,), (1, 0)]
    assert nest_shallow.map_structure_with_paths(lambda p, x: f"{p}={x}", [1, [2]]) == ["0=1", ["1/0=2"]]


@pytest.mark.parametrize(
    ("shallow", "deep", "parts"),
    [
        ([0, 0], [[1], [2, 3]], [[1], [2, 3]]),
        (0, [1, 2], [[1, 2]]),
        ({"b": 0, "a": 0}, {"a": [1], "b": (2,)}, [[1], (2,)]),
        (Point(0, 0), Point([3], 4), [[3], 4]),
    ],
)
def test_flatten_up_to(shallow: Any, deep: Any, parts: list[Any]) -> None:
    assert nest_shallow.flatten_up_to(shallow, deep) == parts


@pytest.mark.parametrize(
    ("shallow", "deep", "error", "text"),
    [
        ([1, [1]], [1, 2], TypeError, "input must also be a sequence"),
        ([1], [1, 2], ValueError, "same sequence length"),
        ([1], (1,), TypeError, "same sequence type"),
        ({"a": 1}, {"b": 1}, ValueError, "not a subset"),
    ],
)
def test_shallow_structures_that_differ(shallow: Any, deep: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        nest_shallow.assert_shallow_structure(shallow, deep)


def test_map_structure_up_to() -> None:
    result = nest_shallow.map_structure_up_to(
        {"a": 0, "b": [0]}, lambda x, y: (x, y), {"a": [1], "b": [2]}, {"a": 3, "b": [4]}
    )
    assert result == {"a": ([1], 3), "b": [(2, 4)]}


def test_traverse() -> None:
    structure = {"a": [1, {"c": 2}], "b": (4,)}
    result = nest_shallow.get_traverse_shallow_structure(lambda x: isinstance(x, (list, dict)), structure)
    assert result == {"a": [False, {"c": False}], "b": False}


def test_list_to_tuple_and_dict_items() -> None:
    assert nest.list_to_tuple([1, [2], {"a": [3]}]) == (1, (2,), {"a": (3,)})
    assert nest.flatten_dict_items({(4, (5,)): ("a", ("b",)), 3: "x"}) == {4: "a", 5: "b", 3: "x"}
    with pytest.raises(ValueError, match="not unique: 2"):
        nest.flatten_dict_items({(1, 2): (3, 4), 2: 5})
