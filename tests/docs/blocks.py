"""The code blocks of documents, run as a reader would run them."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SAID = re.compile(r"^\s*print\(.*\)  # (.*)$", re.MULTILINE)
FILE = "model.py"  # what the code's file is called in errors and plans


class Block(NamedTuple):
    """A block marked ```python; `output` is the ```text block that follows it at once, or None."""

    line: int
    code: str
    output: str | None

    @property
    def said(self) -> list[str]:
        """What stands behind `print(...)  # `: the lines the block prints, if it has no `output`."""
        return _SAID.findall(self.code)


def blocks(path: Path) -> Iterator[Block]:
    """Yield the Python blocks of a document in order."""
    text = path.read_text(encoding="utf-8")
    found = list(_BLOCK.finditer(text))
    for match, after in zip(found, [*found[1:], None]):
        if match.group(1) != "python":
            continue
        follows = after is not None and after.group(1) == "text" and not text[match.end() : after.start()].strip()
        output = after.group(2) if follows and after is not None else None
        yield Block(text.count("\n", 0, match.start()) + 1, match.group(2), output)


def run(block: Block, names: dict[str, Any]) -> str:
    """Run a block in the namespace that the document's earlier blocks left; returns what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block.code, FILE, "exec"), names)
    return printed.getvalue()
