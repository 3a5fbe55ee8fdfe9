"""Where `sessile` answers otherwise than TensorFlow on purpose, each with its reason.

`DEVIATIONS[family/case] = (aspect, reason)`, the aspect one of: `nodes` (the graph built), `static` (types and static
shapes), `error` (whether, when and which error is raised), `values`. A listed deviation that is gone fails a test.

`ULPS` says how far float values may be from the recorded ones, per operation type, where TensorFlow and the NumPy
kernels round differently by more than `DEFAULT_ULP`; `CASE_ULPS` the same for single cases.
"""

from __future__ import annotations

from typing import Final

DEFAULT_ULP: Final = 4

ULPS: Final[dict[str, float]] = {}

CASE_ULPS: Final[dict[str, float]] = {}

DEVIATIONS: Final[dict[str, tuple[str, str]]] = {}
