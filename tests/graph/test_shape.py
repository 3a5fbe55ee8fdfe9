"""`TensorShape` and `Dimension`."""

from __future__ import annotations

import copy
import pickle

import pytest

import sessile as tf

UNKNOWN = tf.TensorShape(None)


def test_making() -> None:
    """From lists, tuples, ints, shapes, dimensions, nothing."""
    assert tf.TensorShape([1, None]).as_list() == [1, None]
    assert tf.TensorShape((2, tf.Dimension(3))).as_list() == [2, 3]
    assert tf.TensorShape(5).as_list() == [5]
    assert tf.TensorShape([]).as_list() == []
    assert tf.TensorShape(tf.TensorShape([4])).as_list() == [4]
    assert UNKNOWN.ndims is None and UNKNOWN.rank is None and UNKNOWN.dims is None
    with pytest.raises(ValueError):
        tf.TensorShape([-1])
    with pytest.raises(TypeError):
        tf.TensorShape(["a"])
    with pytest.raises(TypeError):
        tf.TensorShape([1.5])


def test_facts() -> None:
    """Rank, elements, definedness, text."""
    shape = tf.TensorShape([2, 3])
    assert (shape.ndims, shape.rank, len(shape), shape.num_elements()) == (2, 2, 2, 6)
    assert shape.is_fully_defined() and bool(shape)
    assert not tf.TensorShape([2, None]).is_fully_defined()
    assert tf.TensorShape([2, None]).num_elements() is None
    assert not UNKNOWN and UNKNOWN.num_elements() is None and not UNKNOWN.is_fully_defined()
    assert bool(tf.TensorShape([]))
    for shape, text in (([2, None], "(2, ?)"), ([1], "(1,)"), ([], "()"), (None, "<unknown>")):
        assert str(tf.TensorShape(shape)) == text
    assert repr(tf.TensorShape([2, None])) == "TensorShape([Dimension(2), Dimension(None)])"
    assert repr(UNKNOWN) == "TensorShape(None)"


def test_unknown_rank_refuses() -> None:
    """What needs a rank raises."""
    with pytest.raises(ValueError):
        len(UNKNOWN)
    with pytest.raises(ValueError):
        list(UNKNOWN)
    with pytest.raises(ValueError, match="as_list"):
        UNKNOWN.as_list()
    with pytest.raises(ValueError):
        UNKNOWN.assert_is_fully_defined()


def test_indexing() -> None:
    """Entries are Dimensions, slices are shapes."""
    shape = tf.TensorShape([2, None, 4])
    assert shape[0] == 2 and isinstance(shape[0], tf.Dimension)
    assert shape[1].value is None
    assert shape[-1].value == 4
    assert shape[1:].as_list() == [None, 4] and isinstance(shape[1:], tf.TensorShape)
    assert [dimension.value for dimension in shape] == [2, None, 4]
    assert [dimension.value for dimension in shape.dims] == [2, None, 4]
    assert UNKNOWN[0].value is None
    assert UNKNOWN[1:3].as_list() == [None, None]
    assert UNKNOWN[1:].ndims is None
    with pytest.raises(IndexError):
        shape[3]


def test_compatibility() -> None:
    """One concrete shape could be both."""
    shape = tf.TensorShape([2, None])
    for other in ([2, 3], [None, None], (2, 5), None, [2, None]):
        assert shape.is_compatible_with(other)
        shape.assert_is_compatible_with(other)
    for other in ([3, 3], [2], [2, 3, 4]):
        assert not shape.is_compatible_with(other)
        with pytest.raises(ValueError, match="are incompatible"):
            shape.assert_is_compatible_with(other)


def test_merging() -> None:
    """What is known from both."""
    assert tf.TensorShape([2, None]).merge_with([None, 3]).as_list() == [2, 3]
    assert UNKNOWN.merge_with([1]).as_list() == [1]
    assert tf.TensorShape([1]).merge_with(None).as_list() == [1]
    with pytest.raises(ValueError, match="not compatible"):
        tf.TensorShape([2]).merge_with([3])
    with pytest.raises(ValueError):
        tf.TensorShape([2]).merge_with([2, 2])


def test_concatenating() -> None:
    """Also by `+`."""
    assert tf.TensorShape([1, 2]).concatenate([3]).as_list() == [1, 2, 3]
    one, two = tf.TensorShape([1]), tf.TensorShape([2])
    assert (one + two).as_list() == (one + (2,)).as_list() == ((1,) + two).as_list() == [1, 2]  # noqa: RUF005
    assert tf.TensorShape([1]).concatenate(None).ndims is None


def test_ranks() -> None:
    """Checks and refinements of the rank."""
    shape = tf.TensorShape([2, 3])
    assert shape.with_rank(2).as_list() == shape.with_rank_at_least(1).as_list() == [2, 3]
    assert shape.with_rank_at_most(2).as_list() == [2, 3]
    assert UNKNOWN.with_rank(2).as_list() == [None, None]
    assert UNKNOWN.with_rank_at_least(2).ndims is None
    shape.assert_has_rank(2)
    shape.assert_same_rank([None, None])
    for fails in (
        lambda: shape.with_rank(3),
        lambda: shape.with_rank_at_least(3),
        lambda: shape.with_rank_at_most(1),
        lambda: shape.assert_has_rank(1),
        lambda: shape.assert_same_rank([1]),
    ):
        with pytest.raises(ValueError, match="rank"):
            fails()


def test_most_specific_compatible_shape() -> None:
    """Extents that differ become unknown."""
    shape = tf.TensorShape([2, 3])
    assert shape.most_specific_compatible_shape(tf.TensorShape([2, 4])).as_list() == [2, None]
    assert shape.most_specific_compatible_shape(tf.TensorShape([2])).ndims is None


def test_equality() -> None:
    """Against anything that is a shape; unknown parts are compared as they stand."""
    assert tf.TensorShape([2, 3]) == [2, 3] == tf.TensorShape([2, 3])
    assert tf.TensorShape([2, 3]) == (2, 3)
    assert tf.TensorShape([2]) != [3]
    assert tf.TensorShape([2, None]) == [2, None]
    assert tf.TensorShape([]) != [1]
    assert hash(tf.TensorShape([2, 3])) == hash(tf.TensorShape([2, 3]))
    assert len({tf.TensorShape([2]), tf.TensorShape([2]), tf.TensorShape([3])}) == 2


def test_protocol_buffers() -> None:
    """Shapes go through TensorShapeProto and back."""
    for shape in ([2, None], [], None):
        assert repr(tf.TensorShape(tf.TensorShape(shape).as_proto())) == repr(tf.TensorShape(shape))


def test_copying() -> None:
    """Shapes and dimensions can be copied and pickled."""
    for value in (tf.TensorShape([2, None]), tf.Dimension(3), tf.Dimension(None)):
        assert repr(pickle.loads(pickle.dumps(value))) == repr(copy.deepcopy(value)) == repr(value)


def test_dimension_arithmetic() -> None:
    """With ints and dimensions; what is unknown stays unknown."""
    d, unknown = tf.Dimension(7), tf.Dimension(None)
    assert [(d + 2).value, (2 + d).value, (d - 2).value, (9 - d).value] == [9, 9, 5, 2]
    assert [(d * 2).value, (2 * d).value, (d // 2).value, (15 // d).value, (d % 4).value, (9 % d).value] == [
        14, 14, 3, 2, 3, 2,
    ]  # fmt: skip
    assert (d + tf.Dimension(1)).value == 8
    for made in (d + unknown, unknown * 2, unknown - d, unknown // 2, d % unknown):
        assert made.value is None
    with pytest.raises(TypeError, match="please use // instead"):
        d / 2


def test_dimension_comparisons() -> None:
    """None where something is unknown."""
    d, unknown = tf.Dimension(7), tf.Dimension(None)
    assert d == 7 and d != 8 and d < 8 and d <= 7 and d > 6 and d >= 7
    for made in (unknown == 1, unknown < 1, d > unknown, unknown == unknown, unknown != 1):
        assert made is None
    assert d != "a"
    assert int(d) == 7 and list(range(10))[d] == 7
    assert str(d) == "7" and str(unknown) == "?" and repr(unknown) == "Dimension(None)"


def test_dimension_compatibility() -> None:
    """Equal, or one unknown."""
    d, unknown = tf.Dimension(7), tf.Dimension(None)
    assert d.is_compatible_with(7) and d.is_compatible_with(unknown) and not d.is_compatible_with(8)
    assert d.merge_with(unknown).value == unknown.merge_with(7).value == 7
    with pytest.raises(ValueError, match="not compatible"):
        d.merge_with(8)
    with pytest.raises(ValueError):
        tf.Dimension(-1)


def test_dimension_helpers() -> None:
    """`dimension_value` and `dimension_at_index`, the bridges to TensorFlow 2."""
    assert tf.dimension_value(tf.Dimension(3)) == tf.dimension_value(3) == 3
    assert tf.dimension_at_index(tf.TensorShape([2, 3]), 1).value == 3
    assert tf.dimension_at_index(UNKNOWN, 1).value is None


def test_shapes_follow_from_any_operation_of_constants() -> None:
    """Also of floats, and of operations that no shape is usually made with; not of defaults, which may be fed."""
    assert tf.range(8.0).shape == [8]
    assert tf.zeros(tf.sort([3, 2])).shape == [2, 3]
    assert tf.zeros(tf.boolean_mask([2, 3], [True, False])).shape == [2]
    assert tf.zeros(tf.cast(tf.exp([0.0]), tf.int32)).shape == [1]
    n = tf.shape(tf.placeholder(tf.float32, [None]))[0]
    assert tf.zeros(tf.stack([n, tf.cast(tf.floor(3.7), tf.int32)])).shape.as_list() == [None, 3]
    assert tf.zeros(tf.square(tf.placeholder_with_default([2, 3], [2]))).shape.as_list() == [None, None]
    assert tf.zeros(tf.random_uniform([1], 1, 3, tf.int32)).shape.as_list() == [None]


def test_a_shape_that_fails_to_compute_is_unknown() -> None:
    """The error belongs to the step that runs it."""
    shape = tf.linalg.inv([[0.0]])
    assert tf.zeros(tf.cast(shape[0], tf.int32)).shape.as_list() == [None]


def test_casts_in_shapes() -> None:
    """A shape is made of integers, whatever they were cast from."""
    for value, extents in (([2.9, 3.0], [2, 3]), ([True, False], [1, 0]), (tf.cast([300, 7], tf.uint8), [44, 7])):
        shape = tf.zeros(tf.cast(value, tf.int32)).shape
        assert shape.as_list() == extents
        assert all(type(extent) is int for extent in shape.as_list())
    assert tf.zeros(tf.cast(tf.cast([2, 0], tf.bool), tf.int32)).shape == [1, 0]


def test_a_fed_constant_does_not_keep_its_shape() -> None:
    """The static shape is the constant's; a step goes by what is fed."""
    c = tf.constant([3, 2])
    zeros = tf.zeros(tf.sort(c))
    with tf.Session() as sess:
        for _ in range(3):
            assert sess.run(zeros).shape == (2, 3)
            assert sess.run(zeros, {c: [5, 4]}).shape == (4, 5)


def test_dimensions_by_the_name_that_libraries_read() -> None:
    """Keras 2.2's `ndim` reads `shape._dims`."""
    assert [extent.value for extent in tf.TensorShape([1, None])._dims] == [1, None]
    assert UNKNOWN._dims is None


def test_sizes_that_are_fed_leave_the_other_extents_known() -> None:
    """`placeholder(int32)` without a shape, as batch sizes often are; shapes are TensorFlow 1.15.5's."""
    count, x = tf.placeholder(tf.int32), tf.placeholder(tf.float32, [1, 100, 2])
    found = [
        tf.tile(x, [count, 1, 1]),
        tf.zeros([count, 100, 2]),
        tf.random_normal([count, 3]),
        tf.slice(x, [count, 0, 0], [1, 3, -1]),
        tf.reshape(x, tf.stack([count, -1, 2])),
        tf.ones(tf.stack([count, count * 2, 4])),
    ]
    shapes = [value.shape.as_list() for value in found]
    assert shapes == [[None, 100, 2], [None, 100, 2], [None, 3], [1, 3, 2], [None, None, 2], [None, None, 4]]


@pytest.mark.parametrize("mode", ["CONSTANT", "REFLECT", "SYMMETRIC"])
def test_paddings_that_are_known_in_part(mode: str) -> None:
    x = tf.placeholder(tf.float32, [None, 7, 2])
    padded = tf.pad(x, [[0, 0], [0, 10 - tf.shape(x)[0]], [1, 1]], mode)
    assert padded.shape.as_list() == [None, None, 4]
