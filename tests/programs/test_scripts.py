"""Programs written for TensorFlow 1 in the usual manner run unchanged: `python -m sessile script.py`."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sessile.checking.programs import uses_in

SCRIPTS = Path(__file__).parent / "scripts"


def run(name: str, folder: Path, *arguments: str) -> Any:
    """What a program printed. Fails if it did."""
    command = [sys.executable, "-m", "sessile", str(SCRIPTS / f"{name}.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=300)
    assert done.returncode == 0, done.stderr
    return done


def numbers(text: str) -> list[float]:
    """The numbers in a line."""
    return [float(word) for word in text.replace("np.float32(", " ").translate(str.maketrans("()[],", "     ")).split()]


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.stem)
def test_all_names_are_here(path: Path) -> None:
    uses = uses_in(path)
    assert uses and [use.name for use in uses if not use.is_here] == []


def test_linear_regression(tmp_path: Path) -> None:
    weight, bias, cost = numbers(run("linreg", tmp_path).stdout)
    assert abs(weight - 3.0) < 0.05 and abs(bias - 2.0) < 0.05 and cost < 1e-3


@pytest.mark.parametrize("name", ["gan", "dqn", "rnn", "slimnet"])
def test_losses_are_finite(name: str, tmp_path: Path) -> None:
    lines = [line for line in run(name, tmp_path).stdout.splitlines() if "'" not in line]
    assert lines and np.all(np.isfinite(numbers(" ".join(lines))))


def test_word2vec(tmp_path: Path) -> None:
    assert run("word2vec", tmp_path).stdout.rstrip().endswith("(3, 100)")


def test_a_program_of_tensorflow_0(tmp_path: Path) -> None:
    done = run("old", tmp_path)
    assert done.stdout.startswith("[4. 4. 4.] (3, 4) (2, 3, 2)")
    assert done.stderr.count("is TensorFlow 0.x's spelling") == 3
    assert list((tmp_path / "log").glob("events.out.tfevents.*"))


def test_mnist_with_flags_summaries_and_a_checkpoint(tmp_path: Path) -> None:
    data = tmp_path / "digits"
    data.mkdir()
    random = np.random.RandomState(0)
    shapes = random.rand(10, 28, 28)
    for stem, count in (("train", 600), ("t10k", 100)):
        labels = random.randint(0, 10, count).astype(np.uint8)
        images = (np.clip(shapes[labels] + 0.2 * random.randn(count, 28, 28), 0, 1) * 255).astype(np.uint8)
        head = np.array([2051, count, 28, 28], ">u4").tobytes()
        (data / f"{stem}-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + images.tobytes(), 1))
        head = np.array([2049, count], ">u4").tobytes()
        (data / f"{stem}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(head + labels.tobytes(), 1))
    done = run("cnn", tmp_path, "--data_dir=digits", "--steps", "15", "--lr=0.005")
    path, accuracy = done.stdout.splitlines()
    assert path == "model.ckpt" and (tmp_path / "model.ckpt.index").exists()
    assert accuracy.startswith("test accuracy") and 0.0 <= float(accuracy.split()[-1]) <= 1.0
