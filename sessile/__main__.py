"""The command line: `python -m sessile script.py`, `-m module`, or one of the commands in `commands/`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from .commands import cache, check, program

_COMMANDS = (cache, check)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a program or a command; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and (words[0] == "-m" or words[0].endswith(".py") or _is_program(words[0])):
        return program.run(words)
    options = _parser().parse_args(words)
    code: int = options.run(options)
    return code


def _is_program(word: str) -> bool:
    """Whether a word is a file or folder with Python code, rather than a command or an option."""
    return os.path.isfile(word) or os.path.isfile(os.path.join(word, "__main__.py"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sessile",
        description="Run a program written for TensorFlow 1 with this library, or look at what the library keeps.",
        epilog="python -m sessile SCRIPT [ARGUMENT ...], or -m MODULE [ARGUMENT ...]: run a program whose imports say "
        "tensorflow, with sessile in its place.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for command in _COMMANDS:
        command.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
