"""`nest`: structures of lists, tuples, dicts, namedtuples and attrs classes."""

from __future__ import annotations

import collections
from typing import Any

import attr
import pytest

import sessile as tf

Point = collections.namedtuple("Point", ["x", "y"])


@attr.s
class Pair:
    """Two values."""

    left = attr.ib()
    right = attr.ib()


STRUCTURES: list[tuple[Any, list[Any]]] = [
    (1, [1]),
    ([1, 2], [1, 2]),
    ((1, [2, 3]), [1, 2, 3]),
    ({"b": 1, "a": 2}, [2, 1]),
    (collections.OrderedDict([("b", 1), ("a", 2)]), [2, 1]),
    (Point(1, [2]), [1, 2]),
    (Pair(1, (2, 3)), [1, 2, 3]),
    ([], []),
    (None, [None]),
    ("text", ["text"]),
    ([[], [1]], [1]),
]


@pytest.mark.parametrize(("structure", "leaves"), STRUCTURES, ids=repr)
def test_flatten_and_pack(structure: Any, leaves: list[Any]) -> None:
    """Leaves in order (of sorted keys for dicts), and back into the same structure."""
    assert tf.nest.flatten(structure) == leaves
    packed = tf.nest.pack_sequence_as(structure, leaves)
    assert packed == structure and type(packed) is type(structure)


def test_ordered_dicts_keep_their_order() -> None:
    """Packing sorts the values, not the keys."""
    structure = collections.OrderedDict([("b", 0), ("a", 0)])
    packed = tf.nest.pack_sequence_as(structure, [1, 2])
    assert list(packed.items()) == [("b", 2), ("a", 1)]


def test_map_structure() -> None:
    """A function over one structure, or over several of one form."""
    assert tf.nest.map_structure(lambda x: x + 1, {"a": (1, 2)}) == {"a": (2, 3)}
    assert tf.nest.map_structure(lambda x, y: x * y, [1, (2,)], [3, (4,)]) == [3, (8,)]
    with pytest.raises((ValueError, TypeError)):
        tf.nest.map_structure(lambda x, y: x, [1, 2], [1])
    with pytest.raises(TypeError):
        tf.nest.map_structure("no function", [1])


def test_assert_same_structure() -> None:
    """Lengths, types of sequences and keys."""
    tf.nest.assert_same_structure([1, (2, 3)], [4, (5, 6)])
    tf.nest.assert_same_structure([1, (2,)], [4, [5]], check_types=False)
    with pytest.raises(ValueError):
        tf.nest.assert_same_structure([1, 2], [1])
    with pytest.raises(ValueError):
        tf.nest.assert_same_structure([1, [2]], [1, 2])
    with pytest.raises(TypeError):
        tf.nest.assert_same_structure([1], (1,))
    with pytest.raises(ValueError):
        tf.nest.assert_same_structure({"a": 1}, {"b": 1})


def test_packing_needs_as_many_leaves() -> None:
    """Neither fewer nor more."""
    for leaves in ([1], [1, 2, 3]):
        with pytest.raises(ValueError):
            tf.nest.pack_sequence_as([0, 0], leaves)
    with pytest.raises(TypeError):
        tf.nest.pack_sequence_as([0, 0], 1)


def test_is_nested() -> None:
    """Sequences and mappings are; strings, arrays and tensors are not."""
    for structure in ([1], (), {}, Point(1, 2), Pair(1, 2)):
        assert tf.nest.is_nested(structure)
    for leaf in (1, "text", b"bytes", None, tf.constant([1]), {1, 2}):
        assert not tf.nest.is_nested(leaf)


def test_tensors_are_leaves() -> None:
    """They are not looked into."""
    x = tf.constant([1, 2])
    assert tf.nest.flatten([x, [x]]) == [x, x]
