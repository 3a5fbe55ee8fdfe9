"""The command line, `sessile` or `python -m sessile`: `script.py`, `-m module`, or a command of `commands/`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence

from .commands import bench, cache, check, compile, completion, freeze, inspect, program, run, serve

_COMMANDS = (run, inspect, freeze, bench, compile, serve, check, cache, completion)
_NAMES = frozenset(command.__name__.rpartition(".")[2] for command in _COMMANDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a program or a command; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in _NAMES and (words[0] == "-m" or words[0].endswith(".py") or _is_program(words[0])):
        return program.run(words)
    options = parser().parse_args(words)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough: that is no error, and at exit Python is not to flush again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _is_program(word: str) -> bool:
    """Whether a word is a file or folder with Python code, rather than a command or an option."""
    return os.path.isfile(word) or os.path.isfile(os.path.join(word, "__main__.py"))


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    made = argparse.ArgumentParser(
        prog="sessile" if os.path.basename(sys.argv[0]) == "sessile" else "python -m sessile",
        description="Run a program written for TensorFlow 1 with this library, or look at what the library keeps.",
        epilog="sessile SCRIPT [ARGUMENT ...], or sessile -m MODULE [ARGUMENT ...]: run a program whose imports say "
        "tensorflow, with sessile in its place.",
    )
    made.add_argument("--version", action="version", version=_versions())
    commands = made.add_subparsers(dest="command", required=True, metavar="command")
    for command in _COMMANDS:
        command.add_to(commands)
    made.set_defaults(parser=made)  # completion describes it
    return made


def _versions() -> str:
    from . import VERSION, __version__

    return f"sessile {__version__} (speaks TensorFlow {VERSION}), Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
