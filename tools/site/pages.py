"""The pages that stand in the repository, gathered for the site in the same folders, so that their links stay right."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from .notebook import page as notebook_page

ROOT = Path(__file__).resolve().parents[2]
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_TEXTS = ("*.md", "docs/**/*.md", "examples/*.md", "bench/*.md")


def gather(folder: Path) -> None:
    """Write the pages of the repository, its notebooks and examples, and the pictures, into `folder`."""
    for path in texts():
        where = folder / "index.md" if path == ROOT / "docs" / "index.md" else folder / path.relative_to(ROOT)
        where.parent.mkdir(parents=True, exist_ok=True)
        text = _with_site_links(path.read_text(encoding="utf-8"), path)
        where.write_text(_with_tables_of_contents(text) if where.name == "index.md" else text, encoding="utf-8")
    for path in sorted(ROOT.glob("docs/*.ipynb")):
        where = (folder / path.relative_to(ROOT)).with_suffix(".md")
        where.write_text(_with_site_links(notebook_page(path), path), encoding="utf-8")
    programs = sorted(ROOT.glob("examples/*.py"))
    listed = "\n".join(path.stem for path in programs)
    with open(folder / "examples" / "README.md", "a", encoding="utf-8") as gallery:
        gallery.write(f"\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n")
    for path in programs:
        (folder / path.relative_to(ROOT)).with_suffix(".md").write_text(_example(path), encoding="utf-8")
    for path in [*ROOT.glob("docs/*.png"), *ROOT.glob("docs/*.svg")]:
        shutil.copy(path, folder / path.relative_to(ROOT))


def texts() -> list[Path]:
    """Every text of the repository that becomes a page."""
    return sorted({path for pattern in _TEXTS for path in ROOT.glob(pattern)})


def _with_site_links(text: str, path: Path) -> str:
    """Point links at pages of the site; what has no page is named and not linked."""

    def followed(match: re.Match[str]) -> str:
        picture, words, target = match.groups()
        name, _, anchor = target.partition("#")
        if picture or "://" in target or not name or target.startswith("mailto:"):
            return match[0]
        found = (path.parent / name).resolve()
        page = _page_of(found)
        if not found.exists():
            raise SystemExit(f"{path.relative_to(ROOT)}: there is no {target}")
        if page is None:
            return str(words)
        here = ROOT if path == ROOT / "docs" / "index.md" else path.parent
        link = os.path.relpath(page, here)
        return f"[{words}]({link}{'#' + anchor if anchor else ''})"

    return _LINK.sub(followed, text)


def _page_of(path: Path) -> Path | None:
    """The text of the page that shows a file of the repository, or None."""
    if path == ROOT / "docs" / "index.md":
        return ROOT / "index.md"
    if path.suffix == ".md" and path in texts():
        return path
    if path.suffix == ".ipynb" or (path.parent == ROOT / "examples" and path.suffix == ".py"):
        return path.with_suffix(".md")
    return None


def _with_tables_of_contents(text: str) -> str:
    """Add to each section of the index a hidden table of contents with its links, which makes the sidebar."""
    parts = re.split(r"^(## .*)$", text, flags=re.MULTILINE)
    made = [parts[0]]
    for heading, body in zip(parts[1::2], parts[2::2]):
        rows = [f"{words} <{target.removesuffix('.md')}>" for words, target in _listed(body)]
        toc = ["```{toctree}", ":hidden:", f":caption: {heading[3:]}", "", *rows, "```", ""]
        made += [heading, body.rstrip(), "\n\n", "\n".join(toc), "\n"]
    return "".join(made)


def _listed(body: str) -> Iterator[tuple[str, str]]:
    """The links that begin the items of a list."""
    for match in re.finditer(r"^\* \[([^\]]+)\]\(([^)#]+)\)", body, re.MULTILINE):
        if "://" not in match[2]:
            yield match[1], match[2]


def _example(path: Path) -> str:
    """The page of an example: its docstring's first line, and the program."""
    return f"# {path.name}\n\n```python\n{path.read_text(encoding='utf-8').strip()}\n```\n"
