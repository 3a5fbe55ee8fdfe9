"""Write the `.pyi` stubs of the public modules from the tables of names: `python tools/make_stubs.py [--check]`.

Public names are imported when they are first used, which neither type checkers nor editors can follow. A stub says it
with imports: `from sessile.ops.families.nn.bias import bias_add as bias_add`. A module with code of its own has none.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

from sessile.lazy import expanded
from sessile.names import NAMES

ROOT = Path(__file__).resolve().parents[1] / "sessile"
HEAD = '"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""\n\n'


def stubs() -> Iterator[tuple[Path, str]]:
    """Yield the path and the text of every stub."""
    for namespace in NAMES:
        module = f"sessile.{namespace}" if namespace else "sessile"
        spec = importlib.util.find_spec(module)
        if spec is None or spec.origin is None:
            raise SystemExit(f"{module}: there is no such module")
        path = Path(spec.origin)
        if path.is_relative_to(ROOT) and is_lazy_alone(path):
            yield path.with_suffix(".pyi"), stub(namespace, path)
            if not namespace:
                yield path.parent / "compat" / "v1" / "__init__.pyi", stub(namespace, path)


def is_lazy_alone(path: Path) -> bool:
    """Whether a module has no public functions or classes of its own."""
    tree = ast.parse(path.read_text())
    own = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    return all(node.name.startswith("_") for node in own)


def stub(namespace: str, path: Path) -> str:
    """Return the text of one."""
    lines = []
    for name, place in sorted(expanded(namespace).items()):
        module, _, attribute = place.partition(":")
        if attribute:
            lines.append(f"from sessile.{module} import {attribute} as {name}")
        else:
            folder, _, last = f"sessile.{module}".rpartition(".")
            lines.append(f"from {folder} import {last} as {name}")
    return HEAD + "\n".join([*sorted(lines), *own_constants(path)]) + "\n"


def own_constants(path: Path) -> list[str]:
    """The constants that a module defines itself, with their types."""
    lines = []
    for node in ast.parse(path.read_text()).body:
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(node.value, ast.Constant)
        ):
            lines.append(f"{node.target.id}: {type(node.value.value).__name__.replace('NoneType', 'None')}")
    return ["", *lines] if lines else []


def main() -> int:
    """Write them, or with `--check` tell which are not current; returns the exit code."""
    parser = argparse.ArgumentParser(description="Write the stubs of the public modules.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if one is not current")
    check = parser.parse_args().check
    wanted = dict(stubs())
    old = {path for path in ROOT.rglob("*.pyi") if path not in wanted and path.read_text().startswith(HEAD)}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    for path in [*stale, *sorted(old)]:
        print(f"{path.relative_to(ROOT.parent)} is not current" if check else path.relative_to(ROOT.parent))
    if check:
        return 1 if stale or old else 0
    for path in stale:
        path.write_text(wanted[path])
    for path in old:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
