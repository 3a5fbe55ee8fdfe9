"""`python -m sessile script.py ...`: run a program whose imports say `tensorflow` with this library."""

from __future__ import annotations

import importlib.util
import os
import runpy
import sys
from collections.abc import Sequence
from types import ModuleType

from .. import hook


def run(words: Sequence[str]) -> int:
    """Run a script, a folder with a `__main__.py`, or a module.

    Args:
      words: the path and the program's arguments; or `-m`, the module's name, and the arguments.
    Returns: the exit code: 2 if there is no such program. What the program raises passes through.
    """
    hook.install()
    if words[0] != "-m":
        return _run_script(words)
    if len(words) < 2:
        return _wrong("-m needs the name of a module")
    sys.argv = list(words[1:])
    sys.path.insert(0, os.getcwd())
    if words[1].split(".")[0] == hook.ROOT:
        return _run_tool(words[1], words[2:])
    if not _is_there(words[1]):
        return _wrong(f"No module named {words[1]}")
    runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    return 0


def _is_there(name: str) -> bool:
    """Whether there is a module; what a package of it raises when it is imported passes through."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise  # the package misses another one
        return False


def _run_tool(name: str, arguments: Sequence[str]) -> int:
    """Run a module of TensorFlow's that is a program, such as `tensorflow.python.tools.freeze_graph`."""
    try:
        tool = importlib.import_module(name)
    except ImportError as error:
        return _wrong(str(error))
    if ".tools." not in name or not hasattr(tool, "main"):
        return _wrong(f"{name!r}, which is sessile, is no program")
    code: int = tool.main(arguments)
    return code


def _run_script(words: Sequence[str]) -> int:
    path = words[0]
    if os.path.isdir(path):
        sys.argv = list(words)
        runpy.run_path(path, run_name="__main__")
        return 0
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        return _wrong(f"cannot open {path!r}: {error.strerror}")
    sys.argv = list(words)
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    module = ModuleType("__main__")
    module.__dict__.update(__file__=path, __builtins__=__builtins__, __spec__=None)
    sys.modules["__main__"] = module  # for good: functions of the program outlive this call, in threads or at exit
    exec(compile(source, path, "exec"), module.__dict__)
    return 0


def _wrong(message: str) -> int:
    sys.stderr.write(f"python -m sessile: {message}\n")
    return 2
