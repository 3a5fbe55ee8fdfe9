"""Parameters of the public functions: names, order, defaults.

`record.py` writes TensorFlow's to `data/signatures.json`, one function a line, and to `data/aliases.json` the names
that mean one thing; `test_signatures.py` compares what `sessile` has.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

PATH: Final = Path(__file__).parent / "data" / "signatures.json"
ALIASES: Final = Path(__file__).parent / "data" / "aliases.json"
MODULES: Final = (
    "", "bitwise", "debugging", "dtypes", "linalg", "math", "nest", "nn", "random", "raw_ops", "sparse", "strings",
)  # fmt: skip
CLASSES: Final = (
    "DType", "Dimension", "Graph", "InteractiveSession", "Operation", "Session", "Tensor", "TensorShape", "TensorSpec",
    "Variable",
)  # fmt: skip
_SIMPLE: Final = (bool, int, str, bytes, type(None))


def parameters(function: Any) -> list[str] | None:
    """Return `name`, `name=default`, `*name` for each parameter; None if they cannot be told."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [_text(parameter) for parameter in found if parameter.name != "self"]


def _text(parameter: inspect.Parameter) -> str:
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    if parameter.default is inspect.Parameter.empty:
        return stars + parameter.name
    default = parameter.default
    if isinstance(default, float):
        text = str(np.float32(default))
    elif isinstance(default, (tuple, list)):
        text = repr(list(default))
    else:
        text = repr(default) if isinstance(default, _SIMPLE) else getattr(default, "name", "...")
    return f"{parameter.name}={text}"


def public(tf: Any) -> Iterator[tuple[str, Any]]:
    """Yield the name and the function of everything public in MODULES and CLASSES."""
    for module in MODULES:
        holder = getattr(tf, module, None) if module else tf
        for name in sorted(dir(holder)):
            value = getattr(holder, name)
            if not name.startswith("_") and callable(value) and not inspect.isclass(value):
                yield f"{module}.{name}" if module else name, value
    for cls in CLASSES:
        holder = getattr(tf, cls)
        yield cls, holder.__init__
        for name in sorted(dir(holder)):
            value = inspect.getattr_static(holder, name)
            if not name.startswith("_") and inspect.isroutine(value):
                yield f"{cls}.{name}", getattr(holder, name)


def aliases(tf: Any) -> list[list[str]]:
    """Return the groups of public names that mean one function or class, whatever warnings it is wrapped in."""
    groups: dict[int, list[str]] = {}
    for module in MODULES:
        holder = getattr(tf, module) if module else tf
        for name in sorted(dir(holder)):
            value = getattr(holder, name)
            if module != "raw_ops" and not name.startswith("_") and callable(value):
                groups.setdefault(id(inspect.unwrap(value)), []).append(f"{module}.{name}" if module else name)
    return [names for names in groups.values() if len(names) > 1]


def record(tf: Any) -> None:
    """Write down TensorFlow's parameters and aliases."""
    rows = {name: parameters(function) for name, function in public(tf)}
    lines = [f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items() if row is not None]
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    groups = ",\n".join(json.dumps(names) for names in aliases(tf))
    ALIASES.write_text(f"[\n{groups}\n]\n", encoding="utf-8")
