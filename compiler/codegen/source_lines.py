"""Lines of generated source."""

from __future__ import annotations


def indented(lines: list[str]) -> list[str]:
    """The lines, one level deeper."""
    return ["    " + line for line in lines]
