"""Build the site of documents: `python -m tools.site [--out FOLDER]`. Broken links and pages out of reach are errors.

The pages of the repository, the notebook and the examples are gathered with what is made here: the reference of public
names and the table of operations. Sphinx (extra: docs) makes HTML of them; nothing is fetched.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from . import api, notebook, operations, pages

_HERE = Path(__file__).resolve().parent


def main() -> int:
    """Build; returns Sphinx's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.site", description=__doc__)
    parser.add_argument("--out", type=Path, default=pages.ROOT / "build" / "site", help="the folder of HTML")
    parser.add_argument("--run-notebooks", action="store_true", help="only run docs/*.ipynb and keep what they print")
    parser.add_argument("--operations", action="store_true", help="only print the tables of operations")
    options = parser.parse_args()
    if options.operations:
        print(operations.tables())
        return 0
    if options.run_notebooks:
        for path in sorted(pages.ROOT.glob("docs/*.ipynb")):
            notebook.write(path)
        return 0
    began = time.monotonic()
    sources = options.out.with_name(options.out.name + "-pages")
    gather(sources)
    try:
        from sphinx.cmd.build import build_main
    except ModuleNotFoundError:
        print("python -m tools.site: needs the extra `docs` (pip install '.[docs]')", file=sys.stderr)
        return 2
    shutil.rmtree(options.out, ignore_errors=True)
    code: int = build_main(["-b", "html", "-q", "-W", "--keep-going", "-n", "-j", "2", str(sources), str(options.out)])
    print(f"{options.out}/index.html: {'failed' if code else 'built'} in {time.monotonic() - began:.0f} s")
    return code


def gather(sources: Path) -> None:
    """Write everything that Sphinx reads into a folder."""
    shutil.rmtree(sources, ignore_errors=True)
    sources.mkdir(parents=True)
    pages.gather(sources)
    made = api.pages()
    _fill(sources / "docs" / "api.md", made.pop(""))
    _fill(sources / "docs" / "operations.md", operations.tables())
    for name, text in made.items():
        path = sources / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copy(_HERE / "conf.py", sources / "conf.py")


def _fill(path: Path, text: str) -> None:
    """Put what is made into a page, where a comment says so."""
    before, found, _ = path.read_text(encoding="utf-8").partition("<!-- ")
    if not found:
        raise SystemExit(f"{path.name}: no comment says where its table belongs")
    path.write_text(before + text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
