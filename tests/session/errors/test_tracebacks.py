"""Tracebacks show the user's frames, as TensorFlow and JAX show them; ours on request."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sessile.ops.base.origin import is_inner

import sessile as tf


def frames_of_ours(error: BaseException) -> list[str]:
    """The functions of ours in a traceback."""
    return [
        frame.f_code.co_name
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if is_inner(frame.f_code.co_filename)
    ]


def calls() -> dict[str, Callable[[tf.Session, Any, Any], Any]]:
    """Ways to fail while a session runs."""
    return {
        "missing feed": lambda sess, x, y: sess.run(y),
        "wrong shape": lambda sess, x, y: sess.run(y, {x: [1.0, 2.0, 3.0]}),
        "wrong key": lambda sess, x, y: sess.run(y, {"nothing:0": 1.0}),
        "options": lambda sess, x, y: sess.run(y, options=tf.RunOptions(timeout_in_ms=10_000)),
        "callable": lambda sess, x, y: sess.make_callable(y, [x])([1.0, 2.0, 3.0]),
        "structure": lambda sess, x, y: sess.make_callable({"y": y}, [x])([1.0, 2.0, 3.0]),
        "too many": lambda sess, x, y: sess.make_callable(y, [x])(1.0, 2.0),
        "eval": lambda sess, x, y: y.eval(session=sess),
    }


@pytest.mark.parametrize("way", calls())
def test_the_frames_of_a_step_are_hidden(way: str) -> None:
    """A missing feed showed a dozen frames of pruning."""
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [2])
        with pytest.raises(Exception) as caught:
            calls()[way](sess, x, x + 1.0)
        assert len(frames_of_ours(caught.value)) <= 2  # the function that the user called


def test_the_users_function_is_shown() -> None:
    """What a step calls of the user's is no frame of ours."""

    def fails(value: Any) -> Any:
        raise KeyError("mine")

    with tf.Graph().as_default(), tf.Session() as sess, pytest.raises(tf.errors.UnknownError) as caught:
        sess.run(tf.py_func(fails, [1.0], tf.float32))
    cause = caught.value.__cause__
    assert cause is not None
    assert [frame.f_code.co_name for frame, _ in traceback.walk_tb(cause.__traceback__)] == ["fails"]


SCRIPT = """
import threading
import sessile as tf
def build():
    x = tf.placeholder(tf.float32, [2])
    return tf.matmul(x, x)
def in_thread():
    tf.Session().run(tf.placeholder(tf.float32, name="x"))
thread = threading.Thread(target=in_thread)
thread.start()
thread.join()
build()
"""


@pytest.mark.parametrize(("setting", "shown"), [("", False), ("full", True)])
def test_what_ends_a_program_shows_its_lines(tmp_path: Path, setting: str, shown: bool) -> None:
    """Also where a graph is built, and in threads; SESSILE_TRACEBACK=full shows all."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "SESSILE_TRACEBACK": setting}
    command = [sys.executable, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 1
    assert "in build" in done.stderr and "in in_thread" in done.stderr and "Shape must be rank 2" in done.stderr
    assert ("make_node.py" in done.stderr) == ("prune.py" in done.stderr) == shown


def test_another_hook_still_sees_the_error(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "sys.excepthook = lambda kind, error, traceback: print('seen', kind.__name__)\n"
        "import sessile as tf\n"
        "tf.matmul(1.0, 2.0)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert done.stdout == "seen ValueError\n"
