"""Docstrings, documents and the version say the same as the code."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.project import source

MODULES = sorted(info.name for info in pkgutil.walk_packages(tf.__path__, "sessile."))


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith("__main__")])
def test_docstring_examples(name: str) -> None:
    """The examples in the docstrings of a module answer what they say."""
    if name == "sessile.flags.of_absl":
        pytest.importorskip("absl")  # an extra
    module = importlib.import_module(name)
    names = {key: getattr(tf, key) for key in dir(tf) if not key.startswith("_")}
    tests = doctest.DocTestFinder(exclude_empty=True).find(module, name, extraglobs={"tf": tf, "np": np})
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    output: list[str] = []
    for test in tests:
        if not test.examples:
            continue
        test.globs = {**names, **test.globs}
        with tf.Graph().as_default(), tf.Session():
            runner.run(test, out=output.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(output)


def _public(path: Path) -> list[tuple[int, str]]:
    """Return line and name of what is public in a file and has no docstring: functions, classes, their methods."""
    missing = []
    module = source.tree(path)
    for node in module.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            if ast.get_docstring(node) is None:
                missing.append((node.lineno, node.name))
            if isinstance(node, ast.ClassDef):
                missing += _undocumented_methods(node)
    return missing


def _undocumented_methods(cls: ast.ClassDef) -> list[tuple[int, str]]:
    """Methods without a docstring; a one-line property says what it is by its name."""
    return [
        (node.lineno, f"{cls.name}.{node.name}")
        for node in cls.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
        and not (len(node.body) == 1 and any("property" in ast.unparse(mark) for mark in node.decorator_list))
    ]


@pytest.mark.parametrize("path", source.files(*source.LAYERS), ids=lambda path: str(path.relative_to(source.ROOT)))
def test_everything_public_has_a_docstring(path: Path) -> None:
    """Every module with code, public function, class and method says what it is for."""
    if path.read_text(encoding="utf-8").strip():
        assert ast.get_docstring(source.tree(path)), "the module has no docstring"
    assert not _public(path)


def test_the_public_face_is_documented() -> None:
    """Each function and class that `import sessile as tf` offers has a docstring."""
    public = {name: getattr(tf, name) for name in dir(tf) if not name.startswith("_")}
    ours = {name: value for name, value in public.items() if callable(value) and not hasattr(value, "DESCRIPTOR")}
    bare = [name for name, value in ours.items() if not value.__doc__]  # messages are described in their schema
    assert not bare


def _project_version() -> str:
    text = (source.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^version = "(.+)"$', text, re.MULTILINE)
    assert found is not None
    return found.group(1)


def test_one_version() -> None:
    """pyproject.toml, the installed metadata and `__version__` agree."""
    assert metadata.version("sessile") == _project_version() == tf.__version__


def test_changelog_has_the_version() -> None:
    """CHANGELOG.md opens with what is unreleased and knows the current version."""
    text = (source.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[?([^\]\s]+)", text, re.MULTILINE)
    assert headings[0] in ("Unreleased", _project_version())
    assert _project_version() in headings


@pytest.mark.parametrize("path", sorted(source.ROOT.glob("*.md")) + sorted(source.ROOT.glob("docs/**/*.md")), ids=str)
def test_links_of_documents_lead_somewhere(path: Path) -> None:
    """Relative links of the documents name files that exist."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def _plain_examples() -> list[Path]:
    """Those that need no TensorFlow beside them; `tests/programs/test_examples.py` runs the others."""
    texts = {path: path.read_text(encoding="utf-8") for path in source.files("examples")}
    return [path for path, text in texts.items() if "def train() ->" not in text and "TENSORFLOW" not in text]


@pytest.mark.parametrize("path", _plain_examples(), ids=lambda path: path.stem)
def test_examples_run(path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file of `examples/` runs from start to end."""
    monkeypatch.setattr(sys, "argv", [str(path)])  # pytest's own arguments are none of theirs
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    exec(code, {"__name__": "__main__", "__file__": str(path)})


def test_adding_an_op_fits_on_a_page() -> None:
    """If the guide grows beyond a page, the design is wrong."""
    text = (source.ROOT / "docs" / "adding-an-op.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 70
