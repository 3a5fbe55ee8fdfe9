"""Arguments for the operation types of older graphs."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sessile.ops.types import dtypes

from tests.ops.makers.arguments import Call, Maker, data


def fixed(*rows: tuple[Any, dict[str, Any]]) -> Maker:
    """Return a maker of the same calls for every type: functions from the type to inputs, with attributes."""
    return lambda dtype: (Call(f"{at}", make(dtype), attrs) for at, (make, attrs) in enumerate(rows))


OLD: Final[dict[str, Maker]] = {
    "BiasAddV1": fixed((lambda dtype: (data(dtype, (2, 3)), data(dtype, (3,))), {})),
    "Gather": fixed((lambda dtype: (data(dtype, (3, 2)), np.array([[2, 0], [1, 1]], np.int32)), {})),
    "InTopK": fixed((lambda dtype: (data(dtypes.float32, (2, 4)), np.array([1, 3], np.int32)), {"k": 2})),
    "TopK": fixed((lambda dtype: (data(dtype, (2, 4)),), {"k": 2}), (lambda dtype: (data(dtype, (3,)),), {"k": 0})),
    "MatrixDiag": fixed((lambda dtype: (data(dtype, (2, 3)),), {}), (lambda dtype: (data(dtype, (0,)),), {})),
    "MatrixDiagPart": fixed((lambda dtype: (data(dtype, (2, 3, 4)),), {}), (lambda dtype: (data(dtype, (3, 2)),), {})),
    "MatrixSetDiag": fixed((lambda dtype: (data(dtype, (2, 3, 4)), data(dtype, (2, 3), 1)), {})),
    "Reverse": fixed((lambda dtype: (data(dtype, (2, 3)), np.array([False, True])), {})),
    "SparseMatMul": fixed(
        (lambda dtype: (data(dtype, (2, 3)), data(dtype, (3, 4))), {}),
        (lambda dtype: (data(dtype, (3, 2)), data(dtype, (4, 3))), {"transpose_a": True, "transpose_b": True}),
    ),
    **{
        name: fixed((lambda dtype: (data(dtype, (3, 2)), np.array([2, -3], np.int32), data(dtype, (2, 2), 1)), {}))
        for name in ("InplaceUpdate", "InplaceAdd", "InplaceSub")
    },
}
