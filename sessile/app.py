"""`sessile.app`: running a script's `main`, as `tf.app.run` does."""

from __future__ import annotations

import sys as _sys
from collections.abc import Callable as _Callable
from collections.abc import Sequence as _Sequence
from importlib import import_module as _import_module
from typing import Any, NoReturn


def run(main: _Callable[[list[str]], Any] | None = None, argv: _Sequence[str] | None = None) -> NoReturn:
    """Call `main(argv)` and leave the process with what it returns as the exit code.

    Args:
      main: takes the list of arguments, the program's name first; default: `main` of the script that was started.
      argv: the arguments; default: `sys.argv`. If the program uses absl's flags, those that absl knows are taken out.
    Raises: SystemExit.
    """
    if main is None:
        main = _sys.modules["__main__"].main
    arguments = list(_sys.argv if argv is None else argv)
    flags = _sys.modules.get("absl.flags")
    if flags is not None:
        arguments = flags.FLAGS(arguments, known_only=True)
    _sys.exit(main(arguments))


def __getattr__(name: str) -> Any:
    """`flags` is the module absl.flags, if that is installed."""
    if name != "flags":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return _import_module("absl.flags")
    except ImportError:
        raise AttributeError(
            "tf.app.flags is the package absl-py's module absl.flags, which is not installed here: "
            "`pip install absl-py`, or use argparse."
        ) from None
