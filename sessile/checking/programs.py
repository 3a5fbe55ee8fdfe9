"""Programs and notebooks, read as syntax trees: which names of TensorFlow they use, and where."""

from __future__ import annotations

import ast
import json
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .names import is_here

_SKIPPED = frozenset({"__pycache__", ".git", ".hg", ".tox", ".venv", "venv", "node_modules", "site-packages"})
_ROOT = re.compile(r"tensorflow(\.compat\.v1)?(\.|$)")


class Use(NamedTuple):
    """One use of a name of TensorFlow.

    Attributes:
      name: without `tf.`, such as `nn.conv2d`.
      file, line: where; of a notebook the line within the cell.
      cell: which cell of a notebook, counted from 1; None for a program.
      is_here: whether this library has the name.
      is_set: whether the program gives it a value, as in `tf.GraphKeys.LAYERS = "layers"`, and does not read it.
    """

    name: str
    file: str
    line: int
    cell: int | None
    is_here: bool
    is_set: bool = False

    @property
    def place(self) -> str:
        """`file:line`, as editors read it."""
        return f"{self.file}:{self.line}" if self.cell is None else f"{self.file}:cell {self.cell}:{self.line}"


def with_own_names(uses: Iterable[Use]) -> list[Use]:
    """The uses of what programs read; a name that one of them gives a value is there for all of them."""
    uses = list(uses)
    own = {use.name for use in uses if use.is_set}
    return [use._replace(is_here=use.is_here or use.name in own) for use in uses if not use.is_set]


def programs_in(paths: Iterable[str]) -> tuple[list[Path], list[str]]:
    """Return the programs and notebooks that paths name or hold, and the paths that are not there."""
    found: dict[Path, None] = {}
    lost = []
    for word in paths:
        path = Path(word)
        if path.is_dir():
            found.update(dict.fromkeys(_walk(path)))
        elif path.is_file():
            found[path] = None
        else:
            lost.append(word)
    return list(found), lost


def _walk(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        yield from (Path(here, name) for name in sorted(files) if name.endswith((".py", ".ipynb")))


def uses_in(path: Path) -> list[Use]:
    """Return the uses of TensorFlow in a program or notebook, in order.

    Raises: SyntaxError for what Python 3 does not read, OSError, ValueError for a damaged notebook.
    """
    data = path.read_bytes()
    if path.suffix != ".ipynb":
        return _Reader(str(path), None).read(_tree(data, str(path)))
    uses: list[Use] = []
    reader = _Reader(str(path), None)
    for number, source in _cells(json.loads(data)):
        reader.cell = number
        uses += reader.read(_tree(source, str(path)))
    return uses


def _tree(source: Any, name: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the program's strings
        tree: ast.Module = ast.parse(source, name)
    return tree


def _cells(notebook: Any) -> Iterator[tuple[int, str]]:
    cells = notebook.get("cells") or [cell for sheet in notebook.get("worksheets", []) for cell in sheet["cells"]]
    for number, cell in enumerate(cells, 1):
        if cell.get("cell_type") == "code":
            text = "".join(cell.get("source", cell.get("input", "")))
            if not text.lstrip().startswith("%%"):  # another language
                yield number, "\n".join("" if re.match(r"\s*[%!?]", line) else line for line in text.split("\n"))


class _Reader:
    """Finds uses in one program; the cells of a notebook share what they import.

    Attributes:
      cell: the cell that is read.
    """

    def __init__(self, file: str, cell: int | None) -> None:
        self._file = file
        self.cell = cell
        self._names: dict[str, str] = {}  # from a name of the program to what it is of TensorFlow's

    def read(self, tree: ast.Module) -> list[Use]:
        """Return the uses in a tree."""
        uses: dict[tuple[int, str], bool] = {}  # whether it is given a value
        for node in ast.walk(tree):  # imports first: a function may use what is imported further down
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for name in self._imported(node):
                    uses[node.lineno, name] = False
        for node in ast.walk(tree):  # then `layers = tf.layers`
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                whole = self._whole(node.value)
                if whole:
                    self._names.setdefault(node.targets[0].id, whole)
        inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and id(node) not in inner:
                whole = self._whole(node)
                if whole:
                    uses[node.lineno, whole] = isinstance(node.ctx, ast.Store) and uses.get((node.lineno, whole), True)
        rows = sorted(uses.items())
        return [Use(name, self._file, line, self.cell, is_here(name), is_set) for (line, name), is_set in rows]

    def _imported(self, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        """Keep what an import binds; yields the names of TensorFlow it uses."""
        if isinstance(node, ast.ImportFrom):
            if node.level or not node.module or not _ROOT.match(node.module):
                return
            for alias in node.names:
                whole = f"{_inner(node.module)}.{alias.name}".strip(".")
                if alias.name == "*":
                    continue
                self._names[alias.asname or alias.name] = whole if whole != "compat.v1" else ""
                if whole:
                    yield whole
            return
        for alias in node.names:
            if _ROOT.match(alias.name):
                self._names[alias.asname or "tensorflow"] = _inner(alias.name) if alias.asname else ""
                if _inner(alias.name):
                    yield _inner(alias.name)

    def _whole(self, node: ast.expr) -> str | None:
        """The name of TensorFlow that an expression such as `tf.nn.relu` is; None for others."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._names:
            return None
        whole = ".".join([part for part in (self._names[node.id], *reversed(parts)) if part])
        return whole.removeprefix("compat.v1").lstrip(".")


def _inner(module: str) -> str:
    return re.sub(r"^tensorflow(\.compat\.v1)?\.?", "", module)
