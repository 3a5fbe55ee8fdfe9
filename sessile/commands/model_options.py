"""What the commands that load a model have in common: their options, and errors that a person can read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any


def add_model_options(parser: Any, signature: bool = True) -> None:
    """Add the model's path, tags, and which signature of it."""
    parser.add_argument(
        "model",
        metavar="MODEL",
        help="a saved model's folder, a .meta file with its checkpoint, or a file with a GraphDef (.pb, .pbtxt)",
    )
    parser.add_argument("--tags", metavar="TAG,TAG", help="which graph of a saved model (default: serve)")
    if signature:
        parser.add_argument("--signature", metavar="NAME", help="how to call it (default: serving_default)")


def add_thread_option(parser: Any) -> None:
    """Add the number of threads."""
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="threads that compute (default: all cores)")


def tags_of(options: Any) -> list[str] | None:
    """The tags as a list, None for the default."""
    return [tag for tag in options.tags.split(",") if tag] if options.tags else None


def open_model(options: Any, threads: int | None = None) -> Any:
    """Load the model that the options name. Raises: ModelError."""
    from ..models.files import read_model
    from ..models.model import load_model

    return load_model(read_model(options.model, tags_of(options)), options.threads if threads is None else threads)


def told(command: Callable[[Any], int]) -> Callable[[Any], int]:
    """Let a command print what a model or its step refuses, and return 1, instead of a traceback."""

    @wraps(command)
    def run(options: Any) -> int:
        from ..models.files import ModelError
        from ..ops.base.errors import OpError

        try:
            return command(options)
        except ModelError as error:
            print(f"sessile {options.command}: {error}", file=sys.stderr)
        except OpError as error:
            print(f"sessile {options.command}: {type(error).__name__}: {error.message}", file=sys.stderr)
        except BrokenPipeError:  # the reader of the output, such as `head`, has gone: nothing is left to say
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            print(f"sessile {options.command}: interrupted", file=sys.stderr)
            return 130
        return 1

    return run
