"""`python -m bench.frozen`: its models freeze and answer; what does not answer, or otherwise, is told."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from bench import frozen


@pytest.mark.parametrize("name", sorted(frozen.MODELS))
def test_models_freeze_and_answer(name: str, tmp_path: Path) -> None:
    """At the batch that is asked for, with finite numbers."""
    frozen.write(name, 2, tmp_path)
    x = np.load(tmp_path / f"{name}-2.npy")
    value = frozen.open_sessile(str(tmp_path / f"{name}-2.pb"), 1)(x)
    assert x.shape[0] == 2 == value.shape[0] and np.isfinite(value).all() and np.ptp(value) > 0


def test_a_library_is_timed(tmp_path: Path) -> None:
    """The fastest call is not above the median, and both are seconds."""
    frozen.write("mlp", 1, tmp_path)
    python = sys.executable
    found = frozen.compare(str(tmp_path / "mlp-1.pb"), {"sessile": python}, 1, 0.01)
    median, fastest = found["sessile"]
    assert 0 < fastest <= median


def test_a_library_that_is_not_there_is_named(tmp_path: Path) -> None:
    frozen.write("mlp", 1, tmp_path)
    with pytest.raises(SystemExit, match="nothing does not take .*mlp-1.pb: is it installed"):
        frozen.compare(str(tmp_path / "mlp-1.pb"), {"nothing": sys.executable}, 1, 0.01)
