"""The public names: per namespace, per module that defines them; `new=old` gives a name to another definition.

`NAMES` has all tables. A program needs few of them: `TOP` is the table of the top level, `within` reads those of one
namespace of it.
"""

from __future__ import annotations

import importlib
from typing import Any, Final

from .top import NAMES as TOP

# Which files have the names below each namespace of the top level; a test holds it to what the files say.
WHERE: Final[dict[str, tuple[str, ...]]] = {
    "audio": ("math",),
    "autograph": ("tools",),
    "bitwise": ("math",),
    "config": ("tools",),
    "contrib": ("contrib", "data", "estimator", "tools"),
    "data": ("data",),
    "debugging": ("math",),
    "device_lib": ("tools",),
    "distribute": ("estimator",),
    "distributions": ("contrib",),
    "dtypes": ("math",),
    "errors": ("math",),
    "estimator": ("estimator",),
    "feature_column": ("estimator",),
    "gfile": ("files",),
    "graph_util": ("tools",),
    "image": ("image",),
    "initializers": ("random",),
    "io": ("files", "tools"),
    "keras": ("keras",),
    "layers": ("layers",),
    "linalg": ("linalg",),
    "lookup": ("data",),
    "losses": ("layers",),
    "manip": ("math",),
    "math": ("math",),
    "metrics": ("layers",),
    "nest": ("tools",),
    "nn": ("nn",),
    "profiler": ("tools",),
    "python_io": ("files",),
    "quantization": ("nn",),
    "queue": ("data",),
    "ragged": ("sparse",),
    "random": ("random",),
    "resource_loader": ("tools",),
    "saved_model": ("files",),
    "session_ops": ("tools",),
    "sets": ("sparse",),
    "signal": ("math",),
    "sparse": ("sparse",),
    "spectral": ("math",),
    "strings": ("strings",),
    "summary": ("files",),
    "tensor_util": ("tools",),
    "test": ("tools",),
    "timeline": ("tools",),
    "tpu": ("estimator",),
    "train": ("train",),
    "xla": ("tools",),
}


def within(namespace: str) -> dict[str, dict[str, str]]:
    """Return the tables of the files that have names in or below a namespace, `TOP` for the top level, ""."""
    files = WHERE[namespace.partition(".")[0]] if namespace else ("top",)
    return _read(files)


def _read(files: tuple[str, ...]) -> dict[str, dict[str, str]]:
    tables = (importlib.import_module(f"{__name__}.{file}").NAMES for file in files)
    return {namespace: words for table in tables for namespace, words in table.items()}


def __getattr__(name: str) -> Any:
    """`NAMES`, put together when it is first asked for."""
    if name != "NAMES":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'.")
    every = sorted({"top", *(file for files in WHERE.values() for file in files)})
    names = globals()["NAMES"] = _read(tuple(every))
    return names


__all__ = ["NAMES", "TOP", "WHERE", "within"]
