"""Record TensorFlow 1's public names, and the names of its modules, in `sessile/names/tensorflow_1_15.txt`; those of
`tf.compat.v2` in `tensorflow_1_15_v2.txt` beside it.

    python tools/record_names.py      # in an environment that has TensorFlow 1.15

A line per module: its name under `tf`, a colon, its public names. Modules that programs import although they are not
public (`tensorflow.python.ops.array_ops`) are listed by name alone, after the line `[modules]`.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
import textwrap
import types
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "sessile" / "names" / "tensorflow_1_15.txt"
TWICE = {"compat", "flags", "pywrap_tensorflow", "python", "core", "tools", "include", "raw_ops"}
CONTRIB = (
    "layers slim framework rnn seq2seq legacy_seq2seq opt distributions training crf learn metrics losses util nn data "
    "image lookup cudnn_rnn factorization estimator summary staging distribute eager bayesflow"
)


def main() -> None:
    """Write the file."""
    import tensorflow as tf

    found: dict[str, list[str]] = {}
    walk(tf, "", found, ())
    found["raw_ops"] = public(tf.raw_ops)
    found["app.flags"] = [name for name in public(tf.app.flags) if name.startswith(("DEFINE", "FLAGS", "mark", "val"))]
    for name in CONTRIB.split():
        found[f"contrib.{name}"] = public(getattr(tf.contrib, name))
    found["contrib"] = [name for name in public(tf.contrib) if isinstance(getattr(tf.contrib, name), types.ModuleType)]
    lines = rows(found)
    import tensorflow_core

    lines += ["[modules]", *modules(Path(inspect.getfile(tensorflow_core)).parent)]
    TARGET.write_text("\n".join(lines) + "\n")
    second: dict[str, list[str]] = {}
    walk(tf.compat.v2, "", second, ())
    TARGET.with_name("tensorflow_1_15_v2.txt").write_text("\n".join(rows(second)) + "\n")


def rows(found: dict[str, list[str]]) -> list[str]:
    """A line for each module, broken at 120 letters."""
    lines = []
    for module in sorted(found):
        text = f"{module}: {' '.join(sorted(found[module]))}"
        lines += textwrap.wrap(text, 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return lines


def public(module: Any) -> list[str]:
    """The names of a module that begin with no underscore, and are no leavings of its imports."""
    leavings = {"absolute_import", "division", "print_function"}
    return [name for name in dir(module) if not name.startswith("_") and name not in leavings]


def walk(module: Any, prefix: str, found: dict[str, list[str]], above: tuple[Any, ...]) -> None:
    """Note the names of a public module and of those within."""
    own: list[str] = []
    for name in public(module):
        try:
            value = getattr(module, name)
        except Exception:
            continue
        if not isinstance(value, types.ModuleType):
            own.append(name)
        elif value.__name__.startswith("tensorflow") and value not in above:
            own.append(name)
            if not (prefix == "" and name in TWICE) and name not in ("contrib", "experimental_v2"):
                walk(value, f"{prefix}.{name}" if prefix else name, found, (*above, module))
    found[prefix] = own


_FOLDERS = re.compile(
    r"(python/(ops|framework|client|platform|training|layers|util|lib|keras|summary|tools|eager|data|feature_column"
    r"|estimator|saved_model|tpu|debug|distribute|profiler|compiler|autograph)|python$|contrib|core|examples)(/|$)"
)


def modules(root: Path) -> list[str]:
    """The modules of TensorFlow that programs may import, a line per folder."""
    lines = []
    for folder, _, files in os.walk(root):
        name = os.path.relpath(folder, root)
        if not _FOLDERS.match(name) or re.search("__pycache__|kernel_tests", name):
            continue
        own = sorted(file[:-3] for file in files if file.endswith(".py") and not file.endswith("_test.py"))
        own = [file for file in own if file != "__init__" and (not name.startswith("core") or file.endswith("_pb2"))]
        if own or not name.startswith("core"):
            lines.append(f"{name.replace('/', '.')}: {' '.join(own)}".rstrip())
    return [row for line in sorted(lines) for row in textwrap.wrap(line, 120, subsequent_indent="  ")]


if __name__ == "__main__":
    sys.exit(main())
