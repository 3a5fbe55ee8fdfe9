"""Write the table of which module defines which operation types: `python tools/make_type_places.py [--check]`.

Who looks a type up by name before its module was imported (a gradient's rule that uses `Tile`) need not import all.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from sessile.ops.definition.opdef import OpDef

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "ops" / "definition" / "type_places.py"
PREFIX = "sessile.ops.families."
HEAD = '''"""Written by tools/make_type_places.py: per module below `families` the operation types it defines."""

from typing import Final

PLACES: Final = {
'''


def places() -> dict[str, list[str]]:
    """From each module to the types that are made while it is imported, those of modules it imports left out."""
    found: dict[str, list[str]] = defaultdict(list)
    make = OpDef.__init__

    def noting(self: OpDef, *args: Any, **keywords: Any) -> None:
        make(self, *args, **keywords)
        frame = sys._getframe(1)
        while frame.f_code.co_name != "<module>" and frame.f_back is not None:
            frame = frame.f_back
        module = frame.f_globals["__name__"]
        if module.startswith(PREFIX) and not self.name.startswith("_"):
            found[module.removeprefix(PREFIX)].append(self.name)

    OpDef.__init__ = noting  # type: ignore[method-assign]
    from sessile.ops.definition.families import load_all

    load_all()
    OpDef.__init__ = make  # type: ignore[method-assign]
    return found


def text() -> str:
    """The module's text."""
    lines = []
    for module, types in sorted(places().items()):
        line = f'    "{module}": "'
        words = sorted(set(types))
        while words:
            if len(line) + len(" ".join(words)) <= 118:
                line, words = line + " ".join(words), []
            while words and len(line) + len(words[0]) < 112:
                line += f"{words.pop(0)} "
            lines.append(line.rstrip() + ('",' if not words else '"'))
            line = '    " '
    return HEAD + "\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    written = text()
    if "--check" in sys.argv:
        sys.exit(0 if TABLE.read_text() == written else f"{TABLE} is old: run tools/make_type_places.py")
    TABLE.write_text(written)
