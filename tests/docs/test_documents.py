"""The documents say what is so: their code runs and prints what they say, what they name exists."""

from __future__ import annotations

import codeop
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sessile as tf
from tests.docs.blocks import DOCUMENTS, ROOT, blocks, run


@pytest.fixture(autouse=True)
def registry_as_before() -> Iterator[None]:
    """A document may define operation types."""
    from sessile.ops.definition.opdef import REGISTRY

    before = dict(REGISTRY)
    yield
    for name in [name for name in REGISTRY if name not in before and name == "HardShrink"]:
        del REGISTRY[name]


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if any(blocks(path))], ids=_id)
def test_code_prints_what_the_document_says(path: Path) -> None:
    """The blocks of a document run one after the other, as one program."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(path):
        printed = run(block, names)
        if block.output is not None:
            assert printed == block.output, f"{path.name}:{block.line}"
        else:
            assert printed.splitlines() == block.said, f"{path.name}:{block.line}"


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if any(blocks(path))], ids=_id)
def test_code_can_be_pasted_into_the_shell(path: Path) -> None:
    """Python's plain shell takes line by line; what follows an indented block needs an empty line before it."""
    for block in blocks(path):
        lines = block.code.splitlines()
        pasted: list[str] = []
        for number, line in enumerate([*lines, ""]):
            pasted.append(line)
            try:
                complete = codeop.compile_command("\n".join(pasted), symbol="single")
            except SyntaxError as error:
                raise AssertionError(f"{path.name}:{block.line + number + 1}: {error}") from None
            if complete is not None:
                pasted = []
        assert not pasted, f"{path.name}:{block.line}: the last lines wait for more"


@pytest.mark.parametrize("path", DOCUMENTS, ids=_id)
def test_links_lead_somewhere(path: Path) -> None:
    """Relative links name files and folders that exist."""
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), f"{_id(path)} links to {target}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=_id)
def test_files_named_exist(path: Path) -> None:
    """What stands between backticks and looks like a file of the project is one."""
    text = path.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:ops|compiler|session|sessile|bench|tests|docs|examples|tools)/[\w./-]*)`", text):
        assert (ROOT / name).exists(), f"{_id(path)} names {name}"


def _supported() -> list[str]:
    """The names in the tables of README.md under `What is supported`."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("## What is supported")[1].split("\n## ")[0]
    rows = [line for line in section.split("\n### Not built")[0].splitlines() if line.startswith("| ")]
    return sorted({name for row in rows for code in re.findall(r"`([^`]+)`", row) for name in code.split()})


def _find(name: str) -> Any:
    found: Any = tf
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("name", _supported())
def test_what_readme_calls_supported_is_there(name: str) -> None:
    """Every name in the tables of README.md is one of sessile's."""
    assert _find(name) is not None or name == "newaxis"


def _not_built() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("### Not built yet")[1].split("\n## ")[0]
    return sorted(set(re.findall(r"`tf\.([\w.]+)`", section)))


@pytest.mark.parametrize("name", _not_built())
def test_what_readme_calls_not_built_is_not(name: str) -> None:
    """README.md is corrected when something of its list is built."""
    try:
        _find(name)
    except (AttributeError, NotImplementedError):
        return
    raise AssertionError(f"tf.{name} is there: README.md should list it as supported, no longer as not built")


def test_environment_variables_of_readme_are_read() -> None:
    """Each variable in the table of README.md stands in the sources."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (SESSILE_\w+) \|", text, re.MULTILINE)
    folders = ("ops", "compiler", "session", "sessile", "bench")
    sources = "".join(path.read_text(encoding="utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py"))
    assert listed
    assert not [name for name in listed if f'"{name}"' not in sources]
