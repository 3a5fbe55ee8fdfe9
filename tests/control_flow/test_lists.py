"""Lists of tensors: what operations of TensorFlow 2's loops do and what they refuse, as recorded from 1.15.5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf

raw: Any = tf.raw_ops
F32 = tf.float32
ONE = np.float32([1, 2])
TWO = np.float32([[1, 2], [3, 4]])
NONE = np.zeros([0], np.int64)


def reserve(shape: Any = (2,), count: int = 3, dtype: Any = F32) -> Any:
    """A list of places in which there is nothing."""
    shape = np.array(shape, np.int32)
    return raw.TensorListReserve(element_shape=shape, num_elements=count, element_dtype=dtype)


def empty(shape: Any = (2,), most: int = -1) -> Any:
    """A list without elements."""
    shape = np.array(shape, np.int32)
    return raw.EmptyTensorList(element_shape=shape, max_num_elements=most, element_dtype=F32)


def of(rows: Any = TWO, shape: Any = (2,)) -> Any:
    """A list of rows."""
    return raw.TensorListFromTensor(tensor=rows, element_shape=np.array(shape, np.int32))


def get(handle: Any, index: int, shape: Any = (2,), dtype: Any = F32) -> Any:
    """An element."""
    shape = np.array(shape, np.int32)
    return raw.TensorListGetItem(input_handle=handle, index=index, element_shape=shape, element_dtype=dtype)


def put(handle: Any, index: int, item: Any, **more: Any) -> Any:
    """A list with another element."""
    return raw.TensorListSetItem(input_handle=handle, index=index, item=item, **more)


def stack(handle: Any, shape: Any = (2,), dtype: Any = F32, count: int = -1) -> Any:
    """All elements."""
    shape = np.array(shape, np.int32)
    return raw.TensorListStack(input_handle=handle, element_shape=shape, element_dtype=dtype, num_elements=count)


def push(handle: Any, item: Any) -> Any:
    """A list with one more element."""
    return raw.TensorListPushBack(input_handle=handle, tensor=item)


def pop(handle: Any) -> Any:
    """A list without its last element, and that."""
    return raw.TensorListPopBack(input_handle=handle, element_shape=[2], element_dtype=F32)


def gather(handle: Any, indices: Any) -> Any:
    """Elements."""
    return raw.TensorListGather(input_handle=handle, indices=indices, element_shape=[2], element_dtype=F32)


def scatter(indices: Any, **more: Any) -> Any:
    """A list with two rows at places."""
    kind = raw.TensorListScatterV2 if more else raw.TensorListScatter
    return kind(tensor=TWO, indices=indices, element_shape=[2], **more)


def split(lengths: Any) -> Any:
    """A list of pieces."""
    return raw.TensorListSplit(tensor=[[1.0], [3.0], [4.0]], element_shape=[-1, 1], lengths=np.int64(lengths))


def concat(handle: Any, shape: Any, lengths: Any = NONE) -> Any:
    """The elements one behind the other."""
    return raw.TensorListConcatV2(
        input_handle=handle, element_shape=np.array(shape, np.int32), leading_dims=np.int64(lengths), element_dtype=F32
    )


def value(make: Callable[[], Any]) -> Any:
    """Build and run."""
    with tf.Graph().as_default(), tf.Session() as session:
        results = session.run(make())
    return [result.tolist() for result in results] if isinstance(results, (list, tuple)) else results.tolist()


def _into(size: int, places: Any) -> Any:
    return raw.TensorListScatterIntoExistingList(input_handle=reserve(count=size), tensor=TWO, indices=places)


def _resized(size: int) -> Any:
    return raw.TensorListResize(input_handle=of(), size=size)


VALUES: dict[str, tuple[Callable[[], Any], Any]] = {
    "what was put is there": (lambda: get(put(reserve(), 1, ONE), 1), [1, 2]),
    "zeros where nothing is": (lambda: stack(put(reserve(), 1, ONE)), [[0, 0], [1, 2], [0, 0]]),
    "the shape is taken from another element": (lambda: get(put(reserve([-1]), 1, ONE), 0, [-1]), [0, 0]),
    "any rank": (lambda: stack(put(reserve(-1), 1, ONE), -1), [[0, 0], [1, 2], [0, 0]]),
    "an old list stays": (lambda: (lambda old: [stack(put(old, 0, ONE * 5)), stack(old)])(of()), None),
    "pushed": (lambda: stack(push(push(empty(), ONE), ONE * 2)), [[1, 2], [2, 4]]),
    "popped": (lambda: (lambda h, x: [x, stack(h)])(*pop(of())), [[3, 4], [[1, 2]]]),
    "popped where nothing is": (lambda: pop(reserve())[1], [0, 0]),
    "length": (lambda: raw.TensorListLength(input_handle=reserve()), 3),
    "shape": (lambda: raw.TensorListElementShape(input_handle=reserve([-1, 2]), shape_type=tf.int32), [-1, 2]),
    "any shape": (lambda: raw.TensorListElementShape(input_handle=reserve(-1), shape_type=tf.int64), -1),
    "longer": (lambda: stack(_resized(3)), [[1, 2], [3, 4], [0, 0]]),
    "shorter": (lambda: stack(_resized(1)), [[1, 2]]),
    "grows": (lambda: stack(put(of(), 3, ONE, resize_if_index_out_of_bounds=True)), [[1, 2], [3, 4], [0, 0], [1, 2]]),
    "gathered": (lambda: gather(of(), [1, 1, 0]), [[3, 4], [3, 4], [1, 2]]),
    "gathered where nothing is": (lambda: gather(reserve(), [2]), [[0, 0]]),
    "none gathered": (lambda: gather(of(), np.zeros([0], np.int32)), []),
    "scattered": (lambda: stack(scatter([2, 0])), [[3, 4], [0, 0], [1, 2]]),
    "scattered to four": (lambda: stack(scatter([2, 0], num_elements=4)), [[3, 4], [0, 0], [1, 2], [0, 0]]),
    "scattered into": (lambda: stack(_into(3, [2, 0])), [[3, 4], [0, 0], [1, 2]]),
    "scattered behind": (lambda: stack(_into(2, [3, 0])), [[3, 4], [0, 0], [0, 0], [1, 2]]),
    "split and joined": (
        lambda: list(raw.TensorListConcat(input_handle=split([1, 2]), element_dtype=F32)),
        [[[1], [3], [4]], [1, 2]],
    ),
    "joined": (lambda: list(concat(of(), [2])), [[1, 2, 3, 4], [2, 2]]),
    "joined where nothing is": (lambda: list(concat(reserve([-1]), [-1], [1, 0, 2])), [[0, 0, 0], [1, 0, 2]]),
    "none joined": (lambda: list(concat(empty([-1, 2]), [-1, 2])), [[], []]),
    "two lists": (
        lambda: stack(raw.TensorListConcatLists(input_a=of(), input_b=of(TWO[:1]), element_dtype=F32)),
        [[1, 2], [3, 4], [1, 2]],
    ),
    "a batch of lists": (
        lambda: [
            stack(each)
            for each in tf.unstack(
                raw.TensorListPushBackBatch(input_handles=tf.stack([empty(), empty()]), tensor=TWO), num=2
            )
        ],
        [[[1, 2]], [[3, 4]]],
    ),
    "sums": (lambda: stack(tf.add_n([of(), of()])), [[2, 4], [6, 8]]),
    "zeros": (lambda: stack(tf.zeros_like(of())), [[0, 0], [0, 0]]),
    "strings": (
        lambda: stack(raw.TensorListFromTensor(tensor=["a", "b"], element_shape=NONE), NONE, tf.string),
        [b"a", b"b"],
    ),
    "no string": (lambda: stack(reserve(NONE, 2, tf.string), NONE, tf.string), [b"", b""]),
}


@pytest.mark.parametrize("name", VALUES)
def test_values(name: str) -> None:
    """Of each operation."""
    make, expected = VALUES[name]
    assert value(make) == (expected if expected is not None else [[[5, 10], [3, 4]], TWO.tolist()])


_SET = "is not fully defined: [?] and no list element is set"
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "no shape": (lambda: get(reserve([-1]), 1, [-1]), _SET),
    "far": (lambda: get(reserve(), 3), "Trying to access element 3 in a list with 3 elements"),
    "negative": (lambda: get(reserve(), -1), "Trying to access element -1 in a list with 3 elements"),
    "another type": (lambda: get(reserve(), 1, dtype=tf.int32), "op elements int32 but list elements float32"),
    "another shape": (lambda: get(reserve(), 1, [3]), "Incompatible shapes during merge: [3] vs. [2]"),
    "put far": (lambda: stack(put(reserve(), 5, ONE)), "Trying to modify element 5 in a list with 3 elements"),
    "put a type": (lambda: stack(put(reserve(), 1, [1, 2])), "op elements int32 but list elements float32"),
    "put a shape": (lambda: stack(put(reserve(), 1, [1.0])), "Op element shape: [1] list shape: [2]"),
    "nothing": (lambda: stack(reserve([-1]), [-1]), "only contains uninitialized tensors"),
    "empty": (lambda: stack(empty([-1]), [-1]), "an empty list with non-fully-defined element_shape: [?]"),
    "count": (lambda: stack(reserve(), count=2), "expected a list with 2 elements but got a list with 3"),
    "differing": (
        lambda: stack(put(put(reserve([-1], 2), 0, [1.0]), 1, ONE), [-1]),
        "Incompatible shapes during merge: [1] vs. [2]",
    ),
    "full": (lambda: stack(push(push(empty(most=1), ONE), ONE)), "list size: 1 max_num_elements: 1"),
    "pushed shape": (lambda: stack(push(empty(), [1.0])), "Op element shape: [1] list shape: [2]"),
    "pop": (lambda: pop(empty())[1], "Trying to pop from an empty list"),
    "less than none": (lambda: stack(_resized(-1)), "expects size to be non-negative. Got: -1"),
    "fewer than none": (lambda: stack(reserve(count=-1)), "must be a non negative number, but got -1"),
    "gathered far": (lambda: gather(of(), [2]), "Index 2 out o range; list only has 2 elements"),
    "scattered negative": (lambda: stack(scatter([-2, 0])), "must all be non-negative"),
    "scattered rows": (lambda: stack(scatter([0])), "Expected: 1 Actual: 2"),
    "scattered far": (lambda: stack(scatter([2, 0], num_elements=1)), "scatter at index 2 in list with size 1"),
    "split far": (lambda: raw.TensorListLength(input_handle=split([1, 3])), "slice [1, 4] from tensor with length 3"),
    "split less": (lambda: raw.TensorListLength(input_handle=split([1, 1])), "Length of tensor: 3 Values used: 2"),
    "split negative": (lambda: raw.TensorListLength(input_handle=split([1, -3])), "Invalid value in lengths: -3"),
    "joined nothing": (lambda: concat(reserve([-1]), [-1]), "leading_dims has only 0 elements"),
    "joined scalars": (lambda: concat(of([1.0, 2.0], NONE), NONE), "found scalars instead"),
    "no list": (lambda: raw.TensorListLength(input_handle=raw.OptionalNone()), "Input handle is not a list"),
    "lengths": (lambda: stack(tf.add_n([of(), of(TWO[:1])])), "different lengths: 2 and 1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """In TensorFlow's words, and nothing is lost."""
    make, message = REFUSED[name]
    with tf.Graph().as_default(), tf.Session() as session:
        good = stack(of())
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(make())
        assert message in caught.value.message
        assert session.run(good).tolist() == TWO.tolist()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: get(reserve([-1, 3]), 0, [-1, 3]), [None, 3]),
        (lambda: stack(reserve([-1, 3], 4), [-1, 3], count=4), [4, None, 3]),
        (lambda: stack(reserve(), [2]), [None, 2]),
        (lambda: gather(of(), [1, 1, 0]), [3, 2]),
        (lambda: concat(of(), [2])[0], [None]),
        (lambda: pop(of())[1], [2]),
        (lambda: reserve(), []),
    ],
)
def test_static_shapes(make: Any, expected: Any) -> None:
    """What is known before anything runs."""
    with tf.Graph().as_default():
        assert make().shape.as_list() == expected


def _by_items(x: Any) -> Any:
    handle = of(x)
    handle = put(handle, 0, get(handle, 1) * x[0])
    return stack(push(handle, x[1] ** 2)) * [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


def _by_places(x: Any) -> Any:
    shorter, last = pop(of(x))
    there = raw.TensorListScatterIntoExistingList(input_handle=reserve(count=4), tensor=x, indices=[3, 1])
    many = gather(of(x), [1, 1, 0]) * [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    placed = stack(there) * [[1.0], [2.0], [3.0], [4.0]]
    return tf.concat([many, placed, last[None] ** 2, stack(shorter) ** 3], 0)


def _by_pieces(x: Any) -> Any:
    pieces = raw.TensorListSplit(tensor=x, element_shape=[-1, 2], lengths=np.int64([1, 1]))
    joined = raw.TensorListConcat(input_handle=pieces, element_dtype=F32)[0]
    resized = raw.TensorListResize(input_handle=of(x), size=1)
    return tf.concat([joined**2, stack(resized) * 3.0, stack(scatter_of(x))], 0)


def scatter_of(x: Any) -> Any:
    """A list with the rows of x at places."""
    return raw.TensorListScatter(tensor=x**2, indices=[2, 0], element_shape=[2])


@pytest.mark.parametrize("function", [_by_items, _by_places, _by_pieces])
def test_gradients_agree_with_differences(function: Any) -> None:
    """Of all operations that have some."""
    with tf.Graph().as_default(), tf.Session():
        x = tf.constant(TWO)
        y = tf.reduce_sum(function(x))
        assert tf.test.compute_gradient_error(x, [2, 2], y, []) < 0.05


def test_a_loop_carries_a_list() -> None:
    """As a loop variable, with gradients through it."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [])

        def body(number: Any, handle: Any, last: Any) -> Any:
            last = last * x
            return number + 1, put(handle, number, last[None]), last

        _, handle, _ = tf.while_loop(lambda n, *_: n < 4, body, [0, reserve([1], 4), tf.constant(1.0)])
        y = stack(handle, [1])
        step = session.make_callable([y, tf.gradients(y, x)[0]], [x])
        for _ in range(3):
            values, gradient = step(2.0)
            assert values.ravel().tolist() == [2, 4, 8, 16] and gradient == 1 + 4 + 12 + 32
