"""`tf.app.run`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sessile as tf


def leave_with(main: Any, argv: list[str]) -> Any:
    """The exit code."""
    with pytest.raises(SystemExit) as left:
        tf.app.run(main, argv=argv)
    return left.value.code


def test_exit_code_is_what_main_returns() -> None:
    assert leave_with(lambda argv: 7, ["a"]) == 7
    assert leave_with(lambda argv: None, ["a"]) is None
    assert leave_with(lambda argv: "text", ["a"]) == "text"


def test_arguments_are_handed_on() -> None:
    seen: list[Any] = []
    leave_with(seen.append, ["a", "--unknown=3", "b"])
    assert seen == [["a", "--unknown=3", "b"]]


def test_main_must_take_the_arguments() -> None:
    with pytest.raises(TypeError, match="takes 0 positional arguments but 1 was given"):
        tf.app.run(lambda: 7, argv=["a"])


def test_main_of_the_script(tmp_path: Path) -> None:
    """A script that ends with `tf.app.run()` runs its own `main` with the arguments of the command line."""
    script = tmp_path / "script.py"
    script.write_text("import sessile as tf\ndef main(argv):\n    print(argv[1:])\n    return 3\ntf.app.run()\n")
    done = subprocess.run([sys.executable, str(script), "--foo", "1"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (3, "['--foo', '1']\n")


def test_app_has_nothing_else() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = tf.app.nothing
