"""Notebooks: their cells, run without Jupyter, and as pages."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """A cell: `code` or `markdown`, its text, and what a cell of code printed or answered."""

    kind: str
    text: str
    output: str


def read(path: Path) -> list[Cell]:
    """Return the cells of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [Cell(cell["cell_type"], "".join(cell["source"]), _output(cell.get("outputs", []))) for cell in cells]


def _output(outputs: list[dict[str, Any]]) -> str:
    texts = (output.get("text") or output["data"]["text/plain"] for output in outputs)
    return "\n".join("".join(text).removesuffix("\n") for text in texts)


def run(text: str, names: dict[str, Any]) -> str:
    """Run a cell of code among the names of those before it; returns what it prints and what its last line answers."""
    tree = ast.parse(text)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "tutorial.py", "exec"), names)
        value = None if last is None else eval(compile(ast.Expression(last.value), "tutorial.py", "eval"), names)
        if value is not None:
            print(repr(value))
    return printed.getvalue().rstrip()


def page(path: Path) -> str:
    """Return a notebook as a Markdown page."""
    parts = []
    for cell in read(path):
        if cell.kind == "markdown":
            parts.append(cell.text)
        else:
            parts.append(f"```python\n{cell.text}\n```")
            if cell.output:
                parts.append(f"```text\n{cell.output}\n```")
    return "\n\n".join(parts) + "\n"


def write(path: Path) -> None:
    """Run a notebook's cells and keep what they print: `python -m tools.site --run-notebooks`."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    count = 0
    for at, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{at}"
        if cell["cell_type"] != "code":
            continue
        count += 1
        text = run("".join(cell["source"]), names)
        lines = re.findall(r".*\n|.+$", text)
        cell["execution_count"] = count
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": lines}] if text else []
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
