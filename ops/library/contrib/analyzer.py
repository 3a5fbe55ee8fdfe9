"""`contrib.slim.model_analyzer`: what variables and operations there are, printed."""

from __future__ import annotations

from typing import Any

import numpy as np


def tensor_description(var: Any) -> str:
    """Return type and extents of a variable or tensor: `(float32 2x3)`."""
    extents = var.get_shape()
    known = "unknown" if extents.dims is None else "x".join(str(extent) for extent in extents.as_list())
    return f"({var.dtype.name} {known})"


def analyze_vars(variables: Any, print_info: bool = False) -> tuple[int, int]:
    """Return how many numbers variables hold, and how many bytes.

    Args:
      variables: a list of them.
      print_info: whether each is printed.
    """
    if print_info:
        print("---------\nVariables: name (type shape) [size]\n---------")
    total = total_bytes = 0
    for variable in variables:
        extents = variable.get_shape()
        size = int(np.prod(extents.as_list())) if extents.is_fully_defined() else 0
        count = size * variable.dtype.base_dtype.size
        total, total_bytes = total + size, total_bytes + count
        if print_info:
            print(f"{variable.name} {tensor_description(variable)} [{size or '?'}, bytes: {count or '?'}]")
    if print_info:
        print(f"Total size of variables: {total}\nTotal bytes of variables: {total_bytes}")
    return total, total_bytes


def analyze_ops(graph: Any, print_info: bool = False) -> int:
    """Return how many numbers the outputs of a graph's operations hold, as far as that is known.

    Args:
      graph: the graph.
      print_info: whether each operation is printed.
    """
    if print_info:
        print("---------\nOperations: name -> (type shapes) [size]\n---------")
    total = 0
    for op in graph.get_operations():
        size, shapes = 0, []
        for output in op.outputs:
            extents = output.get_shape()
            size += int(np.prod(extents.as_list())) if extents.is_fully_defined() else 0
            shapes.append(tensor_description(output))
        total += size
        if print_info:
            print(f"{op.name}\t->\t{', '.join(shapes)} [{size or '?'}]")
    return total
