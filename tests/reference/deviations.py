"""Where `sessile` answers otherwise than TensorFlow on purpose, each with its reason.

`DEVIATIONS[family/case] = (aspect, reason)`, the aspect one of: `nodes` (the graph built), `static` (types and static
shapes), `error` (whether, when and which error is raised), `values`. A listed deviation that is gone fails a test.

`ULPS` says how far float values may be from the recorded ones, per operation type, where TensorFlow and the NumPy
kernels round differently by more than `DEFAULT_ULP`; `CASE_ULPS` the same for single cases.
"""

from __future__ import annotations

from typing import Final

DEFAULT_ULP: Final = 4

_SPECIAL = ("Digamma", "Polygamma", "BesselJ0", "BesselJ1", "BesselK0", "BesselK0e", "BesselK1", "BesselK1e", "Betainc")
# Sums and products of many numbers: the order is free, and what cancels leaves the errors of the large.
ULPS: Final[dict[str, float]] = {
    **dict.fromkeys(("Sum", "Mean", "Prod", "EuclideanNorm", "Cumsum", "Cumprod", "L2Loss", "Softmax"), 32),
    **dict.fromkeys(("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum", "AddN"), 32),
    **dict.fromkeys(_SPECIAL, 16),
    "Igammac": 256,  # TensorFlow's own series; SciPy is right in the last place
    "LogSoftmax": 16,
}

CASE_ULPS: Final[dict[str, float]] = {
    "elementwise_activations/softplus_bfloat16": 8,  # TensorFlow rounds each step to bfloat16
}

_INTERNAL = "TensorFlow calls this mistake of the caller an InternalError; here it is InvalidArgumentError, as for //"

DEVIATIONS: Final[dict[str, tuple[str, str]]] = {
    "elementwise_arithmetic/truncating_division_by_zero": ("error", _INTERNAL),
    "elementwise_arithmetic/truncatemod_by_zero": ("error", _INTERNAL),
}
