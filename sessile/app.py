"""`sessile.app`: running a script's `main`, as `tf.app.run` does, and the flags of its command line."""

from __future__ import annotations

import sys as _sys
from collections.abc import Callable as _Callable
from collections.abc import Sequence as _Sequence
from importlib import import_module as _import_module
from typing import Any, NoReturn

from .ops.base.messages.logger import progress_shown as _progress_shown


def run(main: _Callable[[list[str]], Any] | None = None, argv: _Sequence[str] | None = None) -> NoReturn:
    """Parse the flags, call `main(argv)`, and leave the process with what it returns as the exit code.

    `main` runs with messages from INFO upwards unless a verbosity was set before, as in TensorFlow 1.15.

    Args:
      main: takes the list of arguments that are no flags of the program, its name first; flags that are not defined
        stay in the list. Default: `main` of the script that was started.
      argv: the arguments; default: `sys.argv`.
    Raises: SystemExit.
    """
    if main is None:
        main = _sys.modules["__main__"].main
    words = parsed(_sys.argv if argv is None else argv)
    with _progress_shown():
        _sys.exit(main(words))


def parsed(argv: _Sequence[str]) -> list[str]:
    """Give the program's flags the values that a command line says; returns the words that are none of them.

    Raises: SystemExit with 1 after printing help, or what is wrong with a flag.
    """
    module = _sys.modules.get(f"{__package__}.flags") or _sys.modules.get("absl.flags")
    words = list(argv)
    if module is None:
        return words
    if any(word.lstrip("-") in ("help", "helpshort", "helpfull") for word in words[1:] if word.startswith("-")):
        main = _sys.modules.get("__main__")
        print(f"{(main.__doc__ if main else None) or f'USAGE: {words[0]} [flags]'}\nflags:\n{module.FLAGS.get_help()}")
        _sys.exit(1)
    try:
        return list(module.FLAGS(words, known_only=True))
    except module.Error as error:
        _sys.stderr.write(f"FATAL Flags parsing error:\n  {error}\nPass --help to see help on flags.\n")
        _sys.exit(1)


def __getattr__(name: str) -> Any:
    """`flags` is `sessile.flags`."""
    if name != "flags":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _import_module(f"{__package__}.flags")
