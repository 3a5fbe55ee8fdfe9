"""`vectorized_map`: a function of rows for all rows at once."""

from __future__ import annotations

from typing import Any

from ...base import nest
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...families.control_flow.functional import map_fn
from .function_graph import FunctionGraph


def vectorized_map(fn: Any, elems: Any) -> Any:
    """Call a function on each row, and stack what it returns, whatever its structure and types.

    Rows are taken in a loop, as by `map_fn`; what is vectorized is its body. The function must have no effects.

    Args:
      fn: a function of a row, of the structure of `elems`.
      elems: a tensor or a structure of tensors with equally many rows.
    Returns: tensors of shape [rows, ...] in the structure of what `fn` returns.
    """
    with name_scope("vectorized_map"):
        elems = nest.map_structure(convert_to_tensor, elems)
        inner = FunctionGraph(get_default_graph())
        with inner.as_default():
            rows = [inner.parameter(item.dtype, item.shape[1:], "row") for item in nest.flatten(elems)]
            result = fn(nest.pack_sequence_as(elems, rows))
            types = nest.map_structure(lambda item: convert_to_tensor(item).dtype.base_dtype, result)
        return map_fn(fn, elems, dtype=types)
