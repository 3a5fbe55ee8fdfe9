"""`python -m sessile compile MODEL --out FOLDER`: compile a model's kernels ahead of time, for a container image."""

from __future__ import annotations

import os
from typing import Any

from .model_options import add_model_options, add_thread_option, open_model, told


def add_to(commands: Any) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "compile",
        help="compile a model's kernels ahead of time into a folder",
        description="Compile the kernels of a model's signatures into a folder. A process that has SESSILE_CACHE_DIR "
        "set to it takes them from there, on a processor of the same kind and with the same versions.",
        epilog="In a Dockerfile: RUN sessile compile /model --out /kernels   ENV SESSILE_CACHE_DIR=/kernels",
    )
    add_model_options(parser)
    parser.add_argument("--out", required=True, metavar="FOLDER", help="where the kernels go")
    parser.add_argument(
        "--shape",
        action="append",
        default=[],
        metavar="NAME=1,784",
        help="an input's shape, where the model leaves its rank open",
    )
    add_thread_option(parser)
    parser.set_defaults(run=run)


@told
def run(options: Any) -> int:
    """Do it; returns the exit code."""
    folder = os.path.abspath(options.out)
    os.environ["SESSILE_CACHE_DIR"] = folder  # before the first kernel is looked for
    from ..models.files import ModelError
    from ..models.values import shapes
    from ..session.ahead import compile_ahead

    given = shapes(options.shape)
    total = 0
    with open_model(options) as model:
        names = [options.signature] if options.signature else [key for key in model.signatures if key[:2] != "__"]
        for name in names:
            signature = model.signature(name)
            inputs, outputs = dict(signature.inputs), list(signature.outputs.values())
            try:
                count = compile_ahead(
                    outputs, list(inputs.values()), [given.get(key) for key in inputs], session=model.session
                )
            except ValueError as error:
                raise ModelError(f"signature '{name}': {error}") from None
            print(f"{name}: {count} kernel{'s' * (count != 1)}")
            total += count
    print(f"{total} kernel{'s' * (total != 1)} in {folder}")
    return 0
