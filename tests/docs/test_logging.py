"""`tf.logging`: levels, counters, where messages go."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

import sessile as tf


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    """The verbosity is the process's: give it back."""
    logger = logging.getLogger("sessile")
    before = logger.level
    yield
    logger.setLevel(before)


def texts(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Level and message of what was logged."""
    return [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "sessile"]


def test_levels() -> None:
    """The levels are those of Python's logging, as in TensorFlow."""
    found = tf.logging.DEBUG, tf.logging.INFO, tf.logging.WARN, tf.logging.ERROR, tf.logging.FATAL
    assert found == (10, 20, 30, 40, 50)


def test_each_function_logs_at_its_level(caplog: pytest.LogCaptureFixture) -> None:
    tf.logging.set_verbosity(tf.logging.DEBUG)
    tf.logging.debug("a %d", 1)
    tf.logging.info("b")
    tf.logging.warn("c")
    tf.logging.warning("d %s", "x")
    tf.logging.error("e")
    tf.logging.fatal("f")
    tf.logging.log(tf.logging.INFO, "g %d", 2)
    tf.logging.vlog(10, "h")
    tf.logging.TaskLevelStatusMessage("i")
    assert texts(caplog) == [
        ("DEBUG", "a 1"), ("INFO", "b"), ("WARNING", "c"), ("WARNING", "d x"), ("ERROR", "e"), ("CRITICAL", "f"),
        ("INFO", "g 2"), ("DEBUG", "h"), ("ERROR", "i"),
    ]  # fmt: skip


def test_the_users_line_is_recorded(caplog: pytest.LogCaptureFixture) -> None:
    tf.logging.error("here")
    tf.logging.log_if(tf.logging.ERROR, "and here", True)
    tf.logging.log_first_n(tf.logging.ERROR, "and here too", 1)
    assert {(record.filename, record.funcName) for record in caplog.records} == {
        ("test_logging.py", "test_the_users_line_is_recorded")
    }


def test_verbosity(caplog: pytest.LogCaptureFixture) -> None:
    assert tf.logging.get_verbosity() == tf.logging.WARN
    tf.logging.info("hidden")
    tf.logging.set_verbosity("ERROR")
    assert tf.logging.get_verbosity() == tf.logging.ERROR
    tf.logging.warning("hidden")
    tf.logging.error("shown")
    assert texts(caplog) == [("ERROR", "shown")]


def test_wrong_verbosity() -> None:
    with pytest.raises(ValueError, match="Unknown level: 'nope'"):
        tf.logging.set_verbosity("nope")
    with pytest.raises(TypeError, match="Level not an integer or a valid string: None"):
        tf.logging.set_verbosity(None)


def test_counted_messages(caplog: pytest.LogCaptureFixture) -> None:
    """As recorded from TensorFlow: the first n; the n-th, the 2n-th, ... of one line."""
    for number in range(5):
        tf.logging.log_first_n(tf.logging.ERROR, "first %d", 2, number)
        tf.logging.log_every_n(tf.logging.ERROR, "every %d", 2, number)
        tf.logging.log_if(tf.logging.ERROR, "if %d", number == 4, number)
    said = [text for _, text in texts(caplog)]
    assert said == ["first 0", "first 1", "every 1", "every 3", "if 4"]


def test_messages_go_to_standard_error_if_nothing_is_configured() -> None:
    script = "import sessile as tf; tf.logging.error('to %s', 'you'); tf.logging.info('no'); tf.logging.flush()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == "ERROR:sessile:to you\n"
    assert done.stdout == ""


def test_a_configured_root_is_left_alone() -> None:
    script = (
        "import logging, sys; logging.basicConfig(stream=sys.stdout, format='%(message)s')\n"
        "import sessile as tf; tf.logging.error('once')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("once\n", "")


def test_compat_has_it() -> None:
    assert tf.compat.v1.logging.info is tf.logging.info
