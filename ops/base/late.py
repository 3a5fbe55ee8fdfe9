"""The only door upward: what a lower room uses of a higher one, by name and when it is used.

Rooms import downward. A few lower ones are completed from above: Python's operators on tensors are operations, a list
with tensors in it is a stack. Each such use is a line here, with what it is for; there is no other.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any, Final

_ROOM: Final = __package__.rpartition(".")[0]
_DOORS: Final = {
    "op_def_message": "encoding.op_def_message",  # what a user reads of an OpDef: the fields of TensorFlow's message
    "operators": "families.operators",  # `x + y` of tensors
    "getitem": "families.getitem",  # `x[...]`
    "filling": "families.arrays.filling",  # Python's range as a tensor
    "stacking": "families.arrays.stacking",  # a list with tensors in it
    "sparse": "families.sparse.sparse_tensor",  # what a session feeds and fetches as parts
    "sparse_operators": "families.sparse.elementwise",  # `x * y` of sparse tensors
    "indexed_slices": "families.sparse.indexed_slices",
    "ragged_tensor": "library.ragged.ragged_tensor",  # rows of a value that was fetched
    "ragged_spec": "library.ragged.spec",  # what a dataset says of ragged elements
    "ragged_methods": "library.ragged.methods",  # operators and conversions of ragged tensors
    "function_gradients": "library.functions.gradients",  # of operations that call functions
}


@cache
def late(door: str) -> Any:
    """Return the module behind a door. Raises: KeyError if there is none."""
    return importlib.import_module(f"{_ROOM}.{_DOORS[door]}")
