"""Rows of an array changed: what `scatter_sub` and its like compute, as pure operations of the compiler.

    _RowsSub(var, indices, updates): `var`, but updates[i] is taken off its row indices[i], one after another

A step that updates a variable by it does so in the variable's own memory, where nobody else looks at it; the loop is
made from `row_update`, the expression of one element.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ....definition.opdef import OpDef
from ....definition.shapes import same_shape
from ....types.dtypes import INDEX, float32, float64, int32, int64
from ...indexing.index_checks import check_positions

ROW_TYPES = (float32, float64, int32, int64)


def _rows_op(name: str, row_update: str, apply: Callable[[Any, Any, Any], Any]) -> OpDef:
    def kernel(var: Any, indices: Any, updates: Any) -> Any:
        check_positions(indices, var.shape, 0)
        changed = np.array(var)
        apply(changed, indices, updates)
        return changed

    return OpDef(
        name=name,
        signature="var: T, indices: Tindices, updates: T -> output: T",
        where={"T": ROW_TYPES, "Tindices": INDEX},
        shape=same_shape,
        kernel=kernel,
        row_update=row_update,
    )


def _put(target: Any, indices: Any, updates: Any) -> None:
    target[indices] = updates


ROWS_UPDATE = _rows_op("_RowsUpdate", "{new}", _put)
ROWS_ADD = _rows_op("_RowsAdd", "{old} + {new}", np.add.at)
ROWS_SUB = _rows_op("_RowsSub", "{old} - {new}", np.subtract.at)
