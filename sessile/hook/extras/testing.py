"""`tensorflow.python.framework.test_util`: the class of TensorFlow's own tests, decorators of its methods."""

from __future__ import annotations

from ...testing.case import TestCase as TensorFlowTestCase
from ...testing.modes import (
    run_all_in_graph_and_eager_modes,
    run_cuda_only,
    run_deprecated_v1,
    run_gpu_only,
    run_in_graph_and_eager_modes,
    run_v1_only,
    run_v2_only,
    skip_if,
)

__all__ = [
    "TensorFlowTestCase",
    "run_all_in_graph_and_eager_modes",
    "run_cuda_only",
    "run_deprecated_v1",
    "run_gpu_only",
    "run_in_graph_and_eager_modes",
    "run_v1_only",
    "run_v2_only",
    "skip_if",
]
