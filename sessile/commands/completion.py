"""`python -m sessile completion SHELL`: a script that lets a shell complete the commands and their options."""

from __future__ import annotations

import sys
from typing import Any


def add_to(commands: Any) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "completion",
        help="completion of commands and options for a shell",
        description="Print a script for a shell: for bash into ~/.local/share/bash-completion/completions/sessile, for "
        "zsh into a file _sessile in a folder of $fpath.",
    )
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="which shell")
    parser.set_defaults(run=run)


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    try:
        import shtab
    except ImportError:
        print("sessile completion: needs shtab: pip install 'sessile[completion]'", file=sys.stderr)
        return 1
    _name_after_script(options.parser)
    print(shtab.complete(options.parser, shell=options.shell))
    return 0


def _name_after_script(parser: Any) -> None:
    """Let a parser and those of its commands be `sessile`'s, however they were started.

    A shell completes the first word of a line: a script for `python -m sessile` would take over `python`.
    """
    parser.prog = parser.prog.replace("python -m sessile", "sessile", 1)
    for action in parser._actions:
        for command in action.choices.values() if isinstance(action.choices, dict) else ():
            _name_after_script(command)
