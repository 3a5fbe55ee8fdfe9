"""`tensorflow.python.tools.inspect_checkpoint`: prints what a checkpoint holds."""

from __future__ import annotations

from typing import Any

from ...ops.library.checkpoint.reader import NewCheckpointReader


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
