"""`import sessile` is quick: what is heavy loads on first use."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import sessile

HEAVY = ("numba", "llvmlite", "scipy", "google.protobuf", "matplotlib", "dataclasses", "unittest")


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after `code`."""
    script = f"{code}\nimport sys\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def after_import() -> set[str]:
    """The modules that `import sessile` loads beyond those of NumPy and ml_dtypes."""
    return loaded_by("import sessile") - loaded_by("import numpy, ml_dtypes")


def test_a_first_step_loads_no_bfloat16() -> None:
    """ml_dtypes takes 8 ms, and most programs have no such numbers."""
    loaded = loaded_by("import sessile as tf; tf.Session().run(tf.reduce_sum(tf.constant([1.0]) * tf.ones([1])))")
    assert "ml_dtypes" not in loaded


@pytest.mark.parametrize("module", HEAVY)
def test_import_leaves_heavy_modules_out(module: str, after_import: set[str]) -> None:
    """None of them, nor a part of them, is loaded."""
    assert not [name for name in after_import if name == module or name.startswith(module + ".")]


def test_import_loads_only_us_and_the_standard_library(after_import: set[str]) -> None:
    """No further package of the environment is loaded."""
    tops = {name.split(".")[0] for name in after_import}
    foreign = tops - set(sys.stdlib_module_names) - {"sessile"}
    assert not {name for name in foreign if not name.startswith("_")}


def test_building_a_graph_needs_no_compiler() -> None:
    """A graph is built without numba, llvmlite, scipy or protobuf."""
    code = "import sessile as tf\nx = tf.placeholder(tf.float32, [None, 3])\ny = tf.reduce_sum(tf.exp(x) * 2.0 + 1.0)"
    loaded = loaded_by(code)
    assert not loaded & {"numba", "llvmlite", "scipy", "google.protobuf"}


def test_types_are_shipped() -> None:
    """`py.typed` lies in the package, so that checkers of other projects read our annotations."""
    assert (Path(str(sessile.__file__)).parent / "py.typed").exists()


def test_purelib_has_no_bare_layers() -> None:
    """The layers are installed inside the package only, never as `ops` or `session` beside it."""
    purelib = Path(sysconfig.get_paths()["purelib"])
    assert not [name for name in ("ops", "compiler", "session") if (purelib / name).exists()]
