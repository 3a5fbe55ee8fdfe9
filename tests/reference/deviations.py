"""Where `sessile` answers otherwise than TensorFlow on purpose, each with its reason.

`DEVIATIONS[family/case] = (aspect, reason)`, the aspect one of: `nodes` (the graph built), `static` (types and static
shapes), `error` (whether, when and which error is raised), `values`. A listed deviation that is gone fails a test.

`ULPS` says how far float values may be from the recorded ones, per operation type, where TensorFlow and the NumPy
kernels round differently by more than `DEFAULT_ULP`; `CASE_ULPS` the same for single cases.
"""

from __future__ import annotations

from typing import Final

DEFAULT_ULP: Final = 4

# Sums and products of many numbers: the order is free, and what cancels leaves the errors of the large.
ULPS: Final[dict[str, float]] = {
    **dict.fromkeys(("Sum", "Mean", "Prod", "EuclideanNorm", "Cumsum", "Cumprod", "L2Loss", "Softmax"), 32),
    **dict.fromkeys(("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum", "AddN"), 32),
}

CASE_ULPS: Final[dict[str, float]] = {}

DEVIATIONS: Final[dict[str, tuple[str, str]]] = {}
