"""Functions on elements that are interpreted in part become Python functions: values, errors, effects stay the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import pytest
from sessile.compiler.program import straight

import sessile as tf

D = tf.data.Dataset
WORDS: Final = [b"the %d" % number + b" fox" * (number % 5) for number in range(40)]
LONG: Final = [b" ".join(b"%d" % (n * k) for k in range(100 if n % 3 else 2)) for n in range(1, 40)]
NUMBERS: Final = [b"%d,%s" % (number, b"x" * number) for number in range(40)]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The functions that were written."""
    found: list[Any] = []
    write = straight._Writer.write

    def noted(writer: Any) -> Any:
        found.append(writer)
        return write(writer)

    monkeypatch.setattr(straight._Writer, "write", noted)
    yield found


def elements(make: Callable[[], Any], jit: str) -> list[Any]:
    """All elements, errors by their text."""
    with tf.Graph().as_default():
        tf.set_random_seed(3)
        get_next = make().make_initializable_iterator()
        element = get_next.get_next()
        found: list[Any] = []
        options = tf.OptimizerOptions(global_jit_level=-1 if jit == "off" else 0)
        config = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))
        with tf.Session(config=config) as sess:
            sess.run(tf.tables_initializer())
            sess.run(get_next.initializer)
            while True:
                try:
                    found.append(sess.run(element))
                except tf.errors.OutOfRangeError:
                    return found
                except tf.errors.OpError as error:
                    found.append(f"{type(error).__name__}: {error}")


def _example(number: int) -> bytes:
    features = {
        "x": tf.train.Feature(float_list=tf.train.FloatList(value=[float(number)] * 3)),
        "s": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"w%d" % number] * (number % 3))),
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def _table(text: Any) -> Any:
    table = tf.contrib.lookup.index_table_from_tensor(["0", "7", "9"], num_oov_buckets=2)
    return table.lookup(tf.string_split([text]).values)


def _parsed(message: Any) -> Any:
    found = tf.parse_single_example(
        message, {"x": tf.FixedLenFeature([3], tf.float32), "s": tf.VarLenFeature(tf.string)}
    )
    return found["x"] * 2.0, tf.sparse_tensor_to_dense(found["s"], default_value="")


def _noisy(text: Any) -> Any:
    size = tf.cast(tf.strings.length(text), tf.float32)
    return tf.random_normal([2]) + size, tf.random_uniform([], maxval=9, dtype=tf.int32), text


def _flipped(text: Any) -> Any:
    size = tf.cast(tf.strings.length(text), tf.float32)
    return tf.image.random_flip_left_right(tf.reshape(tf.range(12.0), [2, 3, 2]) + size), tf.random_uniform([2])


def _turned(text: Any) -> Any:
    size = tf.cast(tf.strings.length(text), tf.float32)
    return tf.image.random_flip_left_right(tf.reshape(tf.range(30000.0), [100, 100, 3]) + size)[:3], text


def _branched(text: Any) -> Any:
    size = tf.strings.length(text)
    word = tf.cond(
        size > 8,
        lambda: tf.cond(size > 12, lambda: tf.constant("long"), lambda: tf.string_join([text, "!"])),
        lambda: tf.constant("short"),
    )
    with tf.control_dependencies([tf.cond(size > 100, lambda: tf.Assert(False, [size]), tf.no_op)]):
        number = tf.case({size < 7: lambda: size * 2}, lambda: tf.size(tf.string_split([text])))
    return word, number, tf.cond(size > 8, lambda: tf.random_uniform([3]), lambda: tf.zeros([3])), size


CASES: Final[dict[str, Callable[[], Any]]] = {
    "words": lambda: D.from_tensor_slices(WORDS).map(lambda t: tf.string_split([t]).values),
    "sizes, and a constant": lambda: D.from_tensor_slices(WORDS).map(lambda t: (tf.size(tf.string_split([t])), [7])),
    "long and short": lambda: D.from_tensor_slices(LONG).map(
        lambda t: tf.strings.to_number(tf.string_split([t]).values, tf.int32) * 2
    ),
    "hashes": lambda: D.from_tensor_slices(LONG).map(
        lambda t: tf.string_to_hash_bucket_fast(tf.string_split([t]).values, 50)
    ),
    "fields": lambda: D.from_tensor_slices(NUMBERS).map(lambda t: tf.decode_csv(t, [[0], [""]])),
    "messages": lambda: D.from_tensor_slices([_example(n) for n in range(40)]).map(_parsed),
    "a table": lambda: D.from_tensor_slices(WORDS).map(_table),
    "random numbers": lambda: D.from_tensor_slices(WORDS).map(_noisy),
    "sparse": lambda: D.from_tensor_slices(WORDS).map(lambda t: tf.string_split([t])),
    "what is kept by a condition": lambda: D.from_tensor_slices(LONG).map(
        lambda t: (
            tf.boolean_mask(tf.strings.to_number(tf.string_split([t]).values), [True, False])
            if t is None
            else tf.where(tf.strings.to_number(tf.string_split([t]).values) > 20.0)
        )
    ),
    "a part of something large": lambda: D.from_tensor_slices(LONG).map(
        lambda t: tf.fill([100, tf.strings.length(t)], t)[3, :2]
    ),
    "the element itself": lambda: D.from_tensor_slices(WORDS).map(lambda t: (t, tf.strings.length(t), t)),
    "branches that are choices": lambda: D.from_tensor_slices(WORDS).map(_flipped),
    "branches of large arrays": lambda: D.from_tensor_slices(WORDS).map(_turned),
    "branches in branches": lambda: D.from_tensor_slices(WORDS).map(_branched),
    "raw bytes": lambda: D.from_tensor_slices(WORDS).map(lambda t: tf.cast(tf.decode_raw(t, tf.uint8), tf.float32) / 2),
}


@pytest.mark.parametrize("name", CASES)
def test_values_are_those_of_the_interpreter(name: str, written: list[Any]) -> None:
    """Before the function is written, after it, and where nothing is compiled."""
    one, other = elements(CASES[name], "default"), elements(CASES[name], "off")
    assert len(one) == len(other) >= 39
    for left, right in zip(one, other):
        tf.nest.map_structure(np.testing.assert_array_equal, left, right)
        kinds = tf.nest.map_structure(lambda item: getattr(item, "dtype", type(item)), (left, right))
        assert kinds[0] == kinds[1]
    assert written


def test_a_value_that_is_returned_twice(written: list[Any]) -> None:
    """What is one region, but gives a value twice, is no native step: it becomes a function, and its results differ."""

    def twice() -> Any:
        return D.range(40).map(lambda i: (i * 3 + tf.range(5, dtype=tf.int64), tf.range(5, dtype=tf.int64) + i * 3))

    def scanned() -> Any:
        return D.range(40).apply(tf.data.experimental.scan(np.int64(0), lambda s, i: (s + i, s + i)))

    for make in (twice, scanned):
        one, other = elements(make, "default"), elements(make, "off")
        tf.nest.map_structure(np.testing.assert_array_equal, one, other)
        if make is twice:
            assert all(left is not right and left.base is not right for left, right in one)
    assert written


def test_errors_name_their_operations() -> None:
    """An element that fails has the error the interpreter gives: the text, the operation, what it was given."""

    def wrong() -> Any:
        texts = [b"7"] * 20 + [b"no number"] + [b"8"] * 3 + [b"7,8"]
        return D.from_tensor_slices(texts).map(lambda t: (tf.strings.to_number(t, name="parsed") + 1.0, t))

    one, other = elements(wrong, "default"), elements(wrong, "off")
    assert one == other
    assert "'map/parsed'" in one[20] and "no number" in one[20] and "created at" in one[20]


def test_regions_fall_apart_where_shapes_hang_on_data(written: list[Any]) -> None:
    """A region whose shapes turn out to hang on data is cut, and the function written again."""

    def cut() -> Any:
        return D.from_tensor_slices(LONG).map(lambda t: tf.fill([tf.strings.length(t) % 7], 2.0) * tf.range(10.0)[3])

    for left, right in zip(elements(cut, "default"), elements(cut, "off")):
        np.testing.assert_array_equal(left, right)
    assert written


def test_a_closed_session_draws_no_more() -> None:
    """What has effects asks whether the session is closed."""
    with tf.Graph().as_default():
        element = D.from_tensor_slices(WORDS).map(_noisy).repeat().make_one_shot_iterator().get_next()
        sess = tf.Session()
        for _ in range(30):
            sess.run(element)
        call = sess.make_callable(element)
        sess.close()
        with pytest.raises(RuntimeError, match="closed"):
            call()


def _loops(name: str, x: Any) -> Any:
    """Loops whose turns are no machine code."""
    if name == "python":
        body = [tf.TensorShape([]), tf.TensorShape(None)]
        return tf.while_loop(
            lambda i, a: i < 60, lambda i, a: (i + 1, tf.py_func(lambda q: q + 1, [a], tf.float32)), [0, x], body
        )[1]
    if name == "checked":

        def checked(i: Any, a: Any) -> Any:
            with tf.control_dependencies([tf.Assert(i < 1000, [i])]):
                return i + 1, tf.identity(a * 1.5)

        return tf.while_loop(lambda i, a: i < 60, checked, [0, x])[1]
    if name == "strings":
        return tf.map_fn(lambda t: tf.strings.length(tf.as_string(t)), x, dtype=tf.int32)

    def split(i: Any, a: Any) -> Any:
        return i + 1, a + tf.cast(tf.size(tf.string_split([tf.fill([], "a b")])), tf.float32)

    return tf.while_loop(lambda i, a: i < 60, split, [0, x])[1]


@pytest.mark.parametrize("name", ["python", "checked", "strings", "split"])
def test_turns_of_loops(name: str, written: list[Any]) -> None:
    """Turns that run in Python become one function; they give what the interpreter gives."""
    found = []
    for level in (0, -1):
        options = tf.OptimizerOptions(global_jit_level=level)
        config = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))
        with tf.Graph().as_default(), tf.Session(config=config) as sess:
            x = tf.placeholder(tf.float32, [None])
            result = _loops(name, x)
            given = np.arange(40, dtype=np.float32)
            found.append([sess.run(result, {x: given}) for _ in range(3)])
    np.testing.assert_array_equal(*found)
    assert all(writer._is_inner for writer in written) and written


def test_a_turn_that_fails_names_its_operation(written: list[Any]) -> None:
    """An assertion of a late turn fails as it does in the first one."""
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.int32, [])

        def body(i: Any) -> Any:
            with tf.control_dependencies([tf.Assert(i < x, ["too far", i], name="far")]):
                return tf.identity(i + 1)

        result = tf.while_loop(lambda i: i < 90, body, [0], parallel_iterations=1)
        for most in (90, 90, 70):
            if most == 90:
                assert sess.run(result, {x: most}) == 90
                continue
            with pytest.raises(tf.errors.InvalidArgumentError, match="too far") as caught:
                sess.run(result, {x: most})
    assert written and "while/far" in str(caught.value)
