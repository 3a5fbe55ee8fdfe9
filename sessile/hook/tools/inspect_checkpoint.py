"""`tensorflow.python.tools.inspect_checkpoint`: prints what a checkpoint holds, for programs and as one itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ops.library.checkpoint.reader import NewCheckpointReader
from .arguments import Flags, told


def print_tensors_in_checkpoint_file(
    file_name: Any, tensor_name: str | None, all_tensors: bool, all_tensor_names: bool = False,
    count_exclude_pattern: str = "",
) -> None:  # fmt: skip
    """Print a checkpoint's tensors.

    Args:
      file_name: the prefix of the checkpoint.
      tensor_name: the one to print; empty for what the next arguments say.
      all_tensors, all_tensor_names: whether all values are printed, or their names.
      count_exclude_pattern: a regular expression of variables that are not counted.
    """
    import re

    reader = NewCheckpointReader(file_name)
    shapes = reader.get_variable_to_shape_map()
    if all_tensors or all_tensor_names:
        for name in sorted(shapes):
            print(f"tensor_name:  {name}")
            if all_tensors:
                print(reader.get_tensor(name))
    elif not tensor_name:
        print(reader.debug_string().decode("utf-8", errors="ignore"))
    else:
        print(f"tensor_name:  {tensor_name}")
        print(reader.get_tensor(tensor_name))
    counted = 0
    for name, shape in shapes.items():
        if not (count_exclude_pattern and re.match(count_exclude_pattern, name)):
            size = 1
            for extent in shape:
                size *= extent
            counted += size
    exclusion = " (with exclusion)" if count_exclude_pattern else ""
    print(f"# Total number of params{exclusion}: {counted}")


def _flags() -> Flags:
    flags = Flags("inspect_checkpoint", "Print what a checkpoint holds.")
    flags.text("file_name", "the checkpoint: what its files have in common")
    flags.text("tensor_name", "the tensor to print (default: a list of all)")
    flags.text("count_exclude_pattern", "a regular expression of variables that are not counted")
    flags.truth("all_tensors", "print all values")
    flags.truth("all_tensor_names", "print all names")
    flags.add_argument("--printoptions", nargs="*", default=[], help="k=v for numpy.set_printoptions")
    return flags


@told
def main(arguments: Sequence[str]) -> int:
    """Print as the arguments say; returns the exit code."""
    import ast

    import numpy as np

    given = _flags().parse_args(arguments)
    if not given.file_name:
        raise ValueError("--file_name: which checkpoint?")
    options = {}
    for option in given.printoptions:
        name, equals, value = option.partition("=")
        if not equals:
            raise ValueError(f"--printoptions {option!r}: k=v is needed")
        try:
            options[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            options[name] = value
    with np.printoptions(**options):
        print_tensors_in_checkpoint_file(
            given.file_name, given.tensor_name, given.all_tensors, given.all_tensor_names, given.count_exclude_pattern
        )
    return 0
