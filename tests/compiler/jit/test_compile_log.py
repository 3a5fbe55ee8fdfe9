"""What is compiled, why, and how long it takes: the logger, SESSILE_LOG, the progress line of a terminal."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sessile.compiler.machine import compile_log

import sessile as tf

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import numpy as np, sessile as tf
x, y = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None, None])
call = tf.Session().make_callable(tf.tanh(x * 2.5 + y, name="tower/tanh"), [x, y])
call(np.ones((3, 4)), np.ones((3, 4)))
call(np.ones((3, 4)), np.ones((1, 4)))
call(np.ones((5, 6)), np.ones((5, 6)))
"""


def run(cache: Path, **environment: str) -> str:
    """Return what the program writes to standard error."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "SESSILE_CACHE_DIR": str(cache), **environment}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=variables, capture_output=True, text=True, check=True)
    return done.stderr


def test_the_environment_shows_what_is_compiled_and_why(tmp_path: Path) -> None:
    lines = run(tmp_path, SESSILE_LOG="compile").splitlines()
    kernels = [line for line in lines if "kernel of" in line]
    assert len(kernels) == 2 and all(line.startswith("sessile: compiled") and line.endswith("ms") for line in kernels)
    assert "tower/tanh" in kernels[0] and "(first call)" in kernels[0]
    assert "(guard broken: " in kernels[1]
    again = [line for line in run(tmp_path, SESSILE_LOG="compile").splitlines() if "kernel of" in line]
    assert len(again) == 2 and all(line.startswith("sessile: loaded") for line in again)
    assert run(tmp_path) == ""


def test_the_logger_tells_programs_that_set_it_up(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="sessile")
    x = tf.placeholder(tf.float32, [None])
    with tf.Session() as session:
        session.make_callable(tf.cos(x * 0.712) + 0.25, [x])(np.ones(3, np.float32))
    texts = [record.getMessage() for record in caplog.records]
    assert any("(first call)" in text and text.endswith("ms") for text in texts)


def test_a_terminal_shows_a_long_compilation_and_clears_the_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setattr(compile_log, "PATIENCE", 0.05)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with compile_log.compilation("tower/tanh, 3 instructions", "first call") as job:
        job.total = 2
        job.done("kernel", "tower/tanh", 0.01)
        time.sleep(0.5)
    shown = capsys.readouterr().err
    assert "sessile: compiling tower/tanh, 3 instructions (first call): 1 of 2 kernels" in shown
    assert shown.endswith("\r\x1b[K")
    with compile_log.compilation("tower/tanh", "first call"):
        pass
    assert capsys.readouterr().err == ""
