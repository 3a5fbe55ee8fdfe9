"""`tensorflow.python.framework.ops`: what is public under other names, and a few helpers of library code."""

from __future__ import annotations

import contextlib
import itertools
import re
from typing import Any

from ...ops.building.convert import convert_n_to_tensor, internal_convert_to_tensor
from ...ops.building.default_graph import get_default_graph
from ...ops.families.sparse.indexed_slices import IndexedSlices
from ...ops.families.sparse.sparse_tensor import SparseTensor
from ...ops.families.state.variables import Variable
from ...ops.graph.node import Tensor

__all__ = ["convert_n_to_tensor", "internal_convert_to_tensor"]


def inside_function() -> bool:
    """Whether the body of a function is being built, as `tf.function` and datasets build it."""
    inside: bool = get_default_graph().building_function
    return inside


_TensorLike = (Tensor, SparseTensor, IndexedSlices)  # for isinstance: variables are none


def is_dense_tensor_like(t: Any) -> bool:
    """Return whether this is a tensor or a variable, or of a class that was registered."""
    return isinstance(t, (Tensor, Variable, *_REGISTERED))


_REGISTERED: list[type] = []


def register_dense_tensor_like_type(tensor_type: type) -> None:
    """Have a class of tensor-like objects known to `is_dense_tensor_like`.

    Raises: TypeError if its `name` and `dtype` are no properties.
    """
    for name in ("name", "dtype"):
        if not isinstance(getattr(tensor_type, name, None), property):
            raise TypeError(f"Type {tensor_type.__name__} does not define a `{name}` property")
    _REGISTERED.append(tensor_type)


_numbers = itertools.count(1)


def uid() -> int:
    """Return a number that is another one at each call in this process."""
    return next(_numbers)


def executing_eagerly_outside_functions() -> bool:
    """Return False: operations build a graph."""
    return False


def strip_name_scope(name: Any, export_scope: str | None) -> Any:
    """Return a name without the scope it was exported from."""
    if not export_scope or name is None:
        return name
    scope = re.escape(export_scope.rstrip("/"))
    return re.sub(rf"([\^]|loc:@|^){scope}[\/]+(.*)", r"\1\2", str(name), count=1)


def prepend_name_scope(name: Any, import_scope: str | None) -> Any:
    """Return a name within the scope it is imported to."""
    if not import_scope or name is None:
        return name
    scope = import_scope.rstrip("/")
    return re.sub(r"([\^]|loc:@|^)(.*)", rf"\1{scope}/\2", str(name), count=1)


NullContextmanager = contextlib.nullcontext
