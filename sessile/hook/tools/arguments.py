"""What the programs of `tensorflow.python.tools` have in common: flags of their kind, and errors in one line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any


class Flags(argparse.ArgumentParser):
    """The arguments of a tool: `--name=value` as the tool of TensorFlow takes it, with `-` or `--`.

    Args:
      tool: its name.
      about: what it does.
    """

    def __init__(self, tool: str, about: str) -> None:
        super().__init__(prog=f"sessile -m tensorflow.python.tools.{tool}", description=about)

    def text(self, name: str, about: str, default: str = "") -> None:
        """Take a text."""
        self.add_argument(f"--{name}", default=default, metavar=name.upper(), help=about)

    def truth(self, name: str, about: str, default: bool = False) -> None:
        """Take `--name`, `--name=true` or `--name=false`."""
        self.add_argument(f"--{name}", nargs="?", const=True, default=default, type=_truth, help=about)


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "t", "1", "false", "f", "0"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false")
    return text.lower() in ("true", "t", "1")


def words_of(text: str) -> list[str]:
    """Names in a text with commas."""
    return [name for name in text.replace(" ", "").split(",") if name]


def told(tool: Callable[[Sequence[str]], int]) -> Callable[[Sequence[str] | None], int]:
    """Let a tool take the command line's arguments where none are given, and print what it refuses in one line."""

    @wraps(tool)
    def main(arguments: Sequence[str] | None = None) -> int:
        from ...ops.base.errors import OpError

        words = sys.argv[1:] if arguments is None else arguments
        try:
            return tool(words)
        except OpError as error:
            message: Any = f"{type(error).__name__}: {error.message}"
        except (ValueError, RuntimeError, TypeError, OSError) as error:
            message = error
        print(f"{tool.__module__.rpartition('.')[2]}: {message}", file=sys.stderr)
        return 1

    return main
