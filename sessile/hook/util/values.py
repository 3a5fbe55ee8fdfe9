"""`tensorflow.python.util.serialization`, `compat`, `memory`: values of other kinds."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ...ops.types import dtypes
from ...ops.types.tensor_shape import TensorShape


def get_json_type(obj: Any) -> Any:
    """Return what stands for an object in JSON, as `json.dumps(..., default=get_json_type)` asks.

    Raises: TypeError if nothing does.
    """
    if hasattr(obj, "get_config"):
        return {"class_name": type(obj).__name__, "config": obj.get_config()}
    if type(obj).__module__ == np.__name__:
        return obj.tolist() if isinstance(obj, np.ndarray) else obj.item()
    if callable(obj):
        return obj.__name__
    if isinstance(obj, TensorShape):
        return obj.as_list()
    if isinstance(obj, dtypes.DType):
        return obj.name
    raise TypeError(f"Not JSON Serializable: {obj!r}")


def path_to_str(path: Any) -> Any:
    """Return a path as text; what is no path is returned as it is."""
    return os.fsdecode(path) if hasattr(path, "__fspath__") else path


def dismantle_ordered_dict(ordered_dict: Any) -> None:
    """Empty a dictionary that is no longer needed."""
    ordered_dict.clear()
