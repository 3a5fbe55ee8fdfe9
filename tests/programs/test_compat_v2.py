"""`tensorflow.compat.v2`: version 2's spelling; what is expected was read off TensorFlow 1.15's own."""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pytest

import sessile as tf
from sessile.compat import v2
from sessile.compat.v2 import respelled
from sessile.compat.v2.namespaces import first_version, namespaces
from sessile.compat.v2.spellings import ELSEWHERE, SPELLINGS


@pytest.mark.parametrize("path", SPELLINGS)
def test_version_one_takes_the_arguments_a_spelling_hands_on(path: str) -> None:
    inner, colon, text = SPELLINGS[path].partition(": ")
    _, renamed, fixed = respelled._read(text if colon else SPELLINGS[path], first_version)
    taken = inspect.signature(first_version(inner if colon else path)).parameters
    assert {*renamed.values(), *fixed} <= {*taken, "-"}


@pytest.mark.parametrize("path", [*SPELLINGS, *ELSEWHERE])
def test_every_row_is_a_name_that_is_found(path: str) -> None:
    module, _, name = path.rpartition(".")
    found = importlib.import_module(f"sessile.compat.v2.{module}".rstrip("."))
    assert name in dir(found) and callable(getattr(found, name))


def test_modules_are_imported_by_their_full_names() -> None:
    for path in namespaces():
        assert importlib.import_module(f"sessile.compat.v2.{path}").__name__.endswith(path)
    assert v2.math is importlib.import_module("sessile.compat.v2.math")


def test_names_of_version_one_alone_are_not_there() -> None:
    for name in ("placeholder", "random_normal", "Session"):
        with pytest.raises(AttributeError, match=name):
            getattr(v2, name)
    assert v2.cast is tf.cast and v2.linalg.cholesky is tf.linalg.cholesky


def test_arguments_have_the_second_versions_order() -> None:
    with tf.Session() as sess:
        assert sess.run(v2.argmax([[1, 5], [7, 2]])).tolist() == [1, 0]
        assert sess.run(v2.where([True, False], [1, 2], 9)).tolist() == [1, 9]
        assert sess.run(v2.gather([[1, 2], [3, 4]], [1], None, 1)).tolist() == [[2], [4]]
        assert sess.run(v2.reduce_sum([[1, 2], [3, 4]], 1, True)).tolist() == [[3], [7]]
        assert sess.run(v2.math.in_top_k([1], [[0.1, 0.7, 0.2]], 1)).tolist() == [True]
        assert sess.run(v2.pad([1], [[1, 0]], "CONSTANT", 5)).tolist() == [5, 1]
        assert sess.run(v2.nn.moments([1.0, 3.0], [0], None, True)[1]).tolist() == [1.0]
    assert v2.argmax([[1, 2]]).op.type == "ArgMax" and v2.where([True], [1], [2]).op.type == "SelectV2"


def test_a_branch_keeps_its_list_and_a_loop_its_structure() -> None:
    (branch,) = v2.cond(tf.constant(True), lambda: [1], lambda: [2])
    assert branch.name == "cond/Merge:0"
    (end,) = v2.while_loop(lambda i: i < 3, lambda i: [i + 1], [0])
    with tf.Session() as sess:
        assert sess.run([branch, end]) == [1, 3]


def test_name_scope_takes_a_string_and_makes_it_unique() -> None:
    with v2.name_scope("a") as scope:
        assert (scope, v2.constant(1.0, name="b").name) == ("a/", "a/b:0")
        with v2.name_scope("") as inner:
            assert (inner, v2.constant(1.0).name) == ("", "Const:0")
    with v2.name_scope("a") as scope:
        assert scope == "a_1/"
    with pytest.raises(ValueError, match="name for name_scope must be a string"):
        v2.name_scope(None)


def test_variables_are_resources_and_all_are_instances() -> None:
    made = v2.Variable([1.0, 2.0], name="z")
    assert (made.op.type, made.name, tf.global_variables()) == ("VarHandleOp", "z:0", [made])
    assert isinstance(made, v2.Variable) and isinstance(tf.Variable(1.0, use_resource=False), v2.Variable)
    assert issubclass(tf.Variable, v2.Variable) and not isinstance(3, v2.Variable)
    with pytest.raises(TypeError):
        v2.Variable(1.0, collections=[])


def test_a_seeded_initializer_gives_the_numbers_of_stateless_types() -> None:
    with tf.Session() as sess:
        drawn = sess.run(v2.random_normal_initializer(1.0, 2.0, seed=3)([2]))
        np.testing.assert_allclose(drawn, [-0.34316957, 4.352101], rtol=1e-6)
        assert sess.run(v2.random_uniform_initializer(0, 10, seed=3)([2], tf.int32)).tolist() == [8, 7]
    assert v2.random_normal_initializer(seed=3).get_config() == {"mean": 0.0, "stddev": 0.05, "seed": 3}
    assert v2.zeros_initializer()([2], tf.string).dtype is tf.string
    with pytest.raises(ValueError, match="Expected floating point type, got <dtype: 'int32'>"):
        v2.random_normal_initializer()([2], tf.int32)
    with pytest.raises(TypeError, match=r"Expected Tensor's shape: \(2,\), got \(3,\)"):
        v2.constant_initializer([1, 2, 3])([2])
