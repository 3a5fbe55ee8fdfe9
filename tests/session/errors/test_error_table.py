"""The table of wrong uses: the class that TensorFlow raises (recorded), a message that tells, and facts as fields."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path
from typing import Any

import pytest

import sessile as tf
from tests.session.errors.test_wrong_uses import CLOSED, WRONG, World
from tests.session.errors.wrong_uses import BUILDING, RUNNING

RECORDED: dict[str, str | None] = json.loads((Path(__file__).parent / "error_classes.json").read_text())
TABLE = BUILDING | RUNNING

STRICTER = {  # TensorFlow raises nothing here, or the accident of its own code
    "wrong: feed list of numbers": "TensorFlow looks at the feed list when the callable runs, and fails without a word",
    "wrong: feed list of operations": "as for numbers",
    "closed: make_callable": "TensorFlow makes the callable, which fails when it is called",
    "closed: explain": "a method of sessile's own",
    "wrong: explain None": "a method of sessile's own",
    "wrong: options": "TensorFlow asks the wrong object for SerializeToString: AttributeError",
    "wrong: metadata": "as for options",
    "wrong: callable's options": "as for options",
    "wrong: too few arguments": "a TypeError as of any function, where TensorFlow misses the placeholder in the step",
    "wrong: too many arguments": "a TypeError as of any function",
}


def classes(error: BaseException) -> set[str]:
    """The names of an error's class and its bases."""
    return {cls.__name__ for cls in type(error).__mro__}


def raised(world: Any, use: Any) -> BaseException:
    with pytest.raises(Exception) as info:
        use(world)
    return info.value


def test_the_table_is_long_enough_and_recorded() -> None:
    """At least 80 wrong uses, every one recorded under TensorFlow; `record_errors.py` does it again."""
    assert len(TABLE) + len(WRONG) + len(CLOSED) >= 150
    names = {*TABLE, *(f"wrong: {name}" for name in WRONG), *(f"closed: {name}" for name in CLOSED)}
    assert names == set(RECORDED)
    assert set(STRICTER) <= names
    assert {name for name, error in RECORDED.items() if error is None} <= set(STRICTER)


@pytest.mark.parametrize("case", TABLE)
def test_class_and_message(case: str) -> None:
    """The class is TensorFlow's, the message names the thing; a failing step names the operation and its line."""
    use, message = TABLE[case]
    error = raised(World(), use)
    assert RECORDED[case] in classes(error), error
    assert re.search(message, str(error), re.DOTALL), error
    if isinstance(error, tf.errors.OpError) and error.op is not None:
        assert error.op.name in str(error)
        assert re.search(r"created at .*(wrong_uses)\.py:\d+", str(error)), error


@pytest.mark.parametrize("case", [name for name in WRONG if f"wrong: {name}" not in STRICTER])
def test_class_of_the_other_table(case: str) -> None:
    """What `test_wrong_uses.py` expects is what TensorFlow raises."""
    assert RECORDED[f"wrong: {case}"] in {cls.__name__ for cls in WRONG[case][1].__mro__}


@pytest.mark.parametrize("case", ["x:0", "i:0"])
def test_a_bad_value_names_its_feed_and_the_line(case: str) -> None:
    """Values that are no numbers, ragged or too large: the message says which feed, and where it was made."""
    world = World()
    for value in ("abc", [[1, 2], [3]], len, 2**70):
        error = raised(world, lambda w, value=value: w.sess.run(case, {case: value}))
        assert isinstance(error, (TypeError, ValueError, OverflowError))
        assert case in str(error) and re.search(r"created at .*test_wrong_uses\.py:\d+", str(error)), error


@pytest.mark.parametrize(
    ("name", "near"), [("foreig", "foreign"), ("yy:0", "y"), ("opp", "op"), ("v/rea:0", "v/read"), ("cc", "c")]
)
def test_unknown_names_offer_near_ones(name: str, near: str) -> None:
    world = World()
    tf.constant(1.0, name="foreign")
    error = raised(world, lambda w: w.sess.run(name))
    assert isinstance(error, ValueError) and f"'{near}" in str(error), error


def test_strings_are_called_strings() -> None:
    """The shapes and types given to a failing operation are in the graph's words."""
    error = raised(World(), lambda w: w.sess.run(tf.Assert(False, [w.s]), {w.s: "text"}))
    assert "string[]" in str(error) and "object" not in str(error)


CODES = [  # by number
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
]  # fmt: skip


@pytest.mark.parametrize("code", range(1, 17))
def test_every_code_has_its_class(code: int) -> None:
    """Codes are TensorFlow's numbers; the class knows its code and the error its facts."""
    cls: Any = tf.errors.exception_type_from_error_code(code)
    assert getattr(tf.errors, CODES[code]) == code
    assert getattr(tf.errors, cls.__name__) is cls and issubclass(cls, tf.errors.OpError)
    assert tf.errors.error_code_from_exception_type(cls) == code
    operation = tf.constant(1.0, name="it").op
    error = cls(None, operation, "words")
    assert (error.error_code, error.message, error.op, error.node_def.name) == (code, "words", operation, "it")
    again = pickle.loads(pickle.dumps(cls(None, None, "words")))
    assert (type(again), again.message, again.error_code) == (cls, "words", code)


def test_status_is_raised_at_the_end_of_the_block() -> None:
    with tf.errors.raise_exception_on_not_ok_status() as status:
        assert (status.code, status.message) == (tf.errors.OK, "")
    with (
        pytest.raises(tf.errors.DataLossError, match="gone"),
        tf.errors.raise_exception_on_not_ok_status() as status,
    ):
        status.code, status.message = tf.errors.DATA_LOSS, "gone"
    with pytest.raises(KeyError), tf.errors.raise_exception_on_not_ok_status() as status:
        status.code = tf.errors.INTERNAL
        raise KeyError("the error inside wins")
