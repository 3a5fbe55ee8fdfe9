"""The stubs say what the modules give: for type checkers and editors, which cannot follow names found on first use."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STUBS = sorted((ROOT / "sessile").rglob("*.pyi"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_stubs_are_what_the_tables_of_names_give() -> None:
    command = [sys.executable, str(ROOT / "tools" / "make_stubs.py"), "--check"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, f"run: python tools/make_stubs.py\n{ran.stdout}{ran.stderr}"


@pytest.mark.parametrize("path", STUBS, ids=module_of)
def test_every_name_of_a_stub_is_what_the_module_gives(path: Path) -> None:
    module = importlib.import_module(module_of(path))
    imports = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ImportFrom)]
    assert imports
    for node in imports:
        for alias in node.names:
            assert node.module is not None and alias.asname is not None
            source = importlib.import_module(node.module)
            wanted = getattr(source, alias.name, None)
            if wanted is None:
                wanted = importlib.import_module(f"{node.module}.{alias.name}")
            found = getattr(module, alias.asname)
            assert found is wanted or found.__wrapped__ is wanted  # what takes ragged tensors is wrapped


def test_a_person_s_tools_see_the_names() -> None:
    stub = (ROOT / "sessile" / "__init__.pyi").read_text()
    for name in ("placeholder", "Session", "float32", "gradients", "nn", "train"):
        assert f" as {name}\n" in stub
    assert " as relu\n" in (ROOT / "sessile" / "nn" / "__init__.pyi").read_text()


def test_star_imports_and_help_have_all_names() -> None:
    import sessile as tf

    assert set(tf.__all__) == {name for name in dir(tf) if not name.startswith("_")}
    assert set(tf.nn.__all__) == set(dir(tf.nn)) - {name for name in dir(tf.nn) if name.startswith("_")}
    words = "{placeholder(float32, [2])} {nn.relu.__name__} {Session.__name__}"
    script = f'import sys\nfrom sessile import *\nsys.stdout.write(f"{words}")'
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True)
    assert ran.stdout == 'Tensor("Placeholder:0", shape=(2,), dtype=float32) relu Session'
    script = "import pydoc, sessile; text = pydoc.plain(pydoc.render_doc(sessile.nn)); print('    relu(' in text)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True)
    assert ran.stdout == "True\n"
