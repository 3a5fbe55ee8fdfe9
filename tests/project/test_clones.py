"""A clone of any name works, with or without an installed copy, and under an environment that is reached by a link."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.project import source

SCRIPT = """
import sessile as tf
import sessile.ops
x = tf.constant([1, 2], name="x")
print(sessile.ops.__file__)
print(x.op.traceback[-1].filename, x.op.created_at)
with tf.Session() as sess:
    print(sess.run(x + 1).tolist())
try:
    x + [1, 2, 3]
except ValueError as error:
    print(str(error).splitlines()[-1].strip())
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layers and the package as they lie in a clone that is called `sessile`, with a script at its root."""
    root = tmp_path_factory.mktemp("clones") / "sessile"
    for layer in source.LAYERS:
        shutil.copytree(source.ROOT / layer, root / layer, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "script.py").write_text(SCRIPT, encoding="utf-8")
    return root


def run(*command: str, **variables: str) -> list[str]:
    """The lines that a process prints."""
    environment = {**os.environ, **variables}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_script_in_a_clone_named_like_the_package_is_the_users_code(clone: Path) -> None:
    """`created at None` was printed there; and its own layers are taken, though a copy is installed."""
    script = clone / "script.py"
    layers, place, result, created = run(sys.executable, str(script))
    assert Path(layers) == clone / "ops" / "__init__.py"
    assert place == f"{script} {script}:4"
    assert (result, created) == ("[2, 3]", f"created at {script}:10")


def test_a_script_in_a_clone_needs_no_installed_copy(clone: Path) -> None:
    """Without the packages' `.pth` files nothing but NumPy and its like is found."""
    packages = sysconfig.get_path("purelib")
    lines = run(sys.executable, "-S", str(clone / "script.py"), PYTHONPATH=packages)
    assert lines[2] == "[2, 3]"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="there are no links")
def test_an_environment_reached_by_a_link_does_not_make_our_files_the_users(tmp_path: Path) -> None:
    """Files' names then begin with the link's name, in frames as in modules or in one of both only."""
    linked = tmp_path / "linked"
    linked.symlink_to(sys.prefix, target_is_directory=True)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    python = linked / Path(sys.executable).relative_to(sys.prefix)
    _, place, _, created = run(str(python), str(script))
    assert place == f"{script} {script}:4"
    assert created == f"created at {script}:10"


def test_a_package_reached_by_a_link_does_not_make_our_files_the_users(clone: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    linked.symlink_to(clone, target_is_directory=True)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    _, place, _, created = run(sys.executable, str(script), PYTHONPATH=str(linked))
    assert (place, created) == (f"{script} {script}:4", f"created at {script}:10")


def test_a_folder_named_like_the_package_hides_no_installed_copy(tmp_path: Path) -> None:
    """Where Python is started beside a clone: the clone's folder has no file that makes it a package."""
    packages = Path(sysconfig.get_path("purelib"))
    if any(packages.glob("__editable__*sessile*")) and not (packages / "sessile_clone.pth").exists():
        pytest.skip("an editable install that make has not made: setuptools finds it after such folders")
    (tmp_path / "sessile").mkdir()
    code = "import sessile as tf; print(tf.Session().run(tf.constant(1) + 1))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("2\n", 0), done.stderr


def test_walking_through_the_package_comes_to_an_end() -> None:
    """The package is not found within itself."""
    walk = "[m.name for m in pkgutil.walk_packages(sessile.__path__, 'sessile.')]"
    assert run(sys.executable, "-c", f"import pkgutil, sessile; print('sessile.sessile' in {walk})") == ["False"]
