"""The site of documents: its notebook runs, its pages are all reachable, what is made from the code is right.

`make docs` builds it with Sphinx, which refuses broken links; these tests need no Sphinx.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import sessile as tf
from tests.docs.blocks import ROOT
from tools.site import api, docstrings, notebook, operations, pages
from tools.site.__main__ import gather

_FENCED = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Sphinx reads."""
    folder = tmp_path_factory.mktemp("site") / "pages"
    gather(folder)
    return folder


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_print_what_they_show(path: Path) -> None:
    """Each cell, run after those before it, answers what the file keeps."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with tf.Graph().as_default():
        cells = notebook.read(path)
        assert [cell.kind for cell in cells].count("code") > 3
        for cell in cells:
            if cell.kind == "code":
                assert notebook.run(cell.text, names) == cell.output.rstrip(), cell.text


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_have_the_form_of_jupyter(path: Path) -> None:
    """The fields that version 4.5 of the format demands."""
    content = json.loads(path.read_text(encoding="utf-8"))
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5) and content["metadata"]["kernelspec"]["name"]
    ids = [cell["id"] for cell in content["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in content["cells"]:
        assert {"cell_type", "metadata", "source"} <= set(cell)
        assert cell["cell_type"] != "code" or {"outputs", "execution_count"} <= set(cell)


def test_every_page_is_in_the_index() -> None:
    """`docs/index.md` leads to each document, in the lists that make the sidebar."""
    index = ROOT / "docs" / "index.md"
    listed = {(index.parent / target).resolve() for _, target in pages._listed(index.read_text(encoding="utf-8"))}
    documents = {path for path in [*pages.texts(), *ROOT.glob("docs/*.ipynb")] if path != index}
    assert documents == listed


def test_links_of_pages_lead_to_pages(sources: Path) -> None:
    """Every relative link and entry of a table of contents on a page names a page, also those that are made."""
    count = 0
    for path in sources.rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        blocks = [match[0] for match in _FENCED.finditer(text)]
        text = _FENCED.sub("", text)
        links = [target for _, target in re.findall(r"(?<!\\)\[([^\]`]+)\]\(([^)#\s]+)[^)]*\)", text)]
        for block in blocks:
            rows = block.splitlines()[1:-1] if block.startswith("```{toctree}") else []
            rows = [row for row in rows if row and not row.startswith(":")]
            links += [re.sub(r".*<(.*)>", r"\1", row) for row in rows]
        for target in links:
            if "://" not in target and not target.startswith("mailto:"):
                places = (path.parent / target, path.parent / f"{target}.md")
                assert any(place.exists() for place in places), f"{path.relative_to(sources)}: {target}"
                count += 1
    assert count > 200


def test_reference_describes_every_public_name_once(sources: Path) -> None:
    """Each name of the tables has an entry, or stands beside the name that has it."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (sources / "docs" / "api").glob("*.md"))
    described = re.findall(r"^`{5}\{py:(?:function|class|data)\} ([\w.]+)", text, re.MULTILINE)
    assert len(described) == len(set(described))
    second = re.findall(r"^\| `([\w.]+)` \| \{py:obj\}`([\w.]+)` \|$", text, re.MULTILINE)
    assert {owner for _, owner in second} <= set(described)
    names = {entry.name for entry in api._entries()}
    assert {*described, *(name for name, _ in second)} == names
    assert {"tf.nn.conv2d", "tf.Session", "tf.concat", "tf.train.AdamOptimizer"} <= set(described)


def test_docstrings_become_lists_and_examples() -> None:
    """Arguments are a list, examples a block, and Markdown's own characters stand for themselves."""
    text = "Return 2 * x [batch].\n\nArgs:\n  x, y: *floats*,\n    any.\n  name: `a_b`.\nReturns: it.\n\n>>> 1 + 1\n2\n"
    made = docstrings.markdown(text)
    assert "Return 2 \\* x \\[batch\\]." in made
    assert "* `x, y`: \\*floats\\*,\n  any.\n* `name`: `a_b`." in made
    assert "**Returns:** it." in made and "```pycon\n>>> 1 + 1\n2\n```" in made


def test_signatures_show_defaults() -> None:
    """Names and defaults, with the marks of keyword arguments."""

    def function(a: int, *rest: int, b: float = 1.5, dtype: Any = tf.float32, **more: int) -> None: ...

    def keywords(a: int, *, b: Any = None) -> None: ...

    assert api.signature(function) == "(a, *rest, b=1.5, dtype=float32, **more)"
    assert api.signature(keywords) == "(a, *, b=None)"


@pytest.mark.parametrize(
    ("name", "runs", "gradient"),
    [
        ("Mul", "loop", "yes"),
        ("MatMul", "BLAS", "yes"),
        ("Conv2D", "window", "yes"),
        ("AssignAdd", "in place", "none"),
        ("Reshape", "free", "yes"),
        ("Svd", "interpreted", "yes"),
        ("Switch", "control", "yes"),
        ("Shape", "interpreted", "none"),
    ],
)
def test_table_of_operations(name: str, runs: str, gradient: str) -> None:
    """The words of a row follow from the definition; every public type has one row."""
    rows = re.findall(r"^\| `(\w+)` \| .* \| ([\w ]+) \| (yes|none|-) \| \w* \|$", operations.tables(), re.MULTILINE)
    found = {row[0]: row[1:] for row in rows}
    assert found[name] == (runs, gradient)
    registered = [key for key in operations.REGISTRY if not key.startswith("_")]
    assert sorted(found) == sorted(registered) and len(rows) == len(registered)
