"""Where the user made operations, for graphs that travel: errors of a task name the user's line."""

from __future__ import annotations

from types import CodeType
from typing import Any

from ....ops.base.origin import line_of

Origins = dict[tuple[str, str, int], list[str]]  # per file, function and line the operations made there


def origins_of(graph: Any) -> Origins:
    """The innermost user's line of each operation."""
    found: Origins = {}
    for op in graph._operations:
        if op._frames:
            code, instruction = op._frames[0]
            place = code.co_filename, code.co_name, line_of(code, instruction)
            found.setdefault(place, []).append(op.name)
    return found


def set_origins(graph: Any, origins: Origins) -> None:
    """Give operations the lines they were made at elsewhere: by code that does nothing and says it stands there."""
    for (file, function, line), names in origins.items():
        frames = ((_code_at(file, function, line), 0),)
        for name in names:
            op = graph._by_name.get(name)
            if op is not None:
                op._frames = frames


def _code_at(file: str, function: str, line: int) -> CodeType:
    """Code without a table of lines: all of it stands at its first one."""
    return compile("", file, "exec").replace(co_name=function, co_firstlineno=line, co_linetable=b"")
