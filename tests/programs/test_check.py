"""`python -m sessile check`: what programs use of TensorFlow that is not here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sessile.__main__ import main
from sessile.checking.advice import advice_for
from sessile.checking.programs import uses_in

PROGRAM = """
import tensorflow as tf
import tensorflow.contrib.estimator as tpu
from tensorflow.python.framework import ops
from tensorflow import lite
layers = tf.layers
def f(x):
    tf.placeholder(tf.float32)
    tf.Session.run
    tf.no_such_thing(x)
    return tpu.RNNEstimator, ops.name_scope, tf.app.flags.FLAGS.batch, tf.__version__
"""


def check(arguments: list[str], capsys: Any) -> tuple[int, str]:
    """The exit code and what was printed."""
    code = main(["check", *arguments])
    return code, capsys.readouterr().out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of programs."""
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "fine.py").write_text("import tensorflow.compat.v1 as tf\ntf.nn.relu(1.0)\n")
    cells = [
        {"cell_type": "markdown", "source": ["# text"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import tensorflow as tf\n"]},
        {"cell_type": "code", "source": "!ls\ntf.no_such_thing(1)\n"},
        {"cell_type": "code", "source": "%%bash\nls -l\n"},
    ]
    (tmp_path / "book.ipynb").write_text(json.dumps({"cells": cells}))
    inner = tmp_path / ".venv"
    inner.mkdir()
    (inner / "skipped.py").write_text("import tensorflow.no_such_thing\n")
    return tmp_path


def test_uses_are_found_where_they_stand(folder: Path) -> None:
    uses = uses_in(folder / "program.py")
    missing = {(use.line, use.name) for use in uses if not use.is_here}
    assert missing == {
        (5, "lite"),
        (10, "no_such_thing"),
        (11, "contrib.estimator.RNNEstimator"),
    }
    there = {use.name for use in uses if use.is_here}
    assert {"python.framework.ops", "python.framework.ops.name_scope", "placeholder", "Session.run"} <= there
    assert "app.flags.FLAGS.batch" in there and "__version__" in there


def test_what_is_missing_is_listed_with_advice(folder: Path, capsys: Any) -> None:
    code, text = check([str(folder)], capsys)
    assert code == 1
    assert f"{folder}/program.py:10: tf.no_such_thing is not here, nor in TensorFlow 1.15" in text
    assert "program.py:11: tf.contrib.estimator.RNNEstimator is not built" in text
    assert "book.ipynb:cell 3:2: tf.no_such_thing" in text
    assert "skipped" not in text
    assert "names, in 3 files" in text.splitlines()[-1]


def test_a_program_that_runs_here(folder: Path, capsys: Any) -> None:
    code, text = check([str(folder / "fine.py")], capsys)
    assert code == 0
    assert text == "1 of 1 uses of TensorFlow (100.0 %) are here: 1 of 1 names, in 1 file\n"


def test_json(folder: Path, capsys: Any) -> None:
    code, text = check(["--json", str(folder / "book.ipynb")], capsys)
    told = json.loads(text)
    assert code == 1 and told["files"] == 1 and told["share"] == 0.0
    (row,) = told["missing"]
    assert (row["name"], row["line"], row["cell"]) == ("no_such_thing", 2, 3)


def test_what_cannot_be_read(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "old.py").write_text("print 'Python 2'\n")
    code, text = check([str(tmp_path / "old.py"), str(tmp_path / "lost")], capsys)
    assert code == 2
    assert "old.py: not read: line 1" in text and "lost: not read: no such file or folder" in text


def test_of_private_modules_nothing_is_claimed() -> None:
    """Their names are not recorded: that TensorFlow 1.15 has none is said of public names only."""
    assert advice_for("python.tpu.tpu.rewrite") == " is not here"
    assert advice_for("nn.convolve") == " is not here, nor in TensorFlow 1.15"
    for name in ("contrib.resampler.resample", "contrib.memory_stats.MaxBytesIn", "contrib.compiler.xla.compiled"):
        assert advice_for(name) == " is not here"


def test_what_a_program_gives_a_value_is_there_for_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """TFLearn and others keep names of collections in `tf.GraphKeys`."""
    (tmp_path / "keys.py").write_text("import tensorflow as tf\ntf.GraphKeys.OURS = 'ours'\n")
    (tmp_path / "use.py").write_text("import tensorflow as tf\ntf.get_collection(tf.GraphKeys.OURS)\n")
    assert main(["check", str(tmp_path / "use.py")]) == 1
    assert "use.py:2: tf.GraphKeys.OURS" in capsys.readouterr().out
    assert main(["check", str(tmp_path)]) == 0
    assert "2 of 2 uses" in capsys.readouterr().out
