"""Mistakes of a beginner: each error names what is wrong, where the user made it, and what to do instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

HERE = Path(__file__).name


class Things:
    """What the mistakes are made with, in a graph with a session."""

    def __init__(self) -> None:
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.prices = tf.constant([1.0, 2.0], name="prices")
            self.counts = tf.constant([1, 2], name="counts")
            self.rows = tf.ones([2, 3], name="rows")
            self.more = tf.ones([2, 3], name="more")
            self.fed = tf.placeholder(tf.float32, [None, 3], name="fed")
            self.words = tf.constant(["a", "b"], name="words")
            self.weight = tf.Variable(1.0, name="weight")
        self.session = tf.Session(graph=self.graph)
        self.other = tf.Graph()
        with self.other.as_default():
            self.stranger = tf.constant(1.0, name="stranger")


def _default_graph_run(t: Things) -> Any:
    return tf.Session(graph=t.other).run(t.prices)


def _closed(t: Things) -> Any:
    t.session.close()
    return t.session.run(t.prices)


def _finalized(t: Things) -> Any:
    t.graph.finalize()
    return t.prices + 1.0


def _reused(t: Things) -> Any:
    tf.get_variable("again", [1])
    return tf.get_variable("again", [1])


def _nan(t: Things) -> Any:
    return t.session.run(tf.check_numerics(tf.log(t.prices - 2.0), "the loss"))


Mistake = tuple[Callable[[Things], Any], type, tuple[str, ...]]
LINE = rf"{re.escape(HERE)}:\d+"
MISTAKES: dict[str, Mistake] = {
    "adding floats and whole numbers": (
        lambda t: t.prices + t.counts,
        TypeError,
        ("'prices:0' float32", "'counts:0' int32", LINE, r"tf\.cast"),
    ),
    "multiplying floats and whole numbers": (
        lambda t: tf.multiply(t.counts, t.prices),
        TypeError,
        ("'prices:0'", "'counts:0'", LINE, r"tf\.cast"),
    ),
    "a float added to whole numbers": (lambda t: t.counts + 1.5, TypeError, ("'counts:0' int32", "float32", LINE)),
    "a string added to floats": (lambda t: t.prices + t.words, TypeError, ("'words:0' string", LINE)),
    "tensors of two graphs": (
        lambda t: t.prices + t.stranger,
        ValueError,
        ("'prices:0'", "'stranger:0'", LINE, "as_default"),
    ),
    "a session of another graph": (_default_graph_run, ValueError, ("prices:0", LINE, r"tf\.Session\(graph=")),
    "a product whose shapes do not fit": (
        lambda t: tf.matmul(t.rows, t.more),
        ValueError,
        ("'rows:0' float32", "'more:0' float32", "must be equal", LINE),
    ),
    "a product with a vector": (lambda t: tf.matmul(t.prices, t.rows), ValueError, ("'prices:0'", "rank 2", LINE)),
    "a reshape to another number of elements": (
        lambda t: tf.reshape(t.rows, [4, 2]),
        ValueError,
        ("'rows:0'", "6 elements", "8 elements", LINE),
    ),
    "an axis that is not there": (
        lambda t: tf.reduce_sum(t.rows, axis=2),
        ValueError,
        ("'rows:0'", "dimension 2", LINE),
    ),
    "an axis of argmax that is not there": (lambda t: tf.argmax(t.rows, 5), ValueError, ("'rows:0'", LINE)),
    "joining rows of different lengths": (
        lambda t: tf.concat([t.rows, tf.ones([2, 2])], 0),
        ValueError,
        ("'rows:0'", r"\[2,2\]", LINE),
    ),
    "stacking different shapes": (lambda t: tf.stack([t.prices, t.rows]), ValueError, ("'prices:0'", "'rows:0'", LINE)),
    "squeezing an axis of length 2": (lambda t: tf.squeeze(t.rows, [0]), ValueError, ("'rows:0'", "got 2", LINE)),
    "splitting 3 by 2": (lambda t: tf.split(t.rows, 2, axis=1), ValueError, ("evenly", "'rows:0'", LINE)),
    "too many indices": (lambda t: t.rows[0, 0, 0], ValueError, ("'rows:0'", "only 2 dims", LINE)),
    "a key as an index": (lambda t: t.rows["a"], TypeError, ("integers, slices", "'a'")),
    "assigning to an element": (lambda t: t.rows.__setitem__(0, 1.0), AttributeError, ("__setitem__",)),
    "a convolution of matrices": (
        lambda t: tf.nn.conv2d(t.rows, t.more, [1, 1, 1, 1], "SAME"),
        ValueError,
        ("rank 4", "'rows:0'", LINE),
    ),
    "a padding that is neither": (
        lambda t: tf.nn.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([2, 2, 1, 1]), [1, 1, 1, 1], "FULL"),
        ValueError,
        ("FULL", "SAME", "VALID"),
    ),
    "channels that differ": (
        lambda t: tf.nn.conv2d(tf.ones([1, 4, 4, 3]), tf.ones([2, 2, 1, 8]), [1, 1, 1, 1], "SAME"),
        ValueError,
        (LINE, "3"),
    ),
    "float of a tensor": (lambda t: float(t.prices), TypeError, ("'prices:0'", "session.run", "no value")),
    "int of a tensor": (lambda t: int(t.counts), TypeError, ("'counts:0'", "session.run", "no value")),
    "numpy() of a tensor": (lambda t: t.prices.numpy(), AttributeError, ("'prices:0'", "session.run", "no value")),
    "NumPy of a tensor": (lambda t: np.sum(np.array(t.prices)), NotImplementedError, ("prices:0", "session.run")),
    "if of a tensor": (lambda t: 1 if t.prices > 1.0 else 0, TypeError, ("no value", r"tf\.where")),
    "and of tensors": (lambda t: t.prices > 0.0 and t.prices < 2.0, TypeError, ("no value", r"tf\.where")),
    "for over a tensor": (lambda t: list(t.fed), TypeError, ("'fed:0'", r"tf\.unstack")),
    "len of a tensor": (lambda t: len(t.fed), TypeError, ("fed:0", "shape")),
    "range of a tensor": (lambda t: range(t.counts[0]), TypeError, ("Tensor",)),
    "a placeholder that is not fed": (
        lambda t: t.session.run(t.fed * 2.0),
        tf.errors.InvalidArgumentError,
        ("'fed'", LINE, "feed_dict={'fed:0'"),
    ),
    "a feed of another shape": (
        lambda t: t.session.run(t.fed, {t.fed: np.ones([2, 4])}),
        ValueError,
        (r"\(2, 4\)", r"\(\?, 3\)", "fed:0", LINE),
    ),
    "a feed by the operation's name": (
        lambda t: t.session.run(t.fed, {"fed": np.ones([2, 3])}),
        TypeError,
        ("'fed:0'",),
    ),
    "a feed of text": (lambda t: t.session.run(t.fed, {t.fed: "abc"}), ValueError, ("fed:0", "float32", LINE, "abc")),
    "a feed of uneven lists": (
        lambda t: t.session.run(t.fed, {t.fed: [[1, 2], [3]]}),
        ValueError,
        ("fed:0", r"\[0\] has 2 elements, \[1\] has 1 element", LINE),
    ),
    "a feed of a tensor": (lambda t: t.session.run(t.fed, {t.fed: t.rows}), TypeError, ("cannot be a tf.Tensor",)),
    "a feed of None": (lambda t: t.session.run(t.fed, {t.fed: None}), ValueError, ("None", "fed:0", LINE)),
    "a feed that is no dict": (lambda t: t.session.run(t.fed, np.ones([2, 3])), TypeError, ("feed_dict",)),
    "fetching None": (lambda t: t.session.run(None), TypeError, ("None",)),
    "fetching a number": (lambda t: t.session.run(3), TypeError, ("int",)),
    "fetching a name that is nearly there": (lambda t: t.session.run("price:0"), ValueError, ("prices",)),
    "fetching a Python function": (lambda t: t.session.run(tf.nn.relu), TypeError, ("function",)),
    "a variable without a value": (
        lambda t: t.session.run(t.weight),
        tf.errors.FailedPreconditionError,
        ("weight", "initializer", LINE),
    ),
    "a variable that exists": (_reused, ValueError, ("again", "reuse", LINE)),
    "a variable without a shape": (lambda t: tf.get_variable("shapeless"), ValueError, ("shapeless", "shape")),
    "a value of another type for a variable": (lambda t: t.weight.assign("a"), TypeError, ("string", "float32")),
    "a value of another shape for a variable": (lambda t: t.weight.assign([1.0, 2.0]), ValueError, ("'weight", LINE)),
    "assigning to a constant": (lambda t: tf.assign(t.prices, [0.0, 0.0]), AttributeError, ("prices", "no variable")),
    "training without variables": (
        lambda t: tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(t.prices)),
        ValueError,
        ("No gradients", "weight"),
    ),
    "training a loss of whole numbers": (
        lambda t: tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(t.counts)),
        ValueError,
        ("int32",),
    ),
    "a branch that is a Python bool": (
        lambda t: tf.cond(True, lambda: t.prices, lambda: t.prices),
        TypeError,
        ("Python bool",),
    ),
    "branches of different types": (
        lambda t: tf.cond(t.prices[0] > 0.0, lambda: t.prices, lambda: t.counts),
        (TypeError, ValueError),
        ("int32",),
    ),
    "one hot of floats": (lambda t: tf.one_hot(t.prices, 3), TypeError, ("'prices:0' float32", "int32", LINE)),
    "an index out of range": (
        lambda t: t.session.run(tf.gather(t.rows, [5])),
        tf.errors.InvalidArgumentError,
        (r"5 is not in \[0, 2\)", LINE),
    ),
    "a misspelt type": (lambda t: tf.placeholder("flaot32"), TypeError, ("flaot32",)),
    "uneven lists as a constant": (
        lambda t: tf.constant([[1], [2, 3]]),
        ValueError,
        (r"\[0\] has 1 element, \[1\] has 2 elements",),
    ),
    "uneven lists as an operand": (lambda t: tf.add(t.prices, [[1.0], [2.0, 3.0]]), ValueError, ("different lengths",)),
    "None as an operand": (lambda t: t.prices + None, ValueError, ("None",)),
    "a misspelt name": (lambda t: tf.placholder(tf.float32), AttributeError, ("placeholder",)),
    "a dense layer over a vector": (lambda t: tf.layers.dense(t.prices, 3), ValueError, ("dense", "ndim")),
    "a dense layer over an unknown shape": (
        lambda t: tf.layers.dense(tf.placeholder(tf.float32), 3),
        ValueError,
        ("dense", "rank"),
    ),
    "eval without a session": (lambda t: t.prices.eval(), ValueError, ("session", "with")),
    "a session that is closed": (_closed, RuntimeError, ("closed Session",)),
    "a graph that is finished": (_finalized, RuntimeError, ("finalized",)),
    "a number that is none": (_nan, tf.errors.InvalidArgumentError, ("the loss", LINE)),
    "labels and logits of different shapes": (
        lambda t: tf.nn.sigmoid_cross_entropy_with_logits(labels=t.prices, logits=t.rows),
        ValueError,
        ("same shape",),
    ),
    "eager execution": (lambda t: tf.enable_eager_execution(), NotImplementedError, ("Session",)),
}


def test_there_are_sixty_mistakes() -> None:
    assert len(MISTAKES) >= 60


@pytest.mark.parametrize("name", MISTAKES)
def test_the_error_says_what_where_and_what_instead(name: str) -> None:
    make, kind, fragments = MISTAKES[name]
    things = Things()
    with things.graph.as_default(), pytest.raises(kind) as caught:
        make(things)
    text = str(caught.value)
    for fragment in fragments:
        assert re.search(fragment, text), f"{fragment!r} is not in:\n{text}"
    for insides in ("NoneType' object", "not subscriptable", "inhomogeneous", "np.int", "Traceback"):
        assert insides not in text, text
    if "closed" not in name and "finished" not in name:  # nothing is lost
        assert things.session.run(things.prices).tolist() == [1.0, 2.0]
