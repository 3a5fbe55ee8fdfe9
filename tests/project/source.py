"""The project's sources, read without importing them: files, layers, imports, functions."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("ops", "compiler", "session", "sessile")  # each may import itself and those before it


class Function(NamedTuple):
    """A function or method: where it stands, its name, and how many lines it has."""

    path: Path
    line: int
    name: str
    length: int

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} {self.name}: {self.length} lines"


def files(*folders: str) -> list[Path]:
    """Return the Python files of the folders."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def _facts(path: Path) -> tuple[list[Function], list[tuple[int, str, bool]], list[tuple[int, str]]]:
    """What one walk of a file finds: a thousand files take seconds, and several tests ask for each."""
    package = package_of(path)
    for_types: set[int] = set()
    found: list[Function] = []
    imported: list[tuple[int, str, bool]] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node) is not None:
                text = node.body[0]
                length -= (text.end_lineno or text.lineno) - text.lineno + 1
            found.append(Function(path, node.lineno, node.name, length))
        elif isinstance(node, ast.Import):
            imported += [(node.lineno, alias.name, False) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *(node.module.split(".") if node.module else [])]
            imported += [(node.lineno, ".".join([*base, alias.name]), bool(node.level)) for alias in node.names]
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for statement in node.body:
                for_types.update(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    when_run = [(line, module) for line, module, _ in imported if line not in for_types]
    return found, imported, when_run


def functions(path: Path) -> list[Function]:
    """Every function of a file; lines count from `def` to the end, the docstring left out."""
    return _facts(path)[0]


def imports(path: Path) -> list[tuple[int, str, bool]]:
    """Line, absolute name of the module (or of the name taken from it), and whether it was written relative."""
    return _facts(path)[1]


def runtime_imports(path: Path) -> list[tuple[int, str]]:
    """Line and absolute name of what is imported when code runs: inside functions too, for types alone not."""
    return _facts(path)[2]


def package_of(path: Path) -> list[str]:
    """Return the parts of the installed package that holds a file: `ops/proto/pool.py` is in sessile.ops.proto."""
    parts = list(path.relative_to(ROOT).parts[:-1])
    return parts if parts[0] == "sessile" else ["sessile", *parts]


def module_of(path: Path) -> str:
    """Return the name a file is imported by: `ops/graph/graph.py` is sessile.ops.graph.graph."""
    package = package_of(path)
    return ".".join(package if path.stem == "__init__" else [*package, path.stem])


def layer_of(module: str) -> str | None:
    """Return the layer that a module belongs to, or None if it is not ours."""
    parts = module.split(".")
    if parts[0] != "sessile":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in LAYERS else "sessile"
